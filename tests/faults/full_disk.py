"""A disk that is full at many points of a load: what is told, what is left, and whether the load goes on with room."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from editions import edition, held, held_by, load_edition
from forked import done
from khabar.errors import FileFailed
from khabar.graphs import NamedGraph
from khabar.stores.working_copy import WorkingCopy
from khabar.stores.writer import EmbeddedWriter
from small_disk import SmallDisk

SIZE: Final = 64 << 20
REASONS: Final = ("no space left on device", "file too large")
"""What a message must say of the reason."""


class Figures(msgspec.Struct, kw_only=True):
    """What came of a full disk at all points."""

    disk: str
    points: int = 0
    named: int = 0
    intact: int = 0
    finished: int = 0
    resumed: int = 0
    least: int = 0
    most: int = 0
    seconds: float = 0.0
    told: list[str] = msgspec.field(default_factory=list)
    """What was told that does not name the reason."""

    def __str__(self) -> str:
        return (
            f"{self.points} points of a full disk ({self.disk}; from {self.least:,} to {self.most:,} bytes of room): "
            f"{self.named} named errors, {self.intact} times the old store intact and open, {self.finished} loads went "
            f"on with room to the end ({self.resumed} in their working copy); {self.seconds:.0f} s"
        )

    def note(self, failure: str, room: int) -> None:
        """Count a point with ``room`` bytes left at which a load ended in ``failure``."""
        is_named = any(words in failure.lower() for words in REASONS)
        self.named += is_named
        self.told += [] if is_named else [failure]
        self.least, self.most = min(room, self.least) if self.points else room, max(room, self.most)
        self.points += 1

    @property
    def is_good(self) -> bool:
        return self.points == self.named == self.intact == self.finished


def fill(disk: SmallDisk, points: int, seed: int) -> Figures:
    """The figures of ``points`` at which the disk is full while a store on it is loaded into."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    figures = Figures(disk=disk.kind)
    started = time.monotonic()
    folder = disk.folder / "store"
    old = edition(0)
    done(partial(_load, disk, folder, old, SIZE))
    # Where there is no disk to fill, a file of 128 KiB is the largest: a table of a load is larger.
    needed = done(partial(_needed, disk, folder)) if disk.is_mounted else 1 << 17
    number = 0
    while figures.points < points:
        number += 1
        new = edition(number)
        # From nothing to nearly enough, at even distances, each somewhat shifted.
        room = int(needed * (figures.points + chance.random()) / points)
        disk.leave(room)
        failure = done(partial(_load, disk, folder, new, room))
        if failure is None:
            needed = int(needed * 0.97)
        else:
            figures.note(failure, room)
            figures.intact += done(partial(held_by, folder)) == held(old)
            disk.free()
            figures.resumed += (disk.folder / ".store.loading.json").exists()
            failure = done(partial(_load, disk, folder, new, SIZE))
            figures.finished += failure is None and done(partial(held_by, folder)) == held(new)
        old = new
    figures.seconds = time.monotonic() - started
    return figures


def _needed(disk: SmallDisk, folder: Path) -> int:
    # What the disk holds, when the next edition has been written, beyond what it held before.
    before = disk.used
    with EmbeddedWriter(folder) as store:
        store.replace(edition(1))
        needed = disk.used - before
    WorkingCopy(folder).discard()
    return needed


def _load(disk: SmallDisk, folder: Path, graphs: list[NamedGraph], room: int) -> str | None:
    disk.limit(room)
    try:
        load_edition(graphs, folder)
    except FileFailed as failure:
        return str(failure)
    return None


def main() -> None:
    """Print one line of figures; end with 1 unless every error was named, every store intact, every load finished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="khabar-full-") as folder, SmallDisk(Path(folder) / "disk", SIZE) as disk:
        figures = fill(disk, options.points, options.seed)
    sys.stdout.write(f"{json.dumps(msgspec.to_builtins(figures)) if options.json else figures}\n")
    sys.exit(not figures.is_good)


if __name__ == "__main__":
    main()
