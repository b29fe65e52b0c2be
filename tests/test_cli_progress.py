"""How a load says how far it is: a bar on a terminal, lines elsewhere, JSON Lines for machines, nothing when quiet."""

from __future__ import annotations

import io
import itertools
import json
import re
import sys
import time

import pytest

from khabar.cli import progress, streams
from khabar.loading.load import Progress

TOLD = [
    Progress(done=number, total=4, triples=100 * number, sent=number, kept=0, seconds=2.0 * number)
    for number in range(1, 5)
]


class Terminal(io.StringIO):
    """A terminal that keeps what it is sent."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock comes two seconds after the one before."""
    times = itertools.count(step=2)
    monkeypatch.setattr(time, "monotonic", lambda: float(next(times)))


def shown(*, machine: bool = False) -> None:
    with progress.shown(progress.of_load, machine=machine) as report:
        for each in TOLD:
            report(each)


@pytest.mark.usefixtures("clock")
def test_elsewhere_a_line_is_said_every_few_seconds(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "is_quiet", lambda: False)
    shown()
    # Of the looks after 2, 4, 6 and 8 seconds, one lies five after the start, and none five after that.
    assert capsys.readouterr() == ("", "3 of 4 graphs, 300 triples, 50 a second, 2 s left\n")


@pytest.mark.usefixtures("clock")
def test_machines_are_told_once_a_second(capsys: pytest.CaptureFixture[str]) -> None:
    shown(machine=True)
    said, told = capsys.readouterr()
    assert told == ""
    assert [json.loads(line) for line in said.splitlines()] == [
        {"event": "progress", "done": n, "total": 4, "triples": 100 * n, "sent": n, "kept": 0, "seconds": 2.0 * n}
        for n in range(1, 5)
    ]


@pytest.mark.usefixtures("clock")
def test_whoever_is_quiet_says_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "is_quiet", lambda: True)
    shown()
    assert capsys.readouterr() == ("", "")


def test_a_terminal_has_a_bar_with_graphs_triples_rate_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "is_quiet", lambda: False)
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    with progress.shown(progress.of_load) as report:
        for each in TOLD[:3]:
            report(each)
            time.sleep(0.15)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    assert "━" in text
    assert "3 of 4 graphs, 300 triples, 50 a second, 2 s left" in text


@pytest.mark.usefixtures("clock")
def test_a_terminal_that_knows_no_bar_gets_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "is_quiet", lambda: False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    shown()
    assert capsys.readouterr().err.startswith("3 of 4 graphs")
