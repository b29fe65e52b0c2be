"""What Oxigraph merges meanwhile gives way to the load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# A process of its own: a thread stays where it was put.
PROGRAM = """
import contextlib, os, sys
from pathlib import Path
import pyoxigraph
from khabar.stores import tidying
from stored import graph
store = pyoxigraph.Store(sys.argv[1])
for number in range(6):
    store.bulk_load(graph("g", 3000, str(number)).nquads(), pyoxigraph.RdfFormat.N_QUADS)
tidying.defer()
for task in Path("/proc/self/task").iterdir():
    # A thread may end while it is looked at.
    with contextlib.suppress(OSError):
        print((task / "comm").read_text().strip(), os.getpriority(os.PRIO_PROCESS, int(task.name)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="threads have names and places on Linux")
def test_threads_that_merge_tables_give_way_and_no_others(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "store")]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    own = os.getpriority(os.PRIO_PROCESS, 0)
    found = [line.rsplit(maxsplit=1) for line in ran.stdout.splitlines()]
    merging = {int(place) for name, place in found if name.startswith("rocksdb:low")}
    assert merging == {5}
    assert {int(place) for name, place in found if not name.startswith("rocksdb:low")} == {own}
