"""Loads of graphs that are no corpus: each is compared, nothing is removed, and no description is left with a lie."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from held_graphs import BASE, Died, HeldGraphs, Life, corpus, graph, journal
from khabar.errors import StoreFailed
from khabar.graphs import NamedGraph
from khabar.loading.load import Loaded, load
from khabar.loading.plan import description_of, loads
from khabar.loading.sending import Pace

OLD = (graph("a", "one", "two"), graph("b", "three"), graph("c", "four"))
NEW = (graph("a", "1", "2"), graph("b", "3"), graph("d", "4"))
MINE = (
    NamedGraph.of("urn:g", [b"<urn:a> <urn:b> <urn:c> .\n"]),
    NamedGraph.of("urn:h", [b"_:c14n0 <urn:b> <urn:c> .\n"]),
)
DESCRIPTION = description_of(BASE)


def filed(store: HeldGraphs, folder: Path, graphs: Iterable[NamedGraph], life: Life | None = None) -> Loaded:
    store.life = life or Life()
    return load(graphs, store, journal(folder, base=None, life=store.life), base=None, pace=Pace(graphs=2))


def full(store: HeldGraphs, folder: Path, graphs: Iterable[NamedGraph]) -> Loaded:
    store.life = Life()
    return load(corpus(graphs), store, journal(folder / "corpus"), base=BASE, prune=True)


def content(*graphs: NamedGraph) -> dict[str, NamedGraph]:
    return {each.iri: each for each in graphs}


def test_graphs_of_anyone_are_sent_once(tmp_path: Path) -> None:
    store = HeldGraphs()
    store.put(NamedGraph.of("urn:other", [b"<urn:a> <urn:b> <urn:c> .\n"]))
    before = store.content()
    assert filed(store, tmp_path, MINE).sent == ("urn:g", "urn:h")
    assert store.content() == before | content(*MINE)
    assert store.writes() == ["replace urn:g", "replace urn:h", "publish"]
    store.calls.clear()
    store.is_resumed = False
    done = filed(store, tmp_path, MINE)
    assert (done.kept, done.left, store.writes()) == (("urn:g", "urn:h"), (), [])


def test_an_article_put_into_a_corpus_makes_its_description_doubtful(tmp_path: Path) -> None:
    store = HeldGraphs()
    full(store, tmp_path, OLD)
    filed(store, tmp_path, [graph("b", "forged")])
    assert loads(store, None).keys() == {BASE}
    done = full(store, tmp_path, OLD)
    assert done.sent == (f"{BASE}graphs/b", DESCRIPTION)
    assert loads(store, None) == {}
    assert store.content() == content(*corpus(OLD))


def test_the_dump_of_a_corpus_brings_its_description(tmp_path: Path) -> None:
    store = HeldGraphs()
    full(store, tmp_path, OLD)
    store.replaced.clear()
    filed(store, tmp_path, corpus(NEW))
    assert store.replaced == [*(each.iri for each in NEW), DESCRIPTION]
    assert loads(store, None) == {}
    assert store.content() == content(*corpus(NEW)) | content(OLD[2])
    assert full(store, tmp_path, NEW).removed == (OLD[2].iri,)


def test_a_description_that_contradicts_what_came_with_it_is_not_sent(tmp_path: Path) -> None:
    store = HeldGraphs()
    with pytest.raises(StoreFailed) as caught:
        filed(store, tmp_path, [graph("a", "other"), *list(corpus(OLD))[1:]])
    assert str(caught.value) == (
        f"graph {DESCRIPTION}: expected the digests of the graphs that came before it, found another for {OLD[0].iri}"
    )
    assert DESCRIPTION not in store.content()


def test_wherever_the_load_of_a_dump_ends_the_corpus_can_be_loaded_again(tmp_path: Path) -> None:
    complete = Life()
    before = HeldGraphs()
    full(before, tmp_path, OLD)
    filed(before.copy(), tmp_path, corpus(NEW), complete)
    assert complete.steps > 25
    for last in range(complete.steps):
        for graphs in (OLD, NEW):
            store = before.copy()
            folder = tmp_path / f"{last}-{graphs is OLD}"
            folder.mkdir()
            with contextlib.suppress(Died):
                filed(store, folder, corpus(NEW), Life(last))
            full(store, folder, graphs)
            assert store.content() == content(*corpus(graphs)), last
        store = before.copy()
        with contextlib.suppress(Died):
            filed(store, tmp_path, corpus(NEW), Life(last))
        there = {iri for iri, each in store.content().items() if content(*corpus(NEW)).get(iri) == each}
        store.replaced.clear()
        filed(store, tmp_path, corpus(NEW))
        assert store.content() == content(*corpus(NEW)) | content(OLD[2]), last
        assert not set(store.replaced) & there, last
