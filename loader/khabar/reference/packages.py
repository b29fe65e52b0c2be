"""The page on the packages, made from the first line of every module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import khabar

PARTS: Final = (
    (
        "Words",
        ("terms", "errors", "codes", "scalars", "vocabulary", "iris", "names", "languages", "resources", "files"),
    ),
    ("Records", ("model", "frame", "gaps", "reading", "dates", "passages", "chronology", "drafts", "example")),
    ("Faults", ("checks", "shapes")),
    ("Graphs", ("resolve", "resolved", "quads", "derivation", "description", "graphs", "canonical", "formats")),
    ("At any size", ("records", "plan", "crew", "assembly", "spark")),
    ("Links", ("matching", "mappings", "wikidata", "reconciliation")),
    ("Stores and questions", ("stores", "loading", "conversion", "queries")),
    ("For visitors", ("evaluation", "explorer", "serve")),
    ("Doors", ("pipeline", "cli", "reference")),
)
"""The packages and modules of khabar, by what they are about, in the order that a newcomer reads them."""

_FOLDER: Final = Path(khabar.__file__).parent
_HEAD: Final = """# What is where in the package

Made from the first line of every module of `loader/khabar/` by `make docs`. Which of them may import which is
a table in `tests/test_layers.py`.
"""


def page() -> str:
    """The Markdown of ``docs/packages.md``: a table a subject, and one a package.

    >>> "| [`crew/`](../loader/khabar/crew) |" in page()
    True
    """
    tables = (_table(f"## {title}", map(_row, names)) for title, names in PARTS)
    packages = [name for _, names in PARTS for name in names if (_FOLDER / name).is_dir()]
    return "\n".join([_HEAD, *tables, *(_table(f"## khabar.{name}", _modules(name)) for name in packages)])


def _table(heading: str, rows: Iterator[str]) -> str:
    return f"{heading}\n\n| | |\n|---|---|\n{''.join(rows)}"


def _row(name: str) -> str:
    folder = _FOLDER / name
    if folder.is_dir():
        return f"| [`{name}/`](../loader/khabar/{name}) | {_said(folder / '__init__.py')} |\n"
    return f"| [`{name}.py`](../loader/khabar/{name}.py) | {_said(folder.with_suffix('.py'))} |\n"


def _modules(name: str) -> Iterator[str]:
    for path in sorted((_FOLDER / name).glob("*.py")):
        if not path.name.startswith("__"):
            yield f"| [`{path.name}`](../loader/khabar/{name}/{path.name}) | {_said(path)} |\n"


def _said(path: Path) -> str:
    """The first line of what a module says of itself, as Markdown."""
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return said.partition("\n")[0].replace("``", "`").replace("|", r"\|")
