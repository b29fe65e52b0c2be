"""How a request to a store fails, in sentences: without an answer, or with one that refuses it."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from khabar.errors import StoreFailed

if TYPE_CHECKING:
    from khabar.stores.wire import Answer, Request

ENDPOINT_REMEDY: Final = (
    "give the address of the endpoint, which often ends in /query or /sparql, or the store's profile"
)
REMEDIES: Final[Mapping[int, str]] = {
    401: "the store wants credentials: KHABAR_USER and KHABAR_PASSWORD, or KHABAR_TOKEN, or ~/.netrc",
    403: "the store refuses this client or its credentials",
    404: ENDPOINT_REMEDY,
    405: ENDPOINT_REMEDY,
    413: "narrow the query by a parameter",
    429: "wait, then ask again",
    503: "wait, then ask again",
    504: "narrow the query by a parameter",
}
"""What helps against a status, where the request is a query."""

REDIRECTED: Final = frozenset(
    map(
        int,
        (
            HTTPStatus.MOVED_PERMANENTLY,
            HTTPStatus.FOUND,
            HTTPStatus.SEE_OTHER,
            HTTPStatus.TEMPORARY_REDIRECT,
            HTTPStatus.PERMANENT_REDIRECT,
        ),
    )
)
"""Statuses that name another address."""

# Each branch takes what it has looked at: a page made to be hard to read takes no longer than another.
_TAGS: Final = re.compile(r"<(style|script)\b.*?(?:</\1>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE)
_SHOWN: Final = 300


class Unanswered(StoreFailed):
    """A request had no whole answer, or one that khabar does not follow.

    ``kind`` is ``unreachable`` (nothing was sent), ``unresolved``, ``untrusted``, ``broken``, ``late``, ``large``,
    ``redirected``, ``malformed`` or ``page`` (a whole answer of another kind). Where ``sent`` is true the server may
    have carried the request out.
    """

    def __init__(self, *, where: str, expected: str, found: str, kind: str, sent: bool, remedy: str = "") -> None:
        super().__init__(where=where, expected=expected, found=found, remedy=remedy)
        self.kind = kind
        self.sent = sent


class Refused(StoreFailed):
    """The store answered with a status that is no success; ``asked`` is what it says in Retry-After."""

    def __init__(self, *, where: str, expected: str, found: str, status: int, asked: str, remedy: str = "") -> None:
        super().__init__(where=where, expected=expected, found=found, remedy=remedy)
        self.status = status
        self.asked = asked


def unanswered(request: Request, kind: str, found: str, *, sent: bool = True, remedy: str = "") -> Unanswered:
    """The failure of ``request``, which had no whole answer, or one of another kind; see `Unanswered`."""
    return Unanswered(where=request.where, expected=request.expected, found=found, kind=kind, sent=sent, remedy=remedy)


def refusal(request: Request, answer: Answer, remedies: Mapping[int, str] = REMEDIES) -> Refused:
    """The failure that ``answer`` is, with the server's own words and what helps."""
    remedy = remedies.get(answer.status, "")
    if answer.status == HTTPStatus.UNAUTHORIZED and answer.signed:
        remedy = "the store does not take these credentials"
    asked = answer.headers.get("retry-after", "").strip()
    if asked:
        shown = quoted(asked.encode("latin-1", "replace"))[:40]
        remedy = f"ask again after {shown} seconds" if asked.isdecimal() else f"ask again after {shown}"
    elif answer.status in REDIRECTED and answer.headers.get("location"):
        remedy = "give the address that it leads to"
    said = quoted(answer.body)
    name = f"HTTP {answer.status} {http.client.responses.get(answer.status, '')}".rstrip()
    return Refused(
        where=request.where,
        expected=request.expected,
        found=f"{name}: {said}" if said else name,
        status=answer.status,
        asked=asked,
        remedy=remedy,
    )


def quoted(body: bytes) -> str:
    """The words of ``body`` on one line: without markup, without signs that cannot be seen, not many."""
    text = body[:65536].decode("utf-8", "replace")
    text = _TAGS.sub(" ", text) if text.lstrip().startswith("<") else text
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_SHOWN]
