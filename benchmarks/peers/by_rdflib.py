"""rdflib: a graph in memory, serialised as N-Triples."""

from __future__ import annotations

import sys
from pathlib import Path

from rdflib import Graph, Literal, URIRef

from peers.rows import cells


def graph(folder: Path) -> Graph:
    """The triples, in a graph."""
    made = Graph()
    for subject, predicate, form, detail, value in cells(folder):
        node: URIRef | Literal
        if form == "iri":
            node = URIRef(detail + value)
        elif form == "language":
            node = Literal(value, lang=detail)
        else:
            datatype = None if detail.endswith("#string") else URIRef(detail)
            node = Literal(value, datatype=datatype, normalize=False)
        made.add((URIRef(subject), URIRef(predicate), node))
    return made


if __name__ == "__main__":
    graph(Path(sys.argv[1])).serialize(sys.argv[2], format="nt", encoding="utf-8")
