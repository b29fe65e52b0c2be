"""kill -9, a full disk, a folder that cannot be written to, other writers: what loads into a folder survive.

More at a time in CI than on a desk; `make faults` tries the most, and prints the figures.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest

from corpora_at_hand import ROOT

FAULTS = ROOT / "tests" / "faults"
IN_CI = os.environ.get("HYPOTHESIS_PROFILE") == "ci" or bool(os.environ.get("CI"))


EXPECTED = {
    "a folder without the right to write": r"{store}: expected a lock in .*/\.store\.lock that can be written,"
    r" found Permission denied",
    "a file system that is read-only": r"{store}: expected a lock in .*/\.store\.lock that can be written,"
    r" found Read-only file system",
    "a second writer": r"{store}: expected to be the only writer, found process [0-9]+ \(refused\.py, since .*Z\)"
    r" \(wait for its end\)",
    "a server that has the store open": r"{store}: expected a store that no other process has open for writing, found"
    r" process [0-9]+ \(oxigraph serve\) \(stop it, or load through its address\)",
}


def run(program: str, *options: str) -> list[dict[str, Any]]:
    """The figures that a program of faults prints, one line of JSON each; it forks, and so has a process of its own."""
    command = [sys.executable, str(FAULTS / program), "--json", *options]
    path = os.pathsep.join([str(ROOT / "loader"), str(ROOT / "tests")])
    ran = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_kill_9_at_random_moments_leaves_no_part_of_an_article_and_loses_nothing() -> None:
    kills = 200 if IN_CI else 20
    (figures,) = run("killed.py", "--kills", str(kills), "--seed", "3")
    assert figures["kills"] == kills
    assert (figures["partial"], figures["lost"], figures["unequal"]) == (0, 0, 0)
    assert figures["slowest"] < 30
    assert figures["loads"] >= 1
    # Most struck in the midst of a load, or nothing was tried.
    assert sum(count for moment, count in figures["struck"].items() if moment.startswith("at work")) > kills // 2
    assert figures["confirmed"] > 0


def test_a_full_disk_is_named_harms_nothing_and_the_load_goes_on_with_room() -> None:
    points = 50 if IN_CI else 8
    (figures,) = run("full_disk.py", "--points", str(points), "--seed", "3")
    assert figures["told"] == []
    assert [figures[what] for what in ("points", "named", "intact", "finished")] == [points] * 4
    assert figures["disk"].startswith(("tmpfs", "a limit on the size of files in place of a tmpfs ("))


@pytest.mark.parametrize(("kind", "times"), [("processes", 300 if IN_CI else 10), ("threads", 300 if IN_CI else 10)])
def test_writers_at_once_lose_no_increment(kind: str, times: int) -> None:
    (figures,) = run("increments.py", "--times", str(times), "--only", kind)
    assert (figures["kind"], figures["count"]) == (kind, 4 * times)


def test_what_cannot_be_written_to_is_told_and_left_as_it_is() -> None:
    figures = {case["kind"]: case for case in run("refused.py")}
    assert figures.keys() == EXPECTED.keys()
    for kind, case in figures.items():
        assert (case["intact"], case["finished"]) == (True, True), case
        if not case["untried"]:
            assert re.fullmatch(EXPECTED[kind].format(store=re.escape(case["store"])), case["told"]), case["told"]
    untried = [case["kind"] for case in figures.values() if case["untried"]]
    assert untried in ([], ["a file system that is read-only"])
