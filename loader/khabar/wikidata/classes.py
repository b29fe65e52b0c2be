"""What a class of Wikidata means to khabar: which of its types things of that class can be."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Final

import msgspec

from khabar import resources
from khabar.wikidata.action_api import Items
from khabar.wikidata.items import Item

DEPTH: Final = 12
"""Steps that are gone up from a class to a known one."""

_BREADTH: Final = 400
_NO_CANDIDATE: Final = "no candidate"
# What is one of these can be the other, as khabar's records have it.
_ALSO: Final = {"Outlet": ("Organisation",), "Organisation": ("Outlet",)}


class Known(msgspec.Struct, frozen=True):
    """The classes that khabar knows, by Q-number and by English label, with the types of each."""

    by_item: dict[str, frozenset[str]]
    by_label: dict[str, frozenset[str]]

    def kinds(self, qid: str, label: str) -> frozenset[str] | None:
        """The types of one class, None where it is not known."""
        if qid in self.by_item:
            return self.by_item[qid]
        return self.by_label.get(label.casefold())


@functools.cache
def known_classes() -> Known:
    """The table ``ontology/wikidata-classes.tsv``: a class by its item where that is verified, else by its label."""
    text = (resources.ontology() / "wikidata-classes.tsv").read_text(encoding="utf-8")
    by_item: dict[str, set[str]] = {}
    by_label: dict[str, set[str]] = {}
    for line in text.splitlines()[1:]:
        kind, item, label = line.split("\t")
        kinds = {kind, *_ALSO.get(kind, ())}
        if item:
            by_item.setdefault(item, set()).update(kinds)
        by_label.setdefault(label.casefold(), set()).update(kinds)
    return Known(
        {key: frozenset(kinds) for key, kinds in by_item.items()},
        {key: frozenset(kinds) for key, kinds in by_label.items()},
    )


class Kinds(msgspec.Struct, frozen=True):
    """What an item can be: khabar's types; ``excluded`` is the class that makes it nothing that is ever meant."""

    types: frozenset[str] | None = None
    excluded: str = ""


class Classes:
    """Looks up what items are, by their classes and the classes above those (P31, then P279 again and again)."""

    def __init__(self, items: Items) -> None:
        self._items = items

    def kinds(self, items: Iterable[Item]) -> dict[str, Kinds]:
        """For each item, by Q-number, what it can be; raises ServiceFailed.

        The way up ends at the first known class, so that a human is not an organism too. An item without a class is of
        no known kind.
        """
        wanted = {item.id: item for item in items}
        self._fetch(qid for item in wanted.values() for qid in item.classes)
        return {qid: self._kinds(item) for qid, item in wanted.items()}

    def _fetch(self, classes: Iterable[str]) -> None:
        """Get all classes from here up to the known ones, level by level, with few requests."""
        level, seen = set(classes), set[str]()
        for _ in range(DEPTH):
            if not level or len(seen) > _BREADTH:
                return
            seen |= level
            found = self._items.get(sorted(level))
            level = {
                above
                for qid, item in found.items()
                if item is not None and known_classes().kinds(qid, item.label("en")) is None
                for above in item.super_classes
                if above not in seen
            }

    def _kinds(self, item: Item) -> Kinds:
        if not item.classes:
            return Kinds()
        types: set[str] = set()
        level, seen = list(item.classes), set[str]()
        for _ in range(DEPTH):
            above: list[str] = []
            for qid in level:
                seen.add(qid)
                one = self._items.known(qid)
                label = one.label("en") if one is not None else qid
                if (kinds := known_classes().kinds(qid, label)) is None:
                    above += [] if one is None else one.super_classes
                elif _NO_CANDIDATE in kinds:
                    return Kinds(frozenset(), label)
                else:
                    types |= kinds
            level = [qid for qid in dict.fromkeys(above) if qid not in seen]
        return Kinds(frozenset(types))
