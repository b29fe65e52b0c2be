"""A server of ``khabar serve``, started as a person starts it, for tests that ask it over the network."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from waiting import until

_STARTING = 60.0
_ENDING = 20.0


class Answer(NamedTuple):
    """What a server answered: its status, its headers by small letters, its body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Served(NamedTuple):
    """A running server: where it is, and its process."""

    address: str
    process: subprocess.Popen[str]

    def get(self, path: str, *, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
        """The answer to a request; redirects are not followed."""
        return self.send(_request(self.address + path, None, headers or {}, method))

    def post(self, path: str, body: bytes, kind: str, *, headers: dict[str, str] | None = None) -> Answer:
        """The answer to a request with a body."""
        given = {"Content-Type": kind, **(headers or {})}
        return self.send(_request(self.address + path, body, given, "POST"))

    def send(self, request: urllib.request.Request) -> Answer:
        """The answer to a request, whatever its status."""
        try:
            with _OPENER.open(request, timeout=60) as answer:
                return Answer(answer.status, _small(answer.headers.items()), answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, _small(error.headers.items()), error.read())

    def wait_for_index(self) -> None:
        """Return when the explorer's index is made."""
        until(lambda: bool(self.get("/health").json["index"]["ready"]), _STARTING)


def _request(address: str, body: bytes | None, headers: dict[str, str], method: str) -> urllib.request.Request:
    return urllib.request.Request(address, data=body, headers=headers, method=method)  # noqa: S310 - of this machine


class _Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Staying)


def _small(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in pairs}


@contextlib.contextmanager
def served(target: Path | str, *options: str, program: Sequence[str] = ("-m", "khabar")) -> Iterator[Served]:
    """A server of ``target`` at a free port of this machine, which is ended after the block."""
    command = [sys.executable, *program, "serve", str(target), "--port", "0", *options]
    # In a pipe that nobody reads, a server with much to say would stand still.
    with tempfile.NamedTemporaryFile("w") as said:
        process = subprocess.Popen(command, stderr=said, text=True)
        try:
            yield Served(_address(process, Path(said.name)), process)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(_ENDING)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise


def _address(process: subprocess.Popen[str], said: Path) -> str:
    """Where a server says that it is."""
    end = time.monotonic() + _STARTING
    while True:
        has_ended = process.poll() is not None
        text = said.read_text()
        if (found := re.search(r"Serving .* at (http://[^/ ]+)", text)) is not None:
            return found[1]
        assert not has_ended, f"it ended with {process.returncode}: {text}"
        assert time.monotonic() < end, text
        time.sleep(0.02)
