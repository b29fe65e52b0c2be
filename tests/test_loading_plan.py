"""What is done with a graph, given what is known of a store; what a store is asked, page by page."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from held_graphs import BASE, HeldGraphs, corpus, graph, journal
from khabar.graphs import NamedGraph
from khabar.loading import plan
from khabar.loading.plan import Decision, Held, base_of, decide, described, held, is_description, marker
from khabar.queries import catalogue
from khabar.queries.results import Rows
from khabar.vocabulary import property_of

G = graph("a", "one", "two")
OTHER = graph("a", "one", "three")
THERE = {G.iri: 2}
LOAD = {BASE: frozenset({"x"})}


@pytest.mark.parametrize(
    ("found", "decision"),
    [
        (Held(counts={}), Decision.SEND),
        (Held(counts={G.iri: 1}, digests={G.iri: G.digest}), Decision.SEND),
        (Held(counts=THERE, digests={G.iri: G.digest}), Decision.KEEP),
        (Held(counts=THERE, digests={G.iri: OTHER.digest}), Decision.SEND),
        (Held(counts=THERE), Decision.COMPARE),
        (Held(counts=THERE, digests={G.iri: G.digest}, loads=LOAD), Decision.COMPARE),
        (Held(counts=THERE, digests={G.iri: OTHER.digest}, loads=LOAD), Decision.COMPARE),
        (Held(counts=THERE, digests={G.iri: G.digest}, loads={BASE + "b/": frozenset({"x"})}), Decision.KEEP),
        (Held(counts=THERE, confirmed={G.iri: G.digest}, loads=LOAD), Decision.KEEP),
        (Held(counts=THERE, confirmed={G.iri: OTHER.digest}, digests={G.iri: G.digest}, loads=LOAD), Decision.SEND),
        (Held(counts={G.iri: 3}, confirmed={G.iri: G.digest}, loads=LOAD), Decision.SEND),
        (Held(counts=THERE, digests={G.iri: G.digest}, doubtful=frozenset({G.iri})), Decision.COMPARE),
        (Held(), Decision.COMPARE),
        (Held(digests={G.iri: G.digest}), Decision.COMPARE),
    ],
)
def test_a_digest_is_trusted_only_where_it_can_be(found: Held, decision: Decision) -> None:
    assert decide(G, found) is decision


def test_reading_all_trusts_nothing() -> None:
    found = Held(counts=THERE, digests={G.iri: G.digest})
    assert decide(G, found, read_all=True) is Decision.COMPARE
    assert decide(graph("b"), found, read_all=True) is Decision.COMPARE
    assert decide(graph("b"), found) is Decision.KEEP


def test_a_count_is_the_one_that_the_store_makes_of_it() -> None:
    shorter = [lambda line: line.replace(b"one", b"two")]
    assert decide(G, Held(counts={G.iri: 1}, digests={G.iri: G.digest}), shorter) is Decision.KEEP
    assert decide(G, Held(counts={G.iri: 1}, digests={G.iri: G.digest})) is Decision.SEND
    assert decide(G, Held(counts={G.iri: 3}, digests={G.iri: G.digest}), shorter) is Decision.SEND


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("https://e.org/a/graphs/x", "https://e.org/a/"),
        ("https://e.org/a#graphs/x", "https://e.org/a#"),
        ("https://e.org/graphs/graphs/x", "https://e.org/graphs/"),
        ("https://e.org/a/graphs/x/y", None),
        ("https://e.org/a/graphs/", None),
        ("https://e.org/agraphs/x", None),
        ("urn:g", None),
    ],
)
def test_the_name_of_a_graph_tells_its_corpus(name: str, base: str | None) -> None:
    assert base_of(name) == base


def test_a_description_tells_digests() -> None:
    *graphs, description = corpus([G, graph("b", "x")])
    assert described(description) == {each.iri: each.digest for each in graphs}
    assert [is_description(each.iri) for each in (*graphs, description)] == [False, False, True]
    assert not is_description("https://e.org/dataset")


def test_what_is_held_is_asked_of_the_store(tmp_path: Path) -> None:
    store = HeldGraphs()
    theirs = BASE + "b/"
    for each in [*corpus([G]), *corpus([graph("a", "x", base=theirs)], base=theirs)]:
        store.put(each)
    # What another graph says of digests and loads is hearsay.
    store.store.load(
        f'<{BASE}> <http://rdfs.org/ns/void#subset> <{G.iri}> . <{BASE}> <{property_of("being_loaded")}> "y" .'
        f' <{G.iri}> <{property_of("graph_digest")}> "00" .'.encode(),
        pyoxigraph.RdfFormat.TURTLE,
        to_graph=pyoxigraph.NamedNode("urn:copy"),
    )
    own = journal(tmp_path)
    assert held(store, BASE, own) == Held(digests={G.iri: G.digest}, counts={G.iri: 2, f"{BASE}graphs/dataset": 4})
    store.add(marker(BASE, "z"))
    store.add(marker(BASE, own.load))
    assert held(store, BASE, own).loads == {BASE: frozenset({"z", own.load})}
    everything = held(store, None, own)
    assert everything.digests.keys() == {G.iri, f"{theirs}graphs/a"}
    assert everything.counts is None


@pytest.mark.parametrize("limit", [1, 2, 5000])
def test_a_store_that_gives_few_rows_is_asked_until_it_gives_none(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    store = HeldGraphs()
    for each in corpus([graph(f"a{number}", str(number)) for number in range(5)]):
        store.put(each)
    store.put(NamedGraph("urn:y", G.document))
    whole = plan.counts(store, None)
    select = store.select

    def few(text: str) -> Rows:
        rows = select(text)
        return Rows(columns=rows.columns, rows=rows.rows[:limit])

    monkeypatch.setattr(store, "select", few)
    assert plan.counts(store, None) == whole
    assert len(whole) == 7
    assert len(plan.counts(store, BASE)) == 6


def test_a_load_under_way_is_a_row_of_a_bundled_query() -> None:
    store = HeldGraphs()
    store.add(marker(BASE, "one"))
    rows = store.select(catalogue.find("loads-under-way").text)
    assert rows.texts() == ({"corpus": BASE, "load": "one"},)
