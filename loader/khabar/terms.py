"""RDF terms and quads as plain values, and the IRIs that khabar accepts."""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
WIKIDATA = "http://www.wikidata.org/entity/"
RDF_TYPE = RDF + "type"
XSD_STRING = XSD + "string"
LANG_STRING = RDF + "langString"

# Refused in every IRI: what RFC 3987 refuses (ucschar, section 2.2), control characters of both kinds, what changes
# the reading direction or cannot be seen, private use; and brackets, which http IRIs have no place for without IPv6.
_UNFIT = (
    r"\x00-\x20<>\"{}|\\^`\[\]\x7f-\x9f"
    r"\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff"
    r"\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff"
    r"\U0001fffe-\U0001ffff\U0002fffe-\U0002ffff\U0003fffe-\U0003ffff\U0004fffe-\U000e0fff\U000efffe-\U0010ffff"
)
_PERCENT = r"%[0-9A-Fa-f]{2}"
HTTP_IRI_PATTERN = (
    rf"^https?://[^{_UNFIT}/?#@:%]+(?::[0-9]{{1,5}})?"  # no user info, which hides the host from a reader
    rf"(?:[/?](?:[^{_UNFIT}#%]|{_PERCENT})*)?(?:#(?:[^{_UNFIT}#%]|{_PERCENT})*)?$"
)
_HTTP_IRI = re.compile(HTTP_IRI_PATTERN)


class Literal(NamedTuple):
    """An RDF literal. ``language`` is lower-case, and empty unless ``datatype`` is ``rdf:langString``."""

    lexical: str
    datatype: str = XSD_STRING
    language: str = ""


Object: TypeAlias = "str | Literal"
"""What may stand in the object's place: an IRI (a plain ``str``) or a literal. There are no blank nodes."""


class Quad(NamedTuple):
    """One statement in one named graph; ``subject``, ``predicate`` and ``graph`` are absolute IRIs."""

    subject: str
    predicate: str
    object: Object
    graph: str


def is_http_iri(text: str) -> bool:
    """Tell whether ``text`` is an absolute http(s) IRI that is safe to write, to show and to link to.

    Narrower than RFC 3987 on purpose: no user info, no bidi controls, nothing invisible.

    >>> is_http_iri("http://www.wikidata.org/entity/Q649")
    True
    >>> is_http_iri("http://example.org/a b")
    False
    """
    return _HTTP_IRI.fullmatch(text) is not None
