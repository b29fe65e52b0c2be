"""The head of records in bulk: what stands before the articles of a file, or in the metadata of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal, NamedTuple, Self, TypeAlias

import msgspec

from khabar.errors import Fault, FaultyData, FileFailed
from khabar.frame import Frame
from khabar.model import ArticleRecord, CorpusHeader, EntitiesFile, Entity
from khabar.reading import outline
from khabar.reading.decoding import decode
from khabar.reading.text import shown, shown_path
from khabar.records.json_lines import encode, read_tree

LineKind: TypeAlias = Literal["header", "entities", "article", "unknown"]

_ARTICLE: Final = frozenset(ArticleRecord.__struct_fields__) - {"entities"}
_HEADER: Final = frozenset(CorpusHeader.__struct_fields__)
_keys_of: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_ENTITIES_A_LINE: Final = 1000


class Head(NamedTuple):
    """What stands before the articles: the header and the entities, each ``None`` where there is none.

    ``lines`` and ``size`` are the lines and bytes that it takes. ``doubts`` are what is wrong with the first line,
    taken for a header, where it is nothing that khabar knows. ``articles`` tells whether anything follows.
    """

    header: CorpusHeader | None
    entities: dict[str, Entity] | None
    lines: int
    size: int
    doubts: tuple[Fault, ...] = ()
    articles: bool = False

    @property
    def frame(self) -> Frame | None:
        """The header with the entities, where there is a header."""
        return None if self.header is None else Frame(self.header, self.entities or {})


class Agreed(NamedTuple):
    """What articles are seen with, what people call the place it is from, and the files of the header and each entity.

    ``paths`` maps ``"corpus"`` and ``"entities.ID"`` to these, as `khabar.model.Corpus` does.
    """

    name: str
    frame: Frame
    paths: Mapping[str, str]

    @classmethod
    def of(cls, name: str, frame: Frame) -> Self:
        """The head of one file, or whatever is called so."""
        return cls(name, frame, {"corpus": name, **{f"entities.{slug}": name for slug in frame.entities}})


def folder_head(folder: Path) -> Agreed:
    """The head of a corpus in a folder. Raises `FaultyData` for its faults, those of articles excepted."""
    return _outlined(folder, articles=False)[0]


def folder_outline(folder: Path) -> tuple[Agreed, tuple[Path, ...]]:
    """The head of a corpus in a folder, and its articles in YAML. Raises `FaultyData` where these cannot be there."""
    return _outlined(folder, articles=True)


def _outlined(folder: Path, *, articles: bool) -> tuple[Agreed, tuple[Path, ...]]:
    corpus, files, faults = outline(folder)
    if not articles:
        # What gives its head alone need not have articles, and these are nobody's concern.
        below = shown_path(folder / "articles")
        faults = [fault for fault in faults if fault.path != below and not fault.path.startswith(f"{below}/")]
    if corpus is None or faults:
        raise FaultyData(faults)
    return Agreed(shown_path(folder), Frame(corpus.header, corpus.entities), corpus.paths), tuple(files)


def agreed(heads: Mapping[str, Head], given: Agreed | None, where: str, *, articles: bool) -> Agreed:
    """The head that all files go with, by their names: the one that is given, or the first there is.

    ``where`` is what people call all of them; ``articles`` tells whether any is among them. Raises `FileFailed` where
    there is no header, or not the same everywhere.
    """
    known = given or next((Agreed.of(name, head.frame) for name, head in heads.items() if head.frame is not None), None)
    if known is None:
        raise FileFailed(
            where=where,
            expected="the header of the corpus before its articles",
            found="articles alone" if articles else "nothing",
            remedy="name the folder of its corpus.yaml with --corpus FOLDER",
        )
    for name, head in heads.items():
        demand_same(head, name, known)
    return known


def demand_same(head: Head, name: str, known: Agreed) -> None:
    """Raise `FileFailed` where the head of the file ``name`` has something else than what is known."""
    remedy = "leave the head out of one"
    if head.header not in (None, known.frame.header):
        raise FileFailed(where=name, expected=f"the header of {known.name}", found="another", remedy=remedy)
    if head.entities not in (None, known.frame.entities):
        raise FileFailed(where=name, expected=f"the entities of {known.name}", found="others", remedy=remedy)


def line_kind(data: bytes) -> LineKind:
    """What a line holds, told by its keys; ``"unknown"`` where it is no map in JSON, or has none of khabar's keys.

    >>> line_kind(b'{"entities": {}}'), line_kind(b'{"article": {}, "entities": {}}')
    ('entities', 'article')
    """
    try:
        keys = _keys_of(data).keys()
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return "unknown"
    if keys & _ARTICLE:
        return "article"
    if keys & _HEADER:
        return "header"
    return "entities" if "entities" in keys else "unknown"


def head_lines(frame: Frame) -> Iterable[bytes]:
    """The canonical lines of a head, without line ends: the header, then the entities, a thousand a line.

    Entities come in the order that they have.
    """
    yield encode(frame.header)
    slugs = list(frame.entities)
    for start in range(0, len(slugs), _ENTITIES_A_LINE):
        yield encode(
            EntitiesFile(entities={slug: frame.entities[slug] for slug in slugs[start : start + _ENTITIES_A_LINE]})
        )


def read_head(lines: Iterable[tuple[int, bytes, int]], where: str) -> Head:
    """The head of a file, from its lines: number, text without its end, bytes up to its end.

    Reads up to the first line that is of another kind; that one may be faulty, and is not the head's. Raises
    `FaultyData` with all that is wrong with the lines before it (what a YAML file would be told for; KH007 for a
    second header, KH020 for an entity again).
    """
    reader = _Reader(where)
    for number, data, end in lines:
        kind = line_kind(data)
        if kind == "header":
            reader.header(data, number)
        elif kind == "entities":
            reader.entities(data, number)
        else:
            reader.articles = True
            if kind == "unknown" and not reader.lines:
                reader.doubt(data, number)
            break
        reader.lines, reader.size = number, end
    return reader.head()


def metadata_head(corpus: bytes | None, entities: bytes | None, where: str) -> Head:
    """The head in the metadata of a file: the header, and the entities by id, each as JSON.

    Raises `FaultyData`; faults stand at 1:1.
    """
    reader = _Reader(where)
    if corpus is not None:
        reader.header(corpus, 1)
    if entities is not None:
        reader.entities(b'{"entities":' + entities + b"}", 1)
    return reader.head()


class _Reader:
    def __init__(self, where: str) -> None:
        self._where = where
        self._faults: list[Fault] = []
        self._header: CorpusHeader | None = None
        self._entities: dict[str, Entity] | None = None
        self._places: dict[str, int] = {}
        self._doubts: list[Fault] = []
        self.lines = 0
        self.size = 0
        self.articles = False

    def head(self) -> Head:
        if self._faults:
            raise FaultyData(self._faults)
        return Head(self._header, self._entities, self.lines, self.size, tuple(self._doubts), self.articles)

    def header(self, data: bytes, line: int) -> None:
        if "corpus" in self._places:
            self._tell(line, "KH007", (), "one header", "a second one", "delete it")
            return
        self._places["corpus"] = line
        node = read_tree(data, self._where, line, self._faults)
        self._header = None if node is None else decode(node, CorpusHeader, self._where, self._faults)

    def doubt(self, data: bytes, line: int) -> None:
        node = read_tree(data, self._where, line, self._doubts)
        if node is not None:
            decode(node, CorpusHeader, self._where, self._doubts)

    def entities(self, data: bytes, line: int) -> None:
        node = read_tree(data, self._where, line, self._faults)
        read = None if node is None else decode(node, EntitiesFile, self._where, self._faults)
        self._entities = {} if self._entities is None else self._entities
        for slug, entity in ({} if read is None else read.entities).items():
            first = self._places.setdefault(f"entities.{slug}", line)
            if slug in self._entities:
                remedy = f"the first is at {self._where}:{first}:1"
                self._tell(line, "KH020", ("entities", slug), "every id once", f"{shown(slug)} again", remedy)
            else:
                self._entities[slug] = entity

    def _tell(self, line: int, code: str, keys: tuple[str, ...], expected: str, found: str, remedy: str) -> None:
        self._faults.append(
            Fault(
                path=self._where,
                line=line,
                column=1,
                code=code,
                keys=keys,
                expected=expected,
                found=found,
                remedy=remedy,
            )
        )
