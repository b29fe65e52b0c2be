"""``khabar load`` as a person runs it, through the proxy of the faults: what it says, and how it goes on."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from endpoints import oxigraph
from fault_accounts import account
from fault_answers import RETRY_AFTER
from fault_kinds import Kind
from proxy import Proxy

CORPUS = Path(__file__).parents[1] / "example"
SECRET = "unheard"  # noqa: S105 - of no one


class Shell:
    """A proxy in front of an empty store, and the command that loads through it."""

    def __init__(self, store: str, state: Path) -> None:
        self.proxy = Proxy(store, kill=lambda _: self._process.kill())
        self._state = state
        self._process: subprocess.Popen[str]

    def load(self) -> tuple[int, str]:
        """The exit code, and what was said."""
        self.proxy.mend()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "khabar", "load", str(CORPUS), "--to", self.proxy.address, "--timeout", "3"],
            env={**os.environ, "XDG_STATE_HOME": str(self._state), "KHABAR_USER": "me", "KHABAR_PASSWORD": SECRET},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said, _ = self._process.communicate(timeout=60)
        assert SECRET not in said
        return self._process.returncode, said

    def kept(self) -> dict[str, str]:
        """The files that khabar keeps between two loads, and what is in each."""
        return {path.name: path.read_text("utf-8") for path in self._state.rglob("*") if path.is_file()}

    def first_write_of_an_article(self) -> int:
        """The number of the request by which the first article is put into an empty store."""
        return next(found.number for found in self.proxy.exchanges if found.method == "PUT")


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with oxigraph("") as query:
        shell = Shell(query.removesuffix("/query"), tmp_path)
        yield shell
        shell.proxy.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> int:
    """Which request puts the first article into an empty store."""
    with oxigraph("") as query:
        shell = Shell(query.removesuffix("/query"), tmp_path_factory.mktemp("state"))
        assert shell.load()[0] == 0
        shell.proxy.close()
        return shell.first_write_of_an_article()


def assert_nothing_is_sent_twice(shell: Shell) -> None:
    found = account(shell.proxy.exchanges, {})
    assert (found.duplicates, found.blind) == ([], [])


@pytest.mark.parametrize("kind", [Kind.DONE_DROPPED, Kind.DONE_504, Kind.RESET_MID_BODY, Kind.DRIP])
def test_what_passes_is_not_even_told(shell: Shell, place: int, kind: Kind) -> None:
    shell.proxy.arm({place: kind})
    code, said = shell.load()
    assert code == 0
    assert re.fullmatch(r"Loaded into http://127\.0\.0\.1:\d+: [\d,]+ triples; graphs: 4 sent\n", said)
    assert [found.fault for found in shell.proxy.exchanges if found.fault] == [kind]
    assert_nothing_is_sent_twice(shell)


def test_a_store_that_asks_for_time_is_given_it(shell: Shell, place: int) -> None:
    shell.proxy.arm({place: Kind.STATUS_503_DATE})
    began = time.monotonic()
    code, said = shell.load()
    assert code == 0, said
    assert time.monotonic() - began > RETRY_AFTER - 1


def test_what_is_refused_is_told_in_the_words_of_the_server_and_the_same_command_finishes_it(
    shell: Shell, place: int
) -> None:
    shell.proxy.arm({place + 1: Kind.STATUS_403})
    code, said = shell.load()
    assert code == 3
    assert "HTTP 403 Forbidden: the proxy's own words: 403" in said
    kept = shell.kept()
    assert [Path(name).suffix for name in kept] == [".journal"]
    assert all(SECRET not in text and "begun" in text for text in kept.values())
    code, said = shell.load()
    assert code == 0
    assert "there from an interrupted load" in said or "unchanged" in said
    assert shell.kept() == {}
    assert_nothing_is_sent_twice(shell)


@pytest.mark.parametrize("kind", [Kind.KILLED_BEFORE, Kind.KILLED_DONE])
def test_after_kill_9_the_same_command_sends_the_rest(shell: Shell, place: int, kind: Kind) -> None:
    shell.proxy.arm({place + 1: kind})
    assert shell.load()[0] == -9
    assert {Path(name).suffix for name in shell.kept()} == {".journal", ".lock"}
    assert not any(SECRET in text for text in shell.kept().values())
    code, said = shell.load()
    assert code == 0, said
    assert "there from an interrupted load" in said
    assert_nothing_is_sent_twice(shell)


def test_a_mark_that_arrives_after_all_else_is_mended_by_the_next_load(shell: Shell) -> None:
    assert shell.load()[0] == 0
    last = [found for found in shell.proxy.exchanges if found.method == "PUT"][-1]
    line = http.client.HTTPConnection("127.0.0.1", shell.proxy.port, timeout=20)

    def ask(method: str, body: bytes | None = None) -> set[bytes]:
        kind = {"Content-Type": "application/n-triples"} if body else {"Accept": "application/n-triples"}
        line.request(method, last.target, body, kind)
        with line.getresponse() as answer:
            return set(answer.read().splitlines(keepends=True))

    mark = next(found.body for found in shell.proxy.exchanges if found.method == "POST" and found.writes)
    ask("POST", mark)
    assert mark in ask("GET")
    code, said = shell.load()
    assert code == 0, said
    assert ask("GET") == set(last.body.splitlines(keepends=True))
    line.close()
