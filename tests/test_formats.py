from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from collections.abc import Iterable

import pyld
import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

import khabar.formats
from khabar.conversion import to_oxigraph
from khabar.formats import FORMATS, Layout, Section
from khabar.formats.layout import layout_of
from khabar.formats.nquads import ntriples_lines
from khabar.terms import RDF, RDF_TYPE, XSD, Literal, Quad
from quad_strategies import BASE, printable_texts, quads

LAYOUT = layout_of(BASE)
KHB = "https://w3id.org/khabar/ns#"
N_QUADS = pyoxigraph.RdfFormat.N_QUADS


def text(given_quads: Iterable[Quad], format: str, layout: Layout = LAYOUT) -> str:
    return "".join(khabar.formats.lines(given_quads, format, layout))


def parsed(document: str, reader: pyoxigraph.RdfFormat) -> set[pyoxigraph.Quad]:
    return set(pyoxigraph.parse(document.encode(), format=reader))


def triples(document: str, reader: pyoxigraph.RdfFormat) -> set[pyoxigraph.Triple]:
    return {quad.triple for quad in parsed(document, reader)}


def expected_quads(some: Iterable[Quad]) -> set[pyoxigraph.Quad]:
    return set(to_oxigraph(some))


def expected_triples(some: Iterable[Quad]) -> set[pyoxigraph.Triple]:
    return {quad.triple for quad in to_oxigraph(some)}


@given(quads())
def test_nquads_are_read_back_by_oxigraph_as_they_were(some: list[Quad]) -> None:
    assert parsed(text(some, "nquads"), N_QUADS) == expected_quads(some)


@given(quads())
def test_nquads_have_one_line_a_quad_in_an_order_of_their_own(some: list[Quad]) -> None:
    lines = text(some, "nquads").split("\n")
    assert lines[-1] == ""
    assert len(lines) - 1 == len(set(lines[:-1])) == len(set(some))
    assert text(list(reversed(some)), "nquads").split("\n") == lines


def test_nquads_go_article_by_article() -> None:
    base = LAYOUT.base
    graph, standing = f"{base}graphs/", KHB + "standing"
    ordered = [
        # The order of ids, not that of IRIs: a hyphen comes before the full stop.
        Quad(f"{base}events/a.x", standing, KHB + "contested", f"{graph}a"),
        Quad(f"{base}claims/a.x", standing, KHB + "contested", f"{graph}derived"),
        Quad(f"{base}events/a.x", standing, KHB + "contested", f"{graph}derived"),
        Quad(base, KHB + "policy", f"{graph}a", f"{graph}dataset"),
        Quad(f"{graph}a", KHB + "policy", Literal("1"), f"{graph}dataset"),
        Quad(f"{base}articles/a-b", standing, KHB + "contested", f"{graph}a-b"),
        Quad(f"{base}claims/a-b.x.described", standing, KHB + "contested", f"{graph}derived"),
        Quad(f"{graph}a-b", KHB + "policy", Literal("1"), f"{graph}dataset"),
        Quad(f"{base}agents/x", standing, KHB + "contested", f"{graph}entities"),
        Quad(base, KHB + "policy", f"{graph}derived", f"{graph}dataset"),
        Quad(base, KHB + "policy", f"{graph}entities", f"{graph}dataset"),
        Quad(f"{graph}entities", KHB + "policy", Literal("1"), f"{graph}dataset"),
    ]
    found = text(reversed(ordered), "nquads").splitlines()
    assert found == [text([quad], "nquads").rstrip("\n") for quad in ordered]


@pytest.mark.parametrize(
    ("format", "reader"), [("turtle", pyoxigraph.RdfFormat.TURTLE), ("ntriples", pyoxigraph.RdfFormat.N_TRIPLES)]
)
@given(some=quads())
def test_a_union_format_says_the_same_triples(format: str, reader: pyoxigraph.RdfFormat, some: list[Quad]) -> None:
    assert triples(text(some, format), reader) == expected_triples(some)


@given(quads(printable_texts))
def test_rdfxml_says_the_same_triples(some: list[Quad]) -> None:
    # A predicate is an XML name in RDF/XML: one that has no such ending cannot be written there.
    fit = [quad._replace(predicate=KHB + "source") for quad in some]
    assert triples(text(fit, "rdfxml"), pyoxigraph.RdfFormat.RDF_XML) == expected_triples(fit)


@pytest.mark.parametrize(
    ("format", "reader"), [("trig", pyoxigraph.RdfFormat.TRIG), ("jsonld", pyoxigraph.RdfFormat.JSON_LD)]
)
@given(some=quads())
def test_a_format_with_graphs_says_the_same_quads(format: str, reader: pyoxigraph.RdfFormat, some: list[Quad]) -> None:
    assert parsed(text(some, format), reader) == expected_quads(some)


@given(quads(minimum=1))
def test_turtle_is_read_by_rdflib_as_the_same_graph(some: list[Quad]) -> None:
    read = rdflib.Graph().parse(data=text(some, "turtle"), format="turtle")
    expected = rdflib.Graph().parse(data="".join(ntriples_lines(some)), format="nt")
    assert set(read) == set(expected)


@given(quads(printable_texts, minimum=1))
def test_jsonld_is_read_by_pyld_and_rdflib_as_the_same_dataset(some: list[Quad]) -> None:
    document = text(some, "jsonld")
    by_pyld = pyld.jsonld.to_rdf(json.loads(document), {"format": "application/n-quads", "documentLoader": refused})
    assert parsed(by_pyld, N_QUADS) == expected_quads(some)
    dataset = rdflib.Dataset()
    dataset.parse(data=document, format="json-ld")
    assert parsed(dataset.serialize(format="nquads"), N_QUADS) == expected_quads(some)


def refused(url: str, _options: object) -> dict[str, object]:
    raise AssertionError(f"the document made its reader fetch {url}")


@pytest.mark.parametrize("format", FORMATS)
@given(some=quads(printable_texts), data=st.data())
def test_a_document_depends_on_the_set_of_quads_alone(format: str, some: list[Quad], data: st.DataObject) -> None:
    fit = [quad._replace(predicate=KHB + "source") for quad in some]
    shuffled = data.draw(st.permutations(fit)) + fit[:1]
    assert text(shuffled, format) == text(fit, format)


@pytest.mark.parametrize(
    ("program", "arguments"), [("rapper", ["-q", "-i", "turtle", "-o", "ntriples"]), ("serdi", [])]
)
def test_turtle_is_read_by_a_parser_of_another_family(program: str, arguments: list[str]) -> None:
    some = [
        Quad(BASE + "events/a.b", RDF_TYPE, KHB + "Visit", BASE + "graphs/a"),
        Quad(BASE + "events/a.b", KHB + "topic", Literal('خبر "ن"\\\n', RDF + "langString", "ar"), BASE + "graphs/a"),
        Quad(BASE + "passages/a.1-0-20", KHB + "start", Literal("-7", XSD + "integer"), BASE + "graphs/a"),
        Quad(BASE + "events/a.b", KHB + "against", "https://example.org/%D9%85?x=y;z", BASE + "graphs/a"),
    ]
    if shutil.which(program) is None and "CI" not in os.environ:
        pytest.skip(f"{program} is not installed (Debian: raptor2-utils, serdi); .ci/run installs it")
    document = text(some, "turtle")
    command = [program, *arguments, "-" if program == "serdi" else "/dev/stdin"]
    if program == "rapper":
        command.append(BASE)
    run = subprocess.run(command, input=document.encode(), capture_output=True, check=True)
    assert triples(run.stdout.decode(), pyoxigraph.RdfFormat.N_TRIPLES) == expected_triples(some)


def test_turtle_is_laid_out_for_people() -> None:
    some = [
        Quad(BASE + "events/a.b", RDF_TYPE, KHB + "Visit", BASE + "graphs/a"),
        Quad(BASE + "events/a.b", RDF_TYPE, KHB + "Event", BASE + "graphs/a"),
        Quad(BASE + "events/a.b", KHB + "place", BASE + "places/p", BASE + "graphs/a"),
        Quad(
            BASE + "events/a.b",
            "http://www.w3.org/2000/01/rdf-schema#label",
            Literal("زيارة", RDF + "langString", "ar"),
            BASE + "graphs/a",
        ),
        Quad(BASE + "passages/a.1-0-20", KHB + "start", Literal("0", XSD + "integer"), BASE + "graphs/a"),
    ]
    layout = Layout(
        base=BASE,
        prefixes={
            "events": BASE + "events/",
            "places": BASE + "places/",
            "passages": BASE + "passages/",
            "khb": KHB,
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "unused": "https://example.org/unused#",
        },
        order={RDF_TYPE: 0, "http://www.w3.org/2000/01/rdf-schema#label": 1, KHB + "Event": 2, KHB + "Visit": 3},
        sections=[Section("Events", BASE + "events/"), Section("Passages", BASE + "passages/")],
        context={},
    )
    assert text(some, "turtle", layout) == (
        "@prefix events: <https://example.org/eastport/events/> .\n"
        "@prefix places: <https://example.org/eastport/places/> .\n"
        "@prefix passages: <https://example.org/eastport/passages/> .\n"
        "@prefix khb: <https://w3id.org/khabar/ns#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        "\n# Events\n"
        "\nevents:a.b\n"
        "    a khb:Visit, khb:Event ;\n"
        '    rdfs:label "زيارة"@ar ;\n'
        "    khb:place places:p .\n"
        "\n# Passages\n"
        "\npassages:a.1-0-20 khb:start 0 .\n"
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('quote " and \\', r"quote \" and \\"),
        ("tab\tline\nreturn\r", r"tab\tline\nreturn\r"),
        ("\b\f\x01\x7f", r"\b\f\u0001\u007F"),
        ("é خبر 🙂", "é خبر 🙂"),
    ],
)
def test_literals_are_escaped_in_canonical_form(written: str, expected: str) -> None:
    quad = Quad("https://example.org/s", "https://example.org/p", Literal(written), "https://example.org/g")
    assert (
        text([quad], "nquads")
        == f'<https://example.org/s> <https://example.org/p> "{expected}" <https://example.org/g> .\n'
    )


def test_lines_come_in_pieces_that_can_be_streamed() -> None:
    quad = Quad("https://example.org/s", "https://example.org/p", Literal("o"), "https://example.org/g")
    out = io.StringIO()
    out.writelines(khabar.formats.lines([quad], "nquads", LAYOUT))
    assert out.getvalue().count("\n") == 1
