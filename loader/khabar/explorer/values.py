"""What pages show, as plain values: every text with its language, every thing with its IRI and kind."""

from __future__ import annotations

from typing import Generic, Literal, TypeAlias, TypeVar

import msgspec

Kind: TypeAlias = Literal[
    "article", "person", "organisation", "outlet", "polity", "source", "place", "event", "claim", "statement"
]
"""What a thing is to the reader of a page. ``source`` is an unnamed source."""

_Item = TypeVar("_Item")


class Text(msgspec.Struct, frozen=True):
    """A text and its language, a BCP 47 tag; a name that nobody gave is the local part of an IRI, with no language."""

    text: str
    language: str = ""


class Dates(msgspec.Struct, frozen=True, kw_only=True):
    """When something took place: the EDTF expression as written, and the days between which all of it lies.

    Each is empty where nothing is known. ``earliest`` and ``latest`` are days of the calendar, YYYY-MM-DD.
    """

    edtf: str = ""
    earliest: str = ""
    latest: str = ""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the graph as a link to its page shows it.

    ``name`` is in the language of the page, or else in another. ``type`` is the IRI of its most special class.
    ``standing`` is ``uncontested``, ``contested``, ``only-alleged`` or empty.
    """

    iri: str
    kind: Kind
    type: str
    name: Text
    dates: Dates = Dates()
    standing: str = ""


class Page(msgspec.Struct, Generic[_Item], frozen=True, kw_only=True):
    """A part of a longer list: ``items`` after the first ``offset`` of ``total``."""

    items: tuple[_Item, ...]
    total: int
    offset: int
    limit: int


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many there are of something: a class, an outlet, a language, a standing; ``key`` is its IRI, tag or word."""

    key: str
    name: Text
    number: int


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """What a dataset holds. ``kinds`` counts things by `Kind`; the lists begin with the most frequent."""

    title: Text
    description: Text | None
    licence: str
    base: str
    triples: int
    kinds: dict[str, int]
    event_types: tuple[Count, ...]
    outlets: tuple[Count, ...]
    languages: tuple[Count, ...]
    standings: tuple[Count, ...]
    latest: tuple[Thing, ...]


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """The events of one year, month or day: those that certainly lie within, and those that may."""

    start: str
    end: str
    certain: int
    possible: int


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """Events in a window of time: an aggregate over all of it, and one page of its events in order.

    ``first`` and ``last`` bound the window, or else all that is dated; empty where nothing is. An event whose days are
    known to be between two days, and to take up no known part of them, has no certain extent: see `Extent`.
    """

    first: str
    last: str
    unit: Literal["year", "month", "day"]
    buckets: tuple[Bucket, ...]
    events: Page[Extent]


class Extent(msgspec.Struct, frozen=True, kw_only=True):
    """One event on the timeline: the days on which it may lie, and those on which it certainly was.

    Possible: ``thing.dates``. Certain: from ``certain_from`` to ``certain_to``, both empty where no day is certain. A
    date such as ``2023-09-21/2023-09-30`` is certain in its whole extent, ``2023-09`` only possible, one day both.
    """

    thing: Thing
    certain_from: str = ""
    certain_to: str = ""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A person, organisation, source or event in the network; ``weight`` is the number of its edges in the dataset."""

    thing: Thing
    weight: int


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A relation between two nodes of the network, by their IRIs.

    ``relation`` is the IRI of the property: a role in an event, or for what is said of an event ``khb:source``, with
    ``stance`` as the name of the stance (``denies``). ``number`` counts equal ones.
    """

    source: str
    target: str
    relation: str
    stance: str = ""
    number: int = 1


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the network, small enough to draw; ``left_out`` tells how many nodes next to it are not in it."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: int = 0


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the map, in degrees, and the number of events there."""

    thing: Thing
    longitude: float
    latitude: float
    events: int


class Partition(msgspec.Struct, frozen=True, kw_only=True):
    """The instances of a class and what is said of them: a class partition of VoID (section 4.3).

    ``properties`` maps a property to its triples with such a subject, and these to the classes and datatypes of their
    objects, by IRI.
    """

    type: str
    entities: int
    properties: tuple[PropertyPartition, ...]


class PropertyPartition(msgspec.Struct, frozen=True, kw_only=True):
    """The triples with one property: a property partition of VoID; their objects by class and by datatype."""

    property: str
    triples: int
    classes: dict[str, int]
    datatypes: dict[str, int]


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """A passage of an article: paragraph from 1, code points from 0, end exclusive; see `khabar.passages`.

    ``words`` are there only where the operator gave the text of the article and the passage was proved in it.
    """

    iri: str
    article: Thing
    paragraph: int
    start: int
    end: int
    digest: str
    words: str = ""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One link of a chain of transmission: who spoke or passed on, when, and in which article it is read.

    The first link is the source with its stance and certainty; the others have a stance only where the article gives
    them one.
    """

    iri: str
    agent: Thing
    stance: str = ""
    certainty: str = ""
    dates: Dates = Dates()
    article: Thing | None = None
    passages: tuple[Passage, ...] = ()


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What one source says of a claim, and the ways on which it reached a reader: each from the source to an article.

    ``responds_to`` are the statements that it answers.
    """

    thing: Thing
    stance: str
    certainty: str
    attributed_to: Thing
    paths: tuple[tuple[Link, ...], ...]
    responds_to: tuple[Thing, ...] = ()


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A claim, what sources say of it, and the events that it is about."""

    thing: Thing
    text: Text
    statements: tuple[Statement, ...]
    about: tuple[Thing, ...] = ()


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a property: a thing with a page, an IRI elsewhere, or a literal."""

    thing: Thing | None = None
    iri: str = ""
    text: Text | None = None
    datatype: str = ""


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A property of a thing and its values, in the order of the ontology; ``name`` is its label."""

    property: str
    name: Text
    values: tuple[Value, ...]


class Portrait(msgspec.Struct, frozen=True, kw_only=True):
    """All that a page tells of one thing: its names, what is said about it, and what it is mentioned in.

    ``claims`` are there for an event (the claims about it), a claim (itself), a statement (its claim), an article
    (those that it reports) and an agent (what it says). ``mentions`` are facts of others whose value it is, a page of
    them for each property.
    """

    thing: Thing
    names: tuple[Text, ...]
    facts: tuple[Fact, ...]
    claims: tuple[Claim, ...] = ()
    mentions: tuple[Fact, ...] = ()
    graph: str = ""
