"""The tidying that Oxigraph does beside a load, kept from taking the processor that the load itself needs."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Final

# What RocksDB, which is below Oxigraph, calls its threads that merge tables.
_THREADS: Final = "rocksdb:low"
_NICENESS: Final = 5
_TASKS: Final = Path("/proc/self/task")


def defer() -> None:
    """Let the threads that merge tables take a third of what others take, and all of a processor that idles.

    What is put in by many bulk loads is merged again and again meanwhile; done late it is done once, or by the next
    who opens the store for writing. Not later still: with too many tables the engine takes no more until some are
    merged. A thread keeps its place until its process ends. Linux only.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError):
        for task in _TASKS.iterdir():
            # A thread may end at any moment.
            with contextlib.suppress(OSError):
                number = int(task.name)
                if (task / "comm").read_text().startswith(_THREADS) and _niceness(number) < _NICENESS:
                    os.setpriority(os.PRIO_PROCESS, number, _NICENESS)


def _niceness(thread: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, thread)
