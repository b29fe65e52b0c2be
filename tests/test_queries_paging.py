"""Pages of a list: one after another they are the whole, whatever the query and however small they are."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

import khabar
from answers import ASKED, BUNDLED, QUESTIONS, Question, by_oxigraph, store
from corpora_at_hand import CORPORA
from khabar.cli import questions
from khabar.cli.program import run
from khabar.errors import QueryRefused
from khabar.loading import plan
from khabar.queries import paging
from khabar.queries.catalogue import catalogue, find, parse
from khabar.queries.results import Rows
from khabar.queries.tokens import code

MARKED = tuple(name for name in BUNDLED if "# page ?" in find(name).text)


def _page(question: Question, limit: int | None, offset: int, ask: Callable[[str], Rows] | None = None) -> Rows:
    return paging.page(
        find(question.query), question.text, ask or store(question.corpus).select, limit=limit, offset=offset
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{question.corpus}-{question.golden.stem}")
def test_pages_one_after_another_are_the_whole(question: Question) -> None:
    whole = by_oxigraph(question).rows
    size = max(1, len(whole) // 3)
    pages = [_page(question, size, offset).rows for offset in range(0, len(whole) + size, size)]
    assert tuple(row for page in pages for row in page) == whole
    assert all(len(page) <= size for page in pages)


@pytest.mark.parametrize("corpus", ASKED)
@pytest.mark.parametrize("name", MARKED)
def test_a_page_of_a_list_too_long_to_sort_is_the_same(name: str, corpus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Four keys are a sample here: the list is cut off, widened, and at last given whole.
    monkeypatch.setattr(paging, "SAMPLE", 4)
    question = Question(corpus, name)
    whole = by_oxigraph(question).rows
    for size in (1, 3, 7):
        for offset in (0, 1, len(whole) // 2, len(whole)):
            assert _page(question, size, offset).rows == whole[offset : offset + size]


@pytest.mark.parametrize("name", ["chain-of-transmission", "only-alleged", "sources", "standing"])
def test_what_is_cut_off_is_no_longer_looked_at(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "SAMPLE", 4)
    asked: list[str] = []

    def ask(text: str) -> Rows:
        asked.append(text)
        return store("eastport").select(text)

    _page(Question("eastport", name), 1, 0, ask)
    filters = find(name).text.count("FILTER(")
    assert any(text.count("FILTER(") > filters for text in asked)


@pytest.mark.parametrize("name", MARKED)
def test_a_list_is_ordered_first_by_the_key_of_its_pages(name: str) -> None:
    """Rows up to a key are the first rows of the list because the list is in the order of the keys."""
    for corpus in ASKED:
        rows = by_oxigraph(Question(corpus, name))
        first = re.search(r"ORDER BY (?:STR\()?\?(\w+)", find(name).text)
        assert first is not None
        keys = [getattr(term, "lexical", term) or "" for term in rows.column(first[1])]
        assert keys == sorted(keys)


def test_every_marked_line_holds_its_key_and_nothing_open() -> None:
    marked = [line for query in catalogue() for line in query.text.splitlines() if "# page ?" in line]
    assert len(marked) > len(MARKED)
    for line in marked:
        found = re.fullmatch(r"(.*?)# page (\?\w+)(?: of (.*?))?(?: from (.*))?", line)
        assert found is not None
        pattern, key, added, sample = found.groups(default="")
        for part in (f"{pattern}{added}", *([sample] if sample else [])):
            assert re.search(rf"{re.escape(key)}\b", part)
            assert part.count("{") == part.count("}")


def test_the_order_of_every_list_tells_its_rows_apart() -> None:
    for question in QUESTIONS:
        query, rows = find(question.query), by_oxigraph(question)
        tail = code(query.text)
        last = max(index for index, token in enumerate(tail) if token.is_word("ORDER"))
        names = {token.text[1:] for token in tail[last:] if token.kind == "variable"}
        keys = [tuple(cell for name, cell in zip(rows.columns, row, strict=True) if name in names) for row in rows]
        assert len(set(keys)) == len(keys), question


def test_a_query_that_counts_its_rows_itself_is_never_given_more() -> None:
    for limit, offset in ((None, 0), (2, 0), (2, 1), (9_999, 0), (None, 3)):
        whole = by_oxigraph(Question("eastport", "graphs")).rows
        end = len(whole) if limit is None else offset + limit
        assert _page(Question("eastport", "graphs"), limit, offset).rows == whole[offset:end]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ASK { ?s ?p ?o }", "query mine: expected SELECT, to take a page of, found another query"),
        (
            "SELECT ?s WHERE { ?s ?p ?o } ORDER BY ?s OFFSET 3",
            "query mine: expected a query that ends with its order, or with LIMIT, found more",
        ),
        (
            "SELECT ?s WHERE { ?s ?p ?o } ORDER BY ?s VALUES ?s { UNDEF }",
            "query mine: expected a query that ends with its order, or with LIMIT, found more",
        ),
        (
            "SELECT ?s WHERE { ?s ?p ?o }",
            "query mine: expected ORDER BY, without which pages overlap, found rows in no order",
        ),
    ],
)
def test_a_page_that_cannot_be_told_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(QueryRefused) as caught:
        paging.check(parse("mine", text), 10, 10)
    assert str(caught.value) == sentence
    assert not paging.is_pageable(parse("mine", text))


def test_numbers_below_zero_are_refused() -> None:
    with pytest.raises(QueryRefused) as caught:
        paging.check(find("denials"), -1, 0)
    assert str(caught.value) == "limit: expected a number from 0 on, found -1"


def test_the_first_rows_of_a_query_in_no_order_may_be_asked_for() -> None:
    rows = khabar.query(store("eastport"), "SELECT ?s WHERE { ?s ?p ?o }", limit=5)
    assert len(rows) == 5
    assert len(khabar.query(store("eastport"), "denials", limit=0)) == 0


def test_the_command_takes_a_page(capfd: pytest.CaptureFixture[str]) -> None:
    def lines(*words: str) -> list[str]:
        assert run(["query", "denials", "--on", str(CORPORA["eastport"]), "--format", "tsv", *words]) == 0
        return capfd.readouterr().out.splitlines()

    whole = lines()
    assert lines("--limit", "3", "--offset", "2") == [whole[0], *whole[3:6]]
    assert lines("--limit", "0") == whole[:1]


def test_a_terminal_is_shown_the_first_rows_and_told_of_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(questions, "PAGE", 3)
    for words, told in (((), "rows 1 to 3; more with --offset 3\n"), (("--all",), "")):
        # Each run opens its output anew; the last thing that asks is whether it is a terminal.
        monkeypatch.setattr(questions, "is_terminal", lambda: True)
        assert run(["query", "denials", "--on", str(CORPORA["eastport"]), *words]) == 0
        said = capsys.readouterr()
        assert said.err == told
        assert (len(said.out.splitlines()) == 5) == (words == ())


@pytest.mark.parametrize("name", ["graphs", "triples-per-graph"])
def test_pages_after_a_graph_are_the_whole(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "SAMPLE", 4)
    whole = by_oxigraph(Question("eastport", name))
    at = whole.columns.index("graph")
    found = list(khabar.query(store("eastport"), name, limit=2))
    while page := khabar.query(store("eastport"), name, limit=2, after=str(found[-1][at])).rows:
        found += page
    assert tuple(found) == whole.rows


class _InParts:
    """A store whose rows come in parts, in the eyes of a load."""

    name = "parts"

    def select(self, text: str, **_: object) -> Rows:
        return store("eastport").select(text.replace("LIMIT 5000", "LIMIT 3"))


def test_what_a_store_gives_in_parts_is_read_whole_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "SAMPLE", 4)
    monkeypatch.setattr(plan, "_PAGE", 3)
    counts = plan.counts(_InParts(), None)
    whole = by_oxigraph(Question("eastport", "triples-per-graph")).rows
    assert counts == {graph: int(getattr(count, "lexical", "")) for graph, count in whole}
