"""Pages of a list in the order of days: the days are counted first, and then asked for from the first one on.

No store has an index of ranges that a query could name, but every store finds what has a certain day. So the days of
the whole store are counted, which is a look at one predicate and the same for any page; rows are then asked for up to
the day by which there should be enough of them, as a list of days. Where that was too few, the next try goes further.
Rows up to a day are the first rows of a list in the order of days, so the counts decide how long a page takes, and
never what is on it.

In a bundled query a group that ends with ``# days ?day of ?event: khb:earliest to ?to, khb:latest from ?from`` finds
things to show. Their day is the first of those dates that they have, and what lies past the day of a parameter is not
wanted. A comment ``# days end`` stands where ``?day`` is known and later days are left out. In
``# days end, first CONDITION from ?from to ?to`` what meets the condition comes before everything else, and its days
lie between those of two parameters. ``# days or ?event khb:source ?agent`` says what leads from a parameter to things.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from khabar.queries.catalogue import given
from khabar.queries.results import Rows, plain
from khabar.queries.tokens import before_select, tokens
from khabar.terms import XSD, Literal

FEW: Final = 16_000
"""Things of one parameter that are found by the parameter; more of them are found by their days."""

LISTED: Final = 1_200
"""Days that one query asks for at most, each found at once; a query has an end (`khabar.queries.guard`)."""

SHORT: Final = 500
"""Fewer things that have a day are all asked for at once."""

_GROUP: Final = re.compile(r"# days \?(\w+) of \?(\w+): (.+?)[ ]*")
_DATE_OF: Final = re.compile(r"(\S+)(?: from \?(\w+))?(?: to \?(\w+))?")
_OWNER: Final = re.compile(r"# days or (\?\w+ \S+ \?(\w+))[ ]*")
_LAST: Final = re.compile(r"# days end(?:, first (.+) from \?(\w+) to \?(\w+))?[ ]*")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_GIVEN_DAY: Final = re.compile(rf'"({_DAY.pattern})"\^\^(?:xsd:date|<{re.escape(XSD)}date>)')
_DATE: Final = XSD + "date"
_MARGIN: Final = 2
_WIDER: Final = 2
_SHORT_NAME: Final = "xsd:"
_PREFIX: Final = f"PREFIX {_SHORT_NAME} <{XSD}>\n"

_Span: TypeAlias = "tuple[str, str]"


class _Date(NamedTuple):
    """A date that things have: its predicate, and the parameters before and past whose days none is wanted."""

    predicate: str
    begin: str
    last: str


class _Group(NamedTuple):
    """The group that finds the things: where it is in the text, what it finds, and by which dates."""

    start: int
    end: int
    day: str
    thing: str
    dates: tuple[_Date, ...]


class _End(NamedTuple):
    """Where later days are left out, and what comes before all days."""

    start: int
    end: int
    first: str
    begin: str
    last: str


class _Marks(NamedTuple):
    """What the comments of a query say of days; ``linked`` finds things by the parameter ``owner``."""

    group: _Group
    end: _End
    linked: str
    owner: str


_Counts: TypeAlias = "Mapping[_Date, Mapping[str, int]]"
_Known: TypeAlias = "Mapping[str, Sequence[str]]"


def tries(text: str, ask: Callable[[str], Rows], wanted: int) -> Iterator[str]:
    """Queries whose rows are the first ones of what ``text`` gives, more with each; the last one gives all rows.

    ``wanted`` rows are hoped for. Without its marks a query has only one, itself. Raises what ``ask`` raises.
    """
    marks = _marks(text)
    if marks is None:
        yield text
        return
    group, end, linked, owner = marks
    prologue = before_select(text)
    known = given(text)
    whole, asked, things, is_of_few = text, "", 0, False
    if owner and owner in known:
        asked = f"VALUES ?{owner} {{ {' '.join(known[owner])} }} {linked} ."
        things = int(plain(ask(f"{prologue}SELECT (COUNT(*) AS ?count) WHERE {{ {asked} }}").rows[0][0]))
        is_of_few = things <= FEW
        whole = _put(text, (group.start, group.end, f"{linked} ."))
        if any(date.begin in known for date in group.dates):
            yield whole  # Few of them are left, and the first days are far from the wanted ones.
            return
    counts = _counts(prologue, group, known, asked if is_of_few else "", ask)
    total = sum(sum(each.values()) for each in counts.values())
    if total >= SHORT:
        size = _MARGIN * wanted * total // things if asked and not is_of_few else _MARGIN * wanted
        most = 4 * things if asked and not is_of_few else total // 8
        for days, condition in _steps(counts, group, end, known, size, most):
            found = f"{linked} ." if is_of_few else _by_days(group, counts, days, asked)
            put = _put(text, (group.start, group.end, found), (end.start, end.end, f"FILTER({condition})"))
            yield f"{_PREFIX}{put}"
    yield whole


def _marks(text: str) -> _Marks | None:
    """The marks of a query; none where it has not both a group and an end."""
    group, end, linked, owner = None, None, "", ""
    opened: list[int] = []
    closed = (0, 0)
    for token in tokens(text):
        if token.text == "{":
            opened.append(token.start)
        elif token.text == "}":
            closed = opened.pop(), token.end
        elif token.kind != "comment":
            continue
        elif match := _GROUP.fullmatch(token.text):
            dates = (_DATE_OF.fullmatch(each) for each in match[3].split(", "))
            found = tuple(_Date(*date.groups(default="")) for date in dates if date)
            group = _Group(closed[0] + 1, closed[1] - 1, match[1], match[2], found)
        elif match := _OWNER.fullmatch(token.text):
            linked, owner = match.groups()
        elif match := _LAST.fullmatch(token.text):
            end = _End(token.start, token.end, *match.groups(default=""))
    return _Marks(group, end, linked, owner) if group and end else None


def _counts(prologue: str, group: _Group, known: _Known, asked: str, ask: Callable[[str], Rows]) -> _Counts:
    """How many things have each day, date by date; nothing where a day is no plain day of a four-digit year.

    A query for each date: counting along an alternative path takes twice as long.
    """
    found: dict[_Date, dict[str, int]] = {}
    for date in group.dates:
        things = f"{asked} ?{group.thing} {date.predicate} ?{group.day} ."
        counts = ask(f"{prologue}SELECT ?{group.day} (COUNT(*) AS ?count) WHERE {{ {things} }} GROUP BY ?{group.day}")
        days: dict[str, int] = {}
        for day, count in counts:
            if not (isinstance(day, Literal) and day.datatype == _DATE and _DAY.fullmatch(day.lexical)):
                return {}
            days[day.lexical] = int(plain(count))
        span = _span(known, date.begin, date.last)
        found[date] = {day: days[day] for day in sorted(days) if span[0] <= day <= span[1]}
    return found


def _steps(
    counts: _Counts, group: _Group, end: _End, known: _Known, size: int, most: int
) -> Iterator[tuple[set[str], str]]:
    """The days that each try looks at, and what is true of all rows that it gives."""
    together: Counter[str] = Counter()
    for each in counts.values():
        together.update(each)
    days = sorted(together.items())
    inside: set[str] = set()
    first = end.first if end.begin in known or end.last in known else ""
    if first:
        begin, last = _span(known, end.begin, end.last)
        within = [(day, count) for day, count in days if begin <= day <= last]
        inside = {day for day, _ in within}
        for chosen in _further(within, size, sum(together.values())):
            yield set(chosen), f"{first} && {_until(group, chosen[-1])}"
    for chosen in _further(days, size, most):
        until = _until(group, chosen[-1])
        if len(asked := inside.union(chosen)) <= LISTED:
            yield asked, f"{first} || {until}" if first else until


def _further(days: Iterable[tuple[str, int]], size: int, most: int) -> Iterator[list[str]]:
    """The days up to which there are ``size`` things, then more, and at last all of them if they are not too many."""
    things, told = 0, 0
    chosen: list[str] = []
    for day, count in days:
        things += count
        if things > most or len(chosen) == LISTED:
            return
        chosen.append(day)
        if things >= size:
            yield list(chosen)
            told = len(chosen)
            size = _WIDER * max(size, things)
    if told < len(chosen):
        yield chosen


def _span(known: _Known, begin: str, last: str) -> _Span:
    """From which day to which day two parameters ask, every day where one has no value or no plain day."""
    first, until = (_GIVEN_DAY.fullmatch(" ".join(known.get(name, ()))) for name in (begin, last))
    return (first[1] if first else ""), (until[1] if until else "~")


def _by_days(group: _Group, counts: _Counts, days: Container[str], asked: str) -> str:
    """What finds the things of some days; ``asked``, where it is given, tells which of them are wanted."""
    branches = []
    for at, (date, each) in enumerate(counts.items()):
        listed = " ".join(_spelled(day) for day in each if day in days)
        if not listed:
            continue
        # What has an earlier one of these dates is found by that.
        former = (f"FILTER NOT EXISTS {{ ?{group.thing} {one.predicate} ?former }}" for one in group.dates[:at])
        pattern = f"VALUES ?{group.day} {{ {listed} }} ?{group.thing} {date.predicate} ?{group.day} ."
        branches.append(f"{{ {' '.join((pattern, *former))} }}")
    found = " UNION ".join(branches)
    # What is asked for by a parameter shows no day, as in the group that stands here otherwise.
    return f"{{ SELECT ?{group.thing} WHERE {{ {found} FILTER EXISTS {{ {asked} }} }} }}" if asked else found


def _until(group: _Group, day: str) -> str:
    return f"?{group.day} <= {_spelled(day)}"


def _spelled(day: str) -> str:
    return f'"{day}"^^{_SHORT_NAME}date'


def _put(text: str, *parts: tuple[int, int, str]) -> str:
    """The query with other text at some places, given in order."""
    for start, end, part in reversed(parts):
        text = f"{text[:start]} {part} {text[end:]}"
    return text
