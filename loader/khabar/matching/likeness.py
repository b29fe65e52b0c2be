"""How like two names are, and in what manner."""

from __future__ import annotations

import functools
from typing import Final, Literal, TypeAlias

import msgspec

from khabar.matching.sounds import closeness, without_latin_article
from khabar.matching.spelling import Spelling, is_arabic, spelling

Manner: TypeAlias = Literal[
    "same", "orthography", "article", "order", "transliteration", "shorter", "near", "different"
]
"""How two names agree: letter for letter; but for orthography; for article, particles or titles; for the order of
words; as transliterations of one another; one is a shorter form of the other; few letters differ; not at all."""

_SOUNDS_ALIKE: Final = 0.86
_SOUNDS_NEAR: Final = 0.93
_NEAR: Final = 0.88
_INITIAL: Final = 0.8


class Likeness(msgspec.Struct, frozen=True):
    """How like two names are: ``score`` from 0 to 1, and the manner."""

    score: float
    manner: Manner


@functools.lru_cache(maxsize=262_144)
def likeness(name: str, other: str) -> Likeness:
    """How like ``name`` and ``other`` are, each in Arabic or Latin script.

    Symmetric. 1 is for the same letters; from 0.9 the names can be those of one thing as two writers have them; below
    0.7 they are not.

    >>> likeness("Misrata", "Misurata").manner, likeness("خليفة حفتر", "Khalifa Haftar").manner
    ('transliteration', 'transliteration')
    >>> likeness("Michael Langley", "Langley, Michael").manner, likeness("Misrata", "Misrata District").manner
    ('orthography', 'shorter')
    """
    if name == other:
        return Likeness(1.0, "same")
    here, there = spelling(name), spelling(other)
    if not here.plain or not there.plain:
        return Likeness(0.0, "different")
    if here.plain == there.plain:
        return Likeness(0.99, "orthography")
    if here.core == there.core:
        return Likeness(0.97, "article")
    if here.joined == there.joined:
        return Likeness(0.97, "orthography")
    if sorted(here.core) == sorted(there.core):
        return Likeness(0.95, "order")
    return max(_by_sound(here, there), _by_letters(here, there), key=lambda found: found.score)


def _by_sound(here: Spelling, there: Spelling) -> Likeness:
    joined = closeness(here.joined, there.joined)
    short, long = sorted((here.core, there.core), key=lambda words: (len(words), words))
    pairs, in_order = _paired(short, long)
    worst = min((score for score in pairs), default=0.0)
    mean = sum(pairs) / len(pairs) if pairs else 0.0
    if len(short) == len(long) and worst >= _SOUNDS_ALIKE:
        score = mean if in_order else mean - 0.03
        return Likeness(round(0.97 * max(score, joined if in_order else 0.0), 4), "transliteration")
    if joined >= _SOUNDS_NEAR and len(short) != len(long):
        return Likeness(round(0.96 * joined, 4), "transliteration")
    if len(short) < len(long) and worst >= _SOUNDS_ALIKE:
        return Likeness(round(_shortened(short, long, mean), 4), "shorter")
    return Likeness(round(0.6 * mean * len(short) / len(long), 4), "different")


def _paired(short: tuple[str, ...], long: tuple[str, ...]) -> tuple[list[float], bool]:
    """For each word of the shorter name how like its partner is, best first taken; and whether they stand in order."""
    grid = sorted(
        ((_word(mine, yours), -abs(i - j), i, j) for i, mine in enumerate(short) for j, yours in enumerate(long)),
        reverse=True,
    )
    partner: dict[int, int] = {}
    scores: dict[int, float] = {}
    for score, _, i, j in grid:
        if i not in partner and j not in partner.values():
            partner[i] = j
            scores[i] = score
    found = [partner[i] for i in range(len(short)) if i in partner]
    return [scores[i] for i in sorted(scores)], found == sorted(found)


def _word(word: str, other: str) -> float:
    if word != other and 1 in (len(word), len(other)):
        # An initial stands for a name that begins with it.
        return _INITIAL + 0.06 if word[0] == other[0] and is_arabic(word) == is_arabic(other) else 0.0
    # A Latin article that is written as part of the word.
    forms = [(word, other)]
    if word.startswith(("al", "el")) != other.startswith(("al", "el")):
        forms += [(without_latin_article(word), other), (word, without_latin_article(other))]
    return max(closeness(mine, yours) for mine, yours in forms)


def _shortened(short: tuple[str, ...], long: tuple[str, ...], mean: float) -> float:
    # Of a person's names the first and the last are kept, and those between are left out.
    ends = min(_word(short[0], long[0]), _word(short[-1], long[-1])) >= _SOUNDS_ALIKE
    if len(short) > 1:
        return mean * (0.92 if ends else 0.85)
    return mean * 0.72


def _by_letters(here: Spelling, there: Spelling) -> Likeness:
    from rapidfuzz.distance import Indel

    if is_arabic(here.plain) != is_arabic(there.plain):
        return Likeness(0.0, "different")
    ratio = Indel.normalized_similarity(here.plain, there.plain)
    if ratio >= _NEAR:
        return Likeness(round(0.9 * ratio, 4), "near")
    return Likeness(round(0.6 * ratio, 4), "different")
