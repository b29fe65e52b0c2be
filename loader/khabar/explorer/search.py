"""Things found by the words of their names, whatever the script; by their sound where no word fits."""

from __future__ import annotations

import functools
from array import array
from collections.abc import Collection, Iterable
from heapq import nsmallest
from typing import Final, TypeAlias

from khabar.explorer.folding import ARTICLE, folded, forms, words
from khabar.explorer.kinds import NAMED
from khabar.explorer.reader import Reader
from khabar.explorer.values import Kind, Page, Thing
from khabar.matching.sounds import closeness, keys
from khabar.matching.spelling import is_arabic, spelling

Ranked: TypeAlias = "tuple[array[int], ...]"
"""Numbers of things in groups, those that fit best first; a group is in the order of the things."""

_END: Final = "\U0010ffff"
_MOST_WORDS: Final = 16
_READ: Final = 4_000
_BATCH: Final = 500
_SOUNDING: Final = 500
_ALIKE: Final = 0.75
_CALLED: Final = NAMED - {"source"}
_KEPT: Final = 32


class Search:
    """The search over one index; what was asked last is kept, so that its next page costs nothing."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._found = functools.lru_cache(maxsize=_KEPT)(self._find)

    def page(self, text: str, language: str, kinds: Collection[Kind], limit: int, offset: int) -> Page[Thing]:
        """One page of the things that ``text`` finds, of ``kinds`` where any are given."""
        groups = self._found(folded(text), frozenset(kinds))
        numbers: list[int] = []
        skipped = offset
        for group in groups:
            numbers += group[skipped : skipped + limit - len(numbers)]
            skipped = max(0, skipped - len(group))
        items = self._reader.things(numbers, language)
        return Page(items=items, total=sum(map(len, groups)), offset=offset, limit=limit)

    def _find(self, spelled: str, kinds: frozenset[Kind]) -> Ranked:
        wanted = words(spelled)
        if not wanted:
            return ()
        found = self._things(self._with_all(wanted), kinds)
        if not found:
            return (array("I", self._sounding(spelled, kinds)),)
        whole = self._spelled("folded = ?", ((each,) for each in _with_article(spelled)), kinds)
        beginning = self._spelled(
            "folded >= ? AND folded < ?", ((each, each + _END) for each in _with_article(spelled)), kinds
        )
        # Whoever is asked for by the last part of a name alone is not to come after each event that begins with it.
        beginning |= self._of(found, _CALLED)
        groups = (whole, beginning - whole, found - beginning - whole)
        return tuple(array("I", sorted(group)) for group in groups)

    def _things(self, names: Iterable[int], kinds: frozenset[Kind]) -> set[int]:
        owners = self._reader.owners
        return self._of({owners[name] for name in names}, kinds)

    def _of(self, things: set[int], kinds: frozenset[Kind]) -> set[int]:
        if not kinds:
            return things
        every = self._reader.kinds
        return {thing for thing in things if every[thing] in kinds}

    def _spelled(self, condition: str, ranges: Iterable[tuple[str, ...]], kinds: frozenset[Kind]) -> set[int]:
        """The things of which a folded name meets a condition."""
        sql = f"SELECT thing FROM names WHERE folded IS NOT NULL AND {condition}"  # noqa: S608 - one of two texts
        return self._of({thing for each in ranges for (thing,) in self._reader.rows(sql, each)}, kinds)

    def _with_all(self, wanted: tuple[str, ...]) -> Collection[int]:
        """The names in which each of the words begins a word."""
        ranges = [self._range(word) for word in dict.fromkeys(wanted[:_MOST_WORDS])]
        ranges.sort(key=lambda each: each[2])
        found: set[int] = set()
        for first, last, number in ranges:
            if not number:
                return ()
            if found and number > _READ * 8 and len(found) < _READ:
                # To look into a few names is quicker than to read where a common word is.
                return self._looked_through(found, wanted)
            names = self._postings(first, last)
            found = found & names if found else names
            if not found:
                return ()
        return found

    def _range(self, word: str) -> tuple[int, int, int]:
        """The places of the words that begin with ``word``, first and last, and in how many names they are."""
        ((first, last, number),) = self._reader.rows(
            "SELECT min(place), max(place), total(number) FROM words WHERE word >= ? AND word < ?", (word, word + _END)
        )
        return first or 0, last or 0, int(number)

    def _postings(self, first: int, last: int) -> set[int]:
        found: set[int] = set()
        for (names,) in self._reader.rows("SELECT names FROM postings WHERE place BETWEEN ? AND ?", (first, last)):
            found.update(array("I", names))
        return found

    def _looked_through(self, names: Collection[int], wanted: tuple[str, ...]) -> set[int]:
        found = set()
        ordered = sorted(names)
        for start in range(0, len(ordered), _BATCH):
            batch = ordered[start : start + _BATCH]
            sql = f"SELECT name, folded FROM names WHERE name IN ({', '.join('?' * len(batch))})"  # noqa: S608 - marks
            for name, spelled in self._reader.rows(sql, batch):
                own = [form for word in words(spelled) for form in forms(word)]
                if all(any(form.startswith(word) for form in own) for word in wanted):
                    found.add(name)
        return found

    def _sounding(self, spelled: str, kinds: frozenset[Kind]) -> list[int]:
        """The persons, bodies and places whose names have a word that sounds like each word of ``spelled``."""
        wanted = spelling(spelled).core[:_MOST_WORDS]
        found: set[int] | None = None
        for word in wanted:
            with_key = {
                name
                for key in keys(word)
                for (blob,) in self._reader.rows("SELECT names FROM sounds WHERE key = ?", (key,))
                for name in array("I", blob)
            }
            found = with_key if found is None else found & with_key
        names = nsmallest(_SOUNDING, found or ())
        likeness: dict[int, float] = {}
        sql = f"SELECT thing, text FROM names WHERE name IN ({', '.join('?' * len(names))})"  # noqa: S608 - marks
        for thing, text in self._reader.rows(sql, names):
            own = spelling(text).core
            like = min(max((closeness(word, other) for other in own), default=0.0) for word in wanted)
            likeness[thing] = max(likeness.get(thing, 0.0), like)
        alike = self._of({thing for thing, like in likeness.items() if like >= _ALIKE}, kinds)
        return sorted(alike, key=lambda thing: (-round(likeness[thing], 1), thing))


def _with_article(spelled: str) -> tuple[str, ...]:
    """A spelling, and the same with the article in front, which a name is found without."""
    return (spelled, ARTICLE + spelled) if is_arabic(spelled) else (spelled,)
