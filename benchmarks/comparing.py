"""Measure khabar beside its peers on the same work in one run: article records in, the triples of their graphs out.

    python benchmarks/comparing.py

The peers are installed into an environment of their own. They are given more than khabar is: the records resolved,
joined and flattened into tables, outside their time. What they write is compared with what khabar writes, triple by
triple. Prints the table that stands in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from pages import tell
from peers import digests, tables
from processes import KHABAR, PYTHON, ROOT, Spent, median, spend

BENCHMARKS: Final = ROOT / "benchmarks"
REQUIREMENTS: Final = BENCHMARKS / "peers" / "requirements.txt"
SMALLER: Final = 10
"""How many times fewer records rdflib is given: it would need ten times the memory."""

LIMITS: Final = {
    1: "limit: msgspec decodes, the bytes are written, 1 process",
    2: "limit: the same, 2 processes",
}
KHABARS: Final = {workers: f"`khabar build --workers {workers}`" for workers in (1, 2)}


class Row(NamedTuple):
    """One row of the table: what is called, with what, the file that it writes, and whether that holds triples."""

    name: str
    command: tuple[str, ...]
    output: str
    small: bool = False
    proved: bool = True


class Work(NamedTuple):
    """What is to be done: the records, what khabar makes of them, the tables, and what every peer has to arrive at."""

    records: int
    articles: Path
    quads: Path
    tables: Path
    sum: digests.Sum


def environment(folder: Path) -> str:
    """The interpreter of the peers' environment, made where there is none or where it is older than what it needs."""
    python = folder / "bin" / "python"
    stamp = folder / "installed.txt"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        print(f"Setting up {folder} ...", file=sys.stderr)
        subprocess.run((PYTHON, "-m", "venv", "--clear", str(folder)), check=True)
        install = (
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            str(REQUIREMENTS),
        )
        subprocess.run(install, check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return str(python)


def prepare(folder: Path, records: int) -> Work:
    """Make the records, build them with khabar, and flatten what came of it."""
    folder.mkdir()
    articles, quads, flat = folder / "articles.jsonl", folder / "expected.nq", folder / "tables"
    subprocess.run((PYTHON, str(BENCHMARKS / "articles.py"), str(records), "-o", str(articles)), check=True)
    subprocess.run(build(articles, quads, 2), check=True, cwd=ROOT)
    triples = tables.flatten(quads, flat)
    expected = digests.of_articles(tables.graphs_of_articles(quads))
    if triples != expected.triples:
        raise SystemExit(f"{flat}: expected {expected.triples} triples in the tables, found {triples}")
    return Work(records, articles, quads, flat, expected)


def build(articles: Path, output: Path, workers: int) -> tuple[str, ...]:
    """The command that has khabar build a graph."""
    return (*KHABAR, "build", str(articles), "-o", str(output), "--workers", str(workers), "--quiet")


def rows(python: str, work: Work, small: Work, folder: Path) -> tuple[Row, ...]:
    """Everything that is measured, in the order of the table."""

    def limit(processes: int) -> Row:
        output = folder / f"limit-{processes}"
        arguments = (str(work.articles), str(work.quads), str(output), str(processes))
        return Row(LIMITS[processes], (PYTHON, "-m", "peers.limit", *arguments), str(output), proved=False)

    def khabar(workers: int) -> Row:
        output = folder / f"khabar-{workers}.nq"
        return Row(KHABARS[workers], build(work.articles, output, workers), str(output))

    def peer(name: str, module: str, interpreter: str, given: Work) -> Row:
        output = str(folder / f"{module}.nt")
        command = (interpreter, "-m", f"peers.{module}", str(given.tables), output)
        return Row(name, command, output, small=given is small)

    return (
        limit(1),
        limit(2),
        khabar(1),
        khabar(2),
        peer("DuckDB, SQL that builds the lines, 2 threads", "by_duckdb", python, work),
        peer("pyoxigraph, terms made in Python", "by_pyoxigraph", PYTHON, work),
        peer("Morph-KGC, RML, 2 processes", "by_morph_kgc", python, work),
        peer("maplib, stOTTR over polars, all cores", "by_maplib", python, work),
        peer("rdflib, a graph in memory", "by_rdflib", PYTHON, small),
    )


def measure(every: Sequence[Row], work: Work, small: Work, rounds: int) -> dict[Row, list[Spent]]:
    """Run every row in turns; what the first round writes is proved, and nothing is kept: all of it would be large."""
    runs: dict[Row, list[Spent]] = {row: [] for row in every}
    for turn in range(rounds):
        for row in every:
            runs[row].append(spend(row.command))
            if turn == 0 and row.proved:
                prove(row, small if row.small else work)
            Path(row.output).unlink()
    return runs


def prove(row: Row, work: Work) -> None:
    """Compare what was written with what khabar wrote for the tables: the same triples, no more and no fewer."""
    path = Path(row.output)
    lines = tables.graphs_of_articles(path) if path.suffix == ".nq" else None
    found = digests.of_articles(lines) if lines else digests.of_ntriples(path)
    if found != work.sum:
        raise SystemExit(f"{row.name}: expected {work.sum}, found {found} in {path}")


def report(measured: Mapping[Row, Spent], work: Work, small: Work, rounds: int) -> str:
    """The table in Markdown, and what it says of khabar."""
    with work.quads.open("rb") as file:
        quads = sum(1 for _ in file)
    size, made = work.articles.stat().st_size / 1e6, work.quads.stat().st_size / 1e6
    pace = {row: (small if row.small else work).sum.triples / spent.seconds for row, spent in measured.items()}
    best = next(pace[row] for row in measured if row.name == KHABARS[2])
    head = (
        f"{work.records:,} records ({size:.0f} MB), {work.sum.triples:,} triples in their graphs. khabar writes "
        f"{quads:,} quads ({made:,.0f} MB): standings, description and entities too."
    )
    columns = (
        f"| whole run, median of {rounds} | s | s of processors | records a second | triples a second "
        "| khabar with 2 workers is faster by | peak MiB, together | the first | any other |"
    )
    lines = [
        head,
        "",
        columns,
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row, spent in measured.items():
        given = small if row.small else work
        name = f"{row.name} ({given.records:,} records)" if row.small else row.name
        times = "" if row.name in LIMITS.values() else f"{best / pace[row]:.1f}"
        other = f"{spent.other:.0f}" if spent.other else ""
        lines.append(
            f"| {name} | {spent.seconds:.2f} | {spent.busy:.2f} | {given.records / spent.seconds:,.0f} "
            f"| {pace[row]:,.0f} | {times} | {spent.memory:.0f} | {spent.first:.0f} | {other} |"
        )
    seconds = {row.name: spent.seconds for row, spent in measured.items()}
    one, two = seconds[KHABARS[1]], seconds[KHABARS[2]]
    alone, together = one / seconds[LIMITS[1]], two / seconds[LIMITS[2]]
    lines.append(
        f"\nAlone, khabar takes {alone:.1f} times its limit, with two workers {together:.1f} times that of two "
        f"processes. Two workers are {one / two:.2f} times as fast as one."
    )
    return "\n".join(lines)


def main() -> None:
    """Measure what the arguments say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000, help="how many records (default: 100000)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each (default: 3)")
    parser.add_argument(
        "--environment", type=Path, default=ROOT / "build" / "peers", help="where the peers are installed"
    )
    parser.add_argument("--folder", type=Path, help="where records and graphs are laid down (default: temporary files)")
    parser.add_argument("--keep", action="store_true", help="put the table into benchmarks/README.md")
    arguments = parser.parse_args()
    python = environment(arguments.environment.resolve())
    # The programs of the peers are modules of this folder, and those in khabar's environment need khabar.
    paths = (str(BENCHMARKS), str(ROOT / "loader"), os.environ.get("PYTHONPATH", ""))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    with tempfile.TemporaryDirectory(dir=arguments.folder) as place:
        folder = Path(place)
        work = prepare(folder / "all", arguments.records)
        small = prepare(folder / "small", max(1, arguments.records // SMALLER))
        runs = measure(rows(python, work, small, folder), work, small, arguments.rounds)
        text = report({row: median(each) for row, each in runs.items()}, work, small, arguments.rounds)
        tell("peers", text, keep=arguments.keep)


if __name__ == "__main__":
    main()
