"""One writer at a time, and who it is."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyoxigraph
import pytest

from endpoints import file_of
from khabar.errors import FileFailed, StoreFailed
from khabar.stores import lock
from khabar.stores.engine_lock import EngineLock
from khabar.stores.lock import Holder, Lock
from stored import graph, names, store_graphs

HOLD = """
import sys, time
from pathlib import Path
from khabar.stores.lock import Lock
with Lock(Path(sys.argv[1]), "the store"):
    print("held", flush=True)
    time.sleep(60)
"""
FORK = """
import os, sys, time
from pathlib import Path
from khabar.stores.lock import Lock
with Lock(Path(sys.argv[1]), "the store"):
    if not os.fork():
        print("forked", flush=True)
        time.sleep(60)
    time.sleep(60)
"""


def start(program: str, path: Path, *, group: bool = False) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=group)
    assert process.stdout is not None
    assert process.stdout.readline().strip() in ("held", "forked")
    return process


def stop(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_a_lock_tells_its_holder_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/usr/bin/khabar", "load", "corpus", "--to", "http://u:secret@h/"])
    with Lock(tmp_path / "lock", "the store") as held:
        holder = json.loads((tmp_path / "lock").read_text())
        since = holder.pop("since")
        assert holder == {"pid": os.getpid(), "host": socket.gethostname(), "command": "khabar load"}
        with pytest.raises(StoreFailed) as caught, Lock(tmp_path / "lock", "the store"):
            pass
        assert str(caught.value) == (
            f"the store: expected to be the only writer, found process {os.getpid()} (khabar load, since {since})"
            " (wait for its end)"
        )
        assert held.holder() == Holder(since=since, **holder)
    assert names(tmp_path) == []
    with Lock(tmp_path / "lock", "the store"):
        pass


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["/usr/bin/khabar", "load", "secret"], "khabar load"),
        (["/site-packages/khabar/__main__.py", "load"], "khabar load"),
        (["/usr/bin/khabar", "p4ssword"], "khabar"),
        (["/usr/bin/khabar"], "khabar"),
        (["tell.py", "secret"], "tell.py"),
        (["-c", "secret"], "-c"),
        ([""], "python"),
        ([], "python"),
    ],
)
def test_the_command_of_a_holder_has_no_arguments(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], command: str
) -> None:
    monkeypatch.setattr(sys, "argv", arguments)
    assert Holder.this().command == command


def test_another_process_is_named_and_stops_no_one_when_it_is_killed(tmp_path: Path) -> None:
    process = start(HOLD, tmp_path / "lock")
    try:
        with pytest.raises(StoreFailed) as caught, Lock(tmp_path / "lock", "the store"):
            pass
        assert caught.value.found.startswith(f"process {process.pid} (-c, since 20")
    finally:
        stop(process)
    assert names(tmp_path) == ["lock"]
    with Lock(tmp_path / "lock", "the store"):
        pass
    assert names(tmp_path) == []


def test_a_fork_of_the_holder_does_not_hold_the_lock(tmp_path: Path) -> None:
    process = start(FORK, tmp_path / "lock", group=True)
    try:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with Lock(tmp_path / "lock", "the store"):
            pass
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        stop(process)


def test_a_holder_on_another_host_is_named_with_it() -> None:
    holder = Holder(pid=7, host="elsewhere", command="khabar load", since="2031-01-02T03:04:05Z")
    assert str(holder) == "process 7 on elsewhere (khabar load, since 2031-01-02T03:04:05Z)"


@pytest.mark.parametrize("content", [b"", b'{"pid": 1', b'{"pid": "x"}', b"\xff" * 9000])
def test_a_holder_that_has_not_said_who_it_is(tmp_path: Path, content: bytes) -> None:
    process = start(HOLD, tmp_path / "lock")
    try:
        (tmp_path / "lock").write_bytes(content)
        with pytest.raises(StoreFailed) as caught, Lock(tmp_path / "lock", "the store"):
            pass
        assert caught.value.found == "another process"
    finally:
        stop(process)


def test_another_holder_is_waited_for(tmp_path: Path) -> None:
    release = threading.Event()
    taken = threading.Event()

    def hold() -> None:
        with Lock(tmp_path / "lock", "the store"):
            taken.set()
            release.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    taken.wait()
    started = time.monotonic()
    with pytest.raises(StoreFailed), Lock(tmp_path / "lock", "the store", wait=0.1):
        pass
    assert time.monotonic() - started >= 0.1
    threading.Timer(0.1, release.set).start()
    with Lock(tmp_path / "lock", "the store", wait=30):
        pass
    thread.join()


def test_threads_take_turns(tmp_path: Path) -> None:
    counter = file_of(tmp_path, "counter", "0")

    def count() -> None:
        for _ in range(25):
            with Lock(tmp_path / "lock", "the counter", wait=60):
                counter.write_text(str(int(counter.read_text()) + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.read_text() == "100"


def test_a_lock_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileFailed) as caught, Lock(tmp_path / "none" / "lock", "the store"):
        pass
    assert str(caught.value) == (
        f"the store: expected a lock in {tmp_path}/none/lock that can be written, found No such file or directory"
    )


def test_a_file_system_without_locks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: int) -> bool:
        raise OSError(95, "Operation not supported", file)

    monkeypatch.setattr(lock, "_hold", refuse)
    with pytest.raises(FileFailed) as caught, Lock(tmp_path / "lock", "the store"):
        pass
    assert caught.value.found == "Operation not supported"
    assert not list(lock.held)


def test_the_engine_lock_of_this_process_and_of_no_store(tmp_path: Path) -> None:
    EngineLock(tmp_path, "none").release()
    EngineLock(tmp_path / "nowhere", "none").release()
    store_graphs([graph("a")], tmp_path / "store")
    opened = pyoxigraph.Store(str(tmp_path / "store"))
    with pytest.raises(StoreFailed) as caught:
        EngineLock(tmp_path / "store", "the store")
    assert str(caught.value).startswith(
        f"the store: expected a store that no other process has open for writing, found process {os.getpid()} ("
    )
    assert caught.value.remedy == "stop it, or load through its address"
    del opened
    held = EngineLock(tmp_path / "store", "the store")
    with pytest.raises(OSError, match="lock"):
        pyoxigraph.Store(str(tmp_path / "store"))
    assert len(pyoxigraph.Store.read_only(str(tmp_path / "store"))) == 3
    held.release()
    held.release()
    pyoxigraph.Store(str(tmp_path / "store"))


def test_a_folder_that_cannot_be_locked_is_told(tmp_path: Path) -> None:
    (tmp_path / "LOCK").mkdir()
    with pytest.raises(FileFailed) as caught:
        EngineLock(tmp_path, "the store")
    assert str(caught.value) == "the store: expected a store that can be written, found Is a directory"


WINDOWS = """
import os, sys, types
from pathlib import Path
sys.platform = "win32"
sys.modules["fcntl"] = None
taken = []
def locking(file, mode, count):
    if taken:
        raise OSError(13, "Permission denied")
    taken.append(file)
sys.modules["msvcrt"] = types.SimpleNamespace(LK_NBLCK=2, locking=locking)
from khabar.errors import StoreFailed
from khabar.stores import engine_lock, swap, working_copy
from khabar.stores.lock import Lock
with Lock(Path(sys.argv[1]), "the store") as held:
    try:
        with Lock(Path(sys.argv[1]), "the store"):
            pass
    except StoreFailed as failure:
        print(f"process {os.getpid()} (" in str(failure))
"""


def test_without_fcntl_the_lock_is_that_of_windows(tmp_path: Path) -> None:
    # Stood in for, not tried: there is no Windows here.
    command = [sys.executable, "-c", WINDOWS, str(tmp_path / "lock")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("True\n", "")
