"""Sixty-four clients that ask `khabar serve` the bundled queries, first alone, then with hostile clients beside them.

python benchmarks/load.py [--minutes 1] [--articles 300] [--clients 64]

Every answer must be 200, or 429 or 503 as a server may say that has too much to do, and every process that is at a
query must be done or dead a second after its limit; anything else ends this with 1.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from threading import Thread
from typing import Final

from answering import HOSTILE, khabar_served
from clients import Figures, Met, Question, ask, figures
from khabar import pipeline
from khabar.queries.catalogue import catalogue
from processes import memory_of

SECONDS: Final = 5
"""What a query may take."""

_HOSTILE_CLIENTS: Final = 8
"""From another address than the others, as visitors are."""


def named() -> list[Question]:
    """Every bundled query that asks no service: over the small interface, and as SPARQL by a visitor."""
    own = [query for query in catalogue() if "SERVICE" not in query.text]
    return [
        *(Question(f"/api/{query.name}") for query in own),
        *(Question("/sparql", query.text) for query in own),
    ]


def loaded(address: str, clients: int, seconds: float, *, beside: bool) -> list[Met]:
    """What the clients met, with hostile ones beside them or without."""
    hostile = Thread(
        target=ask,
        args=(address, [Question("/sparql", text) for text in HOSTILE]),
        kwargs={"clients": _HOSTILE_CLIENTS, "seconds": seconds, "source": "127.0.0.2"},
    )
    if beside:
        hostile.start()
    met = ask(address, named(), clients=clients, seconds=seconds)
    if beside:
        hostile.join()
    return met


def row(name: str, found: Figures, memory: float) -> str:
    """The figures as a line of Markdown."""
    refused = found.statuses[429] + found.statuses[503]
    return (
        f"| {name} | {found.statuses[200]:,} | {found.rate:,.0f} | {1000 * found.percentile(0.5):,.0f} ms | "
        f"{1000 * found.percentile(0.99):,.0f} ms | {refused:,} | {found.failed} | {memory:,.0f} MiB |"
    )


def main() -> None:
    """Measure, print, and end with 1 where an answer was missing."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=1)
    options.add_argument("--articles", type=int, default=300)
    options.add_argument("--clients", type=int, default=64)
    given = options.parse_args()
    failed = 0
    print("| asked | answers | answers/s | median | p99 | 429, 503 | failed | memory |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as room:
        records, store = Path(room, "articles.jsonl"), Path(room, "store")
        program = str(Path(__file__).with_name("articles.py"))
        subprocess.run([sys.executable, program, str(given.articles), "-o", str(records)], check=True)
        pipeline.load(records, store, verify="counts", optimize=True)
        # With little kept, most answers are made anew: it is the processes that are tried, and not a table.
        with khabar_served(store, "--seconds", str(SECONDS), "--cache", "1") as (address, process):
            for beside in (False, True):
                seconds = 60 * given.minutes
                met = loaded(address, given.clients, seconds, beside=beside)
                memory = memory_of(process.pid)
                for interface in ("/api", "/sparql"):
                    found = figures((one for one in met if one.path.startswith(interface)), seconds)
                    name = f"{interface}{f', beside {_HOSTILE_CLIENTS} hostile clients' if beside else ''}"
                    print(row(name, found, memory), flush=True)
                    failed += found.failed
            with urllib.request.urlopen(f"{address}/health", timeout=60) as answer:  # noqa: S310 - of this machine
                processes = json.load(answer)["processes"]
            late = processes["longest"] > SECONDS + 1
            ended = f"{processes['killed']} processes ended; the longest was {processes['longest']:.2f} s at its query"
            print(f"\n{ended}, with a limit of {SECONDS:g} s{': too long' if late else '.'}")
    sys.exit(1 if failed or late else 0)


if __name__ == "__main__":
    main()
