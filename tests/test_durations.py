"""Durations, and bounds moved by them: what is read, what is refused, and the laws that hold for all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from date_cases import extent
from khabar.dates import (
    Bounds,
    DateRefused,
    Direction,
    Duration,
    bounds,
    parse_duration,
    shift,
)


@pytest.mark.parametrize(
    ("text", "months", "days"),
    [("P7D", 0, 7), ("P1W", 0, 7), ("P1M", 1, 0), ("P2Y", 24, 0), ("P1Y2M3W4D", 14, 25), ("P0D", 0, 0)],
)
def test_a_duration_is_months_and_days(text: str, months: int, days: int) -> None:
    assert parse_duration(text) == Duration(months, days)


@pytest.mark.parametrize("text", ["", "P", "7D", "P7", "P-7D", "PT1H", "P1.5D", "P1D1M", "p7d", "P7D\n"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(DateRefused) as refused:
        parse_duration(text)
    assert refused.value.code == "KH030"
    assert str(refused.value) == (
        f"duration: expected a duration of years, months, weeks or days, such as P7D, found {text!r} "
        "(a week is P7D, a month P1M)"
    )


@pytest.mark.parametrize(
    ("text", "by", "direction", "first", "last"),
    [
        ("2023-09-28", "P7D", "before", "2023-09-21", "2023-09-21"),
        ("2023-09-28", "P1W", "after", "2023-10-05", "2023-10-05"),
        ("[2023-09-21..2023-09-30]", "P7D", "before", "2023-09-14", "2023-09-23"),
        ("2023-09-28", "P0D", "after", "2023-09-28", "2023-09-28"),
        ("2023-02-28", "P1M", "before", "2023-01-28", "2023-01-31"),
        ("2023-03-31", "P1M", "before", "2023-02-28", "2023-02-28"),
        ("2023-01-31", "P1M", "after", "2023-02-28", "2023-02-28"),
        ("2023-02-28", "P1M", "after", "2023-03-28", "2023-03-31"),
        ("2024-02-29", "P1Y", "after", "2025-02-28", "2025-02-28"),
        ("2023-02-28", "P1Y", "after", "2024-02-28", "2024-02-29"),
        ("2023-01-30", "P1M1D", "after", "2023-02-28", "2023-03-01"),
        ("2023/..", "P1M", "after", "2023-02-01", ""),
        ("../2023", "P1D", "before", "", "2023-12-30"),
        ("XXXX", "P1D", "before", "", ""),
        ("0001-01", "P15D", "before", "", "0001-01-16"),
        ("9999-12", "P15D", "after", "9999-12-16", ""),
    ],
)
def test_bounds_move_by_a_duration(text: str, by: str, direction: Direction, first: str, last: str) -> None:
    assert shift(bounds(text), parse_duration(by), direction) == extent(first, last)


@pytest.mark.parametrize(
    ("text", "by", "direction", "found"),
    [
        ("0001-06-01", "P2Y", "before", "24 months and 0 days before 0001-06-01"),
        ("0001-01", "P40D", "before", "0 months and 40 days before 0001-01-31"),
        ("9999/..", "P2Y1D", "after", "24 months and 1 days after 9999-01-01"),
    ],
)
def test_no_day_before_the_first_or_after_the_last(text: str, by: str, direction: Direction, found: str) -> None:
    with pytest.raises(DateRefused) as refused:
        shift(bounds(text), parse_duration(by), direction)
    assert refused.value.code == "KH031"
    assert str(refused.value) == f"duration: expected a date in the years 0001 to 9999, found {found}"


@given(st.text(max_size=20) | st.from_regex(r"P([0-9]{1,5}[YMWD]){0,4}", fullmatch=True))
def test_law_any_text_gives_a_duration_or_a_refusal(text: str) -> None:
    found: Duration | DateRefused
    try:
        found = parse_duration(text)
    except DateRefused as refused:
        found = refused
    assert found.code == "KH030" if isinstance(found, DateRefused) else min(found) >= 0


DURATIONS = st.builds(Duration, st.integers(0, 30), st.integers(0, 800))
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@given(DAYS, st.integers(0, 60), DURATIONS)
@example(date(2023, 1, 29), 2, Duration(1, 0))
@example(date(2023, 3, 31), 0, Duration(1, 1))
@example(date(2024, 2, 29), 0, Duration(12, 30))
def test_law_there_and_back_contains_where_one_began(start: date, length: int, duration: Duration) -> None:
    days = Bounds(start, start + timedelta(days=length))
    assert shift(shift(days, duration, "before"), duration, "after").contain(days)
    assert shift(shift(days, duration, "after"), duration, "before").contain(days)


@given(DAYS, st.integers(0, 60), st.integers(0, 60), DURATIONS, st.sampled_from(["before", "after"]))
def test_law_more_possible_days_give_more_possible_days(
    start: date, inner: int, more: int, duration: Duration, direction: Direction
) -> None:
    narrow = Bounds(start, start + timedelta(days=inner))
    wide = Bounds(start - timedelta(days=more), start + timedelta(days=inner + more))
    assert shift(wide, duration, direction).contain(shift(narrow, duration, direction))


@given(DAYS, st.integers(0, 800))
def test_law_days_move_exactly(start: date, days: int) -> None:
    moved = start + timedelta(days=days)
    assert shift(Bounds(start, start), Duration(0, days), "after") == (moved, moved)
    assert shift(Bounds(moved, moved), Duration(0, days), "before") == (start, start)
