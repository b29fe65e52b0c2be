"""The page on loading: its scripts run against a real server, its Python in the folder that its reader made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import servers
from documents import ROOT, blocks, desk

PAGE = (ROOT / "docs" / "loading.md").read_text(encoding="utf-8")
ADDRESS = "http://localhost:7878"


def test_the_scripts_and_the_python_of_the_page_run(tmp_path: Path) -> None:
    reader = desk(tmp_path)
    reader.follow(PAGE)
    scripts = [block.body for block in blocks(PAGE) if block.info == "sh"]
    assert len(scripts) == 2
    assert all(ADDRESS in script for script in scripts)
    environment = {"PATH": reader.path, "HOME": str(tmp_path)}
    kind = next(kind for kind in servers.STORES if kind.name == "oxigraph")
    (tmp_path / "served").mkdir()
    with kind.running(tmp_path / "served") as server:
        for script in scripts:
            subprocess.run(
                ["sh", "-e", "-c", script.replace(ADDRESS, server.address)],
                cwd=reader.folder,
                env=environment,
                check=True,
                capture_output=True,
            )
    assert (reader.folder / "everything.nq").stat().st_size
    assert (reader.folder / "requests.sh").read_text("utf-8") == ""
    (code,) = (block.body for block in blocks(PAGE) if block.info == "python")
    subprocess.run(
        [sys.executable, "-c", f"{code}\nassert len(dataset) == 323"],
        cwd=reader.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "loader")},
        check=True,
    )
