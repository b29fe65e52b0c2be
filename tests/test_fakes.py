"""The stand-ins refuse what their stores refuse, and what khabar writes goes into each of them and comes out."""

from __future__ import annotations

import base64
import functools
import http.client
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec
import pytest

import khabar
from answers import ASKED, QUESTIONS
from corpora_at_hand import CORPORA
from fakes import FAKES, GUARDED, Fake, Running
from fakes.guards import PASSWORD, TOKEN, USER
from khabar import assembly
from khabar.errors import StoreFailed
from khabar.graphs import NamedGraph
from khabar.queries import results
from khabar.stores import profiles
from khabar.stores.credentials import Credentials
from khabar.stores.endpoint import Endpoint
from khabar.stores.kinds import KINDS
from khabar.stores.remote_graphs import RemoteGraphs
from khabar.stores.retries import Retries

GRAPH = "https://example.org/graphs/خبر?a=1&b=2#c"
NAME = quote(GRAPH, safe="")
PORT = NamedGraph.of(
    GRAPH,
    [
        '<urn:port> <urn:label> "ميناء «طبرق»"@ar .\n'.encode(),
        '<urn:port> <urn:note> "\\"quoted\\", \\\\back\\\\, \\n\\t, \\u0001 and 𐎣" .\n'.encode(),
        b'<urn:port> <urn:since> "2023-09-02"^^<http://www.w3.org/2001/XMLSchema#date> .\n',
        b"<urn:port> <urn:in> <urn:town> .\n",
    ],
)
NT, TTL, FORM = "application/n-triples", "text/turtle", "application/x-www-form-urlencoded"
QUERY, UPDATE = "application/sparql-query", "application/sparql-update"
TRIPLE = "<urn:a> <urn:b> <urn:c> ."
EVERY = pytest.mark.parametrize("fake", FAKES.values(), ids=list(FAKES))
EVERY_WAY = pytest.mark.parametrize("fake", GUARDED.values(), ids=list(GUARDED))


@pytest.fixture
def running(fake: Fake) -> Iterator[Running]:
    with fake.running() as found:
        yield found


@pytest.fixture
def store(running: Running) -> Iterator[RemoteGraphs]:
    with opened(running) as found:
        yield found


def opened(running: Running) -> RemoteGraphs:
    """The stand-in as khabar writes to it, without patience."""
    profile = profiles.find(running.profile)
    return RemoteGraphs(running.address, profile, credentials=running.credentials, timeout=10, retries=Retries(tries=1))


def test_every_store_that_cannot_be_had_has_a_stand_in() -> None:
    assert {*FAKES, "oxigraph", "virtuoso"} == {profile.name for profile in KINDS}
    assert {fake.scheme for fake in GUARDED.values()} == {"", "basic", "digest", "bearer"}
    for fake in GUARDED.values():
        assert not fake.scheme or fake.scheme in profiles.find(fake.profile).authentication


@EVERY
def test_a_stand_in_leaves_nothing(fake: Fake) -> None:
    before = threading.active_count()
    with fake.running() as running, opened(running) as store:
        store.replace([PORT])
    assert threading.active_count() == before


# What is refused: the store, a request (method, target, type of the body, body) and the status. The sources stand with
# the stand-ins.
REFUSED = [
    ("fuseki", "GET", "/ds/sparql", "", "", 404),
    ("fuseki", "GET", "/ds/sparql?timeout=1", "", "", 400),
    ("fuseki", "POST", "/ds/sparql", TTL, "x", 415),
    ("fuseki", "POST", "/ds/sparql", QUERY, "SELEKT", 400),
    ("fuseki", "PUT", "/ds/sparql", QUERY, "ASK {}", 405),
    ("fuseki", "GET", "/ds/update?update=CLEAR%20ALL", "", "", 405),
    ("fuseki", "POST", "/ds/update", QUERY, "ASK {}", 415),
    ("fuseki", "PUT", f"/ds/data?graph={NAME}", "", TRIPLE, 400),
    ("fuseki", "PUT", f"/ds/data?graph={NAME}", "application/x-other", TRIPLE, 400),
    ("fuseki", "PUT", f"/ds/data?graph={NAME}", NT, "<urn:a> <urn:b", 400),
    ("fuseki", "PUT", f"/ds/get?graph={NAME}", NT, TRIPLE, 405),
    ("fuseki", "GET", f"/ds/data?graph={NAME}", "", "", 404),
    ("fuseki", "DELETE", f"/ds/data?graph={NAME}", "", "", 404),
    ("fuseki", "DELETE", "/ds/data", "", "", 405),
    ("fuseki", "PUT", f"/ds?graph={NAME}", NT, TRIPLE, 404),
    ("fuseki", "PUT", f"/other/data?graph={NAME}", NT, TRIPLE, 404),
    ("rdf4j", "POST", "/rdf4j-server/repositories/news", UPDATE, "CLEAR ALL", 415),
    ("rdf4j", "POST", "/rdf4j-server/repositories/news", FORM, "update=CLEAR%20ALL", 415),
    ("rdf4j", "GET", "/rdf4j-server/repositories/news", "", "", 400),
    ("rdf4j", "PUT", "/rdf4j-server/repositories/news/rdf-graphs/service", NT, TRIPLE, 400),
    ("rdf4j", "DELETE", "/rdf4j-server/repositories/news/rdf-graphs/service", "", "", 400),
    ("rdf4j", "PUT", f"/rdf4j-server/repositories/news/rdf-graphs/service?graph={NAME}", "", TRIPLE, 415),
    ("rdf4j", "PUT", f"/rdf4j-server/repositories/news/rdf-graphs/service?graph={NAME}", NT, "<urn:a>", 400),
    ("rdf4j", "PATCH", f"/rdf4j-server/repositories/news/rdf-graphs/service?graph={NAME}", NT, TRIPLE, 405),
    ("rdf4j", "PUT", f"/rdf4j-server/repositories/other/rdf-graphs/service?graph={NAME}", NT, TRIPLE, 404),
    ("rdf4j", "POST", "/rdf4j-server/repositories/news/statements", UPDATE, "INSERT", 400),
    ("graphdb", "POST", "/repositories/news", UPDATE, "CLEAR ALL", 415),
    ("graphdb", "GET", "/repositories/other?query=ASK%20%7B%7D", "", "", 404),
    ("qlever", "POST", "/?a=b", FORM, "query=ASK%20%7B%7D", 400),
    ("qlever", "GET", "/?update=CLEAR%20ALL", "", "", 400),
    ("qlever", "POST", "/", UPDATE, "CLEAR ALL", 403),
    ("qlever", "PUT", f"/?graph={NAME}", NT, TRIPLE, 403),
    ("qlever", "PUT", "/", NT, TRIPLE, 400),
    ("qlever", "PATCH", f"/?graph={NAME}", NT, TRIPLE, 400),
    ("qlever", "POST", "/", NT, TRIPLE, 415),
    ("qlever", "GET", "/sparql?query=ASK%20%7B%7D", "", "", 404),
    ("blazegraph", "PUT", f"/blazegraph/namespace/news/sparql?graph={NAME}", NT, TRIPLE, 405),
    ("blazegraph", "GET", "/blazegraph/namespace/news", "", "", 404),
    ("blazegraph", "POST", "/blazegraph/namespace/news/sparql", "text/plain", "ASK {}", 415),
    ("stardog", "PUT", "/news", NT, TRIPLE, 400),
    ("stardog", "PUT", f"/news?graph={NAME}", "text/csv", TRIPLE, 415),
    ("stardog", "PUT", f"/other?graph={NAME}", NT, TRIPLE, 404),
    ("stardog", "GET", "/news/update?update=CLEAR%20ALL", "", "", 405),
    ("generic", "PUT", f"/sparql?graph={NAME}", NT, TRIPLE, 405),
    ("generic", "POST", "/sparql", NT, TRIPLE, 415),
]


@pytest.mark.parametrize(("name", "method", "target", "kind", "body", "status"), REFUSED)
def test_what_a_store_refuses(name: str, method: str, target: str, kind: str, body: str, status: int) -> None:
    with FAKES[name]._replace(scheme="").running() as running:
        running.engine.update("INSERT DATA { GRAPH <urn:kept> { <urn:s> <urn:p> 1 } }")
        assert ask(running, method, target, kind, body)[0] == status
        assert running.engine.names() == ["urn:kept"]
        assert [request.status for request in running.requests] == [status]


def ask(running: Running, method: str, target: str, kind: str = "", body: str = "", **headers: str) -> tuple[int, str]:
    """One request as it stands: the status and the body of the answer."""
    connection = http.client.HTTPConnection(urlsplit(running.address).netloc, timeout=10)
    try:
        known = {"Content-Type": kind} if kind else {}
        connection.request(method, target, body.encode() or None, {**known, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_put_that_names_no_graph_costs_a_fuseki_dataset_everything() -> None:
    with FAKES["fuseki"]._replace(scheme="").running() as running:
        running.engine.update("INSERT DATA { GRAPH <urn:lost> { <urn:s> <urn:p> 1 } }")
        assert ask(running, "PUT", "/ds/data", NT, TRIPLE)[0] == 201
        assert running.engine.names() == []


@pytest.mark.parametrize("name", ["fuseki", "stardog"])
def test_the_default_graph_is_not_the_union_unless_asked_for(name: str) -> None:
    path = {"fuseki": "/ds/sparql", "stardog": "/news/query"}[name]
    pairs = profiles.find(name).query_parameters
    union = "&".join(f"{key}={quote(value)}" for key, value in pairs)
    graphs = quote("ASK { GRAPH ?g { ?s ?p ?o } }")
    with FAKES[name]._replace(scheme="").running() as running:
        running.engine.update("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }")
        ask_any = f"{path}?query={quote('ASK { ?s ?p ?o }')}"
        assert '"boolean":false' in ask(running, "GET", ask_any)[1]
        assert '"boolean":true' in ask(running, "GET", f"{ask_any}&{union}")[1]
        assert '"boolean":true' in ask(running, "GET", f"{path}?query={graphs}")[1]
        # And then GRAPH finds nothing, as the protocol has it.
        assert '"boolean":false' in ask(running, "GET", f"{path}?query={graphs}&{union}")[1]


def test_a_form_that_is_too_large_is_refused() -> None:
    with FAKES["blazegraph"].running() as running:
        body = f"update=%23{'x' * 10_485_760}"
        assert ask(running, "POST", "/blazegraph/namespace/news/sparql", FORM, body)[0] == 500
    with FAKES["qlever"].running() as running:
        status, _ = ask(running, "PUT", f"/?graph={NAME}", NT, "#" * 100_000_001, Authorization=f"Bearer {TOKEN}")
        assert status == 413


@EVERY_WAY
def test_who_is_nobody_is_asked_for_credentials(fake: Fake, running: Running) -> None:
    if fake.scheme and fake.profile != "qlever":
        connection = http.client.HTTPConnection(urlsplit(running.address).netloc, timeout=10)
        connection.request("GET", "/anywhere")
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 401
        assert answer.getheader("WWW-Authenticate", "").lower().startswith(f"{fake.scheme} realm=")
    if fake.scheme:
        strangers = [None, Credentials(USER, "wrong") if fake.scheme != "bearer" else Credentials("", "", "wrong")]
        for credentials in strangers:
            with opened(running._replace(credentials=credentials)) as store, pytest.raises(StoreFailed) as caught:
                store.replace([PORT])
            assert "HTTP 401" in str(caught.value) or "HTTP 403" in str(caught.value)
    with opened(running) as store:
        store.replace([PORT])
        assert lines(store.read(GRAPH)) == lines(PORT.document)


@EVERY_WAY
def test_the_record_of_what_was_asked_holds_no_secret(fake: Fake, running: Running) -> None:
    with opened(running) as store:
        store.replace([PORT])
        store.select("ASK { ?s ?p ?o }")
    written = repr(running.requests)
    basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    assert all(secret not in written for secret in (PASSWORD, TOKEN, basic, "response="))
    # On loopback a password goes unasked; what the store took is what it asked for.
    assert {
        request.headers.get("authorization", "").lower() for request in running.requests if request.status < 300
    } == {fake.scheme}


def lines(document: bytes) -> list[bytes]:
    """The triples of a document that is canonical but for their order."""
    return sorted(document.splitlines())


@EVERY
def test_what_goes_in_comes_out(store: RemoteGraphs) -> None:
    assert store.read(GRAPH) == b""
    store.replace([PORT])
    assert lines(store.read(GRAPH)) == lines(PORT.document)
    store.replace([PORT])
    assert lines(store.read(GRAPH)) == lines(PORT.document)


@EVERY
def test_a_graph_is_replaced_whole_and_its_neighbours_are_left(store: RemoteGraphs) -> None:
    town = NamedGraph.of("https://example.org/graphs/town", [b"<urn:town> <urn:a> <urn:b> .\n"])
    store.replace([PORT, town])
    less = NamedGraph.of(GRAPH, [b"<urn:port> <urn:in> <urn:other> .\n"])
    store.replace([less])
    assert lines(store.read(GRAPH)) == lines(less.document)
    assert store.read(town.iri) == town.document


@EVERY
def test_an_empty_graph_is_none(running: Running, store: RemoteGraphs) -> None:
    store.replace([PORT])
    store.replace([NamedGraph(GRAPH, b"")])
    assert store.read(GRAPH) == b""
    assert running.engine.names() == []


@EVERY
def test_a_graph_is_removed_and_none_is_missed(running: Running, store: RemoteGraphs) -> None:
    store.replace([PORT])
    store.remove([GRAPH, "https://example.org/graphs/never-there"])
    store.remove([GRAPH])
    assert store.read(GRAPH) == b""
    assert running.engine.names() == []


@EVERY
def test_a_few_triples_are_added_once(store: RemoteGraphs) -> None:
    store.replace([PORT])
    more = NamedGraph.of(GRAPH, [b"<urn:port> <urn:under> <urn:way> .\n"])
    store.add(more)
    store.add(more)
    assert lines(store.read(GRAPH)) == lines(PORT.document + more.document)


@EVERY
def test_a_graph_larger_than_one_update_goes_in_parts(running: Running, store: RemoteGraphs) -> None:
    count = 12_345
    large = NamedGraph.of(GRAPH, (f'<urn:s{number}> <urn:p> "خبر {number}" .\n'.encode() for number in range(count)))
    store.replace([PORT])
    store.replace([large])
    assert lines(store.read(GRAPH)) == lines(large.document)
    assert running.engine.names() == [GRAPH]
    profile = profiles.find(running.profile)
    sent = [request for request in running.requests if request.headers.get("content-type", "").startswith(UPDATE)]
    assert len(sent) >= (0 if profile.graphs else count // profile.update_limit)


@pytest.mark.parametrize("name", ["blazegraph", "qlever"])
def test_no_request_is_larger_than_the_store_takes(name: str) -> None:
    profile = profiles.find(name)
    assert profile.request_limit is not None
    # The limit itself is too much for a test: the same profile with a small one.
    small = 20_000
    large = NamedGraph.of(GRAPH, (f'<urn:s{number}> <urn:p> "{"x" * 40}" .\n'.encode() for number in range(3_000)))
    with FAKES[name].running() as running:
        limited = msgspec.structs.replace(profile, request_limit=small)
        with RemoteGraphs(running.address, limited, credentials=running.credentials, timeout=10) as store:
            store.replace([large])
            assert lines(store.read(GRAPH)) == lines(large.document)
        assert max(request.size for request in running.requests) <= small
        assert running.engine.names() == [GRAPH]


@EVERY
def test_the_union_of_the_graphs_is_asked(store: RemoteGraphs) -> None:
    town = NamedGraph.of("https://example.org/graphs/town", [b"<urn:town> <urn:in> <urn:land> .\n"])
    store.replace([PORT, town])
    rows = store.select("SELECT ?land WHERE { <urn:port> <urn:in>/<urn:in> ?land }")
    assert rows.rows == (("urn:land",),)
    rows = store.select("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s <urn:in> ?o } } ORDER BY ?g")
    assert [row[0] for row in rows] == [town.iri, GRAPH]


@functools.cache
def graphs(corpus: str) -> tuple[NamedGraph, ...]:
    return tuple(assembly.graphs(CORPORA[corpus], workers=1))


@pytest.mark.parametrize("corpus", ASKED)
@EVERY
def test_every_bundled_query_gives_the_golden_rows(store: RemoteGraphs, corpus: str) -> None:
    store.replace(graphs(corpus))
    found: Mapping[str, str] = {
        question.golden.name: results.text(store.select(question.text), "tsv")
        for question in QUESTIONS
        if question.corpus == corpus
    }
    assert found == {
        question.golden.name: question.golden.read_text("utf-8") for question in QUESTIONS if question.corpus == corpus
    }
    for graph in graphs(corpus):
        assert lines(store.read(graph.iri)) == lines(graph.document)


@EVERY
def test_a_corpus_is_loaded_and_then_nothing_is_sent(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    target = Endpoint(running.address, profile=running.profile, credentials=running.credentials)
    wanted = graphs("eastport")
    loaded = khabar.load(CORPORA["eastport"], target, workers=1)
    assert set(loaded.sent) == {graph.iri for graph in wanted}
    assert sorted(running.engine.names()) == sorted(graph.iri for graph in wanted)
    running.requests.clear()
    again = khabar.load(CORPORA["eastport"], target, workers=1)
    assert (again.sent, len(again.kept)) == ((), len(wanted))
    # What was asked changes nothing.
    assert {request.method for request in running.requests} <= {"GET", "POST"}
    kinds = {request.headers.get("content-type", "") for request in running.requests if request.method == "POST"}
    assert all(kind.startswith(FORM) for kind in kinds)
    assert not list(khabar.diff(CORPORA["eastport"], target, workers=1))


@EVERY
def test_what_is_dumped_is_what_was_loaded(running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    target = Endpoint(running.address, profile=running.profile, credentials=running.credentials)
    khabar.load(CORPORA["libya"], target, workers=1)
    dumped = {graph.iri: graph for graph in khabar.dump(target)}
    assert dumped == {graph.iri: graph for graph in graphs("libya")}
