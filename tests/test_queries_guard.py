"""What is refused before an engine sees it, and that nothing harmful gets past."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.errors import QueryRefused
from khabar.queries import guard
from khabar.queries.tokens import tokens

ALLOWED = "https://query.example.org/sparql"


def _refusal(text: str) -> str:
    with pytest.raises(QueryRefused) as caught:
        guard.check(text, services=[ALLOWED])
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ASK {" + "{" * 64 + "}" * 65, "query, line 1, column 69: expected at most 64 open brackets, found more"),
        ("ASK { FILTER(" + "(" * 64, "query, line 1, column 76: expected at most 64 open brackets, found more"),
        (
            "ASK { FILTER(" + "||".join(["?a"] * 202) + ") }",
            "query: expected || at most 200 times, found 201 times (list the terms with VALUES)",
        ),
        ("ASK { FILTER(" + "!" * 201 + "?a) }", "query: expected ! at most 200 times, found 201 times"),
        ("ASK { " + "OPTIONAL { } " * 201 + "}", "query: expected OPTIONAL at most 200 times, found 201 times"),
        (
            "ASK { " + "?a ?b ?c . " * 121 + "}",
            (
                "query: expected at most 120 triple patterns, steps of paths and members of lists, found 121"
                " (list terms with VALUES)"
            ),
        ),
        (
            "ASK { ?a ?b (" + "1 " * 61 + ") }",
            (
                "query: expected at most 120 triple patterns, steps of paths and members of lists, found 122"
                " (list terms with VALUES)"
            ),
        ),
        ("#" + "x" * 65536, "query: expected at most 65,536 bytes, found 65,537 bytes"),
        ("DELETE WHERE { ?s ?p ?o }", "query, line 1, column 1: expected a query, which only reads, found DELETE"),
        ("# x\n load <http://a/>", "query, line 2, column 2: expected a query, which only reads, found LOAD"),
        (
            "SELECT * FROM <http://127.0.0.1/> { ?s ?p ?o }",
            (
                "query, line 1, column 10: expected no FROM, which some engines fetch from the network, found FROM"
                " (write GRAPH <...> { ... })"
            ),
        ),
        (
            "ASK { SERVICE <http://127.0.0.1/> { } }",
            (
                "query, line 1, column 15: expected a SERVICE that was allowed, found http://127.0.0.1/"
                " (allow it: --allow-service http://127.0.0.1/)"
            ),
        ),
        ("ASK { SERVICE ?s { } }", "query, SERVICE: expected an IRI written out in <>, found ?s"),
        ("ASK { SERVICE", "query, SERVICE: expected an IRI written out in <>, found the end of the query"),
        (
            'ASK { ?s ?p "open }',
            (
                "query, line 1, column 13: expected a string that is closed, and escapes only inside"
                ' strings and IRIs, found "open }'
            ),
        ),
        (
            "ASK { \\u0053ERVICE <http://a/> {} }",
            (
                "query, line 1, column 7: expected a string that is closed, and escapes"
                " only inside strings and IRIs, found \\u0053ERVICE <http:/"
            ),
        ),
    ],
)
def test_a_harmful_query_is_refused(text: str, sentence: str) -> None:
    assert _refusal(text) == sentence


SPELLINGS = (
    "ASK { SeRvIcE #comment\n <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "ASK { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "ASK { SERVICE<http://127.0.0.1:9/>{} }",
    "ASK { FILTER EXISTS { SERVICE <http://127.1:9/> { } } }",
    "PREFIX x: <http://127.0.0.1:9/> ASK { SERVICE x: { } }",
    "PREFIX x: <http://127.0.0.1:9/> ASK { SERVICEx: { } }",
    "ASK { ?s ?p trueSERVICE <http://127.0.0.1:9/> { } }",
    "ASK { ?s ?p 1SERVICE <http://127.0.0.1:9/> { } }",
    'ASK { ?s ?p "x"SERVICE <http://127.0.0.1:9/> { } }',
    'ASK { ?s ?p "x\\"" . SERVICE <http://127.0.0.1:9/> { } # " }',
    "ASK { ?s ?p '''a'b''' . SERVICE <http://127.0.0.1:9/> { } }",
    "ASK { SERVICE <https://query.example.org/sparql#> { } }",
    "ASK { SERVICE <https://query.example.org\\u002Fsparql> { } }",
    "ASK { SERVICE <https://query.example.org/sparql> { SERVICE <http://[::1]/> { } } }",
)


@pytest.mark.parametrize("text", SPELLINGS)
def test_no_spelling_of_a_service_gets_past(text: str) -> None:
    assert "expected a SERVICE that was allowed" in (found := _refusal(text)) or "SERVICE" in found


@pytest.mark.parametrize(
    "text",
    [
        f"ASK {{ SERVICE <{ALLOWED}> {{ ?s ?p ?o }} }}",
        f"ASK {{ service silent <{ALLOWED}> {{ ?s ?p ?o }} }}",
        'ASK { ?s ?p "SERVICE <http://127.0.0.1/>" } # SERVICE <http://127.0.0.1/>',
        "ASK { ?service <http://example.org/SERVICE> ?from }",
        "PREFIX s: <http://schema.example.org/> ASK { ?s s:serviceType s:DELETE }",
        "ASK { VALUES ?x { " + "1 " * 20_000 + "} }",
        "ASK { FILTER(?a<?b && ?c>?d) }",
        "ASK { FILTER(?x IN (" + ",".join(["1"] * 100) + ")) }",
    ],
)
def test_a_harmless_query_passes(text: str) -> None:
    guard.check(text, services=[ALLOWED])


WORST = {
    "groups": "ASK " + "{" * 64 + "}" * 64,
    "patterns": "ASK { " + "?a ?b ?c . " * 120 + "}",
    "chained patterns": "ASK { " + "".join(f"?v{n} ?p ?v{n + 1} . " for n in range(120)) + "}",
    "objects": "ASK { ?a ?b " + "?c , " * 120 + "?c }",
    "list": "ASK { ?a ?b (" + "1 " * 60 + ") }",
    "blank nodes": "ASK { ?a ?b " + "[ ?p " * 60 + "1" + "]" * 60 + " }",
    "path": "ASK { ?a " + "/".join(["<http://a/>"] * 120) + " ?b }",
    "alternatives": "ASK { ?a " + "|".join(["<http://a/>"] * 200) + " ?b }",
    "unions": "ASK { " + " UNION ".join(["{ ?a ?b ?c }"] * 200) + " }",
    "options": "ASK { " + "OPTIONAL { ?a ?b ?c } " * 200 + " }",
    "graphs": "ASK { " + "GRAPH ?g { ?a ?b ?c } " * 120 + " }",
    "values": "ASK { " + "VALUES ?x { 1 } " * 120 + " }",
    "selects": "ASK { " + "{ SELECT * { ?a ?b ?c } } " * 200 + " }",
    "not": "ASK { FILTER(" + "!" * 200 + "true) }",
    "plus": "ASK { FILTER(" + "+".join(["1"] * 200) + ") }",
}


def test_the_worst_that_passes_neither_kills_nor_holds_the_engine() -> None:
    # In a process of its own: what gets past would abort this one.
    for name, text in WORST.items():
        guard.check(text)
        program = "import sys, pyoxigraph; bool(pyoxigraph.Store().query(sys.stdin.read()))"
        start = time.monotonic()
        ended = subprocess.run([sys.executable, "-c", program], input=text, text=True, timeout=30, check=False)
        assert ended.returncode == 0, name
        assert time.monotonic() - start < 20, name


@given(st.text(st.sampled_from("{}()[]<>\"'\\#?:.;,|&!=^*/+-_ \n\tuUaeSERVICEFROMselectask019@é\u202e"), max_size=200))
def test_any_text_is_refused_in_a_sentence_or_cut_without_loss(text: str) -> None:
    try:
        found = tokens(text)
    except QueryRefused:
        return
    for token in found:
        assert text[token.start : token.end] == token.text
    between = text
    for token in reversed(found):
        between = between[: token.start] + between[token.end :]
    assert not between.strip(" \t\r\n")
    with contextlib.suppress(QueryRefused):
        guard.check(text)


@pytest.mark.parametrize(
    "text",
    ["ASK { " + "a." * 31_000 + "}", '"""' + '"\\' * 31_000, "ASK { " + "é-" * 20_000 + "}", '"a' * 31_000],
    ids=["dotted", "open strings", "hyphens", "strings"],
)
def test_no_text_takes_the_square_of_its_length(text: str) -> None:
    start = time.monotonic()
    with contextlib.suppress(QueryRefused):
        guard.check(text)
    assert time.monotonic() - start < 3
