"""Where khabar's own files lie: inside the package when it is installed, at the top level in a checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from khabar.errors import FileFailed

_CHECKOUT = Path(__file__).parents[2]


def ontology() -> Traversable:
    """The folder of the vocabulary, its shapes, its rules and its JSON-LD context.

    >>> ontology().is_dir()
    True
    """
    return _folder("ontology")


def queries() -> Traversable:
    """The folder of the bundled SPARQL queries, one file each."""
    return _folder("queries")


def example() -> Traversable:
    """The folder of the small corpus that ``khabar init`` lays down."""
    return _folder("example")


def _folder(name: str) -> Traversable:
    for folder in (files("khabar") / "data" / name, _CHECKOUT / name):
        if folder.is_dir():
            return folder
    raise FileFailed(
        where=str(files("khabar") / "data" / name),
        expected=f"the folder {name}, which is a part of khabar",
        found="no such folder",
        remedy="install khabar again",
    )
