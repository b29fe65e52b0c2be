"""SHACL: each constraint of each shape is broken once, and says so in plain words."""

from __future__ import annotations

import pytest
import rdflib
from rdflib import RDF, SH, URIRef

from khabar import resources, vocabulary
from khabar.shapes import Violation, fault, validate, validate_graph
from khabar.terms import LANG_STRING, RDF_TYPE, RDFS, Literal, Quad
from shape_cases import CASES, CONFORMING, PREFIXES, Case

BASE = "https://example.org/shapes/"
CONSTRAINTS = (
    *("minCount", "maxCount", "class", "datatype", "nodeKind", "in", "hasValue", "pattern", "uniqueLang"),
    *("minInclusive", "lessThan", "lessThanOrEquals", "disjoint", "or"),
)
Told = dict[str, set[tuple[str, str, str]]]


def parsed(turtle: str, base: str) -> rdflib.Graph:
    """The graph of some Turtle, whose empty prefix is ``base``."""
    return rdflib.Graph().parse(data=f"@prefix : <{base}> .\n{PREFIXES}{turtle}", format="turtle")


def changed(case: Case, base: str) -> rdflib.Graph:
    """The conforming graph with the change of one case."""
    graph = parsed(CONFORMING, base)
    for line in case.drop:
        subject, curie = line.split()
        prefix, name = curie.split(":")
        graph.remove((URIRef(base + subject), URIRef(vocabulary.prefixes()[prefix] + name), None))
    return graph + parsed(case.add, base)


def base_of(case: Case) -> str:
    return f"{BASE}{CASES.index(case)}/"


@pytest.fixture(scope="module")
def violations() -> Told:
    """Shape, focus and sentence of what is wrong, by the base of the case; all cases are validated as one graph.

    The focus of a blank node has no base, and is told as ``_``.
    """
    union = rdflib.Graph()
    for case in CASES:
        union += changed(case, base_of(case))
    told: Told = {}
    for one in validate_graph(union):
        base, focus = BASE, "_"
        if one.focus.startswith(BASE):
            number, _, focus = one.focus.removeprefix(BASE).partition("/")
            base = f"{BASE}{number}/"
        told.setdefault(base, set()).add((one.shape, focus, one.message.replace(base, "")))
    return told


def test_a_conforming_graph_has_no_violation() -> None:
    assert validate_graph(parsed(CONFORMING, BASE)) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.shape}-{case.constraint}")
def test_a_shape_tells_what_breaks_it(case: Case, violations: Told) -> None:
    told = violations[BASE if case.focus == "_" else base_of(case)]
    expected = (case.shape, case.focus, case.told)
    assert expected in told, sorted(one for one in told if one[0] == case.shape)


def test_every_constraint_of_every_shape_is_broken_by_a_case() -> None:
    shapes = rdflib.Graph().parse(data=(resources.ontology() / "shapes.ttl").read_bytes(), format="turtle")
    named = {one for kind in (SH.NodeShape, SH.PropertyShape) for one in shapes.subjects(RDF.type, kind)}
    stated = {
        (str(shape).rpartition("#")[2], constraint)
        for shape in named
        for constraint in CONSTRAINTS
        if (shape, SH[constraint], None) in shapes
    }
    assert stated == {(case.shape, case.constraint) for case in CASES}
    parameters = {str(p).removeprefix(str(SH)) for shape in named for p in shapes.predicates(shape)}
    described = {"path", "message", "targetClass", "targetSubjectsOf"}
    assert {one for one in parameters if one.isalpha()} - described <= set(CONSTRAINTS)


def test_a_chain_that_comes_back_to_itself_has_no_origin() -> None:
    loop = ":a khb:relays :b . :b khb:relays :c . :c khb:relays :a . :d khb:relays :d . :e khb:relays :f ."
    found = validate_graph(parsed(loop, BASE))
    cyclic = [one.focus.removeprefix(BASE) for one in found if one.shape == "relays-acyclic"]
    assert cyclic == ["a", "b", "c", "d"]


def test_the_same_quads_in_any_order_and_graph_give_the_same_violations() -> None:
    label = Literal("Regatta", LANG_STRING, "en")
    event = vocabulary.term("Event")
    subjects = [f"{BASE}event-{number}" for number in range(9)]
    one = [Quad(subject, RDF_TYPE, event, "https://example.org/g") for subject in subjects]
    one += [Quad(subject, RDFS + "label", label, "https://example.org/g") for subject in subjects]
    other = [quad._replace(graph="https://example.org/h") for quad in reversed(one)]
    assert validate(one) == validate(other)
    assert [(violation.focus, violation.shape) for violation in validate(one)] == [
        (subject, "event-about") for subject in subjects
    ]


def test_a_graph_is_not_changed_and_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr("socket.socket.connect", refuse)
    graph = parsed(
        f"{CONFORMING} <https://example.org/o> a owl:Ontology ; owl:imports <http://localhost:9/o.ttl> .", BASE
    )
    before = set(graph)
    assert validate_graph(graph) == ()
    assert set(graph) == before


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("https://w3id.org/khabar/ns#inExchangeFor", "in_exchange_for"),
        ("http://www.w3.org/2000/01/rdf-schema#label", ""),
        ("", ""),
    ],
)
def test_a_violation_names_the_key_of_the_record(path: str, key: str) -> None:
    assert Violation(focus="f", shape="s", path=path, expected="x", found="y").key == key


def test_a_violation_is_a_fault_at_its_line() -> None:
    broken = Violation(focus=BASE + "visit", shape="event-about", path="", expected="an event", found="none")
    told = fault(broken, "articles/a.yaml", 12, 3, ("events", "visit"))
    assert str(told) == "articles/a.yaml:12:3 KH070 events.visit: expected an event, found none"


def test_a_violation_without_a_place_names_its_node() -> None:
    broken = Violation(focus=BASE + "visit", shape="event-about", path="", expected="an event", found="none")
    told = fault(broken, "corpus.yaml", 1, 1)
    assert str(told) == f"corpus.yaml:1:1 KH070 expected an event, found none at <{BASE}visit>"
