"""Small graphs written by hand in Turtle, as stores: what no record of khabar's would give."""

from __future__ import annotations

import pyoxigraph

from khabar.terms import Quad

BASE = "https://e.org/"
_PREFIXES = """\
@prefix : <https://e.org/> .
@prefix khb: <https://w3id.org/khabar/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""


def small_store(turtle: str, graph: str = f"{BASE}graphs/a") -> pyoxigraph.Store:
    """A store with one named graph."""
    store = pyoxigraph.Store()
    store.load(_PREFIXES + turtle, format=pyoxigraph.RdfFormat.TURTLE, to_graph=pyoxigraph.NamedNode(graph))
    return store


def stored_quads(*parts: tuple[Quad, ...]) -> pyoxigraph.Store:
    """A store of khabar's quads."""
    from khabar.conversion import to_oxigraph

    store = pyoxigraph.Store()
    for quads in parts:
        store.extend(to_oxigraph(quads))
    return store


def golden_store(name: str) -> pyoxigraph.Store:
    """A store with the whole graph of one of the corpora at hand."""
    from corpora_at_hand import GRAPHS

    store = pyoxigraph.Store()
    store.load(path=str(GRAPHS / f"{name}.nq"), format=pyoxigraph.RdfFormat.N_QUADS)
    return store
