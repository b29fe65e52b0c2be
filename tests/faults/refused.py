"""Loads that must be refused: into what cannot be written to, and beside another writer."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from editions import edition, held, held_by, load_edition
from forked import Child, done
from khabar.errors import KhabarError
from khabar.graphs import NamedGraph
from khabar.stores.writer import EmbeddedWriter
from servers import installed
from small_disk import SmallDisk

NOBODY: Final = 65534
SIZE: Final = 64 << 20
RIGHTS: Final = "a folder without the right to write"
Hindrance: TypeAlias = Callable[[Path], contextlib.AbstractContextManager[object]]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one hindrance: what was told, whether the store stayed as it was, whether a load went on after it.

    ``untried`` says what this machine lacks for it.
    """

    kind: str
    store: str
    told: str
    intact: bool
    finished: bool
    untried: str = ""

    def __str__(self) -> str:
        if self.untried:
            return f"{self.kind}: not tried, for there is only {self.untried}"
        intact = "intact" if self.intact else "HARMED"
        return f"{self.kind}: {self.told}; the store {intact}; {'loaded' if self.finished else 'NOT LOADED'} afterwards"

    @property
    def is_good(self) -> bool:
        return bool(self.told or self.untried) and self.intact and self.finished


def refuse(kind: str, folder: Path, hindrance: Hindrance) -> Case:
    """What comes of a load into the store ``folder`` while the ``hindrance`` lasts."""
    old, new = edition(0), edition(1)
    done(partial(_load, folder, old))
    with hindrance(folder):
        told = done(partial(_load_as_nobody if kind == RIGHTS else _load, folder, new))
        intact = done(partial(held_by, folder)) == held(old)
    finished = done(partial(_load, folder, new)) == "" and done(partial(held_by, folder)) == held(new)
    return Case(kind=kind, store=str(folder), told=told, intact=intact, finished=finished)


def _load(folder: Path, graphs: list[NamedGraph]) -> str:
    try:
        load_edition(graphs, folder)
    except KhabarError as failure:
        return str(failure)
    return ""


def _load_as_nobody(folder: Path, graphs: list[NamedGraph]) -> str:
    # No rights bind root, who becomes someone else in a process of its own.
    if not os.getuid():
        os.setuid(NOBODY)
    return _load(folder, graphs)


@contextlib.contextmanager
def _without_rights(folder: Path) -> Iterator[None]:
    folder.parent.chmod(0o555)
    try:
        yield
    finally:
        folder.parent.chmod(0o755)


@contextlib.contextmanager
def _second_writer(folder: Path) -> Iterator[None]:
    reading, writing = os.pipe()
    child = Child(partial(_hold, folder, writing))
    os.read(reading, 1)
    try:
        yield
    finally:
        child.strike(0)
        os.close(reading)
        os.close(writing)


def _hold(folder: Path, ready: int) -> None:
    with EmbeddedWriter(folder):
        os.write(ready, b"!")
        signal.pause()


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[None]:
    command = [installed("oxigraph"), "serve", "--location", str(folder), "--bind", "127.0.0.1:0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as server:
        assert server.stderr is not None
        server.stderr.readline()
        try:
            yield
        finally:
            server.kill()


def _cases() -> Iterator[Case]:
    hindrances: dict[str, Hindrance] = {
        RIGHTS: _without_rights,
        "a second writer": _second_writer,
        "a server that has the store open": _server,
    }
    for kind, hindrance in hindrances.items():
        with tempfile.TemporaryDirectory(prefix="khabar-refused-") as folder:
            Path(folder).chmod(0o755)
            (Path(folder) / "data").mkdir()
            yield refuse(kind, Path(folder) / "data" / "store", hindrance)
    with (
        tempfile.TemporaryDirectory(prefix="khabar-refused-") as folder,
        SmallDisk(Path(folder) / "disk", SIZE) as disk,
    ):
        kind, store = "a file system that is read-only", disk.folder / "store"
        if disk.is_mounted:
            yield refuse(kind, store, lambda _: disk.read_only())
        else:
            yield Case(kind=kind, store=str(store), told="", intact=True, finished=True, untried=disk.kind)


def main() -> None:
    """Print one line for each hindrance; end with 1 unless all were told and harmed nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    are_good = True
    for case in _cases():
        sys.stdout.write(f"{json.dumps(msgspec.to_builtins(case)) if options.json else case}\n")
        are_good &= case.is_good
    sys.exit(not are_good)


if __name__ == "__main__":
    main()
