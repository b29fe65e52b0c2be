"""Every page that shows a session shows what really happens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from documents import ROOT, Block, DocumentDiffersError, Reader, blocks, desk, has_sessions, prove, steps
from fakes.wikidata import wikidata

PAGES = [
    page.relative_to(ROOT).as_posix()
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if page.is_file() and has_sessions(page.read_text(encoding="utf-8"))
]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    with wikidata() as there:
        yield desk(tmp_path, there.addresses)


def test_the_tutorial_is_among_the_pages() -> None:
    assert "docs/tutorial.md" in PAGES


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_happens(page: str, reader: Reader) -> None:
    prove((ROOT / page).read_text(encoding="utf-8"), reader)


def test_the_commands_of_the_example_work_where_it_is_laid_down(reader: Reader) -> None:
    shutil.copytree(ROOT / "example", reader.folder / "example")
    page = (reader.folder / "example/README.md").read_text(encoding="utf-8")
    commands = "".join(block.body for block in blocks(page) if block.info == "sh")
    told = reader.follow(
        "```text file=example/my-article.txt\nA ferry sailed.\n```\n"
        f"```console\n$ cd example\n$ {'$ '.join(commands.splitlines(keepends=True))}```\n"
    )
    assert told.count("\n.: no fault\n") == 1
    assert "\nWrote corpus.ttl\n" in told
    assert "\nFilled articles/my-article.yaml\n" in told


def test_an_output_that_differs_is_told_with_both_sides(reader: Reader) -> None:
    page = "Say it:\n\n```console\n$ echo berth\nberths\n```\n"
    with pytest.raises(DocumentDiffersError, match=r"(?s)-berths\n\+berth\n"):
        prove(page, reader)


def test_an_output_that_is_missing_is_told(reader: Reader) -> None:
    with pytest.raises(DocumentDiffersError, match=r"\+berth\n"):
        prove("```console\n$ echo berth\n```\n", reader)


def test_files_are_written_added_to_and_changed_in_the_order_of_the_page(reader: Reader) -> None:
    prove(
        "```yaml file=a/b.yaml\none: 1\ntwo: 2\n```\n"
        "```yaml append=a/b.yaml\nthree: 3\n```\n"
        "```console\n$ cat a/b.yaml\none: 1\ntwo: 2\nthree: 3\n```\n"
        "```diff file=a/b.yaml\n-two: 2\n+two: zwei\n+more: 2.5\n```\n"
        "```console\n$ cd a\n$ cat \\\n  b.yaml\none: 1\ntwo: zwei\nmore: 2.5\nthree: 3\n```\n",
        reader,
    )


def test_a_change_of_a_line_that_is_not_there_is_refused(reader: Reader) -> None:
    page = "```yaml file=b.yaml\none: 1\n```\n```diff file=b.yaml\n-two: 2\n+two: 3\n```\n"
    with pytest.raises(DocumentDiffersError, match="stands 0 times in the file, not once"):
        prove(page, reader)


def test_other_blocks_are_left_alone(reader: Reader) -> None:
    prove("```sh\nexit 1\n```\n```yaml\none: 1\n```\n", reader)
    assert [file.name for file in reader.folder.iterdir()] == ["corpus"]


def test_a_session_that_starts_with_output_is_refused() -> None:
    with pytest.raises(DocumentDiffersError, match="line 7: a console block starts with a command"):
        list(steps(Block("console", "berth\n", 7, 0)))


def test_a_block_knows_its_line() -> None:
    assert [(block.info, block.line) for block in blocks("a\n\n```sh\nls\n```\n\n```\nb\n```\n")] == [
        ("sh", 4),
        ("", 8),
    ]
