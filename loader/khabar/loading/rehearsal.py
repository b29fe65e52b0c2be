"""What a load would do, without doing it."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from khabar.graphs import NamedGraph
from khabar.loading import plan
from khabar.loading.plan import Decision
from khabar.loading.proof import compare

if TYPE_CHECKING:
    from khabar.loading.journal import Journal
    from khabar.stores.store import GraphReader


class Action(enum.Enum):
    """What a load does with a graph."""

    REPLACE = "replace"
    KEEP = "keep"
    REMOVE = "remove"
    LEAVE = "leave"


class Step(msgspec.Struct, frozen=True):
    """One graph, as it is meant, and what a load would do with it; what is removed or left is meant to be empty."""

    action: Action
    graph: NamedGraph


def rehearse(
    graphs: Iterable[NamedGraph],
    store: GraphReader,
    journal: Journal,
    *,
    base: str | None,
    prune: bool = False,
    read_all: bool = False,
) -> Iterator[Step]:
    """What `khabar.loading.load.load` would do with each of ``graphs`` at this moment, in its order; it only reads.

    What is to be removed, or would be left, comes last but for the description of the dataset. The note that a load is
    under way is not among the steps. Raises StoreFailed.
    """
    found = plan.held(store, base, journal)
    wanted: set[str] = set()
    for graph in graphs:
        wanted.add(graph.iri)
        if base is not None and plan.is_description(graph.iri):
            for unwanted in sorted((found.counts or {}).keys() - wanted):
                removed = prune and not getattr(graphs, "rejected", 0)
                yield Step(Action.REMOVE if removed else Action.LEAVE, NamedGraph(unwanted, b""))
        decision = plan.decide(graph, found, store.rewrites, read_all=read_all)
        is_there = decision is Decision.KEEP
        if decision is Decision.COMPARE:
            is_there = compare(graph, store.read(graph.iri), store.rewrites).is_equal
        yield Step(Action.KEEP if is_there else Action.REPLACE, graph)
