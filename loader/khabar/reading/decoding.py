"""A tree of nodes as a record: one pass, every fault.

The record types are compiled once to functions of a node and the findings so far. A finding holds the node itself;
the path of keys is looked up afterwards, so that a record without faults pays nothing for it.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar

import msgspec

from khabar.errors import Fault
from khabar.model import Evidence
from khabar.reading.kinds import Choice, Either, Kind, Listing, Number, Record, Table, Word, kind_of
from khabar.reading.nodes import Mapping, Node, Refused, Scalar, Sequence, shown
from khabar.reading.text import MASK

S = TypeVar("S", bound=msgspec.Struct)

# What YAML 1.2 (core schema) takes for something else than a text, where it stands without quotes.
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
# Numbers as JSON spells them; leading zeros do no harm.
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_MANY_SUGGESTIONS = 200


class Finding(NamedTuple):
    """A fault that does not yet know its place."""

    node: Node
    code: str
    expected: str
    found: str
    remedy: str = ""
    key: str | None = None
    """A key of ``node`` that is missing."""


Findings: TypeAlias = list[Finding]
Decoder: TypeAlias = "Callable[[Node, Findings], Any]"
"""Gives the value; ``None``, which no value is, where there is a finding."""


def decode(node: Node, struct: type[S], path: str, faults: list[Fault]) -> S | None:
    """The record in a tree, or ``None`` and every fault of it (KH010 to KH016, KH030, KH054)."""
    findings: Findings = []
    record = _decoder(struct)(node, findings)
    if not findings:
        return record  # type: ignore[no-any-return]
    places = dict(_places(node))
    for finding in findings:
        if isinstance(finding.node, Scalar) and MASK in finding.node.value:
            continue
        keys, line, column = places[id(finding.node)]
        faults.append(
            Fault(
                path=path,
                line=line,
                column=column,
                code=finding.code,
                keys=keys if finding.key is None else (*keys, finding.key),
                expected=finding.expected,
                found=finding.found,
                remedy=finding.remedy,
            )
        )
    return None


def _places(root: Node) -> list[tuple[int, tuple[tuple[str | int, ...], int, int]]]:
    found: list[tuple[int, tuple[tuple[str | int, ...], int, int]]] = []
    stack: list[tuple[Node, tuple[str | int, ...], Any]] = [(root, (), root.mark)]
    while stack:
        node, keys, mark = stack.pop()
        found.append((id(node), (keys, mark.line + 1, mark.column + 1)))
        if isinstance(node, Mapping):
            for key, value in node.pairs:
                inner = (*keys, key.value)
                found.append((id(key), (inner, key.mark.line + 1, key.mark.column + 1)))
                # A map or list is told at its key: its own first character may be lines below.
                stack.append((value, inner, value.mark if isinstance(value, Scalar) else key.mark))
        elif isinstance(node, Sequence):
            stack.extend((item, (*keys, index), item.mark) for index, item in enumerate(node.items))
    return found


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


def expectation(kind: Kind) -> str:
    """What stands where a kind is expected, as a phrase with its article."""
    match kind:
        case Word():
            return kind.expected
        case Choice(words):
            return f"one of {', '.join(words)}" if len(words) > 1 else f"the word {words[0]}"
        case Number():
            return f"a {'whole ' if kind.whole else ''}number from {kind.low} to {kind.high}"
        case Listing(item):
            return f"a list, each item {expectation(item)}"
        case Table(key, value):
            what = f"a map, each key {key.expected}"
            return what if isinstance(value, Record) else f"{what}, each value {expectation(value)}"
        case Record():
            return f"a map with the keys of {_a(kind.title)}"
        case Either(options):
            singles = [expectation(option) for option in options if not isinstance(option, Listing)]
            some = " or a list of such" if len(singles) < len(options) else ""
            return " or ".join(singles) + some


def _a(noun: str) -> str:
    return f"a{'n' if noun[0] in 'aeiou' else ''} {noun}"


def _is_nothing(node: Node) -> bool:
    return type(node) is Scalar and node.plain and node.value in _NULLS


def _wrong_kind(node: Node, kind: Kind, findings: Findings) -> None:
    """Tells what stands there; an alias was told before."""
    remedy = ""
    if isinstance(node, Refused):
        return
    if isinstance(node, Mapping):
        found = "a map"
    elif isinstance(node, Sequence):
        found = "a list"
    elif _is_nothing(node):
        found = "nothing"
        remedy = (
            f"put {node.value} in quotes if the word is meant" if node.value else "leave the key out if none is meant"
        )
    else:
        found = shown(node.value)
    findings.append(Finding(node, "KH012", expectation(kind), found, remedy))


def _word(kind: Word) -> Decoder:
    matches = re.compile(kind.pattern).fullmatch if kind.pattern else None
    least, most = kind.least or 0, kind.most
    free = "number" in kind.takes
    dates = "integer" in kind.takes

    def decode_word(node: Node, findings: Findings) -> str | None:
        if type(node) is not Scalar:
            return _wrong_kind(node, kind, findings)
        value = node.value
        if node.plain:
            if value in _NULLS:
                return _wrong_kind(node, kind, findings)
            if not free:
                seen = _seen(value)
                if seen == "integer" and dates:
                    return value
                if seen != "text":
                    remedy = "put it in quotes" if matches is None or matches(value) else ""
                    findings.append(Finding(node, kind.code, kind.expected, shown(value), remedy))
                    return None
        if (matches is None or matches(value)) and least <= len(value) and (most is None or len(value) <= most):
            return value
        if most is not None and len(value) > most:
            found = f"{len(value)} characters, {shown(value)}"
            findings.append(Finding(node, kind.code, f"{kind.expected}, at most {most} characters", found))
        else:
            found = shown(value) if value else "an empty text"
            findings.append(Finding(node, kind.code, kind.expected, found, _respelt(kind, value)))
        return None

    return decode_word


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


def _respelt(kind: Word, value: str) -> str:
    """A remedy where a usual slip is all that is wrong."""
    if not kind.pattern or len(value) > 200:
        return ""
    if kind.code == "KH014":
        candidate = re.sub(r"[^a-z0-9.]+", "-", value.lower()).strip("-")
    elif kind.code == "KH015":
        candidate = "https://" + value
    else:
        candidate = value.strip().lower() if value != value.lower() else value.strip().capitalize()
    if candidate != value and "." in value and re.fullmatch(kind.pattern, candidate):
        return f"did you mean {shown(candidate)}?"
    if "." not in value and kind.code != "KH015" and re.fullmatch(kind.pattern, candidate):
        return f"did you mean {shown(candidate)}?"
    return ""


def _choice(kind: Choice) -> Decoder:
    words = frozenset(kind.words)

    def decode_choice(node: Node, findings: Findings) -> str | None:
        if type(node) is not Scalar or _is_nothing(node):
            return _wrong_kind(node, kind, findings)
        if node.value in words:
            return node.value
        guess = _nearest(node.value, kind.words, findings)
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
            return _wrong_kind(node, kind, findings)
        value = float(node.value)
        if kind.whole and not value.is_integer():
            return _wrong_kind(node, kind, findings)
        if not kind.low <= value <= kind.high:
            findings.append(Finding(node, "KH016", expectation(kind), shown(node.value)))
            return None
        return int(value) if kind.whole else value

    return decode_number


def _listing(kind: Listing) -> Decoder:
    item_of = _compile(kind.item)

    def decode_listing(node: Node, findings: Findings) -> tuple[Any, ...] | None:
        if type(node) is not Sequence:
            return _wrong_kind(node, kind, findings)
        if len(node.items) < kind.least:
            remedy = "leave the key out if none is meant"
            findings.append(Finding(node, "KH016", "at least one item", "an empty list", remedy))
            return None
        return tuple([item_of(item, findings) for item in node.items])

    return decode_listing


def _table(kind: Table) -> Decoder:
    key_of, value_of = _compile(kind.key), _compile(kind.value)

    def decode_table(node: Node, findings: Findings) -> dict[str, Any] | None:
        if type(node) is not Mapping:
            return _wrong_kind(node, kind, findings)
        if len(node.pairs) < kind.least:
            remedy = "leave the key out if none is meant"
            findings.append(Finding(node, "KH016", expectation(kind), "an empty map", remedy))
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
        if shape is Scalar and scalar is not None and not _is_nothing(node):
            return scalar(node, findings)
        if shape is Sequence and sequence is not None:
            return sequence(node, findings)
        if shape is Mapping and mapping is not None:
            return mapping(node, findings)
        return _wrong_kind(node, kind, findings)

    return decode_either


def _record(kind: Record) -> Decoder:
    struct = kind.struct
    fields = {field.name: _compile(field.kind) for field in kind.fields}
    required = {field.name: field.kind for field in kind.fields if field.required}
    names = required.keys()

    def decode_record(node: Node, findings: Findings) -> msgspec.Struct | None:
        if type(node) is not Mapping:
            return _wrong_kind(node, kind, findings)
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
            _tell_keys(kind, node, unknown, values.keys(), findings)
        if len(findings) != before:
            return None
        return struct(**values)

    return decode_record


def _tell_keys(kind: Record, node: Node, unknown: list[Scalar], given: Any, findings: Findings) -> None:
    """Tells unknown and missing keys; a key that is only misspelt is told once."""
    missing = {field.name: field for field in kind.fields if field.required and field.name not in given}
    free = tuple(field.name for field in kind.fields if field.name not in given)
    for key in unknown:
        if kind.struct is Evidence and key.value == "quote":
            remedy = "run khabar cite --fill on the record, with the text"
            findings.append(Finding(key, "KH054", "paragraph, start, end and sha256", "a quotation", remedy))
            missing.clear()
            continue
        guess = _nearest(key.value, free, findings)
        missing.pop(guess, None)
        remedy = f"did you mean {guess}?" if guess else f"the keys are {', '.join(field.name for field in kind.fields)}"
        findings.append(Finding(key, "KH010", f"a key of {_a(kind.title)}", shown(key.value), remedy))
    for field in missing.values():
        findings.append(Finding(node, "KH011", expectation(field.kind), "no such key", "", field.name))


def _nearest(word: str, options: tuple[str, ...], findings: Findings) -> str:
    """The option that was probably meant, or an empty text; no guesses once a file has very many findings."""
    if len(findings) > _MANY_SUGGESTIONS or len(word) > 40:
        return ""
    plain = word.lower().replace("-", "_").replace(" ", "_")
    by_plain = {option.replace("-", "_"): option for option in options}
    close = difflib.get_close_matches(plain, by_plain, n=1, cutoff=0.6)
    return by_plain[close[0]] if close else ""
