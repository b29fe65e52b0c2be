"""Drafts for Wikidata: lines that its tools read, from what the annotators say of entities and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from corpora_at_hand import CORPORA
from khabar import pipeline
from khabar.model import Annotator, Article, ArticleRecord, Corpus, CorpusHeader, Entity, Event, Evidence, Point
from khabar.names import Names
from khabar.wikidata.quickstatements import drafts

GOLDEN = Path(__file__).parent / "golden" / "eastport.quickstatements.tsv"
HEADER = CorpusHeader(
    base="https://example.org/c/",
    title={"en": "C"},
    licence="https://example.org/l",
    annotators=(Annotator(name="A"),),
)
EVIDENCE = Evidence(paragraph=1, start=0, end=5, sha256="0" * 64)

# The grammar of version 1, as the help of QuickStatements and the parser of its third edition have it.
STRING = r'"[^"\t\n|\\]*"'
TIME = r"\+[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:00Z/(?:9|10|11)"
VALUE = rf"(?:Q[1-9][0-9]*|LAST|@-?[0-9.]+/-?[0-9.]+|{TIME}|{STRING}|[a-z-]+:{STRING})"
LINE = re.compile(
    rf"(?:CREATE\t/\* [^\t\n]*? \*/"
    rf"|LAST\t[LDA][a-z-]+\t{STRING}"
    rf"|(?:LAST|Q[1-9][0-9]*)\tP[1-9][0-9]*\t{VALUE}(?:\tS[1-9][0-9]*\t{VALUE})*)\n"
)


def article(slug: str, **fields: object) -> ArticleRecord:
    """An article with one event, which ``fields`` are of."""
    return ArticleRecord(
        article=Article(
            id=slug,
            title={"en": f"Of {slug}", "ar": "عن"},
            publisher="paper",
            published="2031-03-02",
            language="ar",
            url=f"https://example.org/{slug}",
        ),
        events={"e": Event(type="Meeting", label={"en": "E"}, evidence=EVIDENCE, **fields)},  # type: ignore[arg-type] # any field
    )


def corpus(*articles: ArticleRecord, **entities: Entity) -> Corpus:
    paper = Entity(type="Outlet", name={"en": "The Paper"}, exact_match="Q38")
    return Corpus(header=HEADER, entities={"paper": paper, **entities}, articles=articles, paths={})


def lines(of: Corpus, *lacking: str) -> list[str]:
    found = list(drafts(of, lacking))
    assert [line for line in found if not LINE.fullmatch(line)] == []
    return found


def test_the_drafts_of_the_corpus_are_the_golden_ones() -> None:
    read = pipeline.read(CORPORA["eastport"])
    lacking = [found.name for found, entity in Names(read).entities() if not entity.exact_match]
    assert "".join(lines(read, *lacking)) == GOLDEN.read_text(encoding="utf-8")


def test_an_item_that_is_lacking_is_created() -> None:
    person = Entity(
        type="Person",
        name={"en": "Nadia Nagi", "ar": "نادية ناجي"},
        alias={"en": ("N. Nagi", "Nadia Naji"), "ar": "نادية ناجى"},
        position={"en": "Minister of Ports."},
        member_of=("union", "state"),
    )
    union = Entity(type="Organisation", name={"en": "Union"}, exact_match="Q41")
    state = Entity(type="Polity", name={"en": "State"}, exact_match="Q43")
    reference = 'S854\t"https://example.org/a1"\tS1476\tar:"عن"\tS577\t+2031-03-02T00:00:00Z/11\tS123\tQ38'
    assert lines(corpus(article("a1", attendee="nagi"), nagi=person, union=union, state=state), "nagi") == [
        "CREATE\t/* nagi: no item was found */\n",
        'LAST\tLen\t"Nadia Nagi"\n',
        'LAST\tLar\t"نادية ناجي"\n',
        'LAST\tDen\t"Minister of Ports"\n',
        'LAST\tDar\t"شخص"\n',
        'LAST\tAen\t"N. Nagi"\n',
        'LAST\tAen\t"Nadia Naji"\n',
        'LAST\tAar\t"نادية ناجى"\n',
        f"LAST\tP31\tQ5\t{reference}\n",
        f"LAST\tP463\tQ41\t{reference}\n",
    ]


def test_each_reference_has_a_line_of_its_own() -> None:
    nagi = Entity(type="Person", name={"en": "Nagi"}, member_of="union", exact_match="Q649")
    union = Entity(type="Organisation", name={"en": "Union"}, exact_match="Q41")
    found = lines(corpus(article("a1", host="nagi"), article("a2", host="nagi"), nagi=nagi, union=union))
    assert [line.split("\t")[:5] for line in found] == [
        ["Q649", "P463", "Q41", "S854", f'"https://example.org/{slug}"'] for slug in ("a1", "a2")
    ]


def test_an_article_is_no_source_for_where_something_lies() -> None:
    point = Point(lat=32.5, lon=-0.25)
    quay = Entity(type="Place", name={"en": "Quay"}, within="state", point=point, exact_match="Q649")
    state = Entity(type="Polity", name={"en": "State"}, exact_match="Q43")
    found = lines(corpus(article("a1", place="quay"), quay=quay, state=state))
    assert found == ["Q649\tP625\t@32.5/-0.25\n", "Q649\tP17\tQ43\n"]


def test_the_unit_above_is_told_beside_the_state() -> None:
    places = {
        "quay": Entity(type="Place", name={"en": "Quay"}, within="town", exact_match="Q649"),
        "town": Entity(type="Place", name={"en": "Town"}, within="state", exact_match="Q145"),
        "state": Entity(type="Polity", name={"en": "State"}, exact_match="Q43"),
    }
    assert lines(corpus(**places)) == ["Q649\tP131\tQ145\n", "Q649\tP17\tQ43\n", "Q145\tP17\tQ43\n"]


@pytest.mark.parametrize("kind", ["Organisation", "Outlet", "Place", "Polity"])
def test_no_class_is_guessed(kind: str) -> None:
    found = lines(corpus(thing=Entity(type=kind, name={"en": "Thing"})), "thing")  # type: ignore[arg-type] # any type
    assert not [line for line in found if line.startswith("LAST\tP31")]
    assert found[0] == "CREATE\t/* thing: no item was found; add its class (P31) */\n"


@pytest.mark.parametrize(
    ("published", "time"),
    [
        ("2031", "+2031-00-00T00:00:00Z/9"),
        ("2031-03", "+2031-03-00T00:00:00Z/10"),
        ("2031-03-02~", None),
        ("203X", None),
    ],
)
def test_dates_are_as_precise_as_they_are_known(published: str, time: str | None) -> None:
    record = article("a1", attendee="nagi")
    record = ArticleRecord(
        article=Article(id="a1", title={"ar": "عن"}, publisher="paper", published=published, language="ar"),
        events=record.events,
    )
    nagi = Entity(type="Person", name={"en": "Nagi"})
    stated = [line for line in lines(corpus(record, nagi=nagi), "nagi") if "P31" in line]
    assert stated == ['LAST\tP31\tQ5\tS1476\tar:"عن"' + (f"\tS577\t{time}" if time else "") + "\tS123\tQ38\n"]


def test_what_no_one_decided_is_not_created() -> None:
    assert lines(corpus(nagi=Entity(type="Person", name={"en": "Nagi"}))) == []


def test_an_entity_that_has_a_link_is_not_created() -> None:
    assert lines(corpus(nagi=Entity(type="Person", name={"en": "Nagi"}, exact_match="Q649")), "nagi") == []


def test_a_claim_states_nothing() -> None:
    # Whom the event says was there, and where, is the article's to say: no statement of the person comes of it.
    nagi = Entity(type="Person", name={"en": "Nagi"}, exact_match="Q649")
    quay = Entity(type="Place", name={"en": "Quay"}, exact_match="Q145")
    assert lines(corpus(article("a1", attendee="nagi", place="quay"), nagi=nagi, quay=quay)) == []


# Of the numbers from Q999000001 up Wikidata has given out none.
ONE, OTHER, STATE = "Q999000001", "Q999000002", "Q999000003"
NAME = {"en": "N"}


def test_a_season_is_no_month() -> None:
    record = article("a1", attendee="nagi")
    record = replace(record, article=replace(record.article, published="2031-21", url=None))
    stated = [line for line in lines(corpus(record, nagi=Entity(type="Person", name=NAME)), "nagi") if "P31" in line]
    assert stated == ['LAST\tP31\tQ5\tS1476\tar:"عن"\tS123\tQ38\n']


def test_an_address_stays_as_it_is() -> None:
    record = article("a1", attendee="nagi")
    record = replace(record, article=replace(record.article, url="https://example.org/*/x//'y'*/"))
    found = lines(corpus(record, nagi=Entity(type="Person", name=NAME)), "nagi")
    assert [line for line in found if "\tS854\t\"https://example.org/*/x//'y'*/\"\t" in line]


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_coordinates_are_decimal_fractions(lat: float, lon: float) -> None:
    [line] = lines(corpus(quay=Entity(type="Place", name=NAME, point=Point(lat=lat, lon=lon), exact_match=ONE)))
    written = line.strip().split("\t")[2].removeprefix("@").split("/")
    assert [float(value) for value in written] == pytest.approx([lat, lon], abs=5.1e-7)


def test_a_new_item_has_one_reference_to_a_statement() -> None:
    # QuickStatements 2 makes a statement of every line of a new item, whether it is there already or not.
    nagi = Entity(type="Person", name=NAME)
    found = lines(corpus(article("a1", host="nagi"), article("a2", host="nagi"), nagi=nagi), "nagi")
    assert [line.split("\t")[4] for line in found if "P31" in line] == ['"https://example.org/a1"']


def test_what_is_too_long_is_cut_or_left_out() -> None:
    thing = Entity(
        type="Place", name={"en": "word " * 60}, alias={"en": ("y" * 251, "z", "z")}, note={"en": "x" * 249 + ".yy"}
    )
    assert lines(corpus(thing=thing), "thing")[1:] == [
        f'LAST\tLen\t"{("word " * 50).strip()}"\n',
        f'LAST\tDen\t"{"x" * 249}"\n',
        'LAST\tAen\t"z"\n',
    ]


@pytest.mark.parametrize("note", ["Runs ferries.", "Runs ferries...", "Runs ferries。", "Runs ferries ۔"])
def test_a_description_has_no_full_stop(note: str) -> None:
    found = lines(corpus(line=Entity(type="Organisation", name=NAME, note={"en": note})), "line")
    assert found[2] == 'LAST\tDen\t"Runs ferries"\n'


def test_a_description_is_not_the_label_again() -> None:
    found = lines(corpus(line=Entity(type="Organisation", name={"en": "The Line"}, note={"en": "the line."})), "line")
    assert found[2] == 'LAST\tDen\t"organisation"\n'


def test_a_language_has_the_code_of_wikidata() -> None:
    names = {"ar-LY": "طبرق", "ar": "مدينة", "es-419": "T", "zh-Hant": "漢"}
    found = lines(corpus(town=Entity(type="Place", name=names)), "town")
    assert found[1:5] == [
        'LAST\tLar\t"مدينة"\n',
        'LAST\tLes\t"T"\n',
        'LAST\tLzh-hant\t"漢"\n',
        'LAST\tDar\t"مكان"\n',
    ]


def test_of_several_numbers_none_is_chosen() -> None:
    places = {
        "town": Entity(type="Place", name=NAME, point=Point(lat=1, lon=2), exact_match=(ONE, OTHER)),
        "quay": Entity(type="Place", name=NAME, within=("town", "land"), exact_match=STATE),
        "land": Entity(type="Polity", name=NAME, exact_match=(ONE, OTHER)),
    }
    assert lines(corpus(**places)) == []


def test_no_line_comes_twice_and_nothing_lies_in_itself() -> None:
    places = {
        "town": Entity(type="Place", name=NAME, point=Point(lat=1, lon=2), within="land", exact_match=ONE),
        "city": Entity(type="Place", name=NAME, point=Point(lat=1, lon=2), within="town", exact_match=ONE),
        "land": Entity(type="Polity", name=NAME, exact_match=OTHER),
    }
    assert lines(corpus(**places)) == [f"{ONE}\tP625\t@1/2\n", f"{ONE}\tP17\t{OTHER}\n"]


def test_a_person_lies_nowhere() -> None:
    land = Entity(type="Polity", name=NAME, exact_match=OTHER)
    assert lines(corpus(nagi=Entity(type="Person", name=NAME, within="land", exact_match=ONE), land=land)) == []


@given(st.text(min_size=1), st.text(), st.text())
def test_any_text_stays_within_its_column(name: str, alias: str, note: str) -> None:
    entity = Entity(
        type="Place", name={"en": name, "zh-Hant": name}, alias={"en": alias or "x"}, note={"en": note or "x"}
    )
    assert len(lines(corpus(thing=entity), "thing")) >= 3
