"""Which records are apart from the others: heads, ids that come twice, and articles that hang together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from khabar.assembly.components import Components
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


class Linked(NamedTuple):
    """When the articles that hang together are worked on, in so many ``batches``.

    Those of the component that the shared entities refer to are in the batch `SHARED`, which is none of them.
    """

    turns: dict[Block, dict[int, Turn]]
    batches: int


def linked(
    links: Mapping[Place, tuple[str, frozenset[str]]],
    first: Mapping[str, Place],
    anchors: Iterable[str],
    order: Order,
) -> Linked:
    """The components of what refers to other articles and what is referred to.

    ``links`` are the records that refer to others, ``first`` has the place of each id that is spoken of; ``anchors``
    are the articles that the shared entities refer to.
    """
    # Whose id an earlier record has is left out, whatever it refers to.
    referring = {place: owners for place, (slug, owners) in links.items() if first.get(slug) == place}
    places = set(referring)
    places.update(first[owner] for owners in referring.values() for owner in owners if owner in first)
    held = [first[anchor] for anchor in sorted(anchors) if anchor in first]
    places.update(held)
    nodes = {place: node for node, place in enumerate(sorted(places, key=order.rank))}
    known = list(nodes)
    components = Components(len(known))
    for place, owners in referring.items():
        for owner in owners:
            if owner in first:
                components.join(nodes[place], nodes[first[owner]])
    for place in held:
        components.join(nodes[held[0]], nodes[place])
    return _turns([[known[node] for node in members] for members in components.members()], set(held))


def _turns(components: Iterable[list[Place]], held: set[Place]) -> Linked:
    turns: defaultdict[Block, dict[int, Turn]] = defaultdict(dict)
    batch = size = 0
    for component, members in enumerate(components):
        is_shared = not held.isdisjoint(members)
        if size >= BATCH:
            batch, size = batch + 1, 0
        for rank, place in enumerate(members):
            turns[place.block][place.number] = Turn(SHARED if is_shared else batch, component, rank)
        size += 0 if is_shared else len(members)
    return Linked(dict(turns), batch + 1 if size else batch)


def by_block(places: Iterable[Place]) -> dict[Block, frozenset[int]]:
    """The numbers of places, by block."""
    found: defaultdict[Block, set[int]] = defaultdict(set)
    for place in places:
        found[place.block].add(place.number)
    return {block: frozenset(numbers) for block, numbers in found.items()}
