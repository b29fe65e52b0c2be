"""A part of the network of agents and events that is small enough to draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from khabar.explorer.kinds import AGENTS
from khabar.explorer.reader import Reader
from khabar.explorer.values import Edge, Network, Node

_BATCH: Final = 400
_SHARE: Final = 3
"""One in so many nodes of the overview is an agent."""


def network(reader: Reader, language: str, centre: str, limit: int) -> Network:
    """What is next to ``centre`` and next to that, or else the most connected agents and what they share.

    There are at most ``limit`` nodes, and all edges between them. Without a centre ``left_out`` counts every other
    node; with one, those next to a node that is shown. A centre that is not in the network is an empty one.
    """
    if limit < 1:
        return Network(nodes=(), edges=())
    if not centre:
        chosen = _most_connected(reader, limit)
        ((every,),) = reader.rows("SELECT count(*) FROM things WHERE weight > 0")
        return _network(reader, language, chosen, every - len(chosen))
    number = reader.number(centre)
    if number is None or reader.kind_of(centre) not in {*AGENTS, "event"}:
        return Network(nodes=(), edges=())
    chosen = _around(reader, number, limit)
    beyond: set[int] = set()
    for one in chosen:
        beyond.update(_beside(reader, one, -1))
    return _network(reader, language, chosen, len(beyond.difference(chosen)))


def _network(reader: Reader, language: str, chosen: Sequence[int], left_out: int) -> Network:
    things = reader.things(sorted(chosen), language)
    iris = dict(zip(sorted(chosen), (thing.iri for thing in things), strict=True))
    weights = {
        thing: weight
        for start in range(0, len(chosen), _BATCH)
        for thing, weight in reader.rows(
            f"SELECT thing, weight FROM things WHERE thing IN {_marks(chosen[start : start + _BATCH])}",  # noqa: S608 - numbers
        )
    }
    edges = tuple(
        Edge(source=iris[agent], target=iris[event], relation=relation, stance=stance, number=number)
        for agent, event, relation, stance, number in _between(reader, chosen)
    )
    nodes = tuple(
        Node(thing=thing, weight=weights[number]) for number, thing in zip(sorted(chosen), things, strict=True)
    )
    return Network(nodes=nodes, edges=edges, left_out=left_out)


def _between(reader: Reader, chosen: Iterable[int]) -> list[tuple[int, int, str, str, int]]:
    inside = _marks(chosen)
    # The events are the few: agents may have very many edges.
    return reader.rows(
        f"SELECT agent, event, relation, stance, number FROM edges INDEXED BY edges_event"  # noqa: S608 - numbers
        f" WHERE event IN {inside} AND agent IN {inside} ORDER BY agent, event, relation, stance"
    )


def _most_connected(reader: Reader, limit: int) -> list[int]:
    held = [one for (one,) in reader.rows("SELECT thing FROM hubs ORDER BY place")]
    agents = [one for one in held if reader.kinds[one] != "event"][: max(1, limit // _SHARE)]
    events = [one for one in held if reader.kinds[one] == "event"][: limit - len(agents)]
    joined = {end for agent, event, *_ in _between(reader, (*agents, *events)) for end in (agent, event)}
    return [one for one in (*agents, *events) if one in joined]


def _around(reader: Reader, centre: int, limit: int) -> list[int]:
    """The centre, what is next to it, and what is next to that: the best joined first, as many as there may be."""
    chosen = {centre: None}
    chosen.update(dict.fromkeys(_beside(reader, centre, limit - 1)))
    if len(chosen) < limit:
        further: Counter[int] = Counter()
        for one in list(chosen)[1:]:
            further.update(other for other in _beside(reader, one, limit) if other not in chosen)
        best = sorted(further, key=lambda one: (-further[one], one))
        chosen.update(dict.fromkeys(best[: limit - len(chosen)]))
    return list(chosen)


def _beside(reader: Reader, one: int, limit: int) -> list[int]:
    """The nodes next to one, in the order of things; a limit of -1 is none."""
    is_event = reader.kinds[one] == "event"
    other, own = ("agent", "event") if is_event else ("event", "agent")
    sql = f"SELECT DISTINCT {other} FROM edges WHERE {own} = ? ORDER BY {other} LIMIT ?"  # noqa: S608 - two columns
    return [number for (number,) in reader.rows(sql, (one, limit))]


def _marks(numbers: Iterable[int]) -> str:
    return f"({', '.join(map(str, numbers))})"
