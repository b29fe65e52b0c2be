"""The journal: what it confirmed is there after any end of the process, and nothing of another load is."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from held_graphs import graph
from khabar.errors import FileFailed
from khabar.loading.journal import Journal, beneath

A, B, C = graph("a", "1"), graph("b", "2"), graph("c", "3")


def opened(path: Path, *, target: str = "store", dataset: str | None = "urn:base/") -> Journal:
    return Journal(path, target=target, dataset=dataset)


def filled(path: Path) -> Journal:
    journal = opened(path)
    journal.begin([A.iri, B.iri])
    journal.confirm([A])
    journal.begin([C.iri])
    journal.close()
    return journal


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    before = filled(tmp_path / "j")
    after = opened(tmp_path / "j")
    assert after.load == before.load
    assert after.begun == {A.iri, B.iri, C.iri}
    assert after.confirmed == {A.iri: A.digest}
    after.confirm([B])
    after.close()
    assert opened(tmp_path / "j").confirmed == {A.iri: A.digest, B.iri: B.digest}


def test_nothing_is_written_before_something_begins(tmp_path: Path) -> None:
    journal = opened(tmp_path / "folder" / "j")
    assert (journal.begun, dict(journal.confirmed)) == (frozenset(), {})
    assert not (tmp_path / "folder").exists()
    journal.begin([])
    journal.close()
    assert (tmp_path / "folder" / "j").stat().st_mode & 0o777 == 0o600


def test_beginning_again_takes_the_confirmation_back(tmp_path: Path) -> None:
    filled(tmp_path / "j")
    journal = opened(tmp_path / "j")
    journal.begin([A.iri])
    journal.close()
    assert journal.confirmed == opened(tmp_path / "j").confirmed == {}


def test_any_cut_leaves_what_was_complete(tmp_path: Path) -> None:
    filled(tmp_path / "j")
    whole = (tmp_path / "j").read_bytes()
    ends = [at + 1 for at, byte in enumerate(whole) if byte == ord("\n")]
    for length in range(len(whole)):
        (tmp_path / "j").write_bytes(whole[:length])
        journal = opened(tmp_path / "j")
        complete = sum(end <= length for end in ends)
        assert dict(journal.confirmed) == ({A.iri: A.digest} if complete >= 3 else {})
        assert len(journal.begun) == {0: 0, 1: 0, 2: 2, 3: 2, 4: 3}[complete]
        journal.confirm([B])
        journal.close()
        # What was cut off is gone, and what came after it is read.
        again = opened(tmp_path / "j")
        assert again.confirmed == journal.confirmed
        assert again.load == journal.load


@pytest.mark.parametrize(
    "line",
    [b"{}\n", b"[]\n", b"garbage\n", b'{"begun": 1}\n', b'{"confirmed": {"urn:a": 2}}\n', b"\xff\n", b"\n", b"1e999\n"],
)
def test_what_is_no_journal_is_not_read(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "j").write_bytes(line * 3)
    journal = opened(tmp_path / "j")
    assert (journal.begun, dict(journal.confirmed)) == (frozenset(), {})
    journal.begin([A.iri])
    journal.close()
    assert opened(tmp_path / "j").begun == {A.iri}


@pytest.mark.parametrize("bound", [{"target": "other"}, {"dataset": "urn:other/"}, {"dataset": None}])
def test_the_journal_of_another_load_is_not_read(tmp_path: Path, bound: dict[str, Any]) -> None:
    before = filled(tmp_path / "j")
    after = opened(tmp_path / "j", **bound)
    assert (after.begun, dict(after.confirmed)) == (frozenset(), {})
    assert after.load != before.load


def test_clearing_makes_another_load_of_it(tmp_path: Path) -> None:
    filled(tmp_path / "j")
    journal = opened(tmp_path / "j")
    name = journal.load
    journal.clear()
    assert (journal.begun, dict(journal.confirmed), list(tmp_path.iterdir())) == (frozenset(), {}, [])
    assert journal.load != name
    journal.begin([B.iri])
    journal.close()
    assert opened(tmp_path / "j").load == journal.load
    journal.finish()
    journal.finish()
    assert list(tmp_path.iterdir()) == []


def test_every_line_is_on_the_disk_before_the_call_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    sync = os.fsync

    def fsync(handle: int) -> None:
        sizes.append((tmp_path / "j").stat().st_size)
        sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    journal = opened(tmp_path / "j")
    journal.begin([A.iri])
    assert sizes[-1] == (tmp_path / "j").stat().st_size
    journal.confirm([A])
    assert sizes[-1] == (tmp_path / "j").stat().st_size
    journal.close()


def test_a_full_disk_is_told_and_what_was_there_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "j")
    journal = opened(tmp_path / "j")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(FileFailed) as caught:
            journal.confirm([B])
    assert str(caught.value) == f"{tmp_path}/j: expected a journal that can be written, found No space left on device"
    assert journal.confirmed == {A.iri: A.digest}
    journal.confirm([C])
    journal.close()
    assert opened(tmp_path / "j").confirmed == {A.iri: A.digest, C.iri: C.digest}


def test_a_journal_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "j").mkdir()
    with pytest.raises(FileFailed) as caught:
        opened(tmp_path / "j")
    assert str(caught.value) == f"{tmp_path}/j: expected a journal that can be read, found Is a directory"
    (tmp_path / "file").touch()
    with pytest.raises(FileFailed) as caught:
        opened(tmp_path / "file" / "j").begin([])
    assert "expected a journal that can be" in str(caught.value)


def test_each_target_and_corpus_has_a_journal_of_its_own(tmp_path: Path) -> None:
    names = {
        beneath(tmp_path, target, dataset)
        for target in ("http://a/", "http://a/b")
        for dataset in (None, "", "http://a/", "b")
    }
    assert len(names) == 8
    assert {path.parent for path in names} == {tmp_path}
