"""Batches of graphs on their way into a store: each is sent, read back, proved and confirmed."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Self

import msgspec

from khabar.errors import KhabarError
from khabar.loading.proof import Comparison, compare, refusal

if TYPE_CHECKING:
    from types import TracebackType

    from khabar.graphs import NamedGraph
    from khabar.loading.journal import Journal
    from khabar.stores.store import GraphStore


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How much is sent at a time, and how many graphs are read at a time.

    A batch ends when it has ``triples`` triples, ``size`` bytes or ``graphs`` graphs. Up to four batches are in memory.
    """

    triples: int = 128 * 1024
    size: int = 64 * 1024 * 1024
    graphs: int = 4096
    readers: int = 1


EMBEDDED: Final = Pace()
"""The pace for a store on the same machine: larger batches cost it less, and more memory."""

REMOTE: Final = Pace(triples=16 * 1024, size=4 * 1024 * 1024, graphs=64, readers=4)
"""The pace for a store that is reached over a network: what is confirmed often need not be sent again."""


class Sender:
    """What sends graphs to a store in batches and compares what is there, reading while the next batch is sent.

    ``before`` is called with each batch before it is sent; ``proved`` with each graph that was sent, and the number of
    triples that the store holds for it, when it is proved and confirmed. All calls come from the sender's own thread.
    """

    def __init__(
        self,
        store: GraphStore,
        journal: Journal,
        pace: Pace,
        *,
        before: Callable[[Sequence[NamedGraph]], None],
        proved: Callable[[NamedGraph, int], None],
    ) -> None:
        self._store, self._journal, self._pace = store, journal, pace
        self._before, self._proved = before, proved
        self._readers = ThreadPoolExecutor(pace.readers, thread_name_prefix="khabar-reader")
        self._batch: list[NamedGraph] = []
        self._triples = self._size = 0
        self._unproved: list[tuple[NamedGraph, Future[Comparison]]] = []
        self._compared: deque[tuple[NamedGraph, Future[Comparison], Callable[[NamedGraph, Comparison], None]]] = deque()
        self._comparing = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            # What has arrived need not be sent again. The first failure is the one that is told.
            with contextlib.suppress(KhabarError):
                self._confirm()
        self._readers.shutdown(cancel_futures=True)

    def send(self, graph: NamedGraph) -> None:
        """Put ``graph`` into the batch, and send the batch when it is full. Raises StoreFailed, FileFailed."""
        self._batch.append(graph)
        self._triples += graph.count
        self._size += len(graph.document)
        pace = self._pace
        if self._triples >= pace.triples or self._size >= pace.size or len(self._batch) >= pace.graphs:
            self._flush()

    def compare(self, graph: NamedGraph, then: Callable[[NamedGraph, Comparison], None]) -> None:
        """Read what the store holds under the name of ``graph`` and call ``then`` with how it differs, now or later."""
        self._compared.append((graph, self._readers.submit(self._comparison, graph), then))
        self._comparing += len(graph.document)
        while len(self._compared) > 4 * self._pace.readers or self._comparing > self._pace.size:
            self._look()

    def settle(self) -> None:
        """Return when every graph so far is compared, sent, proved and confirmed. Raises StoreFailed, FileFailed."""
        while self._compared:
            self._look()
        self._flush()
        self._confirm()

    def _look(self) -> None:
        graph, future, then = self._compared.popleft()
        self._comparing -= len(graph.document)
        then(graph, future.result())

    def _flush(self) -> None:
        if not self._batch:
            return
        batch, self._batch = self._batch, []
        self._triples = self._size = 0
        self._journal.begin(graph.iri for graph in batch)
        self._before(batch)
        self._store.replace(batch)
        self._confirm()
        self._unproved = [(graph, self._readers.submit(self._comparison, graph)) for graph in batch]

    def _comparison(self, graph: NamedGraph) -> Comparison:
        return compare(graph, self._store.read(graph.iri), self._store.rewrites)

    def _confirm(self) -> None:
        unproved, self._unproved = self._unproved, []
        proved: list[tuple[NamedGraph, int]] = []
        failures: list[KhabarError] = []
        for graph, future in unproved:
            try:
                comparison = future.result()
            except KhabarError as error:
                failures.append(error)
                continue
            if comparison.is_equal:
                proved.append((graph, comparison.count))
            else:
                failures.append(refusal(graph, comparison))
        if proved:
            self._journal.confirm(graph for graph, _ in proved)
        for graph, count in proved:
            self._proved(graph, count)
        if failures:
            raise failures[0]
