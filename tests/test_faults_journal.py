"""A disk that fills up under the journal of a load into a server: named, and the same command goes on with room."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from endpoints import oxigraph
from fault_accounts import account
from fault_corpora import base, corpus
from forked import done
from khabar.errors import FileFailed
from khabar.graphs import NamedGraph
from khabar.loading.journal import Journal, beneath
from khabar.loading.load import load
from khabar.loading.target import open_load
from khabar.stores.endpoint import Endpoint
from proxy import Proxy
from small_disk import SmallDisk

NAME = "journal"
BASE = base(NAME)
SIZE = 1 << 20
MANY = 120
"""Articles, each sent and confirmed alone: their lines in the journal take several pages of a disk."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with SmallDisk(tmp_path / "state", SIZE) as disk:
        yield disk


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with oxigraph("") as query, Proxy(query.removesuffix("/query")) as proxy:
        yield proxy


def graphs() -> list[NamedGraph]:
    """A corpus of many small articles: those of the corpus of faults, under many names."""
    *articles, description = corpus(NAME)
    small = min(articles, key=lambda graph: graph.count)
    more = [NamedGraph(f"{small.iri}-{number:03}", small.document) for number in range(MANY)]
    # The description has digests of the others alone.
    return [*articles, *more, description]


def environment(disk: SmallDisk) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(disk.folder)}


def loaded(endpoint: Endpoint, disk: SmallDisk, room: int) -> str:
    """Load while the disk has so much room; what failed, if anything."""
    disk.limit(room)
    try:
        with open_load(endpoint, base=BASE, purpose=BASE, environment=environment(disk)) as (store, journal, pace):
            load(graphs(), store, journal, base=BASE, pace=type(pace)(graphs=1))
    except FileFailed as failure:
        return str(failure)
    return ""


def journal(endpoint: Endpoint, disk: SmallDisk) -> Journal:
    path = beneath(disk.folder / "khabar", endpoint.address, BASE)
    return Journal(path, target=endpoint.address, dataset=BASE)


@pytest.mark.parametrize("pages", range(5))
def test_a_full_disk_under_a_journal_is_named_and_nothing_is_sent_twice(
    disk: SmallDisk, proxy: Proxy, pages: int
) -> None:
    endpoint = Endpoint(proxy.address, profile="oxigraph")
    room = pages * 4096
    disk.leave(room or 1)
    told = done(partial(loaded, endpoint, disk, room))
    assert told.endswith(("found No space left on device", "found File too large")), told
    confirmed = dict(journal(endpoint, disk).confirmed)
    # The lock takes a page too.
    assert confirmed or pages < 2
    sent = [found for found in proxy.exchanges if found.method == "PUT"]
    assert len(sent) >= len(confirmed)
    disk.free()
    assert done(partial(loaded, endpoint, disk, SIZE)) == ""
    found = account(proxy.exchanges, {})
    assert (found.duplicates, found.blind) == ([], [])
    wanted = {graph.iri: frozenset(graph.document.splitlines(keepends=True)) for graph in graphs()}
    assert {name: lines for name, lines in found.held.items() if lines} == wanted
    assert list((disk.folder / "khabar").iterdir()) == []
