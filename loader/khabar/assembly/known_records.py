"""The records of a folder of YAML at once, read with all cores and spared where they did not change."""

from __future__ import annotations

import contextlib
from pathlib import Path

from khabar.assembly.readings import by_file, read
from khabar.assembly.staff import staff_of
from khabar.crew import cores
from khabar.frame import Frame
from khabar.model import ArticleRecord
from khabar.reading import outline
from khabar.reading.text import shown_path
from khabar.records.cache import Cache
from khabar.records.sources import Source


def known_records(folder: Path, *, cache: Path | None = None, workers: int | None = None) -> dict[Path, ArticleRecord]:
    """The records of the article files in a folder, by file, as `khabar.reading.survey` takes them.

    Those are missing that have faults, and all where the header or the entities have: the survey reads them, and
    tells; and where neither a cache nor a second process helps. ``cache`` is the folder of caches, none without;
    ``workers`` the number of processes, else one a core. Raises `FileFailed` where one of them ends before its work.
    """
    if cache is None and (cores() if workers is None else workers) < 2:  # noqa: PLR2004 - one worker is this process
        return {}
    corpus, files, faults = outline(folder)
    if corpus is None or faults:
        return {}
    frame = Frame(corpus.header, corpus.entities)
    source = Source(shown_path(folder), frame, (), tuple(files), corpus.paths)
    with contextlib.ExitStack() as stack:
        kept = stack.enter_context(Cache.of(cache, folder, frame))
        spool, _, crew = staff_of(source, workers, -1, "", stack)
        return by_file(read(crew, spool, files, kept), spool)
