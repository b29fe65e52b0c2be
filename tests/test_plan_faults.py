"""One fault at a time, and articles as they come: the plan vouches for no fault, and for the bytes of all else."""

from __future__ import annotations

import contextlib
import copy
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import yaml

from careful import carefully
from corpora_at_hand import ROOT
from khabar.frame import Frame
from khabar.model import Article, Claim, CorpusHeader, EntitiesFile, Entity, Event, Statement, UnnamedSource
from khabar.plan import Plan
from khabar.records.sources import open_source
from sound_articles import frame

DROPPED: Final = object()
CASES: Final = sorted((Path(__file__).parent / "cases").iterdir())
FRAMES: Final = (frame(), frame("en", "ar"))
PLANS: Final = tuple(map(Plan.of, FRAMES))


def texts(word: str) -> dict[str, str]:
    return {"en": word, "ar": f"{word} ع"}


def passage(start: int, digit: str = "0", **more: Any) -> dict[str, Any]:
    return {"paragraph": 1, "start": start, "end": start + 7, "sha256": digit * 64, **more}


def said(source: str, start: int, **more: Any) -> dict[str, Any]:
    return {"source": source, "evidence": passage(start), **more}


ARTICLE: Final[dict[str, Any]] = {
    "article": {
        "id": "a-b",
        "title": texts("A"),
        "publisher": "times",
        "published": "2031-04-05",
        "language": "en",
        "url": "https://example.org/a",
        "text": {"sha256": "1" * 64, "length": 1000},
    },
    "entities": {
        "club": {"type": "Organisation", "name": texts("Club"), "exact_match": "Q42"},
        "hall": {"type": "Organisation", "name": texts("Hall"), "member_of": "club", "alias": {"en": ["H", "I"]}},
        "quay": {"type": "Place", "name": texts("Quay"), "within": "port", "point": {"lat": 3, "lon": 4}},
    },
    "sources": {"insider": {"described_as": texts("an insider"), "speaks_for": "club"}},
    "events": {
        "visit": {"type": "Visit", "label": texts("Visit"), "date": "2031-03", "place": "quay", "host": "mayor"},
        "deal": {
            "type": "Lease",
            "label": texts("Deal"),
            "date": {"after": "visit", "by": "P7D"},
            "part_of": "visit",
            "evidence": [passage(40), passage(50)],
        },
    },
    "claims": {
        "c": {"about": ["visit"], "text": texts("They came."), "entails": "d"},
        "d": {"about": "deal", "text": texts("They signed."), "detail": "place"},
    },
    "statements": {
        "s": said(
            "insider",
            0,
            stance="asserts",
            claim="c",
            date="2031-03-10",
            via=["wire", {"outlet": "gazette", "date": "2031-03-12"}],
        ),
        "t": said("mayor", 10, stance="denies", claim="d", date="2031-03-20", responds_to="s"),
        "u": said("navy", 20, relays="t"),
        "v": said("land", 30, stance="reports", event="visit", certainty="possible"),
    },
}


def changed(path: str, value: Any) -> bytes:
    """The line of the article with something else in one place."""
    document = copy.deepcopy(ARTICLE)
    *keys, last = (int(key) if key.isdecimal() else key for key in path.split("."))
    holder: Any = document
    for key in keys:
        holder = holder[key]
    if value is DROPPED:
        del holder[last]
    else:
        holder[last] = value
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")


_LONG: Final = ["wire", "gazette"] * 20
FAULTS: Final[tuple[tuple[str, Any], ...]] = (
    # What cannot have been said then.
    ("statements.s.date", "2031-05-01"),
    ("statements.s.via.1.date", "2031-05-01"),
    ("statements.s.via.1.date", "2031-03-01"),
    ("statements.t.date", "2031-03-01"),
    ("statements.u.date", "2031-03-01"),
    ("statements.v.date", "2031-04-31"),
    ("article.published", "2031-02-30"),
    ("article.published", "2031-04-05/.."),
    ("events.visit.date", ""),
    ("events.visit.date", {"after": "deal", "before": "deal"}),
    ("events.visit.date", {"by": "P1D"}),
    ("events.deal.date.by", "P"),
    ("events.deal.date.by", "7D"),
    ("events.deal.date.by", "P0.5D"),
    # Circles, and what refers to itself.
    ("events.visit.date", {"after": "visit"}),
    ("events.visit.date", {"before": "deal"}),
    ("events.visit.part_of", "visit"),
    ("events.visit.part_of", "deal"),
    ("events.visit.part_of", ["deal", "deal"]),
    ("events.visit.in_exchange_for", "visit"),
    ("events.visit.same_event_as", ["deal", "visit"]),
    ("claims.c.entails", "c"),
    ("claims.d.entails", "c"),
    ("claims.c.conflicts_with", "c"),
    ("statements.s.responds_to", "s"),
    ("statements.s.responds_to", "t"),
    ("statements.s.same_as", "s"),
    ("statements.u.relays", "u"),
    ("statements.t", said("mayor", 10, relays="u")),
    ("entities.club.member_of", "club"),
    ("entities.club.member_of", ["union", "hall"]),
    ("entities.quay.within", "quay"),
    # Names.
    ("article.id", "A"),
    ("article.id", "a-"),
    ("article.id", "null"),
    ("article.id", "derived"),
    ("article.id", "a" * 81),
    ("entities.times", {"type": "Outlet", "name": texts("Times")}),
    ("sources.times", {"described_as": texts("x")}),
    ("sources.club", {"described_as": texts("x")}),
    ("claims.c.about", ["visit", "nobody"]),
    ("claims.c.about", []),
    ("claims.c.about", "c"),
    ("claims.c.entails", "visit"),
    ("claims.c.detail", "colour"),
    ("article.publisher", "mayor"),
    ("article.publisher", "club"),
    ("article.republished_by", ["wire", "nobody"]),
    ("events.visit.place", "mayor"),
    ("events.visit.host", ["mayor", "port"]),
    ("events.visit.type", "Statement"),
    ("entities.club.type", "Club"),
    ("entities.club.member_of", "port"),
    ("sources.insider.speaks_for", "insider"),
    ("statements.s.source", "port"),
    ("statements.s.claim", "visit"),
    ("statements.s.via.0", "mayor"),
    ("statements.s.via.1.outlet", "club"),
    ("statements.v.event", "c"),
    ("statements.u.relays", "c"),
    # Chains.
    ("statements.s.source", "wire"),
    ("statements.s.via", ["wire", "wire"]),
    ("statements.s.via", ["gazette", {"outlet": "gazette"}]),
    ("statements.u.source", "mayor"),
    ("statements.w", said("union", 60, relays="u", via=_LONG * 3)),
    ("statements.s.event", "visit"),
    ("statements.s.claim", DROPPED),
    ("statements.s.stance", DROPPED),
    ("statements.s.stance", "says"),
    ("statements.u.certainty", "possible"),
    ("statements.s.via.1.certainty", "possible"),
    ("statements.s.type", "Visit"),
    ("statements.s.claim", "d"),
    # Passages.
    ("statements.t.evidence", []),
    ("statements.t.evidence", passage(10, end=10)),
    ("statements.t.evidence", passage(994)),
    ("statements.t.evidence", passage(10, paragraph=1001)),
    ("statements.t.evidence", passage(10, paragraph=0)),
    ("statements.t.evidence", passage(-1)),
    ("statements.t.evidence", passage(10, paragraph=1.5)),
    ("statements.t.evidence", passage(10, paragraph=True)),
    ("statements.t.evidence", passage(10, sha256="A" * 64)),
    ("statements.t.evidence", passage(10, sha256="0" * 63)),
    ("statements.t.evidence", passage(10, sha256="x" * 64)),
    ("statements.t.evidence", passage(10, sha256="0 " * 32)),
    ("events.deal.evidence", [passage(40), passage(993, end=1001)]),
    ("article.text.length", 0),
    # Texts.
    ("article.title", {"en": "A", "EN": "A"}),
    ("claims.c.text", {"ar": "A", "AR": "A", "en": "A"}),
    ("claims.c.note", {"fr": "A", "FR": "A"}),
    ("statements.s.label", {"en": "A", "En": "A"}),
    ("entities.hall.alias", {"en": "A", "EN": ["A"]}),
    ("entities.hall.alias", {"en": []}),
    ("article.title", {}),
    ("article.title", {"english_": "A"}),
    ("article.title.en", ""),
    ("article.title.en", "  "),
    ("article.title.en", "\u3000"),
    ("article.title.en", "\u00a0 \u200f"),
    ("article.title.en", "a\u0301"),
    ("article.title.ar", "\u0627\u0653"),
    ("article.title.en", "a\x07"),
    ("article.title.en", "\x7f"),
    ("article.title.en", "\ufffe"),
    ("article.title.en", "\U0001fffe"),
    ("article.title.en", "\ud800"),
    ("article.title.en", "\u202e"),
    ("article.title.en", DROPPED),
    ("article.language", "e"),
    ("article.language", "en_GB"),
    ("article.url", "http://a b"),
    ("article.url", "http://example.org/%zz"),
    ("article.url", 'http://example.org/"'),
    ("article.url", "http://example.org/\\"),
    ("article.url", "http://example.org/<>"),
    ("entities.club.exact_match", "Q0"),
    ("entities.club.exact_match", "q42"),
    ("entities.club.exact_match", ["Q1", "http://a b"]),
    ("entities.quay.point", {"lat": 91, "lon": 0}),
    ("entities.quay.point", {"lat": 1}),
    ("entities.quay.point.lat", "3"),
    # The form.
    ("note", {"en": "x"}),
    ("article.note", "x"),
    ("article.colour", "red"),
    ("events.visit.label", None),
    ("claims.c.text", DROPPED),
    ("statements.s.evidence", DROPPED),
    ("claims", []),
    ("entities.hall.alias.en", ["x"] * 400_001),
)
SOUND: Final[tuple[tuple[str, Any], ...]] = (
    ("statements.s.date", "2031-03-12"),
    ("statements.t.date", "2031-03-10"),
    ("statements.u.date", "2031-04-05"),
    ("statements.t.evidence", passage(0)),
    ("statements.t.evidence", passage(993)),
    ("entities.club.member_of", ["union", "union"]),
    ("events.visit.in_exchange_for", "deal"),
    ("claims.c.conflicts_with", ["d"]),
    ("article.title.en", '"A"\\ \n\r\t/ \u200f\u2067\U0001f600 %s {x} $id <b> &amp;'),
    ("article.url", "http://مثال.example/ب?x=%D9%85;y='z'#{1}".replace("{1}", "1")),
    ("entities.club.exact_match", ["Q42", "https://example.org/%41", "http://example.org/é"]),
    ("article.published", "2031-04~"),
    ("article.id", "a" * 80),
    ("statements.s.label", {"en": "A", "zh-Hant": "B", "AR-ly": "C"}),
)
UNUSUAL: Final[tuple[tuple[str, Any], ...]] = (
    ("article.published", 2031),
    ("statements.t.evidence", passage(0, "2")),
    ("statements.t.evidence", [passage(10), passage(10, "2")]),
    ("events.deal.evidence", [passage(40), passage(40, "2")]),
    ("statements.s.via", ["wire", "gazette"] * 49),
    ("events.deal.note", {"en": "x" * 300_000}),
    ("entities.hall.alias.en", [f"{number}" for number in range(70_000)]),
    ("events.visit.date", {"before": "deal"}),
    ("events.visit", DROPPED),
    ("statements.visit", said("land", 60, stance="reports", event="visit")),
    ("statements.t.responds_to", None),
    ("statements.s.date", "2031-03-10T10:00:00Z"),
    ("events.visit.date", "2031-06"),
    ("events.deal.date", {"before": "visit"}),
    (
        "events",
        ARTICLE["events"]
        | {
            "fair": {"type": "Event", "label": texts("F"), "date": "2032", "evidence": passage(70)},
            "end": {"type": "Event", "label": texts("E"), "date": {"after": "fair"}, "evidence": passage(80)},
        },
    ),
)


def of(cases: tuple[tuple[str, Any], ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("path", "value"), cases, ids=[f"{n}-{path}" for n, (path, _) in enumerate(cases)])


@of(FAULTS)
def test_a_fault_is_never_planned(path: str, value: Any) -> None:
    line = changed(path, value)
    refused = [bool(carefully(seen, line).faults) for seen in FRAMES]
    assert refused[1]
    assert [plan.line(line) is None for plan, fault in zip(PLANS, refused, strict=True) if fault] == [True] * sum(
        refused
    )


@of((("article.id", "a-b"), *SOUND))
def test_what_has_none_is_planned(path: str, value: Any) -> None:
    line = changed(path, value)
    for seen, plan in zip(FRAMES, PLANS, strict=True):
        assert is_planned(seen, plan, line)


@of(UNUSUAL)
def test_what_is_unusual_is_planned_rightly_or_not_at_all(path: str, value: Any) -> None:
    line = changed(path, value)
    for seen, plan in zip(FRAMES, PLANS, strict=True):
        is_planned(seen, plan, line)


def with_statements(**statements: Any) -> bytes:
    """The line of the article with no other statements than these, and no claims but the one."""
    document = ARTICLE | {"claims": {"c": {"about": ["visit"], "text": texts("C")}}, "statements": statements}
    return json.dumps(document, ensure_ascii=False).encode()


@pytest.mark.parametrize(("length", "is_sound"), [(98, True), (120, False)])
def test_chains_have_an_end(length: int, *, is_sound: bool) -> None:
    via = (["wire", "gazette"] * length)[:length]
    line = with_statements(s=said("insider", 0, stance="asserts", claim="c", via=via))
    assert (carefully(FRAMES[0], line).faults == []) == is_sound
    assert is_planned(FRAMES[0], PLANS[0], line) == is_sound


@pytest.mark.parametrize(("length", "is_sound"), [(20, True), (40, False)])
def test_chains_that_go_on_in_others_have_an_end(length: int, *, is_sound: bool) -> None:
    via = (["wire", "gazette"] * length)[:length]
    line = with_statements(
        s=said("insider", 0, stance="asserts", claim="c", via=via),
        t=said("mayor", 10, relays="s", via=via),
        u=said("navy", 20, relays="t", via=via),
    )
    assert (carefully(FRAMES[0], line).faults == []) == is_sound
    assert is_planned(FRAMES[0], PLANS[0], line) == is_sound


def is_planned(seen: Frame, plan: Plan, line: bytes) -> bool:
    """Tell whether the plan is sure of a line; what it says is then what the careful path says, to the byte."""
    planned = plan.line(line)
    if planned is None:
        return False
    wanted = carefully(seen, line)
    assert wanted.faults == []
    assert (planned.graph, planned.standings) == (wanted.graph, wanted.standings)
    assert plan.nquads(planned) == wanted.nquads
    return True


def test_articles_in_numbers_are_planned_as_they_are_made_with_care(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    subprocess.run([sys.executable, ROOT / "benchmarks/articles.py", "300", "-o", path], check=True)
    with open_source(path) as source:
        seen = source.frame
    plan = Plan.of(seen)
    articles = [line for line in path.read_bytes().split(b"\n") if line.startswith(b'{"article":')]
    found = Counter(is_planned(seen, plan, line) for line in articles)
    # The others refer to one another.
    assert found[True] > 270
    assert found.total() == 300


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_no_article_of_a_case_is_planned_wrongly(folder: Path) -> None:
    seen, articles = case(folder)
    if seen is not None:
        plan = Plan.of(seen)
        for line in articles:
            is_planned(seen, plan, line)


def test_some_cases_have_faults_that_are_seen_so() -> None:
    found = Counter(
        bool(carefully(seen, line).faults) for seen, articles in map(case, CASES) if seen for line in articles
    )
    assert found[True] > 10


def case(folder: Path) -> tuple[Frame | None, list[bytes]]:
    """The head of a case and its articles as lines; what is no YAML, or no head, to anyone is left out."""
    try:
        header = msgspec.convert(yaml.safe_load((folder / "corpus.yaml").read_bytes()), CorpusHeader, strict=False)
        entities: dict[str, Entity] = {}
        for path in sorted(folder.glob("entities/*.yaml")):
            entities |= msgspec.convert(yaml.safe_load(path.read_bytes()), EntitiesFile, strict=False).entities
    except (OSError, yaml.YAMLError, UnicodeError, msgspec.ValidationError):
        return None, []
    return Frame(header, entities), list(_lines(folder))


def _lines(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("articles/*.yaml")):
        with contextlib.suppress(yaml.YAMLError, UnicodeError, ValueError, TypeError, RecursionError):
            document = yaml.safe_load(path.read_bytes())
            yield json.dumps(document, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


def places(document: Any, path: str = "") -> Iterator[str]:
    """The path of every value of a document, and of every key that one of its records could have and has not."""
    if isinstance(document, dict):
        section, _, rest = path.partition(".")
        fields = FIELDS.get(section, ()) if section == "article" or (rest and "." not in rest) else ()
        for key in dict.fromkeys((*document, *fields)):
            yield f"{path}.{key}" if path else key
            yield from places(document.get(key), f"{path}.{key}" if path else key)
    elif isinstance(document, list):
        for number, value in enumerate(document):
            yield f"{path}.{number}"
            yield from places(value, f"{path}.{number}")


FIELDS: Final = {
    "article": Article.__struct_fields__,
    "entities": Entity.__struct_fields__,
    "sources": UnnamedSource.__struct_fields__,
    "events": Event.__struct_fields__,
    "claims": Claim.__struct_fields__,
    "statements": Statement.__struct_fields__,
}


# Numbers are what a few fields are for, and what is left out may be there as nothing.
@pytest.mark.parametrize("value", ["", [""], [[]], [{}], {"": ""}, {"en": ""}, " ", False], ids=repr)
def test_what_is_nothing_anywhere_is_never_planned(value: Any) -> None:
    assert not any(is_planned(FRAMES[0], PLANS[0], changed(path, value)) for path in places(ARTICLE))


@pytest.mark.parametrize("value", [[], {}, None, 0, 1.0], ids=repr)
def test_what_is_empty_anywhere_is_planned_rightly_or_not_at_all(value: Any) -> None:
    planned = [is_planned(FRAMES[0], PLANS[0], changed(path, value)) for path in places(ARTICLE)]
    assert len(planned) > 150
    assert not all(planned)


def test_a_quotation_at_the_end_of_a_text_is_no_empty_text() -> None:
    assert is_planned(FRAMES[0], PLANS[0], changed("claims.c.text", texts('They said "yes"')))
