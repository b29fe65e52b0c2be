"""The head of records in bulk: what stands before the articles of a file, or in the metadata of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from khabar.errors import Fault, FaultyData
from khabar.frame import Frame
from khabar.model import ArticleRecord, CorpusHeader, EntitiesFile, Entity
from khabar.reading.decoding import decode
from khabar.reading.text import shown
from khabar.records.json_lines import encode, read_tree

LineKind: TypeAlias = Literal["header", "entities", "article", "unknown"]

_ARTICLE: Final = frozenset(ArticleRecord.__struct_fields__) - {"entities"}
_HEADER: Final = frozenset(CorpusHeader.__struct_fields__)
_keys_of: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_ENTITIES_A_LINE: Final = 1000


class Head(NamedTuple):
    """What stands before the articles: the header and the entities, each ``None`` where there is none.

    ``lines`` and ``size`` are the lines and bytes that it takes. ``doubts`` are what is wrong with the first line,
    taken for a header, where it is nothing that khabar knows.
    """

    header: CorpusHeader | None
    entities: dict[str, Entity] | None
    lines: int
    size: int
    doubts: tuple[Fault, ...] = ()

    @property
    def frame(self) -> Frame | None:
        """The header with the entities, where there is a header."""
        return None if self.header is None else Frame(self.header, self.entities or {})


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

    def head(self) -> Head:
        if self._faults:
            raise FaultyData(self._faults)
        return Head(self._header, self._entities, self.lines, self.size, tuple(self._doubts))

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
