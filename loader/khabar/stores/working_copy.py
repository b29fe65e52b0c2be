"""A copy of a store beside it, to be written to and then put in its place: cheap, since it is made of hard links."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from khabar.errors import FileFailed, StoreFailed
from khabar.files import sync
from khabar.stores.embedded import is_store
from khabar.stores.swap import exchange

# What RocksDB, which is below Oxigraph, calls its files: whatever else lies there is somebody's own.
_FILE: Final = re.compile(
    r"CURRENT|IDENTITY|LOCK|LOG.*|(?:MANIFEST|OPTIONS)-.*|.*\.(?:sst|log|blob|dbtmp)|lost|archive"
)
# What a bulk load makes first; after its end such a file has another name, or nothing to do with the store.
_UNFINISHED: Final = re.compile(r"bulk-[0-9]+\.sst")
# Written once under a name that is not used again.
_IMMUTABLE: Final = frozenset({".sst", ".blob"})
_UNLINKABLE: Final = frozenset({errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS, errno.EACCES})
_EXPECTED: Final = "a store that can be written"


class _Origin(msgspec.Struct, frozen=True):
    """What the working copy was made from and what for, and the graphs of which it may hold a part."""

    fingerprint: str
    purpose: str
    torn: tuple[str, ...] = ()


class WorkingCopy:
    """The files of a store that is being written, beside the store that it is to replace.

    One process at a time makes, takes up, publishes and discards it: a `khabar.stores.lock.Lock` sees to that.
    """

    def __init__(self, folder: Path, purpose: str = "") -> None:
        """The working copy of the store that is, or will be, in ``folder``; a link is followed. Raises FileFailed."""
        self._name = str(folder)
        self._purpose = purpose
        try:
            self.target = Path(os.path.realpath(folder))
        except OSError as error:
            raise FileFailed.from_os(folder, error, _EXPECTED) from None
        self.folder = self.beside("loading")
        self._record = self.beside("loading.json")
        self._origin = _Origin("", purpose)

    def beside(self, word: str) -> Path:
        """The path of a file that goes with the store: hidden, in the same folder, so on the same file system."""
        return self.target.parent / f".{self.target.name}.{word}"

    @property
    def torn(self) -> tuple[str, ...]:
        """The graphs of which the working copy may hold a part, since a replacement took several steps."""
        return self._origin.torn

    def prepare(self) -> None:
        """Refuse a folder that holds anything but a store, and make the folder in which it lies. Raises FileFailed."""
        refuse_strangers(self.target, self._name)
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            # Where an exchange takes two steps, a process can have been killed between them.
            aside = self.beside("loading.old")
            if not self.target.exists() and is_store(aside):
                aside.rename(self.target)
        except OSError as error:
            raise FileFailed.from_os(self._name, error, _EXPECTED) from None

    def take_up(self) -> bool:
        """Go on with the working copy of an interrupted load, if it was made for this one and the store is the same."""
        if not self.folder.is_dir():
            return False
        try:
            self._origin = msgspec.json.decode(self._record.read_bytes(), type=_Origin)
        except (OSError, msgspec.MsgspecError):
            return False
        for file in self.folder.iterdir():
            if _UNFINISHED.fullmatch(file.name):
                file.unlink(missing_ok=True)
        return self._origin.purpose == self._purpose and self._origin.fingerprint == self._fingerprint()

    def make(self) -> None:
        """Make the working copy anew. Raises OSError."""
        self.discard()
        # The old store, of a process that was killed before it had removed it.
        shutil.rmtree(self.beside("loading.old"), ignore_errors=True)
        self.folder.mkdir()
        if self.target.is_dir():
            shutil.copymode(self.target, self.folder)
            for file in sorted(self.target.iterdir()):
                if file.is_file() and _counts(file.name) and not _UNFINISHED.fullmatch(file.name):
                    _copy(file, self.folder / file.name)
        self._note(_Origin(self._fingerprint(), self._purpose))

    def note_torn(self, graphs: Iterable[str]) -> None:
        """Write down the graphs of which the working copy may hold a part from now on. Raises OSError."""
        self._note(_Origin(self._origin.fingerprint, self._purpose, tuple(graphs)))

    def publish(self) -> None:
        """Put the working copy, closed by now, in the store's place, and remove the old store.

        Raises StoreFailed when the store is not the one that the copy was made from, and OSError: the store is then
        what it was.
        """
        refuse_strangers(self.target, self._name)
        if self._fingerprint() != self._origin.fingerprint:
            raise StoreFailed(
                where=self._name,
                expected="the store as it was when the load began",
                found="one that was written to since",
                remedy="run the command again",
            )
        sync(self.folder)
        exchange(self.folder, self.target)
        sync(self.target.parent)
        # From here on the copy is not that of this store: a process that is killed now leaves nothing to take up.
        self.discard()

    def discard(self) -> None:
        """Remove the working copy, as far as that can be done; a folder of that name with other files in it stays."""
        with contextlib.suppress(OSError):
            self._record.unlink(missing_ok=True)
            if not self.folder.is_symlink() and all(_FILE.fullmatch(file.name) for file in self.folder.iterdir()):
                shutil.rmtree(self.folder, ignore_errors=True)

    def _note(self, origin: _Origin) -> None:
        self._origin = origin
        new = self._record.with_name(f"{self._record.name}.new")
        with new.open("wb") as file:
            file.write(msgspec.json.encode(origin))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._record)

    def _fingerprint(self) -> str:
        # Whoever writes to a store changes the log of writes or the list of tables; a reader changes neither.
        try:
            files = sorted(
                (file.name, status.st_size, status.st_mtime_ns)
                for file in self.target.iterdir()
                if _counts(file.name)
                for status in [file.stat()]
            )
            identity = (self.target / "IDENTITY").read_bytes() if files else b""
        except FileNotFoundError:
            return ""
        return hashlib.sha256(identity + msgspec.json.encode(files)).hexdigest() if files else ""


def _counts(name: str) -> bool:
    # Whether a file is part of what the store holds: its lock and what it tells of itself are not.
    return name != "LOCK" and not name.startswith("LOG")


def refuse_strangers(target: Path, name: str) -> None:
    """Raise FileFailed when ``target`` is anything but a store, an empty folder or nothing yet."""
    expected = "the folder of a store, or none yet"
    try:
        if not target.exists():
            return
        if not target.is_dir():
            raise FileFailed(where=name, expected=expected, found="a file")
        if any(not (is_store(target) and _FILE.fullmatch(file.name)) for file in target.iterdir()):
            raise FileFailed(
                where=name, expected=expected, found="a folder with other files in it", remedy="name another folder"
            )
    except OSError as error:
        raise FileFailed.from_os(name, error, expected) from None


def _copy(file: Path, copy: Path) -> None:
    if file.suffix in _IMMUTABLE:
        try:
            os.link(file, copy)
        except OSError as error:
            if error.errno not in _UNLINKABLE:
                raise
        else:
            return
    shutil.copyfile(file, copy)
