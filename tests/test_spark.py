"""A corpus made by Spark on this machine: the same lines, whatever the records come in and whatever they hold."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

import linked_corpora
import sparks
from khabar.assembly.progress import BuildProgress
from khabar.errors import FaultyData, FileFailed, KhabarError
from khabar.model import ArticleRecord
from khabar.records.parquet import write_parquet
from khabar.spark import build, nquads
from linked_corpora import Link
from sparks import Made

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    with sparks.started("local[2,4]") as session:
        yield session


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records with and without faults, in a file whose name means something to a shell."""
    folder = tmp_path_factory.mktemp("records")
    return sparks.write(folder / "all of [1] {them}*.jsonl", sparks.faulty().lines)


@pytest.fixture(scope="module")
def one(lines: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    made = sparks.on_one_machine(lines, tmp_path_factory.mktemp("one"))
    assert len(made.rejects) > 5
    return made


def parts(output: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in output.rglob("*") if path.is_file() and path.suffix != ".crc"}


def test_the_lines_of_one_machine_in_parts_that_are_always_the_same(
    spark: SparkSession, lines: Path, one: Made, tmp_path: Path
) -> None:
    heard: list[BuildProgress] = []
    output = tmp_path / "out"
    built = build(str(lines), str(output), spark=spark, report=heard.append)
    assert sparks.in_parts(output) == one
    assert (built.quads, built.rejected) == (len(one.quads), len(one.rejects))
    assert built.articles == len(sparks.faulty().articles) - len(one.rejects) - 1
    assert {fault.code for fault in built.faults} == {"KH002", "KH003", "KH012", "KH020", "KH021"}
    assert heard[-1].done == heard[-1].total == built.articles + built.rejected
    assert heard[-1].rejected == built.rejected
    first = parts(output)
    assert len([name for name in first if name.startswith("part-")]) > 2
    again = build(str(lines), str(output), spark=spark, overwrite=True)
    assert parts(output) == first
    assert again.quads == built.quads


def test_files_of_a_folder_and_compressed_parts(spark: SparkSession, tmp_path: Path) -> None:
    folder = tmp_path / "records"
    head, articles = sparks.faulty().head, sparks.faulty().articles
    sparks.write(folder / "b.jsonl", [*head, *articles[10:40]])
    sparks.write(folder / "_hidden.jsonl", [b"nothing"])
    (folder / "c.jsonl.gz").write_bytes(gzip.compress(b"\n".join(articles[40:])))
    sparks.write(folder / "a.jsonl", articles[:10])
    output = tmp_path / "out"
    build(str(folder), str(output), spark=spark, compression="gzip")
    packed = [*output.glob("part-*.nq.gz"), *output.glob("rejects/part-*.jsonl.gz")]
    assert len(packed) > 3
    for path in packed:
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
    assert sparks.in_parts(output) == sparks.on_one_machine(folder, tmp_path)


def test_parquet_and_columns(spark: SparkSession, tmp_path: Path) -> None:
    records = sparks.sound()
    articles = [msgspec.json.decode(line, type=ArticleRecord) for line in records.articles]
    stranger = msgspec.structs.replace(articles[7].article, id="stranger", publisher="nobody")
    articles += [msgspec.structs.replace(articles[7], article=stranger), articles[3]]
    source = tmp_path / "records.parquet"
    with source.open("wb") as file:
        write_parquet(file, records.frame, articles)
    one = sparks.on_one_machine(source, tmp_path)
    assert len(one.rejects) == 2
    output = tmp_path / "out"
    build(str(source), str(output), spark=spark)
    assert sparks.in_parts(output) == one
    own = tmp_path / "own"
    build(spark.read.parquet(str(source)).coalesce(1), str(own), frame=records.frame)
    assert sparks.in_parts(own).quads == one.quads
    assert [line for line in sparks.in_parts(own).rejects if b'"source":"partition 0","line":61,' in line]


def test_rows_of_the_callers_own(spark: SparkSession, one: Made, tmp_path: Path) -> None:
    records = sparks.faulty()
    rows = spark.sparkContext.parallelize(records.lines, 3)
    output = tmp_path / "out"
    build(rows, str(output))
    assert sparks.in_parts(output).quads == one.quads
    assert len(sparks.in_parts(output).rejects) == len(one.rejects)
    texts = [line.decode("utf-8", "surrogateescape") for line in records.articles]
    of_articles = sorted(
        f"{line}\n".encode() for line in nquads(spark.sparkContext.parallelize(texts, 2), records.frame).collect()
    )
    tail = sparks.lines_of(output / "dataset.nq")
    assert sorted([*of_articles, *tail]) == one.quads


def test_entities_that_refer_to_articles(spark: SparkSession, tmp_path: Path) -> None:
    links = [Link("shared", 0, 3), Link("about-event", 3, 5), Link("entails", 1, 2), Link("shared", 0, 8)]
    records = sparks.records(linked_corpora.corpus(12, links))
    bad = records.articles[5].replace(b'"publisher":"times"', b'"publisher":"time"')
    source = sparks.write(tmp_path / "records.jsonl", [*records.lines, bad.replace(b'"id":"a5-5"', b'"id":"other"')])
    output = tmp_path / "out"
    built = build(str(source), str(output), spark=spark)
    one = sparks.on_one_machine(source, tmp_path)
    assert sparks.in_parts(output) == one
    assert (built.quads, built.articles, built.rejected) == (len(one.quads), 12, 1)


def test_what_is_there_is_not_replaced_unasked(spark: SparkSession, tmp_path: Path) -> None:
    output = tmp_path / "out"
    sparks.write(output / "notes.txt", [b"mine"])
    with pytest.raises(FileFailed) as raised:
        build(str(tmp_path), str(output), spark=spark)
    assert str(raised.value) == (
        f"{output}: expected a new folder, found something in it (name another, or use --overwrite)"
    )
    with pytest.raises(FileFailed) as raised:
        build(str(tmp_path), str(output), spark=spark, overwrite=True)
    assert str(raised.value) == (
        f"{output}: expected the output of another build, to be replaced, found notes.txt in it (name another folder)"
    )
    assert (output / "notes.txt").read_bytes() == b"mine\n"
    with pytest.raises(FileFailed, match="expected a new folder, found a file"):
        build(str(tmp_path), str(output / "notes.txt"), spark=spark, overwrite=True)


def test_what_fails_leaves_nothing(spark: SparkSession, lines: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    with pytest.raises(FaultyData) as raised:
        build(str(lines), str(output), spark=spark, fail_fast=True)
    (fault,) = raised.value.faults
    assert str(fault) == f"{lines}:8:1 KH002 expected UTF-8, found the byte 0xFF (save the file as UTF-8)"
    assert not output.exists()


def test_heads(spark: SparkSession, tmp_path: Path) -> None:
    records = sparks.sound(3)

    def told(*lines: bytes) -> str:
        source = sparks.write(tmp_path / "records.jsonl", lines)
        with pytest.raises(KhabarError) as raised:
            build(str(source), str(tmp_path / "out"), spark=spark)
        return str(raised.value).replace(f"{tmp_path}/", "")

    assert told(*records.articles) == (
        "records.jsonl: expected the header of the corpus before its articles, found articles alone"
        " (name the folder of its corpus.yaml with --corpus FOLDER)"
    )
    assert told(b"", b" ") == (
        "records.jsonl: expected the header of the corpus before its articles, found nothing"
        " (name the folder of its corpus.yaml with --corpus FOLDER)"
    )
    entity = b'{"entities":{"a":{"type":"Person","name":{"en":"A"},"member_of":["b"]}}}'
    assert "records.jsonl:1:1 KH021" in told(*records.head, entity, *records.articles)


def test_files_that_change_while_they_are_read(spark: SparkSession, tmp_path: Path) -> None:
    records = sparks.sound(6)
    rows = spark.sparkContext.parallelize(records.articles, 1).map(Restless(tmp_path / "read"))
    with pytest.raises(KhabarError) as raised:
        build(rows, str(tmp_path / "out"), frame=records.frame)
    assert str(raised.value) == (
        f"{tmp_path / 'out'}: expected records that are the same, in the same order, each time that they are read,"
        " found others than at first (leave the files alone while they are read; sort, persist or write out what was"
        " computed)"
    )
    assert not (tmp_path / "out").exists()


class Restless:
    """Lines that are others the second time."""

    def __init__(self, flag: Path) -> None:
        self._flag = flag

    def __call__(self, line: bytes) -> bytes:
        if b'"a7-1"' in line:
            seen = self._flag.exists()
            self._flag.touch()
            return line.replace(b"Article 1", b"Article I") if seen else line
        return line


def test_what_a_worker_cannot_do_is_told_in_a_line(spark: SparkSession, tmp_path: Path) -> None:
    records = sparks.sound(3)
    rows = spark.sparkContext.parallelize(records.lines, 1).map(_failing)
    with pytest.raises(KhabarError) as raised:
        build(rows, str(tmp_path / "out"))
    assert str(raised.value) == (
        "the records: expected a Spark job that runs to its end, found ValueError: 4 is no good"
    )


def _failing(line: bytes) -> bytes:
    raise ValueError(f"{len(line[:4])} is no good")


def test_what_is_no_source(spark: SparkSession, tmp_path: Path) -> None:
    def told(source: Path) -> str:
        with pytest.raises(FileFailed) as raised:
            build(str(source), str(tmp_path / "out"), spark=spark)
        return str(raised.value).replace(str(tmp_path), "")

    assert (
        told(tmp_path / "none.jsonl") == "/none.jsonl: expected a file or folder of records, found nothing of that name"
    )
    assert told(tmp_path) == (
        ": expected records as JSON Lines or Parquet, found no file that is called so"
        " (JSON Lines are .jsonl, .ndjson, .json or the same with .gz, Parquet is .parquet)"
    )
    sparks.write(tmp_path / "corpus/corpus.yaml", [b"base: x"])
    sparks.write(tmp_path / "corpus/articles/a.yaml", [b"article: x"])
    assert told(tmp_path / "corpus") == (
        "/corpus/articles: expected records as JSON Lines or Parquet, found YAML"
        " (khabar export --to jsonl makes them of it)"
    )
    sparks.write(tmp_path / "both/a.jsonl", [])
    sparks.write(tmp_path / "both/b.parquet", [])
    assert told(tmp_path / "both") == "/both: expected files of one form, found JSON Lines and Parquet (give one)"
    with pytest.raises(FileFailed, match="expected one column of JSON, or the columns of article records, found a, b"):
        build(spark.createDataFrame([(1, 2)], "a int, b int"), str(tmp_path / "out"))
    with pytest.raises(FileFailed, match="the records: expected in the column article a map with the keys of"):
        build(spark.createDataFrame([(1,)], "article int"), str(tmp_path / "out"))


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("pyspark", "spark: expected PySpark, found none (pip install 'khabar[spark]')"),
        (
            "java",
            (
                "spark: expected a Java runtime, version 17 or later, found none"
                " (install a Java runtime, version 17 or later, and set JAVA_HOME where it is not on the path)"
            ),
        ),
    ],
)
def test_what_has_to_be_installed(missing: str, told: str, tmp_path: Path) -> None:
    code = f"""
import sys
from khabar.errors import KhabarError
from khabar.spark import build_files
if {missing!r} == "pyspark":
    sys.modules["pyspark"] = None
try:
    build_files("a.jsonl", "out", master="local[1]")
except KhabarError as error:
    print(error)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PATH": str(tmp_path)}
    environment.pop("JAVA_HOME", None)
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == f"{told}\n"


def test_a_master_that_there_is_not(tmp_path: Path) -> None:
    code = """
from khabar.errors import SparkFailed
from khabar.spark import build_files
try:
    build_files("a.jsonl", "out", master="nobody")
except SparkFailed as error:
    print(error)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert (ran.stdout, ran.stderr) == (
        (
            "spark at nobody: expected a cluster that takes the job, found Master must either be yarn or start with"
            " spark, k8s, or local (look at --master and --conf)\n"
        ),
        "",
    )


def test_a_session_of_its_own_is_quiet(tmp_path: Path) -> None:
    records = sparks.sound(3)
    source = sparks.write(tmp_path / "records.jsonl", records.articles)
    sparks.write(tmp_path / "corpus/corpus.yaml", records.head[:1])
    sparks.write(tmp_path / "corpus/entities/all.yaml", records.head[1:])
    code = (
        "import sys; from pathlib import Path; from khabar.spark import build_files;"
        "print(build_files(sys.argv[1], sys.argv[2], master='local[1]', corpus=Path(sys.argv[3])).articles)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code, str(source), str(tmp_path / "out"), str(tmp_path / "corpus")]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "3\n", "")
    assert sparks.in_parts(tmp_path / "out").rejects == []
