"""What a process gives up before it evaluates the queries of others: memory without end, and the network.

The second wall: the first is `khabar.queries.guard`, which lets no SERVICE through that was not allowed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import signal
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_MODE_FILTER: Final = 2
# What seccomp(2) tells of a call: its number at 0, the architecture at 4.
_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 13  # SECCOMP_RET_ERRNO, EACCES
_X32: Final = 0x40000000
# The audit number of each architecture, and its number of socket(2).
_ARCHITECTURES: Final = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_IO_URING_SETUP: Final = 425


def without_network() -> bool:
    """Take from the calling thread, and from what it starts, the means to open a socket; whether that could be done.

    Linux on x86-64 and ARM64 alone can (seccomp(2)): there `socket` and `io_uring_setup` fail with EACCES from now on.
    """
    known = _ARCHITECTURES.get(platform.machine())
    if sys.platform != "linux" or known is None:
        return False
    architecture, socket = known
    program = b"".join(
        struct.pack("=HBBI", *step)
        for step in (
            (_LOAD, 0, 0, 4),
            (_EQUAL, 0, 4, architecture),
            (_LOAD, 0, 0, 0),
            (_AT_LEAST, 2, 0, _X32),
            (_EQUAL, 1, 0, socket),
            (_EQUAL, 0, 1, _IO_URING_SETUP),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        )
    )
    return _filtered(program)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _filtered(program: bytes) -> bool:
    library = ctypes.CDLL(None, use_errno=True)
    given = _Program(len(program) // 8, program)
    return bool(
        library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        and library.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(given), 0, 0) == 0
    )


def not_alone() -> None:
    """Let this process end with the one that started it, also where that is killed; on Linux alone it can be told."""
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os.abort()


@contextlib.contextmanager
def ending_after(seconds: float) -> Iterator[None]:
    """End this process, whatever it does, where the block takes longer; 0 is for ever. Not on Windows."""
    if not seconds or not hasattr(signal, "setitimer"):
        yield
        return
    # The system itself does it: no code of this process has to run.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def with_memory(more: int) -> bool:
    """Let this process have ``more`` bytes of address space than it has now; whether that could be done.

    What asks for more is ended by the system or by its own allocator. No core is dumped.
    """
    if sys.platform == "win32":
        return False
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        most = pages * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (OSError, ValueError):
        return False
    return True
