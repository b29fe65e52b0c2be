"""What a query may be before any engine sees it.

An engine that overflows its stack takes the whole process with it, one that orders a thousand joins never returns, and
one that resolves SERVICE on its own reaches hosts that nobody allowed. None of it can be caught afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Final

from khabar.errors import QueryRefused
from khabar.queries.tokens import Token, closing, code, position

SIZE_LIMIT: Final = 64 * 1024
"""Bytes of UTF-8 that a query may have."""

DEPTH_LIMIT: Final = 64
"""Brackets that may be open at once."""

REPEAT_LIMIT: Final = 200
"""How often one operator may occur; a long alternative is written with VALUES."""

JOIN_LIMIT: Final = 120
"""Triple patterns, steps of paths and members of lists in one query: Oxigraph orders 200 joins in 7 seconds, 500 in
minutes, and 10,000 overflow its stack."""

_CHAINS: Final = frozenset({"||", "&&", "+", "-", "*", "/", "|", "^", "!", "=", "!=", "<", ">", "<=", ">=", "?"})
_JOINTS: Final = frozenset({".", ";", ",", "/", "["})
_TERMS: Final = ("variable", "iri", "name", "string", "number", "blank")
_CHAIN_WORDS: Final = (
    "UNION",
    "MINUS",
    "OPTIONAL",
    "FILTER",
    "BIND",
    "EXISTS",
    "SELECT",
    "GRAPH",
    "VALUES",
    "IN",
    "AS",
)
_UPDATES: Final = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")


class ServiceRefused(QueryRefused):
    """A query would ask a SERVICE that was not allowed: it is a query like others, and may run elsewhere."""


def check(text: str, *, services: Collection[str] = (), datasets: bool = False) -> None:
    """Refuse a query that could harm: too large, too deep, too long a chain, an update, or a door to the network.

    ``services`` are the IRIs that ``SERVICE`` may name; they are compared as they are written. With ``datasets`` the
    query may name its graphs (FROM), for an engine that looks for them in its own store alone. Nothing is parsed beyond
    tokens, so a query that passes may still be wrong.

    Raises QueryRefused, of a SERVICE that is not among ``services`` ServiceRefused.
    """
    check_size(text)
    found = code(text)
    _depth(text, found)
    _chains(found)
    _joins(found)
    for index, token in enumerate(found):
        if token.is_word(*_UPDATES):
            raise _refused(text, token, "a query, which only reads", token.text.upper())
        if token.is_word("FROM") and not datasets:
            raise _refused(
                text, token, "no FROM, which some engines fetch from the network", "FROM", "write GRAPH <...> { ... }"
            )
        if token.is_word("SERVICE"):
            _service(text, found[index + 1 :], services)
        elif token.kind in ("word", "name") and "service" in token.text.partition(":")[0].lower():
            # Some parsers need no space after a keyword, so that SERVICEx:y is SERVICE x:y to them.
            raise _refused(text, token, "SERVICE as a word of its own, and in no prefix", token.text)


def check_size(text: str) -> None:
    """Refuse a query of more than ``SIZE_LIMIT`` bytes, before anything looks into it; raises QueryRefused."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > SIZE_LIMIT:
        raise QueryRefused(where="query", expected=f"at most {SIZE_LIMIT:,} bytes", found=f"{size:,} bytes")


def _depth(text: str, found: tuple[Token, ...]) -> None:
    depth = 0
    for token in found:
        if token.kind == "sign" and token.text in "([{":
            depth += 1
            if depth > DEPTH_LIMIT:
                raise _refused(text, token, f"at most {DEPTH_LIMIT} open brackets", "more")
        elif token.kind == "sign" and token.text in ")]}":
            depth -= 1


def _chains(found: tuple[Token, ...]) -> None:
    operators = Counter(
        token.text.upper()
        for token in found
        if (token.kind == "sign" and token.text in _CHAINS) or token.is_word(*_CHAIN_WORDS)
    )
    for operator, times in operators.items():
        if times > REPEAT_LIMIT:
            raise QueryRefused(
                where="query",
                expected=f"{operator} at most {REPEAT_LIMIT} times",
                found=f"{times} times",
                remedy="list the terms with VALUES" if operator in ("||", "=", "UNION") else "",
            )


def _joins(found: tuple[Token, ...]) -> None:
    # Rows of VALUES are data and may be many. Brackets after a term, or after what ends a triple, may be a list.
    joins = 0
    lists: list[bool] = []
    skipped = 0
    for index, token in enumerate(found):
        if index < skipped:
            continue
        if token.is_word("VALUES"):
            opening = next((at for at in range(index, len(found)) if found[at].text == "{"), None)
            skipped = closing(found, opening) if opening is not None else 0
        joins += token.is_word("GRAPH", "VALUES") or (token.kind == "sign" and token.text in _JOINTS)
        if token.kind == "sign" and token.text == "(":
            before = found[index - 1]
            lists.append(before.kind in _TERMS or before.text in "{.;,a(" or (bool(lists) and lists[-1]))
        elif token.kind == "sign" and token.text == ")":
            del lists[-1:]
        elif token.kind in _TERMS and lists and lists[-1]:
            joins += 2
    if joins > JOIN_LIMIT:
        raise QueryRefused(
            where="query",
            expected=f"at most {JOIN_LIMIT} triple patterns, steps of paths and members of lists",
            found=str(joins),
            remedy="list terms with VALUES",
        )


def _service(text: str, after: tuple[Token, ...], services: Collection[str]) -> None:
    rest = after[1:] if after and after[0].is_word("SILENT") else after
    if not rest or rest[0].kind != "iri":
        found = rest[0].text if rest else "the end of the query"
        raise QueryRefused(where="query, SERVICE", expected="an IRI written out in <>", found=found)
    if (iri := rest[0].text[1:-1]) not in services:
        raise ServiceRefused(
            where=f"query, {position(text, rest[0].start)}",
            expected="a SERVICE that was allowed",
            found=iri,
            remedy=f"allow it: --allow-service {iri}",
        )


def _refused(text: str, token: Token, expected: str, found: str, remedy: str = "") -> QueryRefused:
    where = f"query, {position(text, token.start)}"
    return QueryRefused(where=where, expected=expected, found=found, remedy=remedy)
