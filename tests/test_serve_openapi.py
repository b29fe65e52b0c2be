"""The description of the HTTP interface: what it says is so, whatever is asked."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from khabar.queries.catalogue import catalogue
from serving import Served, served

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(ROOT / "example") as running:
        yield running


def test_every_bundled_query_and_parameter_is_described(server: Served) -> None:
    paths = server.get("/openapi.json").json["paths"]
    for query in catalogue():
        named = {parameter["name"] for parameter in paths[f"/api/{query.name}"]["get"]["parameters"]}
        assert named == {*(parameter.name for parameter in query.params), "limit", "offset", "format"}


def test_schemathesis_finds_the_interface_as_it_is_described(server: Served, tmp_path: Path) -> None:
    program = shutil.which("schemathesis", path=sysconfig.get_path("scripts"))
    assert program is not None
    ran = subprocess.run(
        [
            program,
            *("--config-file", str(ROOT / "tests" / "data" / "schemathesis.toml")),
            *("run", f"{server.address}/openapi.json", "--max-examples", "25", "--workers", "1", "--seed", "20231107"),
            *("--phases", "examples,coverage,fuzzing", "--no-color"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert ran.returncode == 0, ran.stdout[-6000:]
    assert server.process.poll() is None
