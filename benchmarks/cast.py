"""Who and what invented articles speak of, and the dice that choose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Final, TypeAlias, TypeVar

import invented
from invented import Name
from khabar.model import Entity, Evidence

Texts: TypeAlias = dict[str, str]
T = TypeVar("T")

FIRST: Final = date(2011, 1, 1)
DAYS: Final = (date(2025, 1, 1) - FIRST).days
"""How many days articles are published on."""
MARGIN: Final = 400
"""How many days before the first and after the last of them an event can be."""
DRAWS: Final = 4096
"""How finely popularity is told apart."""


class Dice(Random):
    """Chance that can be told again: after the same seed, the same."""

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in this share of cases."""
        return self.random() < share

    def one(self, among: Sequence[T]) -> T:
        """One of them, each as likely."""
        return among[int(self.random() * len(among))]


class Cast:
    """The entities of the invented world, each as often in its table as articles speak of it, and its days."""

    def __init__(self, entities: dict[str, Entity]) -> None:
        self.dice = Dice()
        self.persons = _popular(invented.names("Person", entities))
        self.outlets = _popular(invented.names("Outlet", entities))
        self.polities = _popular(invented.names("Polity", entities))
        self.places = _popular(invented.names("Place", entities))
        self.bodies = _popular(invented.names("Organisation", entities))
        self.days = tuple((FIRST + timedelta(day)).isoformat() for day in range(-MARGIN, DAYS + MARGIN))

    def published(self) -> int:
        """The number of a day that an article can be published on."""
        return MARGIN + int(self.dice.random() * DAYS)

    def date(self, day: int) -> str | None:
        """When something was, said around ``day``: mostly a day, else what articles say instead of one."""
        draw = self.dice.random()
        then = day - int(self.dice.random() ** 2 * 60)
        text = self.days[then]
        return next((spell(text, self.days, then) for upto, spell in _SPELLINGS if draw < upto), None)

    def evidence(self, paragraph: int) -> Evidence:
        """A passage in ``paragraph``."""
        start = int(self.dice.random() * 200) if self.dice.chance(0.5) else 0
        return Evidence(
            paragraph=paragraph, start=start, end=start + 20 + int(self.dice.random() * 200), sha256=self.digest()
        )

    def digest(self) -> str:
        """What looks like a digest."""
        return f"{self.dice.getrandbits(256):064x}"

    def other(self, among: Sequence[Name], first: Name) -> Name:
        """One of those named, but not ``first``."""
        found = first
        while found is first:
            found = self.dice.one(among)
        return found


def say(english: str, arabic: str, *names: Name) -> Texts:
    """A sentence about those named, in both languages."""
    return {"en": english.format(*[name.en for name in names]), "ar": arabic.format(*[name.ar for name in names])}


def _popular(names: Sequence[Name]) -> tuple[Name, ...]:
    # Zipf's law: the k-th is spoken of a k-th as often as the first. As many entries as draws, each name its share.
    sums = tuple(accumulate(1 / rank for rank in range(1, len(names) + 1)))
    drawn: list[Name] = []
    for name, upto in zip(names, sums, strict=True):
        drawn += [name] * (round(upto / sums[-1] * DRAWS) - len(drawn))
    return tuple(drawn)


_SPELLINGS: Final[tuple[tuple[float, Callable[[str, Sequence[str], int], str]], ...]] = (
    (0.55, lambda text, _, __: text),
    (0.67, lambda text, _, __: text[:7]),
    (0.72, lambda text, _, __: f"{text[:7]}~"),
    # No month has a fortieth, and February hardly a thirtieth.
    (0.77, lambda text, _, __: f"{text[:8]}{text[8].replace('3', '2')}X"),
    (0.83, lambda text, days, day: f"[{text}..{days[day + 6]}]"),
    (0.87, lambda text, days, day: f"{text}/{days[day + 3]}"),
    (0.9, lambda text, _, __: text[:4]),
)
"""How dates are given: up to which draw, and how the day is spelt then."""
