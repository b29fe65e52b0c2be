"""A graph in a folder, in Oxigraph's own format: built aside, then put in place whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from khabar.errors import FileFailed, StoreFailed
from khabar.stores.store import OxigraphStore
from khabar.stores.swap import exchange
from khabar.stores.working_copy import is_store, leftover_name, refuse_strangers, sweep

if TYPE_CHECKING:
    from khabar.terms import Quad

_TRIES: Final = 10


def write(quads: Iterable[Quad], folder: Path) -> int:
    """Make ``folder`` a store that holds ``quads`` and nothing else; return the number of quads in it.

    The store is built in a new folder beside it and takes its place at the end, in one step where the system can do
    that (Linux, macOS): a reader finds the old store or the new one. When anything fails, the old store stays. A
    folder that holds anything but a store is never replaced.

    Raises FileFailed, StoreFailed, and whatever ``quads`` raise.
    """
    import pyoxigraph

    from khabar.conversion import to_oxigraph

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


def open_folder(folder: Path) -> OxigraphStore:
    """The store in ``folder``, open for reading; it goes on seeing what it saw when it was opened.

    Raises FileFailed for a folder that is no store, StoreFailed for a store that Oxigraph cannot open.
    """
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
                store = OxigraphStore(str(folder), pyoxigraph.Store.read_only(str(folder)))
                if _identity(folder) == before:
                    return store
                found = "another one in its place each time"
            except (OSError, RuntimeError, ValueError) as error:
                found = " ".join(str(error).split())
            failure = StoreFailed(where=str(folder), expected="a store that Oxigraph can open", found=found)
        if _identity(folder) == before:
            break
        # Another process put a new store in its place, and the files were of both.
    raise failure


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
