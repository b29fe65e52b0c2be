"""Witnesses: processes that read graphs back from the files, beside the one that writes them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest

from khabar.canonical import canonical
from khabar.graphs import NamedGraph
from khabar.stores import writer as writers
from khabar.stores.witness import Witnesses, triples
from khabar.stores.writer import EmbeddedWriter
from process_table import ended
from stored import graph

XSD = "http://www.w3.org/2001/XMLSchema#"
OBJECTS = [
    "<urn:o>",
    '"plain"',
    '"tab\\t, line\\n, return\\r, quote\\", backslash\\\\"',
    '"عبّارة"@ar',
    '"a"@en-gb',
    '"true"',
    '"12"',
    *(f'"{value}"^^<{XSD}integer>' for value in ("0", "-7", "12345678901234")),
    *(f'"{value}"^^<{XSD}decimal>' for value in ("1.5", "-0.25", "3")),
    *(f'"{value}"^^<{XSD}double>' for value in ("1", "1.0E30", "INF", "NaN")),
    *(f'"{value}"^^<{XSD}boolean>' for value in ("true", "false")),
    *(f'"{value}"^^<{XSD}{kind}>' for value, kind in (("2031-03-02", "date"), ("2031", "gYear"), ("P1D", "duration"))),
    '"2031-03?"^^<urn:edtf>',
]


@pytest.fixture
def witnesses() -> Iterator[Witnesses]:
    some = Witnesses(2)
    yield some
    some.close()


def put(folder: Path, *graphs: NamedGraph) -> pyoxigraph.Store:
    store = pyoxigraph.Store(str(folder))
    for each in graphs:
        store.bulk_load(each.nquads(), pyoxigraph.RdfFormat.N_QUADS)
    return store


def test_the_rows_of_a_query_are_the_triples_of_a_dump() -> None:
    store = pyoxigraph.Store()
    document = "".join(f"<urn:s> <urn:p> {value} .\n" for value in OBJECTS).encode()
    name = pyoxigraph.NamedNode("urn:g")
    store.load(document, pyoxigraph.RdfFormat.N_TRIPLES, to_graph=name)
    dumped = canonical("urn:g", store.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=name) or b"")
    assert b"".join(triples(store, "urn:g")) == dumped.document
    assert dumped.count == len(OBJECTS)
    assert triples(store, "urn:none") == []


def test_a_control_character_is_never_taken_for_what_is_meant() -> None:
    # Results have no way to write one; a digest that differs is looked into by reading.
    store = pyoxigraph.Store()
    meant = NamedGraph.of("urn:g", [b'<urn:s> <urn:p> "bell \\u0007" .\n'])
    store.load(meant.nquads(), pyoxigraph.RdfFormat.N_QUADS)
    assert b"".join(triples(store, "urn:g")) != meant.document


def test_a_witness_tells_what_is_there_while_the_store_is_open_for_writing(
    tmp_path: Path, witnesses: Witnesses
) -> None:
    one, other = graph("one", 40, "1"), graph("other", 30, "2")
    store = put(tmp_path, one)
    assert witnesses.sums(tmp_path, [one.iri, other.iri]) == {
        one.iri: (40, one.digest),
        other.iri: (0, NamedGraph("", b"").digest),
    }
    store.bulk_load(other.nquads(), pyoxigraph.RdfFormat.N_QUADS)
    assert witnesses.sums(tmp_path, [other.iri]) == {other.iri: (30, other.digest)}


def test_a_table_of_more_than_a_piece_is_told_whole(
    tmp_path: Path, witnesses: Witnesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = graph("large", 30_000, "x" * 30)
    store = put(tmp_path, large)
    assert witnesses.sums(tmp_path, [large.iri]) == {large.iri: (30_000, large.digest)}
    monkeypatch.setattr("khabar.stores.witness._PIECE", 100)
    assert b"".join(triples(store, large.iri)) == large.document


def test_a_witness_that_fails_tells_nothing_and_another_takes_its_place(tmp_path: Path, witnesses: Witnesses) -> None:
    one = graph("one", 4, "1")
    store = put(tmp_path / "store", one)
    assert witnesses.sums(tmp_path / "none", [one.iri]) == {}
    assert witnesses.sums(tmp_path / "store", ["no iri"]) == {}
    assert witnesses.sums(tmp_path / "store", [one.iri])
    for process in witnesses._started:
        process.kill()
        process.wait()
    # Both are asked in turn.
    assert [bool(witnesses.sums(tmp_path / "store", [one.iri])) for _ in range(6)].count(True) >= 4
    store.flush()


def test_a_witness_that_is_ended_in_the_midst_of_a_load_does_not_harm_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "_READ_APART", 1)
    one = graph("one", 4, "1")
    with EmbeddedWriter(tmp_path / "store") as writer:
        writer.replace([one])
        assert writer.sums([one]) == {one.iri: (4, one.digest)}
        for process in writer._witnesses._started:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        told = [writer.sums([one]) for _ in range(3)]
        assert {} in told
        assert {one.iri: (4, one.digest)} in told
        writer.publish()
        assert writer._witnesses._started == []


def test_few_graphs_and_blank_nodes_are_not_for_a_witness(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = graph("one", 4, "1")
    blank = NamedGraph("urn:blank", b'_:c14n0 <urn:p> "x" .\n')
    with EmbeddedWriter(tmp_path / "store") as writer:
        writer.replace([one, blank])
        assert writer.sums([one, blank]) == {}
        monkeypatch.setattr(writers, "_READ_APART", 1)
        assert writer.sums([one, blank]).keys() == {one.iri}
        assert writer.sums([blank]) == {}


def test_a_witness_does_not_outlive_the_process_that_asks(tmp_path: Path) -> None:
    put(tmp_path / "store", graph("one", 4, "1"))
    code = (
        "import os, signal, sys; from pathlib import Path; from khabar.stores.witness import Witnesses;"
        f"some = Witnesses(1); some.sums(Path({str(tmp_path / 'store')!r}), ['urn:x']);"
        "print(some._started[0].pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ran = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == -signal.SIGKILL
    witness = int(ran.stdout)
    for _ in range(200):
        if ended(witness):
            break
        signal.sigtimedwait([], 0.05)
    else:
        pytest.fail("it goes on")
