"""The columns that records have in Parquet, derived from the record types.

Maps are maps, "one or several" is always a list, a date or its relation to another is one struct, and so is a link of
a chain, whether it was written as a word or with its keys.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from khabar.model import ArticleRecord
from khabar.reading.kinds import Choice, Either, Kind, Listing, Number, Record, Table, Word, kind_of

if TYPE_CHECKING:
    import pyarrow as pa

Storable: TypeAlias = "Callable[[Any], Any]"
"""Gives what Arrow takes for a value: lists, pairs, tuples; ``None`` for what is not there."""

EDTF_FIELD = "edtf"
"""Where a date stands that is no relation to another."""


def several(kind: Either) -> Listing | None:
    """The list, where a kind is one or several."""
    return next((option for option in kind.options if isinstance(option, Listing)), None)


def word_and_record(kind: Either) -> tuple[Word, Record]:
    """The parts of a kind that is a word or a map."""
    word, record = kind.options
    if not isinstance(word, Word) or not isinstance(record, Record):
        raise TypeError(kind)
    return word, record


def field_of_word(record: Record) -> str:
    """The field of a struct in which the word stands that may be in the place of a map.

    >>> from khabar.model import Hop, RelativeDate
    >>> field_of_word(kind_of(Hop)), field_of_word(kind_of(RelativeDate))
    ('outlet', 'edtf')
    """
    return next((field.name for field in record.fields if field.required), EDTF_FIELD)


@functools.cache
def article_schema() -> pa.Schema:
    """The columns of articles, one for each key of the record."""
    import pyarrow as pa

    return pa.schema(_struct(kind_of(ArticleRecord)))


def _struct(kind: Record) -> pa.StructType:
    import pyarrow as pa

    return pa.struct([pa.field(field.name, _type(field.kind)) for field in kind.fields])


def _type(kind: Kind) -> pa.DataType:
    import pyarrow as pa

    match kind:
        case Word() | Choice():
            return pa.string()
        case Number():
            return pa.int64() if kind.whole else pa.float64()
        case Listing(item):
            return pa.list_(_type(item))
        case Table(key, value):
            return pa.map_(_type(key), _type(value))
        case Record():
            return _struct(kind)
        case Either():
            if listing := several(kind):
                return _type(listing)
            _, record = word_and_record(kind)
            struct = _struct(record)
            name = field_of_word(record)
            if struct.get_field_index(name) >= 0:
                return struct
            return pa.struct([pa.field(name, pa.string()), *struct])


def article_columns(articles: Iterable[ArticleRecord]) -> pa.Table:
    """Articles as a table of `article_schema`."""
    import pyarrow as pa

    rows = _storable_article()
    schema = article_schema()
    struct = pa.array([rows(article) for article in articles], type=pa.struct(schema))
    return pa.Table.from_arrays(struct.flatten(), schema=schema)


@functools.cache
def _storable_article() -> Storable:
    return _storable(kind_of(ArticleRecord))


def _storable(kind: Kind) -> Storable:
    match kind:
        case Word() | Choice() | Number():
            return _as_is
        case Listing(item):
            of_item = _storable(item)
            return lambda values: [of_item(value) for value in values] or None
        case Table(_, value):
            of_value = _storable(value)
            return lambda table: [(key, of_value(value)) for key, value in table.items()] or None
        case Record():
            return _storable_record(kind)
        case Either():
            return _storable_either(kind)


def _as_is(value: Any) -> Any:
    return value


def _storable_record(kind: Record) -> Storable:
    # Fields that hold their default are left out, as in JSON.
    defaults = {field.name: field.default for field in msgspec.structs.fields(kind.struct)}
    fields = [(field.name, _storable(field.kind), defaults[field.name]) for field in kind.fields]

    def storable_record(record: Any) -> tuple[Any, ...]:
        return tuple(
            [
                None if (value := getattr(record, name)) is None or value == default else storable(value)
                for name, storable, default in fields
            ]
        )

    return storable_record


def _storable_either(kind: Either) -> Storable:
    if listing := several(kind):
        item = _storable(listing.item)
        return lambda value: [item(one) for one in value] or None if isinstance(value, tuple) else [item(value)]
    _, record = word_and_record(kind)
    name = field_of_word(record)
    of_record = _storable(record)
    names = [field.name for field in record.fields]
    # A word stands alone in the struct; a field of its own comes first.
    own = name not in names
    places = [name, *names] if own else names
    alone = [place == name for place in places]

    def storable_either(value: Any) -> tuple[Any, ...]:
        if isinstance(value, str):
            return tuple([value if here else None for here in alone])
        struct: tuple[Any, ...] = of_record(value)
        return (None, *struct) if own else struct

    return storable_either
