"""One article's record as the nodes of its graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from khabar import names, vocabulary
from khabar.dates import edtf_of
from khabar.model import ArticleRecord, Claim, Event, Evidence, RelativeDate, Statement, UnnamedSource, each
from khabar.resolve.extents import dated, extent, xsd_duration
from khabar.resolve.scope import Scope, matches
from khabar.resolve.transmission import Transmission
from khabar.resolved import ArticleNode, ClaimNode, EventNode, Extent, Node, PassageNode, SourceNode


def nodes_of_article(scope: Scope, record: ArticleRecord) -> Iterator[Node]:
    """Everything that is described in the graph of one article, in no order; each node once."""
    article = _Article(scope, record)
    yield article.article()
    yield from scope.entities(article.id, record.entities)
    yield from (article.source(slug, source) for slug, source in record.sources.items())
    yield from (article.event(slug, event) for slug, event in record.events.items())
    yield from (article.claim(slug, claim) for slug, claim in record.claims.items())
    transmission = Transmission(scope, record)
    for slug, event in record.events.items():
        if (article.id, slug) in scope.described:
            yield article.described_claim(slug, event)
        if event.evidence:
            yield transmission.in_own_voice(slug, event)
    for slug, statement in record.statements.items():
        yield from transmission.chain(slug, statement)
    yield from article.passages((*record.events.values(), *record.statements.values()))


class _Article:
    """One record and the scope that its references are seen in."""

    def __init__(self, scope: Scope, record: ArticleRecord) -> None:
        self.scope = scope
        self.iris = scope.iris
        self.record = record
        self.id = record.article.id

    def agents(self, references: str | tuple[str, ...]) -> tuple[str, ...]:
        return self.scope.all(self.id, references, names.AGENT)

    def events(self, references: str | tuple[str, ...]) -> tuple[str, ...]:
        return self.scope.all(self.id, references, names.EVENT)

    def article(self) -> ArticleNode:
        article = self.record.article
        return ArticleNode(
            iri=self.iris.article(self.id),
            types=(vocabulary.term("Article"),),
            label=article.title,
            publisher=self.scope.iri(self.id, article.publisher, names.OUTLET),
            published=dated(article.published),
            language=article.language.lower(),
            url=article.url or "",
            republished_by=self.scope.all(self.id, article.republished_by, names.OUTLET),
            text_digest=article.text.sha256 if article.text else "",
            text_length=article.text.length if article.text else None,
            note=article.note,
        )

    def source(self, slug: str, source: UnnamedSource) -> SourceNode:
        return SourceNode(
            iri=self.iris.source(self.id, slug),
            types=(vocabulary.term("UnnamedSource"),),
            label=source.described_as,
            described_as=source.described_as,
            speaks_for=self.scope.all(self.id, source.speaks_for, names.AGENT_ENTITY),
            affiliated_with=self.scope.all(self.id, source.affiliated_with, names.AGENT_ENTITY),
            reason_unnamed=source.reason_unnamed,
        )

    def event(self, slug: str, event: Event) -> EventNode:
        relative = event.date if isinstance(event.date, RelativeDate) else RelativeDate()
        return EventNode(
            iri=self.iris.event(self.id, slug),
            types=self.scope.type_chain(event.type),
            label=event.label,
            date=self.date(slug, event),
            before=self.anchor(relative.before),
            after=self.anchor(relative.after),
            offset=xsd_duration(relative.by) if relative.by else "",
            place=self.scope.all(self.id, event.place, names.PLACE),
            participant=self.agents(event.participant),
            attendee=self.agents(event.attendee),
            host=self.agents(event.host),
            visitor=self.agents(event.visitor),
            inviter=self.agents(event.inviter),
            party=self.agents(event.party),
            provider=self.agents(event.provider),
            recipient=self.agents(event.recipient),
            force=self.agents(event.force),
            against=self.agents(event.against),
            part_of=self.events(event.part_of),
            in_exchange_for=self.events(event.in_exchange_for),
            topic=event.topic,
            object=event.object,
            purpose=event.purpose,
            note=event.note,
            same_event_as=self.events(event.same_event_as),
            close_match=matches(event.close_match),
        )

    def date(self, slug: str, event: Event) -> Extent:
        if event.date is None:
            return Extent()
        if isinstance(event.date, str):
            return dated(event.date)
        found = self.scope.event_bounds[self.id, slug]
        return extent(found, edtf_of(found))

    def anchor(self, reference: str | None) -> str:
        return "" if reference is None else self.scope.iri(self.id, reference, names.EVENT)

    def described_claim(self, slug: str, event: Event) -> ClaimNode:
        """The claim that an event took place as it is described: nobody has to write it."""
        return ClaimNode(
            iri=self.iris.described_claim(self.id, slug),
            types=(vocabulary.term("Claim"),),
            label=event.label,
            text=event.label,
            about=(self.iris.event(self.id, slug),),
        )

    def claim(self, slug: str, claim: Claim) -> ClaimNode:
        return ClaimNode(
            iri=self.iris.claim(self.id, slug),
            types=(vocabulary.term("Claim"),),
            label=claim.text,
            text=claim.text,
            about=self.scope.all(self.id, claim.about, names.EVENT | names.STATEMENT),
            detail=vocabulary.property_of(claim.detail) if claim.detail else "",
            entails=self.scope.all(self.id, claim.entails, names.CLAIM),
            conflicts_with=self.scope.all(self.id, claim.conflicts_with, names.CLAIM),
            note=claim.note,
        )

    def passages(self, records: Iterable[Event | Statement]) -> Iterator[PassageNode]:
        """The passages that any of ``records`` rests on; those that several rest on, once."""
        blocks: set[Evidence] = {block for record in records for block in each(record.evidence)}
        for block in blocks:
            yield PassageNode(
                iri=self.iris.passage(self.id, block.paragraph, block.start, block.end),
                types=(vocabulary.term("Passage"),),
                article=self.iris.article(self.id),
                paragraph=block.paragraph,
                start=block.start,
                end=block.end,
                digest=block.sha256,
            )
