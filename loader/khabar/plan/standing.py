"""Where the claims and events of one article stand: what `ontology/standing.rq` derives, without a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from khabar import vocabulary
from khabar.plan.octets import Unsure, written

Weighed: TypeAlias = tuple[str, str, Sequence[str]]
"""A claim, the detail that it gives ("" for none), and what it is about."""
Link: TypeAlias = tuple[str, Sequence[str], Sequence[str]]
"""A claim, the claims that it entails, and those that it conflicts with."""
Stand: TypeAlias = Callable[[Mapping[str, str], Sequence[Weighed], Sequence[Link], Sequence[tuple[str, str]]], str]

CONTESTED, UNCONTESTED, ONLY_ALLEGED = 1, 2, 3
_NAMES: Final = {CONTESTED: "contested", UNCONTESTED: "uncontested", ONLY_ALLEGED: "only-alleged"}


def standings() -> Stand:  # noqa: C901
    """The function that gives the standings' lines, without their ends, sorted.

    It takes the events' IRIs, all claims, those with links, and who stands how to which claim: pairs of a claim and a
    stance. It raises Unsure for an event that no claim is about.
    """
    contrary = frozenset(vocabulary.collection("contrary-stances"))
    affirming = frozenset(vocabulary.collection("affirming-stances"))
    forward = frozenset(vocabulary.collection("forward-stances"))
    own = {
        stance: CONTESTED if stance in contrary else UNCONTESTED if stance in affirming else ONLY_ALLEGED
        for stance in vocabulary.concepts("stances")
    }
    predicate = written(vocabulary.property_of("standing"))
    ends = {rank: f" {predicate} {written(vocabulary.term(name))}\n" for rank, name in _NAMES.items()}

    def spread(ranks: dict[str, int], links: Sequence[Link], stances: Iterable[tuple[str, str]]) -> None:
        # A denial of a claim contests what entails it, an affirmation affirms what it entails.
        contested, affirmed, told = (
            {claim for claim, stance in stances if stance in those} for those in (contrary, affirming, forward)
        )
        entailed = {claim: broader for claim, broader, _ in links if broader}
        for claim in entailed:
            for broader in _reached(claim, entailed):
                if broader in contested:
                    ranks[claim] = CONTESTED
                if claim in affirmed:
                    ranks[broader] = min(ranks.get(broader, ONLY_ALLEGED), UNCONTESTED)
        for claim, _, others in links:
            for other in others:
                if other in told:
                    ranks[claim] = CONTESTED
                if claim in told:
                    ranks[other] = CONTESTED

    def stand(
        events: Mapping[str, str], claims: Sequence[Weighed], links: Sequence[Link], stances: Sequence[tuple[str, str]]
    ) -> str:
        ranks: dict[str, int] = {}
        for claim, stance in stances:
            rank = own[stance]
            if rank < ranks.get(claim, 4):
                ranks[claim] = rank
        if links:
            spread(ranks, links, stances)
        whole: dict[str, int] = {}
        parts: dict[str, int] = {}
        lines = []
        for claim, detail, about in claims:
            rank = ranks.get(claim, ONLY_ALLEGED)
            lines.append(f"{claim}{ends[rank]}")
            table = parts if detail else whole
            for thing in about:
                if rank < table.get(thing, 4):
                    table[thing] = rank
        for event in events.values():
            found = whole.get(event) or parts.get(event)
            if found is None:
                raise Unsure
            lines.append(f"{event}{ends[found]}")
        lines.sort()
        return "".join(lines)

    return stand


def _reached(claim: str, entailed: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    ways = list(entailed[claim])
    while ways:
        one = ways.pop()
        if one not in found:
            found.add(one)
            ways += entailed.get(one, ())
    return found
