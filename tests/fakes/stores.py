"""The stand-ins: what each store takes, and what it refuses, as its documentation or its source says."""

from __future__ import annotations

import json
from collections.abc import Callable

import pyoxigraph

from fakes.answers import QUERY, UPDATE, Refused, dataset, graph, methods, read, rows, text, write
from fakes.engine import DEFAULT, FORMATS, Engine
from fakes.guards import TOKEN
from fakes.server import FORM, Asked, Given

Front = Callable[[Engine, Asked], Given]

UNION_OF_JENA = "urn:x-arq:UnionGraph"
UNION_OF_STARDOG = "tag:stardog:api:context:all"
FORM_LIMIT_OF_BLAZEGRAPH = 10_485_760
BODY_LIMIT_OF_QLEVER = 100_000_000
_PAGE_OF_BLAZEGRAPH = (
    b"<html><head><title>blazegraph</title></head><body><p>totalElapsed=8ms, elapsed=4ms, connFlush=0ms</p>"
    b"<hr><p>COMMIT: totalElapsed=15ms, commitTime=1651761749071, mutationCount=1</p></html>"
)


def fuseki(engine: Engine, asked: Asked) -> Given:
    """Apache Jena Fuseki with the dataset /ds, not configured with unionDefaultGraph.

    The services are named ones alone (jena.apache.org/documentation/fuseki2/fuseki-config-endpoint): anything else is
    404. The default graph is what stands in no graph (documentation/tdb/datasets.html); a request with
    ``default-graph-uri`` has that dataset and no named graph (DynamicDatasets.java).
    """
    match asked.path:
        case "/ds/sparql" | "/ds/query":
            methods(asked, "GET", "POST", "OPTIONS")
            # SPARQLQueryProcessor.validate: a GET without any parameter is answered with 404.
            if asked.method == "GET" and not asked.query:
                raise Refused(404, f"Service Description: {asked.path}")
            query, fields = text(asked, "query", QUERY)
            default, named = dataset(fields)
            if default == [UNION_OF_JENA]:
                default = engine.names()
            return rows(engine, query, default, named)
        case "/ds/update":
            methods(asked, "POST", "OPTIONS")
            engine.update(text(asked, "update", UPDATE)[0])
            return Given(204)
        case "/ds/data":
            return _fuseki_graphs(engine, asked)
        case "/ds/get":
            methods(asked, "GET", "HEAD", "OPTIONS")
            return _fuseki_graphs(engine, asked)
    raise Refused(404, f"Not found: {asked.path}")


def _fuseki_graphs(engine: Engine, asked: Asked) -> Given:
    methods(asked, "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST")  # GSP_RW.doOptions
    target = graph(asked)
    if asked.method in ("PUT", "POST"):
        # GSP_RW.doPutPostGSP and Upload.incomingData: both are 400, and a format that is not known too.
        if not asked.kind:
            raise Refused(400, "No Content-Type:")
        if asked.kind not in FORMATS:
            raise Refused(400, f"Unknown content type for triples: {asked.kind}")
        if target is None:
            if asked.method == "PUT":
                # GSP_RW.quadsPutPostTxn: a PUT that names no graph is one of the dataset, which is cleared first.
                engine.clear()
            target = DEFAULT
        before = write(asked, engine, target, replace=asked.method == "PUT")
        count = asked.body.count(b"\n")
        body = json.dumps({"count": count, "tripleCount": count, "quadCount": 0}).encode()
        return Given(200 if before else 201, body, "application/json;charset=utf-8")  # ServletOps.uploadResponse
    if asked.method == "DELETE" and target is None:
        raise Refused(405, "DELETE")  # GSP_RW.execDeleteQuads
    if target is None or not engine.holds(target):
        # GSP_RW.execDeleteGSP and GSP_R: a graph without triples is no graph.
        raise Refused(404, f"No such graph: {target}")
    if asked.method == "DELETE":
        engine.remove(target)
        return Given(204)
    return read(asked, engine, target)


def rdf4j(engine: Engine, asked: Asked) -> Given:
    """RDF4J Server with the repository /rdf4j-server/repositories/news."""
    return _repository(engine, asked, "/rdf4j-server")


def graphdb(engine: Engine, asked: Asked) -> Given:
    """GraphDB with the repository /repositories/news: RDF4J's protocol without a path before it."""
    return _repository(engine, asked, "")


def _repository(engine: Engine, asked: Asked, start: str) -> Given:
    """The REST API of RDF4J (rdf4j.org/documentation/reference/rest-api): the union is the default graph.

    RepositoryController, StatementsController and GraphController in tools/server-spring tell the methods and errors.
    """
    if asked.path == f"{start}/protocol":
        methods(asked, "GET")
        return Given(200, b"12")
    repository = f"{start}/repositories/news"
    match asked.path.removeprefix(repository) if asked.path.startswith(repository) else None:
        case "":
            methods(asked, "GET", "POST", "HEAD", "DELETE", "PUT")
            if asked.method in ("PUT", "DELETE"):
                raise Refused(500, "the repository itself would be made or removed")
            # rdf4j#407: an update at the address of the repository is refused, whatever SPARQL's protocol allows.
            if asked.kind == UPDATE or any(key == "update" for key, _ in asked.form):
                raise Refused(415, f"Unsupported MIME type: {asked.kind}")
            query, fields = text(asked, "query", QUERY)
            return rows(engine, query, *dataset(fields))
        case "/statements":
            methods(asked, "GET", "POST", "HEAD", "PUT", "DELETE")
            if asked.method != "POST":
                raise Refused(500, "all statements of the repository")
            engine.update(text(asked, "update", UPDATE)[0])
            return Given(204)  # EmptySuccessView
        case "/rdf-graphs/service":
            return _repository_graphs(engine, asked)
    raise Refused(404, f"Unknown repository: {asked.path}")


def _repository_graphs(engine: Engine, asked: Asked) -> Given:
    methods(asked, "GET", "HEAD", "POST", "PUT", "DELETE")
    target = graph(asked)
    if target is None:
        raise Refused(400, "Named or default graph expected for indirect reference request.")
    if asked.method in ("PUT", "POST"):
        write(asked, engine, target, replace=asked.method == "PUT")
        return Given(204)
    if asked.method == "DELETE":
        engine.remove(target)  # one that is not there too
        return Given(204)
    return read(asked, engine, target)  # the same


def qlever(engine: Engine, asked: Asked) -> Given:
    """QLever: everything at /, writing with the access token (SPARQLProtocol.cpp, ParsedRequestBuilder.cpp).

    The default graph of a query is the union (qlever#1776). GSP PUT and DELETE as of pull requests 2117 and 2532.
    """
    if asked.path == "/ping":
        return Given(200, b"This QLever server is up and running\n")
    if asked.path != "/":
        raise Refused(404, "Unknown path")
    # qlever#1762: `request-body-limit`, 100 MB by default; a server of before that said nothing and closed.
    if len(asked.body) > BODY_LIMIT_OF_QLEVER:
        raise Refused(413, "Request body size exceeds the allowed size")
    authorization = asked.headers.get("authorization", "")
    # determineAccessToken: any other scheme is an error, for a query too.
    if authorization and not authorization.startswith("Bearer "):
        raise Refused(400, 'Authorization header doesn\'t start with "Bearer ".')
    if authorization and authorization != f"Bearer {TOKEN}":
        raise Refused(403, "Access token was provided but it was invalid")
    names_graph = any(key in ("graph", "default") for key, _ in asked.query)
    if asked.method == "POST" and asked.kind == FORM and asked.query:
        raise Refused(400, "URL-encoded POST requests must not contain query parameters in the URL.")
    if asked.method in ("GET", "POST") and not names_graph:
        return _qlever_sparql(engine, asked, authorization)
    return _qlever_graph(engine, asked, authorization)


def _qlever_sparql(engine: Engine, asked: Asked, authorization: str) -> Given:
    if asked.method == "GET" and any(key == "update" for key, _ in asked.query):
        raise Refused(400, "SPARQL Update is not allowed as GET request.")
    if asked.kind == UPDATE or any(key == "update" for key, _ in asked.form):
        _qlever_writes(authorization)
        engine.update(text(asked, "update", UPDATE)[0])
        return Given(200, b'{"operations": []}', "application/json")
    query, fields = text(asked, "query", QUERY)
    return rows(engine, query, *dataset(fields))


def _qlever_writes(authorization: str) -> None:
    if not authorization:
        raise Refused(403, "SPARQL Update was called without access token")


def _qlever_graph(engine: Engine, asked: Asked, authorization: str) -> Given:
    if asked.method not in ("GET", "POST", "PUT", "DELETE", "HEAD"):
        raise Refused(400, f'Request method "{asked.method}" not supported')
    target = graph(asked)
    if target is None:
        raise Refused(400, 'missing query parameters "graph" or "default" in request')
    if asked.method in ("GET", "HEAD"):
        return read(asked, engine, target)
    _qlever_writes(authorization)
    if asked.method == "DELETE":
        if not engine.holds(target):
            raise Refused(404, "the graph does not exist")
        engine.remove(target)
        return Given(200, b'{"operations": []}', "application/json")
    if not asked.kind:
        raise Refused(400, "Mediatype empty or not set.")
    if asked.kind not in ("text/turtle", "application/n-triples"):
        raise Refused(415, f'Mediatype "{asked.kind}" is not supported for SPARQL Graph Store HTTP Protocol in QLever.')
    before = write(asked, engine, target, replace=asked.method == "PUT")
    return Given(200 if before or asked.method == "POST" else 201, b'{"operations": []}', "application/json")


def blazegraph(engine: Engine, asked: Asked) -> Given:
    """Blazegraph with the namespace of quads /blazegraph/namespace/news, and no Graph Store Protocol.

    blazegraph#236: DELETE and PUT have meanings of their own (RESTServlet.java); khabar must send neither. An update
    is answered with a page (BigdataRDFContext.SparqlUpdateResponseWriter). The union is the default graph.
    """
    if asked.path != "/blazegraph/namespace/news/sparql":
        raise Refused(404, f"Not found: {asked.path}")
    if asked.method == "GET" and not asked.query:
        described = (
            '<rdf:RDF xmlns:KB="http://www.bigdata.com/rdf#/features/KB/"><KB:Namespace>news</KB:Namespace></rdf:RDF>'
        )
        return Given(200, described.encode(), "application/rdf+xml")
    if asked.method == "DELETE":
        engine.clear()  # DELETE with an access path that binds nothing
        return Given(200, b'<data modified="0"/>', "application/xml")
    methods(asked, "GET", "POST")
    # blazegraph#65: Jetty's limit of a form.
    if asked.kind == FORM and len(asked.body) > FORM_LIMIT_OF_BLAZEGRAPH:
        raise Refused(500, f"IllegalStateException: Form too large: {len(asked.body)} > {FORM_LIMIT_OF_BLAZEGRAPH}")
    if asked.kind == UPDATE or any(key == "update" for key, _ in asked.form):
        engine.update(text(asked, "update", UPDATE)[0])
        return Given(200, _PAGE_OF_BLAZEGRAPH, "text/html;charset=UTF-8")
    if asked.method == "POST" and asked.kind in FORMATS:
        # InsertServlet: a document is added; with `context-uri` to that graph.
        iri = asked.value("context-uri")
        write(asked, engine, pyoxigraph.NamedNode(iri) if iri else DEFAULT, replace=False)
        return Given(200, b'<data modified="1"/>', "application/xml")
    query, fields = text(asked, "query", QUERY)
    return rows(engine, query, *dataset(fields))


def stardog(engine: Engine, asked: Asked) -> Given:
    """Stardog with the database /news, without query.all.graphs: the default graph is what stands in no graph.

    Paths and status as in its OpenAPI description; the special graph of all is docs.stardog.com/query-stardog. That a
    graph which is not there is read as an empty one is a guess: no page tells.
    """
    match asked.path:
        case "/news/query":
            methods(asked, "GET", "POST")
            query, fields = text(asked, "query", QUERY)
            default, named = dataset(fields)
            if default == [UNION_OF_STARDOG]:
                default = engine.names()
            return rows(engine, query, default, named)
        case "/news/update":
            methods(asked, "POST")
            engine.update(text(asked, "update", UPDATE)[0])
            return Given(200)
        case "/news":
            methods(asked, "GET", "HEAD", "PUT", "POST", "DELETE")
            target = graph(asked)
            if target is None:
                raise Refused(400, "Exactly one of 'graph' and 'default' is needed")
            if asked.method in ("PUT", "POST"):
                before = write(asked, engine, target, replace=asked.method == "PUT")
                return Given(200 if before or asked.method == "POST" else 201)
            if asked.method == "DELETE":
                engine.remove(target)
                return Given(200)
            return read(asked, engine, target)
    body = {"message": f"Database '{asked.path.split('/')[1]}' does not exist.", "code": "0D0DU2"}
    return Given(404, json.dumps(body).encode(), "application/json")


def generic(engine: Engine, asked: Asked) -> Given:
    """An endpoint for queries and updates at one address, by the SPARQL 1.1 Protocol, section 2, and no more."""
    if asked.path != "/sparql":
        raise Refused(404, f"Not found: {asked.path}")
    methods(asked, "GET", "POST")
    if asked.kind == UPDATE or any(key == "update" for key, _ in asked.form):
        engine.update(text(asked, "update", UPDATE)[0])
        return Given(204)
    query, fields = text(asked, "query", QUERY)
    return rows(engine, query, *dataset(fields))
