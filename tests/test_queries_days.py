"""Pages of lists in the order of days: whatever the days are, one after another they are the whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from answers import ASKED, Question, by_oxigraph, store, told_by_rdflib
from khabar.queries import days, paging
from khabar.queries.catalogue import catalogue, find
from khabar.queries.results import Rows
from khabar.terms import XSD, Literal

IN_DAYS = tuple(query.name for query in catalogue() if "# days end" in query.text)
WINDOWED = ("events-in-window", "timeline")
WINDOWS = (
    (),
    (("from", "2023-09-25"), ("to", "2031-03-10")),
    (("from", "2031-03-04"), ("to", "2031-03-04")),
    (("from", "2023-09-25"),),
    (("to", "2031-03-04"),),
    (("from", "1990-01-01"), ("to", "1990-12-31")),
    (("from", "2090-01-01"), ("to", "2090-12-31")),
)
OWNERS = {
    ("eastport", "timeline"): (("agent", "harbour-times"), ("agent", "ines-morrow")),
    ("libya", "timeline"): (("agent", "asharq-al-awsat"), ("agent", "haftar")),
    ("eastport", "meetings-attendance"): (("with", "idris-halloun"),),
    ("libya", "meetings-attendance"): (("with", "haftar"),),
}
"""By corpus and query, those whom its things can be found by: who has many, and who has a few."""


class _Asked:
    """A store that keeps what it was asked."""

    def __init__(self, corpus: str, answer: Callable[[str], Rows] | None = None) -> None:
        self.texts: list[str] = []
        self._answer = answer or store(corpus).select

    def __call__(self, text: str) -> Rows:
        self.texts.append(text)
        return self._answer(text)


def _page(question: Question, ask: Callable[[str], Rows], limit: int | None, offset: int = 0) -> Rows:
    return paging.page(find(question.query), question.text, ask, limit=limit, offset=offset)


@pytest.fixture(params=[0, 3, 1_000_000], ids=lambda few: f"few-{few}")
def tiny(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is long, and the things of an agent are many or few."""
    monkeypatch.setattr(days, "SHORT", 1)
    monkeypatch.setattr(days, "FEW", request.param)


def test_which_lists_go_by_days() -> None:
    assert IN_DAYS == ("events-in-window", "meetings-attendance", "timeline")
    assert not any("# page ?" in find(name).text for name in IN_DAYS)


def _questions(corpus: str) -> list[Question]:
    """Every list in the order of days, in every window that it takes, of all agents and of one."""
    return [
        Question(corpus, name, "", (*window, *of_agent))
        for name in IN_DAYS
        for window in (WINDOWS if name in WINDOWED else WINDOWS[:1])
        for of_agent in ((), *((owner,) for owner in OWNERS.get((corpus, name), ())))
    ]


def _called(question: Question) -> str:
    return "-".join((question.corpus, question.query, *(value for _, value in question.params)))


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("question", [each for corpus in ASKED for each in _questions(corpus)], ids=_called)
def test_pages_by_days_are_the_whole(question: Question) -> None:
    whole = by_oxigraph(question).rows
    for size in (1, 3, len(whole)):
        for offset in range(0, len(whole) + 1, 1 + len(whole) // 12):
            page = _page(question, store(question.corpus).select, size, offset)
            assert page.rows == whole[offset : offset + size]


@pytest.mark.parametrize("listed", [1, 4])
def test_days_that_no_query_can_hold_are_asked_for_all_at_once(listed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "SHORT", 1)
    monkeypatch.setattr(days, "LISTED", listed)
    for question in _questions("eastport"):
        whole = by_oxigraph(question).rows
        ask = _Asked("eastport")
        assert _page(question, ask, 2, 3).rows == whole[3:5]
        assert _page(question, ask, 500).rows == whole
        assert all(text.count("xsd:date") <= 2 * listed + 2 for text in ask.texts)


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("question", _questions("eastport"), ids=_called)
def test_what_is_asked_for_by_days_has_the_same_rows_elsewhere(question: Question) -> None:
    ask = _Asked("eastport")
    _page(question, ask, 3)
    for text in dict.fromkeys(ask.texts):
        assert sorted(map(_lexical, told_by_rdflib("eastport", text))) == sorted(map(_lexical, ask(text)))


def _lexical(row: tuple[object, ...]) -> str:
    return str(getattr(row[0], "lexical", row[0]))


def test_days_are_asked_for_by_name_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "SHORT", 1)
    ask = _Asked("eastport")
    first = _page(Question("eastport", "timeline"), ask, 1).rows[0][0]
    assert isinstance(first, Literal)
    *counts, text = ask.texts
    assert [count.count("COUNT(*)") for count in counts] == [1, 1]
    assert f'VALUES ?day {{ "{first.lexical}"^^xsd:date' in text
    assert text.count("xsd:date") < by_oxigraph(Question("eastport", "timeline")).rows.__len__()


def test_what_an_agent_has_little_of_is_found_by_the_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    question = Question("eastport", "timeline", "", (("agent", "harbour-times"),))
    for few, values in ((1_000, False), (0, True)):
        monkeypatch.setattr(days, "SHORT", 1)
        monkeypatch.setattr(days, "FEW", few)
        ask = _Asked("eastport")
        _page(question, ask, 1)
        assert any("VALUES ?day" in text for text in ask.texts) == values


def test_a_day_that_is_not_plain_leaves_the_order_to_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "SHORT", 1)
    whole = Rows(columns=("day",), rows=(("x",),))
    for lexical, datatype in (("-0044-03-15", "date"), ("2031-03-01Z", "date"), ("2031-03-01", "string")):
        counts = Rows(
            columns=("day", "count"), rows=((Literal(lexical, XSD + datatype), Literal("9", XSD + "integer")),)
        )

        def answer(text: str, counts: Rows = counts) -> Rows:
            return counts if "AS ?count" in text else whole

        ask = _Asked("eastport", answer)
        assert _page(Question("eastport", "timeline"), ask, 5) == whole
        assert [text.count("VALUES ?day") for text in ask.texts] == [0, 0]


@pytest.mark.parametrize("name", IN_DAYS)
def test_a_whole_list_and_the_rest_of_one_are_asked_for_once(name: str) -> None:
    question = Question("eastport", name)
    whole = by_oxigraph(question).rows
    for offset in (0, 2):
        ask = _Asked("eastport")
        assert _page(question, ask, None, offset).rows == whole[offset:]
        assert len(ask.texts) == 1


def test_a_query_without_both_marks_has_no_pages_by_days() -> None:
    text = find("timeline").text
    for mark in ("# days end", "# days ?day of"):
        bare = text.replace(mark, "# nothing")
        assert list(days.tries(bare, store("eastport").select, 5)) == [bare]
