"""What differs between a store and what is wanted there: every triple, and nothing that is no difference."""

from __future__ import annotations

import pyoxigraph
from hypothesis import given
from hypothesis import strategies as st

from held_graphs import BASE, HeldGraphs, corpus, graph
from khabar.graphs import NamedGraph
from khabar.loading.difference import GraphDifference, differences, patch, text

LINE = f"<{BASE}articles/%s> <http://purl.org/dc/terms/title> %s .\n"


def line(name: str, word: str) -> bytes:
    return (LINE % (name, f'"{word}"@en')).encode()


def held(*graphs: NamedGraph) -> HeldGraphs:
    store = HeldGraphs()
    for each in graphs:
        store.put(each)
    return store


def test_equal_graphs_do_not_differ() -> None:
    graphs = list(corpus([graph("a", "one"), graph("b", "two"), graph("c")]))
    store = held(*graphs, graph("a", "theirs", base=BASE + "b/"))
    assert list(differences(graphs, store, BASE)) == []
    assert "".join(text([])) == "".join(patch([])) == ""
    assert store.writes() == []


def test_missing_extra_and_differing_graphs_are_told_with_their_triples() -> None:
    store = held(graph("a", "one", "two"), graph("b", "b"), graph("old", "1", "2"))
    found = list(differences([graph("a", "two", "three"), graph("b", "b"), graph("new", "n")], store, BASE))
    assert found == [
        GraphDifference(f"{BASE}graphs/a", "differing", (line("a", "one"),), (line("a", "three"),)),
        GraphDifference(f"{BASE}graphs/new", "missing", (), (line("new", "n"),)),
        GraphDifference(f"{BASE}graphs/old", "extra", (line("old", "1"), line("old", "2"))),
    ]
    assert "".join(text(found)) == (
        f"differing <{BASE}graphs/a> -1 +1\n- {line('a', 'one').decode()}+ {line('a', 'three').decode()}"
        f"missing <{BASE}graphs/new> -0 +1\n+ {line('new', 'n').decode()}"
        f"extra <{BASE}graphs/old> -2 +0\n- {line('old', '1').decode()}- {line('old', '2').decode()}"
    )


def test_without_a_corpus_nothing_is_extra() -> None:
    store = held(NamedGraph("urn:a", b""), graph("old", "1"))
    assert list(differences([graph("a", "one")], store, None)) == [
        GraphDifference(f"{BASE}graphs/a", "missing", (), (line("a", "one"),))
    ]


def test_what_a_store_is_known_to_rewrite_is_no_difference() -> None:
    wanted = NamedGraph.of("urn:g", [b'<urn:a> <urn:b> "1.50" .\n', b'<urn:a> <urn:b> "2" .\n'])
    store = held(NamedGraph.of("urn:g", [b'<urn:a> <urn:b> "1.5" .\n', b'<urn:a> <urn:b> "3" .\n']))
    store.changes = [lambda each: each.replace(b"1.50", b"1.5")]
    assert list(differences([wanted], store, None)) == [
        GraphDifference("urn:g", "differing", (b'<urn:a> <urn:b> "3" .\n',), (b'<urn:a> <urn:b> "2" .\n',))
    ]


def test_a_line_that_looks_like_another_end_of_a_triple_is_patched_whole() -> None:
    odd = NamedGraph.of("urn:g", [b'<urn:a> <urn:b> "x <urn:h> .\\n" .\n'])
    found = list(differences([odd], held(), None))
    assert "".join(patch(found)) == 'TX .\nA <urn:a> <urn:b> "x <urn:h> .\\n" <urn:g> .\nTC .\n'


words = st.dictionaries(st.sampled_from("abc"), st.lists(st.sampled_from(["1", "2", "3"])), max_size=3)


@given(words, words)
def test_a_patch_makes_the_store_what_is_wanted(before: dict[str, list[str]], after: dict[str, list[str]]) -> None:
    wanted = [graph(name, *texts) for name, texts in after.items()]
    store = held(*(graph(name, *texts) for name, texts in before.items()))
    for row in patch(differences(wanted, store, BASE)):
        sign, _, quad = row.partition(" ")
        if sign in ("A", "D"):
            (parsed,) = pyoxigraph.parse(quad, format=pyoxigraph.RdfFormat.N_QUADS)
            (store.store.add if sign == "A" else store.store.remove)(parsed)
        else:
            assert row in ("TX .\n", "TC .\n")
    assert store.content() == {each.iri: each for each in wanted if each.count}
