"""Passages of a text: paragraphs, offsets and digests that prove evidence without keeping a word of it.

What a text is, so that everyone counts alike: UTF-8 without its byte order mark, normalised to NFC, its line ends
(CR LF, CR or LF) written LF. A line ends there and nowhere else: not at U+2028, VT or FF. A paragraph is a line that
holds more than white space (the Unicode property White_Space; a line of a right-to-left mark alone is a paragraph),
counted from 1. Offsets are code points from the start of its line, white space included, end exclusive.
"""

from __future__ import annotations

import enum
import hashlib
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from khabar.errors import FileFailed, KhabarError
from khabar.model import Evidence

LARGEST: Final = 8_000_000
"""The largest text that is read, in bytes."""

BUDGET: Final = 2_000_000
"""How many places one round of a search tries for all passages of a text; some two seconds."""

WHITE_SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_SPACE = re.compile(rf"[{WHITE_SPACE}]*")
# Where a passage can begin (a word or a sign, after what is no letter) and end (after a word or a sign).
_WORD_START = re.compile(r"(?<!\w)(?=\S)")
_WORD_END = re.compile(r"(?<=\S)(?!\w)")


class TextRefused(KhabarError):
    """A file is no text that khabar reads: not UTF-8 (``code`` KH002) or too large (KH004)."""

    def __init__(self, *, code: str, where: str, expected: str, found: str, remedy: str = "") -> None:
        self.code = code
        super().__init__(where=where, expected=expected, found=found, remedy=remedy)


class Text(NamedTuple):
    """A text in the form that is counted and digested; see the module."""

    whole: str
    paragraphs: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The SHA-256 of the UTF-8 of the whole, in hexadecimal."""
        return digest(self.whole)

    @property
    def length(self) -> int:
        """How many code points the whole has."""
        return len(self.whole)

    def passage(self, paragraph: int, start: int, end: int) -> str:
        """The words of a passage; "" where the text has no such place."""
        if not (1 <= paragraph <= len(self.paragraphs) and 0 <= start < end <= len(self.paragraphs[paragraph - 1])):
            return ""
        return self.paragraphs[paragraph - 1][start:end]

    def evidence(self, paragraph: int, start: int, end: int) -> Evidence:
        """The block that proves a passage of this text."""
        words = self.passage(paragraph, start, end)
        return Evidence(paragraph=paragraph, start=start, end=end, sha256=digest(words))


class State(enum.Enum):
    """Where a passage is: where it was recorded, elsewhere, or nowhere."""

    SAME = "same"
    MOVED = "moved"
    MISSING = "missing"


class Proof(NamedTuple):
    """What a text says of a passage; ``evidence`` is its place there, None where it is missing.

    ``searched`` tells of a missing passage whether every place was tried; in a long text, some may not have been.
    """

    state: State
    evidence: Evidence | None
    searched: bool = True


def read_text(path: Path | str) -> Text:
    """The text of a file.

    Raises FileFailed where the file cannot be read, TextRefused where it is not UTF-8 or larger than ``LARGEST``.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = error if isinstance(error, OSError) else OSError(0, str(error))
        raise FileFailed.from_os(path, reason, "a text file that can be read") from error
    if len(content) > LARGEST:
        raise TextRefused(
            code="KH004",
            where=str(path),
            expected=f"a text of at most {LARGEST:,} bytes",
            found="a larger one",
            remedy="keep the article alone, as plain text",
        )
    try:
        return text_of(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise TextRefused(
            code="KH002",
            where=str(path),
            expected="UTF-8",
            found=f"byte 0x{content[error.start]:02x} at offset {error.start}",
            remedy="save the text as UTF-8",
        ) from error


def text_of(content: str) -> Text:
    r"""The text that ``content`` holds, once normalised.

    >>> text_of("One.\r\n \t\r\nTwo.").paragraphs
    ('One.', 'Two.')
    """
    ends = content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    whole = unicodedata.normalize("NFC", ends)
    return Text(whole, tuple(line for line in whole.split("\n") if not _SPACE.fullmatch(line)))


def digest(words: str) -> str:
    """The SHA-256 of the UTF-8 of ``words``, in hexadecimal."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def prove_all(blocks: Sequence[Evidence], text: Text) -> list[Proof]:
    """Where ``text`` has each passage, one proof a block, in their order.

    A passage that is not in its place is looked for by its length and digest: in its own paragraph, nearest first;
    then everywhere between words; then at all places left, nearest paragraph first. Each of the three rounds tries
    ``BUDGET`` places at most, shared evenly by the passages that are still missing: a text of 20,000 code points
    with 100 passages is searched whole.
    """
    proofs = [_in_place(block, text) for block in blocks]
    search = _Search(text)
    for places in (search.own_paragraph, search.between_words, search.elsewhere):
        missing = [number for number, proof in enumerate(proofs) if proof.state is State.MISSING]
        for number in missing:
            proofs[number] = search.proof(blocks[number], places, proofs[number], BUDGET // len(missing))
    return proofs


def _in_place(block: Evidence, text: Text) -> Proof:
    words = text.passage(block.paragraph, block.start, block.end)
    return Proof(State.SAME, block) if words and digest(words) == block.sha256 else Proof(State.MISSING, None)


Places: TypeAlias = Callable[[Evidence], Iterator[tuple[int, int]]]


class _Search:
    """The places of a text where a passage can be, as pairs of a paragraph's number from 0 and a start."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.by_length = sorted(range(len(text.paragraphs)), key=lambda number: len(text.paragraphs[number]))
        self.long_enough: dict[int, list[int]] = {}
        self.words: dict[int, tuple[list[int], set[int]]] = {}

    def proof(self, block: Evidence, places: Places, before: Proof, budget: int) -> Proof:
        length = block.end - block.start
        if length <= 0:
            return before
        for number, start in islice(places(block), budget):
            if digest(self.text.paragraphs[number][start : start + length]) == block.sha256:
                return Proof(State.MOVED, self.text.evidence(number + 1, start, start + length))
        whole = places == self.between_words or next(islice(places(block), budget, None), None) is None
        return Proof(State.MISSING, None, before.searched and whole)

    def own_paragraph(self, block: Evidence) -> Iterator[tuple[int, int]]:
        number = block.paragraph - 1
        if number < len(self.text.paragraphs):
            last = len(self.text.paragraphs[number]) - (block.end - block.start)
            yield from ((number, start) for start in _outwards(block.start, last))

    def between_words(self, block: Evidence) -> Iterator[tuple[int, int]]:
        length = block.end - block.start
        for number in self._paragraphs(block):
            starts, ends = self._words(number)
            yield from ((number, start) for start in starts if start + length in ends)

    def elsewhere(self, block: Evidence) -> Iterator[tuple[int, int]]:
        for number in self._paragraphs(block):
            if number != block.paragraph - 1:
                last = len(self.text.paragraphs[number]) - (block.end - block.start)
                yield from ((number, start) for start in range(last + 1))

    def _paragraphs(self, block: Evidence) -> Iterator[int]:
        # Those that can hold the passage, the nearest first: a text can have millions that are too short.
        length = block.end - block.start
        if length not in self.long_enough:
            shorter = bisect_left(self.by_length, length, key=lambda number: len(self.text.paragraphs[number]))
            self.long_enough[length] = sorted(self.by_length[shorter:])
        numbers = self.long_enough[length]
        yield from _nearest_first(numbers, min(block.paragraph - 1, len(self.text.paragraphs) - 1))

    def _words(self, number: int) -> tuple[list[int], set[int]]:
        if number not in self.words:
            line = self.text.paragraphs[number]
            self.words[number] = (
                [found.start() for found in _WORD_START.finditer(line)],
                {found.start() for found in _WORD_END.finditer(line)},
            )
        return self.words[number]


def _nearest_first(numbers: Sequence[int], near: int) -> Iterator[int]:
    # Of two that are as near, the lower before the higher; ``numbers`` rise.
    above = bisect_left(numbers, near)
    below = above - 1
    while below >= 0 or above < len(numbers):
        if above == len(numbers) or (below >= 0 and near - numbers[below] <= numbers[above] - near):
            yield numbers[below]
            below -= 1
        else:
            yield numbers[above]
            above += 1


def _outwards(near: int, last: int) -> Iterator[int]:
    # 0 to ``last``, the nearest to ``near`` first, the lower of two before the higher.
    if last < 0:
        return
    middle = min(near, last)
    yield middle
    for step in range(1, max(middle, last - middle) + 1):
        if middle - step >= 0:
            yield middle - step
        if middle + step <= last:
            yield middle + step
