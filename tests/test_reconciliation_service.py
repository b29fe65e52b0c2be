"""The reconciliation service: its answers by the published schemas, what it finds, and what it refuses."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from corpora_at_hand import CORPORA
from khabar import pipeline
from khabar.reconciliation import reconciliation_service
from khabar.reconciliation.entities import Entities
from khabar.reconciliation.properties import PROPERTIES, Holders, agreement
from khabar.wikidata.client import Client
from khabar.wikidata.reconciliation import ReconciliationQuery, ReconciliationService
from servers import free_port

SCHEMAS = Path(__file__).parent / "data" / "reconciliation" / "0.2"
DOCUMENTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.json")}
REGISTRY: Any = Registry().with_resources(
    (document["$id"], Resource.from_contents(document, default_specification=DRAFT7)) for document in DOCUMENTS.values()
)


def valid(answer: Any, schema: str) -> Any:
    """``answer``, which is as the published schema has it."""
    jsonschema.Draft7Validator(DOCUMENTS[schema], registry=REGISTRY).validate(answer)
    return answer


@pytest.fixture(scope="module")
def libya() -> TestClient:
    return TestClient(reconciliation_service(pipeline.read(CORPORA["libya"])))


def reconciled(client: TestClient, query: dict[str, Any], **parameters: str) -> list[dict[str, Any]]:
    queries = valid({"q": query}, "reconciliation-query-batch")
    answer = client.post("/", data={"queries": json.dumps(queries)}, params=parameters)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = valid(answer.json(), "reconciliation-result-batch")["q"]["result"]
    return found


def test_the_schemas_can_refuse() -> None:
    with pytest.raises(jsonschema.ValidationError):
        valid({"q": {"result": [{"id": "x"}]}}, "reconciliation-result-batch")
    with pytest.raises(jsonschema.ValidationError):
        valid({"versions": ["0.1"], "name": "", "identifierSpace": "", "schemaSpace": ""}, "manifest")


@pytest.mark.parametrize("name", sorted(CORPORA))
def test_the_manifest_is_as_the_schema_has_it(name: str) -> None:
    corpus = pipeline.read(CORPORA[name])
    manifest = valid(TestClient(reconciliation_service(corpus)).get("/").json(), "manifest")
    assert manifest["identifierSpace"] == corpus.header.base
    assert manifest["versions"] == ["0.2"]


@pytest.mark.parametrize("mounted", ["", "/reconcile/libya"])
@pytest.mark.parametrize("address", [None, "https://example.org/r"])
def test_every_address_of_the_manifest_answers(mounted: str, address: str | None) -> None:
    app = reconciliation_service(pipeline.read(CORPORA["libya"]), address=address)
    client = TestClient(Starlette(routes=[Mount(mounted, app)]) if mounted else app)
    manifest = client.get(f"{mounted}/").json()
    where = address or f"http://testserver{mounted}"
    paths = [
        *(one["service_url"] + one["service_path"] + "?prefix=a" for one in manifest["suggest"].values()),
        *(
            one["service_url"] + one["flyout_service_path"].replace("${id}", "x")
            for one in manifest["suggest"].values()
        ),
        manifest["extend"]["propose_properties"]["service_url"]
        + manifest["extend"]["propose_properties"]["service_path"],
        manifest["preview"]["url"].replace("{{id}}", "places%2Fbenghazi"),
        manifest["view"]["url"].replace("{{id}}", "places%2Fbenghazi"),
    ]
    for path in paths:
        assert path.startswith(where + "/")
        assert client.get(mounted + path.removeprefix(where)).status_code == 200


@pytest.mark.parametrize("host", ["[", "[::1", "a b", "", "x/y", '"><script>', "host:port", "\xe9"])
def test_a_host_that_is_none_has_no_place_in_the_manifest(libya: TestClient, host: str) -> None:
    manifest = valid(libya.get("/", headers={b"Host": host.encode("latin-1")}).json(), "manifest")
    assert manifest["preview"]["url"] == "http://testserver/preview?id={{id}}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Khalifa Haftar", "agents/haftar"),
        ("Khalifa Hifter", "agents/haftar"),
        ("خليفة حفتر", "agents/haftar"),
        ("المشير خليفة حفتر", "agents/haftar"),
        ("Misurata", "places/misrata"),
        ("مصراته", "places/misrata"),
        ("Tubruq", "places/tobruk"),
        ("Benghzai", "places/benghazi"),
        ("places/benghazi", "places/benghazi"),
        ("benghazi", "places/benghazi"),
        ("Q40816", "places/benghazi"),
        ("http://www.wikidata.org/entity/Q40816", "places/benghazi"),
        ("https://w3id.org/khabar/corpus/libya-2023/places/benghazi", "places/benghazi"),
    ],
)
def test_a_name_an_id_or_a_link_finds_its_entity(libya: TestClient, name: str, expected: str) -> None:
    assert reconciled(libya, {"query": name})[0]["id"] == expected


def test_only_what_is_sure_is_a_match(libya: TestClient) -> None:
    assert reconciled(libya, {"query": "Khalifa Haftar"})[0]["match"] is True
    assert reconciled(libya, {"query": "Khalifa Hafter"})[0]["match"] is False
    assert reconciled(libya, {"query": "Misrata", "type": "Person"}) == []
    assert reconciled(libya, {"query": "nothing of the kind at all"}) == []


def test_types_narrow_by_their_hierarchy(libya: TestClient) -> None:
    paper = "Asharq Al-Awsat"
    for kind in ("Outlet", "Organisation", ["Person", "Outlet"], "https://w3id.org/khabar/ns#Outlet"):
        assert reconciled(libya, {"query": paper, "type": kind})[0]["id"] == "agents/asharq-al-awsat"
    assert reconciled(libya, {"query": paper, "type": "Place"}) == []
    assert reconciled(libya, {"query": "Libya", "type": "Place"})[0]["type"][0]["id"] == "Polity"
    assert reconciled(libya, {"query": paper, "type": ["Outlet", "Person"], "type_strict": "all"}) == []
    assert reconciled(libya, {"query": paper, "type": ["Place"], "type_strict": "should"})[0]["match"] is False


def test_properties_decide_between_candidates(libya: TestClient) -> None:
    by_place = {"pid": "within", "v": {"id": "places/misrata"}}
    assert reconciled(libya, {"query": "air base", "properties": [by_place]})[0]["id"] == "places/misrata-air-base"
    by_name = {"pid": "within", "v": ["Tripoli", "nowhere"]}
    assert reconciled(libya, {"properties": [by_name], "type": "Place"})[0]["id"] == "places/mitiga"
    office = {"pid": "position", "v": "President of Russia"}
    found = reconciled(libya, {"query": "Putin", "properties": [office]})[0]
    assert found["id"] == "agents/putin"
    assert {feature["id"]: feature["value"] for feature in found["features"]}["position"] == 100.0


@pytest.mark.parametrize(
    ("pid", "value", "agrees"),
    [
        ("exactMatch", "Q40816", 100.0),
        ("exactMatch", "https://www.wikidata.org/wiki/Q40816", 100.0),
        ("exactMatch", {"id": "Q40816", "name": "another name"}, 100.0),
        ("exactMatch", "http://www.wikidata.org/entity/Q999000001", 0.0),
        ("within", "شرق ليبيا", 100.0),
        ("within", {"id": "Q999000001", "name": "Eastern Libya"}, 100.0),
        ("within", {"id": "places/tobruk", "name": "Eastern Libya"}, 0.0),
        ("point", "32.1149, 20.0686", 100.0),
        ("point", "0,0", 0.0),
        ("point", "91,0", 0.0),
        ("point", "somewhere", 0.0),
        ("articleCount", True, 0.0),
        ("articleCount", "many", 0.0),
        ("name", "بنغازي", 100.0),
    ],
)
def test_each_property_agrees_in_its_own_way(libya: TestClient, pid: str, value: Any, agrees: float) -> None:
    found = reconciled(libya, {"query": "Benghazi", "properties": [{"pid": pid, "v": value}]})[0]
    assert found["id"] == "places/benghazi"
    assert {feature["id"]: feature["value"] for feature in found["features"]} == {"query": 100.0, pid: agrees}
    assert found["match"] is (agrees == 100.0)


def test_a_count_is_a_number_however_it_is_written(libya: TestClient) -> None:
    rows = libya.get(
        "/", params={"extend": '{"ids": ["agents/haftar"], "properties": [{"id": "articleCount"}]}'}
    ).json()
    count = rows["rows"]["agents/haftar"]["articleCount"][0]["int"]
    for written in (count, float(count), str(count)):
        query = {"query": "Khalifa Haftar", "properties": [{"pid": "articleCount", "v": written}]}
        assert reconciled(libya, query)[0]["score"] == 100.0


@pytest.mark.parametrize(
    ("pid", "value", "expected"),
    [
        ("name", "Tubruq", "places/tobruk"),
        ("position", "President of Russia", "agents/putin"),
        ("memberOf", "agents/libyan-national-army", "agents/haftar"),
        ("within", {"id": "places/tripoli"}, "places/mitiga"),
        ("within", "طرابلس", "places/mitiga"),
        ("point", "32.1,20.1", "places/benghazi"),
        ("exactMatch", "Q40816", "places/benghazi"),
    ],
)
def test_properties_alone_find_who_has_them(libya: TestClient, pid: str, value: Any, expected: str) -> None:
    found = reconciled(libya, {"properties": [{"pid": pid, "v": value}], "limit": 50})
    assert expected in [one["id"] for one in found]
    assert all(one["score"] > 0 for one in found)
    assert found[0]["match"] is (pid == "exactMatch")


def test_only_who_has_a_value_is_compared() -> None:
    entities = Entities(pipeline.read(CORPORA["libya"]))
    holders = Holders(entities)
    for pid, value in (("within", "places/eastern-libya"), ("exactMatch", "Q40816"), ("articleCount", 1)):
        found = holders.find([(pid, (value,))])
        having = [known for known in entities.all if agreement(entities, known, PROPERTIES[pid], [value]) == 1.0]
        assert sorted(known.id for known in found) == sorted(known.id for known in having)
        assert 0 < len(found) < len(entities.all)


def test_a_note_is_found_as_it_stands(libya: TestClient) -> None:
    entities = pipeline.read(CORPORA["libya"]).entities
    slug, note = next((slug, text) for slug, one in entities.items() for text in one.note.values())
    found = reconciled(libya, {"properties": [{"pid": "note", "v": note}]})
    assert found[0]["id"].rpartition("/")[2] == slug
    assert found[0]["score"] == 100.0


def test_who_agrees_in_nothing_is_no_candidate(libya: TestClient) -> None:
    values = {
        "memberOf": "Q999000001",
        "point": "x",
        "articleCount": -1,
        "note": "x",
        "unheard-of": "x",
        "exactMatch": "",
    }
    for pid, value in values.items():
        assert reconciled(libya, {"properties": [{"pid": pid, "v": value}]}) == []


def test_who_agrees_in_more_comes_first(libya: TestClient) -> None:
    libyan = {"pid": "within", "v": {"id": "places/eastern-libya"}}
    there = {"pid": "point", "v": "32.1149,20.0686"}
    found = reconciled(libya, {"properties": [libyan, there]})
    assert found[0]["id"] == "places/benghazi"
    assert found[0]["score"] == 100.0
    assert found[1]["score"] < 100.0


def test_a_property_that_is_given_twice_is_one_feature(libya: TestClient) -> None:
    twice = [{"pid": "name", "v": "Tobruk"}, {"pid": "name", "v": "nothing of the kind"}]
    found = reconciled(libya, {"query": "Tobruk", "properties": twice})[0]
    assert [feature["id"] for feature in found["features"]] == ["query", "name"]
    assert found["match"] is False


def test_limits_and_languages(libya: TestClient) -> None:
    assert len(reconciled(libya, {"query": "Libya", "limit": 1})) == 1
    assert reconciled(libya, {"query": "Libya"}, lang="ar")[0]["name"] == "ليبيا"
    answer = libya.get("/suggest/entity", params={"prefix": "lib"}, headers={"Accept-Language": "fr;q=1, ar-LY;q=0.5"})
    assert answer.json()["result"][0]["name"] == "ليبيا"


@pytest.mark.parametrize(
    ("accepted", "name"),
    [
        ("en;q=0.1, ar", "ليبيا"),
        ("ar;q=0, fr", "Libya"),
        ("ar; q=0.4, en-GB; q=0.5", "Libya"),
        ("ar;q=high", "Libya"),
        ("*", "Libya"),
        (",;,", "Libya"),
    ],
)
def test_the_language_that_is_liked_best_is_spoken(libya: TestClient, accepted: str, name: str) -> None:
    answer = libya.get("/suggest/entity", params={"prefix": "places/libya"}, headers={"Accept-Language": accepted})
    assert answer.json()["result"][0]["name"] == name


def test_older_clients_ask_for_one_name(libya: TestClient) -> None:
    for text in ("Tobruk", '{"query": "Tobruk"}'):
        assert libya.get("/", params={"query": text}).json()["result"][0]["id"] == "places/tobruk"


@pytest.mark.parametrize(
    ("kind", "prefix", "first"),
    [
        ("entity", "haf", "agents/haftar"),
        ("entity", "مصرا", "places/misrata"),
        ("entity", "places/tobruk", "places/tobruk"),
        ("type", "per", "Person"),
        ("type", "مكان", "Place"),
        ("property", "mem", "memberOf"),
        ("property", "المن", "position"),
    ],
)
def test_suggestions_begin_as_they_are_typed(libya: TestClient, kind: str, prefix: str, first: str) -> None:
    schema = {"entity": "entities", "type": "types", "property": "properties"}[kind]
    answer = valid(libya.get(f"/suggest/{kind}", params={"prefix": prefix}).json(), f"suggest-{schema}-response")
    assert answer["result"][0]["id"] == first


def test_suggestions_go_on_where_the_cursor_is(libya: TestClient) -> None:
    def ids(cursor: int) -> list[str]:
        answer = libya.get("/suggest/entity", params={"prefix": "", "cursor": str(cursor)}).json()
        return [one["id"] for one in answer["result"]]

    assert ids(3)[:5] == ids(0)[3:8]
    assert ids(10_000) == []


def test_an_id_that_is_typed_comes_once_and_only_first(libya: TestClient) -> None:
    def ids(cursor: int) -> list[str]:
        answer = libya.get("/suggest/entity", params={"prefix": "libya", "cursor": str(cursor)}).json()
        return [one["id"] for one in answer["result"]]

    everything = [one for cursor in range(0, 50, 10) for one in ids(cursor)]
    assert everything[0] == "places/libya"
    assert len(everything) == len(set(everything))


def test_values_of_properties_are_given(libya: TestClient) -> None:
    query = valid(
        {
            "ids": ["places/benghazi", "agents/haftar", "Q649", "nobody"],
            "properties": [{"id": one} for one in ("name", "point", "within", "memberOf", "exactMatch", "articleCount")]
            + [{"id": "unheard-of", "settings": {}}],
        },
        "data-extension-query",
    )
    answer = valid(libya.post("/", data={"extend": json.dumps(query)}).json(), "data-extension-response")
    assert answer == libya.get("/", params={"extend": json.dumps(query)}).json()
    rows = answer["rows"]
    assert rows["places/benghazi"]["point"] == [{"str": "32.1149,20.0686"}]
    assert rows["places/benghazi"]["within"] == [{"id": "places/eastern-libya", "name": "Eastern Libya"}]
    assert rows["places/benghazi"]["exactMatch"] == [{"str": "http://www.wikidata.org/entity/Q40816"}]
    assert rows["agents/haftar"]["memberOf"] == [{"id": "agents/libyan-national-army", "name": "Libyan National Army"}]
    assert rows["Q649"]["name"] == [{"str": "Moscow"}, {"str": "موسكو"}]
    assert rows["nobody"] == {one["id"]: [] for one in query["properties"]}
    assert rows["agents/haftar"]["articleCount"] == [{"int": 1}]
    assert [one["id"] for one in answer["meta"]] == [one["id"] for one in query["properties"]]


def test_properties_are_proposed_by_type(libya: TestClient) -> None:
    answer = libya.get("/properties", params={"type": "Person", "limit": "3"}).json()
    assert (answer["type"], answer["limit"], len(answer["properties"])) == ("Person", 3, 3)
    everything = [one["id"] for one in libya.get("/properties", params={"type": "Person"}).json()["properties"]]
    assert "position" in everything
    assert "point" not in everything


def test_the_preview_is_a_page_that_can_do_nothing(libya: TestClient) -> None:
    answer = libya.get("/preview", params={"id": "agents/haftar"})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert '<bdi lang="ar" dir="rtl">خليفة حفتر</bdi>' in answer.text
    assert "<script" not in answer.text
    assert libya.get("/preview", params={"id": "x"}).status_code == 404
    assert '<html lang="ar" dir="rtl">' in libya.get("/preview", params={"id": "x", "lang": "ar"}).text


def test_what_records_hold_is_escaped() -> None:
    corpus = pipeline.read(CORPORA["eastport"])
    entity = next(iter(corpus.entities.values()))
    evil = type(entity)(type="Place", name={"en": '<script>alert("x")</script>'}, note={"en": "a & b"})
    changed = type(corpus)(
        header=corpus.header, entities={**corpus.entities, "evil": evil}, articles=corpus.articles, paths=corpus.paths
    )
    client = TestClient(reconciliation_service(changed))
    for page in (
        client.get("/preview", params={"id": "evil"}).text,
        client.get("/flyout/entity", params={"id": "evil"}).json()["html"],
    ):
        assert "<script" not in page
        assert "&lt;script&gt;" in page


def test_flyouts_tell_what_it_is(libya: TestClient) -> None:
    for kind, identifier in (("entity", "places/tobruk"), ("type", "Person"), ("property", "within")):
        answer = libya.get(f"/flyout/{kind}", params={"id": identifier}).json()
        assert answer["id"] == identifier
        assert answer["html"].startswith("<p>")
        assert libya.get(f"/flyout/{kind}", params={"id": "x"}).json() == {"id": "x", "html": ""}


def test_every_origin_may_read(libya: TestClient) -> None:
    for answer in (
        libya.get("/"),
        libya.options("/"),
        libya.get("/preview?id=x"),
        libya.get("/", params={"queries": "["}),
        libya.get("/nowhere"),
        libya.delete("/"),
    ):
        assert answer.headers["access-control-allow-origin"] == "*"
    assert libya.options("/suggest/entity").status_code == 204


def test_a_callback_is_a_name_and_nothing_else(libya: TestClient) -> None:
    answer = libya.get("/suggest/entity", params={"prefix": "lib", "callback": "jQuery.cb_1"})
    assert answer.headers["content-type"].startswith("application/javascript")
    assert answer.text.startswith("/**/jQuery.cb_1({")
    assert libya.get("/", params={"callback": "alert(1);x"}).status_code == 400


REFUSED = {
    "no JSON": {"queries": "{"},
    "a list": {"queries": "[]"},
    "a text": {"queries": '"x"'},
    "an empty query": {"queries": '{"q": {}}'},
    "a query that is none": {"queries": '{"q": 1}'},
    "a name that is none": {"queries": '{"q": {"query": 1}}'},
    "a limit that is none": {"queries": '{"q": {"query": "a", "limit": "many"}}'},
    "an endless limit": {"queries": '{"q": {"query": "a", "limit": 1e999}}'},
    "types that are none": {"queries": '{"q": {"query": "a", "type": [1]}}'},
    "a strictness that is none": {"queries": '{"q": {"query": "a", "type_strict": "very"}}'},
    "properties that are none": {"queries": '{"q": {"query": "a", "properties": {"pid": 1}}}'},
    "a property without a value": {"queries": '{"q": {"query": "a", "properties": [{"pid": "x"}]}}'},
    "a value that is none": {"queries": '{"q": {"query": "a", "properties": [{"pid": "x", "v": [null]}]}}'},
    "depth": {"queries": "[" * 100_000},
    "an extension that is none": {"extend": "1"},
    "ids that are none": {"extend": '{"ids": [1], "properties": []}'},
    "properties without ids": {"extend": '{"ids": [], "properties": [{}]}'},
    "neither": {"other": "x"},
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_is_no_request_is_refused_in_a_sentence(libya: TestClient, data: dict[str, str]) -> None:
    answer = libya.post("/", data=data)
    assert answer.status_code == 400
    assert "expected" in answer.json()["message"]


MANY = [{"pid": "name", "v": "a"}] * 51
TOO_LARGE = {
    "queries": {"queries": json.dumps({str(number): {"query": "a"} for number in range(51)})},
    "properties": {"queries": json.dumps({"q": {"query": "a", "properties": MANY}})},
    "values": {"queries": json.dumps({"q": {"properties": [{"pid": "name", "v": ["a"] * 51}]}})},
    "ids": {"extend": json.dumps({"ids": [str(number) for number in range(1001)], "properties": []})},
    "columns": {"extend": json.dumps({"ids": [], "properties": [{"id": str(number)} for number in range(51)]})},
}


@pytest.mark.parametrize("data", TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_much_at_a_time_is_told_as_such(libya: TestClient, data: dict[str, str]) -> None:
    answer = libya.post("/", data=data)
    assert answer.status_code == 413
    assert "expected at most" in answer.json()["message"]


def test_bodies_have_a_kind_and_an_end(libya: TestClient) -> None:
    assert libya.post("/", content=b"{}", headers={"Content-Type": "application/json"}).status_code == 400
    assert libya.post("/", data={"queries": "x" * (5 * 1024 * 1024)}).status_code == 413
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert libya.post("/", content=b"queries=%ff", headers=form).status_code == 400
    many = b"&".join(b"a%d=1" % number for number in range(101))
    assert "100 fields" in libya.post("/", content=many, headers=form).json()["message"]
    assert libya.get("/suggest/entity", params={"cursor": "-1"}).status_code == 400
    assert libya.get("/nowhere").status_code == 404
    assert libya.get("/nowhere").json()["message"] == "GET /nowhere: Not Found"
    assert libya.delete("/").status_code == 405
    assert "GET" in libya.delete("/").headers["allow"]


# With halves of surrogate pairs, which JSON can hold and UTF-8 cannot.
TEXTS = st.text(st.characters(), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["q", "query", "type", "limit", "properties", "pid", "v", "id", "type_strict"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON, st.sampled_from(["queries", "extend", "query"]))
def test_nothing_that_is_asked_is_a_defect(libya: TestClient, value: Any, field: str) -> None:
    answer = libya.post("/", data={field: json.dumps(value)})
    assert answer.status_code in (200, 400)
    answer.json()


QUERIES = st.fixed_dictionaries(
    {"query": TEXTS},
    optional={
        "type": TEXTS | st.lists(TEXTS | JSON, max_size=2),
        "limit": st.integers(),
        "type_strict": st.sampled_from(["any", "all", "should"]) | TEXTS,
        "properties": st.lists(
            st.fixed_dictionaries({"pid": st.sampled_from(sorted(PROPERTIES)) | TEXTS, "v": JSON}), max_size=3
        ),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(TEXTS, QUERIES, min_size=1, max_size=3))
def test_no_query_is_a_defect_and_every_answer_has_its_key(libya: TestClient, queries: dict[str, Any]) -> None:
    answer = libya.post("/", data={"queries": json.dumps(queries)})
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        found = valid(answer.json(), "reconciliation-result-batch")
        assert set(found) == set(queries)
        assert all(0 <= one["score"] <= 100 for each in found.values() for one in each["result"])


def test_half_a_surrogate_pair_goes_back_as_it_came(libya: TestClient) -> None:
    assert libya.post("/", data={"queries": r'{"\ud800": {"query": "Tobruk"}}'}).json()["\ud800"]["result"]
    answer = libya.post("/", data={"extend": r'{"ids": ["\ud800"], "properties": [{"id": "\udfff"}]}'})
    assert answer.json()["rows"] == {"\ud800": {"\udfff": []}}


@contextlib.contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The address of a real server with the service."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def test_a_client_that_khabar_has_speaks_with_a_real_server() -> None:
    with served(reconciliation_service(pipeline.read(CORPORA["libya"]))) as address:
        found = ReconciliationService(Client(rate=50), address)
        assert found.manifest().version == "0.2"
        names = ["Hifter, Khalifa", "مصراته", "Nobody at all"]
        answers = found.find([ReconciliationQuery(name) for name in names])
        assert [[one.id for one in answer][:1] for answer in answers] == [["agents/haftar"], ["places/misrata"], []]
        with urllib.request.urlopen(f"{address}/preview?id=agents/haftar", timeout=10) as page:  # noqa: S310 - its own
            assert page.status == 200
