"""Files of RDF of others: parsed strictly, each graph whole, the same on every reading."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora_at_hand import GRAPHS
from held_graphs import corpus, graph
from khabar.canonical import canonical
from khabar.errors import FileFailed, StoreFailed
from khabar.formats.nquads import nquads_lines
from khabar.graphs import NamedGraph
from khabar.loading.incoming import read_file
from khabar.terms import Quad
from quad_strategies import quads


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def told(path: Path, graph: str | None = None) -> str:
    with pytest.raises(FileFailed) as caught:
        list(read_file(path, graph))
    return str(caught.value)


@pytest.mark.parametrize("name", ["libya", "eastport"])
def test_a_dump_of_a_corpus_is_the_graphs_of_the_corpus(name: str) -> None:
    path = GRAPHS / f"{name}.nq"
    found = list(read_file(path))
    lines = path.read_bytes().splitlines(keepends=True)
    assert sorted(line for each in found for line in each.nquads().splitlines(keepends=True)) == sorted(lines)
    assert found[-1].iri.endswith("graphs/dataset")
    assert [each.iri for each in found[:-1]] == sorted(each.iri for each in found[:-1])


@pytest.mark.parametrize("memory", [0, 300, 10**9])
def test_however_much_memory_there_is_the_graphs_are_the_same(tmp_path: Path, memory: int) -> None:
    graphs = [graph(f"a{number}", "one", str(number)) for number in range(200)]
    path = written(tmp_path, "many.nq", b"".join(each.nquads() for each in corpus(graphs)))
    found = list(read_file(path, memory=memory))
    assert sorted(found, key=lambda each: each.iri) == sorted(corpus(graphs), key=lambda each: each.iri)
    assert found[-1].iri.endswith("graphs/dataset")
    assert list(read_file(path, memory=memory)) == found


@given(quads())
def test_any_document_gives_its_graphs(listed: list[Quad]) -> None:
    text = "".join(nquads_lines(listed, "https://example.org/"))
    with tempfile.TemporaryDirectory() as folder:
        found = list(read_file(written(Path(folder), "x.nq", text), memory=100))
    lines = [line for each in found for line in each.nquads().decode().splitlines(keepends=True)]
    assert sorted(lines) == sorted(text.splitlines(keepends=True))


def test_turtle_goes_to_the_graph_that_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "x.ttl", '@prefix : <urn:x:> . :a :b "é\\u0041"@EN , 1.50 ; a :C .')
    (found,) = read_file(path, "urn:g")
    assert found == NamedGraph.of(
        "urn:g",
        [
            '<urn:x:a> <urn:x:b> "éA"@en .\n'.encode(),
            b'<urn:x:a> <urn:x:b> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n',
            b"<urn:x:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:x:C> .\n",
        ],
    )


def test_triples_without_a_graph_need_one(tmp_path: Path) -> None:
    path = written(tmp_path, "x.trig", "<urn:g> { <urn:a> <urn:b> 1 } <urn:c> <urn:b> 2 .")
    assert told(path) == (
        f"{path}: expected each triple in a named graph, found triples in none"
        " (say which graph they go to: --graph IRI)"
    )
    assert [each.iri for each in read_file(path, "urn:rest")] == ["urn:g", "urn:rest"]
    (both,) = read_file(path, "urn:g")
    assert both.count == 2
    assert told(path, "no iri") == "the name of the graph: expected an absolute IRI, found 'no iri'"


def test_blank_nodes_get_the_same_labels_on_every_reading(tmp_path: Path) -> None:
    one = written(tmp_path, "one.ttl", "<urn:a> <urn:b> [ <urn:c> ( 1 2 ) ] , [ <urn:c> 3 ] .")
    two = written(tmp_path, "two.ttl", "<urn:a> <urn:b> [ <urn:c> 3 ] , _:x . _:x <urn:c> ( 1 2 ) .")
    (first,), (second,) = read_file(one, "urn:g"), read_file(two, "urn:g")
    assert first == second
    assert b"_:c14n0" in first.document
    assert list(read_file(one, "urn:g", memory=0)) == [first]


def test_the_labels_of_many_blank_nodes_are_those_of_rdfc(tmp_path: Path) -> None:
    # A ring of like nodes: the triples around each do not tell it from the others.
    text = "".join(f"_:n{number} <urn:next> _:n{(number + 1) % 12} .\n" for number in range(12))
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.N_TRIPLES))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    expected = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert expected is not None
    (found,) = read_file(written(tmp_path, "ring.nt", text), "urn:g")
    assert found.document == b"".join(sorted(expected.splitlines(keepends=True)))


def test_blank_nodes_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    nodes = range(10)
    clique = "".join(f"_:n{one} <urn:knows> _:n{two} .\n" for one in nodes for two in nodes if one != two)
    path = written(tmp_path, "clique.nt", clique)
    with pytest.raises(FileFailed) as caught:
        list(read_file(path, "urn:g", seconds=1))
    assert str(caught.value) == (
        f"{path}, graph urn:g: expected blank nodes that can be told apart within 1 s, found too many that are alike"
        " (give them IRIs)"
    )


def test_a_blank_node_belongs_to_one_graph(tmp_path: Path) -> None:
    path = written(tmp_path, "x.trig", "<urn:g> { _:x <urn:b> 1 } <urn:h> { _:x <urn:b> 2 }")
    assert told(path) == (
        f"{path}: expected each blank node in one graph, found one in urn:g and urn:h (give it an IRI)"
    )
    path = written(tmp_path, "y.trig", "_:g { <urn:a> <urn:b> 1 }")
    assert told(path) == f"{path}: expected an IRI as the name of each graph, found a blank node"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<urn:a> <urn:b> <<( <urn:a> <urn:b> 1 )>> .", "a triple in a triple"),
        ('<urn:a> <urn:b> "x"@ar--rtl .', 'a literal with a direction, "x"@ar--rtl'),
    ],
)
def test_what_few_stores_hold_is_refused(tmp_path: Path, text: str, found: str) -> None:
    path = written(tmp_path, "x.ttl", text)
    assert told(path, "urn:g") == f"{path}: expected RDF 1.1, found {found}"


def test_what_only_looks_new_is_taken(tmp_path: Path) -> None:
    path = written(tmp_path, "x.ttl", '<urn:a> <urn:b> "<<( --ltr _:x" .')
    (found,) = read_file(path, "urn:g")
    assert found.document == b'<urn:a> <urn:b> "<<( --ltr _:x" .\n'


@pytest.mark.parametrize(
    ("name", "text", "where", "found"),
    [
        ("x.nq", "<urn:a> <urn:b> <urn:c> <urn:g> .\n<urn:a> <urn:b> <c> .\n", ":2:17", "No scheme found"),
        ("x.ttl", "<urn:a> <urn:b> \n  <c> .", ":2:3", "No scheme found"),
        ("x.nt", '<urn:a> <urn:b> "x" <urn:g> .', ":1:", ""),
        ("x.trig", "<urn:g> {", ":1:", "end of file"),
        ("x.nq", b'<urn:a> <urn:b> "\xff" <urn:g> .', ":1:", "UTF-8"),
        ("x.nq.gz", gzip.compress(b"<urn:a> <urn:b> <c> .\n", mtime=0), ":1:17", "No scheme found"),
    ],
)
def test_what_is_not_rdf_is_told_with_its_place(
    tmp_path: Path, name: str, text: str | bytes, where: str, found: str
) -> None:
    path = written(tmp_path, name, text)
    message = told(path, "urn:h")
    assert message.startswith(f"{path}{where}")
    assert "expected RDF as the file's suffix says, found" in message
    assert found in message


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    assert told(tmp_path / "x.nq") == (
        f"{tmp_path}/x.nq: expected RDF as the file's suffix says, found No such file or directory"
    )
    suffixes = "expected a file that ends in .ttl, .trig, .nt, .nq, or one of these and .gz"
    for name, found in (("x.rdf", ".rdf"), ("x.jsonld", ".jsonld"), ("x", "no suffix"), ("x.gz", ".gz")):
        assert told(tmp_path / name) == f"{tmp_path}/{name}: {suffixes}, found {found}"
    whole = gzip.compress(b"<urn:a> <urn:b> <urn:c> <urn:g> .\n" * 1000)
    for text in (b"plain", whole[:-9]):
        path = written(tmp_path, "x.nq.gz", text)
        assert told(path).startswith(f"{path}: expected a whole gzip file, found")
    assert [each.count for each in read_file(written(tmp_path, "y.NQ.gz", whole))] == [1]


@pytest.mark.parametrize("memory", [0, 10**9])
def test_a_description_that_contradicts_its_file_is_refused(tmp_path: Path, memory: int) -> None:
    whole = list(corpus([graph("a", "one"), graph("b", "two")]))
    path = written(tmp_path, "x.nq", b"".join(each.nquads() for each in [graph("a", "other"), *whole[1:]]))
    with pytest.raises(FileFailed) as caught:
        next(read_file(path, memory=memory))
    assert str(caught.value) == (
        f"{path}, graph {whole[-1].iri}: expected the digest of {whole[0].iri} as the file has it,"
        f" found {whole[0].digest} (leave the description out, or take the whole of the corpus)"
    )
    path = written(tmp_path, "y.nq", b"".join(each.nquads() for each in whole[1:]))
    assert "found the digest of a graph that the file does not have" in told(path)


def test_an_empty_file_has_no_graphs(tmp_path: Path) -> None:
    assert list(read_file(written(tmp_path, "x.nq", ""))) == []


def test_the_digest_is_that_of_the_sorted_lines() -> None:
    found = canonical("urn:g", b"<urn:b> <urn:b> <urn:b> .\n<urn:a> <urn:b> <urn:b> .\n<urn:a> <urn:b> <urn:b> .")
    assert found.digest == hashlib.sha256(b"<urn:a> <urn:b> <urn:b> .\n<urn:b> <urn:b> <urn:b> .\n").hexdigest()
    with pytest.raises(StoreFailed) as caught:
        canonical("urn:g", b"<html>")
    assert str(caught.value).startswith("graph urn:g: expected N-Triples, found Parser error at line 1")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_spelling_of_a_text_is_one(text: str) -> None:
    spelled = "".join(f"\\U{ord(sign):08X}" for sign in text)
    one = canonical("urn:g", f'<urn:a> <urn:b> "{spelled}" .'.encode())
    assert canonical("urn:g", one.document) == one
    assert one.count == 1
