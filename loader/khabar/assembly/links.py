"""Which records of a corpus hang together: told by who refers to whom, wherever the records are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Generic, NamedTuple, TypeVar

from khabar.assembly.components import Components

P = TypeVar("P", bound=Hashable)


class Links(NamedTuple, Generic[P]):
    """The records that refer to others and those that are referred to.

    ``places`` is where they are, in order; all else are numbers of these. ``anchored`` is the component that the
    shared entities refer to, empty where there is none; ``others`` are all other components, in the order of the first
    of each. Each component is in order.
    """

    places: list[P]
    anchored: list[int]
    others: list[list[int]]


def joined(
    referring: Iterable[tuple[P, str, Collection[str]]],
    first: Mapping[str, P],
    anchors: Iterable[str],
    rank: Callable[[P], tuple[int, ...]],
) -> Links[P]:
    """The components of what refers to other articles and what is referred to.

    ``referring`` are the places of what refers to others, each with its id and theirs. ``first`` has the first place
    of each id that is spoken of and is there; ``anchors`` are the ids that the shared entities refer to, which
    hang together. ``rank`` is what places are sorted by.
    """
    # Whose id an earlier record has is left out, whatever it refers to.
    links = [
        (place, [first[owner] for owner in owners if owner in first])
        for place, slug, owners in referring
        if first.get(slug) == place
    ]
    held = [first[anchor] for anchor in anchors if anchor in first]
    places = sorted({*held, *(one for place, others in links for one in (place, *others))}, key=rank)
    nodes = {place: node for node, place in enumerate(places)}
    components = Components(len(places))
    for place, others in links:
        for other in others:
            components.join(nodes[place], nodes[other])
    for place in held:
        components.join(nodes[held[0]], nodes[place])
    lowest = components.first(nodes[held[0]]) if held else None
    anchored: list[int] = []
    rest: list[list[int]] = []
    for members in components.members():
        if members[0] == lowest:
            anchored = members
        else:
            rest.append(members)
    return Links(places, anchored, rest)
