"""Names as they are searched: without what spelling leaves to the writer, word by word."""

from __future__ import annotations

import functools
import unicodedata
from typing import Final

from khabar.explorer.survey import LONGEST
from khabar.matching.spelling import plain

ARTICLE: Final = "ال"
_WORD: Final = 64
_ROUNDS: Final = 4


def folded(text: str) -> str:
    """``text`` in the spelling under which it is searched; never empty for a text that is not.

    It is `khabar.matching.spelling.plain`, taken until it changes nothing more. A text of signs alone stays as it is.

    >>> folded("Miṣrātah  (Libya)"), folded("مصراتة"), folded("— !")
    ('misratah libya', 'مصراته', '— !')
    """
    words = [word for token in text[:LONGEST].split() if (word := _folded(token))]
    return " ".join(words) or _signs(text)


def _signs(text: str) -> str:
    # No file holds half a letter, and some of a request's do.
    whole = text[:LONGEST].encode("utf-8", "replace").decode()
    # Some signs, as a lone acute accent, become a space and a mark.
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", whole).casefold()).split())


@functools.lru_cache(maxsize=262_144)
def _folded(token: str) -> str:
    for _ in range(_ROUNDS):
        spelled = plain(token)
        if spelled == token:
            break
        token = spelled
    return token


def words(spelled: str) -> tuple[str, ...]:
    """The words of a folded name, each as long as the index keeps it."""
    return tuple(word[:_WORD] for word in spelled.split())


def forms(word: str) -> tuple[str, ...]:
    """What a word of a name is found by: itself, and in Arabic itself without the article.

    >>> forms("الجيش"), forms("army")
    (('الجيش', 'جيش'), ('army',))
    """
    bare = word.removeprefix(ARTICLE)
    return (word, bare) if bare and bare != word else (word,)
