"""What benchmarks are made of: tables that hold the same triples as graphs, charts, and figures in their places."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import khabar

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture(autouse=True)
def _benchmarks_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def run(*arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(BENCHMARKS), str(ROOT / "loader")))}
    subprocess.run((sys.executable, *arguments), check=True, env=environment, cwd=BENCHMARKS)


@pytest.fixture(scope="module")
def quads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("articles")
    run("articles.py", "60", "--linked", "0.2", "--yaml", str(place / "corpus"))
    khabar.write(khabar.read(place / "corpus"), place / "graph.nq", "nquads")
    return place / "graph.nq"


@pytest.mark.parametrize("peer", ["by_pyoxigraph", "by_rdflib"])
def test_tables_hold_the_triples_of_articles_and_peers_make_the_same_of_them(
    quads: Path, tmp_path: Path, peer: str
) -> None:
    tables: Any = import_module("peers.tables")
    digests: Any = import_module("peers.digests")
    lines = list(tables.graphs_of_articles(quads))
    assert tables.flatten(quads, tmp_path / "tables") == len(lines) > 5000
    run("-m", f"peers.{peer}", str(tmp_path / "tables"), str(tmp_path / "out.nt"))
    assert digests.of_ntriples(tmp_path / "out.nt") == digests.of_articles(lines)


def test_other_triples_have_another_sum(tmp_path: Path) -> None:
    digests: Any = import_module("peers.digests")
    lines = [b'<urn:a> <urn:b> "\\t"@en .\n', b"<urn:a> <urn:b> <urn:c> .\n"]
    sums = []
    for document in (lines, lines[::-1], lines[:1], [*lines, lines[0]], [lines[0], b"<urn:a> <urn:b> <urn:d> .\n"]):
        (tmp_path / "some.nt").write_bytes(b"".join(document))
        sums.append(digests.of_ntriples(tmp_path / "some.nt"))
    assert sums[0] == sums[1]
    assert len(set(sums)) == 4
    # The same in another spelling.
    (tmp_path / "some.nt").write_bytes(b'<urn:a> <urn:b> "\t"@en .\n<urn:a> <urn:b> <urn:c> .\n')
    assert digests.of_ntriples(tmp_path / "some.nt") == sums[0]


def test_a_limit_decodes_and_writes_as_many_bytes(quads: Path, tmp_path: Path) -> None:
    articles, output = tmp_path / "articles.jsonl", tmp_path / "output"
    run("articles.py", "30", "-o", str(articles))
    for processes in ("1", "2"):
        run("-m", "peers.limit", str(articles), str(quads), str(output), processes)
        assert output.stat().st_size == quads.stat().st_size


def test_mappings_name_every_table(quads: Path, tmp_path: Path) -> None:
    tables: Any = import_module("peers.tables")
    tables.flatten(quads, tmp_path)
    rml = import_module("peers.by_morph_kgc").mapping(tmp_path)
    files = {path.name for path in tmp_path.glob("*.csv")}
    assert len(files) > 10
    assert all(f"<{name}> a rml:TriplesMap" in rml for name in files)


def test_a_chart_is_well_formed_and_tells_every_line() -> None:
    charts: Any = import_module("charts")
    lines = {"a < b": [(1000, 0.5), (100_000, 31.0)], "c": [(1000, 0.5), (100_000, 31.0)]}
    chart = charts.Chart("Time", lambda value: f"{value:g} s", lines, rise=True)
    picture = charts.svg([chart, chart], title="How it grows", across="records")
    root = ET.fromstring(picture)  # noqa: S314 - own text
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts.count("a < b") == 2
    assert {"1k", "10k", "100k", "0.1 s", "100 s", "records"} <= set(texts)
    places = [float(e.attrib["y"]) for e in root.iter("{http://www.w3.org/2000/svg}text") if e.text in {"a < b", "c"}]
    assert abs(places[0] - places[1]) >= charts.GAP


def test_figures_go_between_their_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pages: Any = import_module("pages")
    page = tmp_path / "README.md"
    page.write_text("before\n<!-- some -->\n\nold\n\n<!-- /some -->\nafter\n", encoding="utf-8")
    monkeypatch.setattr(pages, "README", page)
    pages.tell("some", "| new |", keep=False)
    assert "old" in page.read_text(encoding="utf-8")
    pages.tell("some", "| new |", keep=True)
    pages.tell("some", "| newer |", keep=True)
    assert page.read_text(encoding="utf-8") == "before\n<!-- some -->\n\n| newer |\n\n<!-- /some -->\nafter\n"
    assert capsys.readouterr().out == "\n| new |\n\n| new |\n\n| newer |\n"
    with pytest.raises(SystemExit, match="each once"):
        pages.tell("other", "", keep=True)


@pytest.mark.parametrize("name", ["peers", "profile", "reading", "again", "queries", "growth", "records"])
def test_the_page_has_a_place_for_all_figures(name: str) -> None:
    page = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    assert page.count(f"<!-- {name} -->\n") == page.count(f"<!-- /{name} -->\n") == 1


def test_questions_on_names_are_those_of_the_table_and_of_the_corpus(tmp_path: Path) -> None:
    reconciling: Any = import_module("reconciling")
    questions = reconciling.lay_down(tmp_path, 30)
    corpus = khabar.read(tmp_path / "corpus")
    table = dict(line.split("\t") for line in (tmp_path / "names.tsv").read_text("utf-8").splitlines()[1:])
    assert {slug: entity.name["en"] for slug, entity in corpus.entities.items()} == table
    assert {question.manner for question in questions} == {"the same", "transliterated", "in Arabic"}
    assert all(question.id in table for question in questions)
