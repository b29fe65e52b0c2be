"""N-Quads and N-Triples: the form that is compared, digested and loaded."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final

from khabar.graphs import NamedGraph
from khabar.iris import DATASET_GRAPH, DERIVED_GRAPH, GRAPHS, RESERVED_ARTICLE_IDS, Iris
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


def nquads_lines(quads: Iterable[Quad], base: str) -> Iterator[str]:
    """The lines of the N-Quads document of a corpus under ``base``, each once, in canonical form, with its line end.

    The document goes article by article, in the order of ids, so that it can be written without holding the whole:
    the lines of the article's graph, what is derived from it, what the dataset says of its graph, each of the three
    sorted by code point. The graph of the entities and the rest of the dataset's description come last.
    """
    iris = Iris(base)
    # Most terms come again and again.
    text = functools.cache(term)
    found = {(_unit(quad, iris), f"<{quad[0]}> <{quad[1]}> {text(quad[2])} <{quad[3]}> .\n") for quad in quads}
    yield from (line for _, line in sorted(found))


def _unit(quad: Quad, iris: Iris) -> tuple[bool, str, int]:
    """Where a quad stands: with what belongs to no article last; by article; by the kind of its graph."""
    graphs = iris.namespace(GRAPHS)
    name = quad.graph.removeprefix(graphs)
    if name == DERIVED_GRAPH:
        place = iris.place_of(quad.subject)
        owner = place[0].removeprefix("articles.") if place else ""
        return not owner, owner, 1
    if name == DATASET_GRAPH:
        subset = quad.subject if quad.subject != iris.base else quad.object
        owner = subset.removeprefix(graphs) if isinstance(subset, str) and subset.startswith(graphs) else ""
        owner = "" if owner in RESERVED_ARTICLE_IDS else owner
        return not owner, owner, 2
    return name in RESERVED_ARTICLE_IDS, "" if name in RESERVED_ARTICLE_IDS else name, 0


def ntriples_lines(quads: Iterable[Quad]) -> Iterator[str]:
    """The same without the names of the graphs: what several graphs say is said once."""
    text = functools.cache(term)
    yield from sorted({f"<{s}> <{p}> {text(o)} .\n" for s, p, o, _ in quads})


def named_graphs(quads: Iterable[Quad]) -> Iterator[NamedGraph]:
    """The named graphs of ``quads``, in which the quads of one graph stand together."""
    for graph, own in groupby(quads, attrgetter("graph")):
        # The order of code points is that of UTF-8 bytes.
        yield NamedGraph(graph, "".join(ntriples_lines(own)).encode())
