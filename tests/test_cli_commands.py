"""The commands on real corpora, end to end; what each library function does in detail is tested beside it."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from khabar.cli import program, questions
from khabar.example import init

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "example"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stores") / "example"
    assert program.run(["load", str(EXAMPLE), "--to", str(folder), "--quiet"]) == 0
    return folder


def test_init_lays_down_a_corpus_without_a_fault(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new" / "news"
    assert program.run(["init", str(folder)]) == 0
    assert capfd.readouterr() == ("", f"Wrote a corpus to {folder}; try: khabar check {folder}\n")
    assert program.run(["check", str(folder)]) == 0
    assert capfd.readouterr() == ("", f"{folder}: no fault\n")
    copied = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert copied == {path.relative_to(EXAMPLE): path.read_bytes() for path in EXAMPLE.rglob("*") if path.is_file()}


def test_init_takes_an_empty_folder_and_gives_it_a_plain_mode(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "news").mkdir()
    assert program.run(["init", str(tmp_path / "news"), "-q"]) == 0
    assert stat.S_IMODE((tmp_path / "news").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["news", "plain"]


def test_init_touches_nothing_that_is_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert program.run(["init", str(tmp_path)]) == 3
    assert program.run(["init", str(tmp_path / "mine.txt")]) == 3
    assert capfd.readouterr().err == (
        f"{tmp_path}: expected a new or empty folder, found a folder with files in it (name another folder)\n"
        f"{tmp_path / 'mine.txt'}: expected a new or empty folder, found a file (name another folder)\n"
    )
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_init_that_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert program.run(["init", str(tmp_path / "news")]) == 3
    assert list(tmp_path.iterdir()) == []


def test_init_below_a_file_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "news"
    assert program.run(["init", str(folder)]) == 3
    assert capfd.readouterr().err == f"{folder}: expected a folder that can be written, found Not a directory\n"


def test_cite_prints_a_block_that_proves_the_passage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "text.txt"
    text.write_bytes("﻿No ferry.\r\n\r\nThe port said no.\r\n".encode())
    assert program.run(["cite", str(text), "The ... no"]) == 0
    out, err = capfd.readouterr()
    assert out.startswith("evidence: {paragraph: 2, start: 0, end: 16, sha256: ")
    assert err == ""
    assert program.run(["cite", str(text), "The ship"]) == 1
    assert capfd.readouterr().out == ""


def test_cite_asks_for_the_paragraph_of_what_stands_twice(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "text.txt"
    text.write_text("No ferry.\n\nNo ferry.\n", "utf-8")
    assert program.run(["cite", str(text), "No ferry."]) == 1
    assert "or its paragraph" in capfd.readouterr().err
    assert program.run(["cite", "--paragraph", "2", str(text), "No ferry."]) == 0
    assert capfd.readouterr().out.startswith("evidence: {paragraph: 2, start: 0, end: 9, ")


def test_a_text_that_is_not_utf_8_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "text.txt"
    text.write_bytes("خبر".encode("cp1256"))
    assert program.run(["cite", str(text), "words"]) == 3
    assert capfd.readouterr().err == f"{text}: expected text in UTF-8, found the byte 0xce at 0\n"
    assert program.run(["cite", str(tmp_path / "none.txt"), "words"]) == 3
    assert capfd.readouterr().err == (
        f"{tmp_path / 'none.txt'}: expected a file that can be read, found No such file or directory\n"
    )


def test_fill_replaces_quotations_in_place_or_not_at_all(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "news")
    record = tmp_path / "news" / "articles" / "eastport-ferry.yaml"
    whole = record.read_text(encoding="utf-8")
    start = whole.index("evidence: {paragraph:")
    end = whole.index("}", start)
    text = str(EXAMPLE / "texts" / "eastport-ferry.txt")
    words = Path(text).read_text(encoding="utf-8").split("\n\n")[1].strip()

    record.write_text(f'{whole[:start]}evidence: {{quote: "not in the text at all"{whole[end:]}', encoding="utf-8")
    draft = record.read_bytes()
    assert program.run(["cite", "--fill", str(record), "--text", text]) == 1
    assert "KH051" in capfd.readouterr().err
    assert record.read_bytes() == draft

    record.write_text(f"{whole[:start]}evidence: {{quote: {json.dumps(words)}{whole[end:]}", encoding="utf-8")
    assert program.run(["cite", "--fill", str(record), "--text", text]) == 0
    assert capfd.readouterr() == ("", f"Filled {record}\n")
    assert "quote:" not in record.read_text(encoding="utf-8")
    assert words not in record.read_text(encoding="utf-8")
    assert program.run(["check", str(tmp_path / "news"), "--text", f"eastport-ferry={text}"]) == 0


@pytest.mark.parametrize("part", ["article", "entities", "corpus"])
def test_schema_is_json(part: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert program.run(["schema", part]) == 0
    assert json.loads(capfd.readouterr().out)["$id"] == f"https://w3id.org/khabar/schema/{part}.json"


def test_new_starts_a_record(capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["new", "ferry", "--publisher", "the-wire", "--published", "2031-03-02", "--language", "en"]
    assert program.run(arguments) == 0
    out, err = capfd.readouterr()
    assert "  id: ferry\n" in out
    assert "  publisher: the-wire" in out
    assert "  published: 2031-03-02" in out
    assert "  language: en" in out
    assert err == ""


def test_load_of_faulty_data_keeps_the_old_store(tmp_path: Path, store: Path) -> None:
    kept = tmp_path / "store"
    shutil.copytree(store, kept)
    shutil.copytree(EXAMPLE, tmp_path / "news")
    (tmp_path / "news" / "corpus.yaml").write_text("base: nonsense\n")
    assert program.run(["load", str(tmp_path / "news"), "--to", str(kept)]) == 1
    assert program.run(["query", "denials", "--on", str(kept)]) == 0


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "xml"])
def test_a_corpus_a_file_and_a_store_give_the_same_answer(
    form: str, store: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "graph.nq"
    assert program.run(["build", str(EXAMPLE), "-o", str(file), "-q"]) == 0
    answers = []
    for target in (EXAMPLE, file, store):
        assert program.run(["query", "denials", "--on", str(target), "--format", form]) == 0
        answers.append(capfd.readouterr().out)
    assert answers[0] == answers[1] == answers[2]
    assert answers[0].strip()


def test_parameters_are_bound(store: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ask = ["query", "denials", "--on", str(store), "--format", "csv"]
    assert program.run([*ask, "--param", "lang=ar"]) == 0
    rows = list(csv.DictReader(io.StringIO(capfd.readouterr().out)))
    assert rows
    assert all(any("\u0600" <= sign <= "\u06ff" for sign in row["claimLabel"]) for row in rows)
    assert program.run([*ask, "--param", "source=nobody"]) == 0
    assert len(capfd.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["query", "denails"], "(did you mean denials?)"),
        (["query", "denials", "--param", "langg=en"], "(did you mean lang?)"),
        (["query", "denials", "--param", "lang=no such tag"], "expected a language tag such as en or ar"),
        (["query", "denials", "--param", "lang"], "expected NAME=VALUE, found 'lang'"),
        (["query", "denials", "--param", "services=x"], "services is no parameter of a query"),
        (["query", "SELECT * { ?s ?p"], "query: expected SPARQL 1.1, found "),
        (["query", "SELECT * { SERVICE <https://a.example/> { ?s ?p ?o } }"], "--allow-service https://a.example/"),
        (["query", "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }"], "query"),
    ],
)
def test_a_query_that_does_not_run_is_usage(
    arguments: list[str], sentence: str, store: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert program.run([*arguments, "--on", str(store)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert sentence in err
    assert "defect" not in err


@pytest.mark.parametrize("target", ["nowhere", "empty", "text.txt"])
def test_what_cannot_be_asked_is_told(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Path("text.txt").write_text("no RDF")
    assert program.run(["query", "denials", "--on", target]) == 3
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"{target}: expected ")


def test_the_corpus_of_the_current_folder_is_asked_unless_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(EXAMPLE)
    assert program.run(["query", "denials"]) == 0
    assert "The Wire" in capfd.readouterr().out


def test_a_query_comes_from_a_file_or_from_standard_input(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.rq"
    file.write_text("ASK { ?event a <https://w3id.org/khabar/ns#Event> }")
    assert program.run(["query", str(file), "--on", str(store)]) == 0
    assert capfd.readouterr().out == "answer\n------\nyes\n"
    with file.open() as text:
        monkeypatch.setattr("sys.stdin", text)
        assert program.run(["query", "-", "--on", str(store), "--format", "csv"]) == 0
    assert capfd.readouterr().out == "true\r\n"


def test_a_service_is_asked_at_its_own_address_or_at_another() -> None:
    option = next(option for option in questions.query.params if option.name == "services")
    given = ("https://a.example/sparql", "https://b.example/sparql=http://localhost:1/q?x=y")
    assert questions.services(None, option, given) == {  # type: ignore[arg-type] # no context is needed
        "https://a.example/sparql": "https://a.example/sparql",
        "https://b.example/sparql": "http://localhost:1/q?x=y",
    }


def test_the_list_of_queries_is_text_or_json(capfd: pytest.CaptureFixture[str]) -> None:
    assert program.run(["queries"]) == 0
    text = capfd.readouterr().out
    assert program.run(["queries", "--format", "json"]) == 0
    listed = json.loads(capfd.readouterr().out)
    assert len(listed) >= 16
    for query in listed:
        assert f"{query['name']:<24}{query['summary']}\n" in text


def test_the_example_is_laid_down_by_the_library_too(tmp_path: Path) -> None:
    init(tmp_path / "news")
    assert (tmp_path / "news" / "corpus.yaml").is_file()
