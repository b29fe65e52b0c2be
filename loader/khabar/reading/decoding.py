"""A tree of nodes as a record: one pass, every fault.

The record types are compiled once to functions of a node and the findings so far. A finding holds the node itself;
the path of keys is looked up afterwards, so that a record without faults pays nothing for it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import msgspec

from khabar.errors import Fault
from khabar.reading.findings import (
    GIVE,
    NULLS,
    Finding,
    Findings,
    expectation,
    is_nothing,
    nearest,
    respelt,
    tell,
    tell_keys,
    wrong_kind,
)
from khabar.reading.kinds import Choice, Either, Kind, Listing, Number, Record, Table, Word, kind_of
from khabar.reading.nodes import Mapping, Node, Scalar, Sequence
from khabar.reading.text import shown

S = TypeVar("S", bound=msgspec.Struct)

# What YAML 1.2 (core schema) takes for something other than a text, where it stands without quotes.
_BOOLEANS = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
# Numbers as JSON spells them; leading zeros do no harm.
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
Decoder: TypeAlias = "Callable[[Node, Findings], Any]"
"""Gives the value; ``None``, which no value is, where there is a finding."""


def decode(node: Node, struct: type[S], path: str, faults: list[Fault]) -> S | None:
    """The record in a tree, or ``None`` and every fault of it (KH010 to KH016, KH030, KH054)."""
    findings: Findings = []
    record = _decoder(struct)(node, findings)
    if not findings:
        return record  # type: ignore[no-any-return] # the decoder of S gives S
    tell(findings, node, path, faults)
    return None


@functools.cache
def _decoder(struct: type[msgspec.Struct]) -> Decoder:
    return _compile(kind_of(struct))


def _compile(kind: Kind) -> Decoder:
    match kind:
        case Word():
            return _word(kind)
        case Choice():
            return _choice(kind)
        case Number():
            return _number(kind)
        case Listing():
            return _listing(kind)
        case Table():
            return _table(kind)
        case Record():
            return _record(kind)
        case Either():
            return _either(kind)


def _word(kind: Word) -> Decoder:
    matches = re.compile(kind.pattern).fullmatch if kind.pattern else None
    least, most = kind.least or 0, kind.most
    free = "number" in kind.takes
    takes = frozenset({"text", *kind.takes})

    def decode_word(node: Node, findings: Findings) -> str | None:
        if type(node) is not Scalar or (node.plain and node.value in NULLS):
            wrong_kind(node, kind, findings)
            return None
        value = node.value
        seen = "text" if free or not node.plain else _seen(value)
        if seen not in takes:
            remedy = "put it in quotes" if matches is not None and matches(value) else ""
            findings.append(Finding(node, kind.code, kind.expected, shown(value), remedy))
            return None
        # What is a number to YAML 1.2 has no length there either.
        if (matches is None or matches(value)) and (
            (least <= len(value) and (most is None or len(value) <= most)) or seen != "text"
        ):
            return value
        findings.append(_unfit(node, kind))
        return None

    return decode_word


def _unfit(node: Scalar, kind: Word) -> Finding:
    value = node.value
    if kind.most is not None and len(value) > kind.most:
        found = f"{len(value)} characters, {shown(value)}"
        return Finding(node, kind.code, f"{kind.expected}, at most {kind.most} characters", found)
    return Finding(node, kind.code, kind.expected, shown(value) if value else "an empty text", respelt(kind, value))


def _seen(value: str) -> str:
    """What YAML 1.2 sees in a text without quotes."""
    if value[0] not in "-+.0123456789tTfF":
        return "text"
    if value in _BOOLEANS:
        return "boolean"
    if _INTEGER.fullmatch(value):
        return "integer"
    if _FLOAT.fullmatch(value):
        # JSON Schema counts 2.0 among the integers.
        number = float(value.replace(".inf", "inf").replace(".nan", "nan")) if value[-1].isdigit() else 0.5
        return "integer" if number.is_integer() else "number"
    return "text"


def _choice(kind: Choice) -> Decoder:
    # The word of the record type itself: what is a default is known to be one when the record is written.
    words = {word: word for word in kind.words}

    def decode_choice(node: Node, findings: Findings) -> str | None:
        if type(node) is not Scalar or is_nothing(node):
            wrong_kind(node, kind, findings)
            return None
        word = words.get(node.value)
        if word is not None:
            return word
        guess = nearest(node.value, kind.words, findings)
        remedy = f"did you mean {guess}?" if guess else ""
        findings.append(Finding(node, "KH013", expectation(kind), shown(node.value), remedy))
        return None

    return decode_choice


def _number(kind: Number) -> Decoder:
    matches = _NUMBER.fullmatch

    def decode_number(node: Node, findings: Findings) -> int | float | None:
        if type(node) is not Scalar or not node.plain or not matches(node.value):
            if type(node) is Scalar and matches(node.value):
                findings.append(
                    Finding(node, "KH012", expectation(kind), f"the text {shown(node.value)}", "remove the quotes")
                )
                return None
            wrong_kind(node, kind, findings)
            return None
        value = float(node.value)
        if kind.whole and not value.is_integer():
            wrong_kind(node, kind, findings)
            return None
        if not kind.low <= value <= kind.high:
            findings.append(Finding(node, "KH016", expectation(kind), shown(node.value)))
            return None
        return int(value) if kind.whole else value

    return decode_number


def _listing(kind: Listing) -> Decoder:
    item_of = _compile(kind.item)

    def decode_listing(node: Node, findings: Findings) -> tuple[Any, ...] | None:
        if type(node) is not Sequence:
            wrong_kind(node, kind, findings)
            return None
        if len(node.items) < kind.least:
            findings.append(Finding(node, "KH016", "at least one item", "an empty list", GIVE))
            return None
        return tuple([item_of(item, findings) for item in node.items])

    return decode_listing


def _table(kind: Table) -> Decoder:
    key_of, value_of = _compile(kind.key), _compile(kind.value)

    def decode_table(node: Node, findings: Findings) -> dict[str, Any] | None:
        if type(node) is not Mapping:
            wrong_kind(node, kind, findings)
            return None
        if len(node.pairs) < kind.least:
            findings.append(Finding(node, "KH016", expectation(kind), "an empty map", GIVE))
            return None
        return {key_of(key, findings): value_of(value, findings) for key, value in node.pairs}

    return decode_table


def _either(kind: Either) -> Decoder:
    scalar: Decoder | None = None
    sequence: Decoder | None = None
    mapping: Decoder | None = None
    for option in kind.options:
        if isinstance(option, Listing):
            sequence = _compile(option)
        elif isinstance(option, Record | Table):
            mapping = _compile(option)
        else:
            scalar = _compile(option)

    def decode_either(node: Node, findings: Findings) -> Any:
        shape = type(node)
        if shape is Scalar and scalar is not None and not is_nothing(node):
            return scalar(node, findings)
        if shape is Sequence and sequence is not None:
            return sequence(node, findings)
        if shape is Mapping and mapping is not None:
            return mapping(node, findings)
        wrong_kind(node, kind, findings)
        return None

    return decode_either


def _record(kind: Record) -> Decoder:
    struct = kind.struct
    fields = {field.name: _compile(field.kind) for field in kind.fields}
    required = {field.name: field.kind for field in kind.fields if field.required}
    names = required.keys()

    def decode_record(node: Node, findings: Findings) -> msgspec.Struct | None:
        if type(node) is not Mapping:
            wrong_kind(node, kind, findings)
            return None
        before = len(findings)
        values = {}
        unknown: list[Scalar] = []
        for key, value in node.pairs:
            name = key.value
            field = fields.get(name)
            if field is None:
                unknown.append(key)
            else:
                values[name] = field(value, findings)
        if unknown or not names <= values.keys():
            tell_keys(kind, node, unknown, values.keys(), findings)
        if len(findings) != before:
            return None
        return struct(**values)

    return decode_record
