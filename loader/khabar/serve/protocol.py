"""SPARQL 1.1 Protocol: queries by GET, by a form, or as they are; updates are refused.

https://www.w3.org/TR/sparql11-protocol/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from khabar.evaluation.media import GRAPHS, RESULTS, quality
from khabar.evaluation.tasks import Ask
from khabar.serve import requests
from khabar.serve.answering import answer
from khabar.serve.problems import RequestRefused

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from khabar.serve.dataset import Dataset

QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_DEFAULT: Final = "default-graph-uri"
_NAMED: Final = "named-graph-uri"


async def sparql(request: Request, dataset: Dataset) -> Response:
    """The answer to one request of the protocol; without a query the description of the service, or the page to ask on.

    Raises RequestRefused, Unanswered.
    """
    fields = requests.address_fields(request)
    if request.method == "POST":
        fields = await _posted(request, fields)
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in fields):
        raise _read_only()
    queries = [value for name, value in fields if name == "query"]
    if not queries and request.method != "POST":
        return _without_query(request, dataset)
    if len(queries) != 1:
        raise RequestRefused(400, "query", "one query", "none" if not queries else f"{len(queries)} of them")
    return await answer(request, dataset, _task(request, fields, queries[0]))


def _task(request: Request, fields: requests.Fields, text: str) -> Ask:
    named = next((value for name, value in fields if name == "format"), "")
    rows, graph = (requests.wanted(request, forms, named) for forms in (RESULTS, GRAPHS))
    if not rows and not graph:
        kinds = ", ".join(form.media_type for form in (*RESULTS, *GRAPHS))
        raise RequestRefused(406, "Accept", f"one of {kinds}", request.headers.get("accept", "")[:100])
    return Ask(
        text=text,
        rows=rows,
        graph=graph,
        default=tuple(value for name, value in fields if name == _DEFAULT),
        named=tuple(value for name, value in fields if name == _NAMED),
    )


async def _posted(request: Request, fields: requests.Fields) -> requests.Fields:
    kind = requests.media_type(request)
    if kind == requests.FORM:
        # What is in the address of a form is no part of the request (section 2.1.2).
        return await requests.form_fields(request)
    if kind == _UPDATE:
        raise _read_only()
    if kind != QUERY:
        raise RequestRefused(415, "Content-Type", f"{requests.FORM} or {QUERY}", kind[:60] or "none")
    if any(name == "query" for name, _ in fields):
        raise RequestRefused(400, "query", "one query, in the body", "another in the address")
    try:
        text = (await requests.body(request)).decode()
    except UnicodeDecodeError:
        raise RequestRefused(400, "body", "a query in UTF-8", "other bytes") from None
    return [*fields, ("query", text)]


def _without_query(request: Request, dataset: Dataset) -> Response:
    from starlette.responses import RedirectResponse

    from khabar.serve import about

    accept = requests.accepted(request)
    form = requests.wanted(request, GRAPHS)
    if not form or quality(accept, "text/html") > quality(accept, "text/turtle"):
        return RedirectResponse(f"{request.scope.get('root_path', '')}/query", status_code=303)
    return about.service(dataset, form)


def _read_only() -> RequestRefused:
    return RequestRefused(
        403, "update", "a query: this endpoint only reads", "an update", "change the data with khabar load"
    )
