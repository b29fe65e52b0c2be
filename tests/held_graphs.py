"""A store of graphs in memory that remembers what was asked of it, and can fail or die at any step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph

from descriptions import description
from khabar.canonical import canonical
from khabar.errors import StoreFailed
from khabar.graphs import NamedGraph
from khabar.loading.journal import Journal
from khabar.queries.results import Rows
from khabar.stores.store import NO_SERVICES, OxigraphStore, Rewrite

BASE = "https://example.org/eastport/"
TARGET = "memory"


class Died(BaseException):
    """The end of the process, as far as a test can have it: nothing catches it, and nothing works after it."""


class Life:
    """Counts steps, and ends at one of them: from then on every step is the end."""

    def __init__(self, last: int | None = None) -> None:
        self.steps = 0
        self._last = last
        self._lock = threading.Lock()

    def step(self) -> None:
        with self._lock:
            self.steps += 1
            if self._last is not None and self.steps > self._last:
                raise Died


class HeldGraphs(OxigraphStore):
    """Named graphs in memory. ``replaced`` names each graph that was sent, in order; ``calls`` all that was asked."""

    gives_every_row = False

    def __init__(self) -> None:
        self.store = pyoxigraph.Store()
        super().__init__(TARGET, self.store)
        self.life = Life()
        self.calls: list[str] = []
        self.replaced: list[str] = []
        self.is_resumed = True
        self.changes: Sequence[Rewrite] = ()
        self.seen: Callable[[HeldGraphs], None] = lambda _: None
        self.fails: dict[str, StoreFailed] = {}
        self.spoils: Callable[[NamedGraph], NamedGraph] = lambda graph: graph

    @property
    def resumed(self) -> bool:
        return self.is_resumed

    @property
    def rewrites(self) -> Sequence[Rewrite]:
        return self.changes

    def select(self, text: str, *, services: Mapping[str, str] = NO_SERVICES) -> Rows:
        self._step("select")
        return super().select(text, services=services)

    def read(self, graph: str) -> bytes:
        self._step(f"read {graph}")
        return super().read(graph)

    def sums(self, _graphs: Sequence[NamedGraph]) -> Mapping[str, tuple[int, str]]:
        return {}

    def replace(self, graphs: Sequence[NamedGraph]) -> None:
        for graph in graphs:
            self._step(f"replace {graph.iri}")
            self.replaced.append(graph.iri)
            self.put(self.spoils(graph))
            self.life.step()

    def add(self, graph: NamedGraph) -> None:
        self._step(f"add {graph.iri}")
        self.store.load(graph.document, pyoxigraph.RdfFormat.N_TRIPLES, to_graph=pyoxigraph.NamedNode(graph.iri))
        self.life.step()

    def remove(self, graphs: Sequence[str]) -> None:
        for graph in graphs:
            self._step(f"remove {graph}")
            self.drop(graph)
            self.life.step()

    def optimize(self) -> None:
        """Nothing."""

    def publish(self) -> None:
        self._step("publish")
        self.life.step()

    def _step(self, call: str) -> None:
        self.life.step()
        self.calls.append(call)
        if call in self.fails:
            raise self.fails.pop(call)

    def put(self, graph: NamedGraph) -> None:
        """Put a graph in its place in one step, as any store does."""
        name = pyoxigraph.NamedNode(graph.iri)
        quads = [
            pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, name)
            for quad in pyoxigraph.parse(graph.document, format=pyoxigraph.RdfFormat.N_TRIPLES)
        ]
        self.store.remove_graph(name)
        self.store.extend(quads)
        self.seen(self)

    def drop(self, graph: str) -> None:
        self.store.remove_graph(pyoxigraph.NamedNode(graph))
        self.seen(self)

    def content(self) -> dict[str, NamedGraph]:
        """All that is held."""
        names = [name.value for name in self.store.named_graphs() if isinstance(name, pyoxigraph.NamedNode)]
        graphs = {name: canonical(name, OxigraphStore.read(self, name)) for name in names}
        return {name: graph for name, graph in graphs.items() if graph.count}

    def copy(self) -> HeldGraphs:
        """Another store that holds the same."""
        copy = HeldGraphs()
        for each in self.content().values():
            copy.put(each)
        return copy

    def writes(self) -> list[str]:
        return [call for call in self.calls if not call.startswith(("select", "read"))]


class MortalJournal(Journal):
    """A journal whose process can end before a line is written, in the middle of it, and after it."""

    life = Life()

    def _append(self, entry: dict[str, Any]) -> None:
        self.life.step()
        try:
            self.life.step()
        except Died:
            assert self._file is not None
            self._file.write(b'{"begun": ["half a li')
            raise
        super()._append(entry)
        self.life.step()

    def finish(self) -> None:
        self.life.step()
        super().finish()
        self.life.step()


def journal(folder: Path, *, base: str | None = BASE, life: Life | None = None) -> Journal:
    if life is None:
        return Journal(folder / "journal", target=TARGET, dataset=base)
    mortal = MortalJournal(folder / "journal", target=TARGET, dataset=base)
    mortal.life = life
    return mortal


def graph(name: str, *texts: str, base: str = BASE) -> NamedGraph:
    """The graph of an article that says each of ``texts``."""
    lines = (f'<{base}articles/{name}> <http://purl.org/dc/terms/title> "{text}"@en .\n'.encode() for text in texts)
    return NamedGraph.of(f"{base}graphs/{name}", lines)


def corpus(graphs: Iterable[NamedGraph], *, base: str = BASE, title: str = "Eastport") -> Iterator[NamedGraph]:
    """A corpus of ``graphs``: them, and the description of the dataset last."""
    listed = list(graphs)
    title_line = f'<{base}> <http://purl.org/dc/terms/title> "{title}"@en .\n'.encode()
    yield from listed
    yield description(base, listed, title_line)
