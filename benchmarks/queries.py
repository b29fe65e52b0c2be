"""How long the bundled queries take on a store in a folder: with usual parameters, and the first page of the whole.

python benchmarks/queries.py STORE [--runs 5] [--patience 30] [--keep] [NAME ...]
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import time
from collections import Counter
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, NamedTuple

import khabar
from khabar.queries.results import plain
from khabar.stores.store import Store
from pages import tell

PAGE: Final = 100
COUNT: Final = "SELECT (COUNT(*) AS ?triples) WHERE { ?subject ?predicate ?object }"
PREFIXES: Final = "PREFIX khb: <https://w3id.org/khabar/ns#>\nPREFIX void: <http://rdfs.org/ns/void#>\n"

THINGS: Final[Mapping[str, str]] = {
    "claim": "?thing a khb:Claim",
    "statement": "?thing khb:claim ?claim",
    "article": "?thing a khb:Article",
    "meeting": "?thing a khb:Meeting",
    "grant": "?thing a khb:AccessGrant",
    "deal": "?part khb:partOf ?thing",
    "same": "?thing khb:sameEventAs ?other",
    "detailed": "?claim khb:detail ?detail ; khb:about ?thing",
    "participant": "?event khb:participant ?thing",
    "source": "?statement khb:claim ?claim ; khb:source ?thing",
    "denier": "?statement khb:stance khb:denies ; khb:source ?thing",
    "denied": "?statement khb:stance khb:denies ; khb:claim ?thing",
    "patron": "?source khb:speaksFor|khb:affiliatedWith ?thing",
    "force": "?event khb:force ?thing",
    "place": "?event a khb:ForcePresence ; khb:place ?thing",
    "corpus": "?thing void:uriSpace ?base",
    "day": "?article a khb:Article ; khb:earliest ?thing",
}
"""What parameters stand for: of the first 2,000 that the store gives, the one that it gives most often."""

QUESTIONS: Final[Mapping[str, tuple[Mapping[str, str], ...]]] = {
    "access-claims": ({"event": "grant"}, {}),
    "bases": ({},),
    "chain-of-transmission": ({"claim": "claim"}, {"statement": "statement"}, {}),
    "circular-reporting": ({"claim": "claim"}, {}),
    "corpora": ({},),
    "coverage-by-language": ({"claim": "claim"}, {"language": "=ar"}, {}),
    "deal-terms": ({"deal": "deal"}, {}),
    "denials": ({"claim": "denied"}, {"source": "denier"}, {}),
    "detail-disagreements": ({"event": "same"}, {}),
    "earliest-report": ({"claim": "claim"}, {}),
    "events-in-window": ({"from": "day", "to": "day"}, {}),
    "evidence": ({"claim": "claim"}, {"article": "article"}, {}),
    "forces-present": ({"place": "place"}, {"force": "force"}, {}),
    "graphs": ({"corpus": "corpus"},),
    "independent-origins": ({"claim": "claim"}, {}),
    "linked-entities": ({"kind": "=Person"}, {}),
    "loads-under-way": ({},),
    "meetings-attendance": ({"event": "meeting"}, {"with": "participant"}, {}),
    "only-alleged": ({"claim": "claim"}, {}),
    "put-forward-and-denied": ({"claim": "denied"}, {}),
    "sources": ({"source": "source"}, {}),
    "stance-over-time": ({"source": "source", "claim": "claim"}, {"source": "source"}, {}),
    "standing": ({"standing": "=contested"}, {}),
    "timeline": ({"from": "day", "to": "day"}, {"agent": "source"}, {}),
    "triples-outside-graphs": ({},),
    "triples-per-graph": ({"corpus": "corpus"},),
    "uncertain-details": ({"event": "detailed"}, {"certainty": "=possible"}, {}),
    "unlinked-entities": ({"kind": "=Person"}, {}),
    "unnamed-sources-alone": ({"claim": "claim"}, {"for": "patron"}, {}),
    "who-says-what": ({"claim": "claim"}, {"article": "article"}, {}),
}


class Time(NamedTuple):
    """One answer: its rows, wall-clock seconds, seconds of the processor."""

    rows: int
    seconds: float
    work: float


def thing(store: Store, pattern: str) -> str:
    """What a parameter stands for; nothing where the store has none."""
    rows = store.select(f"{PREFIXES}SELECT ?thing WHERE {{ {pattern} }} LIMIT 2000").rows
    counts = Counter(plain(row[0]) for row in rows)
    return min(counts, key=lambda name: (-counts[name], name)) if counts else ""


def times(folder: Path, name: str, params: Mapping[str, str], runs: int, patience: float) -> list[Time]:
    """The answers that came within ``patience`` seconds; an engine at work can be stopped with its process alone."""
    near, far = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=_answer, args=(far, folder, name, dict(params), runs))
    process.start()
    far.close()
    end = time.monotonic() + patience
    found: list[Time] = []
    try:
        while len(found) < runs and near.poll(max(0.0, end - time.monotonic())):
            found.append(near.recv())
    except EOFError:
        pass
    process.kill()
    process.join()
    return found


def _answer(connection: Connection, folder: Path, name: str, params: dict[str, str], runs: int) -> None:
    store = khabar.open_store(folder)
    for _ in range(runs):
        start, work = time.perf_counter(), time.process_time()
        rows = khabar.query(store, name, services=None, limit=PAGE, offset=0, **params)
        connection.send(Time(len(rows), time.perf_counter() - start, time.process_time() - work))


def main() -> None:
    """Ask, and print the table in Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("store", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--patience", type=float, default=30.0, help="seconds that one question may take in all")
    parser.add_argument("--keep", action="store_true", help="put the table into benchmarks/README.md")
    asked = parser.parse_args()
    store = khabar.open_store(asked.store)
    things = {word: thing(store, pattern) for word, pattern in THINGS.items()}
    triples = plain(store.select(COUNT).rows[0][0])
    lines = [
        f"{int(triples):,} triples.\n",
        f"| query, the first {PAGE} rows | asked with | rows | median ms | of the processor |",
        "|---|---|---|---|---|",
    ]
    for name, questions in QUESTIONS.items():
        for question in questions if not asked.names or name in asked.names else ():
            params = {key: word[1:] if word.startswith("=") else things[word] for key, word in question.items()}
            found = times(asked.store, name, params, asked.runs, asked.patience)
            told = ", ".join(question) or "nothing"
            if found:
                wall, work = (1000 * statistics.median(each[at] for each in found) for at in (1, 2))
                lines.append(f"| {name} | {told} | {found[0].rows} | {wall:.0f} | {work:.0f} |")
            else:
                lines.append(f"| {name} | {told} | | more than {1000 * asked.patience:.0f} | |")
            print(lines[-1], flush=True)
    tell("queries", "\n".join(lines), keep=asked.keep)


if __name__ == "__main__":
    main()
