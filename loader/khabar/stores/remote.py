"""A SPARQL endpoint of someone else: asked politely, not waited for too long, believed as far as it can be read."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from khabar import __version__
from khabar.errors import StoreFailed
from khabar.queries import guard
from khabar.queries.results import JSON_TYPE, Rows
from khabar.queries.spelling import Blank, Term
from khabar.stores.federation import federated
from khabar.stores.store import NO_SERVICES
from khabar.terms import LANG_STRING, XSD_STRING, Literal

if TYPE_CHECKING:
    from email.message import Message

TIMEOUT: Final = 60.0
"""Seconds that an endpoint has for its whole answer."""

SIZE_LIMIT: Final = 256 * 1024 * 1024
"""Bytes that an answer may have."""

AGENT: Final = f"khabar/{__version__} (+https://w3id.org/khabar)"
"""How khabar names itself; Wikidata refuses clients without a name and a contact."""

_EXPECTED: Final = "the results of a query as JSON"
_JSON_TYPES: Final = (JSON_TYPE, "application/json")
_SAFE: Final = "".join(map(chr, range(0x21, 0x7F)))
_TAGS: Final = re.compile(r"<(style|script)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_REMEDIES: Final[Mapping[int, str]] = {
    401: "the endpoint wants credentials: https://NAME:PASSWORD@...",
    403: "the endpoint refuses this client or its credentials",
    404: "give the address of the endpoint itself, which often ends in /query or /sparql",
    405: "give the address of the endpoint itself, which often ends in /query or /sparql",
    413: "narrow the query by a parameter",
    429: "wait, then ask again",
    503: "wait, then ask again",
    504: "narrow the query by a parameter",
}


class RemoteStore:
    """A SPARQL endpoint, at an http or https address; a name and password in it go into a header only.

    ``timeout`` counts in seconds and holds for the whole answer.
    """

    def __init__(self, address: str, *, timeout: float = TIMEOUT) -> None:
        self._address, self._credentials = _split(address)
        self._timeout = timeout

    @property
    def name(self) -> str:
        """The address without name, password and query."""
        return self._address.partition("?")[0]

    def select(self, text: str, *, services: Mapping[str, str] = NO_SERVICES) -> Rows:
        """The rows of a SELECT query, or the truth of an ASK query; see `khabar.stores.store.Store`.

        An endpoint whose default graph is empty beside named graphs that are not gives no rows to any bundled
        query; that is told as a failure.
        """
        guard.check(text, services=services)
        rows = self.evaluate(federated(text, self.evaluate, services))
        if not len(rows) and rows.truth is not True:
            self._refuse_split_graphs()
        return rows

    def evaluate(self, text: str) -> Rows:
        """What the endpoint answers to ``text``, sent as it is; raises StoreFailed."""
        deadline = time.monotonic() + self._timeout
        request = self._request(text)
        opener = urllib.request.build_opener(_SameHost(self))
        try:
            with opener.open(request, timeout=self._timeout) as response:
                kind = response.headers.get_content_type()
                body = self._body(response, deadline)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error, _message(error)) from None
        except (OSError, http.client.HTTPException) as error:
            raise self._failed(self._sentence(error)) from None
        if kind not in _JSON_TYPES:
            raise self._failed(f"{kind}: {_quoted(body)}", "give the address of the endpoint itself")
        try:
            return _rows(json.loads(body))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise self._failed(f"JSON that is cut off or of another shape: {_quoted(body[-200:])}") from None

    def _request(self, text: str) -> urllib.request.Request:
        from SPARQLWrapper import JSON, POST, SPARQLWrapper

        wrapper = SPARQLWrapper(self._address, agent=AGENT)
        wrapper.setMethod(POST)
        wrapper.setReturnFormat(JSON)
        wrapper.setOnlyConneg(onlyConneg=True)
        if self._credentials is not None:
            wrapper.setCredentials(*self._credentials)
        wrapper.setQuery(text)
        # SPARQLWrapper writes the request; left to send it, it would follow a redirect to any host, wait for ever
        # on an answer that drips, and take an HTML page for rows.
        request: urllib.request.Request = wrapper._createRequest()  # noqa: SLF001 - it has no public name
        return request

    def _body(self, response: http.client.HTTPResponse, deadline: float) -> bytes:
        body = bytearray()
        while piece := response.read1(65536):
            body += piece
            if time.monotonic() > deadline:
                raise TimeoutError
            if len(body) > SIZE_LIMIT:
                raise self._failed(f"more than {SIZE_LIMIT:,} bytes", "narrow the query by a parameter")
        if response.length:
            raise http.client.IncompleteRead(bytes(body), response.length)
        return bytes(body)

    def _refuse_split_graphs(self) -> None:
        if self.evaluate("ASK { ?s ?p ?o }").truth or not self.evaluate("ASK { GRAPH ?g { ?s ?p ?o } }").truth:
            return
        raise StoreFailed(
            where=self.name,
            expected="a default graph that is the union of the named graphs",
            found="an empty default graph beside named graphs",
            remedy="Oxigraph: end the address in ?union-default-graph; Fuseki: tdb2:unionDefaultGraph true",
        )

    def _failed(self, found: str, remedy: str = "") -> StoreFailed:
        return StoreFailed(where=self.name, expected=_EXPECTED, found=found, remedy=remedy)

    def _refusal(self, error: urllib.error.HTTPError, message: str) -> StoreFailed:
        remedy = _REMEDIES.get(error.code, "")
        if pause := (error.headers.get("Retry-After") or "").strip():
            remedy = f"ask again after {pause} seconds" if pause.isdecimal() else f"ask again after {pause[:40]}"
        said = f": {message}" if message else ""
        return self._failed(f"HTTP {error.code} {http.client.responses.get(error.code, '')}".rstrip() + said, remedy)

    def _sentence(self, error: OSError | http.client.HTTPException) -> str:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, TimeoutError):
            return f"no whole answer within {self._timeout:g} seconds"
        if isinstance(reason, http.client.IncompleteRead):
            return f"an answer cut off after {len(reason.partial):,} bytes"
        if isinstance(reason, OSError) and reason.strerror:
            return reason.strerror
        return " ".join(str(reason).split()) or type(reason).__name__


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect to the host that was asked, with the same request, and to no other."""

    def __init__(self, store: RemoteStore) -> None:
        self._store = store

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request:
        """The same request at ``newurl``; raises StoreFailed for another host, and for https that becomes http."""
        del code, msg, headers
        here, there = urlsplit(req.full_url), urlsplit(newurl)
        if there.netloc != here.netloc or there.scheme not in (here.scheme, "https"):
            fp.close()
            raise StoreFailed(
                where=self._store.name,
                expected="an answer from this host",
                found=f"a redirect to {there.scheme}://{there.hostname or ''}",
                remedy="if you trust it, give its address",
            )
        return urllib.request.Request(newurl, data=req.data, headers=dict(req.header_items()), method=req.get_method())  # noqa: S310 - http or https, by the check above

    http_error_308 = urllib.request.HTTPRedirectHandler.http_error_302


def _split(address: str) -> tuple[str, tuple[str, str] | None]:
    try:
        parts = urlsplit(address)
        # The wire is ASCII: letters of other scripts go as RFC 3987, section 3.1 has it.
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\x00-\x20<>\"]", address):
        raise StoreFailed(
            where="endpoint", expected="an http or https address", found=ascii(re.sub(r"//[^/]*@", "//", address))
        )
    credentials = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    netloc = parts.netloc.rpartition("@")[2]
    if not netloc.isascii():
        netloc = host if port is None else f"{host}:{port}"
    path, query = (quote(part, safe=_SAFE, errors="replace") for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, netloc, path, query, "")), credentials


def _message(error: urllib.error.HTTPError) -> str:
    try:
        return _quoted(error.read(4096))
    except (OSError, http.client.HTTPException):
        return ""


def _quoted(body: bytes) -> str:
    text = _TAGS.sub(" ", body.decode("utf-8", "replace"))
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:300]


def _rows(answer: Any) -> Rows:
    if "boolean" in answer:
        if not isinstance(answer["boolean"], bool):
            raise TypeError
        return Rows(truth=answer["boolean"])
    columns = tuple(map(str, answer["head"]["vars"]))
    return Rows(
        columns=columns,
        rows=tuple(
            tuple(_term(binding[name]) if name in binding else None for name in columns)
            for binding in answer["results"]["bindings"]
        ),
    )


def _term(binding: Mapping[str, str]) -> Term:
    kind, value = binding["type"], binding["value"]
    if kind == "uri":
        return value
    if kind == "bnode":
        return Blank(value)
    if kind not in ("literal", "typed-literal"):
        raise ValueError(kind)
    if language := binding.get("xml:lang"):
        return Literal(value, LANG_STRING, language.lower())
    return Literal(value, binding.get("datatype", XSD_STRING))
