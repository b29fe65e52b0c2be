"""The rules of who may import whom, as tables: the road through the house runs one way."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import khabar
from khabar.reference.packages import PARTS

PACKAGE = Path(__file__).parents[1] / "loader" / "khabar"

# From the ground up: a part imports from the rows above its own, and from itself.
ROWS = (
    {"terms", "errors"},
    {"scalars"},
    {"codes", "files", "gaps", "graphs", "languages", "model", "resources"},
    {"dates", "example", "frame", "iris", "matching", "names", "passages", "resolved", "vocabulary"},
    {"canonical", "chronology", "conversion", "reading"},
    {"checks", "derivation", "description", "formats", "mappings", "quads", "queries", "resolve", "shapes"},
    {"crew", "plan", "records"},
    {"assembly", "stores"},
    {"explorer", "loading", "spark", "wikidata"},
    {"reconciliation"},
    {"drafts", "evaluation"},
    {"pipeline"},
    {"serve"},
    {"__init__"},
    {"cli"},
    {"__main__", "reference"},
)

# Libraries that take their time or that only one part has to do with: no other module imports them.
HOMES = {
    "SPARQLWrapper": {"stores"},
    "babel": {"serve"},
    "click": {"cli", "reference"},
    "httpx": {"stores"},
    "jinja2": {"serve"},
    "pyarrow": {"records", "spark"},
    "pyspark": {"spark"},
    "zstandard": {"records"},
    "pyoxigraph": {
        *("canonical", "conversion", "derivation", "evaluation", "explorer", "formats", "loading", "reconciliation"),
        *("reference", "serve", "stores", "vocabulary"),
    },
    "pyshacl": {"shapes"},
    "rapidfuzz": {"matching"},
    "ruamel": {"drafts"},
    "starlette": {"reconciliation", "serve"},
    "uvicorn": {"serve"},
    "oxrdflib": {"stores"},
    "rdflib": {"conversion", "pipeline", "shapes", "stores"},
    "rich": {"cli", "queries"},
    "yaml": {"drafts", "queries", "reading"},
}

# What must not be imported before a command needs it.
HEAVY = (
    *("SPARQLWrapper", "babel", "httpx", "jinja2", "oxrdflib", "pyarrow", "pyoxigraph", "pyshacl", "pyspark"),
    *("rapidfuzz", "rdflib", "rich", "ruamel", "starlette", "uvicorn", "yaml", "zstandard"),
)


def imports(path: Path) -> Iterator[str]:
    """The dotted name of every module that a file imports, wherever in it; what only types ask for is left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            assert node.module is not None
            own = node.module == "khabar"
            yield from (f"khabar.{alias.name}" for alias in node.names) if own else (node.module,)


def part(path: Path) -> str:
    """The part of the house that a file belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


MODULES = sorted(PACKAGE.rglob("*.py"))


def test_every_part_has_its_row() -> None:
    assert {part(path) for path in MODULES} == set().union(*ROWS)


def test_every_part_is_once_on_the_page_of_packages() -> None:
    told = [name for _, names in PARTS for name in names]
    assert sorted(told) == sorted({part(path) for path in MODULES} - {"__init__", "__main__"})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_arrows_run_one_way(path: Path) -> None:
    rows = {name: number for number, row in enumerate(ROWS) for name in row}
    own = part(path)
    for name in imports(path):
        if name.startswith("khabar."):
            other = name.split(".")[1]
            if other != own and not other.startswith("__"):
                assert rows[other] < rows[own], f"{own} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_library_stays_in_its_home(path: Path) -> None:
    for name in imports(path):
        library = name.split(".")[0]
        assert part(path) in HOMES.get(library, {part(path)}), f"{path} imports {library}"


@pytest.mark.parametrize("module", ["khabar", "khabar.cli.program", "khabar.formats", "khabar.model"])
def test_the_start_imports_nothing_heavy(module: str) -> None:
    code = f"import {module}, sys; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_no_subpackage_takes_the_name_of_a_public_function() -> None:
    # Importing khabar.check as a module would put it in the place of the function khabar.check.
    assert not {path.stem for path in PACKAGE.iterdir()} & set(khabar.__all__)


def test_every_public_name_is_there() -> None:
    assert sorted(khabar.__all__) == khabar.__all__
    assert [name for name in khabar.__all__ if not hasattr(khabar, name)] == []
    with pytest.raises(AttributeError, match="module 'khabar' has no attribute 'nothing'"):
        _ = khabar.nothing


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_can_be_read_at_a_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", [path for path in MODULES if part(path) not in ("cli", "__main__")])
def test_only_the_command_line_prints_or_exits(path: Path) -> None:
    called = {
        ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    }
    assert not called & {"print", "sys.exit", "exit", "quit", "os._exit"}
