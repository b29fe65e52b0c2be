"""Reading: what was written stays, and whatever else comes, only faults with a place come out."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from khabar.errors import Fault
from khabar.model import ArticleRecord
from khabar.reading import locate, nodes, read_article, read_corpus
from khabar.reading.decoding import decode
from khabar.reading.nodes import MAX_DEPTH, compose
from khabar.reading.text import MAX_BYTES, decode_text
from strategies import STRUCTS, TRAPS, Document, damaged, documents, times, written

RECORD = """\
article:
  id: eastport-ferry
  title: {en: NO, no: 12:30, ar: 0033, fr: 1.10, de: 2023-01-01, es: yes, it: 1e3, pt: "null", nl: "~", sv: .5}
  publisher: harbour-times
  published: 0033
  language: no
"""
CORPUS = """\
base: https://example.org/eastport/
title: {en: Eastport}
licence: https://creativecommons.org/licenses/by/4.0/
"""


def read(data: bytes, kind: str) -> tuple[msgspec.Struct | None, list[Fault]]:
    faults: list[Fault] = []
    text = decode_text(data, "record.yaml", faults)
    node = None if text is None else compose(text, "record.yaml", faults)
    return None if node is None else decode(node, STRUCTS[kind], "record.yaml", faults), faults


def article(tmp_path: Path, text: str | bytes) -> ArticleRecord:
    path = tmp_path / "record.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    record, faults = read_article(path)
    assert faults == []
    assert record is not None
    return record


def told(tmp_path: Path, text: str | bytes) -> list[str]:
    path = tmp_path / "record.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    record, faults = read_article(path)
    assert record is None
    return [str(fault).removeprefix(f"{path}:") for fault in faults]


def test_texts_without_quotes_stay_what_was_written(tmp_path: Path) -> None:
    record = article(tmp_path, RECORD).article
    assert record.title == {
        "en": "NO",
        "no": "12:30",
        "ar": "0033",
        "fr": "1.10",
        "de": "2023-01-01",
        "es": "yes",
        "it": "1e3",
        "pt": "null",
        "nl": "~",
        "sv": ".5",
    }
    assert record.published == "0033"
    assert record.language == "no"


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_other_systems_count_as_lines(tmp_path: Path, ends: str) -> None:
    assert article(tmp_path, RECORD.replace("\n", ends)) == article(tmp_path, RECORD)
    assert told(tmp_path, RECORD.replace("\n", ends) + "typo: 1" + ends)[0].startswith("7:1 KH010 typo: ")


def test_a_byte_order_mark_at_the_beginning_is_no_character(tmp_path: Path) -> None:
    assert article(tmp_path, b"\xef\xbb\xbf" + RECORD.encode()) == article(tmp_path, RECORD)
    assert told(tmp_path, b"\xef\xbb\xbftypo: 1\n" + RECORD.encode())[0].startswith("1:1 KH010 typo: ")


def test_columns_count_code_points(tmp_path: Path) -> None:
    assert told(tmp_path, RECORD + "claims: {c: {text: {ar: زيارة 𐤀}, about: X}}\n") == [
        "7:42 KH014 claims.c.about: expected an id, or article.id of another article, found 'X' (did you mean 'x'?)"
    ]


@given(document=documents("article") | documents("entities") | documents("corpus"), block=st.booleans())
def test_valid_documents_are_read_and_nothing_of_them_is_lost(document: Document, *, block: bool) -> None:
    kind = "article" if "article" in document else "corpus" if "base" in document else "entities"
    record, faults = read(written(document, block=block).encode(), kind)
    assert faults == []
    assert record is not None
    assert holds(record, document)


def holds(value: object, document: Document) -> bool:
    """Whether a value says what a document says, and nothing else."""
    if isinstance(value, msgspec.Struct):
        kept = msgspec.structs.asdict(value)
        return all(holds(kept[key], document[key]) for key in document) and all(
            kept[key] in (None, {}, (), "unstated", "Event") for key in kept.keys() - document.keys()
        )
    if isinstance(value, dict):
        return value.keys() == document.keys() and all(holds(value[key], document[key]) for key in value)
    if isinstance(value, tuple):
        return len(value) == len(document) and all(map(holds, value, document))
    return value == (str(document) if isinstance(value, str) else document)


def only_faults_with_a_place(data: bytes, kind: str) -> None:
    started = time.perf_counter()
    record, faults = read(data, kind)
    assert time.perf_counter() - started < 2
    event("read" if record is not None and not faults else "refused")
    lines = re.split(r"\r\n|\r|\n", data.decode("utf-8", "replace").removeprefix("\ufeff"))
    if record is None:
        # A file of remarks alone is told by read_article.
        assert faults or not any(line.split("#")[0].strip(" \t-.") for line in lines)
    for fault in faults:
        assert re.fullmatch(r"KH\d{3}", fault.code)
        assert 1 <= fault.line <= len(lines) + 1
        assert 1 <= fault.column <= len(lines[fault.line - 1] if fault.line <= len(lines) else "") + 2
        assert str(fault).isprintable()
        assert len(str(fault)) < 2500


@times(2)
@given(data=damaged(documents("article")))
def test_of_a_damaged_article_only_faults_come_out(data: bytes) -> None:
    only_faults_with_a_place(data, "article")


@given(data=damaged(documents("entities") | documents("corpus")))
def test_of_other_damaged_files_only_faults_come_out(data: bytes) -> None:
    only_faults_with_a_place(data, "entities")
    only_faults_with_a_place(data, "corpus")


@given(
    data=st.lists(st.sampled_from(TRAPS) | st.binary(max_size=4) | st.text(max_size=4).map(str.encode)).map(b"".join)
)
@example(data=b"%YAML 1.99999999999999999999999999999999999999999\n---\na")
@example(data=b'"\\UFFFFFFFF"')
def test_of_any_bytes_only_faults_come_out(data: bytes) -> None:
    only_faults_with_a_place(data, "article")


@given(data=damaged(documents("article")))
def test_the_parser_in_python_lets_only_faults_out(data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nodes, "HAS_LIBYAML", False)
        only_faults_with_a_place(data, "article")


@pytest.mark.parametrize("python", [False, True])
@pytest.mark.parametrize("opener", ["[", "{", "- ", "? ", "[a, ", "{a: ", "- ? ", "a: "])
def test_depth_neither_crashes_nor_hangs(opener: str, monkeypatch: pytest.MonkeyPatch, *, python: bool) -> None:
    if python:
        monkeypatch.setattr(nodes, "HAS_LIBYAML", False)
    started = time.perf_counter()
    _, faults = read((opener * 100_000).encode(), "article")
    assert [fault.code for fault in faults] == ["KH003" if opener == "a: " else "KH004"]
    assert time.perf_counter() - started < 2


def test_the_deepest_that_is_read(tmp_path: Path) -> None:
    deep = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert "KH004" not in "".join(told(tmp_path, f"article: {deep}\n"))
    assert told(tmp_path, f"article: [{deep}]\n") == ["1:73 KH004 expected at most 64 levels, found a deeper one"]


def test_a_key_ends_no_line_and_turns_no_text_around(tmp_path: Path) -> None:
    assert told(tmp_path, RECORD + '"a\\n\u2067b": 1\n? ' + "x" * 5000 + "\n: 1\n") == [
        (
            "7:1 KH010 a\\n\\u2067b: expected a key of an article record, found 'a\\n\\u2067b' "
            "(the keys are article, entities, sources, events, claims, statements)"
        ),
        (
            f"8:3 KH010 {'x' * 100}…: expected a key of an article record, found '{'x' * 59}…' "
            "(the keys are article, entities, sources, events, claims, statements)"
        ),
    ]


def test_more_values_than_a_file_may_hold_are_refused(tmp_path: Path) -> None:
    assert told(tmp_path, "- a\n" * 1_000_000)[0].split(" ", 1)[1] == (
        "KH004 expected at most 200000 values, found more (split the records)"
    )


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    with path.open("wb") as file:
        file.write(b"article: ")
        file.truncate(100_000_000)
    started = time.perf_counter()
    _, faults = read_article(path)
    assert [str(fault) for fault in faults] == [
        f"{path}:1:1 KH004 expected at most 16 MiB, found a larger file (split the records)"
    ]
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "text",
    [
        "article: '" + "x" * (MAX_BYTES - 20) + "'",
        "e" + "\u0301\u0323" * 1_000_000,
        "a: b\n" * 90_000,
        "[" + "*a," * 90_000 + "]",
        "x: {" + "".join(f"key{n}: 1, " for n in range(60_000)) + "}",
        "article: {" + "".join(f"titel{n}: 1, " for n in range(60_000)) + "}",
    ],
    ids=["long text", "marks", "same key", "aliases", "keys", "unknown keys"],
)
def test_large_files_do_not_hang(text: str) -> None:
    started = time.perf_counter()
    _, faults = read(text.encode(), "article")
    assert faults
    assert time.perf_counter() - started < 4


def test_an_empty_list_is_none_where_only_lists_stand(tmp_path: Path) -> None:
    evidence = f"{{paragraph: 1, start: 0, end: 2, sha256: {'ab' * 32}}}"
    said = f"statements: {{s: {{source: a, claim: c, stance: denies, evidence: {evidence}, via: []}}}}\n"
    assert article(tmp_path, RECORD + said).statements["s"].via == ()
    assert told(tmp_path, RECORD + said.replace(evidence, "[]"))[0].split(" ", 1)[1] == (
        "KH016 statements.s.evidence: expected at least one item, found an empty list "
        "(give it a value, or leave the key out)"
    )


@pytest.mark.parametrize("spelling", ["2", "002", "2.0", "2e0", "0.2e1"])
def test_a_whole_number_in_any_spelling_of_json(tmp_path: Path, spelling: str) -> None:
    length = article(tmp_path, f"{RECORD}  text: {{sha256: {'ab' * 32}, length: {spelling}}}\n").article.text
    assert length is not None
    assert length.length == 2
    assert isinstance(length.length, int)


def test_files_that_are_none(tmp_path: Path) -> None:
    missing, folder, pipe = tmp_path / "missing.yaml", tmp_path / "folder.yaml", tmp_path / "pipe.yaml"
    folder.mkdir()
    os.mkfifo(pipe)
    assert [str(fault) for path in (missing, folder, pipe, missing / "below") for fault in read_article(path)[1]] == [
        f"{missing}:1:1 KH001 expected a file that can be read, found no such file or directory",
        f"{folder}:1:1 KH001 expected a file, found a folder",
        f"{pipe}:1:1 KH001 expected a file, found a pipe or a device",
        f"{missing}/below:1:1 KH001 expected a file that can be read, found no such file or directory",
    ]


def test_a_name_that_no_file_can_have() -> None:
    assert [str(fault) for fault in read_article(Path("a\0b"))[1]] == [
        "a\\x00b:1:1 KH001 expected a file that can be read, found a path that no file can have"
    ]


def test_a_file_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "record.yaml"
    assert [str(fault) for fault in read_article(path)[1]] == [
        f"{path}:1:1 KH001 expected a file that can be read, found not a directory"
    ]


def corpus(folder: Path) -> Path:
    (folder / "articles").mkdir(parents=True)
    (folder / "corpus.yaml").write_text(CORPUS, encoding="utf-8")
    (folder / "articles" / "ferry.yaml").write_text(RECORD, encoding="utf-8")
    return folder


def test_a_corpus_tells_where_its_records_are(tmp_path: Path) -> None:
    folder = corpus(tmp_path / "eastport")
    (folder / "entities").mkdir()
    (folder / "entities" / "people.yaml").write_text(
        "entities: {mayor-b: {type: Person, name: {en: B}}}\n", encoding="utf-8"
    )
    value, faults = read_corpus(folder)
    assert faults == []
    assert value is not None
    assert list(value.entities) == ["mayor-b"]
    assert [record.article.id for record in value.articles] == ["eastport-ferry"]
    assert value.paths == {
        "corpus": str(folder / "corpus.yaml"),
        "entities.mayor-b": str(folder / "entities" / "people.yaml"),
        "articles.eastport-ferry": str(folder / "articles" / "ferry.yaml"),
    }


def test_folders_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert [str(fault) for name in ("missing", "file", "file/below") for fault in read_corpus(tmp_path / name)[1]] == [
        f"{tmp_path}/missing:1:1 KH001 expected a folder with a corpus, found nothing of that name",
        f"{tmp_path}/file:1:1 KH001 expected a folder with a corpus, found a file",
        f"{tmp_path}/file/below:1:1 KH001 expected a folder with a corpus, found nothing of that name",
    ]


def test_a_folder_and_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are told at once. Permissions say nothing to root, so the system's answer is put in its mouth."""
    folder = corpus(tmp_path)
    (folder / "entities").mkdir()
    listed, opened = Path.iterdir, Path.open

    def iterdir(path: Path) -> object:
        if path.name == "entities":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    def open_(path: Path, mode: str = "r") -> object:
        if path.name == "ferry.yaml":
            raise PermissionError(13, "Permission denied")
        return opened(path, mode)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    monkeypatch.setattr(Path, "open", open_)
    assert [str(fault) for fault in read_corpus(folder)[1]] == [
        f"{folder}/articles/ferry.yaml:1:1 KH001 expected a file that can be read, found permission denied",
        f"{folder}/entities:1:1 KH001 expected a folder that can be read, found permission denied",
    ]


def test_faults_at_one_place_have_an_order_whatever_their_keys() -> None:
    there = {"path": "a", "line": 1, "column": 1, "code": "KH012", "expected": "a text", "found": "a list"}
    item, key = (msgspec.convert({**there, "keys": keys}, Fault) for keys in (("a", 0), ("a", "b")))
    assert sorted([item, key]) == sorted([key, item]) == [key, item]


def test_places_are_found_again(tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    path.write_text(
        "events:\n  visit:\n    participant:\n    - a\n    - b\n    host: c\nclaims:\n  d: {about: e}\n",
        encoding="utf-8",
    )
    keys: dict[tuple[str | int, ...], tuple[int, int]] = {
        (): (1, 1),
        ("events",): (1, 1),
        ("events", "visit"): (2, 3),
        ("events", "visit", "participant"): (3, 5),
        ("events", "visit", "participant", 1): (5, 7),
        ("events", "visit", "participant", 7): (3, 5),
        ("events", "visit", "host"): (6, 11),
        ("events", "visit", "host", 0): (6, 11),
        ("events", "visit", "place"): (2, 3),
        ("claims", "d", "about"): (8, 14),
        ("statements", "s"): (1, 1),
    }
    assert {key: locate(str(path), key) for key in keys} == keys
    assert locate(str(tmp_path / "missing.yaml"), ("events",)) == (1, 1)
    path.write_bytes(b"\xff")
    assert locate(str(path), ("events",)) == (1, 1)
