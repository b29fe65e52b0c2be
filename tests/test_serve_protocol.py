"""SPARQL over HTTP by the book, and as clients that others wrote speak it."""

from __future__ import annotations

import contextlib
import csv
import http.client
import io
import json
import os
import shutil
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, JSONLD, N3, POST, RDFXML, TURTLE, XML, SPARQLWrapper

import khabar
from khabar import pipeline
from khabar.evaluation.media import GRAPHS, RESULTS, Form
from serving import Served, served

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
BASE = "https://w3id.org/khabar/corpus/libya-2023/"
ARTICLE = f"{BASE}graphs/rt-arabic-2023-11-07"
ENTITIES = f"{BASE}graphs/entities"
DENIALS = "SELECT ?s { ?s a <https://w3id.org/khabar/ns#Denial> }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
NAMED = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
QUERY, FORM = "application/sparql-query", "application/x-www-form-urlencoded"
JSON_TYPE = "application/sparql-results+json"
READERS = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "trig": "trig", "nq": "nquads", "rdf": "xml"}
COMUNICA = ROOT / "build" / "comunica" / "node_modules" / ".bin" / "comunica-sparql"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(CORPUS) as running:
        running.wait_for_index()
        yield running


@pytest.fixture(scope="module")
def quads() -> dict[str, int]:
    """The triples of each named graph."""
    found: dict[str, int] = {}
    for quad in pipeline.quads(pipeline.read(CORPUS)):
        found[quad.graph] = found.get(quad.graph, 0) + 1
    return found


def fields(*pairs: tuple[str, str]) -> str:
    return urllib.parse.urlencode(pairs)


def number(body: bytes) -> int:
    return int(json.loads(body)["results"]["bindings"][0]["n"]["value"])


BOTH = "ASK {{ <{0}> a ?one . <{1}> a ?other }}"
EACH = "ASK {{ GRAPH ?g1 {{ <{0}> a ?one }} GRAPH ?g2 {{ <{1}> a ?other }} }}"
THREE = "ASK {{ <{1}> a ?any GRAPH ?g1 {{ <{0}> a ?one }} GRAPH ?g2 {{ <{1}> a ?other }} }}"
THINGS = f"{BASE}events/rt-arabic-2023-11-07.defence-deal", f"{BASE}agents/haftar"
UPDATE = "application/sparql-update"
DEFAULTS = ("default-graph-uri", ARTICLE), ("default-graph-uri", ENTITIES)
NAMES = ("named-graph-uri", ARTICLE), ("named-graph-uri", ENTITIES)
USING = ("using-graph-uri", ARTICLE), ("using-named-graph-uri", ENTITIES)

# The cases of the W3C's SPARQL 1.1 Protocol test suite by name, over the graphs of this corpus: method, fields of the
# address, type and body; and the truth, the kind of answer, or the status that the case wants. All updates are refused.
W3C: dict[str, tuple[str, tuple[tuple[str, str], ...], str, str | bytes, bool | str | int]] = {
    "query_post_form": ("POST", DEFAULTS[:1], FORM, "query=ASK%20%7B%7D", True),
    "query_dataset_default_graphs_get": ("GET", (("query", BOTH.format(*THINGS)), *DEFAULTS), "", "", True),
    "query_dataset_default_graphs_post": ("POST", DEFAULTS, QUERY, BOTH.format(*THINGS), True),
    "query_dataset_named_graphs_post": ("POST", NAMES, QUERY, EACH.format(*THINGS), True),
    "query_dataset_named_graphs_get": ("GET", (("query", EACH.format(*THINGS)), *NAMES), "", "", True),
    "query_dataset_full": ("POST", (DEFAULTS[1], *NAMES), QUERY, THREE.format(*THINGS), True),
    "query_multiple_dataset": (
        "POST", NAMES, QUERY, EACH.format(*THINGS).replace("ASK", "ASK FROM <urn:nothing>"), True,
    ),
    "query_get": ("GET", (("query", "ASK {}"), *DEFAULTS[:1]), "", "", True),
    "query_content_type_select": ("POST", (), QUERY, "SELECT (1 AS ?value) {}", "application/sparql-results+json"),
    "query_content_type_ask": ("POST", (), QUERY, "ASK {}", "application/sparql-results+json"),
    "query_content_type_describe": ("POST", (), QUERY, "DESCRIBE <http://example.org/>", "text/turtle"),
    "query_content_type_construct": ("POST", (), QUERY, "CONSTRUCT { <s:s> <p:p> 1 } WHERE {}", "text/turtle"),
    "update_dataset_default_graph": ("POST", USING[:1], UPDATE, "CLEAR ALL", 403),
    "update_dataset_default_graphs": ("POST", (USING[0], USING[0]), UPDATE, "CLEAR ALL", 403),
    "update_dataset_named_graphs": ("POST", USING[1:], UPDATE, "CLEAR ALL", 403),
    "update_dataset_full": ("POST", USING, UPDATE, "CLEAR ALL", 403),
    "update_post_form": ("POST", (), FORM, "update=CLEAR%20ALL", 403),
    "update_post_direct": ("POST", (), UPDATE, "CLEAR ALL", 403),
    "update_base_uri": ("POST", (), UPDATE, "INSERT DATA { <a> <b> <c> }", 403),
    "query_post_direct": ("POST", DEFAULTS[:1], QUERY, "ASK {}", True),
    "bad_query_method": ("PUT", (("query", "ASK {}"),), "", "", 405),
    "bad_multiple_queries": ("GET", (("query", "ASK {}"), ("query", "SELECT * {}")), "", "", 400),
    "bad_query_wrong_media_type": ("POST", (), "text/plain", "ASK {}", 415),
    "bad_query_missing_form_type": ("POST", (), "", "query=ASK%20%7B%7D", 415),
    "bad_query_missing_direct_type": ("POST", (), "", "ASK {}", 415),
    "bad_query_non_utf8": ("POST", (), f"{QUERY}; charset=UTF-16", "ASK {}".encode("utf-16"), 415),
    "bad_query_syntax": ("GET", (("query", "ASK {"),), "", "", 400),
    "bad_update_get": ("GET", (("update", "CLEAR NAMED"),), "", "", 403),
    "bad_multiple_updates": ("POST", (), FORM, "update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", 403),
    "bad_update_wrong_media_type": ("POST", (), "text/plain", "CLEAR NAMED", 415),
    "bad_update_missing_form_type": ("POST", (), "", "update=CLEAR%20NAMED", 415),
    "bad_update_non_utf8": ("POST", (), f"{UPDATE}; charset=UTF-16", "CLEAR NAMED".encode("utf-16"), 415),
    "bad_update_syntax": ("POST", (), FORM, "update=CLEAR%20XYZ", 403),
    "bad_update_dataset_conflict": ("POST", USING[:1], FORM, "update=CLEAR%20NAMED", 403),
}  # fmt: skip


@pytest.mark.parametrize("name", W3C)
def test_a_case_of_the_test_suite_of_the_protocol(server: Served, name: str) -> None:
    method, pairs, kind, body, wanted = W3C[name]
    connection = http.client.HTTPConnection("127.0.0.1", int(server.address.rpartition(":")[2]), timeout=60)
    with contextlib.closing(connection):
        given = body.encode() if isinstance(body, str) else body
        connection.request(method, f"/sparql?{fields(*pairs)}", given or None, {"Content-Type": kind} if kind else {})
        answer = connection.getresponse()
        told = answer.read()
    if isinstance(wanted, bool):
        assert answer.status == 200
        assert json.loads(told)["boolean"] is wanted
    elif isinstance(wanted, str):
        assert answer.status == 200
        assert answer.headers.get_content_type() == wanted
    else:
        assert answer.status == wanted


# What else the protocol says of queries.
def test_a_query_by_get(server: Served) -> None:
    answer = server.get(f"/sparql?{fields(('query', DENIALS))}", headers={"Accept": JSON_TYPE})
    assert answer.status == 200
    assert answer.headers["content-type"] == JSON_TYPE
    assert len(answer.json["results"]["bindings"]) == 4


def test_a_query_by_a_form(server: Served) -> None:
    answer = server.post("/sparql", fields(("query", DENIALS)).encode(), FORM)
    assert len(answer.json["results"]["bindings"]) == 4


def test_a_query_as_it_is(server: Served) -> None:
    assert len(server.post("/sparql", DENIALS.encode(), QUERY).json["results"]["bindings"]) == 4


def test_a_query_with_arabic_letters_by_every_way(server: Served) -> None:
    text = 'ASK { ?s ?p "خليفة حفتر"@ar }'
    for answer in (
        server.get(f"/sparql?{fields(('query', text))}"),
        server.post("/sparql", fields(("query", text)).encode(), FORM),
        server.post("/sparql", text.encode(), f"{QUERY}; charset=utf-8"),
    ):
        assert answer.json["boolean"] is True


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_graphs_are_named_by_every_way(server: Served, quads: dict[str, int], way: str) -> None:
    def asked(text: str, *graphs: tuple[str, str]) -> int:
        if way == "get":
            return number(server.get(f"/sparql?{fields(('query', text), *graphs)}").body)
        if way == "form":
            return number(server.post("/sparql", fields(("query", text), *graphs).encode(), FORM).body)
        return number(server.post(f"/sparql?{fields(*graphs)}", text.encode(), QUERY).body)

    default, named = "default-graph-uri", "named-graph-uri"
    assert asked(COUNT) == sum(quads.values())
    assert asked(COUNT, (default, ARTICLE)) == quads[ARTICLE]
    assert asked(COUNT, (default, ARTICLE), (default, ENTITIES)) == quads[ARTICLE] + quads[ENTITIES]
    assert asked(COUNT, (named, ARTICLE)) == 0
    assert asked(NAMED) == len(quads)
    assert asked(NAMED, (named, ARTICLE)) == 1
    assert asked(NAMED, (named, ARTICLE), (named, ENTITIES), (default, ENTITIES)) == 2
    assert asked(COUNT, (default, "urn:nothing")) == 0
    # What the request names goes before what the query names (section 2.1.4).
    assert asked(COUNT.replace("{", f"FROM <{ENTITIES}> {{", 1), (default, ARTICLE)) == quads[ARTICLE]


def test_graphs_that_the_query_names_are_those_of_the_dataset(server: Served, quads: dict[str, int]) -> None:
    def asked(clause: str, text: str = COUNT) -> int:
        return number(server.post("/sparql", text.replace("{", f"{clause} {{", 1).encode(), QUERY).body)

    assert asked(f"FROM <{ARTICLE}>") == quads[ARTICLE]
    assert asked(f"FROM <{ARTICLE}> FROM <{ENTITIES}>") == quads[ARTICLE] + quads[ENTITIES]
    assert asked(f"FROM NAMED <{ARTICLE}>", NAMED) == 1
    assert asked("FROM <http://example.org/not-here.ttl>") == 0


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(("GET", "/sparql?" + fields(("query", "ASK {}"), ("query", "ASK {}")), b"", ""), id="two by get"),
        pytest.param(
            ("POST", "/sparql", fields(("query", "ASK {}"), ("query", "ASK {}")).encode(), FORM), id="two by form"
        ),
        pytest.param(("POST", "/sparql?" + fields(("query", "ASK {}")), b"ASK {}", QUERY), id="one in each place"),
        pytest.param(("POST", "/sparql", b"", FORM), id="none"),
        pytest.param(("POST", "/sparql", b"", QUERY), id="an empty one"),
        pytest.param(("GET", "/sparql?" + fields(("query", "SELECT nonsense")), b"", ""), id="one that is wrong"),
        pytest.param(
            ("GET", "/sparql?" + fields(("query", "ASK {}"), ("default-graph-uri", "a b")), b"", ""), id="no IRI"
        ),
    ],
)
def test_what_is_no_request_of_the_protocol_is_told(server: Served, request_: tuple[str, str, bytes, str]) -> None:
    method, path, body, kind = request_
    answer = server.get(path) if method == "GET" else server.post(path, body, kind)
    assert answer.status == 400
    assert answer.json["detail"]


@pytest.mark.parametrize("form", RESULTS, ids=lambda form: form.name)
def test_rows_in_every_form_say_the_same(server: Served, form: Form) -> None:
    media_type, name = form.media_type, form.name
    text = f"SELECT ?s ?l {{ ?s a <https://w3id.org/khabar/ns#Person> ; <{rdflib.RDFS.label}> ?l }} ORDER BY ?l"
    answer = server.get(f"/sparql?{fields(('query', text))}", headers={"Accept": media_type})
    assert answer.headers["content-type"].split(";")[0] == media_type
    found: list[tuple[str, str]]
    if name == "json":
        found = [(row["s"]["value"], row["l"]["value"]) for row in answer.json["results"]["bindings"]]
    elif name == "xml":
        space = "{http://www.w3.org/2005/sparql-results#}"
        rows = ET.fromstring(answer.body).iter(f"{space}result")  # noqa: S314 - this server's own
        found = [
            (row.findtext(f"*[@name='s']/{space}uri", ""), row.findtext(f"*[@name='l']/{space}literal", ""))
            for row in rows
        ]
    elif name == "csv":
        found = [(row["s"], row["l"]) for row in csv.DictReader(io.StringIO(answer.text))]
    else:
        found = [
            (one.strip("<>"), label.rpartition("@")[0].strip('"'))
            for one, label in (line.split("\t") for line in answer.text.splitlines()[1:])
        ]
    assert found == [(row["s"], row["l"]) for row in khabar.query(CORPUS, text).texts()]
    assert len(found) > 5


@pytest.mark.parametrize("form", GRAPHS, ids=lambda form: form.name)
def test_graphs_in_every_form_say_the_same(server: Served, quads: dict[str, int], form: Form) -> None:
    media_type, name = form.media_type, form.name
    text = f"CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH <{ENTITIES}> {{ ?s ?p ?o }} }}"
    asked = server.get(f"/sparql?{fields(('query', text))}", headers={"Accept": media_type})
    stored = server.get(f"/store?{fields(('graph', ENTITIES))}", headers={"Accept": media_type})
    for answer in (asked, stored):
        assert answer.headers["content-type"].split(";")[0] == media_type
        graph = rdflib.Dataset() if name in ("trig", "nq", "jsonld") else rdflib.Graph()
        graph.parse(data=answer.body, format=READERS[name])
        assert len(graph) == quads[ENTITIES]


@pytest.mark.parametrize("form", GRAPHS, ids=lambda form: form.name)
def test_a_description_in_every_form_says_the_same(server: Served, form: Form) -> None:
    haftar = rdflib.URIRef(f"{BASE}agents/haftar")
    answer = server.get(
        f"/sparql?{fields(('query', f'DESCRIBE <{haftar}>'))}", headers={"Accept": f"{form.media_type}, text/csv;q=0.1"}
    )
    assert answer.headers["content-type"].split(";")[0] == form.media_type
    graph = rdflib.Dataset(default_union=True)
    graph.parse(data=answer.body, format=READERS[form.name])
    assert (haftar, rdflib.RDF.type, rdflib.URIRef("https://w3id.org/khabar/ns#Person")) in graph


@pytest.mark.parametrize("truth", [True, False])
@pytest.mark.parametrize("form", RESULTS, ids=lambda form: form.name)
def test_a_yes_or_a_no_in_every_form_says_the_same(server: Served, form: Form, *, truth: bool) -> None:
    text = "ASK {}" if truth else "ASK { FILTER(false) }"
    answer = server.get(f"/sparql?{fields(('query', text))}", headers={"Accept": form.media_type})
    assert answer.headers["content-type"].split(";")[0] == form.media_type
    if form.name in ("json", "xml"):
        told = rdflib.query.Result.parse(io.BytesIO(answer.body), format=form.name)
        assert told.askAnswer is truth
    else:
        assert answer.text.strip() == str(truth).lower()


def test_a_graph_has_an_address_of_its_own_and_a_store(server: Served, quads: dict[str, int]) -> None:
    turtle = {"Accept": "text/turtle"}
    direct = server.get("/graphs/rt-arabic-2023-11-07", headers=turtle)
    assert direct.status == 200
    assert len(rdflib.Graph().parse(data=direct.body, format="turtle")) == quads[ARTICLE]
    union = server.get("/store?default", headers={"Accept": "application/n-triples"})
    assert len(union.text.splitlines()) == sum(quads.values())
    assert server.get("/store?graph=urn:nothing", headers=turtle, method="HEAD").status == 404
    assert server.get(f"/store?{fields(('graph', ARTICLE))}", headers=turtle, method="HEAD").status == 200


def test_without_a_query_the_service_tells_of_itself(server: Served, quads: dict[str, int]) -> None:
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    for accept in ("text/turtle", "application/n-triples", "*/*"):
        answer = server.get("/sparql", headers={"Accept": accept})
        graph = rdflib.Graph().parse(data=answer.body, format="nt" if "n-triples" in accept else "turtle")
        [service] = graph.subjects(rdflib.RDF.type, sd.Service)
        assert (service, sd.endpoint, rdflib.URIRef(f"{server.address}/sparql")) in graph
        assert (service, sd.feature, sd.UnionDefaultGraph) in graph
        assert {str(name) for name in graph.objects(None, sd.name)} >= set(quads)
    page = server.get("/sparql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.status == 303
    assert page.headers["location"] == "/query"


@pytest.mark.parametrize("name", ["examples", "prefixes", "partitions"])
def test_public_editors_find_examples_prefixes_and_partitions(server: Served, name: str) -> None:
    text = (ROOT / "tests" / "data" / "service" / f"{name}.rq").read_text(encoding="utf-8")
    rows = server.post("/sparql", text.encode(), QUERY).json["results"]["bindings"]
    assert len(rows) > 10
    if name == "examples":
        told = {row["words"]["value"] for row in rows}
        assert "Who denied what, and through whom" in told
        assert any(DENIALS.split(maxsplit=1)[0] in row["text"]["value"] for row in rows)


def test_linked_data_leads_from_every_kind_of_iri(server: Served) -> None:
    rows = khabar.query(CORPUS, "SELECT DISTINCT ?s { ?s a ?c FILTER(!ISBLANK(?s)) }").texts()
    locals_ = sorted(row["s"].removeprefix(BASE) for row in rows if row["s"].startswith(BASE + "a"))[:10]
    for name in (*locals_, "events/rt-arabic-2023-11-07.defence-deal", "claims/rt-arabic-2023-11-07.deal-sought"):
        for accept, suffix in (("text/turtle", "ttl"), ("application/ld+json", "jsonld"), ("text/html", "html")):
            met = server.get(f"/{name}", headers={"Accept": accept})
            assert (met.status, met.headers["location"]) == (303, f"/{name}.{suffix}")
            document = server.get(met.headers["location"], headers={"Accept": accept})
            assert document.status == 200, document
        triples = rdflib.Graph().parse(data=server.get(f"/{name}.nt").body, format="nt")
        assert len(triples) > 1
        assert {rdflib.URIRef(BASE + name)} & {*triples.subjects(), *triples.objects()}
        assert server.get(f"/{name}.json").json["thing"]["iri"] == BASE + name


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # SPARQLWrapper's own, for JSON-LD and RDF/XML
def test_sparqlwrapper(server: Served) -> None:
    def converted(text: str, form: str, method: str = "GET") -> Any:
        wrapper = SPARQLWrapper(f"{server.address}/sparql")
        wrapper.setTimeout(30)
        wrapper.setQuery(text)
        wrapper.setReturnFormat(form)
        wrapper.setMethod(method)
        return wrapper.query().convert()

    assert len(converted(DENIALS, JSON)["results"]["bindings"]) == 4
    assert len(converted(DENIALS, XML, POST).getElementsByTagName("result")) == 4
    assert len(converted(DENIALS, CSV).splitlines()) == 5
    constructed = f"CONSTRUCT WHERE {{ <{BASE}agents/haftar> ?p ?o }}"
    for form in (N3, TURTLE):
        assert len(rdflib.Graph().parse(data=converted(constructed, form), format="turtle")) > 3
    for form in (JSONLD, RDFXML):
        assert len(converted(constructed, form)) > 3


def test_the_store_of_rdflib(server: Served) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{server.address}/sparql"))
    person = rdflib.URIRef("https://w3id.org/khabar/ns#Person")
    people = set(graph.subjects(rdflib.RDF.type, person))
    assert rdflib.URIRef(f"{BASE}agents/haftar") in people
    assert len(people) == 5
    assert len(list(graph.query(DENIALS))) == 4


def test_oxigraph_asks_it_as_a_service(server: Served) -> None:
    text = f"SELECT ?s {{ SERVICE <{server.address}/sparql> {{ ?s a <https://w3id.org/khabar/ns#Denial> }} }}"
    found = pyoxigraph.Store().query(text)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    assert len(list(found)) == 4


def test_khabar_itself_asks_it(server: Served) -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "khabar", "query", "denials", "--on", f"{server.address}/sparql", "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    own = khabar.query(CORPUS, "denials")
    assert len(json.loads(asked.stdout)["results"]["bindings"]) == len(own)


def test_comunica_asks_it_and_follows_its_links(server: Served) -> None:
    program = str(COMUNICA) if COMUNICA.exists() else shutil.which("comunica-sparql")
    if program is None and "CI" not in os.environ:
        pytest.skip("no comunica-sparql; .ci/run installs it")
    assert program is not None

    def rows(source: str, text: str) -> list[dict[str, str]]:
        ran = subprocess.run([program, source, text], capture_output=True, text=True, check=True, timeout=120)
        found: list[dict[str, str]] = json.loads(ran.stdout)
        return found

    assert len(rows(f"{server.address}/sparql", DENIALS)) == 4
    event = f"{server.address}/events/rt-arabic-2023-11-07.defence-deal"
    asked = f"SELECT ?l {{ <{BASE}events/rt-arabic-2023-11-07.defence-deal> <{rdflib.RDFS.label}> ?l }}"
    assert len(rows(event, asked)) == 2
