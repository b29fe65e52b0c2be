"""Nothing is fetched because data names it: every command works without a network."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import NoReturn

import pytest

from corpora_at_hand import CORPORA
from khabar.cli import program
from khabar.cli.corpora import FORMATS

SERVICE = "https://query.wikidata.org/sparql"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What would have been reached, had there been a network."""
    reached: list[object] = []

    def refuse(*arguments: object, **named: object) -> NoReturn:
        reached.append((arguments, named))
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    return reached


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(CORPORA["libya"], tmp_path / "corpus"))


def test_the_canary_sings(no_network: list[object]) -> None:
    with pytest.raises(OSError, match="no network"):
        socket.create_connection(("192.0.2.1", 80))
    assert no_network


def test_checking_building_loading_and_asking_reach_no_host(corpus: Path, no_network: list[object]) -> None:
    assert program.run(["check", str(corpus)]) == 0
    for form in FORMATS:
        assert program.run(["build", str(corpus), "-o", f"graph.{form}", "--format", form]) == 0
    assert program.run(["load", str(corpus), "--to", "store"]) == 0
    assert program.run(["build", str(corpus), "-o", "graph.ttl"]) == 0
    for target in (str(corpus), "graph.ttl", "store"):
        assert program.run(["query", "linked-entities", "--on", target]) == 0
    assert no_network == []


def test_a_service_that_was_not_allowed_is_not_reached(corpus: Path, no_network: list[object]) -> None:
    assert program.run(["query", "wikidata-offices", "--on", str(corpus)]) == 2
    assert no_network == []
    assert program.run(["query", "wikidata-offices", "--on", str(corpus), "--allow-service", SERVICE]) == 3
    assert no_network


def test_what_a_file_of_others_names_is_not_reached(corpus: Path, no_network: list[object]) -> None:
    assert corpus.is_dir()
    Path("theirs.trig").write_text(
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "<https://example.org/g> { <https://example.org/o> owl:imports <https://example.org/other> . }\n",
        "utf-8",
    )
    assert program.run(["load", "theirs.trig", "--to", "store"]) == 0
    assert program.run(["dump", "store"]) == 0
    assert no_network == []
    for name in ("theirs.rdf", "theirs.jsonld"):
        Path(name).write_text('{"@context": "https://example.org/context.jsonld"}', "utf-8")
        assert program.run(["load", name, "--to", "store"]) == 3
    assert no_network == []
