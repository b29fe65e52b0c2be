"""The proof that a graph in a store is the one that is meant: triple by triple, and nothing taken on trust."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from khabar.canonical import canonical
from khabar.errors import StoreFailed

if TYPE_CHECKING:
    from khabar.graphs import NamedGraph
    from khabar.stores.store import Rewrite

_SHOWN: Final = 160


class Comparison(msgspec.Struct, frozen=True):
    """What a document of a store lacks of the graph that is meant, and what it has beyond it: canonical lines, sorted.

    ``count`` is the number of triples in the store.
    """

    count: int
    lacking: tuple[bytes, ...] = ()
    beyond: tuple[bytes, ...] = ()

    @property
    def is_equal(self) -> bool:
        """Whether the two are the same graph."""
        return not self.lacking and not self.beyond


def compare(meant: NamedGraph, found: bytes, rewrites: Sequence[Rewrite] = ()) -> Comparison:
    """Compare ``found``, N-Triples in any spelling and order, with the graph that is ``meant``.

    Equal lines are equal triples. What differs is parsed and compared in canonical form, blank nodes included; what
    differs then is compared after the changes that the store is known to make, made on both sides.

    Raises StoreFailed where ``found`` is not N-Triples.
    """
    lines = sorted(set(found.splitlines(keepends=True)))
    if b"".join(lines) == meant.document:
        return Comparison(len(lines))
    if not lines:
        return Comparison(0, tuple(_lines(meant)))
    held = canonical(meant.iri, found)
    if held == meant:
        return Comparison(held.count)
    return Comparison(held.count, *_differing(meant, held, rewrites))


def refusal(meant: NamedGraph, comparison: Comparison) -> StoreFailed:
    """The error for a graph that was sent and is not what was ``meant``."""
    return StoreFailed(
        where=f"graph {meant.iri}",
        expected=f"{_triples(meant.count)} as sent",
        found=f"{_triples(comparison.count)}, {_first(comparison)}",
        remedy="the load is not proved: run it again",
    )


def rewritten(lines: Iterable[bytes], rewrites: Sequence[Rewrite]) -> set[bytes]:
    """What a store makes of ``lines`` by the changes that it is known to make."""
    changed = set(lines)
    for rewrite in rewrites:
        changed = set(map(rewrite, changed))
    return changed


def _differing(
    meant: NamedGraph, held: NamedGraph, rewrites: Sequence[Rewrite]
) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    ours, theirs = set(_lines(meant)), set(_lines(held))
    if rewrites:
        if b"_:" in meant.document:
            # The labels of blank nodes follow from the literals beside them.
            one, two = (canonical(meant.iri, b"".join(rewritten(lines, rewrites))) for lines in (ours, theirs))
            if one == two:
                return (), ()
        same = rewritten(ours, rewrites) & rewritten(theirs, rewrites)
        # What both have is the same after any change.
        lacking = [line for line in ours - theirs if not rewritten([line], rewrites) <= same]
        beyond = [line for line in theirs - ours if not rewritten([line], rewrites) <= same]
        return tuple(sorted(lacking)), tuple(sorted(beyond))
    return tuple(sorted(ours - theirs)), tuple(sorted(theirs - ours))


def _lines(graph: NamedGraph) -> list[bytes]:
    return graph.document.splitlines(keepends=True)


def _first(comparison: Comparison) -> str:
    parts = [
        f"{len(lines):,} {word}, the first: {_shown(lines[0])}"
        for lines, word in ((comparison.lacking, "missing"), (comparison.beyond, "too many"))
        if lines
    ]
    return "; ".join(parts)


def _triples(count: int) -> str:
    return f"{count:,} triple{'s' * (count != 1)}"


def _shown(line: bytes) -> str:
    text = line.decode("utf-8", "replace").strip()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
