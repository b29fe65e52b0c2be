"""How many questions a second `khabar serve` answers, with all of its limits on, beside `oxigraph serve`.

python benchmarks/answering.py [--articles 300] [--seconds 15] [--runs 3] [--clients 64] [--keep]

Both serve one store and are asked the bundled queries over HTTP, all but those that ask Wikidata, each for several
values of its parameters. khabar is asked twice: with no answers kept, and as it is by default.
"""

from __future__ import annotations

import argparse
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from clients import Figures, Question, ask, figures
from khabar import pipeline
from khabar.queries.binding import bind
from khabar.queries.catalogue import Query, catalogue
from khabar.stores.opening import prefixes
from khabar.stores.store import Store
from pages import tell

HEAVY_SECONDS: Final = 1.0
"""A query that takes longer alone is left out: it would measure the engine and nothing else."""

HOSTILE: Final = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g",
    "SELECT DISTINCT ?a ?d { ?a (!<urn:x>|^!<urn:x>)* ?d }",
    "SELECT (GROUP_CONCAT(?x) AS ?y) { ?a ?b ?c . ?d ?e ?f BIND(CONCAT(STR(?a), STR(?d)) AS ?x) }",
)
_VALUES: Final = 8


def questions(store: Store) -> list[Question]:
    """The bundled queries with their defaults, and each with several values of the parameters that it has."""
    base = prefixes(store)
    found: list[Question] = []
    for query in catalogue():
        if "SERVICE" in query.text:
            continue
        began = time.monotonic()
        store.select(query.text)
        if time.monotonic() - began < HEAVY_SECONDS:
            found += [Question("/sparql", text) for text in _texts(store, query, base)]
    return found


def _texts(store: Store, query: Query, base: dict[str, str] | object) -> Iterator[str]:
    yield query.text
    kinds = {"article": "articles", "claim": "claims", "event": "events", "agent": "agents"}
    known = dict(base) if isinstance(base, dict) else {}
    for parameter in query.params:
        if parameter.type == "language":
            yield bind(query, {parameter.name: "ar"})
        elif parameter.type in kinds and known:
            for iri in _some(store, kinds[parameter.type], known):
                yield bind(query, {parameter.name: iri})


def _some(store: Store, kind: str, base: dict[str, str]) -> list[str]:
    names = {"articles": "Article", "claims": "Claim", "events": "Event", "agents": "Agent"}
    text = (
        f"SELECT DISTINCT ?x {{ ?x a <https://w3id.org/khabar/ns#{names[kind]}> "
        f'FILTER(STRSTARTS(STR(?x), "{base[kind]}")) }} ORDER BY ?x LIMIT 500'
    )
    found = [row[0] for row in store.select(text).rows]
    return [str(one) for one in found[:: max(len(found) // _VALUES, 1)][:_VALUES]]


@contextmanager
def khabar_served(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`khabar serve` over a store: its address and its process, once its index is made."""
    with tempfile.NamedTemporaryFile() as said:
        command = [sys.executable, "-m", "khabar", "serve", str(folder), "--port", "0", *options]
        with subprocess.Popen(command, stderr=said, start_new_session=True) as process:
            try:
                address = _told(Path(said.name), process)
                _wait(address + "/health", '"ready":true')
                yield address, process
            finally:
                process.terminate()


def _told(said: Path, process: subprocess.Popen[bytes]) -> str:
    """The address that a server says that it has."""
    while process.poll() is None:
        if (found := re.search(r"http://[^/ ]+(?=/ )", said.read_text())) is not None:
            return found[0]
        time.sleep(0.05)
    raise SystemExit(said.read_text())


@contextmanager
def oxigraph_served(folder: Path) -> Iterator[str]:
    """`oxigraph serve-read-only` over a store."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{free.getsockname()[1]}"
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or "oxigraph"
    command = [program, "serve-read-only", "-l", str(folder), "-b", where, "--union-default-graph", "--timeout-s", "10"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(f"http://{where}/", "")
            yield f"http://{where}"
        finally:
            process.terminate()


def _wait(address: str, text: str) -> None:
    end = time.monotonic() + 600
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - of this machine
                if text in answer.read().decode():
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")


def measured(
    store: Path, asked: Sequence[Question], clients: int, seconds: float, runs: int
) -> dict[str, list[Figures]]:
    """The figures of every way, run after run, each way once in each run."""
    other = [Question("/query", one.body) for one in asked]
    found: dict[str, list[Figures]] = {}

    def add(name: str, address: str, questions: Sequence[Question]) -> None:
        met = ask(address, questions, clients=clients, seconds=seconds)
        found.setdefault(name, []).append(figures(met, seconds))

    for _ in range(runs):
        with oxigraph_served(store) as address:
            add("oxigraph serve", address, other)
        with khabar_served(store, "--cache", "0") as (address, _):
            add("khabar serve, nothing kept", address, asked)
        with khabar_served(store) as (address, _):
            add("khabar serve", address, asked)
    return found


def table(found: dict[str, list[Figures]]) -> str:
    """The figures as Markdown: medians of the runs."""
    base = statistics.median(one.rate for one in found["oxigraph serve"])
    lines = ["| server | answers/s | of oxigraph | median | p99 | 429, 503 | failed |", "|---|---|---|---|---|---|---|"]
    for name, runs in found.items():
        rate = statistics.median(one.rate for one in runs)
        half, most = (statistics.median(one.percentile(share) for one in runs) * 1000 for share in (0.5, 0.99))
        refused = sum(one.statuses[429] + one.statuses[503] for one in runs)
        lines.append(
            f"| {name} | {rate:,.0f} | {rate / base:.2f} | {half:,.0f} ms | {most:,.0f} ms | {refused} | "
            f"{sum(one.failed for one in runs)} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=int, default=300)
    options.add_argument("--clients", type=int, default=64)
    options.add_argument("--seconds", type=float, default=15)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--store", type=Path)
    options.add_argument("--keep", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as room:
        store = given.store or Path(room, "store")
        if given.store is None:
            records = Path(room, "articles.jsonl")
            articles = [
                sys.executable,
                str(Path(__file__).with_name("articles.py")),
                str(given.articles),
                "-o",
                str(records),
            ]
            subprocess.run(articles, check=True)
            pipeline.load(records, store, verify="counts", optimize=True)
        asked = questions(pipeline.open_store(store))
        print(f"{len(asked)} queries, {given.clients} clients, {given.runs} runs of {given.seconds:g} s each")
        shown = table(measured(store, asked, given.clients, given.seconds, given.runs))
    tell("answering", shown, keep=given.keep)


if __name__ == "__main__":
    main()
