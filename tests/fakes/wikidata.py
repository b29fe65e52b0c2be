"""A stand-in of Wikidata on loopback: its API, its SPARQL endpoint, and reconciliation services over it.

The shapes of the answers are those of MediaWiki's API (wbsearchentities, wbgetentities, errors with status 200,
maxlag), of the query service, of the service at wikidata.reconci.link (version 0.2) and of the draft of 1.0 of that
protocol.
"""

from __future__ import annotations

import contextlib
import difflib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from fakes.guards import Guard
from fakes.server import FORM, Asked, Given, Request, serving
from fakes.wikidata_items import ENTITY, Items

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
PAGE = b"<!DOCTYPE html><html><head><title>Wikimedia Error</title></head><body><h1>Error</h1></body></html>"


class Fault:
    """Answers that go wrong, as they were met."""

    BUSY = Given(429, PAGE, HTML, {"Retry-After": "1"})
    DOWN = Given(503, PAGE, HTML)
    GATEWAY = Given(502, PAGE, HTML)
    FORBIDDEN = Given(403, b"Please set a user-agent and respect our robot policy", "text/plain")
    PAGE = Given(200, PAGE, HTML)
    BLANK = Given(200, b"", JSON)
    CUT = Given(200, b'{"entities": {"Q', JSON)
    OTHER_SHAPE = Given(200, b'{"batchcomplete": ""}', JSON)
    LAGGED = Given(
        200,
        b'{"error":{"code":"maxlag","info":"Waiting for 10.64.0.1: 7.5 seconds lagged.","lag":7.5,"type":"db"}}',
        JSON,
        {"Retry-After": "1", "X-Database-Lag": "7"},
    )
    LIMITED = Given(200, b'{"error":{"code":"ratelimited","info":"You\'ve exceeded your rate limit."}}', JSON)
    DEFECT = Given(200, b'{"error":{"code":"internal_api_error_DBQueryError","info":"Caught exception"}}', JSON)
    READ_ONLY = Given(200, b'{"error":{"code":"readonly","info":"The wiki is currently in read-only mode."}}', JSON)
    LATE = Given(500, b"java.util.concurrent.TimeoutException\n\tat java.util.concurrent.FutureTask.get", "text/plain")
    HUNG_UP = None


class Wikidata:
    """A stand-in that answers: its addresses, what it was asked, and what goes wrong next."""

    def __init__(self, items: Items) -> None:
        self._items = items
        self._store = items.store()
        self._faults: list[tuple[str, Given | None, int]] = []
        self.origin = ""
        self.requests: list[Request] = []

    @property
    def addresses(self) -> dict[str, str]:
        """Where its interfaces are, as the arguments of khabar's Wikidata have them."""
        return {
            "api": f"{self.origin}/w/api.php",
            "sparql": f"{self.origin}/sparql",
            "reconciliation": f"{self.origin}/{{language}}/api",
        }

    @property
    def draft(self) -> str:
        """The service that speaks the draft of version 1.0."""
        return f"{self.origin}/draft"

    def fail(self, prefix: str, *faults: Given | None, times: int = 1) -> None:
        """Let the next answers below ``prefix`` be these, each so often; None hangs up."""
        self._faults += [(prefix, fault, times) for fault in faults]

    def front(self, asked: Asked) -> Given:
        """The answer to one request."""
        for number, (prefix, fault, times) in enumerate(self._faults):
            if asked.path.startswith(prefix):
                self._faults[number : number + 1] = [(prefix, fault, times - 1)] if times > 1 else []
                if fault is None:
                    raise ConnectionResetError
                return fault
        agent = asked.headers.get("user-agent", "")
        if not agent or agent.startswith(("python", "Python", "sparqlwrapper")):
            return Fault.FORBIDDEN
        routes: dict[str, Callable[[Asked], Given]] = {
            "/w/api.php": self._api,
            "/sparql": self._sparql,
            "/en/api": self._stable("en"),
            "/ar/api": self._stable("ar"),
            "/draft": self._draft_manifest,
            "/draft/match": self._draft,
            # As the draft had it before 2025.
            "/older": self._draft_manifest,
            "/older/reconcile": self._draft,
        }
        route = routes.get(asked.path)
        return route(asked) if route else Given(404, PAGE, HTML)

    # The action API.

    def _api(self, asked: Asked) -> Given:
        fields = dict((*asked.query, *asked.form))
        action = {"wbsearchentities": self._search, "wbgetentities": self._get}.get(fields.get("action", ""))
        if action is None or fields.get("format") != "json":
            return _error("badvalue", f'Unrecognized value for parameter "action": {fields.get("action")}.')
        return action(fields)

    def _search(self, fields: Mapping[str, str]) -> Given:
        language, wanted = fields["language"], fields["search"].casefold()
        found = []
        for qid in self._items.short:
            names = self._items.names(qid, language, "mul", *(["en"] if language != "en" else []))
            match = next((name for name in names if name[2].casefold().startswith(wanted)), None)
            if match is not None:
                found.append(self._hit(qid, match, fields.get("uselang", "en")))
        limit = int(fields.get("limit", "7"))
        answer: dict[str, Any] = {"searchinfo": {"search": fields["search"]}, "search": found[:limit], "success": 1}
        if len(found) > limit:
            answer["search-continue"] = limit
        return _json(answer)

    def _hit(self, qid: str, match: tuple[str, str, str], language: str) -> dict[str, Any]:
        hit: dict[str, Any] = {
            "id": qid,
            "title": qid,
            "pageid": int(qid[1:]),
            "concepturi": ENTITY + qid,
            "repository": "wikidata",
            "url": f"//www.wikidata.org/wiki/{qid}",
            "display": {},
            "match": dict(zip(("type", "language", "text"), match, strict=True)),
        }
        for member in ("label", "description"):
            if (text := self._items.text(qid, member, language)) is not None:
                hit[member] = text[0]
                hit["display"][member] = {"value": text[0], "language": text[1]}
        if match[0] == "alias":
            hit["aliases"] = [match[2]]
        return hit

    def _get(self, fields: Mapping[str, str]) -> Given:
        ids = fields["ids"].split("|")
        if len(ids) > 50:
            return _error("toomanyvalues", 'Too many values supplied for parameter "ids". The limit is 50.')
        for qid in ids:
            if qid[:1] != "Q" or not qid[1:].isdecimal():
                return _error("no-such-entity", f'Could not find an entity with the ID "{qid}".')
        return _json({"entities": {qid: self._items.entity(qid) for qid in ids}, "success": 1})

    # The query service.

    def _sparql(self, asked: Asked) -> Given:
        fields = dict((*asked.query, *asked.form))
        text = asked.body.decode() if asked.kind == "application/sparql-query" else fields.get("query", "")
        try:
            found = self._store.query(text)
        except SyntaxError as error:
            return Given(400, f"SPARQL-QUERY: {error}".encode(), "text/plain")
        body = found.serialize(format=ox.QueryResultsFormat.JSON) if isinstance(found, ox.QuerySolutions) else b""
        return Given(200, body or b"", "application/sparql-results+json;charset=utf-8")

    # Reconciliation.

    def _stable(self, language: str) -> Callable[[Asked], Given]:
        def answer(asked: Asked) -> Given:
            fields = dict((*asked.query, *asked.form))
            if "queries" not in fields:
                return _json(
                    {
                        "versions": ["0.1", "0.2"],
                        "name": f"Wikidata ({language})",
                        "identifierSpace": ENTITY,
                        "schemaSpace": "http://www.wikidata.org/prop/direct/",
                        "view": {"url": "https://www.wikidata.org/wiki/{{id}}"},
                        "defaultTypes": [],
                    }
                )
            if asked.method == "POST" and asked.kind != FORM:
                return Given(400, PAGE, HTML)
            queries = json.loads(fields["queries"])
            return _json({key: {"result": self._candidates(query, language)} for key, query in queries.items()})

        return answer

    def _draft_manifest(self, asked: Asked) -> Given:
        del asked
        return _json(
            {
                "versions": ["1.0-draft"],
                "name": "Wikidata",
                "view": {"url": "https://www.wikidata.org/wiki/{{id}}"},
                "standardizedScore": True,
                "batchSize": 2,
            }
        )

    def _draft(self, asked: Asked) -> Given:
        if asked.method != "POST" or asked.kind != "application/json":
            return Given(415, b"", JSON)
        results = []
        for query in json.loads(asked.body)["queries"]:
            name = next(one["propertyValue"] for one in query["conditions"] if one["matchType"] == "name")
            results.append({"candidates": self._candidates({**query, "query": name}, "en")})
        return _json({"results": results})

    def _candidates(self, query: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for qid, one in self._items.short.items():
            if query.get("type") and query["type"] not in one.get("is", ()):
                continue
            names = [text.casefold() for _, _, text in self._items.names(qid, language, "mul", "en", "ar")]
            wanted = query["query"].casefold()
            score = max((difflib.SequenceMatcher(None, wanted, name).ratio() for name in names), default=0.0)
            label = self._items.text(qid, "label", language)
            if score >= 0.75 and label:
                found.append(
                    {
                        "id": qid,
                        "name": label[0],
                        "description": (self._items.text(qid, "description", language) or ("",))[0],
                        "score": round(100 * score),
                        "match": score == 1.0,
                        "type": [{"id": kind, "name": kind} for kind in one.get("is", ())],
                        "features": [{"id": "all_labels", "value": round(100 * score)}],
                    }
                )
        found.sort(key=lambda one: float(one["score"]), reverse=True)
        return found[: query.get("limit", 3)]


def _json(answer: Any) -> Given:
    return Given(200, json.dumps(answer, ensure_ascii=False).encode(), JSON)


def _error(code: str, info: str) -> Given:
    error = {"code": code, "info": info, "docref": "See https://www.wikidata.org/w/api.php for API usage."}
    body = json.dumps({"error": error, "servedby": "mw-api"}).encode()
    return Given(200, body, JSON, {"MediaWiki-API-Error": code})


@contextlib.contextmanager
def wikidata(more: Mapping[str, Any] | None = None) -> Iterator[Wikidata]:
    """The stand-in with all items of the data, and ``more`` in the same short form."""
    stand_in = Wikidata(Items(more))
    with serving(stand_in.front, Guard("", "Wikidata of the tests"), {"Server": "mw-api"}) as traffic:
        stand_in.origin = traffic.origin
        stand_in.requests = traffic.requests
        yield stand_in
