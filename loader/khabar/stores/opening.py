"""What can be asked: a corpus, a file of RDF, the folder of a store, an endpoint; told apart by looking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from khabar.errors import FileFailed
from khabar.queries import catalogue
from khabar.queries.results import plain
from khabar.stores import embedded, memory
from khabar.stores.remote import TIMEOUT, RemoteStore

if TYPE_CHECKING:
    from khabar.stores.store import Store
    from khabar.terms import Quad


def open_target(target: str | Path, corpus: Callable[[Path], Iterable[Quad]], *, timeout: float = TIMEOUT) -> Store:
    """The store that ``target`` stands for.

    An http or https address is an endpoint; a folder with ``corpus.yaml`` is a corpus, of which ``corpus`` makes
    quads; another folder is a store; a file is RDF by its suffix. ``timeout`` is an endpoint's, in seconds.

    Raises FileFailed, StoreFailed, and what ``corpus`` raises.
    """
    if str(target).startswith(("http://", "https://")):
        return RemoteStore(str(target), timeout=timeout)
    path = Path(target)
    if (path / "corpus.yaml").exists():
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


def prefixes(store: Store) -> Mapping[str, str]:
    """The prefixes of the corpus in ``store``, by which ids become IRIs; none unless it holds exactly one corpus."""
    from khabar.iris import Iris

    bases = set(store.select(catalogue.find("corpora").text).column("corpus"))
    return Iris(plain(bases.pop())).prefixes() if len(bases) == 1 else {}
