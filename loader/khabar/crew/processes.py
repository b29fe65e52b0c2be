"""Processes of this program that serve the one that started them, through their standard input and output."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from io import FileIO
from pathlib import Path
from typing import IO, Final

# Modules are found where this process finds them, and never in a folder only because it is the current one.
_OPTIONS: Final = ("-P", *(("-X", "utf8") if sys.flags.utf8_mode else ()))


def started(program: str, *words: str, files: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """A new process that runs a ``program`` in Python with these words; it has the open ``files`` too.

    What it reads and writes is not buffered here: see `khabar.crew.messages`. Raises OSError.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
    return subprocess.Popen(  # noqa: S603 - this program again
        [sys.executable, *_OPTIONS, "-c", program, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        bufsize=0,
        pass_fds=files,
        # Ctrl-C is for this process, which then ends the others.
        process_group=0 if os.name == "posix" else None,
    )


def raw(pipe: IO[bytes] | None) -> FileIO:
    """The pipe of a process that `started` gave."""
    if not isinstance(pipe, FileIO):
        raise TypeError(type(pipe).__name__)
    return pipe
