"""Every folder of ``tests/cases/check-*`` is a corpus, with the exact faults that checking it tells."""

from __future__ import annotations

import shutil
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khabar.checks import check_corpus
from khabar.checks.references import did_you_mean
from khabar.codes import CODES
from khabar.errors import Fault
from khabar.model import Corpus
from khabar.names import ALLOWED
from khabar.reading import read_corpus

CASES = sorted((Path(__file__).parent / "cases").glob("check-*"))


def faults_of(folder: Path) -> list[Fault]:
    corpus, unread = read_corpus(folder)
    assert corpus is not None, "\n".join(map(str, unread))
    return check_corpus(corpus, {path.stem: path for path in folder.glob("texts/*.txt")})


def told(folder: Path) -> str:
    return "".join(f"{fault}\n".replace(f"{folder}/", "") for fault in faults_of(folder))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_faults_are_told_word_for_word(folder: Path) -> None:
    assert told(folder) == (folder / "faults.txt").read_text("utf-8")


def test_every_code_of_the_checks_is_in_a_case() -> None:
    told_codes = {fault.code for folder in CASES for fault in faults_of(folder)}
    assert told_codes == {
        *("KH001", "KH002", "KH005", "KH011", "KH016", "KH020", "KH021", "KH022", "KH023", "KH030", "KH031", "KH032"),
        *("KH040", "KH041", "KH042", "KH043", "KH050", "KH051", "KH052", "KH053", "KH060"),
    }


def test_what_moved_and_what_is_another_text_are_warnings() -> None:
    severities = {(fault.code, fault.severity) for folder in CASES for fault in faults_of(folder)}
    assert {code for code, severity in severities if severity == "warning"} == {"KH052", "KH053"}
    assert {code for code, severity in severities if severity == "error"}.isdisjoint({"KH052", "KH053"})


def test_faults_come_in_the_order_of_their_places() -> None:
    for folder in CASES:
        faults = faults_of(folder)
        assert faults == sorted(faults)


KNOWN = {code.code for code in CODES}


@pytest.mark.parametrize(
    ("word", "known", "remedy"),
    [
        ("vist", ["visit", "vast-plain"], "did you mean visit?"),
        ("dael", ["deal", "talks"], "did you mean deal?"),
        ("port-authorty", ["port-authority", "the-wire"], "did you mean port-authority?"),
        ("stressed", ["desserts"], ""),
        ("ferry", ["talks", "quay"], ""),
        ("ferry", [], ""),
        ("", ["a"], ""),
        # The nearest is found among many that share its letters.
        ("entity-12", [f"entity-{n}" for n in range(100, 400)], "did you mean entity-312?"),
        ("abcd-efgh", [*(f"{n}-hgfe-dcba" for n in range(30)), "abcd-efgx"], "did you mean abcd-efgx?"),
    ],
)
def test_the_nearest_word_is_named(word: str, known: list[str], remedy: str) -> None:
    assert did_you_mean(word, known) == remedy


IDS = ("a", "b", "c", "d")
REFERENCES = st.sampled_from([*IDS, "a.a", "a.b", "b.c", "nowhere", "nowhere.a"])
SEVERAL = REFERENCES | st.lists(REFERENCES, max_size=3)
TEXTS = st.sampled_from([{"en": "x"}, {"ar": "س"}, {"en": "x", "ar": "س"}])
DATES = st.sampled_from(["2031", "2031-03-01", "2031-03-02~", "../2031", "2031-02-30", "soon", "[2030..2031]", "XXXX"])
BLOCKS = st.lists(
    st.fixed_dictionaries(
        {
            "paragraph": st.integers(1, 3),
            "start": st.integers(0, 9),
            "end": st.integers(0, 9),
            "sha256": st.just("0a" * 32),
        }
    ),
    max_size=2,
)


def things(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(IDS), st.fixed_dictionaries(required, optional=optional), max_size=3)


ENTITIES = things(
    {"type": st.sampled_from(["Person", "Organisation", "Outlet", "Polity", "Place"]), "name": TEXTS},
    {"member_of": SEVERAL, "within": SEVERAL, "position": TEXTS},
)
RELATIVE = st.fixed_dictionaries(
    {}, optional={"before": REFERENCES, "after": REFERENCES, "by": st.sampled_from(["P1D", "P9Y", "P9999Y"])}
)
HOPS = st.fixed_dictionaries(
    {"outlet": REFERENCES},
    optional={"date": DATES, "stance": st.just("denies"), "certainty": st.just("possible")},
)
ARTICLES = st.fixed_dictionaries(
    {
        "article": st.fixed_dictionaries(
            {
                "id": st.sampled_from(IDS),
                "title": TEXTS,
                "publisher": REFERENCES,
                "published": DATES,
                "language": st.just("ar"),
            },
            optional={"republished_by": SEVERAL, "text": st.just({"sha256": "0a" * 32, "length": 8})},
        ),
        "entities": ENTITIES,
        "sources": things({"described_as": TEXTS}, {"speaks_for": SEVERAL, "affiliated_with": SEVERAL}),
        "events": things(
            {"type": st.sampled_from(["Visit", "Voyage", "Trip", "Person"]), "label": TEXTS},
            {
                "date": DATES | RELATIVE,
                "evidence": BLOCKS,
                **dict.fromkeys(ALLOWED["events"], SEVERAL),
            },
        ),
        "claims": things({"about": SEVERAL, "text": TEXTS}, dict.fromkeys(("entails", "conflicts_with"), SEVERAL)),
        "statements": things(
            {"source": REFERENCES, "evidence": BLOCKS},
            {
                "claim": REFERENCES,
                "event": REFERENCES,
                "relays": REFERENCES,
                "stance": st.sampled_from(["asserts", "denies"]),
                "certainty": st.sampled_from(["probable", "unstated"]),
                "date": DATES,
                "via": st.lists(REFERENCES | HOPS, max_size=3),
                "responds_to": SEVERAL,
                "same_as": SEVERAL,
            },
        ),
    }
)


def _article_id(record: Any) -> str:
    return str(record["article"]["id"])


CORPORA = st.fixed_dictionaries(
    {
        "header": st.fixed_dictionaries(
            {
                "base": st.just("https://example.org/"),
                "title": TEXTS,
                "licence": st.just("https://example.org/l"),
                "languages": st.sampled_from([[], ["en"], ["ar", "en"]]),
                "event_types": st.dictionaries(
                    st.sampled_from(["Voyage", "Trip", "Claim"]),
                    st.fixed_dictionaries(
                        {"label": TEXTS, "subclass_of": st.sampled_from(["Event", "Voyage", "Trip", "Nothing"])}
                    ),
                ),
            }
        ),
        "entities": ENTITIES,
        "articles": st.lists(ARTICLES, max_size=2, unique_by=_article_id),
        "paths": st.just({}),
    }
)


@given(CORPORA)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_law_any_corpus_gives_faults_and_nothing_else(builtins: dict[str, Any]) -> None:
    corpus = msgspec.convert(builtins, Corpus)
    faults = check_corpus(corpus)
    assert faults == check_corpus(corpus)
    for fault in faults:
        assert fault.code in KNOWN
        assert fault.expected
        assert fault.found
        assert str(fault).isprintable()


def test_a_thousand_faults_of_one_file_are_told_in_the_time_of_one_reading(tmp_path: Path) -> None:
    shutil.copytree(CASES[0].parent / "check-coverage", tmp_path / "corpus")
    record = tmp_path / "corpus" / "articles" / "a.yaml"
    silent = "".join(
        f"  silent-{n}: {{type: Visit, label: {{en: A, ar: أ}}, place: eastprot-{n}}}\n" for n in range(1_000)
    )
    record.write_text(record.read_text("utf-8").replace("events:\n", "events:\n" + silent), "utf-8")
    began = perf_counter()
    faults = faults_of(tmp_path / "corpus")
    assert len(faults) == 2_002
    assert len({fault.line for fault in faults}) == 1_002
    assert perf_counter() - began < 20  # some two seconds on two slow cores


EVIDENCE = f"{{paragraph: 1, start: 0, end: 8, sha256: {'a' * 64}}}"


def corpus_of(folder: Path, statements: str, entities: str = "") -> Path:
    """A corpus with one event, ``statements`` on it, and a hundred pairs of outlets, ``a0`` to ``b99``."""
    outlets = "".join(f"  {letter}{n}: {{type: Outlet, name: {{en: O}}}}\n" for n in range(100) for letter in "ab")
    head = "base: https://example.org/x/\ntitle: {en: X}\nlicence: https://example.org/licence\nlanguages: [en]\n"
    article = (
        "article: {id: ferry, title: {en: F}, publisher: a0, published: 2031-03-02, language: en}\n"
        f"events:\n  trip: {{type: Event, label: {{en: T}}, evidence: {EVIDENCE}}}\nstatements:\n{statements}"
    )
    for name in ("entities", "articles"):
        (folder / name).mkdir(parents=True)
    (folder / "corpus.yaml").write_text(head, "utf-8")
    (folder / "entities" / "all.yaml").write_text(f"entities:\n{outlets}", "utf-8")
    (folder / "articles" / "ferry.yaml").write_text(article, "utf-8")
    if entities:
        (folder / "entities" / "more.yaml").write_text(f"entities:\n{entities}", "utf-8")
        (folder / "entities" / "zmore.yaml").write_text(f"entities:\n{entities}", "utf-8")
    return folder


def test_a_chain_has_a_hundred_links_at_most(tmp_path: Path) -> None:
    def said(slug: str, via: list[str], what: str = "stance: asserts, event: trip") -> str:
        return f"  {slug}: {{source: b0, {what}, via: [{', '.join(via)}], evidence: {EVIDENCE}}}\n"

    outlets = [f"{letter}{n}" for n in range(1, 60) for letter in "ab"]
    assert faults_of(corpus_of(tmp_path / "fine", said("long", outlets[:99]))) == []
    told_twice = said("first", outlets[:60]) + "".join(
        f"  s{n}: {{source: {'ab'[n % 2]}1, relays: {f's{n - 1}' if n else 'first'}, evidence: {EVIDENCE}}}\n"
        for n in range(45)
    )
    faults = faults_of(corpus_of(tmp_path / "long", said("long", outlets[:100]) + told_twice))
    assert [(fault.code, fault.field, fault.message.partition(": ")[2]) for fault in faults] == [
        ("KH004", "statements.long.via", "expected a chain of at most 100 links, found 101 up to here"),
        ("KH004", "statements.s39.relays", "expected a chain of at most 100 links, found 101 up to here"),
    ]


def test_a_chain_of_thousands_is_told_at_once(tmp_path: Path) -> None:
    statements = f"  s0: {{source: b0, stance: asserts, event: trip, evidence: {EVIDENCE}}}\n" + "".join(
        f"  s{n}: {{source: {'ab'[n % 2]}1, relays: s{n - 1}, evidence: {EVIDENCE}}}\n" for n in range(1, 5000)
    )
    started = perf_counter()
    assert [fault.code for fault in faults_of(corpus_of(tmp_path / "long", statements))] == ["KH004"]
    assert perf_counter() - started < 3


def test_thousands_of_ids_that_are_taken_are_told_at_once(tmp_path: Path) -> None:
    entities = "".join(f"  o{n}: {{type: Outlet, name: {{en: O}}}}\n" for n in range(1500))
    folder = corpus_of(tmp_path / "twice", "", entities)
    started = perf_counter()
    _, faults = read_corpus(folder)
    taken = [fault for fault in faults if fault.code == "KH020"]
    assert len(taken) == 1500
    assert taken[-1].remedy == f"the first is at {folder}/entities/more.yaml:1501:3"
    assert perf_counter() - started < 3
