"""What a client sent through the proxy, held against what the store had and what the client had been told of it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias
from urllib.parse import parse_qs, unquote_plus, urlsplit

from fault_exchanges import Exchange
from fault_kinds import Kind

Lines: TypeAlias = frozenset[bytes]
Told: TypeAlias = Lines | int
"""What a client was last told of a graph: its triples, or how many there are."""

_UNSURE: Final = frozenset({500, 502, 504})
_GRAPH: Final = re.compile(rb"GRAPH <([^>]*)>")


@dataclasses.dataclass(frozen=True)
class Effect:
    """What a write does to one named graph: it empties it, or takes ``removed`` from it; then it adds ``added``."""

    graph: str
    empties: bool = False
    removed: Lines = frozenset()
    added: Lines = frozenset()

    def on(self, held: Lines) -> Lines:
        """What the graph holds afterwards."""
        return (frozenset() if self.empties else held - self.removed) | self.added


@dataclasses.dataclass
class Account:
    """What became of each graph; the lists name the number of a request and its graph."""

    held: dict[str, Lines]
    writes: int = 0
    duplicates: list[tuple[int, str]] = dataclasses.field(default_factory=list)
    """Writes of what was there, though nothing had told the client since its last try that it was not."""
    blind: list[tuple[int, str]] = dataclasses.field(default_factory=list)
    """Writes after one of unknown outcome, without a look at the graph in between."""


def account(exchanges: Iterable[Exchange], held: Mapping[str, Lines]) -> Account:
    """Replay ``exchanges`` over a store that held ``held``."""
    found = Account(dict(held))
    told: dict[str, Told] = {}
    tried: dict[str, tuple[Exchange, Effect]] = {}
    for _, moment, exchange in sorted(_moments(exchanges), key=lambda each: each[0]):
        for effect in effects(exchange):
            graph = effect.graph
            if moment == "done":
                found.held[graph] = effect.on(found.held.get(graph, frozenset()))
            elif moment == "begun":
                _judge(found, exchange, effect, told.pop(graph, None), tried.get(graph))
                tried[graph] = exchange, effect
        if moment == "ended":
            told.update(_told(exchange, found.held))
    return found


def _moments(exchanges: Iterable[Exchange]) -> Iterator[tuple[int, str, Exchange]]:
    for exchange in exchanges:
        yield exchange.begun, "begun", exchange
        yield exchange.ended, "ended", exchange
        if exchange.done is not None:
            yield exchange.done, "done", exchange


def _judge(
    found: Account, exchange: Exchange, effect: Effect, told: Told | None, before: tuple[Exchange, Effect] | None
) -> None:
    found.writes += 1
    held = found.held.get(effect.graph, frozenset())
    after = effect.on(held)
    if after == held and (told is None or told in (after, len(after))):
        found.duplicates.append((exchange.number, effect.graph))
    if before is not None and told is None:
        tried, same = before
        if same == effect and (tried.told is None or tried.told in _UNSURE):
            found.blind.append((exchange.number, effect.graph))


def _told(exchange: Exchange, held: Mapping[str, Lines]) -> Iterator[tuple[str, Told]]:
    """What a client knows after a read whose answer it was given whole."""
    if exchange.writes or not exchange.whole or exchange.told is None:
        return
    graph = _named(exchange.target)
    if graph is not None:
        if exchange.told == 404:
            yield graph, frozenset()
        elif exchange.told == 200 and exchange.fault is None:
            yield graph, frozenset(exchange.answer.splitlines(keepends=True))
    elif exchange.told == 200 and exchange.fault is None:
        counts = _counts(exchange.answer)
        if counts is not None:
            yield from ((name, counts.get(name, 0)) for name in {*held, *counts})


def _counts(answer: bytes) -> Mapping[str, int] | None:
    """The triples of each graph that the rows of the query triples-per-graph tell; None for other rows."""
    results = json.loads(answer)
    if results.get("head", {}).get("vars") != ["graph", "triples"]:
        return None
    return {row["graph"]["value"]: int(row["triples"]["value"]) for row in results["results"]["bindings"]}


def effects(exchange: Exchange) -> tuple[Effect, ...]:
    """What the request would do to each graph; nothing where it only reads, or was not read to its end."""
    if not exchange.whole or not exchange.writes:
        return ()
    graph = _named(exchange.target)
    lines = frozenset(exchange.body.splitlines(keepends=True))
    if graph is None:
        return tuple(_updates(_text(exchange)))
    return {
        "PUT": (Effect(graph, empties=True, added=lines),),
        "POST": (Effect(graph, added=lines),),
        "DELETE": (Effect(graph, empties=True),),
    }[exchange.method]


def _named(target: str) -> str | None:
    return next(iter(parse_qs(urlsplit(target).query).get("graph", ())), None)


def _text(exchange: Exchange) -> bytes:
    if exchange.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        fields = dict(field.partition("=")[::2] for field in exchange.body.decode().split("&"))
        return unquote_plus(fields["update"]).encode()
    return exchange.body


def _updates(text: bytes) -> Iterator[Effect]:
    """The effects of a SPARQL Update as khabar writes it: a triple on a line, what is around them on others."""
    verb = graph = b""
    blocks: dict[tuple[bytes, bytes], set[bytes]] = {}
    for line in text.splitlines(keepends=True):
        words = line.split()
        if line.endswith(b" .\n") and verb and graph:
            blocks.setdefault((verb, graph), set()).add(line)
            continue
        for word in (b"DROP", b"CLEAR", b"INSERT", b"DELETE"):
            if word in words:
                verb = word
        named = _GRAPH.search(line)
        if named is not None:
            graph = named[1]
            blocks.setdefault((verb, graph), set())
    for name in dict.fromkeys(graph for _, graph in blocks):
        yield Effect(
            name.decode(),
            empties=(b"DROP", name) in blocks or (b"CLEAR", name) in blocks,
            removed=frozenset(blocks.get((b"DELETE", name), ())),
            added=frozenset(blocks.get((b"INSERT", name), ())),
        )


def struck(exchanges: Iterable[Exchange]) -> list[tuple[Kind, int]]:
    """The faults that happened, each with the number of the request that it struck; one that lasts counts once."""
    return [(found.fault, found.number) for found in exchanges if found.fault is not None and not found.again]
