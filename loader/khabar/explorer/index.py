"""The index of a store, open for reading: what the pages of the explorer ask."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from khabar import vocabulary
from khabar.explorer.network import network
from khabar.explorer.overview import event_types, overview
from khabar.explorer.partitions import PARTITIONS
from khabar.explorer.places import Box, marks
from khabar.explorer.reader import Reader
from khabar.explorer.search import Search
from khabar.explorer.timeline import Filter, timeline
from khabar.explorer.values import Count, Kind, Mark, Network, Overview, Page, Partition, Thing, Timeline
from khabar.iris import Iris

_MOST: Final = 1_000
"""What a page holds at the most, whatever is asked for."""


def open_index(path: Path | str) -> Index:
    """The index in the file ``path``.

    Raises FileFailed where there is no file, StoreFailed for a file that is no index or has another version.
    """
    return Index(Reader(path))


class Index:
    """An index open for reading, for any number of threads.

    ``language`` is the tag of a page: names are in it, or else in English, or else in any, or else the end of an IRI.
    A limit or an offset below 0 is 0; a page holds a thousand items at the most. Every method raises StoreFailed where
    the file can no longer be read.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._search = Search(reader)

    def close(self) -> None:
        """Close the file in all threads."""
        self._reader.close()

    def overview(self, language: str) -> Overview:
        """What the store holds as a whole."""
        return overview(self._reader, language)

    def event_types(self, language: str) -> tuple[Count, ...]:
        """The types of event, each counted with its sub-classes, the most frequent first."""
        return event_types(self._reader, language)

    def thing(self, iri: str, language: str) -> Thing | None:
        """The thing with an IRI, or None."""
        number = self._reader.number(iri)
        return None if number is None else self._reader.things((number,), language)[0]

    def kind_of(self, iri: str) -> Kind | None:
        """What the thing with an IRI is to a reader, or None where there is none."""
        return self._reader.kind_of(iri)

    def things(self, kind: Kind, language: str, *, limit: int, offset: int = 0) -> Page[Thing]:
        """Things of a kind: articles from the newest, events by date, then and all others by name.

        The names are those of the language of the page, where lists are sorted in it: English and Arabic.
        """
        limit, offset = _bounded(limit, offset)
        items, total = self._reader.listed(kind, language, limit, offset)
        return Page(items=items, total=total, offset=offset, limit=limit)

    def search(
        self, text: str, language: str, *, kinds: Collection[Kind] = (), limit: int = 20, offset: int = 0
    ) -> Page[Thing]:
        """The things that have a name in which each word of ``text`` begins a word, in any language.

        First those that are called so; then those whose name begins so, and persons, bodies and places that have the
        words in any place of a name; then the others. Among these come persons, bodies and places before events,
        events before claims, claims before articles, the best connected first. Where no name has the words, those that
        sound alike are found, in either script. What a statement is called is made of its source and its claim: it is
        not searched.
        """
        return self._search.page(text, language, kinds, *_bounded(limit, offset))

    def timeline(
        self,
        language: str,
        *,
        first: str = "",
        last: str = "",
        types: Collection[str] = (),
        agent: str = "",
        standing: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> Timeline:
        """The events of a window of time; see `khabar.explorer.timeline`.

        ``types`` are classes, sub-classes with them; ``agent`` is the IRI of one who takes part, or says something of
        an event; ``standing`` its word. ``first`` and ``last`` are dates in EDTF. Raises DateRefused for others.
        """
        wanted = Filter(tuple(types), agent, standing)
        return timeline(self._reader, language, wanted, (first, last), *_bounded(limit, offset))

    def network(self, language: str, *, centre: str = "", limit: int = 120) -> Network:
        """A part of the network, around the thing with the IRI ``centre`` if it is given."""
        return network(self._reader, language, centre, _bounded(limit, 0)[0])

    def marks(self, language: str, *, box: Box | None = None, limit: int = 500) -> tuple[Mark, ...]:
        """The places with a point, those with most events first; inside a box (west, south, east, north) if given."""
        return marks(self._reader, language, box, _bounded(limit, 0)[0])

    def partitions(self) -> tuple[Partition, ...]:
        """The class and property partitions of the store, for VoID."""
        return self._partitions

    @functools.cached_property
    def _partitions(self) -> tuple[Partition, ...]:
        return msgspec.json.decode(self._reader.fact(PARTITIONS), type=tuple[Partition, ...])

    def bases(self) -> tuple[str, ...]:
        """The base of each corpus in the store, as its description gives it."""
        return tuple(one.base for one in self._reader.summary.corpora if one.base)

    def prefixes(self) -> Mapping[str, str]:
        """The prefixes of khabar's vocabularies, and of the things of the corpus where there is but one."""
        bases = self.bases()
        own = Iris(bases[0]).prefixes() if len(bases) == 1 else {}
        return MappingProxyType({**own, **vocabulary.prefixes()})


def _bounded(limit: int, offset: int) -> tuple[int, int]:
    return min(max(limit, 0), _MOST), max(offset, 0)
