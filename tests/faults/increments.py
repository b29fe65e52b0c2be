"""A counter in a store, counted up by several processes, or threads, that all write at once."""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from forked import Child, done, in_memory
from khabar.graphs import NamedGraph
from khabar.stores.embedded import open_folder
from khabar.stores.writer import EmbeddedWriter

COUNTER: Final = "https://example.org/graphs/counter"
PATIENCE: Final = 300.0
"""Seconds that a writer waits for the others."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the counter stands at."""

    kind: str
    writers: int
    times: int
    count: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.writers} {self.kind} x {self.times} increments = {self.count:,} "
            f"(expected {self.writers * self.times:,}); {self.seconds:.0f} s"
        )

    @property
    def is_good(self) -> bool:
        return self.count == self.writers * self.times


def by_processes(folder: Path, writers: int, times: int) -> Figures:
    """The counter after as many processes as there are ``writers`` counted it up so many ``times`` each."""
    started = time.monotonic()
    children = [Child(partial(_count_up, folder, times)) for _ in range(writers)]
    for child in children:
        child.result()
    return _figures("processes", folder, writers, times, started)


def by_threads(folder: Path, writers: int, times: int) -> Figures:
    """The same by threads of one process."""
    started = time.monotonic()
    done(partial(_count_up_in_threads, folder, writers, times))
    return _figures("threads", folder, writers, times, started)


def _figures(kind: str, folder: Path, writers: int, times: int, started: float) -> Figures:
    return Figures(
        kind=kind,
        writers=writers,
        times=times,
        count=done(lambda: _value(open_folder(folder).read(COUNTER))),
        seconds=time.monotonic() - started,
    )


def _count_up(folder: Path, times: int) -> None:
    for _ in range(times):
        with EmbeddedWriter(folder, wait=PATIENCE) as store:
            value = _value(store.read(COUNTER)) + 1
            store.replace([NamedGraph(COUNTER, f'<urn:x-counter> <urn:x-value> "{value}" .\n'.encode())])
            store.publish()


def _count_up_in_threads(folder: Path, writers: int, times: int) -> None:
    failures: list[BaseException] = []
    threads = [threading.Thread(target=_noting, args=(failures, folder, times)) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def _noting(failures: list[BaseException], folder: Path, times: int) -> None:
    try:
        _count_up(folder, times)
    except BaseException as failure:  # noqa: BLE001 - raised again in the main thread
        failures.append(failure)


def _value(document: bytes) -> int:
    found = re.findall(rb'"([0-9]+)"', document)
    # Two values are a lost write.
    return int(found[0]) if len(found) == 1 else 0


def main() -> None:
    """Print one line of figures for processes and one for threads; end with 1 unless no increment was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--only", choices=["processes", "threads"])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    all_figures = []
    kinds = {"processes": by_processes, "threads": by_threads}
    for count in [kinds[options.only]] if options.only else kinds.values():
        with tempfile.TemporaryDirectory(prefix="khabar-counter-", dir=in_memory()) as folder:
            figures = count(Path(folder) / "store", options.writers, options.times)
        all_figures.append(figures)
        sys.stdout.write(f"{json.dumps(msgspec.to_builtins(figures)) if options.json else figures}\n")
    sys.exit(not all(figures.is_good for figures in all_figures))


if __name__ == "__main__":
    main()
