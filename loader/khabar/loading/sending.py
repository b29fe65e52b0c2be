"""Batches of graphs on their way into a store: each is sent, read back, proved and confirmed."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import msgspec

from khabar.errors import KhabarError
from khabar.loading.proof import Comparison, compare, refusal

if TYPE_CHECKING:
    from types import TracebackType

    from khabar.graphs import NamedGraph
    from khabar.loading.journal import Journal
    from khabar.stores.store import GraphStore

Then = Callable[["NamedGraph", Comparison], None]


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How much is sent at a time, and how many graphs are read at a time.

    A batch ends when it has ``triples`` triples, ``size`` bytes or ``graphs`` graphs. So many batches as there are
    ``senders`` are sent at once, by threads of their own; with none the caller's sends. One more is read back, and one
    is gathered: no more are in memory. Each of the ``readers`` reads ``together`` graphs in one go.
    """

    triples: int = 128 * 1024
    size: int = 64 * 1024 * 1024
    graphs: int = 4096
    senders: int = 0
    readers: int = 1
    together: int = 1


EMBEDDED: Final = Pace(triples=256 * 1024, senders=2, readers=2, together=4096)
"""The pace for a store on the same machine: larger batches cost it less, and more memory.

Its bulk loader works on a batch with one core at a time; what fewer, larger batches save in merging tables they cost in
memory, and in what is done again after an interruption: up to four batches.
"""

REMOTE: Final = Pace(triples=16 * 1024, size=4 * 1024 * 1024, graphs=64, readers=4)
"""The pace for a store that is reached over a network: what is confirmed often need not be sent again."""


class _Part(NamedTuple):
    """Graphs that are read in one go, and how they compare."""

    graphs: Sequence[NamedGraph]
    compared: Future[list[Comparison | KhabarError]]


class _Sent(NamedTuple):
    """A batch on its way, and its parts as soon as it has arrived."""

    graphs: Sequence[NamedGraph]
    parts: Future[list[_Part]]


class Sender:
    """What sends graphs to a store in batches and compares what is there, reading while the next are sent.

    ``before`` is called with each batch before it is sent; ``proved`` with each graph that was sent, and the number of
    triples that the store holds for it, when it is proved and confirmed; ``told`` when that was done for a batch. All
    calls come from the sender's own thread.
    Without ``read_back``, which may change when nothing is under way, nothing is read back and nothing is confirmed:
    whoever asks for that sees otherwise to what is there.
    """

    def __init__(
        self,
        store: GraphStore,
        journal: Journal,
        pace: Pace,
        *,
        before: Callable[[Sequence[NamedGraph]], None],
        proved: Callable[[NamedGraph, int], None],
        told: Callable[[], None] = lambda: None,
        read_back: bool = True,
    ) -> None:
        self._store, self._journal, self._pace = store, journal, pace
        self._before, self._proved, self._told = before, proved, told
        self.read_back = read_back
        self._senders = ThreadPoolExecutor(max(pace.senders, 1), thread_name_prefix="khabar-sender")
        self._readers = ThreadPoolExecutor(pace.readers, thread_name_prefix="khabar-reader")
        self._batch = _Gathered(pace.triples, pace.size, pace.graphs)
        self._under_way: deque[_Sent] = deque()
        self._wanted = _Gathered(pace.triples, pace.size, pace.together)
        self._then: list[Then] = []
        self._looked: deque[tuple[_Part, list[Then]]] = deque()
        self._looking = 0
        self._failing = threading.Lock()
        self._failure: KhabarError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            # What has arrived need not be sent again. The first failure is the one that is told.
            while self._under_way:
                with contextlib.suppress(KhabarError):
                    self._confirm()
        self._senders.shutdown(cancel_futures=True)
        self._readers.shutdown(cancel_futures=True)

    def send(self, graph: NamedGraph) -> None:
        """Put ``graph`` into the batch, and send the batch when it is full. Raises StoreFailed, FileFailed."""
        if self._batch.add(graph):
            self._flush()

    def compare(self, graph: NamedGraph, then: Then) -> None:
        """Read what the store holds under the name of ``graph`` and call ``then`` with how it differs, now or later."""
        self._then.append(then)
        if self._wanted.add(graph):
            self._want()
        while len(self._looked) > 4 * self._pace.readers or self._looking > self._pace.size:
            self._look()

    def settle(self) -> None:
        """Return when every graph so far is compared, sent, proved and confirmed. Raises StoreFailed, FileFailed."""
        self._want()
        while self._looked:
            self._look()
        self._flush()
        while self._under_way:
            self._confirm()

    def _want(self) -> None:
        graphs, then = self._wanted.taken(), self._then
        self._then = []
        if graphs:
            self._looked.append((self._part(graphs), then))
            self._looking += sum(len(graph.document) for graph in graphs)

    def _look(self) -> None:
        part, then = self._looked.popleft()
        self._looking -= sum(len(graph.document) for graph in part.graphs)
        for graph, comparison, each in zip(part.graphs, part.compared.result(), then, strict=True):
            if isinstance(comparison, KhabarError):
                raise self._failure or comparison
            each(graph, comparison)

    def _flush(self) -> None:
        batch = self._batch.taken()
        if not batch:
            return
        self._journal.begin(graph.iri for graph in batch)
        self._before(batch)
        if self._pace.senders:
            parts = self._senders.submit(self._replace, batch)
        else:
            # A request can be broken off in the caller's thread alone.
            parts = Future()
            parts.set_result(self._replace(batch))
        self._under_way.append(_Sent(batch, parts))
        while len(self._under_way) > self._pace.senders + 1:
            self._confirm()

    def _replace(self, batch: Sequence[NamedGraph]) -> list[_Part]:
        try:
            self._store.replace(batch)
        except KhabarError as error:
            self._failed(error)
            raise
        if not self.read_back:
            return []
        together = self._pace.together
        return [self._part(batch[start : start + together]) for start in range(0, len(batch), together)]

    def _part(self, graphs: Sequence[NamedGraph]) -> _Part:
        return _Part(graphs, self._readers.submit(self._comparisons, graphs))

    def _comparisons(self, graphs: Sequence[NamedGraph]) -> list[Comparison | KhabarError]:
        sums = self._store.sums(graphs)
        return [
            Comparison(graph.count) if sums.get(graph.iri) == (graph.count, graph.digest) else self._comparison(graph)
            for graph in graphs
        ]

    def _comparison(self, graph: NamedGraph) -> Comparison | KhabarError:
        try:
            return compare(graph, self._store.read(graph.iri), self._store.rewrites)
        except KhabarError as error:
            self._failed(error)
            return error

    def _failed(self, error: KhabarError) -> None:
        # Batches are under way at once: what fails after the first fails because of it, as often as not.
        with self._failing:
            self._failure = self._failure or error

    def _confirm(self) -> None:
        sent = self._under_way.popleft()
        try:
            parts = sent.parts.result()
        except KhabarError as error:
            raise self._failure or error from None
        if not self.read_back:
            for graph in sent.graphs:
                self._proved(graph, graph.count)
            self._told()
            return
        proved: list[tuple[NamedGraph, int]] = []
        failures: list[KhabarError] = []
        for graph, comparison in _results(parts):
            if isinstance(comparison, KhabarError):
                failures.append(comparison)
            elif comparison.is_equal:
                proved.append((graph, comparison.count))
            else:
                failures.append(refusal(graph, comparison))
        if proved:
            self._journal.confirm(graph for graph, _ in proved)
        for graph, count in proved:
            self._proved(graph, count)
        self._told()
        if failures:
            raise self._failure or failures[0]


def _results(parts: Sequence[_Part]) -> Iterator[tuple[NamedGraph, Comparison | KhabarError]]:
    for part in parts:
        yield from zip(part.graphs, part.compared.result(), strict=True)


class _Gathered:
    """Graphs for one batch, until there are enough of them."""

    def __init__(self, triples: int, size: int, graphs: int) -> None:
        self._limits = triples, size, graphs
        self._graphs: list[NamedGraph] = []
        self._triples = self._size = 0

    def add(self, graph: NamedGraph) -> bool:
        """Take one more, and tell whether these are enough."""
        self._graphs.append(graph)
        self._triples += graph.count
        self._size += len(graph.document)
        triples, size, graphs = self._limits
        return self._triples >= triples or self._size >= size or len(self._graphs) >= graphs

    def taken(self) -> Sequence[NamedGraph]:
        """What was gathered, of which nothing is left here."""
        graphs, self._graphs = self._graphs, []
        self._triples = self._size = 0
        return graphs
