"""The service as an application (ASGI), to be mounted anywhere: Reconciliation Service API 0.2.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from html import escape
from typing import TYPE_CHECKING, Any, Final

from khabar.languages import language_of
from khabar.reconciliation import answers, preview
from khabar.reconciliation.entities import TYPES, Entities
from khabar.reconciliation.messages import (
    Query,
    RequestRefused,
    RequestTooLarge,
    batch,
    extension,
    limit,
    refused,
    single,
)
from khabar.reconciliation.properties import PROPERTIES, Holders

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from khabar.model import Corpus

BODY_LIMIT: Final = 4 * 1024 * 1024
"""Bytes that the body of a request may have."""

FIELDS_LIMIT: Final = 100
"""Fields that a form may have."""

_CALLBACK: Final = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*", re.ASCII)
_CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Accept, Accept-Language",
    "Vary": "Accept-Language",
    "X-Content-Type-Options": "nosniff",
}

Handler = Callable[["Request"], Awaitable["Response"]]


def reconciliation_service(corpus: Corpus, *, address: str | None = None) -> Starlette:
    """A reconciliation service over the entities of ``corpus``, as an application that can be mounted under any path.

    ``address`` is where clients reach it, without a slash at its end; else it is what each request came by. Names come
    in the language that a request asks for (``lang``, or Accept-Language), English or Arabic. It only reads, holds all
    in memory, and keeps nothing of what it was asked.

    >>> from khabar.pipeline import read
    >>> from khabar.resources import example
    >>> [route.path for route in reconciliation_service(read(str(example()))).routes][:2]
    ['/', '/suggest/entity']
    """
    return service(Entities(corpus), address)


def service(entities: Entities, address: str | None = None) -> Starlette:
    """The same over ``entities`` that are known already."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.routing import Route

    doors = _Doors(entities, address)
    gets = {
        "/suggest/entity": doors.suggest_entity,
        "/suggest/type": doors.suggest_type,
        "/suggest/property": doors.suggest_property,
        "/flyout/entity": doors.flyout_entity,
        "/flyout/type": doors.flyout_type,
        "/flyout/property": doors.flyout_property,
        "/properties": doors.properties,
        "/preview": doors.preview,
    }
    return Starlette(
        routes=[
            Route("/", _polite(doors.root), methods=["GET", "POST", "OPTIONS"]),
            *(Route(path, _polite(door), methods=["GET", "OPTIONS"]) for path, door in gets.items()),
        ],
        exception_handlers={HTTPException: _not_here},
    )


class _Doors:
    """What is behind each path."""

    def __init__(self, entities: Entities, address: str | None) -> None:
        self._entities = entities
        self._holders = Holders(entities)
        self._address = address

    async def root(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        fields = await _fields(request)
        language = language_of(request)
        asked = next((name for name in ("queries", "extend", "query") if name in fields), None)
        if asked is not None:
            # A whole batch takes its time, in which others are not kept waiting.
            return _json(request, await run_in_threadpool(self._answer, asked, fields[asked], language))
        if request.method == "POST":
            raise refused("body", "a form with queries or extend", ", ".join(fields))
        return _json(request, answers.manifest(self._entities, self._where(request), language))

    def _answer(self, asked: str, text: str, language: str) -> dict[str, Any]:
        if asked == "extend":
            return answers.extended(self._entities, extension(text), language)
        if asked == "query":
            return self._result(single(text), language)
        return {key: self._result(query, language) for key, query in batch(text).items()}

    def _result(self, query: Query, language: str) -> dict[str, Any]:
        return {"result": answers.candidates(self._entities, self._holders, query, language)}

    async def suggest_entity(self, request: Request) -> Response:
        prefix, skipped = _prefix(request)
        return _json(request, answers.suggested_entities(self._entities, prefix, skipped, language_of(request)))

    async def suggest_type(self, request: Request) -> Response:
        return _json(request, answers.suggested_types(*_prefix(request), language_of(request)))

    async def suggest_property(self, request: Request) -> Response:
        return _json(request, answers.suggested_properties(*_prefix(request), language_of(request)))

    async def flyout_entity(self, request: Request) -> Response:
        identifier = request.query_params.get("id", "")
        known = self._entities.get(identifier)
        html = preview.flyout(known, language_of(request)) if known is not None else ""
        return _json(request, {"id": identifier, "html": html})

    async def flyout_type(self, request: Request) -> Response:
        identifier = request.query_params.get("id", "")
        html = ""
        if identifier in TYPES:
            told = answers.kind(identifier, language_of(request))
            html = f"<p>{escape(told['name'])}<br><small>{escape(told['description'])}</small></p>"
        return _json(request, {"id": identifier, "html": html})

    async def flyout_property(self, request: Request) -> Response:
        identifier = request.query_params.get("id", "")
        one = PROPERTIES.get(identifier)
        html = f"<p>{escape(one.label[language_of(request)])}</p>" if one is not None else ""
        return _json(request, {"id": identifier, "html": html})

    async def properties(self, request: Request) -> Response:
        given = request.query_params.get("limit")
        most = None if given is None else limit(given, "limit")
        return _json(request, answers.proposals(request.query_params.get("type", ""), most, language_of(request)))

    async def preview(self, request: Request) -> Response:
        from starlette.responses import HTMLResponse

        known = self._entities.get(request.query_params.get("id", ""))
        language = language_of(request)
        page = preview.unknown(language) if known is None else preview.page(self._entities, known, language)
        headers = {"Content-Security-Policy": preview.POLICY}
        return HTMLResponse(page, status_code=404 if known is None else 200, headers=headers)

    def _where(self, request: Request) -> str:
        # Mounted, the application lies below the path that it is mounted under.
        here = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"
        return (self._address or here).rstrip("/")


def _polite(door: Handler) -> Handler:
    """``door``, open to every origin, and with refusals as answers."""

    async def answer(request: Request) -> Response:
        from starlette.responses import Response as Plain

        response: Response
        if request.method == "OPTIONS":
            response = Plain(status_code=204)
        else:
            try:
                response = await door(request)
            except RequestRefused as error:
                response = _refusal(str(error), error.status)
        response.headers.update(_CORS)
        return response

    return answer


async def _not_here(request: Request, error: Exception) -> Response:
    """What has no path or no such method, told to every origin, too."""
    status: int = getattr(error, "status_code", 404)
    response = _refusal(f"{request.method} {request.url.path}: {getattr(error, 'detail', 'Not Found')}", status)
    response.headers.update({**(getattr(error, "headers", None) or {}), **_CORS})
    return response


def _refusal(message: str, status: int) -> Response:
    from starlette.responses import Response as Plain

    told = _bytes({"status": "error", "message": message})
    return Plain(told, status_code=status, media_type="application/json")


def _bytes(answer: Any) -> bytes:
    # Half of a surrogate pair has no form in UTF-8; a key that holds one goes back as it came, escaped.
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace")


async def _fields(request: Request) -> dict[str, str]:
    """The fields of the address, and of a body that is a form; raises RequestRefused."""
    from urllib.parse import parse_qsl

    fields = dict(request.query_params)
    if request.method != "POST":
        return fields
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > BODY_LIMIT:
            raise RequestTooLarge(where="body", expected=f"at most {BODY_LIMIT:,} bytes", found="more")
        pieces.append(piece)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise refused("body", "application/x-www-form-urlencoded", kind)
    try:
        body = b"".join(pieces).decode()
        return fields | dict(parse_qsl(body, keep_blank_values=True, max_num_fields=FIELDS_LIMIT, errors="strict"))
    except ValueError:
        expected = f"a form in UTF-8 of at most {FIELDS_LIMIT} fields"
        raise refused("body", expected, "something else") from None


def _prefix(request: Request) -> tuple[str, int]:
    given = request.query_params.get("cursor") or "0"
    if not (given.isascii() and given.isdecimal()) or len(given) > 9:  # noqa: PLR2004 - no corpus has more
        raise refused("cursor", "a number", given)
    return request.query_params.get("prefix", ""), int(given)


def _json(request: Request, answer: Any) -> Response:
    """An answer in JSON, or in JSONP where a callback is named; raises RequestRefused for what is no name."""
    from starlette.responses import Response as Plain

    told = _bytes(answer)
    callback = request.query_params.get("callback")
    if callback is None:
        return Plain(told, media_type="application/json")
    if not _CALLBACK.fullmatch(callback):
        raise refused("callback", "the name of a function", callback)
    # Line separators end a line in older JavaScript, though not in JSON.
    script = told.decode().replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Plain(f"/**/{callback}({script});", media_type="application/javascript")
