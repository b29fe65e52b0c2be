"""What the table says of the stores that can be had here, held against them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from khabar.canonical import canonical
from khabar.errors import StoreFailed
from khabar.graphs import NamedGraph
from khabar.stores import opening, profiles
from khabar.stores.credentials import Credentials
from khabar.stores.endpoint import Endpoint
from khabar.stores.kinds import Profile
from khabar.stores.profiles import addresses
from khabar.stores.remote import RemoteStore
from khabar.stores.remote_graphs import RemoteGraphs
from servers import OXIGRAPH, STORES, VIRTUOSO_7, Kind, Server, session

NT = "application/n-triples"
HELD = tuple(kind for kind in (OXIGRAPH, VIRTUOSO_7) if kind in STORES)
EVERY = pytest.mark.parametrize("kind", HELD, ids=[kind.name for kind in HELD])


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Kind], Server]]:
    with session(HELD, tmp_path_factory) as start:
        yield start


class There:
    """A store as its profile says it is reached, by plain HTTP."""

    def __init__(self, server: Server, profile: Profile) -> None:
        self.profile = profile
        self.addresses = addresses(profile, server.address)
        auth = httpx.DigestAuth(server.user, server.password) if server.user else None
        self.client = httpx.Client(auth=auth, timeout=60)

    def put(self, graph: str, document: str, **headers: str) -> httpx.Response:
        return self.client.put(
            self.addresses.graphs,
            params={self.profile.graph_parameter: graph},
            content=document.encode(),
            headers={"Content-Type": self.profile.media_type, **headers},
        )

    def get(self, graph: str, parameter: str = "") -> httpx.Response:
        name = parameter or self.profile.graph_parameter
        return self.client.get(self.addresses.graphs, params={name: graph}, headers={"Accept": NT})

    def update(self, text: str) -> httpx.Response:
        kind = {"Content-Type": "application/sparql-update"}
        return self.client.post(self.addresses.update, content=text.encode(), headers=kind)

    def ask(self, text: str, *, union: bool = True) -> httpx.Response:
        fields = {"query": text, **(dict(profiles.parameters(self.profile, text)) if union else {})}
        accepted = {"Accept": "application/sparql-results+json"}
        return self.client.post(self.addresses.query, data=fields, headers=accepted)


@pytest.fixture
def there(kind: Kind, started: Callable[[Kind], Server]) -> Iterator[There]:
    found = There(started(kind), profiles.find(kind.profile))
    yield found
    found.client.close()


def triples(count: int) -> str:
    return "".join(f'<urn:s{number}> <urn:p> "{number}" .\n' for number in range(count))


def test_oxigraph_is_always_among_them() -> None:
    assert HELD[0] is OXIGRAPH


@EVERY
def test_it_is_recognised_at_every_address(kind: Kind, started: Callable[[Kind], Server], there: There) -> None:
    for address in (started(kind).address, there.addresses.query):
        assert opening.recognised(Endpoint(address)) is there.profile


@EVERY
def test_a_graph_is_put_read_and_removed_where_the_profile_says(there: There) -> None:
    assert there.put("urn:one", triples(3)).status_code == 201
    assert there.put("urn:one", triples(2)).status_code in (200, 204)
    assert there.get("urn:one").text.count("\n") == 2
    name = {there.profile.graph_parameter: "urn:one"}
    assert there.client.delete(there.addresses.graphs, params=name).is_success
    assert there.get("urn:one").status_code == 404


@EVERY
def test_the_default_graph_is_what_the_profile_says(there: There) -> None:
    there.put("urn:union", "<urn:only> <urn:in> <urn:named> .\n")
    asked = "ASK { <urn:only> <urn:in> <urn:named> }"
    assert there.ask(asked).json()["boolean"] is True
    assert there.ask(asked, union=False).json()["boolean"] is not bool(there.profile.query_parameters)
    named = there.ask("ASK { GRAPH <urn:union> { <urn:only> <urn:in> <urn:named> } }")
    assert named.json()["boolean"] is True


@EVERY
def test_an_update_of_the_limit_goes_through(there: There) -> None:
    count = there.profile.update_limit
    answer = there.update(
        f"DROP SILENT GRAPH <urn:update> ; INSERT DATA {{ GRAPH <urn:update> {{ {triples(count)} }} }}"
    )
    assert answer.is_success
    counted = there.ask("SELECT (COUNT(*) AS ?n) { GRAPH <urn:update> { ?s ?p ?o } }").json()
    assert counted["results"]["bindings"][0]["n"]["value"] == str(count)


@EVERY
def test_answers_are_cut_where_the_profile_says(there: There) -> None:
    count = 12_000
    there.put("urn:large", triples(count))
    rows = there.ask("SELECT ?s { GRAPH <urn:large> { ?s ?p ?o } }")
    read = there.get("urn:large")
    expected = min(count, there.profile.row_limit or count)
    given = sum(line.startswith("<") for line in read.text.splitlines())
    assert rows.status_code == read.status_code == 200
    assert len(rows.json()["results"]["bindings"]) == expected
    # Virtuoso gives one triple more than it has rows.
    assert given in ((count,) if expected == count else (expected, expected + 1))


@EVERY
def test_a_graph_larger_than_an_answer_is_read_whole(kind: Kind, started: Callable[[Kind], Server]) -> None:
    # Names that begin other names, and several triples of each.
    lines = (f'<urn:s{number // 3}> <urn:p{number % 3}> "خبر {number}" .\n'.encode() for number in range(25_000))
    large = NamedGraph.of("https://example.org/graphs/large", lines)
    server = started(kind)
    known = Credentials(server.user, server.password) if server.user else None
    with RemoteGraphs(server.address, profiles.find(kind.profile), credentials=known) as store:
        store.replace([large])
        assert canonical(large.iri, store.read(large.iri)) == large
        store.replace([NamedGraph(large.iri, b"")])
        assert store.read(large.iri) == b""


def oxigraph_refuses_what_is_no_rdf(there: There) -> None:
    assert there.put("urn:bad", "<urn:a> <urn:b").status_code == 400
    assert there.put("urn:bad", triples(1), **{"Content-Type": "text/csv"}).status_code == 415


def oxigraph_invents_a_graph_for_a_post_without_one(there: There) -> None:
    answer = there.client.post(there.addresses.graphs, content=triples(1), headers={"Content-Type": NT})
    assert answer.status_code == 201
    assert answer.headers["Location"]


def oxigraph_reads_no_term_of_16_mib(there: There) -> None:
    answer = there.put("urn:long", f'<urn:a> <urn:b> "{"x" * 16_777_216}" .\n')
    assert (answer.status_code, answer.text) == (400, "Reached the buffer maximal size of 16777216")


def virtuoso_asks_for_a_digest(there: There) -> None:
    for address in (there.addresses.update, there.addresses.graphs):
        answer = httpx.get(address)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith('Digest realm="SPARQL"')
    assert httpx.get(there.addresses.graphs, auth=("dba", "whatever")).status_code == 401


def virtuoso_takes_both_names_of_the_parameter(there: There) -> None:
    there.put("urn:parameter", triples(2))
    assert there.get("urn:parameter", "graph").text == there.get("urn:parameter", "graph-uri").text
    assert "<urn:s1>" in there.get("urn:parameter", "graph").text


def virtuoso_refuses_a_large_insert_data_and_takes_the_document(there: There) -> None:
    answer = there.update(f"INSERT DATA {{ GRAPH <urn:much> {{ {triples(6_000)} }} }}")
    assert answer.status_code == 400
    assert "SP030" in answer.text or "SP031" in answer.text
    assert there.put("urn:much", triples(6_000)).status_code == 201


def virtuoso_refuses_a_literal_of_more_than_10_mb(there: There) -> None:
    assert there.put("urn:long", f'<urn:a> <urn:b> "{"x" * 11_000_000}" .\n').status_code == 500


def virtuoso_answers_a_put_without_a_graph_with_a_form(there: There) -> None:
    answer = there.client.put(there.addresses.graphs, content=triples(1), headers={"Content-Type": NT})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def virtuoso_cuts_rows_and_that_is_told(there: There) -> None:
    there.put("urn:cut", triples(10_001))
    query = "SELECT ?s WHERE { GRAPH <urn:cut> { ?s ?p ?o } }"
    store = RemoteStore(there.addresses.query)
    with pytest.raises(StoreFailed) as caught:
        store.select(query)
    assert str(caught.value) == (
        f"{store.name}: expected every row of the answer, found 10000 rows, which is all that the store gives at a time"
        " (narrow the query by a parameter, or raise ResultSetMaxRows of the store)"
    )
    assert len(store.select(f"{query} LIMIT 9999")) == 9_999


def virtuoso_has_no_graph_that_is_empty(there: There) -> None:
    there.put("urn:emptied", triples(1))
    assert there.put("urn:emptied", "").status_code == 204
    assert there.get("urn:emptied").status_code == 404


CLAIMS = [
    pytest.param(kind, claim, id=claim.__name__)
    for kind, claim in (
        (OXIGRAPH, oxigraph_refuses_what_is_no_rdf),
        (OXIGRAPH, oxigraph_invents_a_graph_for_a_post_without_one),
        (OXIGRAPH, oxigraph_reads_no_term_of_16_mib),
        (VIRTUOSO_7, virtuoso_asks_for_a_digest),
        (VIRTUOSO_7, virtuoso_takes_both_names_of_the_parameter),
        (VIRTUOSO_7, virtuoso_refuses_a_large_insert_data_and_takes_the_document),
        (VIRTUOSO_7, virtuoso_refuses_a_literal_of_more_than_10_mb),
        (VIRTUOSO_7, virtuoso_answers_a_put_without_a_graph_with_a_form),
        (VIRTUOSO_7, virtuoso_cuts_rows_and_that_is_told),
        (VIRTUOSO_7, virtuoso_has_no_graph_that_is_empty),
    )
    if kind in HELD
]


@pytest.mark.parametrize(("kind", "claim"), CLAIMS)
def test_a_way_of_the_store_is_as_the_profile_tells_it(there: There, claim: Callable[[There], None]) -> None:
    claim(there)
