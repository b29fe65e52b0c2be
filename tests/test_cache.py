"""A cache that may be lost at any moment, and that is wrong about nothing."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import khabar
from corpora_at_hand import CORPORA
from khabar import resources
from khabar.frame import Frame
from khabar.model import Corpus
from khabar.reading import read_changed, read_corpus, survey
from khabar.records import cache as caches
from khabar.records import cache_file
from khabar.records.cache import AT_REST, KEPT_FOR, Cache, Kept, Seen, cache_folder

SECOND = 1_000_000_000


@pytest.fixture(autouse=True)
def few_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept of many files is kept of a few."""
    monkeypatch.setattr(caches, "LEAST", 1)


def corpus_of(folder: Path) -> Corpus:
    corpus, faults = read_corpus(folder)
    assert corpus is not None, faults
    return corpus


CORPUS = corpus_of(CORPORA["example"])
FRAME = Frame(CORPUS.header, CORPUS.entities)


class Clock:
    """A clock that says what it is told."""

    def __init__(self) -> None:
        self.nanoseconds = time.time_ns() + 10 * AT_REST

    def __call__(self) -> int:
        return self.nanoseconds


class Place:
    """A folder of files, and the cache of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "articles"
        self.folder.mkdir()
        self.path = folder / "cache" / "corpus-1.sqlite"
        self.clock = Clock()
        self.frame = FRAME

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def open(self) -> Cache:
        return Cache(self.path, self.frame, now=self.clock)

    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())

    def build(self) -> list[Seen]:
        """Look at all files, and keep what had to be read, as a build does."""
        with self.open() as cache:
            found = list(cache.look(self.files()))
            for seen in found:
                if not seen.certain:
                    data = seen.path.read_bytes()
                    cache.keep(seen, kept(data), hashlib.sha256(data).digest())
            cache.drop_all_but(self.files())
        return found

    def certain(self) -> list[str]:
        return [seen.path.name for seen in self.build() if seen.certain]

    def rows(self) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.path)
        found = connection.execute("SELECT * FROM file ORDER BY name").fetchall()
        connection.close()
        return found

    def execute(self, statement: str, *values: object) -> None:
        connection = sqlite3.connect(self.path)
        with connection:
            connection.execute(statement, values)
        connection.close()


def kept(data: bytes, *, sound: bool = True) -> Kept:
    return Kept(data.decode(), data, ("other",), claims=True, sound=sound)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    found = Place(tmp_path)
    found.write("a.yaml", "one")
    found.write("b.yaml", "two")
    return found


def test_what_was_read_is_known(place: Place) -> None:
    first = place.build()
    assert [(seen.kept, seen.certain, seen.digest) for seen in first] == [(None, False, b"")] * 2
    second = place.build()
    assert [seen.certain for seen in second] == [True, True]
    assert [seen.kept for seen in second] == [kept(b"one"), kept(b"two")]


def test_a_file_that_changed_is_read_again(place: Place) -> None:
    place.build()
    place.write("b.yaml", "owt")
    assert place.certain() == ["a.yaml"]
    assert place.certain() == ["a.yaml", "b.yaml"]
    assert [seen.kept for seen in place.build()] == [kept(b"one"), kept(b"owt")]


def test_the_times_of_a_file_can_be_set_and_yet_it_has_changed(place: Place) -> None:
    path = place.folder / "b.yaml"
    before = path.stat()
    place.build()
    path.write_text("owt", "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert place.certain() == ["a.yaml"]


def test_a_file_in_the_place_of_another_is_another(place: Place) -> None:
    path = place.folder / "b.yaml"
    before = path.stat()
    place.build()
    other = place.write("c.yaml", "owt")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)
    assert place.certain() == ["a.yaml"]


def test_what_only_moved_is_told_by_its_digest(place: Place) -> None:
    place.build()
    os.utime(place.folder / "a.yaml")
    touched, other = place.build()
    assert (touched.certain, touched.kept) == (False, kept(b"one"))
    assert touched.digest == hashlib.sha256(b"one").digest()
    assert other.certain
    assert place.certain() == ["a.yaml", "b.yaml"]


@pytest.mark.parametrize("field", ["st_mtime_ns", "st_ctime_ns"])
def test_a_file_that_may_still_be_written_is_not_trusted(place: Place, field: str) -> None:
    status = (place.folder / "a.yaml").stat()
    place.clock.nanoseconds = getattr(status, field) + AT_REST
    place.build()
    # Within one tick of the clock, and so with the same times.
    assert place.certain() == []
    place.clock.nanoseconds += 10 * SECOND
    found = place.build()
    assert [seen.certain for seen in found] == [False, False]
    assert [seen.kept for seen in found] == [kept(b"one"), kept(b"two")]
    assert place.certain() == ["a.yaml", "b.yaml"]


def test_a_file_from_the_future_is_not_trusted(place: Place) -> None:
    future = place.clock.nanoseconds + SECOND
    os.utime(place.folder / "a.yaml", ns=(future, future))
    place.build()
    assert place.certain() == ["b.yaml"]


def test_what_left_is_dropped(place: Place) -> None:
    place.build()
    (place.folder / "a.yaml").unlink()
    assert place.certain() == ["b.yaml"]
    assert len(place.rows()) == 1
    place.write("a.yaml", "one")
    assert place.certain() == ["b.yaml"]


def test_the_file_shrinks_with_the_corpus(place: Place) -> None:
    for number in range(200):
        place.write(f"{number}.yaml", str(number) * 2000)
    place.build()
    large = place.path.stat().st_size
    for number in range(200):
        (place.folder / f"{number}.yaml").unlink()
    place.build()
    assert place.path.stat().st_size < large / 10


def test_what_was_sound_beside_another_frame_is_to_be_checked_again(place: Place) -> None:
    place.build()
    place.frame = Frame(FRAME.header, dict(list(FRAME.entities.items())[1:]))
    found = place.build()
    assert [(seen.certain, seen.kept) for seen in found] == [
        (True, kept(b"one", sound=False)),
        (True, kept(b"two", sound=False)),
    ]
    with place.open() as cache:
        for seen in found:
            assert seen.kept is not None
            cache.keep(seen, msgspec.structs.replace(seen.kept, sound=True), seen.digest)
    assert [seen.kept for seen in place.build()] == [kept(b"one"), kept(b"two")]


def test_what_was_not_found_sound_is_not_sound(place: Place) -> None:
    with place.open() as cache:
        for seen in cache.look(place.files()):
            cache.keep(seen, kept(b"x", sound=False), b"")
    assert [seen.kept for seen in place.build()] == [kept(b"x", sound=False)] * 2


def test_more_than_fits_at_a_time(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "_BUFFER", 500)
    names = [place.write(f"n{number:03}.yaml", str(number)).name for number in range(200)]
    place.build()
    assert place.certain() == ["a.yaml", "b.yaml", *names]


def test_names_that_are_no_text(place: Place) -> None:
    (place.folder / os.fsdecode(b"\xff\n.yaml")).write_bytes(b"three")
    place.build()
    assert len(place.certain()) == 3


def test_a_file_that_is_gone_is_not_known(place: Place) -> None:
    place.build()
    with place.open() as cache:
        assert list(cache.look([place.folder / "none.yaml", place.folder / "a\0"])) == [
            Seen(place.folder / name, b"", None, b"", certain=False) for name in ("none.yaml", "a\0")
        ]


# What can be wrong with the file


def spoilt(path: Path, start: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(data)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "no database": lambda path: path.write_bytes(b"nonsense" * 1000),
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "head": lambda path: spoilt(path, 100, bytes(500)),
    "pages": lambda path: spoilt(path, 4096, b"\xff" * 3 * 4096),
    "removed": lambda path: path.unlink(),
    "hard to read": lambda path: path.chmod(0o604),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_made_anew(damage: str, place: Place) -> None:
    place.build()
    DAMAGE[damage](place.path)
    for _ in range(2):
        found = place.build()
        assert all(seen.kept in (None, kept(seen.path.read_bytes())) for seen in found)
    assert place.certain() == ["a.yaml", "b.yaml"]
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600


@given(st.data())
def test_no_bit_that_flips_makes_it_wrong(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        for number in range(5):
            place.write(f"{number}.yaml", f"text {number} " * number * 300)
        place.build()
        size = place.path.stat().st_size
        content = bytearray(place.path.read_bytes())
        for position in data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=6)):
            content[position] ^= 1 << data.draw(st.integers(0, 7))
        place.path.write_bytes(content)
        for _ in range(2):
            for seen in place.build():
                expected = seen.path.read_bytes()
                assert seen.kept is None or seen.kept == kept(expected) or seen.kept == kept(expected, sound=False)


@pytest.mark.parametrize(
    "change", ["identity = X'00'", "digest = X'00'", "sound = X'00'", "record = X'00'", "record = 'text'", "seal = 7"]
)
def test_a_row_without_its_seal_is_not_known(change: str, place: Place) -> None:
    place.build()
    place.execute(f"UPDATE file SET {change} WHERE name = ?", b"a.yaml")  # noqa: S608 - the words above
    found = place.build()
    assert [seen.kept for seen in found] == [None, kept(b"two")]
    assert place.certain() == ["a.yaml", "b.yaml"]


def test_the_row_of_another_file_is_not_known(place: Place) -> None:
    place.build()
    place.execute("DELETE FROM file WHERE name = ?", b"b.yaml")
    place.execute("UPDATE file SET name = ?", b"b.yaml")
    assert [seen.kept for seen in place.build()] == [None, None]


@pytest.mark.parametrize("foreign", ["another database", "another khabar", "another layout", "a link"])
def test_a_foreign_file_is_made_anew(foreign: str, place: Place, tmp_path: Path) -> None:
    place.build()
    if foreign == "another database":
        place.execute("PRAGMA application_id = 7")
    elif foreign == "another khabar":
        place.execute("UPDATE made_by SET version = X'00'")
    elif foreign == "another layout":
        place.execute("ALTER TABLE file RENAME TO old")
    else:
        elsewhere = tmp_path / "elsewhere"
        place.path.rename(elsewhere)
        place.path.symlink_to(elsewhere)
    assert place.certain() == []
    if foreign == "another layout":
        place.build()
    assert place.certain() == ["a.yaml", "b.yaml"]
    assert not place.path.is_symlink()


def test_a_folder_in_its_place_is_let_alone(place: Place) -> None:
    place.path.mkdir(parents=True)
    assert place.certain() == []
    assert place.certain() == []
    assert place.path.is_dir()


def test_a_file_in_the_place_of_the_folder_is_let_alone(place: Place) -> None:
    place.path.parent.write_text("mine", "utf-8")
    assert place.certain() == []
    assert place.path.parent.read_text("utf-8") == "mine"


def test_a_locked_file_is_as_none(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_file, "_WAIT", 0.01)
    place.build()
    other = sqlite3.connect(place.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert place.certain() == []
    other.close()
    assert place.certain() == ["a.yaml", "b.yaml"]


def test_a_file_that_others_read_is_read_and_not_written(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_file, "_WAIT", 0.01)
    place.build()
    place.write("b.yaml", "owt")
    other = sqlite3.connect(place.path, isolation_level=None)
    other.execute("BEGIN")
    assert other.execute("SELECT count(*) FROM file").fetchone() == (2,)
    assert place.certain() == ["a.yaml"]
    assert place.certain() == ["a.yaml"]
    other.close()
    assert place.certain() == ["a.yaml"]
    assert place.certain() == ["a.yaml", "b.yaml"]


@pytest.mark.parametrize("limit", ["max_page_count = 1", "query_only = 1"])
def test_a_file_that_cannot_be_written_is_still_read(limit: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def limited(path: Path) -> sqlite3.Connection:
        connection = cache_file.opened(path)
        connection.execute(f"PRAGMA {limit}")
        return connection

    place.build()
    monkeypatch.setattr(caches, "opened", limited)
    place.write("c.yaml", "three" * 10_000)
    assert place.certain() == ["a.yaml", "b.yaml"]
    assert place.certain() == ["a.yaml", "b.yaml"]
    assert len(place.rows()) == 2


def test_a_python_without_sqlite_keeps_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    assert place.certain() == []
    assert place.certain() == []
    assert not place.path.exists()


def test_a_defect_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "opened", lambda path: path.none)
    with pytest.raises(AttributeError, match="none"):
        place.build()


# Where it lies, and for whom


def test_it_is_for_its_owner_alone(place: Place) -> None:
    old = os.umask(0)
    try:
        place.build()
    finally:
        os.umask(old)
    assert stat.S_IMODE(place.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600


def keep_one(cache: Cache) -> None:
    with cache:
        cache.keep(next(cache.look([Path("a.yaml")])), kept(b"one"), b"")


def test_every_corpus_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "one")
    for name in ("one", "link", "two"):
        keep_one(Cache.of(tmp_path / "cache", tmp_path / name, FRAME))
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_without_a_place_nothing_is_kept(place: Place) -> None:
    with Cache.of(None, place.folder.parent, FRAME) as cache:
        assert [seen.kept for seen in cache.look(place.files())] == [None, None]
        cache.keep(next(cache.look(place.files())), kept(b"one"), b"")
        cache.drop_all_but([])
    assert sorted(place.folder.parent.iterdir()) == [place.folder]


def test_caches_that_no_one_uses_are_removed(tmp_path: Path) -> None:
    keep_one(Cache.of(tmp_path, Path("old"), FRAME))
    other = tmp_path / "corpus-of-mine.txt"
    other.touch()
    long_ago = time.time() - KEPT_FOR - 60
    for path in tmp_path.iterdir():
        os.utime(path, (long_ago, long_ago))
    keep_one(Cache.of(tmp_path, Path("old"), FRAME))
    keep_one(Cache.of(tmp_path, Path("new"), FRAME))
    assert len(list(tmp_path.iterdir())) == 3
    for path in tmp_path.iterdir():
        os.utime(path, (long_ago, long_ago))
    keep_one(Cache.of(tmp_path, Path("newer"), FRAME))
    assert len(list(tmp_path.iterdir())) == 2
    assert other.exists()


def test_the_place_is_where_caches_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder({"XDG_CACHE_HOME": "/var/cache"}) == Path("/var/cache/khabar")
    assert cache_folder({"XDG_CACHE_HOME": "cache"}) == tmp_path / ".cache" / "khabar"
    assert cache_folder({}) == tmp_path / ".cache" / "khabar"

    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    assert cache_folder({}) is None


def test_a_khabar_that_changed_is_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("khabar", "ontology"):
        (tmp_path / name).mkdir()
    (tmp_path / "khabar" / "__init__.py").touch()
    monkeypatch.setattr(khabar, "__file__", str(tmp_path / "khabar" / "__init__.py"))
    monkeypatch.setattr(resources, "ontology", lambda: tmp_path / "ontology")
    versions = [cache_file._version()]
    (tmp_path / "ontology" / "rule.rq").write_text("1", "utf-8")
    versions.append(cache_file._version())
    (tmp_path / "khabar" / "__pycache__").mkdir()
    (tmp_path / "khabar" / "__pycache__" / "x.pyc").touch()
    assert cache_file._version() == versions[-1]
    monkeypatch.setattr(khabar, "__version__", "0")
    versions.append(cache_file._version())
    assert len(set(versions)) == 3


def test_of_a_few_files_nothing_is_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "LEAST", 3)
    place.build()
    assert not place.path.exists()
    place.write("c.yaml", "three")
    place.build()
    assert place.certain() == ["a.yaml", "b.yaml", "c.yaml"]
    (place.folder / "c.yaml").unlink()
    assert place.certain() == ["a.yaml", "b.yaml"]


# Several at once


def test_two_builds_at_once_are_safe(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "_BUFFER", 100)
    for number in range(150):
        place.write(f"{number}.yaml", str(number))
    failures: list[object] = []

    def build() -> None:
        for _ in range(4):
            found = place.build()
            failures.extend(seen for seen in found if seen.kept not in (None, kept(seen.path.read_bytes())))

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    place.build()
    assert len(place.certain()) == 152


def test_several_threads_may_look_and_keep(place: Place) -> None:
    files = [place.write(f"{number}.yaml", str(number)) for number in range(100)]
    with place.open() as cache:

        def keep(paths: list[Path]) -> None:
            for seen in cache.look(paths):
                cache.keep(seen, kept(seen.path.read_bytes()), b"")

        threads = [threading.Thread(target=keep, args=(files[start::4],)) for start in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with place.open() as cache:
        assert [seen.kept for seen in cache.look(files)] == [kept(path.read_bytes()) for path in files]


# Reading


def test_bytes_that_were_read_before_are_not_read_again(tmp_path: Path) -> None:
    path = next((CORPORA["example"] / "articles").glob("*.yaml"))
    record, faults, digest = read_changed(path, b"")
    assert (record, faults) == (CORPUS.articles[0], [])
    assert digest == hashlib.sha256(path.read_bytes()).digest()
    assert read_changed(path, digest) == (None, [], digest)
    missing, told, none = read_changed(tmp_path / "none.yaml", digest)
    assert (missing, none) == (None, b"")
    assert [fault.code for fault in told] == ["KH001"]


@pytest.fixture
def twice(tmp_path: Path) -> Path:
    source = next((CORPORA["example"] / "articles").glob("*.yaml"))
    folder = tmp_path / "corpus"
    (folder / "articles").mkdir(parents=True)
    (folder / "corpus.yaml").write_bytes((CORPORA["example"] / "corpus.yaml").read_bytes())
    for name in "ab":
        (folder / "articles" / f"{name}.yaml").write_bytes(b"# a comment\n" + source.read_bytes())
    return folder


def test_what_is_known_is_not_read_and_its_faults_are_told_as_ever(twice: Path) -> None:
    known = {twice / "articles" / f"{name}.yaml": CORPUS.articles[0] for name in "ab"}
    expected = survey(twice)
    assert [(fault.code, fault.line) for fault in expected.faults] == [("KH020", 4)]
    for some in (known, dict(list(known.items())[:1]), dict(list(known.items())[1:])):
        assert survey(twice, some) == expected
