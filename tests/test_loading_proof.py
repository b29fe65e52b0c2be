"""Proofs: equal graphs in any spelling are equal, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.canonical import canonical
from khabar.errors import StoreFailed
from khabar.formats.nquads import ntriples_lines
from khabar.graphs import NamedGraph
from khabar.loading.proof import Comparison, compare, refusal
from khabar.stores.store import Rewrite
from khabar.terms import Quad
from quad_strategies import quads

GRAPH = "urn:g"


def shorter(line: bytes) -> bytes:
    return line.replace(b'"1.50"', b'"1.5"')


def prove(meant: NamedGraph, found: bytes, rewrites: Sequence[Rewrite] = ()) -> int:
    """The number of triples found, where they are the graph that is meant; else the refusal of it."""
    comparison = compare(meant, found, rewrites)
    if not comparison.is_equal:
        raise refusal(meant, comparison)
    return comparison.count


def test_the_same_lines_in_another_order_are_the_same_graph() -> None:
    meant = NamedGraph.of(GRAPH, [b"<urn:a> <urn:b> <urn:c> .\n", b"<urn:a> <urn:b> <urn:d> .\n"])
    assert prove(meant, b"<urn:a> <urn:b> <urn:d> .\n<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> <urn:c> .\n") == 2


@pytest.mark.parametrize(
    "found",
    [
        b'<urn:a> <urn:b> "\\u062e\\u0628\\u0631"@AR .',
        '# from a store\r\n<urn:\\u0061>\t<urn:b>\t"\\U0000062Eبر"@ar. # one\r\n'.encode(),
        '<urn:a>   <urn:b> "خبر"@ar .\n<urn:a> <urn:b> "خبر"@Ar .\n'.encode(),
    ],
)
def test_another_spelling_is_the_same_graph(found: bytes) -> None:
    assert prove(NamedGraph(GRAPH, '<urn:a> <urn:b> "خبر"@ar .\n'.encode()), found) == 1


def test_blank_nodes_are_compared_by_what_is_around_them() -> None:
    meant = canonical(GRAPH, b"_:x <urn:b> _:y .\n_:y <urn:b> <urn:c> .\n")
    assert prove(meant, b"_:q7 <urn:b> <urn:c> .\n_:q1 <urn:b> _:q7 .\n") == 2
    with pytest.raises(StoreFailed):
        prove(meant, b"_:q1 <urn:b> <urn:c> .\n_:q1 <urn:b> _:q7 .\n")


def test_only_named_rewritings_are_let_through() -> None:
    meant = NamedGraph.of(GRAPH, (b'<urn:a> <urn:b> "%s" .\n' % text for text in (b"1.50", b"1.5", b"2")))
    found = b'<urn:a> <urn:b> "1.5" .\n<urn:a> <urn:b> "2" .\n'
    assert prove(meant, found, [shorter]) == 2
    with pytest.raises(StoreFailed) as caught:
        prove(meant, found)
    assert str(caught.value) == (
        "graph urn:g: expected 3 triples as sent, found 2 triples,"
        ' 1 missing, the first: <urn:a> <urn:b> "1.50" .'
        " (the load is not proved: run it again)"
    )
    assert compare(meant, b'<urn:a> <urn:b> "1.5" .\n<urn:a> <urn:b> "3" .\n', [shorter]) == Comparison(
        2, (b'<urn:a> <urn:b> "2" .\n',), (b'<urn:a> <urn:b> "3" .\n',)
    )


def test_rewritings_change_the_labels_of_blank_nodes_beside_them() -> None:
    texts = [f'_:n{number} <urn:b> "{number}.50" .\n_:n{number} <urn:c> "x{number}" .\n' for number in range(4)]
    meant = canonical(GRAPH, "".join(texts).encode())
    rewrite = [lambda line: line.replace(b".50", b".5")]
    assert prove(meant, "".join(reversed(texts)).replace(".50", ".5").encode(), rewrite) == 8
    with pytest.raises(StoreFailed):
        prove(meant, "".join(texts).replace(".50", ".5").replace("x2", "x3").encode(), rewrite)


def test_a_page_is_no_graph() -> None:
    with pytest.raises(StoreFailed) as caught:
        prove(NamedGraph(GRAPH, b""), b"<!DOCTYPE html>\n<title>Log in</title>")
    assert str(caught.value).startswith("graph urn:g: expected N-Triples, found Parser error at line 1")


def test_long_triples_are_shown_by_their_beginning() -> None:
    meant = NamedGraph.of(GRAPH, [b'<urn:a> <urn:b> "' + b"x" * 500 + b'" .\n'])
    with pytest.raises(StoreFailed) as caught:
        prove(meant, b"")
    assert len(str(caught.value)) < 300


@given(quads(), quads(), st.randoms(use_true_random=False))
def test_graphs_are_equal_when_their_triples_are(one: list[Quad], two: list[Quad], order: random.Random) -> None:
    meant = NamedGraph.of(GRAPH, (line.encode() for line in ntriples_lines(one)))
    lines = [line.encode() for line in ntriples_lines(one)]
    order.shuffle(lines)
    assert compare(meant, b"".join(lines)).is_equal
    other = [line.encode() for line in ntriples_lines(two)]
    comparison = compare(meant, b"".join(other))
    assert set(comparison.lacking) == set(lines) - set(other)
    assert set(comparison.beyond) == set(other) - set(lines)
    assert comparison.count == len(other)
