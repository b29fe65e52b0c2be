"""However the writing of a document ends: the file is whole or as it was, nothing is beside it, no process is left."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bulk_corpora import lay_down
from khabar.assembly import BuildProgress, staff, write_nquads
from khabar.crew import crew
from khabar.errors import FileFailed
from khabar.records.sources import open_source
from linked_corpora import corpus, sound
from process_table import ended

PROGRAM = """
import signal, sys, time
from khabar.assembly import staff, write_nquads
from khabar.crew import crew

staff.SMALL_SIZE = 0
started = crew._started
def noted(*arguments):
    process = started(*arguments)
    print(process.pid, flush=True)
    return process
crew._started = noted

def report(progress):
    if progress.stage == sys.argv[3] and progress.done:
        print("now", flush=True)
        time.sleep(60)

signal.signal(signal.SIGTERM, signal.default_int_handler)
try:
    write_nquads(sys.argv[1], sys.argv[2], workers=2, report=report)
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return lay_down(sound(400, every=10, seed=1), tmp_path / "in.jsonl")


class Running:
    """The program above, come to a stage, with two workers."""

    def __init__(self, source: Path, target: Path, stage: str) -> None:
        room = source.parent / "room"
        room.mkdir()
        self.room = room
        environment = {**os.environ, "TMPDIR": str(room), "PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(source), str(target), stage],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        lines = iter(self.process.stdout.readline, "now\n")
        self.workers = [int(line) for line in lines]
        assert len(self.workers) == 2

    def end(self) -> str:
        """Wait for the end of all of them; what the program said of it."""
        _, told = self.process.communicate(timeout=20)
        until = time.monotonic() + 10
        while not all(map(ended, self.workers)):
            assert time.monotonic() < until
            time.sleep(0.02)
        return told


def to_all(running: Running, sign: signal.Signals) -> None:
    """As a terminal does it."""
    os.killpg(running.process.pid, sign)


def to_one(running: Running, sign: signal.Signals) -> None:
    running.process.send_signal(sign)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "out.nq").write_text("as it was", "utf-8")
    return folder / "out.nq"


@pytest.mark.parametrize("stage", ["reading", "linking", "writing"])
@pytest.mark.parametrize(("sign", "send"), [(signal.SIGINT, to_all), (signal.SIGINT, to_one), (signal.SIGTERM, to_one)])
def test_an_interrupt_leaves_no_file_and_no_process(
    sign: signal.Signals, send: Callable[[Running, signal.Signals], None], stage: str, source: Path, target: Path
) -> None:
    running = Running(source, target, stage)
    beside = {path.name for path in target.parent.iterdir()} - {"out.nq"}
    assert len(beside) == 1
    send(running, sign)
    assert running.end() == ""
    assert running.process.returncode == 130
    assert [path.name for path in target.parent.iterdir()] == ["out.nq"]
    assert target.read_text("utf-8") == "as it was"
    assert list(running.room.iterdir()) == []


def test_workers_do_not_outlive_a_process_that_is_killed(source: Path, target: Path) -> None:
    running = Running(source, target, "writing")
    running.process.kill()
    running.end()
    assert target.read_text("utf-8") == "as it was"
    assert list(running.room.iterdir()) == []


def test_a_worker_that_is_killed_is_told_and_nothing_is_written(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "SMALL_SIZE", 0)
    processes: list[subprocess.Popen[bytes]] = []
    start = crew._started

    def noted(address: str, where: str, files: list[int]) -> subprocess.Popen[bytes]:
        processes.append(start(address, where, files))
        return processes[-1]

    monkeypatch.setattr(crew, "_started", noted)

    def report(progress: BuildProgress) -> None:
        if progress.stage == "writing":
            processes[0].kill()

    with pytest.raises(FileFailed) as told:
        write_nquads(source, target, workers=2, report=report)
    assert str(told.value) == (
        f"{source}: expected worker processes that run to their end, found one that was ended by SIGKILL"
        " (run it again; a system that is short of memory ends what takes most of it)"
    )
    assert [path.name for path in target.parent.iterdir()] == ["out.nq"]
    assert target.read_text("utf-8") == "as it was"
    assert all(process.returncode is not None for process in processes)


@pytest.fixture
def limited(source: Path, target: Path) -> Iterator[None]:
    """No file can be larger than 2 MiB from now on, as on a disk that is full."""
    assert source.exists()
    assert target.exists()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 1024 * 1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("limited")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_is_told(workers: int, source: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "SMALL_SIZE", 0)
    with pytest.raises(FileFailed) as told:
        write_nquads(source, target, workers=workers)
    assert str(told.value) == f"{target}: expected a file that can be written, found File too large"
    assert [path.name for path in target.parent.iterdir()] == ["out.nq"]
    assert target.read_text("utf-8") == "as it was"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_device_that_takes_nothing_is_told(workers: int, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "SMALL_SIZE", 0)
    with pytest.raises(FileFailed) as told:
        write_nquads(source, "/dev/full", workers=workers)
    assert str(told.value) == "/dev/full: expected a file that can be written, found No space left on device"


def test_a_folder_that_is_not_there_is_told(source: Path, tmp_path: Path) -> None:
    with pytest.raises(FileFailed, match="expected a file that can be written, found No such file or directory"):
        write_nquads(source, tmp_path / "none" / "out.nq")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_gets_shorter_meanwhile_is_told(
    workers: int, source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "SMALL_SIZE", 0)
    with open_source(source) as opened:
        lay_down(corpus(5, []), source)
        with pytest.raises(FileFailed, match="expected a file that stays as it is while it is read"):
            write_nquads(opened, target, workers=workers)
    assert target.read_text("utf-8") == "as it was"


def test_a_named_pipe_gets_the_document(source: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found = tmp_path / "found.nq"
    with found.open("wb") as file, subprocess.Popen(["cat", str(pipe)], stdout=file):
        write_nquads(source, pipe)
    write_nquads(source, tmp_path / "out.nq")
    assert found.read_bytes() == (tmp_path / "out.nq").read_bytes()
