"""What is served: the folder of a store, its index, and how both follow the store that a load puts in its place."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from khabar.errors import KhabarError
from khabar.evaluation.about import About
from khabar.evaluation.cache import Answered, Cache
from khabar.evaluation.limits import Limits
from khabar.evaluation.pool import Pool, Unanswered
from khabar.evaluation.tasks import Index, Task
from khabar.evaluation.worker import Charge
from khabar.serve.tags import tag_of
from khabar.stores import embedded

if TYPE_CHECKING:
    import pyoxigraph

    from khabar.explorer.index import Index as ExplorerIndex

_LOOK_SECONDS: Final = 1.0
_NICE_VISITORS: Final = 5
_NICE_INDEX: Final = 10
_KEPT: Final = 8
_LOG: Final = logging.getLogger("khabar.serve")


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What to serve: the ``folder`` of a store, ``name`` as people call it, and a ``room`` for files of the server.

    ``address`` is where the server is reached, without a slash at its end. ``texts`` are those of articles, by their
    IRIs. ``cache`` is a folder for indexes that outlast the server. ``services`` are those that queries may ask.
    """

    folder: Path
    name: str
    room: Path
    address: str
    services: dict[str, str] = {}
    texts: dict[str, str] = {}
    cache: Path | None = None


class NotIndexed(KhabarError):
    """The index is still being made: ``done`` of ``total`` quads were read."""

    def __init__(self, done: int, total: int) -> None:
        self.done = done
        self.total = total
        found = f"{100 * done // total} % of it" if total else "its beginning"
        super().__init__(where="index", expected="the index of the store", found=found, remedy="wait a moment")


class Dataset:
    """A store that is asked by many, each question in a process of its own, within limits.

    ``index`` is None until it is made. Answers are those of one store each: when another is put in its place, every
    process opens that one, the index is made anew, and no kept answer is given again.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self._source = source
        self.limits = limits
        self._about = source.room / "about.nq"
        self._told_of = About(self._about)
        # One client never has all the processes: another finds one.
        self._visitors = Pool(self._charge(nice=_NICE_VISITORS), limits.workers + 1, share=limits.workers)
        self._own = Pool(self._charge(), limits.workers + 1, share=limits.workers)
        self._cache = Cache(limits.cache)
        self._place: embedded.Place | None = None
        self._looked = 0.0
        self._opening = asyncio.Lock()
        self._is_open = False
        self._indexing: asyncio.Task[None] | None = None
        self.index: ExplorerIndex | None = None
        self.indexed = (0, 0)
        self.walled = False
        self.bounded = False

    @property
    def name(self) -> str:
        """What people call what is served."""
        return self._source.name

    @property
    def work(self) -> dict[str, float]:
        """How many processes were ended, and the most seconds that one was at a query of a visitor."""
        return {"killed": self._visitors.killed + self._own.killed, "longest": round(self._visitors.longest, 3)}

    @property
    def folder(self) -> Path:
        """The folder of the store."""
        return self._source.folder

    @property
    def address(self) -> str:
        """Where the server is reached, without a slash at its end."""
        return self._source.address

    @property
    def version(self) -> str:
        """What tells the store that is served now from any before it."""
        return hashlib.sha256(repr((self._place, str(self._source.folder))).encode()).hexdigest()[:16]

    async def open(self) -> None:
        """Start the processes, and the making of the index, unless that was done; raises Unanswered."""
        async with self._opening:
            if self._is_open:
                return
            ready = await self._own.open()
            self._place = ready.place
            await self._visitors.open()
            self.walled, self.bounded = ready.walled, ready.bounded
            self._is_open = True
            self._index_soon()

    async def close(self) -> None:
        """End the processes."""
        if self._indexing is not None:
            self._indexing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._indexing
        await self._visitors.close()
        await self._own.close()

    async def ask(self, task: Task, client: str, *, own: bool = False) -> Answered:
        """The answer to ``task`` of a client, a kept one where there is one.

        khabar's ``own`` questions do not wait for those of others.

        Raises Unanswered.
        """
        self.look()
        pool = self._own if own else self._visitors
        return await self._cache.get(msgspec.msgpack.encode((own, task)), lambda: pool.do(task, client))

    @property
    def base(self) -> str:
        """The base of the corpus that is served; empty before there is an index, and for none or several corpora."""
        bases = self.index.bases() if self.index is not None else ()
        return bases[0] if len(bases) == 1 else ""

    def ready_index(self) -> ExplorerIndex:
        """The index of the store that is served; raises NotIndexed while it is made, Unanswered for no store."""
        self.look()
        if self.index is None:
            done, total = self.indexed
            raise NotIndexed(done, total)
        return self.index

    def about(self, document: str) -> Iterator[pyoxigraph.Triple]:
        """What one document on the service tells, by its address; nothing before there is an index."""
        import pyoxigraph

        store = self._told_of.store()
        return (quad.triple for quad in store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(document)))

    def tag(self, task: Task) -> str:
        """An entity tag for the answer to ``task`` (RFC 9110, section 8.8.3), known before it is asked.

        Raises Unanswered where there is no store any more.
        """
        self.look()
        question = msgspec.msgpack.encode(task) + self.version.encode() + str(self.index is not None).encode()
        return tag_of(question)

    def look(self) -> None:
        """See whether the store is still the one that was opened; raises Unanswered where there is none."""
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            if self._place is None:
                raise _gone(self.name)
            return
        self._looked = now
        place = embedded.identity(self._source.folder)
        if place == self._place and place is not None:
            return
        was, self._place = self._place, place
        self._cache.clear()
        if place is None:
            if was is not None:
                _LOG.warning("%s: the store went away", self.name)
            raise _gone(self.name)
        _LOG.info("%s: another store, which is served from now on", self.name)
        self._visitors.renew()
        self._own.renew()
        self._index_soon()

    def _charge(self, *, nice: int = 0, bounded: bool = True) -> Charge:
        source = self._source
        return Charge(
            store=str(source.folder),
            folder=str(source.room),
            about=str(self._about),
            limits=self.limits,
            services=source.services,
            texts=source.texts,
            nice=nice,
            bounded=bounded,
        )

    def _index_soon(self) -> None:
        if self._indexing is not None:
            self._indexing.cancel()
        self.index = None
        self.indexed = (0, 0)
        self._indexing = asyncio.get_running_loop().create_task(self._make_index())

    async def _make_index(self) -> None:
        from khabar.explorer.index import open_index

        folder = self._source.cache or self._source.room
        path = folder / f"{self.version}.sqlite"
        folder.mkdir(parents=True, exist_ok=True)
        pool = Pool(self._charge(nice=_NICE_INDEX, bounded=False), 1)
        try:
            await pool.do(Index(path=str(path), address=self.address), tell=self._told)
            index = await asyncio.to_thread(open_index, path)
        except KhabarError as error:
            _LOG.warning("%s: no index: %s", self.name, error)
            return
        finally:
            await pool.close()
        self.index = index
        if self._source.cache is not None:
            await asyncio.to_thread(_forget_old, folder, path)

    def _told(self, done: int, total: int) -> None:
        self.indexed = (done, total)


def _forget_old(folder: Path, kept: Path) -> None:
    """Remove the indexes that were not used for longest, but for a few."""
    with contextlib.suppress(OSError):
        kept.touch()
        others = sorted(folder.glob("*.sqlite"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in others[_KEPT:]:
            path.unlink(missing_ok=True)


def _gone(name: str) -> Unanswered:
    return Unanswered(
        "failed", where=name, expected="the store that is served", found="nothing in its place", remedy="load it again"
    )
