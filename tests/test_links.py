"""From a corpus to its links: candidates with reasons, decisions that are kept, links that are checked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from command_lines import Run
from corpora_at_hand import CORPORA
from fakes.wikidata import Fault, Wikidata, wikidata
from khabar import pipeline
from khabar.errors import FaultyData, FileFailed, ServiceFailed
from khabar.mappings import Mapping
from khabar.names import Names
from khabar.stores.retries import Retries
from khabar.terms import SKOS, WIKIDATA
from khabar.wikidata.linking import Proposal
from khabar.wikidata.wikidata import Wikidata as Reached

AT_ONCE = Retries(tries=2, first=0.0, patience=60.0, sleep=lambda _: None)


@pytest.fixture(scope="module")
def there() -> Iterator[Wikidata]:
    with wikidata() as found:
        yield found


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CORPORA["libya"], tmp_path / "corpus"))


def reached(there: Wikidata, **options: Any) -> Reached:
    return Reached(rate=1000, patience=AT_ONCE, **{**there.addresses, **options})


def link(run: Run, there: Wikidata, corpus: Path, *options: str) -> tuple[int, str, str]:
    """``khabar link`` against the stand-in, with the answers kept beside the corpus."""
    addresses = [part for name, address in there.addresses.items() for part in (f"--{name}", address)]
    return run("link", str(corpus), "--cache", str(corpus.parent / "cache"), "--rate", "50", *addresses, *options)


def files(corpus: Path) -> dict[str, bytes]:
    return {str(path.relative_to(corpus)): path.read_bytes() for path in sorted(corpus.rglob("*")) if path.is_file()}


def proposals(there: Wikidata, source: Path | str, **options: Any) -> dict[str, Proposal]:
    with reached(there) as found:
        return {one.reference: one for one in pipeline.propose(source, found, **options)}


# What is proposed.


def test_everything_without_a_link_has_a_proposal(there: Wikidata, corpus: Path) -> None:
    read = pipeline.read(corpus)
    unlinked = [found.name for found, entity in Names(read).entities() if not entity.exact_match]
    assert sorted(proposals(there, corpus)) == sorted(unlinked)


def test_the_likeliest_candidates_are_right(there: Wikidata, corpus: Path) -> None:
    best = {name: one.candidates[0] for name, one in proposals(there, corpus).items() if one.candidates}
    likely = {name: one.item.id for name, one in best.items() if one.probability >= 0.95}
    assert likely == {
        "libyan-national-army": "Q999000103",
        "africom": "Q999000110",
        "turkish-armed-forces": "Q501053",
        "haftar": "Q999000101",
        "yevkurov": "Q999000107",
        "langley": "Q999000108",
        "al-watiya": "Q999000117",
        "misrata-air-base": "Q999000119",
    }


def test_every_candidate_tells_why_and_by_whom(there: Wikidata, corpus: Path) -> None:
    best = proposals(there, corpus, only=["haftar"])["haftar"].candidates[0]
    assert [reason.feature for reason in best.ranked.reasons] == ["name", "name", "type", "office", "affiliation"]
    assert best.sources == ("wbsearchentities", "SPARQL", "reconciliation")


def test_namesakes_and_pages_are_told_apart(there: Wikidata, corpus: Path) -> None:
    langley = proposals(there, corpus, only=["langley"])["langley"].candidates
    assert [(one.item.id, one.probability > 0.95) for one in langley[:2]] == [
        ("Q999000108", True),
        ("Q999000111", False),
    ]
    page = next(
        one for one in proposals(there, corpus, only=["haftar"])["haftar"].candidates if one.item.id == "Q999000106"
    )
    assert page.probability < 0.001


def test_a_name_and_a_type_alone_are_left_to_a_person(there: Wikidata, corpus: Path) -> None:
    paper = proposals(there, corpus, only=["asharq-al-awsat"])["asharq-al-awsat"].candidates
    assert paper[0].item.id == "Q999000113"
    assert 0.85 < paper[0].probability < 0.95


def test_tripoli_is_the_one_in_libya(there: Wikidata, corpus: Path) -> None:
    places = corpus / "entities" / "places.yaml"
    places.write_text(places.read_text("utf-8").replace("    exact_match: Q3579\n", ""), encoding="utf-8")
    candidates = proposals(there, corpus, only=["tripoli"])["tripoli"].candidates
    assert [one.item.id for one in candidates][:1] == ["Q3579"]
    assert {"Q999000120", "Q999000122"} < {one.item.id for one in candidates}
    assert candidates[0].probability > 0.99


def test_entities_of_an_article_are_proposed_too(there: Wikidata, corpus: Path) -> None:
    article = next((corpus / "articles").glob("*.yaml"))
    text = article.read_text("utf-8")
    clerk = "entities:\n  clerk: {type: Person, name: {en: Idris Halloun, ar: إدريس حلون}}\n"
    article.write_text(text.replace("entities:\n", clerk, 1), encoding="utf-8")
    found = proposals(there, corpus, only=[f"{article.stem}.clerk"])
    assert found[f"{article.stem}.clerk"].candidates


# What is accepted.


def test_nothing_is_written_without_a_threshold(run: Run, there: Wikidata, corpus: Path) -> None:
    before = files(corpus)
    code, out, _ = link(run, there, corpus)
    assert code == 0
    assert "haftar  Person  Khalifa Haftar · خليفة حفتر\n  1.000  Q999000101  Khalifa Haftar" in out
    assert files(corpus) == before


def test_what_is_above_a_threshold_is_linked_with_its_account(run: Run, there: Wikidata, corpus: Path) -> None:
    code, _, err = link(run, there, corpus, "--accept", "0.95", "-q")
    assert (code, err) == (0, "")
    read = pipeline.read(corpus)
    assert read.entities["haftar"].exact_match == "Q999000101"
    assert read.entities["russian-defence-ministry"].exact_match == ()
    mappings = {one.subject: one for one in pipeline.read_mappings(corpus)}
    assert len(mappings) == 8
    haftar = mappings["haftar"]
    assert (haftar.justification, haftar.tool, haftar.reviewer) == ("CompositeMatching", "khabar", "")
    assert haftar.confidence is not None
    assert haftar.confidence > 0.99
    assert haftar.date
    assert "office: “commander of the Libyan National Army”" in haftar.comment
    assert pipeline.check(corpus) == ()
    # Nothing but the links came: each in a line of its own, or within one.
    after = {name: content for name, content in files(corpus).items() if name.startswith("entities")}
    for name, content in after.items():
        lines = content.decode().splitlines()
        old = (CORPORA["libya"] / name).read_text("utf-8").splitlines()
        assert [line for line in lines if line in old] == [line for line in old if line in lines]
        assert [
            line.strip()[:13] for line in lines if line not in old and not line.strip().startswith("exact_match: ")
        ] == [line.strip()[:13] for line in old if line not in lines]


def test_the_graph_has_the_links_as_skos_has_them(run: Run, there: Wikidata, corpus: Path) -> None:
    link(run, there, corpus, "--accept", "0.95", "-q")
    graph = list(pipeline.quads(pipeline.read(corpus)))
    haftar = "https://w3id.org/khabar/corpus/libya-2023/agents/haftar"
    assert [q.predicate for q in graph if q.object == WIKIDATA + "Q999000101"] == [SKOS + "exactMatch"]
    assert [q.subject for q in graph if q.object == WIKIDATA + "Q999000101"] == [haftar]
    assert not [q for q in graph if "sameAs" in q.predicate]


def test_the_same_again_changes_nothing(run: Run, there: Wikidata, corpus: Path) -> None:
    link(run, there, corpus, "--accept", "0.95", "-q")
    before = files(corpus)
    assert link(run, there, corpus, "--accept", "0.95", "-q")[0] == 0
    assert files(corpus) == before


@pytest.mark.parametrize("threshold", ["0.4", "1.1", "high"])
def test_a_threshold_is_a_high_probability(run: Run, there: Wikidata, corpus: Path, threshold: str) -> None:
    assert link(run, there, corpus, "--accept", threshold)[0] == 2


# What is reviewed.


def decided(table: Path, **words: str) -> None:
    """Write words of decision into a table: ``haftar=exact`` or ``haftar__Q38=no``."""
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    rows = [line.split("\t") for line in lines]
    place = {name: number for number, name in enumerate(rows[0])}
    for key, word in words.items():
        reference, _, candidate = key.replace("_0_", "-").partition("__")
        row = next(
            row
            for row in rows[1:]
            if row[place["reference"]] == reference.replace("_", "-")
            and (row[place["candidate"]] == candidate if candidate or word == "none" else True)
        )
        row[0] = word
    table.write_text("\ufeff" + "".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


def test_decisions_of_a_table_are_taken_and_kept(run: Run, there: Wikidata, corpus: Path, tmp_path: Path) -> None:
    table = tmp_path / "review.tsv"
    before = files(corpus)
    code, _, err = link(run, there, corpus, "--review", str(table))
    assert code == 0
    assert f"Wrote {table}" in err
    assert files(corpus) == before
    decided(
        table,
        haftar="exact",
        haftar__Q999000106="no",
        rt="close",
        norland="none",
        arabic_pages_of_russia="none",
    )
    code, _, err = run(
        "link", str(corpus), "--apply", str(table), "--reviewer", "https://orcid.org/0000-0002-1825-0097"
    )
    assert code == 0
    assert "2 linked, 2 without an item, 1 candidate refused" in err
    read = pipeline.read(corpus)
    assert (read.entities["haftar"].exact_match, read.entities["rt"].close_match) == ("Q999000101", "Q999000115")
    mappings = {one.key: one for one in pipeline.read_mappings(corpus)}
    assert mappings["norland", ""].object is None
    assert mappings["haftar", "Q999000106"].is_refused
    assert {one.reviewer for one in mappings.values()} == {"https://orcid.org/0000-0002-1825-0097"}
    assert {one.justification for one in mappings.values()} == {"ManualMappingCuration"}
    assert pipeline.check(corpus) == ()
    # Who was decided to have no item is not looked up again, but when asked for; a refused candidate never comes back.
    left = proposals(there, corpus)
    assert "norland" not in left
    assert "norland" in proposals(there, corpus, again=True)


def test_a_refused_candidate_does_not_come_back(run: Run, there: Wikidata, corpus: Path, tmp_path: Path) -> None:
    table = tmp_path / "review.tsv"
    link(run, there, corpus, "--review", str(table), "-q")
    decided(table, haftar="no")
    assert run("link", str(corpus), "--apply", str(table), "-q")[0] == 0
    ids = [one.item.id for one in proposals(there, corpus, only=["haftar"])["haftar"].candidates]
    assert "Q999000101" not in ids
    assert "Q999000106" in ids


def test_a_decision_can_be_changed(run: Run, there: Wikidata, corpus: Path, tmp_path: Path) -> None:
    original = files(corpus)
    table = tmp_path / "review.tsv"
    link(run, there, corpus, "--review", str(table), "-q")
    decided(table, haftar="exact")
    run("link", str(corpus), "--apply", str(table), "-q")
    decided(table, haftar="no")
    assert run("link", str(corpus), "--apply", str(table), "-q")[0] == 0
    assert files(corpus)["entities/people.yaml"] == original["entities/people.yaml"]
    assert pipeline.check(corpus) == ()
    decided(table, haftar="close")
    run("link", str(corpus), "--apply", str(table), "-q")
    assert pipeline.read(corpus).entities["haftar"].close_match == "Q999000101"
    assert pipeline.check(corpus) == ()


def test_decisions_that_contradict_a_link_are_refused(corpus: Path) -> None:
    before = files(corpus)
    for mapping in (
        Mapping(subject="putin", object=None),
        Mapping(subject="putin", object="Q999000101"),
        Mapping(subject="nobody", object="Q999000101"),
    ):
        with pytest.raises(FaultyData) as raised:
            pipeline.decide(corpus, [mapping])
        assert [fault.code for fault in raised.value.faults] == ["KH081"]
    assert files(corpus) == before


def test_an_entity_of_an_article_is_linked_where_it_stands(corpus: Path) -> None:
    article = next((corpus / "articles").glob("*.yaml"))
    subject = f"{article.stem}.rival-forces-in-tripoli"
    linked = pipeline.decide(corpus, [Mapping(subject=subject, object="Q999000123", relation="close_match")])
    assert str(article) in linked.files
    assert pipeline.read(corpus).articles[0].entities["rival-forces-in-tripoli"].close_match == "Q999000123"
    assert [one.subject for one in pipeline.read_mappings(corpus)] == [subject]
    assert pipeline.check(corpus) == ()


def test_links_are_written_into_folders_of_yaml_alone(run: Run, corpus: Path, tmp_path: Path) -> None:
    bulk = tmp_path / "corpus.jsonl"
    assert run("export", str(corpus), "-o", str(bulk), "-q")[0] == 0
    with pytest.raises(FileFailed, match="a folder with a corpus in YAML"):
        pipeline.decide(bulk, [Mapping(subject="haftar", object="Q999000101")])


def test_a_corpus_in_bulk_has_proposals_and_is_verified(
    run: Run, there: Wikidata, corpus: Path, tmp_path: Path
) -> None:
    bulk = tmp_path / "corpus.jsonl"
    run("export", str(corpus), "-o", str(bulk), "-q")
    assert proposals(there, bulk, only=["haftar"])["haftar"].candidates[0].item.id == "Q999000101"
    with reached(there) as found:
        assert pipeline.verify(bulk, found) == ()


def test_a_table_of_sssom_is_taken_as_it_is(run: Run, corpus: Path, tmp_path: Path) -> None:
    table = tmp_path / "theirs.sssom.tsv"
    table.write_text(
        "#curie_map:\n#  agents: https://w3id.org/khabar/corpus/libya-2023/agents/\n"
        "#  wikidata: http://www.wikidata.org/entity/\n#mapping_tool: theirs\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\n"
        "agents:haftar\tskos:exactMatch\twikidata:Q999000101\tsemapv:LexicalMatching\t0.9\n",
        encoding="utf-8",
    )
    assert run("link", str(corpus), "--apply", str(table), "-q")[0] == 0
    [mapping] = pipeline.read_mappings(corpus)
    assert (mapping.tool, mapping.justification, mapping.confidence) == ("theirs", "LexicalMatching", 0.9)
    assert pipeline.read(corpus).entities["haftar"].exact_match == "Q999000101"


def test_every_link_goes_out_as_sssom_and_comes_in_again(run: Run, corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.sssom.tsv"
    assert run("export", str(corpus), "--to", "sssom", "-o", str(out), "-q")[0] == 0
    before = files(corpus)
    assert run("link", str(corpus), "--apply", str(out), "-q")[0] == 0
    after = files(corpus)
    assert after.pop("mappings.sssom.tsv").decode() == out.read_text(encoding="utf-8")
    assert after == before


def test_what_has_no_item_is_drafted(run: Run, there: Wikidata, corpus: Path, tmp_path: Path) -> None:
    table = tmp_path / "review.tsv"
    link(run, there, corpus, "--review", str(table), "-q")
    decided(table, norland="none")
    run("link", str(corpus), "--apply", str(table), "-q")
    code, out, _ = run("export", str(corpus), "--to", "quickstatements")
    assert code == 0
    assert out.startswith('CREATE\t/* norland: no item was found */\nLAST\tLen\t"Richard Norland"\n')


def test_the_account_is_checked_with_the_records(run: Run, there: Wikidata, corpus: Path) -> None:
    link(run, there, corpus, "--accept", "0.95", "-q")
    people = corpus / "entities" / "people.yaml"
    people.write_text(people.read_text("utf-8").replace("    exact_match: Q999000101\n", ""), encoding="utf-8")
    [fault] = pipeline.check(corpus)
    assert (fault.code, Path(fault.path).name) == ("KH081", "mappings.sssom.tsv")
    assert run("check", str(corpus))[0] == 1


def test_options_that_do_not_go_together_are_refused(run: Run, there: Wikidata, corpus: Path) -> None:
    for options in (("--verify", "--accept", "0.9"), ("--apply", "x", "--review", "y"), ("--verify", "--apply", "x")):
        assert link(run, there, corpus, *options)[0] == 2


def test_a_reviewer_is_needed_where_several_could_be_meant(run: Run, corpus: Path, tmp_path: Path) -> None:
    header = corpus / "corpus.yaml"
    header.write_text(
        header.read_text("utf-8").replace("annotators:\n", "annotators:\n  - name: Another\n"), encoding="utf-8"
    )
    table = tmp_path / "t.tsv"
    table.write_text("decision\treference\tcandidate\nnone\thaftar\t\n", encoding="utf-8")
    code, _, err = run("link", str(corpus), "--apply", str(table))
    assert code == 2
    assert "--reviewer is needed" in err


# Machines.


def test_candidates_go_out_as_json_lines(run: Run, there: Wikidata, corpus: Path) -> None:
    code, out, _ = link(run, there, corpus, "--json", "--only", "haftar")
    assert code == 0
    [line] = map(json.loads, out.splitlines())
    assert (line["reference"], line["candidates"][0]["id"]) == ("haftar", "Q999000101")
    assert {reason["feature"] for reason in line["candidates"][0]["reasons"]} == {
        "name",
        "type",
        "office",
        "affiliation",
    }


# Offline, and when Wikidata is down.


def test_a_second_run_needs_no_network_and_gives_the_same(run: Run, corpus: Path, tmp_path: Path) -> None:
    with wikidata() as there:
        first = link(run, there, corpus, "--review", str(tmp_path / "a.tsv"))
        sent = len(there.requests)
        again = link(run, there, corpus, "--review", str(tmp_path / "a.tsv"), "--offline")
        assert len(there.requests) == sent > 0
        assert again == first
    there.addresses  # noqa: B018 - the same addresses, where nobody answers any more
    assert link(run, there, corpus, "--review", str(tmp_path / "a.tsv"), "--offline") == first


def test_offline_without_answers_says_what_to_do(run: Run, there: Wikidata, corpus: Path) -> None:
    code, out, err = link(run, there, corpus, "--offline")
    assert (code, out.count("Q999")) == (3, 0)
    assert "run it once without --offline" in err


def test_when_wikidata_is_down_what_was_found_is_kept(run: Run, corpus: Path) -> None:
    with wikidata() as there:
        assert link(run, there, corpus, "--only", "haftar", "-q")[0] == 0
        there.fail("/", Fault.FORBIDDEN, times=10_000)
        code, out, err = link(run, there, corpus, "--accept", "0.95")
    assert code == 3
    assert "HTTP 403" in err
    assert "--contact" in err
    # The one that was asked for before is there, and is linked; all others are only told.
    assert "  1.000  Q999000101" in out
    assert "not by every source; what was answered is kept" in err
    assert [one.subject for one in pipeline.read_mappings(corpus)] == ["haftar"]


def test_where_a_source_fails_nothing_is_accepted(run: Run, corpus: Path) -> None:
    with wikidata() as there:
        there.fail("/sparql", Fault.FORBIDDEN, times=10_000)
        code, out, err = link(run, there, corpus, "--accept", "0.95", "--only", "haftar")
    assert code == 3
    assert "  1.000  Q999000101" in out
    assert "nothing was written" in err
    assert not (corpus / "mappings.sssom.tsv").exists()


def test_a_source_that_fails_is_not_asked_again(corpus: Path) -> None:
    with wikidata() as failing:
        failing.fail("/sparql", Fault.FORBIDDEN, times=10_000)
        found = list(pipeline.propose(corpus, reached(failing)))
        asked = [request for request in failing.requests if request.target.startswith("/sparql")]
    assert len(asked) == 1
    assert all(one.failures for one in found)


def test_items_that_cannot_be_looked_up_are_a_failure_of_each(corpus: Path) -> None:
    with wikidata() as there:
        there.fail("/w/api.php", Fault.FORBIDDEN, times=10_000)
        found = list(pipeline.propose(corpus, reached(there, sources=["sparql"]), only=["haftar", "langley"]))
        asked = [request for request in there.requests if request.target.startswith("/w/api.php")]
    assert [(one.candidates, one.is_whole) for one in found] == [((), False)] * 2
    assert len(asked) == 1


def test_who_is_not_in_the_corpus_is_not_looked_up(run: Run, there: Wikidata, corpus: Path) -> None:
    code, out, err = link(run, there, corpus, "--only", "haftarr")
    assert (code, out) == (2, "")
    assert "haftarr" in err


def test_only_what_wikimedia_runs_is_asked_unless_a_service_is_named(there: Wikidata) -> None:
    assert [source.name for source in Reached().sources] == ["wbsearchentities", "SPARQL"]
    assert [source.name for source in reached(there).sources] == ["wbsearchentities", "SPARQL", "reconciliation"]
    assert [source.name for source in Reached(sources=["reconciliation"]).sources] == ["reconciliation"]


def test_what_anyone_may_write_moves_no_cursor(run: Run, corpus: Path) -> None:
    evil = {"label": {"en": "Khalifa Haftar\u202e\x1b[2J"}, "description": {"en": "a\nb"}, "is": ["Q5"]}
    with wikidata({"Q999001001": evil}) as there:
        code, out, _ = link(run, there, corpus, "--only", "haftar")
    assert code == 0
    assert "Q999001001  Khalifa Haftar" in out
    assert not [sign for sign in out if not sign.isprintable() and sign != "\n"]


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(ServiceFailed, match="some of search, sparql, reconciliation"):
        Reached(sources=["yellow pages"])


# Links that are checked.


def test_the_links_of_the_corpora_are_right(there: Wikidata) -> None:
    for name in ("libya", "eastport", "example"):
        with reached(there) as found:
            assert pipeline.verify(CORPORA[name], found) == ()


WRONG = {
    "no such item": ("exact_match: Q7747", "exact_match: Q999000401", "KH090", "does not exist"),
    "merged": ("exact_match: Q7747", "exact_match: Q999000302", "KH091", "write Q7747"),
    "a page": ("exact_match: Q7747", "exact_match: Q999000106", "KH092", "Wikimedia disambiguation page"),
    "another type": ("exact_match: Q7747", "exact_match: Q649", "KH093", "Place"),
    "a family name": ("exact_match: Q7747", "exact_match: Q999000105", "KH093", "none of khabar's types"),
    "another person": ("exact_match: Q7747", "exact_match: Q999000204", "KH094", "Idris Halloun"),
}


@pytest.mark.parametrize(("old", "new", "code", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_link_is_told_at_its_line(
    there: Wikidata, corpus: Path, old: str, new: str, code: str, words: str
) -> None:
    people = corpus / "entities" / "people.yaml"
    people.write_text(people.read_text("utf-8").replace(old, new), encoding="utf-8")
    with reached(there) as found:
        faults = pipeline.verify(corpus, found)
    fault = next(fault for fault in faults if fault.code == code)
    line = people.read_text("utf-8").splitlines()[fault.line - 1]
    assert line.strip() == new
    assert (Path(fault.path), fault.field) == (people, "entities.putin.exact_match[0]")
    assert words in str(fault)
    assert (fault.severity == "warning") == (code == "KH094")


def test_what_is_only_near_may_be_called_otherwise(there: Wikidata, corpus: Path) -> None:
    people = corpus / "entities" / "people.yaml"
    people.write_text(people.read_text("utf-8").replace("exact_match: Q7747", "close_match: Q649"), encoding="utf-8")
    with reached(there) as found:
        assert pipeline.verify(corpus, found) == ()


def test_links_of_events_and_types_are_checked_too(there: Wikidata, corpus: Path) -> None:
    header = corpus / "corpus.yaml"
    text = header.read_text("utf-8")
    header.write_text(
        text.replace("    definition:\n", "    close_match: Q999000401\n    definition:\n", 1), encoding="utf-8"
    )
    with reached(there) as found:
        [fault] = pipeline.verify(corpus, found)
    assert (fault.code, fault.field) == ("KH090", "event_types.StateOfAffairs.close_match[0]")


def test_the_command_tells_faults_and_its_exit_code(run: Run, there: Wikidata, corpus: Path) -> None:
    assert link(run, there, corpus, "--verify")[:2] == (0, "")
    people = corpus / "entities" / "people.yaml"
    people.write_text(people.read_text("utf-8").replace("Q7747", "Q999000302"), encoding="utf-8")
    code, out, _ = link(run, there, corpus, "--verify")
    assert code == 1
    assert "KH091" in out
    assert json.loads(link(run, there, corpus, "--verify", "--json")[1])[0]["code"] == "KH091"
    with wikidata() as down:
        down.fail("/", Fault.FORBIDDEN, times=100)
        assert link(run, down, corpus, "--verify", "--fresh")[0] == 3
