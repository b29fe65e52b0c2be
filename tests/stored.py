"""Stores in folders, as tests need them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from khabar.formats.nquads import named_graphs
from khabar.graphs import NamedGraph
from khabar.stores.embedded import open_folder
from khabar.stores.writer import EmbeddedWriter
from khabar.terms import Quad


def store(quads: Iterable[Quad], folder: Path) -> None:
    """Put the graphs of ``quads``, in which those of one graph stand together, into the store in ``folder``."""
    store_graphs(list(named_graphs(quads)), folder)


def store_graphs(graphs: list[NamedGraph], folder: Path) -> None:
    with EmbeddedWriter(folder) as writer:
        writer.replace(graphs)
        writer.publish()


def graph(name: str, count: int = 3, text: str = "as it was") -> NamedGraph:
    """A graph of ``count`` triples, each of which says ``text``."""
    lines = (f'<https://e.org/{name}/{number}> <https://e.org/says> "{text}" .\n'.encode() for number in range(count))
    return NamedGraph.of(f"https://e.org/graphs/{name}", lines)


def found(graph: NamedGraph, document: bytes) -> NamedGraph:
    """What a store gave for the name of ``graph``."""
    return NamedGraph.of(graph.iri, document.splitlines(keepends=True))


def published(graph: NamedGraph, folder: Path) -> NamedGraph:
    return found(graph, open_folder(folder).read(graph.iri))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
