"""RDF/XML, written by Oxigraph's serializer from quads in a fixed order."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from khabar.conversion import to_oxigraph
from khabar.formats.layout import Layout
from khabar.formats.nquads import term
from khabar.terms import Quad

_NO_GRAPH = "urn:x-khabar:union"


def rdfxml_lines(quads: Iterable[Quad], layout: Layout) -> Iterator[str]:
    """An RDF/XML document (RDF 1.1 XML Syntax) of the union of all graphs."""
    import pyoxigraph

    union = {Quad(s, p, o, _NO_GRAPH) for s, p, o, _ in quads}
    triples = sorted(union, key=lambda quad: (quad.subject, quad.predicate, term(quad.object)))
    used = {quad.predicate for quad in triples}
    prefixes = {
        prefix: namespace
        for prefix, namespace in layout.prefixes.items()
        if any(predicate.startswith(namespace) for predicate in used)
    }
    document = io.BytesIO()
    pyoxigraph.serialize(
        (quad.triple for quad in to_oxigraph(triples)),
        document,
        format=pyoxigraph.RdfFormat.RDF_XML,
        prefixes=prefixes,
    )
    yield from io.StringIO(document.getvalue().decode())
