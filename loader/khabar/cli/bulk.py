"""Records in bulk: their options, what becomes of those that have faults, and how far a run is."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from khabar.cli import streams

if TYPE_CHECKING:
    from khabar.assembly.rejects import Rejected

TOLD = 50
"""Of so many records the faults are told; further ones are counted."""

_Command = TypeVar("_Command", bound=Callable[..., Any])

FRAME = click.option(
    "--corpus",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder whose header and entities belong to a file that holds articles alone.",
)
FRESH = click.option("--fresh", is_flag=True, help="Read every YAML file again, also those that did not change.")
WORKERS = click.option(
    "--workers", metavar="NUMBER", type=click.IntRange(min=1), help="Processes that work; else one a core."
)
REJECTS = click.option(
    "--rejects",
    "rejected",
    metavar="FILE",
    help="Write the records that are left out here, as JSON Lines: source, line, id, faults, record.",
)
FAIL_FAST = click.option("--fail-fast", is_flag=True, help="Stop at the first record with a fault; write nothing.")


def options(command: _Command) -> _Command:
    """The options of commands that read records in bulk."""
    for option in (FRESH, FAIL_FAST, REJECTS, WORKERS, FRAME):
        command = option(command)
    return command


def cache(*, fresh: bool) -> Path | None:
    """The folder for what was read of corpora before; none where it is not to be used."""
    from khabar.records.cache import cache_folder

    return None if fresh else cache_folder(os.environ)


def keep_apart(source: tuple[str, Path | str], outputs: Mapping[str, str | None]) -> None:
    """Raise a usage error where an output is the source, or another output; each has its name on the command line.

    What is read is not to be lost to what is written. Devices may be shared.
    """
    given = {name: file for name, file in outputs.items() if file is not None}
    if list(given.values()).count("-") > 1:
        raise click.UsageError(f"{' and '.join(given)} are both standard output")
    files = [(name, Path(os.path.realpath(file))) for name, file in (source, *given.items()) if str(file) != "-"]
    for (name, path), (other, its) in itertools.combinations(files, 2):
        if path == its and (path.is_file() or not path.exists()):
            raise click.UsageError(f"{name} and {other} are the same file")


class Rejects:
    """Takes the records of one run that are left out, and tells of them."""

    def __init__(self, file: BinaryIO | None) -> None:
        self.count = 0
        self._file = file

    def __call__(self, rejected: Rejected) -> None:
        """Tell what is wrong with a record, and lay it aside where that is wanted."""
        self.count += 1
        if self.count <= TOLD:
            # An id that is faulty itself may hold anything.
            record = f" [{repr(rejected.id)[1:-1]}]" if rejected.id else ""
            for fault in rejected.faults:
                streams.say(f"{fault}{record}")
        elif self.count == TOLD + 1:
            streams.say(f"More than {TOLD} records have faults; further ones are left out without a word")
        if self._file is not None:
            self._file.write(rejected.json())


@contextlib.contextmanager
def rejects(path: str | None) -> Iterator[Rejects]:
    """What takes the records that are left out while the block runs; the file is there when it ends well."""
    if path is None:
        yield Rejects(None)
        return
    if path == "-":
        yield Rejects(streams.binary())
        return
    from khabar.files import replaced

    with replaced(path) as file:
        yield Rejects(file)


def counted(number: int, word: str) -> str:
    """A number and what is counted.

    >>> counted(1, "article"), counted(2000, "quad")
    ('1 article', '2,000 quads')
    """
    return f"{number:,} {word}{'s' * (number != 1)}"


def told(articles: int, quads: int, rejected: int, output: str | None) -> int:
    """Say what was written; the exit code."""
    where = "" if output in (None, "-") else f"Wrote {output}: "
    left_out = f", {rejected:,} left out" if rejected else ""
    streams.talk(f"{where}{counted(articles, 'article')}, {counted(quads, 'quad')}{left_out}")
    return 1 if rejected else 0
