"""The article files of a corpus: what changed is read by the crew, the rest is known from when it was read before."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec

from khabar.assembly.portions import Article
from khabar.assembly.tasks import Check, Read, Reading
from khabar.crew import Crew, Spool
from khabar.model import ArticleRecord
from khabar.records.cache import Cache, Kept, Seen

FILES_AT_A_TIME: Final = 64
"""How many files are read, or checked, by one worker at a time."""

T = TypeVar("T")

_record: Final = msgspec.json.Decoder(ArticleRecord).decode


def read(
    crew: Crew, spool: Spool, files: Sequence[Path], cache: Cache, heard: Callable[[int], None] = lambda _: None
) -> list[Article]:
    """What is in the article files, in their order; without those that cannot be read without a fault.

    Only what changed since the cache had it is read, and only what was not found sound beside the same frame is
    checked. The cache keeps all for the next time, and forgets the files that left. ``heard`` is told how many more
    files are done.
    """
    return _Reader(crew, spool, cache, heard).read(files)


def by_file(articles: Iterable[Article], spool: Spool) -> dict[Path, ArticleRecord]:
    """The records of articles that were read, by file."""
    return {Path(article.path): _record(spool.read(article.line)) for article in articles}


class _File(NamedTuple):
    """A file as it was seen, and what was read of it before."""

    seen: Seen
    before: Article | None


class _Reader:
    """Sorts files by what has to be done about them, and does it."""

    def __init__(self, crew: Crew, spool: Spool, cache: Cache, heard: Callable[[int], None]) -> None:
        self._crew = crew
        self._spool = spool
        self._cache = cache
        self._heard = heard
        self._found: dict[Path, Article] = {}
        self._unread: list[_File] = []
        self._unchecked: list[_File] = []

    def read(self, files: Sequence[Path]) -> list[Article]:
        for seen in self._cache.look(files):
            before = None if seen.kept is None else self._waiting(seen.path, seen.kept)
            # What waits in the spool need not be held here too.
            file = _File(seen._replace(kept=None), before)
            if before is None or not seen.certain:
                self._unread.append(file)
            else:
                self._take(file, before, again=False)
        self._heard(len(files) - len(self._unread))
        for file, reading in self._readings():
            if reading.line is not None:
                article = _article(file.seen.path, reading)
                self._found[file.seen.path] = article
                self._keep(file.seen, article, reading.digest)
            elif file.before is not None:
                self._take(file, file.before, again=True)
        for file, sound in self._checks():
            if file.before is not None:
                self._found[file.seen.path] = file.before._replace(sound=sound)
                self._keep(file.seen, self._found[file.seen.path], file.seen.digest)
        self._cache.drop_all_but(files)
        return [self._found[path] for path in files if path in self._found]

    def _take(self, file: _File, article: Article, *, again: bool) -> None:
        """Take what was read before for what the file holds; it is kept ``again`` where the file looks different."""
        if not (article.sound or article.owners):
            self._unchecked.append(file)
            return
        self._found[file.seen.path] = article
        if again:
            self._keep(file.seen, article, file.seen.digest)

    def _readings(self) -> Iterator[tuple[_File, Reading]]:
        """The files that have to be opened, without those that have faults."""
        some = list(_lots(self._unread))
        tasks = (
            Read([os.fsencode(file.seen.path) for file in own], [file.seen.digest for file in own]) for own in some
        )
        for own, reply in zip(some, self._crew.replies(tasks), strict=True):
            yield from (pair for pair in zip(own, reply.articles, strict=True) if pair[1].digest)
            self._heard(len(own))

    def _checks(self) -> Iterator[tuple[_File, bool]]:
        some = list(_lots(self._unchecked))
        tasks = (Check([file.before.line for file in own if file.before is not None]) for own in some)
        for own, reply in zip(some, self._crew.replies(tasks), strict=True):
            yield from zip(own, reply.sound, strict=True)

    def _waiting(self, path: Path, kept: Kept) -> Article:
        line = self._spool.add(kept.record)
        return Article(kept.id, line, str(path), kept.owners, claims=kept.claims, sound=kept.sound)

    def _keep(self, seen: Seen, article: Article, digest: bytes) -> None:
        if self._cache.is_open:
            record = self._spool.read(article.line)
            kept = Kept(article.id, record, article.owners, claims=article.claims, sound=article.sound)
            self._cache.keep(seen, kept, digest)


def _article(path: Path, reading: Reading) -> Article:
    if reading.line is None:
        raise TypeError(reading)
    return Article(reading.id, reading.line, str(path), reading.owners, claims=reading.claims, sound=reading.sound)


def _lots(many: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(many)
    return iter(lambda: list(islice(rest, FILES_AT_A_TIME)), [])
