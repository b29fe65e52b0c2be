"""What is left of a record with faults, so that the faults between records can be told along with its own."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as AbstractMapping
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from khabar.errors import Fault, Keys
from khabar.reading.decoding import decode
from khabar.reading.nodes import Mapping, Mark, Node, Refused, Scalar, Sequence

S = TypeVar("S", bound=msgspec.Struct)

# A record without these is none at all: something stands in for them, and what it causes is not told.
STAND_INS: Final[AbstractMapping[Keys, Any]] = {
    ("article", "id"): "unreadable",
    ("article", "title"): {"en": "?"},
    ("article", "publisher"): "unreadable",
    ("article", "published"): "9999-12-31",  # nothing comes after it
    ("article", "language"): "en",
    ("base",): "https://example.org/",
    ("title",): {"en": "?"},
    ("licence",): "https://example.org/",
}
_ROUNDS: Final = 8


class Salvaged(NamedTuple):
    """A record without the parts that have faults: which are lost, and where something stands in for them."""

    record: Any
    lost: frozenset[Keys]
    stand_ins: frozenset[Keys]


def salvage(node: Node, struct: type[S], faults: Iterable[Fault]) -> Salvaged | None:
    """The record in ``node`` without what ``faults`` are about, or None where nothing is left.

    What has a fault goes; where its owner cannot be without it, the owner goes, and so on upwards. Lists go whole,
    so that the places of what is left do not move.
    """
    if not isinstance(node, Mapping):
        return None
    lost = set(_refused(node))
    stand_ins: set[Keys] = set()
    found = list(faults)
    for _ in range(_ROUNDS):
        for fault in found:
            where = _stand_in(fault.keys, struct) if fault.code != "KH010" else None
            if where is not None:
                stand_ins.add(where)
            elif cut := _cut(fault):
                lost.add(cut)
            else:
                return None
        rest = _without(node, (), lost | stand_ins)
        for keys in sorted(stand_ins, key=len):
            rest = _with(rest, keys, STAND_INS[keys])
        found = []
        record = decode(rest, struct, "", found)
        if record is not None:
            return Salvaged(record, frozenset(lost), frozenset(stand_ins))
    return None


def _stand_in(keys: Keys, struct: type[msgspec.Struct]) -> Keys | None:
    for length in (1, 2):
        where = keys[:length]
        if where in STAND_INS and where[0] in struct.__struct_fields__:
            return where
    return None


def _cut(fault: Fault) -> Keys:
    """The place of what must go: the owner of a missing key, a whole list for one of its items."""
    keys = fault.keys[:-1] if fault.code in {"KH011", "KH054"} else fault.keys
    for index, key in enumerate(keys):
        if isinstance(key, int):
            return keys[:index]
    return keys


def _refused(node: Node, keys: Keys = ()) -> Iterable[Keys]:
    if isinstance(node, Refused):
        yield keys
    elif isinstance(node, Mapping):
        for key, value in node.pairs:
            yield from _refused(value, (*keys, key.value))
    elif isinstance(node, Sequence) and any(True for item in node.items for _ in _refused(item)):
        yield keys


def _without(node: Node, keys: Keys, cuts: set[Keys]) -> Node:
    if not isinstance(node, Mapping):
        return node
    pairs = [
        (key, _without(value, (*keys, key.value), cuts)) for key, value in node.pairs if (*keys, key.value) not in cuts
    ]
    return Mapping(node.mark, pairs)


def _with(node: Node, keys: Keys, value: Any) -> Node:
    pairs = list(node.pairs) if isinstance(node, Mapping) else []
    key, *inner = keys
    old = next((pair for pair in pairs if pair[0].value == key), None)
    below = old[1] if old else Mapping(node.mark, [])
    new = _with(below, tuple(inner), value) if inner else _written(value, node.mark)
    kept = [pair for pair in pairs if pair is not old]
    return Mapping(node.mark, [*kept, (Scalar(str(key), node.mark, plain=True), new)])


def _written(value: Any, mark: Mark) -> Node:
    if isinstance(value, dict):
        return Mapping(mark, [(Scalar(key, mark, plain=True), _written(one, mark)) for key, one in value.items()])
    return Scalar(value, mark, plain=False)
