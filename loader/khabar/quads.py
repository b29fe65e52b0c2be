"""Resolved records to quads: the one mapping between khabar's records and its ontology.

The mapping is a table, a row for each field of a resolved record: the predicates that it gives, and how its value
becomes terms. Everything that writes a graph reads this table.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeAlias

from khabar import vocabulary
from khabar.model import Point
from khabar.names import ROLES
from khabar.resolved import (
    ArticleNode,
    ClaimNode,
    EntityNode,
    EventNode,
    EventTypeNode,
    Extent,
    Node,
    PassageNode,
    Resolved,
    SourceNode,
    StatementNode,
)
from khabar.terms import LANG_STRING, RDF_TYPE, RDFS, SKOS, XSD, Literal, Object, Quad

EDTF: Final = "http://id.loc.gov/datatypes/edtf/EDTF"
WKT: Final = "http://www.opengis.net/ont/geosparql#wktLiteral"

Encode: TypeAlias = Callable[[Any], Iterator[Object]]


class Row(NamedTuple):
    """One row of the mapping: a field, the property it gives, how its value becomes terms."""

    field: str
    property: str
    encode: Encode


def _iri(value: str) -> Iterator[Object]:
    if value:
        yield value


def _iris(values: tuple[str, ...]) -> Iterator[Object]:
    yield from values


def _text(value: dict[str, str]) -> Iterator[Object]:
    # Language tags are case-insensitive; stores differ in the case they keep, lower case is what all of them keep.
    for language, text in value.items():
        yield Literal(text, LANG_STRING, language.lower())


def _texts(value: dict[str, tuple[str, ...]]) -> Iterator[Object]:
    for language, texts in value.items():
        for text in texts:
            yield Literal(text, LANG_STRING, language.lower())


def _typed(datatype: str) -> Encode:
    def encode(value: str) -> Iterator[Object]:
        if value:
            yield Literal(value, datatype)

    return encode


def _integer(value: int | None) -> Iterator[Object]:
    # Oxigraph and Virtuoso keep no integer type but this one.
    if value is not None:
        yield Literal(str(value), XSD + "integer")


def _point(value: Point | None) -> Iterator[Object]:
    if value is not None:
        yield Literal(f"POINT({_degrees(value.lon)} {_degrees(value.lat)})", WKT)


def _degrees(value: float) -> str:
    """Plain decimal notation, without exponent or trailing zeros, to a tenth of a micrometre at the most."""
    return f"{value:.12f}".rstrip("0").rstrip(".") if value else "0"


def _part(name: str, encode: Encode) -> Encode:
    def encode_part(extent: Extent) -> Iterator[Object]:
        return encode(getattr(extent, name))

    return encode_part


_string = _typed(XSD + "string")
_date = _typed(XSD + "date")
_LABEL: Final = RDFS + "label"
_NOTE: Final = Row("note", RDFS + "comment", _text)
_MATCHES: Final = (Row("exact_match", SKOS + "exactMatch", _iris), Row("close_match", SKOS + "closeMatch", _iris))


def _khb(field: str, encode: Encode) -> Row:
    return Row(field, vocabulary.property_of(field), encode)


def _extent(field: str, name: str) -> tuple[Row, ...]:
    return (
        Row(field, vocabulary.property_of(name), _part("edtf", _typed(EDTF))),
        Row(field, vocabulary.property_of("earliest"), _part("earliest", _date)),
        Row(field, vocabulary.property_of("latest"), _part("latest", _date)),
    )


@functools.cache
def mapping() -> dict[type[Node], tuple[Row, ...]]:
    """The whole mapping: for each type of node its rows, in the order in which they are written."""
    return {
        EventTypeNode: (
            Row("definition", SKOS + "definition", _text),
            Row("super_classes", RDFS + "subClassOf", _iris),
            Row("close_match", SKOS + "closeMatch", _iris),
        ),
        EntityNode: (
            Row("alias", SKOS + "altLabel", _texts),
            _NOTE,
            _khb("position", _text),
            _khb("member_of", _iris),
            _khb("within", _iris),
            _khb("point", _point),
            *_MATCHES,
        ),
        ArticleNode: (
            _khb("publisher", _iri),
            *_extent("published", "published"),
            _khb("language", _string),
            _khb("url", _typed(XSD + "anyURI")),
            _khb("republished_by", _iris),
            _khb("text_digest", _string),
            _khb("text_length", _integer),
            _NOTE,
        ),
        SourceNode: (
            _khb("described_as", _text),
            _khb("speaks_for", _iris),
            _khb("affiliated_with", _iris),
            _khb("reason_unnamed", _text),
        ),
        EventNode: (
            *(_khb(role, _iris) for role in ROLES),
            _khb("place", _iris),
            *_extent("date", "date"),
            _khb("before", _iri),
            _khb("after", _iri),
            _khb("offset", _typed(XSD + "duration")),
            _khb("part_of", _iris),
            _khb("in_exchange_for", _iris),
            _khb("topic", _text),
            _khb("object", _text),
            _khb("purpose", _text),
            _NOTE,
            _khb("same_event_as", _iris),
            Row("close_match", SKOS + "closeMatch", _iris),
        ),
        ClaimNode: (
            _khb("text", _text),
            _khb("about", _iris),
            _khb("detail", _iri),
            _khb("entails", _iris),
            _khb("conflicts_with", _iris),
            _NOTE,
        ),
        StatementNode: (
            _khb("source", _iri),
            _khb("stance", _iri),
            _khb("certainty", _iri),
            _khb("claim", _iri),
            _khb("relays", _iri),
            _khb("responds_to", _iris),
            *_extent("date", "date"),
            _khb("same_event_as", _iris),
            _khb("reported_in", _iri),
            _khb("evidence", _iris),
            _NOTE,
        ),
        PassageNode: (
            _khb("article", _iri),
            _khb("paragraph", _integer),
            _khb("start", _integer),
            _khb("end", _integer),
            _khb("digest", _string),
        ),
    }


def quads(resolved: Resolved) -> Iterator[Quad]:
    """Every quad of a corpus, graph after graph and node after node; no two are equal.

    Super-classes and super-properties of khabar's own vocabulary are written out, so that a store without a reasoner
    answers (RDFS entailment rules rdfs7 and rdfs9, for this vocabulary alone). There are no blank nodes.
    """
    for graph in resolved.graphs:
        for node in graph.nodes:
            # A role and its super-property may name the same agent: what is said twice is written once.
            yield from dict.fromkeys(Quad(node.iri, predicate, term, graph.iri) for predicate, term in said(node))


def said(node: Node) -> Iterator[tuple[str, Object]]:
    """What the graph says of one node, as predicates and objects; a pair may come twice.

    Super-classes and super-properties are there. The subject of all is the node's own IRI.
    """
    for kind in node.types:
        for one in _classes(kind):
            yield RDF_TYPE, one
    for label in _text(node.label):
        yield _LABEL, label
    values, rows = _written(type(node))
    for value, (predicates, encode) in zip(values(node), rows, strict=True):
        # An empty field says nothing; 0 is a number.
        if value or value == 0:
            for term in encode(value):
                for predicate in predicates:
                    yield predicate, term


@functools.cache
def _classes(kind: str) -> tuple[str, ...]:
    return (kind, *vocabulary.super_classes(kind))


@functools.cache
def _written(kind: type[Node]) -> tuple[Callable[[Node], tuple[Any, ...]], tuple[tuple[tuple[str, ...], Encode], ...]]:
    """The rows of one type of node: how all fields are read at once, and the predicates and encoding of each."""
    rows = mapping()[kind]
    return attrgetter(*(row.field for row in rows)), tuple(
        ((row.property, *vocabulary.super_properties(row.property)), row.encode) for row in rows
    )
