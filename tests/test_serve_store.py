"""The store behind a server: its bundled queries, long answers, a load that replaces it, and when it goes away."""

from __future__ import annotations

import http.client
import socket
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

import khabar
from khabar.errors import FaultyData, FileFailed, StoreFailed
from khabar.queries.catalogue import Query, catalogue
from khabar.queries.results import Rows, plain
from serving import Served, served
from waiting import until

ROOT = Path(__file__).parents[1]
CORPORA = (ROOT / "example", ROOT / "corpus")
OWN = tuple(query for query in catalogue() if "SERVICE" not in query.text)


@pytest.fixture(scope="module", params=CORPORA, ids=lambda path: path.name)
def corpus_served(request: pytest.FixtureRequest) -> Iterator[tuple[Path, Served]]:
    with served(request.param) as running:
        yield request.param, running


def query_of(text: str) -> str:
    return f"/sparql?{urllib.parse.urlencode({'query': text})}"


def cells(rows: Rows) -> list[dict[str, str]]:
    return [
        {name: plain(term) for name, term in zip(rows.columns, row, strict=True) if term is not None} for row in rows
    ]


@pytest.mark.parametrize("query", OWN, ids=lambda query: query.name)
def test_a_bundled_query_gives_over_http_the_rows_that_it_gives_at_home(
    corpus_served: tuple[Path, Served], query: Query
) -> None:
    folder, server = corpus_served
    found: list[dict[str, str]] = []
    path = f"/api/{query.name}?limit=7" if "ORDER BY" in query.text else f"/api/{query.name}"
    for _ in range(1_000):
        answer = server.get(path)
        assert answer.status == 200, answer
        found += [{name: term["value"] for name, term in row.items()} for row in answer.json["rows"]]
        following = answer.json.get("next")
        assert answer.headers.get("link") == (f'<{following}>; rel="next"' if following else None)
        if not following:
            break
        path = following
    assert found == cells(khabar.query(folder, query.name))


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_a_bundled_query_has_the_forms_of_sparql(corpus_served: tuple[Path, Served], form: str) -> None:
    _, server = corpus_served
    whole, page = (server.get(f"/api/who-says-what?format={form}{more}") for more in ("", "&limit=2"))
    assert whole.status == page.status == 200
    assert len(page.body) < len(whole.body)
    assert whole.headers["content-type"] == page.headers["content-type"]


def test_parameters_are_bound_as_terms_and_told_when_they_do_not_fit(corpus_served: tuple[Path, Served]) -> None:
    _, server = corpus_served
    arabic = server.get("/api/standing?lang=ar&standing=contested").json["rows"]
    assert arabic
    assert all(row["thingLabel"]["lang"] == "ar" for row in arabic)
    refused = server.get("/api/standing?standing=true")
    assert refused.status == 400
    assert "uncontested, contested, only-alleged" in refused.json["expected"]
    quoted = urllib.parse.quote('en" } ?a ?b ?c . { "')
    assert server.get(f"/api/standing?lang={quoted}").status == 400


def test_a_service_that_was_not_allowed_is_told_by_name(corpus_served: tuple[Path, Served]) -> None:
    _, server = corpus_served
    answer = server.get("/api/wikidata-places")
    assert answer.status == 403
    assert "query.wikidata.org" in answer.json["found"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = tmp_path / "store"
    khabar.load(ROOT / "example", store)
    return store


COUNT = query_of("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
TITLES = query_of("SELECT ?t { ?d a <http://rdfs.org/ns/void#Dataset> ; <http://purl.org/dc/terms/title> ?t }")


def test_a_load_into_the_store_is_served_without_a_break(folder: Path) -> None:
    with served(folder) as server:
        server.wait_for_index()
        before = server.get(COUNT)
        statuses: list[int] = []
        ended = threading.Event()

        def ask() -> None:
            while not ended.is_set():
                statuses.append(server.get(COUNT).status)
                statuses.append(server.get("/api/denials").status)

        thread = threading.Thread(target=ask)
        thread.start()
        try:
            khabar.load(ROOT / "corpus", folder)
            until(lambda: server.get(COUNT).body != before.body)
        finally:
            ended.set()
            thread.join()
        assert set(statuses) == {200}
        assert len(server.get(TITLES).json["results"]["bindings"]) == 4
        # What a client has of the old store is not called fresh.
        assert server.get(COUNT, headers={"If-None-Match": before.headers["etag"]}).status == 200
        server.wait_for_index()
        until(lambda: "Haftar" in server.get("/search?q=haftar", headers={"Accept": "text/html"}).text)


def test_a_store_that_goes_away_is_told_and_comes_back(folder: Path) -> None:
    with served(folder) as server:
        server.wait_for_index()
        assert server.get(COUNT).status == 200
        aside = folder.with_name("aside")
        folder.rename(aside)
        until(lambda: server.get(COUNT).status == 503)
        problem = server.get(COUNT)
        assert problem.headers["content-type"] == "application/problem+json"
        assert "nothing in its place" in problem.json["found"]
        assert int(problem.headers["retry-after"]) > 0
        page = server.get("/", headers={"Accept": "text/html"})
        assert page.status == 503
        assert page.headers["content-type"].startswith("text/html")
        assert server.get("/reconcile/").status == 503
        aside.rename(folder)
        until(lambda: server.get(COUNT).status == 200)
        server.wait_for_index()
        assert server.get("/", headers={"Accept": "text/html"}).status == 200


def test_the_index_is_kept_for_the_next_time(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    indexes = tmp_path / "cache" / "khabar" / "explorer"
    with served(folder) as server:
        server.wait_for_index()
    [kept] = indexes.iterdir()
    made_at = kept.stat().st_ino
    with served(folder) as server:
        server.wait_for_index()
        assert server.get("/search?q=nadia", headers={"Accept": "text/html"}).status == 200
    assert [path.stat().st_ino for path in indexes.iterdir()] == [made_at]
    kept.write_bytes(b"no index")
    with served(folder) as server:
        server.wait_for_index()
        assert server.get("/", headers={"Accept": "text/html"}).status == 200


def test_a_long_answer_is_whole_and_leaves_no_file(tmp_path: Path) -> None:
    graph = tmp_path / "long.ttl"
    graph.write_text("".join(f"<urn:s{n}> <urn:p> 'x{n}' .\n" for n in range(20_000)), encoding="utf-8")
    rooms = tmp_path / "rooms"
    rooms.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(rooms))
        with served(graph, "--rows", "30000", "--workers", "2") as server:
            text = "SELECT ?s ?o { ?s <urn:p> ?o }"
            answers: list[int] = []

            def ask() -> None:
                found = server.get(query_of(text)).json["results"]["bindings"]
                answers.append(len({row["s"]["value"] for row in found}))

            threads = [threading.Thread(target=ask) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert answers == [20_000] * 8
            too_long = server.get(query_of("SELECT * { ?s <urn:p> ?o . { ?a <urn:p> ?b } UNION { ?c <urn:p> ?d } }"))
            assert too_long.status in (403, 503)
            [room] = rooms.iterdir()
            until(lambda: not list(room.glob("answer-*")))
        assert not list(rooms.iterdir())


def test_rows_beyond_the_limit_are_refused_and_not_cut_off(tmp_path: Path) -> None:
    graph = tmp_path / "rows.ttl"
    graph.write_text("".join(f"<urn:s{n}> <urn:p> 'x{n}' .\n" for n in range(500)), encoding="utf-8")
    with served(graph, "--rows", "100") as server:
        for form in ("json", "xml", "csv", "tsv"):
            asked = query_of("SELECT ?s { ?s <urn:p> ?o }") + f"&format={form}"
            assert server.get(asked).status == 403
            assert server.get(query_of("SELECT ?s { ?s <urn:p> ?o } LIMIT 90") + f"&format={form}").status == 200


def test_who_goes_away_ends_the_query_that_nobody_waits_for(tmp_path: Path) -> None:
    graph = tmp_path / "dense.ttl"
    graph.write_text("".join(f"<urn:s{n}> <urn:p> {n} .\n" for n in range(3_000)), encoding="utf-8")
    heavy = query_of("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    with served(graph, "--seconds", "60", "--workers", "1") as server:
        port = int(server.address.rpartition(":")[2])

        def killed() -> int:
            return int(server.get("/health").json["processes"]["killed"])

        def leave() -> bool:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(f"GET {heavy} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                time.sleep(0.5)
            time.sleep(0.2)
            return killed() >= 3

        # Each would be at it for a minute, and there are two processes for one client.
        until(leave)
        assert server.get(query_of("ASK { <urn:s1> <urn:p> 1 }")).json["boolean"] is True


def test_one_question_of_many_is_asked_once(tmp_path: Path) -> None:
    graph = tmp_path / "some.ttl"
    graph.write_text("".join(f"<urn:s{n}> <urn:p> {n} .\n" for n in range(400)), encoding="utf-8")
    slow = query_of("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(?c + ?f > 100) }")
    with served(graph, "--workers", "1", "--cache", "0") as server:
        found: list[bytes] = []
        threads = [threading.Thread(target=lambda: found.append(server.get(slow).body)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(found)) == 1
        assert len(found) == 12


def test_too_many_of_one_client_are_told_so(tmp_path: Path) -> None:
    graph = tmp_path / "dense.ttl"
    graph.write_text("".join(f"<urn:s{n}> <urn:p> {n} .\n" for n in range(3_000)), encoding="utf-8")
    with served(graph, "--seconds", "3", "--workers", "1") as server:
        port = int(server.address.rpartition(":")[2])
        met: list[int] = []

        def ask(number: int) -> None:
            text = f"SELECT (COUNT(*) AS ?n{number}) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}"
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", query_of(text))
            met.append(connection.getresponse().status)
            connection.close()

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(150)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(met) == {429, 503}


@pytest.mark.parametrize(
    ("target", "found"),
    [("nothing", "nothing"), ("empty", "2 faults"), ("http://127.0.0.1:1/sparql", "an address")],
)
def test_what_cannot_be_served_is_told_before_anything_starts(tmp_path: Path, target: str, found: str) -> None:
    (tmp_path / "empty").mkdir()
    given = target if ":" in target else str(tmp_path / target)
    with pytest.raises((FaultyData, FileFailed, StoreFailed)) as caught:
        khabar.application(given)
    assert caught.value.found.startswith(found)
