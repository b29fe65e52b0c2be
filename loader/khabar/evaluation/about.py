"""What is told of the service: a small store beside the data, in a file that all processes read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from khabar.files import replaced

if TYPE_CHECKING:
    import pyoxigraph

    from khabar.explorer.index import Index


class About:
    """The file of N-Quads that tells of the service, each document a graph; read again when it was written anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written_at = -1
        self._held: pyoxigraph.Store | None = None

    def store(self) -> pyoxigraph.Store:
        """What the file holds; nothing where there is no file yet."""
        import pyoxigraph

        written_at = self._path.stat().st_mtime_ns if self._path.exists() else 0
        if self._held is None or written_at != self._written_at:
            self._held = pyoxigraph.Store()
            if written_at:
                self._held.load(path=str(self._path), format=pyoxigraph.RdfFormat.N_QUADS)
            self._written_at = written_at
        return self._held

    def write(self, store: pyoxigraph.Store, index: Index, address: str) -> None:
        """Write the file: the service at ``address``, its dataset, which is ``store``, and the bundled queries."""
        from khabar.explorer import description
        from khabar.explorer.examples import examples
        from khabar.formats.nquads import nquads_lines
        from khabar.queries.catalogue import catalogue

        overview = index.overview("en")
        base = overview.base
        lookup = f"{address}/resource?format=ttl&iri="
        graphs = (graph.value for graph in store.named_graphs() if hasattr(graph, "value"))
        quads = (
            *description.service_description(address, dataset=base, triples=overview.triples, graphs=graphs),
            *description.void(
                address,
                overview,
                index.partitions(),
                held=description.held(store, base) if base else (),
                lookup=lookup,
            ),
            *examples(address, catalogue(), base=base),
        )
        with replaced(self._path) as file:
            file.writelines(line.encode() for line in nquads_lines(dict.fromkeys(quads), base))
