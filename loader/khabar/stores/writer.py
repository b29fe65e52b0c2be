"""A store in a folder, written graph by graph in a working copy that takes the store's place at the end."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from khabar.errors import FileFailed, KhabarError, StoreFailed
from khabar.graphs import NamedGraph, has_blank_nodes
from khabar.queries.results import Rows
from khabar.stores import tidying
from khabar.stores.changes import Change, batches, nquads, pieces, slices, update
from khabar.stores.embedded import is_store
from khabar.stores.encoding import numbers_and_dates
from khabar.stores.engine_lock import EngineLock
from khabar.stores.lock import Lock
from khabar.stores.store import NO_SERVICES, OxigraphStore, Rewrite
from khabar.stores.witness import Witnesses
from khabar.stores.working_copy import WorkingCopy

if TYPE_CHECKING:
    import pyoxigraph

# Triples. Below it a transaction and a flush cost less than new table files (5 ms against 40).
_SMALL: Final = 2_000
# Triples in one transaction, which takes 2 KB of memory for each.
_AT_ONCE: Final = 65_536
# Triples in one bulk load, of which all are there or none: Oxigraph puts in up to a million at once.
_IN_BULK: Final = 524_288
# Bytes of the N-Triples of a larger graph that go into one bulk load.
_PIECE: Final = 32 * 1024 * 1024
# Triples, below which a process that reads them is not worth its start.
_READ_APART: Final = 20_000
# Processes that read at once.
_WITNESSES: Final = 2
# Bytes that a store takes for one byte of N-Quads while it is written, and at the least; measured.
_GROWTH: Final = 4
_LEAST: Final = 1 << 20
_EXPECTED: Final = "a store that can be written"
_FULL_NUMBERS: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL: Final = re.compile("no space left on device|(?:disk )?quota exceeded|file too large", re.IGNORECASE)


class EmbeddedWriter:
    """The store in a folder, to be written by one process at a time; a context manager and a `GraphStore`.

    What is written goes into a working copy, which `publish` puts in the store's place; readers see nothing of it
    before, and no failure does the store any harm. When the context is left without `publish`, the working copy stays:
    the next writer takes it up (`resumed`) if the store is still the one that it was made from.

    ``purpose`` says what the load is of: a working copy is taken up only for that for which it was made. ``wait`` is
    how long, in seconds, another writer is waited for. Entering raises StoreFailed for a store that another process
    writes to, which it names, or that Oxigraph cannot open, and FileFailed for a folder that is not a store's.
    """

    gives_every_row = True

    def __init__(self, folder: Path, *, purpose: str = "", wait: float = 0.0) -> None:
        self._name = str(folder)
        self._copy = WorkingCopy(folder, purpose)
        self._lock = Lock(self._copy.beside("lock"), self._name, wait=wait)
        self._engine_lock: EngineLock | None = None
        self._store: pyoxigraph.Store | None = None
        self._opening = threading.RLock()
        self._changing = threading.Lock()
        self._witnesses = Witnesses(_WITNESSES)
        self._resumed = False
        self._written = False
        self._in_log = False

    @property
    def name(self) -> str:
        """What messages call the store."""
        return self._name

    @property
    def resumed(self) -> bool:
        """Whether the working copy of an interrupted load is gone on with."""
        return self._resumed

    @property
    def rewrites(self) -> Sequence[Rewrite]:
        """The one spelling that Oxigraph has for a number or a date."""
        return (numbers_and_dates,)

    @property
    def journal_path(self) -> Path:
        """Where the journal of loads into this store goes, beside the folder."""
        return self._copy.beside("journal")

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undoing:
            self._copy.prepare()
            undoing.enter_context(self._lock)
            self._begin()
            undoing.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._witnesses.close()
        self._close()
        if not self._written:
            self._copy.discard()
        self._lock.__exit__(kind, error, trace)

    def select(self, text: str, *, services: Mapping[str, str] = NO_SERVICES) -> Rows:
        """The rows of a query on the working copy; see `khabar.stores.store.Store`."""
        with self._told():
            return OxigraphStore(self._name, self._open()).select(text, services=services)

    def read(self, graph: str) -> bytes:
        """The triples of a named graph in the working copy as N-Triples."""
        with self._told():
            return OxigraphStore(self._name, self._open()).read(graph)

    def replace(self, graphs: Sequence[NamedGraph]) -> None:
        """Put each of ``graphs`` in the place of what its name holds; on return all are on the disk.

        Only the triples that differ are written. A graph without blank nodes of which up to 65,536 triples differ, or
        which is new and has up to 524,288, is the old or the new one at any moment; any other may be absent after the
        end of the process in between. Several threads may put graphs in at once, each graph one of them.
        """
        with self._told(sum(len(graph.document) + graph.count * len(graph.iri) for graph in graphs)):
            fresh: list[NamedGraph] = []
            large: list[NamedGraph] = []
            changed: list[Change] = []
            long: list[Change] = []
            for graph in {graph.iri: graph for graph in graphs}.values():
                if not self._has(graph.iri) and not has_blank_nodes(graph.document):
                    if graph.document:
                        (fresh if graph.count <= _IN_BULK else large).append(graph)
                    continue
                change = Change.of(graph, self.read(graph.iri))
                if change.size > _AT_ONCE or change.blank:
                    long.append(change)
                elif change.size:
                    changed.append(change)
            self._written |= bool(fresh or large or changed or long)
            for new in batches(fresh, _IN_BULK, lambda graph: graph.count):
                self._insert(b"".join(graph.nquads() for graph in new))
            with self._changing:
                for batch in batches(changed, _AT_ONCE, lambda change: change.size):
                    self._open().update(update(batch))
                    self._in_log = True
                self._change_in_steps(long)
                self._fill_in_steps(large)
                # What was put in by bulk loads is on the disk; a flush might wait until their tables are merged.
                if self._in_log:
                    self._open().flush()
                    self._in_log = False

    def sums(self, graphs: Sequence[NamedGraph]) -> Mapping[str, tuple[int, str]]:
        """The triples and the digests of ``graphs`` as another process finds them in the files; of few, nothing."""
        sound = [graph for graph in graphs if not has_blank_nodes(graph.document)]
        if sum(graph.count for graph in sound) < _READ_APART:
            return {}
        return self._witnesses.sums(self._copy.folder, [graph.iri for graph in sound])

    def add(self, graph: NamedGraph) -> None:
        """Add a few triples, none with a blank node, to what the graph of this name holds, on the disk at once."""
        with self._told(len(graph.document)):
            self._written = True
            self._insert(graph.nquads())
            self._open().flush()

    def remove(self, graphs: Sequence[str]) -> None:
        """Remove named graphs; none is missed that is not there."""
        self.replace([NamedGraph(graph, b"") for graph in graphs])

    def optimize(self) -> None:
        """Merge the tables of the working copy, so that a look-up is in one of them in place of several."""
        with self._told():
            self._open().optimize()
            self._written = True

    def publish(self) -> None:
        """Put the working copy in the store's place, in one step; what was not written to is left as it is.

        Raises StoreFailed when the store was written to since the working copy was made, FileFailed when the folders
        cannot be exchanged; the store is then what it was.
        """
        with self._told():
            self._open().flush()
            self._witnesses.close()
            self._store = None  # gives up the lock of the working copy, which would move along with the folder
            if self._written or not is_store(self._copy.target):
                self._copy.publish()
            else:
                self._copy.discard()
            self._release()
            self._written = self._resumed = False

    def _begin(self) -> None:
        self._engine_lock = EngineLock(self._copy.target, self._name)
        try:
            with self._told():
                self._resumed = self._written = self._copy.take_up()
                if self._resumed and not self._is_whole():
                    self._resumed = self._written = False
                if not self._resumed:
                    self._copy.make()
                    self._open()
        except BaseException:
            self._close()
            if not self._resumed:
                self._copy.discard()
            raise

    def _is_whole(self) -> bool:
        # Whether the working copy opens; of no graph does it then hold a part any more.
        try:
            for graph in self._copy.torn:
                self._clear(graph)
            self._open().flush()
            self._copy.note_torn(())
        except (OSError, RuntimeError, ValueError) as error:
            self._store = None
            if _full(error):
                raise
            return False
        return True

    def _open(self) -> pyoxigraph.Store:
        import pyoxigraph

        # Graphs are read back while others are written.
        with self._opening:
            if self._engine_lock is None:
                self._begin()  # after what was written so far was published
            if self._store is None:
                self._store = pyoxigraph.Store(str(self._copy.folder))
            return self._store

    def _close(self) -> None:
        self._store = None
        self._release()

    def _release(self) -> None:
        if self._engine_lock is not None:
            self._engine_lock.release()
            self._engine_lock = None

    def _insert(self, document: bytes) -> None:
        # One call, of which all is there or nothing.
        import pyoxigraph

        small = document.count(b"\n") <= _SMALL
        (self._open().load if small else self._open().bulk_load)(document, pyoxigraph.RdfFormat.N_QUADS)
        if small:
            self._in_log = True
        else:
            tidying.defer()

    def _change_in_steps(self, changes: Sequence[Change]) -> None:
        if not changes:
            return
        self._copy.note_torn([change.iri for change in changes])
        for change in changes:
            if change.blank:
                self._clear(change.iri)
                self._insert(nquads(change.iri, change.added))
                continue
            for piece in pieces(change.removed, _AT_ONCE):
                self._open().update(update([Change(change.iri, piece, ())]))
            for piece in pieces(change.added, _AT_ONCE):
                self._insert(nquads(change.iri, piece))
            if change.empties:
                self._clear(change.iri)
        self._open().flush()
        self._copy.note_torn(())

    def _fill_in_steps(self, graphs: Sequence[NamedGraph]) -> None:
        if not graphs:
            return
        self._copy.note_torn([graph.iri for graph in graphs])
        for graph in graphs:
            for piece in slices(graph.document, _PIECE):
                self._insert(NamedGraph(graph.iri, piece).nquads())
        self._open().flush()
        self._copy.note_torn(())

    def _has(self, graph: str) -> bool:
        import pyoxigraph

        return self._open().contains_named_graph(pyoxigraph.NamedNode(graph))

    def _clear(self, graph: str) -> None:
        import pyoxigraph

        self._open().remove_graph(pyoxigraph.NamedNode(graph))

    @contextlib.contextmanager
    def _told(self, wanted: int = 0) -> Iterator[None]:
        try:
            yield
        except KhabarError as error:
            _forget(error)
            raise
        except OSError as error:
            # A store that failed to write takes nothing more before it is opened again.
            self._store = None
            _forget(error)
            raise self._failure(error, wanted) from None
        except (RuntimeError, ValueError, SyntaxError) as error:
            _forget(error)
            found = " ".join(str(error).split())
            raise StoreFailed(where=self._name, expected=_EXPECTED, found=found) from None

    def _failure(self, error: OSError, wanted: int) -> FileFailed:
        if not (full := _full(error)):
            return FileFailed.from_os(self._name, error, _EXPECTED)
        try:
            left = f"{_megabytes(shutil.disk_usage(self._copy.target.parent).free)} ({full})"
        except OSError:
            left = full
        return FileFailed(
            where=self._name,
            expected=f"room on the disk for about {_megabytes(max(_GROWTH * wanted, _LEAST))}",
            found=left,
            remedy="make room and run the same command again; the store is what it was",
        )


def _full(error: Exception) -> str:
    # The system's words for a disk that is full; Oxigraph gives them without their number.
    if not isinstance(error, OSError):
        return ""
    said = _FULL.search(str(error))
    return said[0].lower() if said else os.strerror(error.errno).lower() if error.errno in _FULL_NUMBERS else ""


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:,.1f} MB"


def _forget(error: BaseException | None) -> None:
    # The frames of a failure hold on to the store, and with it to its lock, for as long as someone keeps the failure.
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__
