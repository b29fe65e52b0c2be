"""The rules of HTTP that the server holds its visitors to, as a table of requests and what they meet."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from serving import Served, served
from waiting import until

ROOT = Path(__file__).parents[1]
ASK = "/sparql?query=ASK%7B%7D"
ALLOWED = "https://editor.example.org"


class Met(NamedTuple):
    """The head and body of an answer, as they came."""

    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    options = ("--host-name", "news.example.org", "--allow-origin", ALLOWED)
    with served(ROOT / "corpus", *options) as running:
        running.wait_for_index()
        yield running


def port_of(server: Served) -> int:
    return int(server.address.rpartition(":")[2])


def sent(server: Served, request: bytes) -> Met:
    """The answer to what is sent letter for letter, or its beginning; ``{port}`` in it is the server's."""
    with socket.create_connection(("127.0.0.1", port_of(server)), timeout=30) as connection:
        connection.sendall(request.replace(b"{port}", str(port_of(server)).encode()))
        received = b""
        while piece := connection.recv(65536):
            received += piece
            if b"\r\n\r\n" in received:
                break
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Met(int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}, body)


def request(
    target: str = ASK, *headers: str, method: str = "GET", host: str = "127.0.0.1:{port}", body: str = ""
) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", *([f"Host: {host}"] if host else []), *headers, "Connection: close"]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("latin-1")


QUERY = "Content-Type: application/sparql-query"
FORM = "Content-Type: application/x-www-form-urlencoded"

CASES: dict[str, tuple[bytes, int]] = {
    # Who is called
    "its address": (request(), 200),
    "localhost": (request(host="localhost:{port}"), 200),
    "a name without a port": (request(host="localhost"), 200),
    "another port": (request(host="localhost:1"), 200),
    "capitals": (request(host="LOCALHOST:{port}"), 200),
    "a full stop at the end": (request(host="localhost.:{port}"), 200),
    "the name that was given": (request(host="news.example.org"), 200),
    "IPv6": (request(host="[::1]:{port}"), 200),
    "another host": (request(host="evil.example"), 403),
    "a host that ends like ours": (request(host="evil.localhost"), 403),
    "a host that begins like ours": (request(host="127.0.0.1.evil.example"), 403),
    "a user in the host": (request(host="localhost@evil.example"), 403),
    "no host": (request(host=""), 400),
    "an empty host": (request(ASK, "Host: ", host=""), 403),
    "two hosts": (request(ASK, "Host: evil.example"), 400),
    "another host on a page": (request("/", host="evil.example"), 403),
    "another host on a file": (request("/static/style.css", host="evil.example"), 403),
    "another host on what is not there": (request("/nothing/here", host="evil.example"), 403),
    # From where
    "its own origin": (request(ASK, "Origin: http://127.0.0.1:{port}"), 200),
    "another origin": (request(ASK, "Origin: https://evil.example"), 403),
    "another port's origin": (request(ASK, "Origin: http://127.0.0.1:1"), 403),
    "no origin that can be named": (request(ASK, "Origin: null"), 403),
    "a broken origin": (request(ASK, "Origin: http://[::1"), 403),
    "an origin that was allowed": (request(ASK, f"Origin: {ALLOWED}"), 200),
    "an origin that begins like it": (request(ASK, f"Origin: {ALLOWED}.evil.example"), 403),
    "another origin by POST": (
        request("/sparql", "Origin: https://evil.example", FORM, method="POST", body="query=ASK{}"),
        403,
    ),
    "an image of another site": (request(ASK, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"), 403),
    "a script of another site": (
        request("/reconcile/?callback=f", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"),
        403,
    ),
    "a link from another site": (request("/", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"), 200),
    "a form of another site": (
        request(
            "/sparql", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", FORM, method="POST", body="query=ASK{}"
        ),
        403,
    ),
    "a page of this site": (request(ASK, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors"), 200),
    "OpenRefine at reconciliation": (request("/reconcile/", "Origin: http://127.0.0.1:3333"), 200),
    "OpenRefine at SPARQL": (request(ASK, "Origin: http://127.0.0.1:3333"), 403),
    "an image of another port": (request(ASK, "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors"), 403),
    "a link from another port": (request("/", "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate"), 200),
    "a script of another port at reconciliation": (
        request("/reconcile/?callback=f", "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors"),
        200,
    ),
    "who types the address": (request("/", "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate"), 200),
    "another origin that asks before it asks": (
        request("/sparql", "Origin: https://evil.example", "Access-Control-Request-Method: POST", method="OPTIONS"),
        403,
    ),
    # With which method
    "HEAD": (request(ASK, method="HEAD"), 200),
    "OPTIONS": (request("/sparql", method="OPTIONS"), 204),
    "OPTIONS of a page": (request("/", method="OPTIONS"), 204),
    "PUT": (request("/store?default", method="PUT", body="x"), 405),
    "DELETE": (request("/store?default", method="DELETE"), 405),
    "PATCH": (request("/store?default", method="PATCH", body="x"), 405),
    "TRACE": (request("/", method="TRACE"), 405),
    "POST to the store": (request("/store?default", QUERY, method="POST", body="x"), 405),
    "POST to a page": (request("/", FORM, method="POST", body="x=1"), 405),
    "POST to a bundled query": (request("/api/denials", FORM, method="POST", body="x=1"), 405),
    "a method of its own": (request("/", method="BREW"), 405),
    "CONNECT": (request("evil.example:443", method="CONNECT"), 405),
    "OPTIONS of everything": (request("*", method="OPTIONS"), 204),
    "OPTIONS of what is not there": (request("/nothing", method="OPTIONS"), 204),
    "OPTIONS of another host": (request("/sparql", method="OPTIONS", host="evil.example"), 403),
    "HEAD of a graph": (request("/store?default", method="HEAD"), 200),
    "HEAD of what is not there": (request("/nothing", method="HEAD"), 404),
    "GET with a body": (request(ASK, body="x" * 100), 200),
    "PUT to SPARQL": (request(ASK, method="PUT"), 405),
    "POST of a file": (request("/static/style.css", FORM, method="POST", body="x=1"), 405),
    "POST to a thing": (request("/events/x", FORM, method="POST", body="x=1"), 405),
    # How much
    "an address that is too long": (request("/sparql?query=" + "A" * 13_000), 414),
    "a head that is too long": (request(ASK, "X-Long: " + "a" * 20_000), 431),
    "many headers": (request(ASK, *(f"X-{number}: a" for number in range(300))), 431),
    "a body that is too long": (request("/sparql", QUERY, method="POST", body="ASK{}" + " " * 300_000), 413),
    "a length that is too long": (
        request("/sparql", QUERY, "Content-Length: 99999999999", method="POST"),
        413,
    ),
    "a query that is too long": (request("/sparql", QUERY, method="POST", body="ASK{}#" + "a" * 70_000), 400),
    "a length that is none": (request("/sparql", QUERY, "Content-Length: many", method="POST"), 400),
    "two lengths": (request("/sparql", QUERY, "Content-Length: 5", "Content-Length: 6", method="POST"), 400),
    "a length and pieces": (
        request("/sparql", QUERY, "Content-Length: 5", "Transfer-Encoding: chunked", method="POST")
        + b"5\r\nASK{}\r\n0\r\n\r\n",
        400,
    ),
    "pieces": (
        request("/sparql", QUERY, "Transfer-Encoding: chunked", method="POST") + b"5\r\nASK{}\r\n0\r\n\r\n",
        200,
    ),
    "pieces that are too many": (
        request("/sparql", QUERY, "Transfer-Encoding: chunked", method="POST")
        + b"10000\r\n"
        + b" " * 65_536
        + b"\r\n"
        + (b"10000\r\n" + b" " * 65_536 + b"\r\n") * 5
        + b"0\r\n\r\n",
        413,
    ),
    "too many fields": (request("/sparql", FORM, method="POST", body="&".join(f"a{n}=1" for n in range(2_000))), 400),
    "a length below nothing": (request("/sparql", QUERY, "Content-Length: -5", method="POST"), 400),
    "a length with a sign": (request("/sparql", QUERY, "Content-Length: +5", method="POST") + b"ASK{}", 400),
    "pieces of another coding": (
        request("/sparql", QUERY, "Transfer-Encoding: gzip, chunked", method="POST") + b"5\r\nASK{}\r\n0\r\n\r\n",
        400,
    ),
    "pieces without a length": (
        request("/sparql", QUERY, "Transfer-Encoding: chunked", method="POST") + b"zz\r\nASK{}\r\n0\r\n\r\n",
        400,
    ),
    # Of which type
    "a body without a type": (request("/sparql", method="POST", body="ASK{}"), 415),
    "a body in JSON": (request("/sparql", "Content-Type: application/json", method="POST", body="{}"), 415),
    "a body in parts": (
        request("/sparql", "Content-Type: multipart/form-data; boundary=x", method="POST", body="--x--"),
        415,
    ),
    "a query in Latin-1": (request("/sparql", f"{QUERY}; charset=latin-1", method="POST", body="ASK{}"), 415),
    "a query in UTF-8": (request("/sparql", f"{QUERY}; charset=UTF-8", method="POST", body="ASK{}"), 200),
    "a query that is packed": (request("/sparql", QUERY, "Content-Encoding: gzip", method="POST", body="ASK{}"), 415),
    "a form that is packed": (
        request("/sparql", FORM, "Content-Encoding: br", method="POST", body="query=ASK{}"),
        415,
    ),
    "a query in UTF-16": (
        request("/sparql", f"{QUERY}; charset=UTF-16", "Content-Length: 10", method="POST")
        + "ASK{}".encode("utf-16-le"),
        415,
    ),
    "an update": (request("/sparql", "Content-Type: application/sparql-update", method="POST", body="CLEAR ALL"), 403),
    "an update in a form": (request("/sparql", FORM, method="POST", body="update=CLEAR%20ALL"), 403),
    "an update in the address": (request("/sparql?update=CLEAR%20ALL"), 403),
    "bytes that are no UTF-8": (request("/sparql", QUERY, "Content-Length: 2", method="POST") + b"\xff\xfe", 400),
    "escapes that are no UTF-8": (request("/sparql?query=%ff%fe"), 400),
    "a letter that is not escaped": (request("/sparql?query=ASK{}é"), 400),
    # In which form
    "no form that there is": (request(ASK, "Accept: image/png"), 406),
    "any form": (request(ASK, "Accept: */*"), 200),
    "none of any form": (request(ASK, "Accept: */*;q=0"), 406),
    "a weight that is none": (request(ASK, "Accept: text/csv;q=lots, application/json;q=0.1"), 200),
    "a form by its name": (request(ASK + "&format=csv"), 200),
    "a form by a name that is none": (request(ASK + "&format=n3"), 200),
    "a graph as a picture": (request("/store?default", "Accept: image/png"), 406),
    # What is not there
    "a path that is not there": (request("/nothing"), 404),
    "up and out": (request("/static/../../etc/passwd"), 404),
    "up and out, escaped": (request("/static/%2e%2e/%2e%2e/etc/passwd"), 404),
    "up and out, escaped twice": (request("/static/%252e%252e/etc/passwd"), 404),
    "up and out, backwards": (request("/static/..\\..\\etc\\passwd"), 404),
    "a file by its whole path": (request("/static//etc/passwd"), 404),
    "a NUL in a path": (request("/static/style.css%00.js"), 404),
    "the folder of the files": (request("/static/"), 404),
    "a file": (request("/static/style.css"), 200),
    "a source of the program": (request("/static/../pages.py"), 404),
    "a bundled query that is not there": (request("/api/nothing"), 404),
    "a thing that is not there": (request("/events/nothing.ttl"), 404),
    "a graph that is not there": (request("/store?graph=urn:nothing"), 404),
    "a graph that is no IRI": (request("/store?graph=%3Ca%20b%3E"), 400),
    "a graph of two names": (request("/store?graph=urn:a&graph=urn:b"), 400),
    "no graph": (request("/store"), 400),
    "a parameter that is not there": (request("/api/denials?nothing=1"), 400),
    "a parameter twice": (request("/api/denials?lang=en&lang=ar"), 400),
    "a limit that is none": (request("/api/denials?limit=-1"), 400),
    "an offset beyond all": (request("/api/denials?offset=99999999999999999999"), 400),
    "a day that is none": (request("/timeline?from=2023-02-30"), 400),
    "a kind that is none": (request("/list/unicorn"), 404),
    # What is no HTTP
    "another protocol": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "no protocol": (b"GET\r\n\r\n", 400),
    "another version": (b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 505),
    "a header without a colon": (b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n", 400),
    "a line that goes on in the next": (request(ASK, "X-A: a\r\n b"), 200),
    "the next version": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 403),
    "a way to the next version": (
        request("/health", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA").replace(
            b": close", b": Upgrade"
        ),
        200,
    ),
    "a web socket": (
        request("/health", "Upgrade: websocket", "Sec-WebSocket-Version: 13").replace(b": close", b": Upgrade"),
        200,
    ),
    "the version before without a host": (b"GET /health HTTP/1.0\r\n\r\n", 403),
    "the version before": (b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n", 200),
    "a space before a colon": (b"GET /health HTTP/1.1\r\nHost : localhost\r\n\r\n", 400),
    "a NUL in a header": (request(ASK, "X-A: a\0b"), 400),
    "a space in an address": (request("/health /nothing"), 400),
    "a place in a page": (request("/health#there"), 404),
    "a port that is none": (request(host="localhost:80x"), 403),
    "a control in a host": (request(host="localhost\x0bevil"), 400),
    "who asks for whom": (request(ASK, 'X-Forwarded-For: "><x, \xff', "X-Forwarded-Proto: javascript"), 200),
}
CASES["a whole address of ours"] = (request("http://127.0.0.1:{port}/health"), 404)
CASES["a whole address of another's"] = (request("http://evil.example/health"), 404)


@pytest.mark.parametrize("name", CASES)
def test_a_request_meets_what_the_table_says(server: Served, name: str) -> None:
    asked, status = CASES[name]
    met = sent(server, asked)
    assert met.status == status, met
    assert "server" not in met.headers
    assert b"Traceback" not in met.body
    # Whatever was asked, and whoever answers: no answer is less careful than another.
    assert met.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in met.headers["content-security-policy"]
    if status >= 400 and b"HEAD" not in asked and b"text/html" not in asked:
        assert met.headers["content-type"].partition(";")[0] in ("application/problem+json", "application/json")


@pytest.mark.parametrize(
    "path", ["/", "/sparql", ASK, "/static/style.css", "/api/denials", "/nothing", "/list/unicorn", "/ns"]
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_every_answer_tells_a_browser_what_it_may_do(server: Served, path: str, accept: str) -> None:
    headers = server.get(path, headers={"Accept": accept}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "access-control-allow-origin" not in headers
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    ("status", "path", "accept", "method"),
    [
        (400, "/sparql?query=nonsense", "application/json", "GET"),
        (403, "/sparql?query=SELECT%20*%20%7B%20SERVICE%20%3Curn:x%3E%20%7B%7D%20%7D", "application/json", "GET"),
        (404, "/nothing", "application/json", "GET"),
        (405, "/store?default", "application/json", "DELETE"),
        (406, "/store?default", "image/png", "GET"),
    ],
)
def test_a_problem_is_told_in_words_that_a_program_reads(
    server: Served, status: int, path: str, accept: str, method: str
) -> None:
    answer = server.get(path, headers={"Accept": accept}, method=method)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["detail"]


def test_an_origin_that_was_allowed_may_read_the_answer(server: Served) -> None:
    answer = server.get(ASK, headers={"Origin": ALLOWED})
    assert answer.headers["access-control-allow-origin"] == ALLOWED
    assert "Origin" in answer.headers["vary"]
    before = server.get(
        "/sparql", headers={"Origin": ALLOWED, "Access-Control-Request-Method": "POST"}, method="OPTIONS"
    )
    assert before.status == 204
    assert "POST" in before.headers["access-control-allow-methods"]
    refused = server.get(ASK, headers={"Origin": ALLOWED}, method="GET")
    assert "access-control-allow-credentials" not in refused.headers


@pytest.mark.parametrize("path", [ASK, "/api/denials", "/", "/static/style.css", "/store?default", "/timeline?lang=ar"])
def test_what_a_client_has_is_not_sent_again(server: Served, path: str) -> None:
    first = server.get(path, headers={"Accept": "*/*"})
    assert first.status == 200
    again = server.get(path, headers={"Accept": "*/*", "If-None-Match": f'"x", {first.headers["etag"]}'})
    assert again.status == 304
    assert again.body == b""
    other = server.get(path, headers={"Accept": "*/*", "If-None-Match": '"x"'})
    assert other.status == 200
    assert other.body == first.body


def test_no_header_of_who_stands_before_it_leads_elsewhere(server: Served) -> None:
    before = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
    for path, accept in (("/reconcile?a=b", "*/*"), ("/sparql", "text/html"), ("/agents/haftar", "text/turtle")):
        met = server.get(path, headers={"Accept": accept, **before})
        assert met.status in (303, 307)
        assert met.headers["location"].startswith("/")
        assert not met.headers["location"].startswith("//")


@pytest.mark.parametrize(
    "path", ["//evil.example/", "/%5cevil.example", "/events/x%0d%0aSet-Cookie:a=b", "/%2f%2fevil"]
)
def test_no_path_leads_elsewhere(server: Served, path: str) -> None:
    for accept in ("text/html", "text/turtle"):
        met = sent(server, request(path, f"Accept: {accept}"))
        assert met.status == 404
        assert not {"location", "set-cookie"} & met.headers.keys()


def test_tags_tell_forms_apart(server: Served) -> None:
    tags = {server.get(ASK, headers={"Accept": kind}).headers["etag"] for kind in ("text/csv", "application/json")}
    assert len(tags) == 2


def test_head_tells_what_get_would(server: Served) -> None:
    got, head = (server.get(ASK, method=method) for method in ("GET", "HEAD"))
    assert head.body == b""
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.body))


CHANGED = """
import sys
from khabar.serve import connections, requests
{}
from khabar.__main__ import main
sys.exit(main())
"""
SHORT = CHANGED.format("connections.HEAD_SECONDS = requests.BODY_SECONDS = connections.TAKING_SECONDS = 0.3")
NARROW = CHANGED.format("connections.CONNECTIONS = 4")


@pytest.mark.parametrize(
    "begun",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET /health HTTP/1.1\r\nHost: loc", id="half a head"),
        pytest.param(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /heal", id="half a second head"),
        pytest.param(
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\n" + QUERY.encode() + b"\r\nContent-Length: 9\r\n\r\nASK",
            id="half a body",
        ),
    ],
)
def test_nobody_is_waited_for_without_end(impatient: Served, begun: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port_of(impatient)), timeout=30) as connection:
        connection.sendall(begun)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    assert (b" 408 " in received) == (b"POST" in begun)
    assert impatient.get("/health").status == 200


@pytest.fixture(scope="module")
def impatient() -> Iterator[Served]:
    with served(ROOT / "example", program=("-c", SHORT)) as running:
        yield running


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the connections of the system")
def test_who_takes_nothing_of_an_answer_is_not_waited_for(impatient: Served) -> None:
    # More than the system takes off the hands of either side.
    text = "SELECT * { VALUES ?a { " + "1 " * 1200 + "} VALUES ?b { " + "1 " * 300 + "} }"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(30)
        connection.connect(("127.0.0.1", port_of(impatient)))
        lines = "POST /sparql?format=xml HTTP/1.1", "Host: localhost", QUERY, f"Content-Length: {len(text)}", "", text
        connection.sendall("\r\n".join(lines).encode())
        assert connection.recv(12) == b"HTTP/1.1 200"
        until(lambda: not connections(impatient))
    # Who takes it, gets all of it.
    met = impatient.post("/sparql?format=xml", text.encode(), "application/sparql-query")
    assert met.status == 200
    assert int(met.headers["content-length"]) == len(met.body) > 10_000_000


def connections(server: Served) -> int:
    """How many connections a server has that it has not left."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return sum(1 for row in rows if row[1].endswith(f":{port_of(server):04X}") and row[3] == "01")


def test_one_connection_too_many_is_told_so_and_the_others_are_kept() -> None:
    with served(ROOT / "example", "--workers", "1", program=("-c", NARROW)) as narrow:
        with contextlib.ExitStack() as opened:
            address = "127.0.0.1", port_of(narrow)
            kept = [opened.enter_context(socket.create_connection(address, timeout=30)) for _ in range(4)]
            met = sent(narrow, request("/health"))
            assert met.status == 503
            assert int(met.headers["retry-after"]) > 0
            assert met.headers["content-type"] == "application/problem+json"
            assert met.headers["x-content-type-options"] == "nosniff"
            kept[0].sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert kept[0].recv(12) == b"HTTP/1.1 200"
        until(lambda: narrow.get("/health").status == 200)


def test_who_goes_away_while_he_speaks_is_no_fault_to_tell_of() -> None:
    command = [sys.executable, "-m", "khabar", "serve", str(ROOT / "example"), "--port", "0", "--workers", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            line = ""
            while "http://" not in line:
                line = process.stderr.readline()
                assert line
            port = int(line.partition("127.0.0.1:")[2].partition(" ")[0].strip("/\n"))
            for path in ("/sparql", "/reconcile/"):
                with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                    lines = f"POST {path} HTTP/1.1", "Host: localhost", FORM, "Content-Length: 50", "", "query=A"
                    connection.sendall("\r\n".join(lines).encode())
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                while connection.recv(65536):
                    pass
        finally:
            process.send_signal(signal.SIGINT)
            told = process.stderr.read()
    assert "Traceback" not in told
