"""What every worker is told of a corpus before it makes units of it."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from khabar.frame import Frame
from khabar.spark.rows import Block, Seals, Shape


class Turn(NamedTuple):
    """When a record that hangs together with others is worked on: in which batch, which component, and where in it."""

    batch: int
    component: int
    rank: int


class Job(NamedTuple):
    """A corpus as its workers see it, the same for all of them; it is sent once to each machine.

    ``frame`` is in MessagePack. ``names`` are what people call the files, and ``before`` how many rows of the same file
    come before a block. Records apart, by block and number: the lines of ``heads``; the ``doubled`` ones, each with the
    place of the first of its id; the ``linked`` ones.
    """

    shape: Shape
    frame: bytes
    paths: dict[str, str]
    seals: Seals
    names: dict[str, str]
    before: dict[Block, int]
    heads: dict[Block, frozenset[int]]
    doubled: dict[Block, dict[int, str]]
    linked: dict[Block, dict[int, Turn]]

    def where(self, block: Block, number: int) -> tuple[str, int]:
        """The file, or whatever the rows are called, and the line in it, from 1."""
        file, start = block
        return self.names.get(file, f"partition {start}"), self.before.get(block, 0) + number + 1

    def special(self, block: Block) -> frozenset[int]:
        """The numbers of the records apart."""
        return frozenset().union(self.heads.get(block, ()), self.doubled.get(block, ()), self.linked.get(block, ()))


def frame_of(data: bytes) -> Frame:
    """The frame in MessagePack."""
    return msgspec.msgpack.decode(data, type=Frame)
