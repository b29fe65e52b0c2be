"""Measure what a person waits for: start-up, and a corpus of many records.

Every figure is that of a whole process, the median of several runs, in turns with the others so that a busy machine
slows all alike. Prints the table that stands in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
KHABAR = (PYTHON, "-m", "khabar")
COMPOSE = """
import sys, yaml
from pathlib import Path
for path in sorted(Path(sys.argv[1]).rglob("*.yaml")):
    yaml.compose(path.read_bytes(), yaml.CSafeLoader)
"""


class Run(NamedTuple):
    """One run of a process: wall-clock seconds, and the most memory that it held, in MiB."""

    seconds: float
    memory: float


def run(command: Sequence[str]) -> Run:
    """Run ``command`` to its end, its output thrown away; a failure ends the benchmark."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    # Linux tells KiB, macOS bytes.
    return Run(seconds, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2))


def medians(commands: dict[str, Sequence[str]], rounds: int) -> dict[str, Run]:
    """The median of ``rounds`` runs of each command, taken in turns."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(run(command))
    return {
        name: Run(*(statistics.median(values) for values in zip(*each, strict=True))) for name, each in runs.items()
    }


def grow(source: Path, folder: Path, count: int) -> int:
    """Lay down the corpus ``source`` with its one article ``count`` times; returns the lines of one record."""
    shutil.copytree(source, folder)
    original = next((folder / "articles").glob("*.yaml"))
    text = original.read_text(encoding="utf-8")
    original.unlink()
    name = f"id: {original.stem}"
    if text.count(name) != 1:
        raise SystemExit(f"{original}: expected `{name}` once, found it {text.count(name)} times")
    for number in range(count):
        copy = folder / "articles" / f"article-{number:05}.yaml"
        copy.write_text(text.replace(name, f"id: article-{number:05}"), encoding="utf-8")
    return len(text.splitlines())


def start_up(rounds: int) -> None:
    """Print how long the program takes to start, and to build the real corpus."""
    found = medians(
        {
            "`python -c pass`": (PYTHON, "-c", "pass"),
            "`khabar --help`": (*KHABAR, "--help"),
            "`khabar build corpus`": (*KHABAR, "build", "corpus"),
            "`khabar check corpus`": (*KHABAR, "check", "corpus", "--quiet"),
        },
        rounds,
    )
    unit = found["`python -c pass`"].seconds
    print(f"\n| start-up, median of {rounds} | ms | times `python -c pass` | peak MiB |\n|---|---|---|---|")
    for name, median in found.items():
        print(f"| {name} | {median.seconds * 1000:.0f} | {median.seconds / unit:.1f} | {median.memory:.0f} |")


def many(count: int, rounds: int) -> None:
    """Print what checking and building ``count`` records takes, next to the YAML parser alone."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "corpus")
        lines = grow(ROOT / "example", folder, count)
        output = str(Path(place, "graph.nq"))
        found = medians(
            {
                "libyaml composes the files, nothing else": (PYTHON, "-c", COMPOSE, str(folder)),
                "`khabar build -o graph.nq`": (*KHABAR, "build", str(folder), "-o", output, "--quiet"),
                "`khabar build -o graph.ttl`": (*KHABAR, "build", str(folder), "-o", output[:-2] + "ttl", "--quiet"),
                "`khabar check` (with SHACL)": (*KHABAR, "check", str(folder), "--quiet"),
            },
            rounds,
        )
        with Path(output).open("rb") as file:
            quads = sum(1 for _ in file)
    unit = found["libyaml composes the files, nothing else"].seconds
    print(f"\n{count:,} records of {lines} lines, {quads / count:.0f} quads each.\n")
    print(f"| whole run, median of {rounds} | s | ms a record | times libyaml | peak MiB |\n|---|---|---|---|---|")
    for name, (seconds, memory) in found.items():
        per_record = f"{seconds * 1000 / count:.2f}"
        print(f"| {name} | {seconds:.2f} | {per_record} | {seconds / unit:.1f} | {memory:.0f} |")


def main() -> None:
    """Measure what the arguments say; both tables unless told."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=1000, help="how many records (default: 1000)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each with many records (default: 3)")
    parser.add_argument("--starts", type=int, default=21, help="runs of each start-up (default: 21)")
    arguments = parser.parse_args()
    start_up(arguments.starts)
    many(arguments.records, arguments.rounds)


if __name__ == "__main__":
    main()
