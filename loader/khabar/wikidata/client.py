"""A polite client: says who it is, asks one thing at a time and not too often, waits when told, keeps answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from khabar import __version__
from khabar.errors import ServiceFailed, StoreFailed
from khabar.stores.endpoint import address_of
from khabar.stores.refusals import Refused, Unanswered, refusal, unanswered
from khabar.stores.retries import Retries
from khabar.stores.wire import Request, Wire
from khabar.wikidata.cache import Cache, Question

if TYPE_CHECKING:
    from khabar.stores.wire import Answer

T = TypeVar("T")

TIMEOUT: Final = 30.0
"""Seconds that one answer may take."""

RATE: Final = 4.0
"""Requests a second, at most, to one host; Wikimedia asks for requests one after the other."""

MAXLAG: Final = "5"
"""Seconds that Wikidata's replicas may lag behind before it asks robots to come back later."""

FRESH: Final = timedelta(days=7)
"""How old an answer may be before it is asked for again."""

PATIENCE: Final = Retries(tries=5, first=1.0, longest=30.0, patience=180.0, longest_asked=90.0)
"""How often, and for how long, an answer is asked for that may still come."""
_SIZE_LIMIT: Final = 32 * 1024 * 1024
_JSON: Final = ("application/json", "application/sparql-results+json", "text/json", "application/javascript")
_LATER: Final = {"maxlag": HTTPStatus.SERVICE_UNAVAILABLE, "readonly": HTTPStatus.SERVICE_UNAVAILABLE}
_DOWN: Final = (401, 403, 408, 429, 500, 502, 503, 504)
_OTHER_SHAPE: Final = (ValueError, TypeError, KeyError, AttributeError, IndexError)
_REMEDIES: Final[Mapping[int, str]] = {
    403: "Wikimedia refuses clients without a contact: --contact",
    429: "wait, then ask again: what was answered is kept",
    503: "wait, then ask again: what was answered is kept",
}


class Client:
    """Asks services on the web, one question at a time, and keeps what they answer.

    ``contact``, an address of mail or of a page, goes into the user agent, as Wikimedia's policy wants it. With
    ``offline`` nothing is sent and answers of any age will do; else an answer is asked for again when it is older than
    ``fresh``. ``rate`` counts requests a second to one host. Only an answer that ``read`` can read is kept.
    """

    def __init__(
        self,
        cache: Cache | None = None,
        *,
        offline: bool = False,
        contact: str = "",
        fresh: timedelta = FRESH,
        rate: float = RATE,
        timeout: float = TIMEOUT,
        patience: Retries = PATIENCE,
    ) -> None:
        self._cache = cache
        self._offline = offline
        self._fresh = fresh
        self._interval = 1.0 / rate
        self._timeout = timeout
        self._patience = patience
        self._wires: dict[str, Wire] = {}
        self._last: dict[str, float] = {}
        self._down: dict[str, ServiceFailed] = {}
        about = f"+https://w3id.org/khabar; {contact}" if contact else "+https://w3id.org/khabar"
        self.agent = f"khabar/{__version__} ({about})"
        self.sent = 0
        """Requests that went out, also those that failed."""

    def get(self, address: str, parameters: Mapping[str, str], read: Callable[[Any], T]) -> T:
        """What ``read`` makes of the JSON that ``address`` answers to a GET; see `ask`."""
        question = Question(address, tuple(parameters.items()))
        courtesy = {"maxlag": MAXLAG} if "action" in parameters else {}
        query = urlencode({**parameters, **courtesy})
        return self.ask(question, lambda: get_request(address, query), read)

    def post(self, address: str, parameters: Mapping[str, str], read: Callable[[Any], T]) -> T:
        """What ``read`` makes of the JSON that ``address`` answers to a form; see `ask`."""
        form = urlencode(parameters).encode()
        kind = "application/x-www-form-urlencoded"
        question = Question(address, tuple(parameters.items()))
        return self.ask(question, lambda: _request("POST", address, address, form, kind), read)

    def post_json(self, address: str, body: Any, read: Callable[[Any], T]) -> T:
        """What ``read`` makes of the JSON that ``address`` answers to a body of JSON; see `ask`."""
        text = json.dumps(body, ensure_ascii=False)
        question = Question(address, (("", text),))
        return self.ask(question, lambda: _request("POST", address, address, text.encode(), "application/json"), read)

    def ask(self, question: Question, request: Callable[[], Request], read: Callable[[Any], T]) -> T:
        """What ``read`` makes of the answer to ``question``: the kept one, or the one that ``request`` brings.

        ``read`` raises ValueError, TypeError or KeyError for JSON of another shape. Raises ServiceFailed, after as many
        tries as there is patience for.
        """
        kept = self.recall(question, read)
        if kept is not None:
            return kept
        answer, result = self.fetch(question.address, request, read)
        self.keep(question, answer)
        return result

    def recall(self, question: Question, read: Callable[[Any], T]) -> T | None:
        """What ``read`` makes of the answer that was kept; None where there is none, or none that is new enough."""
        kept = self._cache.get(question, None if self._offline else self._fresh) if self._cache else None
        try:
            return None if kept is None else read(kept)
        except _OTHER_SHAPE:
            return None

    def keep(self, question: Question, answer: Any) -> None:
        """Keep an answer, where answers are kept; raises FileFailed."""
        if self._cache:
            self._cache.put(question, answer)

    def fetch(self, address: str, request: Callable[[], Request], read: Callable[[Any], T]) -> tuple[Any, T]:
        """The answer that ``request`` brings, and what ``read`` makes of it; raises ServiceFailed.

        An address that did not answer, or refused this client, is not asked again.
        """
        host = urlsplit(address).netloc or address
        if self._offline:
            raise ServiceFailed(
                where=host,
                expected="an answer that was kept",
                found="none to this question",
                remedy="run it once without --offline",
            )
        if address in self._down:
            raise self._down[address]
        try:
            made = request()
            wire = self._wire(made.address)
            return self._patience.begin(met=wire.met).persist(lambda: self._exchange(wire, made, host, read))
        except StoreFailed as failure:
            told = ServiceFailed(
                where=failure.where, expected=failure.expected, found=failure.found, remedy=failure.remedy
            )
            if isinstance(failure, Unanswered) or (isinstance(failure, Refused) and failure.status in _DOWN):
                self._down[address] = told
            raise told from None

    def close(self) -> None:
        """Close every connection."""
        for wire in self._wires.values():
            wire.close()

    def _wire(self, address: str) -> Wire:
        origin = urlsplit(address_of(address)).netloc
        if origin not in self._wires:
            self._wires[origin] = Wire(address, timeout=self._timeout, size_limit=_SIZE_LIMIT)
        return self._wires[origin]

    def _exchange(self, wire: Wire, request: Request, host: str, read: Callable[[Any], T]) -> tuple[Any, T]:
        self._keep_distance(host)
        headers = (
            *((name, value) for name, value in request.headers if name != "User-agent"),
            ("User-Agent", self.agent),
        )
        named = msgspec.structs.replace(request, headers=headers)
        self.sent += 1
        answer = wire.send(named)
        if not answer.succeeded:
            raise refusal(named, answer, _REMEDIES)
        found = _parsed(named, answer)
        try:
            return found, read(found)
        except _OTHER_SHAPE:
            raise unanswered(named, "page", "JSON of another shape") from None

    def _keep_distance(self, host: str) -> None:
        wait = self._last.get(host, 0.0) + self._interval - self._patience.clock()
        if host in self._last and wait > 0:
            self._patience.sleep(wait)
        self._last[host] = self._patience.clock()


def get_request(address: str, query: str) -> Request:
    """The request that asks ``address`` with an encoded query."""
    return _request("GET", f"{address}{'?' if query else ''}{query}", address)


def _request(method: str, full: str, address: str, body: bytes | None = None, kind: str = "") -> Request:
    headers = (("Accept", "application/json"), *((("Content-Type", kind),) if kind else ()))
    return Request(
        method=method,
        address=address_of(full),
        headers=headers,
        body=body,
        where=address,
        expected="an answer in JSON",
    )


def _parsed(request: Request, answer: Answer) -> Any:
    if answer.media_type not in _JSON:
        # Wikimedia answers some refusals with status 200 and a page, or nothing at all.
        raise unanswered(request, "page", f"{answer.media_type or 'an answer without a type'} in place of JSON")
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise unanswered(request, "page", "JSON that is cut off") from None
    if isinstance(found, dict) and isinstance(error := found.get("error"), dict):
        raise _error(request, answer, error)
    return found


def _error(request: Request, answer: Answer, error: Mapping[str, Any]) -> StoreFailed:
    """What MediaWiki says with status 200: come back later, or an error that stays."""
    code, said = str(error.get("code", "")), str(error.get("info", ""))[:200]
    status = _LATER.get(code, HTTPStatus.TOO_MANY_REQUESTS if code == "ratelimited" else HTTPStatus.BAD_REQUEST)
    if code.startswith("internal_api_error"):
        status = HTTPStatus.INTERNAL_SERVER_ERROR
    return Refused(
        where=request.where,
        expected=request.expected,
        found=f"the error {code}: {said}",
        status=int(status),
        asked=answer.headers.get("retry-after", "").strip(),
        remedy=_REMEDIES.get(int(status), ""),
    )
