"""What is known of a thing, on either side of a match: the entity that is meant, or a candidate for it."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

import msgspec

Names: TypeAlias = tuple[tuple[str, str], ...]
"""Languages and names, the label of each language before its aliases."""
Position: TypeAlias = tuple[float, float]
"""Latitude and longitude in decimal degrees."""

_EARTH: Final = 6371.0


class Related(msgspec.Struct, frozen=True):
    """A thing that another stands in relation to: its identifiers, and its names in any language."""

    ids: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """One thing as far as it is known.

    ``kinds`` are khabar's types (``Person``, ``Place`` ...) that its classes agree with: None where its classes are not
    known, empty where they are and agree with none. ``excluded`` says why it can be no candidate at all. ``within`` are
    the places that it lies in, ``countries`` those of them that are states, ``offices`` the positions held,
    ``affiliations`` what it belongs to, ``about`` what is said of it in a few words.
    """

    names: Names
    kinds: frozenset[str] | None = None
    excluded: str = ""
    point: Position | None = None
    within: tuple[Related, ...] = ()
    countries: tuple[Related, ...] = ()
    offices: tuple[str, ...] = ()
    affiliations: tuple[Related, ...] = ()
    about: tuple[str, ...] = ()


def kilometres(one: Position, other: Position) -> float:
    """The great-circle distance of two positions (haversine formula).

    >>> round(kilometres((32.8752, 13.1875), (32.1149, 20.0686)))
    651
    """
    (here, there), (west, east) = (map(math.radians, pair) for pair in zip(one, other, strict=True))
    chord = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin((east - west) / 2) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(chord)))
