"""The description of the HTTP interface, as OpenAPI 3.1, made from the bundled queries.

https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

from typing import Any, Final

from khabar import __version__
from khabar.evaluation.media import GRAPHS, RESULTS
from khabar.queries.binding import WORDS
from khabar.queries.catalogue import Parameter, Query
from khabar.scalars import LANGUAGE_PATTERN
from khabar.serve.named_queries import PAGE_LIMIT
from khabar.serve.problems import MEDIA_TYPE

_FAULTS: Final = {
    "400": "The request is not what the endpoint takes.",
    "403": "The endpoint does not do this: it only reads, answers have limits, and hosts and origins must be allowed.",
    "404": "There is nothing of this name.",
    "406": "There is no such form of the answer.",
    "408": "The body of the request did not end in time.",
    "413": "The body of the request is too large.",
    "414": "The address is too long.",
    "415": "The body of the request is of a type that is not read.",
    "429": "Too many queries of this client wait already.",
    "503": "The query took too much time or memory, too many others wait, or the store failed.",
}
_IRI: Final = "https?://[a-z0-9]+(?:[.][a-z0-9]+)*/[A-Za-z0-9._/-]*"
_ID: Final = f"[A-Za-z0-9][A-Za-z0-9._-]*|{_IRI}"
"""An id of the corpus, or an IRI; there are IRIs of more forms."""

_PATTERNS: Final = {
    "class": f"[A-Z][A-Za-z0-9]*|{_IRI}",
    "date": "(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])",
    "integer": "[+-]?[0-9]{1,18}",
    "iri": _IRI,
    "language": LANGUAGE_PATTERN.strip("^$"),
    "term": _IRI,
}


def openapi(address: str, queries: tuple[Query, ...]) -> dict[str, Any]:
    """The document: one path for each bundled query, the SPARQL endpoint, the graph store, the lists of both."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "khabar",
            "summary": "Who said what, according to whom: a read-only SPARQL endpoint and its bundled queries.",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": address}],
        "paths": {
            "/sparql": {"get": _asked_by_address(), "post": _asked_by_body()},
            "/store": {"get": _graph()},
            "/api": {"get": _list()},
            **{f"/api/{query.name}": {"get": _query(query)} for query in queries},
        },
        "components": {"schemas": _schemas(), "responses": _responses()},
    }


def _query(query: Query) -> dict[str, Any]:
    return {
        "operationId": query.name,
        "summary": query.summary,
        "description": query.description,
        "tags": list(query.tags),
        "parameters": [*map(_parameter, query.params), *_controls()],
        "responses": {
            "200": {
                "description": "The rows, or a page of them; the header Link leads to the next.",
                "content": {"application/json": {"schema": _reference("schemas", "Rows")}, **_contents(RESULTS)},
            },
            **_faults("400", "403", "406", "414", "429", "503"),
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "schema": _schema(parameter),
    }


def _schema(parameter: Parameter) -> dict[str, Any]:
    """What a parameter may be; empty, as a form sends it, it is left out."""
    kind = parameter.type
    if words := WORDS.get(kind):
        return {"type": "string", "enum": ["", *words]}
    return (
        {"type": "string", "pattern": f"^(?:|{_PATTERNS.get(kind, _ID)})$"} if kind != "string" else {"type": "string"}
    )


def _controls() -> list[dict[str, Any]]:
    number = {"type": "integer", "minimum": 0}
    return [
        {"name": "limit", "in": "query", "description": "Rows of a page.", "schema": number | {"maximum": PAGE_LIMIT}},
        {"name": "offset", "in": "query", "description": "Rows left out.", "schema": number | {"maximum": 10**9}},
        {
            "name": "format",
            "in": "query",
            "description": "The form of the answer, in place of the header Accept.",
            "schema": {"type": "string", "enum": ["rows", *(form.name for form in RESULTS)]},
        },
    ]


def _asked_by_address() -> dict[str, Any]:
    return {
        "operationId": "query-by-address",
        "summary": "Ask a SPARQL query; without one, get the description of the service.",
        "tags": ["SPARQL"],
        "parameters": [
            {"name": "query", "in": "query", "schema": {"type": "string"}},
            *(
                {"name": name, "in": "query", "schema": {"type": "array", "items": {"type": "string", "format": "iri"}}}
                for name in ("default-graph-uri", "named-graph-uri")
            ),
        ],
        "responses": _answers(),
    }


def _asked_by_body() -> dict[str, Any]:
    form = {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
    return {
        "operationId": "query-by-body",
        "summary": "Ask a SPARQL query.",
        "tags": ["SPARQL"],
        "requestBody": {
            "required": True,
            "content": {
                "application/sparql-query": {"schema": {"type": "string"}},
                "application/x-www-form-urlencoded": {"schema": form},
            },
        },
        "responses": _answers(),
    }


def _answers() -> dict[str, Any]:
    return {
        "200": {"description": "The answer.", "content": _contents((*RESULTS, *GRAPHS))},
        "303": {"description": "Without a query, to a browser: the page to write one on."},
        **_faults("400", "403", "406", "408", "413", "414", "415", "429", "503"),
    }


def _graph() -> dict[str, Any]:
    return {
        "operationId": "graph",
        "summary": "Read a named graph, or the union of all (Graph Store Protocol).",
        "tags": ["SPARQL"],
        "parameters": [
            {"name": "graph", "in": "query", "schema": {"type": "string", "format": "iri"}},
            {"name": "default", "in": "query", "schema": {"type": "string"}, "allowEmptyValue": True},
        ],
        "responses": {
            "200": {"description": "The graph.", "content": _contents(GRAPHS)},
            **_faults("400", "403", "404", "406", "414", "429", "503"),
        },
    }


def _list() -> dict[str, Any]:
    return {
        "operationId": "queries",
        "summary": "The bundled queries and their parameters.",
        "responses": {
            "200": {
                "description": "All of them.",
                "content": {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}},
            },
            **_faults("403", "414"),
        },
    }


def _contents(forms: tuple[Any, ...]) -> dict[str, Any]:
    return {form.media_type: {} for form in forms}


def _faults(*statuses: str) -> dict[str, Any]:
    return {status: _reference("responses", f"Fault{status}") for status in statuses}


def _reference(part: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{part}/{name}"}


def _responses() -> dict[str, Any]:
    return {
        f"Fault{status}": {
            "description": said,
            "content": {MEDIA_TYPE: {"schema": _reference("schemas", "Problem")}},
        }
        for status, said in _FAULTS.items()
    }


def _schemas() -> dict[str, Any]:
    text = {"type": "string"}
    term = {
        "type": "object",
        "properties": {
            "type": {"enum": ["uri", "literal", "bnode"]},
            "value": text,
            "lang": text,
            "datatype": text,
        },
        "required": ["type", "value"],
        "additionalProperties": False,
    }
    rows = {
        "type": "object",
        "properties": {
            "columns": {"type": "array", "items": text},
            "rows": {
                "type": "array",
                "items": {"type": "object", "additionalProperties": _reference("schemas", "Term")},
            },
            "next": {"type": ["string", "null"]},
            "boolean": {"type": "boolean"},
        },
    }
    problem = {
        "type": "object",
        "properties": {
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "where": text,
            "expected": text,
            "found": text,
            "remedy": text,
        },
        "required": ["title", "status", "detail"],
    }
    return {"Term": term, "Rows": rows, "Problem": problem}
