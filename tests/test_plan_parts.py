"""What a plan is made of: columns in the order of lines, standings as the rule has them, lines seen by bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar import derivation, vocabulary
from khabar.iris import Iris
from khabar.plan import Plan, columns
from khabar.plan.lines import LONGEST, fit, settled, strings, unescaped
from khabar.plan.octets import Unsure, letters, octets
from khabar.plan.source import source
from khabar.plan.standing import standings
from khabar.plan.stock import PLAIN_IRI
from khabar.quads import Row, mapping
from khabar.reading.text import FORBIDDEN
from khabar.resolved import ArticleNode, ClaimNode, EventNode, Node, PassageNode, SourceNode, StatementNode
from khabar.terms import RDF_TYPE, is_http_iri
from sound_articles import frame
from strategies import nfc, times

CLAIMS = tuple(f"<urn:c{number}>" for number in range(6))
EVENTS = tuple(f"<urn:e{number}>" for number in range(4))
STANCES = vocabulary.concepts("stances")

some_claims = st.lists(st.sampled_from(CLAIMS), max_size=2, unique=True)


@st.composite
def structures(draw: st.DrawFn) -> tuple[list[tuple[str, str, list[str]]], list[tuple[str, list[str], list[str]]]]:
    """Claims with what they are about, and their links to one another; what entails leads to no circle."""
    claims = [
        (
            claim,
            draw(st.sampled_from(["", "<urn:d>"])),
            draw(st.lists(st.sampled_from(EVENTS), max_size=2, unique=True)),
        )
        for claim in CLAIMS
    ]
    # Each event is spoken of.
    claims += [(f"<urn:w{number}>", draw(st.sampled_from(["", "<urn:d>"])), [one]) for number, one in enumerate(EVENTS)]
    links = []
    for number, claim in enumerate(CLAIMS):
        before = [one for one in draw(some_claims) if one in CLAIMS[:number]]
        links.append((claim, before, [one for one in draw(some_claims) if one != claim]))
    return claims, [link for link in links if link[1] or link[2]]


@times(1)
@given(structures(), st.lists(st.tuples(st.sampled_from(CLAIMS), st.sampled_from(STANCES)), max_size=8))
def test_standings_are_those_of_the_rule(
    structure: tuple[list[tuple[str, str, list[str]]], list[tuple[str, list[str], list[str]]]],
    stances: list[tuple[str, str]],
) -> None:
    claims, links = structure
    khb = vocabulary.NAMESPACE
    triples = [f"{claim} <{RDF_TYPE}> <{khb}Claim>" for claim, _, _ in claims]
    triples += [f"{claim} <{khb}about> {thing}" for claim, _, about in claims for thing in about]
    triples += [f"{claim} <{khb}detail> {detail}" for claim, detail, _ in claims if detail]
    triples += [f"{claim} <{khb}entails> {other}" for claim, others, _ in links for other in others]
    triples += [f"{claim} <{khb}conflictsWith> {other}" for claim, _, others in links for other in others]
    for number, (claim, stance) in enumerate(stances):
        triples += [f"<urn:s{number}> <{khb}stance> <{khb}{stance}>", f"<urn:s{number}> <{khb}claim> {claim}"]
    wanted = derivation.standings("".join(f"{triple} .\n" for triple in triples).encode()).decode()
    found = standings()({event: event for event in EVENTS}, claims, links, stances)
    assert found.replace("\n", " .\n") == wanted


def test_an_event_that_no_claim_is_about_has_no_standing() -> None:
    with pytest.raises(Unsure):
        standings()({"e": "<urn:e>"}, [("<urn:c>", "", [])], [], [])


@pytest.mark.parametrize("node", [ArticleNode, ClaimNode, EventNode, PassageNode, SourceNode, StatementNode])
def test_a_new_row_of_the_mapping_is_not_left_out(node: type[Node], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = mapping()
    changed: dict[type[Node], tuple[Row, ...]] = {
        **rows,
        node: (*rows[node], Row("weather", "https://example.org/weather", rows[EventNode][0].encode)),
    }
    monkeypatch.setattr(columns, "mapping", lambda: changed)
    with pytest.raises(KeyError, match="weather"):
        Plan.of(frame())


def test_a_property_of_the_mapping_is_not_repeated_in_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = mapping()
    elsewhere = tuple(
        row._replace(property="https://example.org/where") if row.field == "reported_in" else row
        for row in rows[StatementNode]
    )
    changed: dict[type[Node], tuple[Row, ...]] = {**rows, StatementNode: elsewhere}
    monkeypatch.setattr(columns, "mapping", lambda: changed)
    text = source(Iris("https://example.org/k/"), ["en"])
    assert "https://example.org/where> " in text
    assert f"{vocabulary.property_of('reported_in')}> " not in text


def test_the_order_of_predicates_counts_the_closing_bracket() -> None:
    given = [columns.Given(name, "one") for name in ("types", "label", *columns.rows(PassageNode))]
    found = columns.Columns(PassageNode, given).predicates
    assert found == sorted(found, key=lambda predicate: f"<{predicate}> ".encode())


@given(st.from_regex(PLAIN_IRI.pattern, fullmatch=True, alphabet=st.characters(codec="utf-8")))
def test_what_is_taken_for_an_iri_at_once_is_one(text: str) -> None:
    assert not PLAIN_IRI.fullmatch(text) or is_http_iri(text)


@times(1)
@given(st.text())
def test_octets_keep_the_text_and_its_order(text: str) -> None:
    assert letters(octets(text)) == text
    assert octets(text).encode("latin-1") == text.encode()


@times(2)
@given(st.text(max_size=4) | st.sampled_from([" ", "\u2066 \u2069", "\u061c", "a\u0301", "\u0301", "\x85", "\u202e"]))
def test_what_is_forbidden_or_blank_is_seen(text: str) -> None:
    blank = not text or all(one in BLANKS for one in text)
    refused = FORBIDDEN.search(text) is not None or nfc(text) != "".join(c for c in text if not FORBIDDEN.match(c))
    line = json.dumps({"en": text}, ensure_ascii=False).encode()
    try:
        fit(line)
        if b"\\" in line:
            unescaped(line)
        seen = False
    except Unsure:
        seen = True
    # An empty text is told by the decoder, and a space, where there are no escapes, by what makes the lines.
    assert seen or not (refused or (blank and text.strip(" ")))
    assert not seen or refused or blank or b"\\" in line


BLANKS = frozenset(
    map(
        chr,
        (
            *(0x09, 0x0A, 0x0D, 0x20, 0xA0, 0xAD, 0x61C, 0x115F, 0x1160, 0x1680, 0x180E, *range(0x2000, 0x2010)),
            *(0x202F, *range(0x205F, 0x2070), 0x3000, 0x3164, 0xFFA0),
        ),
    )
)


@pytest.mark.parametrize("data", [b"\xff", b'"' * (LONGEST + 1), "a\u0301".encode(), b"\xed\xa0\x80"])
def test_a_line_that_is_not_fit(data: bytes) -> None:
    with pytest.raises(Unsure):
        fit(data)


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text())))
def test_strings_are_counted(document: Mapping[str, str | list[str]]) -> None:
    wanted = sum(1 + (1 if isinstance(value, str) else len(value)) for value in document.values())
    assert strings(json.dumps(document).encode()) == wanted
    assert strings(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")) == wanted


@pytest.mark.parametrize("data", [b'{"a": 1, "a": 2}', b'{"a": NaN}', b'{"a": []}', b"[]", b"{", b'{"a": "\\ud800"}'])
def test_what_cannot_be_settled(data: bytes) -> None:
    with pytest.raises(Unsure):
        settled(data)


def test_what_is_settled_has_no_null_and_no_escaped_letters() -> None:
    settled_line = settled(b'{"a": "\\u0062", "n": null, "via": [], "c": [1, 2.5]}')
    assert settled_line == b'{"a":"b","via":[],"c":[1,2.5]}'


def test_escapes_are_kept_as_they_are_written() -> None:
    written = rb"x\n\"y\" \\ \t\r"
    assert json.loads(unescaped(b'{"a": "%b"}' % written)) == {"a": written.decode()}
    assert unescaped(rb'{"a": "x\/y"}') == b'{"a": "x/y"}'
    with pytest.raises(Unsure):
        unescaped(b'{"a": "\\u0062"}')
