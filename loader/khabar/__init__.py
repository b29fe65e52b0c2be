"""Curated records of news articles as a knowledge graph, in which nothing becomes a fact because it was printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from khabar.drafts import cite, fill, new_record
    from khabar.errors import Fault, FaultyData, FileFailed, KhabarError, QueryRefused, StoreFailed
    from khabar.example import init
    from khabar.model import Corpus
    from khabar.pipeline import check, graph, load, open_store, query, read, write
    from khabar.queries.catalogue import Query, catalogue
    from khabar.queries.results import Rows
    from khabar.reading.schema import json_schema

__version__ = "0.1.0"

__all__ = [
    "Corpus",
    "Fault",
    "FaultyData",
    "FileFailed",
    "KhabarError",
    "Query",
    "QueryRefused",
    "Rows",
    "StoreFailed",
    "__version__",
    "catalogue",
    "check",
    "cite",
    "fill",
    "graph",
    "init",
    "json_schema",
    "load",
    "new_record",
    "open_store",
    "query",
    "read",
    "write",
]

_HOMES = {
    **dict.fromkeys(
        ("Fault", "FaultyData", "FileFailed", "KhabarError", "QueryRefused", "StoreFailed"), "khabar.errors"
    ),
    "Corpus": "khabar.model",
    "Rows": "khabar.queries.results",
    "init": "khabar.example",
    "json_schema": "khabar.reading.schema",
    **dict.fromkeys(("Query", "catalogue"), "khabar.queries.catalogue"),
    **dict.fromkeys(("cite", "fill", "new_record"), "khabar.drafts"),
    **dict.fromkeys(("check", "graph", "load", "open_store", "query", "read", "write"), "khabar.pipeline"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: the command line starts without the heavy libraries."""
    if name not in _HOMES:
        raise AttributeError(f"module 'khabar' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
