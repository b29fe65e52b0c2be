"""What can be asked or written: a corpus, a file of RDF, the folder of a store, an endpoint; told apart by looking."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from khabar.errors import FileFailed, StoreFailed
from khabar.queries import catalogue
from khabar.queries.results import plain
from khabar.stores import credentials, embedded, memory, profiles
from khabar.stores.endpoint import Endpoint, address_of, is_address
from khabar.stores.store import asked

if TYPE_CHECKING:
    from khabar.graphs import NamedGraph
    from khabar.stores.profiles import Profile
    from khabar.stores.remote import RemoteStore
    from khabar.stores.remote_graphs import RemoteGraphs
    from khabar.stores.store import GraphReader, GraphStore, Store
    from khabar.stores.wire import Request
    from khabar.terms import Quad


def open_target(target: str | Path | Endpoint, corpus: Callable[[Path], Iterable[Quad]]) -> Store:
    """The store that ``target`` stands for, to be asked.

    An http or https address is that of an endpoint, or with a profile the base address of such a store; a folder
    with ``corpus.yaml`` is a corpus, of which ``corpus`` makes quads; another folder is a store; a file is RDF by its
    suffix.

    Raises FileFailed, StoreFailed, and what ``corpus`` raises.
    """
    if (endpoint := _endpoint(target)) is not None:
        return _remote_store(endpoint)
    path = Path(str(target))
    if is_corpus(path):
        return memory.from_quads(corpus(path), str(path))
    if embedded.is_store(path):
        return embedded.open_folder(path)
    if path.is_dir() or not path.exists():
        raise FileFailed(
            where=str(path),
            expected="a corpus (a folder with corpus.yaml), a file of RDF, the folder of a store, or an address",
            found="a folder without corpus.yaml" if path.is_dir() else "nothing",
        )
    return memory.from_file(path)


@contextlib.contextmanager
def open_reader(target: str | Path | Endpoint) -> Iterator[GraphReader]:
    """The store in a folder or at an address, whose graphs can be read whole while the block runs.

    Raises FileFailed and StoreFailed.
    """
    if (endpoint := _endpoint(target)) is None:
        yield embedded.open_folder(Path(str(target)))
        return
    with _remote_graphs(endpoint) as store:
        yield store


@contextlib.contextmanager
def open_writer(endpoint: Endpoint) -> Iterator[GraphStore]:
    """The store at an address, to be written while the block runs; raises StoreFailed.

    The store in a folder is written by a `khabar.stores.writer.EmbeddedWriter`.
    """
    with _remote_graphs(_signed(endpoint)) as store:
        yield store


def is_store(target: str | Path | Endpoint) -> bool:
    """Tell whether ``target`` is the folder of a store, or an address."""
    return isinstance(target, Endpoint) or is_address(target) or embedded.is_store(Path(target))


def is_corpus(path: Path) -> bool:
    """Tell whether ``path`` is the folder of a corpus; raises FileFailed where that cannot be seen."""
    try:
        return (path / "corpus.yaml").exists()
    except OSError as error:
        raise FileFailed.from_os(path, error, "what can be read") from None


def recognised(endpoint: Endpoint) -> Profile:
    """The profile of the store at ``endpoint``: the one that it names, else the one that the store is seen to have.

    One or two addresses of it are read, none is written. Raises StoreFailed for a name that is no profile's, for a
    store that does not answer, and for one that is not recognised.
    """
    from khabar.stores.authorization import SCHEMES, Authorization
    from khabar.stores.remote import PATIENCE
    from khabar.stores.wire import Request, Wire

    if endpoint.profile:
        return profiles.find(endpoint.profile)
    if endpoint.update or endpoint.graphs:
        return profiles.find("generic")
    address = address_of(endpoint.address)
    authorization = Authorization(endpoint.credentials, SCHEMES) if endpoint.credentials else None
    with Wire(address, timeout=endpoint.timeout, authorization=authorization) as wire:
        for probe in profiles.probes(address):
            request = Request(method="GET", address=probe, where=address)
            answer = PATIENCE.begin(met=wire.met).persist(partial(wire.send, request))
            if (profile := profiles.recognise(probe, answer.headers, answer.body)) is not None:
                return profile
    raise StoreFailed(
        where=address,
        expected=f"a store that says what it is, as one of {', '.join(profiles.PROFILES)}",
        found="one that does not",
        remedy="name its profile",
    )


def requests(endpoint: Endpoint, graph: NamedGraph) -> tuple[Request, ...]:
    """What a load sends to ``endpoint`` to put ``graph`` in its place; nothing is sent. Raises StoreFailed."""
    with _remote_graphs(endpoint) as store:
        return tuple(store.requests(graph))


def base(store: Store) -> str:
    """The base of the corpus in ``store``, with which its IRIs begin; empty unless it holds exactly one corpus."""
    query = catalogue.find("bases")
    bases = {row[query.columns.index("corpus")] for row in asked(store, query)}
    return plain(bases.pop()) if len(bases) == 1 else ""


def prefixes(store: Store) -> Mapping[str, str]:
    """The prefixes of the corpus in ``store``, by which ids become IRIs; none unless it holds exactly one corpus."""
    from khabar.iris import Iris

    corpus = base(store)
    return Iris(corpus).prefixes() if corpus else {}


def _endpoint(target: str | Path | Endpoint) -> Endpoint | None:
    if isinstance(target, Endpoint):
        return _signed(target)
    return _signed(Endpoint(str(target))) if is_address(target) else None


def _signed(endpoint: Endpoint) -> Endpoint:
    """``endpoint`` with the credentials of netrc, unless it has any."""
    if endpoint.credentials is None and (host := urlsplit(address_of(endpoint.address)).hostname):
        return msgspec.structs.replace(endpoint, credentials=credentials.for_host(host))
    return endpoint


def _remote_store(endpoint: Endpoint) -> RemoteStore:
    from khabar.stores.remote import RemoteStore

    return RemoteStore(
        endpoint.address,
        timeout=endpoint.timeout,
        credentials=endpoint.credentials,
        profile=profiles.find(endpoint.profile) if endpoint.profile else None,
        query=endpoint.query,
    )


def _remote_graphs(endpoint: Endpoint) -> RemoteGraphs:
    from khabar.stores.remote_graphs import RemoteGraphs

    return RemoteGraphs(
        endpoint.address,
        recognised(endpoint),
        credentials=endpoint.credentials,
        timeout=endpoint.timeout,
        connections=endpoint.connections,
        query=endpoint.query,
        update=endpoint.update,
        graphs=endpoint.graphs,
    )
