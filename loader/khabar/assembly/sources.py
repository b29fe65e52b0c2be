"""Where a corpus comes from: opened already, or at a path."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from khabar.checks import check_corpus
from khabar.errors import FaultyData
from khabar.reading import survey
from khabar.records.sources import Source, is_bulk, open_source


@contextlib.contextmanager
def opened(source: Source | Path | str, corpus: Path | None = None) -> Iterator[Source]:
    """The source, opened if need be and then closed; ``corpus`` is the folder with the head of bare articles.

    Raises `FaultyData` with every fault, those of articles in YAML among them, and `FileFailed`.
    """
    if isinstance(source, Source):
        yield source
        return
    try:
        found = open_source(source, corpus=corpus)
    except FaultyData as error:
        raise _whole(Path(source), error) from None
    with found:
        yield found


def _whole(path: Path, error: FaultyData) -> FaultyData:
    """The same error, with the faults of the articles too where they are in YAML."""
    if not path.is_dir():
        return error
    corpus, faults, gaps = survey(path)
    # What refers to records in bulk would seem to refer to nothing.
    if corpus is not None and not any(map(is_bulk, (path / "articles").glob("*"))):
        faults = [*faults, *check_corpus(corpus, gaps=gaps)]
    return FaultyData(faults) if faults else error
