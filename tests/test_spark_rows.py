"""Rows as a worker sees them, and which of them hang together: what needs no Spark."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.assembly.links import joined
from khabar.assembly.maker import Sums
from khabar.assembly.rejects import Rejected
from khabar.errors import Fault
from khabar.spark.links import SHARED, Order, scheduled
from khabar.spark.rows import CHANGED, Block, End, Place, Run, Shape, runs, sealed
from khabar.spark.tally import Counts

LINES = Shape("lines", "blocks")
NUMBERED = Shape("lines", "numbers")


def batches(rows: list[tuple[Any, ...]], size: int) -> list[pa.RecordBatch]:
    names = ["value", "file", "start"]
    found = []
    for begin in range(0, len(rows), size):
        columns = zip(*rows[begin : begin + size], strict=True)
        types = [pa.binary(), pa.string(), pa.int64()]
        arrays = [pa.array(column, type_) for column, type_ in zip(columns, types, strict=True)]
        found.append(pa.RecordBatch.from_arrays(arrays, names=names))
    return found


def told(rows: list[tuple[Any, ...]], size: int, shape: Shape) -> dict[Place, bytes]:
    """Every line by its place."""
    return {
        Place(run.block, number): line
        for run in runs(batches(rows, size), shape)
        if isinstance(run, Run)
        for number, line in enumerate(run.lines, run.first)
    }


@given(st.lists(st.integers(1, 5), max_size=6), st.integers(1, 7))
def test_rows_have_their_places_however_they_come(sizes: list[int], size: int) -> None:
    rows = [
        (b" %d.%d\r" % (file, row), f"f{file // 2}", file * 100) for file, n in enumerate(sizes) for row in range(n)
    ]
    expected = {Place((f, start), int(line.split(b".")[1])): line.strip() for line, f, start in rows}
    assert told(rows, size, LINES) == expected
    ends = [each for each in runs(batches(rows, size), LINES) if isinstance(each, End)]
    assert ends == [each for each in runs(batches(rows, 100), LINES) if isinstance(each, End)]
    assert [end.rows for end in ends] == sizes


@given(st.lists(st.integers(1, 5), max_size=6), st.integers(1, 7))
def test_numbered_rows_have_their_places(sizes: list[int], size: int) -> None:
    # Row groups that are not next to one another are blocks of their own.
    rows = [(b"%d.%d" % (group, row), "f", group * 10 + row) for group, n in enumerate(sizes) for row in range(n)]
    expected = {Place(("f", number - int(line.split(b".")[1])), number % 10): line for line, _, number in rows}
    assert told(rows, size, NUMBERED) == expected


@pytest.mark.parametrize("other", [[b"a", b"c"], [b"b", b"a"], [b"a"], [b"a", b"b", b""], [b"ab", b""]])
def test_other_rows_than_before_are_told(other: list[bytes]) -> None:
    def rows(lines: list[bytes]) -> list[pa.RecordBatch]:
        return batches([(line, "f", 0) for line in lines], 2)

    seals = {
        each.block: (each.rows, each.checksum) for each in runs(rows([b"a", b"b"]), LINES) if isinstance(each, End)
    }
    assert [run.lines for run in sealed(rows([b"a", b"b"]), LINES, seals)] == [[b"a", b"b"]]
    with pytest.raises(RuntimeError, match=CHANGED):
        list(sealed(rows(other), LINES, seals))


def test_the_order_is_that_of_files_and_lines() -> None:
    sizes: dict[Block, int] = {("b", 0): 3, ("a", 50): 2, ("a", 0): 4}
    order = Order(sizes, ["a", "b"], numbered=False)
    places = [Place(("b", 0), 1), Place(("a", 50), 0), Place(("a", 0), 3)]
    assert sorted(places, key=order.rank) == [places[2], places[1], places[0]]
    assert [order.line(place) for place in places] == [2, 5, 4]
    assert Order({("a", 40): 2}, ["a"], numbered=True).line(Place(("a", 40), 1)) == 42


def test_what_hangs_together_is_in_one_batch_and_what_entities_refer_to_in_its_own() -> None:
    block: Block = ("a", 0)
    places = {name: Place(block, number) for number, name in enumerate("abcdefg")}
    links = {
        places["a"]: ("a", frozenset("c")),
        places["c"]: ("c", frozenset("x")),
        places["d"]: ("d", frozenset("e")),
        # Another record has the same id, and is the first.
        places["g"]: ("a", frozenset("d")),
    }
    first = {name: place for name, place in places.items() if name != "g"}
    referring = [(place, slug, owners) for place, (slug, owners) in links.items()]
    found = scheduled(joined(referring, first, ["e"], Order({block: 7}, ["a"], numbered=False).rank))
    turns = {name: found.turns[block].get(place.number) for name, place in places.items()}
    assert {name for name, turn in turns.items() if turn is not None} == set("acde")
    assert [turn[:2] for turn in (turns["a"], turns["c"]) if turn] == [(0, 0), (0, 0)]
    assert [turn.batch for turn in (turns["d"], turns["e"]) if turn] == [SHARED, SHARED]
    assert found.batches == 1


def test_counts_tell_the_faults_of_a_few() -> None:
    counts = Counts(Sums(3, 20, 2, 25))
    for number in range(8):
        fault = Fault(path="a", line=number, column=1, code="KH003", expected="x", found="y")
        counts.refuse(("a", 0), number, Rejected("a", number, "", (fault,), ""))
    count = counts.count()
    assert count[:4] == (3, 20, 2, 25)
    assert (count.rejected, count.refused, len(count.faults)) == (8, {("a", 0): list(range(8))}, 5)
