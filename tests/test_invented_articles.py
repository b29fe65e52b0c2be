"""The articles that benchmarks are made of: always the same, and without a fault."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec

import khabar
from khabar.model import ArticleRecord, CorpusHeader, EntitiesFile
from khabar.names import uses

ROOT = Path(__file__).parents[1]


def lay_down(*arguments: str, hash_seed: str = "0") -> bytes:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "loader"), "PYTHONHASHSEED": hash_seed}
    command = (sys.executable, str(ROOT / "benchmarks/articles.py"), *arguments)
    return subprocess.run(command, check=True, capture_output=True, env=environment).stdout


def test_no_record_has_a_fault_even_where_many_refer_to_others(tmp_path: Path) -> None:
    lay_down("200", "--linked", "0.4", "--yaml", str(tmp_path))
    assert khabar.check(tmp_path) == ()


def test_the_same_records_come_with_any_hash_seed_and_from_any_number_on() -> None:
    lines = lay_down("60", "--linked", "0.3").splitlines()
    assert lay_down("60", "--linked", "0.3", hash_seed="7").splitlines() == lines
    assert lay_down("20", "--first", "40", "--alone", "--linked", "0.3").splitlines() == lines[-20:]
    assert lay_down("60", "--linked", "0.3", "--seed", "5").splitlines()[-1] != lines[-1]


def test_lines_are_a_whole_corpus_in_order_and_some_refer_to_others() -> None:
    head, *lines = lay_down("300", "--linked", "0.2").splitlines()
    assert msgspec.json.decode(head, type=CorpusHeader).languages == ("en", "ar")
    entities = [line for line in lines if line.startswith(b'{"entities"')]
    assert sum(len(msgspec.json.decode(line, type=EntitiesFile).entities) for line in entities) > 500
    records = [msgspec.json.decode(line, type=ArticleRecord) for line in lines[len(entities) :]]
    ids = [record.article.id for record in records]
    assert ids == sorted(ids)
    assert len(set(ids)) == 300
    linked = [record for record in records if any("." in use.reference for use in uses(record))]
    assert 30 < len(linked) < 90


def test_yaml_and_lines_hold_the_same(tmp_path: Path) -> None:
    lines = lay_down("30", "--alone").splitlines()
    lay_down("30", "--yaml", str(tmp_path))
    corpus = khabar.read(tmp_path)
    assert [msgspec.json.encode(record) for record in corpus.articles] == lines
