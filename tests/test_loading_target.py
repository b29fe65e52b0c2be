"""Where a load goes: the lock and the journal of loads into an address, and where they are kept."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from pathlib import Path

import pytest

from khabar.errors import FileFailed, StoreFailed
from khabar.loading.journal import Journal
from khabar.loading.sending import Pace
from khabar.loading.target import open_load, state_folder
from khabar.stores.endpoint import Endpoint
from khabar.stores.store import GraphStore

# Nothing is asked of it.
THERE = Endpoint("http://127.0.0.1:9", profile="oxigraph")
BASE = "https://example.org/one/"


def opened(home: Path, base: str = BASE) -> contextlib.AbstractContextManager[tuple[GraphStore, Journal, Pace]]:
    return open_load(THERE, base=base, purpose=base, environment={"XDG_STATE_HOME": str(home)})


def test_a_second_load_into_an_address_is_told_who_the_first_is(tmp_path: Path) -> None:
    with opened(tmp_path):
        with pytest.raises(StoreFailed) as caught, opened(tmp_path):
            pass
        assert str(caught.value).startswith(
            f"{THERE.address}, load: expected to be the only writer, found process {os.getpid()} ("
        )
        with opened(tmp_path, "https://example.org/two/"):
            pass
    with opened(tmp_path):
        pass
    assert list((tmp_path / "khabar").iterdir()) == []


def test_what_one_load_wrote_of_itself_the_next_reads(tmp_path: Path) -> None:
    with opened(tmp_path) as (_, journal, _):
        journal.begin(["urn:g"])
        journal.close()
    with opened(tmp_path) as (_, journal, _):
        assert journal.begun == {"urn:g"}


def test_a_folder_for_journals_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileFailed) as caught, opened(tmp_path / "file"):
        pass
    told = re.sub(r"[0-9a-f]{16}", "X", str(caught.value))
    assert told == f"{tmp_path}/file/khabar/X.journal: expected a journal that can be read, found Not a directory"


def test_a_folder_for_journals_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(FileFailed) as caught, opened(tmp_path):
        pass
    assert (
        str(caught.value) == f"{tmp_path}/khabar: expected a folder for the journals of loads, found Permission denied"
    )


def test_journals_are_kept_where_the_user_says_or_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_folder({"XDG_STATE_HOME": "/var/state"}) == Path("/var/state/khabar")
    for environment in ({}, {"XDG_STATE_HOME": ""}, {"XDG_STATE_HOME": "var/state"}):
        assert state_folder(environment) == tmp_path / ".local/state/khabar"
