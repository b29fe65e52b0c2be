"""What has to be written so that a named graph becomes another, in pieces that a store takes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import msgspec

from khabar.graphs import NamedGraph, has_blank_nodes

T = TypeVar("T")


class Change(msgspec.Struct, frozen=True):
    """The triples that leave a named graph and those that come to it, as lines of N-Triples without their ends.

    Where either holds a blank node, whose name means nothing outside its document, everything leaves and everything
    comes; ``blank`` tells it.
    """

    iri: str
    removed: Sequence[bytes]
    added: Sequence[bytes]
    blank: bool = False
    empties: bool = False

    @classmethod
    def of(cls, graph: NamedGraph, held: bytes) -> Change:
        """What makes ``graph`` of a graph of its name that holds the N-Triples ``held``."""
        old, new = _lines(held), _lines(graph.document)
        empties = not new
        if has_blank_nodes(held) or has_blank_nodes(graph.document):
            return cls(graph.iri, old, new, blank=True, empties=empties)
        if not (old and new):
            return cls(graph.iri, old, new, empties=empties)
        kept = set(old).intersection(new)
        removed, added = ([line for line in lines if line not in kept] for lines in (old, new))
        return cls(graph.iri, removed, added, empties=empties)

    @property
    def size(self) -> int:
        """How many triples leave and come."""
        return len(self.removed) + len(self.added)


def batches(items: Iterable[T], limit: int, size: Callable[[T], int]) -> Iterator[list[T]]:
    """``items`` in their order, in lists of at most ``limit`` triples, ``size`` each; a larger one alone."""
    batch: list[T] = []
    total = 0
    for item in items:
        if batch and total + size(item) > limit:
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += size(item)
    if batch:
        yield batch


def pieces(lines: Sequence[bytes], limit: int) -> Iterator[list[bytes]]:
    """``lines`` in lists of at most ``limit``."""
    rest = iter(lines)
    while piece := list(islice(rest, limit)):
        yield piece


def slices(document: bytes, size: int) -> Iterator[bytes]:
    r"""A document in parts of whole lines, each of ``size`` bytes and what its last line has beyond them.

    >>> list(slices(b"one\ntwo\nthree\n", 4))
    [b'one\ntwo\n', b'three\n']
    """
    start = 0
    while start < len(document):
        end = document.find(b"\n", start + size) + 1 or len(document)
        yield document[start:end]
        start = end


def nquads(iri: str, lines: Iterable[bytes]) -> bytes:
    """Triples of the graph ``iri`` as N-Quads."""
    end = b" <" + iri.encode() + b"> .\n"
    return b"".join(line.removesuffix(b" .") + end for line in lines)


def update(changes: Iterable[Change]) -> str:
    """The changes as one SPARQL Update, which the store carries out whole or not at all; none has a blank node.

    IRIs and literals of N-Triples are IRIs and literals of SPARQL (SPARQL 1.1, section 19.8).
    """
    changes = list(changes)
    removed = b"".join(_block(change.iri, change.removed) for change in changes if not change.empties)
    added = b"".join(_block(change.iri, change.added) for change in changes)
    dropped = [f"DROP SILENT GRAPH <{change.iri}>".encode() for change in changes if change.empties]
    return b" ;\n".join([b"DELETE DATA {\n" + removed + b"}", b"INSERT DATA {\n" + added + b"}", *dropped]).decode()


def _block(iri: str, lines: Sequence[bytes]) -> bytes:
    return b"GRAPH <" + iri.encode() + b"> {\n" + b"\n".join(lines) + b"\n}\n" if lines else b""


def _lines(document: bytes) -> list[bytes]:
    return document.removesuffix(b"\n").split(b"\n") if document else []
