"""The polite client: who it says it is, how often it asks, what it does when told to wait, and what it keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes.wikidata import Fault, Wikidata, wikidata
from khabar import __version__
from khabar.errors import FileFailed, ServiceFailed
from khabar.stores.retries import Retries
from khabar.wikidata import action_api, sparql
from khabar.wikidata.action_api import BATCH, Items
from khabar.wikidata.cache import Cache, Question
from khabar.wikidata.client import Client
from khabar.wikidata.items import item_of


class Clock:
    """Time that passes only by waiting."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


def patient(clock: Clock) -> Retries:
    return Retries(
        tries=4,
        first=1.0,
        patience=300.0,
        clock=clock,
        now=clock,
        sleep=clock.sleep,
        chance=lambda: 1.0,
        longest_asked=90,
    )


@pytest.fixture
def there() -> Iterator[Wikidata]:
    with wikidata() as found:
        yield found


def client(clock: Clock | None = None, cache: Cache | None = None, **options: Any) -> Client:
    clock = clock or Clock()
    return Client(cache, patience=patient(clock), **{"rate": 1000, **options})


def moscow(asking: Client, there: Wikidata) -> str:
    item = Items(asking, there.addresses["api"]).get(["Q649"])["Q649"]
    assert item is not None
    return item.label("ar")


def test_it_says_who_it_is_and_asks_for_lag(there: Wikidata) -> None:
    moscow(client(contact="desk@example.org"), there)
    request = there.requests[0]
    assert request.headers["user-agent"] == f"khabar/{__version__} (+https://w3id.org/khabar; desk@example.org)"
    assert "maxlag=5" in request.target


def test_sparql_goes_under_the_same_name(there: Wikidata) -> None:
    found = sparql.by_name(client(contact="desk@example.org"), ["موسكو"], there.addresses["sparql"])
    assert found == {"موسكو": ("Q649",)}
    assert "desk@example.org" in there.requests[0].headers["user-agent"]


def test_requests_to_one_host_keep_their_distance(there: Wikidata) -> None:
    clock = Clock()
    asking = client(clock, rate=4)
    for name in ("a", "b", "c"):
        action_api.search(asking, name, "en", address=there.addresses["api"])
    assert clock.waited == [pytest.approx(0.25), pytest.approx(0.25)]


@pytest.mark.parametrize(
    "fault",
    [
        Fault.BUSY,
        Fault.DOWN,
        Fault.GATEWAY,
        Fault.LAGGED,
        Fault.LIMITED,
        Fault.READ_ONLY,
        Fault.DEFECT,
        Fault.PAGE,
        Fault.BLANK,
        Fault.CUT,
        Fault.OTHER_SHAPE,
        Fault.HUNG_UP,
    ],
    ids=[
        "429",
        "503",
        "502",
        "maxlag",
        "ratelimited",
        "readonly",
        "defect",
        "page",
        "blank",
        "cut",
        "shape",
        "hung-up",
    ],
)
def test_what_passes_is_waited_for(there: Wikidata, fault: Any) -> None:
    clock = Clock()
    there.fail("/w/api.php", fault)
    assert moscow(client(clock), there) == "موسكو"
    assert len(there.requests) + (fault is None) == 2
    assert sum(clock.waited) > 0


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.LAGGED])
def test_retry_after_is_obeyed(there: Wikidata, fault: Any) -> None:
    clock = Clock()
    there.fail("/w/api.php", fault._replace(headers={"Retry-After": "17"}))
    moscow(client(clock), there)
    assert max(clock.waited) >= 17


def test_who_asks_for_more_than_there_is_patience_for_is_not_waited_for(there: Wikidata) -> None:
    clock = Clock()
    there.fail("/w/api.php", Fault.BUSY._replace(headers={"Retry-After": "3600"}), times=9)
    with pytest.raises(ServiceFailed, match="429"):
        moscow(client(clock), there)
    assert len(there.requests) == 1
    assert clock.waited == []


def test_patience_ends(there: Wikidata) -> None:
    there.fail("/w/api.php", Fault.DOWN, times=99)
    with pytest.raises(ServiceFailed, match=r"503.*4 times"):
        moscow(client(), there)
    assert len(there.requests) == 4


@pytest.mark.parametrize("fault", [Fault.FORBIDDEN])
def test_what_stays_is_told_at_once(there: Wikidata, fault: Any) -> None:
    there.fail("/w/api.php", fault, times=9)
    with pytest.raises(ServiceFailed, match="--contact"):
        moscow(client(), there)
    assert len(there.requests) == 1


def test_an_error_of_the_api_is_told_in_its_words(there: Wikidata) -> None:
    with pytest.raises(ServiceFailed, match="no-such-entity: Could not find an entity"):
        Items(client(), there.addresses["api"]).get(["Q"])
    assert len(there.requests) == 1


def test_a_time_out_of_the_query_service_is_told(there: Wikidata) -> None:
    there.fail("/sparql", Fault.LATE, times=9)
    with pytest.raises(ServiceFailed, match="TimeoutException"):
        sparql.by_name(client(), ["x"], there.addresses["sparql"])


def test_a_host_that_is_not_there_is_told() -> None:
    with pytest.raises(ServiceFailed):
        action_api.search(client(), "x", "en", address="http://127.0.0.1:9/w/api.php")


# What is kept.


def test_an_answer_is_asked_for_once(there: Wikidata, tmp_path: Path) -> None:
    for _ in range(2):
        assert moscow(client(cache=Cache(tmp_path)), there) == "موسكو"
    assert len(there.requests) == 1


def test_offline_nothing_is_sent_and_the_same_is_found(there: Wikidata, tmp_path: Path) -> None:
    moscow(client(cache=Cache(tmp_path)), there)
    offline = client(cache=Cache(tmp_path, now=lambda: datetime(2099, 1, 1, tzinfo=UTC)), offline=True)
    assert moscow(offline, there) == "موسكو"
    with pytest.raises(ServiceFailed, match="run it once without --offline"):
        Items(offline, there.addresses["api"]).get(["Q3579"])
    assert len(there.requests) == 1
    assert offline.sent == 0


def test_an_old_answer_is_asked_for_again(there: Wikidata, tmp_path: Path) -> None:
    moscow(client(cache=Cache(tmp_path)), there)
    moscow(client(cache=Cache(tmp_path), fresh=timedelta(0)), there)
    moscow(client(cache=Cache(tmp_path, now=lambda: datetime(2099, 1, 1, tzinfo=UTC))), there)
    assert len(there.requests) == 3


def test_only_what_can_be_read_is_kept(there: Wikidata, tmp_path: Path) -> None:
    there.fail("/w/api.php", Fault.OTHER_SHAPE, times=99)
    with pytest.raises(ServiceFailed, match="another shape"):
        moscow(client(cache=Cache(tmp_path)), there)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"address": "x"}', b"\xff"])
def test_a_damaged_answer_is_asked_for_again(there: Wikidata, tmp_path: Path, damage: bytes) -> None:
    moscow(client(cache=Cache(tmp_path)), there)
    [path] = tmp_path.iterdir()
    path.write_bytes(damage)
    assert moscow(client(cache=Cache(tmp_path)), there) == "موسكو"
    assert json.loads(path.read_text(encoding="utf-8"))["answer"]["entities"]["Q649"]["id"] == "Q649"


def test_the_files_tell_what_was_asked_and_when(tmp_path: Path) -> None:
    cache = Cache(tmp_path, now=lambda: datetime(2031, 3, 2, tzinfo=UTC))
    question = Question("https://example.org/api", (("a", "ب"),))
    cache.put(question, {"x": 1})
    [path] = tmp_path.iterdir()
    assert path.read_text(encoding="utf-8") == (
        '{\n "address": "https://example.org/api",\n "parameters": [\n  [\n   "a",\n   "ب"\n  ]\n ],\n'
        ' "answered": "2031-03-02T00:00:00+00:00",\n "answer": {\n  "x": 1\n }\n}\n'
    )
    assert cache.get(question) == {"x": 1}
    assert cache.get(Question("https://example.org/api", (("a", "c"),))) is None


def test_a_folder_that_cannot_be_written_is_told(there: Wikidata, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileFailed):
        moscow(client(cache=Cache(tmp_path / "file" / "below")), there)


# Items.


def test_many_items_are_asked_for_at_once(there: Wikidata) -> None:
    found = Items(client(), there.addresses["api"]).get([f"Q{999500000 + number}" for number in range(BATCH + 1)])
    assert set(found.values()) == {None}
    assert len(there.requests) == 2


def test_an_item_is_read_as_far_as_it_counts(there: Wikidata) -> None:
    items = Items(client(), there.addresses["api"]).get(["Q3579", "Q999000301", "Q999000401", "Q999000107"])
    tripoli, redirected, deleted, shared = items.values()
    assert tripoli is not None
    assert redirected is not None
    assert shared is not None
    assert tripoli.point == (32.8752, 13.1875)
    assert tripoli.countries == ("Q1016",)
    assert (redirected.id, redirected.redirected_from) == ("Q3579", "Q999000301")
    assert deleted is None
    assert shared.label("en") == "Yunus-bek Yevkurov"
    assert ("mul", "Yunusbek Yevkurov") in shared.names()


def test_ranks_and_unknown_values_are_minded() -> None:
    def statement(qid: str, rank: str = "normal") -> dict[str, Any]:
        value = {"entity-type": "item", "id": qid, "numeric-id": int(qid[1:])}
        return {"mainsnak": {"snaktype": "value", "datavalue": {"value": value}}, "rank": rank}

    unknown = {"mainsnak": {"snaktype": "somevalue"}, "rank": "normal"}
    claims = {
        "P31": [statement("Q515", "deprecated"), statement("Q5119"), statement("Q1549591", "preferred")],
        "P39": [statement("Q218295", "preferred"), statement("Q4164871")],
        "P625": [unknown],
    }
    item = item_of({"id": "Q649", "claims": claims})
    assert item is not None
    assert item.classes == ("Q1549591",)
    assert item.offices == ("Q218295", "Q4164871")
    assert item.point is None
