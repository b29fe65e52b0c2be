"""The whole road, from records to a graph, a document, a store and an answer.

These functions are the public Python API; the commands of the same names call them.
"""

from khabar.pipeline.answers import open_store, query
from khabar.pipeline.bulk import build, export
from khabar.pipeline.graphs import graph, lines, quads, write
from khabar.pipeline.links import (
    accept,
    decide,
    mapping_table,
    propose,
    read_mappings,
    references,
    reviewed,
    verify,
    wikidata_drafts,
)
from khabar.pipeline.loads import diff, dump, load, rehearse
from khabar.pipeline.records import check, read

__all__ = [
    "accept",
    "build",
    "check",
    "decide",
    "diff",
    "dump",
    "export",
    "graph",
    "lines",
    "load",
    "mapping_table",
    "open_store",
    "propose",
    "quads",
    "query",
    "read",
    "read_mappings",
    "references",
    "rehearse",
    "reviewed",
    "verify",
    "wikidata_drafts",
    "write",
]
