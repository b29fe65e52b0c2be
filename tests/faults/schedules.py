"""A thousand loads under faults: a real store, a proxy in front of it, and what came of each; figures are printed.

``python tests/faults/schedules.py --schedules 1000 --seed 1``. Any one of them alone: ``--schedules 1 --seed N``.
"""

from __future__ import annotations

import argparse
import dataclasses
import http.client
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

# Helper modules of the tests are imported by their bare names.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from canary import Canary
from endpoints import oxigraph
from fault_clients import Clients
from fault_corpora import corpus
from fault_kinds import FAULTS, KILLS, Kind
from fault_schedules import Played, Player, Schedule

WORKERS: Final = 3
"""Loads at a time: much of the time they wait."""

AT_ONE_STORE: Final = 100
"""Schedules after which the store is made anew: in memory it keeps what was removed, and grows slow."""


@dataclasses.dataclass
class Figures:
    """What came of all schedules together."""

    played: list[Played]
    canary: int
    neighbours: tuple[int, int]
    """Stores in which the corpus beside was untouched at the end, and all."""
    seconds: float

    @property
    def wrong(self) -> list[str]:
        """Everything that ought not to be, each with the seed that shows it."""
        wrong = [f"seed {played.seed}: {sentence}" for played in self.played for sentence in played.wrong]
        unharmed, stores = self.neighbours
        return wrong if unharmed == stores else [*wrong, "the corpus beside was touched"]

    def total(self, name: str) -> int:
        """The sum of one number of `Played` over all schedules."""
        return sum(getattr(played, name) for played in self.played)

    @property
    def struck(self) -> Counter[Kind]:
        """How often each kind of fault happened."""
        return Counter(Kind[name] for played in self.played for name, _ in played.struck)

    @property
    def positions(self) -> int:
        """Requests of a load, by their places in it, that some fault struck."""
        return len({place for played in self.played for _, place in played.struck})


def run(seeds: Sequence[int], *, workers: int = WORKERS, careless: str = "") -> Figures:
    """Play the schedules of ``seeds``, against one ``oxigraph serve`` for each `AT_ONE_STORE` of them.

    ``careless`` is Python that is run first in each part, so that a test can see what a worse khabar would come to.
    """
    began = time.monotonic()
    played: list[Played] = []
    unharmed = stores = 0
    with Canary() as canary:
        for start in range(0, len(seeds), AT_ONE_STORE):
            # Another corpus lies beside those of the schedules, and is no business of theirs.
            neighbour = sorted(line for graph in corpus("neighbour") for line in graph.nquads().splitlines())
            with oxigraph(b"\n".join(neighbour).decode(), suffix="nq") as query:
                store = query.removesuffix("/query")
                some = seeds[start : start + AT_ONE_STORE]
                shares = [some[part::workers] for part in range(min(workers, len(some)))]
                parts = [_start(share, store, canary, careless) for share in shares]
                with ThreadPoolExecutor(len(parts)) as readers:
                    outputs = [out for out, _ in readers.map(subprocess.Popen.communicate, parts)]
                if any(part.returncode for part in parts):
                    raise RuntimeError("a part of the schedules could not be played")
                played += (Played(**json.loads(line)) for out in outputs for line in out.splitlines())
                unharmed += sorted(_dump(store).splitlines()) == neighbour
                stores += 1
    seconds = time.monotonic() - began
    return Figures(sorted(played, key=lambda each: each.seed), canary.calls, (unharmed, stores), seconds)


def _start(seeds: Sequence[int], store: str, canary: Canary, careless: str) -> subprocess.Popen[str]:
    program = [__file__]
    if careless:
        program = ["-c", f"{careless}\nimport runpy\nrunpy.run_path({__file__!r}, run_name='__main__')"]
    options = ["--store", store, "--elsewhere", canary.address, "--seeds", *map(str, seeds)]
    return subprocess.Popen([sys.executable, *program, *options], stdout=subprocess.PIPE, text=True)


def _dump(store: str) -> bytes:
    line = http.client.HTTPConnection(urlsplit(store).netloc, timeout=60)
    line.request("GET", "/store", headers={"Accept": "application/n-quads"})
    with line.getresponse() as answer:
        found = answer.read()
    line.close()
    return found


def table(figures: Figures) -> Iterator[str]:
    """The figures as rows of Markdown."""
    struck = figures.struck
    faults = sum(count for kind, count in struck.items() if kind not in KILLS)
    isomorphic = sum(played.is_isomorphic for played in figures.played)
    generic = sum(played.profile == "generic" for played in figures.played)
    rows = {
        "schedules": f"{len(figures.played):,} (by SPARQL Update alone: {generic:,})",
        "kinds of fault": f"{len(FAULTS)}, and {len(KILLS)} of kill -9",
        "faults that struck": f"{faults:,}, at {figures.positions} places of a load",
        "clients killed": f"{figures.total('killed'):,}",
        "journals lost": f"{figures.total('journals_lost'):,}",
        "loads started": f"{figures.total('loads'):,}",
        "loads that ended with an error and were run again": f"{figures.total('failed'):,}",
        "requests": f"{figures.total('requests'):,}",
        "graphs sent": f"{figures.total('writes'):,}",
        "graphs removed, marks of loads under way": f"{figures.total('removals'):,}, {figures.total('additions'):,}",
        "graphs sent again": f"{figures.total('resent'):,}",
        "graphs sent again without a look at what is there": f"{figures.total('blind'):,}",
        "duplicates: graphs sent that were there": f"{figures.total('duplicates'):,}",
        "final graphs isomorphic": f"{isomorphic:,} of {len(figures.played):,}",
        "the corpus beside them untouched": f"{figures.neighbours[0]} of {figures.neighbours[1]} stores",
        "requests to another host": f"{figures.canary:,}",
        "other findings": f"{len(figures.wrong):,}",
        "seconds": f"{figures.seconds:.0f}",
    }
    yield "| | |"
    yield "|---|---|"
    yield from (f"| {name} | {value} |" for name, value in rows.items())
    yield ""
    yield "| fault | struck |"
    yield "|---|---|"
    yield from (f"| {kind.value} | {struck[kind]:,} |" for kind in Kind)


def _part(options: argparse.Namespace) -> None:
    # The clients are forked from a process that has no threads.
    with Clients() as clients:
        player = Player(options.store, clients, elsewhere=options.elsewhere)
        for seed in options.seeds:
            played = player.play(Schedule.of(seed))
            sys.stdout.write(json.dumps(dataclasses.asdict(played)) + "\n")
            sys.stdout.flush()
        player.close()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=WORKERS)
    # One part of the schedules, as `run` starts it.
    for name in ("--store", "--elsewhere"):
        parser.add_argument(name, default="", help=argparse.SUPPRESS)
    parser.add_argument("--seeds", type=int, nargs="*", default=(), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, print, and tell whether nothing was wrong."""
    options = _options(arguments)
    if options.store:
        _part(options)
        return 0
    figures = run(range(options.seed, options.seed + options.schedules), workers=options.workers)
    sys.stdout.write("\n".join(table(figures)) + "\n")
    sys.stderr.writelines(f"{sentence}\n" for sentence in figures.wrong[:50])
    return 1 if figures.wrong or figures.canary else 0


if __name__ == "__main__":
    raise SystemExit(main())
