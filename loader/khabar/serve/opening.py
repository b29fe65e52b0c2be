"""From what is to be served to an application: a corpus or a file is loaded into a store of the server's own."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from khabar import vocabulary
from khabar.errors import FileFailed, StoreFailed
from khabar.evaluation.limits import Limits
from khabar.queries.catalogue import nearest
from khabar.serve.dataset import Dataset, Source
from khabar.serve.manners import LOOPBACK, Visitors
from khabar.terms import RDF_TYPE

if TYPE_CHECKING:
    import pyoxigraph
    from starlette.applications import Starlette

    from khabar.loading.load import Progress


def application(
    target: Path | str,
    *,
    address: str = "http://127.0.0.1:8000",
    hosts: Collection[str] = LOOPBACK,
    origins: Collection[str] = (),
    services: Mapping[str, str] | None = None,
    texts: Mapping[str, Path | str] | None = None,
    limits: Limits | None = None,
    cache: Path | None = None,
    report: Callable[[Progress], None] | None = None,
) -> Starlette:
    """An application (ASGI) that serves a corpus, its records in bulk, a file of RDF, or the folder of a store.

    ``address`` is where it is reached, without a slash at its end; ``hosts`` the names by which it may be called, and
    ``origins`` those whose pages may ask it. ``services`` maps the IRI of each SERVICE that queries may ask to the
    address that is asked in its place. ``texts`` maps ids of articles to files with their text, from which pages show
    the words of passages. ``limits`` hold each query; an index is kept in ``cache``, else it is made at every start.
    ``report`` hears how far the loading of a corpus is.

    A store in a folder is only read, and the one that a load puts in its place is served from then on. Run the
    application in one process: it starts those that evaluate itself. Raises FaultyData, FileFailed and StoreFailed.
    """
    from khabar.serve.application import application as served
    from khabar.stores.endpoint import is_address

    if is_address(target):
        raise StoreFailed(
            where=str(target),
            expected="a corpus, a file, or the folder of a store",
            found="an address",
            remedy="load the corpus into a folder: khabar load CORPUS --to FOLDER",
        )
    room = Path(tempfile.mkdtemp(prefix="khabar-"))
    path = Path(target)
    try:
        folder = _folder(path, room, report)
        given = _texts(folder, texts or {})
    except BaseException:
        shutil.rmtree(room, ignore_errors=True)
        raise
    source = Source(
        folder=folder,
        name=path.name or str(path),
        room=room,
        address=address.rstrip("/"),
        services=dict(services or {}),
        texts=given,
        # What is loaded anew at every start has an index of its own each time.
        cache=cache if folder is path else None,
    )
    dataset = Dataset(source, limits or Limits())
    # The room is there as long as the dataset, and no longer than the process.
    weakref.finalize(dataset, shutil.rmtree, room, ignore_errors=True)
    return served(dataset, Visitors(frozenset(hosts), frozenset(origins)))


def _folder(path: Path, room: Path, report: Callable[[Progress], None] | None) -> Path:
    """The folder of the store to serve: the one that was given, or one in ``room`` with what was loaded."""
    from khabar.stores import embedded

    folder = path if embedded.is_store(path) else room / "store"
    if folder is not path:
        _load(path, folder, report)
    embedded.opened(folder)
    return folder


def _load(source: Path, folder: Path, report: Callable[[Progress], None] | None) -> None:
    from khabar import pipeline
    from khabar.stores import memory

    if not source.exists():
        raise FileFailed(
            where=str(source),
            expected="a corpus (a folder with corpus.yaml), records in bulk, a file of RDF, or the folder of a store",
            found="nothing",
        )
    is_rdf = source.is_file() and source.suffix.lower() in memory.SUFFIXES
    graph = f"urn:x-file:{quote(source.name)}" if is_rdf else None
    pipeline.load(source, folder, graph=graph, verify="counts", optimize=True, report=report)


def _texts(folder: Path, texts: Mapping[str, Path | str]) -> dict[str, str]:
    """The content of each text by the IRI of its article; raises FileFailed, and StoreFailed for no article."""
    if not texts:
        return {}
    from khabar.passages import read_text
    from khabar.stores import embedded
    from khabar.stores.opening import prefixes

    store = embedded.open_folder(folder)
    known = prefixes(store)
    if "articles" not in known:
        raise StoreFailed(where=str(folder), expected="one corpus, whose articles have ids", found="none, or several")
    ids = _articles_in(store.inner, known["articles"])
    for article in texts:
        if article not in ids:
            raise StoreFailed(
                where="--text",
                expected="the id of an article",
                found=ascii(article),
                remedy=nearest(article, ids),
            )
    return {known["articles"] + article: read_text(path).whole for article, path in texts.items()}


def _articles_in(store: pyoxigraph.Store, namespace: str) -> frozenset[str]:
    """The ids of the articles in ``store``."""
    from pyoxigraph import NamedNode

    quads = store.quads_for_pattern(None, NamedNode(RDF_TYPE), NamedNode(vocabulary.term("Article")), None)
    return frozenset(
        quad.subject.value.removeprefix(namespace) for quad in quads if isinstance(quad.subject, NamedNode)
    )
