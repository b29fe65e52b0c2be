"""The account of a client's traffic finds what a careless client sends twice, and nothing against a careful one."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from itertools import count

import pytest

from fault_accounts import Effect, account, effects, overtook, struck
from fault_exchanges import Exchange
from fault_kinds import Kind
from khabar.graphs import NamedGraph
from khabar.stores.updates import reading, removal, replacement

GRAPH = "urn:g"
ONE = b"<urn:s> <urn:p> <urn:one> .\n"
TWO = b"<urn:s> <urn:p> <urn:two> .\n"


def put(body: bytes = ONE, *, done: bool = True, told: int | None = 204, fault: Kind | None = None) -> Exchange:
    done_at = -1 if done else None
    return Exchange(
        0, fault, method="PUT", target=f"/store?graph={GRAPH}", body=body, whole=True, done=done_at, told=told
    )


def get(answer: bytes, *, told: int | None = 200, fault: Kind | None = None) -> Exchange:
    return Exchange(0, fault, method="GET", target=f"/store?graph={GRAPH}", whole=True, told=told, answer=answer)


def counted(*, after: str = "UNDEF", **triples: int) -> Exchange:
    body = f"VALUES (?corpus ?after) {{ (<urn:> {after}) }}".encode()
    rows = [{"graph": {"value": f"urn:{name}"}, "triples": {"value": str(number)}} for name, number in triples.items()]
    answer = json.dumps({"head": {"vars": ["graph", "triples"]}, "results": {"bindings": rows}}).encode()
    return Exchange(0, method="POST", target="/query", body=body, whole=True, told=200, answer=answer)


def in_order(exchanges: Iterable[Exchange]) -> list[Exchange]:
    places = count(1)
    return [
        dataclasses.replace(
            exchange,
            number=number,
            begun=next(places),
            done=None if exchange.done is None else next(places),
            ended=next(places),
        )
        for number, exchange in enumerate(exchanges, 1)
    ]


@pytest.mark.parametrize(
    ("exchanges", "duplicates", "blind"),
    [
        pytest.param([put(), get(ONE)], [], [], id="sent and read"),
        pytest.param([put(), put()], [2], [], id="sent again though told it is done"),
        pytest.param([put(told=None), put()], [2], [2], id="sent again at once, and it was done"),
        pytest.param([put(told=None, done=False), put()], [], [2], id="sent again at once, and it was not done"),
        pytest.param([put(told=504), put()], [2], [2], id="504 taken for a no"),
        pytest.param([put(told=None), get(ONE)], [], [], id="looked, and it was done"),
        pytest.param([put(told=None), get(ONE), put()], [3], [], id="looked, and sent all the same"),
        pytest.param([put(told=None, done=False), get(b""), put()], [], [], id="looked, and it was not done"),
        pytest.param([put(told=None, done=False), get(b"", told=None), put()], [], [3], id="looked, and saw nothing"),
        pytest.param([put(told=None), get(ONE, told=404, fault=Kind.STATUS_404), put()], [], [], id="told a lie"),
        pytest.param(
            [put(told=None), get(ONE, told=404, fault=Kind.STATUS_404), put(done=False, told=429), put()],
            [],
            [],
            id="told a lie, then: later",
        ),
        pytest.param([put(told=None), get(ONE), put(done=False, told=429), put()], [3, 4], [], id="looked; later"),
        pytest.param([put(told=None), get(ONE, fault=Kind.HTML_200), put()], [3], [3], id="a page for a graph"),
        pytest.param([put(told=None, done=False), counted(g=0), put()], [], [], id="counted, and it was not done"),
        pytest.param([put(told=None, done=False), counted(), put()], [], [], id="counted, and there was nothing"),
        pytest.param([put(told=None), counted(g=1), put()], [3], [], id="counted, and it was done"),
        pytest.param([put(told=None, done=False), counted(other=3), put()], [], [], id="counted only others"),
        pytest.param([put(told=None), counted(after="<urn:h>"), put()], [3], [3], id="counted later ones"),
        pytest.param([put(done=False, told=429), put()], [], [], id="told: later"),
        pytest.param([put(done=False, told=200, fault=Kind.LYING_200), get(b""), put()], [], [], id="told it is done"),
        pytest.param([put(TWO), get(TWO), put(ONE)], [], [], id="another edition"),
    ],
)
def test_what_is_sent_twice_is_found(exchanges: list[Exchange], duplicates: list[int], blind: list[int]) -> None:
    found = account(in_order(exchanges), {})
    assert [number for number, _ in found.duplicates] == duplicates
    assert [number for number, _ in found.blind] == blind
    assert found.held[GRAPH] == {ONE}
    assert found.writes == sum(exchange.writes for exchange in exchanges)


def test_what_is_done_late_counts_from_then_on() -> None:
    late = dataclasses.replace(put(told=None), number=1, begun=1, done=5, ended=2)
    look = dataclasses.replace(get(b""), number=2, begun=3, ended=4)
    again = dataclasses.replace(put(), number=3, begun=6, done=7, ended=8)
    found = account([late, look, again], {})
    # The client looked and saw nothing: it was right to send again.
    assert (found.duplicates, found.blind) == ([], [])


def test_the_mark_of_a_load_is_no_graph_that_is_sent() -> None:
    mark = dataclasses.replace(put(TWO), method="POST")
    found = account(in_order([put(), get(ONE), mark, mark, put()]), {})
    assert (found.writes, found.additions, found.duplicates, found.blind) == (2, 2, [], [])


def test_what_is_gone_may_be_removed_again() -> None:
    removal = dataclasses.replace(put(b"", told=None), method="DELETE")
    found = account(in_order([removal, removal]), {GRAPH: frozenset({ONE})})
    assert (found.writes, found.removals, found.duplicates, found.blind) == (0, 2, [], [])
    assert found.held[GRAPH] == frozenset()


def test_what_is_done_late_and_last_is_told_apart() -> None:
    late = dataclasses.replace(put(told=None, fault=Kind.DONE_LATE), begun=1, done=4, ended=2)
    again = dataclasses.replace(put(), begun=3, done=5, ended=6)
    assert not overtook([late, again])
    assert overtook([dataclasses.replace(late, done=7), again])
    assert not overtook([again, get(ONE)])


def test_what_was_there_before_is_not_to_be_sent() -> None:
    assert account(in_order([put()]), {GRAPH: frozenset({ONE})}).duplicates == [(1, GRAPH)]


def updated(text: bytes, *, done: bool = True, told: int | None = 204) -> Exchange:
    place = 1 if done else None
    return Exchange(0, method="POST", target="/update", body=text, whole=True, done=place, told=told)


def test_the_effects_of_each_way_of_writing() -> None:
    held = {GRAPH: frozenset({ONE})}
    added = Exchange(1, method="POST", target="/store?graph=urn%3Ag", body=TWO, whole=True)
    assert [effect.on(held) for effect in effects(added)] == [{ONE, TWO}]
    removed = Exchange(1, method="DELETE", target="/store?graph=urn%3Ag", whole=True)
    assert [effect.on(held) for effect in effects(removed)] == [frozenset()]
    assert effects(Exchange(1, method="PUT", target="/store?graph=urn%3Ag", body=ONE, whole=False)) == ()
    assert effects(get(ONE)) == effects(counted(g=1)) == ()


def test_the_effects_of_the_updates_that_khabar_writes() -> None:
    path = rb'<urn:s> <urn:p> "C:\\users\\Ulla" .' + b"\n"
    graph = NamedGraph.of(GRAPH, [ONE, TWO, path])
    (whole,) = replacement(graph, triples=3, size=None)
    assert effects(updated(whole)) == (Effect(GRAPH, empties=True, added=frozenset({ONE, TWO, path})),)
    held: dict[str, frozenset[bytes]] = {GRAPH: frozenset({ONE})}
    parts = replacement(graph, triples=2, size=None)
    assert len(parts) == 4
    for part in parts:
        assert held[GRAPH] == {ONE}
        for effect in effects(updated(part)):
            effect.do(held)
    assert held == {GRAPH: frozenset({ONE, TWO, path})}
    (text,) = removal([GRAPH])
    assert {effect.graph: effect.on(held) for effect in effects(updated(text))}[GRAPH] == frozenset()


def test_updates_and_queries_are_judged_as_puts_and_gets_are() -> None:
    (text,) = replacement(NamedGraph.of(GRAPH, [ONE]), triples=9, size=None)
    look = Exchange(0, method="POST", target="/query", body=reading(GRAPH).encode(), whole=True, told=200, answer=ONE)
    blind = account(in_order([updated(text, told=None), updated(text)]), {})
    assert ([number for number, _ in blind.duplicates], [number for number, _ in blind.blind]) == ([2], [2])
    again = account(in_order([updated(text, told=None), look, updated(text)]), {})
    assert ([number for number, _ in again.duplicates], again.blind) == ([3], [])
    saw_nothing = dataclasses.replace(look, answer=b"")
    careful = account(in_order([updated(text, told=None, done=False), saw_nothing, updated(text)]), {})
    assert (careful.duplicates, careful.blind) == ([], [])


def test_a_fault_that_lasts_counts_once() -> None:
    again = Exchange(4, Kind.REDIRECT_TO_ITSELF, again=True)
    assert struck([Exchange(1), Exchange(2, Kind.DRIP), Exchange(3, Kind.REDIRECT_TO_ITSELF), again]) == [
        (Kind.DRIP, 2),
        (Kind.REDIRECT_TO_ITSELF, 3),
    ]
