"""What was read of a corpus last time, so that files that did not change need not be read again.

A cache may be lost at any moment, and may be wrong about nothing: what it cannot vouch for, it does not know. An entry
counts only while the system tells the very same of its file as when it was read (size, both times, inode, device), and
only where the file had been at rest by then: else it may have been written once more within one tick of its clock.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import msgspec

from khabar.frame import Frame
from khabar.records.cache_file import is_damage, is_failure, opened, remove

if TYPE_CHECKING:
    import sqlite3

AT_REST: Final = 2_000_000_000
"""How long a file must not have changed, in nanoseconds: the tick of the coarsest clock of a file system (FAT)."""

KEPT_FOR: Final = 90 * 24 * 3600
"""How long the cache of a corpus that is not built any more is kept, in seconds."""

LEAST: Final = 50
"""For fewer files nothing is kept: reading them takes less time than anyone notices."""

_BUFFER: Final = 4 * 1024 * 1024
_AT_A_TIME: Final = 64
_PREFIX: Final = "corpus-"
_SUFFIX: Final = ".sqlite"


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of an article file without faults: its id, its record as JSON, the articles that it refers to.

    ``claims`` tells whether it has any claim; ``sound`` that it was checked, and has no fault beside the frame.
    """

    id: str
    record: bytes
    owners: tuple[str, ...]
    claims: bool
    sound: bool


class Seen(NamedTuple):
    """A file as the system tells of it now, and what the cache has of it.

    ``kept`` is what the file holds where ``certain``; else where SHA-256 of its bytes is ``digest``. ``identity`` is
    empty where the file is not at rest.
    """

    path: Path
    identity: bytes
    kept: Kept | None
    digest: bytes
    certain: bool


class Cache:
    """What was kept of the article files of one corpus; a context manager that raises nothing of its own.

    Several threads and several processes may use the same at once. A file that is damaged, foreign, locked or cannot be
    written is as none, and made anew where that can be done. It takes about as much room as the files of the corpus.
    """

    def __init__(self, path: Path | None, frame: Frame, *, now: Callable[[], int] = time.time_ns) -> None:
        """Open the file ``path``; without one nothing is kept. ``now`` is the clock, in nanoseconds."""
        self._now = now
        self._frame = hashlib.sha256(msgspec.msgpack.encode(frame)).digest()
        self._lock = threading.Lock()
        self._path = path
        self._waiting: list[tuple[bytes, ...]] = []
        self._size = 0
        self._connection: sqlite3.Connection | None = None
        if path is not None and os.path.lexists(path):
            with self._guard():
                self._connection = opened(path)

    @classmethod
    def of(cls, place: Path | None, corpus: Path, frame: Frame) -> Self:
        """The cache of the articles of a corpus among those in the folder ``place``; nothing is kept without one."""
        if place is None:
            return cls(None, frame)
        # The folder itself, whatever links lead there.
        real = os.fsencode(os.path.realpath(corpus))
        path = place / f"{_PREFIX}{hashlib.sha256(real).hexdigest()[:32]}{_SUFFIX}"
        return cls(path, frame)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether anything is kept and known."""
        return self._path is not None

    def look(self, paths: Iterable[Path]) -> Iterator[Seen]:
        """Each of the files, in their order, as it is at this moment."""
        some: list[Path] = []
        for path in paths:
            some.append(path)
            if len(some) == _AT_A_TIME:
                yield from self._look(some)
                some = []
        yield from self._look(some)

    def keep(self, seen: Seen, kept: Kept, digest: bytes) -> None:
        """Keep what was read of a file after it was seen; ``digest`` is SHA-256 of the bytes that were read."""
        if self._path is None:
            return
        row = _row(seen.path, seen.identity, digest, self._frame if kept.sound else b"", kept)
        with self._lock, self._guard():
            self._waiting.append(row)
            self._size += sum(map(len, row))
            if self._size >= _BUFFER:
                self._write()

    def drop_all_but(self, paths: Collection[Path]) -> None:
        """Forget all other files."""
        with self._lock, self._guard():
            if self._connection is None:
                return
            self._write()
            if self._rows(self._connection) <= len(paths):
                return
            self._connection.execute("CREATE TEMP TABLE here (name BLOB PRIMARY KEY)")
            self._connection.executemany("INSERT OR IGNORE INTO here VALUES (?)", ((_name(path),) for path in paths))
            self._connection.execute("DELETE FROM file WHERE name NOT IN (SELECT name FROM here)")

    def close(self) -> None:
        """Write what is to be kept, and close the file."""
        with self._lock:
            with self._guard():
                if self._connection is not None or len(self._waiting) >= LEAST:
                    self._write()
            self._end()

    def _look(self, paths: Sequence[Path]) -> Iterator[Seen]:
        identities = [_identity(path, self._now() - AT_REST) for path in paths]
        with self._lock:
            rows = self._read(paths)
        for path, (identity, at_rest) in zip(paths, identities, strict=True):
            row = rows.get(_name(path))
            kept = None if row is None else _kept(row, self._frame)
            if row is None or kept is None:
                yield Seen(path, identity if at_rest else b"", None, b"", certain=False)
            else:
                certain = bool(identity) and identity == row[1]
                yield Seen(path, identity if at_rest else b"", kept, row[2], certain=certain)

    def _read(self, paths: Sequence[Path]) -> Mapping[bytes, tuple[bytes, ...]]:
        with self._guard():
            if self._connection is not None and paths:
                marks = ",".join("?" * len(paths))
                query = f"SELECT name, identity, digest, sound, record, seal FROM file WHERE name IN ({marks})"  # noqa: S608
                rows = self._connection.execute(query, [_name(path) for path in paths]).fetchall()
                return {row[0]: row for row in rows}
        return {}

    @staticmethod
    def _rows(connection: sqlite3.Connection) -> int:
        return int(connection.execute("SELECT count(*) FROM file").fetchone()[0])

    def _write(self) -> None:
        rows, self._waiting, self._size = self._waiting, [], 0
        if self._path is None or not rows:
            return
        if self._connection is None:
            _forget_old(self._path.parent)
            self._connection = opened(self._path)
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    @contextlib.contextmanager
    def _guard(self) -> Iterator[None]:
        """From the first failure on, nothing is kept and nothing known."""
        try:
            yield
        except Exception as error:
            if not is_failure(error):
                raise
            path = self._path
            self._end()
            if path is not None and is_damage(error):
                remove(path)

    def _end(self) -> None:
        self._path = None
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                connection.close()


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """Where caches are kept, as the XDG Base Directory Specification has it; None for a user without a home.

    >>> str(cache_folder({"XDG_CACHE_HOME": "/var/cache/user"}))
    '/var/cache/user/khabar'
    """
    # A relative path is none, says the specification: what it means changes from folder to folder.
    if (set_to := environment.get("XDG_CACHE_HOME")) and Path(set_to).is_absolute():
        return Path(set_to, "khabar")
    try:
        return Path.home() / ".cache" / "khabar"
    except RuntimeError:
        return None


def _forget_old(place: Path) -> None:
    """Remove the caches of corpora that were not built for long."""
    with contextlib.suppress(OSError):
        for path in place.glob(f"{_PREFIX}*{_SUFFIX}"):
            if path.lstat().st_mtime < time.time() - KEPT_FOR:
                remove(path)


def _name(path: Path) -> bytes:
    return os.fsencode(path.name)


def _identity(path: Path, before: int) -> tuple[bytes, bool]:
    """What the system tells of a file, and whether it was last changed ``before``; nothing where there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return b"", False
    times = status.st_mtime_ns, status.st_ctime_ns
    identity = b"%d %d %d %d %d" % (status.st_size, *times, status.st_ino, status.st_dev)
    return identity, max(times) < before


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Kept).decode


def _row(path: Path, identity: bytes, digest: bytes, sound: bytes, kept: Kept) -> tuple[bytes, ...]:
    fields = (_name(path), identity, digest, sound, _encode(kept))
    return (*fields, _seal(fields))


def _kept(row: tuple[bytes, ...], frame: bytes) -> Kept | None:
    """What a row holds, if it is as it was written."""
    try:
        *fields, seal = row
        if seal != _seal(fields):
            return None
        kept = _decode(fields[4])
    except (TypeError, ValueError, msgspec.MsgspecError):
        return None
    return kept if kept.sound == (row[3] == frame) else msgspec.structs.replace(kept, sound=row[3] == frame)


def _seal(fields: Sequence[bytes]) -> bytes:
    known = hashlib.blake2b(digest_size=16)
    for field in fields:
        known.update(b"%d " % len(field))
        known.update(field)
    return known.digest()
