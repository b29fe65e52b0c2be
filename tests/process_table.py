"""What the system tells of processes, any of which may end while it is asked."""

from __future__ import annotations

import subprocess
from pathlib import Path


def children(parent: int) -> set[int]:
    """The processes that ``parent`` started and has not taken leave of, the dead ones among them.

    Every process is asked for its parent: the lists of children by thread move when a thread ends.
    """
    every = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal())
    return {process for process in every if _fields(process)[1:2] == [str(parent)]}


def command(process: int) -> str:
    """The command of a process with zero bytes between its words; nothing for one that has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text("utf-8")
    except OSError:
        return ""


def ended(process: int) -> bool:
    """Tell whether a process has ended; one that no one has taken leave of has too."""
    if Path("/proc/self").exists():
        return _fields(process)[:1] in ([], ["Z"], ["X"])
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return not told.stdout.strip() or told.stdout.startswith("Z")


def ticks(process: int) -> int:
    """For how long a process was at work, 0 for one that has ended."""
    return sum(int(field) for field in _fields(process)[11:13])


def _fields(process: int) -> list[str]:
    """What stands after the name in its line of state, proc(5); nothing for one that is not there."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []
