"""From a corpus to a store, and back: `load`, `rehearse`, `diff`, `dump`."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from khabar.errors import FileFailed, StoreFailed
from khabar.pipeline.bulk import opened
from khabar.pipeline.graphs import quads

if TYPE_CHECKING:
    from khabar.assembly.rejects import Rejected
    from khabar.graphs import NamedGraph
    from khabar.loading.difference import GraphDifference
    from khabar.loading.load import Loaded, Progress
    from khabar.loading.rehearsal import Step
    from khabar.model import Corpus
    from khabar.stores.endpoint import Endpoint
    from khabar.stores.store import GraphReader


def load(
    source: Corpus | Path | str,
    target: Path | str | Endpoint,
    *,
    graph: str | None = None,
    corpus: Path | str | None = None,
    rejects: Callable[[Rejected], None] | None = None,
    fail_fast: bool = False,
    cache: Path | None = None,
    prune: bool = False,
    verify: Literal["sent", "all", "counts"] = "sent",
    optimize: bool = False,
    wait: float = 0.0,
    workers: int | None = None,
    report: Callable[[Progress], None] | None = None,
) -> Loaded:
    """Load a corpus, or a file of RDF, into the store in a folder or at an address; return what was done.

    A corpus is a folder, or anything else that `build` takes; ``corpus``, ``rejects``, ``fail_fast`` and ``cache`` are
    as there.

    Only graphs that changed are sent, each is read back, and a load that returns is proved. An interrupted load goes on
    where it was when it is called again. A folder is that of an embedded store, made where there is none; readers see
    nothing of a load before its end. Graphs that left the corpus are removed with ``prune``, but not where records were
    left out; those of other corpora are never touched. ``verify`` is what is read back and compared: what was "sent",
    or "all"; with "counts" nothing is, and the triples of each graph are counted at the end. With ``optimize`` the
    files of a store in a folder are merged at the end, also where nothing changed: queries then take half the time.

    ``graph`` names the graph of the triples of a file that stand in none. ``wait`` is how long, in seconds, another
    load is waited for; ``workers`` how many processes make graphs of the records, else one a core; ``report`` hears
    how far the load is.

    Raises `FaultyData`, `FileFailed` and `StoreFailed`; what was confirmed until then stands.
    """
    from khabar.loading.load import load as loaded
    from khabar.loading.load import unheard
    from khabar.loading.target import open_load
    from khabar.stores.endpoint import Endpoint, is_address

    if optimize and (isinstance(target, Endpoint) or is_address(target)):
        raise StoreFailed(
            where="load",
            expected="the folder of a store, to optimize it",
            found="an address",
            remedy="leave it out: a server merges its own files",
        )
    wanted = _wanted(source, graph, workers, corpus=corpus, rejects=rejects, fail_fast=fail_fast, cache=cache)
    with wanted as (base, graphs):
        under_way = open_load(
            target, base=base, purpose=base or _purpose(source, graph), environment=os.environ, wait=wait
        )
        with under_way as (store, journal, pace):
            return loaded(
                graphs,
                store,
                journal,
                base=base,
                prune=prune,
                verify=verify,
                optimize=optimize,
                report=report or unheard,
                pace=pace,
            )


def rehearse(
    source: Corpus | Path | str,
    target: Path | str | Endpoint,
    *,
    graph: str | None = None,
    corpus: Path | str | None = None,
    rejects: Callable[[Rejected], None] | None = None,
    prune: bool = False,
    verify: Literal["sent", "all", "counts"] = "sent",
    workers: int | None = None,
) -> Iterator[Step]:
    """What `load` with the same arguments would do with each graph at this moment; nothing is written.

    Raises what `load` raises.
    """
    from khabar.loading.rehearsal import rehearse as steps
    from khabar.loading.target import journal_of

    wanted = _wanted(source, graph, workers, corpus=corpus, rejects=rejects)
    with wanted as (base, graphs), _reader(target) as store:
        # What an interrupted load left beside a folder is no part of the store yet.
        journal = journal_of(target, base, _state(target))
        yield from steps(graphs, store, journal, base=base, prune=prune, read_all=verify == "all")


def diff(
    source: Corpus | Path | str,
    target: Path | str | Endpoint,
    *,
    graph: str | None = None,
    corpus: Path | str | None = None,
    rejects: Callable[[Rejected], None] | None = None,
    workers: int | None = None,
) -> Iterator[GraphDifference]:
    """The graphs of a corpus, or of a file of RDF, that a store does not hold as they are, and the triples that differ.

    Every graph is read, whatever the digests in the store say; nothing is written. Graphs of the corpus that the store
    has beyond it come too. ``corpus`` and ``rejects`` are as for `load`. Raises `FaultyData`, `FileFailed` and
    `StoreFailed`.
    """
    from khabar.loading.difference import differences
    from khabar.stores.opening import open_reader

    wanted = _wanted(source, graph, workers, corpus=corpus, rejects=rejects)
    with wanted as (base, graphs), open_reader(target) as store:
        yield from differences(graphs, store, base)


def dump(
    target: Corpus | Path | str | Endpoint,
    graphs: Sequence[str] | None = None,
    *,
    graph: str | None = None,
    corpus: Path | str | None = None,
    rejects: Callable[[Rejected], None] | None = None,
) -> Iterator[NamedGraph]:
    """The named graphs of a store in a folder or at an address, of a corpus or a file of RDF; ``graphs`` names some.

    Each is whole and canonical. ``graph`` names that of the triples of a file that stand in none; ``corpus`` and
    ``rejects`` are as for `load`. Raises `FaultyData`, `FileFailed`, `StoreFailed`.
    """
    from khabar.loading.dump import dump as dumped
    from khabar.model import Corpus
    from khabar.stores.opening import is_store, open_reader

    if not isinstance(target, Corpus) and is_store(target):
        with open_reader(target) as store:
            yield from dumped(store, graphs)
        return
    made = _wanted(target, graph, None, corpus=corpus, rejects=rejects)  # type: ignore[arg-type] # no endpoint
    with made as (_, wanted):
        yield from (each for each in wanted if graphs is None or each.iri in graphs)


@contextlib.contextmanager
def _wanted(
    source: Corpus | Path | str,
    graph: str | None,
    workers: int | None,
    *,
    corpus: Path | str | None = None,
    rejects: Callable[[Rejected], None] | None = None,
    fail_fast: bool = False,
    cache: Path | None = None,
) -> Iterator[tuple[str | None, Iterable[NamedGraph]]]:
    """The base of a corpus, none for a file of RDF, and the graphs that ``source`` stands for."""
    from khabar import assembly
    from khabar.formats.nquads import named_graphs
    from khabar.model import Corpus
    from khabar.records.sources import is_bulk

    if isinstance(source, Corpus):
        yield source.header.base, named_graphs(quads(source))
    elif corpus is None and _is_file(Path(source)) and not is_bulk(Path(source)):
        from khabar.loading.incoming import read_file

        yield None, read_file(Path(source), graph)
    else:
        if str(source) != "-" and not os.path.lexists(source):
            raise FileFailed(
                where=str(source),
                expected="a corpus (a folder with corpus.yaml, or a file of records) or a file of RDF",
                found="nothing",
            )
        with (
            opened(source, corpus, cache) as (found, kept),
            assembly.graphs(found, workers=workers, rejects=rejects, fail_fast=fail_fast, cache=kept) as made,
        ):
            yield made.base, made


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
