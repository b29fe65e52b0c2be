"""The proxy of the faults does what the name of each fault says, to the client and to the store."""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import socket
import time
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import pytest

from canary import Canary
from endpoints import oxigraph
from fault_answers import LOGIN_PAGE, RETRY_AFTER, SAID
from fault_exchanges import Exchange
from fault_kinds import FAULTS, FORWARDED, KILLS, LASTING, OF_WRITES, PERMANENT, STATUSES, UNREAD, WAITS, Kind
from proxy import NOWHERE, PACE, Proxy

TIMEOUT = 0.25
LINE = b"<urn:s> <urn:p> <urn:o> .\n"

OUTCOMES = {
    Kind.REFUSED: "refused",
    Kind.RESET_UNREAD: "reset",
    Kind.HANG_UNREAD: "time-out",
    Kind.RESET_MID_BODY: "reset",
    Kind.RESET_AFTER_BODY: "reset",
    Kind.CLOSED_AFTER_BODY: "closed",
    Kind.HANG_BEFORE_STATUS: "time-out",
    Kind.HTML_200: "200 text/html",
    Kind.LYING_200: "200 text/plain",
    Kind.LYING_204: "204 none",
    Kind.REDIRECT_ELSEWHERE: "307 text/plain",
    Kind.REDIRECT_TO_ITSELF: "307 text/plain",
    Kind.HANG_IN_HEADERS: "time-out",
    Kind.HANG_IN_BODY: "time-out",
    Kind.DRIP: "200 text/plain",
    Kind.TRUNCATED: "cut off",
    Kind.CHUNKS_CUT_OFF: "cut off",
    Kind.WRONG_TYPE: "200 image/png",
    Kind.GARBAGE: "not HTTP",
    Kind.DONE_DROPPED: "reset",
    Kind.DONE_LATE: "time-out",
    **{kind: f"{status} text/plain" for kind, status in STATUSES.items()},
}


def _name(kind: Kind) -> str:
    return kind.name.lower()


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    with oxigraph("") as query:
        yield query.removesuffix("/query")


@contextlib.contextmanager
def proxied(
    upstream: str, plan: Mapping[int, Kind], *, elsewhere: str = NOWHERE, pace: float = PACE
) -> Iterator[Proxy]:
    with Proxy(upstream, elsewhere=elsewhere, pace=pace) as proxy:
        proxy.arm(plan)
        yield proxy


def target(name: str) -> str:
    return f"/store?graph=urn:{name}"


def asked(
    line: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[str, http.client.HTTPResponse | None, bytes]:
    """What came of a request, in a word; the answer and its body where there is one."""
    sent = {"Content-Type": "application/n-triples"} if body is not None else {"Accept": "application/n-triples"}
    try:
        line.request(method, path, body=body, headers={**sent, **headers})
        answer = line.getresponse()
        found = answer.read()
    except ConnectionRefusedError:
        word = "refused"
    except http.client.RemoteDisconnected:
        word = "closed"
    except ConnectionResetError:
        word = "reset"
    except TimeoutError:
        word = "time-out"
    except http.client.IncompleteRead:
        word = "cut off"
    except http.client.BadStatusLine:
        word = "not HTTP"
    else:
        return f"{answer.status} {answer.getheader('Content-Type', 'none')}", answer, found
    line.close()
    return word, None, b""


def kept(store: str, name: str) -> bytes:
    line = http.client.HTTPConnection(urlsplit(store).netloc, timeout=10)
    word, answer, body = asked(line, "GET", target(name))
    line.close()
    assert answer is not None, word
    return body if answer.status == 200 else b""


def to(proxy: Proxy, kind: Kind | None = None) -> http.client.HTTPConnection:
    """A connection that waits a little where the answer will not come, and long where it will."""
    hangs = kind is not None and OUTCOMES[kind] == "time-out"
    return http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=TIMEOUT if hangs else 20)


def test_there_are_at_least_twenty_kinds_and_each_is_told_apart() -> None:
    assert len(FAULTS) == 37
    assert set(OUTCOMES) == set(FAULTS)
    assert set(Kind) == set(FAULTS) | KILLS
    assert not UNREAD & FORWARDED
    assert not PERMANENT & FORWARDED
    assert set(FAULTS) >= OF_WRITES
    assert {STATUSES[kind] for kind in FAULTS if kind in STATUSES} == {
        *(400, 401, 403, 404, 408, 413, 429),
        *(500, 502, 503, 504),
    }


@pytest.mark.parametrize("kind", FAULTS, ids=_name)
def test_a_write_suffers_what_the_name_says(store: str, kind: Kind) -> None:
    name = f"write-{kind.name.lower()}"
    with proxied(store, {2: kind}, pace=0.002) as proxy:
        line = to(proxy, kind)
        assert asked(line, "PUT", target(f"{name}-before"), LINE)[1] is not None
        word, _, _ = asked(line, "PUT", target(name), LINE)
        assert word.partition(";")[0] == OUTCOMES[kind]
        line.close()
        proxy.quiet()
        assert kept(store, name) == (LINE if kind in FORWARDED else b"")
        proxy.mend()
        # The next request is well.
        line = to(proxy)
        assert asked(line, "GET", target(f"{name}-before"))[2] == LINE
        line.close()
        first, second, third = proxy.exchanges
        assert (first.fault, second.fault, third.fault) == (None, kind, None)
        assert [first.forwarded, second.forwarded, third.forwarded] == [True, kind in FORWARDED, True]
        assert second.whole == (kind not in UNREAD)
        if second.whole:
            assert (second.method, second.target, second.body) == ("PUT", target(name), LINE)
            assert second.writes
        assert (second.done is not None) == (kind in FORWARDED)
        answered = OUTCOMES[kind].partition(" ")[0]
        assert second.told == (int(answered) if answered.isdigit() and kind is not Kind.DRIP else None)


@pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind not in OF_WRITES], ids=_name)
def test_so_does_a_read(store: str, kind: Kind) -> None:
    name = "read"
    direct = http.client.HTTPConnection(urlsplit(store).netloc, timeout=10)
    assert asked(direct, "PUT", target(name), LINE)[1] is not None
    direct.close()
    with proxied(store, {1: kind}, pace=0.002) as proxy:
        line = to(proxy, kind)
        word, _, body = asked(line, "GET", target(name))
        line.close()
        assert word.partition(";")[0] == (OUTCOMES[kind] if kind is not Kind.DRIP else "200 application/n-triples")
        assert (body == LINE) == (kind in {Kind.WRONG_TYPE, Kind.DRIP})
        assert not proxy.pending
    assert kept(store, name) == LINE


@pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind in OF_WRITES], ids=_name)
def test_a_fault_of_writes_waits_for_a_write(store: str, kind: Kind) -> None:
    name = f"waits-{kind.name.lower()}"
    with proxied(store, {1: kind}) as proxy:
        line = to(proxy)
        assert asked(line, "GET", target(name))[0].startswith("404")
        assert asked(line, "POST", "/query", b"ASK {}", **{"Content-Type": "application/sparql-query"})[0].startswith(
            "200"
        )
        assert list(proxy.pending.values()) == [kind]
        line.close()
        line = to(proxy, kind)
        assert asked(line, "PUT", target(name), LINE)[0].partition(";")[0] == OUTCOMES[kind]
        line.close()
        assert not proxy.pending
        assert [found.fault for found in proxy.exchanges] == [None, None, kind]


@pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind in STATUSES], ids=_name)
def test_a_status_says_its_own_words_and_for_how_long(store: str, kind: Kind) -> None:
    with proxied(store, {1: kind}) as proxy:
        line = to(proxy)
        _, answer, body = asked(line, "PUT", target("status"), LINE)
        line.close()
    assert answer is not None
    assert body.decode() == f"{SAID}: {STATUSES[kind]}\n"
    assert (answer.getheader("WWW-Authenticate") is not None) == (answer.status == 401)
    pause = answer.getheader("Retry-After")
    if kind not in WAITS:
        assert pause is None
    elif WAITS[kind] == "seconds":
        assert pause == str(RETRY_AFTER)
    else:
        assert pause is not None
        assert RETRY_AFTER - 1 < email.utils.parsedate_to_datetime(pause).timestamp() - time.time() <= RETRY_AFTER + 1


def test_an_answer_drips_for_longer_than_any_single_reading_waits(store: str) -> None:
    with proxied(store, {1: Kind.DRIP}) as proxy, socket.create_connection(("127.0.0.1", proxy.port)) as line:
        line.settimeout(20)
        line.sendall(f"GET {target('drip')} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        pieces, until = [], time.monotonic() + 2 * TIMEOUT
        while time.monotonic() < until:
            pieces.append(line.recv(100))
    assert 2 <= len(pieces) <= 12
    assert b"HTTP/1.1 ".startswith(b"".join(pieces)[:9])


def test_a_redirect_names_another_host_or_the_same_place(store: str) -> None:
    with Canary() as canary:
        plan = {1: Kind.REDIRECT_ELSEWHERE, 2: Kind.REDIRECT_TO_ITSELF}
        with proxied(store, plan, elsewhere=canary.address) as proxy:
            line = to(proxy)
            _, first, _ = asked(line, "PUT", target("away"), LINE)
            _, second, _ = asked(line, "PUT", target("away"), LINE)
            line.close()
        assert first is not None
        assert second is not None
        assert first.getheader("Location") == f"{canary.address}{target('away')}"
        assert second.getheader("Location") == f"{proxy.address}{target('away')}"
        assert urlsplit(canary.address).hostname != urlsplit(proxy.address).hostname
        assert canary.calls == 0
        # The canary does count.
        socket.create_connection(("127.0.0.2", int(canary.address.rpartition(":")[2]))).close()
        until = time.monotonic() + 5
        while not canary.calls and time.monotonic() < until:
            time.sleep(0.01)
        assert canary.calls == 1


@pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind in LASTING], ids=_name)
def test_who_asks_the_same_again_has_the_same_until_it_is_mended(store: str, kind: Kind) -> None:
    with proxied(store, {1: kind}) as proxy:
        line = to(proxy)
        words = [asked(line, "PUT", target("lasting"), LINE)[0].partition(";")[0] for _ in range(3)]
        assert words == [OUTCOMES[kind]] * 3
        assert asked(line, "PUT", target("other"), LINE)[0].partition(" ")[0] in {"201", "204"}
        proxy.mend()
        assert asked(line, "PUT", target("lasting"), LINE)[0].partition(" ")[0] in {"201", "204"}
        line.close()
        assert [found.again for found in proxy.exchanges] == [False, True, True, False, False]


def test_a_login_page_is_what_it_says(store: str) -> None:
    with proxied(store, {1: Kind.HTML_200}) as proxy:
        line = to(proxy)
        assert asked(line, "PUT", target("login"), LINE)[2] == LOGIN_PAGE
        line.close()


def test_a_refusal_lasts_until_the_proxy_listens_again(store: str) -> None:
    with proxied(store, {1: Kind.REFUSED, 3: Kind.REFUSED, 4: Kind.REFUSED}) as proxy:
        line = to(proxy)
        for _ in range(3):
            assert proxy.refusing
            assert asked(line, "GET", "/")[0] == "refused"
        proxy.mend()
        word, answer, _ = asked(line, "GET", target("refused"))
        assert answer is not None, word
        # Told with the answer before: the next request needs a connection of its own, which is refused.
        assert answer.getheader("Connection") == "close"
        assert asked(line, "GET", "/")[0] == "refused"
        proxy.mend()
        assert asked(line, "GET", "/")[0] == "refused"
        proxy.mend()
        assert asked(line, "GET", target("refused"))[1] is not None
        line.close()
        assert [found.fault for found in proxy.exchanges] == [Kind.REFUSED, None, Kind.REFUSED, Kind.REFUSED, None]


def test_what_is_done_late_is_done_after_what_the_client_asks_meanwhile(store: str) -> None:
    with proxied(store, {1: Kind.DONE_LATE}) as proxy:
        line = to(proxy, Kind.DONE_LATE)
        assert asked(line, "PUT", target("late"), LINE)[0] == "time-out"
        line.close()
        line = to(proxy)
        assert asked(line, "GET", target("late"))[0].startswith("404")
        line.close()
        proxy.quiet()
        late, read = proxy.exchanges
        assert late.done is not None
        assert read.done is None
        assert late.done > read.ended
    assert kept(store, "late") == LINE


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind in KILLS], ids=_name)
def test_the_client_is_killed_before_or_after_the_store_did_it(store: str, kind: Kind) -> None:
    name = f"killed-{kind.name.lower()}"
    killed: list[Exchange] = []
    with Proxy(store, kill=killed.append) as proxy:
        proxy.arm({1: kind})
        line = to(proxy)
        word, answer, _ = asked(line, "PUT", target(name), LINE)
        line.close()
        proxy.quiet()
        assert killed == proxy.exchanges
        assert (answer is None) == (kind is not Kind.KILLED_TOLD), word
    assert kept(store, name) == (b"" if kind is Kind.KILLED_BEFORE else LINE)


def test_a_request_that_was_given_up_before_anyone_looked_at_it_is_never_done(store: str) -> None:
    request = f"DELETE {target('given-up')} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with proxied(store, {}) as proxy:
        line = to(proxy)
        assert asked(line, "PUT", target("given-up"), LINE)[1] is not None
        with proxy._lock, socket.create_connection(("127.0.0.1", proxy.port)) as given_up:
            # While the lock is held no one looks at it.
            given_up.sendall(request)
        assert asked(line, "GET", target("given-up"))[2] == LINE
        line.close()
        until = time.monotonic() + 20
        while proxy._lines and time.monotonic() < until:
            time.sleep(0.01)
        assert [found.method for found in proxy.exchanges] == ["PUT", "GET"]
    assert kept(store, "given-up") == LINE


def test_connections_are_kept_and_requests_counted_over_all_of_them(store: str) -> None:
    with proxied(store, {5: Kind.STATUS_413}) as proxy:
        one, other = to(proxy), to(proxy)
        for _ in range(2):
            for line in (one, other):
                _, answer, _ = asked(line, "GET", target("kept"))
                assert answer is not None
                assert answer.getheader("Connection") is None
        assert asked(one, "GET", target("kept"))[0].startswith("413")
        one.close()
        other.close()
        assert [found.number for found in proxy.exchanges] == [1, 2, 3, 4, 5]
        places = [[found.begun, found.done, found.ended] for found in proxy.exchanges]
        assert places == [[1, None, 2], [3, None, 4], [5, None, 6], [7, None, 8], [9, None, 10]]


def test_a_body_in_chunks_arrives_whole_and_large_ones_too(store: str) -> None:
    lines = [f"<urn:s> <urn:p> <urn:o{number}> .\n".encode() for number in range(20_000)]
    with proxied(store, {}) as proxy:
        line = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=20)
        line.request(
            "PUT",
            target("large"),
            body=iter([b"".join(lines[:7_000]), b"".join(lines[7_000:])]),
            headers={"Content-Type": "application/n-triples", "Expect": "100-continue"},
            encode_chunked=True,
        )
        answer = line.getresponse()
        answer.read()
        assert answer.status in {201, 204}
        assert sorted(asked(line, "GET", target("large"))[2].splitlines(keepends=True)) == sorted(lines)
        line.close()
        assert proxy.exchanges[0].body == b"".join(lines)


def test_a_new_plan_starts_a_new_count_and_record(store: str) -> None:
    with proxied(store, {1: Kind.STATUS_400, 9: Kind.STATUS_500}) as proxy:
        line = to(proxy)
        assert asked(line, "GET", "/")[0].startswith("400")
        assert proxy.pending == {9: Kind.STATUS_500}
        line.close()
        proxy.arm({1: Kind.STATUS_401})
        assert proxy.exchanges == []
        line = to(proxy)
        assert asked(line, "GET", "/")[0].startswith("401")
        line.close()
