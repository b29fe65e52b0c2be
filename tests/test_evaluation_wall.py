"""What a process gives up before it evaluates the queries of others, tried in processes of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from khabar.evaluation.wall import ending_after
from process_table import ended
from waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="seccomp and prctl are Linux's")

BEGINNING = """
import contextlib, ctypes, errno, os, signal, socket, subprocess, sys, threading, time
from khabar.evaluation import wall
"""


def ran(code: str) -> subprocess.CompletedProcess[str]:
    """A process that ran ``code``."""
    return subprocess.run(
        [sys.executable, "-c", BEGINNING + code], capture_output=True, text=True, check=False, timeout=60
    )


def said(code: str) -> list[str]:
    """The words that ``code`` printed."""
    process = ran(code)
    assert process.returncode == 0, process.stderr
    return process.stdout.split()


def test_no_kind_of_socket_is_to_be_had_behind_the_wall() -> None:
    code = """
print(wall.without_network())
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, socket.AF_PACKET):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(family, kind)
        except OSError as error:
            print(errno.errorcode[error.errno])
"""
    assert said(code) == ["True"] + ["EACCES"] * 15


def test_nothing_that_is_started_behind_the_wall_gets_a_socket() -> None:
    code = """
wall.without_network()
tried = "import socket\\ntry: socket.socket()\\nexcept PermissionError: print('refused')"
print(subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, check=True).stdout)
def inside():
    try:
        socket.socket()
    except PermissionError:
        print("refused")
thread = threading.Thread(target=inside)
thread.start()
thread.join()
"""
    assert said(code) == ["refused", "refused"]


def test_neither_another_door_of_the_system_leads_out() -> None:
    # The numbers of a call below the bit of x32, where there is one, and rings that would do it without a call.
    code = """
wall.without_network()
library = ctypes.CDLL(None, use_errno=True)
for number in (0x40000000 | 41, 425):
    print(library.syscall(number, 2, 1, 0), errno.errorcode[ctypes.get_errno()])
"""
    assert said(code) == ["-1", "EACCES"] * 2


def test_a_thread_behind_the_wall_leaves_the_others_before_it() -> None:
    code = """
thread = threading.Thread(target=wall.without_network)
thread.start()
thread.join()
socket.socket().close()
print("open")
"""
    assert said(code) == ["open"]


def test_more_memory_than_was_allowed_is_not_given() -> None:
    code = """
print(wall.with_memory(64 << 20))
held = bytearray(32 << 20)
try:
    more = bytearray(64 << 20)
except MemoryError:
    print("refused")
"""
    assert said(code) == ["True", "refused"]


def test_an_engine_that_asks_for_too_much_ends_and_leaves_no_core(tmp_path: Path) -> None:
    code = f"""
import pyoxigraph
os.chdir({str(tmp_path)!r})
store = pyoxigraph.Store()
node = pyoxigraph.NamedNode("urn:p")
store.extend(pyoxigraph.Quad(node, node, pyoxigraph.Literal(str(number))) for number in range(3_000))
wall.with_memory(64 << 20)
try:
    list(store.query("SELECT DISTINCT * {{ ?a ?b ?c . ?d ?e ?f }}"))
except MemoryError:
    os.abort()
print("answered")
"""
    process = ran(code)
    assert process.returncode < 0
    assert "answered" not in process.stdout
    assert not list(tmp_path.iterdir())


def test_a_block_that_takes_too_long_ends_the_process_from_outside_of_it() -> None:
    # No code of Python runs in between: the engine does not give it the time.
    process = ran("with wall.ending_after(0.2):\n    ctypes.PyDLL(None).sleep(30)\nprint('went on')")
    assert process.returncode == -signal.SIGALRM
    assert process.stdout == ""


def test_a_block_that_ends_in_time_is_left_alone() -> None:
    code = """
with wall.ending_after(0.2):
    pass
with wall.ending_after(0):
    pass
time.sleep(0.5)
print("went on")
"""
    assert said(code) == ["went", "on"]


def test_a_limit_of_none_sets_no_clock() -> None:
    with ending_after(0):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_who_is_not_to_be_alone_ends_with_the_one_that_started_it() -> None:
    inner = f"{BEGINNING}\nwall.not_alone()\nprint(os.getpid(), flush=True)\ntime.sleep(60)"
    code = f"child = subprocess.Popen([sys.executable, '-c', {inner!r}])\nchild.wait()"
    parent = subprocess.Popen([sys.executable, "-c", BEGINNING + code], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    until(lambda: ended(child))
