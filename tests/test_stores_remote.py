"""Endpoints: a real one answers as the store here does, and every way of failing is told in a sentence."""

from __future__ import annotations

import http.server
import json
import socket
import time
from urllib.parse import parse_qs

import msgspec
import pytest

from corpora_at_hand import GRAPHS
from endpoints import Answer, answering, endpoint, oxigraph
from khabar.errors import QueryRefused, StoreFailed
from khabar.queries.catalogue import find
from khabar.stores import memory
from khabar.stores.credentials import Credentials
from khabar.stores.refusals import REMEDIES
from khabar.stores.remote import PATIENCE, RemoteStore
from khabar.stores.wire import AGENT

ASK = "ASK { ?s ?p ?o }"
TRUE = '{"head": {}, "boolean": true}'
IMPATIENT = msgspec.structs.replace(PATIENCE, sleep=lambda _: None)
EXPECTED = "expected the results of a query as JSON, found"


def test_a_real_endpoint_answers_as_the_store_here_does() -> None:
    here = memory.from_file(GRAPHS / "libya.ttl")
    with oxigraph((GRAPHS / "libya.ttl").read_text("utf-8")) as address:
        there = RemoteStore(address)
        for name in ("who-says-what", "chain-of-transmission", "independent-origins", "timeline"):
            text = find(name).text
            assert there.select(text) == here.select(text)
        assert there.select("ASK { ?s ?p 'no such thing' }").truth is False
        assert len(there.select("SELECT ?s WHERE { ?s ?p 'no such thing' }")) == 0


def test_what_the_server_says_of_a_wrong_query_is_quoted() -> None:
    with oxigraph("<http://e/s> <http://e/p> 1 .") as address:
        with pytest.raises(StoreFailed) as caught:
            RemoteStore(address).select("SELECT ?s WHERE { ?s ?p }")
        assert str(caught.value).startswith(f"{address}: {EXPECTED} HTTP 400 Bad Request: error at 1:")


def test_named_graphs_beside_an_empty_default_graph_are_told() -> None:
    data = (GRAPHS / "libya.nq").read_text("utf-8")
    with oxigraph(data, suffix="nq") as address:
        with pytest.raises(StoreFailed) as caught:
            RemoteStore(address).select(find("denials").text)
        assert str(caught.value) == (
            f"{address}: expected a default graph that is the union of the named graphs, found an empty default graph"
            " beside named graphs (Oxigraph: end the address in ?union-default-graph; Fuseki: tdb2:unionDefaultGraph"
            " true)"
        )
        assert len(RemoteStore(f"{address}?union-default-graph").select(find("denials").text)) == 8


def _told(answer: Answer, *, timeout: float = 5) -> str:
    with endpoint(answer) as server:
        with pytest.raises(StoreFailed) as caught:
            RemoteStore(server.address, timeout=timeout, patience=IMPATIENT).select(ASK)
        return str(caught.value).replace(server.address, "ADDRESS")


def _closing(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def _cut_off(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/sparql-results+json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"head": {')


def _hanging(handler: http.server.BaseHTTPRequestHandler) -> None:
    del handler
    time.sleep(0.6)


def _dripping(handler: http.server.BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/sparql-results+json")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


PAGE = "<html><head><style>p {}</style></head><body><h1>Log in</h1><p>to go on</p></body></html>"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (answering("out of\nmemory", kind="text/plain", status=500), "HTTP 500 Internal Server Error: out of memory"),
        (answering(PAGE, kind="text/html", status=502), "HTTP 502 Bad Gateway: Log in to go on"),
        (
            answering("", status=429, Retry_After="120"),
            "HTTP 429 Too Many Requests (ask again after 120 seconds)",
        ),
        (
            answering("", status=503, Retry_After="Fri, 07 Nov 2031 23:59:59 GMT"),
            "HTTP 503 Service Unavailable (ask again after Fri, 07 Nov 2031 23:59:59 GMT)",
        ),
        (answering("", status=503), "HTTP 503 Service Unavailable, 4 times (wait, then ask again)"),
        (
            answering("", status=401),
            f"HTTP 401 Unauthorized ({REMEDIES[401]})",
        ),
        (
            answering("no", kind="text/plain", status=404),
            f"HTTP 404 Not Found: no ({REMEDIES[404]})",
        ),
        (answering("", status=414), "HTTP 414 Request-URI Too Long"),
        (answering(PAGE, kind="text/html"), "text/html: Log in to go on (give the address of the endpoint itself)"),
        (
            answering('{"results": {"bindings": [The operation has been cancelled'),
            'JSON that is cut off or of another shape: {"results": {"bindings": [The operation has been cancelled',
        ),
        (answering('["x"]'), 'JSON that is cut off or of another shape: ["x"]'),
        (answering('{"boolean": "yes"}'), 'JSON that is cut off or of another shape: {"boolean": "yes"}'),
        (answering("[" * 100_000), f"JSON that is cut off or of another shape: {'[' * 200}"),
        (_closing, "Remote end closed connection without response, 4 times"),
        (_cut_off, "an answer cut off after 10 bytes, 4 times"),
    ],
)
def test_a_failure_is_told_in_a_sentence(answer: Answer, found: str) -> None:
    assert _told(answer) == f"ADDRESS: {EXPECTED} {found}"


@pytest.mark.parametrize("answer", [_hanging, _dripping])
def test_no_answer_is_waited_for_longer_than_said(answer: Answer) -> None:
    assert _told(answer, timeout=0.3) == f"ADDRESS: {EXPECTED} no whole answer within 0.3 seconds"


def test_nobody_listens() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(StoreFailed) as caught:
        RemoteStore(f"http://127.0.0.1:{port}/sparql", patience=IMPATIENT).select(ASK)
    assert str(caught.value) == f"http://127.0.0.1:{port}/sparql: {EXPECTED} Connection refused, 4 times"


def test_a_redirect_to_another_host_is_refused_and_not_followed() -> None:
    with endpoint(answering(TRUE)) as other:
        elsewhere = other.address.replace("127.0.0.1", "localhost")
        assert _told(answering("", status=302, Location=elsewhere)) == (
            "ADDRESS: expected an answer from this host, found a redirect to http://localhost"
            " (if you trust it, give its address)"
        )
        assert other.asked == []


def test_a_redirect_on_the_same_host_is_followed_with_the_query() -> None:
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        if handler.path == "/sparql":
            answering("", status=307, Location="/sparql/")(handler)
        else:
            answering(TRUE)(handler)

    with endpoint(answer) as server:
        assert RemoteStore(server.address).select(ASK).truth is True
    assert [path for path, _, _ in server.asked] == ["/sparql", "/sparql/"]
    assert parse_qs(server.asked[1][2])["query"] == [ASK]


def test_a_circle_of_redirects_ends() -> None:
    assert "HTTP 302 Found" in _told(answering("", status=302, Location="/sparql"))


def test_credentials_go_into_a_header_and_nowhere_else() -> None:
    with endpoint(answering("no", kind="text/plain", status=403)) as server:
        with pytest.raises(StoreFailed) as caught:
            RemoteStore(f"{server.address}?key=secret", credentials=Credentials("me", "s@fe")).select(ASK)
        assert "s@fe" not in str(caught.value)
        assert "secret" not in str(caught.value)
    path, headers, _ = server.asked[0]
    assert headers["Authorization"] == "Basic bWU6c0BmZQ=="
    assert path == "/sparql?key=secret"


def test_an_address_with_a_password_is_refused_and_not_shown() -> None:
    with pytest.raises(StoreFailed) as caught:
        RemoteStore("https://me:s3cret@example.org/sparql")
    assert str(caught.value) == (
        "endpoint: expected an address without a name and a password, found one for example.org with them"
        " (put them into KHABAR_USER and KHABAR_PASSWORD, or into ~/.netrc)"
    )


def test_khabar_names_itself_and_asks_for_json_alone() -> None:
    with endpoint(answering(TRUE)) as server:
        RemoteStore(server.address).select(ASK)
    _, headers, body = server.asked[0]
    assert headers["User-Agent"] == AGENT
    assert headers["Accept"].startswith("application/sparql-results+json")
    assert parse_qs(body) == {"query": [ASK]}


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("ftp://example.org/", "'ftp://example.org/'"),
        ("http://", "'http://'"),
        ("http://a b/", "'http://a b/'"),
        ("http://me:secret@[", "'http://['"),
        ("http://example.org:port/", "'http://example.org:port/'"),
        ("http://\u202e.example/", "'http://\\u202e.example/'"),
        (f"http://{'a' * 64}.example/", f"'http://{'a' * 64}.example/'"),
    ],
)
def test_an_address_that_is_none_is_refused(address: str, found: str) -> None:
    with pytest.raises(StoreFailed) as caught:
        RemoteStore(address)
    assert str(caught.value) == f"endpoint: expected an http or https address, found {found}"


def test_an_address_in_any_script_goes_in_ascii() -> None:
    name = RemoteStore("http://خبر.invalid:81/سؤال").name
    assert name == "http://xn--ngblk.invalid:81/%D8%B3%D8%A4%D8%A7%D9%84"


def test_a_refused_query_is_never_sent() -> None:
    with endpoint(answering(TRUE)) as server, pytest.raises(QueryRefused):
        RemoteStore(server.address).select("ASK { SERVICE <http://127.0.0.1/> { } }")
    assert server.asked == []


def test_every_kind_of_term_is_read() -> None:
    kinds = {
        "a": {"type": "uri", "value": "http://e/a"},
        "b": {"type": "bnode", "value": "x"},
        "c": {"type": "literal", "value": "نفى", "xml:lang": "AR"},
        "d": {"type": "typed-literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"},
        "e": {"type": "literal", "value": "plain"},
    }
    body = json.dumps({"head": {"vars": [*kinds, "f"]}, "results": {"bindings": [kinds]}})
    with endpoint(answering(body)) as server:
        rows = RemoteStore(server.address).select("SELECT * WHERE { ?s ?p ?o }")
    found = [type(term).__name__ for term in rows.rows[0]]
    assert found == ["str", "Blank", "Literal", "Literal", "Literal", "NoneType"]
    assert rows.texts()[0]["c"] == "نفى"
