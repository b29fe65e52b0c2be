"""A corpus made by several executors, some of whose processes are killed: the same lines, each once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sparks
from khabar.spark import build
from mishaps import Kind, Mishap
from sparks import Made

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# One core each: with more memory asked for, the executors would not start on a small machine.
MASTER = "local-cluster[2,1,1024]"


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    with sparks.started(MASTER, spark_executor_memory="512m") as session:
        yield session


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sparks.write(tmp_path_factory.mktemp("records") / "records.jsonl", sparks.faulty().lines)


@pytest.fixture(scope="module")
def one(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return sparks.on_one_machine(source, tmp_path_factory.mktemp("one"))


@pytest.mark.parametrize("kind", ["error", "worker", "executor"])
def test_the_lines_of_one_machine_whatever_happens(kind: Kind, spark: SparkSession, one: Made, tmp_path: Path) -> None:
    output, trace = tmp_path / "out", tmp_path / "trace"
    trace.mkdir()
    rows = spark.sparkContext.parallelize(sparks.faulty().lines, 4)
    built = build(rows.mapPartitionsWithIndex(Mishap(kind, output, trace)), str(output))
    assert sorted(path.name for path in trace.iterdir()) == ["again", "happened"]
    assert sparks.in_parts(output).quads == one.quads
    assert (built.quads, built.rejected) == (len(one.quads), len(one.rejects))
    assert len(sparks.in_parts(output).rejects) == len(one.rejects)


def test_files_are_read_by_all(spark: SparkSession, source: Path, one: Made, tmp_path: Path) -> None:
    built = build(str(source), str(tmp_path / "out"), spark=spark)
    assert sparks.in_parts(tmp_path / "out") == one
    assert built.rejected == len(one.rejects)
    executors = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
    assert executors == 3  # the driver is one
