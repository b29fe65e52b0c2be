"""Measure folders of YAML: how many articles a second, and what building again costs after one of them changed.

Prints the tables that stand in benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from building import COMPOSE
from pages import tell
from processes import KHABAR, PYTHON, ROOT, Spent, median, medians_of_spent, spend

REST: Final = 3.0
"""How many seconds files lie untouched before they are built: a cache does not trust what was written just now."""

# Runs at the start of every process of Python that finds it: one line for every file that any of them opens.
HOOK: Final = """
import os, sys
_told = os.open(os.environ["OPENED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
def _tell(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        os.write(_told, os.fsencode(arguments[0]) + b"\\n")
sys.addaudithook(_tell)
"""


def lay_down(count: int, folder: Path) -> int:
    """Write so many articles as YAML; returns the bytes of their files."""
    make = (PYTHON, str(ROOT / "benchmarks" / "articles.py"), str(count), "--yaml", str(folder))
    subprocess.run(make, check=True)
    time.sleep(REST)
    return sum(path.stat().st_size for path in (folder / "articles").iterdir())


def change(folder: Path) -> None:
    """Change one article, so that it differs from what it was and has no fault."""
    path = max((folder / "articles").iterdir())
    text = path.read_text(encoding="utf-8")
    old, new = ("ar", "en") if "\n  language: ar\n" in text else ("en", "ar")
    path.write_text(text.replace(f"\n  language: {old}\n", f"\n  language: {new}\n"), encoding="utf-8")


def build(folder: Path, output: Path, *more: str) -> tuple[str, ...]:
    """The command that has khabar build the graph of a folder."""
    return (*KHABAR, "build", str(folder), "-o", str(output), "--quiet", *more)


def many(count: int, rounds: int, place: Path) -> str:
    """How fast articles are read, checked and built, beside the YAML parser alone."""
    with tempfile.TemporaryDirectory(dir=place) as temporary:
        folder, output = Path(temporary, "corpus"), Path(temporary, "graph.nq")
        size = lay_down(count, folder)
        parser = "libyaml composes the files, nothing else, 1 process"
        found = medians_of_spent(
            {
                parser: (PYTHON, "-c", COMPOSE, str(folder)),
                "`khabar build --workers 1`, nothing read before": build(folder, output, "--fresh", "--workers", "1"),
                "`khabar build --workers 2`, nothing read before": build(folder, output, "--fresh", "--workers", "2"),
                "`khabar check` (with SHACL)": (*KHABAR, "check", str(folder), "--quiet"),
            },
            rounds,
        )
    columns = "s | s of processors | articles a second | times libyaml | peak MiB, together | any worker"
    lines = [
        f"{count:,} articles, {size / count / 1000:.1f} kB of YAML each.",
        "",
        f"| whole run, median of {rounds} | {columns} |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, spent in found.items():
        multiple = spent.seconds / found[parser].seconds
        other = f"{spent.other:.0f}" if spent.other else ""
        lines.append(
            f"| {name} | {spent.seconds:.2f} | {spent.busy:.2f} | {count / spent.seconds:,.0f} | {multiple:.1f} "
            f"| {spent.memory:.0f} | {other} |"
        )
    return "\n".join(lines)


def again(count: int, rounds: int, place: Path) -> str:
    """What a build takes when nothing, or one article, has changed, and how many articles it opens."""
    with tempfile.TemporaryDirectory(dir=place) as temporary:
        folder, output, cache = (Path(temporary, name) for name in ("corpus", "graph.nq", "cache"))
        lay_down(count, folder)
        command = build(folder, output)
        names = ("nothing read before", "nothing changed", "one article changed", "all files touched")
        runs: Mapping[str, list[Spent]] = {name: [] for name in names}
        opened: dict[str, int] = {}
        for turn in range(rounds):
            os.environ["XDG_CACHE_HOME"] = str(cache / str(turn))
            for name in names:
                _before(name, folder)
                runs[name].append(spend(command))
        os.environ["XDG_CACHE_HOME"] = str(cache / "counted")
        for name in names:
            _before(name, folder)
            opened[name] = articles_opened(command, folder, Path(temporary))
    spent = {name: median(each) for name, each in runs.items()}
    lines = [
        f"{count:,} articles.",
        "",
        f"| `khabar build`, median of {rounds} | s | times the first | s of processors | articles opened |",
        "|---|---|---|---|---|",
    ]
    for name, (seconds, busy, *_) in spent.items():
        times = seconds / spent[names[0]].seconds
        lines.append(f"| {name} | {seconds:.2f} | {times:.2f} | {busy:.2f} | {opened[name]:,} |")
    return "\n".join(lines)


def _before(name: str, folder: Path) -> None:
    if name == "one article changed":
        change(folder)
    elif name == "all files touched":
        for path in (folder / "articles").iterdir():
            path.touch()
        time.sleep(REST)


def articles_opened(command: Sequence[str], folder: Path, place: Path) -> int:
    """How many files of articles any process of ``command`` opens."""
    hook, told = place / "hook", place / "opened"
    hook.mkdir(exist_ok=True)
    told.unlink(missing_ok=True)
    (hook / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    paths = os.pathsep.join(filter(None, (str(hook), os.environ.get("PYTHONPATH", ""))))
    environment = {**os.environ, "PYTHONPATH": paths, "OPENED": str(told)}
    subprocess.run(command, check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    articles = str(folder / "articles")
    return sum(line.startswith(articles) and line.endswith(".yaml") for line in told.read_text("utf-8").splitlines())


def main() -> None:
    """Measure what the arguments say; both tables unless told."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--records", type=int, default=2000, help="articles to read and check (default: 2000)")
    parser.add_argument("--unchanged", type=int, default=10_000, help="articles to build again (default: 10000)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each (default: 3)")
    parser.add_argument("--folder", type=Path, help="where all is laid down (default: temporary files)")
    parser.add_argument("--keep", action="store_true", help="put the tables into benchmarks/README.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as place:
        # Whatever is kept of these articles goes with them.
        os.environ["XDG_CACHE_HOME"] = place
        tell("reading", many(arguments.records, arguments.rounds, Path(place)), keep=arguments.keep)
        tell("again", again(arguments.unchanged, arguments.rounds, Path(place)), keep=arguments.keep)


if __name__ == "__main__":
    main()
