"""Names without what writers of one name differ in: orthography, the article, order of words, particles."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

import msgspec

# What Arabic orthography leaves to the writer: the seat of hamza, ta marbuta or ha, alef maqsura or ya, tatweel; and
# the letters of Persian and Urdu keyboards.
_ARABIC: Final = str.maketrans(
    {
        **dict.fromkeys("أإآٱٲٳ", "ا"),
        **dict.fromkeys("ىیېے", "ي"),
        **dict.fromkeys("ةۀۃہھە", "ه"),
        **dict.fromkeys("کڪ", "ك"),
        "ؤ": "و",
        "ئ": "ي",
        "ء": "",
        "ـ": "",
    }
)
# Letters that no decomposition takes apart.
_LATIN: Final = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "dh"}
)
_SILENT: Final = re.compile(r"['’‘`´ʼʻʾʿˈʹ]")
_BREAK: Final = re.compile(r"[\W_]+")
_INVERTED: Final = re.compile(r"^([^,،]+)[,،]\s*([^,،]+)$")

_ARTICLES: Final = frozenset({"al", "el", "ul", "il", "the", "ال"})
# The article before a sun letter, as ALA-LC does not write it and newspapers do: ar-Rahman, as-Sadr.
_ASSIMILATED: Final = frozenset(
    {"ad", "ar", "as", "at", "az", "an", "ash", "adh", "ath", "ed", "er", "es", "ez", "esh"}
)
_KINSHIP: Final = frozenset({"bin", "ibn", "ben", "bn", "bint", "ould", "ag", "بن", "ابن", "بنت", "ولد"})
_SERVANT: Final = frozenset({"abd", "abdu", "abdul", "abdel", "abdal", "عبد"})
_LONG_ENOUGH: Final = 4


class Spelling(msgspec.Struct, frozen=True):
    """One name, taken apart: its plain spelling, and its words without article, particles and titles."""

    plain: str
    words: tuple[str, ...]
    core: tuple[str, ...]

    @property
    def joined(self) -> str:
        """The core without spaces: Yunus-bek and Yunusbek are one."""
        return "".join(self.core)


def plain(text: str) -> str:
    """``text`` in the spelling that its variants share: NFKC, small letters, no diacritics, no tatweel.

    In Arabic also without the seat of hamza, with ha for ta marbuta and ya for alef maqsura. Words are parted by single
    spaces; the article stays.

    >>> plain("Miṣrātah") == plain("MISRATAH"), plain("أحمد الطّيّب"), plain("مصراتة") == plain("مصراته")
    (True, 'احمد الطيب', True)
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(sign for sign in unicodedata.normalize("NFKD", _SILENT.sub("", text)) if not _is_mark(sign))
    text = text.translate(_LATIN).translate(_ARABIC)
    return _BREAK.sub(" ", unicodedata.normalize("NFC", text)).strip()


def _is_mark(sign: str) -> bool:
    # Cf holds the marks of direction and the joiners, which take no ink.
    return unicodedata.category(sign) in ("Mn", "Cf")


_TITLES: Final = frozenset(
    map(
        plain,
        {
            *(
                "general",
                "gen",
                "lieutenant",
                "lt",
                "colonel",
                "col",
                "marshal",
                "field",
                "major",
                "brigadier",
                "admiral",
            ),
            *(
                "president",
                "minister",
                "prime",
                "sheikh",
                "shaykh",
                "sheik",
                "dr",
                "doctor",
                "prof",
                "professor",
                "mr",
                "mrs",
            ),
            *(
                "ms",
                "sir",
                "lord",
                "prince",
                "king",
                "emir",
                "haj",
                "hajj",
                "ayatollah",
                "imam",
                "ambassador",
                "sen",
                "senator",
            ),
            *(
                "المشير",
                "الفريق",
                "اللواء",
                "العميد",
                "العقيد",
                "الجنرال",
                "جنرال",
                "فريق",
                "لواء",
                "عميد",
                "عقيد",
                "مشير",
            ),
            *(
                "الرئيس",
                "الشيخ",
                "شيخ",
                "الدكتور",
                "دكتور",
                "د",
                "السيد",
                "السيده",
                "الاستاذ",
                "الامير",
                "الحاج",
                "السفير",
            ),
            *("الوزير", "المستشار", "المهندس", "البروفيسور", "الملك", "السلطان", "الامام"),
        },
    )
)
"""Words before a name that are no part of it."""


def is_arabic(text: str) -> bool:
    """Tell whether the first letter of ``text`` is of the Arabic script.

    >>> is_arabic("طبرق"), is_arabic("Tobruk")
    (True, False)
    """
    for sign in text:
        if sign.isalpha():
            return "؀" <= sign <= "ۿ" or "ݐ" <= sign <= "ݿ" or "ﭐ" <= sign <= "ﻼ"
    return False


@functools.lru_cache(maxsize=65_536)
def spelling(name: str) -> Spelling:
    """``name`` taken apart; "Family, Given" is turned around.

    >>> spelling("General Khalifa Haftar").core, spelling("Abd al-Rahman").core, spelling("الوطية").core
    (('khalifa', 'haftar'), ('abdrahman',), ('وطيه',))
    """
    if inverted := _INVERTED.match(name):
        name = f"{inverted[2]} {inverted[1]}"
    whole = plain(name)
    words = tuple(whole.split())
    return Spelling(whole, words, _core(words) or words)


def _core(words: tuple[str, ...]) -> tuple[str, ...]:
    core: list[str] = []
    servant = False
    for place, word in enumerate(words):
        is_last = place == len(words) - 1
        if word in _KINSHIP or ((word in _ARTICLES or word in _ASSIMILATED) and not is_last):
            continue
        if word in _TITLES and not core and not is_last:
            continue
        if word in _SERVANT and not is_last:
            servant = True
            continue
        bare = _without_article(word)
        # Abdul Rahman, Abd al-Rahman, Abdulrahman and عبد الرحمن are one word.
        of = ("عبد" if is_arabic(bare) else "abd") if servant else ""
        servant = False
        core.append(_servant(of + bare))
    return tuple(core)


def _without_article(word: str) -> str:
    if word.startswith("ال") and len(word) > _LONG_ENOUGH:
        return word[2:]
    return word


def _servant(word: str) -> str:
    for written, short in (("عبدال", "عبد"), ("abdul", "abd"), ("abdel", "abd"), ("abdal", "abd"), ("abdu", "abd")):
        if word.startswith(written) and len(word) > len(written) + 2:
            return short + word[len(written) :]
    return word
