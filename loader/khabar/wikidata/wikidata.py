"""Wikidata as it is reached: its interfaces and their addresses, how politely, and with which answers kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from khabar.errors import ServiceFailed
from khabar.stores.retries import Retries
from khabar.wikidata import action_api, client, sparql
from khabar.wikidata.action_api import Items
from khabar.wikidata.cache import Cache
from khabar.wikidata.client import Client
from khabar.wikidata.sources import ReconciliationSource, SearchSource, Source, SparqlSource

PUBLIC_SERVICE: Final = "https://wikidata.reconci.link/{language}/api"
"""The reconciliation service over Wikidata that OpenRefine uses; one for each language."""


class Wikidata:
    """Wikidata, or a copy of it: candidates come from ``sources``, items from the API at ``api``.

    ``sources`` are some of ``search``, ``sparql`` and ``reconciliation``; unless given, the first two, which Wikimedia
    runs itself, and the third where ``reconciliation`` is the address of a service, which may hold ``{language}``.

    ``cache`` is a folder for answers; those in it that are younger than ``fresh`` are not asked for again. With
    ``offline`` nothing is sent, and what is not in the folder fails. ``contact``, an address of mail or of a page, is
    told to Wikimedia, as its policy wants it. ``rate`` counts requests a second to one host. Raises ServiceFailed for
    an unknown source.
    """

    def __init__(
        self,
        *,
        cache: Path | str | None = None,
        offline: bool = False,
        fresh: timedelta = client.FRESH,
        contact: str = "",
        rate: float = client.RATE,
        timeout: float = client.TIMEOUT,
        patience: Retries | None = None,
        sources: Sequence[str] = (),
        api: str = action_api.ADDRESS,
        sparql: str = sparql.ADDRESS,
        reconciliation: str = "",
    ) -> None:
        self._client = Client(
            None if cache is None else Cache(Path(cache)),
            offline=offline,
            fresh=fresh,
            contact=contact,
            rate=rate,
            timeout=timeout,
            patience=patience or client.PATIENCE,
        )
        self.items = Items(self._client, api)
        known: dict[str, Source] = {
            "search": SearchSource(self._client, api),
            "sparql": SparqlSource(self._client, sparql),
            "reconciliation": ReconciliationSource(self._client, reconciliation or PUBLIC_SERVICE),
        }
        wanted = sources or ("search", "sparql", *(("reconciliation",) if reconciliation else ()))
        if unknown := [name for name in wanted if name not in known]:
            raise ServiceFailed(where="sources", expected=f"some of {', '.join(known)}", found=", ".join(unknown))
        self.sources = tuple(known[name] for name in dict.fromkeys(wanted))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    @property
    def sent(self) -> int:
        """Requests that went out."""
        return self._client.sent
