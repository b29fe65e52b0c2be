"""A load: only what changed, read back and proved, and taken up again where it was interrupted."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from khabar.errors import StoreFailed
from khabar.loading import plan
from khabar.loading.plan import Decision
from khabar.loading.proof import rewritten
from khabar.loading.sending import EMBEDDED, Pace, Sender

if TYPE_CHECKING:
    from khabar.graphs import NamedGraph
    from khabar.loading.journal import Journal
    from khabar.loading.proof import Comparison
    from khabar.stores.store import GraphStore


Verify: TypeAlias = Literal["sent", "all", "counts"]
"""What is read back and compared: what was sent, everything, or nothing, of which the triples are counted alone."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a load is: graphs ``done`` of ``total``, where that is known; ``sent`` and ``kept`` are among them."""

    done: int
    total: int | None
    triples: int
    sent: int
    kept: int
    seconds: float


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What a load that is proved has done, by the names of graphs, each in the order in which it was done.

    ``sent`` were put into the store, ``kept`` were there already, ``recovered`` had arrived in a load that was
    interrupted before it could tell. ``removed`` are no longer wanted and gone, ``left`` no longer wanted and there.
    ``triples`` counts those of the wanted graphs.
    """

    sent: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    recovered: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    triples: int = 0
    seconds: float = 0.0


def unheard(_: Progress) -> None:
    """Take the progress of a load, and tell no one."""


def load(
    graphs: Iterable[NamedGraph],
    store: GraphStore,
    journal: Journal,
    *,
    base: str | None,
    prune: bool = False,
    verify: Verify = "sent",
    optimize: bool = False,
    report: Callable[[Progress], None] = unheard,
    pace: Pace = EMBEDDED,
    clock: Callable[[], float] = time.monotonic,
) -> Loaded:
    """Make ``store`` hold each of ``graphs`` as it is, and return when that is proved; the rest of it stays.

    With the ``base`` of a corpus the graphs are all those of that corpus, the description of the dataset last: its
    digests tell what need not be sent, and it is written when all the others are proved. Graphs of the corpus that are
    no longer among them are removed with ``prune``, else left; left they are, too, where ``graphs`` have ``rejected``
    records, whose graphs may be in the store. Without a base the graphs are anyone's: each is read and
    compared, and nothing is ever removed. ``verify`` reads back what is "sent", or "all"; with "counts" it is the
    description of the corpus alone, and each graph must have as many triples at the end as were sent.

    What is read back must be what was meant before the journal confirms it; the next batch is sent meanwhile. When
    nothing differs, nothing is written, but for what ``optimize`` does at the end to a store that can be told to make
    itself quicker to read. Where ``graphs`` have a ``total``, progress tells it.

    Raises StoreFailed where the store fails or the load is not proved, FileFailed for the journal, and whatever
    ``graphs`` raise. What was confirmed until then stands, and the same call goes on from there.
    """
    start = clock()
    with contextlib.closing(journal):
        if not store.resumed:
            journal.clear()
        under_way = _Load(store, journal, base, verify)

        def tell() -> None:
            report(under_way.progress(getattr(graphs, "total", None), clock() - start))

        sending = Sender(
            store,
            journal,
            pace,
            before=under_way.mark,
            proved=under_way.proved,
            told=tell,
            read_back=verify != "counts",
        )
        with sending as sender:
            for graph in graphs:
                under_way.take(graph, sender)
                tell()
            # The graph of a record that was left out has not left the corpus.
            may_prune = prune and not getattr(graphs, "rejected", 0)
            loaded = under_way.end(sender, prune=may_prune, optimize=optimize)
        tell()
        return msgspec.structs.replace(loaded, seconds=clock() - start)


class _Load:
    """What one load knows: what the store held, what has passed, and what became of it."""

    def __init__(self, store: GraphStore, journal: Journal, base: str | None, verify: Verify) -> None:
        self._store, self._journal, self._base, self._verify = store, journal, base, verify
        self._held = plan.held(store, base, journal)
        self._confirmed = dict(journal.confirmed)
        if journal.begun and not any(journal.load in names for names in self._held.loads.values()):
            # Nothing was sent, or a load has been completed since: what this journal confirms is past.
            journal.clear()
        self._marked = {base for base, names in self._held.loads.items() if journal.load in names}
        self._described = {plan.base_of(graph) for graph in self._held.digests} | self._held.loads.keys() | {base}
        self._digests: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._description: NamedGraph | None = None
        self._triples = 0
        self._sent: list[str] = []
        self._kept: list[str] = []
        self._recovered: list[str] = []
        self._is_changed = False

    def progress(self, total: int | None, seconds: float) -> Progress:
        kept = len(self._kept) + len(self._recovered)
        return Progress(
            done=kept + len(self._sent),
            total=total,
            triples=self._triples,
            sent=len(self._sent),
            kept=kept,
            seconds=seconds,
        )

    def take(self, graph: NamedGraph, sender: Sender) -> None:
        """Decide on the next graph of the stream."""
        self._admit(graph)
        if plan.is_description(graph.iri):
            if self._base is not None:
                self._description = graph
            else:
                # It may be believed as soon as it is there.
                sender.settle()
                self._describe(graph, sender)
            return
        decision = plan.decide(graph, self._held, self._store.rewrites, read_all=self._verify == "all")
        if decision is Decision.SEND:
            sender.send(graph)
        elif decision is Decision.COMPARE:
            sender.compare(graph, lambda graph, comparison: self._compared(graph, comparison, sender))
        else:
            self._done(graph, (self._held.counts or {}).get(graph.iri, 0), self._kept)

    def _admit(self, graph: NamedGraph) -> None:
        base = plan.base_of(graph.iri)
        if graph.iri in self._digests:
            raise StoreFailed(where=f"graph {graph.iri}", expected="each graph once", found="it twice")
        if self._base is not None and base != self._base:
            raise StoreFailed(
                where=f"graph {graph.iri}", expected=f"a graph of the corpus {self._base}", found="another"
            )
        if base is not None and plan.description_of(base) in self._digests:
            raise StoreFailed(
                where=f"graph {graph.iri}", expected="the description of the dataset last", found="a graph after it"
            )
        self._digests[graph.iri] = graph.digest

    def mark(self, batch: Sequence[NamedGraph]) -> None:
        """Say in the descriptions of the corpora that the ``batch`` belongs to that their digests may be past."""
        self._is_changed = True
        bases = {plan.base_of(graph.iri) for graph in batch if not plan.is_description(graph.iri)}
        for base in sorted(base for base in bases & self._described if base is not None and base not in self._marked):
            self._store.add(plan.marker(base, self._journal.load))
            # Without the mark, a load that is interrupted would leave digests that are believed and past.
            if self._journal.load not in plan.loads(self._store, base).get(base, frozenset()):
                raise StoreFailed(
                    where=f"graph {plan.description_of(base)}",
                    expected="the mark of this load, which was added",
                    found="none",
                    remedy="the load is not proved: run it again",
                )
            self._marked.add(base)

    def proved(self, graph: NamedGraph, count: int) -> None:
        """Note that a graph that was sent is there, with so many triples."""
        if self._verify == "counts" and self._base is None and self._store.rewrites:
            # Two triples that the store writes alike are one there; those of a corpus are written as stores do.
            count = len(rewritten(graph.document.splitlines(keepends=True), self._store.rewrites))
        self._done(graph, count, self._sent)

    def _compared(self, graph: NamedGraph, comparison: Comparison, sender: Sender) -> None:
        if not comparison.is_equal:
            sender.send(graph)
            return
        known = {self._held.digests.get(graph.iri), self._confirmed.get(graph.iri)}
        is_new = graph.iri in self._held.doubtful or bool(self._held.loads.get(plan.base_of(graph.iri) or ""))
        is_recovered = is_new and self._digests[graph.iri] not in known
        self._done(graph, comparison.count, self._recovered if is_recovered else self._kept)

    def _done(self, graph: NamedGraph, count: int, among: list[str]) -> None:
        among.append(graph.iri)
        self._counts[graph.iri] = count
        self._triples += graph.count

    def end(self, sender: Sender, *, prune: bool, optimize: bool) -> Loaded:
        """Finish what is under way, then prove and publish the whole."""
        sender.settle()
        unwanted: list[str] = []
        if self._base is not None:
            if self._description is None:
                where = f"graph {plan.description_of(self._base)}"
                raise StoreFailed(where=where, expected="the description of the dataset last", found="none")
            unwanted = sorted((self._held.counts or {}).keys() - self._digests.keys())
            if prune and unwanted:
                self._is_changed = True
                self._store.remove(unwanted)
            if self._is_changed or self._held.loads:
                self._prove(self._base, unwanted if prune else [])
            self._describe(self._description, sender)
        elif self._verify == "counts" and self._is_changed:
            self._count(None, [])
        if optimize:
            self._store.optimize()
        # A store of which nothing is wanted is made all the same.
        if self._is_changed or self._store.resumed or not self._digests or optimize:
            self._store.publish()
        self._journal.finish()
        return Loaded(
            sent=tuple(self._sent),
            kept=tuple(self._kept),
            recovered=tuple(self._recovered),
            removed=tuple(unwanted) if prune else (),
            left=() if prune else tuple(unwanted),
            triples=self._triples,
        )

    def _prove(self, base: str, removed: Sequence[str]) -> None:
        """Count once more what is there, and see that no one else wrote meanwhile."""
        self._count(base, removed)
        loads = self._held.loads.get(base, frozenset()) | ({self._journal.load} if base in self._marked else set())
        if plan.loads(self._store, base).get(base, frozenset()) != loads:
            raise StoreFailed(
                where=self._store.name,
                expected=f"no other load of {base} meanwhile",
                found="one that began or ended",
                remedy="the load is not proved: run it again when the other has ended",
            )

    def _count(self, base: str | None, removed: Sequence[str]) -> None:
        counts = plan.counts(self._store, base)
        for graph, count in [*self._counts.items(), *((graph, 0) for graph in removed)]:
            if counts.get(graph, 0) != count:
                raise StoreFailed(
                    where=f"graph {graph}",
                    expected=f"{count:,} triples at the end of the load",
                    found=f"{counts.get(graph, 0):,}",
                    remedy="the load is not proved: run it again",
                )

    def _describe(self, description: NamedGraph, sender: Sender) -> None:
        """Put the description in its place, which says that all the rest is there."""
        sender.read_back = True
        digests = plan.described(description)
        wrong = sorted(graph for graph, digest in digests.items() if self._digests.get(graph) != digest)
        if wrong:
            raise StoreFailed(
                where=f"graph {description.iri}",
                expected="the digests of the graphs that came before it",
                found=f"another for {wrong[0]}"
                if wrong[0] in self._digests
                else f"one for {wrong[0]}, which did not come",
            )
        if plan.base_of(description.iri) in self._marked:
            # The mark of this load stands there.
            sender.send(description)
        else:
            sender.compare(description, lambda graph, comparison: self._compared(graph, comparison, sender))
        sender.settle()
