"""The federated queries, on the corpora with their links, against the stand-in of Wikidata."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_lines import Run
from corpora_at_hand import CORPORA
from fakes.wikidata import Wikidata, wikidata

SERVICE = "https://query.wikidata.org/sparql"


@pytest.fixture(scope="module")
def there() -> Iterator[Wikidata]:
    with wikidata() as found:
        yield found


def asked(run: Run, there: Wikidata, corpus: Path, name: str, *params: str) -> list[dict[str, str]]:
    words = ["--allow-service", f"{SERVICE}={there.addresses['sparql']}", "--format", "json", "--all"]
    for param in params:
        words += ["--param", param]
    code, out, err = run("query", name, "--on", str(corpus), *words)
    assert (code, err) == (0, "")
    return [{key: cell["value"] for key, cell in row.items()} for row in json.loads(out)["results"]["bindings"]]


def test_persons_are_enriched_with_their_offices(run: Run, there: Wikidata) -> None:
    rows = asked(run, there, CORPORA["libya"], "wikidata-offices")
    assert {(row["personLabel"], row["office"], row["officeLabel"]) for row in rows} == {
        ("Vladimir Putin", "http://www.wikidata.org/entity/Q218295", "President of Russia")
    }


def test_offices_come_in_the_language_that_is_asked_for(run: Run, there: Wikidata) -> None:
    rows = asked(run, there, CORPORA["libya"], "wikidata-offices", "lang=ar")
    assert {(row["personLabel"], row["officeLabel"]) for row in rows} == {("فلاديمير بوتين", "رئيس روسيا")}


def test_places_are_enriched_with_coordinates_and_country(run: Run, there: Wikidata) -> None:
    rows = asked(run, there, CORPORA["libya"], "wikidata-places")
    found = {(row["placeLabel"], row["coordinates"], row.get("countryLabel")) for row in rows}
    assert ("Moscow", "Point(37.6156 55.7522)", "Russia") in found
    assert ("Benghazi", "Point(20.0686 32.1149)", "Libya") in found


def test_persons_and_places_are_enriched_without_an_event(run: Run, there: Wikidata) -> None:
    [putin] = asked(run, there, CORPORA["libya"], "wikidata-persons")
    assert (putin["personLabel"], putin["officeLabel"]) == ("Vladimir Putin", "President of Russia")
    places = asked(run, there, CORPORA["libya"], "wikidata-gazetteer", "lang=ar")
    found = {row["placeLabel"]: (row["point"], row["coordinates"], row.get("countryLabel")) for row in places}
    assert found["مصراتة"] == ("POINT(15.0925 32.3754)", "Point(15.0925 32.3754)", "ليبيا")
    assert "ليبيا" in found


def test_what_was_linked_is_enriched(run: Run, there: Wikidata, tmp_path: Path) -> None:
    corpus = Path(shutil.copytree(CORPORA["libya"], tmp_path / "linked"))
    addresses = [part for name, address in there.addresses.items() for part in (f"--{name}", address)]
    assert run("link", str(corpus), "--accept", "0.95", "--rate", "50", "-q", *addresses)[0] == 0
    people = {row["personLabel"]: row["officeLabel"] for row in asked(run, there, corpus, "wikidata-offices")}
    assert people["Khalifa Haftar"] == "commander of the Libyan National Army"


def test_nothing_is_asked_that_was_not_allowed(run: Run, there: Wikidata) -> None:
    before = len(there.requests)
    code, _, err = run("query", "wikidata-places", "--on", str(CORPORA["libya"]))
    assert (code, len(there.requests)) == (2, before)
    assert "--allow-service" in err or "SERVICE" in err
