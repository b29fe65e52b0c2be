"""The plan of a corpus says what the careful path says, or nothing at all."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from careful import carefully
from corpora_at_hand import CORPORA
from khabar.checks import is_sound
from khabar.frame import Frame
from khabar.model import ArticleRecord, Corpus
from khabar.plan import Plan
from khabar.plan.octets import Memo
from khabar.reading import read_corpus
from khabar.records.json_lines import encode
from sound_articles import Author, frame
from strategies import TRAPS, damaged, documents, junk, times

FRAMES = (frame(), frame("en", "ar"), frame("ar", base="https://example.org/other#"))
PLANS = tuple(Plan.of(one) for one in FRAMES)

authors = st.integers(0, 2**32).map(lambda seed: Author(Random(seed)))  # noqa: S311 - the same every time
numbers = st.integers(0, len(FRAMES) - 1)
layouts = st.sampled_from([(",", ":"), (", ", ": "), (" ,", "\t: ")])


def agree(number: int, data: bytes) -> bool:
    """Tell whether the plan is sure of a line; the careful path must then agree, byte for byte."""
    plan = PLANS[number]
    planned = plan.line(data)
    if planned is None:
        return False
    wanted = carefully(FRAMES[number], data)
    assert not wanted.faults
    assert planned.graph == wanted.graph
    assert planned.graph.count == planned.graph.document.count(b"\n")
    assert planned.standings == wanted.standings
    assert plan.entry(planned.graph) == wanted.entry
    assert plan.nquads(planned) == wanted.nquads
    assert wanted.graph is not None
    assert wanted.graph.iri.endswith(f"/{planned.id}")
    return True


@times(2)
@given(author=authors, number=numbers, layout=layouts, ascii_only=st.booleans())
def test_what_is_sound_and_stands_alone_is_planned(
    author: Author, number: int, layout: tuple[str, str], *, ascii_only: bool
) -> None:
    data = json.dumps(author.article(), ensure_ascii=ascii_only, separators=layout).encode()
    assert agree(number, data) or carefully(FRAMES[number], data).faults


def holders(value: Any) -> list[Any]:
    """Every list and map in a document, itself among them."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [*([value] if isinstance(value, dict | list) and value else []), *(h for one in inner for h in holders(one))]


ODD = (
    *("", " ", "\n", "\u00a0 \u200f", "a\u0301", "\u202e", "\ufffd", "\x7f", "\x85", "\ud800", "\U0001fffe", "\u061c"),
    *("2031-02-30", "null", "x.y", "Q0", "http://a b", "A" * 300, "-"),
)
PIECES = (*TRAPS, b" ", b"\\u0061", b"\\/", b"\\b", b"\\", b'"', b'"":', b'"note":null,', b"[],")


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:  # noqa: C901 - a list of what can go wrong
    """An article with one to three changes, which may be faults."""
    document = draw(authors).article()
    words = draw(st.sampled_from(("a-b", "times", "visit", "visit-2", "s", "insider", "club", "x", "planned", "land")))
    for _ in range(draw(st.integers(1, 3))):
        holder = draw(st.sampled_from(holders(document)))
        key = draw(st.sampled_from(list(holder) if isinstance(holder, dict) else range(len(holder))))
        match draw(st.sampled_from(["replace", "wrap", "drop", "rename", "reference", "copy", "number", "text"])):
            case "replace":
                holder[key] = draw(junk)
            case "wrap":
                holder[key] = draw(st.sampled_from([[holder[key]], {"en": holder[key]}, [], [holder[key]] * 2]))
            case "drop":
                del holder[key]
            case "rename" if isinstance(holder, dict):
                holder[draw(st.sampled_from((words, "note", "date", "en", "AR", "label", "relays", "event")))] = (
                    holder.pop(key)
                )
            case "copy" if isinstance(holder, dict):
                other = draw(st.sampled_from(holders(document)))
                if isinstance(other, dict):
                    holder.update(copy.deepcopy(other))
            case "number" if isinstance(holder[key], int):
                holder[key] = draw(st.sampled_from([0, 1, 2.0, 2.5, -1, 10**7, 10**7 + 1, 10**30, True]))
            case "text" if isinstance(holder[key], str):
                text = holder[key]
                holder[key] = draw(st.sampled_from([*ODD, f"{text} ", f"{text}\n", text.upper()]))
            case _:
                holder[key] = words
        if not document:
            break
    return json.dumps(document, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


@times(4)
@given(spoilt(), numbers)
def test_faults_are_never_planned(data: bytes, number: int) -> None:
    agree(number, data)


@times(1)
@given(documents("article"), numbers)
def test_articles_without_context_are_never_planned_wrongly(document: Any, number: int) -> None:
    agree(number, json.dumps(document, ensure_ascii=False).encode())


@times(2)
@given(authors, numbers, st.data())
def test_accidents_to_a_line_are_never_planned(author: Author, number: int, data: st.DataObject) -> None:
    line = data.draw(damaged(st.just(author.article())) if data.draw(st.booleans()) else accidents(author))
    agree(number, line.replace(b"\n", b" "))


@st.composite
def accidents(draw: st.DrawFn, author: Author) -> bytes:
    """The line of an article with something put somewhere, or a part of it twice."""
    line = json.dumps(author.article(), ensure_ascii=False).encode()
    place = draw(st.integers(0, len(line)))
    more = draw(
        st.sampled_from([*TRAPS, b" ", b"\\u0061", b"\\/", b"\\b", b"\\", b'"', b'"":', b'"note":null,', b"[],"])
    )
    return line[:place] + more + line[place:]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"id":', '"id":"other","id":', 1),
        lambda text: text.replace('"events":', '"events":{},"events":', 1),
        lambda text: text.replace('"en":', '"en":"x","en":', 1),
        lambda text: text.replace('"type":', '"place":[],"type":', 1),
        lambda text: text.replace('"type":', '"date":"2031","date":null,"type":', 1),
        lambda text: text.replace('"about":"visit"', '"about":[]', 1),
        lambda text: text.replace('"language":', '"url":"","language":', 1),
        lambda text: text.replace('"visit"', '"a-b.visit"', 1),
        lambda text: text.replace('"a-b"', '"dataset"', 1),
    ],
)
def test_what_a_decoder_would_pass_over(change: Callable[[str], str]) -> None:
    text = changed(change, PLAIN)
    assert PLANS[0].line(PLAIN.encode()) is not None
    assert text != PLAIN
    assert PLANS[0].line(text.encode()) is None


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_another_encoding_is_never_planned(encoding: str) -> None:
    text = PLAIN.replace("They came.", "\\u0054hey came.", 1)
    assert PLANS[0].line(text.encode()) is not None
    assert PLANS[0].line(text.encode(encoding)) is None


def changed(change: Callable[[str], str], text: str) -> str:
    """A text after a change."""
    return change(text)


PLAIN = json.dumps(
    {
        "article": {
            "id": "a-b",
            "title": {"en": "A"},
            "publisher": "times",
            "published": "2031-04-05",
            "language": "en",
        },
        "events": {"visit": {"type": "Visit", "label": {"en": "A visit"}}},
        "claims": {"c": {"about": "visit", "text": {"en": "They came."}}},
        "statements": {
            "s": {
                "source": "mayor",
                "stance": "asserts",
                "claim": "c",
                "evidence": {"paragraph": 1, "start": 0, "end": 9, "sha256": "0" * 64},
            }
        },
    },
    separators=(",", ":"),
)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"stance":', '"certainty":"unstated","stance":', 1),
        lambda text: text.replace('"stance":', '"via":[],"stance":', 1),
        lambda text: text.replace('"stance":', '"date":null,"stance":', 1),
        lambda text: text.replace("They came.", "\\u0054hey\\u0020came.", 1),
        lambda text: text.replace("They came.", '\\"They\\" came\\/went.\\n', 1),
        lambda text: text.replace('"events":', '"entities":{},"events":', 1),
        lambda text: text.replace('"about":"visit"', '"about":["visit"]', 1),
        lambda text: f" {text}\t",
    ],
)
def test_other_spellings_are_planned(change: Callable[[str], str]) -> None:
    text = changed(change, PLAIN)
    assert text != PLAIN
    assert agree(0, text.encode())


@given(authors, numbers)
def test_records_are_planned_as_their_lines(author: Author, number: int) -> None:
    try:
        record = msgspec.convert(author.article(), ArticleRecord)
    except msgspec.ValidationError:
        return
    assert PLANS[number].record(record) == PLANS[number].line(encode(record))


def test_every_article_at_hand_that_stands_alone_is_planned() -> None:
    planned = Counter[str]()
    for name, folder in CORPORA.items():
        corpus, faults = read_corpus(folder)
        assert corpus is not None, faults
        seen = Frame(corpus.header, corpus.entities)
        plan = Plan.of(seen)
        for record in corpus.articles:
            alone = Corpus(header=corpus.header, entities=corpus.entities, articles=(record,), paths={})
            if not is_sound(alone):
                continue
            found = plan.record(record)
            assert found is not None, record.article.id
            wanted = carefully(seen, encode(record))
            assert (found.graph, found.standings) == (wanted.graph, wanted.standings)
            assert plan.nquads(found) == wanted.nquads
            planned[name] += 1
    assert planned == {"libya": 1, "example": 1}


def test_frames_do_not_mix() -> None:
    lines = [json.dumps(Author(Random(seed)).article()).encode() for seed in range(20)]  # noqa: S311
    before = [[plan.line(line) for line in lines] for plan in PLANS]
    between = [[plan.line(line) for plan in PLANS] for line in lines]
    assert before == [list(column) for column in zip(*between, strict=True)]
    assert before[0] != before[2]


def test_a_frame_with_faults_plans_nothing() -> None:
    sound = FRAMES[0]
    entity = msgspec.structs.replace(sound.entities["union"], member_of="nobody")
    plan = Plan.of(Frame(sound.header, {**sound.entities, "union": entity}))
    assert plan.line(PLAIN.encode()) is None


def test_an_article_that_shared_entities_speak_of_is_not_planned() -> None:
    sound = FRAMES[0]
    entity = msgspec.structs.replace(sound.entities["union"], member_of=("navy", "a-b.club"))
    plan = Plan.of(Frame(sound.header, {**sound.entities, "union": entity}))
    assert plan.line(PLAIN.encode()) is None
    assert plan.line(PLAIN.replace('"a-b"', '"a-c"', 1).encode()) is not None


def test_stores_of_known_texts_are_bounded() -> None:
    store = Memo(str.upper, 3)
    assert [store[letter] for letter in "abcab"] == ["A", "B", "C", "A", "B"]
    assert len(store) == 3
    assert [store[letter] for letter in "def"] == ["D", "E", "F"]
    assert len(store) <= 3


def test_a_full_store_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("khabar.plan.octets.MOST", 2)
    plan = Plan.of(FRAMES[0])
    for number in range(9):
        line = PLAIN.replace('"a-b"', f'"a-{number}"', 1).replace("2031-04-05", f"{2031 + number}-04-05", 1)
        assert plan.line(line.encode()) == PLANS[0].line(line.encode()) != None  # noqa: E711 - all three at once
