"""What the service says of itself in RDF, found by the queries that editors send, and told apart from the data."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from khabar import resources, vocabulary
from khabar.description import VOID
from khabar.explorer.description import (
    FORMATS,
    GRAPHS,
    RESULT_FORMATS,
    SD,
    endpoint,
    held,
    service_description,
    void,
    void_document,
)
from khabar.explorer.examples import SH, examples, examples_document
from khabar.explorer.inquiry import asks_of_service
from khabar.explorer.values import Overview, Partition, PropertyPartition, Text, Thing
from khabar.queries.catalogue import catalogue, parse
from khabar.terms import RDF_TYPE, XSD, Literal, Quad
from small_graphs import golden_store, stored_quads

ADDRESS = "https://news.example.org"
FERRY = "https://example.org/my-corpus/"
ASKED = Path(__file__).parent / "data/service"
KHB = vocabulary.NAMESPACE
STRIKE = f"{FERRY}types/Strike"

OVERVIEW = Overview(
    title=Text("A small example", "en"),
    description=Text("Odd \u202e <b>", "en"),
    licence="https://creativecommons.org/licenses/by/4.0/",
    base=FERRY,
    triples=296,
    kinds={},
    event_types=(),
    outlets=(),
    languages=(),
    standings=(),
    latest=(Thing(iri=f"{FERRY}articles/eastport-ferry", kind="article", type=f"{KHB}Article", name=Text("A")),),
)
PARTITIONS = (
    Partition(
        type=f"{KHB}Event",
        entities=5,
        properties=(
            PropertyPartition(
                property=f"{KHB}place", triples=3, classes={f"{KHB}Place": 3, f"{KHB}Polity": 1}, datatypes={}
            ),
            PropertyPartition(
                property=f"{KHB}date", triples=2, classes={}, datatypes={"http://id.loc.gov/datatypes/edtf/EDTF": 2}
            ),
        ),
    ),
    Partition(
        type=STRIKE,
        entities=1,
        properties=(PropertyPartition(property=f"{KHB}place", triples=1, classes={f"{KHB}Place": 1}, datatypes={}),),
    ),
)
SERVICE = service_description(ADDRESS, dataset=FERRY, triples=296, graphs=[f"{FERRY}graphs/entities"])
DATASET = void(ADDRESS, OVERVIEW, PARTITIONS)
EXAMPLES = examples(ADDRESS, catalogue(), base=FERRY)


def rows(store: pyoxigraph.Store, name: str) -> list[tuple[str, ...]]:
    """What a query of an editor's finds: its values, "" where there is none."""
    found = store.query((ASKED / f"{name}.rq").read_text("utf-8"), use_default_graph_as_union=True)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    columns = range(len(found.variables))
    return [tuple(row[n].value if row[n] is not None else "" for n in columns) for row in found]


@pytest.fixture(scope="module")
def described() -> pyoxigraph.Store:
    return stored_quads(SERVICE, DATASET, EXAMPLES)


def values(quads: tuple[Quad, ...], subject: str, predicate: str) -> list[str]:
    found = [quad.object for quad in quads if (quad.subject, quad.predicate) == (subject, predicate)]
    return [value.lexical if isinstance(value, Literal) else value for value in found]


# The descriptions themselves


@pytest.mark.parametrize("quads", [SERVICE, DATASET, EXAMPLES], ids=["service", "void", "examples"])
def test_nothing_is_said_twice_and_every_new_iri_is_below_the_address(quads: tuple[Quad, ...]) -> None:
    assert len(set(quads)) == len(quads)
    subjects = {quad.subject for quad in quads if not quad.subject.startswith(FERRY)}
    assert subjects
    assert all(subject.startswith(ADDRESS) for subject in subjects)
    written = "".join(f"<{subject}> <urn:p> <urn:o> .\n" for subject in subjects)
    assert len(rdflib.Graph().parse(data=written, format="nt")) == len(subjects)


def test_an_address_ends_in_a_slash_or_not() -> None:
    assert service_description(f"{ADDRESS}/") == service_description(ADDRESS)
    assert void(f"{ADDRESS}/", OVERVIEW, PARTITIONS) == DATASET
    assert examples(f"{ADDRESS}/", catalogue(), base=FERRY) == EXAMPLES


def test_the_service_tells_how_it_is_asked() -> None:
    service = f"{endpoint(ADDRESS)}#service"
    assert values(SERVICE, service, SD + "endpoint") == [f"{ADDRESS}/sparql"]
    assert values(SERVICE, service, SD + "supportedLanguage") == [SD + "SPARQL11Query"]
    assert values(SERVICE, service, SD + "feature") == [SD + "UnionDefaultGraph"]
    assert values(SERVICE, service, SD + "resultFormat") == [FORMATS + name for name in RESULT_FORMATS]
    (dataset,) = values(SERVICE, service, SD + "defaultDataset")
    assert values(SERVICE, dataset, SD + "defaultGraph") == [FERRY]
    (graph,) = values(SERVICE, dataset, SD + "namedGraph")
    assert values(SERVICE, graph, SD + "name") == [f"{FERRY}graphs/entities"]


def test_the_graphs_that_are_told_are_bounded() -> None:
    many = service_description(ADDRESS, graphs=(f"{FERRY}graphs/{number}" for number in range(5 * GRAPHS)))
    assert len(values(many, f"{endpoint(ADDRESS)}#dataset", SD + "namedGraph")) == GRAPHS


def test_graphs_with_odd_names_have_places_of_their_own() -> None:
    odd = ["urn:a", "urn:a#b", "urn:a%23b", "https://e.org/نص", "https://e.org/a?b#c"]
    found = service_description(ADDRESS, graphs=odd)
    places = values(found, f"{endpoint(ADDRESS)}#dataset", SD + "namedGraph")
    assert len(set(places)) == len(odd)
    assert all(place.isascii() and place.count("#") == 1 for place in places)


def test_the_dataset_is_described_as_the_overview_has_it() -> None:
    assert values(DATASET, FERRY, VOID + "triples") == ["296"]
    assert values(DATASET, FERRY, VOID + "sparqlEndpoint") == [f"{ADDRESS}/sparql"]
    assert values(DATASET, FERRY, VOID + "exampleResource") == [f"{FERRY}articles/eastport-ferry"]
    assert len(values(DATASET, FERRY, VOID + "classPartition")) == 2
    assert values(DATASET, f"{void_document(ADDRESS)}#khb:Event;khb:place", VOID + "triples") == ["3"]
    assert values(DATASET, f"{void_document(ADDRESS)}#types:Strike", VOID + "entities") == ["1"]


def test_what_a_dataset_says_of_itself_goes_before_what_is_counted() -> None:
    own = held(golden_store("example"), FERRY)
    found = void(ADDRESS, OVERVIEW, PARTITIONS, held=own)
    assert {quad[:3] for quad in own} < {quad[:3] for quad in found}
    assert len(values(found, FERRY, VOID + "triples")) == 1
    assert sorted(values(found, FERRY, "http://purl.org/dc/terms/title")) == ["A small example", "مثال صغير"]


def test_the_subsets_that_are_read_are_bounded() -> None:
    store = golden_store("example")
    all_of_it, one = held(store, FERRY), held(store, FERRY, 1)
    assert len(values(all_of_it, FERRY, VOID + "subset")) == 3
    (subset,) = values(one, FERRY, VOID + "subset")
    assert {quad.subject for quad in one} == {FERRY, subset}


@pytest.mark.parametrize("base", ["", "no iri", "https://e.org/other/"])
def test_a_store_without_the_dataset_says_nothing_of_it(base: str) -> None:
    assert held(golden_store("example"), base) == ()


def test_a_dataset_without_a_base_a_licence_and_a_thing_is_described() -> None:
    bare = structs.replace(OVERVIEW, base="", licence="ask us", description=None, latest=())
    found = void(ADDRESS, bare, ())
    assert values(found, f"{void_document(ADDRESS)}#dataset", VOID + "triples") == ["296"]
    assert not values(found, f"{void_document(ADDRESS)}#dataset", "http://purl.org/dc/terms/license")


def test_each_bundled_query_is_an_example_that_runs_as_it_stands() -> None:
    store = pyoxigraph.Store()
    for query in catalogue():
        node = f"{examples_document(ADDRESS)}/{query.name}"
        (text,) = values(EXAMPLES, node, SH + "select")
        assert "#+" not in text
        found = store.query(text)
        assert isinstance(found, pyoxigraph.QuerySolutions)
        assert tuple(variable.value for variable in found.variables) == query.columns
        assert values(EXAMPLES, node, "http://www.w3.org/2000/01/rdf-schema#comment") == [
            query.summary,
            query.summary_ar,
        ]


def test_an_example_is_of_the_form_of_its_query() -> None:
    forms = {"ASK": "ask", "CONSTRUCT { ?s ?p ?o } WHERE": "construct", "SELECT * WHERE": "select"}
    for text, says in forms.items():
        query = parse("one", f"{text} {{ ?s ?p ?o }}")
        found = examples(ADDRESS, [query])
        node = f"{examples_document(ADDRESS)}/one"
        assert len(values(found, node, SH + says)) == 1
        assert len(values(found, node, RDF_TYPE)) == 2
    assert examples(ADDRESS, [parse("none", "# nothing")]) == examples(ADDRESS, [])


# The queries of the SIB's editor


def test_an_editor_finds_the_prefixes(described: pyoxigraph.Store) -> None:
    found = {short: long for short, long in rows(described, "prefixes")}  # noqa: C416 - rows have no fixed width
    assert found["khb"] == KHB
    assert found["types"] == f"{FERRY}types/"
    assert vocabulary.prefixes().items() <= found.items()


def test_an_editor_finds_the_examples(described: pyoxigraph.Store) -> None:
    found = rows(described, "examples")
    assert len({row[0] for row in found}) == len(catalogue())
    assert {row[1] for row in found} == {text for query in catalogue() for text in (query.summary, query.summary_ar)}


def test_an_editor_finds_the_properties_of_each_class(described: pyoxigraph.Store) -> None:
    assert sorted(row[1:] for row in rows(described, "partitions")) == [
        (STRIKE, f"{KHB}place", f"{KHB}Place", "", "1"),
        (f"{KHB}Event", f"{KHB}date", "", "http://id.loc.gov/datatypes/edtf/EDTF", "2"),
        (f"{KHB}Event", f"{KHB}place", f"{KHB}Place", "", "3"),
        (f"{KHB}Event", f"{KHB}place", f"{KHB}Polity", "", "3"),
    ]


# Which queries ask about the service


@pytest.mark.parametrize("name", ["prefixes", "examples", "partitions"])
def test_the_queries_of_an_editor_ask_about_the_service(name: str) -> None:
    assert asks_of_service((ASKED / f"{name}.rq").read_text("utf-8"))


def test_no_bundled_query_asks_about_the_service() -> None:
    folder = resources.queries()
    files = [*folder.iterdir(), *(folder / "lookups").iterdir()]
    asked = [file.name for file in files if file.name.endswith(".rq") and asks_of_service(file.read_text("utf-8"))]
    assert asked == []
    assert len(files) > len(catalogue())


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ ?s <{SD}endpoint> ?o }}",
        "prefix s: <http://www.w3.org/ns/shacl#> ask { ?s a s:NodeShape }",
        "PREFIX : <http://www.w3.org/ns/shacl#> ASK { ?s :prefix ?o }",
        "PREFIX v: <http://rdfs.org/ns/void#> SELECT * { ?s v:classPartition/v:class ?o }",
        "PREFIX e: <http://ldf.fi/void-ext#> SELECT * { ?s e:datatype ?o }",
        r"SELECT * { ?s <http://www.w3.org/ns/sh\u0061cl#prefix> ?o }",
        'SELECT * { ?s <http://rdfs.org/ns/void#entities> \'a string\' . ?s ?p """sh:x""" }',
    ],
)
def test_a_term_of_the_service_is_told_however_it_is_spelled(text: str) -> None:
    assert asks_of_service(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT * { ?s ?p ?o }",
        "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT * { ?s ?p ?o }",
        "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT * { ?s ?p 'sh:prefix' } # sh:prefix",
        "SELECT * { ?s sh:prefix ?o }",
        "PREFIX void: <http://rdfs.org/ns/void#> SELECT * { ?s a void:Dataset ; void:triples ?n ; void:uriSpace ?u }",
        "PREFIX sh: <https://e.org/> SELECT * { ?s sh:prefix ?o }",
        "SELECT * { ?s ?p <http://www.w3.org/ns/shacl> }",
        'SELECT * { ?s ?p "not closed }',
        "PREFIX",
        "PREFIX sh:",
        r"SELECT * { ?s <\UFFFFFFFF> ?o }",
    ],
)
def test_other_texts_ask_of_the_data_or_of_nothing(text: str) -> None:
    assert not asks_of_service(text)


@given(
    st.one_of(
        st.text(max_size=80),
        st.lists(
            st.sampled_from(
                [
                    *("PREFIX", "sh:", "<http://www.w3.org/ns/shacl#>", "sh:x", "'", '"""'),
                    *("\\", "\\u0061", "{", "#", "\n", "<"),
                ]
            )
        ).map(" ".join),
    )
)
def test_no_text_is_too_odd(text: str) -> None:
    assert asks_of_service(text) in {True, False}


def test_a_count_is_an_integer() -> None:
    counts = [quad.object for quad in DATASET if quad.predicate == VOID + "triples"]
    assert {count.datatype for count in counts if isinstance(count, Literal)} == {XSD + "integer"}
    assert all(isinstance(count, Literal) for count in counts)
