"""The names of files of records in bulk: what a suffix tells, and which files of a folder are taken."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from khabar.records.streams import Form

TABLES: Final = frozenset({".parquet"})
COMPRESSED: Final[Mapping[str, Form]] = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}
_LINES: Final = frozenset({".jsonl", ".ndjson"})
_LOOSE: Final = frozenset({".json"})
"""Spark calls its JSON Lines so; in the folder of a corpus it could be anything."""


def is_of_records(name: str, *, loose: bool, more: frozenset[str] = frozenset()) -> bool:
    """Tell whether a file of this name holds records in bulk; ``more`` are suffixes of other compressions.

    >>> [is_of_records(name, loose=False) for name in ("a.jsonl.gz", "a.json", "_a.jsonl")]
    [True, False, False]
    """
    if name.startswith((".", "_")):
        return False
    path = PurePath(name)
    if path.suffix in TABLES:
        return True
    if path.suffix in COMPRESSED or path.suffix in more:
        path = path.with_suffix("")
    return path.suffix in _LINES or (loose and path.suffix in _LOOSE)
