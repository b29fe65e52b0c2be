"""A task made an answer of HTTP: its type and tag, its bytes from memory or from a file."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar

from khabar.evaluation.media import FORMS
from khabar.serve.problems import RequestRefused
from khabar.serve.tags import is_known

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from khabar.evaluation.cache import Answered
    from khabar.evaluation.tasks import Task
    from khabar.serve.dataset import Dataset

_PIECE: Final = 256 * 1024
_Value = TypeVar("_Value")


async def answer(request: Request, dataset: Dataset, task: Task, *, own: bool = False) -> Response:
    """The answer to ``task``, or 304 where the client has it already; raises Unanswered.

    Nothing is sent before the whole answer is there: what is broken off is told as such.
    """
    answered, headers = await asked(request, dataset, task, own=own)
    if answered is None:
        return unchanged(headers)
    return document(answered, FORMS[answered.done.form].content_type, headers)


async def asked(
    request: Request, dataset: Dataset, task: Task, *, own: bool = False
) -> tuple[Answered | None, dict[str, str]]:
    """What a task was answered, and the headers that an answer has; None where the client has it already.

    Raises Unanswered.
    """
    tag = dataset.tag(task)
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept"}
    if is_known(request, tag):
        return None, headers
    return await while_there(request, dataset.ask(task, client_of(request), own=own)), headers


def unchanged(headers: Mapping[str, str]) -> Response:
    """The answer that says that the client has it already."""
    from starlette.responses import Response

    return Response(status_code=304, headers=dict(headers))


def document(answered: Answered, content_type: str, headers: Mapping[str, str]) -> Response:
    """What was answered, as an answer of HTTP."""
    from starlette.responses import Response, StreamingResponse

    if answered.file is None:
        return Response(answered.done.body, media_type=content_type, headers=dict(headers))
    length = {"Content-Length": str(answered.done.size)}
    return StreamingResponse(_pieces(answered.file), media_type=content_type, headers={**headers, **length})


def client_of(request: Request) -> str:
    """What tells one client from another: the address that it comes from."""
    return request.client.host if request.client is not None else ""


async def while_there(request: Request, coroutine: Coroutine[Any, Any, _Value]) -> _Value:
    """What ``coroutine`` gives, unless the client goes away before: then it is cancelled.

    The body of the request must have been read. Raises RequestRefused then, which nobody reads.
    """
    task = asyncio.ensure_future(coroutine)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise RequestRefused(400, "connection", "a client that waits", "one that went away")
        return await task
    finally:
        for one in (task, leaving):
            if not one.done():
                one.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await one


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
