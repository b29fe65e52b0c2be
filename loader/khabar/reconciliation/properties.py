"""What can be asked of an entity, beside its name: properties, their labels and values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from khabar.matching import likeness
from khabar.model import each
from khabar.reconciliation.entities import Entities, Known, types_of
from khabar.terms import WIKIDATA

Value = dict[str, Any]
"""One value as the protocol writes it: ``{"str": ...}``, ``{"id": ..., "name": ...}``, ``{"int": ...}``."""

_ALL: Final = ("Person", "Organisation", "Outlet", "Polity", "Place")


class Property(msgspec.Struct, frozen=True):
    """One property: its id and labels, the types that have it, its values for an entity in a language."""

    id: str
    label: dict[str, str]
    types: tuple[str, ...]
    values: Callable[[Entities, Known, str], Iterator[Value]]
    range: str = ""
    """The type of the entities that are its values, where they are entities of the service."""


def _names(entities: Entities, known: Known, language: str) -> Iterator[Value]:
    del entities, language
    yield from ({"str": name} for name in known.entity.name.values())


def _aliases(entities: Entities, known: Known, language: str) -> Iterator[Value]:
    del entities, language
    yield from ({"str": alias} for values in known.entity.alias.values() for alias in each(values))


def _text(field: str) -> Callable[[Entities, Known, str], Iterator[Value]]:
    def values(entities: Entities, known: Known, language: str) -> Iterator[Value]:
        del entities
        texts: dict[str, str] = getattr(known.entity, field)
        if texts:
            yield {"str": texts.get(language) or next(iter(texts.values()))}

    return values


def _related(field: str) -> Callable[[Entities, Known, str], Iterator[Value]]:
    def values(entities: Entities, known: Known, language: str) -> Iterator[Value]:
        for other in entities.related(known, field):
            yield {"id": other.id, "name": other.name(language)}

    return values


def _point(entities: Entities, known: Known, language: str) -> Iterator[Value]:
    del entities, language
    if known.entity.point is not None:
        yield {"str": f"{known.entity.point.lat:g},{known.entity.point.lon:g}"}


def _links(field: str) -> Callable[[Entities, Known, str], Iterator[Value]]:
    def values(entities: Entities, known: Known, language: str) -> Iterator[Value]:
        del entities, language
        for match in each(getattr(known.entity, field)):
            yield {"str": WIKIDATA + match if match.startswith("Q") else match}

    return values


def _article_count(entities: Entities, known: Known, language: str) -> Iterator[Value]:
    del entities, language
    yield {"int": len(known.articles)}


def _articles(entities: Entities, known: Known, language: str) -> Iterator[Value]:
    del language
    yield from ({"str": f"{entities.base}articles/{article}"} for article in known.articles)


PROPERTIES: Final = {
    one.id: one
    for one in (
        Property("name", {"en": "name", "ar": "الاسم"}, _ALL, _names),
        Property("alias", {"en": "other name", "ar": "اسم آخر"}, _ALL, _aliases),
        Property("position", {"en": "position", "ar": "المنصب"}, ("Person",), _text("position")),
        Property(
            "memberOf",
            {"en": "member of", "ar": "عضو في"},
            ("Person", "Organisation", "Outlet"),
            _related("member_of"),
            "Organisation",
        ),
        Property("within", {"en": "within", "ar": "يقع في"}, _ALL, _related("within"), "Place"),
        Property("point", {"en": "coordinates", "ar": "الإحداثيات"}, ("Place", "Polity"), _point),
        Property("exactMatch", {"en": "exact match", "ar": "مطابق تمامًا"}, _ALL, _links("exact_match")),
        Property("closeMatch", {"en": "close match", "ar": "مطابق تقريبًا"}, _ALL, _links("close_match")),
        Property("note", {"en": "note", "ar": "ملاحظة"}, _ALL, _text("note")),
        Property("articles", {"en": "articles that speak of it", "ar": "مقالات تذكره"}, _ALL, _articles),
        Property("articleCount", {"en": "number of articles", "ar": "عدد المقالات"}, _ALL, _article_count),
    )
}
"""Every property, by id, in the order in which they are proposed."""


def proposed(kind: str) -> list[Property]:
    """The properties of a type, or of all where it is none of khabar's."""
    wanted = set(types_of(kind)) if kind in _ALL else set(_ALL)
    return [one for one in PROPERTIES.values() if wanted & set(one.types)]


def agreement(entities: Entities, known: Known, property_: Property, wanted: list[Any], language: str) -> float:
    """How well the values of a property agree with one of those that are wanted, from 0 to 1."""
    held = list(property_.values(entities, known, language))
    return max((_alike(entities, value, one) for value in held for one in wanted), default=0.0)


def _alike(entities: Entities, value: Value, wanted: Any) -> float:
    if isinstance(wanted, dict):
        # A cell that was reconciled before; with this service, it has an id of ours.
        other = entities.get(str(wanted.get("id", "")))
        if other is not None and "id" in value:
            return 1.0 if other.id == value["id"] else 0.0
        wanted = wanted.get("name") or wanted.get("id") or ""
    text = str(wanted)
    if "id" in value and (other := entities.get(text)) is not None:
        return 1.0 if other.id == value["id"] else 0.0
    held = str(value.get("name") or value.get("str") or value.get("int", ""))
    return 1.0 if held == text else likeness(held, text).score
