"""The ontology as a glossary: its classes, properties and words with what they mean, for a page in one language."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal, TypeVar

import msgspec

from khabar import resources, vocabulary
from khabar.explorer.values import Text
from khabar.languages import LANGUAGES, spoken
from khabar.terms import RDF_TYPE, RDFS, SKOS

_FILES: Final = ("khabar.ttl", "schemes.ttl", "alignments.ttl")
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_DCTERMS: Final = "http://purl.org/dc/terms/"
_SUPERS: Final = (RDFS + "subClassOf", RDFS + "subPropertyOf")
_ALIGNMENTS: Final[Mapping[str, Literal["kind", "near", "same"]]] = {
    RDFS + "subClassOf": "kind",
    RDFS + "subPropertyOf": "kind",
    SKOS + "exactMatch": "same",
    SKOS + "closeMatch": "near",
}
_OTHERS: Final = {
    "http://groundedannotationframework.org/grasp#": "grasp",
    "http://purl.org/nemo/gufo#": "gufo",
    "http://linkedevents.org/ontology/": "lode",
}
"""Prefixes of the vocabularies that nothing but the alignments names."""


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """A link to a term: within the page where it has a ``fragment``, else to where its IRI leads.

    ``name`` is its label, or for a term of another vocabulary its prefixed name.
    """

    iri: str
    name: Text
    fragment: str = ""


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """What a term is in another vocabulary: a ``kind`` of the other term, the ``same``, or ``near`` it and no more."""

    relation: Literal["kind", "near", "same"]
    term: Reference


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One term with what it means. ``fragment`` is the part of its IRI after ``#``: its place on the page.

    ``above`` and ``below`` are the terms of khabar's own next to it in its hierarchy.
    """

    iri: str
    fragment: str
    label: Text
    definition: Text
    notes: tuple[Text, ...] = ()
    above: tuple[Reference, ...] = ()
    below: tuple[Reference, ...] = ()
    alignments: tuple[Alignment, ...] = ()


class ClassEntry(Entry, frozen=True, kw_only=True):
    """A class. ``depth`` is its place in the hierarchy, 0 for the top; ``properties`` are those of its instances."""

    depth: int = 0
    properties: tuple[Reference, ...] = ()


class PropertyEntry(Entry, frozen=True, kw_only=True):
    """A property. ``domain`` and ``range`` are those of the properties above where it states none; else empty."""

    domain: tuple[Reference, ...] = ()
    range: tuple[Reference, ...] = ()
    is_symmetric: bool = False


class Scheme(Entry, frozen=True, kw_only=True):
    """The words that a record may use for one thing, in their order."""

    concepts: tuple[Entry, ...]


class Collection(Entry, frozen=True, kw_only=True):
    """Some words of a scheme that have something in common."""

    members: tuple[Reference, ...]


class Glossary(msgspec.Struct, frozen=True, kw_only=True):
    """The ontology in one language, every term once.

    Classes stand below the first class that they are a kind of; properties are in the order in which khabar writes
    them. ``collections`` gather concepts of the ``schemes``, and ``others`` are what is neither, such as a policy.
    """

    title: Text
    description: Text
    version: str
    licence: str
    classes: tuple[ClassEntry, ...]
    properties: tuple[PropertyEntry, ...]
    schemes: tuple[Scheme, ...]
    collections: tuple[Collection, ...]
    others: tuple[Entry, ...]


_Kind = TypeVar("_Kind", bound=Entry)


def glossary(language: str) -> Glossary:
    """The glossary in the language of a page, which is Arabic or else English.

    >>> [entry.fragment for entry in glossary("en").classes][:3]
    ['Event', 'Meeting', 'Visit']
    """
    return _glossary(spoken(language) or LANGUAGES[0])


@functools.cache
def ontology_document(form: str) -> bytes:
    """The ontology itself, `khabar.ttl` with `schemes.ttl`, as a file that ends in ``form``: ttl, nt, jsonld, rdf.

    Turtle is the files as they were written, with their comments. Raises KeyError for what is no form of a graph.
    """
    import pyoxigraph

    from khabar.explorer.linked_data import document

    turtle = pyoxigraph.RdfFormat.TURTLE
    format = pyoxigraph.RdfFormat.from_extension(form)
    if format is None:
        raise KeyError(form)
    files = [(resources.ontology() / name).read_bytes() for name in _FILES[:2]]
    if format == turtle:
        return b"\n".join(files)
    return document(dict.fromkeys(quad.triple for file in files for quad in pyoxigraph.parse(file, turtle)), format)


class _Facts(msgspec.Struct, frozen=True):
    """What the files say: subject to predicate to values, an IRI with no language or a text with its own."""

    told: Mapping[str, Mapping[str, tuple[Text, ...]]]

    def values(self, subject: str, predicate: str) -> tuple[str, ...]:
        return tuple(value.text for value in self.told.get(subject, {}).get(predicate, ()))

    def texts(self, subject: str, predicate: str, language: str) -> tuple[Text, ...]:
        return tuple(text for text in self.told.get(subject, {}).get(predicate, ()) if text.language == language)


@functools.cache
def _facts() -> _Facts:
    from pyoxigraph import Literal as OxLiteral
    from pyoxigraph import NamedNode, RdfFormat, parse

    told: dict[str, dict[str, tuple[Text, ...]]] = defaultdict(dict)
    for name in _FILES:
        for quad in parse((resources.ontology() / name).read_bytes(), format=RdfFormat.TURTLE):
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | OxLiteral):
                language = quad.object.language if isinstance(quad.object, OxLiteral) else None
                known = told[quad.subject.value]
                text = Text(quad.object.value, language or "")
                known[quad.predicate.value] = (*known.get(quad.predicate.value, ()), text)
    return _Facts(dict(told))


@functools.cache
def _glossary(language: str) -> Glossary:
    facts, ontology = _facts(), vocabulary.ONTOLOGY
    terms = _Terms(language)
    own = [iri for iri in facts.told if iri.startswith(vocabulary.NAMESPACE)]

    def of(kind: str) -> list[str]:
        return [iri for iri in own if kind in facts.values(iri, RDF_TYPE)]

    words = {iri for iri in own if facts.values(iri, SKOS + "inScheme")}
    schemes, collections = of(SKOS + "ConceptScheme"), of(SKOS + "Collection")
    properties = [iri for iri in vocabulary.properties() if iri.startswith(vocabulary.NAMESPACE)]
    shown = {*vocabulary.classes(), *properties, *schemes, *collections, *words}
    return Glossary(
        title=facts.texts(ontology, _DCTERMS + "title", language)[0],
        description=facts.texts(ontology, _DCTERMS + "description", language)[0],
        version=facts.values(ontology, _OWL + "versionInfo")[0],
        licence=facts.values(ontology, _DCTERMS + "license")[0],
        classes=tuple(terms.class_entry(iri, depth) for iri, depth in _tree()),
        properties=tuple(map(terms.property_entry, properties)),
        schemes=tuple(
            terms.scheme(iri, (vocabulary.term(name) for name in vocabulary.concepts(vocabulary.name_of(iri))))
            for iri in schemes
        ),
        collections=tuple(map(terms.collection, collections)),
        others=tuple(terms.entry(iri) for iri in own if iri not in shown and facts.values(iri, RDFS + "label")),
    )


def _tree() -> list[tuple[str, int]]:
    """The classes with their depths, each right after those that it is below."""
    below: dict[str, list[str]] = defaultdict(list)
    for iri in vocabulary.classes():
        below[next(iter(_own_above(iri)), "")].append(iri)

    def branch(parent: str, depth: int) -> list[tuple[str, int]]:
        return [one for iri in below[parent] for one in ((iri, depth), *branch(iri, depth + 1))]

    return branch("", 0)


def _own_above(iri: str) -> tuple[str, ...]:
    """The terms of khabar's own right above one."""
    values = (value for predicate in _SUPERS for value in _facts().values(iri, predicate))
    return tuple(value for value in values if value.startswith(vocabulary.NAMESPACE))


class _Terms:
    """Makes the entries of a glossary in one language."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._facts = _facts()
        self._below: dict[str, list[str]] = defaultdict(list)
        self._of: dict[str, list[str]] = defaultdict(list)
        for iri in (*vocabulary.classes(), *vocabulary.properties()):
            for above in _own_above(iri):
                self._below[above].append(iri)
        for iri in vocabulary.properties():
            for domain in self._side(iri, "domain"):
                self._of[domain].append(iri)

    def class_entry(self, iri: str, depth: int) -> ClassEntry:
        return self._as(ClassEntry, iri, depth=depth, properties=self._references(self._of[iri]))

    def property_entry(self, iri: str) -> PropertyEntry:
        return self._as(
            PropertyEntry,
            iri,
            domain=self._references(self._side(iri, "domain")),
            range=self._references(self._side(iri, "range")),
            is_symmetric=_OWL + "SymmetricProperty" in self._facts.values(iri, RDF_TYPE),
        )

    def scheme(self, iri: str, concepts: Iterable[str]) -> Scheme:
        return self._as(Scheme, iri, concepts=tuple(map(self.entry, concepts)))

    def collection(self, iri: str) -> Collection:
        return self._as(Collection, iri, members=self._references(self._facts.values(iri, SKOS + "member")))

    def entry(self, iri: str) -> Entry:
        return self._as(Entry, iri)

    def _as(self, kind: Callable[..., _Kind], iri: str, **more: object) -> _Kind:
        notes = (text for name in ("scopeNote", "note") for text in self._facts.texts(iri, SKOS + name, self._language))
        return kind(
            iri=iri,
            fragment=vocabulary.name_of(iri),
            label=Text(vocabulary.label(iri, self._language), self._language),
            definition=Text(vocabulary.definition(iri, self._language), self._language),
            notes=tuple(notes),
            above=self._references(_own_above(iri)),
            below=self._references(self._below[iri]),
            alignments=self._alignments(iri),
            **more,
        )

    def _alignments(self, iri: str) -> tuple[Alignment, ...]:
        return tuple(
            Alignment(relation=relation, term=self._reference(value))
            for predicate, relation in _ALIGNMENTS.items()
            for value in self._facts.values(iri, predicate)
            if not value.startswith(vocabulary.NAMESPACE)
        )

    def _side(self, iri: str, side: str) -> tuple[str, ...]:
        """The domain or range of a property, or else of those above it."""
        for one in (iri, *vocabulary.super_properties(iri)):
            if values := self._facts.values(one, RDFS + side):
                return values
        return ()

    def _references(self, iris: Iterable[str]) -> tuple[Reference, ...]:
        return tuple(map(self._reference, iris))

    def _reference(self, iri: str) -> Reference:
        if iri.startswith(vocabulary.NAMESPACE):
            name = Text(vocabulary.label(iri, self._language), self._language)
            return Reference(iri=iri, name=name, fragment=vocabulary.name_of(iri))
        return Reference(iri=iri, name=Text(_short(iri)))


def _short(iri: str) -> str:
    for prefix, namespace in (*vocabulary.prefixes().items(), *((name, iri) for iri, name in _OTHERS.items())):
        if iri.startswith(namespace) and iri != namespace:
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
