"""How a load says how far it is: a bar on a terminal, lines elsewhere, JSON Lines for machines."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from khabar.cli import streams

if TYPE_CHECKING:
    from khabar.loading.load import Progress

Report: TypeAlias = Callable[["Progress"], None]
INTERVAL = 5.0
"""Seconds between two lines where there is no terminal: a log is read afterwards."""

MACHINE_INTERVAL = 1.0
"""Seconds between two lines for machines."""


@contextlib.contextmanager
def shown(*, machine: bool) -> Iterator[Report]:
    """What a load reports to, while the block runs: standard output for machines, standard error for people."""
    if machine:
        yield _now_and_then(lambda progress: event("progress", msgspec.to_builtins(progress)), MACHINE_INTERVAL)
    elif streams.is_quiet():
        yield _nothing
    elif sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _bar() as report:
            yield report
    else:
        yield _now_and_then(lambda progress: streams.talk(sentence(progress)), INTERVAL)


def event(name: str, members: dict[str, Any]) -> None:
    """One line of JSON on standard output, at once: whoever reads it may be waiting."""
    streams.data(json.dumps({"event": name, **members}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def sentence(progress: Progress) -> str:
    """How far a load is, in a line.

    >>> from khabar.loading.load import Progress
    >>> sentence(Progress(done=40, total=120, triples=10_000, sent=30, kept=10, seconds=4.0))
    '40 of 120 graphs, 10,000 triples, 2,500 a second, 8 s left'
    """
    rate = progress.triples / progress.seconds if progress.seconds > 0 else 0.0
    parts = [
        f"{progress.done:,} graphs" if progress.total is None else f"{progress.done:,} of {progress.total:,} graphs",
        f"{progress.triples:,} triples",
        f"{rate:,.0f} a second",
    ]
    if progress.total and 0 < progress.done < progress.total:
        parts.append(f"{progress.seconds / progress.done * (progress.total - progress.done):.0f} s left")
    return ", ".join(parts)


def _nothing(_: Progress) -> None:
    pass


def _now_and_then(tell: Report, interval: float) -> Report:
    told = time.monotonic()

    def report(progress: Progress) -> None:
        nonlocal told
        if (now := time.monotonic()) - told >= interval:
            told = now
            tell(progress)

    return report


@contextlib.contextmanager
def _bar() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("graphs · {task.fields[triples]:,} triples · {task.fields[rate]:,.0f} a second ·"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("load", total=None, triples=0, rate=0.0)

        def report(progress: Progress) -> None:
            rate = progress.triples / progress.seconds if progress.seconds > 0 else 0.0
            bar.update(task, completed=progress.done, total=progress.total, triples=progress.triples, rate=rate)

        yield report
