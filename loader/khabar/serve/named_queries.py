"""The bundled queries over HTTP: each at its name, its parameters as fields, its rows a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from khabar.evaluation.media import RESULTS, Form, preferred
from khabar.evaluation.tasks import Named
from khabar.queries import catalogue
from khabar.queries.catalogue import Query
from khabar.serve import requests
from khabar.serve.answering import asked, document, unchanged
from khabar.serve.problems import RequestRefused

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from khabar.evaluation.tasks import Done
    from khabar.serve.dataset import Dataset

ROWS: Final = Form("rows", "application/json")
"""Rows as plain JSON: see `khabar.evaluation.engine.rows_document`."""

FORMS: Final = (ROWS, *RESULTS)

PAGE_LIMIT: Final = 10_000


def listed(query: Query) -> dict[str, Any]:
    """What the list of queries tells of one."""
    return {
        "name": query.name,
        "summary": {"en": query.summary, "ar": query.summary_ar},
        "description": {"en": query.description, "ar": query.description_ar},
        "tags": list(query.tags),
        "columns": list(query.columns),
        "parameters": [
            {
                "name": one.name,
                "type": one.type,
                "default": one.default,
                "description": {"en": one.description, "ar": one.description_ar},
            }
            for one in query.params
        ],
    }


async def named(request: Request, dataset: Dataset) -> Response:
    """The answer to the bundled query that the path names; raises RequestRefused, Unanswered.

    A list comes as pages: the Link header, and ``next`` in plain JSON, lead to the one that follows.
    """
    from starlette.responses import Response

    query = found(request.path_params["name"])
    fields = _fields(request)
    form = _form(request, fields.pop("format", ""))
    limit, offset = (_number(fields, name) for name in ("limit", "offset"))
    task = Named(name=query.name, params=fields, form=form.name, limit=limit, offset=offset or 0)
    answered, headers = await asked(request, dataset, task, own=True)
    if answered is None:
        return unchanged(headers)
    done = answered.done
    if done.more:
        headers["Link"] = f'<{_next(request, done, offset or 0)}>; rel="next"'
    if form is ROWS and answered.file is None:
        following = _next(request, done, offset or 0) if done.more else None
        return Response(_with_next(done.body, following), media_type=ROWS.media_type, headers=headers)
    return document(answered, form.content_type, headers)


def found(name: str) -> Query:
    """The bundled query called ``name``; raises RequestRefused (404) where there is none."""
    from khabar.errors import QueryRefused

    try:
        return catalogue.find(name)
    except QueryRefused as error:
        raise RequestRefused(404, "query", error.expected, error.found, error.remedy) from None


def _fields(request: Request) -> dict[str, str]:
    pairs = requests.address_fields(request)
    names = [name for name, _ in pairs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise RequestRefused(400, "address", "each field once", f"{twice[:60]!r} twice")
    # An empty field of a form is one that was left out.
    return {name: value for name, value in pairs if value}


def _form(request: Request, wanted: str) -> Form:
    if wanted:
        form = next((one for one in FORMS if wanted in (one.name, one.media_type)), None)
        if form is None:
            raise RequestRefused(400, "format", ", ".join(one.name for one in FORMS), repr(wanted[:40]))
        return form
    form = preferred(requests.accepted(request), FORMS)
    if form is None:
        expected = f"one of {', '.join(one.media_type for one in FORMS)}"
        raise RequestRefused(406, "Accept", expected, request.headers.get("accept", "")[:100])
    return form


def _number(fields: dict[str, str], name: str) -> int | None:
    text = fields.pop(name, "")
    if not text:
        return None
    most = PAGE_LIMIT if name == "limit" else 10**9
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and int(text) <= most):
        raise RequestRefused(400, name, f"a number up to {most:,}", repr(text[:40]))
    return int(text)


def _next(request: Request, done: Done, offset: int) -> str:
    fields: Mapping[str, str] = dict(request.query_params) | {"offset": str(offset + done.rows)}
    return f"{request.scope.get('root_path', '')}/api/{request.path_params['name']}?{urlencode(fields)}"


def _with_next(body: bytes, following: str | None) -> bytes:
    import msgspec

    if not body.endswith(b"]}"):
        return body
    return body[:-1] + b',"next":' + msgspec.json.encode(following) + b"}"
