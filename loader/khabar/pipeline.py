"""The whole road, from a folder of records to a graph, a document and an answer.

These functions are the public Python API; the commands of the same names call them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from khabar.errors import Fault, FaultyData, Severity
from khabar.terms import Quad

if TYPE_CHECKING:
    import rdflib

    from khabar.model import Corpus


def read(folder: Path | str) -> Corpus:
    """The corpus in ``folder``, without faults.

    Raises `FaultyData` with every fault of every record, those between records included; SHACL shapes and the
    articles' texts are the business of `check`. Raises nothing else for whatever the files hold.
    """
    corpus, faults = _read(Path(folder), {})
    if corpus is None:
        raise FaultyData(faults)
    return corpus


def check(folder: Path | str, *, texts: Mapping[str, Path | str] | None = None) -> tuple[Fault, ...]:
    """Every fault of the corpus in ``folder``, in the order of their places; none where all is well.

    ``texts`` maps ids of articles to files with their text: with it every passage is proved by its digest. A passage
    that moved is a warning with its new place. SHACL comes last, and only for a corpus that has no error so far.
    """
    corpus, faults = _read(Path(folder), {article: Path(text) for article, text in (texts or {}).items()})
    if corpus is not None:
        faults += _violations(corpus)
    return tuple(sorted(faults))


def _read(folder: Path, texts: Mapping[str, Path]) -> tuple[Corpus | None, list[Fault]]:
    from khabar.checks import check_corpus
    from khabar.reading import read_corpus

    corpus, faults = read_corpus(folder)
    if corpus is None:
        return None, faults
    faults = [*faults, *check_corpus(corpus, texts)]
    return (None if any(fault.severity == Severity.ERROR.value for fault in faults) else corpus), faults


def _violations(corpus: Corpus) -> list[Fault]:
    from khabar.iris import Iris
    from khabar.reading import locate
    from khabar.shapes import fault, validate

    iris = Iris(corpus.header.base)
    faults = []
    for violation in validate(quads(corpus)):
        owner, keys = iris.place_of(violation.focus) or ("corpus", ())
        path = corpus.paths[owner]
        faults.append(fault(violation, path, *locate(path, keys), keys))
    return faults


def quads(corpus: Corpus) -> Iterator[Quad]:
    """Every quad of a corpus: its records, what is derived from them, what the dataset says of itself.

    A corpus that `read` returned gives the same quads on every run and machine, none twice.
    """
    from khabar.derivation import derive
    from khabar.description import describe
    from khabar.iris import DERIVED_GRAPH, Iris
    from khabar.quads import quads as recorded
    from khabar.resolve import resolve

    records = list(recorded(resolve(corpus)))
    derived = derive(records, Iris(corpus.header.base).graph(DERIVED_GRAPH))
    return chain(records, derived, describe(corpus.header, [*records, *derived]))


def graph(corpus: Corpus) -> rdflib.Dataset:
    """The graph of a corpus as an rdflib dataset, one named graph an article; prefixes are bound.

    The default graph is the union of the named ones, so that the bundled queries run on it as they stand.
    """
    import rdflib

    from khabar.conversion import to_rdflib
    from khabar.formats.layout import layout_of

    dataset = rdflib.Dataset(default_union=True)
    for prefix, namespace in layout_of(corpus.header.base).prefixes.items():
        dataset.bind(prefix, namespace, override=True, replace=True)
    graphs: dict[str, rdflib.Graph] = {}
    for quad in quads(corpus):
        if quad.graph not in graphs:
            graphs[quad.graph] = dataset.graph(rdflib.URIRef(quad.graph))
        graphs[quad.graph].add((rdflib.URIRef(quad.subject), rdflib.URIRef(quad.predicate), to_rdflib(quad.object)))
    return dataset


def lines(corpus: Corpus, format: str = "turtle") -> Iterator[str]:
    """The document of a corpus in ``format``, piece by piece; see `khabar.formats.FORMATS` for the names."""
    from khabar.formats import lines as written
    from khabar.formats.layout import layout_of

    return written(quads(corpus), format, layout_of(corpus.header.base))


def write(corpus: Corpus, path: Path | str, format: str = "turtle") -> None:
    """Write the graph of a corpus to a file, in UTF-8; byte-identical for equal corpora.

    The file is replaced when the whole is written, or not at all. Raises `FileFailed`.
    """
    from khabar.files import replaced

    with replaced(path) as file:
        file.writelines(piece.encode() for piece in lines(corpus, format))
