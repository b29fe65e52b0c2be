"""The portrait of a thing: what is said about it, who says so and through whom, and what it is mentioned in."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from khabar import vocabulary
from khabar.explorer.evidence import with_words
from khabar.explorer.lookup import Lookup, Term
from khabar.explorer.things import ALIAS, NAMES, Things
from khabar.explorer.transmission import Transmission
from khabar.explorer.values import Claim, Fact, Kind, Portrait, Text, Thing, Value
from khabar.terms import RDF_TYPE, XSD, Literal, is_http_iri

if TYPE_CHECKING:
    import pyoxigraph

LIMIT: Final = 30
"""How much of everything a portrait shows, unless it is told otherwise."""

_NO_TEXTS: Final[Mapping[str, str]] = {}
_PROPERTIES: Final = 500
_OWN: Final = ("earliest", "latest", "standing", "evidence")
_SHOWN: Final[Mapping[Kind, str]] = {
    "event": "about",
    "claim": "claim",
    "statement": "relays",
    "article": "reportedIn",
}


def portrait(
    store: pyoxigraph.Store,
    iri: str,
    language: str,
    *,
    texts: Mapping[str, str] | None = None,
    limit: int = LIMIT,
) -> Portrait | None:
    """All that a page tells of one thing, in ``language`` where that is given, else in English, else in any language.

    ``texts`` maps the IRIs of articles to their texts: a passage that is proved there carries its words. At most
    ``limit`` claims, statements of a claim, values of a property and mentions of a property are told, and at most
    `khabar.explorer.lookup.READS` quads are read, in a store of any size. None for an IRI that stands for no thing
    with a page: nothing is said of it, or it is a passage, a graph, a class, or no IRI at all.
    """
    from pyoxigraph import NamedNode

    try:
        NamedNode(iri)
    except ValueError:
        return None
    lookup = Lookup(store, language)
    things = Things(lookup)
    thing = things.find(iri)
    if thing is None:
        return None
    claims = _claims(Transmission(things, limit), thing)
    return Portrait(
        thing=thing,
        names=things.names(iri, limit),
        facts=tuple(_facts(things, iri, limit)),
        claims=with_words(claims, texts or _NO_TEXTS),
        mentions=tuple(_mentions(things, thing, claims, limit)),
        graph=lookup.graph(iri, RDF_TYPE),
    )


def _claims(transmission: Transmission, thing: Thing) -> tuple[Claim, ...]:
    match thing.kind:
        case "event":
            return transmission.claims_about(thing.iri)
        case "claim":
            return transmission.claims((thing.iri,))
        case "statement":
            return transmission.claims_with(thing.iri)
        case "article":
            return transmission.claims_in(thing.iri)
        case "place":
            return ()
        case _:
            return transmission.claims_of(thing.iri)


def _facts(things: Things, iri: str, limit: int) -> Iterable[Fact]:
    """What is said of a thing; what its type, its names, its dates, its standing and its claims tell is left out.

    A value of a property is not told again for a super-property: a host is a participant.
    """
    said = _ordered(things.lookup.said(iri, _PROPERTIES) - _left_out())
    found = {predicate: things.lookup.values(iri, predicate, limit) for predicate in said}
    special: dict[str, set[Term]] = {}
    for predicate, values in found.items():
        for above in vocabulary.super_properties(predicate):
            special.setdefault(above, set()).update(values)
    for predicate, values in found.items():
        kept = [value for value in values if value not in special.get(predicate, ())]
        if shown := tuple(_values(things, kept)):
            yield Fact(property=predicate, name=things.label(predicate), values=shown)


def _mentions(things: Things, thing: Thing, claims: tuple[Claim, ...], limit: int) -> Iterable[Fact]:
    """The things that have ``thing`` as a value, but for those that its claims show, each under one property alone."""
    lookup = things.lookup
    told = {statement.thing.iri for claim in claims for statement in claim.statements}
    for predicate in _linking():
        if predicate == vocabulary.NAMESPACE + _SHOWN.get(thing.kind, ""):
            continue
        kept: list[Value] = []
        for subject in lookup.subjects(predicate, thing.iri, 4 * limit):
            if len(kept) == limit:
                break
            if subject in told or _more_special(lookup, subject, predicate, thing.iri):
                continue
            if (one := things.find(subject)) is not None:
                kept.append(Value(thing=one))
        if kept:
            yield Fact(property=predicate, name=things.label(predicate), values=tuple(kept))


def _more_special(lookup: Lookup, subject: str, predicate: str, value: str) -> bool:
    return predicate in _general() and any(
        predicate in vocabulary.super_properties(other) for other in lookup.between(subject, value, _PROPERTIES)
    )


def _values(things: Things, values: list[Term]) -> Iterable[Value]:
    """Values as pages show them: of texts in several languages those in the nearest one."""
    spoken = [Text(value.lexical, value.language) for value in values if isinstance(value, Literal) and value.language]
    best = set(things.lookup.best(spoken))
    for value in values:
        if isinstance(value, str):
            yield _node(things, value)
        elif not value.language:
            yield Value(text=Text(value.lexical), datatype=value.datatype)
        elif (text := Text(value.lexical, value.language)) in best:
            yield Value(text=text, datatype=value.datatype)


def _node(things: Things, iri: str) -> Value:
    """A thing with a page, or an IRI with the name of the term that it is; one that is not safe to follow is a text."""
    if (thing := things.find(iri)) is not None:
        return Value(thing=thing)
    if not is_http_iri(iri):
        return Value(text=Text(iri), datatype=XSD + "anyURI")
    label = things.label(iri)
    return Value(iri=iri, text=label if label.language else None)


@functools.cache
def _left_out() -> frozenset[str]:
    return frozenset({RDF_TYPE, *NAMES, ALIAS, *(vocabulary.NAMESPACE + name for name in _OWN)})


@functools.cache
def _general() -> frozenset[str]:
    """The properties that have others below them."""
    return frozenset(above for one in vocabulary.properties() for above in vocabulary.super_properties(one))


@functools.cache
def _linking() -> tuple[str, ...]:
    """The properties of khabar's own in the order of the ontology, but for that of passages, which are no things."""
    return tuple(
        iri
        for iri in vocabulary.properties()
        if iri.startswith(vocabulary.NAMESPACE) and iri != vocabulary.term("article")
    )


def _ordered(properties: Iterable[str]) -> list[str]:
    """Properties in the order of the ontology; those of other vocabularies follow by IRI."""
    order = {iri: number for number, iri in enumerate(vocabulary.properties())}
    return sorted(properties, key=lambda one: (order.get(one, len(order)), one))
