"""Khabar's own terms and the prefixes that it uses, read from `ontology/`: nothing is named twice.

Everything here is read once, from `khabar.ttl`, `schemes.ttl` and `prefixes.ttl`, and is a frozen value from then on.
Terms are IRIs; a *name* is the part after the namespace (``Visit``, ``inExchangeFor``, ``declines-comment``), a *key*
is the word of a record (``in_exchange_for``).
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from khabar import resources
from khabar.terms import RDF_TYPE, RDFS, SKOS

NAMESPACE: Final = "https://w3id.org/khabar/ns#"
ONTOLOGY: Final = "https://w3id.org/khabar/ns"
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_SH: Final = "http://www.w3.org/ns/shacl#"
_FILES: Final = ("khabar.ttl", "schemes.ttl", "prefixes.ttl")
_PROPERTY_KINDS: Final = frozenset(_OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty"))

KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": RDFS + "label",
        "label": RDFS + "label",
        "title": RDFS + "label",
        "alias": SKOS + "altLabel",
        "note": RDFS + "comment",
        "definition": SKOS + "definition",
        "subclass_of": RDFS + "subClassOf",
        "exact_match": SKOS + "exactMatch",
        "close_match": SKOS + "closeMatch",
        "same_as": NAMESPACE + "sameEventAs",
    }
)
"""The keys of a record whose property is not the key itself in camel case."""


class _Vocabulary(msgspec.Struct, frozen=True):
    """All that the files say, by IRI, in the order of the files."""

    types: dict[str, frozenset[str]]
    supers: dict[str, tuple[str, ...]]
    schemes: dict[str, str]
    members: dict[str, tuple[str, ...]]
    labels: dict[str, dict[str, str]]
    definitions: dict[str, dict[str, str]]
    prefixes: dict[str, str]


@functools.cache
def _read() -> _Vocabulary:
    types: dict[str, set[str]] = {}
    supers: dict[str, list[str]] = {}
    members: dict[str, list[str]] = {}
    schemes: dict[str, str] = {}
    labels: dict[str, dict[str, str]] = {}
    definitions: dict[str, dict[str, str]] = {}
    declared: dict[str, dict[str, str]] = {}
    texts = {RDFS + "label": labels, SKOS + "definition": definitions}
    for subject, predicate, value, language in _triples():
        if predicate == RDF_TYPE:
            types.setdefault(subject, set()).add(value)
        elif predicate in {RDFS + "subClassOf", RDFS + "subPropertyOf"}:
            supers.setdefault(subject, []).append(value)
        elif predicate == SKOS + "inScheme":
            schemes[subject] = value
        elif predicate == SKOS + "member":
            members.setdefault(subject, []).append(value)
        elif predicate in texts:
            texts[predicate].setdefault(subject, {})[language] = value
        elif predicate in {_SH + "prefix", _SH + "namespace"}:
            declared.setdefault(subject, {})[predicate] = value
    return _Vocabulary(
        types={iri: frozenset(kinds) for iri, kinds in types.items()},
        supers={iri: _closure(iri, supers) for iri in types},
        schemes=schemes,
        members={iri: tuple(those) for iri, those in members.items()},
        labels=labels,
        definitions=definitions,
        prefixes={one[_SH + "prefix"]: one[_SH + "namespace"] for one in declared.values()},
    )


def _triples() -> Iterator[tuple[str, str, str, str]]:
    """Subject, predicate, object and language of every triple of the files that names its subject."""
    from pyoxigraph import Literal, NamedNode, RdfFormat, parse

    folder = resources.ontology()
    for name in _FILES:
        for quad in parse((folder / name).read_bytes(), format=RdfFormat.TURTLE):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
                language = quad.object.language if isinstance(quad.object, Literal) else None
                yield quad.subject.value, quad.predicate.value, quad.object.value, language or ""


def _closure(iri: str, supers: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Everything above ``iri`` within the namespace, the nearest first."""
    found: dict[str, None] = {}
    layer = [iri]
    while layer:
        layer = [above for one in layer for above in supers.get(one, ()) if above.startswith(NAMESPACE)]
        layer = [one for one in layer if one not in found and one != iri]
        found.update(dict.fromkeys(layer))
    return tuple(found)


def prefixes() -> Mapping[str, str]:
    """Every prefix that khabar's files use, and its namespace, khabar's own first.

    >>> prefixes()["khb"]
    'https://w3id.org/khabar/ns#'
    """
    return MappingProxyType(_read().prefixes)


@functools.cache
def context() -> Mapping[str, Any]:
    """The JSON-LD context of `ontology/context.jsonld`: every term, and its definition (JSON-LD 1.1, section 4.1).

    >>> context()["date"]
    {'@id': 'khb:date', '@type': 'edtf:EDTF'}
    """
    document = json.loads((resources.ontology() / "context.jsonld").read_text("utf-8"))
    return MappingProxyType(document["@context"])


def term(name: str) -> str:
    """The IRI of one of khabar's own terms. Raises `KeyError` where there is no such term.

    >>> term("Visit"), term("declines-comment")
    ('https://w3id.org/khabar/ns#Visit', 'https://w3id.org/khabar/ns#declines-comment')
    """
    iri = NAMESPACE + name
    if iri not in _read().types:
        raise KeyError(name)
    return iri


def name_of(iri: str) -> str:
    """The name of one of khabar's own terms.

    >>> name_of("https://w3id.org/khabar/ns#inExchangeFor")
    'inExchangeFor'
    """
    return iri.removeprefix(NAMESPACE)


@functools.cache
def property_of(key: str) -> str:
    """The IRI of the property that a record's ``key`` stands for. Raises `KeyError` where there is none.

    >>> property_of("in_exchange_for")
    'https://w3id.org/khabar/ns#inExchangeFor'
    >>> property_of("title")
    'http://www.w3.org/2000/01/rdf-schema#label'
    """
    if key in KEYS:
        return KEYS[key]
    iri = term(re.sub("_([a-z])", lambda found: found[1].upper(), key))
    if not _read().types[iri] & _PROPERTY_KINDS:
        raise KeyError(key)
    return iri


@functools.cache
def key_of(iri: str) -> str:
    """The key that records use for a property of khabar's own: the converse of `property_of`.

    >>> key_of("https://w3id.org/khabar/ns#inExchangeFor")
    'in_exchange_for'
    """
    return re.sub("[A-Z]", lambda found: "_" + found[0].lower(), name_of(iri))


def super_classes(iri: str) -> tuple[str, ...]:
    """Every class of khabar's own above ``iri``, the nearest first; none for a class that is not khabar's.

    >>> [name_of(above) for above in super_classes(term("AccessGrant"))]
    ['Provision', 'Event']
    """
    return _read().supers.get(iri, ())


def super_properties(iri: str) -> tuple[str, ...]:
    """Every property of khabar's own above ``iri``, the nearest first; none for a property that is not khabar's.

    >>> [name_of(above) for above in super_properties(term("host"))]
    ['participant']
    """
    return _read().supers.get(iri, ())


@functools.cache
def classes() -> tuple[str, ...]:
    """The IRIs of khabar's own classes, in the order of the ontology."""
    return tuple(iri for iri, kinds in _read().types.items() if _OWL + "Class" in kinds)


@functools.cache
def properties() -> tuple[str, ...]:
    """The IRIs of the properties that khabar writes, in the order in which they are read; some are RDFS's or SKOS's."""
    return tuple(iri for iri, kinds in _read().types.items() if kinds & _PROPERTY_KINDS)


def label(iri: str, language: str) -> str:
    """The label of one of khabar's own terms in ``language``, or else in the language without region, or in English.

    Raises `KeyError` where there is no such term.

    >>> label(term("denies"), "en"), label(term("denies"), "ar-LY"), label(term("denies"), "fr")
    ('denies', 'نفي', 'denies')
    """
    return _in(_read().labels[iri], language)


def definition(iri: str, language: str) -> str:
    """The definition of one of khabar's own terms, in a language chosen as `label` chooses it."""
    return _in(_read().definitions[iri], language)


def _in(texts: Mapping[str, str], language: str) -> str:
    tag = language.lower()
    return texts.get(tag) or texts.get(tag.partition("-")[0]) or texts["en"]


@functools.cache
def event_types() -> tuple[str, ...]:
    """The names of khabar's own types of event that a record may give; statements are no such type.

    >>> event_types()[:3]
    ('Event', 'Meeting', 'Visit')
    """
    event, statement = term("Event"), term("Statement")
    return tuple(
        name_of(iri)
        for iri in classes()
        if event in (iri, *super_classes(iri)) and statement not in (iri, *super_classes(iri))
    )


@functools.cache
def roles() -> tuple[str, ...]:
    """The names of the properties that say in which role someone takes part; each is a `participant` too.

    >>> roles()
    ('visitor', 'host', 'inviter', 'attendee', 'party', 'provider', 'recipient', 'force')
    """
    return tuple(name_of(iri) for iri in properties() if term("participant") in super_properties(iri))


@functools.cache
def concepts(scheme: str) -> tuple[str, ...]:
    """The names of the concepts of one scheme (``stances``, ``certainties``, ``standings``), in its order.

    >>> concepts("certainties")
    ('certain', 'probable', 'possible', 'unstated')
    """
    wanted = term(scheme)
    return tuple(name_of(iri) for iri, one in _read().schemes.items() if one == wanted)


@functools.cache
def collection(name: str) -> tuple[str, ...]:
    """The names of the stances that a collection of the ontology gathers.

    >>> collection("affirming-stances")
    ('asserts', 'confirms')
    """
    return tuple(name_of(iri) for iri in _read().members[term(name)])
