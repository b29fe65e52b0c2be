"""Which graphs of a store differ from those that are wanted there, and in which triples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

import msgspec

from khabar.canonical import canonical
from khabar.graphs import NamedGraph
from khabar.loading import plan
from khabar.loading.proof import compare

if TYPE_CHECKING:
    from khabar.stores.store import GraphReader


class GraphDifference(msgspec.Struct, frozen=True):
    """One graph that a load would change: canonical lines that it would remove from the store, and add to it.

    ``kind`` is "missing" for a graph that is not in the store, "extra" for one that is not wanted there.
    """

    graph: str
    kind: Literal["missing", "extra", "differing"]
    removed: tuple[bytes, ...] = ()
    added: tuple[bytes, ...] = ()


def differences(graphs: Iterable[NamedGraph], store: GraphReader, base: str | None) -> Iterator[GraphDifference]:
    """How ``store`` differs from ``graphs``, graph by graph, in their order; the extra ones last, by name.

    With the ``base`` of a corpus, whatever else the store holds of that corpus is extra; without one, nothing is. Every
    graph is read. What the store is known to rewrite is no difference. Raises StoreFailed, and what ``graphs`` raise.
    """
    wanted: set[str] = set()
    for graph in graphs:
        wanted.add(graph.iri)
        comparison = compare(graph, store.read(graph.iri), store.rewrites)
        if not comparison.is_equal:
            kind: Literal["missing", "differing"] = "differing" if comparison.count else "missing"
            yield GraphDifference(graph.iri, kind, removed=comparison.beyond, added=comparison.lacking)
    if base is not None:
        for name in sorted(plan.counts(store, base).keys() - wanted):
            held = canonical(name, store.read(name))
            yield GraphDifference(name, "extra", removed=tuple(held.document.splitlines(keepends=True)))


def text(found: Iterable[GraphDifference], *, brief: bool = False) -> Iterator[str]:
    r"""Differences for people, line by line: each graph, then ``-`` what is in the store alone, ``+`` what is wanted.

    When ``brief``, the graphs alone.

    >>> print(*text([GraphDifference("urn:g", "differing", (b"<urn:a> <urn:b> <urn:c> .\n",))]), sep="", end="")
    differing <urn:g> -1 +0
    - <urn:a> <urn:b> <urn:c> .
    """
    for each in found:
        yield f"{each.kind} <{each.graph}> -{len(each.removed)} +{len(each.added)}\n"
        if not brief:
            yield from (f"- {line.decode()}" for line in each.removed)
            yield from (f"+ {line.decode()}" for line in each.added)


def patch(found: Iterable[GraphDifference]) -> Iterator[str]:
    r"""Differences as an RDF Patch (https://afs.github.io/rdf-delta/rdf-patch), which makes the store what is wanted.

    One transaction, line by line; nothing at all where nothing differs.

    >>> print(*patch([GraphDifference("urn:g", "missing", (), (b"<urn:a> <urn:b> <urn:c> .\n",))]), sep="", end="")
    TX .
    A <urn:a> <urn:b> <urn:c> <urn:g> .
    TC .
    """
    is_open = False
    for each in found:
        if not is_open:
            yield "TX .\n"
            is_open = True
        yield from (f"D {_quad(line, each.graph)}" for line in each.removed)
        yield from (f"A {_quad(line, each.graph)}" for line in each.added)
    if is_open:
        yield "TC .\n"


def _quad(line: bytes, graph: str) -> str:
    return NamedGraph(graph, line).nquads().decode()
