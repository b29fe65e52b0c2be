"""A graph in memory: from quads, or from a file of RDF that anyone wrote."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from khabar.errors import FileFailed
from khabar.stores.store import OxigraphStore

if TYPE_CHECKING:
    from khabar.terms import Quad

SUFFIXES: Final = (".ttl", ".trig", ".nt", ".nq")
"""The files that a store reads. RDF/XML and JSON-LD are not among them: both can name what lies elsewhere."""


def from_quads(quads: Iterable[Quad], name: str) -> OxigraphStore:
    """A store with ``quads`` in memory; messages call it ``name``."""
    import pyoxigraph

    from khabar.conversion import to_oxigraph

    store = pyoxigraph.Store()
    store.bulk_extend(to_oxigraph(quads))
    return OxigraphStore(name, store)


def from_file(path: Path) -> OxigraphStore:
    """A store with the graph of a Turtle, TriG, N-Triples or N-Quads file in memory, by the file's suffix.

    Raises FileFailed, with line and column, for a file that cannot be read or is not what its suffix says.
    """
    import pyoxigraph

    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise FileFailed(
            where=str(path),
            expected=f"a file that ends in {', '.join(SUFFIXES)}",
            found=suffix or "no suffix",
        )
    store = pyoxigraph.Store()
    expected = "RDF as the file's suffix says"
    try:
        with path.open("rb") as file:
            store.bulk_load(file, pyoxigraph.RdfFormat.from_extension(suffix[1:]))
    except SyntaxError as error:
        where = f"{path}:{error.lineno or 1}:{error.offset or 1}"
        raise FileFailed(where=where, expected=expected, found=" ".join(str(error.msg).split())) from None
    except OSError as error:
        raise FileFailed.from_os(path, error, expected) from None
    except (ValueError, MemoryError) as error:
        # MemoryError: a term of more than 16 MiB, which Oxigraph does not read.
        raise FileFailed(where=str(path), expected=expected, found=str(error)) from None
    return OxigraphStore(str(path), store)
