"""The source of a plan: functions from a decoded record to the lines of its graph and its standings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from string import Template
from textwrap import indent
from types import MappingProxyType
from typing import Final

from khabar import names, vocabulary
from khabar.checks.cycles import RELATIONS
from khabar.iris import Iris
from khabar.model import Article, Claim, Entity, Event, Statement, UnnamedSource
from khabar.plan.columns import Columns, Given, rows, typed
from khabar.plan.fields import FOUND_BY, Fields, found
from khabar.plan.octets import octets, written
from khabar.plan.phrases import PHRASES
from khabar.plan.stock import types
from khabar.plan.template import TEMPLATE
from khabar.resolved import (
    ArticleNode,
    ClaimNode,
    EntityNode,
    EventNode,
    Node,
    PassageNode,
    SourceNode,
    StatementNode,
)

_ALONE: Final = re.compile(r"( *)\$(\w+)")
_ID, _SLUG = "\0", "\1"
_LABEL: Final = Given("label", "lines")
_TYPES: Final = Given("types", "lines")
_DATES: Final = tuple(Given(f"date_{part}", "maybe") for part in ("edtf", "earliest", "latest"))
_STANCE: Final = ("stance", "certainty", "claim")


def source(iris: Iris, languages: Sequence[str]) -> str:
    """The source of ``lay(record, far=None)``: a record as octets to its id, the lines of its graph and its standings.

    The lines are without the full stops at their ends, and sorted; with them comes the number of strings that the
    record's JSON has. Texts in exactly ``languages`` are written fastest.
    """
    parts = _parts(iris) | _things() | _statements() | _texts(languages)
    return "\n".join(
        indent(parts[alone[2]], alone[1]) if (alone := _ALONE.fullmatch(line)) else Template(line).substitute(parts)
        for line in (*TEMPLATE.splitlines(), *PHRASES.splitlines())
    )


def _parts(iris: Iris) -> dict[str, str]:
    return {
        **{
            f"{name}_iri": _interpolated(f"<{octets(iri)}>")
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
            }.items()
        },
        "own_tables": ", ".join(f"own_{number}" for number in range(len(FOUND_BY))),
        "edges": "\n".join(f"edges_{number} = {{}}" for number in range(len(RELATIONS))),
        "far_edges": f"{', '.join(f'edges_{number}' for number in range(len(RELATIONS)))} = far.edges",
        "circles": "\n".join(f"if edges_{number}:\n    acyclic(edges_{number})" for number in range(len(RELATIONS))),
        "relays_edges": f"edges_{RELATIONS.index(('statements', 'relays'))}",
        "outlet": found(names.OUTLET, "outlet"),
        "agent_found": found(names.AGENT, "v"),
        "relayed_agent": found(names.AGENT, "statements[v].source"),
        "asserts": written(vocabulary.term("asserts")),
        "unstated": written(vocabulary.term("unstated")),
        "text_digest": _form(ArticleNode, "text_digest", "x").format("v"),
        "text_length": _form(ArticleNode, "text_length", 7).format("length"),
    }


def _interpolated(iri: str) -> str:
    # The marks in an IRI become the variables of the source.
    start, _, rest = iri.partition(_ID)
    numbers = "{o_paragraph}-{o_start}-{o_end}"
    return f"{start}{{id}}{rest.replace(_SLUG, '{slug}').replace('11-22-33', numbers)}"


def _things() -> dict[str, str]:
    article = Fields("article", Article, ArticleNode, ("id", "published", "language", "url", "text"))
    of_article = Columns(
        ArticleNode,
        [
            *_fixed("Article"),
            *article.given(),
            *_maybe("published_edtf", "published_earliest", "published_latest", "url", "text_digest", "text_length"),
            Given("language", "one"),
        ],
    )
    entity = Fields("entities", Entity, EntityNode, ("type", "alias", "point"))
    of_entity = Columns(EntityNode, [_TYPES, *entity.given(), Given("alias", "many"), *_maybe("point")])
    unnamed = Fields("sources", UnnamedSource, SourceNode, ())
    of_source = Columns(SourceNode, [*_fixed("UnnamedSource"), *unnamed.given(), _LABEL])
    event = Fields("events", Event, EventNode, ("type", "date", "evidence"))
    of_event = Columns(EventNode, [_TYPES, *event.given(), *_DATES, *_maybe("before", "after", "offset")], sparse=True)
    claim = Fields("claims", Claim, ClaimNode, ("detail",))
    of_claim = Columns(ClaimNode, [*_fixed("Claim"), *claim.given(), _LABEL, *_maybe("detail")])
    of_described = Columns(
        ClaimNode,
        [*_fixed("Claim"), _LABEL, Given("text", "lines"), Given("about", "one")],
        ("detail", "entails", "conflicts_with", "note"),
    )
    of_passage = Columns(
        PassageNode,
        [
            *_fixed("Passage"),
            Given("article", "one"),
            *(Given(name, "one", form=_form(PassageNode, name, 7)) for name in ("paragraph", "start", "end")),
            Given("digest", "one", form=_form(PassageNode, "digest", "x")),
        ],
        ("label",),
    )
    kept = ("about", "entails", "conflicts_with")
    return {
        "article_lines": _lines(of_article, article.source(of_article)),
        "entity_lines": _lines(of_entity, entity.source(of_entity)),
        "source_lines": _lines(
            of_source,
            unnamed.source(of_source) | {"label": [f"o_label = texts(it.described_as, {of_source.start('label')})"]},
        ),
        "event_lines": _lines(of_event, event.source(of_event)),
        "claim_lines": _lines(
            of_claim,
            claim.source(of_claim, kept) | {"label": [f"o_label = texts(it.text, {of_claim.start('label')})"]},
        ),
        "described_lines": _lines(
            of_described,
            {name: [f"o_{name} = texts(events[slug].label, {of_described.start(name)})"] for name in ("label", "text")},
        ),
        "label_start": of_event.start("label"),
        "passage_lines": _lines(of_passage),
    }


def _statements() -> dict[str, str]:
    apart = ("source", "evidence", "type", "stance", "certainty", "claim", "event", "relays", "via", "date", "label")
    statement = Fields("statements", Statement, StatementNode, apart)
    link = [Given("source", "one"), Given("evidence", "many"), *_DATES, *_maybe("reported_in")]
    first = [_TYPES, _LABEL, *link, *_maybe(*_STANCE, "relays"), *statement.given()]
    of_first = Columns(StatementNode, first)
    # Nearly all statements: said of a claim and passed on by the publisher at last, when, no one wrote.
    usual = [
        *(_TYPES, _LABEL, Given("source", "one"), Given("evidence", "many")),
        *(Given(name, "one") for name in _STANCE),
        Given("date_latest", "one", variable="published_latest"),
        *statement.given(),
    ]
    of_usual = Columns(StatementNode, usual, ("relays", "reported_in", "date_edtf", "date_earliest"))
    never = ("responds_to", "same_event_as", "note")
    of_hop = Columns(StatementNode, [_TYPES, _LABEL, *link, *_maybe(*_STANCE), Given("relays", "one")], never)
    of_plain = Columns(
        StatementNode, [*_fixed("Statement"), *link, Given("relays", "one")], (*never, *_STANCE, "label")
    )
    published = [
        *(Given(f"date_{part}", "one", variable=f"published_{part}") for part in ("edtf", "earliest", "latest")),
        *(Given("source", "one", variable="publisher"), Given("evidence", "many")),
        Given("reported_in", "one", variable="article"),
    ]
    of_publisher = Columns(
        StatementNode, [*_fixed("Statement"), *published, Given("relays", "one")], (*never, *_STANCE, "label")
    )
    of_voice = Columns(
        StatementNode,
        [*_fixed("Statement"), _LABEL, *published, *(Given(name, "one") for name in _STANCE)],
        (*never, "relays"),
    )
    return {
        "statement_lines": _lines(of_first, statement.source(of_first)),
        "usual_lines": _lines(of_usual, statement.source(of_usual)),
        "hop_lines": _lines(of_hop),
        "plain_lines": _lines(of_plain),
        "publisher_lines": _lines(of_publisher),
        "voice_lines": _lines(of_voice),
    }


def _texts(languages: Sequence[str]) -> dict[str, str]:
    numbers = range(len(languages))
    lines = ", ".join(f"x{number}" for number in numbers)
    return {
        "texts_given": "\n".join(f't{number} = texts["{tag}"]' for number, tag in enumerate(languages)),
        "texts_written": "\n".join(
            f"""x{number} = f'{{start}}"{{t{number}}}"@{tag.lower()}\\n'""" for number, tag in enumerate(languages)
        ),
        "said_given": "\n".join(
            f"""x{number} = f'{{start}}"{{names["{tag}"]}}{{middles["{tag}"]}}{{texts["{tag}"]}}"@{tag.lower()}\\n'"""
            for number, tag in enumerate(languages)
        ),
        "texts_number": str(len(languages)),
        # Nothing that a text begins with comes before an exclamation mark but a space.
        "texts_blank": " or ".join(f't{number} < "!"' for number in numbers),
        "texts_sorted": "x0 + x1 if x0 < x1 else x1 + x0" if len(languages) == 2 else f'"".join(sorted(({lines},)))',  # noqa: PLR2004
    }


def _form(node: type[Node], name: str, sample: str | int) -> str:
    """How a literal of a row is written in the source of a text, with a gap for the variable."""
    literal = typed(rows(node)[name], sample).replace("{", "{{").replace("}", "}}")
    # Quotation marks stand within those of the text.
    return literal.replace(f'"{sample}"', r"\"{{{0}}}\"", 1)


def _fixed(name: str) -> list[Given]:
    return [Given("types", "fixed", types(name))]


def _maybe(*names: str) -> list[Given]:
    return [Given(name, "maybe") for name in names]


def _lines(columns: Columns, bodies: Mapping[str, Sequence[str]] = MappingProxyType({})) -> str:
    return "\n".join(columns.source(bodies))
