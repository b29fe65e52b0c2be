"""kill -9 at random moments of loads into a folder: what is found there after each, and what the last load leaves."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
import pyoxigraph  # noqa: F401 - imported once here, it need not be in each child

from editions import edition, held, held_by, interrupted, load_edition
from forked import Child, done, in_memory
from khabar.graphs import NamedGraph
from khabar.queries.catalogue import catalogue
from khabar.stores import writer
from khabar.stores.embedded import open_folder

FEW: Final = 20
"""Triples at once, in every third load: graphs are then replaced in several steps, as large ones are."""


class Found(msgspec.Struct, frozen=True):
    """What a process finds that comes after the one that was killed."""

    seconds: float
    resumed: bool
    is_published: bool
    read: int = 0
    partial: tuple[str, ...] = ()
    confirmed: int = 0
    lost: tuple[str, ...] = ()


class Figures(msgspec.Struct, kw_only=True):
    """What came of all kills."""

    kills: int = 0
    loads: int = 0
    unequal: int = 0
    read: int = 0
    partial: int = 0
    confirmed: int = 0
    lost: int = 0
    slowest: float = 0.0
    seconds: float = 0.0
    struck: Counter[str] = msgspec.field(default_factory=Counter)

    def __str__(self) -> str:
        moments = ", ".join(f"{count} {moment}" for moment, count in sorted(self.struck.items()))
        return (
            f"{self.kills:,} kills -9 ({moments}): {self.partial} partial of {self.read:,} graphs read, "
            f"{self.lost} lost of {self.confirmed:,} confirmed, slowest reopening {self.slowest:.2f} s; "
            f"{self.loads} loads went on to the end, {self.unequal} not equal; {self.seconds:.0f} s"
        )


def strike(folder: Path, kills: int, seed: int) -> Figures:
    """What comes of ``kills`` that strike loads into the store ``folder``, each gone on with until it is done."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    figures = Figures()
    started = time.monotonic()
    catalogue()
    # The first load makes the store; the second tells how long one takes.
    done(partial(_load, folder, edition(0), few=False))
    old = edition(1)
    lasts = _seconds(partial(_load, folder, old, few=False))
    while figures.kills < kills:
        number = figures.loads + 2
        new = edition(number)
        work = partial(_load, folder, new, few=number % 3 == 2)
        while figures.kills < kills and (child := Child(work)).strike(chance.uniform(0, lasts)):
            figures.kills += 1
            _note(figures, done(partial(_look, folder, held(old), held(new))), few=work.keywords["few"])
        if figures.kills < kills:
            child.result()
        else:
            done(work)
        figures.loads += 1
        figures.unequal += done(partial(held_by, folder)) != held(new)
        old = new
    figures.seconds = time.monotonic() - started
    return figures


def _seconds(work: Callable[[], object]) -> float:
    started = time.monotonic()
    done(work)
    return time.monotonic() - started


def _load(folder: Path, graphs: list[NamedGraph], *, few: bool) -> None:
    if few:
        writer._AT_ONCE = FEW  # type: ignore[misc]
    load_edition(graphs, folder)


def _look(folder: Path, old: Mapping[str, str], new: Mapping[str, str]) -> Found:
    names = sorted(old.keys() | new.keys())
    reader = open_folder(folder) if folder.exists() else None
    published = {name: _digest(name, reader.read(name)) for name in names} if reader else {}
    del reader
    is_new = {name: digest for name, digest in published.items() if digest} == new
    is_whole = is_new or {name: digest for name, digest in published.items() if digest} == old
    began = time.monotonic()
    with interrupted(folder) as (store, journal):
        seconds = time.monotonic() - began
        copy = {name: _digest(name, store.read(name)) for name in names}
        confirmed = dict(journal.confirmed)
        wrong = [name for name in names if copy[name] not in (old.get(name, ""), new.get(name, ""), "")]
        return Found(
            seconds=seconds,
            resumed=store.resumed,
            is_published=is_new,
            read=2 * len(names),
            # The description is marked while a load is under way, and holds its digests as they were.
            partial=tuple(name for name in wrong if not name.endswith("/dataset"))
            + (() if is_whole else ("published",)),
            confirmed=len(confirmed),
            lost=tuple(name for name, digest in confirmed.items() if copy[name] != digest),
        )


def _note(figures: Figures, found: Found, *, few: bool) -> None:
    figures.read += found.read
    figures.partial += len(found.partial)
    figures.confirmed += found.confirmed
    figures.lost += len(found.lost)
    figures.slowest = max(figures.slowest, found.seconds)
    moment = "after publishing" if found.is_published else "at work" if found.resumed else "before the working copy"
    figures.struck[f"{moment}{' in steps' if few and moment == 'at work' else ''}"] += 1


def _digest(name: str, document: bytes) -> str:
    return NamedGraph.of(name, document.splitlines(keepends=True)).digest if document else ""


def main() -> None:
    """Print one line of figures; end with 1 unless nothing was partial, lost, unequal or slow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="khabar-killed-", dir=in_memory()) as folder:
        figures = strike(Path(folder) / "store", options.kills, options.seed)
    sys.stdout.write(f"{json.dumps(msgspec.to_builtins(figures)) if options.json else figures}\n")
    sys.exit(bool(figures.partial or figures.lost or figures.unequal or figures.slowest > 30))


if __name__ == "__main__":
    main()
