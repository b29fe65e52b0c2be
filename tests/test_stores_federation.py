"""SERVICE: only what was allowed is asked, for the known terms alone, and the engine itself reaches no network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
import rdflib

from endpoints import answering, endpoint, oxigraph
from khabar.conversion import to_rdflib
from khabar.errors import QueryRefused, StoreFailed
from khabar.queries.catalogue import find
from khabar.queries.results import Rows, plain
from khabar.stores import memory
from khabar.stores.federation import federated
from khabar.stores.remote import RemoteStore
from khabar.stores.store import OxigraphStore
from khabar.terms import LANG_STRING, RDF_TYPE, RDFS, XSD, Literal, Quad

WIKIDATA = "https://query.wikidata.org/sparql"
KHB = "https://w3id.org/khabar/ns#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
BASE = "https://example.org/c/"

# In the shape of Wikidata, about nothing that is in it: items and properties are invented, but for those asked for.
ITEMS = """
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix p: <http://www.wikidata.org/prop/> .
@prefix ps: <http://www.wikidata.org/prop/statement/> .
@prefix pq: <http://www.wikidata.org/prop/qualifier/> .
@prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix s: <http://www.wikidata.org/entity/statement/> .

wd:Minister p:P39 s:one, s:two, s:three .
s:one ps:P39 wd:Office ; pq:P580 "2030-01-01T00:00:00Z"^^xsd:dateTime .
s:two ps:P39 wd:OldOffice ; pq:P580 "2020-01-01T00:00:00Z"^^xsd:dateTime ;
  pq:P582 "2029-12-31T00:00:00Z"^^xsd:dateTime .
s:three ps:P39 wd:Undated .
wd:Office rdfs:label "minister of ports"@en, "وزير الموانئ"@ar .
wd:OldOffice rdfs:label "mayor"@en .
wd:Undated rdfs:label "Member"@mul .
wd:Stranger p:P39 s:four .
s:four ps:P39 wd:Office .
wd:Town wdt:P625 "Point(12.5 32.5)"^^geo:wktLiteral ; wdt:P17 wd:Country .
wd:Country rdfs:label "Marenia"@mul, "Marenia (en)"@en .
"""


def _data() -> Iterator[Quad]:
    graph = f"{BASE}graphs/a"
    visit, minister, mayor, town = (f"{BASE}{local}" for local in ("events/a.v", "agents/m", "agents/n", "places/t"))
    yield Quad(visit, RDF_TYPE, KHB + "Event", graph)
    yield Quad(visit, RDFS + "label", Literal("Visit", LANG_STRING, "en"), graph)
    for person in (minister, mayor):
        yield Quad(visit, KHB + "participant", person, graph)
        yield Quad(person, RDF_TYPE, KHB + "Person", graph)
        yield Quad(person, RDFS + "label", Literal(person[-1].upper(), LANG_STRING, "en"), graph)
    yield Quad(visit, KHB + "place", town, graph)
    yield Quad(visit, KHB + "earliest", Literal("2031-03-01", XSD + "date"), graph)
    yield Quad(visit, KHB + "latest", Literal("2031-03-31", XSD + "date"), graph)
    yield Quad(minister, SKOS + "exactMatch", "http://www.wikidata.org/entity/Minister", graph)
    yield Quad(mayor, SKOS + "exactMatch", "https://example.net/people/n", graph)
    yield Quad(town, SKOS + "exactMatch", "http://www.wikidata.org/entity/Town", graph)


@pytest.fixture
def store() -> OxigraphStore:
    return memory.from_quads(_data(), "here")


@pytest.fixture(scope="module")
def wikidata() -> Iterator[str]:
    with oxigraph(ITEMS) as address:
        yield address


def _cells(rows: Rows, *names: str) -> list[tuple[str, ...]]:
    return [tuple(row.get(name, "").rpartition("/")[2] for name in names) for row in rows.texts()]


def test_offices_at_the_time_of_the_event(store: OxigraphStore, wikidata: str) -> None:
    rows = store.select(find("wikidata-offices").text, services={WIKIDATA: wikidata})
    assert _cells(rows, "person", "office", "officeLabel", "since") == [
        ("m", "Undated", "Member", ""),
        ("m", "Office", "minister of ports", "2030-01-01T00:00:00Z"),
    ]


def test_labels_of_the_service_in_the_wanted_language(store: OxigraphStore, wikidata: str) -> None:
    text = find("wikidata-offices").text.replace('("en" ', '("ar" ')
    rows = store.select(text, services={WIKIDATA: wikidata})
    assert _cells(rows, "officeLabel") == [("Member",), ("وزير الموانئ",)]


def test_places_with_coordinates_and_country(store: OxigraphStore, wikidata: str) -> None:
    rows = store.select(find("wikidata-places").text, services={WIKIDATA: wikidata})
    assert _cells(rows, "place", "coordinates", "country", "countryLabel") == [
        ("t", "Point(12.5 32.5)", "Country", "Marenia (en)")
    ]


def test_a_remote_store_federates_alike(store: OxigraphStore, wikidata: str) -> None:
    lines = [
        f"<{quad.subject}> <{quad.predicate}> "
        + (f"<{quad.object}>" if isinstance(quad.object, str) else _spelled(quad.object))
        + " ."
        for quad in _data()
    ]
    text = find("wikidata-places").text
    with oxigraph("\n".join(lines)) as address:
        there = RemoteStore(address).select(text, services={WIKIDATA: wikidata})
    assert there == store.select(text, services={WIKIDATA: wikidata})


def _spelled(literal: Literal) -> str:
    from khabar.queries.spelling import spell

    return spell(literal)


@pytest.mark.parametrize("name", ["wikidata-offices", "wikidata-places", "wikidata-persons"])
def test_two_engines_agree_on_what_a_service_gave(store: OxigraphStore, wikidata: str, name: str) -> None:
    services = {WIKIDATA: wikidata}
    text = federated(find(name).text, store.select, services)
    dataset = rdflib.Dataset(default_union=True)
    for quad in _data():
        term = to_rdflib(quad.object)
        dataset.graph(rdflib.URIRef(quad.graph)).add((rdflib.URIRef(quad.subject), rdflib.URIRef(quad.predicate), term))
    answer = (row for row in dataset.query(text) if isinstance(row, tuple))
    by_rdflib = [["" if str(term) == "None" else str(term) for term in row] for row in answer]
    by_oxigraph = [[plain(term) for term in row] for row in store.select(find(name).text, services=services)]
    assert sorted(by_rdflib) == sorted(by_oxigraph)


def test_only_the_known_terms_are_sent(store: OxigraphStore) -> None:
    with endpoint(answering('{"head": {"vars": ["item"]}, "results": {"bindings": []}}')) as server:
        rows = store.select(find("wikidata-offices").text, services={WIKIDATA: server.address})
    assert len(rows) == 0
    ((_, _, body),) = server.asked
    (sent,) = parse_qs(body)["query"]
    assert 'VALUES (?item ?lang) { (<http://www.wikidata.org/entity/Minister> "en") } # known' in sent
    assert "example.net" not in sent
    assert "khb:participant" not in sent


def test_nothing_known_sends_nothing() -> None:
    with endpoint(answering("{}")) as server:
        empty = memory.from_quads([], "empty")
        assert len(empty.select(find("wikidata-offices").text, services={WIKIDATA: server.address})) == 0
    assert server.asked == []


def test_no_service_is_asked_that_was_not_allowed(store: OxigraphStore) -> None:
    with endpoint(answering("{}")) as server:
        with pytest.raises(QueryRefused) as caught:
            store.select(f"ASK {{ SERVICE <{server.address}> {{ ?s ?p ?o }} }}")
        assert f"expected a SERVICE that was allowed, found {server.address}" in str(caught.value)
    assert server.asked == []


def test_a_service_that_fails_is_told_by_its_address(store: OxigraphStore) -> None:
    with endpoint(answering("busy", kind="text/plain", status=429)) as server:
        with pytest.raises(StoreFailed) as caught:
            store.select(find("wikidata-offices").text, services={WIKIDATA: server.address})
        assert str(caught.value).startswith(
            f"{server.address}: expected the results of a query as JSON, found HTTP 429"
        )


def test_a_silent_service_that_fails_binds_nothing(store: OxigraphStore) -> None:
    with endpoint(answering("", status=500)) as server:
        text = f"SELECT ?s ?x WHERE {{ ?s a <{KHB}Event> . SERVICE SILENT <{WIKIDATA}> {{ ?s <http://e/x> ?x }} }}"
        assert store.select(text, services={WIKIDATA: server.address}).rows == ((f"{BASE}events/a.v", None),)


def test_two_services_in_one_query(store: OxigraphStore, wikidata: str) -> None:
    text = (
        "PREFIX wd: <http://www.wikidata.org/entity/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
        f"SELECT ?a ?b WHERE {{ SERVICE <{WIKIDATA}> {{ wd:Office rdfs:label ?a }}"
        f" SERVICE <{WIKIDATA}> {{ wd:Undated rdfs:label ?b }} FILTER(LANG(?a) = 'en') }}"
    )
    rows = store.select(text, services={WIKIDATA: wikidata})
    assert _cells(rows, "a", "b") == [("minister of ports", "Member")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            f"ASK {{ SERVICE <{WIKIDATA}> {{ SERVICE <{WIKIDATA}> {{ }} }} }}",
            "query, SERVICE: expected no SERVICE inside it, found one",
        ),
        (f"ASK {{ SERVICE <{WIKIDATA}> ?x }}", "query, SERVICE: expected a group in braces, found none"),
        (
            f"ASK {{ SERVICE <{WIKIDATA}> {{ ?s ?p ?o ",
            "query: expected a bracket that closes {, found the end of the query",
        ),
    ],
)
def test_a_service_of_another_form_is_refused(store: OxigraphStore, text: str, sentence: str) -> None:
    with pytest.raises(QueryRefused) as caught:
        store.select(text, services={WIKIDATA: "http://127.0.0.1:9/"})
    assert str(caught.value) == sentence


@pytest.mark.parametrize("name", ["", "a b", "a) { } } SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } { VALUES (?b", "a\n"])
def test_a_column_of_a_service_is_a_name_and_nothing_else(name: str) -> None:
    document = json.dumps({"head": {"vars": [name]}, "results": {"bindings": []}})
    with endpoint(answering(document)) as there:
        with pytest.raises(StoreFailed, match="names of variables"):
            federated(f"SELECT * {{ SERVICE <{WIKIDATA}> {{ ?a ?b ?c }} }}", _nothing, {WIKIDATA: there.address})
        silent = f"SELECT * {{ SERVICE SILENT <{WIKIDATA}> {{ ?a ?b ?c }} }}"
        assert federated(silent, _nothing, {WIKIDATA: there.address}) == "SELECT * { {} }"


def _nothing(text: str) -> Rows:
    raise AssertionError(text)
