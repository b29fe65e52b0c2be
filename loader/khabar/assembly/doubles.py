"""Lines whose id another line has: sorted, on disk, and read again in their order, however many they are."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Final, TypeAlias

from khabar.assembly.tasks import Place
from khabar.crew import Slot, Spool

Double: TypeAlias = tuple[Place, Place]
"""A line, and the first line that has its id."""

# Big ends first: bytes are in the order of the lines.
_DOUBLE: Final = struct.Struct(">IQIQ")
_BLOCK: Final = 512 * _DOUBLE.size
_RUN: Final = 16 * 1024


def kept(doubles: Iterable[Double], spool: Spool) -> list[Slot]:
    """Put doubles, in no order, into the spool, as so many sorted runs as it takes."""
    slots: list[Slot] = []
    run: list[bytes] = []
    for line, first in doubles:
        run.append(_DOUBLE.pack(line.portion, line.number, first.portion, first.number))
        if len(run) >= _RUN:
            slots.append(spool.add(b"".join(sorted(run))))
            run = []
    if run:
        slots.append(spool.add(b"".join(sorted(run))))
    return slots


def sorted_doubles(slots: Iterable[Slot], spool: Spool) -> Iterator[Double]:
    """The doubles of all runs in the order of the lines."""
    for one in merge(*(_run(slot, spool) for slot in slots)):
        portion, number, first, first_number = _DOUBLE.unpack(one)
        yield Place(portion, number), Place(first, first_number)


def _run(slot: Slot, spool: Spool) -> Iterator[bytes]:
    for piece in spool.pieces(slot, _BLOCK):
        for start in range(0, len(piece), _DOUBLE.size):
            yield piece[start : start + _DOUBLE.size]
