"""Stores and indexes of them, as tests of the explorer need them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph

from corpora_at_hand import GRAPHS
from khabar import vocabulary
from khabar.explorer.index import Index, open_index
from khabar.explorer.indexing import build_index

LIBYA = "https://w3id.org/khabar/corpus/libya-2023/"
EXAMPLE = "https://example.org/my-corpus/"
PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in vocabulary.prefixes().items())


def held(*names: str) -> pyoxigraph.Store:
    """A store with the golden graphs of some corpora."""
    store = pyoxigraph.Store()
    for name in names:
        store.load((GRAPHS / f"{name}.nq").read_bytes(), pyoxigraph.RdfFormat.N_QUADS)
    return store


def stated(turtle: str) -> pyoxigraph.Store:
    """A store with a few triples in Turtle, relative IRIs below https://e.org/."""
    store = pyoxigraph.Store()
    text = f"BASE <https://e.org/>\nPREFIX : <https://e.org/>\n{PREFIXES}{turtle}"
    store.load(text.encode(), pyoxigraph.RdfFormat.TURTLE)
    return store


@contextmanager
def indexed(store: pyoxigraph.Store) -> Iterator[Index]:
    """The index of a store, for a while."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "index")
        build_index(store, path)
        index = open_index(path)
        try:
            yield index
        finally:
            index.close()


def names_in(store: pyoxigraph.Store, *properties: str) -> dict[str, set[str]]:
    """The names that a store gives to each node with some properties."""
    found: dict[str, set[str]] = {}
    for name in properties:
        for quad in store.quads_for_pattern(None, pyoxigraph.NamedNode(name), None, None):
            assert isinstance(quad.subject, pyoxigraph.NamedNode)
            assert isinstance(quad.object, pyoxigraph.Literal)
            found.setdefault(quad.subject.value, set()).add(quad.object.value)
    return found
