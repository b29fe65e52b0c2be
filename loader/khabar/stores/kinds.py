"""Every kind of triple store that khabar knows, one row each: its addresses, its limits, its ways."""

from __future__ import annotations

from typing import Final

import msgspec

from khabar.stores.encoding import numbers_and_dates
from khabar.stores.rewrites import VIRTUOSO
from khabar.stores.store import Rewrite


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of triple store.

    ``query``, ``update`` and ``graphs`` are appended to the base address, which is the one that the store's own
    documentation gives; they may hold a ``?``. An empty ``graphs`` says that the store has no Graph Store Protocol.
    """

    name: str
    title: str
    example: str
    """A base address as the store's documentation writes it."""
    query: str
    update: str
    graphs: str
    aliases: tuple[str, ...] = ()
    """Other ends of an address that this store answers at; they are taken off a base address as the three above are."""
    graph_parameter: str = "graph"
    """The parameter of the Graph Store Protocol that names the graph."""
    union: str
    """What the default graph of a query is, and what makes it the union of all graphs: a sentence."""
    query_parameters: tuple[tuple[str, str], ...] = ()
    """What makes the union of all graphs the default graph of a query."""
    hides_graphs: bool = False
    """Whether ``query_parameters`` leave no named graph to GRAPH, as the SPARQL 1.1 Protocol, section 2.1.4, has it."""
    preamble: str = ""
    """What stands before a query that has VALUES, in the store's own language."""
    authentication: tuple[str, ...]
    """Of ``basic``, ``digest`` and ``bearer``."""
    media_type: str = "application/n-triples"
    """What documents are sent as."""
    request_limit: int | None
    """Bytes that a request may have, by default or by documentation; None where nobody says."""
    row_limit: int | None = None
    """Rows that a SELECT, and triples that a graph read whole, give at most; the rest is left out without a word."""
    update_limit: int
    """Triples in one INSERT DATA."""
    connections: int | None = None
    """Requests of one load at a time, where more would wait for one another; None where they need not."""
    atomic: bool
    """Whether readers see a PUT, or an update, as a whole."""
    page: str = ""
    """Words by which a page of HTML tells that an update was done; a page without them, or where there are none, is no
    answer of the store."""
    rewrites: tuple[Rewrite, ...] = ()
    """What the store is known to change in a document."""
    quirks: tuple[str, ...] = ()
    """Sentences for the documentation."""
    source: tuple[str, ...] = ()
    """Where all this is documented."""


_JENA: Final = (
    "https://github.com/apache/jena/blob/main/jena-fuseki2/jena-fuseki-core/src/main/java/org/apache/jena/fuseki"
)
_RDF4J_SOURCE: Final = "https://github.com/eclipse-rdf4j/rdf4j/blob/main/tools/server-spring/src/main/java/org/eclipse/rdf4j/http/server/repository"
_ISSUES: Final = "https://github.com/{}/issues/{}".format

_OXIGRAPH: Final = Profile(
    name="oxigraph",
    title="Oxigraph",
    example="http://localhost:7878",
    query="/query",
    update="/update",
    graphs="/store",
    aliases=("/sparql",),
    union="Not the union; the parameter `union-default-graph` makes it so for one query.",
    query_parameters=(("union-default-graph", ""),),
    authentication=("basic", "bearer"),
    request_limit=None,
    update_limit=10_000,
    atomic=True,
    rewrites=(numbers_and_dates,),
    quirks=(
        "`oxigraph serve` knows no users: credentials are for a proxy before it.",
        "A POST to /store that names no graph makes a graph with a random name; khabar always names it.",
        "A query or an update may have 128 MiB, or the answer is 400; a term of a document 16 MiB.",
        "With `--timeout-s` an answer can break off under status 200; khabar takes that for a failure.",
        "Other spellings of numbers and times come back in their canonical one.",
    ),
    source=(
        "https://github.com/oxigraph/oxigraph/tree/main/cli",
        _ISSUES("oxigraph/oxigraph", 92),
        _ISSUES("oxigraph/oxigraph", 290),
        _ISSUES("oxigraph/oxigraph", 892),
        "tried with 0.5.13",
    ),
)
_VIRTUOSO: Final = Profile(
    name="virtuoso",
    title="OpenLink Virtuoso",
    example="http://localhost:8890",
    query="/sparql",
    update="/sparql-auth",
    graphs="/sparql-graph-crud-auth",
    aliases=("/sparql-graph-crud",),
    graph_parameter="graph-uri",
    union="The union, Virtuoso's own graphs among them.",
    preamble='DEFINE sql:select-option "ORDER" ',
    authentication=("digest",),
    request_limit=None,
    row_limit=10_000,
    update_limit=1_000,
    connections=1,
    atomic=False,
    rewrites=VIRTUOSO,
    quirks=(
        "The user needs the role SPARQL_UPDATE; a name and password as basic authentication are refused with 401.",
        "`ResultSetMaxRows` (10,000 in the usual virtuoso.ini) cuts the rows of a SELECT; khabar refuses those.",
        "It also cuts a graph that is read by the Graph Store Protocol; khabar reads larger ones in parts.",
        "INSERT DATA of some 5,000 triples fails: SP030, memory exhausted, or SP031, 10,000 lines of SQL.",
        "A whole document by the Graph Store Protocol does not.",
        "A literal of more than 64 kB is refused with 500, of an unsupported type; one of more than 10 MB in any way.",
        "An IRI of more than 1,880 characters is cut; the load is not proved.",
        "Its parser takes relative IRIs and bytes that are not UTF-8; khabar sends neither.",
        "A document with an error of syntax is refused with 500, and the graph stays as it was.",
        "A query sent as application/sparql-query is never answered; khabar sends queries as forms.",
        'A query with VALUES is sent with `DEFINE sql:select-option "ORDER"`: left to order its patterns, it may hang.',
        "Truth values come as 1 and 0; where a query says `xsd:boolean(...)`, khabar gives them as true and false.",
        "Writers at a time wait for each other, and one of them is refused with 500, SR172: khabar writes one by one.",
        "A PUT that names no graph answers 200 with a form and stores nothing.",
        "A PUT whose body comes in chunks answers 201 and stores nothing; khabar says the length of each.",
        "A graph that was emptied is no graph: reading it gives 404.",
        "Its pages write the parameter as `graph` and as `graph-uri`; 7.2.5 takes both.",
        "Version 8 could not be tried; what its documentation says of these addresses is the same.",
        "Whether a reader can see half of a PUT is not documented.",
    ),
    source=(
        "https://vos.openlinksw.com/owiki/wiki/VOS/VirtGraphUpdateProtocol",
        "https://vos.openlinksw.com/owiki/wiki/VOS/VirtGraphProtocolCURLExamples",
        _ISSUES("openlink/virtuoso-opensource", 581),
        _ISSUES("openlink/virtuoso-opensource", 635),
        _ISSUES("openlink/virtuoso-opensource", 934),
        "tried with 7.2.5",
    ),
)
_FUSEKI: Final = Profile(
    name="fuseki",
    title="Apache Jena Fuseki",
    example="http://localhost:3030/DATASET",
    query="/sparql",
    update="/update",
    graphs="/data",
    aliases=("/query", "/get"),
    union="Not the union, unless the dataset is configured with `tdb2:unionDefaultGraph true`; the parameter "
    "`default-graph-uri=urn:x-arq:UnionGraph` makes it so for one query.",
    query_parameters=(("default-graph-uri", "urn:x-arq:UnionGraph"),),
    hides_graphs=True,
    authentication=("basic", "digest", "bearer"),
    request_limit=None,
    update_limit=10_000,
    atomic=True,
    quirks=(
        "With `default-graph-uri` no named graph is left to GRAPH: khabar sends a query that says GRAPH without it.",
        "The names of the services are the configuration's; these are the usual ones. `/get` can only be read.",
        "A PUT to the graphs that names none replaces the whole dataset; khabar always names one.",
        "A document without Content-Type is refused with 400.",
        "A graph that is not there gives 404, when it is read and when it is removed.",
        "Forms are limited (Fuseki Main 5.3.0): updates go as application/sparql-update.",
        "Atomic where the dataset is transactional, as TDB2 and the one in memory are.",
        "What a request may hold is not documented.",
    ),
    source=(
        "https://jena.apache.org/documentation/fuseki2/fuseki-config-endpoint",
        "https://jena.apache.org/documentation/tdb/dynamic_datasets.html",
        "https://jena.apache.org/documentation/tdb/datasets.html",
        f"{_JENA}/servlets/GSP_RW.java",
        "https://github.com/apache/jena/tree/main/jena-fuseki2/jena-fuseki-main/src/main/java/org/apache/jena/fuseki/main/auth",
        "https://github.com/apache/jena/blob/main/jena-arq/src/main/java/org/apache/jena/sparql/core/DynamicDatasets.java",
        _ISSUES("apache/jena", 3110),
    ),
)
_RDF4J: Final = Profile(
    name="rdf4j",
    title="Eclipse RDF4J Server",
    example="http://localhost:8080/rdf4j-server/repositories/ID",
    query="",
    update="/statements",
    graphs="/rdf-graphs/service",
    union="The union, and what stands in no graph.",
    authentication=("basic", "digest"),
    request_limit=None,
    update_limit=10_000,
    atomic=True,
    quirks=(
        "It knows no users of its own: the servlet container asks for credentials.",
        "An update is taken at /statements alone; at the repository itself it is refused with 415.",
        "A graph that is not there is read as an empty one, and removed with success.",
        "A request to the graphs that names none is refused with 400.",
        "What a request may hold is the servlet container's affair; for forms Tomcat's limit is small.",
        "A repository with inference gives inferred triples too.",
    ),
    source=(
        "https://rdf4j.org/documentation/reference/rest-api/",
        f"{_RDF4J_SOURCE}/graph/GraphController.java",
        f"{_RDF4J_SOURCE}/statements/StatementsController.java",
        _ISSUES("eclipse-rdf4j/rdf4j", 2401),
        _ISSUES("eclipse-rdf4j/rdf4j", 498),
        _ISSUES("eclipse-rdf4j/rdf4j", 407),
        _ISSUES("eclipse-rdf4j/rdf4j", 73),
    ),
)
_GRAPHDB: Final = Profile(
    name="graphdb",
    title="Ontotext GraphDB",
    example="http://localhost:7200/repositories/ID",
    query="",
    update="/statements",
    graphs="/rdf-graphs/service",
    union="The union, and what stands in no graph.",
    authentication=("basic",),
    request_limit=None,
    update_limit=10_000,
    atomic=True,
    quirks=(
        "The protocol is RDF4J's, and so is the default graph.",
        "Without access control in force credentials are not asked for.",
        "A token goes as `Bearer`; GraphDB's own goes as `GDB`, which khabar does not speak.",
        "Make the repository with the ruleset `empty`, or queries give inferred triples too.",
        "What a request may hold is not documented.",
    ),
    source=(
        "https://hexdocs.pm/gno/Gno.Store.Adapters.GraphDB.html",
        "https://github.com/Ontotext-AD/graphdb.js",
        _ISSUES("Ontotext-AD/graphdb.js", 103),
        _ISSUES("LiUSemWeb/HeFQUIN", 698),
        "https://rdf4j.org/documentation/reference/rest-api/",
    ),
)
_QLEVER: Final = Profile(
    name="qlever",
    title="QLever",
    example="http://localhost:7001",
    query="/",
    update="/",
    graphs="/",
    union="The union, and what stands in no graph.",
    authentication=("bearer",),
    request_limit=100_000_000,
    update_limit=1_000,
    atomic=False,
    quirks=(
        "Whatever writes needs the access token that the server was started with.",
        "Another kind of Authorization is an error, on a query too.",
        "PUT and DELETE of graphs are there since June 2025 (pull request 2117), before that only GET and POST.",
        "A request may have 100 MB unless `request-body-limit` says otherwise.",
        "A query or update sent as a form may have no parameters in its address.",
        "INSERT DATA is slow and its parser recursive; documents are read by another parser.",
        "A reader may see a graph half replaced or half moved (pull request 2076).",
        "What it makes of numbers and dates in other spellings could not be tried.",
    ),
    source=(
        "https://github.com/ad-freiburg/qlever/blob/master/src/engine/SPARQLProtocol.cpp",
        _ISSUES("zazuko/vscode-sparql-notebook", 92),
        _ISSUES("ad-freiburg/qlever", 1756),
        _ISSUES("ad-freiburg/qlever", 1762),
        _ISSUES("ad-freiburg/qlever", 1776),
        _ISSUES("ad-freiburg/qlever", 2076),
        _ISSUES("ad-freiburg/qlever", 2117),
        _ISSUES("ad-freiburg/qlever", 2532),
    ),
)
_BLAZEGRAPH: Final = Profile(
    name="blazegraph",
    title="Blazegraph",
    example="http://localhost:9999/blazegraph/namespace/NAMESPACE",
    query="/sparql",
    update="/sparql",
    graphs="",
    union="The union, in a namespace of quads.",
    authentication=("basic",),
    request_limit=10_485_760,
    update_limit=1_000,
    atomic=False,
    page="COMMIT: totalElapsed=",
    quirks=(
        "No Graph Store Protocol: PUT and DELETE mean something else there. Graphs are replaced by SPARQL Update.",
        "The namespace must be one of quads; the one that comes with the server holds triples.",
        "That the default graph is the union is not in the pages that were found; khabar tells when it is not.",
        "It knows no users of its own: the servlet container asks for credentials.",
        "A form may have 10 MiB; khabar holds every request to that.",
        "The answer to an update is a page of HTML; that it was done is told in it by `COMMIT:`.",
        "An update of very many operations overflows the parser's stack.",
        "Whether readers see an update of several operations as a whole is not documented.",
    ),
    source=(
        "https://github.com/blazegraph/database/wiki/REST_API",
        "https://github.com/blazegraph/database/blob/master/bigdata-core/bigdata-sails/src/java/com/bigdata/rdf/sail/webapp/RESTServlet.java",
        "https://github.com/blazegraph/database/blob/master/bigdata-core/bigdata-sails/src/java/com/bigdata/rdf/sail/webapp/BigdataRDFContext.java",
        _ISSUES("blazegraph/database", 236),
        _ISSUES("blazegraph/database", 65),
        _ISSUES("blazegraph/database", 194),
    ),
)
_STARDOG: Final = Profile(
    name="stardog",
    title="Stardog",
    example="http://localhost:5820/DATABASE",
    query="/query",
    update="/update",
    graphs="?",
    union="Not the union, unless the database has `query.all.graphs`; the parameter "
    "`default-graph-uri=tag:stardog:api:context:all` makes it so for one query.",
    query_parameters=(("default-graph-uri", "tag:stardog:api:context:all"),),
    hides_graphs=True,
    authentication=("basic",),
    request_limit=None,
    update_limit=10_000,
    atomic=False,
    quirks=(
        "With `default-graph-uri` no named graph is left to GRAPH: khabar sends a query that says GRAPH without it.",
        "The graphs are at the address of the database itself.",
        "A literal may have 8 MB, compressed.",
        "Whether a bearer token is taken is not in the documentation that was found; one that is given is sent.",
        "What a request may hold, and whether readers see a PUT as a whole, is not documented.",
        "No header tells that a server is Stardog: name the profile.",
    ),
    source=(
        "https://docs.stardog.com/developing/http-api",
        "https://www.npmjs.com/package/stardog-js",
        "https://docs.stardog.com/query-stardog/",
        "https://docs.stardog.com/archive/7.5.1/additional-resources/known-issues.html",
        "https://github.com/api-evangelist/stardog/blob/main/openapi/stardog-graph-store-protocol-api-openapi.yml",
        _ISSUES("oxigraph/oxigraph", 56),
    ),
)
_GENERIC: Final = Profile(
    name="generic",
    title="Any SPARQL 1.1 endpoint",
    example="http://localhost:8000/sparql",
    query="",
    update="",
    graphs="",
    union="As the endpoint has it; the bundled queries need the union.",
    authentication=("basic", "digest", "bearer"),
    request_limit=None,
    update_limit=1_000,
    atomic=False,
    quirks=(
        "The address is that of the endpoint itself, for queries and for updates, unless others are named.",
        "Graphs are replaced by SPARQL Update unless the address of a Graph Store Protocol is named.",
    ),
    source=("https://www.w3.org/TR/sparql11-protocol/", "https://www.w3.org/TR/sparql11-http-rdf-update/"),
)

KINDS: Final = (_OXIGRAPH, _VIRTUOSO, _FUSEKI, _GRAPHDB, _RDF4J, _QLEVER, _BLAZEGRAPH, _STARDOG, _GENERIC)
"""The rows, best known first."""
