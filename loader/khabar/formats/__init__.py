"""Quads to documents: one writer a format, each a function of the set of quads alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from khabar.formats.jsonld import jsonld_lines
from khabar.formats.layout import Layout, Section
from khabar.formats.nquads import nquads_lines, ntriples_lines
from khabar.formats.rdfxml import rdfxml_lines
from khabar.formats.turtle import trig_lines, turtle_lines
from khabar.terms import Quad

__all__ = ["FORMATS", "SUFFIXES", "Layout", "Section", "lines"]

_WRITERS: Final[Mapping[str, Callable[[Iterable[Quad], Layout], Iterator[str]]]] = {
    "turtle": turtle_lines,
    "trig": trig_lines,
    "nquads": lambda quads, layout: nquads_lines(quads, layout.base),
    "ntriples": lambda quads, _: ntriples_lines(quads),
    "jsonld": jsonld_lines,
    "rdfxml": rdfxml_lines,
}

SUFFIXES: Final[Mapping[str, str]] = {
    "turtle": ".ttl",
    "trig": ".trig",
    "nquads": ".nq",
    "ntriples": ".nt",
    "jsonld": ".jsonld",
    "rdfxml": ".rdf",
}
"""The file suffix that belongs to each format."""

FORMATS: Final = tuple(_WRITERS)
"""The names of the formats, the one for people first."""


def lines(quads: Iterable[Quad], format: str, layout: Layout) -> Iterator[str]:
    """The document of ``quads`` in ``format``, in pieces that end where a line ends.

    N-Quads, TriG and JSON-LD keep the named graphs; Turtle, N-Triples and RDF/XML are the union of them. The text is
    byte-identical for equal sets of quads. Raises KeyError for a format that is not one of `FORMATS`.
    """
    return _WRITERS[format](quads, layout)
