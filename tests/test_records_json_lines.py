"""JSON Lines: what one line holds, and all that is wrong with it, in the words that YAML is told in."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora_at_hand import CORPORA
from khabar.errors import Fault, FaultyData
from khabar.frame import Frame
from khabar.model import ArticleRecord, CorpusHeader, EntitiesFile
from khabar.reading import nodes, read_article, read_corpus
from khabar.reading.corpora import tell_reserved
from khabar.reading.decoding import decode
from khabar.reading.nodes import MAX_DEPTH, Mapping, Node, Scalar, Sequence, compose
from khabar.reading.text import decode_text
from khabar.records import json_nodes
from khabar.records.heads import head_lines, line_kind, read_head
from khabar.records.json_lines import MAX_LINE, encode, examine, id_of, read_tree
from strategies import Document, damaged, documents, mutated, times, written

CASES = Path(__file__).parent / "cases"
JSON_WORD = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false|null"
ARTICLE: dict[str, Any] = {
    "id": "eastport-ferry",
    "title": {"en": "A ferry"},
    "publisher": "harbour-times",
    "published": "2031-03-02",
    "language": "en",
}


def line(**changes: Any) -> bytes:
    """A line with an article that has these keys instead of, or beside, its own."""
    return json.dumps({"article": {**ARTICLE, **changes}}, ensure_ascii=False).encode()


def told(data: bytes) -> list[str]:
    """The faults of a line, the seventh of a file."""
    record, faults = examine(data, "a.jsonl", 7)
    assert record is None
    assert faults
    return [str(fault) for fault in faults]


def words(faults: list[Fault]) -> list[tuple[str, str, str, str, str]]:
    """What faults say, without their places: a record on one line has other ones."""
    return sorted((fault.code, fault.field, fault.expected, fault.found, fault.remedy) for fault in faults)


def by_yaml(data: bytes) -> tuple[ArticleRecord | None, list[Fault]]:
    """What the reader of YAML says of the same bytes: JSON is YAML in braces."""
    faults: list[Fault] = []
    text = decode_text(data, "a.yaml", faults)
    node = None if text is None else compose(text, "a.yaml", faults)
    record = None if node is None else decode(node, ArticleRecord, "a.yaml", faults)
    if record is not None and node is not None:
        tell_reserved(record, node, "a.yaml", faults)
    return (None if faults else record), faults


def without_nulls(document: Document) -> Document:
    """A document without the keys that have no value."""
    if isinstance(document, dict):
        return {key: without_nulls(value) for key, value in document.items() if value is not None}
    return [without_nulls(item) for item in document] if isinstance(document, list) else document


def in_json(node: Node) -> str:
    """A tree of YAML as JSON: quoted where it was, as written where JSON takes it, otherwise as a text."""
    match node:
        case Scalar(value=value, plain=plain):
            return value if plain and re.fullmatch(JSON_WORD, value) else json.dumps(value, ensure_ascii=False)
        case Sequence(items=items):
            return f"[{','.join(map(in_json, items))}]"
        case Mapping(pairs=pairs):
            return f"{{{','.join(f'{json.dumps(key.value)}:{in_json(value)}' for key, value in pairs)}}}"
        case _:
            raise ValueError(node)


@times(1)
@given(mutated(documents("article")).map(without_nulls))
def test_a_line_is_read_as_the_same_bytes_in_yaml(document: Document) -> None:
    data = written(document, block=False).encode()
    record, faults = examine(data, "a.jsonl", 1)
    expected, of_yaml = by_yaml(data)
    assert record == expected
    # What looks like a head has a sentence of its own.
    assert words(faults) == words(of_yaml) or [fault.found for fault in faults][-1:] == ["a line of the head"]


@given(mutated(documents("article")))
def test_a_key_with_null_is_no_key(document: Document) -> None:
    with_nulls = examine(written(document, block=False).encode(), "a.jsonl", 1)
    without = examine(written(without_nulls(document), block=False).encode(), "a.jsonl", 1)
    # A whole document that is null says nothing, with or without.
    assert (with_nulls[0], words(with_nulls[1])) == (without[0], words(without[1]))


@given(documents("article"))
def test_a_canonical_line_is_its_record(document: Document) -> None:
    record, faults = examine(written(document, block=False).encode(), "a.jsonl", 1)
    assert record is not None, faults
    canonical = encode(record)
    assert b"\n" not in canonical
    assert examine(canonical, "a.jsonl", 1) == (record, [])
    assert by_yaml(canonical) == (record, [])
    assert encode(record) == canonical
    assert id_of(canonical) == record.article.id
    assert line_kind(canonical) == "article"


@times(1)
@given(damaged(documents("article")))
def test_whatever_comes_only_faults_come_out(data: bytes) -> None:
    record, faults = examine(data, "a.jsonl", 7)
    assert (record is None) == bool(faults)
    assert {(fault.path, fault.line) for fault in faults} <= {("a.jsonl", 7)}
    assert faults == sorted(faults)
    assert isinstance(id_of(data), str)
    assert line_kind(data) in {"header", "entities", "article", "unknown"}
    "".join(map(str, faults)).encode()


def trees() -> Iterator[tuple[Path, Node, type[msgspec.Struct]]]:
    """The records of the cases that YAML can read as far as their trees, each with what it is meant to be."""
    structs: dict[str, type[msgspec.Struct]] = {"corpus.yaml": CorpusHeader, "entities": EntitiesFile}
    for path in sorted(path for path in CASES.glob("faults-*/**/*.yaml") if path.is_file()):
        ignored: list[Fault] = []
        text = decode_text(path.read_bytes(), "a.yaml", ignored)
        node = None if text is None else compose(text, "a.yaml", ignored)
        # What is told before there is a tree is told of bytes and syntax, and has tests of its own.
        if node is not None and not ignored:
            yield path, node, structs.get(path.name) or structs.get(path.parent.name, ArticleRecord)


@pytest.mark.parametrize(
    ("path", "node", "struct"),
    [*trees()],
    ids=lambda value: "/".join(value.parts[-2:]) if isinstance(value, Path) else "",
)
def test_the_faults_of_the_cases_are_told_of_json_too(path: Path, node: Node, struct: type[msgspec.Struct]) -> None:
    assert path.exists()
    of_yaml: list[Fault] = []
    decode(node, struct, "a.yaml", of_yaml)
    of_json: list[Fault] = []
    tree = read_tree(in_json(node).encode(), "a.jsonl", 1, of_json)
    assert tree is not None
    decode(tree, struct, "a.jsonl", of_json)
    # What has no value is no key, and what YAML reads without quotes as nothing is the text that it is.
    nothing = {fault.field for fault in of_yaml if fault.found == "nothing"}
    assert [entry for entry in words(of_yaml) if entry[1] not in nothing and entry not in words(of_json)] == []


@pytest.mark.parametrize("name", CORPORA)
def test_the_corpora_at_hand_are_the_same_in_lines(name: str) -> None:
    corpus, faults = read_corpus(CORPORA[name])
    assert corpus is not None, faults
    for record in corpus.articles:
        assert examine(encode(record), "a.jsonl", 1) == (record, [])
    head = [*head_lines(Frame(corpus.header, corpus.entities))]
    read = read_head(((number, data, 0) for number, data in enumerate(head, 1)), "a.jsonl")
    assert read.frame == Frame(corpus.header, corpus.entities)
    assert list(read.entities or {}) == list(corpus.entities)


OF_HEAD = "7:1 KH012 expected an article, found a line of the head (put it before the first article)"
SENTENCES = {
    b'{"base": "https://example.org/", "title": {"en": "A"}}': OF_HEAD,
    b'{"entities": {"a": {}}}': OF_HEAD,
    b"": "7:1 KH012 expected a record, found an empty line",
    b"  \t\r": "7:1 KH012 expected a record, found an empty line",
    b"null": "7:1 KH012 expected a map with the keys of an article record, found nothing"
    " (put null in quotes if the word is meant)",
    b"[]": "7:1 KH012 expected a map with the keys of an article record, found a list",
    b"3": "7:1 KH012 expected a map with the keys of an article record, found '3'",
    b"\xff\xfe{\x00": "7:1 KH002 expected UTF-8, found the byte 0xFF, the mark of UTF-16"
    " (save the file as UTF-8, not as UTF-16)",
    b'{"a": "\xc3"}': "7:8 KH002 expected UTF-8, found the byte 0xC3 (save the file as UTF-8)",
    b'{"article": {': "7:14 KH003 expected JSON, found the end of the line where a key is expected"
    " (write the keys in double quotes)",
    b"{'article': 1}": "7:2 KH003 expected JSON, found ''' where a key is expected (write the keys in double quotes)",
    b'{"article": }': "7:13 KH003 expected JSON, found '}' where a value is expected",
    b'{"article" 1}': "7:12 KH003 expected JSON, found '1' where a colon is expected",
    b'{"article": 1 2}': "7:15 KH003 expected JSON, found '2' where a comma or the end of the list or map is expected",
    b'{"article": "a}': "7:13 KH003 expected JSON, found a text that is not closed"
    " (close the quotation mark, or escape it where it is meant)",
    b'{"article": "a\tb"}': "7:15 KH003 expected JSON, found '\\t' within a text (escape it, as in \\t and \\n)",
    b'{"article": "\\x"}': "7:14 KH003 expected JSON, found a backslash that escapes nothing JSON knows"
    " (double the backslash)",
    b"{} {}": "7:4 KH003 expected JSON, found '{' after the end of the record (write one record a line)",
    b"article: {id: a}": "7:1 KH003 expected JSON, found 'a' where a value is expected",
    b'{"article": NaN}': "7:13 KH003 expected JSON, found the word NaN (leave the key out)",
    b'{"a": "Infinity", "article": -Infinity}': "7:30 KH003 expected JSON, found the word -Infinity"
    " (leave the key out)",
    b'["NaN", NaN]': "7:1 KH003 expected JSON, found the word NaN (leave the key out)",
    b"[" * 100_000: "7:1 KH004 expected at most 64 levels, found a deeper one",
    b'{"a":' * 65 + b"1" + b"}" * 65: "7:1 KH004 expected at most 64 levels, found a deeper one",
    b"[" + b"1," * 400_000 + b"1]": "7:1 KH004 expected at most 200000 values, found more (split the records)",
    b"\0": "7:1 KH008 expected characters that can be seen, found U+0000 (delete it, or write what is meant)",
}


@pytest.mark.parametrize("data", SENTENCES, ids=lambda data: data[:24])
def test_what_is_no_record_is_told_in_one_sentence(data: bytes) -> None:
    assert told(data) == [f"a.jsonl:{SENTENCES[data]}"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            b'{"article": {"id": "a"}, "article": {"id": "b"}}',
            "7:1 KH005 expected every key once, found the key 'article' again (delete or rename one of them)",
        ),
        (
            b'{"article": null, "article": {"id": "b"}}',
            "7:1 KH005 expected every key once, found the key 'article' again (delete or rename one of them)",
        ),
        (
            line(title={"en": "a\u202eb"}),
            "7:56 KH008 expected characters that can be seen, found U+202E RIGHT-TO-LEFT OVERRIDE",
        ),
        (
            line(title={"en": "%"}).replace(b"%", b"\\u202e"),
            "7:1 KH008 expected characters that can be seen, found an escape of U+202E RIGHT-TO-LEFT OVERRIDE",
        ),
        (
            line(title={"en": "%"}).replace(b"%", b"\\ud800"),
            "7:1 KH008 expected characters that can be seen, found an escape of U+D800",
        ),
        (
            line(title={"%": "a"}).replace(b"%", b"\\u0000"),
            "7:1 KH008 expected characters that can be seen, found an escape of U+0000",
        ),
        (
            line(title={"en": "cafe\u0301"}),
            "7:58 KH009 expected text in Unicode NFC, found another form at U+0065 LATIN SMALL LETTER E",
        ),
        (
            line(title={"en": "cafe%"}).replace(b"%", b"\\u0301"),
            "7:1 KH009 expected text in Unicode NFC, found escapes that give another form (write the letters)",
        ),
        (line(lang="en"), "7:1 KH010 article.lang: expected a key of an article, found 'lang'"),
        (
            line(url="ftp://a"),
            "7:1 KH015 article.url: expected an http or https IRI, found 'ftp://a'",
        ),
        (
            line(text={"sha256": "0" * 64, "length": 10**400}),
            "7:1 KH012 article.text.length: expected a whole number from 0 to 10000000, found '1",
        ),
        (
            line(text={"sha256": "0" * 64, "length": "3"}),
            "7:1 KH012 article.text.length: expected a whole number from 0 to 10000000, found the text '3'",
        ),
        (
            line(republished_by=[None]),
            "7:1 KH012 article.republished_by[0]: expected an id, or article.id of another article, found nothing",
        ),
        (
            line(id="entities"),
            "7:1 KH016 article.id: expected an id other than dataset, derived, entities, found 'entities'",
        ),
    ],
)
def test_a_fault_is_told_where_it_is(data: bytes, sentence: str) -> None:
    assert [fault for fault in told(data) if fault.startswith(f"a.jsonl:{sentence}")] != [], told(data)


def test_only_what_is_forbidden_is_told_of_a_text_that_holds_it() -> None:
    assert len(told(line(title={"en": "a\u202e"}))) == 1
    assert len(told(line(title={"en": "%"}).replace(b"%", b"\\ufffd"))) == 1


def test_depth_and_number_end_where_they_do_in_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "MAX_NODES", 500)
    monkeypatch.setattr(json_nodes, "MAX_NODES", 500)
    for data in (
        b'{"a":' * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH,
        b"[" * MAX_DEPTH + b"]" * MAX_DEPTH,
        *(b"[" + b",".join([b"1"] * (500 * 2 - 6 + more)) + b"]" for more in (0, 1)),
        b'{"a":{"b":[' + b",".join([b"1"] * (500 * 2 - 11)) + b"]}}",
    ):
        assert words(examine(data, "", 1)[1]) == words(by_yaml(data)[1])


def test_numbers_and_words_stay_as_they_were_written() -> None:
    record, faults = examine(line(published=2031, title={"en": True, "no": 1.10, "de": 1e3}), "a.jsonl", 1)
    assert record is not None, faults
    assert record.article.published == "2031"
    assert record.article.title == {"en": "true", "no": "1.1", "de": "1000.0"}
    record, _ = examine(line(title={"en": 0}).replace(b'"en": 0', b'"en": 1.10, "no": 1E3'), "a.jsonl", 1)
    assert record is not None
    assert record.article.title == {"en": "1.10", "no": "1E3"}


def test_a_byte_order_mark_and_white_space_around_are_nothing() -> None:
    assert examine(b"\xef\xbb\xbf \t" + line() + b" \r\n", "a.jsonl", 1)[1] == []


def test_surrogates_in_pairs_are_one_letter() -> None:
    record, faults = examine(line(title={"en": "%"}).replace(b"%", b"\\ud802\\udd00"), "a.jsonl", 1)
    assert record is not None, faults
    assert record.article.title == {"en": "𐤀"}


def test_a_line_that_is_too_long_is_refused_unread() -> None:
    data = line(note={"en": "x" * MAX_LINE})
    start = time.process_time()
    assert told(data) == ["a.jsonl:7:1 KH004 expected at most 16 MiB, found a longer line (split the record)"]
    assert time.process_time() - start < 0.1
    assert id_of(data) == "eastport-ferry"


def test_a_file_is_the_limit_that_a_line_is(tmp_path: Path) -> None:
    """What one reader takes the other takes too."""
    data = line(note={"en": "x"})
    path = tmp_path / "a.yaml"
    for size, is_read in ((MAX_LINE, True), (MAX_LINE + 1, False)):
        whole = data + b" " * (size - len(data))
        path.write_bytes(whole)
        assert (examine(whole, "a.jsonl", 1)[0] is not None) is is_read
        assert (read_article(path)[0] is not None) is is_read


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (line(), "eastport-ferry"),
        (line(id="no id at all"), "no id at all"),
        (line(id=3), ""),
        (b'{"article": {"title": {"en": "a"}, "id": "a-b", ', ""),
        (b'{"article": {"language": "en", "id": "a-b", ', "a-b"),
        (b'{"article": {"id": "a-b", "title": {"en": "\xff"}}}', "a-b"),
        (b'{"article": {"id": "\xff"}', "\ufffd"),
        (b'{"entities": {"id": {"id": "no"}}}', ""),
        (b"[" * 100_000, ""),
        (b"", ""),
    ],
)
def test_the_id_is_told_where_it_can_be(data: bytes, expected: str) -> None:
    assert id_of(data) == expected


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'{"base": 3}', "header"),
        (b'{"entities": {}}', "entities"),
        (b'{"entities": {}, "claims": {}}', "article"),
        (b'{"events": {}}', "article"),
        (b'{"title": {}, "article": {}}', "article"),
        (b'{"other": 1}', "unknown"),
        (b"{}", "unknown"),
        (b"[]", "unknown"),
        (b"{", "unknown"),
        (b"\xff", "unknown"),
    ],
)
def test_lines_are_told_apart_by_their_keys(data: bytes, kind: str) -> None:
    assert line_kind(data) == kind


HEADER = b'{"base": "https://example.org/", "title": {"en": "T"}, "licence": "https://example.org/l"}'
ENTITIES = b'{"entities": {"a": {"type": "Person", "name": {"en": "A"}}}}'


def test_a_head_ends_at_the_first_other_line() -> None:
    head = read_head([(1, HEADER, 90), (3, ENTITIES, 150), (4, line(), 200), (5, ENTITIES, 250)], "a.jsonl")
    assert (head.lines, head.size, list(head.entities or {}), head.doubts) == (3, 150, ["a"], ())
    assert read_head([], "a.jsonl").frame is None
    assert read_head([(1, line(), 90)], "a.jsonl").lines == 0


def test_the_faults_of_a_head_are_told_together() -> None:
    with pytest.raises(FaultyData) as caught:
        read_head(
            [
                (1, HEADER.replace(b"https://example.org/l", b"free"), 1),
                (2, HEADER, 2),
                (4, ENTITIES, 3),
                (5, ENTITIES.replace(b"Person", b"Persona"), 4),
                (6, ENTITIES, 5),
            ],
            "a.jsonl",
        )
    types = "one of Organisation, Outlet, Person, Place, Polity"
    assert [str(fault) for fault in caught.value.faults] == [
        "a.jsonl:1:1 KH015 licence: expected an http or https IRI, found 'free'",
        "a.jsonl:2:1 KH007 expected one header, found a second one (delete it)",
        f"a.jsonl:5:1 KH013 entities.a.type: expected {types}, found 'Persona' (did you mean Person?)",
        "a.jsonl:6:1 KH020 entities.a: expected every id once, found 'a' again (the first is at a.jsonl:4:1)",
    ]


def test_entities_are_a_thousand_a_line() -> None:
    corpus, _ = read_corpus(CORPORA["example"])
    assert corpus is not None
    entity = next(iter(corpus.entities.values()))
    many = {f"e{number}": entity for number in range(2500)}
    head = [*head_lines(Frame(corpus.header, many))]
    assert len(head) == 4
    assert read_head(((number, data, 0) for number, data in enumerate(head)), "").entities == many


@given(st.binary(max_size=80))
def test_bytes_are_told_or_read(data: bytes) -> None:
    record, faults = examine(data, "a.jsonl", 1)
    assert record is None
    assert faults
