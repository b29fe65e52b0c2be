"""The texts and numbers that records hold: ids, dates, IRIs, words; what each must look like, and what to call it.

A description is what a fault expects, ``extra["code"]`` the code of that fault; editors get both from the JSON Schema.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from khabar.terms import HTTP_IRI_PATTERN

# Control characters but tab and line ends, what changes the reading direction of everything after it (isolates are
# allowed: they end with the text), line ends that only YAML 1.1 knows, byte order marks inside,
# noncharacters, and the sign that letters were lost.
FORBIDDEN_BMP = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\ufdd0-\ufdef\ufeff\ufffd-\uffff"
"""Characters that no text holds, within the first plane, for a character class."""
# White space, and what takes no ink: a text of these alone would be a label that nobody sees.
_BLANK = r"\x09\x0a\x0d\x20\u00a0\u00ad\u061c\u115f\u1160\u1680\u180e\u2000-\u200f\u202f\u205f-\u206f\u3000\u3164\uffa0"
TEXT_PATTERN = rf"^[^{FORBIDDEN_BMP}]*[^{FORBIDDEN_BMP}{_BLANK}][^{FORBIDDEN_BMP}]*$"
# An id starts with a letter, so that no YAML reader takes it for a number, and is no word of YAML's core schema.
SLUG_PATTERN = r"^(?!(?:null|true|false)$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$"
REFERENCE_PATTERN = r"^(?!(?:null|true|false)$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*)?$"
LANGUAGE_PATTERN = r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$"
TYPE_NAME_PATTERN = r"^[A-Z][A-Za-z0-9]{0,79}$"
SHA256_PATTERN = r"^[0-9a-f]{64}$"
BASE_PATTERN = r"^(?=.*[/#]$)" + HTTP_IRI_PATTERN
MATCH_PATTERN = r"^Q[1-9][0-9]{0,11}$|" + HTTP_IRI_PATTERN
DURATION_PATTERN = r"^P(?=[0-9])(?:[0-9]{1,4}Y)?(?:[0-9]{1,4}M)?(?:[0-9]{1,5}W)?(?:[0-9]{1,6}D)?$"


def _matching(expected: str, code: str, pattern: str, max_length: int | None = None) -> Meta:
    # Not Meta(pattern=...): msgspec 0.22 releases the compiled pattern once too often when such a type stands in a
    # union with a tuple of itself, which aborts the process at its end. The description is what a fault expects.
    return Meta(
        description=expected, extra={"code": code}, extra_json_schema={"pattern": pattern}, max_length=max_length
    )


Text: TypeAlias = Annotated[
    str,
    # Editors read YAML 1.2, where an unquoted 2023 or true is no string; the loader keeps what was written.
    Meta(
        description="a text",
        min_length=1,
        extra_json_schema={"type": ["string", "number", "boolean"], "pattern": TEXT_PATTERN},
    ),
]
Slug: TypeAlias = Annotated[
    str, _matching("an id: a-z, 0-9 and single hyphens, a letter first", "KH014", SLUG_PATTERN, max_length=80)
]
Reference: TypeAlias = Annotated[
    str, _matching("an id, or article.id of another article", "KH014", REFERENCE_PATTERN, max_length=161)
]
References: TypeAlias = Reference | tuple[Reference, ...]
LanguageTag: TypeAlias = Annotated[
    str, _matching("a language tag such as en, ar or zh-Hant", "KH016", LANGUAGE_PATTERN, max_length=35)
]
LanguageMap: TypeAlias = Annotated[dict[LanguageTag, Text], Meta(description="texts by language", min_length=1)]
Iri: TypeAlias = Annotated[str, _matching("an http or https IRI", "KH015", HTTP_IRI_PATTERN, max_length=2000)]
Base: TypeAlias = Annotated[
    str, _matching("an http or https IRI that ends in / or #", "KH015", BASE_PATTERN, max_length=2000)
]
Match: TypeAlias = Annotated[
    str,
    _matching("a Q-number of Wikidata, or an http or https IRI", "KH015", MATCH_PATTERN, max_length=2000),
]
Matches: TypeAlias = Match | tuple[Match, ...]
Sha256: TypeAlias = Annotated[str, _matching("a SHA-256 digest: 64 of 0-9 and a-f", "KH016", SHA256_PATTERN)]
Edtf: TypeAlias = Annotated[
    str,
    # A bare year is an integer to an editor.
    Meta(
        description="an EDTF date such as 2023-08-21, 2023-08 or [2023-09-21..2023-09-30]",
        extra={"code": "KH030"},
        min_length=4,
        max_length=400,
        extra_json_schema={"type": ["string", "integer"]},
    ),
]
Duration: TypeAlias = Annotated[str, _matching("a duration such as P7D or P1M", "KH016", DURATION_PATTERN)]
TypeName: TypeAlias = Annotated[
    str, _matching("a name of a type: a capital first, letters and digits", "KH016", TYPE_NAME_PATTERN)
]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=10_000_000)]
Ordinal: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000)]

Stance: TypeAlias = Literal[
    "asserts", "reports", "alleges", "confirms", "denies", "disputes", "declines-comment", "retracts"
]
Certainty: TypeAlias = Literal["certain", "probable", "possible", "unstated"]
EntityType: TypeAlias = Literal["Person", "Organisation", "Outlet", "Polity", "Place"]
Detail: TypeAlias = Literal[
    "date",
    "place",
    "participant",
    "attendee",
    "host",
    "visitor",
    "inviter",
    "party",
    "provider",
    "recipient",
    "force",
    "against",
    "in_exchange_for",
    "topic",
    "object",
    "purpose",
]


def matches_pattern(pattern: str, text: str) -> bool:
    """Tell whether ``text`` is as ``pattern``, one of those above, has it.

    >>> matches_pattern(MATCH_PATTERN, "Q649"), matches_pattern(MATCH_PATTERN, "Moscow")
    (True, False)
    """
    return re.fullmatch(pattern, text) is not None
