"""What the proxy of the faults answers where the store does not, and an answer as it goes over the line."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email.utils
import http.client
from typing import Final

from fault_kinds import STATUSES, WAITS, Kind

RETRY_AFTER: Final = 3
"""Seconds that ``Retry-After`` asks for."""

SAID: Final = "the proxy's own words"
"""What a refusal of the proxy says."""

LOGIN_PAGE: Final = b"<!DOCTYPE html><html><title>Please log in</title><p>Your session is over.</html>"


@dataclasses.dataclass
class Answer:
    """One answer as the client gets it."""

    status: int
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    more: tuple[tuple[str, str], ...] = ()
    """Further headers."""

    def head(self, *framing: tuple[str, str]) -> bytes:
        """The status line and the headers, ``framing`` last."""
        lines = [f"HTTP/1.1 {self.status} {http.client.responses.get(self.status, 'Unknown')}"]
        kind = (("Content-Type", self.kind),) if self.kind else ()
        lines += [f"{name}: {value}" for name, value in (*kind, *self.more, *framing)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def own_answer(fault: Kind, target: str, *, here: str, elsewhere: str) -> Answer:
    """The answer of the proxy itself to a request for ``target``; ``here`` and ``elsewhere`` are without a path."""
    if fault is Kind.HTML_200:
        return Answer(200, LOGIN_PAGE, "text/html; charset=utf-8")
    if fault is Kind.LYING_200:
        return Answer(200, b"OK\n")
    if fault is Kind.LYING_204:
        return Answer(204, kind="")
    if fault is Kind.REDIRECT_ELSEWHERE:
        return Answer(307, b"over there\n", more=(("Location", elsewhere + target),))
    if fault is Kind.REDIRECT_TO_ITSELF:
        return Answer(307, b"here\n", more=(("Location", here + target),))
    status = STATUSES[fault]
    challenge = (("WWW-Authenticate", 'Basic realm="proxy"'),) if status == 401 else ()
    return Answer(status, f"{SAID}: {status}\n".encode(), more=challenge + _retry_after(fault))


def _retry_after(fault: Kind) -> tuple[tuple[str, str], ...]:
    form = WAITS.get(fault)
    if form is None:
        return ()
    # A date has whole seconds: rounded up, so that it lies as far ahead as is said.
    then = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=RETRY_AFTER + 1)
    return (("Retry-After", str(RETRY_AFTER) if form == "seconds" else email.utils.format_datetime(then, usegmt=True)),)
