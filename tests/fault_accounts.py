"""What a client sent through the proxy, held against what the store had and what the client had been told of it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias
from urllib.parse import parse_qs, unquote_plus, urlsplit

from fault_exchanges import Exchange
from fault_kinds import Kind

Lines: TypeAlias = frozenset[bytes]
Told: TypeAlias = Lines | int
"""What a client was last told of a graph: its triples, or how many there are."""

_UNSURE: Final = frozenset({500, 502, 504})
ASIDE: Final = "urn:khabar:staging:"
"""How the names begin under which large graphs are built."""

_GRAPH: Final = re.compile(rb"GRAPH <([^>]*)>")
_CONSTRUCT: Final = re.compile(rb"^CONSTRUCT .*?GRAPH <([^>]*)>")
# A letter after an escaped backslash, which is escaped too in an update.
_LETTER: Final = re.compile(rb"\\\\\\U000000([0-9A-F]{2})")


@dataclasses.dataclass(frozen=True)
class Effect:
    """What a write does to one named graph: it is emptied, or takes the triples of another, or gets ``added`` ones."""

    graph: str
    empties: bool = False
    added: Lines = frozenset()
    moved: str = ""
    """The name of the graph that is moved here."""

    @property
    def adds(self) -> bool:
        """Whether what is there stays."""
        return not self.empties and not self.moved

    @property
    def removes(self) -> bool:
        """Whether nothing is there afterwards."""
        return self.empties and not self.added

    def on(self, held: Mapping[str, Lines]) -> Lines:
        """What the graph holds afterwards, in a store that ``held`` this."""
        if self.moved:
            return held.get(self.moved, frozenset())
        return (frozenset() if self.empties else held.get(self.graph, frozenset())) | self.added

    def do(self, held: dict[str, Lines]) -> None:
        """Change what the store ``held``."""
        held[self.graph] = self.on(held)
        held.pop(self.moved, None)


@dataclasses.dataclass
class Account:
    """What became of each graph; the lists name the number of a request and its graph."""

    held: dict[str, Lines]
    writes: int = 0
    """Writes that put a graph in its place."""
    additions: int = 0
    """Writes that add triples to what is there: the mark of a load under way, which may be added again."""
    removals: int = 0
    """Writes that remove a graph: what is gone may be removed again."""
    resent: int = 0
    """Writes that repeat the last one of the same graph."""
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
                effect.do(found.held)
            # A graph that is built aside is no one's yet.
            elif moment == "begun" and effect.adds:
                found.additions += 1
            elif moment == "begun" and effect.removes:
                found.removals += 1
            # A graph that is built aside is no one's yet.
            elif moment == "begun" and not graph.startswith(ASIDE):
                _judge(found, exchange, effect, told.get(graph), tried.get(graph))
                tried[graph] = exchange, effect
                if not _is_refused(exchange):
                    told.pop(graph, None)
        if moment == "ended":
            told.update(_told(exchange, {*found.held, *tried}))
    return found


def _is_refused(exchange: Exchange) -> bool:
    """Whether the client was told that nothing was done, so that what it knew still holds."""
    return exchange.told is not None and exchange.told >= 300 and exchange.told not in _UNSURE


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
    after = effect.on(found.held)
    if after == found.held.get(effect.graph, frozenset()) and (told is None or told in (after, len(after))):
        found.duplicates.append((exchange.number, effect.graph))
    found.resent += before is not None and before[1] == effect
    if before is not None and told is None:
        tried, same = before
        if same == effect and (tried.told is None or tried.told in _UNSURE):
            found.blind.append((exchange.number, effect.graph))


def _told(exchange: Exchange, graphs: Collection[str]) -> Iterator[tuple[str, Told]]:
    """What a client knows of ``graphs`` after a read whose answer it was given whole."""
    if exchange.writes or not exchange.whole or exchange.told is None:
        return
    text = _text(exchange)
    graph = _named(exchange.target) or _constructed(text)
    if graph is not None:
        if exchange.told == 404 and exchange.method == "GET":
            yield graph, frozenset()
        elif exchange.told == 200 and exchange.fault is None:
            yield graph, frozenset(exchange.answer.splitlines(keepends=True))
    elif exchange.told == 200 and exchange.fault is None and exchange.method == "POST":
        counts = _counts(exchange.answer)
        # Of the later pages of the rows only what stands in them is known.
        if counts is not None and b" UNDEF)" in text:
            yield from ((name, counts.get(name, 0)) for name in {*graphs, *counts})


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
        return unquote_plus(fields.get("update") or fields.get("query", "")).encode()
    return exchange.body


def _constructed(text: bytes) -> str | None:
    found = _CONSTRUCT.match(text)
    return None if found is None else found[1].decode()


def _updates(text: bytes) -> Iterator[Effect]:
    """The effects of a SPARQL Update as khabar writes it: a triple on a line, what is around them on others."""
    order: list[Effect] = []
    into = ""
    added: dict[str, set[bytes]] = {}
    for line in text.splitlines(keepends=True):
        names = [name.decode() for name in _GRAPH.findall(line)]
        if line.startswith(b"<"):
            added[into].add(_LETTER.sub(lambda letter: b"\\\\" + bytes.fromhex(letter[1].decode()), line))
        elif line.startswith(b"DROP"):
            order.append(Effect(names[0], empties=True))
        elif line.startswith(b"MOVE"):
            order.append(Effect(names[1], moved=names[0]))
        elif line.startswith(b"INSERT"):
            into = names[0]
            added[into] = set()
    emptied = {effect.graph for effect in order if effect.empties}
    yield from (effect for effect in order if effect.graph not in added)
    yield from (Effect(name, name in emptied, frozenset(lines)) for name, lines in added.items())


def overtook(exchanges: Sequence[Exchange]) -> bool:
    """Whether something that its client had given up was the last that was done to a graph."""
    last: dict[str, tuple[int, Exchange]] = {}
    for exchange in exchanges:
        for effect in effects(exchange):
            if exchange.done is not None and exchange.done > last.get(effect.graph, (0, exchange))[0]:
                last[effect.graph] = exchange.done, exchange
    return any(exchange.fault is Kind.DONE_LATE for _, exchange in last.values())


def struck(exchanges: Iterable[Exchange]) -> list[tuple[Kind, int]]:
    """The faults that happened, each with the number of the request that it struck; one that lasts counts once."""
    return [(found.fault, found.number) for found in exchanges if found.fault is not None and not found.again]
