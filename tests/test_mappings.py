"""The account of links: SSSOM out and in, the table to decide in, and whether account and records agree."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from khabar.errors import FaultyData
from khabar.mappings.ledger import disagreements, mappings_of, merged, subjects
from khabar.mappings.mapping import Mapping
from khabar.mappings.review import Decision, Row, read_review, write_review
from khabar.mappings.sssom import read_mappings, write_mappings
from khabar.model import Article, ArticleRecord, Corpus, CorpusHeader, Entity

DATA = Path(__file__).parent / "data" / "mappings"
HEADER = CorpusHeader(
    base="https://example.org/c/", title={"en": 'Of "C"', "ar": "ج"}, licence="https://example.org/licence"
)
IRIS = {
    "town": "https://example.org/c/places/town",
    "mayor": "https://example.org/c/agents/mayor",
    "a1.clerk": "https://example.org/c/agents/a1.clerk",
}
SUBJECTS = {iri: reference for reference, iri in IRIS.items()}
FULL = Mapping(
    subject="town",
    object="Q649",
    subject_label="Town",
    object_label="Moscow",
    justification="CompositeMatching",
    confidence=0.9876,
    tool="khabar",
    tool_version="0.1.0",
    reviewer="https://orcid.org/0000-0002-1825-0097",
    date="2031-03-02",
    comment="name: the same",
)


def written(*mappings: Mapping) -> str:
    return write_mappings(mappings, HEADER, IRIS)


def test_the_table_is_as_sssom_has_it() -> None:
    text = written(
        FULL,
        Mapping(subject="mayor", object=None, reviewer="A. Nagi", date="2031-03-03"),
        Mapping(subject="mayor", object="Q38", is_refused=True),
        Mapping(subject="a1.clerk", object="https://example.org/p#1", relation="close_match"),
    )
    assert text == (
        "#curie_map:\n"
        '#  agents: "https://example.org/c/agents/"\n'
        '#  orcid: "https://orcid.org/"\n'
        '#  places: "https://example.org/c/places/"\n'
        '#  semapv: "https://w3id.org/semapv/vocab/"\n'
        '#  skos: "http://www.w3.org/2004/02/skos/core#"\n'
        '#  sssom: "https://w3id.org/sssom/"\n'
        '#  wikidata: "http://www.wikidata.org/entity/"\n'
        '#mapping_set_id: "https://example.org/c/mappings"\n'
        '#mapping_set_title: "Mappings of: Of \\"C\\""\n'
        '#license: "https://example.org/licence"\n'
        "subject_id\tsubject_label\tpredicate_id\tpredicate_modifier\tobject_id\tobject_label\tmapping_justification\t"
        "reviewer_id\treviewer_label\tmapping_tool\tmapping_tool_version\tmapping_date\tconfidence\tcomment\n"
        "agents:a1.clerk\t\tskos:closeMatch\t\thttps://example.org/p#1\t\tsemapv:ManualMappingCuration\t\t\t\t\t\t\t\n"
        "agents:mayor\t\tskos:exactMatch\t\tsssom:NoTermFound\t\tsemapv:ManualMappingCuration\t\tA. Nagi\t\t\t"
        "2031-03-03\t\t\n"
        "agents:mayor\t\tskos:exactMatch\tNot\twikidata:Q38\t\tsemapv:ManualMappingCuration\t\t\t\t\t\t\t\n"
        "places:town\tTown\tskos:exactMatch\t\twikidata:Q649\tMoscow\tsemapv:CompositeMatching\t"
        "orcid:0000-0002-1825-0097\t\tkhabar\t0.1.0\t2031-03-02\t0.9876\tname: the same\n"
    )


def test_the_reference_implementation_reads_the_same() -> None:
    mappings = [
        FULL,
        Mapping(subject="mayor", object=None, reviewer="A. Nagi|x", date="2031-03-03"),
        Mapping(subject="mayor", object="Q38", is_refused=True, comment='a "b"\tc, d'),
        Mapping(subject="a1.clerk", object="https://example.org/p#1", relation="close_match"),
    ]
    theirs = (DATA / "sssom-py-0.4.21.sssom.tsv").read_text(encoding="utf-8")
    assert sorted(read_mappings(theirs, "m.tsv", SUBJECTS), key=str) == sorted(mappings, key=str)
    assert theirs.partition("subject_id")[2] == written(*mappings).partition("subject_id")[2]


TABLE = (
    "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
    "https://example.org/c/places/town\t{predicate}\t{object}\tsemapv:ManualMappingCuration\n"
)


def test_tables_of_others_are_read() -> None:
    text = (
        "\ufeff# curie_map:\r\n#   e: https://example.org/c/places/\r\n#   wd: http://www.wikidata.org/entity/\r\n"
        "# mapping_tool: other\r\n# mapping_date: 2031-01-01\r\n"
        "object_id\tsubject_id\tmapping_justification\tpredicate_id\tnew_slot\tconfidence\r\n"
        '"wd:Q649"\te:town\tsemapv:SemanticSimilarityThresholdMatching\tskos:exactMatch\tx\t1\r\n'
    )
    assert read_mappings(text, "m.tsv", SUBJECTS) == (
        Mapping(
            subject="town",
            object="Q649",
            justification="UnspecifiedMatching",
            tool="other",
            date="2031-01-01",
            confidence=1,
        ),
    )


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", [("KH080", 1)]),
        ("#a: [\n" + TABLE.format(predicate="skos:exactMatch", object="sssom:NoTermFound"), [("KH080", 2)]),
        (TABLE.format(predicate="owl:sameAs", object="http://www.wikidata.org/entity/Q649"), [("KH080", 2)]),
        (TABLE.format(predicate="skos:broadMatch", object="http://www.wikidata.org/entity/Q649"), [("KH080", 2)]),
        (TABLE.format(predicate="skos:exactMatch", object="wd:Q649"), [("KH080", 2)]),
        (TABLE.format(predicate="skos:exactMatch", object="http://www.wikidata.org/entity/Moscow"), [("KH080", 2)]),
        (
            TABLE.format(predicate="skos:exactMatch", object="http://www.wikidata.org/entity/Q649").replace(
                "town", "toon"
            ),
            [("KH081", 2)],
        ),
        ("a\tb\n1\t2\n", [("KH080", 1)]),
    ],
)
def test_every_fault_of_a_table_is_told_at_its_line(text: str, places: list[tuple[str, int]]) -> None:
    with pytest.raises(FaultyData) as raised:
        read_mappings(text, "m.tsv", SUBJECTS)
    assert [(fault.code, fault.line) for fault in raised.value.faults] == places


@pytest.mark.parametrize(
    "mappings",
    [
        [Mapping(subject="town", object="Q649"), Mapping(subject="town", object="Q649", is_refused=True)],
        [Mapping(subject="town", object="Q649"), Mapping(subject="town", object="Q38")],
        [Mapping(subject="town", object="Q649"), Mapping(subject="town", object=None)],
    ],
)
def test_decisions_that_contradict_each_other_are_faults(mappings: list[Mapping]) -> None:
    with pytest.raises(FaultyData) as raised:
        read_mappings(written(*mappings), "m.tsv", SUBJECTS)
    assert {fault.code for fault in raised.value.faults} == {"KH081"}


@pytest.mark.parametrize(("cell", "value"), [("mapping_date", "2 March"), ("confidence", "1.2"), ("confidence", "nan")])
def test_a_cell_that_is_no_date_or_number_is_a_fault(cell: str, value: str) -> None:
    text = written(FULL).replace("2031-03-02" if cell == "mapping_date" else "0.9876", value)
    with pytest.raises(FaultyData) as raised:
        read_mappings(text, "m.tsv", SUBJECTS)
    assert [(fault.code, fault.line) for fault in raised.value.faults] == [("KH080", 13)]


# The table to decide in.

ROWS = [
    Row(reference="town", type="Place", name_en="Town", name_ar="بلدة", candidate="Q649", probability=0.9),
    Row(reference="town", type="Place", name_en="Town", name_ar="بلدة", candidate="Q38", label_en="=1+1"),
    Row(reference="town", type="Place", name_en="Town", name_ar="بلدة"),
    Row(reference="mayor", type="Person", name_en="Mayor"),
]
KNOWN = {"town": "Place", "mayor": "Person"}


def decided(text: str, *words: str) -> str:
    """The table with these words in its first column, row by row."""
    lines = text.splitlines(keepends=True)
    return lines[0] + "".join(word + line for word, line in zip(words, lines[1:], strict=True))


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_decisions_are_taken_from_the_table(delimiter: str) -> None:
    text = decided(write_review(ROWS, delimiter), "exact", " NO ", "", "none")
    assert read_review(text, "r.tsv", KNOWN) == (
        Decision("town", "Q649", "exact", 0.9),
        Decision("town", "Q38", "no", None, "'=1+1"),
        Decision("mayor", "", "none"),
    )


def test_a_table_without_a_decision_decides_nothing() -> None:
    assert read_review(write_review(ROWS), "r.tsv", KNOWN) == ()


def test_nothing_in_the_table_is_a_formula() -> None:
    cells = list(csv.reader(io.StringIO(write_review(ROWS)), delimiter="\t"))
    assert not [cell for row in cells for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("same", "", "", ""), 2),
        (("none", "", "", ""), 2),
        (("", "", "exact", ""), 4),
        (("exact", "exact", "", ""), 1),
        (("exact", "", "none", ""), 1),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(words: tuple[str, ...], line: int) -> None:
    with pytest.raises(FaultyData) as raised:
        read_review(decided(write_review(ROWS), *words), "r.tsv", KNOWN)
    assert [(fault.code, fault.line) for fault in raised.value.faults] == [("KH080", line)]


def test_an_entity_that_is_not_there_is_refused() -> None:
    with pytest.raises(FaultyData, match="the id of an entity"):
        read_review(decided(write_review(ROWS[3:]), "none"), "r.tsv", {"town": "Place"})


def test_a_table_without_its_columns_is_refused() -> None:
    with pytest.raises(FaultyData, match="none called decision, reference, candidate"):
        read_review("a,b\n1,2\n", "r.tsv", KNOWN)


# The account and the records.

CORPUS = Corpus(
    header=HEADER,
    entities={
        "town": Entity(type="Place", name={"en": "Town"}, exact_match="Q649", close_match=("https://example.org/p#1",)),
        "mayor": Entity(type="Person", name={"en": "Mayor"}),
    },
    articles=(
        ArticleRecord(
            article=Article(id="a1", title={"en": "A"}, publisher="p", published="2031", language="en"),
            entities={
                "clerk": Entity(type="Person", name={"ar": "كاتب"}, exact_match="http://www.wikidata.org/entity/Q38")
            },
        ),
    ),
    paths={},
)


def test_every_link_of_the_records_is_a_mapping() -> None:
    assert subjects(CORPUS) == IRIS
    assert [(one.subject, one.object, one.relation) for one in mappings_of(CORPUS, ())] == [
        ("town", "Q649", "exact_match"),
        ("town", "https://example.org/p#1", "close_match"),
        ("a1.clerk", "Q38", "exact_match"),
    ]
    assert FULL in mappings_of(CORPUS, [FULL])


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (Mapping(subject="town", object="Q649"), None),
        (Mapping(subject="mayor", object=None), None),
        (Mapping(subject="mayor", object="Q38", is_refused=True), None),
        (Mapping(subject="mayor", object="Q38"), "the link of mayor to Q38 in its record"),
        (Mapping(subject="town", object="Q649", is_refused=True), "no link of town to Q649, which was refused"),
        (Mapping(subject="town", object=None), "no link of town, which was decided to have no item"),
        (Mapping(subject="town", object="Q649", relation="close_match"), "town linked to Q649 by close_match"),
        (Mapping(subject="toon", object="Q649"), "mappings of entities of the corpus"),
    ],
)
def test_account_and_records_are_held_to_each_other(mapping: Mapping, expected: str | None) -> None:
    found = [(fault.code, fault.expected) for fault in disagreements(CORPUS, [mapping], "m.tsv")]
    assert found == ([] if expected is None else [("KH081", expected)])


def test_a_later_decision_takes_the_place_of_an_earlier() -> None:
    none, link, refused = (
        Mapping(subject="town", object=None),
        Mapping(subject="town", object="Q649"),
        Mapping(subject="town", object="Q649", is_refused=True),
    )
    assert merged([none], [link]) == (link,)
    assert merged([link], [none]) == (none,)
    assert merged([link], [refused]) == (refused,)
    assert merged([refused], [none]) == (refused, none)
