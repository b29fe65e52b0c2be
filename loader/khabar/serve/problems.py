"""What went wrong, told to a program: problem details for HTTP APIs (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from khabar.errors import KhabarError
from khabar.evaluation.pool import Trouble, Unanswered

if TYPE_CHECKING:
    from starlette.responses import Response

MEDIA_TYPE: Final = "application/problem+json"

_STATUS: Final[Mapping[Trouble, int]] = {
    "refused": 400,
    "forbidden": 403,
    "not-found": 404,
    "not-acceptable": 406,
    "too-large": 403,
    "failed": 503,
    "timed-out": 503,
    "exhausted": 503,
    "busy": 503,
    "too-many": 429,
}
_RETRY_SECONDS: Final = "5"


class RequestRefused(KhabarError):
    """A request is not what the endpoint takes; ``status`` is how HTTP says so."""

    def __init__(
        self,
        status: int,
        where: str,
        expected: str,
        found: str,
        remedy: str = "",
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(where=where, expected=expected, found=found, remedy=remedy)
        self.status = status
        self.headers = dict(headers or {})


def status_of(error: KhabarError) -> int:
    """The status of HTTP that tells ``error``."""
    if isinstance(error, RequestRefused):
        return error.status
    return _STATUS[error.reason] if isinstance(error, Unanswered) else 503


def problem(error: KhabarError) -> Response:
    """The answer that tells ``error``: where, what was expected, what was found, the remedy."""
    import msgspec
    from starlette.responses import Response

    status = status_of(error)
    told = {
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": f"{error.where}: expected {error.expected}, found {error.found}",
        "where": error.where,
        "expected": error.expected,
        "found": error.found,
    }
    if error.remedy:
        told["remedy"] = error.remedy
    headers = {"Cache-Control": "no-store", **(error.headers if isinstance(error, RequestRefused) else {})}
    if status in (429, 503):
        headers.setdefault("Retry-After", _RETRY_SECONDS)
    return Response(msgspec.json.encode(told), status_code=status, media_type=MEDIA_TYPE, headers=headers)
