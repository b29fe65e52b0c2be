"""Curated records of news articles as a knowledge graph, in which nothing becomes a fact because it was printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from khabar.assembly import BuildProgress, Built, Rejected
    from khabar.drafts import cite, fill, new_record
    from khabar.errors import Fault, FaultyData, FileFailed, KhabarError, QueryRefused, SparkFailed, StoreFailed
    from khabar.example import init
    from khabar.graphs import NamedGraph
    from khabar.loading.difference import GraphDifference
    from khabar.loading.load import Loaded, Progress
    from khabar.loading.rehearsal import Step
    from khabar.model import Corpus
    from khabar.pipeline import build, check, diff, dump, export, graph, load, open_store, query, read, rehearse, write
    from khabar.queries.catalogue import Query, catalogue
    from khabar.queries.results import Rows
    from khabar.reading.schema import json_schema
    from khabar.stores.credentials import Credentials
    from khabar.stores.endpoint import Endpoint
    from khabar.stores.rdflib_dataset import open_dataset

__version__ = "0.1.0"

__all__ = [
    "BuildProgress",
    "Built",
    "Corpus",
    "Credentials",
    "Endpoint",
    "Fault",
    "FaultyData",
    "FileFailed",
    "GraphDifference",
    "KhabarError",
    "Loaded",
    "NamedGraph",
    "Progress",
    "Query",
    "QueryRefused",
    "Rejected",
    "Rows",
    "SparkFailed",
    "Step",
    "StoreFailed",
    "__version__",
    "build",
    "catalogue",
    "check",
    "cite",
    "diff",
    "dump",
    "export",
    "fill",
    "graph",
    "init",
    "json_schema",
    "load",
    "new_record",
    "open_dataset",
    "open_store",
    "query",
    "read",
    "rehearse",
    "write",
]

_HOMES = {
    **dict.fromkeys(("BuildProgress", "Built", "Rejected"), "khabar.assembly"),
    **dict.fromkeys(
        ("Fault", "FaultyData", "FileFailed", "KhabarError", "QueryRefused", "SparkFailed", "StoreFailed"),
        "khabar.errors",
    ),
    "Corpus": "khabar.model",
    "Credentials": "khabar.stores.credentials",
    "Endpoint": "khabar.stores.endpoint",
    "GraphDifference": "khabar.loading.difference",
    "NamedGraph": "khabar.graphs",
    "Rows": "khabar.queries.results",
    "Step": "khabar.loading.rehearsal",
    **dict.fromkeys(("Loaded", "Progress"), "khabar.loading.load"),
    "init": "khabar.example",
    "json_schema": "khabar.reading.schema",
    "open_dataset": "khabar.stores.rdflib_dataset",
    **dict.fromkeys(("Query", "catalogue"), "khabar.queries.catalogue"),
    **dict.fromkeys(("cite", "fill", "new_record"), "khabar.drafts"),
    **dict.fromkeys(
        (
            *("build", "check", "diff", "dump", "export", "graph"),
            *("load", "open_store", "query", "read", "rehearse", "write"),
        ),
        "khabar.pipeline",
    ),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: the command line starts without the heavy libraries."""
    if name not in _HOMES:
        raise AttributeError(f"module 'khabar' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
