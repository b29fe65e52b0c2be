"""Batches: as large as their pace says, proved while the next is sent, confirmed only then."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from held_graphs import HeldGraphs, graph, journal
from khabar.errors import StoreFailed
from khabar.graphs import NamedGraph
from khabar.loading.proof import Comparison
from khabar.loading.sending import Pace, Sender

GRAPHS = [graph(f"a{number}", "one", str(number)) for number in range(6)]
SIZE = len(GRAPHS[0].document)


class Watched(HeldGraphs):
    """A store that keeps the batches that it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[str]] = []
        self.sending = threading.Event()

    def replace(self, graphs: Sequence[NamedGraph]) -> None:
        self.batches.append([each.iri for each in graphs])
        if len(self.batches) > 1:
            self.sending.set()
        super().replace(graphs)


def _unheard(_: Sequence[NamedGraph]) -> None:
    pass


@contextlib.contextmanager
def sender(
    store: HeldGraphs, folder: Path, pace: Pace, proved: Callable[[NamedGraph, int], None] = lambda *_: None
) -> Iterator[Sender]:
    with (
        contextlib.closing(journal(folder)) as own,
        Sender(store, own, pace, before=_unheard, proved=proved) as under_way,
    ):
        yield under_way


def send_all(store: HeldGraphs, folder: Path, pace: Pace) -> None:
    with sender(store, folder, pace) as under_way:
        for each in GRAPHS:
            under_way.send(each)
        under_way.settle()


@pytest.mark.parametrize(
    ("pace", "sizes"),
    [
        (Pace(), [6]),
        (Pace(graphs=4), [4, 2]),
        (Pace(triples=5), [3, 3]),
        (Pace(size=SIZE + 1), [2, 2, 2]),
        (Pace(size=1), [1] * 6),
    ],
)
def test_a_batch_ends_when_it_is_large_enough(tmp_path: Path, pace: Pace, sizes: list[int]) -> None:
    store = Watched()
    send_all(store, tmp_path, pace)
    assert [len(batch) for batch in store.batches] == sizes
    assert store.content() == {each.iri: each for each in GRAPHS}


def test_one_batch_is_read_while_the_next_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Watched()
    read = store.read

    def patient(name: str) -> bytes:
        # It would wait in vain if the next batch were only sent afterwards.
        assert store.sending.wait(10)
        return read(name)

    monkeypatch.setattr(store, "read", patient)
    proved: list[tuple[str, int]] = []
    pace = Pace(graphs=3)
    with sender(store, tmp_path, pace, lambda each, count: proved.append((each.iri, count))) as under_way:
        for each in GRAPHS:
            under_way.send(each)
        # The second batch is on its way, and the first is confirmed.
        assert [name for name, _ in proved] == [each.iri for each in GRAPHS[:3]]
        under_way.settle()
    assert proved == [(each.iri, 2) for each in GRAPHS]
    assert journal(tmp_path).confirmed == {each.iri: each.digest for each in GRAPHS}


def test_what_is_proved_of_a_batch_is_confirmed_though_the_rest_fails(tmp_path: Path) -> None:
    store = Watched()
    store.fails[f"read {GRAPHS[1].iri}"] = failure = StoreFailed(where="memory", expected="x", found="y")
    with pytest.raises(StoreFailed) as caught:
        send_all(store, tmp_path, Pace())
    assert caught.value is failure
    own = journal(tmp_path)
    assert own.begun - own.confirmed.keys() == {GRAPHS[1].iri}


def test_comparisons_are_few_at_a_time_and_in_order(tmp_path: Path) -> None:
    store = Watched()
    store.put(GRAPHS[0])
    told: list[tuple[str, bool]] = []

    def tell(each: NamedGraph, comparison: Comparison) -> None:
        told.append((each.iri, comparison.is_equal))

    with sender(store, tmp_path, Pace(size=SIZE * 3)) as under_way:
        for each in GRAPHS:
            under_way.compare(each, tell)
        assert len(told) == 3
        under_way.settle()
    assert told == [(each.iri, each is GRAPHS[0]) for each in GRAPHS]
    assert list(tmp_path.iterdir()) == []


ABREAST = Pace(graphs=2, senders=2, readers=2, together=4)


def test_batches_are_sent_abreast_and_confirmed_in_their_order(tmp_path: Path) -> None:
    class Abreast(Watched):
        def __init__(self) -> None:
            super().__init__()
            self.meeting = threading.Barrier(2, timeout=10)

        def replace(self, graphs: Sequence[NamedGraph]) -> None:
            if graphs[0].iri != GRAPHS[4].iri:
                # Broken unless two are sent at once.
                self.meeting.wait()
            super().replace(graphs)

    store = Abreast()
    proved: list[str] = []
    with sender(store, tmp_path, ABREAST, lambda each, _: proved.append(each.iri)) as under_way:
        for each in GRAPHS:
            under_way.send(each)
        under_way.settle()
    assert proved == [each.iri for each in GRAPHS]
    assert store.content() == {each.iri: each for each in GRAPHS}


def test_the_first_failure_is_told_whichever_batch_it_is_of(tmp_path: Path) -> None:
    first = StoreFailed(where="memory", expected="room", found="none")

    class Failing(Watched):
        under_way: Sender | None = None

        def replace(self, graphs: Sequence[NamedGraph]) -> None:
            if graphs[0].iri == GRAPHS[2].iri:
                raise first
            for _ in range(1000):
                if self.under_way is not None and self.under_way._failure:
                    break
                time.sleep(0.01)
            raise StoreFailed(where="memory", expected="a store that is open", found="none")

    store = Failing()

    def send(under_way: Sender) -> None:
        store.under_way = under_way
        for each in GRAPHS[:4]:
            under_way.send(each)
        under_way.settle()

    with sender(store, tmp_path, ABREAST) as under_way, pytest.raises(StoreFailed) as caught:
        send(under_way)
    assert caught.value is first
    assert journal(tmp_path).confirmed == {}


def test_what_a_store_tells_by_digest_is_not_read(tmp_path: Path) -> None:
    class Told(Watched):
        def sums(self, graphs: Sequence[NamedGraph]) -> dict[str, tuple[int, str]]:
            told = {each.iri: (each.count, each.digest) for each in graphs[1:]}
            # One that is told wrong is looked into.
            return told | {GRAPHS[5].iri: (2, "00")}

    store = Told()
    proved: list[str] = []
    with sender(store, tmp_path, Pace(together=10), lambda each, _: proved.append(each.iri)) as under_way:
        for each in GRAPHS:
            under_way.send(each)
        under_way.settle()
        told: list[tuple[str, bool]] = []
        for each in GRAPHS:
            under_way.compare(each, lambda each, comparison: told.append((each.iri, comparison.is_equal)))
        under_way.settle()
    assert proved == [each.iri for each in GRAPHS]
    assert told == [(each.iri, True) for each in GRAPHS]
    reads = [call for call in store.calls if call.startswith("read")]
    assert reads == [f"read {GRAPHS[0].iri}", f"read {GRAPHS[5].iri}"] * 2
