"""How a graph is laid out for its readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from khabar import vocabulary
from khabar.iris import (
    AGENTS,
    ARTICLES,
    CLAIMS,
    EVENTS,
    GRAPHS,
    PASSAGES,
    PLACES,
    SOURCES,
    STATEMENTS,
    TYPES,
    Iris,
)
from khabar.terms import RDF_TYPE


class Section(NamedTuple):
    """One group of subjects: those whose IRI begins with ``namespace``, under a title."""

    title: str
    namespace: str


class Layout(NamedTuple):
    """How a graph is laid out: base, prefixes, order of predicates and types, groups of subjects, JSON-LD's terms."""

    base: str
    prefixes: Mapping[str, str]
    order: Mapping[str, int]
    sections: Sequence[Section]
    context: Mapping[str, Any]


def layout_of(base: str) -> Layout:
    """The layout of a corpus under ``base``: its own prefixes, khabar's, and the reading order of the ontology."""
    iris = Iris(base)
    titles = {
        GRAPHS: "Graphs",
        ARTICLES: "Articles",
        AGENTS: "Persons, organisations, outlets and polities",
        SOURCES: "Unnamed sources",
        PLACES: "Places",
        EVENTS: "Events",
        CLAIMS: "Claims",
        STATEMENTS: "Statements, and the links that passed them on",
        PASSAGES: "Passages",
        TYPES: "Types of event",
    }
    # From the general to the special.
    classes = sorted(vocabulary.classes(), key=lambda iri: len(vocabulary.super_classes(iri)))
    return Layout(
        base=base,
        prefixes={**iris.prefixes(), **vocabulary.prefixes()},
        order={iri: number for number, iri in enumerate((RDF_TYPE, *vocabulary.properties(), *classes))},
        sections=[Section(title, iris.namespace(kind)) for kind, title in titles.items()],
        context=vocabulary.context(),
    )
