"""The store in a folder as an rdflib dataset: read where it lies, its queries evaluated by Oxigraph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import oxrdflib
import rdflib
from rdflib.query import Result

from khabar import vocabulary
from khabar.stores.embedded import FolderStore, opened
from khabar.stores.opening import prefixes


class _ReadOnly(oxrdflib.OxigraphStore):
    """Oxigraph as a store of rdflib that is only read, its plain strings those of rdflib, without a datatype."""

    def add_graph(self, graph: rdflib.Graph) -> None:
        """Nothing: rdflib makes a graph that it is only asked for."""

    def triples(self, *pattern: Any, **context: Any) -> Iterator[Any]:
        """The triples of a pattern; see `rdflib.store.Store`."""
        for triple, graphs in super().triples(*pattern, **context):
            yield tuple(map(_plain, triple)), graphs

    def query(self, *request: Any, **keywords: Any) -> Result:
        """The answer to a query; see `rdflib.store.Store`."""
        answer = super().query(*request, **keywords)
        if answer.type == "SELECT":
            answer.bindings = [{name: _plain(term) for name, term in row.items()} for row in answer.bindings]
        elif answer.graph is not None:
            triples = [tuple(map(_plain, triple)) for triple in answer.graph]
            answer.graph = rdflib.Graph()
            for triple in triples:
                answer.graph.add(triple)
        return answer


def _plain(term: Any) -> Any:
    is_plain = isinstance(term, rdflib.Literal) and term.datatype == rdflib.XSD.string
    return rdflib.Literal(str(term)) if is_plain else term


def open_dataset(folder: Path | str) -> rdflib.Dataset:
    """The store in ``folder`` as an rdflib dataset that is only read; nothing is copied into memory.

    The default graph is the union of the named ones, so that the bundled queries run on it as they stand; Oxigraph
    evaluates them. The prefixes of khabar are bound, and those of the corpus where the store holds exactly one. The
    dataset shows what the store held when it was opened. After a load, open it again: what Oxigraph had not yet read of
    the old store is gone then, and asking for it raises OSError.

    Raises FileFailed for a folder that is no store, StoreFailed for a store that Oxigraph cannot open.
    """
    _, store = opened(Path(folder))
    dataset = rdflib.Dataset(store=_ReadOnly(store=store), default_union=True)
    for prefix, namespace in {**prefixes(FolderStore(Path(folder))), **vocabulary.prefixes()}.items():
        dataset.bind(prefix, namespace, override=True, replace=True)
    return dataset
