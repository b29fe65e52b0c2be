"""Articles that refer to one another, and the batches that they are worked on in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from khabar.model import ArticleRecord
from khabar.names import uses

BATCH_SIZE: Final = 128 * 1024
"""The size of the records, in bytes, at which a batch is full: of short articles, some 60."""


def owners(record: ArticleRecord) -> frozenset[str]:
    """The ids of the other articles that a record refers to."""
    found = (use.reference.partition(".") for use in uses(record))
    return frozenset(owner for owner, dot, _ in found if dot) - {record.article.id}


class Components:
    """Which of ``count`` things, numbered from 0, hang together; at first each stands alone."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def join(self, one: int, other: int) -> None:
        """From now on the two hang together, and with them all that hangs together with either."""
        first, second = sorted((self.first(one), self.first(other)))
        self._above[second] = first

    def first(self, one: int) -> int:
        """The lowest of all that hang together with ``one``."""
        above = self._above
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    def members(self) -> Iterator[list[int]]:
        """All things by component, in the order of the first of each; each component in order."""
        found: dict[int, list[int]] = {}
        for one in range(len(self._above)):
            found.setdefault(self.first(one), []).append(one)
        yield from found.values()


def batches(components: Iterable[list[int]], sizes: Sequence[int], limit: int) -> Iterator[list[list[int]]]:
    """Components in batches; one is full when the sizes of their members make up ``limit``.

    >>> list(batches([[0, 3], [1], [2], [4]], [5, 5, 5, 5, 5], 10))
    [[[0, 3]], [[1], [2]], [[4]]]
    """
    batch: list[list[int]] = []
    size = 0
    for members in components:
        batch.append(members)
        size += sum(sizes[one] for one in members)
        if size >= limit:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
