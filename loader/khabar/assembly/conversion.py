"""The lines of one task on their way to units, and what is told of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from khabar.assembly.careful import Careful, Outcome
from khabar.assembly.maker import Maker
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
        self._maker = Maker(plan, careful)
        self._spool = spool
        self.units: list[bytes] = []
        self._graphs: list[Planned] = []
        self._standings: list[bytes] = []
        self._entries: list[bytes] = []
        self._rejected: list[Rejected] = []

    def line(self, data: bytes, name: str, number: int) -> None:
        """Add a line that refers to no other and whose id no other has; ``number`` is that in its file, or 0."""
        self._maker.line(data, name, number)

    def outcome(self, outcome: Outcome) -> None:
        """Add what became of a line."""
        self._maker.outcome(outcome)

    def settle(self) -> None:
        """Make the units of all lines so far."""
        for one in self._maker.settled():
            if isinstance(one, Rejected):
                self._rejected.append(one)
            elif self._manner == "graphs":
                self._maker.count(one)
                self._graphs.append(one)
                self._entries.append(self._plan.entry(one.graph))
                self._standings.append(one.standings)
            else:
                self.units.append(self._maker.unit(one))

    def graphs(self, least: int = REPLY_SIZE) -> Iterator[Graphs]:
        """The graphs that were not told yet, if they are ``least`` bytes."""
        if self._graphs and sum(len(planned.graph.document) for planned in self._graphs) >= least:
            yield Graphs([planned.graph for planned in self._graphs])
            self._graphs = []

    def end(self) -> Converted:
        """What is told of all lines."""
        sums = self._maker.sums
        return Converted(
            articles=sums.articles,
            triples=sums.triples,
            derived=sums.derived,
            quads=sums.quads,
            size=sum(map(len, self.units)),
            rejected=self._rejected,
            data=b"".join(self.units) if self._manner == "told" else b"",
            standings=self._sorted(self._standings),
            entries=self._sorted(self._entries),
        )

    def _sorted(self, documents: list[bytes]) -> Slot | None:
        lines = b"".join(documents)
        return self._spool.add(b"".join(sorted(lines.splitlines(keepends=True)))) if lines else None
