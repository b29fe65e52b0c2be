"""The source of a plan: one function from a decoded record to the lines of its graph and its standings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import Template
from textwrap import indent
from typing import Final

from khabar import names, vocabulary
from khabar.checks.cycles import RELATIONS
from khabar.iris import Iris
from khabar.model import Article, Claim, Entity, Event, Statement, UnnamedSource
from khabar.plan.columns import Column, Given, columns, lines
from khabar.plan.fields import FOUND_BY, found, read
from khabar.plan.octets import octets, written
from khabar.plan.stock import types
from khabar.plan.template import TEMPLATE
from khabar.resolved import (
    ArticleNode,
    ClaimNode,
    EntityNode,
    EventNode,
    PassageNode,
    SourceNode,
    StatementNode,
)
from khabar.terms import XSD

_DATES: Final = tuple(Given(f"date_{part}", "maybe") for part in ("edtf", "earliest", "latest"))
_ALONE: Final = re.compile(r"( *)\$(\w+)")
_ID, _SLUG = "\0", "\1"
_STANCE: Final = ("stance", "certainty", "claim")


def source(iris: Iris) -> str:
    """The source of ``lay(record)``, which gives the id, the lines without their ends, standings, number of strings."""
    parts = _Parts(iris)
    return "\n".join(
        indent(parts[alone[2]], alone[1]) if (alone := _ALONE.fullmatch(line)) else Template(line).substitute(parts)
        for line in TEMPLATE.splitlines()
    )


class _Parts(dict[str, str]):
    """The parts of the template, indented as they stand in it."""

    def __init__(self, iris: Iris) -> None:
        super().__init__()
        for name, iri in {
            "article": iris.article(_ID),
            "event": iris.event(_ID, _SLUG),
            "claim": iris.claim(_ID, _SLUG),
            "statement": iris.statement(_ID, _SLUG),
            "source": iris.source(_ID, _SLUG),
            "agent": iris.entity(_ID, _SLUG, is_place=False),
            "place": iris.entity(_ID, _SLUG, is_place=True),
            "described_claim": iris.described_claim(_ID, _SLUG),
            "described_statement": iris.described_statement(_ID, _SLUG),
            "passage": iris.passage(_ID, 11, 22, 33),
        }.items():
            self[f"{name}_iri"] = _interpolated(f"<{octets(iri)}>")
        self["own_tables"] = ", ".join(f"own_{number}" for number in range(len(FOUND_BY)))
        self["edges"] = "\n".join(f"edges_{number} = {{}}" for number in range(len(RELATIONS)))
        self["circles"] = "\n".join(
            f"if edges_{number}:\n    acyclic(edges_{number})" for number in range(len(RELATIONS))
        )
        self["publisher"] = found(names.OUTLET, "it.publisher")
        self["outlet"] = found(names.OUTLET, "outlet")
        self["agent_found"] = found(names.AGENT, "v")
        self["relayed_agent"] = found(names.AGENT, "statements[v].source")
        self["asserts"] = written(vocabulary.term("asserts"))
        self["unstated"] = written(vocabulary.term("unstated"))
        self["integer"] = XSD + "integer"
        self["relays_edges"] = f"edges_{RELATIONS.index(('statements', 'relays'))}"
        self._article()
        self._things()
        self._statements()

    def _article(self) -> None:
        body, given = read("article", Article, ("id", "published", "language", "url", "text"))
        given = [
            *_fixed(given, "Article"),
            *(Given(f"published_{part}", "maybe") for part in ("edtf", "earliest", "latest")),
            Given("language", "one"),
            *(Given(name, "maybe") for name in ("url", "text_digest", "text_length")),
        ]
        self._put("article_fields", body)
        self._lines("article_lines", columns(ArticleNode, _named(given, {"title": "label"})))

    def _things(self) -> None:
        body, given = read("entities", Entity, ("type", "alias", "point"))
        given = [Given("types", "many"), *given, Given("alias", "many"), Given("point", "maybe")]
        self._put("entity_fields", body)
        self._lines("entity_lines", columns(EntityNode, _named(given, {"name": "label"})))

        body, given = read("sources", UnnamedSource, ())
        self._put("source_fields", body)
        self._lines("source_lines", columns(SourceNode, [*_fixed(given, "UnnamedSource"), Given("label", "many")]))

        body, given = read("events", Event, ("type", "date", "evidence"))
        given = [Given("types", "many"), *given, *_DATES, *(Given(n, "maybe") for n in ("before", "after", "offset"))]
        self._put("event_fields", body)
        self._lines("event_lines", columns(EventNode, given))

        body, given = read("claims", Claim, ("detail",))
        given = [*_fixed(given, "Claim"), Given("label", "many"), Given("detail", "maybe")]
        self._put("claim_fields", body)
        self._lines("claim_lines", columns(ClaimNode, given))

        described = [*_fixed([], "Claim"), *(Given(n, "many") for n in ("label", "text")), Given("about", "one")]
        self._lines("described_lines", columns(ClaimNode, described, ("detail", "entails", "conflicts_with", "note")))
        passage = [
            *_fixed([], "Passage"),
            *(Given(name, "one") for name in ("article", "paragraph", "start", "end", "digest")),
        ]
        self._lines("passage_lines", columns(PassageNode, passage, ("label",)))

    def _statements(self) -> None:
        apart = (
            "source",
            "evidence",
            "type",
            "stance",
            "certainty",
            "claim",
            "event",
            "relays",
            "via",
            "date",
            "label",
        )
        body, given = read("statements", Statement, apart)
        link = [Given("source", "one"), Given("evidence", "many"), *_DATES, Given("reported_in", "maybe")]
        label = Given("label", "many")
        stance = [Given(name, "maybe") for name in _STANCE]
        first = [Given("types", "many"), label, *link, *stance, Given("relays", "maybe"), *given]
        self._put("statement_fields", body)
        self._lines("statement_lines", columns(StatementNode, _named(first, {"same_as": "same_event_as"})))

        never = ("responds_to", "same_event_as", "note")
        hop = [Given("types", "many"), label, *link, *stance, Given("relays", "one")]
        self._lines("hop_lines", columns(StatementNode, hop, never))
        plain = [*_fixed([], "Statement"), *link, Given("relays", "one")]
        self._lines("plain_lines", columns(StatementNode, plain, (*never, *_STANCE, "label")))
        voice = [*_fixed([], "Statement"), label, *link, *(Given(name, "one") for name in _STANCE)]
        self._lines("voice_lines", columns(StatementNode, voice, (*never, "relays")))

    def _put(self, name: str, body: Iterable[str]) -> None:
        self[name] = "\n".join(body)

    def _lines(self, name: str, found: Iterable[Column]) -> None:
        self._put(name, ["tails = ['']", *lines(found)])


def _fixed(given: Iterable[Given], name: str) -> list[Given]:
    return [Given("types", "fixed", types(name)), *given]


def _named(given: Iterable[Given], names: dict[str, str]) -> list[Given]:
    """The same with other names; the variables keep theirs."""
    return [one._replace(name=names.get(one.name, one.name), variable=one.name) for one in given]


def _interpolated(iri: str) -> str:
    # The marks in an IRI become the variables of the source.
    start, mark, rest = iri.partition(_ID)
    rest = rest.replace(_SLUG, "{slug}").replace("11-22-33", "{block.paragraph}-{block.start}-{block.end}")
    return f"{start}{{id}}{rest}" if mark else iri
