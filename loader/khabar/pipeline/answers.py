"""From a question to its answer: `open_store`, `query`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from khabar.pipeline.graphs import quads
from khabar.pipeline.records import read

if TYPE_CHECKING:
    from khabar.model import Corpus
    from khabar.queries.binding import Value
    from khabar.queries.results import Rows
    from khabar.stores.endpoint import Endpoint
    from khabar.stores.store import Store


def open_store(target: Corpus | Path | str | Endpoint) -> Store:
    """What ``target`` stands for, ready to be asked.

    A corpus, its folder, or a file of its records in bulk is built in memory; a Turtle, TriG, N-Triples or N-Quads file
    is read into memory; the folder of an embedded store is opened for reading; an http or https address is a SPARQL
    endpoint, and an `Endpoint` one of which more is known. Raises `FaultyData`, `FileFailed`, `StoreFailed`.
    """
    from khabar.model import Corpus
    from khabar.records.sources import is_bulk
    from khabar.stores import memory
    from khabar.stores.endpoint import Endpoint
    from khabar.stores.opening import is_store, open_target

    if isinstance(target, Corpus):
        return memory.from_quads(quads(target), target.paths["corpus"])
    if not isinstance(target, Endpoint) and is_bulk(Path(target)) and not is_store(target):
        return memory.from_quads(quads(read(target)), str(target))
    return open_target(target, lambda folder: quads(read(folder)))


def query(
    target: Corpus | Store | Path | str | Endpoint,
    request: str,
    /,
    *,
    services: Mapping[str, str] | None = None,
    limit: int | None = None,
    offset: int = 0,
    **params: Value,
) -> Rows:
    """The rows that a query gives on ``target``: a store that `open_store` returned, or anything that it opens.

    ``request`` is the name of a bundled query, a file that ends in ``.rq``, or SPARQL (SELECT or ASK). ``params`` are
    bound as terms: ids of the corpus, IRIs, dates, words, by the types that the query declares. ``services`` maps the
    IRI of each SERVICE that may be asked to the address that is asked in its place; none is asked otherwise. With
    ``limit`` and ``offset`` the rows are a page of the list: at most so many, after the first so many.

    Raises `QueryRefused` for an unknown name, an unfit parameter or a query that khabar does not run, `StoreFailed`,
    and what `open_store` raises.

    >>> from khabar.resources import example
    >>> rows = query(str(example()), "standing", standing="contested", lang="en")
    >>> rows.columns, len(rows)
    (('standing', 'kind', 'thing', 'thingLabel'), 5)
    >>> rows.texts()[0]["thingLabel"]
    'The ferry line gets two berths in return for a fireboat.'
    """
    from khabar.model import Corpus
    from khabar.queries import paging
    from khabar.queries.binding import bind
    from khabar.queries.catalogue import choose
    from khabar.stores.endpoint import Endpoint
    from khabar.stores.opening import prefixes

    chosen = choose(request)
    if limit is not None or offset:
        paging.check(chosen, limit, offset)
    store = open_store(target) if isinstance(target, Corpus | Path | str | Endpoint) else target
    text = bind(chosen, params, prefixes=prefixes(store) if params else None)
    if limit is None and not offset:
        return store.select(text, services=services or {})
    return paging.page(
        chosen, text, lambda asked: store.select(asked, services=services or {}), limit=limit, offset=offset
    )
