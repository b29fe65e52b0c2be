"""What an id names, and which fields name what."""

from __future__ import annotations

import msgspec
import pytest

from khabar import model
from khabar.model import Corpus
from khabar.names import ALLOWED, EVENT, PLACE, STATEMENT, Names, entity_uses, uses
from khabar.scalars import REFERENCE_PATTERN

CORPUS = msgspec.convert(
    {
        "header": {"base": "https://example.org/", "title": {"en": "T"}, "licence": "https://example.org/l"},
        "entities": {
            "eastport": {"type": "Place", "name": {"en": "E"}},
            "times": {"type": "Outlet", "name": {"en": "T"}, "member_of": ["crown", "a.quay"], "within": "eastport"},
        },
        "articles": [
            {
                "article": {
                    "id": name,
                    "title": {"en": "T"},
                    "publisher": "times",
                    "published": "2031",
                    "language": "en",
                    "republished_by": ["times"],
                },
                "entities": {"quay": {"type": "Place", "name": {"en": "Q"}}},
                "sources": {"official": {"described_as": {"en": "O"}, "speaks_for": "times"}},
                "events": {
                    "visit": {
                        "type": "Visit",
                        "label": {"en": "V"},
                        "place": ["eastport"],
                        "date": {"after": "b.visit"},
                    }
                },
                "claims": {"visit": {"about": "visit", "text": {"en": "V"}}},
                "statements": {
                    "s": {
                        "source": "official",
                        "claim": "visit",
                        "evidence": [],
                        "via": ["times", {"outlet": "times"}],
                    }
                },
            }
            for name in ("a", "b")
        ],
        "paths": {},
    },
    Corpus,
)


@pytest.mark.parametrize(
    ("article", "reference", "name", "kinds"),
    [
        ("a", "visit", "a.visit", ["event", "claim"]),
        ("b", "visit", "b.visit", ["event", "claim"]),
        ("b", "a.visit", "a.visit", ["event", "claim"]),
        ("a", "eastport", "eastport", ["Place"]),
        ("a", "quay", "a.quay", ["Place"]),
        (None, "eastport", "eastport", ["Place"]),
        (None, "a.quay", "a.quay", ["Place"]),
        (None, "quay", "", []),
        ("a", "a.eastport", "", []),
        ("a", "c.visit", "", []),
        ("a", "nothing", "", []),
    ],
)
def test_an_id_names_what_its_article_or_all_articles_have(
    article: str | None, reference: str, name: str, kinds: list[str]
) -> None:
    found = Names(CORPUS).candidates(article, reference)
    assert [one.kind for one in found] == kinds
    assert {one.name for one in found} == ({name} if name else set())


def test_a_field_finds_only_what_it_asks_for() -> None:
    names = Names(CORPUS)
    found = names.find("a", "visit", EVENT)
    assert found
    assert found.record == CORPUS.articles[0].events["visit"]
    assert names.find("a", "visit", STATEMENT) is None
    assert names.find("a", "eastport", PLACE) == names.find("b", "eastport", PLACE)
    assert names.articles == {"a", "b"}
    assert [found.slug for found in names.visible("b")] == [
        "quay",
        "official",
        "visit",
        "visit",
        "s",
        "eastport",
        "times",
    ]
    assert [found.slug for found in names.own(None)] == ["eastport", "times"]
    assert len(list(names)) == 12


def test_every_reference_of_a_record_is_told_with_its_path() -> None:
    record = CORPUS.articles[0]
    assert [(use.keys, use.reference) for use in uses(record)] == [
        (("article", "publisher"), "times"),
        (("article", "republished_by", 0), "times"),
        (("sources", "official", "speaks_for"), "times"),
        (("events", "visit", "place", 0), "eastport"),
        (("events", "visit", "date", "after"), "b.visit"),
        (("claims", "visit", "about"), "visit"),
        (("statements", "s", "source"), "official"),
        (("statements", "s", "claim"), "visit"),
        (("statements", "s", "via", 0), "times"),
        (("statements", "s", "via", 1, "outlet"), "times"),
    ]
    assert [(use.keys, use.reference) for use in entity_uses("times", CORPUS.entities["times"])] == [
        (("entities", "times", "member_of", 0), "crown"),
        (("entities", "times", "member_of", 1), "a.quay"),
        (("entities", "times", "within"), "eastport"),
    ]


@pytest.mark.parametrize(
    ("section", "record"),
    [
        ("article", model.Article),
        ("entities", model.Entity),
        ("sources", model.UnnamedSource),
        ("events", model.Event),
        ("date", model.RelativeDate),
        ("claims", model.Claim),
        ("statements", model.Statement),
        ("via", model.Hop),
    ],
)
def test_every_field_of_references_has_its_kinds(section: str, record: type[msgspec.Struct]) -> None:
    def refers(annotation: object) -> bool:
        text = str(annotation)
        return f"'pattern': {REFERENCE_PATTERN!r}" in text

    fields = {name for name, annotation in _hints(record).items() if refers(annotation) and name != "via"}
    assert fields == set(ALLOWED[section])


def _hints(record: type[msgspec.Struct]) -> dict[str, object]:
    from typing import get_type_hints

    return get_type_hints(record, include_extras=True)
