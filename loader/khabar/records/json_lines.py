"""JSON Lines of records: one line an article, in the very schema of the YAML; the careful reading of a line."""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from khabar.errors import Fault
from khabar.model import ArticleRecord, CorpusHeader, EntitiesFile
from khabar.reading.corpora import tell_reserved
from khabar.reading.decoding import decode
from khabar.reading.nodes import Mapping, Node
from khabar.reading.text import MAX_BYTES, decode_text
from khabar.records.json_nodes import compose_json

S = TypeVar("S", bound=msgspec.Struct)

MAX_LINE: Final = MAX_BYTES
"""The longest line that is read, in bytes."""


def examine(data: bytes, where: str, line: int) -> tuple[ArticleRecord | None, list[Fault]]:
    r"""The article in one line of JSON; ``None`` in its place where there is a fault.

    The careful reading: tells every fault that the YAML reader tells of the same record, in its codes and words, at
    ``line`` of ``where`` (column 1; where no key leads to it, the column in the line). What differs: a key whose value
    is null is no key (Spark and pandas write so what is missing); syntax (KH003) is JSON's; a line of the head is told
    in one sentence (KH012).

    >>> examine(b'{"article": {"id": "a"}}', "a.jsonl", 7)[1][0].field
    'article.language'
    """
    faults: list[Fault] = []
    node = read_tree(data, where, line, faults)
    if node is not None and _is_of_head(node):
        _tell(where, line, "KH012", "an article", "a line of the head", faults, "put it before the first article")
        return None, sorted(faults)
    record = None if node is None else decode(node, ArticleRecord, where, faults)
    if record is not None and node is not None:
        tell_reserved(record, node, where, faults)
    return (None if faults else record), sorted(faults)


def read_tree(data: bytes, where: str, line: int, faults: list[Fault]) -> Node | None:
    """The tree of nodes of one line; ``None`` and a fault where there is none."""
    if len(data) > MAX_LINE:
        _tell(
            where, line, "KH004", f"at most {MAX_LINE // 1024 // 1024} MiB", "a longer line", faults, "split the record"
        )
        return None
    own: list[Fault] = []
    text = decode_text(data, where, own)
    # A lone carriage return ends a line to that reader, and is white space to JSON.
    faults += (replace(fault, line=line, column=fault.column if fault.line == 1 else 1) for fault in own)
    if text is None:
        return None
    if not text.strip(" \t\r\n"):
        _tell(where, line, "KH012", "a record", "an empty line", faults)
        return None
    return compose_json(text, where, line, faults)


_OF_HEAD: Final = frozenset({*CorpusHeader.__struct_fields__, *EntitiesFile.__struct_fields__})


def _is_of_head(node: Node) -> bool:
    """Whether all keys are a head's: two files of a corpus one after the other have one in their midst."""
    return isinstance(node, Mapping) and bool(node.pairs) and all(key.value in _OF_HEAD for key, _ in node.pairs)


def _tell(where: str, line: int, code: str, expected: str, found: str, faults: list[Fault], remedy: str = "") -> None:
    faults.append(Fault(path=where, line=line, column=1, code=code, expected=expected, found=found, remedy=remedy))


_ENCODER: Final = msgspec.json.Encoder()


def encode(record: msgspec.Struct) -> bytes:
    """The canonical line of a record, without line end: UTF-8, keys in the order of the record type, no defaults.

    `examine` of it gives an equal record; `khabar.read` of the same bytes in a YAML file does too.
    """
    return _ENCODER.encode(record)


class _Named(msgspec.Struct):
    id: str


class _Line(msgspec.Struct):
    article: _Named


_decode_line: Final = msgspec.json.Decoder(_Line).decode
_ID: Final = re.compile(rb'"article"\s*:\s*\{(?:[^{}]*?[{,]\s*|\s*)"id"\s*:\s*("[^"\\\x00-\x1f]{1,200}")')


def id_of(data: bytes) -> str:
    """The id of the article in a line if it can be told at all, whatever else is wrong with the line; else empty.

    >>> id_of(b'{"article": {"id": "eastport-ferry", "title": ')
    'eastport-ferry'
    """
    try:
        return _decode_line(data).article.id
    except (msgspec.MsgspecError, ValueError, RecursionError):
        match = _ID.search(data, 0, 65_536)
        if match is None:
            return ""
        return match[1][1:-1].decode("utf-8", "replace")
