"""Who khabar is to a store: from where it is taken, to whom it is said, and that no one else ever sees it."""

from __future__ import annotations

import base64
import io
import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import rich.console
import rich.pretty
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import FAKES, GUARDED
from khabar.errors import FileFailed, KhabarError, StoreFailed
from khabar.graphs import NamedGraph
from khabar.stores.authorization import Authorization
from khabar.stores.credentials import Credentials, for_host, from_environment
from khabar.stores.curl import command
from khabar.stores.endpoint import address_of
from khabar.stores.profiles import PROFILES, find
from khabar.stores.refusals import REMEDIES
from khabar.stores.remote import PATIENCE, RemoteStore
from khabar.stores.remote_graphs import RemoteGraphs
from khabar.stores.retries import Retries
from khabar.stores.wire import Request, Wire
from scripted import Act, answer, asked, saying, scripted

QUICK = Retries(tries=2, sleep=lambda _: None)
GRAPH = NamedGraph.of("urn:g", [b"<urn:a> <urn:b> <urn:c> .\n"])
ADDRESS = "http://127.0.0.1/store"


def test_nothing_set_is_no_credentials() -> None:
    assert from_environment({}) is None
    assert from_environment({"KHABAR_USER": "", "KHABAR_PASSWORD": "", "KHABAR_TOKEN": ""}) is None


def test_a_name_and_a_password_or_a_token() -> None:
    assert from_environment({"KHABAR_USER": "me", "KHABAR_PASSWORD": "p w:ü"}) == Credentials("me", "p w:ü")
    assert from_environment({"KHABAR_TOKEN": "abc"}) == Credentials(token="abc")  # noqa: S106 - of this test


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (
            {"KHABAR_USER": "me", "KHABAR_PASSWORD": "s3cret", "KHABAR_TOKEN": "s3cret"},
            "environment: expected KHABAR_TOKEN, or KHABAR_USER and KHABAR_PASSWORD, found both",
        ),
        (
            {"KHABAR_USER": "me"},
            "environment: expected KHABAR_USER and KHABAR_PASSWORD, found KHABAR_USER without KHABAR_PASSWORD",
        ),
        (
            {"KHABAR_PASSWORD": "s3cret"},
            "environment: expected KHABAR_USER and KHABAR_PASSWORD, found KHABAR_PASSWORD without KHABAR_USER",
        ),
        ({"KHABAR_TOKEN": "s3cret\r\nX: y"}, "KHABAR_TOKEN: expected visible ASCII signs, found others"),
        (
            {"KHABAR_USER": "me\n", "KHABAR_PASSWORD": "s3cret"},
            "environment: expected a name without colons, quotation marks and control signs, found one with them",
        ),
        (
            {"KHABAR_USER": "me", "KHABAR_PASSWORD": "s3cret\n"},
            "environment: expected a password without control signs, found one with them",
        ),
    ],
)
def test_what_cannot_be_credentials_is_told_and_not_shown(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(StoreFailed) as caught:
        from_environment(environment)
    assert str(caught.value) == sentence


def test_netrc_has_them_by_host_and_no_default_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine a.example login me password s3cret\ndefault login all password everyone\n", "utf-8")
    assert for_host("a.example", file) == Credentials("me", "s3cret")
    assert for_host("b.example", file) is None
    assert for_host("A.example", file) is None


def test_a_netrc_of_ones_own_that_others_may_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert for_host("a.example") is None
    file = tmp_path / ".netrc"
    file.write_text("machine a.example login me password s3cret\n", "utf-8")
    file.chmod(0o600)
    assert for_host("a.example") == Credentials("me", "s3cret")
    file.chmod(0o644)
    with pytest.raises(FileFailed) as caught:
        for_host("a.example")
    assert str(caught.value) == f"{file}: expected a file that its owner alone may read, found another (chmod 600)"


@pytest.mark.parametrize(
    ("content", "where"),
    [(b"machine a.example\nlogin me password s3cret s3cret", ":2"), (b"s3cret", ":1"), (b"machine \xff\xfe", "")],
)
def test_a_netrc_that_is_none_is_told_by_its_line_alone(tmp_path: Path, content: bytes, where: str) -> None:
    file = tmp_path / "netrc"
    file.write_bytes(content)
    with pytest.raises(FileFailed) as caught:
        for_host("a.example", file)
    assert str(caught.value).startswith(f"{file}{where}: expected the credentials of hosts, as netrc has them, found ")
    assert "s3cret" not in str(caught.value)


def test_a_netrc_that_is_named_and_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileFailed, match="No such file or directory"):
        for_host("a.example", tmp_path / "none")


def test_a_token_is_said_unasked_and_once() -> None:
    authorization = Authorization(Credentials(token="abc"), ["bearer"])  # noqa: S106 - of this test
    assert authorization.unasked("GET", ADDRESS) == "Bearer abc"
    assert authorization.reply("GET", ADDRESS, ["Bearer"], "Bearer abc") == ""


@pytest.mark.parametrize(
    ("schemes", "address", "said"),
    [
        (["basic"], "http://example.org/", True),
        (["basic", "digest"], "http://example.org/", False),
        (["basic", "digest"], "https://example.org/", True),
        (["basic", "digest"], "http://localhost:7878/", True),
        (["basic", "digest"], "http://[::1]/", True),
        (["digest"], "https://example.org/", False),
    ],
)
def test_a_password_itself_is_said_unasked_only_where_nobody_can_listen(
    schemes: list[str],
    address: str,
    said: bool,  # noqa: FBT001 - pytest names it
) -> None:
    authorization = Authorization(Credentials("me", "s@fe"), schemes)
    assert authorization.unasked("GET", address) == ("Basic bWU6c0BmZQ==" if said else "")


def test_a_server_that_asks_for_basic_gets_it_from_then_on() -> None:
    authorization = Authorization(Credentials("me", "s@fe"), ["basic", "digest"])
    address = "http://example.org/"
    assert authorization.reply("GET", address, ['Basic realm="x"'], "") == "Basic bWU6c0BmZQ=="
    assert authorization.unasked("GET", address) == "Basic bWU6c0BmZQ=="
    assert authorization.reply("GET", address, ['Basic realm="x"'], "Basic bWU6c0BmZQ==") == ""


CHALLENGE: Final = 'Digest realm="SPARQL", domain="0", nonce="abc", opaque="xyz", qop="auth", algorithm="MD5"'


def test_a_digest_is_preferred_counted_and_signs_what_is_asked() -> None:
    authorization = Authorization(Credentials("dba", "s3cret"), ["digest", "basic"])
    address = "http://example.org/sparql-graph-crud-auth?graph-uri=urn%3Aa"
    assert authorization.unasked("PUT", address) == ""
    first = authorization.reply("PUT", address, ['Basic realm="x"', CHALLENGE], "")
    assert first.startswith(
        'Digest username="dba", realm="SPARQL", nonce="abc", uri="/sparql-graph-crud-auth?graph-uri='
    )
    assert "nc=00000001" in first
    second = authorization.unasked("GET", address)
    assert "nc=00000002" in second
    assert second != first
    fresh = authorization.reply("GET", address, [CHALLENGE.replace("abc", "def")], second)
    assert 'nonce="def"' in fresh
    assert "nc=00000001" in fresh
    assert "s3cret" not in first + second + fresh


@pytest.mark.parametrize(
    "challenge",
    [
        "Digest",
        "Digest nonsense",
        'Digest realm="x"',
        'Digest realm="x", nonce="y", algorithm="ROT13"',
        'Digest realm="x", nonce="y", qop="auth-int"',
        'Digest realm="x", nonce="y", qop="other"',
        "Negotiate",
    ],
)
def test_a_challenge_that_is_not_understood_gets_no_reply(challenge: str) -> None:
    authorization = Authorization(Credentials("me", "s3cret"), ["digest"])
    assert authorization.reply("GET", ADDRESS, [challenge], "") == ""
    assert authorization.unasked("GET", ADDRESS) == ""


@pytest.mark.parametrize("name", GUARDED)
def test_every_store_lets_in_who_may_and_tells_who_may_not(name: str) -> None:
    with GUARDED[name].running() as fake:
        profile = find(fake.profile)
        with RemoteGraphs(fake.address, profile, credentials=fake.credentials, retries=QUICK) as store:
            store.replace([GRAPH])
            store.replace([GRAPH])
            assert store.read("urn:g") == GRAPH.document
        if fake.credentials is None:
            return
        wrong = Credentials(token="wr0ng") if fake.credentials.token else Credentials("me", "wr0ng")  # noqa: S106
        for credentials in (wrong, None):
            with RemoteGraphs(fake.address, profile, credentials=credentials, retries=QUICK) as store:
                before = len(fake.requests)
                with pytest.raises(StoreFailed) as caught:
                    store.replace([GRAPH])
                assert "wr0ng" not in str(caught.value)
                if fake.profile != "qlever":  # which reads tokens itself, and answers 403 with other words
                    remedy = "the store does not take these credentials" if credentials else REMEDIES[401]
                    assert f"HTTP 401 Unauthorized: Unauthorized ({remedy})" in str(caught.value)
                assert len(fake.requests) - before <= 2


def test_a_digest_costs_one_request_more_and_not_one_each() -> None:
    with GUARDED["rdf4j-digest"].running() as fake:
        profile = find("rdf4j")
        with RemoteGraphs(fake.address, profile, credentials=fake.credentials, connections=1) as store:
            store.replace([NamedGraph.of(f"urn:{n}", [b"<urn:a> <urn:b> <urn:c> .\n"]) for n in range(10)])
        assert len([request for request in fake.requests if request.status == 401]) <= 1


def _shown(value: object) -> str:
    text = io.StringIO()
    rich.console.Console(file=text).print(rich.pretty.Pretty(value))
    return f"{value!r} {value!s} {value} {text.getvalue()}"


# What is found by chance in any sentence proves nothing: these begin as no word does.
SECRETS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='"'), max_size=9).map(
    "zQ~9".__add__
)


def _closing(connection: socket.socket) -> None:
    asked(connection)


def _cut(connection: socket.socket) -> None:
    asked(connection)
    connection.sendall(answer(b"x" * 100)[:-50])


def _silent(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


FAILURES: dict[str, Act] = {
    **{str(status): saying(answer(b"no", f"{status} No")) for status in (400, 401, 403, 404, 413, 429, 500, 503)},
    "digest": saying(answer(b"no", "401 No", WWW_Authenticate=CHALLENGE)),
    "basic": saying(answer(b"no", "401 No", WWW_Authenticate='Basic realm="x"')),
    "bad digest": saying(answer(b"no", "401 No", WWW_Authenticate='Digest realm="x", nonce="y", qop="auth-int"')),
    "html": saying(answer(b"<html>log in</html>", Content_Type="text/html")),
    "redirect": saying(answer(status="307 Go", Location="http://localhost:1/")),
    "circle": saying(answer(status="307 Go", Location="/")),
    "garbage": saying(b"what?\r\n\r\n"),
    "closed": _closing,
    "cut": _cut,
}


@pytest.mark.parametrize("failure", FAILURES)
@settings(max_examples=8, deadline=None)
@given(secret=SECRETS, kind=st.sampled_from(["token", "password"]), profile=st.sampled_from(sorted(PROFILES)))
def test_no_failure_shows_a_secret(failure: str, secret: str, kind: str, profile: str) -> None:
    credentials = Credentials(token=secret) if kind == "token" else Credentials("me", secret)
    with scripted(FAILURES[failure]) as server:
        _fail(f"http://127.0.0.1:{server.port}", credentials, profile, timeout=5)


@pytest.mark.parametrize("credentials", [Credentials("me", "zQ~9s3cret"), Credentials(token="zQ~9s3cret")])  # noqa: S106
def test_no_silence_and_no_refused_connection_shows_a_secret(credentials: Credentials) -> None:
    with scripted(_silent) as server:
        address = f"http://127.0.0.1:{server.port}"
        _fail(address, credentials, "generic", timeout=0.05)
        _fail(address.replace("http:", "https:"), credentials, "generic", timeout=0.05)
    _fail(address, credentials, "generic", timeout=5)


def _fail(address: str, credentials: Credentials, profile: str, *, timeout: float) -> None:
    shown = [_shown(credentials), _shown(Authorization(credentials, ["basic"]))]
    failed = 0
    options: dict[str, Any] = {"credentials": credentials, "timeout": timeout}
    with RemoteGraphs(address, find(profile), retries=QUICK, **options) as store:
        shown += [_shown(store), *(_shown(request) for request in store.requests(GRAPH))]
        shown += [command(request, credentials=credentials) for request in store.requests(GRAPH)]
        acts: tuple[Callable[[], object], ...] = (
            lambda: store.replace([GRAPH]),
            lambda: store.add(GRAPH),
            lambda: store.remove(["urn:g"]),
            lambda: store.read("urn:g"),
            lambda: store.select("ASK { ?s ?p ?o }"),
            lambda: RemoteStore(address, patience=QUICK, **options).select("ASK { }"),
        )
        for act in acts:
            try:
                act()
            except KhabarError as error:
                failed += 1
                shown += [str(error), repr(error), "".join(traceback.format_exception(error))]
    # A graph that is not there is no failure to those who read or remove it.
    assert failed >= 4
    secret = credentials.token or credentials.password
    coded = base64.b64encode(f"me:{secret}".encode()).decode()
    for text in shown:
        assert secret not in text
        assert coded not in text


@given(secret=SECRETS.filter(lambda secret: not set(secret) & set("/?#@[]\\<>")))
def test_no_address_shows_its_password(secret: str) -> None:
    for address in (f"https://me:{secret}@example.org/", f"https://{secret}@example.org/", f"ftp://me:{secret}@e.org/"):
        with pytest.raises(StoreFailed) as caught:
            address_of(address)
        assert secret not in str(caught.value)


def test_credentials_follow_no_redirect_to_another_host() -> None:
    heard: list[bytes] = []

    def act(connection: socket.socket) -> None:
        heard.append(asked(connection))
        connection.sendall(answer(b"got you"))

    with scripted(act) as other:
        go = answer(status="307 Go", Location=f"http://localhost:{other.port}/")
        with scripted(saying(go)) as server:
            store = RemoteStore(server.address, credentials=Credentials("me", "s3cret"), patience=PATIENCE)
            with pytest.raises(StoreFailed, match="found a redirect to http://localhost"):
                store.select("ASK { }")
    assert heard == []


def test_a_wire_says_nothing_to_another_host() -> None:
    heard: list[bytes] = []

    def act(connection: socket.socket) -> None:
        while received := asked(connection):
            heard.append(received)
            connection.sendall(answer(status="401 No", WWW_Authenticate='Basic realm="x"'))

    authorization = Authorization(Credentials("me", "s3cret"), ["basic"])
    with scripted(act) as server, Wire("http://example.org/", authorization=authorization) as wire:
        assert wire.send(Request(method="GET", address=server.address, where="here")).status == 401
    assert len(heard) == 1
    assert b"Authorization" not in heard[0]


def test_every_profile_of_a_fake_is_tried() -> None:
    assert FAKES.keys() == PROFILES.keys() - {"oxigraph", "virtuoso"}
