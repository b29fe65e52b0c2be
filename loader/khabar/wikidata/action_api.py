"""Wikidata's own API: names to Q-numbers (wbsearchentities), Q-numbers to items (wbgetentities)."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlencode

from khabar.wikidata.cache import Question
from khabar.wikidata.client import MAXLAG, Client, get_request
from khabar.wikidata.items import QID, Item, item_of

ADDRESS: Final = "https://www.wikidata.org/w/api.php"
BATCH: Final = 50
"""Items that one request may ask for without special rights."""


def search(client: Client, name: str, language: str, *, limit: int = 7, address: str = ADDRESS) -> tuple[str, ...]:
    """The Q-numbers of items whose labels or aliases begin with ``name``, the best first; raises ServiceFailed.

    The search looks into the language, its fallbacks and ``mul``.
    """
    parameters = {
        "action": "wbsearchentities",
        "format": "json",
        "formatversion": "2",
        "search": name,
        "language": language,
        "uselang": language,
        "type": "item",
        "limit": str(limit),
    }
    return client.get(address, parameters, _found)


def _found(answer: Any) -> tuple[str, ...]:
    found = tuple(one["id"] for one in answer["search"])
    if not all(map(QID.fullmatch, found)):
        raise ValueError(found)
    return found


_GET: Final = {
    "action": "wbgetentities",
    "format": "json",
    "formatversion": "2",
    "props": "labels|aliases|descriptions|claims",
    "redirects": "yes",
}


class Items:
    """Items by their Q-numbers, each asked for once, many in a request."""

    def __init__(self, client: Client, address: str = ADDRESS) -> None:
        self._client = client
        self._address = address
        self._known: dict[str, Item | None] = {}

    def get(self, qids: Iterable[str]) -> dict[str, Item | None]:
        """The items of ``qids``, None for those that do not exist; redirects are followed. Raises ServiceFailed."""
        wanted = tuple(dict.fromkeys(qids))
        missing = sorted(set(wanted) - set(self._known), key=lambda qid: (len(qid), qid))
        for start in range(0, len(missing), BATCH):
            self._ask(tuple(missing[start : start + BATCH]))
        return {qid: self._known[qid] for qid in wanted}

    def known(self, qid: str) -> Item | None:
        """The item of ``qid`` where `get` has brought it, else None."""
        return self._known.get(qid)

    def _ask(self, qids: tuple[str, ...]) -> None:
        """Get items, those that were kept from there; each is kept by itself, whatever it was asked for with."""
        unknown = []
        for qid in qids:
            kept = self._client.recall(self._question(qid), functools.partial(_entities, (qid,)))
            if kept is None:
                unknown.append(qid)
            else:
                self._learn(kept)
        if unknown:
            query = urlencode({**_GET, "ids": "|".join(unknown), "maxlag": MAXLAG})
            answer, found = self._client.fetch(
                self._address, lambda: get_request(self._address, query), functools.partial(_entities, unknown)
            )
            for qid in unknown:
                self._client.keep(self._question(qid), {"entities": {qid: answer["entities"][qid]}})
            self._learn(found)

    def _question(self, qid: str) -> Question:
        return Question(self._address, (*_GET.items(), ("ids", qid)))

    def _learn(self, found: dict[str, Item | None]) -> None:
        self._known |= found
        # An item that is asked for by an old number is known by its own, too.
        self._known |= {item.id: item for item in found.values() if item is not None and item.id not in self._known}


def _entities(qids: Iterable[str], answer: Any) -> dict[str, Item | None]:
    return {qid: item_of(answer["entities"][qid]) for qid in qids}
