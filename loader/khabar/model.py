"""The records that an author writes: a corpus, its entities, its articles.

Every field is as it stands in the YAML: references are ids, dates are EDTF text, nothing is resolved. A missing
optional value is ``None``, a missing optional list or map is empty. The decoder that reads YAML and the JSON Schema
are made from these types, and from the docstrings what editors and ``docs/records.md`` say of each key.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from khabar.scalars import (
    Base,
    Certainty,
    Count,
    Detail,
    Duration,
    Edtf,
    EntityType,
    Iri,
    LanguageMap,
    LanguageTag,
    Matches,
    Ordinal,
    Reference,
    References,
    Sha256,
    Slug,
    Stance,
    Text,
    TypeName,
)


class _Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What all records share: immutable, named fields only, no unknown keys, no work for the garbage collector."""


class Annotator(_Record, frozen=True):
    """Who made the records.

    Keys:
        name: The name, as it should be cited.
        iri: An IRI of the person or group, such as an ORCID.
    """

    name: Text
    iri: Iri | None = None


class EventType(_Record, frozen=True):
    """A type of event that a corpus declares beside khabar's own.

    Keys:
        label: What the type is called.
        definition: What belongs to it and what does not.
        subclass_of: The type that it narrows: khabar's own or another of this corpus; without it, ``Event``.
        close_match: The same or nearly the same concept elsewhere.
    """

    label: LanguageMap
    definition: LanguageMap = {}
    subclass_of: TypeName = "Event"
    close_match: Matches = ()


class CorpusHeader(_Record, frozen=True):
    """``corpus.yaml``: what holds for every record of the folder.

    Keys:
        base: Where every IRI of the corpus begins; ends in ``/`` or ``#``.
        title: What the corpus is called.
        licence: The IRI of the licence that the records are published under.
        description: What the corpus covers.
        languages: The languages that every label is promised in; ``khabar check`` holds the records to it.
        annotators: Who made the records.
        event_types: Types of event beside khabar's own, by name.
    """

    base: Base
    title: LanguageMap
    licence: Iri
    description: LanguageMap = {}
    languages: tuple[LanguageTag, ...] = ()
    annotators: tuple[Annotator, ...] = ()
    event_types: dict[TypeName, EventType] = {}


class Point(_Record, frozen=True):
    """A position in WGS 84, in decimal degrees.

    Keys:
        lat: Latitude, north is positive.
        lon: Longitude, east is positive.
    """

    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]


class Entity(_Record, frozen=True):
    """A person, organisation, outlet, polity or place.

    Keys:
        type: What it is; a ``Polity`` (a state, a city as an actor) is an agent and a place.
        name: What it is called.
        alias: Other names, spellings and transliterations; one or several for each language.
        note: A remark for readers.
        position: The office that a person holds.
        member_of: The organisations, outlets or polities that it belongs to.
        within: The places or polities that it lies in.
        point: Where a place lies.
        exact_match: The very same thing elsewhere: a Q-number of Wikidata or an IRI.
        close_match: Nearly the same thing elsewhere.
    """

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


class EntitiesFile(_Record, frozen=True):
    """One file of ``entities/``.

    Keys:
        entities: The entities, by id.
    """

    entities: dict[Slug, Entity]


class ArticleText(_Record, frozen=True):
    """What proves that a copy of the text is the one that was read: digest and length in code points, after NFC.

    Keys:
        sha256: SHA-256 of the UTF-8 bytes of the text after NFC.
        length: Code points of the text after NFC.
    """

    sha256: Sha256
    length: Count


class Article(_Record, frozen=True):
    """The bibliographic facts of one article.

    Keys:
        id: The id of the article in the corpus.
        title: The headline, in its own language and in those of the corpus.
        publisher: The outlet that published it; the last link of every chain of transmission in it.
        published: The day of publication.
        language: The language that it is written in.
        url: Where it can be read.
        republished_by: Outlets that republished it.
        text: Digest and length of the text that was read; the text itself stays with its owner.
        note: A remark for readers.
    """

    id: Slug
    title: LanguageMap
    publisher: Reference
    published: Edtf
    language: LanguageTag
    url: Iri | None = None
    republished_by: References = ()
    text: ArticleText | None = None
    note: LanguageMap = {}


class UnnamedSource(_Record, frozen=True):
    """A source that the article does not name; it belongs to this article alone.

    Keys:
        described_as: How the article describes it.
        speaks_for: Whose mandate it speaks with, according to the article.
        affiliated_with: To whom it is near, without a mandate.
        reason_unnamed: Why it is not named, according to the article.
    """

    described_as: LanguageMap
    speaks_for: References = ()
    affiliated_with: References = ()
    reason_unnamed: LanguageMap = {}


class Evidence(_Record, frozen=True):
    """A passage: paragraph from 1; start and end in code points of the NFC text, from 0, end exclusive.

    Keys:
        paragraph: The paragraph: a non-empty line of the text, counted from 1.
        start: The first code point of the passage in the paragraph, counted from 0.
        end: The code point after the last.
        sha256: SHA-256 of the UTF-8 bytes of the passage after NFC.
    """

    paragraph: Ordinal
    start: Count
    end: Count
    sha256: Sha256


EvidenceBlocks: TypeAlias = Evidence | tuple[Evidence, ...]


class RelativeDate(_Record, frozen=True):
    """A date that is given by another event's: before or after it, by a duration or by no one knows how much.

    Keys:
        before: The event that it lies before.
        after: The event that it lies after.
        by: How far; without it, no one knows.
    """

    before: Reference | None = None
    after: Reference | None = None
    by: Duration | None = None


class Event(_Record, frozen=True):
    """An occurrence as described: real, planned or merely alleged.

    Keys:
        type: A type of khabar's, such as ``Visit``, or one that the corpus declares.
        label: What happened or is said to have happened, in a few words.
        date: When: an EDTF date, or before or after another event.
        place: Where.
        participant: Who took part, in no role that has a key of its own.
        attendee: Who attended a meeting.
        host: Who received the others.
        visitor: Who came.
        inviter: Who invited.
        party: Who is a party to an agreement.
        provider: Who gives.
        recipient: Who receives.
        force: The armed force that is present.
        against: Whom it is directed against, or meant to guard against; no participant.
        part_of: The event that it is a part of.
        in_exchange_for: The event that is given in return.
        topic: What it was about.
        object: What is given, built or agreed.
        purpose: What it is for.
        note: A remark for readers.
        same_event_as: The same event, as described in another article or elsewhere in this one.
        close_match: The event, or nearly the event, elsewhere.
        evidence: Where the article describes it; the publisher then asserts it.
    """

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


class Claim(_Record, frozen=True):
    """One proposition about one or more events (statements are events too).

    Keys:
        about: The events, or the statements, that it is about.
        text: The proposition, in your own words.
        detail: The one detail of the event that it gives.
        entails: Broader claims that it cannot be true without.
        conflicts_with: Claims that cannot be true together with it.
        note: A remark for readers.
    """

    about: References
    text: LanguageMap
    detail: Detail | None = None
    entails: References = ()
    conflicts_with: References = ()
    note: LanguageMap = {}


class Hop(_Record, frozen=True):
    """One link of a chain of transmission; it has a stance of its own only where the author says so.

    Keys:
        outlet: Who passed it on.
        date: When.
        stance: A stance of its own, where the outlet takes one.
        certainty: How certain the outlet is, where it says so.
    """

    outlet: Reference
    date: Edtf | None = None
    stance: Stance | None = None
    certainty: Certainty | None = None


class Statement(_Record, frozen=True):
    """One source's stance toward one claim, and the outlets that passed it on.

    Exactly one of ``claim``, ``event`` and ``relays`` is given.

    Keys:
        source: Who says it: an entity, or an unnamed source of the article.
        evidence: Where the article gives it.
        type: ``Rumour``, where the article calls it one.
        stance: How the source stands to the claim.
        certainty: How certain the source is; without it, ``unstated``.
        claim: The claim.
        event: An event, whose description is the claim.
        relays: An earlier statement that it passes on.
        via: The outlets it came through, the one nearest to the source first; the publisher is the last unwritten.
        date: When it was said.
        responds_to: The statement that it answers.
        same_as: The same statement, in another article or elsewhere in this one.
        label: What to call it, where source, stance and claim do not do.
        note: A remark for readers.
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


class ArticleRecord(_Record, frozen=True):
    """One file of ``articles/``: an article, and all that it says.

    Keys:
        article: The article itself.
        entities: Entities that only this article speaks of, by id.
        sources: Sources that the article does not name, by id.
        events: Events, by id.
        claims: Claims, by id.
        statements: Statements, by id.
    """

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
