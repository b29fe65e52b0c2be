"""A table parted by tabs: rows of cells that know their places, quotes as in RFC 4180, and lists in one cell."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

import msgspec

from khabar.errors import Fault

LINE_END: Final = re.compile(r"\r\n|\r|\n")
_PLAIN: Final = re.compile(r"[^\t\r\n]*")
_QUOTED: Final = re.compile(r'"([^"]*(?:""[^"]*)*)"')
_TO_QUOTE: Final = re.compile(r'["\t\r\n]')
_LISTED: Final = re.compile(r"\\([\\|])|(\|)|([^\\|]+|\\)")


class Cell(msgspec.Struct, frozen=True):
    """What stands in a cell, without its quotes; line and column count from 1."""

    text: str
    line: int
    column: int


def write_row(values: Iterable[str]) -> str:
    r"""The values as one row, with its line end; those are quoted that have to be.

    >>> write_row(["a", 'b "c" d', "e\tf"])
    'a\t"b ""c"" d"\t"e\tf"\n'
    """
    return "\t".join(_written(value) for value in values) + "\n"


def _written(value: str) -> str:
    return '"{}"'.format(value.replace('"', '""')) if _TO_QUOTE.search(value) else value


def read_rows(text: str, start: int, path: str, faults: list[Fault]) -> list[tuple[Cell, ...]]:
    """The rows of the table that begins at ``start``, without those that hold nothing.

    Tells a quote that is not closed, which ends the table, and what stands behind a closed one (KH080).
    """
    starts = [0, *(match.end() for match in LINE_END.finditer(text))]
    rows: list[tuple[Cell, ...]] = []
    row: list[Cell] = []
    while start < len(text):
        line = bisect_right(starts, start)
        quoted = _QUOTED.match(text, start)
        end = quoted.end() if quoted else start
        rest = _PLAIN.match(text, end)
        stop = rest.end() if rest else end
        # Within quotes a line end is part of the value, in whichever form the file has its own.
        value = LINE_END.sub("\n", quoted[1].replace('""', '"')) if quoted else text[start:stop]
        cell = Cell(value, line, start - starts[line - 1] + 1)
        if quoted and stop > end:
            faults.append(_fault(path, cell, "a tab or the end of the line behind a value in quotes", "more of it"))
        elif not quoted and text.startswith('"', start):
            faults.append(_fault(path, cell, "a quote at the end of the value", "none up to the end of the file"))
            return rows
        row.append(cell)
        if text.startswith("\t", stop):
            start = stop + 1
            if start < len(text):
                continue
            row.append(Cell("", cell.line, start - starts[-1] + 1))
        ended = LINE_END.match(text, stop)
        start = ended.end() if ended else len(text)
        if any(cell.text.strip() for cell in row):
            rows.append(tuple(row))
        row = []
    return rows


def _fault(path: str, cell: Cell, expected: str, found: str) -> Fault:
    return Fault(
        path=path,
        line=cell.line,
        column=cell.column,
        code="KH080",
        expected=expected,
        found=found,
        remedy="put the whole value in quotes, and each quote in it twice",
    )


def join_values(values: Iterable[str]) -> str:
    r"""Several values as one, parted by bars; a bar or a backslash of their own stands behind a backslash.

    >>> print(join_values(["A. Nagi", "B|C"]))
    A. Nagi|B\|C
    """
    return "|".join(re.sub(r"[\\|]", r"\\\g<0>", value) for value in values)


def split_values(text: str) -> list[str]:
    r"""The values that `join_values` joined, without those that are empty.

    >>> split_values(r"A. Nagi|B\|C")
    ['A. Nagi', 'B|C']
    """
    values = [""]
    for escaped, bar, plain in _LISTED.findall(text):
        if bar:
            values.append("")
        else:
            values[-1] += escaped or plain
    return [value.strip() for value in values if value.strip()]
