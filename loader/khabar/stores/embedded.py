"""A graph in a folder, in Oxigraph's own format, open for reading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from khabar.errors import FileFailed, StoreFailed
from khabar.stores.store import OxigraphStore

if TYPE_CHECKING:
    import pyoxigraph

    from khabar.queries.results import Rows

_TRIES: Final = 10
_MARKS: Final = ("CURRENT", "IDENTITY")
_Answer = TypeVar("_Answer")
Place: TypeAlias = tuple[int, int, int]
"""What tells a store from one that takes its place: the folder, by device and number, and when it was last opened."""


def is_store(folder: Path) -> bool:
    """Tell whether ``folder`` looks like an Oxigraph store; raises FileFailed where that cannot be seen."""
    try:
        return all((folder / mark).is_file() for mark in _MARKS)
    except OSError as error:
        raise FileFailed.from_os(folder, error, "the folder of a store") from None


class FolderStore(OxigraphStore):
    """The store in a folder, open for reading; it goes on seeing what it saw when it was opened, while it can.

    Where a load put another store in its place and Oxigraph misses a file that it had not yet opened, the new store is
    opened and asked: each answer is that of one store.
    """

    def __init__(self, folder: Path) -> None:
        """Open the store; raises FileFailed for a folder that is no store, StoreFailed for one that does not open."""
        self._folder = folder
        self._place, store = opened(folder)
        super().__init__(str(folder), store)

    def __len__(self) -> int:
        return self._again(super().__len__)

    def read(self, graph: str) -> bytes:
        """The triples of a named graph as N-Triples."""
        return self._again(lambda: super(FolderStore, self).read(graph))

    def evaluate(self, text: str) -> Rows:
        """The rows of a query that was looked at before; see `OxigraphStore`."""
        return self._again(lambda: super(FolderStore, self).evaluate(text))

    def _again(self, answer: Callable[[], _Answer]) -> _Answer:
        for _ in range(_TRIES):
            try:
                return answer()
            except (StoreFailed, OSError, RuntimeError):
                if identity(self._folder) == self._place:
                    raise
            self._place, self._store = opened(self._folder)
        return answer()


def open_folder(folder: Path) -> FolderStore:
    """The store in ``folder``, open for reading.

    Raises FileFailed for a folder that is no store, StoreFailed for a store that Oxigraph cannot open.
    """
    return FolderStore(folder)


def opened(folder: Path) -> tuple[Place | None, pyoxigraph.Store]:
    """The store in ``folder``, open for reading, and which one it is; see `FolderStore`."""
    import pyoxigraph

    for _ in range(_TRIES):
        before = identity(folder)
        if not is_store(folder):
            found = "another folder" if folder.is_dir() else "a file" if folder.exists() else "nothing"
            failure: FileFailed | StoreFailed = FileFailed(
                where=str(folder), expected="the folder of a store", found=found
            )
        else:
            try:
                store = pyoxigraph.Store.read_only(str(folder))
                if identity(folder) == before:
                    return before, store
                found = "another one in its place each time"
            except (OSError, RuntimeError, ValueError) as error:
                found = " ".join(str(error).split())
            failure = StoreFailed(where=str(folder), expected="a store that Oxigraph can open", found=found)
        if identity(folder) == before:
            break
        # Another process put a new store in its place, and the files were of both.
    raise failure


def identity(folder: Path) -> Place | None:
    """Which store is in ``folder`` now; None where there is none."""
    try:
        status, current = folder.stat(), (folder / "CURRENT").stat()
    except OSError:
        return None
    # The number of a folder that is gone is given again; CURRENT is written at each opening for writing.
    return status.st_dev, status.st_ino, current.st_mtime_ns
