"""A triple store of someone else that is written: graph by graph, each whole, and looked at when in doubt."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Final, Self, TypeVar
from urllib.parse import quote

import msgspec

from khabar.canonical import canonical
from khabar.errors import StoreFailed
from khabar.stores import updates
from khabar.stores.authorization import Authorization
from khabar.stores.documents import ACCEPTED, triples
from khabar.stores.endpoint import CONNECTIONS, TIMEOUT, address_of
from khabar.stores.profiles import addresses
from khabar.stores.refusals import REMEDIES, quoted, refusal, unanswered
from khabar.stores.remote import RemoteStore
from khabar.stores.retries import Retries, Tries, is_unsure
from khabar.stores.store import NO_SERVICES
from khabar.stores.wire import Answer, Request, Wire

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

    from khabar.graphs import NamedGraph
    from khabar.queries.results import Rows
    from khabar.stores.credentials import Credentials
    from khabar.stores.profiles import Profile
    from khabar.stores.store import Rewrite

T = TypeVar("T")

DOCUMENT_LIMIT: Final = 4 * 1024 * 1024 * 1024
"""Bytes of one graph that is read back."""

_ADDRESS_REMEDY: Final = "give the address that the store's profile asks for, or name another profile"
_REMEDIES: Final[Mapping[int, str]] = {
    **REMEDIES,
    403: "the store does not let this user write",
    404: _ADDRESS_REMEDY,
    405: _ADDRESS_REMEDY,
    413: "the store takes less in one request: raise its limit",
    415: _ADDRESS_REMEDY,
    429: "wait, then run the same command again",
    501: _ADDRESS_REMEDY,
    503: "wait, then run the same command again",
    504: "run the same command again",
}
_GONE: Final = (404, 410)


class RemoteGraphs:
    """The named graphs of a store at an http or https address, as its profile has it; see `GraphStore`.

    A graph goes by the Graph Store Protocol where the profile has it and the request is not too large for the store,
    else by SPARQL Update. ``connections`` requests are under way at a time; the methods may be called by several
    threads. ``query``, ``update`` and ``graphs`` stand for the addresses that the profile would give; credentials go
    to the host of ``address`` alone.
    """

    def __init__(
        self,
        address: str,
        profile: Profile,
        *,
        credentials: Credentials | None = None,
        timeout: float = TIMEOUT,
        connections: int = CONNECTIONS,
        retries: Retries | None = None,
        query: str = "",
        update: str = "",
        graphs: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        base = address_of(address)
        self._base = base
        self._profile = profile
        self._addresses = addresses(
            profile, base, **{key: address_of(value) for key, value in _given(query, update, graphs)}
        )
        self._is_over = threading.Event()
        self._patience = retries or Retries(sleep=self._sleep)
        self._retries = msgspec.structs.replace(self._patience, may=self._may_pass)
        self._wire = Wire(
            base,
            timeout=timeout,
            authorization=Authorization(credentials, profile.authentication) if credentials else None,
            size_limit=DOCUMENT_LIMIT,
            tls=tls,
        )
        self._queries = RemoteStore(
            base, profile=profile, query=self._addresses.query, wire=self._wire, patience=self._retries
        )
        at_most = profile.connections or connections
        self._threads = ThreadPoolExecutor(min(connections, at_most), thread_name_prefix="khabar-writer")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection; what is under way fails, and what is not is not begun."""
        self._is_over.set()
        self._wire.close()
        self._threads.shutdown(cancel_futures=True)

    @property
    def name(self) -> str:
        """The address without its query."""
        return self._base.partition("?")[0]

    @property
    def profile(self) -> Profile:
        """What is known of the store."""
        return self._profile

    @property
    def resumed(self) -> bool:
        """True: what a store of someone else has confirmed stands there, whatever became of the load."""
        return True

    @property
    def rewrites(self) -> Sequence[Rewrite]:
        """What this store is known to change in a document."""
        return self._profile.rewrites

    def select(self, text: str, *, services: Mapping[str, str] = NO_SERVICES) -> Rows:
        """The rows of a SELECT query, or the truth of an ASK query; see `Store`."""
        return self._queries.select(text, services=services)

    def read(self, graph: str) -> bytes:
        """The triples of a named graph as N-Triples; empty where there is none."""
        return self._persistently(lambda: self._read(graph))

    def sums(self, graphs: Sequence[NamedGraph]) -> Mapping[str, tuple[int, str]]:  # noqa: ARG002 - of none
        """Nothing: no endpoint tells the digest of a graph."""
        return {}

    def replace(self, graphs: Sequence[NamedGraph]) -> None:
        """Put each of ``graphs`` in the place of what its name holds.

        What may have arrived though no good answer came is read, and sent again only if it is not there. The first
        graph that fails ends the call, once what is under way is over.
        """
        self._all(self._replace, graphs)

    def add(self, graph: NamedGraph) -> None:
        """Add a few triples, none with a blank node: what is there already is not there twice."""
        if self._addresses.graphs:
            request = self._to_graph("POST", graph.iri, "the triples added", graph.document)
        else:
            request = self._update(updates.addition(graph), graph.iri, "the triples added")
        self._persistently(lambda: self._sent(request))

    def remove(self, graphs: Sequence[str]) -> None:
        """Remove named graphs; none is missed that is not there."""
        self._all(lambda request: self._persistently(lambda: self._sent(request)), self.removals(graphs))

    def optimize(self) -> None:
        """Nothing: no protocol asks for it."""

    def publish(self) -> None:
        """Nothing: whoever asks the store sees each graph as soon as it is in its place."""

    def requests(self, graph: NamedGraph) -> list[Request]:
        """What `replace` sends for ``graph`` when nothing goes wrong, in this order."""
        if not graph.document:
            return self.removals([graph.iri])
        limit = self._profile.request_limit
        if self._addresses.graphs and (limit is None or len(graph.document) <= limit):
            return [self._to_graph("PUT", graph.iri, "the graph put in its place", graph.document)]
        texts = updates.replacement(graph, triples=self._profile.update_limit, size=limit)
        return [self._update(text, graph.iri, "the graph put in its place") for text in texts]

    def removals(self, graphs: Sequence[str]) -> list[Request]:
        """What `remove` sends."""
        if self._addresses.graphs:
            return [self._to_graph("DELETE", graph, "the graph removed") for graph in graphs]
        return [self._update(text, "", "the graphs removed") for text in updates.removal(graphs)]

    def _replace(self, graph: NamedGraph) -> None:
        requests = self.requests(graph)
        tries = self._tries()
        unsure = False
        while True:
            try:
                if unsure and self._holds(graph):
                    return
                unsure = False
                for request in requests:
                    self._sent(request)
            except StoreFailed as failure:
                unsure = unsure or is_unsure(failure)
                if not tries.wait(failure):
                    if not unsure and len(requests) > 1:
                        self._tidy(requests[0])
                    raise tries.told(failure, unsure=unsure) from None
            else:
                return

    def _tidy(self, removal: Request) -> None:
        # What was built aside is seen by whoever asks for all graphs; the failure to tell is the first one.
        with contextlib.suppress(StoreFailed):
            self._sent(removal)

    def _holds(self, graph: NamedGraph) -> bool:
        found = self._read(graph.iri)
        if b"".join(sorted(found.splitlines(keepends=True))) == graph.document:
            return True
        # Another spelling of the same triples; what a store rewrites is sent once more, which harms nothing.
        return canonical(graph.iri, found) == graph

    def _read(self, graph: str) -> bytes:
        if not self._addresses.graphs:
            return self._constructed(graph)
        request = self._to_graph("GET", graph, "the triples of the graph")
        answer = self._wire.send(request)
        if answer.status in _GONE:
            return b""
        found = triples(request, _success(request, answer))
        limit = self._profile.row_limit
        # A store that cuts its answers says nothing of it.
        return found if limit is None or found.count(b"\n") < limit else self._constructed(graph)

    def _constructed(self, graph: str) -> bytes:
        limit = self._profile.row_limit
        if limit is None:
            return self._part(updates.reading(graph))
        whole: list[bytes] = []
        start = b""
        while True:
            # In order of subjects: the last one of a full part may have more triples, and begins the next part.
            lines = self._part(updates.reading(graph, start, limit)).splitlines(keepends=True)
            if len(lines) < limit:
                return b"".join([*whole, *lines])
            # By the name itself, as the store orders: with its bracket <urn:1> would come after <urn:10>.
            last = max(map(_subject, lines), key=lambda subject: subject.removesuffix(b">"))
            if last == start or not last.startswith(b"<"):
                raise StoreFailed(
                    where=f"{self.name}, graph {graph}",
                    expected=f"less than {limit:,} triples of each subject, which is what the store gives at a time",
                    found=f"more of {last.decode('utf-8', 'replace')}",
                    remedy="raise the store's limit on rows",
                )
            whole += (line for line in lines if _subject(line) != last)
            start = last

    def _part(self, text: str) -> bytes:
        request = self._queries.request(text, ACCEPTED, "the triples of the graph")
        return triples(request, _success(request, self._wire.send(request)))

    def _sent(self, request: Request) -> None:
        answer = self._wire.send(request)
        if request.method == "DELETE" and answer.status in _GONE:
            return
        _success(request, answer)
        if answer.media_type == "text/html" and answer.body and not self._is_told_by_a_page(answer):
            raise unanswered(request, "page", f"text/html: {quoted(answer.body)}", remedy=_ADDRESS_REMEDY)

    def _is_told_by_a_page(self, answer: Answer) -> bool:
        words = self._profile.page.encode()
        return bool(words) and words in answer.body

    def _to_graph(self, method: str, graph: str, expected: str, document: bytes | None = None) -> Request:
        start = self._addresses.graphs
        name = f"{self._profile.graph_parameter}={quote(graph, safe='')}"
        # Only of a GET is the answer a document: Virtuoso removes nothing for whom accepts nothing else.
        accepted = ACCEPTED if method == "GET" else "*/*"
        headers = (("Accept", accepted),) if document is None else (("Content-Type", self._profile.media_type),)
        return Request(
            method=method,
            address=f"{start}{'&' if '?' in start else '?'}{name}",
            headers=headers,
            body=document,
            where=f"{self.name}, graph {graph}",
            expected=expected,
        )

    def _update(self, text: bytes, graph: str, expected: str) -> Request:
        return Request(
            method="POST",
            address=self._addresses.update,
            headers=(("Content-Type", updates.MEDIA_TYPE),),
            body=text,
            where=f"{self.name}, graph {graph}" if graph else self.name,
            expected=expected,
        )

    def _persistently(self, attempt: Callable[[], T]) -> T:
        return self._tries().persist(attempt)

    def _tries(self) -> Tries:
        return self._retries.begin(met=self._wire.met)

    def _may_pass(self, failure: StoreFailed) -> bool:
        return not self._is_over.is_set() and self._patience.may(failure)

    def _sleep(self, seconds: float) -> None:
        # Whoever closes the store ends the waiting too.
        self._is_over.wait(seconds)

    def _all(self, action: Callable[[T], None], items: Sequence[T]) -> None:
        futures = [self._threads.submit(action, item) for item in items]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            for future in futures:
                future.cancel()
        wait(futures)
        for future in futures:
            if future in done:
                future.result()


def _given(query: str, update: str, graphs: str) -> list[tuple[str, str]]:
    return [(key, value) for key, value in (("query", query), ("update", update), ("graphs", graphs)) if value]


def _subject(line: bytes) -> bytes:
    # Virtuoso sets tabs between the terms.
    return line.split(None, 1)[0]


def _success(request: Request, answer: Answer) -> Answer:
    if not answer.succeeded:
        raise refusal(request, answer, _REMEDIES)
    return answer
