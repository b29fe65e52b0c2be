"""How a long run says how far it is: a bar on a terminal, lines elsewhere, JSON Lines for machines."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from khabar.cli import streams

if TYPE_CHECKING:
    from khabar.assembly.progress import BuildProgress
    from khabar.loading.load import Progress as LoadProgress

T = TypeVar("T", bound=msgspec.Struct)
Report: TypeAlias = Callable[[T], None]
Told: TypeAlias = tuple[str, "float | None"]
"""How far a run is, in words; and how much of it is done, from 0 to 1, where that can be told."""

INTERVAL = 5.0
"""Seconds between two lines where there is no terminal: a log is read afterwards."""

MACHINE_INTERVAL = 1.0
"""Seconds between two lines for machines."""


@contextlib.contextmanager
def shown(tell: Callable[[T], Told], *, machine: bool = False) -> Iterator[Report[T]]:
    """What a run reports to while the block runs: standard output for machines, standard error for people."""
    if machine:
        yield _now_and_then(lambda progress: event("progress", msgspec.to_builtins(progress)), MACHINE_INTERVAL)
    elif streams.is_quiet():
        yield _nothing
    elif sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _bar(tell) as report:
            yield report
    else:
        yield _now_and_then(lambda progress: streams.say(tell(progress)[0]), INTERVAL)


def event(name: str, members: dict[str, Any]) -> None:
    """One line of JSON on standard output, at once: whoever reads it may be waiting."""
    streams.data(json.dumps({"event": name, **members}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def of_load(progress: LoadProgress) -> Told:
    """How far a load is.

    >>> from khabar.loading.load import Progress
    >>> of_load(Progress(done=40, total=120, triples=10_000, sent=30, kept=10, seconds=4.0))[0]
    '40 of 120 graphs, 10,000 triples, 2,500 a second, 8 s left'
    """
    rate = progress.triples / progress.seconds if progress.seconds > 0 else 0.0
    share = progress.done / progress.total if progress.total else None
    parts = [
        f"{progress.done:,} graphs" if progress.total is None else f"{progress.done:,} of {progress.total:,} graphs",
        f"{progress.triples:,} triples",
        f"{rate:,.0f} a second",
        *_left(progress.seconds, share),
    ]
    return ", ".join(parts), share


def of_build(progress: BuildProgress) -> Told:
    """How far a build is.

    >>> from khabar.assembly.progress import BuildProgress
    >>> of_build(
    ...     BuildProgress(stage="writing", done=5000, total=20_000, read=0, size=None, rejected=3, seconds=2.0)
    ... )[0]
    'writing: 5,000 of 20,000 articles, 3 left out, 2,500 a second, 6 s left'
    """
    done = f"{progress.done:,}" if progress.total is None else f"{progress.done:,} of {progress.total:,}"
    parts = [
        f"{progress.stage}: {done} articles",
        *([f"{progress.rejected:,} left out"] if progress.rejected else []),
        f"{progress.rate:,.0f} a second",
        *_left(progress.seconds, progress.share),
    ]
    return ", ".join(parts), progress.share


def _left(seconds: float, share: float | None) -> list[str]:
    return [f"{seconds / share - seconds:.0f} s left"] if share and share < 1 else []


def _nothing(_: msgspec.Struct) -> None:
    pass


def _now_and_then(tell: Report[T], interval: float) -> Report[T]:
    told = time.monotonic()

    def report(progress: T) -> None:
        nonlocal told
        if (now := time.monotonic()) - told >= interval:
            told = now
            tell(progress)

    return report


@contextlib.contextmanager
def _bar(tell: Callable[[T], Told]) -> Iterator[Report[T]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(BarColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def report(progress: T) -> None:
            words, share = tell(progress)
            bar.update(task, description=words, completed=share or 0.0, total=None if share is None else 1.0)

        yield report
