"""The one place that writes RDF terms into SPARQL and TSV: whatever a string holds, it stays a string."""

from __future__ import annotations

import re
from typing import Final, NamedTuple, TypeAlias

from khabar.errors import QueryRefused
from khabar.terms import LANG_STRING, XSD_STRING, Literal


class Blank(NamedTuple):
    """A blank node of someone else's data; khabar's own has none."""

    label: str


Term: TypeAlias = "str | Literal | Blank"
"""What a row may hold: an IRI (a plain ``str``), a literal, a blank node."""

_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\\ud800-\udfff]*")
_TAG: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_SHORT: Final = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)
# Some engines expand \u escapes before they read strings, others while they do. After an escaped backslash the letter
# itself is escaped, with all eight digits: both kinds then read the same string.
_ESCAPED_U: Final = re.compile(r"\\\\(?=[uU])(.)")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def spell(term: Term | None) -> str:
    r"""The SPARQL text of ``term``; ``UNDEF`` for none, and for a blank node, which SPARQL cannot name.

    >>> print(spell(Literal('say "no" } # and go')))
    "say \"no\" } # and go"
    >>> spell("http://example.org/a"), spell(None)
    ('<http://example.org/a>', 'UNDEF')

    Raises QueryRefused for an IRI with characters that no IRI may have, and for text that UTF-8 cannot carry.
    """
    if term is None or isinstance(term, Blank):
        return "UNDEF"
    if isinstance(term, Literal):
        return _literal(term)
    if not _IRI.fullmatch(term):
        raise QueryRefused(where="term", expected="an absolute IRI", found=ascii(term))
    return f"<{term}>"


def _literal(literal: Literal) -> str:
    if _SURROGATE.search(literal.lexical):
        raise QueryRefused(
            where="term", expected="text in Unicode", found=f"half of a surrogate pair in {literal.lexical!a}"
        )
    text = _ESCAPED_U.sub(lambda match: rf"\\\U{ord(match[1]):08X}", literal.lexical.translate(_SHORT))
    if literal.datatype == LANG_STRING:
        if not _TAG.fullmatch(literal.language):
            raise QueryRefused(where="term", expected="a language tag", found=ascii(literal.language))
        return f'"{text}"@{literal.language}'
    return f'"{text}"' if literal.datatype == XSD_STRING else f'"{text}"^^{spell(literal.datatype)}'
