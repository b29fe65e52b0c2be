"""The kinds of values that records hold, read from the record types once.

The decoder and the JSON Schema are both made from these, so that they cannot differ.
"""

from __future__ import annotations

import inspect
import math
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
from msgspec import inspect as types


@dataclass(frozen=True, slots=True)
class Word:
    """A text; ``takes`` lists what YAML 1.2 may see in it where it stands without quotes."""

    expected: str
    code: str
    pattern: str | None
    least: int | None
    most: int | None
    takes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A number between two bounds, both inclusive."""

    whole: bool
    low: int | float
    high: int | float


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of at least ``least`` values of one kind."""

    item: Kind
    least: int


@dataclass(frozen=True, slots=True)
class Table:
    """A map whose keys an author chooses."""

    key: Word
    value: Kind
    least: int


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a record. ``meaning`` is its line in the record's docstring."""

    name: str
    kind: Kind
    required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Record:
    """A map with known keys, and the struct that it becomes."""

    struct: type[msgspec.Struct]
    title: str
    meaning: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several kinds, told apart by whether a text, a list or a map stands there: at most one of each."""

    options: tuple[Kind, ...]


Kind: TypeAlias = Word | Choice | Number | Listing | Table | Record | Either


def kind_of(struct: type[msgspec.Struct]) -> Record:
    """The kind of a record type, with all that it holds."""
    kind = _kind(types.type_info(struct))
    if not isinstance(kind, Record):
        raise TypeError(struct)
    return kind


def _kind(info: Any) -> Kind:
    meta: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    while isinstance(info, types.Metadata):
        meta = {**(info.extra_json_schema or {}), **meta}
        extra = {**(info.extra or {}), **extra}
        info = info.type
    match info:
        case types.StrType():
            return Word(
                expected=meta.get("description", "a text"),
                code=extra.get("code", "KH016"),
                pattern=meta.get("pattern"),
                least=info.min_length,
                most=info.max_length,
                takes=tuple(meta.get("type", ("string",))),
            )
        case types.LiteralType():
            return Choice(tuple(str(value) for value in info.values))
        case types.IntType() | types.FloatType():
            low = -math.inf if info.ge is None else info.ge
            high = math.inf if info.le is None else info.le
            return Number(isinstance(info, types.IntType), low, high)
        case types.VarTupleType():
            return Listing(_kind(info.item_type), info.min_length or 0)
        case types.DictType():
            key = _kind(info.key_type)
            if isinstance(key, Word):
                return Table(key, _kind(info.value_type), info.min_length or 0)
        case types.StructType():
            return _record(info)
        case types.UnionType():
            return _either(info)
    raise TypeError(info)


def _either(info: types.UnionType) -> Kind:
    # A missing value is None to Python; in YAML it is a key that is not there.
    options = [_kind(option) for option in info.types if not isinstance(option, types.NoneType)]
    if len(options) == 1:
        return options[0]
    # "One or several" is at least one: who has none leaves the key out.
    return Either(tuple(Listing(option.item, 1) if isinstance(option, Listing) else option for option in options))


def _record(info: types.StructType) -> Record:
    meaning, lines = meanings(info.cls)
    return Record(
        struct=info.cls,
        title=title(info.cls.__name__),
        meaning=meaning,
        fields=tuple(
            Field(field.encode_name, _kind(field.type), field.required, lines.get(field.encode_name, ""))
            for field in info.fields
        ),
    )


def title(name: str) -> str:
    """The name of a record type in words.

    >>> title("UnnamedSource")
    'unnamed source'
    """
    return "evidence block" if name == "Evidence" else " ".join(re.findall("[A-Z][a-z]*", name)).lower()


_KEY_LINE = re.compile(r"^    (\w+): (.+(?:\n     .+)*)$", re.MULTILINE)


def meanings(struct: type[msgspec.Struct]) -> tuple[str, dict[str, str]]:
    """What a record is, and what each of its keys means, from its docstring: the text before and after ``Keys:``."""
    text, _, keys = inspect.cleandoc(struct.__doc__ or "").partition("\nKeys:\n")
    return " ".join(text.replace("``", "`").split()), {
        match[1]: " ".join(match[2].replace("``", "`").split()) for match in _KEY_LINE.finditer(keys)
    }
