"""N-Quads and N-Triples: the form that is compared, digested and loaded."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final

from khabar.graphs import NamedGraph
from khabar.terms import XSD_STRING, Literal, Object, Quad

# The canonical form (RDF 1.2 N-Quads, section 3): a letter where the grammar has one, \u for the other control
# characters, everything else as it is.
_ESCAPES: Final = {
    **{code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)},
    0x08: "\\b",
    0x09: "\\t",
    0x0A: "\\n",
    0x0C: "\\f",
    0x0D: "\\r",
    0x22: '\\"',
    0x5C: "\\\\",
}
_ESCAPED: Final = re.compile(f"[{re.escape(''.join(map(chr, _ESCAPES)))}]")


def escape(text: str) -> str:
    r"""The text between the quotation marks of a literal, in canonical form.

    >>> print(escape('a "b"\n'))
    a \"b\"\n
    """
    # Most texts need none, and to see that is faster.
    return text.translate(_ESCAPES) if _ESCAPED.search(text) else text


def term(value: Object) -> str:
    """One term in canonical N-Triples form.

    >>> term(Literal("خبر", language="ar"))
    '"خبر"@ar'
    """
    if not isinstance(value, Literal):
        return f"<{value}>"
    quoted = f'"{escape(value.lexical)}"'
    if value.language:
        return f"{quoted}@{value.language}"
    return quoted if value.datatype == XSD_STRING else f"{quoted}^^<{value.datatype}>"


def nquads_lines(quads: Iterable[Quad]) -> Iterator[str]:
    """The lines of an N-Quads document in canonical form, sorted by code point, each once, with its line end."""
    # Most terms come again and again.
    text = functools.cache(term)
    yield from sorted({f"<{s}> <{p}> {text(o)} <{g}> .\n" for s, p, o, g in quads})


def ntriples_lines(quads: Iterable[Quad]) -> Iterator[str]:
    """The same without the names of the graphs: what several graphs say is said once."""
    text = functools.cache(term)
    yield from sorted({f"<{s}> <{p}> {text(o)} .\n" for s, p, o, _ in quads})


def named_graphs(quads: Iterable[Quad]) -> Iterator[NamedGraph]:
    """The named graphs of ``quads``, in which the quads of one graph stand together."""
    for graph, own in groupby(quads, attrgetter("graph")):
        # The order of code points is that of UTF-8 bytes.
        yield NamedGraph(graph, "".join(ntriples_lines(own)).encode())
