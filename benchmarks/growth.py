"""Measure how time and memory grow with the number of records, and draw it.

    python benchmarks/growth.py          measures
    python benchmarks/growth.py --keep   and keeps the figures: growth.json and README.md beside it, docs/growth.svg
    python benchmarks/growth.py --draw   draws the figures that are kept, measures nothing

Prints the table that stands in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

import charts
from pages import tell
from processes import KHABAR, PYTHON, ROOT, median, spend

FIGURES: Final = ROOT / "benchmarks" / "growth.json"
PICTURE: Final = ROOT / "docs" / "growth.svg"
RECORDS: Final = (1000, 10_000, 100_000, 1_000_000)
FIRST, WORKER, LOAD = "build: first process", "build: each worker", "load, all together"
SEVERAL: Final = 100_000
"""Up to how many records everything is measured several times."""


class Figure(msgspec.Struct, frozen=True):
    """What was run, of how many records, how many quads came of it, and what it spent: see `Spent`."""

    what: str
    records: int
    quads: int
    seconds: float
    busy: float
    memory: float
    first: float
    other: float


def measure(records: Sequence[int], loads: Sequence[int], rounds: int, place: Path) -> Iterator[Figure]:
    """Every figure, from the few records to the many; what was laid down for one count is gone before the next."""
    for count in sorted({*records, *loads}):
        with tempfile.TemporaryDirectory(dir=place) as folder:
            articles = Path(folder, "articles.jsonl")
            make = (PYTHON, str(ROOT / "benchmarks" / "articles.py"), str(count), "-o", str(articles))
            subprocess.run(make, check=True)
            again = rounds if count <= SEVERAL else 1
            quads = 0
            for workers in (1, 2):
                graph = Path(folder, "graph.nq")
                build = (*KHABAR, "build", str(articles), "-o", str(graph), "--workers", str(workers), "--quiet")
                if count in records:
                    spent = median([spend(build) for _ in range(again)])
                    quads = quads or lines(graph)
                    yield Figure(f"build, {workers} worker{'s' if workers > 1 else ''}", count, quads, *spent)
                    graph.unlink()
            if count in loads:
                store = Path(folder, "store")
                load = (*KHABAR, "load", str(articles), "--to", str(store), "--quiet")
                yield Figure("load into a store", count, quads, *spend(load))


def lines(path: Path) -> int:
    """How many lines a file has."""
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def table(figures: Sequence[Figure]) -> str:
    """The figures in Markdown."""
    rows = [
        "| | records | quads | s | s of processors | records a second | peak MiB, together | the first | any other |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for figure in sorted(figures, key=lambda figure: (figure.what, figure.records)):
        other = f"{figure.other:.0f}" if figure.other else ""
        rows.append(
            f"| {figure.what} | {figure.records:,} | {figure.quads:,} | {figure.seconds:.1f} | {figure.busy:.1f} "
            f"| {figure.records / figure.seconds:,.0f} | {figure.memory:.0f} | {figure.first:.0f} | {other} |"
        )
    return "\n".join(rows)


def picture(figures: Sequence[Figure]) -> str:
    """The figures as two charts: time, and memory."""
    seconds: dict[str, list[charts.Point]] = {}
    memory: dict[str, list[charts.Point]] = {FIRST: [], WORKER: [], LOAD: []}
    for figure in figures:
        seconds.setdefault(figure.what, []).append((figure.records, figure.seconds))
        # A few records are not worth a second process.
        if figure.what == "build, 2 workers" and figure.other:
            memory[FIRST].append((figure.records, figure.first))
            memory[WORKER].append((figure.records, figure.other))
        elif figure.what.startswith("load"):
            memory[LOAD].append((figure.records, figure.memory))
    memory = {name: line for name, line in memory.items() if line}
    return charts.svg(
        [
            charts.Chart("Time (dashed: in proportion)", _time, seconds, rise=True),
            charts.Chart("Peak memory", _memory, memory),
        ],
        title="How time and memory of khabar build and khabar load grow with the number of records",
        across="article records",
    )


def _time(seconds: float) -> str:
    return f"{seconds:g} s"


def _memory(mebibytes: float) -> str:
    return f"{mebibytes:g} MiB"


def main() -> None:
    """Measure or draw, as the arguments say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--draw", action="store_true", help="draw the figures that are kept, measure nothing")
    parser.add_argument("--records", type=int, nargs="+", default=RECORDS, help="how many to build")
    parser.add_argument("--loads", type=int, nargs="*", default=RECORDS[:-1], help="how many to load")
    parser.add_argument("--rounds", type=int, default=3, help=f"runs of each up to {SEVERAL:,} records (default: 3)")
    parser.add_argument("--folder", type=Path, help="where records and graphs are laid down (default: temporary files)")
    parser.add_argument("--keep", action="store_true", help="keep the figures, with picture and page")
    arguments = parser.parse_args()
    if arguments.draw:
        figures = msgspec.json.decode(FIGURES.read_bytes(), type=list[Figure])
    else:
        figures = []
        for figure in measure(arguments.records, arguments.loads, arguments.rounds, arguments.folder):
            print(f"{figure.records:,} records, {figure.what}: {figure.seconds:.1f} s", file=sys.stderr)
            figures.append(figure)
            if arguments.keep:
                # It takes long: what was measured until something fails can be drawn.
                FIGURES.write_bytes(msgspec.json.format(msgspec.json.encode(figures)) + b"\n")
    if arguments.keep or arguments.draw:
        PICTURE.write_text(picture(figures), encoding="utf-8")
    tell("growth", table(figures), keep=arguments.keep)


if __name__ == "__main__":
    main()
