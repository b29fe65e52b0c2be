"""A small corpus in editions, as named graphs: from one to the next, articles change, come and go."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from descriptions import description
from khabar.description import VOID
from khabar.graphs import NamedGraph
from khabar.iris import Iris
from khabar.loading.journal import Journal
from khabar.loading.load import Loaded, load
from khabar.loading.sending import Pace
from khabar.loading.target import open_load
from khabar.stores.embedded import open_folder
from khabar.stores.store import GraphStore

BASE: Final = "https://example.org/editions/"
_IRIS: Final = Iris(BASE)
_NEW: Final = 8
_PACE: Final = Pace(graphs=10)


def edition(number: int, articles: int = 60, triples: int = 40) -> list[NamedGraph]:
    """The graphs of one edition, the description of the dataset last.

    Each edition has eight articles that the one before had not, with 300 triples each, and lacks its eight oldest; a
    third of the others has changed. So a load from one to the next makes new tables, changes and removes.
    """
    first = number * _NEW
    graphs = [
        _article(name, number, triples, is_new=name >= first + articles)
        for name in range(first, first + articles + _NEW)
    ]
    return [*graphs, description(BASE, graphs)]


def held(graphs: Iterable[NamedGraph]) -> Mapping[str, str]:
    """The digest of each graph by its name."""
    return {graph.iri: graph.digest for graph in graphs}


def held_by(folder: Path) -> Mapping[str, str]:
    """The digest of each graph in the store in ``folder`` by its name."""
    store = open_folder(folder)
    names = [str(row[0]) for row in store.select("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }")]
    return held(NamedGraph.of(name, store.read(name).splitlines(keepends=True)) for name in names)


def load_edition(graphs: list[NamedGraph], folder: Path) -> Loaded:
    """Load an edition as `khabar load --prune` does, ten graphs at a time."""
    with open_load(folder, base=BASE, purpose=BASE, environment={}) as (store, journal, _):
        return load(graphs, store, journal, base=BASE, prune=True, pace=_PACE)


@contextlib.contextmanager
def interrupted(folder: Path) -> Iterator[tuple[GraphStore, Journal]]:
    """What the load that comes next finds."""
    with open_load(folder, base=BASE, purpose=BASE, environment={}) as (store, journal, _):
        yield store, journal


def _article(name: int, number: int, triples: int, *, is_new: bool) -> NamedGraph:
    # An article changes in every third edition, every line of it: a part of it is no edition's.
    changed = (number + name) // 3
    count = 300 if is_new else triples
    subject = f"{BASE}articles/{name}"
    return NamedGraph.of(
        _IRIS.graph(f"a{name}"),
        (f'<{subject}> <{VOID}example> "{line} of {name}, {changed}" .\n'.encode() for line in range(count)),
    )
