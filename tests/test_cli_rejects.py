"""Records that are left out, on the command line: told with their ids, and laid aside where that is wanted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bulk_corpora import in_lines
from khabar.cli import program
from linked_corpora import corpus


@pytest.fixture(name="some", autouse=True)
def _some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Three articles in a file, of which the second and the third have faults."""
    header, entities, first, second, third = in_lines(corpus(3, []))
    found = [header, entities, first]
    found += [second.replace(b"2023-06-30", b"2023-06-31"), third.replace(b'"a4-2"', b'"a\\n\\u202eb"')]
    (tmp_path / "some.jsonl").write_bytes(b"".join(found))
    monkeypatch.chdir(tmp_path)
    return found


@pytest.mark.parametrize("command", [("build", "-o", "out.nq"), ("load", "--to", "store")])
def test_they_are_told_with_file_line_and_id(command: tuple[str, ...], capfd: pytest.CaptureFixture[str]) -> None:
    assert program.run([command[0], "some.jsonl", *command[1:]]) == 1
    out, said = capfd.readouterr()
    told = said.splitlines()
    assert out == ""
    assert told[0] == (
        "some.jsonl:4:1 KH031 article.published: expected a day that 2023-06 has, found '2023-06-31' [a7-1]"
    )
    assert told[1].startswith("some.jsonl:5:")
    assert told[1].endswith(r" [a\n\u202eb]")


def test_they_may_go_to_standard_output(some: list[bytes], capfd: pytest.CaptureFixture[str]) -> None:
    for command in ("build -o out.nq", "load --to store"):
        name, *options = command.split()
        assert program.run([name, "some.jsonl", *options, "--rejects", "-"]) == 1
        rejected = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        assert [one["id"] for one in rejected] == ["a7-1", "a\n\u202eb"]
        assert rejected[0]["record"] == json.loads(some[3])
    assert not Path("-").exists()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("build some.jsonl --format nquads --rejects -", "--output and --rejects are both standard output"),
        ("build some.jsonl -o - --rejects -", "--output and --rejects are both standard output"),
        ("load some.jsonl --to store --json --rejects -", "--json and --rejects are both standard output"),
    ],
)
def test_but_not_among_what_is_written_there(line: str, told: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert program.run(line.split()) == 2
    out, said = capfd.readouterr()
    assert (out, said.splitlines()[-1]) == ("", f"Error: {told}")


@pytest.mark.parametrize("options", [("-o", "out.ttl"), ("-o", "out.nq", "--rule", "standing")])
def test_where_a_fault_stops_it_nothing_can_be_laid_aside(
    options: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert program.run(["build", "some.jsonl", *options, "--rejects", "rejects.jsonl"]) == 2
    out, said = capfd.readouterr()
    told = "Error: --rejects is for N-Quads: in other forms, and with --rule, a fault stops it"
    assert (out, said.splitlines()[-1]) == ("", told)
