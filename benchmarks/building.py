"""Measure what a person waits for: start-up, and a corpus of many records.

Every figure is that of a whole process, the median of several runs, in turns with the others so that a busy machine
slows all alike. Prints the tables that stand in benchmarks/README.md; with ``--keep`` they are put there.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from pages import tell
from processes import KHABAR, PYTHON, ROOT, grow, medians

COMPOSE = """
import sys, yaml
from pathlib import Path
for path in sorted(Path(sys.argv[1]).rglob("*.yaml")):
    yaml.compose(path.read_bytes(), yaml.CSafeLoader)
"""


def start_up(rounds: int) -> str:
    """How long the program takes to start, and to build the real corpus."""
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
    lines = [f"| start-up, median of {rounds} | ms | times `python -c pass` | peak MiB |", "|---|---|---|---|"]
    for name, median in found.items():
        lines.append(f"| {name} | {median.seconds * 1000:.0f} | {median.seconds / unit:.1f} | {median.memory:.0f} |")
    return "\n".join(lines)


def many(count: int, rounds: int) -> str:
    """What checking and building ``count`` records takes, next to the YAML parser alone."""
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
    table = [
        f"{count:,} records of {lines} lines, {quads / count:.0f} quads each.",
        "",
        f"| whole run, median of {rounds} | s | ms a record | times libyaml | peak MiB |",
        "|---|---|---|---|---|",
    ]
    for name, (seconds, memory) in found.items():
        per_record = f"{seconds * 1000 / count:.2f}"
        table.append(f"| {name} | {seconds:.2f} | {per_record} | {seconds / unit:.1f} | {memory:.0f} |")
    return "\n".join(table)


def main() -> None:
    """Measure what the arguments say; both tables unless told."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=1000, help="how many records (default: 1000)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each with many records (default: 3)")
    parser.add_argument("--starts", type=int, default=21, help="runs of each start-up (default: 21)")
    parser.add_argument("--keep", action="store_true", help="put the tables into benchmarks/README.md")
    arguments = parser.parse_args()
    tell("start-up", start_up(arguments.starts), keep=arguments.keep)
    tell("thousand", many(arguments.records, arguments.rounds), keep=arguments.keep)


if __name__ == "__main__":
    main()
