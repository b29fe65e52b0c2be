"""What may be asked again, and when: growing, random pauses, or the time that the server asks for."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec

from khabar.errors import StoreFailed
from khabar.stores.refusals import Refused, Unanswered

T = TypeVar("T")

NOT_NOW: Final = frozenset({408, 425, 429, 503})
"""Statuses that ask for the same request later."""

UNSURE: Final = frozenset({500, 502, 504})
"""Statuses after which the request may have been carried out."""

SERVER_ERRORS: Final = 4
"""How often a status of 500, or a page of HTML, is believed to pass; both may be the answer for ever."""

FIRST_TRIES: Final = 4
"""How often a server is looked for that never answered."""

_NEVER: Final = frozenset({"unresolved", "untrusted", "large", "redirected", "malformed"})


def may_repeat(failure: StoreFailed) -> bool:
    """Whether the same request may go well later."""
    if isinstance(failure, Unanswered):
        return failure.kind not in _NEVER
    return isinstance(failure, Refused) and failure.status in NOT_NOW | UNSURE


def may_ask_again(failure: StoreFailed) -> bool:
    """Whether a query may be asked again: one that took its whole time would only take it again."""
    if isinstance(failure, Unanswered):
        return failure.kind in ("unreachable", "broken")
    return isinstance(failure, Refused) and failure.status in NOT_NOW


class Retries(msgspec.Struct, frozen=True):
    """How patient khabar is with one request: at most ``tries`` of it, in ``patience`` seconds.

    The pause before try n + 1 is chosen at random between none and ``first`` * 2 ** (n - 1) seconds, ``longest`` at
    most. A Retry-After is obeyed up to ``longest_asked`` seconds, and beyond that ends the request. ``may``
    tells whether a failure can pass. The times and the chance can be put in by tests.
    """

    tries: int = 8
    first: float = 0.5
    longest: float = 30.0
    patience: float = 300.0
    longest_asked: float = 120.0
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    may: Callable[[StoreFailed], bool] = may_repeat

    def pause(self, tried: int, spent: float, asked: str = "") -> float | None:
        """The seconds to wait after ``tried`` tries that took ``spent`` seconds; None when it is enough."""
        if tried >= self.tries:
            return None
        wanted = seconds_asked(asked, self.now())
        if wanted is None:
            pause = min(self.longest, self.first * 2 ** (tried - 1)) * self.chance()
        elif wanted > self.longest_asked:
            return None
        else:
            # Not everyone who was told the same time should come back at once.
            pause = wanted + self.first * self.chance()
        return pause if spent + pause <= self.patience else None

    def begin(self, *, met: bool = True) -> Tries:
        """The tries of a new request; fewer for a server that was not yet ``met``, whose address may be wrong."""
        return Tries(self if met else msgspec.structs.replace(self, tries=min(self.tries, FIRST_TRIES)))


class Tries:
    """The tries of one request so far."""

    def __init__(self, retries: Retries) -> None:
        self._retries = retries
        self._start = retries.clock()
        self.count = 1
        self._server_errors = 0

    def wait(self, failure: StoreFailed) -> bool:
        """Wait for the next try after ``failure``; False, at once, when there is none."""
        if not self._retries.may(failure):
            return False
        asked = failure.asked if isinstance(failure, Refused) else ""
        if _may_last(failure):
            self._server_errors += 1
            if self._server_errors >= SERVER_ERRORS:
                return False
        pause = self._retries.pause(self.count, self._retries.clock() - self._start, asked)
        if pause is None:
            return False
        self._retries.sleep(pause)
        self.count += 1
        # The waiting may have been ended, and with it the request.
        return self._retries.may(failure)

    def persist(self, attempt: Callable[[], T]) -> T:
        """What ``attempt`` returns at the first try that does not raise StoreFailed; raises the last failure."""
        while True:
            try:
                return attempt()
            except StoreFailed as failure:
                if not self.wait(failure):
                    raise self.told(failure) from None

    def told(self, failure: StoreFailed, *, unsure: bool = False) -> StoreFailed:
        """``failure``, saying how often it was tried, and whether a request may have been carried out all the same."""
        if self.count > 1:
            failure.found += f", {self.count} times"
        if unsure:
            doubt = "whether it arrived is not known, and looked at by the next load"
            failure.remedy = f"{failure.remedy}; {doubt}" if failure.remedy else doubt
        return failure


def is_unsure(failure: StoreFailed) -> bool:
    """Whether the request may have been carried out though it failed."""
    if isinstance(failure, Unanswered):
        return failure.sent
    return isinstance(failure, Refused) and failure.status in UNSURE | {408, 503}


def _may_last(failure: StoreFailed) -> bool:
    if isinstance(failure, Unanswered):
        return failure.kind == "page"
    return isinstance(failure, Refused) and failure.status == HTTPStatus.INTERNAL_SERVER_ERROR


def seconds_asked(asked: str, now: float) -> float | None:
    """The seconds from ``now`` that a Retry-After asks for, in either of its forms; None for what is neither.

    >>> seconds_asked("120", 0.0), seconds_asked("Thu, 01 Jan 1970 00:01:00 GMT", 0.0), seconds_asked("soon", 0.0)
    (120.0, 60.0, None)
    """
    asked = asked.strip()
    if asked.isascii() and asked.isdecimal():
        return float(asked[:12])
    try:
        moment = parsedate_to_datetime(asked)
    except (ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - now)
