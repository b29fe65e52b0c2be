"""The rows that a query gives, and how they are written: for people as a table, for machines as the W3C has it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TextIO
from xml.sax.saxutils import escape, quoteattr

import msgspec

from khabar.errors import QueryRefused
from khabar.queries.spelling import Blank, Term, spell
from khabar.queries.table import write_table
from khabar.terms import LANG_STRING, XSD_STRING, Literal

JSON_TYPE: Final = "application/sparql-results+json"
_UNFIT_FOR_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Rows(msgspec.Struct, frozen=True):
    """The answer to a query: the columns, and a row of terms for each solution; ``None`` where nothing is bound.

    The answer to an ASK query has no columns and no rows, and ``truth`` says yes or no.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Term | None, ...], ...] = ()
    truth: bool | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Term | None, ...]]:
        return iter(self.rows)

    def column(self, name: str) -> tuple[Term | None, ...]:
        """The terms of one column, row by row; raises KeyError for a column that is not there."""
        if name not in self.columns:
            raise KeyError(name)
        index = self.columns.index(name)
        return tuple(row[index] for row in self.rows)

    def texts(self) -> tuple[dict[str, str], ...]:
        """Each row as a map from column to plain text: an IRI or the lexical form; unbound cells are left out."""
        return tuple(
            {name: plain(term) for name, term in zip(self.columns, row, strict=True) if term is not None}
            for row in self.rows
        )


def plain(term: Term | None) -> str:
    """The text of a term without its type: an IRI, a lexical form, nothing."""
    if term is None:
        return ""
    if isinstance(term, Blank):
        return f"_:{term.label}"
    return term.lexical if isinstance(term, Literal) else term


def write(
    rows: Rows, file: TextIO, form: str = "table", *, prefixes: Mapping[str, str] | None = None, full: bool = False
) -> None:
    """Write ``rows`` to the text file ``file`` as ``table``, ``csv``, ``tsv``, ``json`` or ``xml``.

    The four for machines are SPARQL 1.1 Query Results (CSV, TSV, JSON, XML). The table shortens IRIs by
    ``prefixes`` and leaves a column out where its label stands beside it, unless ``full``.

    Raises QueryRefused for another form, and for text that the form cannot carry.
    """
    if form == "table":
        cells = [["yes" if rows.truth else "no"]] if rows.truth is not None else rows.rows
        write_table(("answer",) if rows.truth is not None else rows.columns, cells, file, prefixes or {}, full=full)
        return
    if form not in _WRITERS:
        raise QueryRefused(where="format", expected=f"table, {', '.join(_WRITERS)}", found=repr(form))
    _WRITERS[form](rows, file)


def _csv(rows: Rows, file: TextIO) -> None:
    if rows.truth is not None:
        file.write(f"{str(rows.truth).lower()}\r\n")
        return
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(rows.columns)
    for row in rows:
        cells = [plain(term) for term in row]
        # A row of one unbound cell would be an empty line, which csv writes as a quoted one.
        file.write("\r\n") if cells == [""] else writer.writerow(cells)


def _tsv(rows: Rows, file: TextIO) -> None:
    if rows.truth is not None:
        file.write(f"{str(rows.truth).lower()}\n")
        return
    file.write("\t".join(f"?{name}" for name in rows.columns) + "\n")
    file.writelines("\t".join(_spelled(term) for term in row) + "\n" for row in rows)


def _spelled(term: Term | None) -> str:
    return plain(term) if term is None or isinstance(term, Blank) else spell(term)


def _json(rows: Rows, file: TextIO) -> None:
    answer: dict[str, Any] = {"head": {}, "boolean": rows.truth}
    if rows.truth is None:
        bindings = [
            {name: binding(term) for name, term in zip(rows.columns, row, strict=True) if term is not None}
            for row in rows
        ]
        answer = {"head": {"vars": list(rows.columns)}, "results": {"bindings": bindings}}
    json.dump(answer, file, ensure_ascii=False)
    file.write("\n")


def binding(term: Term) -> dict[str, str]:
    """A term as SPARQL 1.1 Query Results JSON has it (section 3.2.2)."""
    if isinstance(term, Blank):
        return {"type": "bnode", "value": term.label}
    if not isinstance(term, Literal):
        return {"type": "uri", "value": term}
    binding = {"type": "literal", "value": term.lexical}
    if term.datatype == LANG_STRING:
        return binding | {"xml:lang": term.language}
    return binding if term.datatype == XSD_STRING else binding | {"datatype": term.datatype}


_SPACE: Final = " \t\r\n"


def _xml(rows: Rows, file: TextIO) -> None:
    file.write('<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n')
    file.write("  <head>" + "".join(f"<variable name={quoteattr(name)}/>" for name in rows.columns) + "</head>\n")
    if rows.truth is not None:
        file.write(f"  <boolean>{str(rows.truth).lower()}</boolean>\n</sparql>\n")
        return
    file.write("  <results>\n")
    for row in rows:
        bound = "".join(
            f"<binding name={quoteattr(name)}>{_element(term)}</binding>"
            for name, term in zip(rows.columns, row, strict=True)
            if term is not None
        )
        file.write(f"    <result>{bound}</result>\n")
    file.write("  </results>\n</sparql>\n")


def _element(term: Term) -> str:
    if found := _UNFIT_FOR_XML.search(plain(term)):
        raise QueryRefused(
            where="format xml",
            expected="characters that XML can carry",
            found=f"U+{ord(found[0]):04X}",
            remedy="write json or tsv",
        )
    text = _text(plain(term).removeprefix("_:") if isinstance(term, Blank) else plain(term))
    if isinstance(term, Blank):
        return f"<bnode>{text}</bnode>"
    if not isinstance(term, Literal):
        return f"<uri>{text}</uri>"
    if term.datatype == LANG_STRING:
        return f"<literal xml:lang={quoteattr(term.language)}>{text}</literal>"
    kind = "" if term.datatype == XSD_STRING else f" datatype={quoteattr(term.datatype)}"
    return f"<literal{kind}>{text}</literal>"


def _text(content: str) -> str:
    # Some readers, Oxigraph's among them, take white space at the ends for indentation unless it is written by number.
    inner = content.strip(_SPACE)
    start = content.index(inner) if inner else 0
    before, after = content[:start], content[start + len(inner) :]
    # A parser would turn a bare carriage return into a line feed.
    return _numbered(before) + escape(inner, {"\r": "&#13;"}) + _numbered(after)


def _numbered(space: str) -> str:
    return "".join(f"&#{ord(sign)};" for sign in space)


_WRITERS: Final[Mapping[str, Callable[[Rows, TextIO], None]]] = {"csv": _csv, "tsv": _tsv, "json": _json, "xml": _xml}


def text(rows: Rows, form: str, *, prefixes: Mapping[str, str] | None = None, full: bool = False) -> str:
    """What :func:`write` writes, as a string."""
    file = io.StringIO(newline="")
    write(rows, file, form, prefixes=prefixes, full=full)
    return file.getvalue()
