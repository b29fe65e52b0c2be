"""What khabar has to know of each kind of triple store: its addresses, its limits, its ways."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from khabar.errors import StoreFailed
from khabar.stores.store import Rewrite


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of triple store.

    ``query``, ``update`` and ``graphs`` are appended to the base address, which is the one that the store's own
    documentation gives; they may hold a ``?``. An empty ``graphs`` says that the store has no Graph Store Protocol.
    """

    name: str
    title: str
    query: str
    update: str
    graphs: str
    graph_parameter: str = "graph"
    """The parameter of the Graph Store Protocol that names the graph."""
    query_parameters: tuple[tuple[str, str], ...] = ()
    """What makes the union of all graphs the default graph of a query."""
    authentication: tuple[str, ...]
    """Of ``basic``, ``digest`` and ``bearer``."""
    media_type: str = "application/n-triples"
    """What documents are sent as."""
    request_limit: int | None
    """Bytes that a request may have, by default or by documentation; None where nobody says."""
    row_limit: int | None = None
    """Rows that a SELECT gives at most."""
    update_limit: int
    """Triples in one INSERT DATA."""
    atomic: bool
    """Whether readers see a PUT, or an update, as a whole."""
    rewrites: tuple[Rewrite, ...] = ()
    """What the store is known to change in a document."""
    quirks: tuple[str, ...] = ()
    """Sentences for the documentation."""
    source: str = ""
    """Where all this is documented."""


class Addresses(msgspec.Struct, frozen=True):
    """Where one store is asked, updated, and its graphs are put; ``graphs`` is empty where it has no such protocol."""

    query: str
    update: str
    graphs: str


_OXIGRAPH: Final = Profile(
    name="oxigraph",
    title="Oxigraph",
    query="/query",
    update="/update",
    graphs="/store",
    query_parameters=(("union-default-graph", ""),),
    authentication=("basic", "bearer"),
    request_limit=None,
    update_limit=100_000,
    atomic=True,
    quirks=("It knows no users: credentials are for a proxy before it.",),
    source="https://github.com/oxigraph/oxigraph/tree/main/cli",
)
_GENERIC: Final = Profile(
    name="generic",
    title="Any SPARQL 1.1 endpoint",
    query="",
    update="",
    graphs="",
    authentication=("basic", "digest", "bearer"),
    request_limit=None,
    update_limit=1_000,
    atomic=False,
    quirks=("The address is that of the endpoint itself, for queries and for updates.",),
    source="https://www.w3.org/TR/sparql11-protocol/",
)

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType({profile.name: profile for profile in (_OXIGRAPH, _GENERIC)})
"""Every profile by its name."""


def find(name: str) -> Profile:
    """The profile of this name. Raises StoreFailed, with the names that there are."""
    if name in PROFILES:
        return PROFILES[name]
    raise StoreFailed(where="profile", expected=f"one of {', '.join(PROFILES)}", found=name)


def addresses(profile: Profile, base: str, *, query: str = "", update: str = "", graphs: str = "") -> Addresses:
    """The addresses of a store at ``base``; each that is given takes the place of the profile's."""
    start = base.rstrip("/") if profile.query else base
    return Addresses(
        query=query or start + profile.query,
        update=update or start + profile.update,
        graphs=graphs or (start + profile.graphs if profile.graphs else ""),
    )
