"""The page on Spark: of its commands, those that a machine can run by itself do what it says."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

from documents import ROOT, Reader, blocks, desk
from servers import OXIGRAPH

PAGE = (ROOT / "docs" / "spark.md").read_text(encoding="utf-8")
STORE = "https://store.example/sparql"

# What Spark leaves in S3: parts under its own names.
AWS = """#!/bin/sh -e
test "$*" = "s3 sync s3://news/quads quads"
cp -r news-quads quads
for part in quads/part-*.nq; do mv "$part" "${part%.nq}-5f0e-c000.txt"; done
"""


def test_the_page_shows_what_happens(tmp_path: Path) -> None:
    reader = desk(tmp_path)
    for name, program in (("pip", "#!/bin/sh\n"), ("aws", AWS)):
        (tmp_path / "programs" / name).write_text(program, encoding="utf-8")
        (tmp_path / "programs" / name).chmod(0o755)
    start, yarn, kubernetes, committer, fetch, load, preload, proof = (
        block.body for block in blocks(PAGE) if block.info == "sh"
    )
    # These need a cluster, a store of objects, or GraphDB.
    assert "--master yarn" in yarn
    assert kubernetes.startswith("spark-submit --master k8s://")
    assert "s3a" in committer
    assert preload.startswith("importrdf ")

    run(reader, "khabar --quiet init before && khabar --quiet export before -o news.jsonl")
    assert run(reader, start.replace("local[4]", "local[2]")) == ""
    run(reader, fetch)
    quads = reader.folder / "quads"
    names = sorted(path.name for path in quads.iterdir() if not path.name.startswith("."))
    assert names == ["_SUCCESS", "dataset.nq", *(name for name in names if name.startswith("part-"))]
    assert all(name.endswith("-5f0e-c000.nq") for name in names[2:])
    run(reader, load)

    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "data").symlink_to(reader.folder / "store")
    assert proof.count(STORE) == 2
    with OXIGRAPH.running(tmp_path / "server") as server:
        told = run(reader, proof.replace(STORE, f"{server.address}/query?union-default-graph"))
    whole = (ROOT / "tests" / "golden" / "graphs" / "example.nq").read_bytes()
    assert sorted((reader.folder / "news.nq").read_bytes().splitlines()) == sorted(whole.splitlines())
    # The first tells the size of each graph; the second, which finds no difference, says nothing.
    graphs = [line.split()[0] for line in told.splitlines()[2:] if line]
    assert graphs == ["graphs:dataset", "graphs:derived", "graphs:eastport-ferry", "graphs:entities"]


def run(reader: Reader, words: str) -> str:
    """What some words of the shell write to standard output; all of them do their work."""
    programs = [reader.path.split(os.pathsep)[0], sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)]
    environment = {"PATH": os.pathsep.join(programs), "HOME": str(reader.folder), "SPARK_LOCAL_IP": "127.0.0.1"}
    environment |= {name: os.environ[name] for name in ("JAVA_HOME",) if name in os.environ}
    ran = subprocess.run(
        ["sh", "-e", "-c", words],
        cwd=reader.folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
