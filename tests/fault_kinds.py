"""The kinds of fault that stand between a client and a store, each with its name."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final


class Kind(enum.Enum):
    """What happens to one request and its answer; the value is its name in tables."""

    # Before the request is read.
    REFUSED = "refused: nobody listens"
    RESET_UNREAD = "reset before the request is read"
    HANG_UNREAD = "hang before the request is read"
    # While it is read.
    RESET_MID_BODY = "reset in the middle of the body"
    # It is read whole and goes no further.
    RESET_AFTER_BODY = "reset after the body"
    CLOSED_AFTER_BODY = "closed without an answer"
    HANG_BEFORE_STATUS = "hang before the status line"
    STATUS_400 = "400"
    STATUS_401 = "401"
    STATUS_403 = "403"
    STATUS_404 = "404"
    STATUS_408 = "408"
    STATUS_413 = "413"
    STATUS_429_SECONDS = "429, Retry-After in seconds"
    STATUS_429_DATE = "429, Retry-After as a date"
    STATUS_500 = "500"
    STATUS_502 = "502"
    STATUS_503_SECONDS = "503, Retry-After in seconds"
    STATUS_503_DATE = "503, Retry-After as a date"
    STATUS_504 = "504"
    HTML_200 = "a login page with 200"
    LYING_200 = "200 for a write that is not done"
    LYING_204 = "204 for a write that is not done"
    REDIRECT_ELSEWHERE = "redirect to another host"
    REDIRECT_TO_ITSELF = "redirect to itself"
    # The store does it; the answer suffers.
    HANG_IN_HEADERS = "done, hang in the headers"
    HANG_IN_BODY = "done, hang in the body"
    DRIP = "done, the answer drips"
    TRUNCATED = "done, the answer shorter than its length"
    CHUNKS_CUT_OFF = "done, the answer cut off between its chunks"
    WRONG_TYPE = "done, the answer of a wrong type"
    GARBAGE = "done, an answer that is not HTTP"
    DONE_DROPPED = "done, then dropped"
    DONE_500 = "done, then 500"
    DONE_502 = "done, then 502"
    DONE_504 = "done, then 504"
    DONE_LATE = "done after the client gave up"
    # No fault of the line: the client dies. Told apart in tables.
    KILLED_BEFORE = "kill -9 before the store does it"
    KILLED_DONE = "kill -9 when the store has done it"
    KILLED_TOLD = "kill -9 when the client was told"


KILLS: Final = frozenset({Kind.KILLED_BEFORE, Kind.KILLED_DONE, Kind.KILLED_TOLD})
FAULTS: Final = tuple(kind for kind in Kind if kind not in KILLS)

UNREAD: Final = frozenset({Kind.REFUSED, Kind.RESET_UNREAD, Kind.HANG_UNREAD, Kind.RESET_MID_BODY})
"""The request is not read to its end."""

FORWARDED: Final = frozenset(
    {
        Kind.HANG_IN_HEADERS,
        Kind.HANG_IN_BODY,
        Kind.DRIP,
        Kind.TRUNCATED,
        Kind.CHUNKS_CUT_OFF,
        Kind.WRONG_TYPE,
        Kind.GARBAGE,
        Kind.DONE_DROPPED,
        Kind.DONE_500,
        Kind.DONE_502,
        Kind.DONE_504,
        Kind.DONE_LATE,
        Kind.KILLED_DONE,
        Kind.KILLED_TOLD,
    }
)
"""The store gets the request."""

OF_WRITES: Final = frozenset(
    {
        Kind.LYING_200,
        Kind.LYING_204,
        Kind.DONE_DROPPED,
        Kind.DONE_500,
        Kind.DONE_502,
        Kind.DONE_504,
        Kind.DONE_LATE,
    }
)
"""Strikes the next request that writes: to a request that reads they would do nothing new."""

LASTING: Final = frozenset({Kind.HTML_200, Kind.REDIRECT_TO_ITSELF})
"""Strikes the same request again when it is repeated."""

STATUSES: Final[Mapping[Kind, int]] = {
    Kind.STATUS_400: 400,
    Kind.STATUS_401: 401,
    Kind.STATUS_403: 403,
    Kind.STATUS_404: 404,
    Kind.STATUS_408: 408,
    Kind.STATUS_413: 413,
    Kind.STATUS_429_SECONDS: 429,
    Kind.STATUS_429_DATE: 429,
    Kind.STATUS_500: 500,
    Kind.STATUS_502: 502,
    Kind.STATUS_503_SECONDS: 503,
    Kind.STATUS_503_DATE: 503,
    Kind.STATUS_504: 504,
    Kind.DONE_500: 500,
    Kind.DONE_502: 502,
    Kind.DONE_504: 504,
}
"""The status of a fault that is an answer of its own."""

WAITS: Final[Mapping[Kind, str]] = {
    Kind.STATUS_429_SECONDS: "seconds",
    Kind.STATUS_429_DATE: "date",
    Kind.STATUS_503_SECONDS: "seconds",
    Kind.STATUS_503_DATE: "date",
}
"""In which form ``Retry-After`` stands in it."""

PERMANENT: Final = frozenset(
    {
        Kind.STATUS_400,
        Kind.STATUS_401,
        Kind.STATUS_403,
        Kind.STATUS_413,
        Kind.HTML_200,
        Kind.REDIRECT_ELSEWHERE,
        Kind.REDIRECT_TO_ITSELF,
    }
)
"""Asking again would not help: the load ends. (404 is no failure where a graph is read: it is not there.)"""
