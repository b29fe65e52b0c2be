"""The pages on links: their scripts run against the stand-in of Wikidata, their Python does what it says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

from documents import ROOT, blocks, desk
from fakes.wikidata import wikidata
from khabar import pipeline
from servers import Server, free_port

LINKING = (ROOT / "docs" / "linking.md").read_text(encoding="utf-8")
RECONCILIATION = (ROOT / "docs" / "reconciliation.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def bodies(page: str, info: str) -> list[str]:
    return [block.body for block in blocks(page) if block.info == info]


def test_the_scripts_and_the_python_of_the_page_run(tmp_path: Path) -> None:
    scripts = bodies(LINKING, "sh")
    assert len(scripts) == 3
    with wikidata() as there:
        reader = desk(tmp_path, there.addresses)
        reader.follow(LINKING)
        shutil.copy(reader.folder / "news" / "mappings.sssom.tsv", reader.folder / "theirs.sssom.tsv")
        environment = {"PATH": reader.path, "HOME": str(tmp_path)}
        for script in scripts:
            subprocess.run(
                ["sh", "-e", "-c", script], cwd=reader.folder, env=environment, check=True, capture_output=True
            )
        [code] = bodies(LINKING, "python")
        arguments = ", ".join(f"{name}={address!r}" for name, address in {**there.addresses, "rate": 50}.items())
        made = code.replace("khabar.Wikidata(", f"khabar.Wikidata({arguments}, ")
        assert made != code
        subprocess.run(
            [sys.executable, "-c", f"{made}\nassert faults == ()\nassert proposals"],
            cwd=reader.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / "loader")},
            check=True,
        )
    assert (reader.folder / "review.tsv").read_text(encoding="utf-8").startswith("\ufeffdecision\t")
    assert "wikidata:Q649" in (reader.folder / "news.sssom.tsv").read_text(encoding="utf-8")
    assert "Q649\tP625\t" in (reader.folder / "drafts.tsv").read_text(encoding="utf-8")


def test_the_one_command_of_the_readme_completes_the_corpus(tmp_path: Path) -> None:
    [command] = [body for body in bodies(README, "sh") if body.startswith("khabar link")]
    with wikidata() as there:
        reader = desk(tmp_path, there.addresses)
        environment = {"PATH": reader.path, "HOME": str(tmp_path)}
        subprocess.run(["sh", "-e", "-c", command], cwd=reader.folder, env=environment, check=True, capture_output=True)
        assert "you@example.org" in there.requests[0].headers["user-agent"]
    assert pipeline.read(reader.folder / "corpus").entities["haftar"].exact_match == "Q999000101"
    assert pipeline.check(reader.folder / "corpus") == ()


def test_the_service_of_the_page_answers(tmp_path: Path) -> None:
    [code] = bodies(RECONCILIATION, "python")
    [commands] = bodies(RECONCILIATION, "sh")
    (tmp_path / "reconcile.py").write_text(code, encoding="utf-8")
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    port = free_port()
    words = commands.splitlines()[0].replace("8000", str(port)).split()
    server = Server([sys.executable, "-m", *words], port, tmp_path)
    try:
        server.start()
        asked = f"{server.address}/suggest/entity?prefix=haf"
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - the server of this test
            assert b"agents/haftar" in answer.read()
    finally:
        server.kill()
