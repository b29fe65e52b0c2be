"""A checked corpus to one where everything has its IRI: ids, dates and chains of transmission written out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter

from khabar import names, vocabulary
from khabar.chronology import event_bounds
from khabar.dates import Bounds, bounds, edtf_of, parse_duration
from khabar.iris import ENTITIES_GRAPH, Iris
from khabar.model import ArticleRecord, Claim, Corpus, Entity, Event, Evidence, Hop, RelativeDate, Statement, each
from khabar.names import Found, Kinds, Names
from khabar.resolved import (
    ArticleNode,
    ClaimNode,
    EntityNode,
    EventNode,
    EventTypeNode,
    Extent,
    LanguageMap,
    Node,
    PassageNode,
    Resolved,
    ResolvedGraph,
    SourceNode,
    StatementNode,
)

_WIKIDATA = "http://www.wikidata.org/entity/"
_SEPARATOR = " · "


def resolve(corpus: Corpus) -> Resolved:
    """Give every record of a corpus its IRI, and write out what its author could leave unsaid.

    The result depends on the content alone: graphs and nodes stand in the order of their IRIs, whatever the order
    of files and keys. The corpus must have passed `khabar.check`; a dangling reference raises KeyError.
    """
    scope = _Scope(corpus)
    shared = (scope.event_types(), *([scope.entity(None, *item)] for item in corpus.entities.items()))
    graphs = [_graph(scope.iris.graph(ENTITIES_GRAPH), (node for nodes in shared for node in nodes))]
    graphs += (_Article(scope, record).graph() for record in sorted(corpus.articles, key=lambda one: one.article.id))
    return Resolved(corpus.header, tuple(graphs))


def _graph(iri: str, nodes: Iterable[Node]) -> ResolvedGraph:
    return ResolvedGraph(iri, tuple(sorted(nodes, key=attrgetter("iri"))))


def _extent(found: Bounds, edtf: str = "") -> Extent:
    return Extent(
        edtf=edtf,
        earliest=found.earliest.isoformat() if found.earliest else "",
        latest=found.latest.isoformat() if found.latest else "",
    )


def _dated(edtf: str) -> Extent:
    return _extent(bounds(edtf), edtf)


def _matches(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(_WIKIDATA + match if match[0] == "Q" else match for match in each(value)))


class _Scope:
    """What the articles of a corpus share: the names, the IRIs, the dates that hang on one another."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.iris = Iris(corpus.header.base)
        self.names = Names(corpus)
        self.event_bounds: Mapping[tuple[str, str], Bounds] = event_bounds(corpus, self.names)
        self.records = {record.article.id: record for record in corpus.articles}
        # An event is claimed "as described" where a statement, of this article or another, names it directly, or
        # where it carries evidence of its own.
        self.described = {
            (record.article.id, slug)
            for record in corpus.articles
            for slug, event in record.events.items()
            if event.evidence
        }
        for record in corpus.articles:
            for statement in record.statements.values():
                if statement.event is not None:
                    found = self.find(record.article.id, statement.event, names.EVENT)
                    self.described.add((found.article or "", found.slug))

    def find(self, article: str | None, reference: str, kinds: Kinds) -> Found:
        found = self.names.find(article, reference, kinds)
        if found is None:
            raise KeyError(reference)
        return found

    def iri(self, article: str | None, reference: str, kinds: Kinds) -> str:
        return self.iri_of(self.find(article, reference, kinds))

    def iri_of(self, found: Found) -> str:
        owner = found.article or ""
        match found.kind:
            case "source":
                return self.iris.source(owner, found.slug)
            case "event":
                return self.iris.event(owner, found.slug)
            case "claim":
                return self.iris.claim(owner, found.slug)
            case "statement":
                return self.iris.statement(owner, found.slug)
            case kind:
                return self.iris.entity(found.article, found.slug, is_place=kind == "Place")

    def all(self, article: str | None, references: str | tuple[str, ...], kinds: Kinds) -> tuple[str, ...]:
        return tuple(sorted({self.iri(article, reference, kinds) for reference in each(references)}))

    def type_chain(self, name: str) -> tuple[str, ...]:
        """The type called ``name`` and those above it, up to the first of khabar's own."""
        declared = self.corpus.header.event_types.get(name)
        if declared is None:
            return (vocabulary.term(name),)
        return (self.iris.event_type(name), *self.type_chain(declared.subclass_of))

    def event_types(self) -> list[Node]:
        return [
            EventTypeNode(
                iri=self.iris.event_type(name),
                types=("http://www.w3.org/2002/07/owl#Class",),
                label=declared.label,
                definition=declared.definition,
                super_classes=self.type_chain(declared.subclass_of),
                close_match=_matches(declared.close_match),
            )
            for name, declared in self.corpus.header.event_types.items()
        ]

    def entity(self, article: str | None, slug: str, entity: Entity) -> EntityNode:
        return EntityNode(
            iri=self.iris.entity(article, slug, is_place=entity.type == "Place"),
            types=(vocabulary.term(entity.type),),
            label=entity.name,
            alias={language: each(names) for language, names in entity.alias.items()},
            note=entity.note,
            position=entity.position,
            member_of=self.all(article, entity.member_of, names.AGENT_ENTITY),
            within=self.all(article, entity.within, names.PLACE),
            point=entity.point,
            exact_match=_matches(entity.exact_match),
            close_match=_matches(entity.close_match),
        )


class _Article:
    """One article on its way to a graph: nodes are gathered, passages that several statements share only once."""

    def __init__(self, scope: _Scope, record: ArticleRecord) -> None:
        self.scope = scope
        self.iris = scope.iris
        self.record = record
        self.id = record.article.id
        self.published = _dated(record.article.published)
        self.publisher = scope.find(self.id, record.article.publisher, names.OUTLET)
        self.passages: dict[str, PassageNode] = {}

    def graph(self) -> ResolvedGraph:
        record = self.record
        nodes: list[Node] = [self.article()]
        nodes += (self.scope.entity(self.id, slug, entity) for slug, entity in record.entities.items())
        nodes += (self.source(slug) for slug in record.sources)
        for slug, event in record.events.items():
            nodes += self.event(slug, event)
        nodes += (self.claim(slug, claim) for slug, claim in record.claims.items())
        for slug, statement in record.statements.items():
            nodes += self.statement(slug, statement)
        return _graph(self.iris.graph(self.id), [*nodes, *self.passages.values()])

    def all(self, references: str | tuple[str, ...], kinds: Kinds) -> tuple[str, ...]:
        return self.scope.all(self.id, references, kinds)

    def article(self) -> ArticleNode:
        article = self.record.article
        return ArticleNode(
            iri=self.iris.article(self.id),
            types=(vocabulary.term("Article"),),
            label=article.title,
            publisher=self.scope.iri_of(self.publisher),
            published=self.published,
            language=article.language.lower(),
            url=article.url or "",
            republished_by=self.all(article.republished_by, names.OUTLET),
            text_digest=article.text.sha256 if article.text else "",
            text_length=article.text.length if article.text else None,
            note=article.note,
        )

    def source(self, slug: str) -> SourceNode:
        source = self.record.sources[slug]
        return SourceNode(
            iri=self.iris.source(self.id, slug),
            types=(vocabulary.term("UnnamedSource"),),
            label=source.described_as,
            described_as=source.described_as,
            speaks_for=self.all(source.speaks_for, names.AGENT_ENTITY),
            affiliated_with=self.all(source.affiliated_with, names.AGENT_ENTITY),
            reason_unnamed=source.reason_unnamed,
        )

    def event(self, slug: str, event: Event) -> list[Node]:
        """The event; with it, where they are called for, the claim as described and the publisher's statement."""
        iri = self.iris.event(self.id, slug)
        roles = {role: self.all(getattr(event, role), names.AGENT) for role in names.ROLES}
        nodes: list[Node] = [
            EventNode(
                iri=iri,
                types=self.scope.type_chain(event.type),
                label=event.label,
                **self.when(slug, event),
                place=self.all(event.place, names.PLACE),
                **roles,
                part_of=self.all(event.part_of, names.EVENT),
                in_exchange_for=self.all(event.in_exchange_for, names.EVENT),
                topic=event.topic,
                object=event.object,
                purpose=event.purpose,
                note=event.note,
                same_event_as=self.all(event.same_event_as, names.EVENT),
                close_match=_matches(event.close_match),
            )
        ]
        if (self.id, slug) in self.scope.described:
            claim = self.iris.described_claim(self.id, slug)
            nodes.append(
                ClaimNode(
                    iri=claim, types=(vocabulary.term("Claim"),), label=event.label, text=event.label, about=(iri,)
                )
            )
            if event.evidence:
                nodes.append(self.own_voice(slug, event, claim))
        return nodes

    def when(self, slug: str, event: Event) -> dict[str, Extent | str]:
        match event.date:
            case None:
                return {}
            case str(edtf):
                return {"date": _dated(edtf)}
            case RelativeDate(before=before, after=after, by=by):
                found = self.scope.event_bounds[self.id, slug]
                return {
                    "date": _extent(found, edtf_of(found)),
                    "before": self.scope.iri(self.id, before, names.EVENT) if before else "",
                    "after": self.scope.iri(self.id, after, names.EVENT) if after else "",
                    "offset": _xsd_duration(by) if by else "",
                }

    def own_voice(self, slug: str, event: Event, claim: str) -> StatementNode:
        """What the publisher says without a source: it asserts the event, how certainly is unstated."""
        return StatementNode(
            iri=self.iris.described_statement(self.id, slug),
            types=(vocabulary.term("Statement"),),
            label=_statement_label(self.publisher, "asserts", event.label),
            source=self.scope.iri_of(self.publisher),
            stance=vocabulary.term("asserts"),
            certainty=vocabulary.term("unstated"),
            claim=claim,
            date=self.published,
            evidence=self.evidence(event.evidence),
            reported_in=self.iris.article(self.id),
        )

    def claim(self, slug: str, claim: Claim) -> ClaimNode:
        return ClaimNode(
            iri=self.iris.claim(self.id, slug),
            types=(vocabulary.term("Claim"),),
            label=claim.text,
            text=claim.text,
            about=self.all(claim.about, names.EVENT | names.STATEMENT),
            detail=vocabulary.property_of(claim.detail) if claim.detail else "",
            entails=self.all(claim.entails, names.CLAIM),
            conflicts_with=self.all(claim.conflicts_with, names.CLAIM),
            note=claim.note,
        )

    def evidence(self, blocks: Evidence | tuple[Evidence, ...]) -> tuple[str, ...]:
        for block in each(blocks):
            iri = self.iris.passage(self.id, block.paragraph, block.start, block.end)
            self.passages[iri] = PassageNode(
                iri=iri,
                types=(vocabulary.term("Passage"),),
                article=self.iris.article(self.id),
                paragraph=block.paragraph,
                start=block.start,
                end=block.end,
                digest=block.sha256,
            )
        return tuple(
            sorted({self.iris.passage(self.id, block.paragraph, block.start, block.end) for block in each(blocks)})
        )

    def statement(self, slug: str, statement: Statement) -> list[Node]:
        """The statement, and one more for every outlet that passed it on, the publisher's being the last."""
        source = self.scope.find(self.id, statement.source, names.AGENT)
        hops = self.hops(source, statement.via)
        iris = [self.iris.statement(self.id, slug)]
        for number, (outlet, _) in enumerate(hops, start=1):
            iris.append(self.iris.hop(iris[0], number, outlet.slug))
        dates = self.dates([statement.date, *(hop.date for _, hop in hops)])
        evidence = self.evidence(statement.evidence)
        claim, text = self.content(statement)
        nodes: list[Node] = [
            StatementNode(
                iri=iris[0],
                types=_statement_types(statement.stance, statement.type),
                label=statement.label or _statement_label(source, statement.stance, text),
                source=self.scope.iri_of(source),
                **_stance(statement.stance, statement.certainty, claim),
                relays=self.scope.iri(self.id, statement.relays, names.STATEMENT) if statement.relays else "",
                date=dates[0],
                evidence=evidence,
                responds_to=self.all(statement.responds_to, names.STATEMENT),
                same_event_as=self.all(statement.same_as, names.STATEMENT),
                reported_in="" if hops else self.iris.article(self.id),
                note=statement.note,
            )
        ]
        for number, (outlet, hop) in enumerate(hops, start=1):
            nodes.append(
                StatementNode(
                    iri=iris[number],
                    types=_statement_types(hop.stance),
                    source=self.scope.iri_of(outlet),
                    **_stance(hop.stance, hop.certainty, claim),
                    relays=iris[number - 1],
                    date=dates[number],
                    evidence=evidence,
                    reported_in=self.iris.article(self.id) if number == len(hops) else "",
                )
            )
        return nodes

    def hops(self, source: Found, via: tuple[str | Hop, ...]) -> list[tuple[Found, Hop]]:
        """The outlets from the one nearest to the source outwards, with the publisher at the end."""
        written = [hop if isinstance(hop, Hop) else Hop(outlet=hop) for hop in via]
        hops = [(self.scope.find(self.id, hop.outlet, names.OUTLET), hop) for hop in written]
        if (hops[-1][0] if hops else source) != self.publisher:
            hops.append((self.publisher, Hop(outlet=self.record.article.publisher)))
        return hops

    def dates(self, written: list[str | None]) -> list[Extent]:
        """The dates of a chain: as written; the last link's is that of publication, where nothing else is said.

        What has no date of its own was said at the latest when the next dated link passed it on.
        """
        dates: list[Extent] = []
        latest = self.published.latest
        for edtf in reversed(written):
            if edtf is not None:
                date = _dated(edtf)
            elif not dates:
                date = self.published
            else:
                date = Extent(latest=latest)
            latest = min(filter(None, (date.latest, latest)), default="")
            dates.append(date)
        return dates[::-1]

    def content(self, statement: Statement) -> tuple[str, LanguageMap]:
        """The claim that a statement is about, by IRI and text; for one that only relays, that of its origin."""
        article: str = self.id
        while statement.relays is not None:
            found = self.scope.find(article, statement.relays, names.STATEMENT)
            article = found.article or article
            statement = self.scope.records[article].statements[found.slug]
        if statement.event is not None:
            found = self.scope.find(article, statement.event, names.EVENT)
            owner = found.article or ""
            return self.iris.described_claim(owner, found.slug), self.scope.records[owner].events[found.slug].label
        found = self.scope.find(article, statement.claim or "", names.CLAIM)
        owner = found.article or ""
        return self.iris.claim(owner, found.slug), self.scope.records[owner].claims[found.slug].text


def _stance(stance: str | None, certainty: str | None, claim: str) -> dict[str, str]:
    """A link that has no stance passes on and does not affirm: it has no claim and no certainty either."""
    if stance is None:
        return {}
    return {
        "stance": vocabulary.term(stance),
        "certainty": vocabulary.term(certainty or "unstated"),
        "claim": claim,
    }


def _statement_types(stance: str | None, written: str | None = None) -> tuple[str, ...]:
    types = [written] if written else []
    if stance == "denies":
        types.append("Denial")
    return tuple(vocabulary.term(name) for name in types or ["Statement"])


def _statement_label(source: Found, stance: str | None, text: LanguageMap) -> LanguageMap:
    if stance is None:
        return {}
    described: LanguageMap = getattr(source.record, "name", None) or source.record.described_as
    iri = vocabulary.term(stance)
    return {
        language: f"{_in(language, described)}{_SEPARATOR}{vocabulary.label(iri, language)}: {words}"
        for language, words in text.items()
    }


def _in(language: str, text: LanguageMap) -> str:
    return text.get(language) or text[min(text)]


def _xsd_duration(written: str) -> str:
    """An ISO 8601 duration as ``xsd:duration``, which has no weeks (XML Schema 1.1 part 2, section 3.3.6)."""
    duration = parse_duration(written)
    years, months = divmod(duration.months, 12)
    parts = ((years, "Y"), (months, "M"), (duration.days, "D"))
    return "P" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0D")
