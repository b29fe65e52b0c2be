"""What the articles of a corpus share: the names, the IRIs, the entities, the dates that hang on one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from khabar import names, vocabulary
from khabar.chronology import EventId, event_bounds
from khabar.dates import Bounds
from khabar.iris import Iris
from khabar.model import Corpus, Entity, each
from khabar.names import Found, Kinds, Names
from khabar.resolved import EntityNode, EventTypeNode
from khabar.terms import WIKIDATA

OWL_CLASS: Final = "http://www.w3.org/2002/07/owl#Class"


def matches(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Links to other datasets as IRIs: a QID stands for Wikidata's."""
    return tuple(sorted(WIKIDATA + match if match[0] == "Q" else match for match in each(value)))


class Scope:
    """One corpus, seen as its references see it. References that dangle raise KeyError."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.iris = Iris(corpus.header.base)
        self.names = Names(corpus)
        self.records = {record.article.id: record for record in corpus.articles}
        self.event_bounds: Mapping[EventId, Bounds] = event_bounds(corpus, self.names)
        self.described = frozenset(self._described())

    def _described(self) -> list[EventId]:
        """The events that are claimed as described: some statement names them, or they carry evidence of their own."""
        found = []
        for article, record in self.records.items():
            found += [(article, slug) for slug, event in record.events.items() if event.evidence]
            for statement in record.statements.values():
                if statement.event is not None:
                    event = self.find(article, statement.event, names.EVENT)
                    found.append((event.article or article, event.slug))
        return found

    def find(self, article: str | None, reference: str, kinds: Kinds) -> Found:
        """What ``reference`` names when it stands in ``article``."""
        found = self.names.find(article, reference, kinds)
        if found is None:
            raise KeyError(reference)
        return found

    def iri(self, article: str | None, reference: str, kinds: Kinds) -> str:
        """The IRI of what ``reference`` names."""
        return self.iri_of(self.find(article, reference, kinds))

    def all(self, article: str | None, references: str | tuple[str, ...], kinds: Kinds) -> tuple[str, ...]:
        """The IRIs of what several references name, sorted, each once."""
        return tuple(sorted({self.iri(article, reference, kinds) for reference in each(references)}))

    def iri_of(self, found: Found) -> str:
        """The IRI of a named thing."""
        owner = found.article or ""
        match found.kind:
            case "source":
                return self.iris.source(owner, found.slug)
            case "event":
                return self.iris.event(owner, found.slug)
            case "claim":
                return self.iris.claim(owner, found.slug)
            case "statement":
                return self.iris.statement(owner, found.slug)
            case kind:
                return self.iris.entity(found.article, found.slug, is_place=kind == "Place")

    def type_chain(self, name: str) -> tuple[str, ...]:
        """The type of event called ``name`` and those above it, up to the first of khabar's own."""
        declared = self.corpus.header.event_types.get(name)
        if declared is None:
            return (vocabulary.term(name),)
        return (self.iris.event_type(name), *self.type_chain(declared.subclass_of))

    def event_types(self) -> list[EventTypeNode]:
        """The types of event that the corpus declares."""
        return [
            EventTypeNode(
                iri=self.iris.event_type(name),
                types=(OWL_CLASS,),
                label=declared.label,
                definition=declared.definition,
                super_classes=self.type_chain(declared.subclass_of),
                close_match=matches(declared.close_match),
            )
            for name, declared in self.corpus.header.event_types.items()
        ]

    def entities(self, article: str | None, entities: Mapping[str, Entity]) -> list[EntityNode]:
        """The entities that ``article`` defines, or, for None, those that all articles share."""
        return [
            EntityNode(
                iri=self.iris.entity(article, slug, is_place=entity.type == "Place"),
                types=(vocabulary.term(entity.type),),
                label=entity.name,
                alias={language: each(aliases) for language, aliases in entity.alias.items()},
                note=entity.note,
                position=entity.position,
                member_of=self.all(article, entity.member_of, names.AGENT_ENTITY),
                within=self.all(article, entity.within, names.PLACE),
                point=entity.point,
                exact_match=matches(entity.exact_match),
                close_match=matches(entity.close_match),
            )
            for slug, entity in entities.items()
        ]
