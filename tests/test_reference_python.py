"""The Python API does what the commands do, and its page says how."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import khabar
from khabar.cli.program import khabar as program
from khabar.reference.python import COMMANDS, page
from khabar.resources import example

EXAMPLE = Path(str(example()))


def test_every_command_has_its_functions() -> None:
    assert list(COMMANDS) == list(program.commands)
    assert {name for names in COMMANDS.values() for name in names} <= set(khabar.__all__)


def test_every_public_name_has_its_section() -> None:
    sections = re.findall(r"^## (?:class )?khabar\.(\w+)$", page(), re.MULTILINE)
    assert sorted(sections) == sorted(name for name in khabar.__all__ if name != "__version__")


@pytest.mark.parametrize("name", sorted(set().union(*COMMANDS.values())))
def test_a_function_is_typed_and_says_what_it_raises(name: str) -> None:
    function = getattr(khabar, name)
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(parameter.annotation is not inspect.Parameter.empty for parameter in signature.parameters.values())
    assert re.search(r"\b[Rr]aises\b", inspect.getdoc(function) or "")


def test_the_page_is_free_of_the_marks_of_docstrings() -> None:
    text = re.sub(r"^```.*?^```$", "", page(), flags=re.MULTILINE | re.DOTALL)
    assert "``" not in text
    assert ":func:" not in text
    assert "\n>>>" not in text


def test_load_makes_a_store_that_can_be_asked(tmp_path: Path) -> None:
    corpus = khabar.read(EXAMPLE)
    assert [step.action.value for step in khabar.rehearse(EXAMPLE, tmp_path / "store")] == ["replace"] * 4
    loaded = khabar.load(corpus, tmp_path / "store")
    assert loaded.triples == len(khabar.graph(corpus))
    assert set(khabar.load(EXAMPLE, tmp_path / "store").kept) == set(loaded.sent)
    assert list(khabar.diff(EXAMPLE, tmp_path / "store")) == []
    assert {graph.iri for graph in khabar.dump(tmp_path / "store")} == set(loaded.sent)
    assert len(khabar.open_dataset(tmp_path / "store")) == loaded.triples
    store = khabar.open_store(tmp_path / "store")
    assert khabar.query(store, "denials").texts() == khabar.query(corpus, "denials").texts()


def test_an_author_works_from_python_alone(tmp_path: Path) -> None:
    khabar.init(tmp_path / "news")
    text = "Port news\n\nThe port said no.\n"
    assert khabar.cite(text, "The ... no").paragraph == 2
    draft = 'statements:\n  no:\n    evidence: {quote: "The ... no"}\n'
    assert "    evidence: {paragraph: 2, start: 0, end: 16, sha256: ce719b35" in khabar.fill(draft, text)
    assert "  id: port-news\n" in khabar.new_record("port-news")
    assert khabar.json_schema("article")["title"] == "khabar article record"
    assert "denials" in [query.name for query in khabar.catalogue()]
    assert khabar.check(tmp_path / "news") == ()
