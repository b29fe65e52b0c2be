"""The bundled queries: their headers, their form, their answers, the same in two engines."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from pathlib import Path

import pytest
import rdflib.plugins.sparql

from answers import ANSWERS, ASKED, BUNDLED, QUESTIONS, Question, by_oxigraph, by_rdflib, document
from khabar.errors import FileFailed, QueryRefused
from khabar.matching import is_arabic
from khabar.queries import catalogue, guard
from khabar.queries.catalogue import Query
from khabar.queries.tokens import code, tokens
from khabar.serve import named_queries

TOPICS = {
    "access-claims", "chain-of-transmission", "circular-reporting", "coverage-by-language", "deal-terms", "denials",
    "detail-disagreements", "earliest-report", "events-in-window", "forces-present", "independent-origins",
    "linked-entities", "meetings-attendance", "only-alleged", "put-forward-and-denied", "stance-over-time", "standing",
    "timeline", "uncertain-details", "unlinked-entities", "unnamed-sources-alone", "wikidata-offices",
}  # fmt: skip
WIKIDATA = "https://query.wikidata.org/sparql"

asked = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{question.corpus}-{question.golden.stem}")
bundled = pytest.mark.parametrize("query", catalogue.catalogue(), ids=lambda query: query.name)


def test_every_topic_has_its_query() -> None:
    assert {query.name for query in catalogue.catalogue()} >= TOPICS


@bundled
def test_a_header_says_what_the_query_tells(query: Query) -> None:
    assert query.summary
    assert is_arabic(query.summary_ar)
    assert len(query.description) > 80
    assert is_arabic(query.description_ar)
    assert len(query.description_ar) > 60
    assert query.tags
    # Whoever reads labels says in which language.
    has_labels = any(column.endswith("Label") for column in query.columns)
    assert [each.name for each in query.params][:1] == ["lang"] or not has_labels
    for parameter in query.params:
        assert parameter.description.endswith(".")
        assert is_arabic(parameter.description_ar)
        assert parameter.description_ar.endswith(".")
        assert parameter.type != "term"


@bundled
def test_the_arabic_of_a_header_keeps_to_the_words_of_the_ontology(query: Query) -> None:
    told = " ".join([query.summary_ar, query.description_ar, *(each.description_ar for each in query.params)])
    # schemes.ttl avoids the first for "alleges"; the others would be a second word for what has one.
    for word in ("زعم", "زعوم", "متنازع علي", "منظم", "سياسة", "سياست", "ترخيص"):
        assert word not in told


@bundled
def test_what_a_header_names_in_arabic_is_what_it_names_in_english(query: Query) -> None:
    columns_and_queries = {*query.columns, *(other.name for other in catalogue.catalogue()), "P17", "P39", "P625"}
    told = [(query.description, query.description_ar), *((one.description, one.description_ar) for one in query.params)]
    for english, arabic in told:
        latin = set(re.findall(r"[A-Za-z][A-Za-z0-9-]*", arabic)) - {"khabar"}
        assert latin <= set(re.findall(r"[A-Za-z][A-Za-z0-9-]*", english))
        marked = {word for word in columns_and_queries if "-" in word or not word.islower()}
        assert marked & set(re.findall(r"[A-Za-z][A-Za-z0-9-]*", english)) <= latin


@bundled
def test_the_list_over_http_tells_a_query_and_its_parameters_in_both_languages(query: Query) -> None:
    told = named_queries.listed(query)
    assert told["summary"] == {"en": query.summary, "ar": query.summary_ar}
    assert told["description"] == {"en": query.description, "ar": query.description_ar}
    for parameter, one in zip(query.params, told["parameters"], strict=True):
        assert one["description"] == {"en": parameter.description, "ar": parameter.description_ar}


@bundled
def test_no_line_of_a_header_is_too_long_to_read(query: Query) -> None:
    assert [line for line in query.text.splitlines() if line.startswith("#+") and len(line) > 120] == []


@bundled
def test_a_query_is_plain_sparql_in_a_fixed_order(query: Query) -> None:
    guard.check(query.text, services=[WIKIDATA])
    words = {token.text.upper() for token in code(query.text) if token.kind == "word"}
    assert not words & {"FROM", "LATERAL", "LET"}
    # Nothing depends on the borders of graphs for its truth but what is asked about graphs themselves.
    assert ("GRAPH" in words) == ("graphs" in query.tags)
    assert {"SELECT", "ORDER", "BY"} <= words
    declared = query.text.count("PREFIX ")
    used = {token.text.partition(":")[0] for token in code(query.text) if token.kind == "name"}
    assert declared == len(used)
    # The vocabulary's functions are SPARQL's own: no IRI is called.
    found = code(query.text)
    called = [one.text for one, two in itertools.pairwise(found) if one.kind == "iri" and two.text == "("]
    assert called == []
    rdflib.plugins.sparql.prepareQuery(query.text)


@bundled
def test_every_column_or_what_it_labels_is_in_the_order(query: Query) -> None:
    tail = query.text.rpartition("ORDER BY")[2]
    ordered = {token.text[1:] for token in tokens(tail) if token.kind == "variable"}
    assert {name for name in query.columns if not {name, name.removesuffix("Label")} & ordered} == set()


@pytest.mark.parametrize(
    "question", QUESTIONS, ids=lambda question: f"{question.golden.parent.name}-{question.golden.stem}"
)
def test_the_answer_is_the_golden_one(question: Question) -> None:
    assert document(question) == question.golden.read_text("utf-8"), (
        "if it is meant: python tests/refresh_answers.py, and read the diff against the records"
    )


@pytest.mark.parametrize(
    "question", QUESTIONS, ids=lambda question: f"{question.golden.parent.name}-{question.golden.stem}"
)
def test_two_engines_give_the_same_bag_of_rows(question: Question) -> None:
    one, two = by_oxigraph(question), by_rdflib(question)
    assert one.columns == two.columns
    assert Counter(one.rows) == Counter(two.rows)


def test_there_are_no_golden_answers_to_nothing() -> None:
    assert set(ANSWERS.glob("*/*.tsv")) == {question.golden for question in QUESTIONS}


# No document says that a load is under way; tests/test_loading_plan.py asks where one is.
@pytest.mark.parametrize("name", sorted({*BUNDLED} - {"loads-under-way"}))
def test_every_query_has_rows_on_some_corpus(name: str) -> None:
    assert any(len(by_oxigraph(Question(corpus, name))) for corpus in ASKED)


def test_no_row_is_given_twice() -> None:
    for question in QUESTIONS:
        rows = by_oxigraph(question)
        assert len(set(rows.rows)) == len(rows), question


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(QueryRefused) as caught:
        catalogue.find("denial")
    assert str(caught.value) == (
        "query: expected the name of a bundled query, a file that ends in .rq, or SPARQL, found 'denial'"
        " (did you mean denials?)"
    )


def test_an_unknown_parameter_is_refused_with_the_nearest() -> None:
    with pytest.raises(QueryRefused) as caught:
        catalogue.find("timeline").parameter("agents")
    assert str(caught.value) == (
        "query timeline: expected a parameter: lang, from, to, agent, found 'agents' (did you mean agent?)"
    )


def test_a_query_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    file.write_bytes(b"\xef\xbb\xbf#+ summary: Mine\r\nASK { ?s ?p ?o }\r\n")
    found = catalogue.read(file)
    assert (found.summary, found.text) == ("Mine", "#+ summary: Mine\nASK { ?s ?p ?o }\n")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no endless device")
def test_a_query_file_without_end_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    file.symlink_to("/dev/zero")
    with pytest.raises(QueryRefused) as caught:
        catalogue.read(file)
    assert str(caught.value) == f"{file}: expected at most 65,536 bytes, found more"


def test_a_long_query_is_refused_before_anything_looks_into_it() -> None:
    with pytest.raises(QueryRefused) as caught:
        catalogue.parse("query", "ASK { " + "a." * 500_000 + "}")
    assert str(caught.value) == "query: expected at most 65,536 bytes, found 1,000,007 bytes"


def test_a_request_is_sparql_a_file_or_a_name(tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    file.write_text("#+ summary: Mine\nSELECT ?s (COUNT(?o) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?s", "utf-8")
    assert catalogue.choose(str(file)).summary == "Mine"
    assert catalogue.choose(str(file)).columns == ("s", "n")
    assert catalogue.choose("denials").name == "denials"
    assert catalogue.choose("ASK { ?s ?p ?o }").columns == ()
    with pytest.raises(FileFailed) as caught:
        catalogue.choose(str(tmp_path / "none.rq"))
    assert str(caught.value) == f"{tmp_path}/none.rq: expected a SPARQL query in UTF-8, found No such file or directory"


def test_a_file_in_other_bytes_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    file.write_bytes(b"# caf\xe9\nASK {}")
    with pytest.raises(FileFailed) as caught:
        catalogue.read(file)
    assert str(caught.value) == f"{file}: expected a SPARQL query in UTF-8, found other bytes at 5"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("#+ summary: [\nASK {}", "query mine: expected a header of #+ lines in YAML, found while parsing a flow node"),
        ("#+ - one\nASK {}", "query mine: expected a header of #+ lines, key: value, found other YAML"),
        (
            "#+ params: {claim: {type: claim}}\nASK {}",
            (
                "query mine: expected each parameter of the header in the VALUES block marked # parameters,"
                " found claim in the header alone"
            ),
        ),
        (
            'ASK { VALUES (?a ?b) { ("x" UNDEF) ("y" UNDEF) } # parameters\n }',
            "query, VALUES # parameters: expected one row of 2 terms, found 4 terms",
        ),
        (
            "ASK { } # parameters",
            "query, # parameters: expected this mark after one VALUES block, found it elsewhere",
        ),
        (
            "ASK { VALUES ?a { 1 } ?a ?b ?c # parameters\n }",
            "query, # parameters: expected this mark after one VALUES block, found it elsewhere",
        ),
    ],
)
def test_a_malformed_query_file_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(QueryRefused) as caught:
        catalogue.parse("mine", text)
    assert str(caught.value).startswith(sentence)
