from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from khabar.errors import FileFailed
from khabar.files import replaced


def test_the_old_bytes_stay_until_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "graph.ttl"
    target.write_bytes(b"old")
    with replaced(target) as file:
        file.write(b"new")
        file.flush()
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_inside_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "graph.ttl"
    target.write_bytes(b"old")

    def write_half() -> None:
        with replaced(target) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "graph.ttl"
    with pytest.raises(FileFailed) as failure, replaced(target) as file:
        raise OSError(28, "No space left on device", file.name)
    assert str(failure.value) == f"{target}: expected a file that can be written, found No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_a_full_device_is_told() -> None:
    with pytest.raises(FileFailed) as failure, replaced("/dev/full") as file:
        file.write(b"x")
    assert str(failure.value) == "/dev/full: expected a file that can be written, found No space left on device"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "graph.ttl"
    with pytest.raises(FileFailed) as failure, replaced(target):
        pytest.fail("the block ran")
    assert str(failure.value) == f"{target}: expected a file that can be written, found No such file or directory"


@pytest.mark.parametrize("old", [None, b"old"])
def test_the_name_of_a_folder_is_not_that_of_a_file(old: bytes | None, tmp_path: Path) -> None:
    target = tmp_path / "new"
    if old is not None:
        target.write_bytes(old)
    with pytest.raises(FileFailed) as failure, replaced(f"{target}/"):
        pytest.fail("the block ran")
    assert str(failure.value) == f"{target}/: expected the name of a file, found that of a folder"
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([] if old is None else [old])


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(FileFailed) as failure, replaced(tmp_path):
        pytest.fail("the block ran")
    assert str(failure.value) == f"{tmp_path}: expected a file that can be written, found Is a directory"


def test_a_loop_of_links_is_told(tmp_path: Path) -> None:
    target = tmp_path / "loop"
    target.symlink_to(target)
    with pytest.raises(FileFailed) as failure, replaced(target):
        pytest.fail("the block ran")
    assert "Too many levels of symbolic links" in str(failure.value)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target.ttl"
    link = tmp_path / "link.ttl"
    link.symlink_to(target)
    with replaced(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_the_mode_of_the_old_file_is_kept(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "graph.ttl"
    target.touch(mode=mode)
    with replaced(target) as file:
        file.write(b"new")
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_new_file_obeys_the_mask(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        with replaced(tmp_path / "graph.ttl") as file:
            file.write(b"new")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "graph.ttl").stat().st_mode) == 0o640


def test_a_device_is_written_to_and_stays_a_device() -> None:
    with replaced("/dev/null") as file:
        file.write(b"gone")
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("name", ["a" * 251 + ".ttl", "中" * 83 + ".ttl", "خ" * 125 + ".ttl"])
def test_a_name_may_be_as_long_as_the_system_allows(tmp_path: Path, name: str) -> None:
    with replaced(tmp_path / name) as file:
        file.write(b"new")
    assert [path.name for path in tmp_path.iterdir()] == [name]
