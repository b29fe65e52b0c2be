"""The whole road, from a folder of records to a graph, a document and an answer.

These functions are the public Python API; the commands of the same names call them.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from khabar.errors import Fault, FaultyData, FileFailed, Severity
from khabar.terms import Quad

if TYPE_CHECKING:
    import rdflib

    from khabar.graphs import NamedGraph
    from khabar.loading.difference import GraphDifference
    from khabar.loading.load import Loaded, Progress
    from khabar.loading.rehearsal import Step
    from khabar.model import Corpus
    from khabar.queries.binding import Value
    from khabar.queries.results import Rows
    from khabar.stores.endpoint import Endpoint
    from khabar.stores.store import GraphReader, Store


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


def load(
    source: Corpus | Path | str,
    target: Path | str | Endpoint,
    *,
    graph: str | None = None,
    prune: bool = False,
    verify: Literal["sent", "all"] = "sent",
    wait: float = 0.0,
    workers: int | None = None,
    report: Callable[[Progress], None] | None = None,
) -> Loaded:
    """Load a corpus, or a file of RDF, into the store in a folder or at an address; return what was done.

    Only graphs that changed are sent, each is read back, and a load that returns is proved. An interrupted load goes on
    where it was when it is called again. A folder is that of an embedded store, made where there is none; readers see
    nothing of a load before its end. Graphs that left the corpus are removed with ``prune``; those of other corpora are
    never touched. ``verify`` is what is read back and compared: what was "sent", or "all".

    ``graph`` names the graph of the triples of a file that stand in none. ``wait`` is how long, in seconds, another
    load is waited for; ``workers`` how many processes make graphs of the records, else one a core; ``report`` hears
    how far the load is.

    Raises `FaultyData`, `FileFailed` and `StoreFailed`; what was confirmed until then stands.
    """
    from khabar.loading.load import load as loaded
    from khabar.loading.load import unheard
    from khabar.loading.target import open_load

    with _wanted(source, graph, workers) as (base, graphs):
        opened = open_load(
            target, base=base, purpose=base or _purpose(source, graph), environment=os.environ, wait=wait
        )
        with opened as (store, journal, pace):
            return loaded(
                graphs, store, journal, base=base, prune=prune, verify=verify, report=report or unheard, pace=pace
            )


def rehearse(
    source: Corpus | Path | str,
    target: Path | str | Endpoint,
    *,
    graph: str | None = None,
    prune: bool = False,
    verify: Literal["sent", "all"] = "sent",
    workers: int | None = None,
) -> Iterator[Step]:
    """What `load` with the same arguments would do with each graph at this moment; nothing is written.

    Raises what `load` raises.
    """
    from khabar.loading.rehearsal import rehearse as steps
    from khabar.loading.target import journal_of

    with _wanted(source, graph, workers) as (base, graphs), _reader(target) as store:
        # What an interrupted load left beside a folder is no part of the store yet.
        journal = journal_of(target, base, _state(target))
        yield from steps(graphs, store, journal, base=base, prune=prune, read_all=verify == "all")


def diff(
    source: Corpus | Path | str,
    target: Path | str | Endpoint,
    *,
    graph: str | None = None,
    workers: int | None = None,
) -> Iterator[GraphDifference]:
    """The graphs of a corpus, or of a file of RDF, that a store does not hold as they are, and the triples that differ.

    Every graph is read, whatever the digests in the store say; nothing is written. Graphs of the corpus that the store
    has beyond it come too. Raises `FaultyData`, `FileFailed`, `StoreFailed`.
    """
    from khabar.loading.difference import differences
    from khabar.stores.opening import open_reader

    with _wanted(source, graph, workers) as (base, graphs), open_reader(target) as store:
        yield from differences(graphs, store, base)


def dump(
    target: Corpus | Path | str | Endpoint, graphs: Sequence[str] | None = None, *, graph: str | None = None
) -> Iterator[NamedGraph]:
    """The named graphs of a store in a folder or at an address, of a corpus or a file of RDF; ``graphs`` names some.

    Each is whole and canonical. ``graph`` names that of the triples of a file that stand in none. Raises `FaultyData`,
    `FileFailed`, `StoreFailed`.
    """
    from khabar.loading.dump import dump as dumped
    from khabar.model import Corpus
    from khabar.stores.opening import is_store, open_reader

    if not isinstance(target, Corpus) and is_store(target):
        with open_reader(target) as store:
            yield from dumped(store, graphs)
        return
    with _wanted(target, graph, None) as (_, wanted):  # type: ignore[arg-type] # an endpoint is a store
        yield from (each for each in wanted if graphs is None or each.iri in graphs)


@contextlib.contextmanager
def _wanted(
    source: Corpus | Path | str, graph: str | None, workers: int | None
) -> Iterator[tuple[str | None, Iterable[NamedGraph]]]:
    """The base of a corpus, none for a file, and the graphs that ``source`` stands for."""
    from khabar import assembly
    from khabar.formats.nquads import named_graphs
    from khabar.model import Corpus

    if isinstance(source, Corpus):
        yield source.header.base, named_graphs(quads(source))
    elif not _is_file(Path(source)):
        if not os.path.lexists(source):
            raise FileFailed(
                where=str(source), expected="a corpus (a folder with corpus.yaml) or a file of RDF", found="nothing"
            )
        with assembly.graphs(source, workers=workers) as made:
            yield made.base, made
    else:
        from khabar.loading.incoming import read_file

        yield None, read_file(Path(source), graph)


def _state(target: Path | str | Endpoint) -> Path:
    """The folder for the journals of loads: where the user keeps them for an address, and beside a folder."""
    from khabar.loading.target import state_folder
    from khabar.stores.endpoint import Endpoint, is_address

    if isinstance(target, Endpoint) or is_address(target):
        return state_folder(os.environ)
    return Path(os.path.realpath(target)).parent


def _purpose(source: object, graph: str | None) -> str:
    """What tells the load of a file from that of another, and from one of the same file after a change."""
    path = os.path.realpath(str(source))
    try:
        status = Path(path).stat()
    except OSError as error:
        raise FileFailed.from_os(str(source), error, "a file of RDF") from None
    known = f"{status.st_size} {status.st_mtime_ns} {graph or ''} ".encode() + os.fsencode(path)
    return hashlib.sha256(known).hexdigest()


def _is_file(path: Path) -> bool:
    try:
        return path.exists() and not path.is_dir()
    except OSError as error:
        raise FileFailed.from_os(path, error, "a corpus, or a file of RDF") from None


@contextlib.contextmanager
def _reader(target: Path | str | Endpoint) -> Iterator[GraphReader]:
    """The store at ``target``; where a load would make one, an empty one."""
    from khabar.stores import memory
    from khabar.stores.endpoint import Endpoint, is_address
    from khabar.stores.opening import is_store, open_reader
    from khabar.stores.working_copy import refuse_strangers

    if not isinstance(target, Endpoint) and not is_address(target):
        folder = Path(os.path.realpath(target))
        refuse_strangers(folder, str(target))
        if not is_store(folder):
            yield memory.from_quads((), str(target))
            return
    with open_reader(target) as store:
        yield store


def open_store(target: Corpus | Path | str | Endpoint) -> Store:
    """What ``target`` stands for, ready to be asked.

    A corpus, or its folder, is built in memory; a Turtle, TriG, N-Triples or N-Quads file is read into memory; the
    folder of an embedded store is opened for reading; an http or https address is a SPARQL endpoint, and an
    `Endpoint` one of which more is known. Raises `FaultyData`, `FileFailed`, `StoreFailed`.
    """
    from khabar.model import Corpus
    from khabar.stores import memory
    from khabar.stores.opening import open_target

    if isinstance(target, Corpus):
        return memory.from_quads(quads(target), target.paths["corpus"])
    return open_target(target, lambda folder: quads(read(folder)))


def query(
    target: Corpus | Store | Path | str | Endpoint,
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
    from khabar.stores.endpoint import Endpoint
    from khabar.stores.opening import prefixes

    chosen = choose(request)
    store = open_store(target) if isinstance(target, Corpus | Path | str | Endpoint) else target
    text = bind(chosen, params, prefixes=prefixes(store) if params else None)
    return store.select(text, services=services or {})
