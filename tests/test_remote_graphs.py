"""Graphs of a store of someone else: replaced whole, read back, and looked at when it is not known what happened."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endpoints import oxigraph
from fault_kinds import Kind
from khabar.canonical import canonical
from khabar.errors import StoreFailed
from khabar.formats.nquads import term
from khabar.graphs import NamedGraph, has_blank_nodes
from khabar.stores import updates
from khabar.stores.credentials import Credentials
from khabar.stores.profiles import find
from khabar.stores.remote_graphs import RemoteGraphs
from khabar.stores.retries import Retries
from khabar.terms import Literal
from proxy import Proxy
from scripted import Scripted, answer, asked, saying, scripted

G = "https://example.org/graphs/é"
QUICK = Retries(tries=4, sleep=lambda _: None)


def graph(name: str = G, count: int = 3, text: str = "text") -> NamedGraph:
    return NamedGraph.of(name, [f'<urn:s{n}> <urn:p> "{text} {n}" .\n'.encode() for n in range(count)])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with oxigraph("") as query:
        yield query.removesuffix("/query")


WAYS = ("graphs", "update", "staged")


def opened(address: str, way: str = "graphs", **options: Any) -> RemoteGraphs:
    """The store by the Graph Store Protocol, by one update a graph, or by many."""
    profile = find("oxigraph")
    if way != "graphs":
        profile = msgspec.structs.replace(profile, graphs="", update_limit=2 if way == "staged" else 100)
    return RemoteGraphs(address, profile, **{"timeout": 5.0, "retries": QUICK, **options})


def held(store: RemoteGraphs, name: str = G) -> NamedGraph:
    return canonical(name, store.read(name))


def names(store: RemoteGraphs) -> set[object]:
    return set(store.select("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }").column("g"))


@pytest.mark.parametrize("way", WAYS)
def test_a_graph_is_replaced_whole_read_added_to_and_removed(address: str, way: str) -> None:
    with opened(address, way) as store:
        assert store.resumed
        assert store.name == address
        assert store.read(G) == b""
        for wanted in (graph(count=7), graph(count=2, text="other"), graph(count=5, text="third")):
            store.replace([wanted])
            assert held(store) == wanted
        assert names(store) == {G}
        more = graph(count=1, text="more")
        for _ in range(2):
            store.add(more)
        assert held(store).count == 6
        store.replace([NamedGraph.of(G, [])])
        assert store.read(G) == b""
        store.replace([graph()])
        for _ in range(2):
            store.remove([G, "urn:none"])
        assert names(store) == set()
        store.publish()


@pytest.mark.parametrize("way", WAYS)
def test_many_graphs_go_side_by_side(address: str, way: str) -> None:
    wanted = [graph(f"urn:many:{n}", 5, f"of {n}") for n in range(60)]
    with opened(address, way, connections=8) as store:
        store.replace(wanted)
        assert [held(store, each.iri) for each in wanted] == wanted
        store.remove([each.iri for each in wanted])
        assert names(store) == set()


def test_queries_see_the_union_of_all_graphs(address: str) -> None:
    with opened(address) as store:
        store.replace([graph()])
        assert len(store.select("SELECT ?o WHERE { ?s <urn:p> ?o }")) == 3
        store.remove([G])


BLANK = [b"_:a <urn:p> _:b .\n", b"_:b <urn:p> <urn:c> .\n", b"<urn:c> <urn:p> _:a .\n"]


@pytest.mark.parametrize("way", ["graphs", "update"])
def test_blank_nodes_arrive(address: str, way: str) -> None:
    wanted = canonical(G, b"".join(BLANK))
    with opened(address, way) as store:
        for _ in range(2):
            store.replace([wanted])
            assert held(store) == wanted
        store.remove([G])


def test_blank_nodes_that_no_single_update_holds_are_refused(address: str) -> None:
    with opened(address, "staged") as store, pytest.raises(StoreFailed) as caught:
        store.replace([canonical(G, b"".join(BLANK))])
    assert str(caught.value) == (
        f"graph {G}: expected at most 2 triples where there are blank nodes, which only one update can name, found 3"
        " triples (give them IRIs, or name the address of the store's Graph Store Protocol)"
    )


def test_what_only_looks_like_a_blank_node_is_none() -> None:
    text = b'<urn:s> <urn:p> "<urn:s> <urn:p> _:a" .\n'
    assert not has_blank_nodes(text)
    assert has_blank_nodes(text + BLANK[0])
    assert has_blank_nodes(text + BLANK[2])


TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text('\\uU"\n\r\t0041{}<>. #', max_size=12)


@pytest.mark.parametrize("way", ["graphs", "update"])
@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=8))
def test_every_text_arrives_as_it_is(address: str, way: str, texts: list[str]) -> None:
    lines = [f"<urn:s> <urn:p> {term(Literal(text))} .\n".encode() for text in texts]
    wanted = NamedGraph.of("urn:texts", lines)
    with opened(address, way, connections=1) as store:
        store.replace([wanted])
        assert held(store, wanted.iri) == wanted
        store.remove([wanted.iri])


@given(texts=st.lists(TEXTS, min_size=1, max_size=8), triples=st.integers(1, 4), size=st.integers(150, 400))
def test_an_update_in_parts_says_what_the_whole_one_says(texts: list[str], triples: int, size: int) -> None:
    lines = [f"<urn:s> <urn:p> {term(Literal(text))} .\n".encode() for text in texts]
    wanted = NamedGraph.of("urn:texts", lines)
    parts = updates.replacement(wanted, triples=triples, size=size)
    store = pyoxigraph.Store()
    for part in parts:
        store.update(part.decode())
        insertion = part.count(b"<urn:s>")
        assert insertion <= triples
        assert len(part) <= size or insertion <= 1
    found = store.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=pyoxigraph.NamedNode("urn:texts")) or b""
    assert canonical("urn:texts", found) == wanted
    assert {str(each) for each in store.named_graphs()} == {"<urn:texts>"}


@pytest.mark.parametrize("way", ["graphs", "update"])
@pytest.mark.parametrize(
    "fault",
    [
        Kind.DONE_DROPPED,
        Kind.DONE_500,
        Kind.DONE_502,
        Kind.DONE_504,
        Kind.HANG_IN_HEADERS,
        Kind.TRUNCATED,
        Kind.GARBAGE,
    ],
)
def test_what_arrived_without_an_answer_is_seen_and_not_sent_again(address: str, way: str, fault: Kind) -> None:
    with Proxy(address) as proxy, opened(proxy.address, way, timeout=0.5) as store:
        store.replace([graph(text="old")])
        proxy.arm({1: fault})
        store.replace([graph(text="new")])
        assert len([each for each in proxy.exchanges if each.writes]) == 1
        assert held(store) == graph(text="new")
        store.remove([G])


@pytest.mark.parametrize("way", ["graphs", "update"])
@pytest.mark.parametrize(
    "fault",
    [
        Kind.REFUSED,
        Kind.RESET_UNREAD,
        Kind.RESET_MID_BODY,
        Kind.RESET_AFTER_BODY,
        Kind.HANG_UNREAD,
        Kind.HANG_BEFORE_STATUS,
        Kind.STATUS_408,
        Kind.STATUS_429_SECONDS,
        Kind.STATUS_429_DATE,
        Kind.STATUS_500,
        Kind.STATUS_502,
        Kind.STATUS_503_SECONDS,
        Kind.STATUS_503_DATE,
        Kind.STATUS_504,
    ],
)
def test_what_did_not_arrive_is_sent_again(address: str, way: str, fault: Kind) -> None:
    waits: list[float] = []

    with Proxy(address) as proxy:

        def sleep(seconds: float) -> None:
            waits.append(seconds)
            proxy.mend()

        retries = Retries(tries=4, sleep=sleep)
        with opened(proxy.address, way, timeout=0.5, retries=retries) as store:
            store.replace([graph(text="old")])
            proxy.arm({1: fault})
            store.replace([graph(text="new")])
            assert held(store) == graph(text="new")
            assert len(waits) == 1
            store.remove([G])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 415, 501])
def test_a_refusal_is_told_at_once_in_the_servers_own_words(status: int) -> None:
    said = answer(b"<html><b>not you</b></html>", f"{status} No")
    with scripted(saying(said)) as server, opened(_base(server)) as store:
        acts: tuple[Callable[[], None], ...] = (lambda: store.replace([graph()]), lambda: store.add(graph()))
        for act in acts:
            with pytest.raises(StoreFailed) as caught:
                act()
            sentence = str(caught.value)
            assert sentence.startswith(f"http://127.0.0.1:{server.port}, graph {G}: expected the ")
            assert f", found HTTP {status} " in sentence
            assert ": not you" in sentence
            assert "times" not in sentence


def test_the_end_of_patience_says_what_is_not_known() -> None:
    def act(connection: socket.socket) -> None:
        asked(connection)

    with scripted(act) as server, opened(_base(server)) as store, pytest.raises(StoreFailed) as caught:
        store.replace([graph()])
    assert str(caught.value) == (
        f"{_base(server)}, graph {G}: expected the triples of the graph, found Remote end closed"
        " connection without response, 4 times (whether it arrived is not known, and looked at by the next load)"
    )


def test_the_first_graph_that_fails_ends_the_rest() -> None:
    seen: list[bytes] = []

    def act(connection: socket.socket) -> None:
        while received := asked(connection):
            seen.append(received)
            time.sleep(0.01)
            bad = b"bad" in received.partition(b"\r\n")[0]
            connection.sendall(answer(status="400 No" if bad else "204 Done"))

    with scripted(act) as server, opened(_base(server), connections=2) as store:
        graphs = [graph("urn:bad" if n == 3 else f"urn:{n}") for n in range(100)]
        with pytest.raises(StoreFailed, match="urn:bad"):
            store.replace(graphs)
        assert len(seen) < 20
        store.replace(graphs[:3])


@pytest.mark.parametrize("hangs", [True, False])
def test_closing_ends_the_waiting(hangs: bool) -> None:  # noqa: FBT001 - pytest names it
    begun = threading.Event()

    def act(connection: socket.socket) -> None:
        while asked(connection):
            begun.set()
            if hangs:
                connection.recv(1)
            connection.sendall(answer(status="503 Later", Retry_After="60"))

    with scripted(act) as server:
        store = opened(_base(server), timeout=60.0, retries=None)
        failures: list[StoreFailed] = []

        def replace() -> None:
            try:
                store.replace([graph()])
            except StoreFailed as failure:
                failures.append(failure)

        thread = threading.Thread(target=replace)
        thread.start()
        assert begun.wait(5)
        time.sleep(0.05)
        store.close()
        thread.join(5)
        assert not thread.is_alive()
        assert len(failures) == 1


def read_of(said: bytes) -> bytes:
    with scripted(saying(said)) as server, opened(_base(server)) as store:
        return store.read(G)


def _base(server: Scripted) -> str:
    return f"http://127.0.0.1:{server.port}"


XML = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="urn:">'
    b'<rdf:Description rdf:about="urn:s"><p>a</p></rdf:Description></rdf:RDF>'
)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'<urn:s> <urn:p> "a" .\n', "application/n-triples"),
        (b'<urn:s> <urn:p> "a" .', "text/plain; charset=utf-8"),
        (b'<urn:s>\n <urn:p> "a" .', "text/turtle"),
        (b'<urn:s> <urn:p> "a" <urn:g> .', "application/n-quads"),
        (XML, "application/rdf+xml"),
    ],
)
def test_other_kinds_of_rdf_are_read(body: bytes, kind: str) -> None:
    assert canonical(G, read_of(answer(body, Content_Type=kind))) == NamedGraph.of(G, [b'<urn:s> <urn:p> "a" .\n'])


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "204 No Content", "200 OK"])
def test_a_graph_that_is_not_there_is_empty(status: str) -> None:
    assert read_of(answer(b"<html>no such graph</html>" if status[0] == "4" else b"", status)) == b""


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (
            answer(b"<html>Log in</html>", Content_Type="text/html"),
            "text/html: Log in, 4 times (give the address of the store, and the profile that it has)",
        ),
        (
            answer(b"<html>Log in</html>", Content_Type="application/n-triples"),
            "application/n-triples: Log in, 4 times (give the address of the store, and the profile that it has)",
        ),
        (
            answer(b"<urn:s> <urn:p> <ur", Content_Type="text/turtle"),
            "RDF that is wrong or cut off: ",
        ),
        (
            answer(b"<s> <urn:p> <urn:o> .", Content_Type="text/turtle"),
            "RDF that is wrong or cut off: ",
        ),
        (answer(b"gone", "500 No"), "HTTP 500 Internal Server Error: gone, 4 times"),
        (answer(b"gone", "507 No"), "HTTP 507 Insufficient Storage: gone"),
    ],
)
def test_what_is_no_graph_is_told(said: bytes, found: str) -> None:
    with pytest.raises(StoreFailed) as caught:
        read_of(said)
    sentence = str(caught.value)
    assert f", graph {G}: expected the triples of the graph, found {found}" in sentence


def test_a_page_for_an_answer_is_no_success() -> None:
    page = answer(b"<html>Log in</html>", Content_Type="text/html")
    with scripted(saying(page)) as server, opened(_base(server)) as store, pytest.raises(StoreFailed) as caught:
        store.replace([graph()])
    assert "found text/html: Log in, 4 times" in str(caught.value)


def test_a_store_that_cuts_its_answers_is_read_in_parts(address: str) -> None:
    wanted = NamedGraph.of(
        G, [f'<urn:s{n % 9}> <urn:p{n % 2}> "{n}" .\n'.encode() for n in range(50)] + [b"<urn:s1> <urn:p> <urn:o> .\n"]
    )
    for limit in (8, 9, 10, 51, 52):
        profile = msgspec.structs.replace(find("oxigraph"), row_limit=limit)
        with RemoteGraphs(address, profile, retries=QUICK) as store:
            store.replace([wanted])
            assert held(store) == wanted
    with RemoteGraphs(address, msgspec.structs.replace(find("oxigraph"), row_limit=5)) as store:
        with pytest.raises(StoreFailed) as caught:
            store.read(G)
        assert str(caught.value) == (
            f"{address}, graph {G}: expected less than 5 triples of each subject, which is what the store gives at a"
            " time, found more of <urn:s0> (raise the store's limit on rows)"
        )
        store.remove([G])


def test_credentials_go_to_the_host_of_the_address_alone() -> None:
    heard: dict[str, list[bytes]] = {"here": [], "there": []}

    def hearing(place: str) -> Any:
        def act(connection: socket.socket) -> None:
            while received := asked(connection):
                heard[place].append(received)
                connection.sendall(answer(status="204 Done"))

        return act

    with scripted(hearing("here")) as here, scripted(hearing("there")) as there:
        elsewhere = f"http://localhost:{there.port}/update"
        credentials = Credentials(token="s3cret")  # noqa: S106 - of this test
        with RemoteGraphs(_base(here), find("oxigraph"), credentials=credentials) as store:
            store.replace([graph()])
        no_graphs = msgspec.structs.replace(find("oxigraph"), graphs="")
        with RemoteGraphs(_base(here), no_graphs, credentials=credentials, update=elsewhere) as store:
            store.replace([graph()])
    assert b"\r\nAuthorization: Bearer s3cret\r\n" in heard["here"][0]
    assert len(heard["there"]) == 1
    assert b"s3cret" not in heard["there"][0]


def test_what_was_built_aside_is_removed_when_the_rest_is_refused(address: str) -> None:
    with Proxy(address) as proxy, opened(proxy.address, "staged") as store:
        proxy.arm({3: Kind.STATUS_413})
        with pytest.raises(StoreFailed, match="HTTP 413"):
            store.replace([graph(count=7)])
        assert len([each for each in proxy.exchanges if each.forwarded]) == 3
        assert names(store) == set()


def test_the_documents_of_requests_are_as_planned(address: str) -> None:
    with opened(address) as store:
        (put,) = store.requests(graph())
        assert (put.method, put.body) == ("PUT", graph().document)
        assert put.address == f"{address}/store?graph=https%3A%2F%2Fexample.org%2Fgraphs%2F%C3%A9"
        assert dict(put.headers)["Content-Type"] == "application/n-triples"
        assert [each.method for each in store.removals([G, "urn:a"])] == ["DELETE", "DELETE"]
    small = msgspec.structs.replace(find("oxigraph"), request_limit=200)
    with RemoteGraphs(address, small, retries=QUICK) as store:
        planned = store.requests(graph(count=20))
        assert {each.method for each in planned} == {"POST"}
        assert all(len(each.body or b"") <= 200 for each in planned)
        store.replace([graph(count=20)])
        assert held(store) == graph(count=20)
        assert names(store) == {G}
        store.remove([G])
