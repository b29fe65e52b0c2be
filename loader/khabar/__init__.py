"""Curated records of news articles as a knowledge graph, in which nothing becomes a fact because it was printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from khabar.errors import Fault, FaultyData, FileFailed, KhabarError, QueryRefused, StoreFailed
    from khabar.model import Corpus
    from khabar.pipeline import check, graph, query, read, write

__version__ = "0.1.0"

__all__ = [
    "Corpus",
    "Fault",
    "FaultyData",
    "FileFailed",
    "KhabarError",
    "QueryRefused",
    "StoreFailed",
    "__version__",
    "check",
    "graph",
    "query",
    "read",
    "write",
]

_HOMES = {
    **dict.fromkeys(
        ("Fault", "FaultyData", "FileFailed", "KhabarError", "QueryRefused", "StoreFailed"), "khabar.errors"
    ),
    "Corpus": "khabar.model",
    **dict.fromkeys(("check", "graph", "query", "read", "write"), "khabar.pipeline"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: the command line starts without the heavy libraries."""
    if name not in _HOMES:
        raise AttributeError(f"module 'khabar' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
