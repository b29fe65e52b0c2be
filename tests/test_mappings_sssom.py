"""SSSOM tables of others and our own: every cell has its place, nothing is lost on the way, nothing is guessed."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.errors import Fault, FaultyData
from khabar.mappings.columns import join_values, read_rows, split_values, write_row
from khabar.mappings.mapping import Mapping
from khabar.mappings.sssom import read_mappings, write_mappings
from khabar.model import CorpusHeader

HEADER = CorpusHeader(base="https://example.org/c/", title={"ar": "ج"}, licence="https://example.org/licence")
IRIS = {"town": "https://example.org/c/places/town", "mayor": "https://example.org/c/agents/mayor"}
SUBJECTS = {iri: reference for reference, iri in IRIS.items()}
LINK = Mapping(subject="town", object="Q649")

HEAD = (
    "#curie_map:\n#  e: https://example.org/c/places/\n#  wikidata: http://www.wikidata.org/entity/\n"
    "#  orcid: https://orcid.org/\n"
)
COLUMNS = "subject_id\tpredicate_id\tobject_id\tmapping_justification"
ROW = "e:town\tskos:exactMatch\twikidata:Q649\tsemapv:ManualMappingCuration"
AFTER = ROW.index("semapv") + len("semapv:ManualMappingCuration") + 2
"""The column of what follows ``ROW`` in its line."""


def table(*rows: str, columns: str = "", head: str = HEAD) -> str:
    """A table of these rows; its header is line 5, the rows begin at line 6."""
    return head + COLUMNS + columns + "\n" + "".join(f"{row}\n" for row in rows)


def read(text: str) -> tuple[Mapping, ...]:
    return read_mappings(text, "m.tsv", SUBJECTS)


def faults(text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(FaultyData) as raised:
        read(text)
    return [(fault.code, fault.line, fault.column) for fault in raised.value.faults]


def written(*mappings: Mapping) -> str:
    return write_mappings(mappings, HEADER, IRIS)


# Out and in.

TEXTS = st.text(st.sampled_from('ab "\t\n\\|#,;ضَé\u200f=') | st.characters(exclude_categories=["Cs"]), max_size=12).map(
    lambda text: re.sub(r"\r\n?", "\n", unicodedata.normalize("NFC", text))
)
PEOPLE = TEXTS.map(str.strip) | st.sampled_from(["https://orcid.org/0000-0002-1825-0097", "https://example.org/p?a=b"])
MAPPINGS = st.builds(
    Mapping,
    subject=st.sampled_from(sorted(IRIS)),
    object=st.sampled_from(
        [None, "Q649", "Q38", "https://example.org/p#1", "https://example.org/a,b", "https://example.org/é,b"]
    ),
    relation=st.sampled_from(["exact_match", "close_match"]),
    is_refused=st.booleans(),
    subject_label=TEXTS,
    object_label=TEXTS,
    justification=st.sampled_from(["ManualMappingCuration", "CompositeMatching", "LexicalMatching", "MappingReview"]),
    confidence=st.none() | st.integers(0, 10_000).map(lambda number: number / 10_000),
    tool=TEXTS,
    tool_version=TEXTS,
    author=PEOPLE,
    reviewer=PEOPLE,
    date=st.sampled_from(["", "2031-03-02"]),
    comment=TEXTS,
)


@given(st.lists(MAPPINGS, max_size=5, unique_by=lambda mapping: mapping.subject))
def test_no_sign_of_a_mapping_is_lost(mappings: list[Mapping]) -> None:
    text = written(*mappings)
    found = read(text)
    assert sorted(found, key=str) == sorted(mappings, key=str)
    assert written(*reversed(found)) == text
    assert "\r" not in text
    assert unicodedata.is_normalized("NFC", text)


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=4), max_size=4))
def test_rows_are_read_as_they_were_written(rows: list[list[str]]) -> None:
    told: list[Fault] = []
    found = read_rows("".join(map(write_row, rows)), 0, "m.tsv", told)
    assert not told
    assert [[cell.text for cell in row] for row in found] == [row for row in rows if any(map(str.strip, row))]


@given(st.lists(st.text("a\\|b ").map(str.strip).filter(bool), max_size=4))
def test_lists_are_read_as_they_were_written(values: list[str]) -> None:
    assert split_values(join_values(values)) == values


@pytest.mark.parametrize("line_end", ["\r", "\r\n"])
def test_a_line_end_within_a_value_is_written_as_one_sign(line_end: str) -> None:
    text = written(Mapping(subject="town", object="Q649", comment=f"a{line_end}b"))
    assert "\r" not in text
    assert [one.comment for one in read(text)] == ["a\nb"]


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n"])
def test_a_table_may_end_its_lines_in_any_way(line_end: str) -> None:
    text = table(f'{ROW}\t"a\nb"', columns="\tcomment").replace("\n", line_end)
    assert [one.comment for one in read(text)] == ["a\nb"]


def test_two_forms_of_one_text_make_the_same_table() -> None:
    composed, decomposed = (unicodedata.normalize(form, "é") for form in ("NFC", "NFD"))
    tables = {
        written(*(Mapping(subject="town", object=None, object_label=label, comment="1"), LINK))
        for label in (composed, decomposed)
    }
    assert len(tables) == 1


def test_a_long_value_that_was_written_can_be_read() -> None:
    long = Mapping(subject="town", object="Q649", comment="x" * 200_000)
    assert read(written(long)) == (long,)


def test_columns_that_are_empty_are_left_out() -> None:
    assert COLUMNS in written().splitlines()
    assert COLUMNS in written(LINK).splitlines()


def test_columns_stand_in_the_order_of_the_schema() -> None:
    mapping = Mapping(
        subject="town",
        object="Q649",
        is_refused=True,
        subject_label="a",
        object_label="b",
        confidence=1,
        tool="c",
        tool_version="1",
        author="d",
        reviewer="https://orcid.org/0000-0002-1825-0097",
        date="2031-03-02",
        comment="e",
    )
    header = next(line for line in written(mapping).splitlines() if not line.startswith("#"))
    # The slots of `mapping` in sssom-schema 1.1.0a5, without those that khabar does not write.
    assert header.split("\t") == [
        *("subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label"),
        *("mapping_justification", "author_label", "reviewer_id", "mapping_tool", "mapping_tool_version"),
        *("mapping_date", "confidence", "comment"),
    ]


# Tables of others.


def test_what_the_metadata_says_holds_for_every_row() -> None:
    head = f"{HEAD}#mapping_tool: other\n#mapping_date: 2031-01-01\n"
    found = read(table(ROW, ROW.replace("Q649", "Q38").replace("exact", "close"), head=head))
    assert [(one.tool, one.date) for one in found] == [("other", "2031-01-01")] * 2


def test_what_one_row_says_itself_is_no_longer_said_for_all() -> None:
    rows = (f"{ROW}\tmine", f"{ROW.replace('Q649', 'Q38').replace('exact', 'close')}\t")
    found = read(table(*rows, columns="\tmapping_tool", head=f"{HEAD}#mapping_tool: other\n"))
    assert [one.tool for one in found] == ["mine", ""]


@pytest.mark.parametrize(
    ("ids", "labels", "author"),
    [
        ("orcid:0000-0002-1825-0097", "", "https://orcid.org/0000-0002-1825-0097"),
        ("", "A. Nagi", "A. Nagi"),
        ("", r"A\|B\\C", r"A|B\C"),
        ("", "A|B", "A, B"),
        ("https://example.org/a|orcid:1", "", "https://example.org/a, https://orcid.org/1"),
        ("https://example.org/a", "B", "https://example.org/a, B"),
    ],
)
def test_nobody_who_asserts_a_mapping_is_dropped(ids: str, labels: str, author: str) -> None:
    found = read(table(f"{ROW}\t{ids}\t{labels}", columns="\tauthor_id\tauthor_label"))
    assert [one.author for one in found] == [author]
    assert [one.author for one in read(written(*found))] == [author]


@pytest.mark.parametrize("name", ["SemanticSimilarityThresholdMatching", "LogicalReasoning", "MappingChaining"])
def test_a_justification_that_khabar_has_no_word_for_is_not_called_another(name: str) -> None:
    [found] = read(table(ROW.replace("ManualMappingCuration", name)))
    assert found.justification == "UnspecifiedMatching"


@pytest.mark.parametrize(
    ("cell", "number"), [("1", 1.0), ("0", 0.0), (".5", 0.5), ("1.", 1.0), ("5e-1", 0.5), ("", None)]
)
def test_a_confidence_may_be_any_decimal(cell: str, number: float | None) -> None:
    assert [one.confidence for one in read(table(f"{ROW}\t{cell}", columns="\tconfidence"))] == [number]


def test_a_table_without_prefixes_has_those_of_sssom() -> None:
    row = f"{IRIS['town']}\tskos:closeMatch\tsssom:NoTermFound\tsemapv:MappingReview"
    assert read(table(row, head="")) == (
        Mapping(subject="town", object=None, relation="close_match", justification="MappingReview"),
    )


def test_an_empty_line_before_the_columns_is_passed_over() -> None:
    assert read(table(ROW, head=f"{HEAD}\n")) == (LINK,)


# What is wrong with them.


@pytest.mark.parametrize(
    ("row", "columns", "places"),
    [
        (ROW.replace("exactMatch", "broadMatch"), "", [("KH080", 6, 8)]),
        (ROW.replace("skos:exactMatch", "owl:sameAs"), "", [("KH080", 6, 8)]),
        (ROW.replace("e:town", "e:toon"), "", [("KH081", 6, 1)]),
        (ROW.replace("e:town", "x:town"), "", [("KH080", 6, 1)]),
        (ROW.replace("wikidata:Q649", "Q649"), "", [("KH080", 6, 24)]),
        (ROW.replace("Q649", "Q0649"), "", [("KH080", 6, 24)]),
        (ROW.replace("Q649", "P31"), "", [("KH080", 6, 24)]),
        (ROW.replace("semapv:ManualMappingCuration", ""), "", [("KH080", 6, 1)]),
        ("e:town\tskos:exactMatch", "", [("KH080", 6, 1)] * 2),
        (f"{ROW}\t1.01\t2 March", "\tconfidence\tmapping_date", [("KH080", 6, AFTER), ("KH080", 6, AFTER + 5)]),
        (f"{ROW}\t-0.1", "\tconfidence", [("KH080", 6, AFTER)]),
        (f"{ROW}\tnan", "\tconfidence", [("KH080", 6, AFTER)]),
        (f"{ROW}\t2031-02-30", "\tmapping_date", [("KH080", 6, AFTER)]),
        (f"{ROW}\tMaybe", "\tpredicate_modifier", [("KH080", 6, AFTER)]),
        (f"{ROW}\tnobody", "\treviewer_id", [("KH080", 6, AFTER)]),
        (f"{ROW}\tx", "", [("KH080", 6, AFTER)]),
        (f'{ROW}\t"a" b', "\tcomment", [("KH080", 6, AFTER)]),
        (f"{ROW}\tx\ty", "\tcomment\tcomment", [("KH080", 5, 1)]),
    ],
)
def test_a_fault_is_told_once_at_its_cell(row: str, columns: str, places: list[tuple[str, int, int]]) -> None:
    assert faults(table(row, columns=columns)) == places


def test_a_quote_that_is_not_closed_does_not_swallow_the_rows_behind_it() -> None:
    other = ROW.replace("Q649", "Q38").replace("exact", "close")
    assert faults(table(f'{ROW}\t"a', f"{other}\tb", columns="\tcomment")) == [("KH080", 6, AFTER)]


def test_the_line_of_a_row_counts_the_lines_within_values() -> None:
    rows = (f'{ROW}\t"a\nb\nc"', f"{ROW.replace('skos:exactMatch', 'owl:sameAs')}\td")
    assert faults(table(*rows, columns="\tcomment")) == [("KH080", 9, 8)]


@pytest.mark.parametrize(
    ("head", "places"),
    [
        ("#curie_map: [a]\n", [("KH080", 1, 13)]),
        ("#A table of ours\n", [("KH080", 1, 1)]),
        ("#x: &a 1\n", [("KH080", 1, 5)]),
        ("# x: 1\n# x: 2\n", [("KH080", 2, 3)]),
        (f"{HEAD}#  skos: https://example.org/\n", [("KH080", 5, 4)]),
        (f"{HEAD}#mapping_date: soon\n", [("KH080", 5, 16)]),
    ],
)
def test_metadata_that_is_wrong_is_told_once_whatever_follows(head: str, places: list[tuple[str, int, int]]) -> None:
    rows = (ROW, ROW.replace("Q649", "Q38").replace("exact", "close"))
    assert faults(table(*rows, head=head)) == places


@pytest.mark.parametrize("text", ["", HEAD, "\n\n", "a,b\n1,2\n"])
def test_a_text_without_the_columns_is_no_table(text: str) -> None:
    assert [code for code, _, _ in faults(text)] == ["KH080"]


@pytest.mark.parametrize(
    ("second", "line"),
    [
        (ROW, 7),
        (ROW.replace("exact", "close"), 7),
        (ROW.replace("wikidata:Q649", "http://www.wikidata.org/entity/Q38"), 7),
        (ROW.replace("wikidata:Q649", "sssom:NoTermFound"), 6),
    ],
)
def test_rows_that_contradict_each_other_are_told_at_the_object(second: str, line: int) -> None:
    assert faults(table(ROW, second)) == [("KH081", line, 24)]


def test_links_to_elsewhere_stand_beside_the_lack_of_an_item() -> None:
    rows = (ROW.replace("wikidata:Q649", "sssom:NoTermFound"), ROW.replace("wikidata:Q649", "https://example.org/p"))
    assert [one.object for one in read(table(*rows))] == [None, "https://example.org/p"]
