"""What workers make of records: units of N-Quads, or the records that are left out."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from khabar.assembly.careful import Careful, Line, doubled
from khabar.assembly.maker import Maker
from khabar.assembly.rejects import Rejected
from khabar.plan import Plan
from khabar.spark.job import Job, Turn, frame_of
from khabar.spark.rows import Block, Run, sealed
from khabar.spark.tally import Counts, Tally

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Broadcast

TURNS: Final = "batch int, component bigint, rank bigint, file string, number bigint, line binary"
"""The rows of `Picker`."""

_AT_A_TIME: Final = 128
_PIECE: Final = 1024 * 1024


class Converter:
    """The units of the articles of a partition that stand alone, in order, in pieces of about a MiB."""

    def __init__(self, job: Broadcast[Job], tally: Tally) -> None:
        self._job = job
        self._tally = tally

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """One column of text; each row holds whole lines, but for the last line end."""
        job = self._job.value
        maker = _Ways.of(job).maker()
        counts = Counts(maker.sums)
        pieces = _Pieces()
        for run in sealed(batches, job.shape, job.seals):
            special = job.special(run.block)
            counts.read(len(run.lines))
            for start in range(0, len(run.lines), _AT_A_TIME):
                some = _lines(job, run, start, special)
                for _, line in some:
                    maker.line(*line)
                for (number, _), outcome in zip(some, maker.settled(), strict=True):
                    if isinstance(outcome, Rejected):
                        counts.refuse(run.block, number, outcome)
                    else:
                        pieces.add(maker.unit(outcome))
                yield from pieces.full()
            for number in job.doubled.get(run.block, {}):
                if run.first <= number < run.first + len(run.lines):
                    counts.refuse(run.block, number, _doubled(job, run, number))
        yield from pieces.rest()
        self._tally.tell("alone", counts)


class Picker:
    """The records of a partition that hang together with others, each with its turn."""

    def __init__(self, job: Broadcast[Job]) -> None:
        self._job = job

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Rows as in `TURNS`."""
        import pyarrow as pa

        job = self._job.value
        schema = pa.schema(
            {
                "batch": pa.int32(),
                "component": pa.int64(),
                "rank": pa.int64(),
                "file": pa.string(),
                "number": pa.int64(),
                "line": pa.binary(),
            }
        )
        for run in sealed(batches, job.shape, job.seals):
            wanted = job.linked.get(run.block, {})
            rows = [
                (*wanted[number], *job.where(run.block, number), line)
                for number, line in enumerate(run.lines, run.first)
                if number in wanted
            ]
            if rows:
                columns = zip(*rows, strict=True)
                yield pa.RecordBatch.from_arrays(
                    [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)],
                    schema=schema,
                )


class Weaver:
    """The units of articles that hang together, from the rows of `Picker` by batch, component and rank.

    With ``refused``, the records that are left out, as lines of JSON.
    """

    def __init__(self, job: Broadcast[Job], tally: Tally | None, *, refused: bool = False) -> None:
        self._job = job
        self._tally = tally
        self._refused = refused

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """One column of text, as of `Converter`."""
        ways = _Ways.of(self._job.value)
        maker = ways.maker()
        counts = Counts(maker.sums)
        pieces = _Pieces()
        for components in _batches(batches):
            for outcome in ways.careful.together(components):
                if not isinstance(outcome, Rejected):
                    data = maker.unit(outcome)
                    pieces.add(b"" if self._refused else data)
                else:
                    counts.refuse(("", -1), 0, outcome)
                    pieces.add(outcome.json() if self._refused else b"")
            yield from pieces.full()
        yield from pieces.rest()
        if self._tally is not None:
            self._tally.tell("together", counts)


class Refuser:
    """The records of a partition that are left out, of those that stand alone, as lines of JSON."""

    def __init__(self, job: Broadcast[Job], refused: Broadcast[dict[Block, frozenset[int]]]) -> None:
        self._job = job
        self._refused = refused

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """One column of text, as of `Converter`."""
        job = self._job.value
        ways = _Ways.of(job)
        pieces = _Pieces()
        for run in sealed(batches, job.shape, job.seals):
            refused = self._refused.value.get(run.block, frozenset())
            twice = job.doubled.get(run.block, {})
            for number, data in enumerate(run.lines, run.first):
                if number not in refused:
                    continue
                if number in twice:
                    pieces.add(_doubled(job, run, number).json())
                else:
                    (outcome,) = ways.careful.alone([Line(data, *job.where(run.block, number))])
                    pieces.add(outcome.json() if isinstance(outcome, Rejected) else b"")
            yield from pieces.full()
        yield from pieces.rest()


def _lines(job: Job, run: Run, start: int, special: frozenset[int]) -> list[tuple[int, Line]]:
    """Some lines that stand alone, each with its number."""
    some = enumerate(run.lines[start : start + _AT_A_TIME], run.first + start)
    where, before = job.where(run.block, 0)
    return [(number, Line(data, where, before + number)) for number, data in some if data and number not in special]


def _doubled(job: Job, run: Run, number: int) -> Rejected:
    line = Line(run.lines[number - run.first], *job.where(run.block, number))
    return doubled(line, job.doubled[run.block][number])


def _batches(batches: Iterable[pa.RecordBatch]) -> Iterator[list[list[Line]]]:
    """The components of each batch."""
    held: list[list[Line]] = []
    last: Turn | None = None
    for some in batches:
        for batch, component, rank, *line in zip(*(column.to_pylist() for column in some.columns), strict=True):
            turn = Turn(batch, component, rank)
            if last is not None and turn.batch != last.batch:
                yield held
                held = []
            if last is None or (turn.batch, turn.component) != (last.batch, last.component):
                held.append([])
            held[-1].append(_line(line))
            last = turn
    if held:
        yield held


def _line(values: Sequence[Any]) -> Line:
    where, number, data = values
    return Line(data, where, number)


class _Ways:
    """The plan and the careful way of one corpus, kept for all tasks of a worker process."""

    def __init__(self, frame: bytes, paths: tuple[tuple[str, str], ...]) -> None:
        known = frame_of(frame)
        self._plan = Plan.of(known)
        self.careful = Careful(known, dict(paths), self._plan)

    @classmethod
    def of(cls, job: Job) -> _Ways:
        """The ways for a job."""
        return _ways(job.frame, tuple(job.paths.items()))

    def maker(self) -> Maker:
        """What makes the units of one partition."""
        return Maker(self._plan, self.careful)


@functools.lru_cache(maxsize=2)
def _ways(frame: bytes, paths: tuple[tuple[str, str], ...]) -> _Ways:
    return _Ways(frame, paths)


class _Pieces:
    """Lines on their way out, in pieces of about a MiB; Spark ends each with the last line end."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._size = 0

    def add(self, data: bytes) -> None:
        if data:
            self._held.append(data)
            self._size += len(data)

    def full(self) -> Iterator[pa.RecordBatch]:
        if self._size >= _PIECE:
            yield from self.rest()

    def rest(self) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        if self._held:
            yield pa.RecordBatch.from_arrays([pa.array([b"".join(self._held)[:-1]], pa.string())], names=["value"])
            self._held, self._size = [], 0
