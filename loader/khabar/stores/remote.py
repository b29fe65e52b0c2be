"""A SPARQL endpoint of someone else: asked politely, not waited for too long, believed as far as it can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from khabar.errors import StoreFailed
from khabar.queries import guard
from khabar.queries.results import JSON_TYPE, Rows
from khabar.queries.spelling import Blank, Term
from khabar.stores.authorization import SCHEMES, Authorization
from khabar.stores.endpoint import TIMEOUT, address_of
from khabar.stores.federation import federated
from khabar.stores.profiles import addresses, parameters, preceded
from khabar.stores.refusals import quoted, refusal, unanswered
from khabar.stores.retries import Retries, may_ask_again
from khabar.stores.store import NO_SERVICES
from khabar.stores.wire import AGENT, Request, Wire
from khabar.terms import LANG_STRING, XSD, XSD_STRING, Literal

if TYPE_CHECKING:
    import urllib.request

    from khabar.stores.credentials import Credentials
    from khabar.stores.profiles import Profile

_EXPECTED: Final = "the results of a query as JSON"
_JSON_TYPES: Final = (JSON_TYPE, "application/json")
_BOOLEAN: Final = XSD + "boolean"
_TRUTH: Final = {"1": "true", "0": "false"}
PATIENCE: Final = Retries(tries=4, first=0.25, longest=2.0, patience=30.0, longest_asked=30.0, may=may_ask_again)
"""How often a query is asked when the endpoint says that it cannot answer now, or is not reached."""


class RemoteStore:
    """A SPARQL endpoint at an http or https address, or the store at a base address where a ``profile`` is given.

    ``timeout`` counts in seconds and holds for the whole of one request. Credentials go to this host alone. ``query``
    stands for the address that the profile would give. Raises StoreFailed for an address that is none, or that holds a
    name and a password.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout: float = TIMEOUT,
        credentials: Credentials | None = None,
        profile: Profile | None = None,
        query: str = "",
        patience: Retries = PATIENCE,
        wire: Wire | None = None,
    ) -> None:
        address = address_of(address)
        self._profile = profile
        if query:
            self._address = address_of(query)
        else:
            self._address = address if profile is None else addresses(profile, address).query
        self._patience = patience
        schemes = SCHEMES if profile is None else profile.authentication
        authorization = Authorization(credentials, schemes) if credentials else None
        self._wire = wire or Wire(address, timeout=timeout, authorization=authorization)

    @property
    def name(self) -> str:
        """The address without its query."""
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
        request = self.request(text)
        return self._patience.begin(met=self._wire.met).persist(lambda: self._rows(request))

    def request(self, text: str, accepted: str = "", expected: str = _EXPECTED) -> Request:
        """The request that asks ``text``, for results as JSON unless something else is ``accepted``."""
        from SPARQLWrapper import CONSTRUCT, JSON, POST, SELECT, SPARQLWrapper

        wrapper = SPARQLWrapper(self._address, agent=AGENT)
        wrapper.setMethod(POST)
        if not accepted:  # of a CONSTRUCT, which knows no JSON, the library would warn
            wrapper.setReturnFormat(JSON)
        wrapper.setOnlyConneg(onlyConneg=True)
        for name, value in parameters(self._profile, text) if self._profile else ():
            wrapper.addParameter(name, value)
        if self._profile:
            text = preceded(self._profile, text)
        # Asked to set the query, the library takes a word of its comments for its verb: "which loads" for an update.
        wrapper.queryString, wrapper.queryType = text, CONSTRUCT if accepted else SELECT
        # SPARQLWrapper writes the request; left to send it, it would follow a redirect to any host, wait for ever
        # on an answer that drips, and take an HTML page for rows.
        made: urllib.request.Request = wrapper._createRequest()  # noqa: SLF001 - it has no public name
        headers = dict(made.header_items())
        if accepted:
            headers["Accept"] = accepted
        body = made.data
        return Request(
            method=made.get_method(),
            address=made.full_url,
            headers=tuple(headers.items()),
            body=body if isinstance(body, bytes) else None,
            where=self.name,
            expected=expected,
        )

    def _rows(self, request: Request) -> Rows:
        answer = self._wire.send(request)
        if not answer.succeeded:
            raise refusal(request, answer)
        if answer.media_type not in _JSON_TYPES:
            kind = answer.media_type or "an answer without a type"
            remedy = "give the address of the endpoint itself"
            raise unanswered(request, "page", f"{kind}: {quoted(answer.body)}", remedy=remedy)
        if most := answer.headers.get("x-sparql-maxrows"):
            # Virtuoso says so of an answer that it may have cut, under status 200.
            raise StoreFailed(
                where=request.where,
                expected="every row of the answer",
                found=f"{most[:20]} rows, which is all that the store gives at a time",
                remedy="narrow the query by a parameter, or raise ResultSetMaxRows of the store",
            )
        try:
            return rows_of(json.loads(answer.body))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            found = f"JSON that is cut off or of another shape: {quoted(answer.body[-200:])}"
            raise unanswered(request, "page", found) from None

    def _refuse_split_graphs(self) -> None:
        anything = "ASK { ?s ?p ?o }"
        if self.evaluate(anything).truth or not self.evaluate("ASK { GRAPH ?g { ?s ?p ?o } }").truth:
            return
        # The store may have been empty, and someone begun to fill it between the two questions.
        if self.evaluate(anything).truth:
            return
        raise StoreFailed(
            where=self.name,
            expected="a default graph that is the union of the named graphs",
            found="an empty default graph beside named graphs",
            remedy="Oxigraph: end the address in ?union-default-graph; Fuseki: tdb2:unionDefaultGraph true",
        )


def rows_of(answer: Any) -> Rows:
    """The rows of SPARQL 1.1 Query Results JSON, parsed; raises whatever JSON of another shape makes of it."""
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
    datatype = binding.get("datatype", XSD_STRING)
    # Virtuoso spells truth values as numbers.
    return Literal(_TRUTH.get(value, value) if datatype == _BOOLEAN else value, datatype)
