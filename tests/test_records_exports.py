"""A corpus as one file: read again, it is the same graph."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest
import zstandard

from corpora_at_hand import CORPORA
from khabar.errors import FaultyData, FileFailed
from khabar.formats.nquads import named_graphs
from khabar.frame import Frame
from khabar.model import ArticleRecord, Corpus
from khabar.pipeline import build, quads, read
from khabar.records.exports import export, write_lines
from khabar.records.json_lines import encode, examine
from khabar.records.parts import blocks, lines
from khabar.records.sources import open_source

EASTPORT = CORPORA["eastport"]
NAMES = ("a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "a.parquet")


def form_of(name: str) -> Literal["jsonl", "parquet"]:
    return "parquet" if name.endswith(".parquet") else "jsonl"


def articles(path: Path) -> list[ArticleRecord]:
    """The articles of a file."""
    with open_source(path) as source:
        found = [examine(line, "", 1) for part in source.parts for block in blocks(part) for _, line in lines(block)]
    assert [faults for _, faults in found if faults] == []
    return [record for record, _ in found if record is not None]


def corpus_of(path: Path) -> Corpus:
    with open_source(path) as source:
        frame = source.frame
        paths = source.paths
    records = tuple(articles(path))
    paths |= {f"articles.{record.article.id}": str(path) for record in records}
    return Corpus(header=frame.header, entities=frame.entities, articles=records, paths=paths)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("corpus", CORPORA)
def test_an_export_is_the_same_graph(corpus: str, name: str, tmp_path: Path) -> None:
    folder, path = CORPORA[corpus], tmp_path / name
    whole = read(folder)
    assert export(folder, path, form_of(name)) == len(whole.articles)
    again = corpus_of(path)
    assert (again.header, again.entities) == (whole.header, whole.entities)
    assert list(again.entities) == list(whole.entities)
    if form_of(name) == "jsonl":
        assert list(again.articles) == sorted(whole.articles, key=lambda record: record.article.id)
    assert list(named_graphs(quads(again))) == list(named_graphs(quads(whole)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("corpus", CORPORA)
def test_an_export_builds_to_the_same_bytes(corpus: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    export(CORPORA[corpus], path, form_of(name))
    of_folder, of_file = io.BytesIO(), io.BytesIO()
    build(CORPORA[corpus], of_folder, workers=1)
    build(path, of_file, workers=1)
    assert of_file.getvalue() == of_folder.getvalue()


@pytest.mark.parametrize(("name", "other"), [*itertools.product(NAMES, NAMES)])
def test_an_export_of_an_export_is_the_export(name: str, other: str, tmp_path: Path) -> None:
    first, second, third = tmp_path / name, tmp_path / f"b{other[1:]}", tmp_path / f"c{name[1:]}"
    export(EASTPORT, first, form_of(name))
    export(first, second, form_of(other))
    export(second, third, form_of(name))
    if "parquet" not in (form_of(other), form_of(name)) or name == other:
        assert third.read_bytes() == first.read_bytes()
    export(first, third, form_of(name))
    assert third.read_bytes() == first.read_bytes()
    assert len(articles(third)) == 6


def test_lines_are_in_order_and_plain(tmp_path: Path) -> None:
    corpus = read(EASTPORT)
    path = tmp_path / "a.jsonl"
    export(EASTPORT, path)
    whole = path.read_bytes()
    assert [next(iter(json.loads(line))) for line in whole.splitlines()] == ["base", "entities", *["article"] * 6]
    stream = io.BytesIO()
    assert write_lines(stream, Frame(corpus.header, corpus.entities), corpus.articles) == 6
    assert stream.getvalue() == whole
    for name, unpack in (("a.jsonl.gz", gzip.decompress), ("a.jsonl.zst", _unzstd)):
        export(EASTPORT, tmp_path / name)
        packed = (tmp_path / name).read_bytes()
        assert unpack(packed) == whole
        stream = io.BytesIO()
        export(EASTPORT, stream, compression="gzip" if name.endswith("gz") else "zstd")
        assert stream.getvalue() == packed


def _unzstd(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


def test_no_time_and_no_name_is_in_an_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = set()
    for second, name in enumerate(("a.jsonl.gz", "b.jsonl.gz")):
        monkeypatch.setattr("time.time", lambda second=second: 1e9 + second)
        export(EASTPORT, tmp_path / name)
        found.add((tmp_path / name).read_bytes())
    assert len(found) == 1


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_an_export_goes_through_a_pipe(form: Literal["jsonl", "parquet"], tmp_path: Path) -> None:
    code = "import sys; from khabar.records.exports import export; export(sys.argv[1], sys.stdout.buffer, sys.argv[2])"
    ran = subprocess.run([sys.executable, "-c", code, str(EASTPORT), form], stdout=subprocess.PIPE, check=True)
    path = tmp_path / f"a.{form}"
    export(EASTPORT, path, form)
    assert ran.stdout == path.read_bytes()
    stream = io.BytesIO()
    assert export("-", stream, form, stdin=io.BytesIO(ran.stdout)) == 6
    assert stream.getvalue() == ran.stdout


def test_a_default_that_was_written_is_left_out() -> None:
    statement = {"source": "a", "stance": "asserts", "certainty": "unstated", "claim": "c", "evidence": []}
    line = encode_document({**statement, "evidence": [{"paragraph": 1, "start": 0, "end": 1, "sha256": "0" * 64}]})
    record, faults = examine(line, "", 1)
    assert record is not None, faults
    assert b"unstated" not in encode(record)


def encode_document(statement: object) -> bytes:
    article = {"id": "a", "title": {"en": "A"}, "publisher": "p", "published": "2031", "language": "en"}
    return json.dumps({"article": article, "statements": {"s": statement}}).encode()


def test_nothing_is_written_of_what_has_faults(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(EASTPORT, folder)
    broken = min((folder / "articles").glob("*.yaml"))
    broken.write_text(broken.read_text(encoding="utf-8").replace("language:", "languages:"), encoding="utf-8")
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"as it was")
    for form in ("jsonl", "parquet"):
        with pytest.raises(FaultyData) as caught:
            export(folder, path, form)
        assert [(fault.path, fault.code) for fault in caught.value.faults] == [(str(broken), "KH010")]
    assert path.read_bytes() == b"as it was"
    broken.unlink()
    (folder / "articles" / "gazette-visit.yaml").unlink()
    # What refers to it leads nowhere: the folder is checked as a whole.
    with pytest.raises(FaultyData) as caught:
        export(folder, path)
    assert {fault.code for fault in caught.value.faults} == {"KH021"}
    assert {path.name for path in tmp_path.iterdir()} == {"a.jsonl", "corpus"}


def test_faults_in_bulk_are_told_together_up_to_a_thousand(tmp_path: Path) -> None:
    path, target = tmp_path / "a.jsonl", tmp_path / "b.parquet"
    export(EASTPORT, path)
    good = path.read_bytes()
    path.write_bytes(good + b"{\n\n" + good.splitlines()[-1] + b"\n[]\n")
    with pytest.raises(FaultyData) as caught:
        export(path, target, "parquet")
    assert [(fault.line, fault.code) for fault in caught.value.faults] == [(9, "KH003"), (12, "KH012")]
    path.write_bytes(good + b"{\n" * 2000)
    with pytest.raises(FaultyData) as caught:
        export(path, target, "parquet")
    assert len(caught.value.faults) == 1000
    assert not target.exists()


def test_a_folder_with_both_is_exported_whole(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    shutil.copytree(EASTPORT, folder)
    by_hand = sorted((folder / "articles").glob("*.yaml"))
    records = {record.article.id: record for record in read(EASTPORT).articles}
    # The last two are in bulk, and refer to those that are not.
    with (folder / "articles" / "rest.jsonl").open("wb") as file:
        for path in by_hand[-2:]:
            file.write(encode(records[path.stem]) + b"\n")
            path.unlink()
    target = tmp_path / "a.jsonl"
    assert export(folder, target) == 6
    assert articles(target) == [records[path.stem] for path in by_hand]
    by_hand[0].write_bytes(b"article: {}\n")
    with pytest.raises(FaultyData) as caught:
        export(folder, target)
    assert {(fault.path, fault.code) for fault in caught.value.faults} == {(str(by_hand[0]), "KH011")}


def test_bare_articles_are_exported_with_the_head_of_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    export(EASTPORT, path)
    bare = tmp_path / "bare.jsonl"
    bare.write_bytes(b"\n".join(path.read_bytes().splitlines()[2:]))
    again = tmp_path / "b.jsonl"
    assert export(bare, again, corpus=EASTPORT) == 6
    assert again.read_bytes() == path.read_bytes()
    with pytest.raises(FileFailed, match="--corpus FOLDER"):
        export(bare, again)


def test_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileFailed) as caught:
        export(EASTPORT, tmp_path / "none" / "a.jsonl")
    assert str(caught.value) == (
        f"{tmp_path}/none/a.jsonl: expected a file that can be written, found No such file or directory"
    )
    with pytest.raises(FileFailed, match="found No such file or directory"):
        export(tmp_path / "nowhere", tmp_path / "a.jsonl")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_full_disk_is_told(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.symlink_to("/dev/full")
    with pytest.raises(FileFailed) as caught:
        export(EASTPORT, path, form_of(name))
    assert str(caught.value) == f"{path}: expected a file that can be written, found No space left on device"
