"""Relative dates, followed through other events and other articles."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from khabar.chronology import chronology, event_bounds
from khabar.dates import UNKNOWN, Bounds, bounds
from khabar.model import Corpus
from khabar.names import Names


def corpus(**articles: dict[str, Any]) -> Corpus:
    """A corpus of articles of 7 November 2023, each given by the dates of its events."""
    return msgspec.convert(
        {
            "header": {"base": "https://example.org/", "title": {"en": "T"}, "licence": "https://example.org/l"},
            "entities": {},
            "articles": [
                {
                    "article": {
                        "id": name,
                        "title": {"en": "T"},
                        "publisher": "times",
                        "published": dates.get("published", "2023-11-07"),
                        "language": "en",
                    },
                    "events": {
                        slug: {"type": "Visit", "label": {"en": slug}, "date": date}
                        for slug, date in dates.items()
                        if slug != "published"
                    },
                }
                for name, dates in articles.items()
            ],
            "paths": {},
        },
        Corpus,
    )


def extents(**articles: dict[str, Any]) -> dict[tuple[str, str], Bounds]:
    one = corpus(**articles)
    return dict(event_bounds(one, Names(one)))


LATE_SEPTEMBER = "[2023-09-21..2023-09-30]"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ({"before": "talks", "by": "P7D"}, "[2023-09-14..2023-09-23]"),
        ({"after": "talks", "by": "P1M"}, "[2023-10-21..2023-10-31]"),
        ({"after": "talks"}, "[2023-09-21..2023-11-07]"),
        ({"before": "talks"}, "[..2023-09-30]"),
        ({"after": "open"}, "[..2023-11-07]"),
        ({"before": "open"}, "[..2023-08-31]"),
        ({"before": "vague", "by": "P7D"}, "XXXX"),
        ({"before": "vague"}, "XXXX"),
        ({"after": "vague"}, "[..2023-11-07]"),
        # What comes after something still to come has no known end.
        ({"after": "planned"}, "2024-01-01/.."),
        ({"after": "today"}, "2023-11-07"),
        ({"after": "planned", "by": "P1D"}, "2024-01-02/2025-01-01"),
        ({"after": "nothing", "by": "P1D"}, "XXXX"),
        ({"by": "P1D"}, "XXXX"),
        ({}, "XXXX"),
        (None, "XXXX"),
    ],
)
def test_a_relative_date_follows_from_the_other(date: dict[str, str] | None, expected: str) -> None:
    found = extents(
        a={
            "visit": date,
            "talks": LATE_SEPTEMBER,
            "open": "../2023-08",
            "vague": None,
            "planned": "2024",
            "today": "2023-11-07",
        }
    )
    assert found["a", "visit"] == bounds(expected)


def test_a_chain_of_dates_goes_through_articles_in_any_order() -> None:
    found = extents(
        a={"last": {"after": "b.middle", "by": "P1D"}, "first": "2023-09-01"},
        b={"middle": {"after": "a.first", "by": "P1D"}, "published": "2023-11-08"},
    )
    assert found["b", "middle"] == bounds("2023-09-02")
    assert found["a", "last"] == bounds("2023-09-03")


def test_publication_is_that_of_the_article_that_says_after() -> None:
    found = extents(a={"talks": LATE_SEPTEMBER}, b={"visit": {"after": "a.talks"}, "published": "2023-12"})
    assert found["b", "visit"] == bounds("2023-09-21/2023-12-31")


def test_a_chain_as_long_as_a_corpus_is_followed() -> None:
    dates: dict[str, Any] = {f"e{n}": {"after": f"e{n + 1}", "by": "P1D"} for n in range(5_000)}
    assert extents(a={**dates, "e5000": "2003-01-01"})["a", "e0"] == bounds("2016-09-09")


def test_circles_and_refused_dates_are_unknown_and_break_nothing() -> None:
    one = corpus(
        a={
            "x": {"before": "y", "by": "P1D"},
            "y": {"before": "x", "by": "P1D"},
            "self": {"after": "self", "by": "P1D"},
            "wrong": "2023-02-30",
            "on-wrong": {"after": "wrong", "by": "P1D"},
            "too-early": {"before": "first", "by": "P1D"},
            "first": "0001-01-01",
            "duration": {"before": "first", "by": "P1X"},
            "published": "nonsense",
        }
    )
    found = chronology(one, Names(one))
    assert {slug for (_, slug), days in found.bounds.items() if days != UNKNOWN} == {"first"}
    assert {slug: refused.code for (_, slug), refused in found.refused.items()} == {
        "wrong": "KH031",
        "too-early": "KH031",
        "duration": "KH030",
    }
