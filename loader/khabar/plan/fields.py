"""The fields of a record as source: each is read once, its references are found, its texts are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from khabar.checks.cycles import IRREFLEXIVE, RELATIONS
from khabar.checks.languages import READ
from khabar.names import ALLOWED, CLAIM, ENTITY, EVENT, STATEMENT, Kinds
from khabar.plan.columns import Given
from khabar.reading.kinds import Either, Field, Kind, Listing, Record, Table, Word, kind_of
from khabar.scalars import LANGUAGE_PATTERN, MATCH_PATTERN, REFERENCE_PATTERN, TEXT_PATTERN

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
        return f"(own_{number}.get({reference}) or shared_{number}[{reference}])"
    tables = [table for kind, table in _OWN if kind <= kinds]
    if not tables or kinds - EVENT - CLAIM - STATEMENT:
        raise ValueError(sorted(kinds))
    *first, last = tables
    return "(" + "".join(f"{table}.get({reference}) or " for table in first) + f"{last}[{reference}])"


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


def fields(struct: type[msgspec.Struct]) -> tuple[Field, ...]:
    """The fields of a record type."""
    kind: Record = kind_of(struct)
    return kind.fields


def read(section: str, struct: type[msgspec.Struct], apart: Iterable[str]) -> tuple[list[str], list[Given]]:
    """Source that sets ``o_FIELD`` for every field of ``it``, and what it sets; ``apart`` are left to other source.

    ``strings`` grows by the number of JSON strings that the fields are written with. Raises TypeError for a field
    that is of no kind known here.
    """
    left = frozenset(apart)
    source: list[str] = []
    given: list[Given] = []
    for field in fields(struct):
        if field.name not in left:
            source += _field(section, field)
            single = _is_word(field.kind, REFERENCE_PATTERN)
            given.append(Given(field.name, ("one" if field.required else "maybe") if single else "many"))
            source += _cycles(section, field.name, single=single)
    return source, given


def _cycles(section: str, field: str, *, single: bool) -> Iterator[str]:
    if (section, field) in RELATIONS:
        yield f"if o_{field}:"
        yield f"    edges_{RELATIONS.index((section, field))}[iri] = {f'(o_{field},)' if single else f'o_{field}'}"
    if (section, field) in IRREFLEXIVE:
        yield f"if iri in o_{field}:"
        yield "    raise Unsure"


def _field(section: str, field: Field) -> Iterator[str]:
    value = f"it.{field.name}"
    kinds = ALLOWED.get(section, {}).get(field.name)
    if kinds is not None and _is_word(field.kind, REFERENCE_PATTERN):
        yield from _maybe(field, value, [f"o_{field.name} = {found(kinds, value)}", "strings += 2"], '""')
    elif kinds is not None and is_words(field.kind, REFERENCE_PATTERN):
        yield from _maybe(field, value, list(_several(field, found(kinds, "v"), found(kinds, "one"))), "()")
    elif is_words(field.kind, MATCH_PATTERN):
        yield from _maybe(field, value, list(_several(field, "matches[v]", "matches[one]")), "()")
    elif is_texts(field.kind):
        objects = "texts" if field.name in READ[section] else "notes"
        body = [f"o_{field.name} = {objects}(v)", "strings += 1 + 2 * len(v)"]
        yield from _maybe(field, value, body, "()")
    else:
        raise TypeError(f"{section}.{field.name}")


def _maybe(field: Field, value: str, body: list[str], empty: str) -> Iterator[str]:
    if field.required:
        yield f"v = {value}"
        yield from body
        return
    yield f"v = {value}"
    yield "if v:"
    yield from (f"    {line}" for line in body)
    yield "else:"
    yield f"    o_{field.name} = {empty}"


def _several(field: Field, single: str, one: str) -> Iterator[str]:
    yield "if type(v) is str:"
    yield "    strings += 2"
    yield f"    o_{field.name} = ({single},)"
    yield "else:"
    if field.required:
        # "One or several" is at least one.
        yield "    if not v:"
        yield "        raise Unsure"
    yield "    strings += 1 + len(v)"
    yield f"    o_{field.name} = sorted({{{one} for one in v}})"
