"""Stores in memory, and which store a target stands for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import khabar
from corpora_at_hand import CORPORA, GRAPHS
from endpoints import file_of
from khabar.errors import FileFailed, QueryRefused
from khabar.pipeline import quads
from khabar.queries.results import plain
from khabar.stores import memory, opening
from khabar.stores.store import Store
from khabar.terms import Literal, Quad
from stored import store

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def some(count: int) -> Iterator[Quad]:
    for number in range(count):
        thing = f"https://example.org/c/events/a.{number}"
        yield Quad(thing, "https://w3id.org/khabar/ns#topic", Literal(f"t{number}"), "https://example.org/c/graphs/a")


def count(asked: Store) -> int:
    return int(plain(asked.select(COUNT).column("n")[0]))


def test_the_default_graph_is_the_union() -> None:
    assert count(memory.from_quads(some(3), "three")) == 3


@pytest.mark.parametrize("suffix", ["ttl", "nq"])
def test_a_file_gives_what_its_corpus_gives(suffix: str) -> None:
    expected = len({quad[:3] for quad in quads(khabar.read(CORPORA["libya"]))})
    assert count(memory.from_file(GRAPHS / f"libya.{suffix}")) == expected


def test_ask_and_its_likes() -> None:
    store = memory.from_quads(some(1), "one")
    assert store.select("ASK { ?s ?p ?o }").truth is True
    with pytest.raises(QueryRefused) as caught:
        store.select("CONSTRUCT WHERE { ?s ?p ?o }")
    assert str(caught.value) == "query: expected SELECT or ASK, found CONSTRUCT or DESCRIBE"
    with pytest.raises(QueryRefused) as caught:
        store.select("SELECT ?s WHERE { ?s ?p }")
    assert str(caught.value).startswith("query: expected SPARQL 1.1, found error at 1:26: expected one of ")


@pytest.mark.parametrize(
    ("name", "text", "where", "found"),
    [
        ("a.ttl", "<http://e/s> <http://e/p> .\n", "a.ttl:1:", "found "),
        ("a.ttl", '<http://e/s> <http://e/p> "x"@en ,\n "open .\n', "a.ttl:2:", "found "),
        ("a.nt", "<http://e/s> <http://e/p o> 1 .\n", "a.nt:1:", "found "),
        ("a.xml", "<x/>", "a.xml: ", "expected a file that ends in .ttl, .trig, .nt, .nq, found .xml"),
        ("graph", "", "graph: ", "expected a file that ends in .ttl, .trig, .nt, .nq, found no suffix"),
    ],
)
def test_a_bad_file_is_told_with_its_line(tmp_path: Path, name: str, text: str, where: str, found: str) -> None:
    with pytest.raises(FileFailed) as caught:
        memory.from_file(file_of(tmp_path, name, text))
    assert str(caught.value).startswith(f"{tmp_path}/{where}")
    assert found in str(caught.value)


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_bytes(b'<http://e/s> <http://e/p> "\xff" .')
    with pytest.raises(FileFailed) as caught:
        memory.from_file(path)
    assert str(caught.value).startswith(str(path))


def test_a_term_that_oxigraph_does_not_hold_is_told(tmp_path: Path) -> None:
    file = file_of(tmp_path, "long.ttl", f'<x:a> <x:b> """{"a" * 17_000_000}""" .')
    with pytest.raises(FileFailed) as caught:
        memory.from_file(file)
    assert caught.value.found == "Reached the buffer maximal size of 16777216"


def test_a_target_is_told_by_looking(tmp_path: Path) -> None:
    asked: list[Path] = []

    def corpus(folder: Path) -> Iterator[Quad]:
        asked.append(folder)
        return some(4)

    (tmp_path / "corpus").mkdir()
    file_of(tmp_path / "corpus", "corpus.yaml", "")
    store(some(2), tmp_path / "store")
    turtle = file_of(tmp_path, "a.ttl", "<http://e/s> <http://e/p> 1 .")
    assert count(opening.open_target(tmp_path / "corpus", corpus)) == 4
    assert asked == [tmp_path / "corpus"]
    assert count(opening.open_target(str(tmp_path / "store"), corpus)) == 2
    assert count(opening.open_target(turtle, corpus)) == 1
    assert opening.open_target("https://example.org/sparql?x=1", corpus).name == "https://example.org/sparql"
    for name, found in (("nowhere", "nothing"), ("corpus/..", "a folder without corpus.yaml")):
        with pytest.raises(FileFailed) as caught:
            opening.open_target(tmp_path / name, corpus)
        assert str(caught.value) == (
            f"{tmp_path / name}: expected a corpus (a folder with corpus.yaml), a file of RDF, the folder of a store,"
            f" or an address, found {found}"
        )


def test_prefixes_are_those_of_the_one_corpus_in_a_store() -> None:
    libya = list(quads(khabar.read(CORPORA["libya"])))
    eastport = list(quads(khabar.read(CORPORA["eastport"])))
    base = khabar.read(CORPORA["libya"]).header.base
    assert opening.prefixes(memory.from_quads(libya, "one"))["events"] == f"{base}events/"
    assert opening.prefixes(memory.from_quads([*libya, *eastport], "two")) == {}
    assert opening.prefixes(memory.from_quads(some(1), "none")) == {}
