"""Stand-ins for the stores that cannot be had here: real HTTP on loopback, Oxigraph in memory below, strict in front.

    with FAKES["fuseki"].running() as fake:
        RemoteGraphs(fake.address, profiles.find(fake.profile), credentials=fake.credentials)
        fake.requests  # every request in order: method, target, headers, size of the body, status

Each takes what its store is documented to take and refuses what that is documented to refuse; `fakes.stores` names the
sources. They start in milliseconds and leave no thread behind. `FAKES` is for ``parametrize``: one per store, with the
way of authentication that it is met with most; `GUARDED` has every way of every store.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from fakes import stores
from fakes.answers import answered
from fakes.engine import Engine
from fakes.guards import PASSWORD, TOKEN, USER, Guard
from fakes.server import Asked, Given, Request, Traffic, serving
from khabar.stores.credentials import Credentials


class Running(NamedTuple):
    """A stand-in that answers."""

    address: str
    profile: str
    credentials: Credentials | None
    engine: Engine
    traffic: Traffic

    @property
    def requests(self) -> list[Request]:
        """What it was asked so far, in order."""
        return self.traffic.requests


class Fake(NamedTuple):
    """One stand-in: ``profile`` and ``address`` are those that a user would name."""

    profile: str
    path: str
    front: stores.Front
    union: str
    scheme: str
    headers: Mapping[str, str] = {}

    @property
    def id(self) -> str:
        """A name for a test."""
        return f"{self.profile}-{self.scheme or 'open'}"

    @contextlib.contextmanager
    def running(self) -> Iterator[Running]:
        """The stand-in, empty, on a free port of loopback."""
        engine = Engine(self.union)

        def front(asked: Asked) -> Given:
            return self.front(engine, asked)

        # QLever lets everyone read, and looks at the token itself.
        guard = Guard("" if self.profile == "qlever" else self.scheme, f"{self.profile} of the tests")
        with serving(answered(front), guard, self.headers) as traffic:
            yield Running(f"{traffic.origin}{self.path}", self.profile, self._credentials, engine, traffic)

    @property
    def _credentials(self) -> Credentials | None:
        if self.scheme == "bearer":
            return Credentials(token=TOKEN)
        return Credentials(user=USER, password=PASSWORD) if self.scheme else None


_FUSEKI: Final = {"Fuseki-Request-Id": "7", "Server": "Apache Jena Fuseki (5.3.0)"}


def _fakes() -> Iterator[Fake]:
    for scheme in ("basic", "digest", "bearer"):
        yield Fake("fuseki", "/ds", stores.fuseki, "alone", scheme, _FUSEKI)
    yield Fake("graphdb", "/repositories/news", stores.graphdb, "all", "basic")
    for scheme in ("basic", "digest"):
        yield Fake("rdf4j", "/rdf4j-server/repositories/news", stores.rdf4j, "all", scheme)
    yield Fake("qlever", "", stores.qlever, "all", "bearer")
    for scheme in ("", "basic"):
        yield Fake("blazegraph", "/blazegraph/namespace/news", stores.blazegraph, "all", scheme)
    yield Fake("stardog", "/news", stores.stardog, "alone", "basic")
    for scheme in ("", "basic", "digest", "bearer"):
        yield Fake("generic", "/sparql", stores.generic, "all", scheme)


GUARDED: Final = {fake.id: fake for fake in _fakes()}
FAKES: Final = {fake.profile: fake for fake in reversed(GUARDED.values())}
