"""Units of lines, in order: straight by the plan, and by the careful way where the plan is not sure."""

from __future__ import annotations

import msgspec

from khabar.assembly.careful import Careful, Line, Outcome
from khabar.plan import Plan, Planned


class Sums(msgspec.Struct):
    """So many articles, triples in their graphs, triples derived of them, and quads of all that is said of them."""

    articles: int = 0
    triples: int = 0
    derived: int = 0
    quads: int = 0


class Maker:
    """Tells what becomes of lines, and makes the units of those without faults, which ``sums`` counts."""

    def __init__(self, plan: Plan, careful: Careful) -> None:
        self.sums = Sums()
        self._plan = plan
        self._careful = careful
        # What came since the last `settled`, with a gap for each of the lines that are still open.
        self._made: list[Outcome | None] = []
        self._open: list[tuple[int, Line]] = []
        self._entry = 0

    def line(self, data: bytes, name: str, number: int) -> None:
        """Add a line that refers to no other and whose id no other has; ``number`` is that in its file, or 0."""
        planned = self._plan.line(data)
        if planned is None:
            self._open.append((len(self._made), Line(data, name, number)))
        self._made.append(planned)

    def outcome(self, outcome: Outcome) -> None:
        """Add what became of a line."""
        self._made.append(outcome)

    def settled(self) -> list[Outcome]:
        """What became of all lines so far, in order; they are done with."""
        made = self._made
        if self._open:
            outcomes = self._careful.alone([line for _, line in self._open])
            for (place, _), outcome in zip(self._open, outcomes, strict=True):
                made[place] = outcome
        self._made, self._open = [], []
        return [one for one in made if one is not None]

    def count(self, planned: Planned) -> int:
        """Count an article, but no quads; give the number of its triples, derived ones included."""
        triples, derived = planned.graph.count, planned.standings.count(b"\n")
        self.sums.articles += 1
        self.sums.triples += triples
        self.sums.derived += derived
        return triples + derived

    def unit(self, planned: Planned) -> bytes:
        """The lines of N-Quads of an article, counted."""
        triples = self.count(planned)
        unit = self._plan.nquads(planned)
        if not self._entry:
            # The dataset says the same of every graph; to count lines takes its time.
            self._entry = unit.count(b"\n") - triples
        self.sums.quads += triples + self._entry
        return unit
