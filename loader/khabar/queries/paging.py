"""A page of a long list: what comes before it is cut off where the list begins, so that the rest is never looked at.

A store that sorts a list sorts all of it. The lines of a bundled query that are marked ``# page ?key`` say by which
key its list is ordered first, and that a row has one key. Rows up to any key are the first rows of the list: enough of
them hold the page. How far "enough" is, a sample of the keys tells; where it was too few, the next try takes more.

``# page ?key of PATTERN`` is a comment whose pattern stands in the query where a page is taken, and not in the whole
list. ``from PATTERN`` at its end is that of the sample where an index gives the keys of the other in their order.

Lists in the order of days are cut in another way: see `khabar.queries.days`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from khabar.errors import QueryRefused
from khabar.queries import days
from khabar.queries.catalogue import Query, given
from khabar.queries.results import Rows, plain
from khabar.queries.spelling import Term, spell
from khabar.queries.tokens import Token, before_select, closing, code, tokens
from khabar.terms import Literal

Ask = Callable[[str], Rows]

SAMPLE: Final = 4_000
"""Keys that are looked at to see how they lie."""

_FEW: Final = 4
_LEAST: Final = 6
_MARK: Final = re.compile(r"# page \?(\w+)(?: of (\S.*?))?(?: from (\S.*?))?[ ]*")
_MARGIN: Final = 2
_SINGLE: Final = ("article", "claim", "event", "statement")
_WIDER: Final = 8
_TRIES: Final = 3


class _Line(NamedTuple):
    """A marked line: what tells how its keys lie, with the parameters given; what a page adds; where the line ends."""

    text: str
    key: str
    added: str
    end: int


def page(query: Query, text: str, ask: Ask, *, limit: int | None, offset: int = 0) -> Rows:
    """At most ``limit`` rows of ``query`` after the first ``offset``; ``text`` is the query with its parameters bound.

    Pages one after another are the whole list, every row once and in its order, while the store does not change.
    Raises QueryRefused where that cannot be promised (see `check`), and what ``ask`` raises.
    """
    check(query, limit, offset)
    for each in _tries(query, text, ask, limit, offset):
        rows = ask(_sliced(each, limit, offset))
        if len(rows) == limit:
            break
    return rows


def _tries(query: Query, text: str, ask: Ask, limit: int | None, offset: int) -> Iterator[str]:
    """Queries whose rows are the first ones of what ``text`` gives, more with each; the last one gives all rows."""
    if limit is None or _is_of_one(query, text):
        yield text
    elif lines := _lines(text):
        for cut in _cuts(text, lines, ask, offset + limit):
            yield _cut(text, lines, cut)
        yield text
    else:
        yield from days.tries(text, ask, offset + limit)


def check(query: Query, limit: int | None, offset: int) -> None:
    """Refuse a page that cannot be told: a number below zero, of no SELECT, of rows in no order or counted already.

    Raises QueryRefused.
    """
    for name, number in (("limit", limit), ("offset", offset)):
        if number is not None and number < 0:
            raise QueryRefused(where=name, expected="a number from 0 on", found=str(number))
    where = f"query {query.name}"
    tail = _tail(query.text)
    if tail is None:
        raise QueryRefused(where=where, expected="SELECT, to take a page of", found="another query")
    if any(token.is_word("OFFSET", "VALUES") for token in tail):
        raise QueryRefused(where=where, expected="a query that ends with its order, or with LIMIT", found="more")
    if offset and not any(token.is_word("ORDER") for token in tail):
        raise QueryRefused(where=where, expected="ORDER BY, without which pages overlap", found="rows in no order")


def is_pageable(query: Query) -> bool:
    """Tell whether the rows of ``query`` are a list in its own order that ends nowhere by itself."""
    tail = _tail(query.text) or ()
    return any(token.is_word("ORDER") for token in tail) and not any(
        token.is_word("LIMIT", "OFFSET", "VALUES") for token in tail
    )


def _tail(text: str) -> tuple[Token, ...] | None:
    """What follows the outermost braces of a SELECT query; none for another query."""
    found = code(text)
    start = next((index for index, token in enumerate(found) if token.is_word("SELECT", "ASK")), None)
    if start is None or not found[start].is_word("SELECT"):
        return None
    opening = next((at for at in range(start, len(found)) if found[at].text == "{"), None)
    return None if opening is None else found[closing(found, opening) + 1 :]


def _sliced(text: str, limit: int | None, offset: int) -> str:
    """The query with LIMIT and OFFSET; the number that it has itself is never passed."""
    if limit is None and not offset:
        return text
    tail = _tail(text) or ()
    for word, number in itertools.pairwise(tail):
        if word.is_word("LIMIT") and number.kind == "number":
            left = max(0, int(number.text) - offset)
            limit = left if limit is None else min(limit, left)
            text = f"{text[: word.start]}{text[number.end :]}"
    parts = [f"\nLIMIT {limit}"] if limit is not None else []
    return "".join([text.rstrip(), *parts, *([f"\nOFFSET {offset}"] if offset else []), "\n"])


def _is_of_one(query: Query, text: str) -> bool:
    """Tell whether a parameter names one thing of one article, of which no list is long."""
    known = given(text)
    return any(each.name in known for each in query.params if each.type in _SINGLE)


def _lines(text: str) -> list[_Line]:
    lines = []
    known = given(text)
    for token in tokens(text):
        match = _MARK.fullmatch(token.text) if token.kind == "comment" else None
        if match and match[1] not in known:
            start = text.rfind("\n", 0, token.start) + 1
            added = match[2] or ""
            pattern = match[3] or added or text[start : token.start].strip()
            for name, cells in known.items():
                pattern = re.sub(rf"\?{name}\b", lambda _, cell=cells[0]: cell, pattern)
            lines.append(_Line(pattern, match[1], added, token.end))
    return lines


def _cut(text: str, lines: list[_Line], key: Term) -> str:
    """The query with its keys up to ``key`` alone."""
    past = {line.key: _past(text, line.key) for line in lines}
    for line in reversed(lines):
        name = f"?{line.key}"
        value = name if isinstance(key, Literal) else f"STR({name})"
        term = key if isinstance(key, Literal) else Literal(key if isinstance(key, str) else "")
        filters = f"FILTER({value} <= {spell(term)}) {past[line.key]}"
        text = f"{text[: line.end]}\n  {line.added}\n  {filters}\n{text[line.end :]}"
    return text


def _past(text: str, key: str) -> str:
    """What keeps ``?key`` to those past the one of the parameter ``after``, where that is given."""
    after = given(text).get("after")
    return f"FILTER(STR(?{key}) > {after[0]})" if after else ""


def _cuts(text: str, lines: list[_Line], ask: Ask, wanted: int) -> list[Term]:
    """Keys up to which the first ``wanted`` rows are likely to be found, each further than the one before."""
    prologue = before_select(text)
    past = _past(text, "pageKey")
    patterns = tuple(dict.fromkeys((line.text, line.key) for line in lines))
    pattern = " UNION ".join(f"{{ {text} BIND(?{key} AS ?pageKey) {past} }}" for text, key in patterns)
    sample = ask(f"{prologue}SELECT ?pageKey WHERE {{ {pattern} }} LIMIT {SAMPLE}")
    keys = sorted((row[0] for row in sample if isinstance(row[0], str | Literal)), key=plain)
    if len(sample) < min(SAMPLE, _FEW * wanted) or not keys:
        return []
    # A count of what the patterns begin with is near enough, and joins nothing.
    counted = " UNION ".join(f"{{ {_beginning(text)} }}" for text, _ in patterns)
    count = ask(f"{prologue}SELECT (COUNT(*) AS ?count) WHERE {{ {counted} }}")
    total = max(1, len(keys), int(plain(count.rows[0][0])))
    at = max(1, min(_LEAST, len(keys) // 4), -(-_MARGIN * wanted * len(keys) // total))
    cuts: list[Term] = []
    while at < len(keys) // 2 and len(cuts) < _TRIES:
        cuts.append(keys[at])
        at *= _WIDER
    return cuts


def _beginning(pattern: str) -> str:
    return pattern.partition(" ; ")[0] if pattern.startswith("?") else pattern
