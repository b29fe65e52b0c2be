"""Items of Wikidata as values, from the JSON that its API gives (Wikibase DataModel, JSON serialisation)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

INSTANCE_OF: Final = "P31"
SUBCLASS_OF: Final = "P279"
COORDINATES: Final = "P625"
COUNTRY: Final = "P17"
LOCATED_IN: Final = "P131"
OFFICE: Final = "P39"
OCCUPATION: Final = "P106"
AFFILIATIONS: Final = ("P108", "P463", "P102", "P241", "P749", "P361", "P945")
"""Employer, member of, party, military branch, parent organisation, part of, allegiance."""

QID: Final = re.compile(r"Q[1-9][0-9]{0,11}")
_MULTIPLE: Final = "mul"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item; statements of the best rank alone, and values that are known.

    ``redirected_from`` is the Q-number that was asked for where it redirects here. Labels and descriptions are by
    language; ``mul`` is the label for all languages that have none.
    """

    id: str
    redirected_from: str = ""
    labels: Mapping[str, str] = {}
    aliases: Mapping[str, tuple[str, ...]] = {}
    descriptions: Mapping[str, str] = {}
    classes: tuple[str, ...] = ()
    super_classes: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    countries: tuple[str, ...] = ()
    located_in: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    affiliations: tuple[str, ...] = ()

    def label(self, *languages: str) -> str:
        """The label in the first of ``languages`` that has one, then that for all, English, any, or the Q-number."""
        for language in (*languages, _MULTIPLE, "en"):
            if language in self.labels:
                return self.labels[language]
        return next(iter(self.labels.values()), self.id)

    def description(self, *languages: str) -> str:
        """The description in the first of ``languages`` that has one, then English, or an empty text."""
        return next((self.descriptions[one] for one in (*languages, "en") if one in self.descriptions), "")

    def names(self) -> tuple[tuple[str, str], ...]:
        """Languages and names, the label of each language before its aliases."""
        languages = dict.fromkeys((*self.labels, *self.aliases))
        return tuple(
            (language, name)
            for language in languages
            for name in (
                *((self.labels[language],) if language in self.labels else ()),
                *self.aliases.get(language, ()),
            )
        )

    def related(self) -> Iterator[str]:
        """The Q-numbers of what it stands in relation to, its classes left out."""
        yield from (*self.countries, *self.located_in, *self.offices, *self.occupations, *self.affiliations)


def item_of(entity: Any) -> Item | None:
    """The item that one member of ``entities`` holds; None for an item that does not exist.

    Raises ValueError, TypeError or KeyError for JSON of another shape.
    """
    if "missing" in entity:
        return None
    claims = entity.get("claims") or {}  # an empty map is written as an empty list
    return Item(
        id=_qid(entity["id"]),
        redirected_from=_qid(entity["redirects"]["from"]) if "redirects" in entity else "",
        labels={language: text["value"] for language, text in _map(entity.get("labels")).items()},
        aliases={
            language: tuple(text["value"] for text in texts) for language, texts in _map(entity.get("aliases")).items()
        },
        descriptions={language: text["value"] for language, text in _map(entity.get("descriptions")).items()},
        classes=_items(claims, INSTANCE_OF),
        super_classes=_items(claims, SUBCLASS_OF),
        point=_point(claims),
        countries=_items(claims, COUNTRY),
        located_in=_items(claims, LOCATED_IN),
        offices=_items(claims, OFFICE),
        occupations=_items(claims, OCCUPATION),
        affiliations=_items(claims, *AFFILIATIONS),
    )


def _map(value: Any) -> Mapping[str, Any]:
    return value or {}


def _qid(value: Any) -> str:
    if not QID.fullmatch(value):
        raise ValueError(value)
    return str(value)


def _values(claims: Mapping[str, Any], number: str) -> Iterator[Any]:
    """The values of one property that count: those preferred, else all that are not deprecated."""
    statements = [one for one in claims.get(number, ()) if one.get("rank", "normal") != "deprecated"]
    preferred = [one for one in statements if one.get("rank") == "preferred"]
    for statement in statements if _every_rank(number) else preferred or statements:
        snak = statement["mainsnak"]
        if snak["snaktype"] == "value":
            yield snak["datavalue"]["value"]


def _every_rank(number: str) -> bool:
    # The office that is held now is preferred; an article may be of the time of another.
    return number in (OFFICE, OCCUPATION, *AFFILIATIONS)


def _items(claims: Mapping[str, Any], *numbers: str) -> tuple[str, ...]:
    # "id" is left out of old dumps, "numeric-id" is not.
    found = (
        value.get("id") or f"Q{value['numeric-id']}"
        for number in numbers
        for value in _values(claims, number)
        if isinstance(value, dict) and value.get("entity-type", "item") == "item"
    )
    return tuple(dict.fromkeys(map(_qid, found)))


def _point(claims: Mapping[str, Any]) -> tuple[float, float] | None:
    return next(((float(value["latitude"]), float(value["longitude"])) for value in _values(claims, COORDINATES)), None)
