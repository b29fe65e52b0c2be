"""The store in a folder, as it is read: by queries of khabar, and as an rdflib dataset."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from rdflib.query import ResultRow

import khabar
from answers import ASKED, BUNDLED, Question, by_oxigraph, prefixes
from corpora_at_hand import CORPORA
from endpoints import file_of
from khabar import pipeline
from khabar.errors import FileFailed, StoreFailed
from khabar.queries import results
from khabar.queries.results import Rows
from khabar.stores import swap
from khabar.stores.embedded import open_folder
from khabar.stores.rdflib_dataset import open_dataset
from khabar.stores.store import Store
from khabar.terms import LANG_STRING, XSD_STRING, Literal
from stored import found, graph, names, published, store, store_graphs

OLD = ("a", "b", "c", "d", "e", "f", "g")
# How many rows each has in the old store, and in the one that takes its place.
PATTERNS = {
    "?s ?p ?o": (700, 5),
    "<https://e.org/a/1> ?p ?o": (1, 1),
    '?s ?p "old"': (700, 0),
    "?s <https://e.org/says> ?o": (700, 5),
    "GRAPH <https://e.org/graphs/a> { ?s ?p ?o }": (100, 5),
    "GRAPH ?g { ?s <https://e.org/says> ?o }": (700, 5),
    "GRAPH ?g {}": (7, 1),
}


def ask(reader: Store, patterns: Iterable[str] = PATTERNS) -> list[int]:
    return [len(reader.select(f"SELECT * WHERE {{ {pattern} }}")) for pattern in patterns]


def many_tables(folder: Path) -> None:
    """A store of more table files than Oxigraph opens at once: sixteen."""
    opened = pyoxigraph.Store(str(folder))
    for name in OLD:
        opened.bulk_load(graph(name, 100, "old").nquads(), pyoxigraph.RdfFormat.N_QUADS)
    assert len(list(folder.glob("*.sst"))) > 16


def test_a_reader_of_a_store_that_is_gone_asks_the_one_in_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    many_tables(folder)
    plain, reader = pyoxigraph.Store.read_only(str(folder)), open_folder(folder)
    # No table of the old store is in the new one, as after many loads.
    store_graphs([graph("a", 5, "new")], tmp_path / "new")
    swap.exchange(tmp_path / "new", folder)
    shutil.rmtree(tmp_path / "new")
    missed = []
    for pattern in PATTERNS:
        try:
            list(plain.query(f"SELECT * WHERE {{ {pattern} }}", use_default_graph_as_union=True))  # type: ignore[arg-type]
        except (OSError, RuntimeError):
            missed.append(pattern)
    # What Oxigraph had not yet opened is gone with the old store; khabar's reader answers all the same.
    assert missed
    assert all(rows in PATTERNS[pattern] for pattern, rows in zip(PATTERNS, ask(reader), strict=True))
    # Once it has opened the new store it stays there.
    assert ask(reader) == [new for _, new in PATTERNS.values()]
    assert len(reader) == 5
    assert found(graph("a"), reader.read(graph("a").iri)) == graph("a", 5, "new")


def test_a_reader_whose_store_is_gone_for_good_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    many_tables(folder)
    reader = open_folder(folder)
    shutil.rmtree(folder)
    with pytest.raises(FileFailed) as caught:
        ask(reader)
    assert str(caught.value) == f"{folder}: expected the folder of a store, found nothing"


def test_a_reader_is_told_of_a_file_that_was_taken_from_its_store(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    many_tables(folder)
    reader = open_folder(folder)
    for table in folder.glob("*.sst"):
        table.unlink()
    with pytest.raises(StoreFailed) as caught:
        ask(reader)
    assert str(caught.value).startswith(f"{folder}: expected an answer to the query, found ")


def test_an_open_reader_keeps_what_it_saw(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    store_graphs([graph("a")], folder)
    reader = open_folder(folder)
    store_graphs([graph("a", text="new")], folder)
    assert found(graph("a"), reader.read(graph("a").iri)) == graph("a")
    assert published(graph("a"), folder) == graph("a", text="new")


def test_a_store_that_is_replaced_while_it_opens_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_graphs([graph("a")], tmp_path / "store")
    store_graphs([graph("a", text="new")], tmp_path / "new")
    opened = pyoxigraph.Store.read_only
    tries: list[str] = []

    class Replaced:
        @staticmethod
        def read_only(path: str) -> pyoxigraph.Store:
            tries.append(path)
            if len(tries) == 1:
                swap.exchange(tmp_path / "new", tmp_path / "store")
                raise OSError("Corruption: Sst file size mismatch")
            return opened(path)

    monkeypatch.setattr(pyoxigraph, "Store", Replaced)
    assert published(graph("a"), tmp_path / "store") == graph("a", text="new")
    assert len(tries) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has the one-step exchange under this name")
def test_linux_swaps_in_one_step(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        file_of(tmp_path / name, "which", name)
    if not swap._swap(tmp_path / "one", tmp_path / "two"):
        pytest.skip("this file system cannot exchange two folders")
    assert (tmp_path / "one" / "which").read_text() == "two"
    assert (tmp_path / "two" / "which").read_text() == "one"


@pytest.mark.parametrize(("make", "found"), [("folder", "another folder"), ("file", "a file"), ("none", "nothing")])
def test_what_is_no_store_is_told(tmp_path: Path, make: str, found: str) -> None:
    path = tmp_path / "x"
    if make == "folder":
        path.mkdir()
    elif make == "file":
        path.touch()
    for opening in (open_folder, open_dataset):
        with pytest.raises(FileFailed) as caught:
            opening(path)
        assert str(caught.value) == f"{path}: expected the folder of a store, found {found}"


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    store_graphs([graph("a")], tmp_path / "store")
    (tmp_path / "store" / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreFailed) as caught:
        open_folder(tmp_path / "store")
    assert str(caught.value).startswith(f"{tmp_path}/store: expected a store that Oxigraph can open, found ")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """A store of each corpus that the golden answers are about."""
    made = tmp_path_factory.mktemp("stores")
    for corpus in ASKED:
        store(pipeline.quads(khabar.read(CORPORA[corpus])), made / corpus)
    yield {corpus: made / corpus for corpus in ASKED}
    assert names(made) == sorted(ASKED)


@pytest.mark.parametrize("corpus", ASKED)
def test_bundled_queries_give_the_golden_rows_through_rdflib(folders: dict[str, Path], corpus: str) -> None:
    dataset = open_dataset(folders[corpus])
    for query in BUNDLED:
        question = Question(corpus, query)
        answer = dataset.query(question.text)
        columns = tuple(map(str, answer.vars or ()))
        rows = tuple(tuple(map(_term, row)) for row in answer if isinstance(row, ResultRow))
        assert results.text(Rows(columns=columns, rows=rows), "tsv") == question.golden.read_text("utf-8"), query


@pytest.mark.parametrize("corpus", ASKED)
def test_bundled_queries_give_the_golden_rows_in_the_folder(folders: dict[str, Path], corpus: str) -> None:
    reader = open_folder(folders[corpus])
    for query in BUNDLED:
        question = Question(corpus, query)
        assert reader.select(question.text) == by_oxigraph(question), query


def test_an_rdflib_dataset_has_the_union_the_graphs_and_the_prefixes(folders: dict[str, Path]) -> None:
    corpus = khabar.read(CORPORA["libya"])
    dataset, in_memory = open_dataset(folders["libya"]), khabar.graph(corpus)
    assert len(dataset) == len(in_memory)
    assert set(dataset.triples((None, rdflib.RDF.type, None))) == set(in_memory.triples((None, rdflib.RDF.type, None)))
    article = rdflib.URIRef(f"{corpus.header.base}graphs/{corpus.articles[0].article.id}")
    assert {*dataset.graph(article)} == {*in_memory.graph(article)}
    bound = dict(dataset.namespaces())
    for prefix, namespace in prefixes("libya").items():
        assert str(bound[prefix]) == namespace
    assert list(dataset.query("SELECT ?a WHERE { ?a a khb:Article }"))
    assert dataset.query("ASK { ?a a khb:Article }").askAnswer
    asked = "CONSTRUCT WHERE { ?a a khb:Article ; ?p ?o }"
    assert {*dataset.query(asked)} == {*in_memory.query(asked)}
    with pytest.raises(RuntimeError, match="read-write"):
        dataset.add((article, rdflib.RDF.type, article))


def _term(value: object) -> str | Literal | None:
    if isinstance(value, rdflib.Literal):
        datatype = LANG_STRING if value.language else str(value.datatype or XSD_STRING)
        return Literal(str(value), datatype, value.language or "")
    return None if value is None else str(value)
