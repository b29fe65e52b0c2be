from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from explorer_stores import EXAMPLE, LIBYA, held, indexed, stated
from khabar import vocabulary
from khabar.dates.edtf import DateRefused
from khabar.explorer.extents import certain
from khabar.explorer.index import Index
from khabar.explorer.survey import Dated
from khabar.explorer.values import Bucket, Timeline

_TYPES = ("Event", "Visit", "AccessGrant", "Provision", "Statement")
_STANDINGS = ("contested", "uncontested", "only-alleged")
_FIRST, _LAST = date(2030, 1, 1).toordinal(), date(2032, 12, 31).toordinal()


@pytest.fixture(scope="module")
def example() -> Iterator[Index]:
    with indexed(held("example")) as index:
        yield index


def names(timeline: Timeline) -> list[str]:
    return [extent.thing.iri.rpartition("/")[2] for extent in timeline.events.items]


def touched(buckets: tuple[Bucket, ...]) -> list[tuple[str, int, int]]:
    return [(one.start, one.certain, one.possible) for one in buckets if one.certain or one.possible]


def dated(*days: tuple[str, str]) -> Store:
    """A store of events e0, e1 ... each with its first and its last day, empty where there is none."""
    lines = []
    for number, (earliest, latest) in enumerate(days):
        lines.append(f":e{number} a khb:Event .")
        lines += [f":e{number} khb:earliest '{earliest}'^^xsd:date ."] if earliest else []
        lines += [f":e{number} khb:latest '{latest}'^^xsd:date ."] if latest else []
    return stated("\n".join(lines))


def test_the_events_of_the_example_are_in_their_order(example: Index) -> None:
    timeline = example.timeline("en")
    assert (timeline.first, timeline.last, timeline.unit) == ("2031-02-17", "2031-02-28", "day")
    assert names(timeline) == ["eastport-ferry.dock-strike", "eastport-ferry.minister-visit"]
    assert touched(timeline.buckets)[:1] == [("2031-02-17", 0, 1)]
    assert len(timeline.buckets) == 12


def test_statements_are_no_events_of_the_timeline(example: Index) -> None:
    assert {extent.thing.kind for extent in example.timeline("en").events.items} == {"event"}


def test_a_type_stands_for_its_sub_classes(example: Index) -> None:
    assert example.timeline("en", types=[vocabulary.term("Event")]).events.total == 2
    assert names(example.timeline("en", types=[EXAMPLE + "types/Strike"])) == ["eastport-ferry.dock-strike"]
    both = [EXAMPLE + "types/Strike", vocabulary.term("Visit")]
    assert example.timeline("en", types=both).events.total == 2
    assert example.timeline("en", types=["https://e.org/none"]).events.total == 0


def test_an_agent_takes_part_or_says_something_of_an_event(example: Index) -> None:
    assert names(example.timeline("en", agent=EXAMPLE + "agents/nadia-karam")) == ["eastport-ferry.minister-visit"]
    assert example.timeline("en", agent=EXAMPLE + "agents/harbour-times").events.total == 2
    for nobody in (EXAMPLE + "agents/ferry-line", "https://e.org/nobody", "\ud800"):
        assert example.timeline("en", agent=nobody).events.total == 0


def test_a_standing_is_asked_for_by_its_word() -> None:
    with indexed(held("libya")) as index:
        every = index.timeline("en")
        parts = [index.timeline("en", standing=word).events.total for word in _STANDINGS]
        assert sum(parts) == every.events.total > 0
        visit = LIBYA + "events/rt-arabic-2023-11-07.yevkurov-visit"
        assert visit in {extent.thing.iri for extent in every.events.items}


@pytest.mark.parametrize(
    ("days", "unit", "number"),
    [
        (("2031-01-01", "2031-01-01"), "day", 1),
        (("2031-01-01", "2031-03-03"), "day", 62),
        (("2031-01-01", "2031-03-04"), "month", 3),
        (("2031-01-31", "2036-02-29"), "month", 62),
        (("2031-01-31", "2036-03-01"), "year", 6),
        (("0001-01-01", "9999-12-31"), "year", 9999),
    ],
)
def test_the_unit_goes_by_the_length_of_the_window(days: tuple[str, str], unit: str, number: int) -> None:
    with indexed(dated(days)) as index:
        timeline = index.timeline("en")
        assert (timeline.unit, len(timeline.buckets)) == (unit, number)


def test_of_very_many_buckets_the_empty_ones_are_left_out() -> None:
    with indexed(dated(("0001-01-01", "0001-01-01"), ("9999-12-31", "9999-12-31"))) as index:
        assert touched(index.timeline("en").buckets) == [("0001-01-01", 1, 0), ("9999-01-01", 1, 0)]
        assert len(index.timeline("en").buckets) == 2


def test_an_event_is_certain_in_the_bucket_that_holds_all_of_it_and_else_possible_in_each() -> None:
    store = dated(("2031-01-01", "2031-01-31"), ("2031-01-20", "2031-03-02"), ("2031-12-31", "2031-12-31"))
    with indexed(store) as index:
        assert touched(index.timeline("en").buckets) == [
            ("2031-01-01", 1, 1),
            ("2031-02-01", 0, 1),
            ("2031-03-01", 0, 1),
            ("2031-12-01", 1, 0),
        ]


def test_an_open_side_is_possible_where_the_other_side_is() -> None:
    with indexed(dated(("", "2031-01-02"), ("2031-01-05", ""))) as index:
        timeline = index.timeline("en")
        assert touched(timeline.buckets) == [("2031-01-02", 0, 1), ("2031-01-05", 0, 1)]
        assert [extent.certain_from for extent in timeline.events.items] == ["", ""]


def test_a_window_is_read_as_dates_are() -> None:
    with indexed(dated(("2031-01-01", "2031-01-31"), ("2031-06-01", "2031-06-01"))) as index:
        assert names(index.timeline("en", first="2031-05")) == ["e1"]
        assert names(index.timeline("en", last="2031-01-15")) == ["e0"]
        window = index.timeline("en", first="2031-02", last="2031")
        assert (window.first, window.last, window.unit) == ("2031-02-01", "2031-12-31", "month")
        assert index.timeline("en", first="2032", last="2031").buckets == ()
        with pytest.raises(DateRefused):
            index.timeline("en", first="some day")


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (("2023-09-21", "2023-09-21", "2023-09-21"), ("2023-09-21", "2023-09-21")),
        (("", "2023-09-21", "2023-09-21"), ("2023-09-21", "2023-09-21")),
        (("2023-09-21/2023-09-30", "2023-09-21", "2023-09-30"), ("2023-09-21", "2023-09-30")),
        (("2023-08/2023-10", "2023-08-01", "2023-10-31"), ("2023-08-31", "2023-10-01")),
        (("2023-08/2023-08", "2023-08-01", "2023-08-31"), ("", "")),
        (("2023-09-21~/2023-09-30", "2023-09-20", "2023-09-30"), ("", "")),
        (("2023-09-21/..", "2023-09-21", ""), ("", "")),
        (("2023-09", "2023-09-01", "2023-09-30"), ("", "")),
        (("2023-09-2X", "2023-09-20", "2023-09-29"), ("", "")),
        (("2023-09-21~", "2023-09-20", "2023-09-22"), ("", "")),
        (("[2023-09-21..2023-09-30]", "2023-09-21", "2023-09-30"), ("", "")),
        (("{2023-09-21,2023-09-30}", "2023-09-21", "2023-09-30"), ("", "")),
        (("2023-09-21/2023-09-30", "2023-09-25", "2023-09-30"), ("", "")),
        (("no date", "", ""), ("", "")),
        (("", "", ""), ("", "")),
    ],
)
def test_certain_are_a_day_and_an_interval_of_sure_ends(dates: tuple[str, str, str], expected: tuple[str, str]) -> None:
    assert certain(Dated(*dates)) == expected


class Event(NamedTuple):
    first: int
    length: int
    kind: str
    standing: str
    known: str
    agent: int


_EVENTS = st.builds(
    Event,
    st.integers(_FIRST, _LAST),
    st.integers(0, 500),
    st.sampled_from(_TYPES),
    st.sampled_from(_STANDINGS),
    st.sampled_from(["both", "both", "earliest", "latest", ""]),
    st.integers(0, 2),
)
_DAYS = st.one_of(st.just(""), st.integers(_FIRST, _LAST).map(lambda day: date.fromordinal(day).isoformat()))


def _store(events: list[Event]) -> Store:
    lines = [f":p{number} a khb:Person .\n" for number in range(3)]
    for number, event in enumerate(events):
        kinds = ", ".join(f"khb:{name}" for name in (event.kind, *map(vocabulary.name_of, _above(event.kind))))
        lines.append(f":e{number} a {kinds} ; khb:standing khb:{event.standing} ; khb:host :p{event.agent} .\n")
        for side, day in (("earliest", event.first), ("latest", event.first + event.length)):
            if event.known in ("both", side):
                lines.append(f":e{number} khb:{side} '{date.fromordinal(day).isoformat()}'^^xsd:date .\n")
    return stated("".join(lines))


def _above(kind: str) -> tuple[str, ...]:
    return vocabulary.super_classes(vocabulary.term(kind))


@given(
    events=st.lists(_EVENTS, max_size=12),
    window=st.tuples(_DAYS, _DAYS),
    kind=st.sampled_from(["", *_TYPES[:-1]]),
    standing=st.sampled_from(["", *_STANDINGS]),
    agent=st.sampled_from(["", "https://e.org/p0"]),
)
def test_a_timeline_counts_what_the_quads_say(
    events: list[Event], window: tuple[str, str], kind: str, standing: str, agent: str
) -> None:
    wanted = []
    for number, event in enumerate(events):
        begin = event.first if event.known != "latest" else event.first + event.length
        end = event.first + event.length if event.known != "earliest" else event.first
        days = date.fromordinal(begin).isoformat(), date.fromordinal(end).isoformat()
        if (
            event.known
            and event.kind != "Statement"
            and (not window[0] or days[1] >= window[0])
            and (not window[1] or days[0] <= window[1])
            and (not kind or vocabulary.term(kind) in (vocabulary.term(event.kind), *_above(event.kind)))
            and (not standing or event.standing == standing)
            and (not agent or event.agent == 0)
        ):
            wanted.append((days, f"https://e.org/e{number}"))
    with indexed(_store(events)) as index:
        types = [vocabulary.term(kind)] if kind else []
        timeline = index.timeline(
            "en", first=window[0], last=window[1], types=types, agent=agent, standing=standing, limit=1000
        )
    if window[0] and window[1] and window[0] > window[1]:
        wanted = []
    assert [extent.thing.iri for extent in timeline.events.items] == [iri for _, iri in sorted(wanted)]
    assert timeline.events.total == len(wanted)
    assert sum(one.certain + one.possible for one in timeline.buckets) >= len(wanted)
    for (first, last), _ in wanted:
        assert any(one.start <= last and one.end >= first and one.certain + one.possible for one in timeline.buckets)
    # Buckets lie side by side, from one end of the window to the other.
    for one, after in itertools.pairwise(timeline.buckets):
        assert date.fromisoformat(one.end).toordinal() + 1 == date.fromisoformat(after.start).toordinal()
    assert (timeline.first, timeline.last) == (
        (timeline.buckets[0].start, timeline.buckets[-1].end) if timeline.buckets else ("", "")
    )


@given(events=st.lists(_EVENTS, max_size=12), limit=st.integers(1, 5))
def test_the_pages_of_a_timeline_make_up_all_of_it(events: list[Event], limit: int) -> None:
    with indexed(_store(events)) as index:
        whole = index.timeline("en", limit=100)
        pages = [index.timeline("en", limit=limit, offset=start) for start in range(0, whole.events.total, limit)]
    assert tuple(itertools.chain(*(page.events.items for page in pages))) == whole.events.items
    assert all(page.buckets == whole.buckets for page in pages)
