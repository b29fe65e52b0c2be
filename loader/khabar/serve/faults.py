"""The pages that tell errors: what happened in words of the reader's language, and below it what the program says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from khabar.errors import KhabarError
from khabar.evaluation.pool import Unanswered
from khabar.languages import language_of
from khabar.serve.dataset import NotIndexed
from khabar.serve.problems import RequestRefused, status_of
from khabar.serve.viewing import view_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from khabar.serve.dataset import Dataset

KINDS: Final = (
    "index", "failed", "busy", "timed-out", "exhausted",
    "unknown", "address", "request", "forbidden", "acceptable", "large", "other",
)  # fmt: skip
"""The kinds of errors that pages have words for."""

_BY_REASON: Final = {
    "refused": "request",
    "not-found": "unknown",
    "not-acceptable": "acceptable",
    "too-large": "large",
    "too-many": "busy",
}
_BY_STATUS: Final = {
    400: "request",
    403: "forbidden",
    404: "address",
    406: "acceptable",
    413: "large",
    414: "large",
    429: "busy",
}
_UNAVAILABLE: Final = 503
_RETRY_SECONDS: Final = "3"


def kind_of(error: KhabarError) -> str:
    """The kind of an error that a page has words for, one of `KINDS`."""
    if isinstance(error, NotIndexed):
        return "index"
    if isinstance(error, Unanswered):
        kind = _BY_REASON.get(error.reason, error.reason)
        return kind if kind in KINDS else "other"
    return _BY_STATUS.get(status_of(error), "other")


def fault(request: Request, dataset: Dataset, error: KhabarError) -> Response:
    """The page that tells an error."""
    from starlette.responses import HTMLResponse

    from khabar.serve.rendering import render

    status, language = status_of(error), language_of(request)
    page = render(
        "fault.html",
        view_of(request, dataset, language),
        status=status,
        kind=kind_of(error),
        detail=f"{error.where}: expected {error.expected}, found {error.found}",
        remedy=error.remedy,
        progress=error.done / error.total if isinstance(error, NotIndexed) and error.total else None,
    )
    headers = {"Cache-Control": "no-store", "Content-Language": language}
    if status == _UNAVAILABLE:
        headers["Retry-After"] = _RETRY_SECONDS
    if isinstance(error, RequestRefused):
        headers |= error.headers
    return HTMLResponse(page, status_code=status, headers=headers)
