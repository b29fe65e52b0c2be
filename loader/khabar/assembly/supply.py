"""Where a corpus comes from: opened already, or at a path."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from khabar.checks import check_corpus
from khabar.errors import FaultyData
from khabar.reading import survey
from khabar.records.sources import Source, open_source


@contextlib.contextmanager
def opened(source: Source | Path | str) -> Iterator[Source]:
    """The source, opened if need be and then closed. Raises `FaultyData` with every fault, and `FileFailed`."""
    if isinstance(source, Source):
        yield source
        return
    try:
        found = open_source(source)
    except FaultyData as error:
        raise _whole(Path(source), error) from None
    with found:
        yield found


def _whole(path: Path, error: FaultyData) -> FaultyData:
    """The same error, with the faults of the articles too where they are in YAML."""
    if not path.is_dir():
        return error
    corpus, faults, gaps = survey(path)
    if corpus is not None and corpus.articles:
        faults = [*faults, *check_corpus(corpus, gaps=gaps)]
    return FaultyData(faults) if faults else error
