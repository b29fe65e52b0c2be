"""Both sides of a match as descriptions: an entity of a corpus, and an item of Wikidata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from khabar.matching import Description, Related
from khabar.model import Corpus, Entity, each
from khabar.names import AGENT_ENTITY, PLACE, Found, Kinds, Names
from khabar.terms import WIKIDATA
from khabar.wikidata.action_api import Items
from khabar.wikidata.classes import Classes
from khabar.wikidata.items import QID, Item


class Entities:
    """The entities of one corpus, with what each stands in relation to."""

    def __init__(self, corpus: Corpus) -> None:
        self.names = Names(corpus)

    def describe(self, found: Found) -> Description:
        """What the corpus knows of one entity."""
        entity = found.record
        if not isinstance(entity, Entity):
            raise TypeError(found.kind)
        within = tuple(self._above(found))
        return Description(
            names=names_of(entity),
            kinds=frozenset({entity.type}),
            point=(entity.point.lat, entity.point.lon) if entity.point else None,
            within=tuple(map(_related, within)),
            countries=tuple(_related(place) for place in within if place.kind == "Polity"),
            offices=tuple(entity.position.values()),
            affiliations=tuple(_related(one) for one in self._each(found, entity.member_of, AGENT_ENTITY)),
        )

    def _above(self, found: Found) -> Iterator[Found]:
        """The places that a place lies in, up to the largest."""
        seen = {found.name}
        level = [found]
        while level:
            above = [
                place
                for one in level
                if isinstance(one.record, Entity)
                for place in self._each(one, one.record.within, PLACE)
                if place.name not in seen
            ]
            seen |= {place.name for place in above}
            yield from above
            level = above

    def _each(self, found: Found, references: str | tuple[str, ...], kinds: Kinds) -> Iterator[Found]:
        for reference in each(references):
            named = self.names.find(found.article, reference, kinds)
            if named is not None:
                yield named


def names_of(entity: Entity) -> tuple[tuple[str, str], ...]:
    """Languages and names of an entity, the label of each language before its aliases."""
    languages = dict.fromkeys((*entity.name, *entity.alias))
    return tuple(
        (language, name)
        for language in languages
        for name in (
            *((entity.name[language],) if language in entity.name else ()),
            *each(entity.alias.get(language, ())),
        )
    )


def qids_of(values: str | tuple[str, ...]) -> tuple[str, ...]:
    """The Q-numbers among links, also where they stand as IRIs of Wikidata."""
    found = (value.removeprefix(WIKIDATA) for value in each(values))
    return tuple(value for value in found if QID.fullmatch(value))


def _related(found: Found) -> Related:
    entity = found.record
    if not isinstance(entity, Entity):
        return Related()
    return Related(frozenset(qids_of(entity.exact_match)), tuple(name for _, name in names_of(entity)))


def describe_items(items: Iterable[Item], known: Items, classes: Classes) -> Mapping[str, Description]:
    """What Wikidata knows of each item, by Q-number; asks for the items that they refer to. Raises ServiceFailed."""
    wanted = {item.id: item for item in items}
    kinds = classes.kinds(wanted.values())
    related = known.get(qid for item in wanted.values() for qid in item.related())

    def named(qids: Iterable[str]) -> tuple[Related, ...]:
        found = ((qid, related[qid]) for qid in qids)
        return tuple(
            Related(frozenset({qid, one.id}), (one.label("en"), one.label("ar")))
            for qid, one in found
            if one is not None
        )

    return {
        qid: Description(
            names=item.names(),
            kinds=kinds[qid].types,
            excluded=f"a {kinds[qid].excluded}" if kinds[qid].excluded else "",
            point=item.point,
            within=named(item.located_in),
            countries=named(item.countries),
            offices=tuple(
                name for one in named((*item.offices, *item.occupations)) for name in dict.fromkeys(one.names)
            ),
            affiliations=named(item.affiliations),
            about=tuple(dict.fromkeys(filter(None, (item.description("en"), item.description("ar"))))),
        )
        for qid, item in wanted.items()
    }
