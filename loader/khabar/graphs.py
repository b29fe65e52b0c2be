"""One named graph whole: the unit that is digested, sent, read back and proved."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cached_property
from typing import Final

import msgspec

# A blank node begins the line, or follows two terms. IRIs hold neither spaces nor angle brackets.
_BLANK: Final = re.compile(rb"^(?:_:|<[^>]*> <[^>]*> _:)", re.MULTILINE)


class NamedGraph(msgspec.Struct, frozen=True, dict=True):
    r"""A named graph as its IRI and a document in canonical N-Triples.

    ``document`` holds each triple on one line, once, the lines in the order of their UTF-8 bytes, each with its line
    end (RDF 1.2 N-Triples, section 4); an empty graph is an empty document. Equal graphs are equal values.

    >>> graph = NamedGraph.of("https://example.org/g", [b"<urn:a> <urn:b> <urn:c> .\n"])
    >>> graph.count, graph.digest[:8]
    (1, 'b6bbf512')
    >>> graph.nquads()
    b'<urn:a> <urn:b> <urn:c> <https://example.org/g> .\n'
    """

    iri: str
    document: bytes

    @classmethod
    def of(cls, iri: str, lines: Iterable[bytes]) -> NamedGraph:
        """The graph of canonical ``lines``, in any order and however often."""
        return cls(iri, b"".join(sorted(set(lines))))

    @cached_property
    def count(self) -> int:
        """The number of triples."""
        return self.document.count(b"\n")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the document, in hexadecimal digits.

        For a graph without blank nodes this is the hash that RDF Dataset Canonicalization (RDFC-1.0) gives, the graph
        taken as the default graph.
        """
        return hashlib.sha256(self.document).hexdigest()

    def nquads(self) -> bytes:
        """The same triples as N-Quads, with the name of the graph."""
        # A canonical literal holds no line end: a full stop before one ends a triple.
        return self.document.replace(b" .\n", b" <" + self.iri.encode() + b"> .\n")


def has_blank_nodes(document: bytes) -> bool:
    """Tell whether a document of N-Triples, its terms one space apart, has a blank node."""
    # Most documents do not hold the two signs at all, which is told much faster.
    return b"_:" in document and _BLANK.search(document) is not None
