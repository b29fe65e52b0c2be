"""Finding the passage that an author quotes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import islice
from typing import Final

from khabar.errors import KhabarError
from khabar.model import Evidence
from khabar.passages import WHITE_SPACE, Text, text_of

_GAP = re.compile(rf"[{WHITE_SPACE}]*(?:\.\.\.|…)[{WHITE_SPACE}]*")
_SPACES = re.compile(rf"[{WHITE_SPACE}]+")
_TOLD: Final = 3
_LONGEST: Final = 20_000


class QuotationRefused(KhabarError):
    """A quotation stands nowhere in the text, or at more than one place (``code`` KH051)."""

    code: Final = "KH051"


def cite(text: str | Text, quotation: str, paragraph: int | None = None) -> Evidence:
    r"""The block that proves a passage of ``text``, quoted whole or as ``first words ... last words``.

    Letters are compared exactly, after NFC; any run of white space equals any other. ``...`` or ``…`` stands for
    whatever lies between inside one paragraph, unless the text has those dots there itself. Raises QuotationRefused
    where the passage is not found, with the nearest paragraph, or where several places fit, with the first of them;
    ``paragraph`` says which.

    >>> cite("No ferry.\n\nThe port said no.", "The ... no")
    Evidence(paragraph=2, start=0, end=16, sha256='ce719b35eab24fff7f9039f04cb095a6627b135d120d0e3547d77da430d1e33b')
    """
    text = text if isinstance(text, Text) else text_of(text)
    wanted = _SPACES.sub(" ", unicodedata.normalize("NFC", quotation)).strip(" ")
    parts = _GAP.split(wanted)
    if not any(parts) or len(wanted) > _LONGEST:
        raise _refused("words of the text", f"{len(wanted)} characters", "quote a passage, or its first and last words")
    places = _places(text, [wanted], paragraph)
    if not places and len(parts) > 1:
        if not all(parts):
            raise _refused("words on both sides of the dots", repr(_short(wanted)), "give the first and the last words")
        places = _places(text, parts, paragraph)
    if len(places) == 1:
        return text.evidence(*places[0])
    if places:
        raise _ambiguous(wanted, places)
    if paragraph is not None:
        where = f"a passage of paragraph {paragraph}"
        raise _refused(where, repr(_short(wanted)), "correct the paragraph, or leave it out")
    raise _refused("a passage of the text", repr(_short(wanted)), _nearest(text, parts))


def _places(text: Text, parts: list[str], paragraph: int | None) -> list[tuple[int, int, int]]:
    patterns = [pattern(part) for part in parts]
    found = (
        (number, start, end)
        for number, line in enumerate(text.paragraphs, start=1)
        if paragraph in (None, number)
        for start, end in _spans(line, patterns)
    )
    return list(islice(found, _TOLD + 1))


def pattern(part: str) -> re.Pattern[str]:
    """What finds ``part`` in a text, any run of white space being like any other."""
    return re.compile(f"[{WHITE_SPACE}]+".join(re.escape(word) for word in _SPACES.split(part)))


def _spans(line: str, patterns: list[re.Pattern[str]]) -> Iterator[tuple[int, int]]:
    # Every first part with every last part behind it, if what lies between holds the others in order.
    starts = _all(patterns[0], line)
    if len(patterns) == 1:
        yield from starts
        return
    ends = _all(patterns[-1], line)
    for start, first_end in starts:
        after = _passed(line, patterns[1:-1], first_end)
        if after is not None:
            yield from ((start, end) for begin, end in ends if begin >= after)


def _passed(line: str, patterns: list[re.Pattern[str]], after: int) -> int | None:
    for each in patterns:
        found = each.search(line, after)
        if found is None:
            return None
        after = found.end()
    return after


def _all(part: re.Pattern[str], line: str) -> list[tuple[int, int]]:
    # Occurrences that overlap count: each is another reading of the quotation.
    found = []
    match = part.search(line)
    while match:
        found.append(match.span())
        match = part.search(line, match.start() + 1)
    return found


def _ambiguous(wanted: str, places: list[tuple[int, int, int]]) -> QuotationRefused:
    told = ", ".join(f"paragraph {number} from {start} to {end}" for number, start, end in places[:_TOLD])
    more = " and more" if len(places) > _TOLD else ""
    return _refused(
        "a quotation that fits one place",
        f"{_short(wanted)!r} in {told}{more}",
        "give more of its first and last words"
        + (", or its paragraph" if len({place[0] for place in places}) > 1 else ""),
    )


def _nearest(text: Text, parts: list[str]) -> str:
    """What the text has instead: the same words in other signs, or the paragraph that shares most words."""
    for part in parts:
        for number, line in enumerate(text.paragraphs, start=1):
            folded, origins = _folded(line)
            key = _folded(part)[0]
            at = folded.find(key) if key else -1
            if at >= 0 and not pattern(part).search(line):
                found = line[origins[at] : origins[at + len(key) - 1] + 1]
                return f"paragraph {number} has {_short(found)!r}, which differs in marks or signs"
    standing = [_first_paragraph(text, part) for part in parts]
    if all(standing):
        where = ", ".join(str(number) for number in dict.fromkeys(standing))
        return f"its parts stand in paragraph {where}, in another order or apart; a passage lies in one paragraph"
    number, part = _most_alike(text, parts)
    if not number:
        return "check that it is the text of this article"
    line = text.paragraphs[number - 1]
    match = SequenceMatcher(None, line[:_LONGEST], part, autojunk=False).find_longest_match()
    around = line[max(0, match.a - 10) : match.a + len(part) + 10]
    return f"the nearest is paragraph {number}: {_short(around)!r}; a passage lies in one paragraph"


def _first_paragraph(text: Text, part: str) -> int:
    found = (number for number, line in enumerate(text.paragraphs, start=1) if pattern(part).search(line))
    return next(found, 0)


def _most_alike(text: Text, parts: list[str]) -> tuple[int, str]:
    # The paragraph that shares most words with one of the parts, from 1; 0 where none shares any.
    best = (0, 0, "")
    for number, line in enumerate(text.paragraphs, start=1):
        words = set(line.split())
        for part in parts:
            shared = len(words & set(part.split()))
            if shared > best[0]:
                best = (shared, number, part)
    return best[1:]


def _folded(words: str) -> tuple[str, list[int]]:
    # Letters alone, without case, vowel signs, tatweel, direction marks, white space and kinds of quotation mark.
    letters, origins = [], []
    for index, sign in enumerate(words):
        for letter in unicodedata.normalize("NFKD", sign).casefold():
            if letter.isalnum() and letter != "\u0640":
                letters.append(letter)
                origins.append(index)
    return "".join(letters), origins


def _short(words: str, most: int = 60) -> str:
    return words if len(words) <= most else words[: most - 1] + "…"


def _refused(expected: str, found: str, remedy: str) -> QuotationRefused:
    return QuotationRefused(where="quotation", expected=expected, found=found, remedy=remedy)
