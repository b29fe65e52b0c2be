"""What can be read only once, kept so that it can be read again: standard input, pipes."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, BinaryIO, Final

from khabar.errors import FileFailed
from khabar.records.streams import CHUNK


class Spooled:
    """A copy of a stream in a temporary file, whose ``path`` other processes can open too; gone when it is closed.

    Where the system has ``/proc``, the file has no name in any folder, so that nothing is left of it however the
    process ends. Raises `FileFailed`.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._file: Final[IO[bytes]] = _file()
        try:
            shutil.copyfileobj(stream, self._file, CHUNK)
            self._file.flush()
        except OSError as error:
            self.close()
            raise FileFailed.from_os(tempfile.gettempdir(), error, "room for a copy of the input") from error
        except BaseException:
            self.close()
            raise
        self.path: Final = _path(self._file)

    def close(self) -> None:
        """Give the room back."""
        self._file.close()


def _proc(number: int) -> str:
    return f"/proc/{os.getpid()}/fd/{number}"


def _file() -> IO[bytes]:
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `Spooled.close`
        if Path(_proc(file.fileno())).exists():
            return file
        file.close()
        return tempfile.NamedTemporaryFile()
    except OSError as error:
        raise FileFailed.from_os(tempfile.gettempdir(), error, "room for a copy of the input") from error


def _path(file: IO[bytes]) -> str:
    return file.name if isinstance(file.name, str) else _proc(file.fileno())
