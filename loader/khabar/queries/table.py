"""Rows as a table for people: short names, labels in place of IRIs, Arabic and English side by side unscrambled."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, TextIO

from khabar.queries.spelling import Blank, Term
from khabar.terms import RDF, RDFS, SKOS, XSD, Literal
from khabar.vocabulary import NAMESPACE

WELL_KNOWN: Final[Mapping[str, str]] = {
    "khb": NAMESPACE,
    "rdf": RDF,
    "rdfs": RDFS,
    "skos": SKOS,
    "wd": "http://www.wikidata.org/entity/",
    "xsd": XSD,
}
"""Prefixes by which a table shortens IRIs whatever the corpus."""

_ISOLATE: Final = "\u2068"
_POP: Final = "\u2069"
_LABEL: Final = "Label"


def write_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Term | None]],
    file: TextIO,
    prefixes: Mapping[str, str],
    *,
    full: bool = False,
) -> None:
    """Write ``rows`` under their ``columns``: with rich on a terminal, else as plain text in aligned columns.

    Line breaks and control characters inside a cell become spaces. A cell that holds right-to-left text is
    isolated (U+2068 to U+2069), so that its neighbours keep their places.
    """
    shown = [index for index, name in enumerate(columns) if full or f"{name}{_LABEL}" not in columns]
    names = [_heading(columns[index], columns, full=full) for index in shown]
    known = {**WELL_KNOWN, **prefixes}
    cells = [[_cell(_labelled(row, index, columns, full=full), known) for index in shown] for row in rows]
    if file.isatty():
        _rich(names, cells, file)
    else:
        _aligned(names, cells, file)


def shorten(iri: str, prefixes: Mapping[str, str]) -> str:
    """``iri`` as prefix and local name by the longest namespace that fits, or as it is.

    >>> shorten("https://w3id.org/khabar/ns#denies", WELL_KNOWN)
    'khb:denies'
    """
    fitting = [(namespace, prefix) for prefix, namespace in prefixes.items() if iri.startswith(namespace)]
    if not fitting:
        return iri
    namespace, prefix = max(fitting, key=lambda pair: len(pair[0]))
    local = iri[len(namespace) :]
    return f"{prefix}:{local}" if local and not set(local) & set("/#?") else iri


def _heading(name: str, columns: Sequence[str], *, full: bool) -> str:
    thing = name.removesuffix(_LABEL)
    return thing if not full and name != thing and thing in columns else name


def _labelled(row: Sequence[Term | None], index: int, columns: Sequence[str], *, full: bool) -> Term | None:
    # What has no label still has its IRI.
    thing = columns[index].removesuffix(_LABEL)
    if row[index] is None and not full and thing != columns[index] and thing in columns:
        return row[columns.index(thing)]
    return row[index]


def _cell(term: Term | None, prefixes: Mapping[str, str]) -> str:
    if term is None:
        return ""
    if isinstance(term, Blank):
        return f"_:{term.label}"
    text = term.lexical if isinstance(term, Literal) else shorten(term, prefixes)
    text = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    if any(unicodedata.bidirectional(sign) in ("R", "AL", "RLE", "RLO", "RLI") for sign in text):
        return f"{_ISOLATE}{text}{_POP}"
    return text


def _aligned(names: list[str], cells: list[list[str]], file: TextIO) -> None:
    widths = [max(map(_width, column)) for column in zip(names, *cells, strict=True)]
    for row in (names, ["-" * width for width in widths], *cells):
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        file.write("  ".join(padded).rstrip(" ") + "\n")


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(sign) in ("W", "F") for sign in text)
    return wide + sum(unicodedata.category(sign) not in ("Mn", "Me", "Cf") for sign in text)


def _rich(names: list[str], cells: list[list[str]], file: TextIO) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in names:
        table.add_column(Text(name), overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    Console(file=file, highlight=False).print(table)
