"""The profile of a store by its name, its addresses at a base, and which store answers at an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote_plus

import msgspec

from khabar.errors import StoreFailed
from khabar.queries.tokens import code
from khabar.stores.kinds import KINDS, Profile

__all__ = ["PROFILES", "Addresses", "Profile", "addresses", "find", "parameters", "probes", "recognise"]

_DATASET: Final = ("default-graph-uri", "named-graph-uri")

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType({profile.name: profile for profile in KINDS})
"""Every profile by its name."""


def find(name: str) -> Profile:
    """The profile of this name. Raises StoreFailed, with the names that there are."""
    if name in PROFILES:
        return PROFILES[name]
    raise StoreFailed(where="profile", expected=f"one of {', '.join(PROFILES)}", found=ascii(name))


def parameters(profile: Profile, text: str) -> tuple[tuple[str, str], ...]:
    """What is sent beside the query ``text`` so that its default graph is the union of all graphs.

    Nothing where the store would then know no named graph and the query asks for one.

    >>> parameters(PROFILES["fuseki"], "SELECT * { ?s ?p ?o }")
    (('default-graph-uri', 'urn:x-arq:UnionGraph'),)
    >>> parameters(PROFILES["fuseki"], "SELECT * { GRAPH ?g { ?s ?p ?o } }")
    ()
    """
    if profile.hides_graphs and any(token.is_word("GRAPH") for token in code(text)):
        return ()
    return profile.query_parameters


def preceded(profile: Profile, text: str) -> str:
    """The query ``text`` with what this store wants before it; lines keep their numbers.

    >>> preceded(PROFILES["virtuoso"], "SELECT * { VALUES ?s { 1 } }")
    'DEFINE sql:select-option "ORDER" SELECT * { VALUES ?s { 1 } }'
    >>> preceded(PROFILES["virtuoso"], "ASK { ?s ?p ?o }")
    'ASK { ?s ?p ?o }'
    """
    if profile.preamble and any(token.is_word("VALUES") for token in code(text)):
        return profile.preamble + text
    return text


class Addresses(msgspec.Struct, frozen=True):
    """Where one store is asked, updated, and its graphs are put; ``graphs`` is empty where it has no such protocol."""

    query: str
    update: str
    graphs: str


def addresses(profile: Profile, base: str, *, query: str = "", update: str = "", graphs: str = "") -> Addresses:
    """The addresses of a store at ``base``; each that is given takes the place of the profile's.

    A base that already is one of the store's own addresses is understood. What stands behind a ``?`` in it is kept in
    each address, but for what chooses the dataset of a query, which is kept in that of the queries alone.

    >>> addresses(PROFILES["fuseki"], "http://localhost:3030/ds/sparql").graphs
    'http://localhost:3030/ds/data'
    """
    start, _, search = base.partition("?")
    start = _root(profile, start)
    pairs = [pair for pair in search.split("&") if pair and _pair(pair) not in profile.query_parameters]

    def joined(path: str, kept: Iterable[str]) -> str:
        address, _, own = f"{start}{path}".partition("?")
        return "?".join(filter(None, (address, "&".join(filter(None, (own, *kept))))))

    others = [pair for pair in pairs if _pair(pair)[0] not in _DATASET]
    return Addresses(
        query=query or joined(profile.query, pairs),
        update=update or joined(profile.update, others),
        graphs=graphs or (joined(profile.graphs, others) if profile.graphs else ""),
    )


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return unquote_plus(name), unquote_plus(value)


def _root(profile: Profile, address: str) -> str:
    ends = {profile.query, profile.update, profile.graphs, *profile.aliases} - {"", "/", "?"}
    if not ends and not profile.graphs:
        return address
    address = address.rstrip("/")
    if end := max((end for end in ends if address.endswith(end)), key=len, default=""):
        root = address.removesuffix(end)
        # A database may be called as one of its services is: an address that needs a path keeps it.
        if _depth(root) >= _depth(profile.example):
            return root
    return address


def _depth(address: str) -> int:
    return address.partition("//")[2].count("/")


def probes(address: str) -> tuple[str, ...]:
    """Two addresses that can be read without harm, of which `recognise` tells what answers at ``address``."""
    start = address.partition("?")[0].rstrip("/")
    above, repositories, _ = start.partition("/repositories/")
    if repositories:
        return address, f"{above}/protocol"
    if "/namespace/" in start and not start.endswith("/sparql"):
        return address, f"{start}/sparql"
    return address, "/".join([*start.split("/", 3)[:3], "ping"])


def recognise(address: str, headers: Mapping[str, str], body: bytes = b"") -> Profile | None:
    """Which store gave this answer to a GET of ``address``, one of `probes`, whatever its status; None for any other.

    By what the stores document or are seen to say: Oxigraph and Virtuoso name themselves in ``Server``; Fuseki gives
    each request an id; RDF4J and GraphDB tell the version of their protocol at ``/protocol``, GraphDB below no path;
    QLever answers at ``/ping``; Blazegraph's service description speaks of bigdata.
    """
    fields = {name.lower(): value for name, value in headers.items()}
    server = fields.get("server", "").lower()
    if "fuseki-request-id" in fields:
        return PROFILES["fuseki"]
    for name in ("oxigraph", "virtuoso", "fuseki", "graphdb", "stardog", "qlever", "blazegraph"):
        if name in server:
            return PROFILES[name]
    if address.endswith("/protocol") and body.strip().isdigit():
        return PROFILES["graphdb" if _depth(address) == 1 else "rdf4j"]
    if address.endswith("/ping") and body.startswith(b"This QLever server"):
        return PROFILES["qlever"]
    if b"http://www.bigdata.com/rdf#/features" in body:
        return PROFILES["blazegraph"]
    return None
