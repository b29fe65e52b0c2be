"""The store in a folder as an rdflib dataset: read where it lies, its queries evaluated by Oxigraph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from khabar import vocabulary

if TYPE_CHECKING:
    import rdflib


def open_dataset(folder: Path | str) -> rdflib.Dataset:
    """The store in ``folder`` as an rdflib dataset that is only read; nothing is copied into memory.

    The default graph is the union of the named ones, so that the bundled queries run on it as they stand. The prefixes
    of khabar are bound, and those of the corpus where the store holds exactly one. The dataset goes on showing what the
    store held when it was opened: after a load, open it again.

    Raises FileFailed for a folder that is no store, StoreFailed for a store that Oxigraph cannot open.
    """
    import oxrdflib
    import rdflib

    from khabar.stores.embedded import FolderStore, opened
    from khabar.stores.opening import prefixes

    _, store = opened(Path(folder))
    dataset = rdflib.Dataset(store=oxrdflib.OxigraphStore(store=store), default_union=True)
    for prefix, namespace in {**prefixes(FolderStore(Path(folder))), **vocabulary.prefixes()}.items():
        dataset.bind(prefix, namespace, override=True, replace=True)
    return dataset
