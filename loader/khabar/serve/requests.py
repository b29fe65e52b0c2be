"""What a request says: its fields, its body, the form that it wants."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from khabar.evaluation.media import Form, preferred
from khabar.serve.problems import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.types import Scope

BODY_LIMIT: Final = 256 * 1024
"""Bytes that the body of a request may have: a query of 64 KiB, each byte of it written as three."""

BODY_SECONDS: Final = 10.0
FIELDS_LIMIT: Final = 1_000

FORM: Final = "application/x-www-form-urlencoded"
Fields = list[tuple[str, str]]


def path(scope: Scope) -> str:
    """The path of a request below that under which the server is mounted (``root_path``)."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def address_fields(request: Request) -> Fields:
    """The fields in the address of a request; raises RequestRefused (400)."""
    return _fields(request.scope["query_string"], "address")


def media_type(request: Request) -> str:
    """The media type of the body; raises RequestRefused (415) for text that is not in UTF-8, and for what is packed."""
    packed = request.headers.get("content-encoding", "").strip().lower()
    if packed not in ("", "identity"):
        raise RequestRefused(415, "Content-Encoding", "a body as it is", packed[:40])
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    name, _, charset = rest.strip().partition("=")
    if name.strip().lower() == "charset" and charset.strip(' "').lower() not in ("utf-8", "utf8", "us-ascii"):
        raise RequestRefused(415, "Content-Type", "UTF-8", charset[:40])
    return kind.strip().lower()


async def body(request: Request) -> bytes:
    """The body of a request; raises RequestRefused: 413 for one that is too large, 408 for one that does not end."""
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length[:12]) > BODY_LIMIT:
        raise _too_large()
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                size += len(piece)
                if size > BODY_LIMIT:
                    raise _too_large()
                pieces.append(piece)
    except TimeoutError:
        raise RequestRefused(408, "body", f"all of it within {BODY_SECONDS:g} seconds", "a part") from None
    return b"".join(pieces)


async def form_fields(request: Request) -> Fields:
    """The fields in the body of a request, a form; raises RequestRefused."""
    return _fields(await body(request), "body")


def _fields(encoded: bytes, where: str) -> Fields:
    try:
        text = encoded.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_LIMIT, errors="strict")
    except ValueError:
        expected = f"at most {FIELDS_LIMIT:,} fields, percent-encoded in UTF-8"
        raise RequestRefused(400, where, expected, "something else") from None


def accepted(request: Request) -> str:
    """What the client takes, in one line: the header Accept, however often it came."""
    return ",".join(request.headers.getlist("accept"))


def wanted(request: Request, forms: Sequence[Form], named: str = "") -> str:
    """The name of the form that is wanted: the one that is ``named``, by its name or type, else that of Accept.

    Empty where none of ``forms`` is acceptable. Clients call forms by many names (``n3``, ``turtle``): one that is not
    known here says nothing.
    """
    form = next((form for form in forms if named in (form.name, form.media_type)), None)
    if form is None:
        form = preferred(accepted(request), forms)
    return form.name if form is not None else ""


def _too_large() -> RequestRefused:
    # The rest of the body is not read: the connection cannot be used again.
    return RequestRefused(413, "body", f"at most {BODY_LIMIT:,} bytes", "more", headers={"Connection": "close"})
