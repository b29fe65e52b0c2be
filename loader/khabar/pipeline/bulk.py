"""From records of any number to documents: `build`, `export`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

if TYPE_CHECKING:
    from khabar.assembly import Built
    from khabar.assembly.progress import BuildProgress
    from khabar.assembly.rejects import Rejected
    from khabar.records.cache import Cache
    from khabar.records.sources import Source


def build(
    source: Path | str,
    target: Path | str | BinaryIO,
    *,
    corpus: Path | str | None = None,
    workers: int | None = None,
    rejects: Callable[[Rejected], None] | None = None,
    fail_fast: bool = False,
    cache: Path | None = None,
    report: Callable[[BuildProgress], None] | None = None,
) -> Built:
    """Write the graph of a corpus of any size as N-Quads, on all cores, and return what was written.

    ``source`` is a folder, a file of JSON Lines (plain, ``.gz``, ``.zst``) or Parquet, or ``-`` for standard input;
    ``corpus`` the folder with the header and the entities of a file that holds articles alone. ``target`` is a file,
    replaced when the whole is written or not at all, or a stream. The bytes are those of `write`, for any number of
    ``workers`` (processes, else one a core).

    Records in bulk that have faults go to ``rejects``, and the rest is written; with ``fail_fast``, or where nothing
    takes them, the first of them ends it. ``cache`` is a folder for what was read of YAML files, so that those that
    did not change are not read again. ``report`` hears how far it is. Raises `FaultyData` and `FileFailed`.
    """
    from khabar.assembly import write_nquads
    from khabar.assembly.progress import unheard

    with opened(source, corpus, cache) as (found, kept):
        return write_nquads(
            found,
            target,
            workers=workers,
            rejects=rejects,
            fail_fast=fail_fast,
            cache=kept,
            report=report or unheard,
        )


def export(
    source: Path | str,
    target: Path | str | BinaryIO,
    form: Literal["jsonl", "parquet"] = "jsonl",
    *,
    corpus: Path | str | None = None,
) -> int:
    """Write a corpus as one file of JSON Lines or Parquet, and return the number of its articles.

    ``source`` and ``corpus`` are as for `build`. ``target`` is a file, compressed as its suffix says (``.gz``,
    ``.zst``) and replaced whole or not at all, or a stream. The articles of a folder come by id, others as they came.
    Raises `FaultyData` and `FileFailed`.
    """
    from khabar.records.exports import export as written

    return written(source, target, form, corpus=None if corpus is None else Path(corpus))


@contextlib.contextmanager
def opened(source: Path | str, corpus: Path | str | None, cache: Path | None) -> Iterator[tuple[Source, Cache]]:
    """The corpus at ``source``, and what is kept of its YAML files."""
    from khabar.assembly import sources
    from khabar.records.cache import Cache

    with (
        sources.opened(source, None if corpus is None else Path(corpus)) as found,
        Cache.of(cache if found.files else None, Path(source), found.frame) as kept,
    ):
        yield found, kept
