"""Parquet: one row an article, in columns derived from the record types."""

from __future__ import annotations

from collections.abc import Iterator

from khabar.records.heads import Head
from khabar.records.parts import Block, Part


def head_of(path: str, name: str) -> Head:
    """The head in the metadata of a file."""
    raise NotImplementedError


def row_parts(path: str, name: str) -> Iterator[Part]:
    """One part for each row group."""
    raise NotImplementedError


def row_blocks(part: Part) -> Iterator[Block]:
    """The rows of a part as canonical lines."""
    raise NotImplementedError
