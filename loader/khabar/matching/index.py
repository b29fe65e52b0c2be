"""Names found again among many, in either script, without comparing all of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import Final

import msgspec

from khabar.matching.likeness import Likeness, likeness
from khabar.matching.sounds import keys, skeleton
from khabar.matching.spelling import plain

_COMMON: Final = 500
_SOUNDING: Final = 2000
_COMPARED: Final = 30
_LIKE: Final = 60.0


class Hit(msgspec.Struct, frozen=True):
    """One thing that was found: its number, the name of it that fits best, and how like that is."""

    number: int
    name: str
    likeness: Likeness


class NameIndex:
    """The names of many things, each thing by its number.

    >>> index = NameIndex([["Tobruk", "طبرق"], ["Khalifa Haftar"]])
    >>> [hit.number for hit in index.find("Tubruq")], index.beginning("haf")
    ([0], [1])
    """

    def __init__(self, names: Sequence[Iterable[str]]) -> None:
        self._names = [tuple(dict.fromkeys(own)) for own in names]
        self._skeletons = [tuple(dict.fromkeys(map(skeleton, own))) for own in self._names]
        self._by_key: dict[str, list[int]] = {}
        beginnings: set[tuple[str, int]] = set()
        self._plain: list[str] = []
        self._owner: list[int] = []
        for number, own in enumerate(self._names):
            for name in own:
                spelled = plain(name)
                self._plain.append(spelled)
                self._owner.append(number)
                words = spelled.split()
                beginnings.update((" ".join(words[place:]), number) for place in range(len(words)))
            for key in frozenset().union(*map(keys, own)):
                self._by_key.setdefault(key, []).append(number)
        self._beginnings = sorted(beginnings)

    def find(self, name: str, limit: int = 10) -> list[Hit]:
        """The things that are most likely called ``name``, the likeliest first; none where nothing is like it."""
        numbers = self._sounding(name) or self._looking(name)
        hits = [self._hit(number, name) for number in numbers]
        hits.sort(key=lambda hit: (-hit.likeness.score, hit.number))
        return [hit for hit in hits if 100 * hit.likeness.score >= _LIKE][:limit]

    def beginning(self, prefix: str, limit: int = 10, skipped: int = 0) -> list[int]:
        """The things of which a name, or a word in a name, begins with ``prefix``, in the order of what begins so."""
        wanted = plain(prefix)
        found: dict[int, None] = {}
        place = bisect_left(self._beginnings, (wanted, -1))
        while place < len(self._beginnings) and len(found) < skipped + limit:
            text, number = self._beginnings[place]
            if not text.startswith(wanted):
                break
            found[number] = None
            place += 1
        return list(found)[skipped:]

    def _sounding(self, name: str) -> list[int]:
        """Those that share keys with ``name``, by their consonants; the commonest words are looked for last."""
        from rapidfuzz.distance import Indel

        found: Counter[int] = Counter()
        lists = sorted((self._by_key[key] for key in keys(name) if key in self._by_key), key=len)
        for numbers in lists:
            if len(numbers) > _COMMON and found:
                found.update(number for number in numbers if number in found)
            else:
                found.update(numbers)
        wanted = skeleton(name)
        close = [
            (max(Indel.normalized_similarity(wanted, own) for own in self._skeletons[number]), -number)
            for number, _ in found.most_common(_SOUNDING)
        ]
        return [-number for _, number in nlargest(_COMPARED, close)]

    def _looking(self, name: str) -> list[int]:
        """Those of which a name has nearly the letters of ``name``: what is misspelt shares no key."""
        from rapidfuzz import process
        from rapidfuzz.distance import Indel

        close = process.extract(
            plain(name), self._plain, scorer=Indel.normalized_similarity, limit=20, score_cutoff=_LIKE / 100
        )
        return list(dict.fromkeys(self._owner[place] for _, _, place in close))

    def _hit(self, number: int, name: str) -> Hit:
        best = max(self._names[number], key=lambda own: likeness(name, own).score, default="")
        return Hit(number, best, likeness(name, best))
