"""pyoxigraph: terms made in Python, serialised by Oxigraph as they come."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from peers.rows import cells


def triples(folder: Path) -> Iterator[Triple]:
    """The triples; a node that was made before is taken again."""
    nodes: dict[str, NamedNode] = {}
    before, subject = "", NamedNode("urn:none")
    for iri, predicate, form, detail, value in cells(folder):
        if iri != before:
            before, subject = iri, NamedNode(iri)
        if predicate not in nodes:
            nodes[predicate] = NamedNode(predicate)
        if form == "iri":
            yield Triple(subject, nodes[predicate], NamedNode(detail + value))
        elif form == "language":
            yield Triple(subject, nodes[predicate], Literal(value, language=detail))
        else:
            if detail not in nodes:
                nodes[detail] = NamedNode(detail)
            yield Triple(subject, nodes[predicate], Literal(value, datatype=nodes[detail]))


if __name__ == "__main__":
    pyoxigraph.serialize(triples(Path(sys.argv[1])), sys.argv[2], RdfFormat.N_TRIPLES)
