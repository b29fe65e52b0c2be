"""Oxigraph's own lock on the folder of a store: who holds it, and holding it."""

from __future__ import annotations

import contextlib
import os
import struct
import sys
from pathlib import Path
from typing import Final

from khabar.errors import FileFailed, StoreFailed
from khabar.stores.lock import held

if sys.platform != "win32":
    import fcntl

# The C structure flock: l_type, l_whence, l_start, l_len, l_pid; and l_start, l_len, l_pid, l_type, l_whence.
_LINUX: Final = "hhqqi4x"
_DARWIN: Final = "qqihh"
_COMMANDS: Final = Path("/proc")


class EngineLock:
    """The lock that RocksDB, which is below Oxigraph, takes on a folder that it writes to.

    While it is held here no other process opens the store to write to it; readers are not kept out.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Take the lock of the store in ``folder``; messages call it ``name``. A folder without a store has none.

        Raises StoreFailed, which names the process that has the store open, and FileFailed.
        """
        self._file: int | None = None
        try:
            file = os.open(folder / "LOCK", os.O_RDWR | getattr(os, "O_CLOEXEC", 0))
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise FileFailed.from_os(name, error, "a store that can be written") from None
        if not _hold(file):
            holder = _holder(file)
            os.close(file)
            raise StoreFailed(
                where=name,
                expected="a store that no other process has open for writing",
                found=holder,
                remedy="stop it, or load through its address",
            )
        self._file = file
        held.add(self)

    def forget(self) -> None:
        """Close the lock in a process that was forked from its holder; see `khabar.stores.lock.Held`."""
        self.release()

    def release(self) -> None:
        """Give the lock up."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


if sys.platform == "win32":

    def _hold(_: int) -> bool:
        # Opening the file fails there while another process has the store open, and so does moving it.
        return True

    def _holder(_: int) -> str:
        return "another process"

else:

    def _hold(file: int) -> bool:
        # A lock of the open file is not lost when this process closes another of the same name, as RocksDB may.
        try:
            if sys.platform == "linux":
                fcntl.fcntl(file, fcntl.F_OFD_SETLK, _request())
            else:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        except OSError:
            return True  # a file system without locks: RocksDB could not have taken one either
        return True

    def _request() -> bytes:
        return struct.pack(_LINUX, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)

    def _holder(file: int) -> str:
        process = 0
        with contextlib.suppress(OSError):
            if sys.platform == "linux":
                process = struct.unpack(_LINUX, fcntl.fcntl(file, fcntl.F_OFD_GETLK, _request()))[4]
            elif sys.platform == "darwin":
                request = struct.pack(_DARWIN, 0, 0, 0, fcntl.F_WRLCK, os.SEEK_SET)
                process = struct.unpack(_DARWIN, fcntl.fcntl(file, fcntl.F_GETLK, request))[2]
        if process <= 0:
            return "another process"
        return f"process {process}{_command(process)}"

    def _command(process: int) -> str:
        # The program and the word after it; further arguments may hold a secret.
        try:
            words = (_COMMANDS / str(process) / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            return ""
        program = Path(words[0]).name
        word = words[1] if len(words) > 1 and words[1].isidentifier() and program == "oxigraph" else ""
        return f" ({f'{program} {word}'.strip()})" if program else ""
