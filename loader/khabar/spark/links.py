"""Which records are apart from the others: heads, ids that come twice, and articles that hang together."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from khabar.assembly.components import batches
from khabar.assembly.links import Links
from khabar.spark.job import Turn
from khabar.spark.rows import Block, Place

BATCH: Final = 100
"""So many articles that hang together are worked on at once, or one component of more."""

SHARED: Final = -1
"""The batch of the articles that the shared entities refer to."""


class Order:
    """The order of all records: by file, then by their line."""

    def __init__(self, sizes: Mapping[Block, int], files: Sequence[str], *, numbered: bool) -> None:
        """``sizes`` are the numbers of rows; where blocks are ``numbered`` they begin with the number of a row."""
        self._file = {file: number for number, file in enumerate(files)}
        self.before: dict[Block, int] = {}
        counted: defaultdict[str, int] = defaultdict(int)
        for file, start in sorted(sizes):
            if numbered:
                self.before[file, start] = start
            elif file:
                self.before[file, start] = counted[file]
                counted[file] += sizes[file, start]

    def rank(self, place: Place) -> tuple[int, int, int]:
        """What places are sorted by."""
        file, start = place.block
        return self._file.get(file, 0), start, place.number

    def line(self, place: Place) -> int:
        """The line in the file, from 1."""
        return self.before.get(place.block, 0) + place.number + 1


class Schedule(NamedTuple):
    """When the articles that hang together are worked on, in so many ``batches``.

    Those of the component that the shared entities refer to are in the batch `SHARED`, which is none of them.
    """

    turns: dict[Block, dict[int, Turn]]
    batches: int


def scheduled(links: Links[Place]) -> Schedule:
    """The turns of what hangs together."""
    turns: defaultdict[Block, dict[int, Turn]] = defaultdict(dict)
    rounds = list(batches(links.others, [1] * len(links.places), BATCH))
    numbers = itertools.count()
    for batch, components in (*enumerate(rounds), (SHARED, [links.anchored])):
        for members in components:
            component = next(numbers)
            for rank, node in enumerate(members):
                place = links.places[node]
                turns[place.block][place.number] = Turn(batch, component, rank)
    return Schedule(dict(turns), len(rounds))


def by_block(places: Iterable[Place]) -> dict[Block, frozenset[int]]:
    """The numbers of places, by block."""
    found: defaultdict[Block, set[int]] = defaultdict(set)
    for place in places:
        found[place.block].add(place.number)
    return {block: frozenset(numbers) for block, numbers in found.items()}
