"""The graphs of the corpora in this repository: by bytes, by isomorphism, in every format and order."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyld
import pyoxigraph
import pytest
import rdflib
import rdflib.compare

import khabar
from corpora_at_hand import CORPORA, GRAPHS
from khabar import vocabulary
from khabar.description import VOID
from khabar.formats import FORMATS, SUFFIXES
from khabar.formats.nquads import named_graphs
from khabar.pipeline import lines, quads
from khabar.terms import Literal

corpora = pytest.mark.parametrize("name", CORPORA)


def document(name: str, format: str) -> str:
    return "".join(lines(khabar.read(CORPORA[name]), format))


def read_quads(text: str, format: pyoxigraph.RdfFormat) -> set[pyoxigraph.Quad]:
    return set(pyoxigraph.parse(text.encode(), format=format))


@corpora
@pytest.mark.parametrize("format", ["turtle", "nquads"])
def test_the_graph_is_the_golden_one_to_the_byte(name: str, format: str) -> None:
    golden = GRAPHS / f"{name}{SUFFIXES[format]}"
    assert document(name, format) == golden.read_text("utf-8"), (
        "if it is meant: python tests/refresh_graphs.py, and read the diff"
    )


@corpora
def test_the_golden_turtle_is_isomorphic_to_the_golden_nquads(name: str) -> None:
    turtle = rdflib.Graph().parse(GRAPHS / f"{name}.ttl")
    nquads = rdflib.Dataset(default_union=True)
    nquads.parse(GRAPHS / f"{name}.nq", format="nquads")
    union = rdflib.Graph()
    for triple in nquads.triples((None, None, None)):
        union.add(triple)
    assert rdflib.compare.isomorphic(turtle, union)


@corpora
def test_there_are_no_blank_nodes_and_no_quad_twice(name: str) -> None:
    found = list(quads(khabar.read(CORPORA[name])))
    assert len(found) == len(set(found))
    for quad in found:
        for term in quad:
            assert isinstance(term, Literal) or term.startswith(("http://", "https://"))


@corpora
def test_jsonld_is_the_nquads_in_two_processors(name: str) -> None:
    text = document(name, "jsonld")
    expected = read_quads(document(name, "nquads"), pyoxigraph.RdfFormat.N_QUADS)

    def refused(url: str, _options: object) -> dict[str, object]:
        raise AssertionError(f"the document made its reader fetch {url}")

    by_pyld = pyld.jsonld.to_rdf(json.loads(text), {"format": "application/n-quads", "documentLoader": refused})
    assert read_quads(by_pyld, pyoxigraph.RdfFormat.N_QUADS) == expected
    dataset = rdflib.Dataset()
    dataset.parse(data=text, format="json-ld")
    by_rdflib = "\n".join(sorted(line for line in dataset.serialize(format="nquads").split("\n") if line))
    assert read_quads(by_rdflib, pyoxigraph.RdfFormat.N_QUADS) == expected


@corpora
@pytest.mark.parametrize(
    ("format", "reader"),
    [
        ("turtle", pyoxigraph.RdfFormat.TURTLE),
        ("ntriples", pyoxigraph.RdfFormat.N_TRIPLES),
        ("rdfxml", pyoxigraph.RdfFormat.RDF_XML),
    ],
)
def test_a_format_without_graphs_says_the_union(name: str, format: str, reader: pyoxigraph.RdfFormat) -> None:
    expected = {quad.triple for quad in read_quads(document(name, "nquads"), pyoxigraph.RdfFormat.N_QUADS)}
    assert {quad.triple for quad in read_quads(document(name, format), reader)} == expected


@corpora
def test_trig_says_the_nquads(name: str) -> None:
    assert read_quads(document(name, "trig"), pyoxigraph.RdfFormat.TRIG) == read_quads(
        document(name, "nquads"), pyoxigraph.RdfFormat.N_QUADS
    )


@corpora
def test_the_rdflib_dataset_says_the_nquads(name: str) -> None:
    dataset = khabar.graph(khabar.read(CORPORA[name]))
    written = dataset.serialize(format="nquads")
    assert read_quads(written, pyoxigraph.RdfFormat.N_QUADS) == read_quads(
        document(name, "nquads"), pyoxigraph.RdfFormat.N_QUADS
    )


@pytest.mark.parametrize("format", FORMATS)
def test_output_is_the_same_for_every_hash_seed(format: str) -> None:
    program = (
        f"import sys, khabar; from khabar.pipeline import lines; sys.stdout.reconfigure(encoding='utf-8'); "
        f"sys.stdout.writelines(lines(khabar.read({str(CORPORA['eastport'])!r}), {format!r}))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert seen == {document("eastport", format).encode()}


@pytest.mark.parametrize("format", FORMATS)
def test_output_is_the_same_for_every_order_and_name_of_files(format: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(CORPORA["eastport"], copy)
    for folder in ("entities", "articles"):
        files = sorted((copy / folder).glob("*.yaml"))
        for number, file in enumerate(files):
            file.rename(file.with_name(f"{len(files) - number:02}-moved.yaml"))
    assert "".join(lines(khabar.read(copy), format)) == document("eastport", format)


def test_writing_to_a_file_gives_the_document(tmp_path: Path) -> None:
    corpus = khabar.read(CORPORA["example"])
    khabar.write(corpus, tmp_path / "graph.ttl")
    khabar.write(corpus, tmp_path / "graph.nq", "nquads")
    assert (tmp_path / "graph.ttl").read_text("utf-8") == document("example", "turtle")
    assert (tmp_path / "graph.nq").read_text("utf-8") == document("example", "nquads")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graph.nq", "graph.ttl"]


@corpora
def test_the_dataset_tells_the_size_and_the_digest_of_every_other_graph(name: str) -> None:
    found = list(quads(khabar.read(CORPORA[name])))
    documents = {graph.iri: graph for graph in named_graphs(found)}
    dataset = next(iri for iri in documents if iri.endswith("/graphs/dataset"))
    told: dict[str, dict[str, Literal]] = {}
    for subject, predicate, value, graph in found:
        if graph == dataset and isinstance(value, Literal) and subject in documents:
            told.setdefault(subject, {})[predicate] = value
    assert told.keys() == documents.keys() - {dataset}
    for iri, values in told.items():
        told_digest = values.get(vocabulary.term("graphDigest"))
        if iri.endswith("/graphs/derived"):
            assert told_digest is None
        else:
            assert told_digest == Literal(documents[iri].digest)
        assert values[VOID + "triples"].lexical == str(documents[iri].count)


@corpora
def test_no_document_says_that_it_is_being_loaded(name: str) -> None:
    assert not [quad for quad in quads(khabar.read(CORPORA[name])) if quad.predicate == vocabulary.term("beingLoaded")]
