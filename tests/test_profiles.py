"""What is known of each kind of store: its addresses, what goes beside a query, how it is recognised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from endpoints import answering, endpoint, oxigraph
from fakes import FAKES, GUARDED, Fake
from khabar.errors import StoreFailed
from khabar.stores import memory, opening, profiles
from khabar.stores.credentials import Credentials
from khabar.stores.endpoint import Endpoint
from khabar.stores.profiles import PROFILES, Profile, addresses, parameters, recognise
from khabar.stores.remote import RemoteStore
from khabar.terms import Quad

EVERY = pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
PLAIN = "SELECT * WHERE { ?s ?p ?o }"


def test_the_stores_of_the_table() -> None:
    assert list(PROFILES) == [
        "oxigraph",
        "virtuoso",
        "fuseki",
        "graphdb",
        "rdf4j",
        "qlever",
        "blazegraph",
        "stardog",
        "generic",
    ]


def test_a_name_that_is_none_is_told_with_the_others() -> None:
    with pytest.raises(StoreFailed) as caught:
        profiles.find("fusuki\n")
    assert str(caught.value) == (
        "profile: expected one of oxigraph, virtuoso, fuseki, graphdb, rdf4j, qlever, blazegraph, stardog, generic,"
        " found 'fusuki\\n'"
    )


@EVERY
def test_a_row_is_whole(profile: Profile) -> None:
    assert profile.source
    assert all(source.startswith(("https://", "tried with ")) for source in profile.source)
    assert all(re.fullmatch(r"[A-Z`].*\.", sentence) for sentence in (profile.union, *profile.quirks))
    assert set(profile.authentication) <= {"basic", "digest", "bearer"}
    assert profile.update_limit > 0
    assert all(path[:1] in ("", "/", "?") for path in (profile.query, profile.update, profile.graphs, *profile.aliases))
    assert not profile.hides_graphs or profile.query_parameters


@EVERY
def test_every_address_of_a_store_leads_to_the_same(profile: Profile) -> None:
    there = addresses(profile, profile.example)
    ends = {profile.query, profile.update, profile.graphs, *profile.aliases} - {"?"}
    for base in (profile.example, *(profile.example + end for end in ends)):
        assert addresses(profile, base) == there


@EVERY
def test_what_stands_behind_the_question_mark_is_kept(profile: Profile) -> None:
    there = addresses(profile, f"{profile.example}?key=a%20b&x")
    assert there.query.endswith("?key=a%20b&x")
    assert there.update.endswith("?key=a%20b&x")
    assert not there.graphs or there.graphs.endswith("?key=a%20b&x")
    bare = addresses(profile, profile.example)
    assert there.query.partition("?")[0] == bare.query


@pytest.mark.parametrize(
    ("name", "base", "query", "update", "graphs"),
    [
        ("oxigraph", "http://h:7878/", "http://h:7878/query", "http://h:7878/update", "http://h:7878/store"),
        ("oxigraph", "http://h/o/sparql", "http://h/o/query", "http://h/o/update", "http://h/o/store"),
        ("fuseki", "http://h/ds/query", "http://h/ds/sparql", "http://h/ds/update", "http://h/ds/data"),
        (
            # A dataset that is called as a service is.
            "fuseki",
            "http://h/query",
            "http://h/query/sparql",
            "http://h/query/update",
            "http://h/query/data",
        ),
        (
            "stardog",
            "http://h:5820/news",
            "http://h:5820/news/query",
            "http://h:5820/news/update",
            "http://h:5820/news",
        ),
        ("qlever", "http://h:7001", "http://h:7001/", "http://h:7001/", "http://h:7001/"),
        ("generic", "http://h/sparql/", "http://h/sparql/", "http://h/sparql/", ""),
        # What chooses the dataset of a query is no affair of an update.
        (
            "generic",
            "http://h/s?a=1&default-graph-uri=u",
            "http://h/s?a=1&default-graph-uri=u",
            "http://h/s?a=1",
            "",
        ),
        # What the profile sends itself is not sent twice.
        (
            "oxigraph",
            "http://h/query?union-default-graph",
            "http://h/query",
            "http://h/update",
            "http://h/store",
        ),
    ],
)
def test_addresses(name: str, base: str, query: str, update: str, graphs: str) -> None:
    there = addresses(PROFILES[name], base)
    assert (there.query, there.update, there.graphs) == (query, update, graphs)


def test_addresses_that_are_given_stand_for_the_profile_s() -> None:
    there = addresses(PROFILES["generic"], "http://h/sparql", update="http://h/up", graphs="http://h/gsp")
    assert (there.query, there.update, there.graphs) == ("http://h/sparql", "http://h/up", "http://h/gsp")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("oxigraph", "SELECT * { GRAPH ?g { ?s ?p ?o } }", (("union-default-graph", ""),)),
        ("virtuoso", PLAIN, ()),
        ("fuseki", PLAIN, (("default-graph-uri", "urn:x-arq:UnionGraph"),)),
        ("fuseki", "SELECT * { graph ?g { ?s ?p ?o } }", ()),
        ("fuseki", "SELECT * { ?s ?p 'GRAPH' } # GRAPH", (("default-graph-uri", "urn:x-arq:UnionGraph"),)),
        ("stardog", PLAIN, (("default-graph-uri", "tag:stardog:api:context:all"),)),
    ],
)
def test_what_goes_beside_a_query(name: str, text: str, expected: tuple[tuple[str, str], ...]) -> None:
    assert parameters(PROFILES[name], text) == expected


@pytest.mark.parametrize("name", ["fuseki", "graphdb", "rdf4j", "qlever", "blazegraph"])
def test_a_store_is_recognised(name: str) -> None:
    with FAKES[name]._replace(scheme="").running() as fake:
        for address in (fake.address, addresses(PROFILES[name], fake.address).query):
            fake.requests.clear()
            assert opening.recognised(Endpoint(address)) is PROFILES[name]
            assert [request.method for request in fake.requests] in (["GET"], ["GET", "GET"])


@pytest.mark.parametrize("name", ["stardog", "generic"])
def test_a_store_that_says_nothing_of_itself_is_not_guessed(name: str) -> None:
    with FAKES[name]._replace(scheme="").running() as fake:
        with pytest.raises(StoreFailed) as caught:
            opening.recognised(Endpoint(fake.address))
        assert str(caught.value) == (
            f"{fake.address}: expected a store that says what it is, as one of {', '.join(PROFILES)}, found one that"
            " does not (name its profile)"
        )
        assert {request.method for request in fake.requests} == {"GET"}


def test_oxigraph_and_virtuoso_name_themselves() -> None:
    with oxigraph("") as address:
        for there in (address, address.removesuffix("/query")):
            assert opening.recognised(Endpoint(there)) is PROFILES["oxigraph"]
    assert recognise("http://h/sparql", {"server": "Virtuoso/07.20.3229 (Linux) x86_64"}) is PROFILES["virtuoso"]
    assert recognise("http://h/sparql", {"Server": "nginx"}, b"12") is None


def test_rows_that_a_store_cut_are_not_taken_for_all() -> None:
    found = '{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri", "value": "urn:s"}}]}}'
    with endpoint(answering(found, X_SPARQL_MaxRows="1")) as server, pytest.raises(StoreFailed) as caught:
        RemoteStore(server.address).select(PLAIN)
    assert str(caught.value) == (
        f"{server.address}: expected every row of the answer, found 1 rows, which is all that the store gives at a time"
        " (narrow the query by a parameter, or raise ResultSetMaxRows of the store)"
    )


def test_a_profile_leads_a_query_to_its_address() -> None:
    data = "<urn:s> <urn:p> <urn:o> <urn:g> ."
    with oxigraph(data, suffix="nq") as address:
        base = address.removesuffix("/query")
        for target in (base, address, f"{base}/sparql"):
            rows = opening.open_target(Endpoint(target, profile="oxigraph"), _no_corpus).select(PLAIN)
            assert dict(zip(rows.columns, rows.rows[0], strict=True)) == {"s": "urn:s", "p": "urn:p", "o": "urn:o"}
        with pytest.raises(StoreFailed, match="an empty default graph beside named graphs"):
            opening.open_target(address, _no_corpus).select(PLAIN)


def _no_corpus(folder: Path) -> Iterator[Quad]:
    raise AssertionError(folder)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def _netrc(home: Path, host: str, fake: Fake) -> None:
    with fake.running() as running:
        known = running.credentials
    assert known is not None
    file = home / ".netrc"
    file.write_text(f'machine {host} login {known.user} password "{known.password}"\n', "utf-8")
    file.chmod(0o600)


SERVICE = "https://example.org/service"
FEDERATED = f"SELECT * WHERE {{ SERVICE <{SERVICE}> {{ ?s ?p ?o }} }}"


def test_a_service_is_asked_with_what_netrc_has_for_its_host(home: Path) -> None:
    guarded = GUARDED["generic-basic"]
    with guarded.running() as there:
        there.engine.update("INSERT DATA { <urn:s> <urn:p> <urn:o> }")
        store = memory.from_quads([], "nothing")
        with pytest.raises(StoreFailed, match="HTTP 401"):
            store.select(FEDERATED, services={SERVICE: there.address})
        _netrc(home, "example.org", guarded)
        with pytest.raises(StoreFailed, match="HTTP 401"):
            store.select(FEDERATED, services={SERVICE: there.address})
        _netrc(home, "127.0.0.1", guarded)
        rows = store.select(FEDERATED, services={SERVICE: there.address})
    assert [sorted(map(str, row)) for row in rows] == [["urn:o", "urn:p", "urn:s"]]


def test_the_store_s_credentials_do_not_go_to_a_service(home: Path) -> None:
    assert not (home / ".netrc").exists()
    found = '{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri", "value": "urn:s"}}]}}'
    with endpoint(answering(found)) as service, endpoint(answering(found)) as store:
        RemoteStore(store.address, credentials=Credentials("me", "s@fe")).select(
            FEDERATED, services={SERVICE: service.address}
        )
    assert [headers for _, headers, _ in service.asked for name in headers if name.lower() == "authorization"] == []
    assert any(name.lower() == "authorization" for _, headers, _ in store.asked for name in headers)
