"""JSON-LD 1.1: named graphs of nodes, compacted with the published context."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final, TypeAlias

from khabar.formats.layout import Layout
from khabar.terms import RDF_TYPE, XSD, XSD_STRING, Literal, Object, Quad

Json: TypeAlias = "str | int | list[Json] | dict[str, Json]"

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, indent=2)


def jsonld_lines(quads: Iterable[Quad], layout: Layout) -> Iterator[str]:
    """A JSON-LD document whose context stands in it, so that no processor has to fetch anything.

    One object a named graph, nodes in the order of their IRIs; the terms, their types and containers are those of
    ``ontology/context.jsonld`` (JSON-LD 1.1, sections 4.2 to 4.6), to which the prefixes of the corpus are added.
    """
    compact = _Compaction(layout)
    graphs: list[Json] = []
    for graph, members in groupby(sorted(set(quads), key=_key), key=lambda quad: quad.graph):
        nodes: list[Json] = [
            compact.node(subject, list(triples)) for subject, triples in groupby(members, key=lambda quad: quad.subject)
        ]
        graphs.append({"@id": compact.iri(graph), "@graph": nodes})
    document = {"@context": compact.context, "@graph": graphs}
    yield from _ENCODER.iterencode(document)
    yield "\n"


def _key(quad: Quad) -> tuple[str, ...]:
    value = quad.object
    if isinstance(value, Literal):
        return quad.graph, quad.subject, quad.predicate, "1", value.language, value.lexical, value.datatype
    return quad.graph, quad.subject, quad.predicate, "0", value


class _Compaction:
    """The part of compaction (JSON-LD 1.1 API, section 6) that a graph without blank nodes and lists needs."""

    def __init__(self, layout: Layout) -> None:
        self.prefixes = dict(layout.prefixes)
        self.context: dict[str, Any] = {**layout.context, **self.prefixes}
        self.namespaces = sorted(self.prefixes.items(), key=lambda item: (-len(item[1]), item[1]))
        self.terms: dict[str, tuple[str, Mapping[str, Any]]] = {}
        for name, definition in layout.context.items():
            full = {"@id": definition} if isinstance(definition, str) else definition
            if not name.startswith("@") and "@id" in full:
                self.terms[self.expanded(full["@id"])] = name, full

    def expanded(self, iri: str) -> str:
        prefix, colon, local = iri.partition(":")
        namespace = self.context.get(prefix) if colon and not local.startswith("//") else None
        return f"{namespace}{local}" if isinstance(namespace, str) else iri

    def iri(self, iri: str) -> str:
        for prefix, namespace in self.namespaces:
            if iri.startswith(namespace) and len(iri) > len(namespace):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri

    def term(self, iri: str) -> str:
        name, _ = self.terms.get(iri, ("", None))
        return name or self.iri(iri)

    def node(self, subject: str, quads: list[Quad]) -> Json:
        node: dict[str, Json] = {"@id": self.iri(subject)}
        for predicate, members in groupby(quads, key=lambda quad: quad.predicate):
            values = [quad.object for quad in members]
            if predicate == RDF_TYPE:
                node["@type"] = [self.term(str(value)) for value in values]
            else:
                _, definition = self.terms.get(predicate, ("", {}))
                node[self.term(predicate)] = self.values(values, definition)
        return node

    def values(self, values: list[Object], definition: Mapping[str, Any]) -> Json:
        container = definition.get("@container", ())
        literals = [value for value in values if isinstance(value, Literal) and value.language]
        if "@language" in container and len(literals) == len(values):
            return {
                language: _one_or_more([literal.lexical for literal in members])
                for language, members in groupby(literals, key=lambda literal: literal.language)
            }
        written = [self.value(value, definition.get("@type", "")) for value in values]
        return written if "@set" in container else _one_or_more(written)

    def value(self, value: Object, coercion: str) -> Json:
        if not isinstance(value, Literal):
            return self.iri(value) if coercion in ("@id", "@vocab") else {"@id": self.iri(value)}
        if value.language:
            return {"@value": value.lexical, "@language": value.language}
        if value.datatype == XSD_STRING:
            return {"@value": value.lexical} if coercion else value.lexical
        if self.expanded(coercion) != value.datatype:
            return {"@value": value.lexical, "@type": self.iri(value.datatype)}
        if value.datatype == XSD + "integer" and value.lexical == str(int(value.lexical)):
            return int(value.lexical)
        return value.lexical


def _one_or_more(values: list[Any]) -> Json:
    only, *more = values
    return values if more else only
