"""What a node is to a reader, told from the classes that it is said to belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, get_args

from khabar import vocabulary
from khabar.explorer.things import KIND_CLASSES
from khabar.explorer.values import Kind

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

# What is known by a name of its own is found before what happened, and that before what was said and printed.
_GROUPS: Final[Mapping[Kind, int]] = {"event": 1, "claim": 2, "article": 3, "statement": 4}

AGENTS: Final[frozenset[Kind]] = frozenset({"person", "organisation", "outlet", "polity", "source"})
NAMED: Final[frozenset[Kind]] = AGENTS | {"place"}
"""The kinds of what has a name of its own."""


def group(kind: Kind) -> int:
    """The place of a kind in the order of what is found: named things, events, claims, articles, statements."""
    return _GROUPS.get(kind, 0)


class Classes:
    """The classes of one store: khabar's own, and what the store says to be below others.

    >>> classes = Classes({})
    >>> visit = vocabulary.term("Visit")
    >>> classes.kind(frozenset({visit})), classes.kind(frozenset({"http://example.org/other"}))
    ('event', None)
    """

    def __init__(self, supers: Mapping[str, Iterable[str]]) -> None:
        """Take the super-classes that a store states for each class; cycles do no harm."""
        self._stated = supers
        self._above: dict[str, frozenset[str]] = {}

    def above(self, iri: str) -> frozenset[str]:
        """Every class above ``iri``, itself not among them."""
        known = self._above.get(iri)
        if known is None:
            known = self._above[iri] = self._closure(iri)
        return known

    def all(self, types: frozenset[str]) -> frozenset[str]:
        """The classes that an instance of ``types`` belongs to."""
        return types.union(*map(self.above, types))

    def kind(self, types: frozenset[str]) -> Kind | None:
        """What an instance of ``types`` is to a reader; None for what has no page of its kind."""
        every = self.all(types)
        return next((kind for name, kind in KIND_CLASSES.items() if vocabulary.NAMESPACE + name in every), None)

    def special(self, types: frozenset[str]) -> str:
        """The most special of ``types``; of several, one that the store declares, or the last of the ontology."""
        general = frozenset[str]().union(*map(self.above, types))
        order = {iri: number for number, iri in enumerate(vocabulary.classes())}
        return max(
            [one for one in types if one not in general] or sorted(types),
            key=lambda one: (one not in order and bool(self.above(one)), order.get(one, -1), one),
        )

    def _closure(self, iri: str) -> frozenset[str]:
        found: set[str] = set()
        layer = [iri]
        while layer:
            nearest = [above for one in layer for above in (*self._stated.get(one, ()), *vocabulary.super_classes(one))]
            layer = [above for above in nearest if above not in found]
            found.update(layer)
        return frozenset(found - {iri})
