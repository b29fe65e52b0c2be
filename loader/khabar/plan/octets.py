"""Texts as the plan holds them: one character for every byte of their UTF-8, so that joining them copies bytes.

The order of such texts is that of code points, and ASCII is the same in both forms.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

from khabar.formats.nquads import term
from khabar.terms import Object

V = TypeVar("V")

MOST: Final = 4_096
"""How many texts a store of known ones holds; a full one is emptied."""


class Unsure(Exception):
    """The plan does not vouch for a record: the careful path looks at it."""


def octets(text: str) -> str:
    """The UTF-8 bytes of a text as characters."""
    return text if text.isascii() else text.encode().decode("latin-1")


def letters(text: str) -> str:
    """The text whose UTF-8 bytes are the characters of ``text``."""
    return text if text.isascii() else text.encode("latin-1").decode()


def written(value: Object) -> str:
    """A term in canonical N-Triples, as octets."""
    return octets(term(value))


class Memo(dict[str, V]):
    """What has been made of texts so far; new ones are made as they are asked for, at most `MOST` are kept."""

    def __init__(self, make: Callable[[str], V], most: int = MOST) -> None:
        super().__init__()
        self._make = make
        self._most = most

    def __missing__(self, text: str) -> V:
        made = self._make(text)
        if len(self) >= self._most:
            self.clear()
        self[text] = made
        return made


def proved(pattern: str, make: Callable[[str], V], most: int = MOST) -> Memo[V]:
    """Texts that match ``pattern``, which are ASCII; Unsure is raised for others."""
    matches = re.compile(pattern).fullmatch

    def check(text: str) -> V:
        if matches(text) is None:
            raise Unsure
        return make(text)

    return Memo(check, most)
