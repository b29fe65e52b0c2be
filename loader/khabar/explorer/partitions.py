"""How the triples of a store part into classes and properties: what VoID says of a dataset (section 4.3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final

from khabar.explorer.survey import Survey
from khabar.explorer.values import Partition, PropertyPartition

PARTITIONS: Final = "partitions"
"""The fact of an index that holds the partitions, in JSON."""


def partitions(survey: Survey) -> tuple[Partition, ...]:
    """The class partitions of a store, the class with most instances first, and the properties in each.

    A class has those instances alone of which the store states it. A triple in several graphs counts in each.
    """
    types = survey.types
    names = survey.type_names()
    properties = list(survey.properties)
    kind, subject, value = survey.links
    linked = Counter(zip(kind, map(types.__getitem__, subject), map(types.__getitem__, value), strict=True))
    valued = Counter(zip(survey.values[0], map(types.__getitem__, survey.values[1]), strict=True))

    triples: Counter[tuple[str, str]] = Counter()
    classes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    datatypes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (code, own, other), number in linked.items():
        for one in names[own]:
            pair = one, properties[code]
            triples[pair] += number
            classes[pair].update(dict.fromkeys(names[other], number))
    for (place, own), number in valued.items():
        code, datatype = survey.value_kinds[place]
        for one in names[own]:
            pair = one, properties[code]
            triples[pair] += number
            datatypes[pair][datatype] += number

    entities: Counter[str] = Counter()
    for own, number in Counter(types).items():
        entities.update(dict.fromkeys(names[own], number))
    inside: dict[str, list[PropertyPartition]] = defaultdict(list)
    for (one, name), number in sorted(triples.items(), key=_most):
        pair = one, name
        part = PropertyPartition(
            property=name, triples=number, classes=_sorted(classes[pair]), datatypes=_sorted(datatypes[pair])
        )
        inside[one].append(part)
    return tuple(
        Partition(type=one, entities=number, properties=tuple(inside[one]))
        for one, number in sorted(entities.items(), key=_most)
    )


def _sorted(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=_most))


def _most(counted: tuple[object, int]) -> tuple[int, str]:
    return -counted[1], str(counted[0])
