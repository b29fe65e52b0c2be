"""The terms that the loader reads from the ontology."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import msgspec
import pytest

from khabar import model, scalars, vocabulary
from khabar.vocabulary import key_of, name_of, property_of, super_classes, super_properties, term


def names(iris: tuple[str, ...]) -> list[str]:
    return [name_of(iri) for iri in iris]


@pytest.mark.parametrize(
    ("name", "above"),
    [
        ("Event", []),
        ("Visit", ["Event"]),
        ("AccessGrant", ["Provision", "Event"]),
        ("Denial", ["Statement", "Event"]),
        ("Outlet", ["Organisation", "Agent"]),
        ("Polity", ["Agent", "Place"]),
        ("Stance", []),
    ],
)
def test_super_classes_are_khabars_own_and_the_nearest_comes_first(name: str, above: list[str]) -> None:
    assert names(super_classes(term(name))) == above


@pytest.mark.parametrize(
    ("name", "above"),
    [("host", ["participant"]), ("before", ["relativeTo"]), ("against", []), ("participant", []), ("place", [])],
)
def test_super_properties_are_khabars_own(name: str, above: list[str]) -> None:
    assert names(super_properties(term(name))) == above


def test_what_is_not_khabars_has_nothing_above_it() -> None:
    assert super_classes("https://example.org/types/Regatta") == ()
    assert super_properties("http://www.w3.org/2004/02/skos/core#exactMatch") == ()


@pytest.mark.parametrize("name", ["Regatta", "", "visit", "in_exchange_for"])
def test_an_unknown_term_is_refused(name: str) -> None:
    with pytest.raises(KeyError):
        term(name)


@pytest.mark.parametrize("key", ["visit", "denies", "Visit", "in-exchange-for", ""])
def test_a_key_that_stands_for_no_property_is_refused(key: str) -> None:
    with pytest.raises(KeyError):
        property_of(key)


def test_keys_and_properties_are_converse() -> None:
    own = [iri for iri in vocabulary.properties() if iri.startswith(vocabulary.NAMESPACE)]
    assert [property_of(key_of(iri)) for iri in own] == own


@pytest.mark.parametrize(
    ("key", "iri"),
    [
        ("name", "http://www.w3.org/2000/01/rdf-schema#label"),
        ("alias", "http://www.w3.org/2004/02/skos/core#altLabel"),
        ("note", "http://www.w3.org/2000/01/rdf-schema#comment"),
        ("close_match", "http://www.w3.org/2004/02/skos/core#closeMatch"),
        ("same_as", "https://w3id.org/khabar/ns#sameEventAs"),
        ("same_event_as", "https://w3id.org/khabar/ns#sameEventAs"),
        ("responds_to", "https://w3id.org/khabar/ns#respondsTo"),
    ],
)
def test_keys_of_records_stand_for_properties(key: str, iri: str) -> None:
    assert property_of(key) == iri


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "denies"), ("EN-gb", "denies"), ("ar", "نفي"), ("ar-ly", "نفي"), ("fr", "denies"), ("", "denies")],
)
def test_a_label_falls_back_to_the_language_without_region_and_then_to_english(language: str, label: str) -> None:
    assert vocabulary.label(term("denies"), language) == label


def test_the_words_of_records_are_those_of_the_schemes() -> None:
    assert vocabulary.concepts("stances") == get_args(scalars.Stance)
    assert vocabulary.concepts("certainties") == get_args(scalars.Certainty)
    assert vocabulary.concepts("standings") == ("uncontested", "contested", "only-alleged")


def test_stances_are_gathered_by_what_they_do_to_a_claim() -> None:
    assert vocabulary.collection("contrary-stances") == ("denies", "disputes", "retracts")
    assert vocabulary.collection("affirming-stances") == ("asserts", "confirms")
    assert vocabulary.collection("forward-stances") == ("asserts", "confirms", "reports", "alleges")


def test_event_types_are_those_that_a_record_may_give() -> None:
    expected = ("Event", "Meeting", "Visit", "Agreement", "Provision", "AccessGrant", "ForcePresence")
    assert vocabulary.event_types() == expected


def test_roles_are_fields_of_an_event() -> None:
    fields = {field.name for field in msgspec.structs.fields(model.Event)}
    assert set(vocabulary.roles()) <= fields


def test_properties_come_in_their_reading_order() -> None:
    order = [iri.rpartition("#")[2] for iri in vocabulary.properties()]
    told = ["label", "source", "stance", "claim", "visitor", "participant", "place", "date", "earliest", "evidence"]
    assert [name for name in order if name in told] == told
    assert order[0] == "label"
    assert order[-2:] == ["exactMatch", "closeMatch"]


def test_no_value_can_be_changed() -> None:
    with pytest.raises(TypeError):
        vocabulary.prefixes()["khb"] = "https://example.org/"  # type: ignore[index] # the type refuses it, and so must the value
    with pytest.raises(TypeError):
        vocabulary.context()["date"] = {}  # type: ignore[index] # the type refuses it, and so must the value


def test_the_terms_are_read_without_rdflib() -> None:
    told = "import sys, khabar.vocabulary as v; v.properties(); v.context(); print('rdflib' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
