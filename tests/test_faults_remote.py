"""Loads into a real store under seeded faults end where they should, and the figures would show it if they did not."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from itertools import count, islice
from pathlib import Path

import pytest

from fault_kinds import FAULTS, FORWARDED, KILLS, PERMANENT, WAITS, Kind
from fault_schedules import SENTENCES, Schedule
from faults.figures import EMBEDDED, END, START, write
from faults.schedules import Figures, run, table

SCHEDULES = 200 if os.environ.get("CI") else 40


@pytest.fixture(scope="module")
def figures() -> Figures:
    return run(range(1, SCHEDULES + 1))


def test_every_load_ends_with_the_graphs_that_were_meant_and_nothing_is_sent_twice(figures: Figures) -> None:
    assert figures.wrong == []
    assert [played.seed for played in figures.played] == list(range(1, SCHEDULES + 1))
    assert all(played.is_isomorphic for played in figures.played)
    assert figures.total("duplicates") == 0
    assert figures.total("blind") == 0
    assert figures.canary == 0
    assert figures.neighbours in {(1, 1), (2, 2)}


def test_the_faults_did_strike(figures: Figures) -> None:
    struck = figures.struck
    assert sum(struck.values()) > 1.5 * SCHEDULES
    assert len(struck) >= 30
    assert figures.total("failed") > SCHEDULES / 5
    assert figures.total("killed") > SCHEDULES / 10
    assert figures.total("resent") > SCHEDULES / 10
    assert figures.positions > 25


def test_the_table_tells_the_figures(figures: Figures) -> None:
    text = "\n".join(table(figures))
    assert f"| final graphs isomorphic | {SCHEDULES} of {SCHEDULES} |" in text
    assert "| duplicates: graphs sent that were there | 0 |" in text
    assert "| requests to another host | 0 |" in text
    assert all(f"| {kind.value} | {figures.struck[kind]:,} |" in text for kind in Kind)


def test_a_thousand_schedules_have_every_kind_of_fault_in_every_part_of_a_load() -> None:
    schedules = [Schedule.of(seed) for seed in range(1, 1001)]
    kinds = Counter(kind for schedule in schedules for kind in schedule.plan.values())
    assert set(kinds) == set(Kind)
    assert min(kinds[kind] for kind in FAULTS) >= 40
    assert {place for schedule in schedules for place in schedule.plan} >= set(range(1, 60))
    assert {schedule.held for schedule in schedules} == {"nothing", "first edition", "interrupted"}
    assert {schedule.profile for schedule in schedules} == {"oxigraph", "generic"}
    assert {schedule.batch for schedule in schedules} == {1, 2, 3, 64}
    assert Schedule.of(7) == Schedule.of(7) != Schedule.of(8)
    assert set(SENTENCES) == PERMANENT


def seeds_of(kinds: frozenset[Kind], number: int, *, before: int = 24) -> Sequence[int]:
    """The first seeds in whose schedules one of ``kinds`` comes early, and no permanent fault or kill before it."""

    def suits(seed: int) -> bool:
        for place, kind in Schedule.of(seed).plan.items():
            if kind in kinds:
                return 10 < place < before
            if kind in PERMANENT | KILLS:
                return False
        return False

    return list(islice(filter(suits, count(1)), number))


UNSURE = frozenset({Kind.DONE_DROPPED, Kind.DONE_502, Kind.DONE_504})


@pytest.mark.parametrize(
    ("careless", "kinds", "found"),
    [
        pytest.param(
            "import khabar.stores.remote_graphs as m; m.is_unsure = lambda failure: False",
            UNSURE,
            r"request \d+ sent \S+ again without a look",
            id="does not look after an unknown outcome",
        ),
        pytest.param(
            "import khabar.loading.plan as m; m.decide = lambda *_, **__: m.Decision.SEND",
            KILLS & FORWARDED,
            r"request \d+ sent \S+ though it was there",
            id="sends what is there",
        ),
        pytest.param(
            "import khabar.stores.retries as m; m.seconds_asked = lambda *_: None",
            frozenset(WAITS),
            r"[1-9] times Retry-After, and the waits were \(0\.\d+,",
            id="does not wait as long as it is asked to",
        ),
        pytest.param(
            "import khabar.stores.retries as m; m.NOT_NOW = frozenset({400, 403, 408, 413, 429, 503})",
            frozenset({Kind.STATUS_400, Kind.STATUS_403, Kind.STATUS_413}),
            r"done in spite of STATUS_4\d\d",
            id="asks again what is refused for good",
        ),
        pytest.param(
            "import khabar.loading.load as m; m._Load._prove = lambda *_: None\n"
            "import khabar.loading.sending as n; n.compare = lambda meant, *_: n.Comparison(meant.count)",
            frozenset({Kind.LYING_200, Kind.LYING_204}),
            r"the store differs in",
            id="believes what it is told",
        ),
    ],
)
def test_a_careless_client_is_found_out(careless: str, kinds: frozenset[Kind], found: str) -> None:
    figures = run(seeds_of(kinds, 6), workers=2, careless=careless)
    assert re.search(found, "\n".join(figures.wrong)), figures.wrong


def test_a_client_that_follows_any_redirect_is_found_out() -> None:
    careless = "import khabar.stores.wire as m; m._same_host = lambda _, address, there: m.urljoin(address, there)"
    assert run(seeds_of(frozenset({Kind.REDIRECT_ELSEWHERE}), 2), workers=1, careless=careless).canary > 0


def test_the_table_takes_its_place_in_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{START}old\n{END}after\n", "utf-8")
    for _ in range(2):
        write(page, ["| one |", "| two |"])
        assert page.read_text("utf-8") == f"before\n{START}\n| one |\n| two |\n\n{END}after\n"


def test_the_page_has_the_figures_of_a_whole_run() -> None:
    page = (Path(__file__).parents[1] / "docs" / "faults.md").read_text("utf-8")
    figures = page.partition(START)[2].partition(END)[0]
    for row in (
        "| final graphs isomorphic | 1,000 of 1,000 |",
        "| duplicates: graphs sent that were there | 0 |",
        "| graphs sent again without a look at what is there | 0 |",
        "| requests to another host | 0 |",
        "| other findings | 0 |",
        *(f"| {kind.value} |" for kind in Kind),
        *(f"| {name} |" for name, _ in EMBEDDED),
    ):
        assert row in figures
    assert f"in {len(FAULTS)} ways" in page
