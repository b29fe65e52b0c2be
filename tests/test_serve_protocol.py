"""SPARQL over HTTP by the book, and as clients that others wrote speak it."""

from __future__ import annotations

import csv
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


# After the cases of the W3C's SPARQL 1.1 Protocol test suite that ask (protocol/manifest.ttl).
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
    readers = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "trig": "trig", "nq": "nquads", "rdf": "xml"}
    asked = server.get(f"/sparql?{fields(('query', text))}", headers={"Accept": media_type})
    stored = server.get(f"/store?{fields(('graph', ENTITIES))}", headers={"Accept": media_type})
    for answer in (asked, stored):
        assert answer.headers["content-type"].split(";")[0] == media_type
        graph = rdflib.Dataset() if name in ("trig", "nq", "jsonld") else rdflib.Graph()
        graph.parse(data=answer.body, format=readers[name])
        assert len(graph) == quads[ENTITIES]


def test_describe_and_ask(server: Served) -> None:
    answer = server.get(
        f"/sparql?{fields(('query', f'DESCRIBE <{BASE}agents/haftar>'))}", headers={"Accept": "text/turtle"}
    )
    graph = rdflib.Graph().parse(data=answer.body, format="turtle")
    assert (rdflib.URIRef(f"{BASE}agents/haftar"), rdflib.RDF.type, None) in graph
    for kind, told in (("text/csv", "true"), ("application/sparql-results+xml", "<boolean>true</boolean>")):
        assert told in server.get(f"/sparql?{fields(('query', 'ASK {}'))}", headers={"Accept": kind}).text


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
        assert any(DENIALS.split()[0] in row["text"]["value"] for row in rows)


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
