"""What speaks for and against a candidate, with its weight: names, type, place, office, affiliation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from khabar.matching.description import Description, Related, kilometres
from khabar.matching.likeness import Likeness, likeness
from khabar.matching.spelling import is_arabic, plain, spelling


class Reason(msgspec.Struct, frozen=True):
    """One piece of evidence: what it is about, in words, and its weight in natural log-odds."""

    feature: str
    words: str
    weight: float


# The weights are log-odds, as Fellegi and Sunter have them ("A Theory for Record Linkage", 1969): of agreement where
# the candidate is the thing that is meant, to agreement by chance. They were set on one half of the labelled set
# in tests/data/matching and are measured on the other.
_NAME: Final = ((0.97, 5.0), (0.935, 4.2), (0.905, 3.5), (0.87, 1.6), (0.8, 0.4), (0.7, -1.0), (0.0, -5.0))
_SECOND_SCRIPT: Final = ((0.97, 1.2), (0.93, 0.8), (0.88, 0.0), (0.8, -1.5), (0.0, -3.5))
_ACROSS: Final = -0.6
_ALIAS: Final = -0.4
_RICHNESS: Final = {
    "Person": (-2.5, 0.3, 0.6),
    "Place": (0.0, 0.0, 0.9),
    "Outlet": (0.0, 0.2, 1.4),
    "Polity": (0.0, 1.4, 1.4),
    "Organisation": (0.0, 0.6, 1.4),
}
_TYPE_AGREES: Final = 2.0
_TYPE_UNKNOWN: Final = -1.0
_TYPE_OF_NO_KIND: Final = -2.5
_TYPE_DISAGREES: Final = -8.0
_NEAR: Final = ((5.0, 4.5), (15.0, 3.0), (40.0, 1.5), (90.0, -0.5))
_FAR: Final = -7.0
_EXTENT: Final = 20.0
_WITHIN: Final = 2.1
_ELSEWHERE: Final = -3.5
_OFFICE: Final = 3.2
_OTHER_OFFICE: Final = -2.0
_AFFILIATION: Final = 2.6
_OTHER_AFFILIATION: Final = -1.5
_SAME: Final = 0.9
_OFFICE_SHARE: Final = 0.6
_OFFICE_PART: Final = 0.3
_PART: Final = 0.7
_EXCLUDED: Final = -20.0

_MANNERS: Final = {
    "same": "the same",
    "orthography": "the same but for orthography",
    "article": "the same but for article or title",
    "order": "the same words in another order",
    "transliteration": "a transliteration of the same",
    "shorter": "a shorter form",
    "near": "nearly the same",
    "different": "another name",
}
_LESS: Final = frozenset({"of", "the", "in", "to", "and", "for", "at", "on", "a", "an", "في", "من", "الي", "علي", "و"})


def evidence(meant: Description, candidate: Description) -> tuple[Reason, ...]:
    """Every piece of evidence on whether ``candidate`` is what ``meant`` describes; the names come first.

    >>> meant = Description(names=(("en", "Misrata"),), kinds=frozenset({"Place"}), point=(32.3754, 15.0925))
    >>> town = Description(names=(("en", "Misurata"),), kinds=frozenset({"Place"}), point=(32.38, 15.09))
    >>> [reason.feature for reason in evidence(meant, town)]
    ['name', 'type', 'coordinates']
    """
    if candidate.excluded:
        return (Reason("type", candidate.excluded, _EXCLUDED),)
    return (
        *_names(meant, candidate),
        *_type(meant, candidate),
        *_coordinates(meant, candidate),
        *_within(meant, candidate),
        *_office(meant, candidate),
        *_affiliation(meant, candidate),
    )


class _Pair(msgspec.Struct, frozen=True):
    likeness: Likeness
    name: str
    other: str
    language: str
    is_alias: bool

    @property
    def words(self) -> str:
        told = f"“{self.name}”" if self.name == self.other else f"“{self.name}” and “{self.other}”"
        return f"{told} ({self.language}), {_MANNERS[self.likeness.manner]}"


def _names(meant: Description, candidate: Description) -> Iterator[Reason]:
    within = [pair for arabic in (False, True) if (pair := _best(meant, candidate, arabic=arabic)) is not None]
    if not within:
        across = _best(meant, candidate, arabic=None)
        if across is None:
            yield Reason("name", "no name to compare", -5.0)
            return
        yield Reason("name", across.words, _by(_NAME, across.likeness.score) + _ACROSS + _richness(meant, across))
        return
    within.sort(key=lambda pair: pair.likeness.score, reverse=True)
    first, *others = within
    weight = _by(_NAME, first.likeness.score) + _richness(meant, first) + (_ALIAS if first.is_alias else 0.0)
    yield Reason("name", first.words, weight)
    for other in others:
        yield Reason("name", other.words, _by(_SECOND_SCRIPT, other.likeness.score))


def _best(meant: Description, candidate: Description, *, arabic: bool | None) -> _Pair | None:
    """The likest names of the two, in one script; with None, in any."""
    found: _Pair | None = None
    seen: set[str] = set()
    for place, (_, name) in enumerate(meant.names):
        if arabic is not None and is_arabic(name) != arabic:
            continue
        own_alias = place > 0 and any(language == meant.names[place][0] for language, _ in meant.names[:place])
        seen.clear()
        for language, other in candidate.names:
            is_alias = own_alias or language in seen
            seen.add(language)
            if arabic is not None and is_arabic(other) != arabic:
                continue
            like = likeness(name, other)
            if found is None or (like.score, not is_alias) > (found.likeness.score, not found.is_alias):
                found = _Pair(like, name, other, language, is_alias)
    return found


def _richness(meant: Description, pair: _Pair) -> float:
    """How telling a name is: a given name is that of thousands, a full name of three words nearly one man's own.

    Two words name many places and papers, and few other organisations.
    """
    words = min(len(spelling(pair.name).core), len(spelling(pair.other).core))
    kind = next(iter(meant.kinds), "") if meant.kinds else ""
    weights = _RICHNESS.get(kind, _RICHNESS["Organisation"])
    return weights[min(words, len(weights)) - 1]


def _by(table: tuple[tuple[float, float], ...], score: float) -> float:
    return next(weight for least, weight in table if score >= least)


def _type(meant: Description, candidate: Description) -> Iterator[Reason]:
    if not meant.kinds:
        return
    wanted = " or ".join(sorted(meant.kinds))
    if candidate.kinds is None:
        yield Reason("type", f"{wanted}, of a class that is not known", _TYPE_UNKNOWN)
    elif not candidate.kinds:
        yield Reason("type", f"{wanted}, of a class that is none of khabar's types", _TYPE_OF_NO_KIND)
    elif meant.kinds & candidate.kinds:
        yield Reason("type", f"{' or '.join(sorted(meant.kinds & candidate.kinds))}, as its classes say", _TYPE_AGREES)
    else:
        found = " or ".join(sorted(candidate.kinds))
        yield Reason("type", f"{wanted}, but its classes say {found}", _TYPE_DISAGREES)


def _coordinates(meant: Description, candidate: Description) -> Iterator[Reason]:
    if meant.point is None or candidate.point is None:
        return
    apart = kilometres(meant.point, candidate.point)
    # The point of a country is anywhere in it.
    scale = _EXTENT if meant.kinds and "Polity" in meant.kinds else 1.0
    weight = next((weight for most, weight in _NEAR if apart <= most * scale), _FAR)
    yield Reason("coordinates", f"{apart:,.0f} km apart" if apart >= 1 else "less than 1 km apart", weight)


def _within(meant: Description, candidate: Description) -> Iterator[Reason]:
    theirs = (*candidate.within, *candidate.countries)
    if not meant.within or not theirs:
        return
    if (shared := _shared(meant.within, theirs)) is not None:
        yield Reason("place", f"both within {shared}", _WITHIN)
    elif meant.countries and candidate.countries:
        name = _name(candidate.countries[0])
        yield Reason("place", f"within {name}, not {_name(meant.countries[0])}", _ELSEWHERE)


def _office(meant: Description, candidate: Description) -> Iterator[Reason]:
    if not meant.offices or not (candidate.offices or candidate.about):
        return
    best = max(
        ((_overlap(wanted, held), held) for wanted in meant.offices for held in (*candidate.offices, *candidate.about)),
        default=(0.0, ""),
    )
    if best[0] >= _OFFICE_SHARE:
        yield Reason("office", f"“{best[1]}”", _OFFICE)
    elif best[0] < _OFFICE_PART and (pair := _in_one_script(meant.offices, candidate.offices)) is not None:
        yield Reason("office", f"“{pair[1]}”, not “{pair[0]}”", _OTHER_OFFICE)


def _in_one_script(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, str] | None:
    """Two texts that can be compared: an office that is told in another language is no other office."""
    return next(((mine, yours) for mine in ours for yours in theirs if is_arabic(mine) == is_arabic(yours)), None)


def _overlap(wanted: str, held: str) -> float:
    """The share of the words of the shorter that the longer has, too."""
    mine, theirs = _content(wanted), _content(held)
    short, long = sorted((mine, theirs), key=len)
    if not short:
        return 0.0
    found = sum(any(likeness(word, other).score >= _SAME for other in long) for word in short)
    return found / len(short) if len(short) > 1 else found / 2


def _content(text: str) -> list[str]:
    return [word for word in plain(text).split() if word not in _LESS]


def _affiliation(meant: Description, candidate: Description) -> Iterator[Reason]:
    if not meant.affiliations:
        return
    # A ministry is of its state, in a record as its member, in Wikidata by its country.
    if (shared := _shared(meant.affiliations, (*candidate.affiliations, *candidate.countries))) is not None:
        yield Reason("affiliation", f"both of {shared}", _AFFILIATION)
        return
    said = " ".join(candidate.about)
    for one in meant.affiliations:
        for name in one.names:
            if len(_content(name)) > 1 and f" {plain(name)} " in f" {plain(said)} ":
                yield Reason("affiliation", f"“{name}” in its description", _AFFILIATION)
                return
    # A part, or another name, of what someone is of, is no other affiliation.
    if candidate.affiliations and _shared(meant.affiliations, candidate.affiliations, _PART) is None:
        words = f"of {_name(candidate.affiliations[0])}, not {_name(meant.affiliations[0])}"
        yield Reason("affiliation", words, _OTHER_AFFILIATION)


def _shared(ours: tuple[Related, ...], theirs: tuple[Related, ...], least: float = _SAME) -> str | None:
    for one in ours:
        for other in theirs:
            if one.ids & other.ids or any(
                likeness(name, their).score >= least for name in one.names for their in other.names
            ):
                return _name(one)
    return None


def _name(one: Related) -> str:
    return one.names[0] if one.names else min(one.ids, default="?")
