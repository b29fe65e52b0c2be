"""Real triple stores, each started on loopback in a folder of its own and ended whatever happens."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

PATIENCE = 60.0
"""Seconds that a server has to answer after its start: two cores may be busy."""

PASSWORD = "quay-and-harbour"  # noqa: S105 - of servers that live as long as a test
VIRTUOSO = "virtuoso-t"


class Server:
    """A store that runs: where it answers, as whom it is written to, and how it is killed and started again."""

    def __init__(self, program: Sequence[str], port: int, folder: Path, *, user: str = "", base: str = "") -> None:
        self.address = f"http://127.0.0.1:{port}{base}"
        self.user = user
        self.password = PASSWORD if user else ""
        self._program = program
        self._port = port
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program and wait until it takes connections."""
        with (self._folder / "server.log").open("ab") as log:
            self._process = process = subprocess.Popen(
                [*_dying_with_us(), *self._program],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + PATIENCE
        while not is_taken(self._port):
            if process.poll() is not None or time.monotonic() > end:
                self.kill()
                said = (self._folder / "server.log").read_text("utf-8", "replace")[-2000:]
                raise AssertionError(f"{self._program[0]} does not listen on port {self._port}: {said}")
            time.sleep(0.02)

    def kill(self) -> None:
        """End the program and all that it started, at once, as a power cut does."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def listening(self) -> list[tuple[str, int]]:
        """The addresses and ports on which the program, or one that it started, takes connections; Linux alone."""
        if self._process is None:
            return []
        # setpriv becomes the program, and each is in a session of its own: what it started has its number too.
        sockets = {
            link.readlink().name
            for folder in Path("/proc").glob("[0-9]*/fd")
            if _session(folder.parent) == self._process.pid
            for link in _links(folder)
        }
        return [(address, port) for name, address, port in _listeners() if f"socket:[{name}]" in sockets]


class Kind(NamedTuple):
    """A store that tests can start; ``keeps`` says whether it holds its data after a kill."""

    name: str
    profile: str
    prepare: Callable[[Path], Server]
    keeps: bool = True

    @contextlib.contextmanager
    def running(self, folder: Path) -> Iterator[Server]:
        """A server that has its data in ``folder``; nothing of it runs afterwards."""
        server = self.prepare(folder)
        try:
            server.start()
            yield server
        finally:
            server.kill()


def _oxigraph(folder: Path) -> Server:
    program, port = installed("oxigraph"), free_port()
    location = str(folder / "data")
    return Server([program, "serve", "--location", location, "--bind", f"127.0.0.1:{port}"], port, folder)


def _rdflib(folder: Path) -> Server:
    port = free_port()
    program = Path(__file__).parent / "rdflib_server.py"
    return Server([sys.executable, "-I", str(program), str(port)], port, folder, base="/sparql")


def _virtuoso(folder: Path) -> Server:
    program = shutil.which(VIRTUOSO)
    assert program is not None, "the Debian package virtuoso-opensource-7-bin brings the program"
    port, sql_port = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO_INI.format(port=port, sql_port=sql_port), "utf-8")
    command = [program, "+foreground", "+configfile", "virtuoso.ini"]
    # The first start makes the database, changes the password of its owner, and ends.
    with (folder / "first.log").open("wb") as log:
        subprocess.run(
            [*_dying_with_us(), *command, "+pwdold", "dba", "+pwddba", PASSWORD],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            timeout=PATIENCE,
            check=True,
        )
    return Server(command, port, folder, user="dba")


VIRTUOSO_INI = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
MaxCheckpointRemap = 2000

[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DisableUnixSocket = 1
CaseMode = 2
CheckpointInterval = 0
DirsAllowed = .
MaxClientConnections = 20
NumberOfBuffers = 4000
MaxDirtyBuffers = 3000
ThreadsPerQuery = 1

[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = .
ServerThreads = 8
MaxClientConnections = 20
Charset = UTF-8

[SPARQL]
ResultSetMaxRows = 10000
MaxQueryExecutionTime = 30
"""
"""Little memory, loopback alone, and the row limit that the package's own file sets."""

OXIGRAPH = Kind("oxigraph", "oxigraph", _oxigraph)
RDFLIB = Kind("rdflib", "generic", _rdflib, keeps=False)
VIRTUOSO_7 = Kind("virtuoso", "virtuoso", _virtuoso)


def stores() -> tuple[Kind, ...]:
    """The stores that tests start here; Virtuoso wherever it is installed, and always where CI runs."""
    if shutil.which(VIRTUOSO) is None and os.environ.get("CI") != "true":
        return OXIGRAPH, RDFLIB
    return OXIGRAPH, RDFLIB, VIRTUOSO_7


STORES = stores()


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


@contextlib.contextmanager
def session(kinds: Sequence[Kind], factory: pytest.TempPathFactory) -> Iterator[Callable[[Kind], Server]]:
    """One server of each of ``kinds``, started when it is first asked for, all ended together."""
    with contextlib.ExitStack() as stack:
        running: dict[str, Server] = {}

        def server(kind: Kind) -> Server:
            assert kind in kinds
            if kind.name not in running:
                running[kind.name] = stack.enter_context(kind.running(factory.mktemp(kind.name)))
            return running[kind.name]

        yield server


def installed(name: str) -> str:
    """The program of this name that a package of Python brings."""
    program = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    assert program is not None, f"the package {name} brings the program"
    return program


def _dying_with_us() -> tuple[str, ...]:
    # A test run that is killed itself ends no server; the kernel does.
    return ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()


def is_taken(port: int) -> bool:
    """Tell whether someone listens on this port of loopback."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _session(process: Path) -> int:
    with contextlib.suppress(OSError, ProcessLookupError):
        return os.getsid(int(process.name))
    return 0


def _links(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return [link for link in folder.iterdir() if link.is_symlink()]
    return []


def _listeners() -> Iterator[tuple[str, str, int]]:
    for family, file in ((socket.AF_INET, "tcp"), (socket.AF_INET6, "tcp6")):
        path = Path("/proc/net", file)
        for line in path.read_text("ascii").splitlines()[1:] if path.exists() else ():
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A":
                host, port = local.split(":")
                # Words of 32 bits in the order of the machine.
                words = b"".join(bytes.fromhex(host[at : at + 8])[::-1] for at in range(0, len(host), 8))
                yield inode, socket.inet_ntop(family, words), int(port, 16)
