"""The things of a store and their names, written in the order in which searches show them."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from khabar import vocabulary
from khabar.explorer.folding import folded
from khabar.explorer.kinds import KINDS, group
from khabar.explorer.survey import UNDATED, Survey, is_iri
from khabar.explorer.things import DATED, JUDGED
from khabar.explorer.values import Kind
from khabar.languages import LANGUAGES

KINDS_OF: Final = "kinds"
"""The fact that tells for each thing, by its number, the place of its kind in `KINDS`: a byte each."""

_RELAYS: Final = vocabulary.NAMESPACE + "relays"
_STANDING: Final = vocabulary.NAMESPACE + "standing"
_LINKS: Final = 8


class Entry(NamedTuple):
    """A thing that gets a page: its node in the survey, its kind and its most special class."""

    node: int
    kind: Kind
    type: str


class Entries:
    """The things of a store in their order: the first has the number 0."""

    def __init__(self, survey: Survey) -> None:
        classes = survey.classes()
        typesets = survey.type_names()
        kinds = [classes.kind(types) if types else None for types in typesets]
        specials = [classes.special(types) if kind else "" for types, kind in zip(typesets, kinds, strict=True)]
        self.closures = [classes.all(types) for types in typesets]
        weights = _weights(survey)
        nodes = survey.nodes
        found = [
            (group(kind), -weights[node], nodes[node], Entry(node, kind, specials[place]))
            for node, place in enumerate(survey.types)
            if (kind := kinds[place]) is not None and is_iri(nodes[node])
        ]
        found.sort()
        self.list = [entry for *_, entry in found]
        self.thing = {entry.node: thing for thing, entry in enumerate(self.list)}
        """The number of the thing that a node is."""

    def of(self, *kinds: Kind) -> frozenset[int]:
        """The numbers of the things of some kinds."""
        return frozenset(thing for thing, entry in enumerate(self.list) if entry.kind in kinds)


def _weights(survey: Survey) -> array[int]:
    """The number of triples that join a node to others."""
    found = array("I", bytes(4 * len(survey.nodes)))
    for nodes in survey.links[1:]:
        for node in nodes:
            found[node] += 1
    return found


def write_things(connection: sqlite3.Connection, survey: Survey, entries: Entries, edges: Mapping[int, int]) -> None:
    """Write all things; ``edges`` tells for some of them the number of their edges in the network."""
    standings = _standings(survey)
    relayed = dict(sorted(survey.pairs(_RELAYS), reverse=True))
    nodes, dates, thing_of = survey.nodes, survey.dates, entries.thing
    named = {node for (node,) in connection.execute("SELECT DISTINCT node FROM said")}

    def named_by(entry: Entry, thing: int) -> int:
        # A link of a chain has no name, and is called as the statement that it passes on.
        node = entry.node
        for _ in range(_LINKS):
            if node in named or node not in relayed:
                break
            node = relayed[node]
        return thing_of.get(node, thing) if node in named else thing

    def rows() -> Iterator[tuple[object, ...]]:
        for thing, entry in enumerate(entries.list):
            when = dates.get(entry.node, UNDATED) if entry.kind in DATED else UNDATED
            standing = standings.get(entry.node, "") if entry.kind in JUDGED else ""
            named = named_by(entry, thing)
            yield thing, nodes[entry.node], entry.kind, entry.type, standing, *when, named, edges.get(thing, 0)

    connection.executemany("INSERT INTO things VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows())
    kinds = bytes(KINDS.index(entry.kind) for entry in entries.list)
    connection.execute("INSERT INTO facts VALUES (?, ?)", (KINDS_OF, kinds))


def standings_of(survey: Survey, entries: Entries) -> dict[int, str]:
    """The standing of each thing that has one."""
    thing_of = entries.thing
    return {thing_of[node]: word for node, word in _standings(survey).items() if node in thing_of}


def _standings(survey: Survey) -> dict[int, str]:
    order = {vocabulary.term(name): name for name in vocabulary.concepts("standings")}
    rank = {name: place for place, name in enumerate(order.values())}
    found: dict[int, str] = {}
    for node, value in survey.pairs(_STANDING):
        word = order.get(survey.nodes[value])
        if word is not None:
            found[node] = min(found.get(node, word), word, key=rank.__getitem__)
    return found


def write_names(connection: sqlite3.Connection, entries: Entries) -> dict[str, list[str]]:
    """Write the names of all things, numbered in the order of the things; those of statements are not searched.

    The answer is for each of `LANGUAGES` the name by which each thing is sorted.
    """
    kinds = [entry.kind for entry in entries.list]
    sorted_by: dict[str, list[str]] = {language: [""] * len(kinds) for language in LANGUAGES}
    best = {language: bytearray(b"\xff" * len(kinds)) for language in LANGUAGES}
    connection.executemany(
        "INSERT INTO ranks VALUES (?, ?)", ((entry.node, thing) for thing, entry in enumerate(entries.list))
    )
    found = connection.cursor().execute(
        "SELECT DISTINCT thing, alias, language, text FROM said JOIN ranks USING (node)"
        " ORDER BY thing, alias, language, text"
    )

    def rows() -> Iterator[tuple[object, ...]]:
        for name, (thing, alias, language, text) in enumerate(found):
            # What a statement is called is made of its source and its claim: by those it is found.
            spelled = folded(text) if kinds[thing] != "statement" else None
            if spelled:
                for wanted in LANGUAGES:
                    fit = alias << 2 | _distance(language, wanted)
                    if fit < best[wanted][thing]:
                        best[wanted][thing] = fit
                        sorted_by[wanted][thing] = spelled
            yield name, thing, alias, language, text, spelled

    connection.executemany("INSERT INTO names VALUES (?, ?, ?, ?, ?, ?)", rows())
    return sorted_by


def _distance(language: str, wanted: str) -> int:
    """How far the language of a name is from the one that is wanted: 0 for the same one."""
    if language == wanted:
        return 0
    if language.partition("-")[0] == wanted:
        return 1
    return 2 if language.partition("-")[0] == "en" else 3


def nearest(language: str, wanted: str) -> tuple[int, str]:
    """The order of preference of a name in ``language`` on a page in the language ``wanted``.

    >>> sorted(["", "fr", "en-gb", "ar-ly", "ar", "en"], key=lambda one: nearest(one, "ar"))
    ['ar', 'ar-ly', 'en', 'en-gb', '', 'fr']
    """
    return (_distance(language, wanted), language) if language != "en" else (min(2, _distance(language, wanted)), "")


def write_orders(
    connection: sqlite3.Connection, survey: Survey, entries: Entries, sorted_by: Mapping[str, list[str]]
) -> None:
    """Write in what order the things of each kind are listed, for each of `LANGUAGES`.

    Articles begin with the newest, events with the earliest, those without a date last; the others go by name.
    """
    by_kind: dict[Kind, list[int]] = {}
    for thing, entry in enumerate(entries.list):
        by_kind.setdefault(entry.kind, []).append(thing)
    for language, names in sorted_by.items():
        for kind, things in by_kind.items():
            ordered = _ordered(survey, entries, kind, things, names)
            connection.execute("INSERT INTO orders VALUES (?, ?, ?)", (kind, language, array("I", ordered).tobytes()))


def _ordered(survey: Survey, entries: Entries, kind: Kind, things: list[int], names: list[str]) -> list[int]:
    nodes, dates, entry = survey.nodes, survey.dates, entries.list

    def by_name(thing: int) -> tuple[bool, str, str]:
        return not names[thing], names[thing], nodes[entry[thing].node]

    def day(thing: int) -> str:
        when = dates.get(entry[thing].node, UNDATED)
        return when.earliest or when.latest

    ordered = sorted(things, key=by_name)
    if kind == "article":
        ordered.sort(key=day, reverse=True)
    elif kind == "event":
        ordered.sort(key=lambda thing: day(thing) or "~")
    return ordered
