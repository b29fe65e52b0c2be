"""What is told of a line before it is made into anything: its id, and whether it refers to other articles."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from khabar.assembly.components import owners
from khabar.model import ArticleRecord
from khabar.records.json_lines import examine, id_of

# How khabar writes a line, and most others do.
_START: Final = b'{"article":{"id":"'
_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{0,79}")
_slug_at: Final = re.compile(rb'[a-z][a-z0-9-]{0,79}(?=")').match
# What no reference to another article goes without, escapes aside; addresses and numbers can look like it.
_refers: Final = re.compile(rb'\.[a-z0-9-]+"').search
_ESCAPE: Final = b"\\u00"

_record: Final = msgspec.json.Decoder(ArticleRecord).decode


def slug_of(data: bytes) -> bytes:
    """The id of the article in a line; empty where it has none that an article can have.

    Every line without faults has one.
    """
    if data.startswith(_START):
        found = _slug_at(data, len(_START))
        if found is not None:
            return found[0]
    slug = id_of(data)
    return slug.encode() if _SLUG.fullmatch(slug) else b""


def others_of(data: bytes) -> frozenset[str]:
    """The ids of the other articles that the record in a line refers to; none where it has faults."""
    if _refers(data) is None and _ESCAPE not in data:
        return frozenset()
    try:
        record: ArticleRecord | None = _record(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        # What the decoder refuses, such as 2.0 for 2, may be without fault all the same.
        record = examine(data, "", 1)[0]
    return frozenset() if record is None else owners(record)
