"""The way of a corpus through its batches: first all is read and checked, then graph after graph is made."""

from __future__ import annotations

import io
import itertools
import os
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, NoReturn, Self

from khabar.assembly.components import BATCH_SIZE, Components, batches, owners_of_shared
from khabar.assembly.crew import Alone, Crew, Workers
from khabar.assembly.spool import Slot, Spool
from khabar.assembly.work import Build, Built, Check, Checked, Read, Reading, Readings, Weighed
from khabar.checks import check_corpus
from khabar.description import Subset, describe
from khabar.errors import FaultyData, FileFailed, Severity
from khabar.formats.nquads import ntriples_lines
from khabar.frame import Frame
from khabar.graphs import NamedGraph
from khabar.iris import DATASET_GRAPH, DERIVED_GRAPH, Iris
from khabar.model import CorpusHeader
from khabar.reading import outline, survey

SMALL: Final = 200
"""Below so many articles no worker is started: it would take longer than the work."""

FILES_AT_A_TIME: Final = 64
"""How many files are read by one worker at a time."""

_QUADS_AT_A_TIME: Final = 4096


class Assembly:
    """The named graphs of a corpus, once, in an order of their own: articles by id, entities, derived, the dataset.

    ``base`` is the corpus's base; ``total`` the number of graphs. Graphs without triples are left out. Whoever does
    not take all of them closes it, or uses it as a context. Raises `FileFailed`.
    """

    def __init__(self, base: str, total: int, graphs: Iterator[NamedGraph], close: Callable[[], None]) -> None:
        self.base = base
        self.total = total
        self._graphs = graphs
        self._close = weakref.finalize(self, close)

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


def graphs(folder: Path | str, *, workers: int | None = None) -> Assembly:
    """The named graphs of the corpus in ``folder``, the same as `khabar.pipeline.quads` gives, to the byte.

    Everything is read and checked before the first graph is there: raises `FaultyData` as `khabar.read` does, and
    `FileFailed`. ``workers`` is the number of processes, else one a core; the graphs and their order do not depend
    on it. Memory holds some batches of articles, some hundred bytes for each article, the derived graph and the
    dataset's; records and standings wait on disk. Articles that refer to one another, however far, are one batch.

    >>> from khabar.resources import example
    >>> with graphs(str(example())) as assembly:
    ...     [graph.iri.rpartition("/")[2] for graph in assembly]
    ['eastport-ferry', 'entities', 'derived', 'dataset']
    """
    folder = Path(folder)
    corpus, files, faults = outline(folder)
    if corpus is None or faults:
        _tell(folder)
    frame = Frame(corpus.header, corpus.entities)
    count = _cores() if workers is None else workers
    alone = count < 2 or len(files) < SMALL or not sys.executable  # noqa: PLR2004 - one worker is this process
    spool = Spool()
    crew: Crew = Alone(frame) if alone else Workers(frame, count, str(folder))

    def close() -> None:
        crew.close()
        spool.close()

    try:
        articles = _read(crew, spool, files)
        if articles is None:
            _tell(folder)
        plan = _plan(articles, owners_of_shared(corpus.entities))
        if plan is None or not _sound(crew, spool, plan):
            _tell(folder)
        total = len(articles) + bool(corpus.entities or corpus.header.event_types) + plan.claims + 1
        return Assembly(corpus.header.base, total, _stream(crew, spool, plan, corpus.header), close)
    except BaseException:
        close()
        raise


class _Article(NamedTuple):
    """An article that was read: its id, where its record waits, what else a `Reading` tells."""

    id: str
    record: Slot
    owners: frozenset[str]
    claims: bool
    sound: bool


class _Plan(NamedTuple):
    """The records in the order of ids, in batches by their places in it.

    ``unchecked`` are the batches that were not checked yet, ``anchors`` the articles without which the shared
    entities cannot be seen whole; ``claims`` tells whether there is any claim.
    """

    records: list[Slot]
    batches: list[list[int]]
    unchecked: list[list[int]]
    anchors: list[int]
    claims: bool


def _read(crew: Crew, spool: Spool, files: list[Path]) -> list[_Article] | None:
    """All articles by id; None where any has a fault."""
    articles: list[_Article] = []
    names = iter([os.fsencode(path) for path in files])
    chunks = iter(lambda: list(itertools.islice(names, FILES_AT_A_TIME)), [])
    for reply in crew.replies(Read(chunk) for chunk in chunks):
        if not isinstance(reply, Readings) or reply.faulty:
            return None
        articles += (_kept(article, spool) for article in reply.articles)
    articles.sort(key=lambda article: article.id)
    if any(one.id == other.id for one, other in itertools.pairwise(articles)):
        return None
    return articles


def _kept(article: Reading, spool: Spool) -> _Article:
    slot = spool.add(article.record)
    return _Article(article.id, slot, article.owners, claims=article.claims, sound=article.sound)


def _plan(articles: list[_Article], owners: Iterable[str]) -> _Plan | None:
    """What is worked on together; None where a reference leads nowhere, or a fault was found already."""
    places = {article.id: place for place, article in enumerate(articles)}
    anchors = [places.get(owner) for owner in owners]
    components = Components(len(articles))
    for place, article in enumerate(articles):
        for owner in article.owners:
            other = places.get(owner)
            if other is None:
                return None
            components.join(place, other)
    joined: list[int] = []
    for anchor in anchors:
        if anchor is None:
            return None
        joined.append(anchor)
        components.join(joined[0], anchor)
    members = list(components.members())
    if any(len(each) == 1 and not articles[each[0]].sound for each in members):
        return None
    sizes = [article.record.size for article in articles]
    first = components.first(joined[0]) if joined else None
    return _Plan(
        records=[article.record for article in articles],
        batches=list(batches(members, sizes, BATCH_SIZE)),
        unchecked=list(batches((each for each in members if len(each) > 1), sizes, BATCH_SIZE)),
        anchors=next((each for each in members if each[0] == first), []),
        claims=any(article.claims for article in articles),
    )


def _sound(crew: Crew, spool: Spool, plan: _Plan) -> bool:
    shared = Check(_records(spool, plan, plan.anchors), shared=True)
    others = (Check(_records(spool, plan, batch)) for batch in plan.unchecked)
    return all(isinstance(reply, Checked) and reply.sound for reply in crew.replies(itertools.chain([shared], others)))


def _records(spool: Spool, plan: _Plan, places: Sequence[int]) -> list[bytes]:
    return [spool.read(plan.records[place]) for place in places]


def _stream(crew: Crew, spool: Spool, plan: _Plan, header: CorpusHeader) -> Iterator[NamedGraph]:
    subsets: list[Subset] = []
    standings: list[Slot] = []
    for graph in _in_turn(crew, spool, plan, standings):
        subsets.append(_subset(graph))
        yield graph
    iris = Iris(header.base)
    derived = NamedGraph(iris.graph(DERIVED_GRAPH), _document(spool, standings))
    if derived.document:
        subsets.append(_subset(derived))
        yield derived
    del derived
    # The lines as objects would take several times the room of the document.
    description = describe(header, subsets)
    some = iter(lambda: list(itertools.islice(description, _QUADS_AT_A_TIME)), [])
    described = [spool.add("".join(ntriples_lines(quads)).encode()) for quads in some]
    yield NamedGraph(iris.graph(DATASET_GRAPH), _document(spool, described))


def _document(spool: Spool, slots: list[Slot]) -> bytes:
    """One document of several, each of which is sorted."""
    lines = io.BytesIO()
    lines.writelines(spool.merged(slots))
    return lines.getvalue()


def _in_turn(crew: Crew, spool: Spool, plan: _Plan, standings: list[Slot]) -> Iterator[NamedGraph]:
    """The graphs of the articles, by id, and that of the entities; ``standings`` gets what is to be merged."""
    builds = (Build(_records(spool, plan, batch)) for batch in plan.batches)
    shared = (Build(_records(spool, plan, places), shared=True) for places in [plan.anchors])
    places = itertools.chain.from_iterable(plan.batches)
    expected = 0
    # Who refers to an article far down the list brings it along: its graph waits for its turn.
    early: dict[int, tuple[str, Slot]] = {}
    for reply in crew.replies(itertools.chain(builds, shared)):
        if isinstance(reply, Weighed):
            standings.append(spool.add(reply.standings))
        elif isinstance(reply, Built):
            for graph in reply.graphs:
                place = next(places, None)
                if place is not None and place != expected:
                    early[place] = graph.iri, spool.add(graph.document)
                    continue
                if graph.document:
                    yield graph
                expected += 1
                while expected in early:
                    iri, slot = early.pop(expected)
                    yield NamedGraph(iri, spool.read(slot))
                    expected += 1


def _subset(graph: NamedGraph) -> Subset:
    return Subset(graph.iri, graph.count, graph.digest)


def _tell(folder: Path) -> NoReturn:
    """Read the corpus as a whole, which tells every fault of it."""
    corpus, faults, gaps = survey(folder)
    if corpus is not None:
        faults = [*faults, *check_corpus(corpus, gaps=gaps)]
    if any(fault.severity == Severity.ERROR.value for fault in faults):
        raise FaultyData(faults)
    raise FileFailed(
        where=str(folder),
        expected="files that stay as they are while they are read",
        found="others when they were read again",
        remedy="run it again",
    )


def _cores() -> int:
    """How many processes the system lets run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
