"""What can be asked of an entity, beside its name: properties, their labels and values."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Literal, TypeAlias

import msgspec

from khabar.matching import NameIndex, likeness
from khabar.matching.description import kilometres
from khabar.model import each
from khabar.reconciliation.entities import Entities, Known, link, types_of
from khabar.reconciliation.messages import compared

Value = dict[str, Any]
"""One value as the protocol writes it: ``{"str": ...}``, ``{"id": ..., "name": ...}``, ``{"int": ...}``."""

Way: TypeAlias = Literal["name", "text", "prose", "entity", "link", "point", "number"]
"""How a value is compared: as a name, as a text (which of prose is only looked for as it stands), by id or else by
name, exactly, by distance, as a number."""

_ALL: Final = ("Person", "Organisation", "Outlet", "Polity", "Place")
_FAR: Final = 50.0
"""Kilometres from which on two points do not agree at all."""
_DEGREE: Final = 111.0
"""Kilometres of a degree of latitude, at least."""
_LIKE_VALUES: Final = 30


class Property(msgspec.Struct, frozen=True):
    """One property: its id and labels, the types that have it, its values for an entity in a language.

    ``field`` is the key of the record that holds it. ``range`` is the type of the entities that are its values, where
    they are entities of the service.
    """

    id: str
    label: dict[str, str]
    types: tuple[str, ...]
    values: Callable[[Entities, Known, str], Iterator[Value]]
    way: Way = "text"
    field: str = ""
    range: str = ""


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
            yield {"str": link(match)}

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
        Property("name", {"en": "name", "ar": "الاسم"}, _ALL, _names, "name"),
        Property("alias", {"en": "other name", "ar": "اسم آخر"}, _ALL, _aliases, "name"),
        Property("position", {"en": "position", "ar": "المنصب"}, ("Person",), _text("position"), field="position"),
        Property(
            "memberOf",
            {"en": "member of", "ar": "عضو في"},
            ("Person", "Organisation", "Outlet"),
            _related("member_of"),
            "entity",
            "member_of",
            "Organisation",
        ),
        Property("within", {"en": "within", "ar": "يقع في"}, _ALL, _related("within"), "entity", "within", "Place"),
        Property("point", {"en": "coordinates", "ar": "الإحداثيات"}, ("Place", "Polity"), _point, "point"),
        Property("exactMatch", {"en": "exact match", "ar": "مطابق تمامًا"}, _ALL, _links("exact_match"), "link"),
        Property("closeMatch", {"en": "close match", "ar": "مطابق تقريبًا"}, _ALL, _links("close_match"), "link"),
        Property("note", {"en": "note", "ar": "ملاحظة"}, _ALL, _text("note"), "prose", "note"),
        Property("articles", {"en": "articles that speak of it", "ar": "مقالات تذكره"}, _ALL, _articles, "link"),
        Property("articleCount", {"en": "number of articles", "ar": "عدد المقالات"}, _ALL, _article_count, "number"),
    )
}
"""Every property, by id, in the order in which they are proposed."""


def proposed(kind: str) -> list[Property]:
    """The properties of a type, or of all where it is none of khabar's."""
    wanted = set(types_of(kind)) if kind in _ALL else set(_ALL)
    return [one for one in PROPERTIES.values() if wanted & set(one.types)]


def agreement(entities: Entities, known: Known, property_: Property, wanted: Iterable[Any]) -> float:
    """How well the values of a property agree with one of those that are wanted, from 0 to 1, in any language.

    Names and texts agree as far as they are alike, points as far as they are near; a link or a number is the same or
    another, and so is an entity that is given by its id.
    """
    return max((_agreement(entities, known, property_, one) for one in wanted), default=0.0)


def _agreement(entities: Entities, known: Known, property_: Property, wanted: Any) -> float:
    text = _name(wanted)
    if property_.way == "entity":
        meant = entities.get(_id(wanted))
        others = list(entities.related(known, property_.field))
        if meant is not None:
            return float(any(other is meant for other in others))
        return _likest((name for other in others for name in other.names()), text)
    if property_.way in ("text", "prose"):
        return _likest(getattr(known.entity, property_.field).values(), text)
    held = [one.get("str", one.get("int")) for one in property_.values(entities, known, "en")]
    match property_.way:
        case "link":
            return float(link(_id(wanted)) in held)
        case "number":
            number = _number(wanted)
            return float(number is not None and number in held)
        case "point":
            here, there = known.entity.point, _position(text)
            if here is None or there is None:
                return 0.0
            return max(0.0, 1.0 - kilometres((here.lat, here.lon), there) / _FAR)
    return _likest((str(one) for one in held), text)


def _likest(held: Iterable[str], text: str) -> float:
    wanted = compared(text)
    return max((likeness(compared(one), wanted).score for one in held), default=0.0)


def _told(wanted: Any, *keys: str) -> str:
    """A wanted value as text: of an entity the first of ``keys`` that it has."""
    if isinstance(wanted, dict):
        return next((str(wanted[key]) for key in keys if isinstance(wanted.get(key), str)), "")
    return str(wanted)


def _name(wanted: Any) -> str:
    return _told(wanted, "name", "id")


def _id(wanted: Any) -> str:
    # A cell that was reconciled before has an id, with this service one of ours.
    return _told(wanted, "id", "name")


def _number(wanted: Any) -> float | None:
    if isinstance(wanted, bool):
        return None
    try:
        return float(_id(wanted))
    except (ValueError, OverflowError):
        return None


def _position(text: str) -> tuple[float, float] | None:
    """The point of ``lat,lon``, in decimal degrees."""
    parts = text.replace(",", " ").split()
    try:
        lat, lon = map(float, parts)
    except ValueError:
        return None
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None  # noqa: PLR2004 - degrees


class Holders:
    """Who has a value of a property, found without asking all entities; built for each property when it is first asked.

    What is found may agree; ``agreement`` tells how well.
    """

    def __init__(self, entities: Entities) -> None:
        self._entities = entities
        self._exact: dict[str, dict[Any, list[Known]]] = {}
        self._texts: dict[str, tuple[NameIndex, list[list[Known]]]] = {}
        points = [(known.entity.point.lat, number) for number, known in enumerate(entities.all) if known.entity.point]
        self._points = sorted(points)

    def find(self, properties: Iterable[tuple[str, tuple[Any, ...]]]) -> list[Known]:
        """The entities that may have values of ``properties``, those with most of them first."""
        found: Counter[Known] = Counter()
        for name, wanted in properties:
            if name in PROPERTIES:
                found.update(
                    list(dict.fromkeys(known for one in wanted for known in self._having(PROPERTIES[name], one)))
                )
        return [known for known, _ in found.most_common()]

    def _having(self, property_: Property, wanted: Any) -> list[Known]:
        text = _name(wanted)
        match property_.way:
            case "name":
                return self._called(text)
            case "entity":
                meant = self._entities.get(_id(wanted))
                others = self._called(text) if meant is None else [meant]
                return [known for other in others for known in self._held(property_).get(other.id, ())]
            case "link":
                return self._held(property_).get(link(_id(wanted)), [])
            case "number":
                return self._held(property_).get(_number(wanted), [])
            case "prose":
                return self._held(property_).get(text, [])
            case "point":
                return self._near(_position(text))
        index, holders = self._texted(property_)
        return [known for hit in index.find(compared(text), _LIKE_VALUES) for known in holders[hit.number]]

    def _called(self, text: str) -> list[Known]:
        return [self._entities.all[hit.number] for hit in self._entities.index.find(compared(text), _LIKE_VALUES)]

    def _near(self, position: tuple[float, float] | None) -> list[Known]:
        if position is None:
            return []
        apart = _FAR / _DEGREE
        first = bisect_left(self._points, (position[0] - apart, -1))
        last = bisect_right(self._points, (position[0] + apart, len(self._entities.all)))
        return [self._entities.all[number] for _, number in self._points[first:last]]

    def _held(self, property_: Property) -> dict[Any, list[Known]]:
        """The holders of each value: an id, a link, a number, a text as it stands."""
        if property_.id not in self._exact:
            held: dict[Any, list[Known]] = {}
            for known in self._entities.all:
                values = (next(iter(one.values())) for one in property_.values(self._entities, known, "en"))
                for value in getattr(known.entity, property_.field).values() if property_.way == "prose" else values:
                    held.setdefault(value, []).append(known)
            self._exact[property_.id] = held
        return self._exact[property_.id]

    def _texted(self, property_: Property) -> tuple[NameIndex, list[list[Known]]]:
        """The texts that entities have, and who has each."""
        if property_.id not in self._texts:
            held: dict[str, list[Known]] = {}
            for known in self._entities.all:
                for text in getattr(known.entity, property_.field).values():
                    held.setdefault(compared(text), []).append(known)
            self._texts[property_.id] = NameIndex([[text] for text in held]), list(held.values())
        return self._texts[property_.id]
