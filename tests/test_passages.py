"""Paragraphs, offsets and digests of texts in Arabic and English, and passages found again."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar import passages
from khabar.errors import FileFailed
from khabar.model import Evidence
from khabar.passages import (
    BUDGET,
    LARGEST,
    Proof,
    State,
    Text,
    TextRefused,
    digest,
    prove_all,
    read_text,
    text_of,
)

FERRY = "The port said no to the ferry.\n\nقال المسؤول إن العبّارة لن تأتي.\n"


def prove(block: Evidence, text: Text) -> Proof:
    return prove_all((block,), text)[0]


@pytest.mark.parametrize(
    ("content", "paragraphs"),
    [
        ("", ()),
        ("one", ("one",)),
        ("one\ntwo\r\nthree\rfour", ("one", "two", "three", "four")),
        ("one\n\n\r\n \t\u00a0\u2003\ntwo\n", ("one", "two")),
        ("\ufeffone", ("one",)),
        # Only these are line ends; a mark that is no white space makes a paragraph.
        ("a\u2028b\x0bc\x0cd\x85e\x1cf", ("a\u2028b\x0bc\x0cd\x85e\x1cf",)),
        ("\u2028\n\x85\n\x0b", ()),
        ("\u200f\n\u200b\n\ufeff\n\x1c", ("\u200f", "\u200b", "\ufeff", "\x1c")),
        # White space at the ends belongs to the line.
        ("  one \n", ("  one ",)),
        # NFC: alef and madda are one code point, the ligature of lam and alef stays one.
        ("\u0627\u0653\n\ufefb\n\u0640\u200f", ("\u0622", "\ufefb", "\u0640\u200f")),
        ("😀 e\u0301", ("😀 é",)),
    ],
)
def test_a_paragraph_is_a_line_with_more_than_white_space(content: str, paragraphs: tuple[str, ...]) -> None:
    assert text_of(content).paragraphs == paragraphs


def test_a_text_has_the_digest_and_length_of_its_normal_form() -> None:
    whole = "one\ntwo é\n"
    for content in (whole, "\ufeff" + whole, whole.replace("\n", "\r\n"), unicodedata.normalize("NFD", whole)):
        text = text_of(content)
        assert (text.whole, text.length) == (whole, 10)
        assert text.sha256 == hashlib.sha256(whole.encode()).hexdigest()


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((1, 0, 8), "The port"),
        ((2, 0, 3), "قال"),
        ((2, 27, 31), "تأتي"),
        ((1, 0, 30), "The port said no to the ferry."),
        ((1, 0, 31), ""),
        ((1, 5, 5), ""),
        ((1, 5, 4), ""),
        ((1, -3, 5), ""),
        ((0, 0, 3), ""),
        ((3, 0, 3), ""),
    ],
)
def test_a_passage_is_where_its_offsets_say(place: tuple[int, int, int], words: str) -> None:
    assert text_of(FERRY).passage(*place) == words


def moved(block: Evidence, paragraph: int, start: int) -> Evidence:
    return Evidence(paragraph=paragraph, start=start, end=start + block.end - block.start, sha256=block.sha256)


def test_a_passage_in_its_place_is_proved() -> None:
    text = text_of(FERRY)
    block = text.evidence(2, 4, 11)
    assert block.sha256 == digest("المسؤول")
    assert prove(block, text) == Proof(State.SAME, block)


@pytest.mark.parametrize(
    ("paragraph", "start"), [(2, 5), (2, 0), (2, 21), (1, 4), (1, 0), (7, 0), (2, 4_000_000), (1_000_000, 4)]
)
def test_a_passage_that_moved_is_found(paragraph: int, start: int) -> None:
    text = text_of(FERRY)
    block = text.evidence(2, 4, 11)
    assert prove(moved(block, paragraph, start), text) == Proof(State.MOVED, block)


@pytest.mark.parametrize(("start", "end"), [(1, 3), (5, 10), (3, 4), (2, 21), (0, 1)])
def test_a_passage_that_cuts_words_is_found_as_well(start: int, end: int) -> None:
    text = text_of(FERRY)
    block = text.evidence(2, start, end)
    found = prove(moved(block, 1, 0), text)
    assert found.state is State.MOVED
    assert found.evidence
    assert digest(text.passage(found.evidence.paragraph, found.evidence.start, found.evidence.end)) == block.sha256


def test_the_nearest_of_several_places_is_told() -> None:
    text = text_of("no\nno yes no yes no\nno")
    block = text.evidence(1, 0, 2)
    for start, nearest in ((0, 0), (2, 0), (6, 7), (9, 7), (12, 14), (99, 14)):
        if start != nearest:
            assert prove(moved(block, 2, start), text).evidence == moved(block, 2, nearest)
    assert prove(moved(text.evidence(2, 3, 6), 3, 1), text).evidence == text.evidence(2, 3, 6)


def test_a_passage_that_is_not_there_is_missing() -> None:
    text = text_of(FERRY)
    for words in ("ferries", "قالت", FERRY, "the port"):
        block = Evidence(paragraph=1, start=0, end=len(words), sha256=digest(words))
        assert prove(block, text) == Proof(State.MISSING, None, searched=True)
    assert prove(Evidence(paragraph=1, start=3, end=3, sha256=digest("")), text) == Proof(State.MISSING, None)
    assert prove(Evidence(paragraph=1, start=3, end=1, sha256=digest("")), text) == Proof(State.MISSING, None)
    assert prove(Evidence(paragraph=1, start=0, end=1, sha256=digest("a")), text_of("")) == Proof(State.MISSING, None)


def test_many_passages_of_a_megabyte_are_looked_for_in_bounded_time() -> None:
    text = text_of("\n".join("ferry port deal قال المسؤول " * 15 for _ in range(2_000)))
    blocks = [Evidence(paragraph=1 + 19 * n, start=n, end=n + 60, sha256=digest(str(n))) for n in range(100)]
    began = perf_counter()
    proofs = prove_all(blocks, text)
    assert perf_counter() - began < 60  # some five seconds on two slow cores
    assert set(proofs) == {Proof(State.MISSING, None, searched=False)}
    assert len(blocks) * sum(map(len, text.paragraphs)) > 10 * BUDGET


def test_a_search_within_its_budget_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    text = text_of("abcdefghij\nklmnopqrst")
    for budget, searched in ((8, True), (7, False), (1, False)):
        monkeypatch.setattr("khabar.passages.BUDGET", budget)
        for paragraph in (1, 2):
            block = Evidence(paragraph=paragraph, start=4, end=7, sha256=digest("xyz"))
            assert prove(block, text) == Proof(State.MISSING, None, searched)
    monkeypatch.setattr("khabar.passages.BUDGET", 16)
    assert [proof.searched for proof in prove_all([block, block], text)] == [True, True]
    monkeypatch.setattr("khabar.passages.BUDGET", 15)
    assert [proof.searched for proof in prove_all([block, block], text)] == [False, False]


def test_what_stands_between_words_is_found_in_the_longest_text() -> None:
    lines = ["ferry port deal قال المسؤول " * 15 for _ in range(2_000)]
    lines[1_900] += '"the quay" closed.'
    text = text_of("\n".join(lines))
    start = text.paragraphs[1_900].index('"the quay"')
    blocks = [Evidence(paragraph=9, start=n, end=n + 60, sha256=digest(str(n))) for n in range(20)]
    block = text.evidence(1_901, start, start + 10)
    assert prove_all([*blocks, moved(block, 9, 0)], text)[-1] == Proof(State.MOVED, block)


def test_a_file_is_read_as_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(b"\xef\xbb\xbf" + FERRY.replace("\n", "\r\n").encode())
    assert read_text(path) == text_of(FERRY)
    path.write_bytes(b"")
    assert read_text(str(path)) == Text("", ())


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes("café".encode("latin-1"))
    with pytest.raises(TextRefused) as refused:
        read_text(path)
    assert refused.value.code == "KH002"
    assert str(refused.value) == f"{path}: expected UTF-8, found byte 0xe9 at offset 3 (save the text as UTF-8)"
    path.write_bytes(b"a" * LARGEST)
    assert read_text(path).length == LARGEST
    path.write_bytes(b"a" * (LARGEST + 1))
    with pytest.raises(TextRefused) as refused:
        read_text(path)
    assert refused.value.code == "KH004"
    assert str(refused.value) == (
        f"{path}: expected a text of at most 8,000,000 bytes, found a larger one "
        "(keep the article alone, as plain text)"
    )


@pytest.mark.parametrize("name", [".", "gone.txt", "nul\0.txt", "x" * 300])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileFailed, match="expected a text file that can be read, found "):
        read_text(tmp_path / name)


WORDS = st.text(st.sampled_from("ab \n\r\t\u0627\u0653\u0640\u064b\u200fe\u0301😀\u00a0"), max_size=60)


@given(WORDS, st.data())
def test_law_what_is_cited_is_proved_and_found_again_below_new_furniture(content: str, data: st.DataObject) -> None:
    text = text_of(content)
    if not text.paragraphs:
        return
    number = data.draw(st.integers(1, len(text.paragraphs)))
    end = data.draw(st.integers(1, len(text.paragraphs[number - 1])))
    start = data.draw(st.integers(0, end - 1))
    block = text.evidence(number, start, end)
    words = text.passage(number, start, end)
    assert words == text.paragraphs[number - 1][start:end]
    assert prove(block, text) == Proof(State.SAME, block)
    found = prove(block, text_of("A banner\n\n" + text.whole)).evidence
    assert found
    assert text_of("A banner\n\n" + text.whole).passage(found.paragraph, found.start, found.end) == words


@given(WORDS)
def test_law_a_text_is_its_own_normal_form(content: str) -> None:
    text = text_of(content)
    assert text_of(text.whole) == text
    assert unicodedata.is_normalized("NFC", text.whole)
    assert "\r" not in text.whole


def test_millions_of_short_paragraphs_cost_little() -> None:
    text = Text("", ("a",) * 1_000_000 + ("The port said no.",))
    blocks = [Evidence(paragraph=n, start=0, end=17 + n % 3, sha256="0" * 64) for n in range(1, 40)]
    started = perf_counter()
    assert {proof.state for proof in prove_all(blocks, text)} == {State.MISSING}
    assert perf_counter() - started < 4


@given(st.lists(st.integers(0, 30), unique=True).map(sorted), st.integers(0, 30))
def test_paragraphs_are_tried_the_nearest_first(numbers: list[int], near: int) -> None:
    assert list(passages._nearest_first(numbers, near)) == sorted(numbers, key=lambda n: (abs(n - near), n))
