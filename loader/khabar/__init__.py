"""Curated records of news articles as a knowledge graph, in which nothing becomes a fact because it was printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from khabar.assembly import BuildProgress, Built, Rejected
    from khabar.drafts import cite, fill, new_record
    from khabar.errors import (
        Fault,
        FaultyData,
        FileFailed,
        KhabarError,
        QueryRefused,
        ServiceFailed,
        SparkFailed,
        StoreFailed,
    )
    from khabar.evaluation.limits import Limits
    from khabar.example import init
    from khabar.graphs import NamedGraph
    from khabar.loading.difference import GraphDifference
    from khabar.loading.load import Loaded, Progress
    from khabar.loading.rehearsal import Step
    from khabar.mappings import Mapping
    from khabar.model import Corpus
    from khabar.pipeline import (
        accept,
        build,
        check,
        decide,
        diff,
        dump,
        export,
        graph,
        load,
        mapping_table,
        open_store,
        propose,
        query,
        read,
        read_mappings,
        rehearse,
        verify,
        wikidata_drafts,
        write,
    )
    from khabar.pipeline.links import Linked
    from khabar.queries.catalogue import Query, catalogue
    from khabar.queries.results import Rows
    from khabar.reading.schema import json_schema
    from khabar.reconciliation import reconciliation_service
    from khabar.serve.opening import application
    from khabar.stores.credentials import Credentials
    from khabar.stores.endpoint import Endpoint
    from khabar.stores.rdflib_dataset import open_dataset
    from khabar.wikidata.linking import Candidate, Proposal
    from khabar.wikidata.wikidata import Wikidata

__version__ = "0.1.0"

__all__ = [
    "BuildProgress",
    "Built",
    "Candidate",
    "Corpus",
    "Credentials",
    "Endpoint",
    "Fault",
    "FaultyData",
    "FileFailed",
    "GraphDifference",
    "KhabarError",
    "Limits",
    "Linked",
    "Loaded",
    "Mapping",
    "NamedGraph",
    "Progress",
    "Proposal",
    "Query",
    "QueryRefused",
    "Rejected",
    "Rows",
    "ServiceFailed",
    "SparkFailed",
    "Step",
    "StoreFailed",
    "Wikidata",
    "__version__",
    "accept",
    "application",
    "build",
    "catalogue",
    "check",
    "cite",
    "decide",
    "diff",
    "dump",
    "export",
    "fill",
    "graph",
    "init",
    "json_schema",
    "load",
    "mapping_table",
    "new_record",
    "open_dataset",
    "open_store",
    "propose",
    "query",
    "read",
    "read_mappings",
    "reconciliation_service",
    "rehearse",
    "verify",
    "wikidata_drafts",
    "write",
]

_HOMES = {
    **dict.fromkeys(("BuildProgress", "Built", "Rejected"), "khabar.assembly"),
    **dict.fromkeys(
        (
            *("Fault", "FaultyData", "FileFailed", "KhabarError"),
            *("QueryRefused", "ServiceFailed", "SparkFailed", "StoreFailed"),
        ),
        "khabar.errors",
    ),
    **dict.fromkeys(("Candidate", "Proposal"), "khabar.wikidata.linking"),
    "Corpus": "khabar.model",
    "Credentials": "khabar.stores.credentials",
    "Endpoint": "khabar.stores.endpoint",
    "GraphDifference": "khabar.loading.difference",
    "Limits": "khabar.evaluation.limits",
    "Linked": "khabar.pipeline.links",
    "Mapping": "khabar.mappings",
    "NamedGraph": "khabar.graphs",
    "Rows": "khabar.queries.results",
    "application": "khabar.serve.opening",
    "reconciliation_service": "khabar.reconciliation",
    "Step": "khabar.loading.rehearsal",
    "Wikidata": "khabar.wikidata.wikidata",
    **dict.fromkeys(("Loaded", "Progress"), "khabar.loading.load"),
    "init": "khabar.example",
    "json_schema": "khabar.reading.schema",
    "open_dataset": "khabar.stores.rdflib_dataset",
    **dict.fromkeys(("Query", "catalogue"), "khabar.queries.catalogue"),
    **dict.fromkeys(("cite", "fill", "new_record"), "khabar.drafts"),
    **dict.fromkeys(
        (
            *("accept", "build", "check", "decide", "diff", "dump", "export", "graph", "load", "mapping_table"),
            *("open_store", "propose", "query", "read", "read_mappings", "rehearse", "verify", "wikidata_drafts"),
            "write",
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
