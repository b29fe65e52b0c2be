"""Schedules of faults: what befalls one load, from a seed; and how it is played against a real store."""

from __future__ import annotations

import dataclasses
import http.client
import random
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import pyoxigraph

from fault_accounts import Lines, account, overtook, struck
from fault_answers import RETRY_AFTER, SAID
from fault_clients import SECRET, Clients, Ended, Order
from fault_corpora import base, corpus
from fault_exchanges import Exchange
from fault_kinds import FAULTS, KILLS, PERMANENT, WAITS, Kind
from khabar.stores.updates import staging
from proxy import Proxy

RUNS: Final = 25
"""How often a load is started at most; more would mean that it never ends."""

SENTENCES: Final[Mapping[Kind, str]] = {
    Kind.STATUS_400: f"found HTTP 400 Bad Request: {SAID}: 400",
    Kind.STATUS_401: f"found HTTP 401 Unauthorized: {SAID}: 401",
    Kind.STATUS_403: f"found HTTP 403 Forbidden: {SAID}: 403",
    Kind.STATUS_413: f"found HTTP 413 Request Entity Too Large: {SAID}: 413",
    Kind.HTML_200: "found text/html: Please log in Your session is over.",
    Kind.REDIRECT_ELSEWHERE: "found a redirect to http://127.0.0.2",
    Kind.REDIRECT_TO_ITSELF: "found HTTP 307 Temporary Redirect",
}
"""What a load says that one of these ended."""

_LIES: Final = frozenset({Kind.LYING_200, Kind.LYING_204})
_POSITIONS: Final = 38
_KINDS: Final = (*FAULTS, *KILLS, *KILLS)


@dataclasses.dataclass(frozen=True)
class Schedule:
    """What befalls the loads of one corpus."""

    seed: int
    plan: Mapping[int, Kind]
    """Which request, counted over all loads, suffers what."""
    held: str
    """What the store holds before: ``nothing``, the ``first edition``, or what a load of it left, ``interrupted``."""
    prune: bool
    verify: str
    batch: int
    profile: str
    lost: tuple[bool, ...]
    """Whether the journal is lost before each load after the first."""

    @classmethod
    def of(cls, seed: int) -> Schedule:
        """The schedule of this seed."""
        chosen = random.Random(f"schedule {seed}")  # noqa: S311 - no secret
        faults = chosen.choice((1, 2, 3, 4, 5, 6))
        # Sorted by name: the order of a set of kinds differs from run to run.
        kinds = sorted(_KINDS, key=lambda kind: kind.name)
        first = chosen.randrange(1, _POSITIONS)
        plan = {first: chosen.choice(kinds)}
        for _ in range(faults - 1):
            # Some come one after the other, so that looking and sending again suffer too.
            place = chosen.choice((chosen.randrange(1, 2 * _POSITIONS), max(plan) + 1, min(plan) + 1))
            plan.setdefault(place, chosen.choice(kinds))
        return cls(
            seed=seed,
            plan=dict(sorted(plan.items())),
            held=chosen.choice(("nothing", "nothing", "first edition", "interrupted")),
            prune=chosen.random() < 0.4,
            verify="all" if chosen.random() < 0.15 else "sent",
            batch=chosen.choice((1, 2, 3, 64)),
            profile="generic" if chosen.random() < 0.25 else "oxigraph",
            lost=tuple(chosen.random() < 0.4 for _ in range(RUNS)),
        )


@dataclasses.dataclass
class Played:
    """What came of one schedule; everything that ought not to be is a sentence in ``wrong``."""

    seed: int
    loads: int = 0
    failed: int = 0
    killed: int = 0
    requests: int = 0
    writes: int = 0
    removals: int = 0
    additions: int = 0
    resent: int = 0
    """Writes of a graph after the first one of it."""
    duplicates: int = 0
    blind: int = 0
    is_isomorphic: bool = False
    journals_lost: int = 0
    struck: list[tuple[str, int]] = dataclasses.field(default_factory=list)
    """The name of each fault that happened, and which request of its load it struck."""
    wrong: list[str] = dataclasses.field(default_factory=list)
    seconds: float = 0.0
    profile: str = ""


class Player:
    """Plays schedules against the store at ``upstream``, each with a corpus of its own."""

    def __init__(self, upstream: str, clients: Clients, *, elsewhere: str) -> None:
        self._store = http.client.HTTPConnection(urlsplit(upstream).netloc, timeout=60)
        self._clients = clients
        self._pause = 0.0
        self._proxy = Proxy(upstream, elsewhere=elsewhere, kill=self._kill)

    def close(self) -> None:
        """Close the proxy and the connection to the store."""
        self._proxy.close()
        self._store.close()

    def play(self, schedule: Schedule) -> Played:
        """Load under faults until the load is done, and say what came of it."""
        began = time.monotonic()
        name = f"s{schedule.seed}"
        played = Played(schedule.seed, profile=schedule.profile)
        chosen = random.Random(f"kills {schedule.seed}")  # noqa: S311 - no secret
        if schedule.held == "first edition":
            self._put(name)
        before = self._held(name)
        self._proxy.arm(schedule.plan)
        with tempfile.TemporaryDirectory(dir=_memory()) as state:
            self._load(schedule, name, Path(state), played, chosen)
        self._proxy.quiet()
        exchanges = list(self._proxy.exchanges)
        self._judge(schedule, name, before, exchanges, played)
        self._clear(name)
        played.seconds = time.monotonic() - began
        return played

    def _kill(self, _: Exchange) -> None:
        time.sleep(self._pause)
        self._clients.kill()

    def _load(self, schedule: Schedule, name: str, state: Path, played: Played, chosen: random.Random) -> None:
        edition = 1 if schedule.held == "interrupted" else 2
        mends = False
        for number in range(RUNS):
            if number and schedule.lost[number]:
                for journal in state.iterdir():
                    journal.unlink()
                    played.journals_lost += 1
            # Once a client was told, it is killed a little later.
            self._pause = chosen.random() * 0.004 if chosen.random() < 0.7 else 0.0
            ended, exchanges = self._run(
                Order(
                    self._proxy.address,
                    name,
                    str(state),
                    seed=schedule.seed * RUNS + number,
                    edition=edition,
                    prune=schedule.prune,
                    verify=schedule.verify,
                    profile=schedule.profile,
                    batch=schedule.batch,
                )
            )
            played.loads += 1
            _judge_run(ended, exchanges, played)
            if edition == 1:
                edition = 2
            elif ended.how == "done" and not mends and overtook(self._proxy.exchanges):
                # What a server does after all else, though the client gave it up, is for the next load to mend.
                mends = True
            elif ended.how == "done":
                self._load_again(schedule, name, state, played)
                return
        played.wrong.append(f"not done after {RUNS} loads: {ended.sentence}")

    def _load_again(self, schedule: Schedule, name: str, state: Path, played: Played) -> None:
        """A load of what is there sends nothing; what is left of the plan must not strike it."""
        if any(state.iterdir()):
            played.wrong.append("the journal of a load that is done is still there")
        if schedule.seed % 10:
            return
        self._proxy.drop()
        order = Order(self._proxy.address, name, str(state), 0, profile=schedule.profile, timeout=10)
        ended, exchanges = self._run(order)
        if ended.how != "done" or any(exchange.writes for exchange in exchanges):
            played.wrong.append(f"the load after the last one: {ended.how} {ended.sentence}, sent {ended.sent}")

    def _run(self, order: Order) -> tuple[Ended, list[Exchange]]:
        before = len(self._proxy.exchanges)
        for event in self._clients.run(order):
            # Whoever waits finds the store listening again.
            self._proxy.reopen()
            if isinstance(event, Ended):
                self._proxy.quiet()
                self._proxy.mend()
                return event, self._proxy.exchanges[before:]
        raise AssertionError("a load that never ended")

    def _judge(
        self, schedule: Schedule, name: str, before: Mapping[str, Lines], exchanges: list[Exchange], played: Played
    ) -> None:
        found = account(exchanges, before)
        held = self._held(name)
        wanted = {graph.iri: frozenset(graph.document.splitlines(keepends=True)) for graph in corpus(name)}
        left = {} if schedule.prune else {graph: lines for graph, lines in held.items() if graph not in wanted}
        earlier = {graph.iri: frozenset(graph.document.splitlines(keepends=True)) for graph in corpus(name, 1)}
        played.is_isomorphic = held == {**wanted, **left}
        if not played.is_isomorphic:
            differing = sorted(graph for graph in {*held, *wanted} if held.get(graph) != wanted.get(graph))
            played.wrong.append(f"the store differs in {differing}")
        if any(lines != earlier.get(graph) for graph, lines in left.items()):
            played.wrong.append(f"a graph of no edition is left: {sorted(left)}")
        if {graph: lines for graph, lines in found.held.items() if lines} != held:
            played.wrong.append("the account of the traffic does not give what the store holds")
        played.requests, played.writes = len(exchanges), found.writes
        played.duplicates, played.blind = len(found.duplicates), len(found.blind)
        played.resent, played.removals, played.additions = found.resent, found.removals, found.additions
        played.wrong += [f"request {number} sent {graph} though it was there" for number, graph in found.duplicates]
        played.wrong += [f"request {number} sent {graph} again without a look" for number, graph in found.blind]

    # The store itself, past the proxy.

    def _ask(self, method: str, target: str, body: bytes | None = None, kind: str = "application/n-quads") -> bytes:
        self._store.request(method, target, body, {"Content-Type": kind} if body else {"Accept": kind})
        with self._store.getresponse() as answer:
            found = answer.read()
        assert answer.status in {200, 201, 204}, (answer.status, found)
        return found

    def _held(self, name: str) -> dict[str, Lines]:
        found: dict[str, set[bytes]] = {}
        start = base(name)
        # What an interrupted load built aside is found too.
        aside = {staging(graph.iri) for graph in (*corpus(name, 1), *corpus(name))}
        for quad in pyoxigraph.parse(self._ask("GET", "/store"), format=pyoxigraph.RdfFormat.N_QUADS):
            graph = quad.graph_name
            if isinstance(graph, pyoxigraph.NamedNode) and (graph.value.startswith(start) or graph.value in aside):
                found.setdefault(graph.value, set()).add(f"{quad.triple} .\n".encode())
        return {graph: frozenset(lines) for graph, lines in found.items()}

    def _put(self, name: str) -> None:
        self._ask("POST", "/store", b"".join(graph.nquads() for graph in corpus(name, 1)))

    def _clear(self, name: str) -> None:
        for graph in self._held(name):
            self._ask("DELETE", f"/store?graph={quote(graph, safe='')}")


def _judge_run(ended: Ended, exchanges: list[Exchange], played: Played) -> None:
    happened = struck(exchanges)
    first = exchanges[0].number if exchanges else 0
    kinds = {kind for kind, _ in happened}
    played.struck += [(kind.name, number - first + 1) for kind, number in happened]
    played.failed += ended.how == "failed"
    played.killed += ended.how == "killed"
    if ended.how in {"defect", "hung"}:
        played.wrong.append(f"{ended.how}: {ended.sentence}")
    elif ended.how == "killed" and not kinds & KILLS:
        played.wrong.append("killed by no one")
    elif ended.how == "done":
        played.wrong += _wrong_though_done(ended, [found for found in exchanges if found.told is not None])
    elif ended.how == "failed":
        played.wrong += _wrong_in_failure(ended, happened)


def _wrong_though_done(ended: Ended, answered: list[Exchange]) -> Iterator[str]:
    kinds = [found.fault for found in answered if found.fault is not None]
    yield from (f"done in spite of {kind.name}" for kind in kinds if kind in PERMANENT)
    asked = [kind for kind in kinds if kind in WAITS]
    if len([wait for wait in ended.waits if wait >= RETRY_AFTER - 1]) < len(asked):
        yield f"{len(asked)} times Retry-After, and the waits were {ended.waits}"


def _wrong_in_failure(ended: Ended, happened: list[tuple[Kind, int]]) -> Iterator[str]:
    kinds = {kind for kind, _ in happened}
    if SECRET in ended.sentence:
        yield "a sentence tells the password"
    if not kinds:
        yield f"failed without a fault: {ended.sentence}"
    elif kinds <= _LIES and "the load is not proved: run it again" not in ended.sentence:
        yield f"a write that was not done, told as: {ended.sentence}"
    elif len(kinds) == 1 and kinds <= PERMANENT:
        (kind,) = kinds
        if SENTENCES[kind] not in ended.sentence:
            yield f"{kind.name} told as: {ended.sentence}"
    elif len(happened) == 1 and not kinds & {*_LIES, Kind.STATUS_404}:
        yield f"one {happened[0][0].name} ended a load: {ended.sentence}"


def _memory() -> str | None:
    """A folder in memory for the journals, where there is one: a thousand loads would otherwise wait for the disk."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - names in it are made by tempfile
