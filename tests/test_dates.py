"""EDTF and its bounds: what is read, what is refused and with which words, and the laws that hold for all."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from date_cases import BOUNDS, extent
from khabar.dates import (
    UNKNOWN,
    Bounds,
    DateRefused,
    Moment,
    Precision,
    Qualifier,
    bounds,
    edtf_of,
    parse,
    write,
)


@pytest.mark.parametrize(("text", "first", "last"), BOUNDS)
def test_a_date_has_the_days_that_it_can_mean(text: str, first: str, last: str) -> None:
    assert bounds(text) == extent(first, last)


@pytest.mark.parametrize("text", [text for text, _, _ in BOUNDS])
def test_a_date_is_written_as_it_was(text: str) -> None:
    assert write(parse(text)) == text


DATE = "an EDTF date such as 2023-09-30, 2023-09, 2023-09-2X or 2023"
BETWEEN = 'for some day between two, write "[2023-09-21..2023-09-30]"'
REFUSED = [
    # what is no EDTF, and what was meant
    ("", "KH030", DATE, BETWEEN),
    ("yesterday", "KH030", DATE, BETWEEN),
    ("30/09/2023", "KH030", DATE, "write 2023-09-30"),
    ("09/30/2023", "KH030", DATE, "write 2023-09-30"),
    ("2023/09/30", "KH030", DATE, "write 2023-09-30"),
    ("2023/9", "KH030", DATE, "write 2023-09"),
    ("30.9.2023", "KH030", DATE, "write 2023-09-30"),
    ("2023-9-3", "KH030", DATE, "write 2023-09-03"),
    ("20230930", "KH030", DATE, "write 2023-09-30"),
    ("30 September 2023", "KH030", DATE, "write 2023-09-30"),
    ("Sept 3, 2023", "KH030", DATE, "write 2023-09-03"),
    ("September 2023", "KH030", DATE, "write 2023-09"),
    ("Octember 2023", "KH030", DATE, BETWEEN),
    ("٢٠٢٣-٠٩-٣٠", "KH030", DATE, "write 2023-09-30"),
    ("2023–09", "KH030", DATE, "write 2023-09"),
    ("2023-09-21..2023-09-30", "KH030", DATE, 'write "[2023-09-21..2023-09-30]"'),
    ("[2023-09-21 .. 2023-09-30]", "KH030", DATE, 'write "[2023-09-21..2023-09-30]"'),
    ("2023-09-2x", "KH030", DATE, "write 2023-09-2X"),
    ("2023-09-uu", "KH030", DATE, "write 2023-09-XX"),
    ("2023?~", "KH030", DATE, "write 2023%"),
    ("unknown/2023", "KH030", DATE, "write /2023"),
    ("2023/unknown", "KH030", DATE, "write 2023/"),
    ("2023/open", "KH030", DATE, "write 2023/.."),
    ("2023-09-14T10:11", "KH030", DATE, "write 2023-09-14T10:11:00"),
    # level 2 beyond the sets, and what looks like EDTF
    ("2023?-09", "KH030", DATE, BETWEEN),
    ("?2023-09", "KH030", DATE, BETWEEN),
    ("1950S2", "KH030", DATE, BETWEEN),
    ("2023-09-14T24:00:00", "KH030", DATE, BETWEEN),
    ("2023-09-14T10:11:12+15", "KH030", DATE, BETWEEN),
    ("2023-09-1XT10:11:12", "KH030", "a date-time without X and qualifier", BETWEEN),
    ("2023-09-14T10:11:12~", "KH030", "a date-time without X and qualifier", BETWEEN),
    ("/", "KH030", "an interval of two dates, one of which can be open or unknown", BETWEEN),
    ("../..", "KH030", "an interval of two dates, one of which can be open or unknown", BETWEEN),
    ("2023/2024/2025", "KH030", DATE, BETWEEN),
    ("2023-09-14T10:11:12/2024", "KH030", "an interval of dates without times", BETWEEN),
    ("[2023]/2024", "KH030", DATE, BETWEEN),
    ("[]", "KH030", DATE, BETWEEN),
    ("[", "KH030", DATE, BETWEEN),
    ("[..]", "KH030", "a set that is open at its start or its end only", BETWEEN),
    ("[2023..,2025]", "KH030", "a set that is open at its start or its end only", BETWEEN),
    ("[2023,..2025]", "KH030", "a set that is open at its start or its end only", BETWEEN),
    ("[2023-09-14T10:11:12]", "KH030", "a set of dates without times", BETWEEN),
    ("{2023]", "KH030", DATE, BETWEEN),
    ("2023" * 101, "KH030", "EDTF of at most 400 characters", BETWEEN),
    # what no day fits
    ("2023-02-30", "KH031", "a day that 2023-02 has", ""),
    ("2023-02-29", "KH031", "a day that 2023-02 has", ""),
    ("2023-09-00", "KH031", "a day that 2023-09 has", ""),
    ("2023-09-4X", "KH031", "a day that 2023-09 has", ""),
    ("XXXX-02-30", "KH031", "a day that XXXX-02 has", ""),
    ("2XX1-02-29", "KH031", "a day that 2XX1-02 has", ""),
    ("2023-13", "KH031", "a month from 01 to 12, or a season from 21 to 24", ""),
    ("2023-00", "KH031", "a month from 01 to 12, or a season from 21 to 24", ""),
    ("2023-25", "KH031", "a month from 01 to 12, or a season from 21 to 24", ""),
    ("2023-2X", "KH031", "a month from 01 to 12, or a season from 21 to 24", ""),
    ("2023-21-14", "KH031", "a month from 01 to 12 before a day", ""),
    ("0000", "KH031", "a year from 0001 to 9999", ""),
    ("0000-24", "KH031", "a year from 0001 to 9999", ""),
    ("-0044-03-15", "KH031", "a year from 0001 to 9999", "write the nearest year that stores can hold"),
    ("Y170000002", "KH031", "a year from 0001 to 9999", "write the nearest year that stores can hold"),
    ("Y-17E7", "KH031", "a year from 0001 to 9999", "write the nearest year that stores can hold"),
    ("2023-09/2023-08", "KH031", "a first date that is not after the last", ""),
    ("[2023-09..2023-08]", "KH031", "a first date that is not after the last", ""),
    ("[2023,2023-13]", "KH031", "a month from 01 to 12, or a season from 21 to 24", ""),
]


@pytest.mark.parametrize(("text", "code", "expected", "remedy"), REFUSED)
def test_what_is_no_date_is_refused_with_what_was_expected(text: str, code: str, expected: str, remedy: str) -> None:
    with pytest.raises(DateRefused) as refused:
        bounds(text)
    assert (refused.value.code, refused.value.expected, refused.value.remedy) == (code, expected, remedy)


def test_a_refusal_is_one_sentence() -> None:
    with pytest.raises(DateRefused) as refused:
        parse("30/09/2023")
    assert str(refused.value) == f"date: expected {DATE}, found '30/09/2023' (write 2023-09-30)"
    with pytest.raises(DateRefused, match=r"found '(2023){14}202…'"):
        parse("2023" * 101)


@pytest.mark.parametrize(
    ("text", "precision", "qualifier", "season"),
    [
        ("2023-09-14~", Precision.DAY, Qualifier.APPROXIMATE, ""),
        ("2023-09-2X", Precision.TEN_DAYS, Qualifier.NONE, ""),
        ("2023-XX-14", Precision.DAY, Qualifier.NONE, ""),
        ("2023-09-XX?", Precision.MONTH, Qualifier.UNCERTAIN, ""),
        ("2023-1X", Precision.TEN_MONTHS, Qualifier.NONE, ""),
        ("2023-24%", Precision.SEASON, Qualifier.BOTH, "winter"),
        ("2023", Precision.YEAR, Qualifier.NONE, ""),
        ("202X", Precision.DECADE, Qualifier.NONE, ""),
        ("20XX", Precision.CENTURY, Qualifier.NONE, ""),
        ("2XXX", Precision.MILLENNIUM, Qualifier.NONE, ""),
        ("XXXX", Precision.UNKNOWN, Qualifier.NONE, ""),
    ],
)
def test_a_moment_tells_what_it_is_exact_to(text: str, precision: Precision, qualifier: Qualifier, season: str) -> None:
    moment = parse(text)
    assert isinstance(moment, Moment)
    assert (moment.precision, moment.qualifier, moment.season) == (precision, qualifier, season)


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2023-09-14", "2023-09-14", "2023-09-14"),
        ("2023-09-14", "2023-09-23", "[2023-09-14..2023-09-23]"),
        ("", "2023-09-23", "[..2023-09-23]"),
        ("0044-03-15", "", "[0044-03-15..]"),
        ("", "", ""),
    ],
)
def test_bounds_are_written_as_some_day_between(first: str, last: str, text: str) -> None:
    assert edtf_of(extent(first, last)) == text


@pytest.mark.parametrize(
    ("outer", "inner", "contains"),
    [
        ("2023", "2023-09", True),
        ("2023-09", "2023", False),
        ("2023-09", "2023-09", True),
        ("2023/..", "2023", True),
        ("2023/..", "2024/..", True),
        ("2024/..", "2023", False),
        ("2023", "2023/..", False),
        ("2023", "../2023", False),
        ("../2023", "../2022", True),
        ("XXXX", "2023", True),
    ],
)
def test_bounds_contain_bounds(outer: str, inner: str, contains: bool) -> None:  # noqa: FBT001 - a row of the table
    assert bounds(outer).contain(bounds(inner)) is contains


# Laws.


@st.composite
def moments(draw: st.DrawFn) -> str:
    """A day, month or year with some digits hidden, sometimes a season, sometimes qualified; some have no day."""
    year = f"{draw(st.integers(1, 9999)):04}"
    parts = [year]
    if draw(st.booleans()):
        parts.append(f"{draw(st.integers(1, 12) | st.integers(21, 24)):02}")
        if draw(st.booleans()):
            parts.append(f"{draw(st.integers(1, 31)):02}")
    text = "-".join(parts)
    hidden = draw(st.sets(st.integers(0, len(text) - 1), max_size=3))
    text = "".join("X" if n in hidden and letter != "-" else letter for n, letter in enumerate(text))
    return text + draw(st.sampled_from(["", "", "", "?", "~", "%"]))


def texts() -> st.SearchStrategy[str]:
    """EDTF of every form that is read."""
    one = moments()
    end = one | st.sampled_from(["", ".."])
    spans = st.tuples(one, one).map("..".join)
    members = st.lists(one | spans, min_size=1, max_size=4).map(",".join)
    return (
        one
        | st.tuples(end, end).map("/".join)
        | members.map(lambda inside: f"[{inside}]")
        | members.map(lambda inside: f"{{{inside}}}")
        | one.map(lambda first: f"[{first}..]")
        | one.map(lambda last: f"[..{last}]")
    )


def read(text: str) -> Bounds:
    found = bounds_or_refusal(text)
    assume(isinstance(found, Bounds))
    assert isinstance(found, Bounds)
    return found


def bounds_or_refusal(text: str) -> Bounds | DateRefused:
    try:
        return bounds(text)
    except DateRefused as refused:
        return refused


@st.composite
def extents(draw: st.DrawFn) -> Bounds:
    """Bounds, each of them sometimes unknown."""
    first, last = sorted((draw(st.dates()), draw(st.dates())))
    return Bounds(draw(st.sampled_from([first, first, None])), draw(st.sampled_from([last, last, None])))


@given(texts())
def test_law_earliest_is_not_after_latest(text: str) -> None:
    first, last = read(text)
    assert first is None or last is None or first <= last


@given(texts())
def test_law_what_is_read_is_written_the_same(text: str) -> None:
    read(text)
    assert write(parse(text)) == text
    assert parse(write(parse(text))) == parse(text)


@given(st.dates(), st.data())
def test_law_bounds_contain_every_day_that_the_pattern_fits(when: date, data: st.DataObject) -> None:
    text = when.isoformat()[: data.draw(st.sampled_from([4, 7, 10]))]
    hidden = data.draw(st.sets(st.integers(0, len(text) - 1)))
    pattern = "".join("X" if n in hidden and letter != "-" else letter for n, letter in enumerate(text))
    pattern += data.draw(st.sampled_from(["", "?", "~", "%"]))
    assert bounds(pattern).contain(Bounds(when, when))


@given(st.integers(1, 9999), st.integers(1, 12))
def test_law_a_month_has_its_days(year: int, month: int) -> None:
    last = monthrange(year, month)[1]
    assert bounds(f"{year:04}-{month:02}") == (date(year, month, 1), date(year, month, last))


@given(extents())
def test_law_bounds_are_read_back_as_they_were_written(days: Bounds) -> None:
    text = edtf_of(days)
    assert (bounds(text) if text else UNKNOWN) == days


@given(st.text() | st.text("0123456789X-/.[]{}?~%T:+Z,Y ", max_size=30))
@example("0000-XX")
@example("[" * 400)
@example("²٣٤٥-٠١")
@example("2023-09-14\n")
def test_law_any_text_gives_bounds_or_a_refusal(text: str) -> None:
    found = bounds_or_refusal(text)
    if isinstance(found, Bounds):
        assert found.earliest is None or found.latest is None or found.earliest <= found.latest
        return
    assert found.code in {"KH030", "KH031"}
    assert str(found).isprintable()
    if found.remedy.startswith("write ") and "nearest" not in found.remedy:
        assert isinstance(bounds_or_refusal(found.remedy.removeprefix("write ").strip('"')), Bounds)
