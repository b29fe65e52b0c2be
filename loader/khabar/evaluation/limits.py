"""How much one query, and all of them together, may take."""

from __future__ import annotations

import msgspec

from khabar.crew import cores

MEBIBYTE = 1024 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of an endpoint.

    A query has ``seconds`` of time from when its evaluation begins, ``memory`` bytes beyond what its process needs to
    open the store, ``rows`` rows (lines of a CSV or TSV) and ``size`` bytes of answer. ``workers`` processes evaluate
    the queries of one visitor, and one more those of another; as many evaluate the bundled queries and what the pages
    ask, so that neither waits for the other. At most ``waiting`` queries of each kind wait, ``own_waiting`` of one
    client, and each for at most ``patience`` seconds. Answers are kept in ``cache`` bytes of memory. A page of a list
    has ``page`` rows where no number is asked for.
    """

    seconds: float = 10.0
    memory: int = 1024 * MEBIBYTE
    rows: int = 500_000
    size: int = 128 * MEBIBYTE
    workers: int = msgspec.field(default_factory=cores)
    waiting: int = 256
    own_waiting: int = 128
    patience: float = 10.0
    cache: int = 64 * MEBIBYTE
    page: int = 100
