"""The sources of candidates, each in its own way, behind one interface; a peer that others wrote."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.server import Given
from fakes.wikidata import Wikidata, wikidata
from khabar.errors import ServiceFailed
from khabar.wikidata import sparql
from khabar.wikidata.action_api import Items, search
from khabar.wikidata.classes import Classes, Kinds, known_classes
from khabar.wikidata.client import Client
from khabar.wikidata.reconciliation import ReconciliationQuery, ReconciliationService
from khabar.wikidata.sources import ReconciliationSource, SearchSource, Source, SparqlSource, Wanted
from servers import Server, free_port

HAFTAR = Wanted((("en", "Khalifa Haftar"), ("en", "Khalifa Hifter"), ("ar", "خليفة حفتر")), "Person")


@pytest.fixture(scope="module")
def there() -> Iterator[Wikidata]:
    with wikidata() as found:
        yield found


@pytest.fixture
def client() -> Client:
    return Client(rate=1000)


def sources(client: Client, there: Wikidata) -> list[Source]:
    addresses = there.addresses
    return [
        SearchSource(client, addresses["api"]),
        SparqlSource(client, addresses["sparql"]),
        ReconciliationSource(client, addresses["reconciliation"]),
        ReconciliationSource(client, there.draft),
    ]


@pytest.mark.parametrize("number", range(4), ids=["search", "sparql", "reconciliation-0.2", "reconciliation-1.0-draft"])
def test_every_source_finds_who_is_called_so(client: Client, there: Wikidata, number: int) -> None:
    found = sources(client, there)[number].find(HAFTAR)
    assert "Q999000101" in found
    assert len(found) == len(set(found))


@pytest.mark.parametrize("number", range(4), ids=["search", "sparql", "reconciliation-0.2", "reconciliation-1.0-draft"])
def test_no_source_finds_what_is_not_there(client: Client, there: Wikidata, number: int) -> None:
    assert sources(client, there)[number].find(Wanted((("en", "Zzyzx Qqq"), ("ar", "ظظظظظ")), "Place")) == ()


def test_the_search_looks_into_labels_for_all_languages(client: Client, there: Wikidata) -> None:
    assert search(client, "Yunus-bek", "en", address=there.addresses["api"]) == ("Q999000107",)
    assert search(client, "يونس بيك", "ar", address=there.addresses["api"]) == ("Q999000107",)


def test_a_name_is_a_term_whatever_it_holds(client: Client, there: Wikidata) -> None:
    names = ['"} # ', "a\\b", "موسكو", "\n", "'"]
    assert sparql.by_name(client, names, there.addresses["sparql"])["موسكو"] == ("Q649",)


def test_the_draft_is_spoken_where_it_differs(client: Client, there: Wikidata) -> None:
    service = ReconciliationService(client, there.draft)
    assert service.manifest().version == "1.0-draft"
    before = len(there.requests)
    answers = service.find([ReconciliationQuery(name, limit=1) for name in ("Moscow", "Tobruk", "Misrata")])
    assert [answer[0].id for answer in answers] == ["Q649", "Q182092", "Q131323"]
    asked = there.requests[before:]
    assert [(request.method, request.target) for request in asked] == [("POST", "/draft/match")] * 2
    assert asked[0].headers["content-type"] == "application/json"


def test_the_draft_is_spoken_as_it_was_too(client: Client, there: Wikidata) -> None:
    service = ReconciliationService(client, f"{there.origin}/older")
    assert [answer[0].id for answer in service.find([ReconciliationQuery("Moscow", limit=1)])] == ["Q649"]


def test_the_stable_version_is_spoken_with_all_that_it_tells(client: Client, there: Wikidata) -> None:
    service = ReconciliationService(client, there.addresses["reconciliation"].replace("{language}", "ar"))
    [answer] = service.find([ReconciliationQuery("Vladimir Putin", "Q5", properties=(("P39", "Q218295"),))])
    assert (answer[0].id, answer[0].name, answer[0].match, answer[0].types) == (
        "Q7747",
        "فلاديمير بوتين",
        True,
        (("Q5", "Q5"),),
    )


def test_a_page_is_no_service(client: Client, there: Wikidata) -> None:
    with pytest.raises(ServiceFailed, match="the manifest of a reconciliation service"):
        ReconciliationService(client, f"{there.origin}/nothing").manifest()


# A service that others wrote.

PEER = """
import sys, warnings
warnings.simplefilter("ignore")
from csv_reconcile import create_app, initdb
app = create_app(config="config.py", instance_path=sys.argv[1], scorerOption=None)
with app.app_context():
    initdb.init_db_with_context("items.tsv", "item", "name")
app.run(port=int(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def csv_reconcile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of csv-reconcile over a table of items."""
    folder: Path = tmp_path_factory.mktemp("csv-reconcile")
    (folder / "items.tsv").write_text("item\tname\nQ649\tMoscow\nQ131323\tMisrata\nQ182092\tTobruk\nQ3579\tTripoli\n")
    (folder / "config.py").write_text(
        'MANIFEST = {"identifierSpace": "http://www.wikidata.org/entity/", "name": "a table"}\nTHRESHOLD = 40.0\n'
    )
    (folder / "peer.py").write_text(PEER)
    port = free_port()
    server = Server([sys.executable, "peer.py", str(folder), str(port)], port, folder)
    try:
        server.start()
        yield f"{server.address}/reconcile"
    finally:
        server.kill()


def test_csv_reconcile_is_understood(client: Client, csv_reconcile: str) -> None:
    service = ReconciliationService(client, csv_reconcile)
    manifest = service.manifest()
    assert (manifest.name, manifest.version, manifest.is_wikidata) == ("a table", "0.2", True)
    names = ["Moscow", "Misurata", "Tobrok", "Zzyzx"]
    answers = service.find([ReconciliationQuery(name, limit=3) for name in names])
    assert [answer[0].id if answer else None for answer in answers] == ["Q649", "Q131323", "Q182092", None]
    assert answers[0][0].match
    assert ReconciliationSource(client, csv_reconcile).find(Wanted((("en", "Tripoli"),), "Place")) == ("Q3579",)


def test_a_service_over_something_else_is_no_source(client: Client) -> None:
    body = b'{"versions": ["0.2"], "name": "ours", "identifierSpace": "https://example.org/", "schemaSpace": ""}'
    with wikidata() as there:
        there.fail("/draft", Given(200, body, "application/json"))
        source = ReconciliationSource(client, there.draft)
        with pytest.raises(ServiceFailed, match="a service over Wikidata, found ours"):
            source.find(HAFTAR)


# What classes mean.


def kinds(client: Client, there: Wikidata, *qids: str) -> dict[str, Kinds]:
    items = Items(client, there.addresses["api"])
    return Classes(items).kinds(item for item in items.get(qids).values() if item is not None)


def test_classes_are_followed_up_to_those_that_are_known(client: Client, there: Wikidata) -> None:
    found = kinds(client, there, "Q7747", "Q3579", "Q1016", "Q4918", "Q999000116", "Q999000118", "Q999000123")
    assert found["Q7747"].types == frozenset({"Person"})
    assert found["Q3579"].types == frozenset({"Place", "Polity"})
    assert found["Q1016"].types == frozenset({"Place", "Polity"})
    assert found["Q4918"].types == frozenset({"Place"})
    # By a class of which only the label says what it is, and one above it.
    assert found["Q999000116"].types == frozenset({"Outlet", "Organisation"})
    assert found["Q999000123"].types == frozenset()


def test_a_disambiguation_page_is_known_by_the_label_of_its_class(client: Client, there: Wikidata) -> None:
    assert kinds(client, there, "Q999000106")["Q999000106"].excluded == "Wikimedia disambiguation page"


def test_an_item_without_a_class_is_of_no_known_kind(client: Client, there: Wikidata) -> None:
    assert kinds(client, there, "Q772547")["Q772547"] == Kinds()


def test_classes_that_go_round_end() -> None:
    with wikidata({"Q999001001": {"is": ["Q999001002"]}, "Q999001002": {"above": ["Q999001002"]}}) as there:
        assert kinds(Client(rate=1000), there, "Q999001001")["Q999001001"].types == frozenset()


def test_every_type_of_khabar_has_classes() -> None:
    types = set().union(*known_classes().by_item.values())
    assert types == {"Person", "Organisation", "Outlet", "Polity", "Place"}
