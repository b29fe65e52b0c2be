"""Output files that are replaced whole, or left as they were; names that last."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from khabar.errors import FileFailed


@contextlib.contextmanager
def replaced(path: Path | str) -> Iterator[BinaryIO]:
    """A handle whose bytes become the file ``path`` when the block ends well.

    The bytes go to a temporary file in the same folder, reach the disk, and take the place of ``path`` in one step:
    a reader sees the old file or the new one. When anything fails, the old file stays and nothing is left over. A
    link is followed; a device such as ``/dev/stdout`` is written to directly. Raises ``FileFailed``.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = Path(folder, "out.ttl")
    ...     with replaced(target) as file:
    ...         _ = file.write(b"# nothing")
    ...     target.read_bytes()
    b'# nothing'
    """
    try:
        # Not Path.resolve, which tells a loop of links by an error of another kind.
        target = Path(os.path.realpath(path))
        mode = _mode(target)
        if os.fspath(path).endswith(os.sep) and (mode is None or stat.S_ISREG(mode)):
            raise FileFailed(where=str(path), expected="the name of a file", found="that of a folder")
        if mode is not None and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            with target.open("wb") as device:
                yield device
            return
        with _temporary(target, mode) as file:
            yield file
    except OSError as error:
        raise FileFailed.from_os(path, error, "a file that can be written") from error


def _mode(target: Path) -> int | None:
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _temporary(target: Path, mode: int | None) -> Iterator[BinaryIO]:
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    # Short enough for a name of 255 bytes, whatever the letters.
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:50]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(target.parent)


def _umask() -> int:
    # The system tells the mask only when it is set.
    mask = os.umask(0)
    os.umask(mask)
    return mask


def sync(folder: Path) -> None:
    """Make the names in ``folder`` safe from a loss of power, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
