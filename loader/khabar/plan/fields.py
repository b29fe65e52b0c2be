"""The fields of a record as source: each is read once, its references are found, its texts are written."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from khabar import vocabulary
from khabar.checks.cycles import IRREFLEXIVE, RELATIONS
from khabar.checks.languages import READ
from khabar.names import ALLOWED, CLAIM, ENTITY, EVENT, STATEMENT, Kinds
from khabar.plan.columns import Columns, Given, rows
from khabar.reading.kinds import Either, Field, Kind, Listing, Table, Word, kind_of
from khabar.resolved import Node
from khabar.scalars import LANGUAGE_PATTERN, MATCH_PATTERN, REFERENCE_PATTERN, TEXT_PATTERN
from khabar.terms import RDFS

NAMED: Final = ENTITY | {"source"}
"""The kinds of which some are shared by all articles, or that stand in for these."""

FOUND_BY: Final[tuple[Kinds, ...]] = tuple(
    sorted({kinds for fields in ALLOWED.values() for kinds in fields.values() if kinds <= NAMED}, key=sorted)
)
"""The sets of kinds that fields ask for among entities and sources: for each there is a table of its own."""

_OWN: Final = ((EVENT, "event_iris"), (CLAIM, "claim_iris"), (STATEMENT, "statement_iris"))


def found(kinds: Kinds, reference: str) -> str:
    """Source for the IRI of what a reference names, in angle brackets; KeyError is raised where it names nothing."""
    if kinds in FOUND_BY:
        number = FOUND_BY.index(kinds)
        return f"(shared_{number}.get({reference}) or own_{number}[{reference}])"
    tables = [table for kind, table in _OWN if kind <= kinds]
    if not tables or kinds - EVENT - CLAIM - STATEMENT:
        raise ValueError(sorted(kinds))
    *first, last = tables
    names = "".join(f"{table}.get({reference}) or " for table in first) + f"{last}[{reference}]"
    return f"({names})" if first else names


class Fields:
    """The fields of a record type that say what rows of a node say; ``apart`` are left to other source."""

    def __init__(self, section: str, struct: type[msgspec.Struct], node: type[Node], apart: Collection[str]) -> None:
        self._section = section
        names = {row.property: name for name, row in rows(node).items()} | {RDFS + "label": "label"}
        self._fields: dict[str, Field] = {}
        for field in kind_of(struct).fields:
            if field.name not in apart:
                self._fields[names[vocabulary.property_of(field.name)]] = field

    def given(self) -> list[Given]:
        """What the fields give."""
        return [self._given(name, field) for name, field in self._fields.items()]

    def _given(self, name: str, field: Field) -> Given:
        # A required field is always there: its variable stands in the node's text, and needs no fragment.
        if _is_word(field.kind, REFERENCE_PATTERN) and field.required:
            return Given(name, "one")
        if is_texts(field.kind):
            return Given(name, "lines", field="" if field.required else field.name)
        return Given(name, "many", field=field.name)

    def source(self, columns: Columns, kept: Collection[str] = ()) -> dict[str, list[str]]:
        """Source that reads every field of ``it``, by row; ``o_NAME`` is set for the rows that are ``kept``.

        ``strings`` grows by the number of JSON strings that the fields are written with. Raises TypeError for a field
        that is of no kind known here.
        """
        return {name: list(self._read(columns, name, field, name in kept)) for name, field in self._fields.items()}

    def _read(self, columns: Columns, name: str, field: Field, kept: bool) -> Iterator[str]:  # noqa: FBT001
        body = [f"v = it.{field.name}", *self._field(columns, name, field, kept=kept)]
        if field.required:
            yield from body
            return
        if kept:
            yield f"o_{name} = ()"
        yield f"if it.{field.name}:"
        yield from (f"    {line}" for line in body)

    def _field(self, columns: Columns, name: str, field: Field, *, kept: bool) -> Iterator[str]:
        kinds = ALLOWED.get(self._section, {}).get(field.name)
        if columns.given[name].number == "one" and kinds is not None:
            yield f"o_{name} = {found(kinds, 'v')}"
            yield "strings += 2"
            return
        if is_texts(field.kind):
            function = "texts" if field.name in READ[self._section] else "notes"
            value = f"{function}(v, {columns.start(name)})"
            yield f"o_{name} = {value}" if field.required else columns.put_lines(name, value)
            yield "strings += 1 + 2 * len(v)"
            return
        if kinds is not None and is_words(field.kind, REFERENCE_PATTERN):
            single, one = found(kinds, "v"), found(kinds, "one")
        elif is_words(field.kind, MATCH_PATTERN):
            single, one = "matches[v]", "matches[one]"
        else:
            raise TypeError(f"{self._section}.{field.name}")
        yield "if type(v) is str:"
        yield "    strings += 2"
        yield f"    z = {single}"
        yield from (f"    {line}" for line in self._circles(field.name, "(z,)"))
        if kept:
            yield f"    o_{name} = (z,)"
        yield from (f"    {line}" for line in columns.told(name, "z"))
        yield "else:"
        if field.required:
            # "One or several" is at least one.
            yield "    if not v:"
            yield "        raise Unsure"
        yield "    strings += 1 + len(v)"
        yield f"    z = sorted({{{one} for one in v}})"
        yield from (f"    {line}" for line in self._circles(field.name, "z"))
        if kept:
            yield f"    o_{name} = z"
        yield from (f"    {line}" for line in columns.told_all(name, "z"))

    def _circles(self, field: str, targets: str) -> Iterator[str]:
        if (self._section, field) in RELATIONS:
            yield f"edges_{RELATIONS.index((self._section, field))}[iri] = {targets}"
        if (self._section, field) in IRREFLEXIVE:
            yield f"if iri in {targets}:"
            yield "    raise Unsure"


def is_words(kind: Kind, pattern: str) -> bool:
    """Tell whether a kind is one or several texts of one pattern."""
    return isinstance(kind, Either) and all(
        _is_word(option.item if isinstance(option, Listing) else option, pattern) for option in kind.options
    )


def _is_word(kind: Kind, pattern: str) -> bool:
    return isinstance(kind, Word) and kind.pattern == pattern


def is_texts(kind: Kind) -> bool:
    """Tell whether a kind is texts by language."""
    return isinstance(kind, Table) and _is_word(kind.key, LANGUAGE_PATTERN) and _is_word(kind.value, TEXT_PATTERN)
