"""What an id in a record means: the names of a corpus, and which field may refer to which kind of thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from msgspec.structs import replace

from khabar.errors import Keys
from khabar.model import ArticleRecord, Claim, Corpus, Entity, Event, Hop, RelativeDate, Statement, UnnamedSource, each

Kind: TypeAlias = str
"""One of ``Person``, ``Organisation``, ``Outlet``, ``Polity``, ``Place``, ``source``, ``event``, ``claim``,
``statement``."""
Kinds: TypeAlias = frozenset[str]
Named: TypeAlias = Entity | UnnamedSource | Event | Claim | Statement

OUTLET: Final[Kinds] = frozenset({"Outlet"})
AGENT_ENTITY: Final[Kinds] = frozenset({"Person", "Organisation", "Outlet", "Polity"})
AGENT: Final[Kinds] = AGENT_ENTITY | {"source"}
PLACE: Final[Kinds] = frozenset({"Place", "Polity"})
ENTITY: Final[Kinds] = AGENT_ENTITY | PLACE
EVENT: Final[Kinds] = frozenset({"event"})
STATEMENT: Final[Kinds] = frozenset({"statement"})
CLAIM: Final[Kinds] = frozenset({"claim"})

EVENT_TYPES: Final = ("Event", "Meeting", "Visit", "Agreement", "Provision", "AccessGrant", "ForcePresence")
"""khabar's own types of event, which an author may give."""
RESERVED_TYPES: Final = frozenset(
    {
        *EVENT_TYPES,
        *ENTITY,
        *("Agent", "UnnamedSource", "Statement", "Denial", "Rumour", "Claim", "Article", "Passage"),
        *("Stance", "Certainty", "Standing"),
    }
)
"""The names of khabar's classes, which no type of a corpus may have."""

ROLES: Final = (
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
)
"""The fields of an event that name agents."""

ALLOWED: Final[Mapping[str, Mapping[str, Kinds]]] = {
    "article": {"publisher": OUTLET, "republished_by": OUTLET},
    "entities": {"member_of": AGENT_ENTITY, "within": PLACE},
    "sources": {"speaks_for": AGENT_ENTITY, "affiliated_with": AGENT_ENTITY},
    "events": {
        "place": PLACE,
        **dict.fromkeys(ROLES, AGENT),
        "part_of": EVENT,
        "in_exchange_for": EVENT,
        "same_event_as": EVENT,
    },
    "date": {"before": EVENT, "after": EVENT},
    "claims": {"about": EVENT | STATEMENT, "entails": CLAIM, "conflicts_with": CLAIM},
    "statements": {
        "source": AGENT,
        "claim": CLAIM,
        "event": EVENT,
        "relays": STATEMENT,
        "responds_to": STATEMENT,
        "same_as": STATEMENT,
    },
    "via": {"outlet": OUTLET},
}
"""Which kinds of thing each field may refer to: section of a record, field, kinds."""


class Found(NamedTuple):
    """The thing that a reference names; ``article`` is None for an entity that all articles share."""

    kind: Kind
    article: str | None
    slug: str
    record: Named

    @property
    def name(self) -> str:
        """The unambiguous reference: ``article.slug``, or the slug of a shared entity."""
        return f"{self.article}.{self.slug}" if self.article else self.slug


class Use(NamedTuple):
    """One reference as it stands in a record; ``keys`` is its path from the root of its file."""

    keys: Keys
    reference: str
    kinds: Kinds


class Names:
    """Every id of a corpus, and what it stands for."""

    def __init__(self, corpus: Corpus) -> None:
        self._found: dict[str | None, dict[str, tuple[Found, ...]]] = {None: {}}
        for slug, entity in corpus.entities.items():
            self._add(Found(entity.type, None, slug, entity))
        for record in corpus.articles:
            for found in named(record):
                self._add(found)
        self.articles: frozenset[str] = frozenset(record.article.id for record in corpus.articles)

    def __iter__(self) -> Iterator[Found]:
        for own in self._found.values():
            for same in own.values():
                yield from same

    def entities(self) -> Iterator[tuple[Found, Entity]]:
        """Every entity with its record: the shared ones, then those of each article."""
        for found in self:
            if isinstance(found.record, Entity):
                yield found, found.record

    def candidates(self, article: str | None, reference: str) -> tuple[Found, ...]:
        """Everything that ``reference`` can name when it stands in ``article``, of whatever kind.

        An id alone is one of the article's own, or else a shared entity; ``other.id`` belongs to article ``other``.
        Where the corpus is without faults, one thing at most is of each kind.
        """
        head, dot, slug = reference.partition(".")
        if dot:
            return self._found.get(head, {}).get(slug, ())
        shared = self._found[None].get(head, ())
        return shared if article is None else self._found.get(article, {}).get(head, ()) + shared

    def find(self, article: str | None, reference: str, kinds: Kinds) -> Found | None:
        """The thing of one of ``kinds`` that ``reference`` names when it stands in ``article``, or None."""
        for found in self.candidates(article, reference):
            if found.kind in kinds:
                return found
        return None

    def own(self, article: str | None) -> Iterator[Found]:
        """Everything that ``article`` gives an id; for None, the shared entities."""
        for same in self._found.get(article, {}).values():
            yield from same

    def visible(self, article: str | None) -> Iterator[Found]:
        """Everything that can be named in ``article`` by its id alone, the article's own first."""
        if article is not None:
            yield from self.own(article)
        yield from self.own(None)

    def _add(self, found: Found) -> None:
        own = self._found.setdefault(found.article, {})
        own[found.slug] = (*own.get(found.slug, ()), found)


def named(record: ArticleRecord) -> Iterator[Found]:
    """Everything that an article gives an id, in the order of the record's sections."""
    article = record.article.id
    for slug, entity in record.entities.items():
        yield Found(entity.type, article, slug, entity)
    for slug, source in record.sources.items():
        yield Found("source", article, slug, source)
    for slug, event in record.events.items():
        yield Found("event", article, slug, event)
    for slug, claim in record.claims.items():
        yield Found("claim", article, slug, claim)
    for slug, statement in record.statements.items():
        yield Found("statement", article, slug, statement)


def uses(record: ArticleRecord) -> Iterator[Use]:
    """Every reference of an article's record, in the order of its sections."""
    yield from _uses(("article",), "article", record.article)
    for slug, entity in record.entities.items():
        yield from entity_uses(slug, entity)
    for slug, source in record.sources.items():
        yield from _uses(("sources", slug), "sources", source)
    for slug, event in record.events.items():
        yield from _uses(("events", slug), "events", event)
        if isinstance(event.date, RelativeDate):
            yield from _uses(("events", slug, "date"), "date", event.date)
    for slug, claim in record.claims.items():
        yield from _uses(("claims", slug), "claims", claim)
    for slug, statement in record.statements.items():
        yield from _uses(("statements", slug), "statements", statement)
        for number, hop in enumerate(statement.via):
            keys: Keys = ("statements", slug, "via", number)
            if isinstance(hop, Hop):
                yield Use((*keys, "outlet"), hop.outlet, OUTLET)
            else:
                yield Use(keys, hop, OUTLET)


def speaking(corpus: Corpus, names: Names) -> dict[str, tuple[str, ...]]:
    """The articles that speak of each entity, by its name: in their order, and but for who published what."""
    found: dict[str, dict[str, None]] = {}
    for record in corpus.articles:
        for use in uses(record):
            # What an article says of its own entities is a description, and no mention.
            if use.keys[0] not in ("article", "entities"):
                named = names.find(record.article.id, use.reference, use.kinds & ENTITY)
                if named is not None:
                    found.setdefault(named.name, {})[record.article.id] = None
    return {name: tuple(articles) for name, articles in found.items()}


def entity_uses(slug: str, entity: Entity) -> Iterator[Use]:
    """Every reference of one entity, shared or an article's own."""
    yield from _uses(("entities", slug), "entities", entity)


def owners_of_shared(entities: Mapping[str, Entity]) -> frozenset[str]:
    """The ids of the articles that shared entities refer to."""
    found = (use.reference.partition(".") for slug, entity in entities.items() for use in entity_uses(slug, entity))
    return frozenset(owner for owner, dot, _ in found if dot)


def apart(entities: Mapping[str, Entity]) -> dict[str, Entity]:
    """The shared entities without what they say of single articles, which is no matter of the other articles."""
    fields = ALLOWED["entities"]
    return {
        slug: replace(
            entity,
            **{field: tuple(one for one in each(getattr(entity, field)) if "." not in one) for field in fields},
        )
        for slug, entity in entities.items()
    }


def each_use(keys: Keys, value: str | tuple[str, ...] | None, kinds: Kinds) -> Iterator[Use]:
    """The references of one field: none, one, or several with their numbers."""
    if isinstance(value, str):
        yield Use(keys, value, kinds)
    elif value:
        for number, reference in enumerate(value):
            yield Use((*keys, number), reference, kinds)


def _uses(keys: Keys, section: str, record: object) -> Iterator[Use]:
    for field, kinds in ALLOWED[section].items():
        value: str | tuple[str, ...] | None = getattr(record, field)
        if value:
            yield from each_use((*keys, field), value, kinds)
