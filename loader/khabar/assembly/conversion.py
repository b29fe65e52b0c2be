"""Lines on their way to units: straight by the plan, and by the careful way where the plan is not sure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from khabar.assembly.careful import Careful, Line, Outcome
from khabar.assembly.rejects import Rejected
from khabar.assembly.tasks import Converted, Graphs, Manner
from khabar.crew import Slot, Spool
from khabar.plan import Plan, Planned

REPLY_SIZE: Final = 1024 * 1024
"""The size of the graphs, in bytes, that are told at a time."""


class Conversion:
    """The units of the lines of one task, in order, and what is told of all of them."""

    def __init__(self, manner: Manner, plan: Plan, careful: Careful, spool: Spool) -> None:
        self._manner = manner
        self._plan = plan
        self._careful = careful
        self._spool = spool
        self.units: list[bytes] = []
        self._graphs: list[Planned] = []
        self._standings: list[bytes] = []
        self._entries: list[bytes] = []
        self._rejected: list[Rejected] = []
        # What came since the last `settle`, with a gap for each of the lines that are still open.
        self._made: list[Outcome | None] = []
        self._open: list[tuple[int, Line]] = []
        self._articles = self._triples = self._derived = self._quads = self._entry = 0

    def line(self, data: bytes, name: str, number: int) -> None:
        """Add a line that refers to no other and whose id no other has; ``number`` is that in its file, or 0."""
        planned = self._plan.line(data)
        if planned is None:
            self._open.append((len(self._made), Line(data, name, number)))
        self._made.append(planned)

    def outcome(self, outcome: Outcome) -> None:
        """Add what became of a line."""
        self._made.append(outcome)

    def settle(self) -> None:
        """Make the units of all lines so far."""
        made = self._made
        if self._open:
            outcomes = self._careful.alone([line for _, line in self._open])
            for (place, _), outcome in zip(self._open, outcomes, strict=True):
                made[place] = outcome
        for one in made:
            if isinstance(one, Planned):
                self._add(one)
            elif one is not None:
                self._rejected.append(one)
        self._made, self._open = [], []

    def _add(self, planned: Planned) -> None:
        self._articles += 1
        triples, derived = planned.graph.count, planned.standings.count(b"\n")
        self._triples += triples
        self._derived += derived
        if self._manner == "graphs":
            self._graphs.append(planned)
            self._entries.append(self._plan.entry(planned.graph))
            self._standings.append(planned.standings)
            return
        unit = self._plan.nquads(planned)
        self.units.append(unit)
        if not self._entry:
            # The dataset says the same of every graph; to count lines takes its time.
            self._entry = unit.count(b"\n") - triples - derived
        self._quads += triples + derived + self._entry

    def graphs(self, least: int = REPLY_SIZE) -> Iterator[Graphs]:
        """The graphs that were not told yet, if they are ``least`` bytes."""
        if self._graphs and sum(len(planned.graph.document) for planned in self._graphs) >= least:
            yield Graphs([planned.graph for planned in self._graphs])
            self._graphs = []

    def end(self) -> Converted:
        """What is told of all lines."""
        return Converted(
            articles=self._articles,
            triples=self._triples,
            derived=self._derived,
            quads=self._quads,
            size=sum(map(len, self.units)),
            rejected=self._rejected,
            data=b"".join(self.units) if self._manner == "told" else b"",
            standings=self._sorted(self._standings),
            entries=self._sorted(self._entries),
        )

    def _sorted(self, documents: list[bytes]) -> Slot | None:
        lines = b"".join(documents)
        return self._spool.add(b"".join(sorted(lines.splitlines(keepends=True)))) if lines else None
