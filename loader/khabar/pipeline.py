"""The whole road, from a folder of records to a graph, a document and an answer.

These functions are the public Python API; the commands of the same names call them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from khabar.errors import Fault, FaultyData, Severity
from khabar.terms import Quad

if TYPE_CHECKING:
    import rdflib

    from khabar.model import Corpus
    from khabar.queries.binding import Value
    from khabar.queries.results import Rows
    from khabar.stores.store import Store


def read(folder: Path | str) -> Corpus:
    """The corpus in ``folder``, without faults: ``corpus.yaml``, ``entities/*.yaml`` and ``articles/*.yaml``.

    Raises `FaultyData` with every fault of every record, those between records included; SHACL shapes and the
    articles' texts are the business of `check`. Raises nothing else for whatever the files hold.

    >>> from khabar.resources import example
    >>> corpus = read(str(example()))
    >>> [record.article.id for record in corpus.articles]
    ['eastport-ferry']
    """
    corpus, faults = _read(Path(folder), {})
    if corpus is None:
        raise FaultyData(faults)
    return corpus


def check(folder: Path | str, *, texts: Mapping[str, Path | str] | None = None) -> tuple[Fault, ...]:
    """Every fault of the corpus in ``folder``, in the order of their places; none where all is well.

    ``texts`` maps ids of articles to files with their text: with it every passage is proved by its digest. A passage
    that moved is a warning with its new place. SHACL comes last, and only for a corpus that has no error so far.
    Raises `FileFailed` only where khabar's own files are missing: whatever the data holds comes back as a fault.

    >>> [str(fault) for fault in check("nowhere")]
    ['nowhere:1:1 KH001 expected a folder with a corpus, found nothing of that name']
    """
    corpus, faults = _read(Path(folder), {article: Path(text) for article, text in (texts or {}).items()})
    if corpus is not None:
        faults += _violations(corpus)
    return tuple(sorted(faults))


def _read(folder: Path, texts: Mapping[str, Path]) -> tuple[Corpus | None, list[Fault]]:
    from khabar.checks import check_corpus
    from khabar.reading import survey

    corpus, faults, gaps = survey(folder)
    if corpus is None:
        return None, faults
    faults = [*faults, *check_corpus(corpus, texts, gaps)]
    return (None if any(fault.severity == Severity.ERROR.value for fault in faults) else corpus), faults


def _violations(corpus: Corpus) -> list[Fault]:
    from khabar.checks.scope import placed
    from khabar.iris import Iris
    from khabar.shapes import fault, validate

    iris = Iris(corpus.header.base)
    faults = []
    for violation in validate(quads(corpus)):
        owner, keys = iris.place_of(violation.focus) or ("corpus", ())
        path = corpus.paths[owner]
        if violation.key:
            keys = (*keys, violation.key)
        faults.append(fault(violation, path, 0, 0, keys))
    # Several nodes of the graph can come from one place of a record, and break one rule together.
    return placed(dict.fromkeys(faults))


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

    >>> from khabar.resources import example
    >>> len(graph(read(str(example()))))
    324
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


def load(corpus: Corpus, folder: Path | str) -> int:
    """Load the graph of a corpus into an embedded store, an Oxigraph folder; return the number of quads in it.

    The store is replaced as a whole; when anything fails, the old one stays. One writer at a time. Raises `FileFailed`,
    also for a folder that holds anything but a store, and `StoreFailed`.
    """
    from khabar.stores import embedded

    return embedded.write(quads(corpus), Path(folder))


def open_store(target: Corpus | Path | str, *, timeout: float = 60.0) -> Store:
    """What ``target`` stands for, ready to be asked.

    A corpus, or its folder, is built in memory; a Turtle, TriG, N-Triples or N-Quads file is read into memory; the
    folder of an embedded store is opened for reading; an http or https address is a SPARQL endpoint, which has
    ``timeout`` seconds for each whole answer. Raises `FaultyData`, `FileFailed`, `StoreFailed`.
    """
    from khabar.model import Corpus
    from khabar.stores import memory
    from khabar.stores.opening import open_target

    if isinstance(target, Corpus):
        return memory.from_quads(quads(target), target.paths["corpus"])
    return open_target(target, lambda folder: quads(read(folder)), timeout=timeout)


def query(
    target: Corpus | Store | Path | str,
    request: str,
    /,
    *,
    services: Mapping[str, str] | None = None,
    **params: Value,
) -> Rows:
    """The rows that a query gives on ``target``: a store that `open_store` returned, or anything that it opens.

    ``request`` is the name of a bundled query, a file that ends in ``.rq``, or SPARQL (SELECT or ASK). ``params`` are
    bound as terms: ids of the corpus, IRIs, dates, words, by the types that the query declares. ``services`` maps the
    IRI of each SERVICE that may be asked to the address that is asked in its place; none is asked otherwise.

    Raises `QueryRefused` for an unknown name, an unfit parameter or a query that khabar does not run, `StoreFailed`,
    and what `open_store` raises.

    >>> from khabar.resources import example
    >>> rows = query(str(example()), "standing", standing="contested", lang="en")
    >>> rows.columns, len(rows)
    (('standing', 'kind', 'thing', 'thingLabel'), 5)
    >>> rows.texts()[0]["thingLabel"]
    'The ferry line gets two berths in return for a fireboat.'
    """
    from khabar.model import Corpus
    from khabar.queries.binding import bind
    from khabar.queries.catalogue import choose
    from khabar.stores.opening import prefixes

    chosen = choose(request)
    store = open_store(target) if isinstance(target, Corpus | Path | str) else target
    text = bind(chosen, params, prefixes=prefixes(store) if params else None)
    return store.select(text, services=services or {})
