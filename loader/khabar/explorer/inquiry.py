"""Whether a query asks about the service itself: such queries are answered from its descriptions, beside the data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from khabar.description import VOID
from khabar.errors import QueryRefused
from khabar.explorer.description import SD, VOID_EXT
from khabar.explorer.examples import SH
from khabar.queries.tokens import Token, code

_NAMESPACES: Final = (SH, SD, VOID_EXT)
_TERMS: Final = frozenset(
    VOID + name
    for name in (
        *("classPartition", "propertyPartition", "class", "property", "classes", "properties", "entities"),
        *("distinctSubjects", "distinctObjects", "subjectsTarget", "objectsTarget", "linkPredicate"),
        *("sparqlEndpoint", "uriLookupEndpoint", "exampleResource", "DatasetDescription"),
    )
)
_ESCAPED: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_LAST: Final = 0x10FFFF


def asks_of_service(text: str) -> bool:
    """Tell whether a query names a term of SHACL, of a service description, or of VoID's partitions.

    A term is named by its IRI or by a prefix that the query declares; a declaration alone names nothing, nor does a
    string or a comment. What the data holds of VoID, such as ``void:Dataset`` and ``void:triples``, is asked of the
    data. A text that is no SPARQL asks about nothing.

    >>> asks_of_service("PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?p { [] sh:prefix ?p }")
    True
    >>> asks_of_service("PREFIX void: <http://rdfs.org/ns/void#> SELECT ?n { ?d void:triples ?n }")
    False
    """
    try:
        found = code(text)
    except QueryRefused:
        return False
    return any(iri in _TERMS or iri.startswith(_NAMESPACES) for iri in _named(found))


def _named(found: tuple[Token, ...]) -> Iterator[str]:
    namespaces: dict[str, str] = {}
    declared = 0
    for index, token in enumerate(found):
        if token.is_word("PREFIX") and [one.kind for one in found[index + 1 : index + 3]] == ["name", "iri"]:
            namespaces[found[index + 1].text] = _iri(found[index + 2])
            declared = index + 3
        elif index < declared:
            continue
        elif token.kind == "iri":
            yield _iri(token)
        elif token.kind == "name":
            prefix, colon, local = token.text.partition(":")
            if (namespace := namespaces.get(prefix + colon)) is not None:
                yield namespace + local


def _iri(token: Token) -> str:
    r"""The IRI that a token spells: ``\u0061`` is a letter (SPARQL 1.1, section 19.2)."""
    return _ESCAPED.sub(_character, token.text[1:-1])


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number <= _LAST else match[0]
