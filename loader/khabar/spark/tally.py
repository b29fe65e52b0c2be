"""What a job made, told by its tasks: each partition counts once, however often it is worked on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import msgspec

from khabar.errors import Fault
from khabar.spark.rows import Block

if TYPE_CHECKING:
    from pyspark import Accumulator, SparkContext

    from khabar.assembly.maker import Sums
    from khabar.assembly.rejects import Rejected

_TOLD: Final = 5


class Count(NamedTuple):
    """What a partition, or all of them, made: articles, triples in their graphs, triples derived, quads written.

    All that of so many ``rows``, those of heads, blank ones and those that are made elsewhere among them.

    ``refused`` are the records that were left out, by block and number; ``faults`` are those of a few of them.
    """

    articles: int = 0
    triples: int = 0
    derived: int = 0
    quads: int = 0
    rejected: int = 0
    rows: int = 0
    refused: Mapping[Block, list[int]] = MappingProxyType({})
    faults: tuple[Fault, ...] = ()


class Counts:
    """The count of a partition as it goes on; ``sums`` are those of its units."""

    def __init__(self, sums: Sums) -> None:
        self._sums = sums
        self._rejected = self._rows = 0
        self._refused: defaultdict[Block, list[int]] = defaultdict(list)
        self._faults: list[Fault] = []

    def read(self, rows: int) -> None:
        """Count rows that are done."""
        self._rows += rows

    def refuse(self, block: Block, number: int, rejected: Rejected) -> None:
        """Count a record that is left out."""
        if self._rejected < _TOLD:
            self._faults += rejected.faults
        self._rejected += 1
        self._refused[block].append(number)

    def count(self) -> Count:
        """All so far."""
        sums = self._sums
        return Count(
            sums.articles,
            sums.triples,
            sums.derived,
            sums.quads,
            self._rejected,
            self._rows,
            dict(self._refused),
            tuple(self._faults),
        )


_Told: TypeAlias = dict[tuple[str, int], bytes]
_decode: Final = msgspec.msgpack.Decoder(
    tuple[int, int, int, int, int, int, list[tuple[str, int, list[int]]], tuple[Fault, ...]]
).decode


class _ByPartition:
    """How Spark puts what tasks tell together: by partition, the last one counts."""

    def zero(self, value: _Told) -> _Told:  # noqa: ARG002 - Spark's interface
        return {}

    def addInPlace(self, value1: _Told, value2: _Told) -> _Told:  # noqa: N802 - Spark's name
        value1.update(value2)
        return value1


class Tally:
    """Counts by partition, in an accumulator: a task that is done again says the same again, and is not added."""

    def __init__(self, accumulator: Accumulator[_Told]) -> None:
        self._accumulator = accumulator

    @classmethod
    def of(cls, context: SparkContext) -> Tally:
        """An empty one."""
        # A class of PySpark's own would need PySpark where this module is imported.
        return cls(context.accumulator({}, _ByPartition()))  # type: ignore[arg-type]

    def tell(self, what: str, counts: Counts) -> None:
        """Tell what was made of ``what`` in the partition of this task, once it is done."""
        from pyspark import TaskContext

        context = TaskContext.get()
        found = counts.count()
        refused = [(*block, numbers) for block, numbers in found.refused.items()]
        told = msgspec.msgpack.encode((*found[:6], refused, found.faults))
        # Spark may put the partitions of a union together, one of each side to a task.
        self._accumulator.add({(what, 0 if context is None else context.partitionId()): told})

    def sum(self) -> Count:
        """What all partitions made so far."""
        articles = triples = derived = quads = rejected = rows = 0
        refused: dict[Block, list[int]] = {}
        faults: list[Fault] = []
        for _, told in sorted(self._accumulator.value.items()):
            count = _decode(told)
            articles += count[0]
            triples += count[1]
            derived += count[2]
            quads += count[3]
            rejected += count[4]
            rows += count[5]
            for file, start, numbers in count[6]:
                refused[file, start] = numbers
            faults += count[7]
        return Count(articles, triples, derived, quads, rejected, rows, refused, tuple(faults))
