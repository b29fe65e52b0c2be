"""The Extended Date/Time Format (ISO 8601-2:2019): levels 0 and 1, and the sets of level 2.

Read: days, months, years, seasons 21 to 24, date-times, unspecified digits (``X``, in any place), one qualifier at the
end (``?`` uncertain, ``~`` approximate, ``%`` both), intervals (``A/B`` throughout; ``A/..`` open, ``A/`` unknown), and
the sets ``[...]`` (one of) and ``{...}`` (all of). Refused, because ``xsd:date`` bounds must load in every store: years
outside 0001 to 9999. Refused as well, being level 2: qualifiers inside a date, significant digits, seasons 25 to 41.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Final, NamedTuple, TypeAlias

from khabar.errors import KhabarError

LONGEST: Final = 400
"""The longest text that is read, in code points."""

SEASONS: Final = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
OPEN: Final = ".."
UNSTATED: Final = ""

_YEAR, _TWO = r"[0-9X]{4}", r"[0-9X]{2}"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:Z|[+-](?:0[0-9]|1[0-4])(?::[0-5][0-9])?)?"
_MOMENT = re.compile(
    rf"(?P<year>{_YEAR})(?:-(?P<month>{_TWO})(?:-(?P<day>{_TWO})(?:T(?P<time>{_TIME}))?)?)?(?P<qualifier>[?~%])?"
)
_FAR_YEAR = re.compile(r"Y-?[0-9]{5,}(?:S[0-9]+)?|Y-?[0-9]+E[0-9]+(?:S[0-9]+)?|-[0-9]{4}(?:-.*)?")
_DIGITS: Final = "0123456789"

# In quotes, since YAML takes brackets for a list.
HOW_TO_SAY: Final = 'for some day between two, write "[2023-09-21..2023-09-30]"'


class DateRefused(KhabarError):
    """A text is no EDTF (``code`` KH030), or EDTF that no day fits (KH031)."""

    def __init__(self, *, code: str, where: str, expected: str, found: str, remedy: str = "") -> None:
        self.code = code
        super().__init__(where=where, expected=expected, found=found, remedy=remedy)


class Precision(enum.Enum):
    """The unit of the last digit that is known: what a date is exact to."""

    UNKNOWN = "unknown"
    MILLENNIUM = "millennium"
    CENTURY = "century"
    DECADE = "decade"
    YEAR = "year"
    SEASON = "season"
    TEN_MONTHS = "ten months"
    MONTH = "month"
    TEN_DAYS = "ten days"
    DAY = "day"


class Qualifier(enum.Enum):
    """How sure the author is of a date."""

    NONE = ""
    UNCERTAIN = "?"
    APPROXIMATE = "~"
    BOTH = "%"


class Moment(NamedTuple):
    """One day, month, season or year, as written: ``X`` stands for an unspecified digit, "" for a part not given.

    ``month`` holds 21 to 24 for a season; ``time`` is the rest of a date-time after the ``T``.
    """

    year: str
    month: str = ""
    day: str = ""
    time: str = ""
    qualifier: Qualifier = Qualifier.NONE

    @property
    def season(self) -> str:
        """The name of the season, or "" for what is no season."""
        return SEASONS.get(self.month, "")

    @property
    def precision(self) -> Precision:
        """What the date is exact to: ``2023-09-2X`` to ten days, ``202X`` to a decade, ``2023-XX`` to a year."""
        if self.season:
            return Precision.SEASON
        parts = (self.year, self.month, self.day)
        return next((unit for part, place, unit in _PLACES if _known(parts[part], place)), Precision.UNKNOWN)


_PLACES: Final = (
    (2, 1, Precision.DAY),
    (2, 0, Precision.TEN_DAYS),
    (1, 1, Precision.MONTH),
    (1, 0, Precision.TEN_MONTHS),
    (0, 3, Precision.YEAR),
    (0, 2, Precision.DECADE),
    (0, 1, Precision.CENTURY),
    (0, 0, Precision.MILLENNIUM),
)


class Interval(NamedTuple):
    """A time from its start to its end, throughout; an end is a moment, ``".."`` (open) or ``""`` (unknown)."""

    start: Moment | str
    end: Moment | str


class Span(NamedTuple):
    """``A..B`` inside a set: every moment from one to the other; ``None`` where it is open."""

    first: Moment | None
    last: Moment | None


class Choice(NamedTuple):
    """A set: one of its members (``[...]``), or all of them (``{...}``, ``every``)."""

    members: tuple[Moment | Span, ...]
    every: bool


Edtf: TypeAlias = Moment | Interval | Choice


def parse(text: str) -> Edtf:
    """The date that ``text`` writes in EDTF.

    Raises DateRefused with what was expected, and the remedy where the slip is a usual one.

    >>> parse("2023-09-2X~").precision
    <Precision.TEN_DAYS: 'ten days'>
    >>> parse("[2023-09-21..2023-09-30]").every
    False
    """
    try:
        return _parse(text)
    except DateRefused as refused:
        if refused.remedy:
            raise
        raise DateRefused(
            code=refused.code,
            where=refused.where,
            expected=refused.expected,
            found=refused.found,
            remedy=_remedy(text) or (HOW_TO_SAY if refused.code == "KH030" else ""),
        ) from None


def write(value: Edtf) -> str:
    """The EDTF text of ``value``: the inverse of ``parse``.

    >>> write(parse("2023-08/.."))
    '2023-08/..'
    """
    match value:
        case Moment(year, month, day, time, qualifier):
            whole = "-".join(part for part in (year, month, day) if part)
            return whole + (f"T{time}" if time else "") + qualifier.value
        case Interval(start, end):
            return "/".join(side if isinstance(side, str) else write(side) for side in (start, end))
        case Choice(members, every):
            inside = ",".join(
                write(member)
                if isinstance(member, Moment)
                else OPEN.join(write(end) if end else "" for end in (member.first, member.last))
                for member in members
            )
            return f"{{{inside}}}" if every else f"[{inside}]"


def days(moment: Moment) -> tuple[date, date]:
    """The first and the last day that ``moment`` can mean, before its qualifier is regarded.

    Seasons are the meteorological ones of the northern half: spring March to May, summer June to August, autumn
    September to November, winter December of the written year to February of the next. A winter that would end in the
    year 10000 ends with 9999. Raises DateRefused (KH031) where no day fits.
    """
    if exact := _exact(moment):
        return exact
    if moment.season:
        months = (3, 6, 9, 12)[int(moment.month) - 21]
        return _edge(moment, (months,), last=False), _season_end(_edge(moment, (months,), last=True))
    months_fit = _fitting(moment.month or "XX", 12)
    if not months_fit:
        raise _impossible(moment, "a month from 01 to 12, or a season from 21 to 24")
    return _edge(moment, months_fit, last=False), _edge(moment, months_fit, last=True)


def _exact(moment: Moment) -> tuple[date, date] | None:
    """The same for a day, or a month, of which every digit is known and which there is: what most dates are."""
    try:
        year, month = int(moment.year), int(moment.month)
        first = date(year, month, int(moment.day or "01"))
    except ValueError:
        return None
    return first, first if moment.day else date(year, month, days_in(year, month))


def _parse(text: str) -> Edtf:
    if len(text) > LONGEST:
        raise _no_edtf(text, f"EDTF of at most {LONGEST} characters")
    if text[:1] + text[-1:] in ("[]", "{}") and len(text) > 1:
        return _choice(text)
    if "/" in text:
        return _interval(text)
    return _moment(text, text)


def _moment(text: str, whole: str) -> Moment:
    match = _MOMENT.fullmatch(text)
    if match is None:
        if _FAR_YEAR.fullmatch(text):
            raise _refused("KH031", whole, "a year from 0001 to 9999", "write the nearest year that stores can hold")
        raise _no_edtf(whole)
    parts = match.groupdict(default="")
    moment = Moment(parts["year"], parts["month"], parts["day"], parts["time"], Qualifier(parts["qualifier"]))
    if moment.time and ("X" in text or moment.qualifier is not Qualifier.NONE):
        raise _no_edtf(whole, "a date-time without X and qualifier")
    if moment.season and moment.day:
        raise _impossible(moment, "a month from 01 to 12 before a day")
    days(moment)
    return moment


def _interval(text: str) -> Interval:
    sides = text.split("/")
    if len(sides) > 2:  # noqa: PLR2004 - first and last
        raise _no_edtf(text)
    if not any(side not in (OPEN, UNSTATED) for side in sides):
        raise _no_edtf(text, "an interval of two dates, one of which can be open or unknown")
    start, end = (side if side in (OPEN, UNSTATED) else _moment(side, text) for side in sides)
    for side in (start, end):
        if isinstance(side, Moment) and side.time:
            raise _no_edtf(text, "an interval of dates without times")
    if isinstance(start, Moment) and isinstance(end, Moment):
        _in_order(start, end, text)
    return Interval(start, end)


def _choice(text: str) -> Choice:
    items = text[1:-1].split(",")
    members = tuple(_member(item, text, at_start=n == 0, at_end=n == len(items) - 1) for n, item in enumerate(items))
    return Choice(members, every=text[0] == "{")


def _member(item: str, text: str, *, at_start: bool, at_end: bool) -> Moment | Span:
    first, dots, last = item.partition(OPEN)
    if not dots:
        return _plain(item, text)
    if not (first or last) or not (first or at_start) or not (last or at_end):
        raise _no_edtf(text, "a set that is open at its start or its end only")
    span = Span(_plain(first, text) if first else None, _plain(last, text) if last else None)
    if span.first and span.last:
        _in_order(span.first, span.last, text)
    return span


def _plain(item: str, text: str) -> Moment:
    moment = _moment(item, text)
    if moment.time:
        raise _no_edtf(text, "a set of dates without times")
    return moment


def _in_order(first: Moment, last: Moment, text: str) -> None:
    if days(first)[0] > days(last)[1]:
        raise _refused("KH031", text, "a first date that is not after the last")


def _edge(moment: Moment, months: tuple[int, ...], *, last: bool) -> date:
    months = months[::-1] if last else months
    days_fit = _fitting(moment.day or "XX", 31)
    days_fit = days_fit[::-1] if last else days_fit
    for year in _years(moment.year, last=last):
        for month in months:
            length = days_in(year, month)
            for day in days_fit:
                if day <= length:
                    return date(year, month, day)
    if not moment.day:
        raise _impossible(moment, "a year from 0001 to 9999")
    raise _impossible(moment, f"a day that {write(Moment(moment.year, moment.month))} has")


def _years(pattern: str, *, last: bool) -> Iterator[int]:
    digits = _DIGITS[::-1] if last else _DIGITS
    for year in product(*(digits if letter == "X" else letter for letter in pattern)):
        if (number := int("".join(year))) > 0:
            yield number


@functools.cache
def _fitting(pattern: str, largest: int) -> tuple[int, ...]:
    # Of two places there are no more than 121 patterns.
    return tuple(
        number
        for number in range(1, largest + 1)
        if all(letter in ("X", digit) for letter, digit in zip(pattern, f"{number:02}", strict=True))
    )


def days_in(year: int, month: int) -> int:
    """How many days a month has."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if leap and month == 2 else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]  # noqa: PLR2004 - February


def _season_end(day: date) -> date:
    year, month = (day.year, day.month + 2) if day.month < 12 else (day.year + 1, 2)  # noqa: PLR2004 - December
    return date(year, month, days_in(year, month)) if year <= date.max.year else date.max


def _known(part: str, place: int) -> bool:
    return bool(part) and part[place] != "X"


def _no_edtf(text: str, expected: str = "an EDTF date such as 2023-09-30, 2023-09, 2023-09-2X or 2023") -> DateRefused:
    return _refused("KH030", text, expected)


def _impossible(moment: Moment, expected: str) -> DateRefused:
    return _refused("KH031", write(moment), expected)


def _refused(code: str, text: str, expected: str, remedy: str = "") -> DateRefused:
    shown = text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004 - what fits on a line
    return DateRefused(code=code, where="date", expected=expected, found=repr(shown), remedy=remedy)


def _remedy(text: str) -> str:
    from khabar.dates.slips import mended

    for better in mended(text):
        try:
            _parse(better)
        except DateRefused:
            continue
        return f'write "{better}"' if better[0] in "[{" else f"write {better}"
    return ""
