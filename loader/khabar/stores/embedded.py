"""A graph in a folder, in Oxigraph's own format: built aside, then put in place whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from khabar.errors import FileFailed, StoreFailed
from khabar.stores.store import OxigraphStore
from khabar.stores.swap import exchange

if TYPE_CHECKING:
    import pyoxigraph

    from khabar.queries.results import Rows
    from khabar.terms import Quad

_TRIES: Final = 10
_MARKS: Final = ("CURRENT", "IDENTITY")
_Answer = TypeVar("_Answer")
Place: TypeAlias = tuple[int, int, int]
"""What tells a store from one that takes its place: the folder, by device and number, and when it was last opened."""


def is_store(folder: Path) -> bool:
    """Tell whether ``folder`` looks like an Oxigraph store."""
    return all((folder / mark).is_file() for mark in _MARKS)


def write(quads: Iterable[Quad], folder: Path) -> int:
    """Make ``folder`` a store that holds ``quads`` and nothing else; return the number of quads in it.

    The store is built in a new folder beside it and takes its place at the end, in one step where the system can do
    that (Linux, macOS): a reader finds the old store or the new one. When anything fails, the old store stays. A
    folder that holds anything but a store is never replaced.

    Raises FileFailed, StoreFailed, and whatever ``quads`` raise.
    """
    import pyoxigraph

    from khabar.conversion import to_oxigraph
    from khabar.stores.working_copy import leftover_name, refuse_strangers, sweep

    expected = "a store that can be written"
    # The folder that a link points to is replaced, never the link.
    try:
        target = Path(os.path.realpath(folder))
    except OSError as error:
        raise FileFailed.from_os(folder, error, expected) from None
    refuse_strangers(target, str(folder))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target)
        building = target.with_name(leftover_name(target))
        building.mkdir()
    except OSError as error:
        raise FileFailed.from_os(folder, error, expected) from None
    try:
        store = pyoxigraph.Store(str(building))
        store.bulk_extend(to_oxigraph(quads))
        store.flush()
        count = len(store)
        del store  # gives up the lock, which would move along with the folder
        exchange(building, target)
    except OSError as error:
        raise FileFailed.from_os(folder, error, expected) from None
    except (RuntimeError, ValueError) as error:
        raise StoreFailed(where=str(folder), expected=expected, found=" ".join(str(error).split())) from None
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return count


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

    def _evaluate(self, text: str) -> Rows:
        return self._again(lambda: super(FolderStore, self)._evaluate(text))

    def _again(self, answer: Callable[[], _Answer]) -> _Answer:
        for _ in range(_TRIES):
            try:
                return answer()
            except (StoreFailed, OSError, RuntimeError):
                if _identity(self._folder) == self._place:
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
        before = _identity(folder)
        if not is_store(folder):
            found = "another folder" if folder.is_dir() else "a file" if folder.exists() else "nothing"
            failure: FileFailed | StoreFailed = FileFailed(
                where=str(folder), expected="the folder of a store", found=found
            )
        else:
            try:
                store = pyoxigraph.Store.read_only(str(folder))
                if _identity(folder) == before:
                    return before, store
                found = "another one in its place each time"
            except (OSError, RuntimeError, ValueError) as error:
                found = " ".join(str(error).split())
            failure = StoreFailed(where=str(folder), expected="a store that Oxigraph can open", found=found)
        if _identity(folder) == before:
            break
        # Another process put a new store in its place, and the files were of both.
    raise failure


def _identity(folder: Path) -> Place | None:
    try:
        status, current = folder.stat(), (folder / "CURRENT").stat()
    except OSError:
        return None
    # The number of a folder that is gone is given again; CURRENT is written at each opening for writing.
    return status.st_dev, status.st_ino, current.st_mtime_ns
