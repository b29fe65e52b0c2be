"""A corpus made while tasks are tried twice at once: the same lines, each once."""

from __future__ import annotations

from pathlib import Path

import sparks
from khabar.spark import build
from mishaps import Mishap

SPECULATION = {
    "spark_speculation": "true",
    "spark_speculation_interval": "100ms",
    "spark_speculation_multiplier": "1.1",
    "spark_speculation_quantile": "0.5",
    "spark_executor_memory": "512m",
}


def test_of_two_attempts_one_counts(tmp_path: Path) -> None:
    source = sparks.write(tmp_path / "records.jsonl", sparks.faulty().lines)
    one = sparks.on_one_machine(source, tmp_path)
    output, trace = tmp_path / "out", tmp_path / "trace"
    trace.mkdir()
    # A second attempt is never started on the host of the first.
    with sparks.cluster("127.0.0.2", "127.0.0.3") as master, sparks.started(master, **SPECULATION) as spark:
        rows = spark.sparkContext.parallelize(sparks.faulty().lines, 4)
        built = build(rows.mapPartitionsWithIndex(Mishap("slow", output, trace)), str(output))
    assert sorted(path.name for path in trace.iterdir()) == ["again", "happened"]
    made = sparks.in_parts(output)
    assert made.quads == one.quads
    assert (built.quads, built.rejected) == (len(one.quads), len(one.rejects))
    assert len(made.rejects) == len(one.rejects)
