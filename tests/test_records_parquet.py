"""Parquet: what is written comes back, and what others write is taken where it fits."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet as pq

from corpora_at_hand import CORPORA
from khabar.errors import FaultyData, FileFailed
from khabar.frame import Frame
from khabar.model import ArticleRecord
from khabar.reading import read_corpus
from khabar.reading.kinds import Either, Kind, Listing, Record, Table, kind_of
from khabar.records import parquet
from khabar.records.columns import article_columns, article_schema
from khabar.records.json_lines import encode, examine
from khabar.records.parquet import write_parquet
from khabar.records.parts import blocks, lines
from khabar.records.row_lines import row_lines
from khabar.records.sources import open_source
from strategies import Document, documents, written

EASTPORT = CORPORA["eastport"]
ARTICLE: dict[str, Any] = {
    "id": "eastport-ferry",
    "title": {"en": "A ferry"},
    "publisher": "harbour-times",
    "published": "2031-03-02",
    "language": "en",
}


def several(kind: Kind, value: Any) -> Any:
    """A document as Parquet keeps it: "one or several" is a list, a link with its outlet alone is the outlet."""
    match kind:
        case Listing(item):
            return [several(item, one) for one in value]
        case Table(_, inner):
            return {key: several(inner, one) for key, one in value.items()}
        case Record(fields=fields):
            inners = {field.name: field.kind for field in fields}
            return {key: several(inners[key], one) for key, one in value.items()}
        case Either(options):
            listing = next((option for option in options if isinstance(option, Listing)), None)
            if listing is not None:
                return several(listing, value if isinstance(value, list) else [value])
            if isinstance(value, dict) and value.keys() == {"outlet"}:
                return value["outlet"]
            return several(options[1], value) if isinstance(value, dict) else value
    return value


def record_of(document: Document) -> ArticleRecord:
    record, faults = examine(written(document, block=False).encode(), "a.jsonl", 1)
    assert record is not None, faults
    return record


def kept(record: ArticleRecord) -> ArticleRecord:
    """A record as Parquet keeps it."""
    return record_of(several(kind_of(ArticleRecord), json.loads(encode(record))))


def table_lines(table: pa.Table) -> list[bytes]:
    """The lines of a table, as if it were a file."""
    batches = table.combine_chunks().to_batches()
    return [line.encode() for batch in batches for line in row_lines(batch, "a.parquet").to_pylist()]


def laid(folder: Path, table: pa.Table, **options: Any) -> Path:
    path = folder / "a.parquet"
    pq.write_table(table, path, **options)
    return path


def read(path: Path) -> list[bytes]:
    """The lines of the articles of a file, the head of which is Eastport's."""
    with open_source(path, corpus=EASTPORT) as source:
        found = []
        for part in source.parts:
            number = 0
            for block in blocks(part):
                assert block.first == number + 1
                assert block.line_count == block.data.count(b"\n")
                number += block.line_count
                found += [line for _, line in lines(block)]
        return found


def misfit(*columns: tuple[str, pa.Array]) -> str:
    """What is told of a file with these columns, beside the article."""
    arrays = {"article": pa.array([ARTICLE]), **dict(columns)}
    with pytest.raises(FileFailed) as caught:
        table_lines(pa.table(arrays))
    return str(caught.value)


@given(st.lists(documents("article"), max_size=3))
def test_what_is_written_comes_back(found: list[Document]) -> None:
    records = [record_of(document) for document in found]
    table = article_columns(records)
    assert table.schema == article_schema()
    lines = table_lines(table)
    assert [examine(line.removesuffix(b"\n"), "", 1) for line in lines] == [(kept(record), []) for record in records]
    # The lines are canonical, but for numbers that JSON writes in several ways.
    for line, record in zip(lines, records, strict=True):
        assert json.loads(line) == json.loads(encode(kept(record)))
        assert list(json.loads(line)) == list(json.loads(encode(kept(record))))


@pytest.mark.parametrize("name", CORPORA)
def test_corpora_come_back_in_canonical_lines(name: str, tmp_path: Path) -> None:
    corpus, faults = read_corpus(CORPORA[name])
    assert corpus is not None, faults
    frame = Frame(corpus.header, corpus.entities)
    path = tmp_path / "a.parquet"
    with path.open("wb") as file:
        assert write_parquet(file, frame, corpus.articles) == len(corpus.articles)
    with open_source(path) as source:
        assert source.frame == frame
        assert source.paths["corpus"] == str(path)
        found = [line for part in source.parts for block in blocks(part) for line in lines(block)]
    assert found == [(number, encode(kept(record))) for number, record in enumerate(corpus.articles, 1)]


def test_texts_are_escaped_as_json_does() -> None:
    hard = ['"', "\\", '\\"', "a\\nb", "\n\r\t\b\f\0\x1f\x7f", "زيارة \u2028 𐤀", "", "{},[]:"]
    table = pa.table({"article": [{"id": text} for text in hard]})
    assert [json.loads(line)["article"]["id"] for line in table_lines(table)] == hard
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in table_lines(table))
    assert encode(record_of({"article": {**ARTICLE, "note": {"en": 'a\\"\n\tb'}}})) + b"\n" in table_lines(
        article_columns([record_of({"article": {**ARTICLE, "note": {"en": 'a\\"\n\tb'}}})])
    )


def test_row_groups_are_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_ROWS_A_GROUP", 7)
    monkeypatch.setattr(parquet, "_ROWS_A_BATCH", 3)
    monkeypatch.setattr(parquet, "CHUNK", 300)
    corpus, _ = read_corpus(EASTPORT)
    assert corpus is not None
    records = [record_of({"article": {**ARTICLE, "id": f"a{number}"}}) for number in range(20)]
    path = tmp_path / "a.parquet"
    with path.open("wb") as file:
        assert write_parquet(file, Frame(corpus.header, corpus.entities), iter(records)) == 20
    with open_source(path) as source:
        assert [(part.form, part.start, part.end) for part in source.parts] == [
            ("parquet", 0, 1),
            ("parquet", 1, 2),
            ("parquet", 2, 3),
        ]
        assert all(0 < part.size < path.stat().st_size for part in source.parts)
    assert read(path) == [encode(record) for record in records]


def test_the_same_corpus_is_the_same_bytes() -> None:
    corpus, _ = read_corpus(EASTPORT)
    assert corpus is not None
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        write_parquet(file, Frame(corpus.header, corpus.entities), corpus.articles)
    assert files[0].getvalue() == files[1].getvalue()


def test_a_table_of_no_articles_is_one(tmp_path: Path) -> None:
    corpus, _ = read_corpus(EASTPORT)
    assert corpus is not None
    path = tmp_path / "a.parquet"
    with path.open("wb") as file:
        assert write_parquet(file, Frame(corpus.header, {}), []) == 0
    with open_source(path) as source:
        assert source.frame == Frame(corpus.header, {})
        assert [list(blocks(part)) for part in source.parts] == [[] for _ in source.parts]


EVENTS = {"visit": {"type": "Visit", "label": {"en": "A visit"}, "host": ["mayor-b"], "date": "2031-03"}}
STATEMENTS = {
    "said": {
        "source": "mayor-b",
        "evidence": [{"paragraph": 1, "start": 0, "end": 9, "sha256": "0" * 64}],
        "stance": "asserts",
        "event": "visit",
        "via": [{"outlet": "the-wire", "date": "2031-03-01"}],
    }
}


def test_what_guesses_types_from_json_is_understood(tmp_path: Path) -> None:
    """Maps that became structs, keys that are null because another record has them, columns in another order."""
    found = [
        {"statements": STATEMENTS, "article": {**ARTICLE, "url": "https://example.org/"}, "events": EVENTS},
        {"article": {**ARTICLE, "title": {"ar": "عبّارة"}}, "events": {"talks": {**EVENTS["visit"], "type": "Meeting"}}},
    ]
    path = laid(tmp_path, pa.Table.from_pylist(found, schema=pa.Table.from_pylist(found).schema))
    assert [examine(line, "", 1) for line in read(path)] == [(kept(record_of(document)), []) for document in found]


def cast_to(kind: Callable[[pa.DataType], pa.DataType]) -> pa.Table:
    """Eastport's articles in other types of the same shape."""
    corpus, _ = read_corpus(EASTPORT)
    assert corpus is not None

    def other(data: pa.DataType) -> pa.DataType:
        if pa.types.is_struct(data):
            return pa.struct([field.with_type(other(field.type)) for field in data])
        if pa.types.is_map(data):
            return pa.map_(data.key_type, other(data.item_type))
        if pa.types.is_list(data):
            return kind(pa.list_(other(data.value_type)))
        return kind(data)

    schema = pa.schema([field.with_type(other(field.type)) for field in article_schema()])
    rows = article_columns(corpus.articles).to_pylist()
    return pa.Table.from_pylist(rows, schema=schema)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (pa.string(), pa.large_string()),
        (pa.string(), pa.string_view()),
        (pa.string(), pa.dictionary(pa.int16(), pa.string())),
        (pa.int64(), pa.int32()),
        (pa.int64(), pa.uint32()),
        (pa.int64(), pa.float64()),
        (pa.int64(), pa.decimal128(20, 2)),
        (pa.float64(), pa.float32()),
        (pa.list_(pa.string()), pa.large_list(pa.string())),
    ],
    ids=str,
)
def test_other_types_of_the_same_shape_fit(old: pa.DataType, new: pa.DataType) -> None:
    corpus, _ = read_corpus(EASTPORT)
    assert corpus is not None
    found = table_lines(cast_to(lambda data: new if data == old else data))
    assert [examine(line, "", 1) for line in found] == [(kept(record), []) for record in corpus.articles]


def test_rows_that_are_a_part_of_something_are_read_alone() -> None:
    corpus, _ = read_corpus(EASTPORT)
    assert corpus is not None
    whole = article_columns(corpus.articles)
    for start in range(len(corpus.articles)):
        batch = whole.combine_chunks().to_batches()[0].slice(start, 2)
        assert row_lines(batch, "").to_pylist() == [line.decode() for line in table_lines(whole)[start : start + 2]]


@pytest.mark.parametrize("several_of", [lambda kind: pa.list_(kind, 2), pa.large_list, pa.list_])
def test_lists_of_any_kind_are_lists(several_of: Callable[[pa.DataType], pa.DataType]) -> None:
    names = pa.array([["a", "b"], None, ["c", None], ["d", "e"]], several_of(pa.string()))
    table = pa.table({"article": pa.StructArray.from_arrays([names, list("abcd")], names=["republished_by", "id"])})
    for start in range(4):
        batch = table.to_batches()[0].slice(start)
        found = [json.loads(line)["article"].get("republished_by") for line in row_lines(batch, "").to_pylist()]
        assert found == names.to_pylist()[start:]


def test_days_are_dates() -> None:
    day = pa.array([{**ARTICLE, "published": dt.date(2031, 3, 2)}])
    assert pa.types.is_date(day.type.field("published").type)
    (line,) = table_lines(pa.table({"article": day}))
    assert examine(line, "", 1)[0] == record_of({"article": ARTICLE})


def test_the_index_of_pandas_is_nothing(tmp_path: Path) -> None:
    table = pa.table({"article": pa.array([ARTICLE]), "__index_level_0__": [7], "claims": pa.nulls(1)})
    (line,) = read(laid(tmp_path, table))
    assert examine(line, "", 1)[0] == record_of({"article": ARTICLE})


def test_what_is_null_nan_or_empty_is_not_there() -> None:
    places = pa.map_(pa.string(), pa.struct([("type", pa.string()), ("point", pa.struct({"lat": "f8", "lon": "f8"}))]))
    table = pa.table(
        {
            "article": pa.array([{**ARTICLE, "url": None, "republished_by": []}] * 3),
            "events": pa.array([[], None, [("visit", None)]], article_schema().field("events").type),
            "entities": pa.array(
                [
                    [("a", {"type": "Place", "point": {"lat": float("nan"), "lon": None}})],
                    [("a", {"type": "Place", "point": {"lat": float("inf"), "lon": -0.0}})],
                    [("a", {"type": "Place", "point": {"lat": 1e-7, "lon": 3.0}})],
                ],
                places,
            ),
        }
    )
    assert [json.loads(line)["entities"]["a"].get("point") for line in table_lines(table)] == [
        None,
        {"lat": float("inf"), "lon": 0},
        {"lat": 1e-7, "lon": 3.0},
    ]
    assert [b'"events"' in line for line in table_lines(table)] == [False, False, True]
    for line in table_lines(table):
        assert {fault.field for fault in examine(line, "", 1)[1]} <= {"entities.a.name", "entities.a.point.lat"}


def test_nulls_where_something_must_be_are_faults_of_the_record() -> None:
    table = pa.table(
        {
            "article": pa.array([ARTICLE, None, {**ARTICLE, "republished_by": ["a", None]}]),
            "events": pa.array([[("visit", {})], [], None], article_schema().field("events").type),
        }
    )
    told = [{(fault.code, fault.field) for fault in examine(line, "", 1)[1]} for line in table_lines(table)]
    assert told == [
        {("KH011", "events.visit.type"), ("KH011", "events.visit.label")},
        {("KH011", "article")},
        {("KH012", "article.republished_by[1]")},
    ]


def test_a_key_that_is_there_twice_is_told() -> None:
    titles = pa.array([[("en", "A"), ("en", "B")]], pa.map_(pa.string(), pa.string()))
    (line,) = table_lines(pa.table({"article": pa.StructArray.from_arrays([titles], names=["title"])}))
    assert line == b'{"article":{"title":{"en":"A","en":"B"}}}\n'
    assert "KH005" in {fault.code for fault in examine(line, "", 1)[1]}


def test_a_date_is_a_day_or_a_relation_and_not_both() -> None:
    date = pa.struct({"edtf": pa.string(), "before": pa.string(), "after": pa.string(), "by": pa.string()})
    event = pa.struct([("type", pa.string()), ("label", pa.map_(pa.string(), pa.string())), ("date", date)])
    dates = [
        {"edtf": "2031"},
        {"before": "talks", "by": "P1D"},
        {"edtf": "2031", "after": "talks"},
        {"edtf": None},
        None,
    ]
    rows = [[("visit", {"type": "Visit", "label": [("en", "A visit")], "date": given})] for given in dates]
    table = pa.table({"article": [ARTICLE] * 5, "events": pa.array(rows, pa.map_(pa.string(), event))})
    assert [json.loads(line)["events"]["visit"].get("date") for line in table_lines(table)] == [
        "2031",
        {"before": "talks", "by": "P1D"},
        {"after": "talks", "edtf": "2031"},
        {},
        None,
    ]
    assert [fault.field for fault in examine(table_lines(table)[2], "", 1)[1]] == ["events.visit.date.edtf"]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            [("events", pa.array([3]))],
            "in the column events a map by id, found int64",
        ),
        (
            [("events", pa.array([["a"]], pa.list_view(pa.string())))],
            "in the column events a map by id, found list_view<",
        ),
        (
            [("events", pa.array([["a"]]))],
            "in the column events a map by id, found list<item: string>",
        ),
        (
            [("events", pa.array([{"visit": {"type": {"en": "Visit"}}}]))],
            "in the column events.visit.type a name of a type: a capital first, letters and digits, found struct<en",
        ),
        (
            [("article", pa.array([{**ARTICLE, "published": dt.datetime(2031, 3, 2)}]))],  # noqa: DTZ001
            "in the column article.published an EDTF date such as 2023-08-21, 2023-08 or [2023-09-21..2023-09-30]",
        ),
        (
            [("article", pa.array([{**ARTICLE, "text": {"length": "7"}}]))],
            "in the column article.text.length a whole number from 0 to 10000000, found string",
        ),
        (
            [("article", pa.array(["eastport-ferry"]))],
            "in the column article a map with the keys of an article, found string",
        ),
        (
            [("note", pa.array(["x"]))],
            "the columns article, entities, sources, events, claims, statements, found the column note",
        ),
        (
            [("claims", pa.array([{"c": {"texts": "x"}}]))],
            "the columns about, text, detail, entails, conflicts_with, note, found the column claims.c.texts",
        ),
    ],
)
def test_a_column_that_does_not_fit_is_told_by_its_name(columns: list[tuple[str, pa.Array]], sentence: str) -> None:
    told = misfit(*columns)
    assert told.startswith(f"a.parquet: expected {sentence}")
    assert told.endswith(" where the file is written)")


def test_columns_are_looked_at_before_any_row(tmp_path: Path) -> None:
    path = laid(tmp_path, pa.table({"article": pa.array([ARTICLE]), "claims": [3]}))
    with pytest.raises(FileFailed, match="in the column claims a map by id"):
        open_source(path, corpus=EASTPORT)
    twice = pa.Table.from_arrays([pa.array([ARTICLE])] * 2, names=["article", "article"])
    with pytest.raises(FileFailed, match="expected every column once, found the same name twice in the table"):
        table_lines(twice)


@pytest.mark.parametrize(
    ("metadata", "codes"),
    [
        ({b"khabar:corpus": b"{}"}, {"KH011"}),
        ({b"khabar:corpus": b"{"}, {"KH003"}),
        ({b"khabar:corpus": b"\xff"}, {"KH002"}),
        ({b"khabar:entities": b'{"a": {"type": "Person", "name": {"en": "A"}}, "a": {}}'}, {"KH005"}),
    ],
)
def test_the_faults_of_a_head_are_told(tmp_path: Path, metadata: dict[bytes, bytes], codes: set[str]) -> None:
    path = laid(tmp_path, pa.table({"article": pa.array([ARTICLE])}).replace_schema_metadata(metadata))
    with pytest.raises(FaultyData) as caught:
        open_source(path)
    assert {fault.code for fault in caught.value.faults} == codes
    assert {(fault.path, fault.line) for fault in caught.value.faults} == {(str(path), 1)}


def test_bare_articles_need_a_head(tmp_path: Path) -> None:
    path = laid(tmp_path, pa.table({"article": pa.array([ARTICLE])}))
    with pytest.raises(FileFailed, match="expected the header of the corpus before its articles, found articles alone"):
        open_source(path)
    assert len(read(path)) == 1


def test_what_is_no_parquet_is_told(tmp_path: Path) -> None:
    whole = laid(tmp_path, pa.table({"article": pa.array([ARTICLE] * 100)})).read_bytes()
    path = tmp_path / "b.parquet"
    for data in (b"", b"PAR1", whole[:-1], whole[: len(whole) // 2], b"{}\n" * 100, whole[:-8] + b"\0" * 8):
        path.write_bytes(data)
        with pytest.raises(FileFailed, match=f"^{path}: expected a Parquet file, found ") as caught:
            open_source(path, corpus=EASTPORT)
        assert "\n" not in str(caught.value)
    # What is damaged further inside is noticed when its rows are read.
    middle = len(whole) // 8
    path.write_bytes(whole[:4] + bytes(byte ^ 0xFF for byte in whole[4:middle]) + whole[middle:])
    with pytest.raises(FileFailed, match=f"^{path}: expected a Parquet file"):
        read(path)


def test_a_file_that_becomes_another_is_told(tmp_path: Path) -> None:
    path = laid(tmp_path, pa.table({"article": pa.array([ARTICLE] * 10)}), row_group_size=5)
    with open_source(path, corpus=EASTPORT) as source:
        laid(tmp_path, pa.table({"article": pa.array([ARTICLE])}))
        with pytest.raises(FileFailed, match="found another than at first"):
            list(blocks(source.parts[1]))


def test_standard_input_may_be_parquet(tmp_path: Path) -> None:
    data = laid(tmp_path, pa.table({"article": pa.array([ARTICLE])})).read_bytes()
    with open_source("-", corpus=EASTPORT, stdin=io.BytesIO(data)) as source:
        (part,) = source.parts
        assert (part.form, part.name) == ("parquet", "standard input")
        (block,) = blocks(part)
        assert examine(block.data, "", 1)[0] == record_of({"article": ARTICLE})


def test_parquet_needs_pyarrow(tmp_path: Path) -> None:
    path = laid(tmp_path, pa.table({"article": pa.array([ARTICLE])}))
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from khabar.records.sources import open_source\n"
        "from khabar.errors import FileFailed\n"
        "try: open_source(sys.argv[1])\n"
        "except FileFailed as error: print(error)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert ran.stdout == (
        f"{path}: expected pyarrow, which reads and writes Parquet, found no such package"
        " (pip install 'khabar[parquet]')\n"
    )


def test_json_lines_need_no_pyarrow() -> None:
    code = (
        "import khabar.records.sources, khabar.records.exports, sys; print({'pyarrow', 'zstandard'} & {*sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"


def test_decimals_are_numbers() -> None:
    places = pa.map_(pa.string(), pa.struct([("point", pa.struct({"lat": pa.decimal128(8, 4)}))]))
    rows = pa.array([[("a", {"point": {"lat": Decimal("32.8872")}})]], places)
    (line,) = table_lines(pa.table({"entities": rows}))
    assert json.loads(line) == {"entities": {"a": {"point": {"lat": 32.8872}}}}
