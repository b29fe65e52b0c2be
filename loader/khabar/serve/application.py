"""The whole as one application (ASGI): endpoint, linked data, bundled queries, pages, reconciliation."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

from khabar.errors import KhabarError
from khabar.evaluation.media import quality
from khabar.serve import about, faults, graph_store, named_queries, pages, protocol, requests
from khabar.serve.manners import Manners, Visitors
from khabar.serve.problems import RequestRefused, problem
from khabar.serve.reconciling import Reconciling

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

    from khabar.serve.dataset import Dataset


def application(dataset: Dataset, visitors: Visitors) -> Starlette:
    """The application that serves ``dataset``; it opens it when it starts, and closes it when it ends."""
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.middleware import Middleware
    from starlette.routing import BaseRoute, Mount, Route

    doors: dict[str, pages.Door] = {
        "/sparql": protocol.sparql,
        "/store": graph_store.graph,
        "/api": _list_of_queries,
        "/api/{name}": named_queries.named,
        "/openapi.json": _openapi,
        "/.well-known/void": about.void,
        "/void.ttl": about.void,
        "/.well-known/sparql-examples": about.examples,
        "/health": _health,
        **pages.DOORS,
    }
    routes: list[BaseRoute] = [
        Route(path, _answering(door, dataset), methods=["GET", "POST"] if path == "/sparql" else ["GET"])
        for path, door in doors.items()
    ]
    routes.append(Route("/reconcile", _into_reconciliation, methods=["GET", "POST"]))
    routes.append(Mount("/reconcile", Reconciling(dataset)))
    routes.append(Route("/{path:path}", _answering(pages.thing, dataset), methods=["GET"]))

    @contextlib.asynccontextmanager
    async def open_while_serving(_: Starlette) -> AsyncIterator[None]:
        await dataset.open()
        try:
            yield
        finally:
            await dataset.close()

    return Starlette(
        routes=routes,
        lifespan=open_while_serving,
        middleware=[Middleware(Manners, visitors=visitors)],
        exception_handlers={HTTPException: _not_here, Exception: _defect},
    )


def _answering(door: pages.Door, dataset: Dataset) -> Callable[[Request], Awaitable[Response]]:
    """``door``, with errors as answers: a page for people, problem details for programs."""

    async def respond(request: Request) -> Response:
        try:
            # Mounted, an application is not told when the one around it starts.
            await dataset.open()
            return await door(request, dataset)
        except KhabarError as error:
            if is_for_people(request):
                return faults.fault(request, dataset, error)
            return problem(error)

    return respond


def is_for_people(request: Request) -> bool:
    """Tell whether a browser asks for a page, and no program for data."""
    accept = requests.accepted(request)
    return bool(accept) and quality(accept, "text/html") > max(
        quality(accept, "application/json"), quality(accept, "text/turtle")
    )


async def _into_reconciliation(request: Request) -> Response:
    """The way to the service, which lies below its name; a body comes with it."""
    from starlette.responses import RedirectResponse

    query = request.scope["query_string"].decode("latin-1")
    where = f"{request.scope.get('root_path', '')}/reconcile/{'?' if query else ''}{query}"
    return RedirectResponse(where, status_code=307)


async def _not_here(request: Request, error: Exception) -> Response:
    status: int = getattr(error, "status_code", 404)
    expected = "another method" if status == 405 else "an address that is served"  # noqa: PLR2004 - HTTP's own
    found = f"{request.method} {request.url.path}"[:200]
    headers = getattr(error, "headers", None)
    return problem(RequestRefused(status, "address", expected, found, headers=headers))


async def _defect(request: Request, error: Exception) -> Response:
    del request, error
    return problem(
        RequestRefused(500, "khabar", "an answer", "a defect of khabar's own", "tell its maintainers how it came about")
    )


async def _list_of_queries(request: Request, dataset: Dataset) -> Response:
    from starlette.responses import JSONResponse

    from khabar.queries.catalogue import catalogue

    del request, dataset
    return JSONResponse([named_queries.listed(query) for query in catalogue()])


async def _openapi(request: Request, dataset: Dataset) -> Response:
    from starlette.responses import JSONResponse

    from khabar.queries.catalogue import catalogue
    from khabar.serve.openapi import openapi

    del request
    return JSONResponse(openapi(dataset.address, catalogue()))


async def _health(request: Request, dataset: Dataset) -> Response:
    from starlette.responses import JSONResponse

    del request
    done, total = dataset.indexed
    state: dict[str, Any] = {
        "version": dataset.version,
        "index": {"ready": dataset.index is not None, "done": done, "total": total},
        "walled": dataset.walled,
        "bounded": dataset.bounded,
        "processes": dataset.work,
    }
    return JSONResponse(state, headers={"Cache-Control": "no-store"})
