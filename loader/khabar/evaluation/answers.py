"""An answer as it grows: in memory while it is short, else in a file, and never beyond its limits."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from io import BufferedRandom
from pathlib import Path
from typing import IO, Final, cast

from khabar.errors import KhabarError
from khabar.evaluation.limits import Limits
from khabar.evaluation.tasks import INLINE, Done

# What parts one row from the next. In JSON a text that ends with the same signs counts as one row more.
_ENDS: Final = {"csv": b"\n", "tsv": b"\n", "xml": b"<result>", "json": b'}},{"'}


class TooLarge(KhabarError):
    """An answer has more rows or bytes than the limits of the endpoint let through."""


class Answer:
    """What is written of an answer so far; a file to the libraries that write it."""

    def __init__(self, form: str, limits: Limits, folder: Path) -> None:
        self._form = form
        self._limits = limits
        self._folder = folder
        self._pieces: list[bytes] = []
        self._size = 0
        self._rows = 0
        self._end = _ENDS.get(form, b"")
        self._tail = b""
        self._file: BufferedRandom | None = None
        self._path = ""

    def write(self, piece: bytes) -> int:
        """Take a piece; raises TooLarge."""
        self._size += len(piece)
        if self._end:
            # What parts two rows may come in two pieces.
            seen = self._tail + piece
            self._rows += seen.count(self._end)
            self._tail = seen[-(len(self._end) - 1) :] if len(self._end) > 1 else b""
        if self._rows > self._limits.rows:
            raise self._too_large(f"{self._limits.rows:,} rows")
        if self._size > self._limits.size:
            raise self._too_large(f"{self._limits.size:,} bytes")
        if self._file is None and self._size > INLINE:
            descriptor, self._path = tempfile.mkstemp(prefix=_prefix(os.getpid()), dir=self._folder)
            self._file = open(descriptor, "w+b")  # noqa: PTH123, SIM115 - an open file, closed when it is done
            self._file.writelines(self._pieces)
            self._pieces.clear()
        if self._file is None:
            self._pieces.append(bytes(piece))
        else:
            self._file.write(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing: what is written is read when all of it is there."""

    @property
    def stream(self) -> IO[bytes]:
        """This, as the type that libraries want: they only write."""
        return cast("IO[bytes]", self)

    def done(self) -> Done:
        """The whole answer."""
        if self._file is not None:
            self._file.close()
            self._file = None
        return Done(form=self._form, body=b"".join(self._pieces), path=self._path, size=self._size)

    def discard(self) -> None:
        """Forget what was written."""
        if self._file is not None:
            self._file.close()
        if self._path:
            Path(self._path).unlink(missing_ok=True)

    def _too_large(self, most: str) -> TooLarge:
        return TooLarge(
            where="answer",
            expected=f"at most {most}",
            found="more",
            remedy="ask for less: with LIMIT and OFFSET, or a narrower pattern",
        )


def left_by(process: int, folder: Path) -> Iterator[Path]:
    """The files in ``folder`` in which a process was writing answers when it ended."""
    return folder.glob(f"{_prefix(process)}*")


def _prefix(process: int) -> str:
    return f"answer-{process}-"
