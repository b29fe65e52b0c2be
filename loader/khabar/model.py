"""The records that an author writes: a corpus, its entities, its articles.

Every field is as it stands in the YAML: references are ids, dates are EDTF text, nothing is resolved. A missing
optional value is ``None``, a missing optional list or map is empty. The JSON Schema that editors use and the decoder
that reads YAML are both derived from these types.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from khabar.terms import HTTP_IRI_PATTERN

# An id starts with a letter, so that no YAML reader takes it for a number, and is no word of YAML's core schema.
SLUG_PATTERN = r"^(?!(?:null|true|false)$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$"
REFERENCE_PATTERN = r"^(?!(?:null|true|false)$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*)?$"
LANGUAGE_PATTERN = r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$"
TYPE_NAME_PATTERN = r"^[A-Z][A-Za-z0-9]{0,79}$"
SHA256_PATTERN = r"^[0-9a-f]{64}$"
MATCH_PATTERN = r"^Q[1-9][0-9]{0,11}$|" + HTTP_IRI_PATTERN
DURATION_PATTERN = r"^P(?=[0-9])(?:[0-9]{1,4}Y)?(?:[0-9]{1,4}M)?(?:[0-9]{1,5}W)?(?:[0-9]{1,6}D)?$"


def _matching(expected: str, code: str, pattern: str, **limits: int) -> Meta:
    # Not Meta(pattern=...): msgspec 0.22 releases the compiled pattern once too often when such a type stands in a
    # union with a tuple of itself, which aborts the process at its end. The description is what a fault expects.
    return Meta(description=expected, extra={"code": code}, extra_json_schema={"pattern": pattern}, **limits)


Text: TypeAlias = Annotated[
    str,
    # Editors read YAML 1.2, where an unquoted 2023 or true is no string; the loader keeps what was written.
    Meta(description="a text", min_length=1, extra_json_schema={"type": ["string", "number", "boolean"]}),
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


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What all records share: immutable, named fields only, no unknown keys."""


class Annotator(_Record):
    """Who made the records."""

    name: Text
    iri: Iri | None = None


class EventType(_Record):
    """A type of event that a corpus declares beside khabar's own."""

    label: LanguageMap
    definition: LanguageMap = {}
    subclass_of: TypeName = "Event"
    close_match: Matches = ()


class CorpusHeader(_Record):
    """``corpus.yaml``: what holds for every record of the folder."""

    base: Iri
    title: LanguageMap
    licence: Iri
    description: LanguageMap = {}
    languages: tuple[LanguageTag, ...] = ()
    annotators: tuple[Annotator, ...] = ()
    event_types: dict[TypeName, EventType] = {}


class Point(_Record):
    """A position in WGS 84, in decimal degrees."""

    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]


class Entity(_Record):
    """A person, organisation, outlet, polity or place."""

    type: EntityType
    name: LanguageMap
    alias: dict[LanguageTag, Text | tuple[Text, ...]] = {}
    note: LanguageMap = {}
    position: LanguageMap = {}
    member_of: References = ()
    within: References = ()
    point: Point | None = None
    exact_match: Matches = ()
    close_match: Matches = ()


class EntitiesFile(_Record):
    """One file of ``entities/``."""

    entities: dict[Slug, Entity]


class ArticleText(_Record):
    """What proves that a copy of the text is the one that was read: digest and length in code points, after NFC."""

    sha256: Sha256
    length: Count


class Article(_Record):
    """The bibliographic facts of one article."""

    id: Slug
    title: LanguageMap
    publisher: Reference
    published: Edtf
    language: LanguageTag
    url: Iri | None = None
    republished_by: References = ()
    text: ArticleText | None = None
    note: LanguageMap = {}


class UnnamedSource(_Record):
    """A source that the article does not name; it belongs to this article alone."""

    described_as: LanguageMap
    speaks_for: References = ()
    affiliated_with: References = ()
    reason_unnamed: LanguageMap = {}


class Evidence(_Record):
    """A passage: paragraph from 1; start and end in code points of the NFC text, from 0, end exclusive."""

    paragraph: Ordinal
    start: Count
    end: Count
    sha256: Sha256


EvidenceBlocks: TypeAlias = Evidence | tuple[Evidence, ...]


class RelativeDate(_Record):
    """A date that is given by another event's: before or after it, by a duration or by no one knows how much."""

    before: Reference | None = None
    after: Reference | None = None
    by: Duration | None = None


class Event(_Record):
    """An occurrence as described: real, planned or merely alleged."""

    type: TypeName
    label: LanguageMap
    date: Edtf | RelativeDate | None = None
    place: References = ()
    participant: References = ()
    attendee: References = ()
    host: References = ()
    visitor: References = ()
    inviter: References = ()
    party: References = ()
    provider: References = ()
    recipient: References = ()
    force: References = ()
    against: References = ()
    part_of: References = ()
    in_exchange_for: References = ()
    topic: LanguageMap = {}
    object: LanguageMap = {}
    purpose: LanguageMap = {}
    note: LanguageMap = {}
    same_event_as: References = ()
    close_match: Matches = ()
    evidence: EvidenceBlocks = ()


class Claim(_Record):
    """One proposition about one or more events (statements are events too)."""

    about: References
    text: LanguageMap
    detail: Detail | None = None
    entails: References = ()
    conflicts_with: References = ()
    note: LanguageMap = {}


class Hop(_Record):
    """One link of a chain of transmission; it has a stance of its own only where the author says so."""

    outlet: Reference
    date: Edtf | None = None
    stance: Stance | None = None
    certainty: Certainty | None = None


class Statement(_Record):
    """One source's stance toward one claim, and the outlets that passed it on.

    Exactly one of ``claim``, ``event`` and ``relays`` is given. ``via`` runs from the outlet nearest to the source
    outwards; the article's publisher is the last link without being written.
    """

    source: Reference
    evidence: EvidenceBlocks
    type: Literal["Rumour"] | None = None
    stance: Stance | None = None
    certainty: Certainty = "unstated"
    claim: Reference | None = None
    event: Reference | None = None
    relays: Reference | None = None
    via: tuple[Reference | Hop, ...] = ()
    date: Edtf | None = None
    responds_to: References = ()
    same_as: References = ()
    label: LanguageMap = {}
    note: LanguageMap = {}


class ArticleRecord(_Record):
    """One file of ``articles/``: an article, and all that it says."""

    article: Article
    entities: dict[Slug, Entity] = {}
    sources: dict[Slug, UnnamedSource] = {}
    events: dict[Slug, Event] = {}
    claims: dict[Slug, Claim] = {}
    statements: dict[Slug, Statement] = {}


_T = TypeVar("_T")


def each(value: _T | tuple[_T, ...]) -> tuple[_T, ...]:
    """One or several values, as several.

    >>> each("eastport"), each(("eastport", "westport"))
    (('eastport',), ('eastport', 'westport'))
    """
    return value if isinstance(value, tuple) else (value,)


class Corpus(msgspec.Struct, frozen=True, kw_only=True):
    """A whole folder, read: the header, the shared entities, the articles, and the file each came from.

    ``paths`` maps ``"corpus"``, ``"entities.ID"`` and ``"articles.ID"`` to the file of that record, so that a fault
    found later can be told at its line.
    """

    header: CorpusHeader
    entities: dict[str, Entity]
    articles: tuple[ArticleRecord, ...]
    paths: dict[str, str]
