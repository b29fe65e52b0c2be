"""The bundled queries in RDF, as the SIB's collections of SPARQL examples are written; editors list them from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from khabar.description import SCHEMA
from khabar.explorer.description import endpoint
from khabar.explorer.linked_data import prefixes
from khabar.queries.catalogue import Query
from khabar.queries.tokens import code
from khabar.terms import LANG_STRING, RDF_TYPE, RDFS, XSD, Literal, Object, Quad

SH: Final = "http://www.w3.org/ns/shacl#"
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_FORMS: Final = {
    "SELECT": ("SPARQLSelectExecutable", "select"),
    "ASK": ("SPARQLAskExecutable", "ask"),
    "CONSTRUCT": ("SPARQLConstructExecutable", "construct"),
    "DESCRIBE": ("SPARQLDescribeExecutable", "describe"),
}

_Triple: TypeAlias = tuple[str, str, Object]


def examples_document(address: str) -> str:
    """Where a service lists its examples; each of them has its name below.

    >>> examples_document("https://news.example.org")
    'https://news.example.org/.well-known/sparql-examples'
    """
    return f"{address.rstrip('/')}/.well-known/sparql-examples"


def examples(address: str, queries: Iterable[Query], *, base: str = "") -> tuple[Quad, ...]:
    """Queries as SHACL's SPARQL executables (SHACL, section 5; SIB sparql-examples), and the prefixes to write others.

    Each has its text without the header, its summary in English and Arabic, its tags, and the endpoint as its target.
    The prefixes are khabar's and, with ``base``, those of the corpus. A prefix that two namespaces share is khabar's.
    """
    at = examples_document(address)
    triples = (*_prefixes(at, base), *(triple for query in queries for triple in _example(at, address, query)))
    return tuple(Quad(*triple, at) for triple in dict.fromkeys(triples))


def _example(at: str, address: str, query: Query) -> Iterator[_Triple]:
    node = f"{at}/{query.name}"
    kind, says = next((_FORMS[token.text.upper()] for token in code(query.text) if token.is_word(*_FORMS)), ("", ""))
    if not kind:
        return
    yield node, RDF_TYPE, SH + "SPARQLExecutable"
    yield node, RDF_TYPE, SH + kind
    for language, text in (("en", query.summary or query.name), ("ar", query.summary_ar)):
        if text:
            yield node, RDFS + "comment", Literal(text, LANG_STRING, language)
    yield node, SH + "prefixes", f"{at}#prefixes"
    yield node, SH + says, Literal(_body(query.text))
    for tag in query.tags:
        yield node, SCHEMA + "keywords", Literal(tag)
    yield node, SCHEMA + "target", endpoint(address)


def _prefixes(at: str, base: str) -> Iterator[_Triple]:
    yield f"{at}#prefixes", RDF_TYPE, _OWL + "Ontology"
    for prefix, namespace in prefixes(base).items():
        node = f"{at}#prefix:{prefix}"
        yield f"{at}#prefixes", SH + "declare", node
        yield node, RDF_TYPE, SH + "PrefixDeclaration"
        yield node, SH + "prefix", Literal(prefix)
        yield node, SH + "namespace", Literal(namespace, XSD + "anyURI")


def _body(text: str) -> str:
    """A query without its header, which the example tells in RDF."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#+")).strip() + "\n"
