"""Queries that were made to do harm: to the stack, the time, the memory, the network, or the reader of SPARQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

from khabar.queries.guard import DEPTH_LIMIT, JOIN_LIMIT, REPEAT_LIMIT, SIZE_LIMIT

LINK: Final = "<https://example.org/x/link>"
"""The property of the dense part of `dense_graph`: everything is linked to everything."""


LOOPBACK: Final = (
    "127.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ip6-localhost",
    "127.1",
    "127.0.1",
    "127.127.127.127",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "0",
    "0.0.0.0",  # noqa: S104 - a name, and nothing is bound to it
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "%31%32%37.0.0.1",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "a:b@127.0.0.1",
    "example.org@127.0.0.1",
)
"""Names by which this machine may be called."""


def dense_graph(nodes: int = 48, others: int = 12_000) -> str:
    """A graph in Turtle of which a part is as dense as can be, and the rest long."""
    lines = [
        f"<https://example.org/x/n{one}> {LINK} <https://example.org/x/n{two}> ."
        for one, two in product(range(nodes), repeat=2)
    ]
    lines += [
        f'<https://example.org/x/m{number}> <https://example.org/x/text> "{"a" * 40}{number}" .'
        for number in range(others)
    ]
    return "\n".join(lines)


def hostile_queries(canary: str) -> dict[str, str]:
    """Every query by what it does; those that would reach out name the address ``canary``."""
    found: dict[str, str] = {}
    for kind, texts in (
        ("depth", _depth()),
        ("chain", _chains()),
        ("product", _products()),
        ("path", _paths()),
        ("text", _texts()),
        ("memory", _memory()),
        ("size", _sizes()),
        ("service", services(canary)),
        ("fetch", _fetches(canary)),
        ("update", _updates(canary)),
        ("syntax", _syntax()),
    ):
        found.update((f"{kind} {number}", text) for number, text in enumerate(texts))
    return found


def _depth() -> Iterator[str]:
    for deep in (DEPTH_LIMIT - 4, DEPTH_LIMIT * 2, 1_000, 20_000):
        yield "SELECT * " + "{" * deep + "}" * deep
        yield "SELECT * { FILTER(" + "(" * deep + "1" + ")" * deep + ") }"
        yield "SELECT * { ?s ?p " + "[ ?p " * deep + "1" + " ]" * deep + " }"
        yield "SELECT * { ?s ?p " + "( " * deep + "1" + " )" * deep + " }"
        yield "SELECT * { ?s " + "(" * deep + LINK + ")*" * deep + " ?o }"
        yield "SELECT * { FILTER(" + "!" * deep + "true) }"
        yield "SELECT * { " + "OPTIONAL { " * deep + "?s ?p ?o" + " }" * deep + " }"
        yield "SELECT * { " + "{ SELECT * { " * deep + "?s ?p ?o" + " } }" * deep + " }"
        yield "SELECT (" + "STR(" * deep + "?s" + ")" * deep + " AS ?x) { ?s ?p ?o }"
        yield "SELECT * { FILTER(" + "EXISTS { FILTER(" * deep + "true" + ") }" * deep + ") }"
    yield "{" * 2_048
    yield "(" * 2_048
    yield "SELECT * {" * 700


def _chains() -> Iterator[str]:
    for long in (REPEAT_LIMIT - 1, REPEAT_LIMIT * 10):
        yield "SELECT * { ?s ?p ?o FILTER(" + " || ".join("?o = 1" for _ in range(long)) + ") }"
        yield "SELECT * { ?s ?p ?o FILTER(" + " && ".join("?o != 1" for _ in range(long)) + ") }"
        yield "SELECT (" + " + ".join("1" for _ in range(long)) + " AS ?x) { }"
        yield "SELECT * { " + " UNION ".join("{ ?s ?p ?o }" for _ in range(long)) + " }"
        yield "SELECT * { ?s ?p ?o " + "MINUS { ?s ?p 1 } " * long + "}"
        yield "SELECT * { " + " ".join(f"BIND({number} AS ?b{number})" for number in range(long)) + " }"
        yield "SELECT * { ?s " + "/".join(LINK for _ in range(long)) + " ?o }"
        yield "SELECT * { ?s " + "|".join(LINK for _ in range(long)) + " ?o }"
        yield "SELECT * { ?s ?p ?o FILTER(?o IN (" + ", ".join(map(str, range(long))) + ")) }"
    for joins in (20, JOIN_LIMIT - 2, JOIN_LIMIT * 5):
        yield "SELECT * { " + " ".join(f"?a{number} {LINK} ?a{number + 1} ." for number in range(joins)) + " }"
        yield "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{n} {LINK} ?b{n} ." for n in range(joins)) + " }"


def _products() -> Iterator[str]:
    for width in (3, 4, 5, 6):
        patterns = " . ".join(f"?a{number} ?b{number} ?c{number}" for number in range(width))
        yield f"SELECT * {{ {patterns} }}"
        yield f"SELECT (COUNT(*) AS ?n) {{ {patterns} }}"
        yield f"SELECT (COUNT(DISTINCT ?c0) AS ?n) {{ {patterns} }}"
        yield f"ASK {{ {patterns} FILTER(?a0 = ?c1 && ?a1 = ?c2 && ?a2 = 7) }}"
        yield f"SELECT * {{ {patterns} }} ORDER BY DESC(?c0) ?c1"
        yield f"CONSTRUCT {{ ?a0 ?b1 ?c2 }} {{ {patterns} }}"
        yield f"SELECT (MAX(?c0) AS ?m) {{ {patterns} }} GROUP BY ?a1 ?a2 HAVING(COUNT(*) > 3)"
        yield f"SELECT * {{ {patterns} }} OFFSET 999999999"


def _paths() -> Iterator[str]:
    for step in (f"{LINK}*", f"{LINK}+", f"({LINK}|^{LINK})*", "(!<urn:x>)*", "(!<urn:x>|!^<urn:x>)+"):
        yield f"SELECT * {{ ?s {step} ?o }}"
        yield f"SELECT (COUNT(*) AS ?n) {{ ?s {step} ?o . ?o {step} ?x }}"
        yield f"SELECT (COUNT(*) AS ?n) {{ ?s {step} ?o . ?o {step} ?x . ?x {step} ?y . ?y {step} ?s }}"
        yield f"ASK {{ ?s {step}/{step}/{step} <urn:nowhere> }}"


def _texts() -> Iterator[str]:
    text = "<https://example.org/x/text>"
    for pattern in ("^(a+)+$", "(a|a)*b", "(.*)(.*)(.*)(.*)x", "(a{1,1000}){1,1000}", "\\\\p{L}{1,500}" * 8):
        yield f'SELECT * {{ ?s {text} ?t . ?x {text} ?u FILTER(REGEX(CONCAT(?t, ?u), "{pattern}")) }}'
        yield f'SELECT (REPLACE(?t, "{pattern}", "$0$0$0$0$0$0$0$0") AS ?r) {{ ?s {text} ?t . ?x {text} ?u }}'
    grown = "?t"
    for _ in range(18):
        grown = f"CONCAT({grown}, {grown})" if len(grown) < 9_000 else grown
    yield f"SELECT ({grown} AS ?g) {{ ?s {text} ?t }}"
    doubled = "BIND(?t AS ?t0) " + " ".join(f"BIND(CONCAT(?t{n}, ?t{n}) AS ?t{n + 1})" for n in range(40))
    yield f"SELECT (STRLEN(?t40) AS ?n) {{ ?s {text} ?t {doubled} }}"
    yield f"SELECT (SHA512(CONCAT(?t, ?u, ?v)) AS ?h) {{ ?s {text} ?t . ?x {text} ?u . ?y {text} ?v }}"
    yield f'SELECT (ENCODE_FOR_URI(REPLACE(?t, "", "{"%" * 4000}")) AS ?e) {{ ?s {text} ?t . ?x {text} ?u }}'


def _memory() -> Iterator[str]:
    pair = "?a ?b ?c . ?d ?e ?f"
    yield f"SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?c), STR(?d), STR(?f)); SEPARATOR='') AS ?g) {{ {pair} }}"
    yield f"SELECT * {{ {pair} }} ORDER BY RAND()"
    yield f"SELECT DISTINCT * {{ {pair} }}"
    yield f"SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?d))) AS ?n) {{ {pair} }}"
    yield f"SELECT (SAMPLE(?a) AS ?s) {{ {pair} }} GROUP BY (CONCAT(STR(?a), STR(?d), STR(?f)))"
    yield f"SELECT * {{ {pair} MINUS {{ ?a ?x ?y . ?d ?z ?w }} }}"
    yield f"DESCRIBE ?a ?d {{ {pair} }}"
    yield "SELECT (UUID() AS ?u) { ?a ?b ?c . ?d ?e ?f } ORDER BY ?u"


def _sizes() -> Iterator[str]:
    for sign in ("a", " ", "#", "\n", "<", '"', "'", "\\", "?", ".", ";", "{", "\u202e", "\U0001f4a5", "\x00"):
        yield sign * (SIZE_LIMIT // len(sign.encode()))
        yield "SELECT * { ?s ?p ?o } #" + sign * 4_000
    yield "SELECT * { VALUES ?x { " + " ".join(map(str, range(9_000))) + " } ?s ?p ?o }"
    yield "SELECT * { ?s <urn:" + "x" * 60_000 + "> ?o }"
    yield 'SELECT * { ?s ?p "' + "x" * 60_000 + '" }'
    yield "SELECT " + " ".join(f"?v{number}" for number in range(6_000)) + " { ?s ?p ?o }"
    yield "SELECT * { ?s ?p ?o } LIMIT 99999999999999999999999999"
    yield "SELECT * { ?s ?p ?o } LIMIT 9223372036854775807 OFFSET 9223372036854775807"
    yield "SELECT * { ?s ?p ?o } OFFSET -1"
    yield "PREFIX " + "p" * 60_000 + ": <urn:x> ASK { }"
    yield "".join(f"PREFIX p{number}: <urn:{number}> " for number in range(2_500)) + "ASK { }"


def services(canary: str) -> Iterator[str]:
    """SERVICE in every spelling that a parser may take for it."""
    inside = "{ ?a ?b ?c }"
    yield f"SELECT * {{ SERVICE <{canary}/> {inside} }}"
    yield f"SELECT * {{ SERVICE SILENT <{canary}/> {inside} }}"
    yield f"SELECT * {{ SeRvIcE <{canary}/> {inside} }}"
    yield f"SELECT * {{ SERVICE#here\n<{canary}/> {inside} }}"
    yield f"SELECT * {{ SERVICE\u0009<{canary}/>{inside} }}"
    yield f"SELECT * {{ SERVICE<{canary}/>{inside} }}"
    yield f"SELECT * {{ SERVICESILENT<{canary}/>{inside} }}"
    yield f"SELECT * {{ \\u0053ERVICE <{canary}/> {inside} }}"
    yield f"PREFIX x: <{canary}/> SELECT * {{ SERVICE x:y {inside} }}"
    yield f"PREFIX x: <{canary}/> SELECT * {{ SERVICEx:y {inside} }}"
    yield f"PREFIX service: <{canary}/> SELECT * {{ SERVICE service: {inside} }}"
    yield f"BASE <{canary}/> SELECT * {{ SERVICE <y> {inside} }}"
    yield f"SELECT * {{ VALUES ?x {{ <{canary}/> }} SERVICE ?x {inside} }}"
    yield f"SELECT * {{ BIND(IRI('{canary}/') AS ?x) SERVICE ?x {inside} }}"
    yield f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{canary}/> {inside} }} }}"
    yield f"SELECT * {{ ?s ?p ?o MINUS {{ SERVICE <{canary}/> {inside} }} }}"
    yield f"SELECT * {{ OPTIONAL {{ SERVICE <{canary}/> {inside} }} }}"
    yield f"SELECT * {{ {{ SELECT * {{ SERVICE <{canary}/> {inside} }} }} }}"
    yield f"SELECT * {{ GRAPH ?g {{ SERVICE <{canary}/> {inside} }} }}"
    yield f"ASK {{ SERVICE <{canary}/> {inside} }}"
    yield f"CONSTRUCT {{ ?a ?b ?c }} {{ SERVICE <{canary}/> {inside} }}"
    yield f"DESCRIBE ?a {{ SERVICE <{canary}/> {inside} }}"
    yield f"SELECT * {{ SERVICE <{canary}/> {{ SERVICE <{canary}/> {inside} }} }}"
    yield f"SELECT * {{ SERVICE <{canary.replace('http://', 'HTTP://')}/> {inside} }}"
    yield f"SELECT * {{ SERVICE <{canary}/%2e%2e/> {inside} }}"
    yield f"SELECT * {{ SERVICE <{canary.replace('http://', 'http://a@')}/> {inside} }}"
    yield "SELECT * { SERVICE <file:///etc/passwd> { ?a ?b ?c } }"


def calls_home(port: int, hosts: Iterable[str] = LOOPBACK) -> Iterator[str]:
    """SERVICE at a port of this machine, by each of its names."""
    for host in hosts:
        yield f"SELECT * {{ SERVICE <http://{host}:{port}/sparql> {{ ?a ?b ?c }} }}"
        yield f"ASK {{ FILTER EXISTS {{ SeRvIcE SILENT#\n<http://{host}:{port}/> {{ ?a ?b ?c }} }} }}"


def _fetches(canary: str) -> Iterator[str]:
    for iri in (f"{canary}/graph.ttl", "file:///etc/passwd", f"{canary}/a b", "ftp://127.0.0.2/x"):
        yield f"SELECT * FROM <{iri}> {{ ?s ?p ?o }}"  # noqa: S608 - SPARQL, and hostile on purpose
        yield f"SELECT * FROM NAMED <{iri}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"  # noqa: S608 - the same
        yield f"SELECT * {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}"


def _updates(canary: str) -> Iterator[str]:
    yield f"LOAD <{canary}/graph.ttl>"
    yield "LOAD <file:///etc/passwd> INTO GRAPH <urn:g>"
    yield "CLEAR ALL"
    yield "DROP SILENT ALL"
    yield "INSERT DATA { <urn:a> <urn:b> <urn:c> }"
    yield "DELETE WHERE { ?s ?p ?o }"
    yield "SELECT * { ?s ?p ?o } ; CLEAR ALL"
    yield f"INSERT {{ ?a ?b ?c }} WHERE {{ SERVICE <{canary}/> {{ ?a ?b ?c }} }}"
    yield "CREATE GRAPH <urn:g>"
    yield "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }"


def _syntax() -> Iterator[str]:
    yield ""
    yield "SELECT"
    yield "SELECT * { ?s ?p 'never closed }"
    yield 'SELECT * { ?s ?p """never closed }'
    yield "SELECT * { ?s ?p <never closed }"
    yield "SELECT * { ?s ?p ?o } } }"
    yield "SELECT * { ?s ?p \ud7ff ?o }"
    yield "SELECT * { ?s ?p '\\uD800' }"
    yield "SELECT * { ?s ?p '\\UFFFFFFFF' }"
    yield "SELECT \x00 * { ?s ?p ?o }"
    yield "\ufeffSELECT * { ?s ?p ?o } LIMIT 1"
    yield "SELECT * { ?s ?p ?o FILTER(<urn:function>(?o)) }"
    yield "SELECT * { << ?s ?p ?o >> ?q ?r }"
    yield "SELECT * WHERE { ?s ?p ?o } VALUES ?s { " + "UNDEF " * 3_000 + "}"
