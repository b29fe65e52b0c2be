"""Stores on this machine: in memory and in a folder, replaced whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest

import khabar
from corpora_at_hand import CORPORA, GRAPHS
from endpoints import file_of
from khabar.errors import FileFailed, QueryRefused, StoreFailed
from khabar.pipeline import quads
from khabar.queries.results import plain
from khabar.stores import embedded, memory, opening, swap
from khabar.stores.store import Store
from khabar.terms import XSD, Literal, Quad

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def some(count: int) -> Iterator[Quad]:
    for number in range(count):
        thing = f"https://example.org/c/events/a.{number}"
        yield Quad(thing, "https://w3id.org/khabar/ns#topic", Literal(f"t{number}"), "https://example.org/c/graphs/a")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def count(store: Store) -> int:
    return int(plain(store.select(COUNT).column("n")[0]))


def test_the_default_graph_is_the_union() -> None:
    assert count(memory.from_quads(some(3), "three")) == 3


@pytest.mark.parametrize("suffix", ["ttl", "nq"])
def test_a_file_gives_what_its_corpus_gives(suffix: str) -> None:
    expected = len({quad[:3] for quad in quads(khabar.read(CORPORA["libya"]))})
    assert count(memory.from_file(GRAPHS / f"libya.{suffix}")) == expected


def test_ask_and_its_likes() -> None:
    store = memory.from_quads(some(1), "one")
    assert store.select("ASK { ?s ?p ?o }").truth is True
    with pytest.raises(QueryRefused) as caught:
        store.select("CONSTRUCT WHERE { ?s ?p ?o }")
    assert str(caught.value) == "query: expected SELECT or ASK, found CONSTRUCT or DESCRIBE"
    with pytest.raises(QueryRefused) as caught:
        store.select("SELECT ?s WHERE { ?s ?p }")
    assert str(caught.value).startswith("query: expected SPARQL 1.1, found error at 1:26: expected one of ")


@pytest.mark.parametrize(
    ("name", "text", "where", "found"),
    [
        ("a.ttl", "<http://e/s> <http://e/p> .\n", "a.ttl:1:", "found "),
        ("a.ttl", '<http://e/s> <http://e/p> "x"@en ,\n "open .\n', "a.ttl:2:", "found "),
        ("a.nt", "<http://e/s> <http://e/p o> 1 .\n", "a.nt:1:", "found "),
        ("a.xml", "<x/>", "a.xml: ", "expected a file that ends in .ttl, .trig, .nt, .nq, found .xml"),
        ("graph", "", "graph: ", "expected a file that ends in .ttl, .trig, .nt, .nq, found no suffix"),
    ],
)
def test_a_bad_file_is_told_with_its_line(tmp_path: Path, name: str, text: str, where: str, found: str) -> None:
    with pytest.raises(FileFailed) as caught:
        memory.from_file(file_of(tmp_path, name, text))
    assert str(caught.value).startswith(f"{tmp_path}/{where}")
    assert found in str(caught.value)


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_bytes(b'<http://e/s> <http://e/p> "\xff" .')
    with pytest.raises(FileFailed) as caught:
        memory.from_file(path)
    assert str(caught.value).startswith(str(path))


def test_a_store_holds_what_was_written(tmp_path: Path) -> None:
    assert embedded.write(some(5), tmp_path / "new" / "store") == 5
    store = embedded.open_folder(tmp_path / "new" / "store")
    assert count(store) == 5
    assert store.name == f"{tmp_path}/new/store"
    assert names(tmp_path / "new") == ["store"]


def test_writing_replaces_and_an_open_reader_keeps_what_it_saw(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    embedded.write(some(5), folder)
    reader = embedded.open_folder(folder)
    embedded.write(some(2), folder)
    assert count(reader) == 5
    assert count(embedded.open_folder(folder)) == 2
    assert names(tmp_path) == ["store"]


def test_a_failure_leaves_the_old_store(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    embedded.write(some(5), folder)

    def broken() -> Iterator[Quad]:
        yield from some(3)
        raise KeyError("broken")

    with pytest.raises(KeyError):
        embedded.write(broken(), folder)
    with pytest.raises(StoreFailed) as caught:
        embedded.write([Quad("not an IRI", "x:p", Literal("1", XSD + "integer"), "x:g")], folder)
    assert str(caught.value).startswith(f"{folder}: expected a store that can be written, found ")
    assert count(embedded.open_folder(folder)) == 5
    assert names(tmp_path) == ["store"]


@pytest.mark.parametrize("can_swap", [True, False])
def test_a_swap_that_fails_leaves_the_old_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, can_swap: bool
) -> None:
    folder = tmp_path / "store"
    embedded.write(some(5), folder)

    renamed = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name.startswith(".store.") and not self.name.endswith(".old"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return renamed(self, target)

    def unable(one: Path, two: Path) -> bool:
        if can_swap:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(two))
        del one
        return False

    monkeypatch.setattr(swap, "_swap", unable)
    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(FileFailed) as caught:
        embedded.write(some(2), folder)
    reason = "Input/output error" if can_swap else "No space left on device"
    assert str(caught.value) == f"{folder}: expected a store that can be written, found {reason}"
    monkeypatch.undo()
    assert count(embedded.open_folder(folder)) == 5
    assert names(tmp_path) == ["store"]


def test_where_the_system_cannot_swap_two_steps_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "_swap", lambda one, two: False)  # noqa: ARG005 - the form of what it replaces
    embedded.write(some(5), tmp_path / "store")
    embedded.write(some(2), tmp_path / "store")
    assert count(embedded.open_folder(tmp_path / "store")) == 2
    assert names(tmp_path) == ["store"]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has the one-step exchange under this name")
def test_linux_swaps_in_one_step(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        file_of(tmp_path / name, "which", name)
    if not swap._swap(tmp_path / "one", tmp_path / "two"):
        pytest.skip("this file system cannot exchange two folders")
    assert (tmp_path / "one" / "which").read_text() == "two"
    assert (tmp_path / "two" / "which").read_text() == "one"


def test_a_folder_of_other_things_is_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    file_of(folder, "thesis.txt", "dear")
    with pytest.raises(FileFailed) as caught:
        embedded.write(some(1), folder)
    assert str(caught.value) == (
        f"{folder}: expected the folder of a store, or none yet, found a folder with other files in it"
        " (name another folder)"
    )
    with pytest.raises(FileFailed) as caught:
        embedded.write(some(1), folder / "thesis.txt")
    assert str(caught.value) == f"{folder}/thesis.txt: expected the folder of a store, or none yet, found a file"
    assert (folder / "thesis.txt").read_text() == "dear"


def test_a_store_with_other_things_in_it_is_never_replaced(tmp_path: Path) -> None:
    embedded.write(some(1), tmp_path / "store")
    file_of(tmp_path / "store", "thesis.txt", "dear")
    with pytest.raises(FileFailed) as caught:
        embedded.write(some(2), tmp_path / "store")
    assert caught.value.found == "a folder with other files in it"
    assert (tmp_path / "store" / "thesis.txt").read_text() == "dear"


def test_only_what_khabar_left_is_swept_away(tmp_path: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    dead = int(gone.stdout)
    for name in (f".a[b].{dead}-0123abcd", f".a[b].{dead}-backup"):
        (tmp_path / name).mkdir()
    embedded.write(some(1), tmp_path / "a[b]")
    assert names(tmp_path) == [f".a[b].{dead}-backup", "a[b]"]


def test_a_store_that_is_replaced_while_it_opens_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.write(some(1), tmp_path / "store")
    embedded.write(some(2), tmp_path / "new")
    opened = pyoxigraph.Store.read_only
    tries: list[str] = []

    class Replaced:
        @staticmethod
        def read_only(path: str) -> pyoxigraph.Store:
            tries.append(path)
            if len(tries) == 1:
                swap.exchange(tmp_path / "new", tmp_path / "store")
                raise OSError("Corruption: Sst file size mismatch")
            return opened(path)

    monkeypatch.setattr(pyoxigraph, "Store", Replaced)
    assert count(embedded.open_folder(tmp_path / "store")) == 2
    assert len(tries) == 2


def test_a_term_that_oxigraph_does_not_hold_is_told(tmp_path: Path) -> None:
    file = file_of(tmp_path, "long.ttl", f'<x:a> <x:b> """{"a" * 17_000_000}""" .')
    with pytest.raises(FileFailed) as caught:
        memory.from_file(file)
    assert caught.value.found == "Reached the buffer maximal size of 16777216"


def test_an_empty_folder_becomes_a_store(tmp_path: Path) -> None:
    embedded.write(some(1), tmp_path / "store")
    (tmp_path / "empty").mkdir()
    embedded.write(some(2), tmp_path / "empty")
    assert count(embedded.open_folder(tmp_path / "empty")) == 2


def test_a_link_is_followed(tmp_path: Path) -> None:
    embedded.write(some(1), tmp_path / "store")
    (tmp_path / "current").symlink_to("store")
    embedded.write(some(2), tmp_path / "current")
    assert (tmp_path / "current").is_symlink()
    assert count(embedded.open_folder(tmp_path / "store")) == 2


def test_what_a_killed_writer_left_is_swept(tmp_path: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    for process in (gone.stdout.decode().strip(), str(os.getpid())):
        (tmp_path / f".store.{process}-0a1b2c3d").mkdir()
    embedded.write(some(1), tmp_path / "store")
    assert names(tmp_path) == [f".store.{os.getpid()}-0a1b2c3d", "store"]


def test_a_writer_that_is_killed_leaves_the_old_store(tmp_path: Path) -> None:
    embedded.write(some(5), tmp_path / "store")
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from khabar.stores import embedded\n"
        "from khabar.terms import Literal, Quad\n"
        "def quads():\n"
        "    for number in range(1000):\n"
        "        yield Quad(f'http://e/{number}', 'http://e/p', Literal('x'), 'http://e/g')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "embedded.write(quads(), Path(sys.argv[1]))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path / "store")], check=False)
    assert ended.returncode == -9
    assert count(embedded.open_folder(tmp_path / "store")) == 5
    embedded.write(some(2), tmp_path / "store")
    assert names(tmp_path) == ["store"]


@pytest.mark.parametrize(("make", "found"), [("folder", "another folder"), ("file", "a file"), ("none", "nothing")])
def test_what_is_no_store_is_told(tmp_path: Path, make: str, found: str) -> None:
    path = tmp_path / "x"
    if make == "folder":
        path.mkdir()
    elif make == "file":
        path.touch()
    with pytest.raises(FileFailed) as caught:
        embedded.open_folder(path)
    assert str(caught.value) == f"{path}: expected the folder of a store, found {found}"


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    embedded.write(some(1), tmp_path / "store")
    (tmp_path / "store" / "CURRENT").write_text("nonsense")
    with pytest.raises(StoreFailed) as caught:
        embedded.open_folder(tmp_path / "store")
    assert str(caught.value).startswith(f"{tmp_path}/store: expected a store that Oxigraph can open, found ")


def test_a_target_is_told_by_looking(tmp_path: Path) -> None:
    asked: list[Path] = []

    def corpus(folder: Path) -> Iterator[Quad]:
        asked.append(folder)
        return some(4)

    (tmp_path / "corpus").mkdir()
    file_of(tmp_path / "corpus", "corpus.yaml", "")
    embedded.write(some(2), tmp_path / "store")
    turtle = file_of(tmp_path, "a.ttl", "<http://e/s> <http://e/p> 1 .")
    assert count(opening.open_target(tmp_path / "corpus", corpus)) == 4
    assert asked == [tmp_path / "corpus"]
    assert count(opening.open_target(str(tmp_path / "store"), corpus)) == 2
    assert count(opening.open_target(turtle, corpus)) == 1
    assert opening.open_target("https://example.org/sparql?x=1", corpus).name == "https://example.org/sparql"
    for name, found in (("nowhere", "nothing"), ("corpus/..", "a folder without corpus.yaml")):
        with pytest.raises(FileFailed) as caught:
            opening.open_target(tmp_path / name, corpus)
        assert str(caught.value) == (
            f"{tmp_path / name}: expected a corpus (a folder with corpus.yaml), a file of RDF, the folder of a store,"
            f" or an address, found {found}"
        )


def test_prefixes_are_those_of_the_one_corpus_in_a_store() -> None:
    libya = list(quads(khabar.read(CORPORA["libya"])))
    eastport = list(quads(khabar.read(CORPORA["eastport"])))
    base = khabar.read(CORPORA["libya"]).header.base
    assert opening.prefixes(memory.from_quads(libya, "one"))["events"] == f"{base}events/"
    assert opening.prefixes(memory.from_quads([*libya, *eastport], "two")) == {}
    assert opening.prefixes(memory.from_quads(some(1), "none")) == {}
