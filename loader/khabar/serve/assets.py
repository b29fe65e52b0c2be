"""The files that pages bring with them: a fixed table, read once; what is not in it is not there."""

from __future__ import annotations

import functools
import mimetypes
from typing import TYPE_CHECKING

import msgspec

from khabar.serve.answering import unchanged
from khabar.serve.problems import RequestRefused
from khabar.serve.rendering import STATIC
from khabar.serve.tags import is_known, tag_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from khabar.serve.dataset import Dataset

_TYPES = {".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


class Asset(msgspec.Struct, frozen=True):
    """One file: its bytes, its type, its tag."""

    content: bytes
    media_type: str
    tag: str


async def asset(request: Request, dataset: Dataset) -> Response:
    """The file that the path names; raises RequestRefused (404) for any other name."""
    from starlette.responses import Response

    del dataset
    name = request.path_params["name"]
    found = _table().get(name)
    if found is None:
        raise RequestRefused(404, "address", "a file of the pages", repr(name[:60]))
    headers = {"ETag": found.tag, "Cache-Control": "no-cache"}
    if is_known(request, found.tag):
        return unchanged(headers)
    return Response(found.content, media_type=found.media_type, headers=headers)


@functools.cache
def _table() -> dict[str, Asset]:
    return {
        path.relative_to(STATIC).as_posix(): _read(path.name, path.read_bytes())
        for path in sorted(STATIC.rglob("*"))
        if path.is_file()
    }


def _read(name: str, content: bytes) -> Asset:
    suffix = name[name.rfind(".") :]
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(content, kind, tag_of(content))
