"""The labelled set of tests/data/matching: mentions, the candidates for each, and which of them is right."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from khabar.matching import Description, Ranked, Related, rank
from khabar.wikidata.classes import known_classes

FOLDER = Path(__file__).parent / "data" / "matching"


class Case(NamedTuple):
    id: str
    made: str
    part: str
    kind: str
    meant: Description
    candidates: tuple[Description, ...]
    right: int | None
    shown: str


@functools.cache
def cases() -> tuple[Case, ...]:
    """Every case of both sets, the drawn one and the one by hand, by kind and id."""
    return tuple(
        _case(one, made)
        for made, folder in (("drawn", FOLDER), ("by hand", FOLDER / "by-hand"))
        for path in sorted(folder.glob("*.yaml"))
        for one in yaml.safe_load(path.read_text("utf-8"))
    )


def _case(one: dict[str, Any], made: str) -> Case:
    ids = [candidate["id"] for candidate in one["candidates"]]
    mention = one["mention"]
    return Case(
        one["id"],
        made,
        one["part"],
        one["kind"],
        _described(mention, "name", frozenset({mention["type"]})),
        tuple(_candidate(candidate) for candidate in one["candidates"]),
        None if one["right"] is None else ids.index(one["right"]),
        " · ".join(mention["name"].values()),
    )


def _candidate(one: dict[str, Any]) -> Description:
    kinds: set[str] = set()
    for label in one["types"]:
        kinds |= known_classes().kinds("", label) or frozenset()
    excluded = "a page" if "no candidate" in kinds else ""
    return _described(one, "label", frozenset(kinds - {"no candidate"}), excluded)


def _described(one: dict[str, Any], names: str, kinds: frozenset[str], excluded: str = "") -> Description:
    alias = one.get("alias", {})
    within = tuple(Related(names=(name,)) for name in one.get("within", ()))
    point = one.get("point")
    return Description(
        names=tuple(
            (language, name)
            for language in dict.fromkeys((*one[names], *alias))
            for name in (*([one[names][language]] if language in one[names] else []), *alias.get(language, []))
        ),
        kinds=kinds,
        excluded=excluded,
        point=(point["lat"], point["lon"]) if point else None,
        within=within,
        countries=within,
        offices=tuple(one.get("position", ())),
        affiliations=tuple(Related(names=(name,)) for name in one.get("member_of", ())),
        about=tuple(one.get("description", {}).values()),
    )


class Outcome(NamedTuple):
    case: Case
    accepted: int | None
    best: Ranked | None

    @property
    def is_wrong(self) -> bool:
        return self.accepted is not None and self.accepted != self.case.right

    @property
    def is_first(self) -> bool:
        """Whether the right candidate is the likeliest, be it accepted or not."""
        return self.best is not None and self.best.number == self.case.right

    @property
    def is_missed(self) -> bool:
        return self.case.right is not None and self.accepted != self.case.right


def outcomes(threshold: float, part: str | None = None, made: str = "drawn") -> list[Outcome]:
    """What is accepted at a threshold, case by case."""
    found = []
    for case in cases():
        if part in (None, case.part) and case.made == made:
            ranked = rank(case.meant, case.candidates)
            best = ranked[0] if ranked else None
            accepted = best.number if best is not None and best.probability >= threshold else None
            found.append(Outcome(case, accepted, best))
    return found


def precision_and_recall(found: list[Outcome]) -> tuple[float, float]:
    """Of what is accepted, the share that is right; of what is right, the share that is accepted."""
    accepted = [one for one in found if one.accepted is not None]
    right = [one for one in accepted if not one.is_wrong]
    wanted = [one for one in found if one.case.right is not None]
    return len(right) / len(accepted), len(right) / len(wanted)
