"""Parameters put into a query as terms: no value can change what the query asks."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import re
from collections.abc import Mapping
from typing import Final, TypeAlias, get_args

from khabar.errors import QueryRefused
from khabar.queries.catalogue import PARAMETERS, Query, values_block
from khabar.queries.spelling import Term, spell
from khabar.queries.tokens import tokens
from khabar.scalars import LANGUAGE_PATTERN, TYPE_NAME_PATTERN, Certainty, Stance
from khabar.terms import XSD, Literal, is_http_iri
from khabar.vocabulary import NAMESPACE

# A local entity and an unnamed source of one article are written alike, and so are a place and a polity.
_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "agent": ("agents", "sources"),
    "article": ("articles",),
    "claim": ("claims",),
    "event": ("events",),
    "place": ("places", "agents"),
    "source": ("sources",),
    "statement": ("statements",),
}
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "certainty": get_args(Certainty),
    "class": (),
    "stance": get_args(Stance),
    "standing": ("uncontested", "contested", "only-alleged"),
}
"""The types whose values are words, and these, by their names in the ontology; any name of a class is one."""

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_INTEGER: Final = re.compile(r"[+-]?\d{1,18}")
_LOCAL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

Value: TypeAlias = "str | int | dt.date | Literal"
"""What a parameter may be given as; on the command line always text. A literal is taken as it is."""


def bind(query: Query, values: Mapping[str, Value], *, prefixes: Mapping[str, str] | None = None) -> str:
    """The text of ``query`` with ``values`` in its marked VALUES block; parameters not given keep their default.

    ``prefixes`` are the namespaces of the corpus (``events`` to ``https://.../events/``), by which ids and CURIEs
    become IRIs; without them an IRI must be written out.

    Raises QueryRefused, naming the parameter and what was expected.
    """
    block = values_block(tokens(query.text), PARAMETERS)
    given = {name: _terms(query, name, value, prefixes or {}) for name, value in values.items()}
    if block is None or not given:
        return query.text
    defaults = dict(zip(block.variables, block.cells, strict=True))
    columns = [tuple(map(spell, given[name])) if name in given else (defaults[name],) for name in block.variables]
    rows = " ".join(f"({' '.join(row)})" for row in itertools.product(*columns))
    if len(columns) == 1 and "(" not in query.text[: block.start].rpartition("VALUES")[2]:
        rows = " ".join(columns[0])
    return f"{query.text[: block.start]} {rows} {query.text[block.end :]}"


def _terms(query: Query, name: str, value: Value, prefixes: Mapping[str, str]) -> tuple[Term, ...]:
    kind = query.parameter(name).type
    where = f"query {query.name}, parameter {name}"
    if isinstance(value, Literal):
        return (value,)
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    if kind in _KINDS or kind in ("iri", "term"):
        return _iris(where, kind, text, prefixes)
    return (_plain(where, kind, text),)


def _plain(where: str, kind: str, text: str) -> Term:
    if kind == "string":
        return Literal(text)
    if kind == "language":
        if re.fullmatch(LANGUAGE_PATTERN, text):
            return Literal(text.lower())
        raise QueryRefused(where=where, expected="a language tag such as en or ar", found=repr(text))
    if kind == "integer":
        if _INTEGER.fullmatch(text) and text.isascii():
            return Literal(str(int(text)), XSD + "integer")
        raise QueryRefused(where=where, expected="a whole number", found=repr(text))
    if kind == "date":
        return _date(where, text)
    return _word(where, kind, text)


def _date(where: str, text: str) -> Literal:
    # Python accepts more forms of a date than XML Schema does.
    if _DATE.fullmatch(text) and text.isascii():
        with contextlib.suppress(ValueError):
            dt.date.fromisoformat(text)
            return Literal(text, XSD + "date")
    raise QueryRefused(where=where, expected="a day of the calendar, as YYYY-MM-DD", found=repr(text))


def _word(where: str, kind: str, text: str) -> str:
    word = text.removeprefix(NAMESPACE).removeprefix("khb:")
    words = WORDS.get(kind)
    if words is None:
        raise QueryRefused(where=where, expected="a type of parameter that khabar knows", found=repr(kind))
    if word in words or (not words and re.fullmatch(TYPE_NAME_PATTERN, word)):
        return NAMESPACE + word
    if not words and is_http_iri(text):
        return text
    expected = f"one of {', '.join(words)}" if words else "a class such as Person, or its IRI"
    raise QueryRefused(where=where, expected=expected, found=repr(text))


def _iris(where: str, kind: str, text: str, prefixes: Mapping[str, str]) -> tuple[str, ...]:
    kinds = _KINDS.get(kind, ())
    if is_http_iri(text):
        return (text,)
    prefix, colon, local = text.partition(":")
    if colon and prefix in prefixes and _LOCAL.fullmatch(local):
        return (prefixes[prefix] + local,)
    known = tuple(prefixes[each] + text for each in kinds if each in prefixes)
    if known and _LOCAL.fullmatch(text):
        return known
    forms = ["an IRI"]
    if known:
        forms = [
            f"an id such as {'eastport' if kind in ('agent', 'place') else 'article.id'}",
            f"{kinds[0]}:...",
            *forms,
        ]
    raise QueryRefused(
        where=where,
        expected=", ".join(forms),
        found=repr(text),
        remedy="" if prefixes else "this data names no corpus, or several, so ids cannot be told apart",
    )
