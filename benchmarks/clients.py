"""Many clients of one server at a time, each asking one question after another for as long as it is told."""

from __future__ import annotations

import http.client
import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlsplit

PATIENCE: Final = 60.0
"""Seconds that a client waits for an answer."""

_DECLARED: Final = (429, 503)


class Question(NamedTuple):
    """One request: a path, and the query in its body where it is not empty."""

    path: str
    body: str = ""


class Figures(NamedTuple):
    """What the clients met: answers by status (0 is none at all), and the seconds that each took, in order.

    ``in_time`` are the answers that were there when the clients were told to end; those that they waited for longer
    count among the others.
    """

    statuses: Counter[int]
    seconds: tuple[float, ...]
    in_time: int
    lasted: float

    @property
    def rate(self) -> float:
        """Answers a second that were given."""
        return self.in_time / self.lasted

    @property
    def failed(self) -> int:
        """Requests that were neither answered nor refused for now, as a server may do that has too much to do."""
        return sum(number for status, number in self.statuses.items() if status not in (200, *_DECLARED))

    def percentile(self, share: float) -> float:
        """The seconds within which this share of the answers came."""
        return self.seconds[min(math.ceil(share * len(self.seconds)), len(self.seconds)) - 1] if self.seconds else 0.0


class Met(NamedTuple):
    """One request as a client met it: its path, the status of the answer (0 for none), and the seconds that it took.

    ``is_in_time`` tells that the answer came before the end.
    """

    path: str
    status: int
    seconds: float
    is_in_time: bool


def ask(
    address: str, questions: Sequence[Question], *, clients: int, seconds: float, source: str = "127.0.0.1"
) -> list[Met]:
    """Let ``clients`` ask the server at ``address`` for so many ``seconds``, each beginning at another question.

    They come from the address ``source``, by which a server tells visitors apart.
    """
    found: list[Met] = []
    guard = threading.Lock()
    end = time.monotonic() + seconds

    def client(first: int) -> None:
        order = itertools.cycle([*questions[first:], *questions[:first]])
        own = list(_answers(address, order, end, source))
        with guard:
            found.extend(own)

    step = max(len(questions) // clients, 1)
    threads = [threading.Thread(target=client, args=(number * step % len(questions),)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def figures(met: Iterable[Met], lasted: float) -> Figures:
    """What was met, summed up."""
    met = list(met)
    taken = sorted(one.seconds for one in met if one.status == http.HTTPStatus.OK)
    in_time = sum(one.is_in_time and one.status == http.HTTPStatus.OK for one in met)
    return Figures(Counter(one.status for one in met), tuple(taken), in_time, lasted)


def _answers(address: str, questions: Iterator[Question], end: float, source: str) -> Iterator[Met]:
    where = urlsplit(address)
    connection = http.client.HTTPConnection(
        where.hostname or "", where.port, timeout=PATIENCE, source_address=(source, 0)
    )
    while (begun := time.monotonic()) < end:
        question = next(questions)
        try:
            if question.body:
                headers = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
                connection.request("POST", question.path, question.body.encode(), headers)
            else:
                connection.request("GET", question.path)
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            connection.close()
            status = 0
        if status in _DECLARED:
            time.sleep(0.05)
        now = time.monotonic()
        yield Met(question.path, status, now - begun, now <= end)
    connection.close()
