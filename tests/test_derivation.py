"""Standing, what is uncontested, and Web Annotations: the rules of the ontology, in Oxigraph and in rdflib."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from khabar import derivation, resources, vocabulary
from khabar.conversion import to_rdflib
from khabar.derivation import RULES, construct, derive
from khabar.formats.nquads import ntriples_lines
from khabar.terms import LANG_STRING, RDF_TYPE, RDFS, XSD, Literal, Quad
from khabar.vocabulary import term

BASE = "https://example.org/"
GRAPH = BASE + "graphs/a"
DERIVED = BASE + "graphs/derived"
EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"
OA = "http://www.w3.org/ns/oa#"

CONTESTED, UNCONTESTED, ALLEGED = "contested", "uncontested", "only-alleged"


class World(NamedTuple):
    """Claims, what they are about, and who says what of them. Names stand for themselves.

    ``claims`` maps a claim to the event that it is about, and after a space the detail, if it names one.
    ``says`` holds pairs of claim and stance; each pair is one statement.
    """

    claims: Mapping[str, str]
    says: Iterable[tuple[str, str]]
    entails: Iterable[tuple[str, str]] = ()
    conflicts: Iterable[tuple[str, str]] = ()


def quads(world: World) -> list[Quad]:
    found = []

    def add(subject: str, predicate: str, value: str | Literal, graph: str = GRAPH) -> None:
        found.append(Quad(BASE + subject, predicate, value, graph))

    for claim, told in world.claims.items():
        event, _, detail = told.partition(" ")
        add(claim, RDF_TYPE, term("Claim"))
        add(claim, term("about"), BASE + event)
        add(event, RDF_TYPE, term("Event"))
        if detail:
            add(claim, term("detail"), term(detail))
    for narrow, broad in world.entails:
        add(narrow, term("entails"), BASE + broad)
    for one, other in world.conflicts:
        add(one, term("conflictsWith"), BASE + other)
    for number, (claim, stance) in enumerate(world.says):
        # Statements of one claim in several graphs: what is true must not hang on the graph.
        graph = f"{BASE}graphs/{number % 3}"
        add(f"statement-{number}", term("claim"), BASE + claim, graph)
        add(f"statement-{number}", term("stance"), term(stance), graph)
        add(f"hop-{number}", term("relays"), f"{BASE}statement-{number}", graph)
    return found


def standings(derived: Iterable[Quad]) -> dict[str, str]:
    return {
        quad.subject.removeprefix(BASE): str(quad.object).removeprefix(vocabulary.NAMESPACE)
        for quad in derived
        if quad.predicate == term("standing")
    }


def in_rdflib(rule: str, of: Iterable[Quad]) -> rdflib.Graph:
    dataset = rdflib.Dataset(default_union=True)
    for quad in of:
        graph = dataset.graph(rdflib.URIRef(quad.graph))
        graph.add((rdflib.URIRef(quad.subject), rdflib.URIRef(quad.predicate), to_rdflib(quad.object)))
    found = dataset.query((resources.ontology() / f"{rule}.rq").read_text("utf-8")).graph
    assert found is not None
    return found


def by_the_policy(world: World) -> dict[str, str]:
    """The policy once more, as its definition has it, in no hurry."""
    broader: dict[str, set[str]] = {claim: {claim} for claim in world.claims}
    for _ in world.claims:
        for narrow, broad in world.entails:
            broader[narrow] |= broader[broad]
    said = {claim: {stance for one, stance in world.says if one == claim} for claim in world.claims}
    contrary = set(vocabulary.collection("contrary-stances"))
    affirming = set(vocabulary.collection("affirming-stances"))
    forward = set(vocabulary.collection("forward-stances"))
    found = {}
    for claim in world.claims:
        rivals = {b for a, b in world.conflicts if a == claim} | {a for a, b in world.conflicts if b == claim}
        if any(said[one] & contrary for one in broader[claim]) or any(said[one] & forward for one in rivals):
            found[claim] = CONTESTED
        elif any(said[one] & affirming for one in world.claims if claim in broader[one]):
            found[claim] = UNCONTESTED
        else:
            found[claim] = ALLEGED
    for event in {told.partition(" ")[0] for told in world.claims.values()}:
        about = {
            claim: detail
            for claim, told in world.claims.items()
            for one, _, detail in [told.partition(" ")]
            if one == event
        }
        whole = [claim for claim, detail in about.items() if not detail] or list(about)
        ranks = [found[claim] for claim in whole]
        found[event] = next(one for one in (CONTESTED, UNCONTESTED, ALLEGED) if one in ranks)
    return found


CASES: dict[str, tuple[World, dict[str, str]]] = {
    "asserted": (World({"c": "e"}, [("c", "asserts")]), {"c": UNCONTESTED, "e": UNCONTESTED}),
    "reported only": (World({"c": "e"}, [("c", "reports")]), {"c": ALLEGED, "e": ALLEGED}),
    "without a word": (World({"c": "e"}, [("c", "declines-comment")]), {"c": ALLEGED, "e": ALLEGED}),
    "asserted and denied": (
        World({"c": "e"}, [("c", "asserts"), ("c", "denies")]),
        {"c": CONTESTED, "e": CONTESTED},
    ),
    "only denied": (World({"c": "e"}, [("c", "denies")]), {"c": CONTESTED, "e": CONTESTED}),
    "retracted": (World({"c": "e"}, [("c", "asserts"), ("c", "retracts")]), {"c": CONTESTED, "e": CONTESTED}),
    "who denies the broad contests the narrow, two links away": (
        World(
            {"broad": "base", "middle": "port", "narrow": "berths"},
            [("narrow", "alleges"), ("broad", "denies")],
            entails=[("narrow", "middle"), ("middle", "broad")],
        ),
        {
            "narrow": CONTESTED,
            "middle": CONTESTED,
            "broad": CONTESTED,
            "berths": CONTESTED,
            "port": CONTESTED,
            "base": CONTESTED,
        },
    ),
    "who denies the narrow leaves the broad": (
        World(
            {"broad": "talks", "narrow": "deal"}, [("broad", "asserts"), ("narrow", "denies")], [("narrow", "broad")]
        ),
        {"broad": UNCONTESTED, "talks": UNCONTESTED, "narrow": CONTESTED, "deal": CONTESTED},
    ),
    "who affirms the narrow affirms the broad": (
        World(
            {"broad": "talks", "narrow": "deal"}, [("broad", "alleges"), ("narrow", "confirms")], [("narrow", "broad")]
        ),
        {"broad": UNCONTESTED, "talks": UNCONTESTED, "narrow": UNCONTESTED, "deal": UNCONTESTED},
    ),
    "who affirms the broad leaves the narrow": (
        World(
            {"broad": "talks", "narrow": "deal"}, [("broad", "asserts"), ("narrow", "alleges")], [("narrow", "broad")]
        ),
        {"broad": UNCONTESTED, "talks": UNCONTESTED, "narrow": ALLEGED, "deal": ALLEGED},
    ),
    "two dates that conflict contest each other, not the event": (
        World(
            {"c": "e", "may": "e date", "june": "e date"},
            [("c", "asserts"), ("may", "asserts"), ("june", "alleges")],
            conflicts=[("may", "june")],
        ),
        {"c": UNCONTESTED, "e": UNCONTESTED, "may": CONTESTED, "june": CONTESTED},
    ),
    "a rival that no one puts forward contests nothing": (
        World(
            {"may": "e date", "june": "e date"},
            [("may", "asserts"), ("june", "declines-comment")],
            conflicts=[("june", "may")],
        ),
        {"may": UNCONTESTED, "june": CONTESTED, "e": CONTESTED},
    ),
    "an event of which all claims name a detail": (
        World({"where": "e place", "when": "e date"}, [("where", "alleges"), ("when", "asserts")]),
        {"where": ALLEGED, "when": UNCONTESTED, "e": UNCONTESTED},
    ),
    "a contested detail leaves the event": (
        World({"c": "e", "where": "e place"}, [("c", "asserts"), ("where", "denies")]),
        {"c": UNCONTESTED, "where": CONTESTED, "e": UNCONTESTED},
    ),
    "claims that entail each other": (
        World({"a": "e", "b": "f"}, [("a", "asserts"), ("b", "disputes")], entails=[("a", "b"), ("b", "a")]),
        {"a": CONTESTED, "b": CONTESTED, "e": CONTESTED, "f": CONTESTED},
    ),
    "a statement that a claim is about": (
        World({"c": "statement-0"}, [("c", "asserts")]),
        {"c": UNCONTESTED, "statement-0": UNCONTESTED},
    ),
}


@pytest.mark.parametrize(("world", "expected"), CASES.values(), ids=CASES.keys())
def test_standing_follows_the_policy(world: World, expected: dict[str, str]) -> None:
    assert standings(derive(quads(world), DERIVED)) == expected
    assert by_the_policy(world) == expected


@pytest.mark.parametrize(("world", "expected"), CASES.values(), ids=CASES.keys())
def test_rdflib_derives_the_same(world: World, expected: dict[str, str]) -> None:
    found = in_rdflib("standing", quads(world))
    assert {
        str(subject).removeprefix(BASE): str(value).removeprefix(vocabulary.NAMESPACE) for subject, _, value in found
    } == expected


@pytest.mark.parametrize("stance", vocabulary.concepts("stances"))
def test_a_stance_does_to_a_claim_what_the_collections_say(stance: str) -> None:
    expected = ALLEGED
    if stance in vocabulary.collection("contrary-stances"):
        expected = CONTESTED
    elif stance in vocabulary.collection("affirming-stances"):
        expected = UNCONTESTED
    assert standings(derive(quads(World({"c": "e"}, [("c", stance)])), DERIVED)) == {"c": expected, "e": expected}
    rival = World({"c": "e", "r": "e"}, [("c", "asserts"), ("r", stance)], conflicts=[("c", "r")])
    forward = stance in vocabulary.collection("forward-stances")
    assert standings(derive(quads(rival), DERIVED))["c"] == (CONTESTED if forward else UNCONTESTED)


names = st.sampled_from(["a", "b", "c", "d", "e"])
worlds = st.builds(
    World,
    st.fixed_dictionaries(
        {name: st.sampled_from(["x", "x place", "y", "y date", "z"]) for name in ("a", "b", "c", "d", "e")}
    ),
    st.lists(st.tuples(names, st.sampled_from(vocabulary.concepts("stances"))), max_size=5),
    st.lists(st.tuples(names, names), max_size=4),
    st.lists(st.tuples(names, names), max_size=2),
)


def test_a_statement_that_claims_are_about_has_no_standing() -> None:
    world = quads(World({"c": "e", "d": "statement-0"}, [("c", "reports"), ("d", "asserts")]))
    world.append(Quad(BASE + "statement-0", RDF_TYPE, term("Statement"), GRAPH))
    expected = {"c": ALLEGED, "e": ALLEGED, "d": UNCONTESTED}
    assert standings(derive(world, DERIVED)) == expected
    detailed = [*world, Quad(BASE + "d", term("detail"), term("purpose"), GRAPH)]
    assert standings(derive(detailed, DERIVED)) == expected


@settings(max_examples=300, deadline=None)
@given(worlds, st.randoms(use_true_random=False))
def test_the_rule_is_the_policy(world: World, order: random.Random) -> None:
    shuffled = quads(world)
    order.shuffle(shuffled)
    derived = derive(shuffled, DERIVED)
    assert standings(derived) == by_the_policy(world)
    assert derive([*quads(world), *derived], DERIVED) == derived
    # Triples that the rule does not look at make no difference, and neither does the form.
    assert construct("standing", shuffled, DERIVED) == derived
    assert derivation.standings("".join(ntriples_lines(shuffled)).encode()) == "".join(ntriples_lines(derived)).encode()


def test_what_is_derived_is_sorted_and_in_its_graph() -> None:
    derived = derive(quads(World({"b": "x", "a": "x"}, [("a", "asserts")])), DERIVED)
    assert [quad.subject for quad in derived] == [BASE + "a", BASE + "b", BASE + "x"]
    assert {quad.graph for quad in derived} == {DERIVED}


def test_an_event_that_no_claim_is_about_has_no_standing() -> None:
    assert derive([Quad(BASE + "e", RDF_TYPE, term("Event"), GRAPH)], DERIVED) == ()


def test_time_grows_with_the_graph_and_not_with_its_square() -> None:
    def seconds(size: int) -> float:
        claims = {f"claim-{n}": f"event-{n // 3}" + (" place" if n % 3 else "") for n in range(size)}
        world = World(
            claims,
            [(claim, vocabulary.concepts("stances")[n % 8]) for n, claim in enumerate(claims)],
            [(f"claim-{n}", f"claim-{n - 1}") for n in range(1, size) if n % 5],
        )
        data = quads(world)
        data += construct("standing", data, DERIVED)
        start = time.process_time()
        for rule in RULES:
            construct(rule, data, DERIVED)
        return time.process_time() - start

    small, large = min(seconds(400) for _ in range(3)), seconds(4_000)
    assert large < 40 * max(small, 0.002)


def told(event: str, predicate: str, value: str | Literal) -> Quad:
    return Quad(BASE + event, predicate, value, GRAPH)


def uncontested(world: World, *facts: Quad) -> set[tuple[str, str]]:
    """Subject and property of what is uncontested, ``rdf:type`` and ``khb:standing`` aside."""
    data = [*quads(world), *facts]
    data += derive(data, DERIVED)
    found = construct("uncontested", data, DERIVED)
    graph = in_rdflib("uncontested", data)
    assert {(str(s), str(p), str(o)) for s, p, o in graph} == {
        (quad.subject, quad.predicate, quad.object if isinstance(quad.object, str) else quad.object.lexical)
        for quad in found
    }
    return {
        (quad.subject.removeprefix(BASE), quad.predicate.removeprefix(vocabulary.NAMESPACE).removeprefix(RDFS))
        for quad in found
        if quad.predicate not in {RDF_TYPE, term("standing")}
    }


def test_uncontested_events_come_with_their_own_triples() -> None:
    world = World({"c": "visit", "d": "deal"}, [("c", "asserts"), ("d", "alleges")])
    label = Literal("Visit", LANG_STRING, "en")
    facts = [told("visit", RDFS + "label", label), told("visit", term("place"), BASE + "quay")]
    assert uncontested(world, *facts, told("deal", term("place"), BASE + "quay")) == {
        ("visit", "label"),
        ("visit", "place"),
    }


def test_a_detail_that_is_not_uncontested_is_left_out_with_all_that_tells_it() -> None:
    world = World(
        {"c": "visit", "h": "visit host", "w": "visit place"}, [("c", "asserts"), ("h", "alleges"), ("w", "asserts")]
    )
    facts = [
        told("visit", term("host"), BASE + "mayor"),
        told("visit", term("participant"), BASE + "mayor"),
        told("visit", term("visitor"), BASE + "minister"),
        told("visit", term("place"), BASE + "quay"),
    ]
    assert uncontested(world, *facts) == {("visit", "visitor"), ("visit", "place")}


def test_a_date_that_is_not_uncontested_is_left_out_with_its_bounds() -> None:
    world = World({"c": "visit", "d": "visit date"}, [("c", "asserts"), ("d", "disputes")])
    facts = [
        told("visit", term("date"), Literal("2031", EDTF)),
        told("visit", term("earliest"), Literal("2031-01-01", XSD + "date")),
        told("visit", term("latest"), Literal("2031-12-31", XSD + "date")),
        told("visit", term("relativeTo"), BASE + "talks"),
        told("visit", term("before"), BASE + "talks"),
        told("visit", term("offset"), Literal("P7D", XSD + "duration")),
        told("visit", term("place"), BASE + "quay"),
    ]
    assert uncontested(world, *facts) == {("visit", "place")}


def test_what_leads_to_a_contested_event_is_left_out() -> None:
    world = World({"c": "visit", "d": "deal", "t": "talks"}, [("c", "asserts"), ("d", "denies"), ("t", "confirms")])
    facts = [told("visit", term("partOf"), BASE + "deal"), told("visit", term("before"), BASE + "talks")]
    assert uncontested(world, *facts) == {("visit", "before")}


def test_passages_are_web_annotations() -> None:
    passage, statement = BASE + "passages/a.2-5-40", BASE + "statements/a.s"
    data = [
        Quad(passage, RDF_TYPE, term("Passage"), GRAPH),
        Quad(passage, term("article"), BASE + "articles/a", GRAPH),
        Quad(passage, term("paragraph"), Literal("2", XSD + "integer"), GRAPH),
        Quad(passage, term("start"), Literal("5", XSD + "integer"), GRAPH),
        Quad(passage, term("end"), Literal("40", XSD + "integer"), GRAPH),
        Quad(statement, term("evidence"), passage, GRAPH),
        Quad(statement + "-2", term("evidence"), passage, GRAPH),
    ]
    found = construct("annotations", data, DERIVED)
    annotation, selector, position = (f"{passage}.{name}" for name in ("annotation", "paragraph", "position"))
    assert [quad[:3] for quad in found] == sorted(
        [
            (annotation, RDF_TYPE, OA + "Annotation"),
            (annotation, OA + "motivatedBy", OA + "identifying"),
            (annotation, OA + "hasBody", statement),
            (annotation, OA + "hasBody", statement + "-2"),
            (annotation, OA + "hasTarget", passage),
            (passage, RDF_TYPE, OA + "SpecificResource"),
            (passage, OA + "hasSource", BASE + "articles/a"),
            (passage, OA + "hasSelector", selector),
            (selector, RDF_TYPE, OA + "FragmentSelector"),
            (selector, "http://purl.org/dc/terms/conformsTo", term("paragraph")),
            (selector, "http://www.w3.org/1999/02/22-rdf-syntax-ns#value", Literal("paragraph=2")),
            (selector, OA + "refinedBy", position),
            (position, RDF_TYPE, OA + "TextPositionSelector"),
            (position, OA + "start", Literal("5", XSD + "integer")),
            (position, OA + "end", Literal("40", XSD + "integer")),
        ],
        key=lambda triple: triple[:2] + ((triple[2],) if isinstance(triple[2], str) else tuple(triple[2])),
    )
    assert len(in_rdflib("annotations", data)) == len(found)
