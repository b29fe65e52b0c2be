"""What can happen to a task of Spark while an output is written."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["error", "worker", "executor", "slow"]

PATIENCE: Final = 120.0
"""Seconds that a slow attempt waits for another."""


class Mishap:
    """Something that happens to the process that reads the second partition, the first time that it is written.

    ``trace`` is a folder in which ``happened`` tells that it did, and ``again`` that another attempt came to its end.
    """

    def __init__(self, kind: Kind, output: Path, trace: Path) -> None:
        self._kind = kind
        self._output = output
        self._happened = trace / "happened"
        self._again = trace / "again"

    def __call__(self, partition: int, lines: Iterable[bytes]) -> Iterator[bytes]:
        writing = partition == 1 and (self._output / "_temporary").exists()
        first = writing and self._is_first()
        for number, line in enumerate(lines):
            # In the middle of the partition.
            if first and number == 7:
                self._happen()
            yield line
        if writing and not first:
            self._again.touch()

    def _is_first(self) -> bool:
        try:
            self._happened.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _happen(self) -> None:
        if self._kind == "error":
            raise ValueError("a mishap")
        if self._kind == "worker":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._kind == "executor":
            # The Java process that started the one that started this one.
            daemon = Path(f"/proc/{os.getppid()}/stat").read_text("utf-8")
            os.kill(int(daemon.rpartition(")")[2].split()[1]), signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while not self._again.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
