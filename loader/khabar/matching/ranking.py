"""Candidates in the order of their probability, each beside all others and beside the chance that none is right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from khabar.matching.description import Description
from khabar.matching.evidence import Reason, evidence

NONE_OF_THEM: Final = 6.0
"""The weight that evidence has to outdo: a candidate as likely right as wrong has as much."""


class Ranked(msgspec.Struct, frozen=True):
    """One candidate by its number, its probability from 0 to 1, and the reasons for it."""

    number: int
    probability: float
    weight: float
    reasons: tuple[Reason, ...]


def rank(meant: Description, candidates: Sequence[Description]) -> tuple[Ranked, ...]:
    """Every candidate with its probability, the likeliest first.

    The probabilities and that of *none of them* make 1: two candidates with the same evidence have at most a half each,
    so a name that two share decides nothing.

    >>> from khabar.matching.description import Description
    >>> town = Description(names=(("en", "Tripoli"),), kinds=frozenset({"Place"}))
    >>> [round(one.probability, 2) for one in rank(town, [town, town])]
    [0.42, 0.42]
    """
    weighed = [evidence(meant, candidate) for candidate in candidates]
    weights = [sum(reason.weight for reason in reasons) for reasons in weighed]
    most = max([NONE_OF_THEM, *weights])
    total = math.exp(NONE_OF_THEM - most) + sum(math.exp(weight - most) for weight in weights)
    ranked = (
        Ranked(number, round(math.exp(weight - most) / total, 4), round(weight, 2), reasons)
        for number, (weight, reasons) in enumerate(zip(weights, weighed, strict=True))
    )
    return tuple(sorted(ranked, key=lambda one: (-one.weight, one.number)))
