"""Records in bulk on the command line: exported, built, checked, loaded; what has faults is told and laid aside."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from pathlib import Path

import pytest

from command_lines import Run
from khabar.cli import bulk

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "example"
QUADS = (ROOT / "tests" / "golden" / "graphs" / "example.nq").read_bytes()


@pytest.fixture(name="lines")
def _lines(run: Run, tmp_path: Path) -> list[str]:
    """The lines of the example as JSON Lines: header, entities, one article."""
    assert run("export", str(EXAMPLE), "-o", "news.jsonl") == (0, "", "Wrote 1 article to news.jsonl\n")
    return (tmp_path / "news.jsonl").read_text("utf-8").splitlines()


def bad(lines: list[str], slug: str) -> str:
    """The article under another id, with a date that is none."""
    record = json.loads(lines[-1])
    record["article"] |= {"id": slug, "published": "2031-02-30"}
    return json.dumps(record, ensure_ascii=False)


def put(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.jsonl.zst", "out.parquet"])
def test_what_was_exported_builds_the_same_graph(run: Run, tmp_path: Path, name: str) -> None:
    form = "parquet" if name.endswith("parquet") else "jsonl"
    assert run("export", str(EXAMPLE), "--to", form, "-o", name) == (0, "", f"Wrote 1 article to {name}\n")
    assert run("build", name, "-o", "out.nq") == (0, "", "Wrote out.nq: 1 article, 323 quads\n")
    assert (tmp_path / "out.nq").read_bytes() == QUADS
    assert run("build", name, "-o", "out.ttl") == (0, "", "Wrote out.ttl\n")
    assert (tmp_path / "out.ttl").read_bytes() == (ROOT / "tests" / "golden" / "graphs" / "example.ttl").read_bytes()
    assert run("check", name) == (0, "", f"{name}: no fault\n")


def test_records_come_and_go_through_pipes(run: Run, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, said = run("export", str(EXAMPLE))
    assert (code, out.splitlines(), said) == (0, lines, "Wrote 1 article\n")
    for data in (out.encode(), gzip.compress(out.encode())):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert run("build", "-", "--format", "nquads") == (0, QUADS.decode(), "1 article, 323 quads\n")


def test_articles_alone_take_header_and_entities_from_a_folder(run: Run, lines: list[str], tmp_path: Path) -> None:
    put(tmp_path / "alone.jsonl", lines[-1:])
    code, _, said = run("build", "alone.jsonl", "-o", "out.nq")
    assert code == 3
    assert said == (
        "alone.jsonl: expected the header of the corpus before its articles, found articles alone "
        "(name the folder of its corpus.yaml with --corpus FOLDER)\n"
    )
    assert run("build", "alone.jsonl", "--corpus", str(EXAMPLE), "-o", "out.nq")[0] == 0
    assert (tmp_path / "out.nq").read_bytes() == QUADS
    assert run("check", "alone.jsonl", "--corpus", str(EXAMPLE)) == (0, "", "alone.jsonl: no fault\n")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_record_with_a_fault_is_told_and_laid_aside_and_the_rest_goes_on(
    run: Run, lines: list[str], tmp_path: Path, workers: str
) -> None:
    put(tmp_path / "some.jsonl", [*lines[:-1], bad(lines, "second"), lines[-1], "{"])
    command = ("build", "some.jsonl", "-o", "out.nq", "--rejects", "rejects.jsonl", "--workers", workers)
    first, last = len(lines), len(lines) + 2
    code, out, said = run(*command)
    assert (code, out) == (1, "")
    told = said.splitlines()
    expected = "article.published: expected a day that 2031-02 has, found '2031-02-30'"
    assert told[0] == f"some.jsonl:{first}:1 KH031 {expected} [second]"
    assert told[1].startswith(f"some.jsonl:{last}:2 KH003 ")
    assert told[2:] == ["Wrote out.nq: 1 article, 323 quads, 2 left out"]
    assert (tmp_path / "out.nq").read_bytes() == QUADS
    rejects = [json.loads(line) for line in (tmp_path / "rejects.jsonl").read_text("utf-8").splitlines()]
    assert [(one["source"], one["line"], one["id"]) for one in rejects] == [
        ("some.jsonl", first, "second"),
        ("some.jsonl", last, ""),
    ]
    assert rejects[0]["record"] == json.loads(bad(lines, "second"))
    assert rejects[0]["faults"][0]["code"] == "KH031"
    assert rejects[1]["record"] == "{"
    # What was laid aside is mended and goes in again.
    mended = rejects[0]["record"]
    mended["article"]["published"] = "2031-03-02"
    put(tmp_path / "mended.jsonl", [json.dumps(mended)])
    assert run("build", "mended.jsonl", "--corpus", str(EXAMPLE), "-o", "more.nq")[0] == 0


def test_the_first_fault_stops_all_where_that_is_wanted(run: Run, lines: list[str], tmp_path: Path) -> None:
    put(tmp_path / "some.jsonl", [*lines, bad(lines, "second"), bad(lines, "third")])
    (tmp_path / "out.nq").write_text("as it was")
    code, out, said = run("build", "some.jsonl", "-o", "out.nq", "--fail-fast", "--rejects", "rejects.jsonl")
    assert (code, out) == (1, "")
    assert [line.split(" ")[0] for line in said.splitlines()] == [f"some.jsonl:{len(lines) + 1}:1", "1"]
    assert (tmp_path / "out.nq").read_text() == "as it was"
    assert not (tmp_path / "rejects.jsonl").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("-o", "news.jsonl", "--format", "nquads"), "CORPUS and --output are the same file"),
        (("-o", "link"), "CORPUS and --output are the same file"),
        (("-o", "out.nq", "--rejects", "news.jsonl"), "CORPUS and --rejects are the same file"),
        (("-o", "out.nq", "--rejects", "./out.nq"), "--output and --rejects are the same file"),
        (("-o", "a.ttl", "--rejects", "a.ttl"), "--output and --rejects are the same file"),
    ],
)
def test_what_is_read_is_never_written_over(
    run: Run, lines: list[str], tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    (tmp_path / "out.nq").write_text("as it was")
    (tmp_path / "link").symlink_to("news.jsonl")
    code, out, said = run("build", "news.jsonl", *options)
    assert (code, out, said.splitlines()[-1]) == (2, "", f"Error: {told}")
    assert (tmp_path / "news.jsonl").read_text("utf-8").splitlines() == lines
    assert (tmp_path / "out.nq").read_text() == "as it was"
    code, _, said = run("load", "news.jsonl", "--to", "store", "--rejects", "link")
    assert (code, said.splitlines()[-1]) == (2, "Error: CORPUS|FILE and --rejects are the same file")
    assert not (tmp_path / "store").exists()


def test_a_graph_is_not_written_under_the_name_of_records(run: Run) -> None:
    code, out, said = run("build", str(EXAMPLE), "-o", "out.jsonl")
    told = (
        "Error: Invalid value for '--format': expected the name of a graph, found .jsonl; khabar export writes records"
    )
    assert (code, out, said.splitlines()[-1]) == (2, "", told)
    assert not Path("out.jsonl").exists()
    assert run("build", str(EXAMPLE), "-o", "out.jsonl", "--format", "nquads")[0] == 0


def test_a_device_may_stand_for_several_files(run: Run, lines: list[str], tmp_path: Path) -> None:
    put(tmp_path / "some.jsonl", [*lines, bad(lines, "second")])
    assert run("build", "some.jsonl", "--format", "nquads", "-o", os.devnull, "--rejects", os.devnull)[0] == 1


def test_of_many_faults_some_are_told_and_all_are_counted(
    run: Run, lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "TOLD", 2)
    put(tmp_path / "some.jsonl", [*lines, *(bad(lines, f"bad-{number}") for number in range(5))])
    code, _, said = run("build", "some.jsonl", "-o", "out.nq")
    assert code == 1
    assert said.splitlines()[2:] == [
        "More than 2 records have faults; further ones are left out without a word",
        "Wrote out.nq: 1 article, 323 quads, 5 left out",
    ]


def test_records_in_bulk_are_loaded_and_compared(run: Run, lines: list[str], tmp_path: Path) -> None:
    put(tmp_path / "some.jsonl", [*lines, bad(lines, "second")])
    code, out, said = run("load", "some.jsonl", "--to", "store", "--rejects", "rejects.jsonl")
    assert (code, out) == (1, "")
    assert said.splitlines()[1:] == ["Loaded into store: 323 triples; graphs: 4 sent; 1 record left out"]
    assert json.loads((tmp_path / "rejects.jsonl").read_text("utf-8"))["id"] == "second"
    assert run("diff", "news.jsonl", "store") == (0, "", "")
    assert run("load", str(EXAMPLE), "--to", "store") == (
        0,
        "",
        "Loaded into store: 323 triples; graphs: 4 unchanged\n",
    )
    assert run("dump", "news.jsonl", "--format", "ntriples")[1].count("\n") == 323


def test_every_fault_of_records_in_bulk_is_told_by_check(run: Run, lines: list[str], tmp_path: Path) -> None:
    dangling = json.loads(lines[-1])
    dangling["article"] |= {"id": "other", "publisher": "nobody"}
    put(tmp_path / "some.jsonl", [*lines, bad(lines, "second"), json.dumps(dangling), lines[-1]])
    code, out, said = run("check", "some.jsonl")
    first = len(lines) + 1
    assert (code, said) == (1, "some.jsonl: 3 errors\n")
    assert [line.split(" ")[:2] for line in out.splitlines()] == [
        [f"some.jsonl:{first}:1", "KH031"],
        [f"some.jsonl:{first + 1}:1", "KH021"],
        [f"some.jsonl:{first + 2}:1", "KH020"],
    ]
    assert out.endswith(f"(the first is at some.jsonl:{first - 1})\n")


def test_the_graph_of_a_record_that_is_left_out_is_not_pruned(run: Run, lines: list[str], tmp_path: Path) -> None:
    other = json.loads(lines[-1])
    other["article"]["id"] = "second"
    put(tmp_path / "two.jsonl", [*lines, json.dumps(other)])
    assert run("load", "two.jsonl", "--to", "store")[0] == 0
    put(tmp_path / "two.jsonl", [*lines, bad(lines, "second")])
    code, _, said = run("load", "two.jsonl", "--to", "store", "--prune")
    assert code == 1
    left = "1 not made of these records (none is removed where records are left out)"
    assert said.endswith(f"2 sent, 2 unchanged, {left}; 1 record left out\n")
    # What is wanted can be compared all the same, and what a load would do can be seen.
    code, out, said = run("diff", "two.jsonl", "store", "--brief")
    assert (code, out) == (1, "extra <https://example.org/my-corpus/graphs/second> -242 +0\n")
    assert said.startswith("two.jsonl:4:1 KH031 ")
    assert run("load", "two.jsonl", "--to", "store", "--dry-run")[0] == 1
    assert run("dump", "two.jsonl")[0] == 1
    code, out, _ = run("load", "two.jsonl", "--to", "store", "--json")
    assert json.loads(out.splitlines()[-1])["rejected"] == 1
    put(tmp_path / "two.jsonl", lines)
    code, _, said = run("load", "two.jsonl", "--to", "store", "--prune")
    assert (code, said) == (0, "Loaded into store: 323 triples; graphs: 4 unchanged, 1 removed\n")


def test_a_load_can_be_proved_by_counts_alone(run: Run, lines: list[str]) -> None:
    assert len(lines) == 3
    assert run("load", "news.jsonl", "--to", "store", "--verify", "counts")[0] == 0
    assert run("diff", "news.jsonl", "store") == (0, "", "")


def test_a_graph_is_not_compressed_by_its_name(run: Run, lines: list[str], tmp_path: Path) -> None:
    assert len(lines) == 3
    code, _, said = run("build", "news.jsonl", "-o", "out.nq.gz")
    assert code == 2
    assert "expected a file without compression, found .gz; pipe it: -o - | gzip" in said
    assert not (tmp_path / "out.nq.gz").exists()


def test_records_in_bulk_can_be_asked(run: Run, lines: list[str]) -> None:
    assert len(lines) == 3
    code, out, _ = run("query", "corpora", "--on", "news.jsonl", "--format", "csv")
    assert code == 0
    assert out.splitlines()[1].startswith("https://example.org/my-corpus/,A small example,")
