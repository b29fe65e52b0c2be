"""Rows written for machines read back as they were, and a table reads well in two directions."""

from __future__ import annotations

import csv
import io
import json
import re

import pyoxigraph
import pytest
import rdflib.query
from hypothesis import given
from hypothesis import strategies as st

from khabar.errors import QueryRefused
from khabar.queries.results import Rows, text
from khabar.queries.spelling import Blank, Term
from khabar.stores.store import OxigraphStore
from khabar.terms import LANG_STRING, XSD, Literal

ROWS = Rows(
    columns=("claim", "claimLabel", "n", "stance"),
    rows=(
        (
            "https://example.org/c/claims/a.one",
            Literal('she said, "no"', LANG_STRING, "en"),
            Literal("3", XSD + "integer"),
            "https://w3id.org/khabar/ns#denies",
        ),
        ("https://example.org/c/claims/a.two", Literal("نفى", LANG_STRING, "ar"), None, None),
        ("https://example.org/c/claims/a.three", None, Literal("line\nbreak"), Blank("b1")),
    ),
)
PREFIXES = {"claims": "https://example.org/c/claims/"}

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
literals = st.one_of(
    texts.map(Literal),
    st.builds(Literal, texts, st.just(LANG_STRING), st.sampled_from(["en", "ar", "ar-ly"])),
    st.sampled_from(["1", "x"]).map(lambda text: Literal(text, XSD + "token")),
)
terms = st.one_of(st.none(), st.sampled_from(["http://example.org/a", "http://example.org/%D9%86?x=1&y#z"]), literals)
tables = st.integers(1, 3).flatmap(
    lambda width: st.builds(
        Rows,
        st.just(tuple(f"c{n}" for n in range(width))),
        st.lists(st.tuples(*[terms] * width), max_size=4).map(tuple),
    )
)


def _parsed(document: str, format: pyoxigraph.QueryResultsFormat) -> Rows:
    found = pyoxigraph.parse_query_results(document.encode(), format)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    columns = tuple(variable.value for variable in found.variables)
    return Rows(columns, tuple(tuple(_term(solution[name]) for name in columns) for solution in found))


def _term(value: object) -> Term | None:
    if isinstance(value, pyoxigraph.NamedNode):
        return value.value
    if isinstance(value, pyoxigraph.BlankNode):
        return Blank(value.value)
    if isinstance(value, pyoxigraph.Literal):
        return Literal(value.value, value.datatype.value, value.language or "")
    return None


@given(tables)
@pytest.mark.parametrize("form", ["json", "xml", "tsv"])
def test_what_is_written_reads_back(form: str, rows: Rows) -> None:
    format = {
        "json": pyoxigraph.QueryResultsFormat.JSON,
        "xml": pyoxigraph.QueryResultsFormat.XML,
        "tsv": pyoxigraph.QueryResultsFormat.TSV,
    }[form]
    assert _parsed(text(rows, form), format) == rows


@pytest.mark.parametrize("space", [" ", " \t ", "0 ", "\n0", " 0\r\n1 "])
def test_white_space_at_the_ends_is_kept_in_xml(space: str) -> None:
    rows = Rows(columns=("text",), rows=((Literal(space),),))
    assert _parsed(text(rows, "xml"), pyoxigraph.QueryResultsFormat.XML) == rows
    found = rdflib.query.Result.parse(io.BytesIO(text(rows, "xml").encode()), format="xml")
    assert [str(value) for row in found.bindings for value in row.values()] == [space]


@given(tables)
def test_csv_has_the_plain_text_of_every_cell(rows: Rows) -> None:
    found = list(csv.reader(io.StringIO(text(rows, "csv"), newline="")))
    assert found[0] == list(rows.columns)
    plain = [["" if term is None else term if isinstance(term, str) else term[0] for term in row] for row in rows]
    assert [row or [""] for row in found[1:]] == plain


@pytest.mark.parametrize("form", ["json", "xml"])
def test_rdflib_reads_it_too(form: str) -> None:
    found = rdflib.query.Result.parse(io.BytesIO(text(ROWS, form).encode()), format=form)
    assert [str(name) for name in found.vars or ()] == list(ROWS.columns)
    assert len(list(found)) == 3


def test_the_formats_to_the_letter() -> None:
    assert text(ROWS, "csv") == (
        "claim,claimLabel,n,stance\r\n"
        'https://example.org/c/claims/a.one,"she said, ""no""",3,https://w3id.org/khabar/ns#denies\r\n'
        "https://example.org/c/claims/a.two,نفى,,\r\n"
        'https://example.org/c/claims/a.three,,"line\nbreak",_:b1\r\n'
    )
    assert text(ROWS, "tsv") == (
        "?claim\t?claimLabel\t?n\t?stance\n"
        '<https://example.org/c/claims/a.one>\t"she said, \\"no\\""@en'
        f'\t"3"^^<{XSD}integer>\t<https://w3id.org/khabar/ns#denies>\n'
        '<https://example.org/c/claims/a.two>\t"نفى"@ar\t\t\n'
        '<https://example.org/c/claims/a.three>\t\t"line\\nbreak"\t_:b1\n'
    )
    assert json.loads(text(ROWS, "json"))["results"]["bindings"][1] == {
        "claim": {"type": "uri", "value": "https://example.org/c/claims/a.two"},
        "claimLabel": {"type": "literal", "value": "نفى", "xml:lang": "ar"},
    }


def test_a_table_is_short_and_keeps_arabic_in_its_place() -> None:
    assert text(ROWS, "table", prefixes=PREFIXES) == (
        "claim           n           stance\n"
        "--------------  ----------  ----------\n"
        'she said, "no"  3           khb:denies\n'
        "\u2068نفى\u2069\n"
        "claims:a.three  line break  _:b1\n"
    )


def test_a_full_table_has_every_column() -> None:
    assert text(ROWS, "table", prefixes=PREFIXES, full=True).splitlines()[2] == (
        'claims:a.one    she said, "no"  3           khb:denies'
    )


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_no_color_leaves_no_color(monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    from khabar.queries.results import write

    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("NO_COLOR", "1")
    file = Terminal()
    write(ROWS, file, prefixes=PREFIXES)
    # Weight is no colour: what is left may be bold.
    assert set(re.findall("\x1b\\[([0-9;]*)m", file.getvalue())) <= ({"0", "1"} if term != "dumb" else set())


def test_a_terminal_gets_a_table_by_rich() -> None:
    from khabar.queries.results import write

    file = Terminal()
    write(ROWS, file, prefixes=PREFIXES)
    assert "khb:denies" in file.getvalue()
    assert "─" in file.getvalue()
    assert "[" not in file.getvalue().replace("\x1b[", "")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("table", "answer\n------\nyes\n"),
        ("csv", "true\r\n"),
        ("tsv", "true\n"),
        ("json", '{"head": {}, "boolean": true}\n'),
    ],
)
def test_an_answer_to_ask(form: str, expected: str) -> None:
    assert text(Rows(truth=True), form) == expected


def test_xml_of_ask_is_read_by_others() -> None:
    found = pyoxigraph.parse_query_results(text(Rows(truth=False), "xml"), pyoxigraph.QueryResultsFormat.XML)
    assert isinstance(found, pyoxigraph.QueryBoolean)
    assert not found


def test_what_xml_cannot_carry_is_refused() -> None:
    with pytest.raises(QueryRefused) as caught:
        text(Rows(columns=("x",), rows=((Literal("\x00"),),)), "xml")
    assert str(caught.value) == ("format xml: expected characters that XML can carry, found U+0000 (write json or tsv)")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(QueryRefused) as caught:
        text(ROWS, "yaml")
    assert str(caught.value) == "format: expected table, csv, tsv, json, xml, found 'yaml'"


def test_rows_are_at_hand_in_python() -> None:
    assert len(ROWS) == 3
    assert ROWS.column("n") == (Literal("3", XSD + "integer"), None, Literal("line\nbreak"))
    assert ROWS.texts()[1] == {"claim": "https://example.org/c/claims/a.two", "claimLabel": "نفى"}
    with pytest.raises(KeyError):
        ROWS.column("m")


def test_blank_nodes_of_others_are_rows_too() -> None:
    store = pyoxigraph.Store()
    store.load("_:b <http://example.org/p> 1 .", pyoxigraph.RdfFormat.TURTLE)
    (row,) = OxigraphStore("others", store).select("SELECT ?s { ?s ?p ?o }")
    assert isinstance(row[0], Blank)
