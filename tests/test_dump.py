"""Dumps: every named graph whole, in one order, and what is left out is counted."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from corpora_at_hand import GRAPHS
from held_graphs import BASE, HeldGraphs, corpus, graph, journal
from khabar.canonical import canonical
from khabar.errors import StoreFailed
from khabar.loading.dump import FORMS, dump, outside
from khabar.loading.incoming import read_file
from khabar.loading.load import load
from khabar.stores import memory


@pytest.mark.parametrize("name", ["libya", "eastport"])
def test_what_went_in_comes_out(name: str) -> None:
    path = GRAPHS / f"{name}.nq"
    found = list(dump(memory.from_file(path)))
    assert [each.iri for each in found] == sorted(each.iri for each in found)
    lines = sorted(line for each in found for line in each.nquads().splitlines(keepends=True))
    assert lines == sorted(path.read_bytes().splitlines(keepends=True))


@pytest.mark.parametrize(("form", "suffix"), [("nquads", "nq"), ("trig", "trig")])
def test_a_dump_loaded_elsewhere_dumps_the_same(tmp_path: Path, form: str, suffix: str) -> None:
    store = HeldGraphs()
    for each in [*corpus([graph("a", "one"), graph("b", "two")])]:
        store.put(each)
    for name in ("urn:g", "urn:h"):
        store.put(canonical(name, b'<urn:a> <urn:b> _:x .\n_:x <urn:b> "\\u0041 _:y ."@EN .\n_:x <urn:b> _:z .'))
    file = tmp_path / f"dump.{suffix}"
    file.write_bytes(b"".join(FORMS[form](each) for each in dump(store)))
    other = HeldGraphs()
    done = load(read_file(file), other, journal(tmp_path, base=None), base=None)
    assert len(done.sent) == 5
    assert other.writes()[-2:] == [f"replace {BASE}graphs/dataset", "publish"]
    assert list(dump(other)) == list(dump(store))
    assert len(load(read_file(file), other, journal(tmp_path, base=None), base=None).kept) == 5


@pytest.mark.parametrize(("form", "suffix"), [("ntriples", "nt"), ("turtle", "ttl")])
def test_forms_without_graphs_hold_all_triples(tmp_path: Path, form: str, suffix: str) -> None:
    store = HeldGraphs()
    for name in ("urn:g", "urn:h"):
        store.put(canonical(name, b'<urn:a> <urn:b> _:x .\n_:x <urn:b> "_:x ." .'))
    file = tmp_path / f"dump.{suffix}"
    file.write_bytes(b"".join(FORMS[form](each) for each in dump(store)))
    (found,) = read_file(file, "urn:all")
    assert found.count == 4


def test_some_graphs_are_dumped_by_name() -> None:
    store = HeldGraphs()
    for each in (graph("b", "two"), graph("a", "one"), graph("c", "three")):
        store.put(each)
    names = [f"{BASE}graphs/c", f"{BASE}graphs/a"]
    assert [each.iri for each in dump(store, names)] == sorted(names)
    with pytest.raises(StoreFailed) as caught:
        list(dump(store, ["urn:nothing"]))
    assert str(caught.value) == "memory: expected a graph urn:nothing, found none of that name"


def test_triples_outside_of_all_graphs_are_counted() -> None:
    store = HeldGraphs()
    store.put(graph("a", "one"))
    assert outside(store) == 0
    store.store.load(b"<urn:a> <urn:b> <urn:c> , <urn:d> .", pyoxigraph.RdfFormat.TURTLE)
    assert outside(store) == 2
    assert [each.iri for each in dump(store)] == [f"{BASE}graphs/a"]


def test_a_graph_that_comes_short_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    store = HeldGraphs()
    store.put(graph("a", "one", "two"))
    monkeypatch.setattr(store, "read", lambda _: graph("a", "one").document)
    with pytest.raises(StoreFailed) as caught:
        list(dump(store))
    assert str(caught.value) == (
        f"memory, graph {BASE}graphs/a: expected 2 triples, as many as the store counts, found 1"
        " (someone may have written meanwhile: run it again)"
    )
