"""Things as links show them: their kind, their most special class, their name, their dates and their standing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from khabar import vocabulary
from khabar.explorer.lookup import Lookup
from khabar.explorer.values import Dates, Kind, Text, Thing
from khabar.iris import local_name
from khabar.languages import LANGUAGES, spoken
from khabar.terms import RDF_TYPE, RDFS, SKOS

KIND_CLASSES: Final[Mapping[str, Kind]] = {
    "Statement": "statement",
    "Claim": "claim",
    "Article": "article",
    "UnnamedSource": "source",
    "Outlet": "outlet",
    "Polity": "polity",
    "Person": "person",
    "Organisation": "organisation",
    "Agent": "organisation",
    "Place": "place",
    "Event": "event",
}
"""The kind that each of khabar's classes makes of its instances; of several, the first one tells."""

NAMES: Final = (RDFS + "label", SKOS + "prefLabel")
ALIAS: Final = SKOS + "altLabel"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
DATED: Final[frozenset[Kind]] = frozenset({"article", "event", "statement"})
JUDGED: Final[frozenset[Kind]] = frozenset({"claim", "event"})
"""The kinds of what has a date, and of what has a standing."""

_FEW: Final = 32
_LINKS: Final = 8


class Things:
    """The things of a graph, each read once: all that a page needs of whatever it links to."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self._known: dict[str, Thing | None] = {}
        self._supers: dict[str, frozenset[str]] = {}

    def find(self, iri: str) -> Thing | None:
        """The thing that an IRI stands for; None where no class tells its kind, as that of a passage does not."""
        if iri not in self._known:
            self._known[iri] = self._read(iri)
        return self._known[iri]

    def get(self, iri: str, kind: Kind) -> Thing:
        """The thing that an IRI stands for, or else what is known of it: its place in the graph makes it a ``kind``.

        An empty IRI gives a thing without a name: somebody or something that the graph does not tell.
        """
        return (self.find(iri) if iri else None) or Thing(iri=iri, kind=kind, type="", name=self.name(iri))

    def all(self, iris: Iterable[str]) -> tuple[Thing, ...]:
        """Those of ``iris`` that are things, in their order."""
        return tuple(thing for thing in map(self.find, iris) if thing is not None)

    def name(self, iri: str) -> Text:
        """The name of a node in the language of the page, or else English, or else any; else the end of its IRI.

        A link of a chain, which has no name, is called as the statement that it passes on.
        """
        return (self._name(iri) if iri else None) or Text(local_name(iri))

    def names(self, iri: str, limit: int) -> tuple[Text, ...]:
        """The preferred names and the aliases of a node in all languages, that of the page first, each once."""
        found = [text for predicate in (*NAMES, ALIAS) for text in self.lookup.texts(iri, predicate, limit)]
        return tuple(dict.fromkeys(found))

    def label(self, term: str) -> Text:
        """The name of a class, a property or a concept: khabar's own, or one that the graph names."""
        language = spoken(self.lookup.language) or LANGUAGES[0]
        try:
            return Text(vocabulary.label(term, language), language)
        except KeyError:
            return self.name(term)

    def dates(self, iri: str) -> Dates:
        """When a node took place, was said or was published."""
        expressions = [
            value.lexical for key in ("date", "published") for value in self.lookup.literals(iri, _khb(key), _FEW)
        ]
        return Dates(
            edtf=expressions[0] if expressions else "",
            earliest=min(self._days(iri, "earliest"), default=""),
            latest=max(self._days(iri, "latest"), default=""),
        )

    def supers(self, kind: str) -> frozenset[str]:
        """Every class above one: by khabar's ontology, and by what the graph says of the types of a corpus."""
        if kind.startswith(vocabulary.NAMESPACE):
            return frozenset(vocabulary.super_classes(kind))
        if kind not in self._supers:
            found: set[str] = set()
            layer = [kind]
            for _ in range(_LINKS):
                layer = [above for one in layer for above in self.lookup.iris(one, RDFS + "subClassOf", _FEW)]
                layer = [above for above in dict.fromkeys(layer) if above not in found]
                found.update(layer)
            known = {above for one in found for above in vocabulary.super_classes(one)}
            self._supers[kind] = frozenset((found | known) - {kind})
        return self._supers[kind]

    def _read(self, iri: str) -> Thing | None:
        types = self.lookup.iris(iri, RDF_TYPE, _FEW)
        every = {name for one in types for name in (one, *self.supers(one))}
        kind = next((kind for name, kind in KIND_CLASSES.items() if _khb(name) in every), None)
        if kind is None:
            return None
        return Thing(
            iri=iri,
            kind=kind,
            type=self._special(types),
            name=self.name(iri),
            dates=self.dates(iri) if kind in DATED else Dates(),
            standing=self.word(iri, "standing", "standings") if kind in JUDGED else "",
        )

    def _special(self, types: list[str]) -> str:
        """The most special of ``types``; of several, one that the corpus declares, or the last of the ontology."""
        above = {name for one in types for name in self.supers(one)}
        order = {iri: number for number, iri in enumerate(vocabulary.classes())}
        return max(
            [one for one in types if one not in above] or types,
            key=lambda one: (one not in order and bool(self.supers(one)), order.get(one, -1), one),
        )

    def word(self, iri: str, predicate: str, scheme: str) -> str:
        """The name of a concept of ``scheme`` that a node has; of several, the first of the scheme; else ""."""
        found = {vocabulary.name_of(value) for value in self.lookup.iris(iri, _khb(predicate), _FEW)}
        return next((name for name in vocabulary.concepts(scheme) if name in found), "")

    def _name(self, iri: str) -> Text | None:
        seen: set[str] = set()
        while iri not in seen and len(seen) < _LINKS:
            seen.add(iri)
            for predicate in NAMES:
                if texts := self.lookup.texts(iri, predicate, _FEW):
                    return texts[0]
            relayed = self.lookup.iris(iri, _khb("relays"), 1)
            iri = relayed[0] if relayed else iri
        return None

    def _days(self, iri: str, predicate: str) -> list[str]:
        days = (value.lexical for value in self.lookup.literals(iri, _khb(predicate), _FEW))
        return [day for day in days if _DAY.fullmatch(day)]


def _khb(name: str) -> str:
    return vocabulary.NAMESPACE + name
