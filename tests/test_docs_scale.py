"""The page on large corpora: what it shows is what happens."""

from __future__ import annotations

import subprocess
from pathlib import Path

from documents import ROOT, blocks, desk

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def test_the_page_shows_what_happens(tmp_path: Path) -> None:
    reader = desk(tmp_path)
    # The files that a pipeline of the reader's own has written, articles alone.
    prepare = """
    khabar --quiet init before && khabar --quiet export before -o whole.jsonl
    tail -n 1 whole.jsonl | gzip > articles.jsonl.gz && khabar --quiet export before --to parquet -o articles.parquet
    """
    environment = {"PATH": reader.path, "HOME": str(tmp_path)}
    (script,) = (block.body for block in blocks(PAGE) if block.info == "sh")

    def run(words: str) -> None:
        subprocess.run(["sh", "-e", "-c", words], cwd=reader.folder, env=environment, check=True, capture_output=True)

    run(prepare)
    reader.follow(PAGE)
    run(script)
    written = {name: (reader.folder / name).read_bytes() for name in ("news.nq", "articles.nq", "more.nq")}
    assert set(written.values()) == {(ROOT / "tests" / "golden" / "graphs" / "example.nq").read_bytes()}
