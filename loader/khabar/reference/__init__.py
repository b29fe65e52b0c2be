"""The reference pages of ``docs/``, each made from what it describes, so that none of them can lie."""

from __future__ import annotations

from importlib import import_module

PAGES = {
    "cli.md": "khabar.reference.cli",
    "errors.md": "khabar.reference.errors",
    "ontology.md": "khabar.reference.ontology",
    "packages.md": "khabar.reference.packages",
    "python.md": "khabar.reference.python",
    "queries.md": "khabar.reference.queries",
    "records.md": "khabar.reference.records",
    "stores.md": "khabar.reference.stores",
}
"""The file of each page, and the module whose function ``page`` makes it."""


def page(name: str) -> str:
    """The Markdown of the page ``name``, one of `PAGES`."""
    made: str = import_module(PAGES[name]).page()
    return made
