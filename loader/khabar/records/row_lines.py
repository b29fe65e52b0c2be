"""Columns as lines of JSON, made column by column: a row costs a few microseconds, not the making of its objects.

Columns need not be khabar's own: other widths of numbers and texts, structs in the place of maps, keys in another
order, keys that are missing, nulls and empty lists, which are keys that are not there. What does not fit is told by
its column.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from khabar.errors import FileFailed
from khabar.model import ArticleRecord
from khabar.reading.findings import expectation
from khabar.reading.kinds import Choice, Either, Kind, Listing, Number, Record, Table, Word, kind_of
from khabar.records.columns import field_of_word, several, word_and_record

if TYPE_CHECKING:
    import pyarrow as pa

_CONTROLS: Final = bytes(range(32))
_ESCAPES: Final = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
_PANDAS_INDEX: Final = "__index_level_"


def row_lines(batch: pa.RecordBatch, name: str) -> pa.StringArray:
    """Each row of articles as one canonical line of JSON, with its end; ``name`` is the file's, for `FileFailed`."""
    import pyarrow as pa

    kept = [
        (field.name, column)
        for field, column in zip(batch.schema, batch.columns, strict=True)
        if not field.name.startswith(_PANDAS_INDEX)
    ]
    arrays = [column for _, column in kept]
    names = [key for key, _ in kept]
    rows = pa.StructArray.from_arrays(arrays, names=names) if arrays else pa.array([{}] * batch.num_rows)
    lines = _Columns(name).record(_article(), rows, "")
    return _joined(lines, "\n")


@functools.cache
def _article() -> Record:
    return kind_of(ArticleRecord)


def demand_fit(schema: pa.Schema, name: str) -> None:
    """Raise `FileFailed` where a column holds what no record has there."""
    import pyarrow as pa

    row_lines(pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema), name)


class _Columns:
    """Writes arrays of a kind as arrays of JSON; null stays null. ``column`` is the place, for faults."""

    def __init__(self, name: str) -> None:
        self._name = name

    def value(self, kind: Kind, array: pa.Array, column: str) -> pa.Array:
        from pyarrow import types

        array = _bare(array)
        if types.is_null(array.type):
            return _cast(array)
        match kind:
            case Word() | Choice():
                return self._word(kind, array, column)
            case Number():
                return self._number(kind, array, column)
            case Listing():
                return self._listing(kind, array, column)
            case Table():
                return self._table(kind, array, column)
            case Record():
                return self.record(kind, array, column)
            case Either():
                return self._either(kind, array, column)

    def misfit(self, kind: Kind, array: pa.Array, column: str) -> FileFailed:
        return FileFailed(
            where=self._name,
            expected=f"in the column {column} {expectation(kind)}",
            found=str(array.type),
            remedy="cast it where the file is written",
        )

    def _word(self, kind: Word | Choice, array: pa.Array, column: str) -> pa.Array:
        from pyarrow import types

        if types.is_string(array.type):
            return _quoted(array)
        if types.is_large_string(array.type) or types.is_string_view(array.type) or types.is_date(array.type):
            return _quoted(_cast(array))
        if isinstance(kind, Word) and (types.is_integer(array.type) or types.is_boolean(array.type)):
            # As in YAML and JSON: some texts may be written so, the others are told record by record.
            return _cast(array)
        raise self.misfit(kind, array, column)

    def _number(self, kind: Number, array: pa.Array, column: str) -> pa.Array:
        import pyarrow as pa
        import pyarrow.compute as pc
        from pyarrow import types

        if types.is_integer(array.type):
            return _cast(array)
        if types.is_decimal(array.type):
            array = array.cast(pa.float64())
        if not types.is_floating(array.type):
            raise self.misfit(kind, array, column)
        # Pandas writes NaN for what is missing; what is infinite is out of every range.
        array = pc.if_else(pc.is_nan(array), None, array)
        texts = _cast(array)
        infinite = pc.if_else(pc.less(array, 0), "-1e999", "1e999")
        texts = pc.if_else(pc.is_inf(array), infinite, texts)
        return pc.if_else(pc.match_substring_regex(texts, "^-?[0-9]+$"), _joined(texts, ".0"), texts)

    def _listing(self, kind: Listing, array: pa.Array, column: str) -> pa.Array:
        lists = _lists(array)
        if lists is None:
            raise self.misfit(kind, array, column)
        return _wrapped("[", lists, self.value(kind.item, lists.flatten(), f"{column}[]"), "]")

    def _table(self, kind: Table, array: pa.Array, column: str) -> pa.Array:
        from pyarrow import types

        if types.is_struct(array.type):
            # Whoever guesses types from JSON takes the keys of a map for those of a struct.
            return self._struct(array, column, lambda _: kind.value)
        lists = _lists(array)
        if lists is None or not types.is_struct(lists.type.value_type) or lists.type.value_type.num_fields != _PAIR:
            raise self.misfit(kind, array, column)
        keys, values = lists.flatten().flatten()
        texts = self.value(kind.value, values, f"{column}.value").fill_null("null")
        names = self.value(kind.key, keys, f"{column}.key").fill_null('""')
        return _wrapped("{", lists, _concatenated(names, ":", texts), "}")

    def record(self, kind: Record, array: pa.Array, column: str) -> pa.Array:
        from pyarrow import types

        if not types.is_struct(array.type):
            raise self.misfit(kind, array, column)
        fields = {field.name: field.kind for field in kind.fields}
        return self._struct(array, column, fields.get, kind)

    def _struct(
        self, array: pa.Array, column: str, kind_of_field: Callable[[str], Kind | None], record: Record | None = None
    ) -> pa.Array:
        """A struct as a map of what is not null in it, in the order of the record."""
        import pyarrow as pa
        import pyarrow.compute as pc

        children = dict(zip(array.type.names, array.flatten(), strict=True))
        if len(children) != array.type.num_fields:
            raise self._strange("every column once", f"the same name twice in {column or 'the table'}")
        if record is not None:
            order = {field.name: place for place, field in enumerate(record.fields)}
            children = dict(sorted(children.items(), key=lambda item: order.get(item[0], len(order))))
        members: list[pa.Array] = []
        for name, child in children.items():
            # Most keys are in few records. In a batch without rows, all columns are looked at: see `demand_fit`.
            if 0 < len(child) == child.null_count:
                continue
            place = f"{column}.{name}" if column else name
            kind = kind_of_field(name)
            if kind is None:
                if pa.types.is_null(child.type):
                    continue
                known = ", ".join(field.name for field in record.fields) if record is not None else ""
                raise self._strange(f"the columns {known}", f"the column {place}")
            texts = self.value(kind, child, place)
            if isinstance(kind, Record):
                texts = pc.if_else(pc.equal(texts, "{}"), None, texts)
            members.append(_concatenated(f",{json.dumps(name, ensure_ascii=False)}:", texts))
        # Arrow leaves out the rows that have nothing at all: one member is always there.
        inner = pc.binary_join_element_wise(pc.if_else(array.is_valid(), "", ""), *members, "", null_handling="skip")
        maps = _concatenated(pc.binary_replace_slice(inner, 0, 1, "{"), "}")
        return pc.if_else(array.is_valid(), maps, None)

    def _strange(self, expected: str, found: str) -> FileFailed:
        return FileFailed(
            where=self._name, expected=expected, found=found, remedy="leave it out where the file is written"
        )

    def _either(self, kind: Either, array: pa.Array, column: str) -> pa.Array:
        from pyarrow import types

        if listing := several(kind):
            if _lists(array) is not None and not types.is_map(array.type):
                return self._listing(listing, array, column)
            return self.value(listing.item, array, column)
        word, record = word_and_record(kind)
        if not types.is_struct(array.type):
            return self.value(word, array, column)
        return self._word_or_record(word, record, array, column)

    def _word_or_record(self, word: Word, record: Record, array: pa.Array, column: str) -> pa.Array:
        import pyarrow.compute as pc

        name = field_of_word(record)
        fields = {name: word, **{field.name: field.kind for field in record.fields}}
        maps = self._struct(array, column, fields.get, record)
        children = dict(zip(array.type.names, array.flatten(), strict=True))
        alone = children.pop(name, None)
        if alone is None:
            return maps
        is_word = alone.is_valid()
        for child in children.values():
            is_word = pc.and_(is_word, child.is_null())
        return pc.if_else(is_word, self.value(word, alone, f"{column}.{name}"), maps)


_PAIR: Final = 2


def _bare(array: pa.Array) -> pa.Array:
    """The values of an array that holds them in a way of its own."""
    import pyarrow as pa

    while True:
        if isinstance(array, pa.ExtensionArray):
            array = array.storage
        elif pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        else:
            return array


def _lists(array: pa.Array) -> pa.Array | None:
    """Anything that is a list or a map as a plain list; None where it is neither."""
    import pyarrow as pa
    from pyarrow import types

    kind = array.type
    if types.is_list(kind):
        return array
    if types.is_map(kind):
        return array.cast(
            pa.list_(pa.struct([pa.field("key", kind.key_type, nullable=False), ("value", kind.item_type)]))
        )
    if types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return array.cast(pa.list_(kind.value_type))
    return None


def _wrapped(start: str, lists: pa.Array, texts: pa.Array, end: str) -> pa.Array:
    """The texts of the items of each list, with commas, between two brackets; null for lists that are empty or null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths = pc.list_value_length(lists).fill_null(0)
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths).cast(pa.int32())])
    joined = pc.binary_join(pa.ListArray.from_arrays(offsets, texts.fill_null("null")), ",")
    return pc.if_else(pc.equal(lengths, 0), None, _concatenated(start, joined, end))


def _cast(array: pa.Array) -> pa.Array:
    import pyarrow as pa

    return array.cast(pa.string())


def _joined(texts: pa.Array, end: str) -> pa.Array:
    return _concatenated(texts, end)


def _concatenated(*texts: Any) -> pa.Array:
    """Texts in a row one after the other; null where one is."""
    import pyarrow.compute as pc

    return pc.binary_join_element_wise(*texts, "")


def _quoted(texts: pa.Array) -> pa.Array:
    """Texts as JSON writes them."""
    for old, new in _replacements(texts):
        texts = _replaced(texts, old, new)
    return _concatenated('"', texts, '"')


def _replaced(texts: pa.Array, old: str, new: str) -> pa.Array:
    import pyarrow.compute as pc

    return pc.replace_substring(texts, old, new)


def _replacements(texts: pa.Array) -> Iterator[tuple[str, str]]:
    """What must be escaped in some texts: most have nothing of it, and bytes are searched in no time."""
    buffer = texts.buffers()[2]
    data = b"" if buffer is None else memoryview(buffer).tobytes()
    if b"\\" in data:
        yield "\\", "\\\\"
    if b'"' in data:
        yield '"', '\\"'
    rest = data.translate(None, _CONTROLS)
    if len(rest) != len(data):
        for code in sorted(set(data) & set(_CONTROLS)):
            yield chr(code), _ESCAPES.get(code, f"\\u{code:04x}")
