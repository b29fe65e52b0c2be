"""The border between khabar's terms and those of Oxigraph and rdflib: the only place that knows both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from khabar.terms import XSD_STRING, Literal, Object, Quad

if TYPE_CHECKING:
    import pyoxigraph
    import rdflib


def to_oxigraph(quads: Iterable[Quad]) -> Iterator[pyoxigraph.Quad]:
    """The same quads as Oxigraph's. Raises ValueError for what is no IRI or no language tag."""
    from pyoxigraph import Literal as OxLiteral
    from pyoxigraph import NamedNode
    from pyoxigraph import Quad as OxQuad

    # A handful of IRIs make up most positions of a graph; a new object for each position costs more than a look-up.
    nodes: dict[str, pyoxigraph.NamedNode] = {}

    def node(iri: str) -> pyoxigraph.NamedNode:
        known = nodes.get(iri)
        if known is None:
            known = nodes[iri] = NamedNode(iri)
        return known

    def term(value: Object) -> pyoxigraph.NamedNode | pyoxigraph.Literal:
        if not isinstance(value, Literal):
            return node(value)
        if value.language:
            return OxLiteral(value.lexical, language=value.language)
        return OxLiteral(value.lexical, datatype=node(value.datatype))

    for subject, predicate, value, graph in quads:
        yield OxQuad(node(subject), node(predicate), term(value), node(graph))


def from_oxigraph(value: pyoxigraph.NamedNode | pyoxigraph.Literal) -> Object:
    """One of Oxigraph's terms as khabar's. Raises TypeError for a blank node or a quoted triple."""
    from pyoxigraph import Literal as OxLiteral
    from pyoxigraph import NamedNode

    if isinstance(value, NamedNode):
        return value.value
    if isinstance(value, OxLiteral):
        return Literal(value.value, value.datatype.value, value.language or "")
    raise TypeError(type(value).__name__)


def to_rdflib(value: Object) -> rdflib.URIRef | rdflib.Literal:
    """One term as rdflib's, its lexical form kept as it is."""
    import rdflib

    if not isinstance(value, Literal):
        return rdflib.URIRef(value)
    if value.language:
        return rdflib.Literal(value.lexical, lang=value.language)
    # rdflib holds a string with xsd:string for another term than the same string in a query or a Turtle file.
    datatype = None if value.datatype == XSD_STRING else rdflib.URIRef(value.datatype)
    return rdflib.Literal(value.lexical, datatype=datatype, normalize=False)
