"""Tasks done here or in several processes: the same replies, in their order, and no process that outlives its use."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.crew import Alone, Buckets, OwnSpool, SharedSpool, Slot, Workers, crew, unnamed, write_all_at, write_at
from khabar.errors import FileFailed


class Number(msgspec.Struct, frozen=True, tag=True):
    """What a bench begins with."""

    number: int
    file: int = -1


class Add(msgspec.Struct, frozen=True, tag=True):
    """Tell so many sums, and wait for so many seconds before."""

    number: int
    times: int = 1
    seconds: float = 0.0


class Note(msgspec.Struct, frozen=True, tag=True):
    """Write a line into the file."""

    line: bytes


class Fail(msgspec.Struct, frozen=True, tag=True):
    """Fail: for want of a file, by a defect, or with the whole process."""

    how: str


class Sum(msgspec.Struct, frozen=True, tag=True):
    """A sum, and who made it."""

    sum: int


Task: TypeAlias = Add | Note | Fail


class Adder:
    """A bench for these tests."""

    opening: ClassVar[Any] = Number
    tasks: ClassVar[Any] = Task
    answers: ClassVar[Any] = Sum

    def __init__(self, opening: Number) -> None:
        self._opening = opening

    def done(self, task: Task) -> Iterator[Sum]:
        match task:
            case Add(number=number, times=times, seconds=seconds):
                sys.stdout.write("what is printed is no reply\n")
                sys.stdout.flush()
                time.sleep(seconds)
                for _ in range(times):
                    yield Sum(number + self._opening.number)
            case Note(line=line):
                os.write(self._opening.file, line)
            case Fail(how="file"):
                raise FileFailed(where="a", expected="b", found="c", remedy="d")
            case Fail(how="defect"):
                raise ValueError("e")
            case Fail():
                os._exit(7)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every worker process that is started."""
    processes: list[subprocess.Popen[bytes]] = []
    start = crew._started

    def noted(*arguments: Any) -> subprocess.Popen[bytes]:
        processes.append(start(*arguments))
        return processes[-1]

    monkeypatch.setattr(crew, "_started", noted)
    return processes


def workers(count: int, file: int = -1) -> closing[Workers]:
    return closing(Workers(Adder, [Number(100, file)] * count, "here", [file] if file >= 0 else []))


def test_replies_come_in_the_order_of_tasks() -> None:
    tasks = [Add(number, number % 4, 0.01 * (number % 3)) for number in range(20)]
    expected = list(Alone(Adder(Number(100))).replies(tasks))
    assert expected == [Sum(100 + number) for number in range(20) for _ in range(number % 4)]
    with workers(3) as several:
        assert list(several.replies(tasks)) == expected
        assert list(several.replies([])) == []
        assert list(several.replies(tasks[:5])) == expected[:6]


def test_workers_are_at_most_a_few_tasks_ahead() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[Add]:
        for number in range(100):
            taken.append(number)
            yield Add(number)

    with workers(2) as several:
        replies = several.replies(tasks())
        next(replies)
        time.sleep(0.3)
        assert len(taken) <= 2 * (1 + crew._AHEAD) + 1
        assert len(list(replies)) == 99


def test_a_round_is_taken_to_its_end_before_the_next() -> None:
    with workers(2) as several:
        next(several.replies([Add(1), Add(2)]))
        with pytest.raises(RuntimeError, match="not all taken"):
            next(several.replies([Add(3)]))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_task_is_gone_on_with_where_it_was_done(count: int, tmp_path: Path) -> None:
    path = tmp_path / "notes"
    file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR)
    tasks = [Add(number, 1, 0.01 * (number % 3)) for number in range(15)]
    with workers(count, file) if count else closing(Alone(Adder(Number(100, file)))) as some:
        for reply, follow in some.exchanges(tasks):
            follow(Note(b"%d\n" % reply.sum))
    os.close(file)
    assert sorted(path.read_bytes().split()) == sorted(b"%d" % (100 + number) for number in range(15))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_what_fails_is_raised_where_the_replies_are_asked_for(count: int) -> None:
    with workers(count) if count else closing(Alone(Adder(Number(100)))) as some:
        replies = some.replies([Add(1), Add(2), Fail("file"), Add(3)])
        assert [next(replies), next(replies)] == [Sum(101), Sum(102)]
        with pytest.raises(FileFailed, match=r"a: expected b, found c \(d\)"):
            list(replies)


def test_a_defect_in_a_worker_is_a_defect_here() -> None:
    with workers(1) as some, pytest.raises(RuntimeError, match=r"(?s)^Traceback .*ValueError: e"):
        list(some.replies([Fail("defect")]))


@pytest.mark.parametrize("place", [3, 11])
@pytest.mark.parametrize("count", [1, 2])
def test_what_fails_after_a_reply_is_raised_too(count: int, place: int) -> None:
    def go_on(some: Workers) -> None:
        for number, (_, follow) in enumerate(some.exchanges(map(Add, range(12)))):
            follow(Fail("file") if number == place else Add(0))

    with workers(count) as some, pytest.raises(FileFailed, match="a: expected b"):
        go_on(some)


def test_tasks_that_fail_to_come_are_raised_too() -> None:
    def tasks() -> Iterator[Add]:
        yield Add(1)
        raise OSError("no more")

    with workers(2) as some:
        replies = some.replies(tasks())
        assert next(replies) == Sum(101)
        with pytest.raises(OSError, match="no more"):
            list(replies)


def test_a_worker_that_ends_is_told(started: list[subprocess.Popen[bytes]]) -> None:
    with workers(2) as some, pytest.raises(FileFailed) as told:
        list(some.replies([Add(1), Fail("all of it"), *map(Add, range(20))]))
    assert str(told.value) == (
        "here: expected worker processes that run to their end, found one that ended with exit code 7"
        " (run it again; a system that is short of memory ends what takes most of it)"
    )
    assert all(process.returncode is not None for process in started)


def test_a_worker_that_is_killed_is_told(started: list[subprocess.Popen[bytes]]) -> None:
    def kill(some: Workers) -> None:
        for _ in some.replies(map(Add, range(1000))):
            started[1].kill()

    with workers(2) as some, pytest.raises(FileFailed, match=r"found one that was ended by SIGKILL"):
        kill(some)
    assert all(process.returncode is not None for process in started)


def test_a_worker_that_cannot_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_PROGRAM", "raise SystemExit(3)")
    # It is found out when it is started or when it is given work, as the system will have it.
    with pytest.raises(FileFailed, match="ended with exit code 3"), workers(2) as some:
        list(some.replies([Add(1)]))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with pytest.raises(FileFailed, match="here: expected worker processes that can be started, found No such file"):
        workers(2)


@pytest.mark.parametrize("kind", ["exchanges", "replies"])
@pytest.mark.parametrize("taken", [0, 1, 5])
def test_whoever_stops_early_leaves_no_process(taken: int, kind: str, started: list[subprocess.Popen[bytes]]) -> None:
    with workers(3) as some:
        replies = getattr(some, kind)(map(Add, range(50)))
        for _ in range(taken):
            reply = next(replies)
            if isinstance(reply, tuple):
                reply[1](Add(0))
    assert len(started) == 3
    assert all(process.returncode is not None for process in started)


# What waits on disk


@given(st.lists(st.lists(st.binary(max_size=9).map(lambda line: line.replace(b"\n", b"") + b"\n")), max_size=5))
def test_what_waits_is_merged_in_order(runs: list[list[bytes]]) -> None:
    files = [unnamed(), unnamed()]
    shared = [SharedSpool(files, own) for own in (0, 1)]
    with closing(OwnSpool()) as own:
        for spools in ([own], shared):
            slots = [spools[number % len(spools)].add(b"".join(sorted(run))) for number, run in enumerate(runs)]
            for spool in spools:
                assert [spool.read(slot) for slot in slots] == [b"".join(sorted(run)) for run in runs]
                assert [b"".join(spool.pieces(slot, 4)) for slot in slots] == [b"".join(sorted(run)) for run in runs]
                assert list(spool.merged(slots)) == sorted(line for run in runs for line in run)
    for file in files:
        os.close(file)


def test_what_is_gone_from_a_spool_is_told() -> None:
    file = unnamed()
    with pytest.raises(FileFailed, match="a temporary file that can be read, found it ends at 0"):
        SharedSpool([file], 0).read(Slot(0, 0, 5))
    os.close(file)


@given(st.lists(st.binary(max_size=5), max_size=600))
def test_pieces_are_written_one_after_the_other(pieces: list[bytes]) -> None:
    file = unnamed()
    write_at(file, b"abc", 0)
    write_all_at(file, pieces, 3)
    assert os.pread(file, 10_000, 0) == b"abc" + b"".join(pieces)
    os.close(file)


@given(st.lists(st.text("abc", min_size=1, max_size=5).map(str.encode)), st.integers(1, 5))
def test_lines_of_one_key_meet_in_one_bucket(keys: list[bytes], count: int) -> None:
    with closing(Buckets.new(count)) as buckets:
        for key in keys:
            buckets.add(buckets.bucket(key), key + b"\n")
        found = {bucket: list(buckets.lines(bucket)) for bucket in range(count)}
        assert sorted(line for lines in found.values() for line in lines) == sorted(keys)
        assert all(zlib.crc32(line) % count == bucket for bucket, lines in found.items() for line in lines)
        assert [buckets.size(bucket) for bucket in range(count)] == [
            sum(len(line) + 1 for line in found[bucket]) for bucket in range(count)
        ]


@pytest.mark.parametrize(
    "made",
    [
        "from khabar.crew import OwnSpool; add = OwnSpool().add",
        "from khabar.crew import SharedSpool, unnamed; add = SharedSpool([unnamed()], 0).add",
        "from khabar.crew import Buckets; some = Buckets.new(1); add = lambda lines: some.add(0, lines)",
    ],
)
def test_no_room_for_a_temporary_file_is_told(made: str) -> None:
    limit = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2**24, 2**24));"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", f"{limit}{made}; [add(bytes(2**20)) for _ in range(40)]"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ran.stderr.endswith("expected room for a temporary file, found File too large\n")
