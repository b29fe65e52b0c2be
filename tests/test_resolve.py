from __future__ import annotations

from typing import TypeVar

import msgspec
import pytest

from khabar import vocabulary
from khabar.model import (
    Article,
    ArticleRecord,
    Claim,
    Corpus,
    CorpusHeader,
    Entity,
    Event,
    EventType,
    Evidence,
    Hop,
    RelativeDate,
    Statement,
    UnnamedSource,
)
from khabar.resolve import resolve
from khabar.resolved import (
    ArticleNode,
    ClaimNode,
    EntityNode,
    EventNode,
    EventTypeNode,
    Extent,
    Node,
    PassageNode,
    StatementNode,
)

BASE = "https://example.org/eastport/"
N = TypeVar("N", bound=Node)
EVIDENCE = Evidence(paragraph=2, start=0, end=80, sha256="a" * 64)
LATER = Evidence(paragraph=3, start=5, end=9, sha256="b" * 64)


def label(text: str) -> dict[str, str]:
    return {"en": text}


def entity(kind: str, name: str) -> Entity:
    return msgspec.convert({"type": kind, "name": label(name)}, Entity)


def article(**fields: object) -> Article:
    given = {
        "id": "ferry",
        "title": label("Ferry"),
        "publisher": "harbour-times",
        "published": "2031-03-02",
        "language": "AR",
    }
    return msgspec.convert({**given, **fields}, Article)


ENTITIES = {
    "harbour-times": entity("Outlet", "Harbour Times"),
    "the-wire": entity("Outlet", "The Wire"),
    "gazette": entity("Outlet", "Gazette"),
    "mayor": entity("Person", "The Mayor"),
    "eastport": entity("Place", "Eastport"),
    "republic": entity("Polity", "The Republic"),
}
MEETING = Event(type="Meeting", label=label("They meet"))


def corpus(*records: ArticleRecord, **header: object) -> Corpus:
    given = {"base": BASE, "title": label("Eastport"), "licence": "https://example.org/licence"}
    return Corpus(
        header=msgspec.convert({**given, **header}, CorpusHeader), entities=ENTITIES, articles=records, paths={}
    )


def record(**sections: object) -> ArticleRecord:
    return ArticleRecord(**{"article": article(), **sections})  # type: ignore[arg-type] # each test gives what fits


def node(of: Corpus, local: str, kind: type[N]) -> N:
    found = [one for graph in resolve(of).graphs for one in graph.nodes if one.iri == BASE + local]
    assert len(found) == 1, local
    assert isinstance(found[0], kind)
    return found[0]


def iris(of: Corpus) -> set[str]:
    return {one.iri.removeprefix(BASE) for graph in resolve(of).graphs for one in graph.nodes}


def khb(name: str) -> str:
    return vocabulary.NAMESPACE + name


def said(via: tuple[str | Hop, ...] = (), source: str = "mayor", **fields: object) -> Corpus:
    statement = Statement(source=source, evidence=EVIDENCE, stance="denies", claim="c", via=via, **fields)  # type: ignore[arg-type] # each test gives what fits
    return corpus(
        record(
            events={"e": MEETING}, claims={"c": Claim(about="e", text=label("They met."))}, statements={"s": statement}
        )
    )


def test_each_outlet_becomes_a_statement_that_relays_the_one_before_it() -> None:
    of = said(("the-wire", "gazette"))
    chain = ["s", "s.1-the-wire", "s.2-gazette", "s.3-harbour-times"]
    nodes = [node(of, f"statements/ferry.{name}", StatementNode) for name in chain]
    assert [one.relays for one in nodes] == ["", *(one.iri for one in nodes[:-1])]
    assert [one.source.rpartition("/")[2] for one in nodes] == ["mayor", "the-wire", "gazette", "harbour-times"]
    assert [one.reported_in for one in nodes] == ["", "", "", BASE + "articles/ferry"]
    assert {one.evidence for one in nodes} == {(BASE + "passages/ferry.2-0-80",)}


def test_a_hop_passes_on_and_does_not_affirm() -> None:
    hop = node(said(("the-wire",)), "statements/ferry.s.1-the-wire", StatementNode)
    assert (hop.stance, hop.certainty, hop.claim, hop.label) == ("", "", "", {})
    assert hop.types == (khb("Statement"),)


def test_a_hop_with_a_stance_of_its_own_is_a_statement_on_the_claim() -> None:
    of = said((Hop(outlet="the-wire", stance="disputes"),))
    hop = node(of, "statements/ferry.s.1-the-wire", StatementNode)
    assert (hop.stance, hop.certainty, hop.claim) == (khb("disputes"), khb("unstated"), BASE + "claims/ferry.c")


def test_the_publisher_is_the_last_link_once_only() -> None:
    assert "statements/ferry.s.2-harbour-times" not in iris(said(("harbour-times",)))
    written = node(said(("harbour-times",)), "statements/ferry.s.1-harbour-times", StatementNode)
    assert written.reported_in == BASE + "articles/ferry"


def test_what_the_publisher_says_itself_has_no_hop() -> None:
    of = said(source="harbour-times")
    own = node(of, "statements/ferry.s", StatementNode)
    assert own.reported_in == BASE + "articles/ferry"
    assert own.date == Extent("2031-03-02", "2031-03-02", "2031-03-02")
    assert not any(iri.startswith("statements/ferry.s.") for iri in iris(of))


def test_circular_reporting_within_one_chain_is_kept() -> None:
    names = iris(said(("harbour-times", "the-wire")))
    assert {
        "statements/ferry.s.1-harbour-times",
        "statements/ferry.s.2-the-wire",
        "statements/ferry.s.3-harbour-times",
    } <= names


def test_a_link_without_date_was_said_at_the_latest_when_the_next_dated_one_passed_it_on() -> None:
    of = said((Hop(outlet="the-wire"), Hop(outlet="gazette", date="2031-02")))
    dates = [
        node(of, f"statements/ferry.{name}", StatementNode).date
        for name in ("s", "s.1-the-wire", "s.2-gazette", "s.3-harbour-times")
    ]
    assert dates == [
        Extent("", "", "2031-02-28"),
        Extent("", "", "2031-02-28"),
        Extent("2031-02", "2031-02-01", "2031-02-28"),
        Extent("2031-03-02", "2031-03-02", "2031-03-02"),
    ]


def test_a_denial_is_typed_by_its_stance_and_a_rumour_by_its_author() -> None:
    assert node(said(), "statements/ferry.s", StatementNode).types == (khb("Denial"),)
    both = node(said(type="Rumour"), "statements/ferry.s", StatementNode)
    assert set(both.types) == {khb("Rumour"), khb("Denial")}


def test_a_statement_is_labelled_by_source_stance_and_claim() -> None:
    assert node(said(), "statements/ferry.s", StatementNode).label == label("The Mayor · denies: They met.")
    assert node(said(label=label("No!")), "statements/ferry.s", StatementNode).label == label("No!")


def test_an_event_with_evidence_is_claimed_as_described_and_stated_by_the_publisher() -> None:
    event = msgspec.structs.replace(MEETING, evidence=(EVIDENCE, LATER))
    of = corpus(record(events={"e": event}))
    claim = node(of, "claims/ferry.e.described", ClaimNode)
    assert (claim.about, claim.text) == ((BASE + "events/ferry.e",), label("They meet"))
    statement = node(of, "statements/ferry.e.described", StatementNode)
    assert (statement.source, statement.stance) == (BASE + "agents/harbour-times", khb("asserts"))
    assert statement.certainty == khb("unstated")
    assert statement.claim == claim.iri
    assert statement.evidence == (BASE + "passages/ferry.2-0-80", BASE + "passages/ferry.3-5-9")


def test_a_statement_may_name_an_event_of_another_article() -> None:
    of = corpus(
        record(events={"e": MEETING}),
        ArticleRecord(
            article=article(id="later"),
            statements={"s": Statement(source="mayor", stance="confirms", event="ferry.e", evidence=EVIDENCE)},
        ),
    )
    assert node(of, "claims/ferry.e.described", ClaimNode).about == (BASE + "events/ferry.e",)
    assert node(of, "statements/later.s", StatementNode).claim == BASE + "claims/ferry.e.described"
    assert "statements/ferry.e.described" not in iris(of)


def test_a_relaying_statement_has_the_claim_of_its_origin_only_with_a_stance_of_its_own() -> None:
    first = said().articles[0]
    relayed = {"source": "gazette", "evidence": EVIDENCE, "relays": "ferry.s"}
    of = corpus(
        first,
        ArticleRecord(
            article=article(id="later"),
            statements={"plain": Statement(**relayed), "own": Statement(**relayed, stance="disputes")},  # type: ignore[arg-type] # a map of all
        ),
    )
    plain = node(of, "statements/later.plain", StatementNode)
    assert (plain.relays, plain.claim, plain.label) == (BASE + "statements/ferry.s", "", {})
    own = node(of, "statements/later.own", StatementNode)
    assert (own.relays, own.claim) == (BASE + "statements/ferry.s", BASE + "claims/ferry.c")
    assert own.label == label("Gazette · disputes: They met.")


def test_a_relative_date_keeps_its_relation_and_gets_bounds() -> None:
    of = corpus(
        record(
            events={
                "talks": Event(type="Meeting", label=label("Talks"), date="[2031-02-21..2031-02-28]"),
                "before": Event(type="Meeting", label=label("Before"), date=RelativeDate(before="talks", by="P1W")),
                "after": Event(type="Meeting", label=label("After"), date=RelativeDate(after="talks")),
            }
        )
    )
    before = node(of, "events/ferry.before", EventNode)
    assert before.date == Extent("[2031-02-14..2031-02-21]", "2031-02-14", "2031-02-21")
    assert (before.before, before.after, before.offset) == (BASE + "events/ferry.talks", "", "P7D")
    after = node(of, "events/ferry.after", EventNode)
    assert (after.date.earliest, after.date.latest, after.offset) == ("2031-02-21", "2031-03-02", "")


@pytest.mark.parametrize(
    ("written", "expected"), [("P1W", "P7D"), ("P14M", "P1Y2M"), ("P1Y2M1W3D", "P1Y2M10D"), ("P0D", "P0D")]
)
def test_a_duration_is_written_as_xsd_duration(written: str, expected: str) -> None:
    events = {
        "talks": Event(type="Meeting", label=label("Talks"), date="2031"),
        "before": Event(type="Meeting", label=label("Before"), date=RelativeDate(before="talks", by=written)),
    }
    assert node(corpus(record(events=events)), "events/ferry.before", EventNode).offset == expected


def test_an_own_type_of_event_stands_below_those_it_specialises() -> None:
    types = {
        "Inspection": EventType(label=label("inspection"), subclass_of="Call"),
        "Call": EventType(label=label("call"), subclass_of="Visit"),
    }
    of = corpus(
        record(events={"e": Event(type="Inspection", label=label("Look"))}),
        event_types={name: msgspec.to_builtins(one) for name, one in types.items()},
    )
    assert node(of, "events/ferry.e", EventNode).types == (BASE + "types/Inspection", BASE + "types/Call", khb("Visit"))
    assert node(of, "types/Inspection", EventTypeNode).super_classes == (BASE + "types/Call", khb("Visit"))


def test_entities_are_shared_or_an_articles_own() -> None:
    of = corpus(record(entities={"dock": entity("Place", "Dock"), "union": entity("Organisation", "Union")}))
    assert node(of, "places/eastport", EntityNode).types == (khb("Place"),)
    assert node(of, "agents/republic", EntityNode).types == (khb("Polity"),)
    assert {"places/ferry.dock", "agents/ferry.union"} <= iris(of)


def test_links_are_short_for_wikidata_and_whole_elsewhere() -> None:
    links = msgspec.structs.replace(ENTITIES["eastport"], exact_match=("Q649", "https://example.org/x"))
    of = corpus(record(entities={"dock": links}))
    assert node(of, "places/ferry.dock", EntityNode).exact_match == (
        "http://www.wikidata.org/entity/Q649",
        "https://example.org/x",
    )


def test_an_unnamed_source_belongs_to_its_article() -> None:
    sources = {"official": UnnamedSource(described_as=label("an official"), speaks_for="republic")}
    one = ArticleRecord(article=article(), sources=sources)
    other = ArticleRecord(article=article(id="later"), sources=sources)
    assert {"sources/ferry.official", "sources/later.official"} <= iris(corpus(one, other))


def test_statements_on_the_same_words_share_the_passage() -> None:
    event = msgspec.structs.replace(MEETING, evidence=EVIDENCE)
    statements = {"s": Statement(source="mayor", stance="denies", event="e", evidence=EVIDENCE)}
    of = corpus(record(events={"e": event}, statements=statements))
    passage = node(of, "passages/ferry.2-0-80", PassageNode)
    assert (passage.paragraph, passage.start, passage.end, passage.digest) == (2, 0, 80, "a" * 64)
    assert passage.article == BASE + "articles/ferry"


def test_the_order_of_articles_and_keys_does_not_matter() -> None:
    events = {"b": MEETING, "a": MEETING}
    one = corpus(record(events=events), ArticleRecord(article=article(id="later")))
    other = corpus(ArticleRecord(article=article(id="later")), record(events=dict(reversed(events.items()))))
    assert resolve(one).graphs == resolve(other).graphs


def test_an_article_is_published_by_an_outlet_in_a_language() -> None:
    given = node(corpus(record()), "articles/ferry", ArticleNode)
    assert (given.publisher, given.language, given.label) == (BASE + "agents/harbour-times", "ar", label("Ferry"))
