"""From records to values, or to all that is wrong with them: `read`, `check`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from khabar.errors import Fault, FaultyData, Severity
from khabar.pipeline.graphs import quads

if TYPE_CHECKING:
    from khabar.model import ArticleRecord, Corpus

MANY: Final = 200
"""Of so many articles in YAML it pays to read them on all cores, and to keep what was read."""


def read(
    source: Path | str,
    *,
    corpus: Path | str | None = None,
    workers: int | None = None,
    cache: Path | None = None,
) -> Corpus:
    """The corpus at ``source``, without faults: a folder of YAML, or anything else that `build` takes.

    Raises `FaultyData` with every fault of every record, those between records included; SHACL shapes and the
    articles' texts are the business of `check`. ``corpus``, ``workers`` and ``cache`` are as for `build`. Raises
    `FileFailed` for files in bulk that cannot be read, and nothing else for whatever the files hold.

    >>> from khabar.resources import example
    >>> corpus = read(str(example()))
    >>> [record.article.id for record in corpus.articles]
    ['eastport-ferry']
    """
    found, faults = _read(source, corpus, {}, workers=workers, cache=cache)
    if found is None:
        raise FaultyData(faults)
    return found


def check(
    source: Path | str, *, corpus: Path | str | None = None, texts: Mapping[str, Path | str] | None = None
) -> tuple[Fault, ...]:
    """Every fault of the corpus at ``source``, in the order of their places; none where all is well.

    ``source`` and ``corpus`` are as for `read`. ``texts`` maps ids of articles to files with their text: with it every
    passage is proved by its digest. A passage that moved is a warning with its new place. SHACL comes last, and only
    for a corpus that has no error so far, and then the account of its links, ``mappings.sssom.tsv``. Raises
    `FileFailed` where khabar's own files are missing or a file in bulk cannot be read: whatever the data holds comes
    back as a fault.

    >>> [str(fault) for fault in check("nowhere")]
    ['nowhere:1:1 KH001 expected a folder with a corpus, found nothing of that name']
    """
    found, faults = _read(source, corpus, {article: Path(text) for article, text in (texts or {}).items()})
    if found is not None:
        faults += _violations(found)
        faults += _of_mappings(found, source)
    return tuple(sorted(faults))


def _read(
    source: Path | str,
    corpus: Path | str | None,
    texts: Mapping[str, Path],
    *,
    workers: int | None = None,
    cache: Path | None = None,
) -> tuple[Corpus | None, list[Fault]]:
    from khabar.records.sources import is_bulk, is_written_by_hand

    is_missing = str(source) != "-" and not is_bulk(Path(source)) and not os.path.lexists(source)
    if corpus is None and (is_missing or is_written_by_hand(source)):
        from khabar.checks import check_corpus
        from khabar.reading import survey

        found, faults, gaps = survey(Path(source), _known(Path(source), workers, cache))
        if found is None:
            return None, faults
        faults = [*faults, *check_corpus(found, texts, gaps)]
    else:
        from khabar.records.sources import open_source
        from khabar.records.whole import read_whole

        try:
            with open_source(source, corpus=None if corpus is None else Path(corpus)) as opened:
                found, faults = read_whole(opened, texts)
        except FaultyData as error:
            return None, list(error.faults)
    return (None if any(fault.severity == Severity.ERROR.value for fault in faults) else found), faults


def _known(folder: Path, workers: int | None, cache: Path | None) -> Mapping[Path, ArticleRecord]:
    """The articles that are read on all cores, or known from before; none where reading takes less than preparing."""
    try:
        with os.scandir(folder / "articles") as entries:
            count = sum(entry.name.endswith(".yaml") for entry in entries)
    except (OSError, ValueError):
        return {}
    if count < MANY:
        return {}
    from khabar.assembly.known_records import known_records

    return known_records(folder, workers=workers, cache=cache)


def _of_mappings(corpus: Corpus, source: Path | str) -> list[Fault]:
    """What is wrong with the account of links that a folder keeps."""
    from khabar.mappings.ledger import FILE

    if not Path(source, FILE).is_file():
        return []
    from khabar.pipeline.links import mapping_faults

    return mapping_faults(corpus, source)


def _violations(corpus: Corpus) -> list[Fault]:
    from khabar.checks.scope import placed
    from khabar.iris import Iris
    from khabar.shapes import fault, validate

    iris = Iris(corpus.header.base)
    faults = []
    for violation in validate(quads(corpus)):
        owner, keys = iris.place_of(violation.focus) or ("corpus", ())
        path = corpus.paths[owner]
        if violation.key:
            keys = (*keys, violation.key)
        faults.append(fault(violation, path, 0, 0, keys))
    # Several nodes of the graph can come from one place of a record, and break one rule together.
    return placed(dict.fromkeys(faults))
