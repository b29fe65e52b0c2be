"""Parameters become terms: whatever a value holds, the query asks the same."""

from __future__ import annotations

import datetime as dt
import itertools

import pyoxigraph
import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from injections import INJECTIONS
from khabar.errors import QueryRefused
from khabar.queries.binding import Value, bind
from khabar.queries.catalogue import Query, catalogue, find, parameters, parse
from khabar.queries.spelling import Term, spell
from khabar.queries.tokens import tokens
from khabar.terms import LANG_STRING, XSD, Literal

KHB = "https://w3id.org/khabar/ns#"
BASE = "https://example.org/eastport/"
PREFIXES = {
    kind: f"{BASE}{kind}/" for kind in ("agents", "articles", "claims", "events", "places", "sources", "statements")
}
ECHO = parse(
    "echo",
    """#+ params: {text: {type: string}}
SELECT ?text WHERE { VALUES ?text { UNDEF } # parameters
}""",
)


def _read_back(text: str) -> str:
    """What the query binds, where two engines agree on it."""
    found = pyoxigraph.Store().query(text)
    assert isinstance(found, pyoxigraph.QuerySolutions)
    by_oxigraph = [solution["text"] for solution in found]
    by_rdflib = [row[0] for row in rdflib.Graph().query(text) if isinstance(row, tuple)]
    assert isinstance(by_oxigraph[0], pyoxigraph.Literal)
    assert [literal.value for literal in by_oxigraph if isinstance(literal, pyoxigraph.Literal)] == [
        str(literal) for literal in by_rdflib
    ]
    assert len(by_rdflib) == 1
    return by_oxigraph[0].value


def _shape(text: str) -> object:
    """The algebra of a query with its literals left out."""

    def shape(part: object) -> object:
        if isinstance(part, rdflib.Literal):
            return "literal"
        if isinstance(part, CompValue):
            return part.name, [(key, shape(value)) for key, value in sorted(part.items()) if key != "_vars"]
        if isinstance(part, dict):
            return sorted((str(key), shape(value)) for key, value in part.items())
        if isinstance(part, list | tuple):
            return [shape(each) for each in part]
        return str(part)

    return shape(translateQuery(parseQuery(text)).algebra)


def test_no_injection_is_more_than_a_string() -> None:
    kinds = [token.kind for token in tokens(bind(ECHO, {"text": "x"}))]
    for hostile in INJECTIONS:
        bound = bind(ECHO, {"text": hostile})
        assert [token.kind for token in tokens(bound)] == kinds, hostile
        assert _read_back(bound) == hostile


def test_there_are_five_hundred_injections() -> None:
    assert len(set(INJECTIONS)) == 500


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("\\u0022")
@example("\\\\u0022")
@example("\\U0001F600ABCD")
@example('"""')
@example("\r\n\t\b\f\x00")
def test_any_string_reads_back_and_the_algebra_keeps_its_shape(text: str) -> None:
    bound = bind(ECHO, {"text": text})
    assert _read_back(bound) == text
    assert _shape(bound) == _shape(bind(ECHO, {"text": "x"}))


@pytest.mark.parametrize("query", catalogue(), ids=lambda query: query.name)
def test_no_parameter_of_a_bundled_query_lets_an_injection_through(query: Query) -> None:
    strings = [parameter.name for parameter in query.params if parameter.type == "string"]
    for parameter, hostile in itertools.product(query.params, INJECTIONS):
        if parameter.name in strings:
            bound = bind(query, {parameter.name: hostile}, prefixes=PREFIXES)
            assert parameters(bound)[parameter.name] == spell(Literal(hostile))
            assert len(tokens(bound)) == len(tokens(query.text))
        else:
            with pytest.raises(QueryRefused) as caught:
                bind(query, {parameter.name: hostile}, prefixes=PREFIXES)
            assert str(caught.value).startswith(f"query {query.name}, parameter {parameter.name}: expected ")


@pytest.mark.parametrize(
    ("query", "parameter", "value", "expected"),
    [
        ("timeline", "lang", "AR", '"ar"'),
        ("timeline", "from", "2031-03-01", f'"2031-03-01"^^<{XSD}date>'),
        ("timeline", "from", dt.date(2031, 3, 1), f'"2031-03-01"^^<{XSD}date>'),
        ("denials", "claim", "quay-talks.deal-sought", f"<{BASE}claims/quay-talks.deal-sought>"),
        ("denials", "claim", "quay-talks.visit.described", f"<{BASE}claims/quay-talks.visit.described>"),
        ("denials", "claim", "claims:quay-talks.deal-sought", f"<{BASE}claims/quay-talks.deal-sought>"),
        ("denials", "claim", "https://example.net/c", "<https://example.net/c>"),
        ("chain-of-transmission", "statement", "quay-talks.s.1-wire", f"<{BASE}statements/quay-talks.s.1-wire>"),
        ("standing", "standing", "only-alleged", f"<{KHB}only-alleged>"),
        ("standing", "standing", "khb:contested", f"<{KHB}contested>"),
        ("uncertain-details", "certainty", "probable", f"<{KHB}probable>"),
        ("linked-entities", "kind", "Person", f"<{KHB}Person>"),
        ("linked-entities", "kind", "https://example.net/Ship", "<https://example.net/Ship>"),
        ("who-says-what", "article", "quay-talks", f"<{BASE}articles/quay-talks>"),
        ("coverage-by-language", "language", Literal("ar"), '"ar"'),
    ],
)
def test_a_value_becomes_the_term_that_its_type_says(query: str, parameter: str, value: Value, expected: str) -> None:
    assert parameters(bind(find(query), {parameter: value}, prefixes=PREFIXES))[parameter] == expected


def test_an_agent_may_be_an_entity_or_an_unnamed_source() -> None:
    bound = bind(find("sources"), {"source": "quay-talks.wire-officials"}, prefixes=PREFIXES)
    assert (
        f'VALUES (?lang ?source) {{ ("en" <{BASE}agents/quay-talks.wire-officials>)'
        f' ("en" <{BASE}sources/quay-talks.wire-officials>) }} # parameters'
    ) in bound


def test_parameters_not_given_keep_what_the_file_has() -> None:
    query = find("timeline")
    assert bind(query, {}) == query.text
    assert parameters(bind(query, {"lang": "fr"})) == {"lang": '"fr"', "from": "", "to": "", "agent": ""}


@pytest.mark.parametrize(
    ("query", "parameter", "value", "sentence"),
    [
        ("timeline", "from", "2031-02-30", "expected a day of the calendar, as YYYY-MM-DD, found '2031-02-30'"),
        ("timeline", "from", "20310301", "expected a day of the calendar, as YYYY-MM-DD, found '20310301'"),
        ("timeline", "lang", "english!", "expected a language tag such as en or ar, found 'english!'"),
        ("timeline", "lang", "en\n", "expected a language tag such as en or ar, found 'en\\n'"),
        ("standing", "standing", "true", "expected one of uncontested, contested, only-alleged, found 'true'"),
        ("linked-entities", "kind", "person", "expected a class such as Person, or its IRI, found 'person'"),
        ("denials", "claim", "a b", "expected an id such as article.id, claims:..., an IRI, found 'a b'"),
        ("denials", "source", "<x>", "expected an id such as eastport, agents:..., an IRI, found '<x>'"),
    ],
)
def test_an_unfit_value_is_refused_by_name(query: str, parameter: str, value: str, sentence: str) -> None:
    with pytest.raises(QueryRefused) as caught:
        bind(find(query), {parameter: value}, prefixes=PREFIXES)
    assert str(caught.value) == f"query {query}, parameter {parameter}: {sentence}"


def test_an_id_needs_a_corpus() -> None:
    with pytest.raises(QueryRefused) as caught:
        bind(find("denials"), {"claim": "quay-talks.deal-sought"})
    assert str(caught.value) == (
        "query denials, parameter claim: expected an IRI, found 'quay-talks.deal-sought'"
        " (this data names no corpus, or several, so ids cannot be told apart)"
    )


@pytest.mark.parametrize("value", ["12", "-3", "+7", "000"])
def test_a_whole_number_is_an_integer(value: str) -> None:
    query = parse("n", "#+ params: {n: {type: integer}}\nASK { VALUES ?n { UNDEF } # parameters\n}")
    assert parameters(bind(query, {"n": value}))["n"] == f'"{int(value)}"^^<{XSD}integer>'
    with pytest.raises(QueryRefused) as caught:
        bind(query, {"n": "1.5"})
    assert str(caught.value) == "query n, parameter n: expected a whole number, found '1.5'"


@pytest.mark.parametrize(
    ("term", "sentence"),
    [
        (Literal("\ud800"), r"term: expected text in Unicode, found half of a surrogate pair in '\ud800'"),
        (Literal("x", LANG_STRING, "en } #"), "term: expected a language tag, found 'en } #'"),
        ("http://example.org/> } #", "term: expected an absolute IRI, found 'http://example.org/> } #'"),
        ("relative", "term: expected an absolute IRI, found 'relative'"),
        (Literal("x", "y> #"), "term: expected an absolute IRI, found 'y> #'"),
    ],
)
def test_what_no_text_can_carry_is_refused(term: Term, sentence: str) -> None:
    with pytest.raises(QueryRefused) as caught:
        spell(term)
    assert str(caught.value) == sentence
