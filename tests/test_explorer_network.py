from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad

from explorer_stores import EXAMPLE, held, indexed, stated
from khabar import vocabulary
from khabar.explorer.index import Index
from khabar.explorer.relations import point_of
from khabar.explorer.values import Network

DEAL = EXAMPLE + "events/eastport-ferry.ferry-deal"


@pytest.fixture(scope="module")
def example() -> Iterator[Index]:
    with indexed(held("example")) as index:
        yield index


def edges(network: Network) -> set[tuple[str, str, str, str]]:
    return {
        (_last(one.source), _last(one.target), vocabulary.name_of(one.relation), one.stance) for one in network.edges
    }


def _last(iri: str) -> str:
    return iri.rpartition("/")[2].rpartition(".")[2]


def joined(network: Network) -> bool:
    nodes = {node.thing.iri for node in network.nodes}
    return all(edge.source in nodes and edge.target in nodes for edge in network.edges)


def test_roles_and_stances_are_the_edges_around_an_event(example: Index) -> None:
    around = {edge for edge in edges(example.network("en", centre=DEAL)) if edge[1] == "ferry-deal"}
    assert around == {
        ("ferry-line", "ferry-deal", "party", ""),
        ("port-authority", "ferry-deal", "party", ""),
        ("insiders", "ferry-deal", "source", "asserts"),
        ("port-official", "ferry-deal", "source", "denies"),
    }


def test_a_participant_without_a_role_is_a_participant() -> None:
    store = stated(
        ":e a khb:Visit ; khb:host :a ; khb:participant :a, :b, :x ."
        " :a a khb:Person . :b a khb:Outlet . :x a khb:Place ."
    )
    with indexed(store) as index:
        assert edges(index.network("en")) == {("a", "e", "host", ""), ("b", "e", "participant", "")}


def test_equal_statements_are_one_edge_with_their_number() -> None:
    store = stated(
        ":e a khb:Event . :c a khb:Claim ; khb:about :e . :d a khb:Claim ; khb:about :e . :a a khb:Person ."
        " :s1 a khb:Statement ; khb:source :a ; khb:claim :c ; khb:stance khb:denies ."
        " :s2 a khb:Statement ; khb:source :a ; khb:claim :d ; khb:stance khb:denies ."
        " :s3 a khb:Statement ; khb:source :a ; khb:claim :d ."
    )
    with indexed(store) as index:
        network = index.network("en")
        assert [(edge.stance, edge.number) for edge in network.edges] == [("", 1), ("denies", 2)]
        assert {node.weight for node in network.nodes} == {2}


def test_a_triple_in_several_graphs_is_one_edge() -> None:
    store = stated(":e a khb:Event ; khb:host :a . :a a khb:Person .")
    graph = NamedNode("https://e.org/g")
    store.extend([Quad(quad.subject, quad.predicate, quad.object, graph) for quad in store])
    with indexed(store) as index:
        assert [edge.number for edge in index.network("en").edges] == [1]
        assert index.overview("en").kinds == {"event": 1, "person": 1}


def test_the_whole_of_a_small_network_is_shown(example: Index) -> None:
    network = example.network("en")
    assert joined(network)
    assert network.left_out == 0
    assert ("harbour-times", "dock-strike", "source", "asserts") in edges(network)
    weights = {_last(node.thing.iri): node.weight for node in network.nodes}
    assert weights["ferry-deal"] == 4


def test_a_centre_is_shown_before_its_neighbours_and_these_before_theirs(example: Index) -> None:
    alone = example.network("en", centre=DEAL, limit=1)
    assert [node.thing.iri for node in alone.nodes] == [DEAL]
    assert (alone.edges, alone.left_out) == ((), 4)
    five = example.network("en", centre=DEAL, limit=5)
    assert {_last(node.thing.iri) for node in five.nodes} == {
        "ferry-deal",
        "ferry-line",
        "port-authority",
        "insiders",
        "port-official",
    }
    assert five.left_out == 2
    assert {_last(node.thing.iri) for node in example.network("en", centre=DEAL).nodes} > {"berths", "fireboat"}


@pytest.mark.parametrize("centre", [EXAMPLE + "places/eastport", "https://e.org/none", EXAMPLE, "\ud800"])
def test_what_is_not_in_the_network_has_none_around_it(example: Index, centre: str) -> None:
    assert example.network("en", centre=centre) == Network(nodes=(), edges=(), left_out=0)


_PAIRS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30)


@given(pairs=_PAIRS, limit=st.integers(-1, 20), centre=st.sampled_from(["", "https://e.org/a0", "https://e.org/e1"]))
def test_edges_join_nodes_that_are_shown_and_no_more_are_shown_than_may_be(
    pairs: list[tuple[int, int]], limit: int, centre: str
) -> None:
    nodes = "".join(f":a{number} a khb:Person . :e{number} a khb:Event .\n" for number in range(9))
    store = stated(nodes + "".join(f":e{event} khb:party :a{agent} .\n" for event, agent in pairs))
    with indexed(store) as index:
        network = index.network("en", centre=centre, limit=limit)
    shown = {node.thing.iri.rpartition("/")[2] for node in network.nodes}
    assert joined(network)
    assert len(network.nodes) <= max(0, limit)
    wanted = {(f"a{agent}", f"e{event}") for event, agent in pairs}
    assert {(edge[0], edge[1]) for edge in edges(network)} == {
        (agent, event) for agent, event in wanted if {agent, event} <= shown
    }
    if centre and limit > 0:
        beside = {other for pair in wanted for other in pair if shown & set(pair)}
        assert network.left_out == len(beside - shown)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("POINT(18.0302 26.667)", (18.0302, 26.667)),
        ("point (-180 90)", (-180.0, 90.0)),
        ("POINT(1 2 3)", None),
        ("POINT(181 0)", None),
        ("POINT(0 -90.1)", None),
        ("POINT(nan 0)", None),
        ("POINT(1e1 0)", None),
        ("POINT(١ ٢)", None),
        ("POINT EMPTY", None),
        ("POLYGON((0 0, 1 1, 0 1, 0 0))", None),
        ("<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(1 2)", None),
        ("", None),
    ],
)
def test_a_point_is_read_strictly(text: str, point: tuple[float, float] | None) -> None:
    assert point_of(text) == point


def test_events_count_where_they_are_and_where_that_lies() -> None:
    store = stated(
        ":town a khb:Place ; khb:within :land ; khb:point 'POINT(1 2)'^^geo:wktLiteral ."
        " :land a khb:Polity ; khb:within :town ; khb:point 'POINT(179 0)'^^geo:wktLiteral ."
        " :port a khb:Place ; khb:within :town ; khb:point 'POINT(-179 9)'^^geo:wktLiteral ."
        " :sea a khb:Place ; khb:point 'POINT(1 2)' . :s a khb:Statement ; khb:place :port ."
        " :e a khb:Event ; khb:place :port, :town . :f a khb:Event ; khb:place :land ."
    )
    with indexed(store) as index:
        marks = {mark.thing.name.text: mark.events for mark in index.marks("en")}
        assert marks == {"land": 2, "town": 2, "port": 1}
        assert [mark.thing.name.text for mark in index.marks("en")][-1] == "port"
        assert [mark.thing.name.text for mark in index.marks("en", box=(0, 0, 10, 10))] == ["town"]
        over = index.marks("en", box=(170, -10, -170, 10))
        assert {mark.thing.name.text for mark in over} == {"land", "port"}
        assert len(index.marks("en", limit=1)) == 1
