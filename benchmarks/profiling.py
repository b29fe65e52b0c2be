"""Where the time of a record goes on its way from a line of JSON to lines of N-Quads, step by step, in one process.

python benchmarks/profiling.py [--records 2000] [--rounds 7] [--keep]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from articles import Articles
from khabar.frame import Frame
from khabar.model import ArticleRecord
from khabar.plan import Plan, lines
from khabar.records.json_lines import encode
from pages import tell

T = TypeVar("T")
_decode = msgspec.json.Decoder(ArticleRecord).decode


def measured(work: Callable[[T], Any], things: Sequence[T], rounds: int) -> float:
    """Microseconds of the processor for each thing, in the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for thing in things:
            work(thing)
        best = min(best, time.process_time() - start)
    return best / len(things) * 1e6


def rows(count: int, rounds: int) -> list[tuple[str, float]]:
    """The steps, and what each takes."""
    articles = Articles(linked=0.0)
    plan = Plan.of(Frame(articles.header, articles.entities))
    data = [encode(articles.record(number)) for number in range(count)]
    planned = [found for line in data if (found := plan.line(line)) is not None]
    if len(planned) != count:
        raise SystemExit(f"the plan is sure of {len(planned)} of {count} records")
    plain = [lines.unescaped(line) if b"\\" in line else line for line in data]
    records = [_decode(line.decode("latin-1")) for line in plain]
    lay = plan._lay  # noqa: SLF001 - a step of what is measured
    if lay is None:
        raise SystemExit("the plan is sure of nothing")

    def digested(found: Any) -> None:
        vars(found.graph).pop("digest", None)
        _ = found.graph.digest

    steps = [
        ("msgspec decodes the line, nothing else", measured(_decode, data, rounds)),
        ("the whole line is looked at: characters, NFC, keys that come twice", measured(lines.fit, data, rounds)),
        ("it is decoded, a character a byte", measured(lambda line: _decode(line.decode("latin-1")), plain, rounds)),
        ("checked, named, dated, put into words, in order, with its standings", measured(lay, records, rounds)),
        (
            "what was built becomes N-Triples",
            measured(lambda one: one.bare.decode("latin-1").encode("latin-1").replace(b"\n", b" .\n"), planned, rounds),
        ),
        ("the graph's SHA-256", measured(digested, planned, rounds)),
        ("N-Quads, with standings and entry", measured(plan.nquads, planned, rounds)),
    ]
    whole = measured(lambda line: plan.nquads(plan.line(line)), data, rounds)  # type: ignore[arg-type] # none is None
    return [*steps, ("all of it", whole)]


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--keep", action="store_true", help="put the table into benchmarks/README.md")
    given = parser.parse_args()
    found = rows(given.records, given.rounds)
    table = ["| step | µs a record |", "|---|---|", *(f"| {step} | {spent:.1f} |" for step, spent in found)]
    tell("profile", "\n".join(table), keep=given.keep)


if __name__ == "__main__":
    main()
