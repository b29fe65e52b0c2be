"""Words as they sound, from Arabic or Latin script: what transliterations of one word keep."""

from __future__ import annotations

import functools
import itertools
from typing import Final

from khabar.matching.spelling import is_arabic, spelling

# Consonants are small letters, with capitals for what Latin writes in two: X kh, S sh, C ch, G gh, D dh, T th, Z zh.
# Vowels are a, e, i, o, u; w and y are glides; Y is the diphthong ay, W aw; "'" is what Latin mostly leaves out.
_VOWELS: Final = frozenset("aeiouYW")
_GLIDES: Final = {"w": "u", "y": "i", "Y": "i", "W": "u"}
_ARABIC: Final = dict(
    zip(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگڤڨڭ",
        "abtTjhXdDrzsSsdtz'GfqklmnhwypCZgvgg",
        strict=True,
    )
)
# What Arabic writes in two letters for a sound that it has none for.
_ARABIC_PAIRS: Final = (("تش", "چ"), ("تس", "س"))
_LATIN: Final = (
    *(("tch", "C"), ("sch", "S"), ("dsch", "j")),
    *(("kh", "X"), ("sh", "S"), ("ch", "C"), ("gh", "G"), ("dh", "D"), ("th", "T"), ("zh", "Z"), ("ph", "f")),
    *(("dj", "j"), ("ck", "k"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ie", "i"), ("ae", "Y"), ("ai", "Y")),
    *(("ay", "Y"), ("ei", "Y"), ("ey", "Y"), ("au", "W"), ("aw", "W"), ("aou", "W"), ("iy", "i"), ("uw", "u")),
    *(("ts", "s"), ("x", "ks"), ("c", "k")),
)

_NEAR: Final[dict[frozenset[str], float]] = {
    frozenset(pair): cost
    for pairs, cost in (
        ("ou wu yi", 0.03),
        ("ae ei qk", 0.05),
        ("ao bp fv GX Dd SC jZ", 0.10),
        ("ai eo Gg Tt jg qg Dz Yi Ye We Wo", 0.15),
        ("Yy Ww TS Wa Wu Gq Ck Gj", 0.22),
        ("au Ya", 0.28),
        ("iu Ts zd kg eu sz hX kX wv jy", 0.35),
    )
    for pair in pairs.split()
}
_OTHER: Final = 1.0
BOTH: Final = 2
"""Words of a pair that are in Arabic script, where both are."""
_LONG_VOWEL: Final = 0.3
# A vowel more: between two Latin words, across scripts, and between two Arabic words, where it is a letter.
_VOWEL: Final = (0.2, 0.06, 0.5)

_SHORTEST_WITH_ARTICLE: Final = 6

# For keys, what is mistaken for one another is one.
_COARSE: Final = str.maketrans("pvqgGXjZCDT", "bfkkkkkkkzt", "aeiouYWwyh'")


@functools.lru_cache(maxsize=65_536)
def sounds(word: str) -> str:
    """The sounds of one plain word.

    >>> sounds("khalifa"), sounds("خليفه"), sounds("muhammad"), sounds("shaykh")
    ('Xalifa', 'Xlyfh', 'muhamad', 'SYX')
    """
    if is_arabic(word):
        for pair, single in _ARABIC_PAIRS:
            word = word.replace(pair, single)
        found = "".join(_ARABIC.get(sign, sign) for sign in word)
    else:
        found = _latin(word)
    return _once(found)


def _latin(word: str) -> str:
    found: list[str] = []
    place = 0
    while place < len(word):
        for written, sound in _LATIN:
            if word.startswith(written, place):
                found.append(sound)
                place += len(written)
                break
        else:
            found.append(word[place])
            place += 1
    return "".join(found)


def _once(found: str) -> str:
    return "".join(sign for place, sign in enumerate(found) if place == 0 or found[place - 1] != sign)


@functools.lru_cache(maxsize=262_144)
def distance(word: str, other: str) -> float:
    """How far two plain words sound apart: 0 for one word, about 1 for each consonant that differs.

    A vowel that Arabic does not write costs little, another vowel more, a consonant that transliterations mistake for
    another (q, k and g; b and p) less than any other. A weighted Levenshtein distance.

    >>> distance("haftar", "hifter") < distance("hassan", "hussein") < distance("haftar", "hadad")
    True
    """
    scripts = is_arabic(word) + is_arabic(other)
    left, right = sounds(word), sounds(other)
    taken = [_alone(left, here, scripts=scripts) for here in range(len(left))]
    added = [_alone(right, there, scripts=scripts) for there in range(len(right))]
    row = list(itertools.accumulate(added, initial=0.0))
    for here, sign in enumerate(left):
        before, row = row, [row[0] + taken[here]]
        for there, instead in enumerate(right):
            row.append(
                min(
                    before[there + 1] + taken[here],
                    row[there] + added[there],
                    before[there] + _instead(sign, instead),
                )
            )
    return row[-1]


def closeness(word: str, other: str) -> float:
    """How like two plain words sound, from 0 to 1: one less the distance for each consonant of the longer."""
    if word == other:
        return 1.0
    length = max(_weight(sounds(word)), _weight(sounds(other)))
    return max(0.0, 1.0 - distance(word, other) / length)


def _weight(found: str) -> float:
    return 1.0 + sum(sign not in _VOWELS and sign != "'" for sign in found)


def _alone(found: str, place: int, *, scripts: int) -> float:
    sign = found[place]
    if sign == "'":
        return 0.02
    if sign in ("Y", "W"):
        return _LONG_VOWEL
    if sign in _VOWELS:
        return _VOWEL[scripts]
    is_last = place == len(found) - 1
    if sign == "h" and is_last:
        return 0.05
    if sign == "h":
        return 0.3
    if sign in "wy":
        return 0.7 if scripts == BOTH else 0.35
    return _OTHER


def _instead(sign: str, other: str) -> float:
    if sign == other:
        return 0.0
    near = _NEAR.get(frozenset((sign, other)))
    if near is not None:
        return near
    if _GLIDES.get(sign) == other or _GLIDES.get(other) == sign:
        return 0.06
    return 0.3 if sign in _VOWELS and other in _VOWELS else _OTHER


def keys(name: str) -> frozenset[str]:
    """Keys under which like names meet, one or a few a word: consonants alone, those that are mistaken as one.

    Names whose words all sound alike share a key for each word, in whichever script; names that are not alike mostly
    share none.

    >>> keys("Khalifa Haftar") == keys("خليفة حفتر") == keys("Kalifa Hifter")
    True
    """
    return frozenset(key for word in spelling(name).core for key in _keys(word))


def skeleton(name: str) -> str:
    """The consonants of a name in their order, those that are mistaken for one another as one.

    >>> skeleton("Khalifa Haftar"), skeleton("خليفة حفتر")
    ('klf ftr', 'klf ftr')
    """
    return " ".join(_key(word) for word in spelling(name).core)


@functools.lru_cache(maxsize=65_536)
def _key(word: str) -> str:
    return _once(sounds(word).translate(_COARSE)) or word


@functools.lru_cache(maxsize=65_536)
def _keys(word: str) -> frozenset[str]:
    forms = {word, without_latin_article(word)}
    found = set(map(_key, forms))
    # z stands for dhal and za, which others write with d, and for what Italians write with s.
    found |= {_once(key.replace("z", other)) for key in found if "z" in key for other in "ds"}
    return frozenset(found)


def without_latin_article(word: str) -> str:
    """A Latin word without an article that is written as part of it: Alwatiya; Ali and Elena stay.

    >>> without_latin_article("alwatiya"), without_latin_article("elena")
    ('watiya', 'elena')
    """
    return word[2:] if word.startswith(("al", "el")) and len(word) >= _SHORTEST_WITH_ARTICLE else word
