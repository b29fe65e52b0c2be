"""A corpus as a stream of named graphs: first all is read and checked, then graph after graph is made."""

from __future__ import annotations

import contextlib
import io
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from khabar.assembly.epilogue import epilogue
from khabar.assembly.progress import Meter, Report, unheard
from khabar.assembly.rejects import Rejected
from khabar.assembly.road import Road
from khabar.assembly.sources import opened
from khabar.assembly.tasks import Converted, Graphs
from khabar.crew import Slot, Spool
from khabar.errors import FaultyData
from khabar.graphs import NamedGraph
from khabar.iris import DERIVED_GRAPH, Iris
from khabar.records.cache import Cache
from khabar.records.sources import Source


class Tally:
    """What is known of a stream of graphs so far."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.rejected = 0


class Assembly:
    """The named graphs of a corpus, once, in an order of their own: articles, entities, derived, the dataset.

    ``base`` is the corpus's base; ``total`` counts records that are left out until it is their turn. Graphs without
    triples are left out. Whoever does not take all of them closes it, or uses it as a context. Raises `FileFailed`,
    and `FaultyData` as `graphs` does.
    """

    def __init__(self, base: str, tally: Tally, graphs: Iterator[NamedGraph], close: Callable[[], object]) -> None:
        self.base = base
        self._tally = tally
        self._graphs = graphs
        self._close = weakref.finalize(self, close)

    @property
    def total(self) -> int | None:
        """The number of graphs, as far as it is known."""
        return self._tally.total

    @property
    def rejected(self) -> int:
        """The number of records that were left out so far."""
        return self._tally.rejected

    def __iter__(self) -> Iterator[NamedGraph]:
        return self

    def __next__(self) -> NamedGraph:
        try:
            return next(self._graphs)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers and give all room back."""
        self._close()


def graphs(
    source: Source | Path | str,
    *,
    workers: int | None = None,
    rejects: Callable[[Rejected], None] | None = None,
    fail_fast: bool = False,
    report: Report = unheard,
    cache: Cache | None = None,
) -> Assembly:
    """The named graphs of a corpus, the same as `khabar.pipeline.quads` gives, to the byte.

    All is read, and what is in YAML is checked, before the first graph is there. Articles in YAML come by id, then
    those in bulk as they stand in their files; graphs and order do not depend on the number of ``workers``
    (processes; else one a core). Records in bulk that have faults go to ``rejects`` when it is their turn, and the
    rest goes on; with ``fail_fast``, or where no one takes them, the first of them ends it.

    Raises `FaultyData` for that, and for any fault of the header, the shared entities or an article in YAML, all of
    them told; `FileFailed`. Memory holds some batches of articles, some hundred bytes for each article in YAML and
    each that refers to others, and at last the derived graph and the dataset's; all else waits on disk. Articles
    that refer to one another, however far, are one batch.

    >>> from khabar.resources import example
    >>> with graphs(str(example())) as assembly:
    ...     [graph.iri.rpartition("/")[2] for graph in assembly]
    ['eastport-ferry', 'entities', 'derived', 'dataset']
    """
    with contextlib.ExitStack() as stack:
        found = stack.enter_context(opened(source))
        road = stack.enter_context(Road(found, workers=workers, report=report, cache=cache))
        road.survey()
        tally = Tally(road.articles + bool(road.entities) + road.claims + 1)
        stream = _Stream(road, tally, None if fail_fast else rejects)
        meter = Meter("writing", report, total=road.articles)
        return Assembly(found.frame.header.base, tally, stream.graphs(meter), stack.pop_all().close)


class _Stream:
    """Makes the graphs of one road, and keeps what the last of them are made of."""

    def __init__(self, road: Road, tally: Tally, rejects: Callable[[Rejected], None] | None) -> None:
        self._road = road
        self._tally = tally
        self._rejects = rejects
        self._triples = self._derived = self._articles = 0
        self._standings: list[Slot] = []
        self._entries: list[Slot] = []

    def graphs(self, meter: Meter) -> Iterator[NamedGraph]:
        road = self._road
        for reply in road.crew.replies(road.conversions("graphs")):
            if isinstance(reply, Graphs):
                yield from reply.graphs
                meter.add(len(reply.graphs))
            else:
                self._note(reply)
                meter.add(len(reply.rejected), rejected=len(reply.rejected))
        header, spool = road.source.frame.header, road.spool
        end = epilogue(header, road.entities, self._triples, self._derived)
        self._tally.total = self._articles + bool(end.entities.document) + bool(self._derived) + 1
        if end.entities.document:
            yield end.entities
        if self._derived:
            yield NamedGraph(Iris(header.base).graph(DERIVED_GRAPH), _document(spool, self._standings))
        self._entries.append(spool.add(end.description.document))
        yield NamedGraph(end.description.iri, _document(spool, self._entries))

    def _note(self, made: Converted) -> None:
        for one in made.rejected:
            if self._rejects is None:
                raise FaultyData(one.faults)
            if not one.line:
                self._road.changed()
            self._tally.total -= 1
            self._tally.rejected += 1
            self._rejects(one)
        self._articles += made.articles
        self._triples += made.triples
        self._derived += made.derived
        self._standings += filter(None, [made.standings])
        self._entries += filter(None, [made.entries])


def _document(spool: Spool, slots: list[Slot]) -> bytes:
    """One document of several, each of which is sorted."""
    lines = io.BytesIO()
    lines.writelines(spool.merged(slots))
    return lines.getvalue()
