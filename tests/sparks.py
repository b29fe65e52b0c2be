"""Sessions of Spark for tests, records to build, and what one machine makes of them."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import linked_corpora
from khabar.assembly import write_nquads
from khabar.assembly.rejects import Rejected
from khabar.frame import Frame
from khabar.records.sources import open_source
from khabar.spark.session import session
from linked_corpora import Document
from servers import free_port

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SETTINGS = {
    # Small files come in several blocks all the same, and small batches.
    "spark.sql.files.maxPartitionBytes": "65536",
    "spark.sql.files.openCostInBytes": "0",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "7",
    "spark.sql.shuffle.partitions": "2",
}


@contextlib.contextmanager
def started(master: str, **settings: str) -> Iterator[SparkSession]:
    """A session at ``master``, with settings whose names have _ for every dot."""
    own = {name.replace("_", "."): value for name, value in settings.items()}
    with _home(), session(master, _SETTINGS | own) as spark:
        yield spark


@contextlib.contextmanager
def cluster(*hosts: str) -> Iterator[str]:
    """A master, whose address is given, and a worker of one core for each of ``hosts``, addresses of this machine."""
    port = free_port()
    address = f"spark://127.0.0.1:{port}"
    common = ["--webui-port", "0"]
    commands = [
        ["master.Master", "--host", "127.0.0.1", "--port", str(port), *common],
        *(["worker.Worker", "--host", host, "--cores", "1", "--memory", "1g", *common, address] for host in hosts),
    ]
    with _home() as home, contextlib.ExitStack() as stack:
        environment = {**os.environ, "SPARK_DAEMON_MEMORY": "256m", "PYSPARK_PYTHON": sys.executable}
        for command in commands:
            process = subprocess.Popen(
                [home / "bin/spark-class", f"org.apache.spark.deploy.{command[0]}", *command[1:]],
                env=environment | {"SPARK_LOCAL_IP": command[2]},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
        yield address


@contextlib.contextmanager
def _home() -> Iterator[Path]:
    """Where Spark is, for the block: workers of a local cluster leave their files there."""
    import pyspark

    home = Path(tempfile.mkdtemp(prefix="spark-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for path in Path(pyspark.__file__).parent.iterdir():
        (home / path.name).symlink_to(path)
    changed = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    try:
        yield home
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class Records(NamedTuple):
    """A corpus as lines of JSON: the head, and the articles."""

    head: list[bytes]
    articles: list[bytes]

    @property
    def lines(self) -> list[bytes]:
        return [*self.head, *self.articles]

    @property
    def frame(self) -> Frame:
        with tempfile.TemporaryDirectory() as folder:
            path = write(Path(folder, "head.jsonl"), self.head)
            with open_source(path) as source:
                return source.frame


def records(documents: dict[str, Document]) -> Records:
    """The files of a corpus (see `linked_corpora`) as lines."""

    def lines(start: str) -> list[bytes]:
        found = [document for path, document in documents.items() if path.startswith(start)]
        return [json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() for document in found]

    return Records([*lines("corpus.yaml"), *lines("entities/")], lines("articles/"))


def sound(count: int = 60) -> Records:
    """Articles without faults, some of which refer to others."""
    return records(linked_corpora.sound(count, every=3, seed=7))


def faulty(count: int = 60) -> Records:
    """The same with whatever can be wrong with a line."""
    found = sound(count)
    articles = found.articles
    articles[5] = b"\xff" + articles[5]
    articles[9] = articles[9].replace(b'"publisher":"times"', b'"publisher":"time"')
    articles[12] = articles[12][:-1]
    articles[14] = b""
    articles[20] = b"  " + articles[20] + b"\r"
    # A lone carriage return is white space to JSON.
    articles[21] = articles[21].replace(b'{"article":', b'{\r"article":')
    articles.append(articles[3])
    articles.insert(30, articles[2].replace(b"Article 2", b"Article 2 again"))
    articles.append(found.head[1])
    return found


def write(path: Path, lines: Sequence[bytes]) -> Path:
    """Lay down lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


class Made(NamedTuple):
    """What was made of records, in an order of its own: the lines of N-Quads, and those of what was left out."""

    quads: list[bytes]
    rejects: list[bytes]


def on_one_machine(path: Path, folder: Path) -> Made:
    """What one machine makes."""
    rejects: list[Rejected] = []
    target = folder / "one.nq"
    write_nquads(path, target, workers=1, rejects=rejects.append)
    return Made(lines_of(target), sorted(one.json() for one in rejects))


def in_parts(output: Path) -> Made:
    """What an output of a job holds."""
    assert (output / "_SUCCESS").exists()
    quads = [line for path in (*output.glob("part-*.nq"), output / "dataset.nq") for line in lines_of(path)]
    rejects = [line for path in output.glob("rejects/part-*.jsonl") for line in lines_of(path)]
    return Made(sorted(quads), sorted(rejects))


def lines_of(path: Path) -> list[bytes]:
    """The lines of a file in order, each with its end."""
    # Line ends alone: other white space can stand in a literal.
    return sorted(line + b"\n" for line in path.read_bytes().split(b"\n")[:-1])
