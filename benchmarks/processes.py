"""Whole processes, measured in turns, and the corpora that they are measured on."""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PYTHON = sys.executable
KHABAR = (PYTHON, "-m", "khabar")


class Run(NamedTuple):
    """One run of a process and its children: wall-clock seconds, the most memory that they held together, in MiB."""

    seconds: float
    memory: float


class Spent(NamedTuple):
    """What one run spent: seconds of the clock, seconds of the processors, and memory in MiB.

    ``busy`` counts the children that were waited for. ``memory`` is what the processes held together at most, ``first``
    the most that the one that was started held, ``other`` the most that any of its children held, each with all that
    it shares.
    """

    seconds: float
    busy: float
    memory: float
    first: float
    other: float


def run(command: Sequence[str], *, cwd: Path = ROOT) -> Run:
    """Run ``command`` to its end, its output thrown away; a failure ends the benchmark.

    Memory is that of the whole tree of processes: the sum of what each holds for itself (its proportional share of what
    is shared), looked at every 100 ms, and at least what the system says of the process alone.
    """
    spent = spend(command, cwd=cwd)
    return Run(spent.seconds, spent.memory)


def spend(command: Sequence[str], *, cwd: Path = ROOT) -> Spent:
    """Run ``command`` as `run` does, and tell apart what its processes held."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=cwd, start_new_session=True)
    watch = _Watch(process.pid)
    watch.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    seconds = time.perf_counter() - start
    watch.ended.set()
    watch.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    # Linux tells KiB, macOS bytes.
    alone = usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    # What the system says of a process includes the children that it waited for.
    busy = usage.ru_utime + usage.ru_stime
    return Spent(seconds, busy, max(alone, watch.peak), watch.most.get(process.pid, alone), watch.other)


def memory_of(session: int) -> float:
    """What the processes of a session hold together now, in MiB."""
    return _Watch(session).now()


class _Watch(threading.Thread):
    """Looks at the memory of every process of one session, again and again."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.session = session
        self.peak = 0.0
        self.most: dict[int, float] = {}
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.1):
            self.peak = max(self.peak, self.now())

    @property
    def other(self) -> float:
        """The most that a process held beside the first, in MiB."""
        return max((most for process, most in self.most.items() if process != self.session), default=0.0)

    def now(self) -> float:
        """What the session holds at this moment, in MiB."""
        members = [folder for folder in Path("/proc").glob("[0-9]*") if self.is_member(folder)]
        for folder in members:
            self.most[int(folder.name)] = max(self.most.get(int(folder.name), 0.0), self.resident(folder, "VmHWM"))
        if len(members) == 1:
            return self.resident(members[0], "VmRSS")
        return sum(map(self.proportional, members))

    def is_member(self, folder: Path) -> bool:
        try:
            return int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == self.session
        except (OSError, IndexError, ValueError):
            return False

    def resident(self, folder: Path, key: str) -> float:
        try:
            status = (folder / "status").read_text()
        except OSError:
            return 0.0
        return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{key}:")) / 1024

    def proportional(self, folder: Path) -> float:
        try:
            rollup = (folder / "smaps_rollup").read_text()
        except OSError:
            return 0.0
        return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


def medians(
    commands: Mapping[str, Sequence[str]], rounds: int, before: Callable[[str], object] = lambda _: None
) -> dict[str, Run]:
    """The median of ``rounds`` runs of each command, taken in turns; ``before`` hears its name ahead of each."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            before(name)
            runs[name].append(run(command))
    return {
        name: Run(*(statistics.median(values) for values in zip(*each, strict=True))) for name, each in runs.items()
    }


def medians_of_spent(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Spent]:
    """The same, with what the processes held told apart."""
    runs: dict[str, list[Spent]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(spend(command))
    return {name: median(each) for name, each in runs.items()}


def median(runs: Sequence[Spent]) -> Spent:
    """The median of each figure."""
    return Spent(*(statistics.median(values) for values in zip(*runs, strict=True)))


def grow(source: Path, folder: Path, count: int) -> int:
    """Lay down the corpus ``source`` with its one article ``count`` times; returns the lines of one record."""
    shutil.copytree(source, folder)
    original = next((folder / "articles").glob("*.yaml"))
    text = original.read_text(encoding="utf-8")
    original.unlink()
    name = f"id: {original.stem}"
    if text.count(name) != 1:
        raise SystemExit(f"{original}: expected `{name}` once, found it {text.count(name)} times")
    for number in range(count):
        copy = folder / "articles" / f"article-{number:05}.yaml"
        copy.write_text(text.replace(name, f"id: article-{number:05}"), encoding="utf-8")
    return len(text.splitlines())
