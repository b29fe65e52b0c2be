"""A corpus with records in bulk as one value, for what sees all of it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from khabar.checks import check_corpus
from khabar.checks.scope import LINE, placed
from khabar.errors import Fault
from khabar.gaps import Gaps
from khabar.model import ArticleRecord, Corpus
from khabar.reading import read_article
from khabar.reading.text import shown, shown_path
from khabar.records.json_lines import examine
from khabar.records.parts import numbered_lines
from khabar.records.sources import Source


def read_whole(source: Source, texts: Mapping[str, Path] | None = None) -> tuple[Corpus, list[Fault]]:
    """Every record of a source without faults of its own, and every fault of the source, in the order of their places.

    ``texts`` are as for `khabar.checks.check_corpus`. The first record with an id has it. Faults of records in bulk
    stand at their line. Raises `FileFailed`.
    """
    faults: list[Fault] = []
    articles: dict[str, ArticleRecord] = {}
    names = {part.name for part in source.parts}
    paths = {key: f"{path}{LINE}1" if path in names else path for key, path in source.paths.items()}
    for record, path in _records(source, faults):
        slug = record.article.id
        if articles.setdefault(slug, record) is record:
            paths[f"articles.{slug}"] = path
        else:
            faults += placed([_twice(slug, path, paths[f"articles.{slug}"])])
    corpus = Corpus(
        header=source.frame.header, entities=source.frame.entities, articles=tuple(articles.values()), paths=paths
    )
    return corpus, sorted([*faults, *check_corpus(corpus, texts, Gaps(foreign=bool(faults)))])


def _records(source: Source, faults: list[Fault]) -> Iterator[tuple[ArticleRecord, str]]:
    """The records of a source, each with its file and, in a file in bulk, its line after `LINE`."""
    for path in source.files:
        record, found = read_article(path)
        faults += found
        if record is not None:
            yield record, shown_path(path)
    for name, number, line in numbered_lines(source.parts):
        record, found = examine(line, name, number)
        faults += found
        if record is not None and not found:
            yield record, f"{name}{LINE}{number}"


def _twice(slug: str, path: str, first: str) -> Fault:
    return Fault(
        path=path,
        line=0,
        column=0,
        code="KH020",
        keys=("article", "id"),
        expected="every id once",
        found=f"{shown(slug)} again",
        remedy=f"the first is at {first}",
    )
