"""What a process is asked to do, and what it says when it has done it or not: messages, as MessagePack."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

INLINE: Final = 256 * 1024
"""Bytes of an answer that come with the message; a longer one lies in a file of its own."""


class Ask(msgspec.Struct, frozen=True, kw_only=True, tag="ask"):
    """Evaluate SPARQL: rows in the form ``rows``, a graph in the form ``graph``; either empty where it is not wanted.

    ``default`` and ``named`` are the graphs that the request names in place of the query's own (SPARQL 1.1 Protocol,
    section 2.1.4); with neither, the default graph is the union of all.
    """

    text: str
    rows: str = "json"
    graph: str = "ttl"
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


class Named(msgspec.Struct, frozen=True, kw_only=True, tag="named"):
    """Evaluate a bundled query by its name; ``form`` is a form of rows, or ``rows`` for the pages' own JSON."""

    name: str
    params: dict[str, str] = msgspec.field(default_factory=dict)
    form: str = "json"
    limit: int | None = None
    offset: int = 0


class Graph(msgspec.Struct, frozen=True, kw_only=True, tag="graph"):
    """Give a graph of the dataset whole; an empty name is that of the default graph, the union of all."""

    name: str = ""
    form: str = "ttl"


class Describe(msgspec.Struct, frozen=True, kw_only=True, tag="describe"):
    """Give the triples around one IRI."""

    iri: str
    form: str = "ttl"


class Portray(msgspec.Struct, frozen=True, kw_only=True, tag="portray"):
    """Give what a page tells of one thing: a `khabar.explorer.values.Portrait` as MessagePack."""

    iri: str
    language: str = "en"


class Index(msgspec.Struct, frozen=True, kw_only=True, tag="index"):
    """Write the index of the explorer to the file ``path``, unless it is there, and what is told of the service.

    ``address`` is where the service is reached.
    """

    path: str
    address: str


Task: TypeAlias = Ask | Named | Graph | Describe | Portray | Index

Reason: TypeAlias = Literal["refused", "forbidden", "not-found", "not-acceptable", "too-large", "failed"]
"""Why there is no answer: the request is wrong, names a service that was not allowed, names nothing, wants no form that
there is, or asks for more than may be; or the store failed."""


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag="ready"):
    """The store at ``place`` is open; the engine cannot reach the network, and not more memory, where these say so."""

    walled: bool
    bounded: bool
    place: tuple[int, int, int]


class Progress(msgspec.Struct, frozen=True, kw_only=True, tag="progress"):
    """A long task goes on: ``done`` of ``total``."""

    done: int
    total: int


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """The task is done: its answer in ``form``, as ``body`` or in the file ``path``, of ``size`` bytes.

    A page tells its number of rows, and whether it is followed by ``more``.
    """

    form: str = ""
    body: bytes = b""
    path: str = ""
    size: int = 0
    rows: int = 0
    more: bool = False


class NotDone(msgspec.Struct, frozen=True, kw_only=True, tag="not-done"):
    """The task could not be done, and why, in the words of a `khabar.errors.KhabarError`."""

    reason: Reason
    where: str
    expected: str
    found: str
    remedy: str = ""


Report: TypeAlias = Ready | Progress | Done | NotDone
