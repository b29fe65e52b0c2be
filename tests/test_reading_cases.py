"""Every folder ``cases/faults-*`` holds a record or a corpus, and in ``faults.txt`` all that is to be told of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from khabar.codes import CODES
from khabar.errors import Fault
from khabar.reading import nodes, read_article, read_corpus

CASES = sorted((Path(__file__).parent / "cases").glob("faults-*"))


def faults_of(case: Path, monkeypatch: pytest.MonkeyPatch) -> list[Fault]:
    """The faults of a case, with paths from its folder."""
    monkeypatch.chdir(case)
    value, faults = read_article(Path("record.yaml")) if Path("record.yaml").exists() else read_corpus(Path())
    assert value is None
    return faults


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_faults_are_told_in_these_words(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = "".join(f"{fault}\n" for fault in faults_of(case, monkeypatch))
    assert told == (case / "faults.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_parser_in_python_finds_the_same_places(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml, the words of a syntax error can differ, and it may be noticed elsewhere; nothing else."""
    compiled = faults_of(case, monkeypatch)
    monkeypatch.setattr(nodes, "HAS_LIBYAML", False)
    python = faults_of(case, monkeypatch)
    assert [fault for fault in python if fault.code != "KH003"] == [f for f in compiled if f.code != "KH003"]
    assert [fault.path for fault in python if fault.code == "KH003"] == [
        fault.path for fault in compiled if fault.code == "KH003"
    ]


def test_every_code_that_reading_tells_has_a_case() -> None:
    told = {
        code for case in CASES for code in re.findall(r"\bKH\d{3}\b", (case / "faults.txt").read_text(encoding="utf-8"))
    }
    reading = {code.code for code in CODES if code.code < "KH020"} | {"KH020", "KH030", "KH054"}
    assert reading == told
