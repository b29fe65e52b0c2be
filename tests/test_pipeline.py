from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib

import khabar
from corpora_at_hand import CORPORA
from khabar import pipeline, vocabulary
from khabar.model import Corpus
from khabar.queries.results import plain
from khabar.terms import Quad
from stored import store

EXAMPLE = CORPORA["example"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "corpus"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("name", CORPORA)
def test_the_corpora_of_this_repository_have_no_fault(name: str) -> None:
    folder = CORPORA[name]
    texts = {path.stem: path for path in (folder / "texts").glob("*.txt")}
    assert khabar.check(folder, texts=texts) == ()


def test_read_raises_every_fault_of_reading_and_between_records(copy: Path) -> None:
    article = next((copy / "articles").glob("*.yaml"))
    change(article, "publisher: harbour-times", "publisher: harbour-tims")
    with pytest.raises(khabar.FaultyData) as raised:
        khabar.read(copy)
    assert [fault.code for fault in raised.value.faults] == ["KH021"]
    assert khabar.check(copy) == raised.value.faults


def test_check_tells_what_a_shape_finds_at_the_line_of_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = vocabulary.property_of("evidence")
    victim = next(quad.subject for quad in pipeline.quads(khabar.read(EXAMPLE)) if quad.predicate == evidence)
    real = pipeline.quads

    def without_evidence(corpus: Corpus) -> Iterator[Quad]:
        return (quad for quad in real(corpus) if (quad.subject, quad.predicate) != (victim, evidence))

    # The checks of records leave nothing for the shapes to find, so the graph is broken on its way to them.
    monkeypatch.setattr(pipeline.records, "quads", without_evidence)
    faults = khabar.check(EXAMPLE)
    assert {fault.code for fault in faults} == {"KH070"}
    slug = victim.rpartition("/")[2].split(".")[1]
    told = next(fault for fault in faults if slug in fault.keys)
    assert "evidence" in told.keys
    line = Path(told.path).read_text("utf-8").splitlines()[told.line - 1]
    assert line[told.column - 1 :].startswith("evidence: {")


def test_passages_are_proved_only_with_the_text(copy: Path) -> None:
    text = next((copy / "texts").glob("*.txt"))
    text.write_text("Nothing of the kind.\n", "utf-8")
    codes = {fault.code for fault in khabar.check(copy, texts={text.stem: text})}
    assert codes == {"KH050", "KH053"}
    assert khabar.check(copy) == ()


def test_a_corpus_is_asked_as_a_value_a_folder_a_file_a_store_and_a_store_folder(tmp_path: Path) -> None:
    corpus = khabar.read(EXAMPLE)
    khabar.write(corpus, tmp_path / "graph.ttl")
    khabar.write(corpus, tmp_path / "graph.nq", "nquads")
    store(pipeline.quads(corpus), tmp_path / "store")
    targets = (
        corpus,
        EXAMPLE,
        str(EXAMPLE),
        tmp_path / "graph.ttl",
        tmp_path / "graph.nq",
        tmp_path / "store",
        pipeline.open_store(EXAMPLE),
    )
    answers = [khabar.query(target, "denials") for target in targets]
    assert len(answers[0])
    assert all(answer == answers[0] for answer in answers)


def test_parameters_are_given_by_id_and_by_iri() -> None:
    corpus = khabar.read(EXAMPLE)
    claims = khabar.query(corpus, "SELECT ?c WHERE { ?c a <https://w3id.org/khabar/ns#Claim> } ORDER BY ?c").column("c")
    iri = plain(claims[0])
    by_iri = khabar.query(corpus, "chain-of-transmission", claim=iri)
    by_id = khabar.query(corpus, "chain-of-transmission", claim=iri.rpartition("/")[2])
    assert len(by_iri)
    assert by_iri == by_id


def test_the_dataset_answers_the_queries_as_they_stand_in_the_files() -> None:
    dataset = khabar.graph(khabar.read(EXAMPLE))
    assert isinstance(dataset, rdflib.Dataset)
    stands = dataset.query("PREFIX khb: <https://w3id.org/khabar/ns#> ASK { ?claim khb:standing khb:contested }")
    assert stands.askAnswer
    assert ("khb", rdflib.URIRef("https://w3id.org/khabar/ns#")) in set(dataset.namespaces())


def test_a_rule_gives_what_it_makes_of_the_graph_and_nothing_else(tmp_path: Path) -> None:
    corpus = khabar.read(EXAMPLE)
    standing = vocabulary.term("standing")
    everything = set(pipeline.quads(corpus))
    uncontested = {quad.subject for quad in everything if quad[1:3] == (standing, vocabulary.term("uncontested"))}
    made = list(pipeline.quads(corpus, "uncontested"))
    assert made
    assert {quad.subject for quad in made} <= uncontested
    assert {quad[:3] for quad in made} <= {quad[:3] for quad in everything}
    assert set(pipeline.quads(corpus, "standing")) == {quad for quad in everything if quad.predicate == standing}
    khabar.write(corpus, tmp_path / "annotations.ttl", rule="annotations")
    annotations = rdflib.Graph().parse(tmp_path / "annotations.ttl")
    passages = {quad.subject for quad in everything if quad.object == vocabulary.term("Passage")}
    targets = annotations.objects(None, rdflib.URIRef("http://www.w3.org/ns/oa#hasTarget"))
    assert {str(target) for target in targets} == passages


def test_an_unknown_query_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(khabar.QueryRefused, match=r"did you mean denials\?"):
        khabar.query(EXAMPLE, "denial")


def test_an_unreadable_target_is_told() -> None:
    with pytest.raises(khabar.FileFailed, match=r"nowhere: expected a corpus .*, found nothing"):
        khabar.query("nowhere", "denials")
