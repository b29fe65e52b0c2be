"""All faults at once: what is wrong with one record hides nothing between records, and invents nothing there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpora_at_hand import CORPORA
from khabar.checks import check_corpus
from khabar.errors import Fault
from khabar.reading import read_tree, survey
from khabar.reading.nodes import Mapping, Node, Scalar, Sequence

EXAMPLE = CORPORA["example"]
FILES = sorted(path.relative_to(EXAMPLE).as_posix() for path in EXAMPLE.rglob("*.yaml"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "corpus"))


def faults_of(folder: Path) -> list[Fault]:
    corpus, faults, gaps = survey(folder)
    assert corpus is not None
    return [*faults, *check_corpus(corpus, gaps=gaps)]


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), "utf-8")


def told(folder: Path) -> list[tuple[str, str]]:
    return sorted((fault.code, fault.field) for fault in faults_of(folder))


def values(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Mapping):
        for _, value in node.pairs:
            yield from values(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from values(item)


def keys(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Mapping):
        for key, value in node.pairs:
            yield key
            yield from keys(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from keys(item)


def damaged(text: str, scalar: Scalar, length: int, new: str) -> str:
    lines = text.splitlines(keepends=True)
    line, column = scalar.mark.line, scalar.mark.column
    lines[line] = lines[line][:column] + new + lines[line][column + length :]
    return "".join(lines)


def written_length(text: str, scalar: Scalar) -> int | None:
    """How long the scalar is in the file; None for one that runs over several lines or is escaped."""
    rest = text.splitlines()[scalar.mark.line][scalar.mark.column :]
    for form in (scalar.value, f'"{scalar.value}"', f"'{scalar.value}'"):
        if rest.startswith(form):
            return len(form)
    return None


@pytest.mark.parametrize("name", FILES)
def test_one_value_of_a_wrong_kind_anywhere_is_the_only_fault(name: str, copy: Path) -> None:
    file = copy / name
    text = file.read_text("utf-8")
    tree, _ = read_tree(file)
    assert tree is not None
    tried = 0
    for scalar in values(tree):
        length = written_length(text, scalar)
        if length is None:
            continue
        file.write_text(damaged(text, scalar, length, "[[wrong]]"), "utf-8")
        found = faults_of(copy)
        place = (scalar.mark.line + 1, scalar.mark.column + 1)
        assert found, f"{name}:{place}: nothing is told"
        assert {(fault.path, fault.line) for fault in found} == {(str(file), place[0])}, "\n".join(map(str, found))
        assert {fault.code for fault in found} <= {"KH012", "KH013", "KH014", "KH015", "KH016", "KH030"}
        tried += 1
    assert tried > len(text.splitlines()) / 4


@pytest.mark.parametrize("name", FILES)
def test_one_unknown_key_anywhere_makes_no_fault_between_records(name: str, copy: Path) -> None:
    file = copy / name
    text = file.read_text("utf-8")
    tree, _ = read_tree(file)
    assert tree is not None
    for key in keys(tree):
        file.write_text(damaged(text, key, len(key.value), f"x{key.value}x9"), "utf-8")
        codes = {fault.code for fault in faults_of(copy)}
        # A renamed id is no unknown key: what refers to it now refers to nothing, or it to nothing.
        renamed = codes <= {"KH021", "KH042", "KH043"} and re.fullmatch("[a-z0-9-]+", key.value)
        assert renamed or codes <= {"KH010", "KH011", "KH012", "KH014", "KH016", "KH060"}, (key.value, codes)


def test_faults_of_records_and_between_records_are_told_together(copy: Path) -> None:
    article = copy / "articles" / "eastport-ferry.yaml"
    change(article, "publisher: harbour-times", "publisher: harbour-tims")
    change(article, "stance: denies", "stance: denys")
    change(copy / "corpus.yaml", "languages: [en, ar]", "languages: [en, ar, fr]")
    codes = {code for code, _ in told(copy)}
    assert codes == {"KH013", "KH021", "KH060"}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_yaml_makes_no_fault_elsewhere(name: str, copy: Path) -> None:
    file = copy / name
    file.write_text("a: [", "utf-8")
    found = faults_of(copy)
    assert {(fault.path, fault.code) for fault in found} == {(str(file), "KH003")}


@pytest.mark.parametrize("field", ["id", "title", "publisher", "published", "language"])
def test_what_an_article_lacks_is_told_alone(field: str, copy: Path) -> None:
    article = copy / "articles" / "eastport-ferry.yaml"
    text = article.read_text("utf-8")
    changed, count = re.subn(rf"(?m)^  {field}:.*\n", "", text, count=1)
    assert count == 1
    article.write_text(changed, "utf-8")
    assert [(code, name) for code, name in told(copy) if code != "KH012"] == [("KH011", f"article.{field}")]


def test_an_alias_leaves_the_rest_of_its_record_to_be_checked(copy: Path) -> None:
    article = copy / "articles" / "eastport-ferry.yaml"
    change(article, "publisher: harbour-times", "publisher: harbour-tims")
    text = article.read_text("utf-8")
    article.write_text(text.replace("place: eastport", "place: *there", 1), "utf-8")
    assert {code for code, _ in told(copy)} == {"KH006", "KH021"}
