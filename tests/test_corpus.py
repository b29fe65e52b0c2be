"""The record of the real article: what it must hold, whom it may link to, and that none of the text is in the house."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

import khabar
from khabar.model import ArticleRecord, Corpus, Evidence, Statement, each

ROOT = Path(__file__).parents[1]
RUNS = Path(__file__).with_name("data") / "article-runs.sha256"
RUN_LENGTH = 8

# The items whose identity two independent sources confirm, and what each is.
VERIFIED = {
    "bloomberg": "Q14270642",
    "benghazi": "Q40816",
    "greece": "Q41",
    "italy": "Q38",
    "libya": "Q1016",
    "mediterranean": "Q4918",
    "misrata": "Q131323",
    "moscow": "Q649",
    "putin": "Q7747",
    "russia": "Q159",
    "tobruk": "Q182092",
    "tripoli": "Q3579",
    "turkey": "Q43",
    "united-kingdom": "Q145",
    "united-states": "Q30",
}

AWSAT, BLOOMBERG = ("asharq-al-awsat",), ("bloomberg",)
# Statement: source, stance, certainty, what it is about, the outlets on the way to RT Arabic.
STATEMENTS = {
    "official-denies-base": ("army-official", "denies", "unstated", "base-in-east-planned", AWSAT),
    "army-denies-base": ("libyan-national-army", "denies", "unstated", "base-in-libya-planned", AWSAT),
    "military-source-on-role": ("military-source", "asserts", "unstated", "army-guards-country", AWSAT),
    "military-source-denies-occupier": ("military-source", "denies", "unstated", "occupier-called-in", AWSAT),
    "military-source-on-agreements": ("military-source", "asserts", "unstated", "cooperation-agreements", AWSAT),
    "military-source-denies-facilities": ("military-source", "denies", "unstated", "bases-facilitated", AWSAT),
    "military-source-on-talk": ("military-source", "asserts", "unstated", "talk-is-cover", AWSAT),
    "military-source-on-presence": ("military-source", "asserts", "unstated", "foreign-presence-west", AWSAT),
    "military-source-on-turks-and-americans": ("military-source", "asserts", "unstated", "turks-and-americans", AWSAT),
    "military-source-on-italians-and-british": (
        "military-source",
        "asserts",
        "unstated",
        "italians-and-british",
        AWSAT,
    ),
    "bloomberg-on-deal": ("bloomberg", "reports", "unstated", "deal-sought", ()),
    "bloomberg-on-meeting": ("bloomberg", "reports", "unstated", "haftar-putin-meeting", ()),
    "bloomberg-on-docking": ("bloomberg", "reports", "possible", "docking-rights-possible", ()),
    "bloomberg-on-tobruk": ("bloomberg", "reports", "probable", "docking-at-tobruk", ()),
    "sources-on-air-defence": ("bloomberg-sources", "alleges", "unstated", "air-defence-wanted", BLOOMBERG),
    "sources-on-training": ("bloomberg-sources", "alleges", "unstated", "training-wanted", BLOOMBERG),
    "sources-on-hosting": ("bloomberg-sources", "alleges", "unstated", "hosting-in-return", BLOOMBERG),
    "sources-on-wagner": ("bloomberg-sources", "asserts", "unstated", "wagner-presence", BLOOMBERG),
    "sources-on-turkey": ("bloomberg-sources", "asserts", "unstated", "turkish-backing", BLOOMBERG),
    "rt-on-first-visit": ("rt-arabic", "asserts", "unstated", "first-of-its-kind", ()),
    "media-on-naval-base": ("libyan-media", "alleges", "possible", "naval-base-possible", ()),
}

# Force, and the places where someone says that it is.
PRESENCES = {
    ("wagner", "wagner-held-bases"),
    ("turkish-armed-forces", "mitiga"),
    ("turkish-armed-forces", "al-watiya"),
    ("us-armed-forces", "mitiga"),
    ("us-armed-forces", "al-watiya"),
    ("italian-armed-forces", "misrata-air-base"),
    ("british-armed-forces", "misrata-air-base"),
}

STANDINGS = {
    "haftar-putin-meeting": "uncontested",
    "haftar-us-meeting": "uncontested",
    "haftar-moscow-visit": "uncontested",
    "yevkurov-visit": "uncontested",
    "defence-deal": "only-alleged",
    "air-defence": "only-alleged",
    "training": "only-alleged",
    "hosting": "contested",
    "docking-rights": "only-alleged",
    "base-in-libya": "contested",
    "base-in-east": "contested",
    "base-facilities": "contested",
    "naval-base": "contested",
    "occupier-invited": "contested",
    "wagner-presence": "uncontested",
    "turks-at-mitiga": "uncontested",
    "british-at-misrata": "uncontested",
}


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return khabar.read(ROOT / "corpus")


@pytest.fixture(scope="module")
def record(corpus: Corpus) -> ArticleRecord:
    (record,) = corpus.articles
    return record


@pytest.fixture(scope="module")
def answers(corpus: Corpus) -> dict[str, dict[str, set[str]]]:
    """What the graph says: local names of events to local names of properties to values."""
    found: dict[str, dict[str, set[str]]] = {}
    events = f"{corpus.header.base}events/rt-arabic-2023-11-07."
    for subject, predicate, value, _ in khabar.graph(corpus).quads():
        if str(subject).startswith(events):
            name = str(predicate).rpartition("#")[2]
            found.setdefault(str(subject).removeprefix(events), {}).setdefault(name, set()).add(str(value))
    return found


def passages(record: ArticleRecord) -> Iterator[Evidence]:
    for event in record.events.values():
        yield from each(event.evidence)
    for said in record.statements.values():
        yield from each(said.evidence)


def outlets(statement: Statement) -> tuple[str, ...]:
    return tuple(hop if isinstance(hop, str) else hop.outlet for hop in statement.via)


def test_the_record_is_without_fault() -> None:
    assert khabar.check(ROOT / "corpus") == ()


def test_only_verified_items_are_linked(corpus: Corpus, record: ArticleRecord) -> None:
    entities = {**corpus.entities, **record.entities}
    assert {name: entity.exact_match for name, entity in entities.items() if entity.exact_match} == VERIFIED
    assert not [name for name, entity in entities.items() if entity.close_match]


def test_no_other_item_is_named_in_the_folder() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "corpus").rglob("*.yaml")))
    assert set(re.findall(r"\bQ[1-9][0-9]+\b", text)) == set(VERIFIED.values())


def test_the_article_is_cited(record: ArticleRecord) -> None:
    article = record.article
    assert (article.publisher, article.published, article.language) == ("rt-arabic", "2023-11-07", "ar")
    assert article.republished_by == "arabic-pages-of-russia"
    assert article.text is not None
    assert article.text.length == 2710


def test_a_passage_and_its_digest_name_each_other(record: ArticleRecord) -> None:
    found = list(passages(record))
    places = {(passage.paragraph, passage.start, passage.end) for passage in found}
    assert len(places) == len({passage.sha256 for passage in found}) == len(set(found)) == 26
    assert all(0 <= start < end <= 303 for _, start, end in places)


def test_passages_come_from_the_article_and_not_from_the_page_around_it(record: ArticleRecord) -> None:
    assert {passage.paragraph for passage in passages(record)} == {5, 6, *range(8, 16)}


def test_statements_have_their_sources_stances_and_ways(record: ArticleRecord) -> None:
    found = {
        name: (said.source, said.stance, said.certainty, said.claim or said.event, outlets(said))
        for name, said in record.statements.items()
    }
    assert found == STATEMENTS


def test_what_rt_arabic_says_in_its_own_voice(record: ArticleRecord) -> None:
    assert {name for name, event in record.events.items() if event.evidence} == {
        "haftar-putin-meeting",
        "haftar-moscow-visit",
        "haftar-us-meeting",
        "yevkurov-visit",
        "tobruk-location",
    }


def test_only_the_rumour_is_one(record: ArticleRecord) -> None:
    assert [name for name, said in record.statements.items() if said.type == "Rumour"] == ["media-on-naval-base"]


def test_the_headline_is_no_second_denial(record: ArticleRecord) -> None:
    assert record.statements["army-denies-base"].same_as == "official-denies-base"


def test_replies_name_what_they_reply_to(record: ArticleRecord) -> None:
    replies = {name: each(said.responds_to) for name, said in record.statements.items() if said.responds_to}
    assert replies == {
        "military-source-denies-occupier": ("sources-on-hosting",),
        "military-source-denies-facilities": ("sources-on-hosting",),
        "military-source-on-talk": ("bloomberg-on-deal", "sources-on-hosting"),
    }


def test_the_narrower_claims_entail_the_broader(record: ArticleRecord) -> None:
    assert {name: claim.entails for name, claim in record.claims.items() if claim.entails} == {
        "hosting-in-return": "base-in-libya-planned",
        "naval-base-possible": "base-in-east-planned",
        "base-in-east-planned": "base-in-libya-planned",
        "base-in-libya-planned": "bases-facilitated",
    }


def test_a_source_that_is_only_close_has_no_mandate(record: ArticleRecord) -> None:
    official, military = record.sources["army-official"], record.sources["military-source"]
    assert (official.speaks_for, official.affiliated_with) == ("libyan-national-army", ())
    assert (military.speaks_for, military.affiliated_with) == ((), "haftar")
    assert set(military.reason_unnamed) == {"en", "ar"}


def test_the_side_that_gives_and_what_it_is_for(record: ArticleRecord) -> None:
    terms = {
        name: (event.provider, event.recipient, event.in_exchange_for)
        for name, event in record.events.items()
        if event.part_of == "defence-deal"
    }
    assert terms == {
        "air-defence": ("russia", "haftar", ()),
        "training": ("russia", "haftar", ()),
        "hosting": ("haftar", "russia", ("air-defence", "training")),
        "docking-rights": ((), "russia", ()),
    }
    assert record.events["air-defence"].against == "rival-forces-in-tripoli"


def test_tobruk_is_a_detail_of_its_own(record: ArticleRecord) -> None:
    claim = record.claims["docking-at-tobruk"]
    assert (claim.about, claim.detail, record.events["docking-rights"].place) == (
        "docking-rights",
        "place",
        "port-of-tobruk",
    )


def test_forces_and_places_are_given_pair_by_pair(record: ArticleRecord) -> None:
    pairs = {(event.force, event.place) for event in record.events.values() if event.force}
    assert pairs == PRESENCES


@pytest.mark.parametrize(
    ("event", "earliest", "latest"),
    [
        ("haftar-putin-meeting", "2023-09-21", "2023-09-30"),
        ("haftar-us-meeting", "2023-09-14", "2023-09-23"),
        ("haftar-moscow-visit", "2023-09-01", "2023-09-30"),
        ("yevkurov-visit", "2023-08-01", "2023-08-31"),
    ],
)
def test_vague_dates_have_honest_bounds(
    answers: dict[str, dict[str, set[str]]], event: str, earliest: str, latest: str
) -> None:
    assert (answers[event]["earliest"], answers[event]["latest"]) == ({earliest}, {latest})


def test_a_week_before_keeps_the_relation(
    answers: dict[str, dict[str, set[str]]], corpus: Corpus, record: ArticleRecord
) -> None:
    found = answers["haftar-us-meeting"]
    assert found["before"] == {f"{corpus.header.base}events/{record.article.id}.haftar-putin-meeting"}
    assert found["offset"] == {"P7D"}


@pytest.mark.parametrize(("event", "standing"), sorted(STANDINGS.items()))
def test_what_stands_and_what_is_contested(answers: dict[str, dict[str, set[str]]], event: str, standing: str) -> None:
    assert answers[event]["standing"] == {f"https://w3id.org/khabar/ns#{standing}"}


def words(text: str) -> list[str]:
    """The words of a text, without marks, hamzas, lengthening strokes and case, so that a retouched copy is found."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if unicodedata.category(sign) != "Mn")
    return re.findall(r"\w+", bare.replace("\N{ARABIC TATWEEL}", "").casefold())


def runs(text: str) -> set[str]:
    """The first 16 hex digits of the SHA-256 of every run of eight words."""
    found = words(text)
    return {
        hashlib.sha256(" ".join(found[at : at + RUN_LENGTH]).encode()).hexdigest()[:16]
        for at in range(len(found) - RUN_LENGTH + 1)
    }


def written_files() -> Iterator[tuple[Path, str]]:
    for file in sorted(ROOT.rglob("*")):
        inside = file.relative_to(ROOT).parts
        if not file.is_file() or any(part.startswith(".") or part in {"build", "dist"} for part in inside[:-1]):
            continue
        try:
            yield file, file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_sentence_of_the_article_is_in_the_house(record: ArticleRecord) -> None:
    owned = {line for line in RUNS.read_text(encoding="ascii").splitlines() if not line.startswith("#")}
    title = runs(record.article.title["ar"])
    # The title is cited; that its runs are found shows that the digests are made as they are compared.
    assert len(title) == 5
    assert title <= owned
    texts = ((file, text) for file, text in written_files() if re.search("[\u0621-\u064a]", text))
    copied = [str(file.relative_to(ROOT)) for file, text in texts if runs(text) & (owned - title)]
    assert copied == []
