"""One exchange of HTTP: the whole answer by the deadline, or a failure that says what became of the request."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from khabar.errors import StoreFailed
from khabar.stores.endpoint import address_of
from khabar.stores.refusals import Unanswered, quoted
from khabar.stores.wire import AGENT, Answer, Request, Wire, _is_same
from scripted import Act, Scripted, answer, asked, head, saying, scripted

PEM = Path(__file__).parent / "data" / "loopback.pem"


def request(address: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Request:
    return Request(method=method, address=address, body=body, headers=tuple(headers.items()), where="here")


def sent(server: Scripted, method: str = "GET", body: bytes | None = None, **options: Any) -> Answer:
    with Wire(server.address, **{"timeout": 5.0, **options}) as wire:
        return wire.send(request(server.address, method, body))


def failed(act: Act, method: str = "GET", body: bytes | None = None, **options: Any) -> Unanswered:
    with scripted(act) as server, pytest.raises(Unanswered) as caught:
        sent(server, method, body, **options)
    return caught.value


def test_a_request_goes_as_it_is_and_the_answer_comes_whole() -> None:
    heard: list[bytes] = []

    def act(connection: socket.socket) -> None:
        heard.append(asked(connection))
        connection.sendall(answer(b"body", "201 Created", Content_Type="Text/Plain; charset=utf-8", X_One="1"))

    with scripted(act) as server, Wire(server.address) as wire:
        found = wire.send(request(f"{server.address}?graph=urn%3Aa", "PUT", b"<a> .", Accept="text/turtle"))
    assert (found.status, found.body, found.media_type, found.headers["x-one"]) == (201, b"body", "text/plain", "1")
    start, _, rest = heard[0].partition(b"\r\n")
    assert start == b"PUT /sparql?graph=urn%3Aa HTTP/1.1"
    for line in (
        f"Host: 127.0.0.1:{server.port}",
        f"User-Agent: {AGENT}",
        "Accept: text/turtle",
        "Accept-Encoding: identity",
        "Content-Length: 5",
    ):
        assert f"\r\n{line}\r\n".encode() in b"\r\n" + rest
    assert heard[0].endswith(b"\r\n\r\n<a> .")
    assert b"Authorization" not in heard[0]


def test_a_connection_is_used_again_until_the_server_ends_it() -> None:
    with scripted(saying(answer(b"one"))) as server, Wire(server.address) as wire:
        for _ in range(3):
            assert wire.send(request(server.address)).body == b"one"
        assert server.connections == 1
    with scripted(saying(answer(b"one", Connection="close"))) as server, Wire(server.address) as wire:
        for _ in range(3):
            assert wire.send(request(server.address)).body == b"one"
        assert server.connections == 3


def test_a_connection_that_ended_meanwhile_is_not_used() -> None:
    def act(connection: socket.socket) -> None:
        asked(connection)
        connection.sendall(answer(b"one"))

    with scripted(act) as server, Wire(server.address) as wire:
        for _ in range(3):
            assert wire.send(request(server.address)).body == b"one"
            time.sleep(0.02)
        assert server.connections == 3


def test_threads_share_the_connections() -> None:
    with (
        scripted(saying(answer(b"x" * 1000))) as server,
        Wire(server.address) as wire,
        ThreadPoolExecutor(8) as threads,
    ):
        answers = threads.map(lambda _: wire.send(request(server.address, "PUT", b"y" * 1000)), range(200))
        assert {found.body for found in answers} == {b"x" * 1000}
        assert server.connections <= 8


def _nothing(connection: socket.socket) -> None:
    asked(connection)
    connection.recv(1)


def _part_of_the_head(connection: socket.socket) -> None:
    asked(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-")
    connection.recv(1)


def _part_of_the_body(connection: socket.socket) -> None:
    asked(connection)
    connection.sendall(answer(b"x" * 1000)[:-500])
    connection.recv(1)


def _dripping(data: bytes) -> Act:
    def act(connection: socket.socket) -> None:
        asked(connection)
        for number in range(len(data)):
            connection.sendall(data[number : number + 1])
            time.sleep(0.02)

    return act


@pytest.mark.parametrize(
    "act",
    [
        _nothing,
        _part_of_the_head,
        _part_of_the_body,
        _dripping(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 90),
        _dripping(answer(b"x" * 1000)),
        _dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 1000),
    ],
    ids=["silent", "head", "body", "dripping head", "dripping body", "dripping chunks"],
)
def test_the_deadline_holds_wherever_the_server_stops(act: Act) -> None:
    failure = failed(act, "PUT", b"body", timeout=0.3)
    assert str(failure) == "here: expected an answer, found no whole answer within 0.3 seconds"
    assert (failure.kind, failure.sent) == ("late", True)


def test_the_deadline_holds_while_sending() -> None:
    def act(connection: socket.socket) -> None:
        head(connection)
        time.sleep(1)

    failure = failed(act, "PUT", b"x" * 50_000_000, timeout=0.3)
    assert (failure.kind, failure.sent) == ("late", True)


def test_the_deadline_holds_while_a_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    release = threading.Event()

    def slow(host: str, port: int, *args: Any, **options: Any) -> Any:
        if not options.get("flags"):
            release.wait(5)
        return real(host, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with Wire("http://example.invalid/", timeout=0.2) as wire, pytest.raises(Unanswered) as caught:
        wire.send(request("http://example.invalid/"))
    release.set()
    assert (caught.value.kind, caught.value.sent) == ("late", False)


def test_a_host_of_which_one_address_is_silent_is_reached_by_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(saying(answer(b"here"))) as server, _deaf() as deaf:
        places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in (deaf, server.port)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
        assert sent(server, timeout=1.0).body == b"here"


@contextlib.contextmanager
def _deaf() -> Iterator[int]:
    # A port that takes no more connections, and refuses none.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.settimeout(0)
            each.connect_ex(("127.0.0.1", port))
        time.sleep(0.05)
        try:
            yield port
        finally:
            for each in waiting:
                each.close()


def test_a_refused_connection_and_an_unknown_host_sent_nothing() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    with Wire(address) as wire, pytest.raises(Unanswered) as caught:
        wire.send(request(address, "PUT", b"body"))
    assert str(caught.value) == "here: expected an answer, found Connection refused"
    assert (caught.value.kind, caught.value.sent) == ("unreachable", False)


def test_a_host_that_there_is_not_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with Wire("http://example.invalid/") as wire, pytest.raises(Unanswered) as caught:
        wire.send(request("http://example.invalid/"))
    assert str(caught.value) == "here: expected an answer, found Name or service not known"
    assert (caught.value.kind, caught.value.sent) == ("unresolved", False)


def _raw(data: bytes) -> Act:
    def act(connection: socket.socket) -> None:
        asked(connection)
        connection.sendall(data)

    return act


def _reset(connection: socket.socket) -> None:
    asked(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


@pytest.mark.parametrize(
    ("act", "kind", "found"),
    [
        (_raw(b""), "broken", "Remote end closed connection without response"),
        (_reset, "broken", "Connection reset by peer"),
        (_raw(answer(b"x" * 1000)[:-10]), "broken", "an answer cut off after 990 bytes"),
        (
            _raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
            "broken",
            "an answer cut off after 5 bytes",
        ),
        (
            _raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n9\r\nwor"),
            "broken",
            "an answer cut off after 5 bytes",
        ),
        (_raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/pl"), "broken", "an answer cut off before its body"),
        (_raw(b"SSH-2.0-OpenSSH\r\n"), "broken", "SSH-2.0-OpenSSH"),
        (_raw(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101 + b"\r\n"), "broken", "got more than 100 headers"),
        (_raw(answer(b"x", Content_Encoding="gzip")), "malformed", "an answer in the encoding gzip"),
        (_raw(answer(b"x" * 2000)), "large", "more than 1,000 bytes (narrow the query by a parameter)"),
        (_raw(answer(status="302 Found", Location="http://[")), "malformed", "a redirect to no address"),
    ],
)
def test_an_answer_that_is_none_is_a_failure(act: Act, kind: str, found: str) -> None:
    failure = failed(act, "PUT", b"body", size_limit=1000)
    assert str(failure) == f"here: expected an answer, found {found}"
    assert (failure.kind, failure.sent) == (kind, True)


@pytest.mark.parametrize("stays", [True, False], ids=["open", "closed"])
def test_a_refusal_before_the_body_is_read_is_heard(stays: bool) -> None:  # noqa: FBT001 - pytest names it
    def act(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(answer(b"too much", "413 Content Too Large", Connection="close"))
        if stays:
            time.sleep(0.5)

    with scripted(act) as server:
        found = sent(server, "PUT", b"x" * 50_000_000)
    assert (found.status, found.body) == (413, b"too much")


def test_what_comes_before_the_answer_is_passed_over() -> None:
    with scripted(saying(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b"after"))) as server:
        assert sent(server, "PUT", b"body").body == b"after"


@pytest.mark.parametrize(
    ("status", "method", "followed"),
    [
        (code, method, code in (307, 308) or method == "GET")
        for code in (301, 302, 303, 307, 308)
        for method in ("GET", "PUT")
    ],
)
def test_redirects_on_the_same_host(status: int, method: str, followed: bool) -> None:  # noqa: FBT001 - the same
    heard: list[bytes] = []

    def act(connection: socket.socket) -> None:
        while received := asked(connection):
            heard.append(received)
            there = b" /there?a=b " in received.partition(b"\r\n")[0]
            connection.sendall(answer(b"there") if there else answer(status=f"{status} Go", Location="/there?a=b"))

    with scripted(act) as server:
        found = sent(server, method, b"body")
    assert found.body == (b"there" if followed else b"")
    assert len(heard) == 1 + followed
    assert all(received.startswith(method.encode()) and received.endswith(b"\r\n\r\nbody") for received in heard)


def test_redirects_end() -> None:
    with scripted(saying(answer(status="307 Go", Location="/sparql"))) as server:
        assert sent(server).status == 307


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("http://localhost:{port}/", "a redirect to http://localhost"),
        ("http://127.0.0.1:1/", "a redirect to http://127.0.0.1"),
        ("https://127.0.0.1/", "a redirect to https://127.0.0.1"),
        ("//example.org/", "a redirect to http://example.org"),
        ("ftp://127.0.0.1:{port}/", "a redirect to ftp://127.0.0.1"),
        ("http://me:s3cret@127.0.0.1:{port}/", "a redirect to http://127.0.0.1"),
    ],
)
@pytest.mark.parametrize("status", [302, 307])
def test_redirects_to_anyone_else_are_refused(location: str, found: str, status: int) -> None:
    def act(connection: socket.socket) -> None:
        asked(connection)
        place = location.format(port=connection.getsockname()[1])
        connection.sendall(answer(status=f"{status} Go", Location=place))

    failure = failed(act, "PUT", b"body")
    assert str(failure) == (
        f"here: expected an answer from this host, found {found} (if you trust it, give its address)"
    )
    assert failure.kind == "redirected"


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [
        ("http://a/x", "http://a:80/y", True),
        ("http://a/x", "http://A/y", True),
        ("http://a/x", "https://a/y", True),
        ("http://a:80/x", "https://a:443/y", True),
        ("http://a:81/x", "https://a:81/y", True),
        ("http://a:81/x", "https://a/y", False),
        ("https://a/x", "http://a/y", False),
        ("https://a:80/x", "https://a/y", False),
        ("https://a/x", "https://b.a/y", False),
        ("http://[::1]/", "http://[::1]:80/", True),
    ],
)
def test_what_is_the_same_host(here: str, there: str, same: bool) -> None:  # noqa: FBT001 - the same
    assert _is_same(urlsplit(here), urlsplit(there)) is same


def _secret() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    return context


def test_a_certificate_is_checked() -> None:
    with scripted(saying(answer(b"secret")), _secret()) as server:
        with pytest.raises(Unanswered) as caught:
            sent(server)
        assert str(caught.value) == (
            "here: expected an answer, found a certificate that is not trusted: self-signed certificate"
        )
        assert (caught.value.kind, caught.value.sent) == ("untrusted", False)
        assert sent(server, "PUT", b"x" * 1_000_000, tls=ssl.create_default_context(cafile=PEM)).body == b"secret"
        by_another_name = server.address.replace("127.0.0.1", "localhost")
        found = "a certificate that is not trusted: Hostname mismatch"
        context = ssl.create_default_context(cafile=PEM)
        with Wire(by_another_name, tls=context) as wire, pytest.raises(Unanswered, match=found):
            wire.send(request(by_another_name))


def test_a_connection_in_cipher_that_is_cut_is_no_end_of_an_answer() -> None:
    def act(connection: socket.socket) -> None:
        asked(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nthe first half of")
        socket.socket.shutdown(connection, socket.SHUT_RDWR)

    with scripted(act, _secret()) as server, pytest.raises(Unanswered) as caught:
        sent(server, tls=ssl.create_default_context(cafile=PEM))
    assert caught.value.kind == "broken"


def test_what_is_secret_is_never_asked_in_the_open() -> None:
    with scripted(saying(answer(b"open"))) as plain:
        go = answer(status="302 Go", Location=plain.address)
        with scripted(saying(go), _secret()) as server, pytest.raises(Unanswered, match="found a redirect to http://"):
            sent(server, tls=ssl.create_default_context(cafile=PEM))
        assert plain.connections == 0


def test_no_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(saying(answer(b"proxy"))) as proxy, scripted(saying(answer(b"server"))) as server:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.address)
        assert sent(server).body == b"server"
        assert proxy.connections == 0


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"line\nof\ttext \x1b[31m \xe2\x80\xae", "line of text [31m"),
        (b"<html><script>no</script><p>Log&in</p></html>", "Log&in"),
        (b"error near <http://example.org/a>", "error near <http://example.org/a>"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"x" * 1000, "x" * 300),
        (b"<" * 1_000_000, "<" * 300),
        (b"<style" * 1_000_000, ""),
    ],
)
def test_the_words_of_a_server_are_shown_on_one_line(body: bytes, shown: str) -> None:
    assert quoted(body) == shown


@pytest.mark.parametrize(
    "address", ["https://me@example.org/", "https://me:s3cret@example.org/", "http://:s3cret@[::1]/"]
)
def test_an_address_with_a_name_or_a_password_is_refused(address: str) -> None:
    with pytest.raises(StoreFailed) as caught:
        address_of(address)
    host = "::1" if "::1" in address else "example.org"
    assert str(caught.value) == (
        f"endpoint: expected an address without a name and a password, found one for {host} with them"
        " (put them into KHABAR_USER and KHABAR_PASSWORD, or into ~/.netrc)"
    )


@pytest.mark.parametrize(
    ("address", "ascii_address"),
    [
        ("http://example.org", "http://example.org"),
        ("HTTP://example.org:81/a b".replace(" ", "%20"), "http://example.org:81/a%20b"),
        ("http://خبر.invalid/سؤال?س=1#part", "http://xn--ngblk.invalid/%D8%B3%D8%A4%D8%A7%D9%84?%D8%B3=1"),
        ("http://[::1]:7878/", "http://[::1]:7878/"),
    ],
)
def test_an_address_goes_in_ascii(address: str, ascii_address: str) -> None:
    assert address_of(address) == ascii_address


def test_closing_ends_what_is_under_way() -> None:
    begun = threading.Event()

    def act(connection: socket.socket) -> None:
        asked(connection)
        begun.set()
        connection.recv(1)

    with scripted(act) as server, Wire(server.address) as wire, ThreadPoolExecutor(1) as threads:
        under_way = threads.submit(wire.send, request(server.address))
        assert begun.wait(30)
        wire.close()
        with pytest.raises(Unanswered) as caught:
            under_way.result()
        assert caught.value.kind == "broken"


def test_nothing_is_left_open_when_a_wire_is_forgotten() -> None:
    # Warnings are errors here: a socket that is collected while open would fail this test.
    with scripted(saying(answer(b"one"))) as server:
        make: Callable[[], Wire] = lambda: Wire(server.address)  # noqa: E731
        assert make().send(request(server.address)).body == b"one"
