"""Corpora as JSON Lines, with anything wrong in them, and what the careful way makes of them as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

import linked_corpora
from khabar.checks import errors
from khabar.errors import Fault
from khabar.formats.nquads import nquads_lines
from khabar.model import ArticleRecord, Corpus
from khabar.pipeline import quads
from khabar.records.json_lines import examine, id_of
from khabar.records.parts import blocks, lines
from khabar.records.sources import Source, open_source


def text(document: Any) -> bytes:
    """A document as a line of JSON, with its end."""
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def in_lines(documents: dict[str, Any]) -> list[bytes]:
    """The files of a corpus as lines: header, entities, articles."""
    return [text(document) for document in documents.values()]


def lay_down(documents: dict[str, Any], path: Path) -> Path:
    """Write the files of a corpus as one file of JSON Lines."""
    path.write_bytes(b"".join(in_lines(documents)))
    return path


class Told(NamedTuple):
    """A record that is left out: its line, its id, and what is wrong with it, remedies aside."""

    line: int
    id: str
    faults: list[tuple[str, str, str, str]]


class Whole(NamedTuple):
    """What a corpus gives: its N-Quads, the order of its articles, what is left out, what is wrong with its head."""

    nquads: list[str]
    articles: list[str]
    rejected: list[Told]
    head: list[str]


def told(line: int, slug: str, faults: Iterable[Fault]) -> Told:
    """What is told of a record."""
    # What else there is that may have been meant depends on what else is looked at.
    return Told(line, slug, sorted((fault.code, fault.field, fault.expected, fault.found) for fault in faults))


def careful(path: Path) -> Whole:
    """Look at the whole, leave out what has faults, and look again at the rest, until nothing has."""
    with open_source(path) as source:
        return _careful(source)


def _careful(source: Source) -> Whole:
    frame = source.frame
    records, rejected = _read(source)
    while True:
        paths = {f"articles.{record.article.id}": str(line) for line, record in records.items()}
        corpus = Corpus(header=frame.header, entities=frame.entities, articles=tuple(records.values()), paths=paths)
        found: dict[str, list[Fault]] = {}
        for fault in errors(corpus):
            found.setdefault(fault.path, []).append(fault)
        head = [f"{fault.code} {fault.field}" for path, own in found.items() if not path.isdecimal() for fault in own]
        if head or not found:
            break
        for path, own in found.items():
            rejected[int(path)] = told(int(path), records.pop(int(path)).article.id, own)
    return Whole(
        [] if head else list(nquads_lines(quads(corpus), frame.header.base)),
        [record.article.id for record in records.values()],
        [one for _, one in sorted(rejected.items())],
        sorted(head),
    )


def _read(source: Source) -> tuple[dict[int, ArticleRecord], dict[int, Told]]:
    """The records of a source by line, and those that cannot be read."""
    rejected: dict[int, Told] = {}
    records: dict[int, ArticleRecord] = {}
    first: dict[str, int] = {}
    before = 0
    for part in source.parts:
        last = part.head
        for block in blocks(part):
            last = block.first + block.line_count - 1
            for number, data in lines(block):
                line = before + number
                record, faults = examine(data, "", line)
                slug = id_of(data)
                if slug and first.setdefault(slug, line) != line:
                    faults.append(_twice(slug))
                if record is None or faults:
                    rejected[line] = told(line, slug, faults)
                else:
                    records[line] = record
        before += last
    return records, rejected


def _twice(slug: str) -> Fault:
    return Fault(
        path="",
        line=1,
        column=1,
        code="KH020",
        keys=("article", "id"),
        expected="every id once",
        found=f"{slug!r} again",
    )


def _without_claim(document: Any) -> Any:
    return document | {"claims": {}}


def _misspelt(document: Any) -> Any:
    return document | {"evnets": {}}


def _undated(document: Any) -> Any:
    return document | {"article": document["article"] | {"published": "2023-02-30"}}


def _unchanged(document: Any) -> Any:
    return document


MISHAPS: Final[Sequence[Callable[[Any], Any]]] = (_unchanged, _unchanged, _without_claim, _misspelt, _undated)
"""What happens to a record; most have it from others that they refer to."""


@st.composite
def files(draw: st.DrawFn) -> list[bytes]:
    """The lines of a file: header, entities, up to some nine articles, some of them again, some of them faulty."""
    header, entities, *articles = draw(linked_corpora.corpora()).values()
    found = [text(draw(st.sampled_from(MISHAPS))(article)) for article in articles]
    chosen = draw(st.lists(st.sampled_from(found), max_size=2)) if draw(st.booleans()) else []
    found = draw(st.permutations([*found, *chosen]))
    if draw(st.booleans()):
        found.insert(
            draw(st.integers(0, len(found))), draw(st.sampled_from([b"\n", b"{\n", b"[]\n", b"\xff\n", b'""\n']))
        )
    return [text(header), text(entities), *found]
