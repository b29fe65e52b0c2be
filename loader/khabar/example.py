"""The small corpus that a newcomer starts from."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from importlib.resources.abc import Traversable
from pathlib import Path

from khabar import resources
from khabar.errors import FileFailed


def init(folder: Path | str) -> None:
    """Lay down the example corpus as ``folder``, which is new or empty.

    The folder appears whole or not at all. Raises ``FileFailed`` where something is there already, or where nothing
    can be written.

    >>> with tempfile.TemporaryDirectory() as place:
    ...     init(Path(place, "news"))
    ...     Path(place, "news", "corpus.yaml").is_file()
    True
    """
    try:
        target = Path(folder).absolute()
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise FileFailed(
                where=str(folder),
                expected="a new or empty folder",
                found="a folder with files in it" if target.is_dir() else "a file",
                remedy="name another folder",
            )
        _place(target)
    except OSError as error:
        raise FileFailed.from_os(folder, error, "a folder that can be written") from error


def _place(target: Path) -> None:
    if target.parent.is_file():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name[:50]}.", dir=target.parent))
    try:
        _copy(resources.example(), beside)
        # mkdtemp's folder is closed to everyone else; a plain one has the mode that the person wants.
        plain = beside / ".mode"
        plain.mkdir()
        mode = plain.stat().st_mode
        plain.rmdir()
        beside.chmod(mode)
        with contextlib.suppress(FileNotFoundError):
            target.rmdir()
        beside.rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _copy(source: Traversable, target: Path) -> None:
    for entry in source.iterdir():
        copy = target / entry.name
        if entry.is_dir():
            copy.mkdir()
            _copy(entry, copy)
        else:
            copy.write_bytes(entry.read_bytes())
