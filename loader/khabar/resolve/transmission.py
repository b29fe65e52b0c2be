"""Chains of transmission: a statement, and one more for every outlet that passed it on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from khabar import names, vocabulary
from khabar.model import ArticleRecord, Entity, Event, Evidence, Hop, Statement, UnnamedSource, each
from khabar.names import Found
from khabar.resolve.extents import dated
from khabar.resolve.scope import Scope
from khabar.resolved import Extent, LanguageMap, StatementNode

SEPARATOR: Final = " · "


class Content(NamedTuple):
    """The claim that a chain carries: its IRI, and its text for labels."""

    claim: str
    text: LanguageMap


class _Attitude(NamedTuple):
    """What a link says for itself; a link without a stance passes on and affirms nothing, so all is empty."""

    stance: str = ""
    certainty: str = ""
    claim: str = ""


class Transmission:
    """The statements of one article."""

    def __init__(self, scope: Scope, record: ArticleRecord) -> None:
        self.scope = scope
        self.iris = scope.iris
        self.record = record
        self.id = record.article.id
        self.article = scope.iris.article(self.id)
        self.published = dated(record.article.published)
        self.publisher = scope.find(self.id, record.article.publisher, names.OUTLET)

    def in_own_voice(self, slug: str, event: Event) -> StatementNode:
        """What the publisher says without a source: it asserts the event, how certainly is unstated."""
        content = Content(self.iris.described_claim(self.id, slug), event.label)
        attitude = _attitude("asserts", None, content)
        return StatementNode(
            iri=self.iris.described_statement(self.id, slug),
            types=types_of("asserts"),
            label=_label(self.publisher, "asserts", content),
            source=self.scope.iri_of(self.publisher),
            stance=attitude.stance,
            certainty=attitude.certainty,
            claim=attitude.claim,
            date=self.published,
            evidence=self.evidence(event.evidence),
            reported_in=self.article,
        )

    def chain(self, slug: str, statement: Statement) -> Iterator[StatementNode]:
        """The statement, then its links from the one nearest to the source to the publisher's."""
        source = self.scope.find(self.id, statement.source, names.AGENT)
        hops = self.hops(source, statement)
        content = self.content(statement)
        dates = self.dates([statement.date, *(hop.date for _, hop in hops)])
        evidence = self.evidence(statement.evidence)
        attitude = _attitude(statement.stance, statement.certainty, content)
        iri = first = self.iris.statement(self.id, slug)
        yield StatementNode(
            iri=iri,
            types=types_of(statement.stance, statement.type),
            label=statement.label or _label(source, statement.stance, content),
            source=self.scope.iri_of(source),
            stance=attitude.stance,
            certainty=attitude.certainty,
            claim=attitude.claim,
            relays=self.scope.iri(self.id, statement.relays, names.STATEMENT) if statement.relays else "",
            date=dates[0],
            evidence=evidence,
            responds_to=self.scope.all(self.id, statement.responds_to, names.STATEMENT),
            same_event_as=self.scope.all(self.id, statement.same_as, names.STATEMENT),
            reported_in="" if hops else self.article,
            note=statement.note,
        )
        for number, (outlet, hop) in enumerate(hops, start=1):
            relayed, iri = iri, self.iris.hop(first, number, outlet.slug)
            attitude = _attitude(hop.stance, hop.certainty, content)
            yield StatementNode(
                iri=iri,
                types=types_of(hop.stance),
                label=_label(outlet, hop.stance, content),
                source=self.scope.iri_of(outlet),
                stance=attitude.stance,
                certainty=attitude.certainty,
                claim=attitude.claim,
                relays=relayed,
                date=dates[number],
                evidence=evidence,
                reported_in=self.article if number == len(hops) else "",
            )

    def hops(self, source: Found, statement: Statement) -> list[tuple[Found, Hop]]:
        """The outlets from the one nearest to the source outwards, with the publisher at the end."""
        written = [hop if isinstance(hop, Hop) else Hop(outlet=hop) for hop in statement.via]
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
            date = dated(edtf) if edtf is not None else Extent(latest=latest) if dates else self.published
            latest = min(filter(None, (date.latest, latest)), default="")
            dates.append(date)
        return dates[::-1]

    def content(self, statement: Statement) -> Content:
        """The claim that a statement is about; for one that only relays, that of its origin."""
        article = self.id
        while statement.relays is not None:
            found = self.scope.find(article, statement.relays, names.STATEMENT)
            article = found.article or article
            statement = self.scope.records[article].statements[found.slug]
        if statement.event is not None:
            event = self.scope.find(article, statement.event, names.EVENT)
            owner = event.article or article
            return Content(
                self.iris.described_claim(owner, event.slug), self.scope.records[owner].events[event.slug].label
            )
        claim = self.scope.find(article, statement.claim or "", names.CLAIM)
        owner = claim.article or article
        return Content(self.iris.claim(owner, claim.slug), self.scope.records[owner].claims[claim.slug].text)

    def evidence(self, blocks: Evidence | tuple[Evidence, ...]) -> tuple[str, ...]:
        """The IRIs of the passages."""
        return tuple(
            sorted({self.iris.passage(self.id, block.paragraph, block.start, block.end) for block in each(blocks)})
        )


def _attitude(stance: str | None, certainty: str | None, content: Content) -> _Attitude:
    if stance is None:
        return _Attitude()
    return _Attitude(vocabulary.term(stance), vocabulary.term(certainty or "unstated"), content.claim)


def types_of(stance: str | None, written: str | None = None) -> tuple[str, ...]:
    """The classes of a statement with this stance and the type that its author gave it."""
    special = [*filter(None, (written, "Denial" if stance == "denies" else None))]
    return tuple(vocabulary.term(name) for name in special or ["Statement"])


def _label(source: Found, stance: str | None, content: Content) -> LanguageMap:
    """Source, stance and claim in one line, so that tools show words; a link that only passes on needs none."""
    if stance is None:
        return {}
    described = _name(source)
    iri = vocabulary.term(stance)
    return {
        language: f"{_in(language, described)}{SEPARATOR}{vocabulary.label(iri, language)}: {words}"
        for language, words in content.text.items()
    }


def _name(source: Found) -> LanguageMap:
    match source.record:
        case UnnamedSource(described_as=described):
            return described
        case Entity(name=name):
            return name
        case other:
            raise TypeError(type(other).__name__)


def _in(language: str, text: LanguageMap) -> str:
    return text.get(language) or text[min(text)]
