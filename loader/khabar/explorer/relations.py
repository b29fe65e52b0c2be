"""Who took part in events and who says what about them, written as edges; and where events took place."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest
from typing import Final, NamedTuple

from khabar import vocabulary
from khabar.explorer.entries import Entries
from khabar.explorer.kinds import AGENTS
from khabar.explorer.survey import Survey

SOURCE: Final = vocabulary.term("source")
"""The relation of one who says something about an event."""

_PARTICIPANT: Final = vocabulary.term("participant")
_ROLES: Final = (*(vocabulary.term(name) for name in vocabulary.roles()), _PARTICIPANT)
_CLAIM, _ABOUT, _STANCE = vocabulary.term("claim"), vocabulary.term("about"), vocabulary.term("stance")
_PLACE, _WITHIN = vocabulary.term("place"), vocabulary.term("within")
_NUMBER: Final = r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?"
_POINT: Final = re.compile(rf"POINT ?\( ?({_NUMBER}) +({_NUMBER}) ?\)", re.IGNORECASE)
_WEST_EAST, _SOUTH_NORTH = 180.0, 90.0
_HUBS: Final = 350
_SHARED: Final = 1_000
_RELATIONS: Final = frozenset({*_ROLES, SOURCE, _CLAIM, _ABOUT, _STANCE, _PLACE, _WITHIN})


class Relation(NamedTuple):
    """An edge: the number of an agent and of an event, the property that joins them, and the stance of who speaks."""

    agent: int
    event: int
    relation: str
    stance: str


class Relations:
    """All edges of a store between agents and events, and the places of its events, by the numbers of things."""

    def __init__(self, survey: Survey, entries: Entries) -> None:
        pairs = survey.grouped(_RELATIONS)
        self._survey = survey
        self._thing = entries.thing
        self.edges: Counter[Relation] = Counter()
        agents, events = entries.of(*AGENTS), entries.of("event")
        taken_part: set[tuple[int, int]] = set()
        for role in _ROLES:
            for event, agent in self._things(pairs[role]):
                if event in events and agent in agents and not (role == _PARTICIPANT and (event, agent) in taken_part):
                    taken_part.add((event, agent))
                    self.edges[Relation(agent, event, role, "")] += 1
        self._say(pairs, agents, events)
        self.weights = Counter(edge.agent for edge in self.edges)
        self.weights.update(edge.event for edge in self.edges)
        self._places = self._places_of(pairs, events)

    def _say(self, pairs: Mapping[str, list[tuple[int, int]]], agents: frozenset[int], events: frozenset[int]) -> None:
        """Who makes which statements about the claims about an event: one edge for each agent, event and stance."""
        about: dict[int, list[int]] = defaultdict(list)
        for claim, event in self._things(pairs[_ABOUT]):
            if event in events:
                about[claim].append(event)
        nodes = self._survey.nodes
        stances: dict[int, set[str]] = defaultdict(set)
        for node, concept in pairs[_STANCE]:
            if nodes[concept].startswith(vocabulary.NAMESPACE) and node in self._thing:
                stances[self._thing[node]].add(vocabulary.name_of(nodes[concept]))
        claims: dict[int, list[int]] = defaultdict(list)
        for statement, claim in self._things(pairs[_CLAIM]):
            claims[statement].append(claim)
        for statement, agent in self._things(pairs[SOURCE]):
            if agent in agents:
                for event in {event for claim in claims.get(statement, ()) for event in about.get(claim, ())}:
                    for stance in stances.get(statement, ("",)):
                        self.edges[Relation(agent, event, SOURCE, stance)] += 1

    def _places_of(self, pairs: Mapping[str, list[tuple[int, int]]], events: frozenset[int]) -> dict[int, int]:
        """The number of events at each place or inside it."""
        above: dict[int, set[int]] = defaultdict(set)
        for inner, outer in self._things(pairs[_WITHIN]):
            above[inner].add(outer)
        around: dict[int, frozenset[int]] = {}
        at: dict[int, set[int]] = defaultdict(set)
        for event, place in self._things(pairs[_PLACE]):
            if event not in events:
                continue
            if place not in around:
                around[place] = _reached(place, above)
            for outer in around[place]:
                at[outer].add(event)
        return {place: len(those) for place, those in at.items()}

    def _things(self, pairs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        thing = self._thing
        for subject, value in pairs:
            one, other = thing.get(subject), thing.get(value)
            if one is not None and other is not None:
                yield one, other

    def write(self, connection: sqlite3.Connection) -> None:
        """Write the edges, and the places that have a point."""
        connection.executemany(
            "INSERT INTO edges VALUES (?, ?, ?, ?, ?)", ((*edge, self.edges[edge]) for edge in sorted(self.edges))
        )
        connection.executemany("INSERT INTO hubs (thing) VALUES (?)", ((thing,) for thing in self._hubs()))
        marks = {}
        for node, texts in self._survey.points.items():
            points = [point for text in texts if (point := point_of(text)) is not None]
            if points and node in self._thing:
                marks[self._thing[node]] = min(points)
        connection.executemany(
            "INSERT INTO marks VALUES (?, ?, ?, ?)",
            ((thing, *marks[thing], self._places.get(thing, 0)) for thing in sorted(marks)),
        )

    def _hubs(self) -> Iterator[int]:
        """The agents with most edges, then the events that join most of these."""
        agents = nsmallest(_HUBS, {edge.agent for edge in self.edges}, key=lambda agent: (-self.weights[agent], agent))
        yield from agents
        among = set(agents)
        joined = Counter(event for _, event in {(edge.agent, edge.event) for edge in self.edges if edge.agent in among})
        yield from nsmallest(_SHARED, joined, key=lambda event: (-joined[event], event))


def _reached(place: int, above: Mapping[int, set[int]]) -> frozenset[int]:
    """A place and all that it lies within; circles do no harm."""
    found = {place}
    waiting = [place]
    while waiting:
        for outer in above.get(waiting.pop(), ()):
            if outer not in found:
                found.add(outer)
                waiting.append(outer)
    return frozenset(found)


def point_of(text: str) -> tuple[float, float] | None:
    """Longitude and latitude of a WKT literal that is a point in CRS84 (GeoSPARQL 1.1, section 8.5.1); else None.

    >>> point_of("POINT(18.0302 26.667)"), point_of("POINT(200 0)"), point_of("POINT EMPTY")
    ((18.0302, 26.667), None, None)
    """
    match = _POINT.fullmatch(text)
    if match is None:
        return None
    longitude, latitude = float(match[1]), float(match[2])
    return (longitude, latitude) if abs(longitude) <= _WEST_EAST and abs(latitude) <= _SOUTH_NORTH else None
