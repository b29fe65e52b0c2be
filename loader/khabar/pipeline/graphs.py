"""From a corpus to its graph, and to documents: `quads`, `graph`, `lines`, `write`."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from khabar.terms import Quad

if TYPE_CHECKING:
    import rdflib

    from khabar.model import Corpus


def quads(corpus: Corpus, rule: str | None = None) -> Iterator[Quad]:
    """Every quad of a corpus: its records, what is derived from them, what the dataset says of itself.

    With ``rule``, one of `khabar.derivation.RULES`, only what that rule makes of them: ``standing``, ``uncontested``
    (the events that no one contests, with what may be said of them) or ``annotations`` (the passages as Web
    Annotations). A corpus that `read` returned gives the same quads on every run and machine, none twice.
    """
    from khabar.derivation import construct, derive
    from khabar.description import Subset, describe
    from khabar.formats.nquads import named_graphs
    from khabar.iris import DERIVED_GRAPH, Iris
    from khabar.quads import quads as recorded
    from khabar.resolve import resolve

    records = list(recorded(resolve(corpus)))
    derived = derive(records, Iris(corpus.header.base).graph(DERIVED_GRAPH))
    if rule is not None:
        return iter(construct(rule, [*records, *derived], Iris(corpus.header.base).graph(DERIVED_GRAPH)))
    subsets = [Subset(graph.iri, graph.count, graph.digest) for graph in named_graphs(chain(records, derived))]
    return chain(records, derived, describe(corpus.header, subsets))


def graph(corpus: Corpus) -> rdflib.Dataset:
    """The graph of a corpus as an rdflib dataset, one named graph an article; prefixes are bound.

    The default graph is the union of the named ones, so that the bundled queries run on it as they stand. There are
    no blank nodes. Raises nothing for a corpus that `read` returned.

    >>> from khabar.pipeline import read
    >>> from khabar.resources import example
    >>> len(graph(read(str(example()))))
    323
    """
    import rdflib

    from khabar.conversion import to_rdflib
    from khabar.formats.layout import layout_of

    dataset = rdflib.Dataset(default_union=True)
    for prefix, namespace in layout_of(corpus.header.base).prefixes.items():
        dataset.bind(prefix, namespace, override=True, replace=True)
    # Making rdflib's terms is what takes the time: each is made once.
    term = functools.cache(to_rdflib)
    dataset.addN(
        (term(quad.subject), term(quad.predicate), term(quad.object), dataset.graph(term(quad.graph)))
        for quad in quads(corpus)
    )
    return dataset


def lines(corpus: Corpus, format: str = "turtle", *, rule: str | None = None) -> Iterator[str]:
    """The document of a corpus in ``format``, piece by piece; see `khabar.formats.FORMATS` and `quads`."""
    from khabar.formats import lines as written
    from khabar.formats.layout import layout_of

    return written(quads(corpus, rule), format, layout_of(corpus.header.base))


def write(corpus: Corpus, path: Path | str, format: str = "turtle", *, rule: str | None = None) -> None:
    """Write the graph of a corpus to a file, in UTF-8; byte-identical for equal corpora.

    ``format`` is ``turtle``, ``trig``, ``nquads``, ``ntriples``, ``jsonld`` or ``rdfxml``, as the W3C has them; trig,
    nquads and jsonld keep the named graphs. With ``rule`` (``standing``, ``uncontested``, ``annotations``), only what
    that rule of the ontology makes of the graph. The file is replaced when the whole is written, or not at all.
    Raises `FileFailed`.
    """
    from khabar.files import replaced

    with replaced(path) as file:
        file.writelines(piece.encode() for piece in lines(corpus, format, rule=rule))
