"""Everything that is tried with faults, in one table: ``make faults``.

With ``--write docs/faults.md`` the table also takes the place of the one in that page.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
START: Final = "<!-- make faults -->\n"
END: Final = "<!-- end -->\n"

EMBEDDED: Final = (
    ("kill -9 of loads into a folder", ("killed.py", "--kills", "1000")),
    ("a full disk", ("full_disk.py", "--points", "50")),
    ("a counter, written by several at once", ("increments.py", "--writers", "4", "--times", "300")),
    ("a folder that cannot be written to", ("refused.py",)),
)
"""What is tried on stores in folders; each program prints lines of figures."""

_FOLDER: Final = re.compile(r"/\S*/(?=(?:disk/)?(?:\.?store|data))")


def table(options: argparse.Namespace) -> Iterator[tuple[str, bool]]:
    """The lines of the table as they come to be known, and whether each program was content."""
    yield from _schedules(("--schedules", str(options.schedules), "--seed", str(options.seed)))
    yield "", True
    yield "| loads into a folder | |", True
    yield "|---|---|", True
    for name, (program, *arguments) in EMBEDDED:
        done = _run(program, arguments)
        # The names of folders are made by chance, and say nothing.
        lines = _FOLDER.sub("", done.stdout).splitlines() or [f"no figures: exit code {done.returncode}"]
        for line in lines:
            yield f"| {name} | {line} |", done.returncode == 0


def _schedules(arguments: Sequence[str]) -> Iterator[tuple[str, bool]]:
    done = _run("schedules.py", arguments)
    for line in done.stdout.splitlines() or [f"no figures: exit code {done.returncode}"]:
        yield line, done.returncode == 0


def _run(program: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    # Helper modules of the tests are imported by their bare names.
    path = os.pathsep.join(filter(None, (str(HERE.parent), os.environ.get("PYTHONPATH"))))
    return subprocess.run(
        [sys.executable, str(HERE / program), *arguments],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )


def write(page: Path, lines: Sequence[str]) -> None:
    """Put the table into its place in ``page``."""
    before, _, rest = page.read_text("utf-8").partition(START)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{START}\n" + "\n".join(lines) + f"\n\n{END}{after}", "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where anything in it is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="a page whose table is made anew")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    lines: list[str] = []
    is_good = True
    for line, was_good in table(options):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        lines.append(line)
        is_good &= was_good
    sys.stderr.write(f"{(time.monotonic() - began) / 60:.1f} minutes\n")
    if options.write is not None:
        write(options.write, lines)
    return 0 if is_good else 1


if __name__ == "__main__":
    raise SystemExit(main())
