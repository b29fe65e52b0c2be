"""The file of a cache: a database of SQLite that belongs to one user and one khabar."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

import khabar
from khabar import resources

if TYPE_CHECKING:
    import sqlite3

_LAYOUT: Final = 1
_APPLICATION: Final = 0x6B686162
_WAIT: Final = 0.5
# SQLITE_ERROR (no such table), SQLITE_CORRUPT, SQLITE_FORMAT, SQLITE_NOTADB.
_DAMAGE: Final = (1, 11, 24, 26)
_SCHEMA: Final = (
    f"PRAGMA application_id = {_APPLICATION}",
    "CREATE TABLE made_by (version BLOB NOT NULL)",
    (
        "CREATE TABLE file (name BLOB PRIMARY KEY, identity BLOB NOT NULL, digest BLOB NOT NULL, sound BLOB NOT NULL,"
        " record BLOB NOT NULL, seal BLOB NOT NULL)"
    ),
)


class Foreign(Exception):
    """The file is no cache of this khabar, or another user's."""


def opened(path: Path) -> sqlite3.Connection:
    """The database in ``path``; what is there and is no cache of this khabar is removed."""
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return _connected(path)
    except Exception as error:
        if not is_damage(error):
            raise
        remove(path)
        return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    import sqlite3

    _claim(path)
    connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _claim(path: Path) -> None:
    """Make the file where it is missing. Raises `Foreign` where others than its owner may write or read it."""
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | flags, 0o600)
    except OSError:
        if path.is_symlink():
            raise Foreign from None
        # It may still be read.
        file = os.open(path, os.O_RDONLY | flags)
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise Foreign
        if sys.platform != "win32" and (status.st_uid != os.geteuid() or status.st_mode & 0o077):
            raise Foreign
        os.utime(path)
    except PermissionError:
        pass
    finally:
        os.close(file)


def _prepare(connection: sqlite3.Connection) -> None:
    # A cache need not outlive a loss of power: what is torn is found out by its seal, or by SQLite.
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA trusted_schema = OFF")
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        # A page holds several records.
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("PRAGMA auto_vacuum = FULL")
        connection.execute("BEGIN IMMEDIATE")
        # Another build may have been first.
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute("INSERT INTO made_by VALUES (?)", (_version(),))
        connection.execute("COMMIT")
    if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
        raise Foreign
    if connection.execute("SELECT version FROM made_by").fetchall() != [(_version(),)]:
        raise Foreign


def _version() -> bytes:
    """What tells this khabar from any other: what another read and found sound is no matter here.

    In a checkout khabar may change without a new number: the files that it is made of count.
    """
    made_by = (_LAYOUT, khabar.__version__, msgspec.__version__, metadata.version("PyYAML"), sys.version)
    known = hashlib.sha256(repr(made_by).encode())
    for top in (Path(khabar.__file__).parent, resources.ontology()):
        if isinstance(top, Path):
            for folder, names, files in os.walk(top):
                names[:] = sorted(name for name in names if name != "__pycache__")
                for file in sorted(files):
                    status = Path(folder, file).stat()
                    known.update(f"{file} {status.st_size} {status.st_mtime_ns}\n".encode())
    return known.digest()


def is_failure(error: Exception) -> bool:
    """Tell whether the cache, or the system, is at fault; a Python may lack SQLite."""
    return isinstance(error, OSError | ImportError | Foreign) or _code(error) is not None


def is_damage(error: Exception) -> bool:
    """Tell whether the file itself is at fault, so that another in its place would do."""
    return isinstance(error, Foreign) or _code(error) in _DAMAGE


def _code(error: Exception) -> int | None:
    """The primary result code of an error of SQLite; 1 (no more is known) where it has none."""
    if not isinstance(error, ImportError) and "sqlite3" in sys.modules:
        import sqlite3

        if isinstance(error, sqlite3.Error):
            return getattr(error, "sqlite_errorcode", 1) & 0xFF
    return None


def remove(path: Path) -> None:
    """Remove a cache, where that can be done."""
    # The journal first: without its file it would be taken for one of the next.
    for name in (f"{path.name}-journal", path.name):
        with contextlib.suppress(OSError):
            path.with_name(name).unlink(missing_ok=True)
