"""The entities of a corpus as a reconciliation service knows them: by id, by name, by link, by type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from khabar import vocabulary
from khabar.iris import Iris
from khabar.matching import NameIndex
from khabar.model import Corpus, Entity, each
from khabar.names import AGENT_ENTITY, PLACE, Found, Kinds, Names, speaking
from khabar.terms import WIKIDATA

TYPES: Final = ("Person", "Organisation", "Outlet", "Polity", "Place")
"""The types that a query may ask for, the wide ones last."""

_ITEM: Final = re.compile(r"(?:https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/)?(Q[1-9][0-9]*)", re.ASCII)


class Known(msgspec.Struct, frozen=True, eq=False):
    """One entity: ``id`` is its IRI without the base of the corpus, ``types`` its own and those above it."""

    id: str
    found: Found
    entity: Entity
    types: tuple[str, ...]
    articles: tuple[str, ...]

    def name(self, language: str) -> str:
        """Its name in ``language``, or in the first that it has one in."""
        return self.entity.name.get(language) or next(iter(self.entity.name.values()))

    def description(self, language: str) -> str:
        """What tells it from its namesakes: office or note, beside what it is called in the other script."""
        texts = (self.entity.position, self.entity.note)
        said = next((text[language] for text in texts if language in text), "")
        other = next((name for tag, name in self.entity.name.items() if tag != language), "")
        kind = vocabulary.label(vocabulary.term(self.entity.type), language)
        return " · ".join(dict.fromkeys(part for part in (other, said or kind) if part))

    def names(self) -> tuple[str, ...]:
        """Every name of it, in all languages, the labels first."""
        aliases = (alias for values in self.entity.alias.values() for alias in each(values))
        return tuple(dict.fromkeys((*self.entity.name.values(), *aliases)))


class Entities:
    """All entities of one corpus, and the ways to one."""

    def __init__(self, corpus: Corpus, mentions: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """``mentions`` are the articles that speak of each entity, by its reference, where the corpus has them not."""
        self.base = corpus.header.base
        self.title: Mapping[str, str] = corpus.header.title
        self._names = Names(corpus)
        articles = speaking(corpus, self._names) if mentions is None else mentions
        iris = Iris(self.base)
        self.all: tuple[Known, ...] = tuple(
            Known(
                iris.entity(found.article, found.slug, is_place=found.kind in PLACE).removeprefix(self.base),
                found,
                entity,
                types_of(entity.type),
                articles.get(found.name, ()),
            )
            for found, entity in self._names.entities()
        )
        self.index = NameIndex([known.names() for known in self.all])
        self._by_name = {known.found.name: known for known in self.all}
        self._by_id = {form: known for known in reversed(self.all) for form in self._forms(known)}

    def get(self, identifier: str) -> Known | None:
        """The entity of an id, an IRI, a reference, or a link of its own: a Q-number or an IRI elsewhere."""
        identifier = identifier.strip()
        return self._by_id.get(identifier) or self._by_id.get(link(identifier))

    def related(self, known: Known, field: str) -> Iterator[Known]:
        """The entities that a field of another refers to."""
        kinds: Kinds = PLACE if field == "within" else AGENT_ENTITY
        for reference in each(getattr(known.entity, field)):
            named = self._names.find(known.found.article, reference, kinds)
            if named is not None:
                yield self._by_name[named.name]

    def _forms(self, known: Known) -> Iterator[str]:
        for match in each(known.entity.exact_match):
            yield link(match)
        yield from (known.found.name, self.base + known.id, known.id)


def link(text: str) -> str:
    """The IRI of a link: of an item of Wikidata the one, however it is written; else as it stands.

    >>> link("Q649"), link("https://www.wikidata.org/wiki/Q649")
    ('http://www.wikidata.org/entity/Q649', 'http://www.wikidata.org/entity/Q649')
    """
    item = _ITEM.fullmatch(text.strip())
    return WIKIDATA + item[1] if item else text.strip()


def types_of(kind: str) -> tuple[str, ...]:
    """A type and those above it that a query may ask for: an outlet is an organisation, a polity a place.

    >>> types_of("Outlet"), types_of("Polity")
    (('Outlet', 'Organisation'), ('Polity', 'Place'))
    """
    above = (vocabulary.name_of(iri) for iri in vocabulary.super_classes(vocabulary.term(kind)))
    return (kind, *(name for name in above if name in TYPES))
