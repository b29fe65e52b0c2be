from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import khabar
from khabar import derivation, formats, pipeline
from khabar.assembly import Built
from khabar.cli import corpora, program
from khabar.errors import Fault, FaultyData, FileFailed, KhabarError, QueryRefused, StoreFailed

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "loader")}
WRITTEN = Built(articles=1, quads=2, rejected=0, bytes=3, seconds=4.0)
FAULT = Fault(
    path="articles/a,b.yaml",
    line=3,
    column=9,
    code="KH021",
    keys=("events", "visit", "host", 0),
    expected="the id of an agent",
    found="'mayer'",
    remedy="did you mean 'mayor'?",
)
WARNING = Fault(
    path="articles/a.yaml", line=1, column=1, code="KH053", expected="100%", found="x\ny", severity="warning"
)


def raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise error

    return fail


def start(*arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "khabar", *arguments]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, encoding="utf-8", check=False, **settings)


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_goes_to_standard_output(flag: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert program.run([flag]) == 0
    out, err = capfd.readouterr()
    assert out.startswith("Usage: khabar [OPTIONS] COMMAND [ARGS]...\n")
    exits = "Exit codes: 0 fine, 1 the data has faults, 2 usage, 3 a file, a store or a service failed, 4 a defect"
    assert exits in " ".join(out.split())
    assert err == ""


def test_commands_stand_in_the_order_of_a_day() -> None:
    commands = list(program.khabar.commands)
    assert commands == [
        *("init", "new", "cite", "schema", "check", "build", "export"),
        *("link", "load", "diff", "dump", "queries", "query", "serve"),
    ]


def test_the_version_is_that_of_the_package(capfd: pytest.CaptureFixture[str]) -> None:
    assert program.run(["--version"]) == 0
    assert capfd.readouterr().out == f"khabar {khabar.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["bild", "corpus"], "Error: No such command 'bild'."),
        (["build"], "Error: Missing argument 'CORPUS'."),
        (["build", "corpus", "--format", "ttl"], "'ttl' is not one of"),
        (["check", "corpus", "--text", "a"], "expected ID=FILE, found 'a'"),
        (["check", "corpus", "--text", "a=b", "--text", "a=c"], "a is given twice"),
        (["cite", "text.txt"], "expected: khabar cite TEXT QUOTE, or khabar cite --fill RECORD --text FILE"),
        (["cite", "--fill", "a.yaml"], "expected: khabar cite --fill RECORD --text FILE"),
        (["new", "../a"], "expected lower-case letters, digits and single hyphens, a letter first"),
        (["new", "a\n"], "expected lower-case letters, digits and single hyphens, a letter first"),
    ],
)
def test_usage_is_told_on_standard_error(
    arguments: list[str], sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert program.run(arguments) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert sentence in err


def test_no_command_at_all_shows_the_help(capfd: pytest.CaptureFixture[str]) -> None:
    assert program.run([]) == 2
    assert "Commands:" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (FaultyData([FAULT]), 1, f"{FAULT}\n1 error\n"),
        (FaultyData([FAULT, WARNING]), 1, f"{FAULT}\n{WARNING} [warning]\n1 error, 1 warning\n"),
        (KhabarError(where="a", expected="b", found="c"), 1, "a: expected b, found c\n"),
        (QueryRefused(where="a", expected="b", found="c", remedy="d"), 2, "a: expected b, found c (d)\n"),
        (FileFailed(where="a", expected="b", found="c"), 3, "a: expected b, found c\n"),
        (StoreFailed(where="a", expected="b", found="c"), 3, "a: expected b, found c\n"),
        (KeyboardInterrupt(), 130, "\nkhabar: interrupted\n"),
    ],
)
def test_every_error_has_its_exit_code_and_its_sentence(
    error: BaseException, code: int, told: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "read", raising(error))
    assert program.run(["build", "corpus"]) == code
    assert capfd.readouterr() == ("", told)


def test_a_defect_is_told_without_a_trace(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(pipeline, "read", raising(ZeroDivisionError("by\nzero")))
    assert program.run(["build", "corpus"]) == 4
    out, err = capfd.readouterr()
    assert out == ""
    assert err == (
        f"khabar {khabar.__version__} has a defect: ZeroDivisionError: by zero\n"
        "Please report it with the output of the same command after `khabar --debug`.\n"
    )


@pytest.mark.parametrize("arguments", [["--debug", "build", "corpus"], ["build", "corpus", "--debug"]])
def test_debug_adds_the_trace_of_a_defect(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "read", raising(ZeroDivisionError("by zero")))
    assert program.run(arguments) == 4
    assert "Traceback (most recent call last):" in capfd.readouterr().err


def test_a_locale_without_utf_8_changes_nothing() -> None:
    environment = {
        **ENVIRONMENT,
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONIOENCODING": "ascii",
        "PYTHONCOERCECLOCALE": "0",
    }
    command = [sys.executable, "-m", "khabar", "queries", "--format", "json"]
    ran = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "من نفى ماذا" in ran.stdout.decode("utf-8")


AS_TEXT = f"""\
{FAULT}
articles/a.yaml:1:1 KH053 expected 100%, found x
y [warning]
"""
AS_GITHUB = (
    "::error file=articles/a%2Cb.yaml,line=3,col=9,title=KH021::events.visit.host[0]: expected the id of an agent,"
    " found 'mayer' (did you mean 'mayor'?)\n"
    "::warning file=articles/a.yaml,line=1,col=1,title=KH053::expected 100%25, found x%0Ay\n"
)


@pytest.mark.parametrize(("form", "shown"), [("text", AS_TEXT), ("github", AS_GITHUB)])
def test_faults_are_data(
    form: str, shown: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pipeline, "check", lambda *_, **__: (FAULT, WARNING))
    assert program.run(["check", "corpus", "--format", form]) == 1
    assert capfd.readouterr() == (shown, "corpus: 1 error, 1 warning\n")


def test_faults_as_json_hold_every_part(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(pipeline, "check", lambda *_, **__: (FAULT, WARNING))
    assert program.run(["check", "corpus", "--format", "json", "--quiet"]) == 1
    out, err = capfd.readouterr()
    assert err == ""
    first, second = json.loads(out)
    assert first == {
        "path": "articles/a,b.yaml",
        "line": 3,
        "column": 9,
        "code": "KH021",
        "severity": "error",
        "field": "events.visit.host[0]",
        "expected": "the id of an agent",
        "found": "'mayer'",
        "remedy": "did you mean 'mayor'?",
        "message": "events.visit.host[0]: expected the id of an agent, found 'mayer' (did you mean 'mayor'?)",
    }
    assert second["severity"] == "warning"


def test_no_fault_is_an_empty_list(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(pipeline, "check", lambda *_, **__: ())
    assert program.run(["check", "corpus", "--format", "json"]) == 0
    assert capfd.readouterr() == ("[]\n", "corpus: no fault\n")


def test_warnings_alone_are_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "check", lambda *_, **__: (WARNING,))
    assert program.run(["check", "corpus"]) == 0


def test_texts_reach_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Path] = {}

    def check(_: Path, *, corpus: Path | None, texts: dict[str, Path]) -> tuple[Fault, ...]:
        assert corpus is None
        given.update(texts)
        return ()

    monkeypatch.setattr(pipeline, "check", check)
    assert program.run(["check", "corpus", "--text", "a=x=y.txt", "--text", "b=z.txt", "-q"]) == 0
    assert given == {"a": Path("x=y.txt"), "b": Path("z.txt")}


def test_the_formats_are_those_of_the_writers() -> None:
    assert corpora.FORMATS == formats.SUFFIXES
    assert tuple(corpora.FORMATS) == formats.FORMATS
    assert corpora.RULES == derivation.RULES


@pytest.mark.parametrize(
    ("arguments", "form", "rule"),
    [
        ([], "turtle", None),
        (["--format", "trig"], "trig", None),
        (["-o", "-"], "turtle", None),
        (["-o", "-", "--format", "nquads", "--rule", "uncontested"], "nquads", "uncontested"),
    ],
)
def test_the_graph_goes_to_standard_output(
    arguments: list[str],
    form: str,
    rule: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(pipeline, "read", lambda _, **_kept: None)
    monkeypatch.setattr(pipeline, "lines", lambda _, form, *, rule: iter([f"{form}\n", f"خبر {rule}\n"]))
    assert program.run(["build", "corpus", *arguments]) == 0
    assert capfd.readouterr() == (f"{form}\nخبر {rule}\n", "")


@pytest.mark.parametrize(
    ("arguments", "form"),
    [
        (["--output", "out.nq"], "nquads"),
        (["-o", "out.jsonld"], "jsonld"),
        (["-o", "out.txt"], "turtle"),
        (["-o", "out.nq", "--format", "trig"], "trig"),
        (["--format", "trig", "-o", "out.nq"], "trig"),
    ],
)
def test_the_format_follows_the_suffix_unless_told(
    arguments: list[str], form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[str, str]] = []

    def build(_: Path, path: str, **_kept: object) -> Built:
        written.append((path, "nquads"))
        return WRITTEN

    monkeypatch.setattr(pipeline, "read", lambda _, **_kept: None)
    monkeypatch.setattr(pipeline, "write", lambda _, path, form, **_kept: written.append((path, form)))
    monkeypatch.setattr(pipeline, "build", build)
    assert program.run(["build", "corpus", *arguments]) == 0
    ((path, found),) = written
    assert path.startswith("out.")
    assert found == form


def test_an_output_that_cannot_be_written_leaves_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "missing" / "out.ttl"
    assert program.run(["build", str(ROOT / "corpus"), "-o", str(place)]) == 3
    assert capfd.readouterr() == (
        "",
        f"{place}: expected a file that can be written, found No such file or directory\n",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fills_while_writing_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "out.ttl"
    place.write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert program.run(["build", str(ROOT / "corpus"), "-o", str(place)]) == 3
    assert capfd.readouterr().err == f"{place}: expected a file that can be written, found No space left on device\n"
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_the_corpus_is_byte_identical_for_every_seed() -> None:
    outputs = set()
    for seed in ("0", "1", "4711"):
        environment = {**ENVIRONMENT, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-m", "khabar", "build", "corpus", "--format", "trig"]
        ran = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=True)
        outputs.add(ran.stdout)
    assert len(outputs) == 1
