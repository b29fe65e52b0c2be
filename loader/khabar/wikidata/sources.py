"""Where candidates come from: one interface to three ways of asking who is called so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import msgspec

from khabar.errors import ServiceFailed
from khabar.wikidata import action_api, sparql
from khabar.wikidata.client import Client
from khabar.wikidata.items import QID
from khabar.wikidata.reconciliation import ReconciliationQuery, ReconciliationService

NAMES: Final = 8
"""Names of one entity that are asked for, the labels first."""

LIMIT: Final = 7
"""Candidates that one name brings from one source."""


class Wanted(msgspec.Struct, frozen=True):
    """What is looked for: names with their languages, and khabar's type of it."""

    names: tuple[tuple[str, str], ...]
    type: str


class Source(Protocol):
    """A way to find items: Q-numbers, the likeliest first. ``find`` raises ServiceFailed."""

    @property
    def name(self) -> str:
        """What the source is called, in the reasons for a candidate."""

    def find(self, wanted: Wanted) -> tuple[str, ...]:
        """The Q-numbers of items that may be what is wanted."""


class SearchSource:
    """Wikidata's own search (wbsearchentities), in the language of each name."""

    name = "wbsearchentities"

    def __init__(self, client: Client, address: str = action_api.ADDRESS) -> None:
        self._client = client
        self._address = address

    def find(self, wanted: Wanted) -> tuple[str, ...]:
        """The items whose labels or aliases begin with one of the names."""
        return _each(
            action_api.search(self._client, name, language, limit=LIMIT, address=self._address)
            for language, name in wanted.names[:NAMES]
        )


class SparqlSource:
    """A SPARQL endpoint that holds Wikidata: items that have one of the names, letter for letter."""

    name = "SPARQL"

    def __init__(self, client: Client, address: str = sparql.ADDRESS) -> None:
        self._client = client
        self._address = address

    def find(self, wanted: Wanted) -> tuple[str, ...]:
        """The items that are called by one of the names in English, in Arabic or in all languages."""
        found = sparql.by_name(self._client, (name for _, name in wanted.names[:NAMES]), self._address)
        return _each(found.values())


class ReconciliationSource:
    """A reconciliation service over Wikidata; an address with ``{language}`` is one for each language."""

    name = "reconciliation"

    def __init__(self, client: Client, address: str) -> None:
        self._client = client
        self._address = address
        self._services: dict[str, ReconciliationService] = {}

    def find(self, wanted: Wanted) -> tuple[str, ...]:
        """The candidates of the service for the label in each language."""
        by_service: dict[str, list[ReconciliationQuery]] = {}
        for language, name in _labels(wanted):
            address = self._address.replace("{language}", language)
            # A class narrows the answer where khabar's type is exactly one.
            kind = "Q5" if wanted.type == "Person" else ""
            by_service.setdefault(address, []).append(ReconciliationQuery(name, kind, limit=LIMIT))
        return _each(
            (candidate.id for candidate in found if QID.fullmatch(candidate.id))
            for address, queries in by_service.items()
            for found in self._service(address).find(queries)
        )

    def _service(self, address: str) -> ReconciliationService:
        if address not in self._services:
            service = ReconciliationService(self._client, address)
            if not (manifest := service.manifest()).is_wikidata:
                raise ServiceFailed(
                    where=address, expected="a service over Wikidata", found=f"{manifest.name}, over {manifest.space}"
                )
            self._services[address] = service
        return self._services[address]


def _labels(wanted: Wanted) -> Sequence[tuple[str, str]]:
    labels: dict[str, str] = {}
    for language, name in wanted.names:
        labels.setdefault(language, name)
    return tuple((language, name) for language, name in labels.items() if language in ("en", "ar"))


def _each(found: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All that was found, once: the first of every part before the second of any."""
    parts = [list(part) for part in found]
    longest = max(map(len, parts), default=0)
    return tuple(dict.fromkeys(part[place] for place in range(longest) for part in parts if place < len(part)))
