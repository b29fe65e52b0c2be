"""A corpus made by several executors, some of whose processes are killed or slow: the same lines, each once."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import pytest

import sparks
from khabar.spark import build
from sparks import Made

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# One core each: with more memory asked for, the executors would not start on a small machine.
MASTER = "local-cluster[2,1,1024]"


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    settings = {
        "spark_executor_memory": "512m",
        "spark_speculation": "true",
        "spark_speculation_interval": "100ms",
        "spark_speculation_multiplier": "1.1",
        "spark_speculation_quantile": "0.5",
        "spark_speculation_minTaskRuntime": "500ms",
    }
    with sparks.started(MASTER, **settings) as session:
        yield session


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sparks.write(tmp_path_factory.mktemp("records") / "records.jsonl", sparks.faulty().lines)


@pytest.fixture(scope="module")
def one(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return sparks.on_one_machine(source, tmp_path_factory.mktemp("one"))


Kind: TypeAlias = Literal["error", "worker", "executor", "slow"]


class Mishap:
    """Something that happens once to the process that reads the second partition, while the output is written."""

    def __init__(self, kind: Kind, output: Path, trace: Path) -> None:
        self._kind = kind
        self._output = output
        self._happened = trace / "happened"
        self._overtaken = trace / "overtaken"

    def __call__(self, partition: int, lines: Iterable[bytes]) -> Iterator[bytes]:
        mine = False
        for number, line in enumerate(lines):
            if partition == 1 and number == 15 and (self._output / "_temporary").exists() and self._is_first():
                mine = True
                self._happen()
            yield line
        if partition == 1 and not mine and self._happened.exists():
            self._overtaken.touch()

    def _is_first(self) -> bool:
        try:
            self._happened.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _happen(self) -> None:
        if self._kind == "error":
            raise ValueError("a mishap")
        if self._kind == "worker":
            os.kill(os.getpid(), signal.SIGKILL)
        if self._kind == "executor":
            # The Java process that started the one that started this one.
            daemon = Path(f"/proc/{os.getppid()}/stat").read_text("utf-8")
            os.kill(int(daemon.rpartition(")")[2].split()[1]), signal.SIGKILL)
        deadline = time.monotonic() + 100
        # Goes on after a second attempt, and then both have something to commit.
        while not self._overtaken.exists() and time.monotonic() < deadline:
            time.sleep(0.1)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_the_lines_of_one_machine_whatever_happens(kind: Kind, spark: SparkSession, one: Made, tmp_path: Path) -> None:
    output, trace = tmp_path / "out", tmp_path / "trace"
    trace.mkdir()
    rows = spark.sparkContext.parallelize(sparks.faulty().lines, 4)
    built = build(rows.mapPartitionsWithIndex(Mishap(kind, output, trace)), str(output))
    assert sorted(path.name for path in trace.iterdir()) == ["happened", "overtaken"]
    assert sparks.in_parts(output).quads == one.quads
    assert (built.quads, built.rejected) == (len(one.quads), len(one.rejects))
    assert len(sparks.in_parts(output).rejects) == len(one.rejects)


def test_files_are_read_by_all(spark: SparkSession, source: Path, one: Made, tmp_path: Path) -> None:
    built = build(str(source), str(tmp_path / "out"), spark=spark)
    assert sparks.in_parts(tmp_path / "out") == one
    assert built.rejected == len(one.rejects)
    executors = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
    assert executors == 3  # the driver is one
