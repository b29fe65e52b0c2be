from __future__ import annotations

import re

import pytest

from khabar import vocabulary
from khabar.dates import bounds
from khabar.model import Point
from khabar.quads import mapping, quads
from khabar.resolved import (
    ArticleNode,
    ClaimNode,
    EntityNode,
    EventNode,
    Extent,
    Node,
    Resolved,
    ResolvedGraph,
)
from khabar.terms import RDF, RDF_TYPE, RDFS, XSD, Literal, Object

BASE = "https://example.org/eastport/"
GRAPH = BASE + "graphs/ferry"
KHB = vocabulary.NAMESPACE


def triples(node: Node) -> set[tuple[str, Object]]:
    # The header is no business of the quads.
    resolved = Resolved(header=None, graphs=(ResolvedGraph(GRAPH, (node,)),))  # type: ignore[arg-type] # see above
    found = list(quads(resolved))
    assert len(found) == len(set(found))
    assert {(quad.subject, quad.graph) for quad in found} <= {(node.iri, GRAPH)}
    return {(quad.predicate, quad.object) for quad in found}


def event(**fields: object) -> EventNode:
    return EventNode(iri=BASE + "events/ferry.e", types=(KHB + "Visit",), **fields)  # type: ignore[arg-type] # each test gives what fits


def test_super_classes_are_written_out() -> None:
    assert triples(event()) == {(RDF_TYPE, KHB + "Visit"), (RDF_TYPE, KHB + "Event")}


def test_super_classes_of_an_own_type_are_those_of_khabars_above_it() -> None:
    own = EventNode(iri=BASE + "events/ferry.e", types=(BASE + "types/Inspection", KHB + "AccessGrant"))
    types = {value for predicate, value in triples(own) if predicate == RDF_TYPE}
    assert types == {BASE + "types/Inspection", KHB + "AccessGrant", KHB + "Provision", KHB + "Event"}


def test_a_role_makes_a_participant_and_is_written_once() -> None:
    found = triples(event(host=(BASE + "agents/a",), visitor=(BASE + "agents/b",), participant=(BASE + "agents/a",)))
    assert {(KHB + "host", BASE + "agents/a"), (KHB + "visitor", BASE + "agents/b")} <= found
    assert {value for predicate, value in found if predicate == KHB + "participant"} == {
        BASE + "agents/a",
        BASE + "agents/b",
    }


def test_whom_an_event_is_against_takes_no_part_in_it() -> None:
    assert not any(predicate == KHB + "participant" for predicate, _ in triples(event(against=(BASE + "agents/a",))))


def test_a_relative_date_is_written_with_its_relation() -> None:
    found = triples(event(before=BASE + "events/ferry.talks", offset="P7D"))
    assert {
        (KHB + "before", BASE + "events/ferry.talks"),
        (KHB + "relativeTo", BASE + "events/ferry.talks"),
        (KHB + "offset", Literal("P7D", XSD + "duration")),
    } <= found


def test_a_date_is_written_as_edtf_with_two_bounds_that_compare() -> None:
    found = triples(event(date=Extent("2031-02", "2031-02-01", "2031-02-28")))
    assert {
        (KHB + "date", Literal("2031-02", "http://id.loc.gov/datatypes/edtf/EDTF")),
        (KHB + "earliest", Literal("2031-02-01", XSD + "date")),
        (KHB + "latest", Literal("2031-02-28", XSD + "date")),
    } <= found


def test_what_is_not_known_is_not_written() -> None:
    written = {predicate for predicate, _ in triples(event(date=Extent(latest="2031-02-28")))}
    assert written == {RDF_TYPE, KHB + "latest"}


def test_language_tags_are_lower_case() -> None:
    found = triples(event(label={"ar-LY": "زيارة"}))
    assert (RDFS + "label", Literal("زيارة", RDF + "langString", "ar-ly")) in found


def test_numbers_are_plain_integers() -> None:
    node = ArticleNode(
        iri=BASE + "articles/ferry",
        types=(KHB + "Article",),
        publisher=BASE + "agents/a",
        published=Extent(),
        language="ar",
        text_length=2310,
    )
    assert (KHB + "textLength", Literal("2310", XSD + "integer")) in triples(node)


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        (32.0836, 23.9764, "POINT(23.9764 32.0836)"),
        (0.0, -0.0, "POINT(0 0)"),
        (-10.0, 180.0, "POINT(180 -10)"),
        (0.0000001, 1e-7, "POINT(0.0000001 0.0000001)"),
    ],
)
def test_a_point_is_written_longitude_first(lat: float, lon: float, expected: str) -> None:
    node = EntityNode(iri=BASE + "places/p", types=(KHB + "Place",), point=Point(lat=lat, lon=lon))
    assert (KHB + "point", Literal(expected, "http://www.opengis.net/ont/geosparql#wktLiteral")) in triples(node)


def test_every_field_of_a_node_is_in_the_mapping() -> None:
    for kind, rows in mapping().items():
        fields = set(kind.__struct_fields__) - {"iri", "types", "label"}
        assert {row.field for row in rows} == fields, kind.__name__


def test_a_claim_names_the_detail_by_the_property() -> None:
    claim = ClaimNode(
        iri=BASE + "claims/ferry.c",
        types=(KHB + "Claim",),
        text={"en": "There."},
        about=(BASE + "events/ferry.e",),
        detail=vocabulary.property_of("place"),
    )
    assert (KHB + "detail", KHB + "place") in triples(claim)


def test_bounds_are_dates_of_four_digit_years() -> None:
    # xsd:date has no other form that all stores load.
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(bounds("0044").earliest))
