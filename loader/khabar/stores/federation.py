"""SERVICE, answered before the store sees the query.

Engines differ in what they send to a service: some send the pattern as it stands, and Wikidata cannot give the offices
of everyone. khabar asks the service itself, under its own time limit and for the known terms alone, and puts the rows
into the query as VALUES. What the engine evaluates reaches no network.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec

from khabar.errors import QueryRefused, StoreFailed
from khabar.queries.catalogue import values_block
from khabar.queries.results import Rows
from khabar.queries.spelling import spell
from khabar.queries.tokens import Token, closing, code, tokens

KNOWN: Final = "# known"
"""The comment that marks the VALUES block, inside a SERVICE, of the variables that are known before it."""

KNOWN_LIMIT: Final = 2_000
"""Rows that one request carries to a service."""

_NAME: Final = re.compile(r"\w+")

Ask = Callable[[str], Rows]


class _Service(msgspec.Struct, frozen=True):
    iri: str
    silent: bool
    block: str
    start: int
    end: int


def federated(text: str, ask: Ask, services: Mapping[str, str]) -> str:
    """``text`` with every SERVICE replaced by the rows that its endpoint gave; ``ask`` evaluates without the network.

    A block with ``VALUES (?item) { (UNDEF) } # known`` is sent with the terms that the part of the query before it
    gives for these variables. Raises QueryRefused for a SERVICE inside a SERVICE and for more known terms than one
    request carries, StoreFailed when an endpoint fails and the query does not say SILENT.
    """
    while (service := _first_service(text)) is not None:
        rows = _rows(text, service, ask, services)
        text = f"{text[: service.start]}{_values(rows)}{text[service.end :]}"
    return text


def _first_service(text: str) -> _Service | None:
    found = code(text)
    for index, token in enumerate(found):
        if token.is_word("SERVICE"):
            silent = found[index + 1].is_word("SILENT")
            named = index + 1 + silent
            opening = named + 1
            if opening >= len(found) or found[opening].text != "{":
                raise QueryRefused(where="query, SERVICE", expected="a group in braces", found="none")
            end = closing(found, opening)
            if any(inner.is_word("SERVICE") for inner in found[opening:end]):
                raise QueryRefused(where="query, SERVICE", expected="no SERVICE inside it", found="one")
            block = text[found[opening].end : found[end].start]
            return _Service(found[named].text[1:-1], silent, block, token.start, found[end].end)
    return None


def _rows(text: str, service: _Service, ask: Ask, services: Mapping[str, str]) -> Rows | None:
    from khabar.stores.credentials import for_host
    from khabar.stores.remote import RemoteStore

    found = code(text)
    prologue = text[: _start_of_query(found)]
    block = service.block
    if (known := values_block(tokens(block), KNOWN)) is not None:
        rows = ask(f"{prologue}{_probe(text, found, service.start, known.variables)}")
        if not len(rows):
            return Rows(columns=known.variables)
        if len(rows) > KNOWN_LIMIT:
            raise QueryRefused(
                where=f"query, SERVICE {service.iri}",
                expected=f"at most {KNOWN_LIMIT:,} known rows",
                found=f"{len(rows):,}",
                remedy="narrow the query by a parameter",
            )
        block = f"{block[: known.start]} {_cells(rows)} {block[known.end :]}"
    address = services[service.iri]
    # What is known of the store that is asked is not the service's to know: netrc, by the service's own host, is.
    credentials = for_host(urlsplit(address).hostname or "")
    try:
        return _checked(
            RemoteStore(address, credentials=credentials).evaluate(f"{prologue}SELECT * WHERE {{{block}\n}}"), service
        )
    except StoreFailed:
        if service.silent:
            return None
        raise


def _checked(rows: Rows, service: _Service) -> Rows:
    # Values are spelled as terms; the names of columns go into the query as they are.
    for name in rows.columns:
        if not _NAME.fullmatch(name):
            raise StoreFailed(where=f"SERVICE {service.iri}", expected="names of variables", found=ascii(name)[:100])
    return rows


def _start_of_query(found: tuple[Token, ...]) -> int:
    for token in found:
        if token.is_word("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            return token.start
    raise QueryRefused(where="query", expected="SELECT or ASK", found="neither")


def _probe(text: str, found: tuple[Token, ...], end: int, variables: tuple[str, ...]) -> str:
    # What stands before the SERVICE, with the groups that are still open closed.
    before = [token for token in found if token.start < end and token.text in ("{", "}") and token.kind == "sign"]
    depth = sum(1 if token.text == "{" else -1 for token in before)
    columns = " ".join(f"?{name}" for name in variables)
    return f"SELECT DISTINCT {columns} WHERE {text[before[0].start : end]}{'}' * depth}"


def _values(rows: Rows | None) -> str:
    # A silent failure leaves one solution that binds nothing.
    if rows is None:
        return "{}"
    return f"VALUES ({' '.join(f'?{name}' for name in rows.columns)}) {{ {_cells(rows)} }}"


def _cells(rows: Rows) -> str:
    return " ".join(f"({' '.join(map(spell, row))})" for row in rows)
