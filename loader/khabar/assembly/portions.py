"""All lines of a source in portions, the same ones on every way through it, and where each line is for people."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from khabar.assembly.tasks import Filed, Lines, Place, Text
from khabar.crew import Slot
from khabar.records.parts import Part, blocks

TEXT_SIZE: Final = 128 * 1024
"""The size of the lines, in bytes, that are taken from a compressed file at a time."""

PLAIN_SIZE: Final = 192 * 1024
"""The size of the lines, in bytes, that are taken from a plain file at a time; what is made of them is much larger."""

FILED_SIZE: Final = 256 * 1024
"""The size of the records that were read from YAML, in bytes, that make up a portion."""


class Article(NamedTuple):
    """An article that was read from a YAML file: its id, its line, the file, whom it refers to; see `Reading`."""

    id: str
    line: Slot
    path: str
    owners: tuple[str, ...]
    claims: bool
    sound: bool


class Portions:
    """The articles that were read from YAML files, by id, then the lines of ``parts``, in their order."""

    def __init__(self, articles: Sequence[Article], parts: Sequence[Part]) -> None:
        self._articles = articles
        self._parts = parts
        self._starts = _starts(articles)
        self._names: list[str] = []
        self._counted_through: set[int] = set()
        # By portion of the parts: which file, and how many of its lines were before. No more than that is kept.
        self._files = array("L")
        self._before = array("Q")
        self._last = 0

    @property
    def filed(self) -> int:
        """The number of portions that were read before."""
        return len(self._starts)

    def in_bulk(self) -> Iterator[tuple[int, Lines]]:
        """The portions of the parts, each with its number."""
        number = self.filed
        for part in self._parts:
            for lines in _portions(part):
                yield number, lines
                number += 1

    def all(self) -> Iterator[tuple[int, Lines]]:
        """All portions, each with its number."""
        for number, start in enumerate(self._starts):
            yield number, Filed([article.line for article in self._articles[start : self._end(number)]])
        yield from self.in_bulk()

    def see(self, lines: Lines) -> None:
        """Note the next portion in bulk."""
        name = "" if isinstance(lines, Filed) else lines.name
        if not self._names or self._names[-1] != name:
            self._names.append(name)
        file = len(self._names) - 1
        self._files.append(file)
        if isinstance(lines, Text):
            self._counted_through.add(file)

    def count(self, last: int) -> None:
        """Note the number of the last line of the next portion in bulk."""
        number = len(self._before)
        file = self._files[number]
        follows = number and self._files[number - 1] == file and file not in self._counted_through
        self._before.append(self._before[-1] + self._last if follows else 0)
        self._last = last

    def before(self, portion: int) -> int:
        """What is to be added to the number of a line of a portion for that in its file."""
        return self._before[portion - self.filed] if portion >= self.filed else 0

    def places(self) -> Iterator[tuple[Article, Place]]:
        """The articles that were read before, each with its place."""
        for portion, start in enumerate(self._starts):
            for number, article in enumerate(self._articles[start : self._end(portion)], 1):
                yield article, Place(portion, number)

    def article(self, place: Place) -> Article | None:
        """The article that was read before at a place; None for one in bulk."""
        if place.portion >= self.filed:
            return None
        return self._articles[self._starts[place.portion] + place.number - 1]

    def where(self, place: Place) -> tuple[str, int]:
        """The file of a line, and its number in that; 0 for a file of YAML."""
        article = self.article(place)
        if article is not None:
            return article.path, 0
        return self._names[self._files[place.portion - self.filed]], place.number + self.before(place.portion)

    def shown(self, place: Place) -> str:
        """The same as editors make it into a link."""
        name, line = self.where(place)
        return f"{name}:{line or 1}:1"

    def _end(self, portion: int) -> int:
        return self._starts[portion + 1] if portion + 1 < len(self._starts) else len(self._articles)


def _starts(articles: Sequence[Article]) -> list[int]:
    starts: list[int] = []
    size = FILED_SIZE
    for place, article in enumerate(articles):
        if size >= FILED_SIZE:
            starts.append(place)
            size = 0
        size += article.line.size
    return starts


def _portions(part: Part) -> Iterator[Lines]:
    if part.form in ("gzip", "zstd"):
        yield from _texts(part)
    elif part.form == "jsonl":
        yield from _ranges(part)
    else:
        yield part


def _ranges(part: Part) -> Iterator[Part]:
    """A range of a plain file as smaller ranges."""
    for start in range(part.start, max(part.end, part.start + 1), PLAIN_SIZE):
        end = min(start + PLAIN_SIZE, part.end)
        head = part.head if start == part.start else 0
        yield replace(part, start=start, end=end, head=head, size=end - start)


def _texts(part: Part) -> Iterator[Text]:
    """The lines of a compressed part, which only one reader can read."""
    data: list[bytes] = []
    size = first = 0
    for block in blocks(part):
        if not data:
            first = block.first
        data.append(block.data)
        size += len(block.data)
        if size >= TEXT_SIZE:
            yield Text(part.name, first, b"".join(data))
            data, size = [], 0
    if data:
        yield Text(part.name, first, b"".join(data))
