"""The journal of a load: which graphs were begun, which are confirmed, on a disk before anything rests on it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from khabar.errors import FileFailed
from khabar.files import sync

if TYPE_CHECKING:
    from khabar.graphs import NamedGraph

_VERSION: Final = 1
_EXPECTED: Final = "a journal that can be written"


def beneath(folder: Path, target: str, dataset: str | None) -> Path:
    """Where in ``folder`` the journal of loads of ``dataset`` into ``target`` lies.

    >>> beneath(Path("khabar"), "http://localhost:7878", None).name
    'e6c8e6877e69fcd7.journal'
    """
    digest = hashlib.sha256(json.dumps([target, dataset]).encode()).hexdigest()
    return folder / f"{digest[:16]}.journal"


class Journal:
    """The journal at ``path`` of loads of ``dataset`` (the base of a corpus, or ``None``) into ``target``.

    Lines of JSON, each on the disk before the call that writes it returns; a last line that was cut off is not read,
    nor is a journal of another target, dataset or version. The file is made by the first `begin`. One process at a
    time writes it. The methods raise FileFailed.
    """

    def __init__(
        self, path: Path, *, target: str, dataset: str | None, name: Callable[[], str] = lambda: secrets.token_hex(8)
    ) -> None:
        self.path = path
        self._bound = {"journal": _VERSION, "target": target, "dataset": dataset}
        self._name = name
        self._load = ""
        self._begun: set[str] = set()
        self._confirmed: dict[str, str] = {}
        self._file: BinaryIO | None = None
        self._end = 0
        self._read()

    @property
    def load(self) -> str:
        """The name of the load, which an interrupted one keeps when it goes on; stores tell by it whose load it was."""
        return self._load

    @property
    def begun(self) -> frozenset[str]:
        """The graphs that were about to be sent, confirmed or not."""
        return frozenset(self._begun)

    @property
    def confirmed(self) -> Mapping[str, str]:
        """The graphs that were read back and found to be as they were meant, each with its digest."""
        return MappingProxyType(self._confirmed)

    def begin(self, graphs: Iterable[str]) -> None:
        """Note that ``graphs`` are about to be sent: until they are confirmed, only reading tells what they are."""
        names = list(graphs)
        self._write({"begun": names})
        self._begun.update(names)
        for name in names:
            self._confirmed.pop(name, None)

    def confirm(self, graphs: Iterable[NamedGraph]) -> None:
        """Note that ``graphs`` were read back and are as they were meant."""
        digests = {graph.iri: graph.digest for graph in graphs}
        self._write({"confirmed": digests})
        self._confirmed.update(digests)

    def clear(self) -> None:
        """Forget everything: what comes is another load, with another name."""
        self.close()
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise FileFailed.from_os(self.path, error, _EXPECTED) from None
        self._load, self._end = self._name(), 0
        self._begun.clear()
        self._confirmed.clear()

    def finish(self) -> None:
        """Remove the journal: the load is done."""
        self.clear()

    def close(self) -> None:
        """Give the file back; what is in it stays."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None

    def _read(self) -> None:
        self._load = self._name()
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise FileFailed.from_os(self.path, error, "a journal that can be read") from None
        for number, line in enumerate(content.splitlines(keepends=True)):
            entry = _entry(line)
            if entry is None or (number == 0 and not self._is_own(entry)):
                return
            if number == 0:
                self._load = entry["load"]
            elif "begun" in entry:
                self._begun.update(entry["begun"])
                for name in entry["begun"]:
                    self._confirmed.pop(name, None)
            else:
                self._confirmed.update(entry.get("confirmed", {}))
            self._end += len(line)

    def _is_own(self, entry: dict[str, Any]) -> bool:
        return entry.items() >= self._bound.items() and isinstance(entry.get("load"), str)

    def _write(self, entry: dict[str, Any]) -> None:
        try:
            if self._file is None:
                self._open()
            self._append(entry)
        except OSError as error:
            self.close()
            raise FileFailed.from_os(self.path, error, _EXPECTED) from None

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        # Unbuffered: closing writes nothing that was not written. What a process that was killed left half goes.
        self._file = os.fdopen(handle, "r+b", buffering=0)
        self._file.truncate(self._end)
        self._file.seek(self._end)
        if not self._end:
            self._append({**self._bound, "load": self._load})
            sync(self.path.parent)

    def _append(self, entry: dict[str, Any]) -> None:
        assert self._file is not None  # noqa: S101 - opened by the only caller
        line = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
        written = 0
        while written < len(line):
            written += self._file.write(line[written:]) or 0
        os.fsync(self._file.fileno())
        self._end += len(line)


def _entry(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict):
        return None
    begun, confirmed = entry.get("begun", []), entry.get("confirmed", {})
    is_sound = isinstance(begun, list) and isinstance(confirmed, dict)
    texts = [*begun, *confirmed, *confirmed.values()] if is_sound else [None]
    return entry if all(isinstance(text, str) for text in texts) else None
