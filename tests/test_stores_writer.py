"""A store in a folder, written in a working copy and published whole."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

import servers
from endpoints import file_of
from khabar.errors import FileFailed, KhabarError, QueryRefused, StoreFailed
from khabar.graphs import NamedGraph
from khabar.stores import swap, working_copy, writer
from khabar.stores.changes import Change, batches, update
from khabar.stores.embedded import open_folder
from khabar.stores.encoding import numbers_and_dates
from khabar.stores.store import GraphStore
from khabar.stores.writer import EmbeddedWriter
from stored import found, graph, names, published, store_graphs

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
BLANK = NamedGraph.of("https://e.org/graphs/blank", [b"<urn:a> <urn:b> _:c14n0 .\n", b'_:c14n0 <urn:b> "> _:x ." .\n'])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store that holds the graphs a, b and c."""
    store_graphs([graph("a"), graph("b"), graph("c")], tmp_path / "store")
    return tmp_path / "store"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.startswith("LOG")}


def test_an_optimized_store_lies_in_fewer_files(tmp_path: Path) -> None:
    def tables(folder: Path) -> int:
        return len(list(folder.glob("*.sst")))

    graphs = [graph(name, 3_000) for name in ("a", "b", "c")]
    for target, optimized in (("plain", False), ("merged", True)):
        with EmbeddedWriter(tmp_path / target) as store:
            for each in graphs:
                store.replace([each])
            if optimized:
                store.optimize()
            store.publish()
    assert tables(tmp_path / "merged") < tables(tmp_path / "plain")
    with EmbeddedWriter(tmp_path / "plain") as store:
        store.optimize()
        store.publish()
    assert tables(tmp_path / "plain") == tables(tmp_path / "merged")
    for each in graphs:
        assert published(each, tmp_path / "merged") == published(each, tmp_path / "plain") == each


def test_a_new_store_appears_when_it_is_published(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "store"
    with EmbeddedWriter(folder) as store:
        written: GraphStore = store
        assert not written.resumed
        assert written.name == str(folder)
        assert written.rewrites == (numbers_and_dates,)
        written.replace([graph("a"), graph("b", 5)])
        assert found(graph("b", 5), written.read(graph("b").iri)) == graph("b", 5)
        assert not folder.exists()
        written.publish()
        assert published(graph("a"), folder) == graph("a")
    assert names(tmp_path / "new") == ["store"]
    assert len(open_folder(folder)) == 8


def test_an_empty_folder_becomes_a_store_even_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir(mode=0o750)
    with EmbeddedWriter(tmp_path / "store") as store:
        store.publish()
    assert len(open_folder(tmp_path / "store")) == 0
    assert (tmp_path / "store").stat().st_mode & 0o777 == 0o750
    assert names(tmp_path) == ["store"]


def test_readers_see_nothing_before_it_is_published_and_all_of_it_then(folder: Path) -> None:
    before = open_folder(folder)
    with EmbeddedWriter(folder) as store:
        store.replace([graph("a", text="as it is"), graph("d")])
        store.remove([graph("b").iri, "https://e.org/graphs/never-there"])
        store.add(graph("c", 4, "and more"))
        assert published(graph("a"), folder) == graph("a")
        store.publish()
    after = open_folder(folder)
    assert found(graph("a"), before.read(graph("a").iri)) == graph("a")
    assert found(graph("a"), after.read(graph("a").iri)) == graph("a", text="as it is")
    assert after.read(graph("b").iri) == b""
    assert after.read(graph("c").iri).count(b"\n") == 7
    assert published(graph("d"), folder) == graph("d")


def test_what_is_written_after_publishing_is_published_with_the_next(folder: Path) -> None:
    with EmbeddedWriter(folder) as store:
        for text in ("one", "two"):
            store.replace([graph("a", text=text)])
            store.publish()
            assert not store.resumed
            assert published(graph("a"), folder) == graph("a", text=text)
    assert names(folder.parent) == ["store"]


def test_nothing_new_leaves_every_byte(folder: Path) -> None:
    before, place = bytes_of(folder), folder.stat().st_ino
    with EmbeddedWriter(folder) as store:
        assert store.select(COUNT).column("n")
        store.replace([graph("a"), graph("a")])
        store.remove(["https://e.org/graphs/never-there"])
        store.publish()
    with EmbeddedWriter(folder):
        pass
    assert (bytes_of(folder), folder.stat().st_ino) == (before, place)
    assert names(folder.parent) == ["store"]


def test_a_load_that_fails_leaves_the_store_and_the_next_goes_on(folder: Path) -> None:
    before = bytes_of(folder)
    with contextlib.suppress(KeyError), EmbeddedWriter(folder, purpose="one") as store:
        store.replace([graph("a", text="new")])
        raise KeyError
    assert bytes_of(folder) == before
    assert names(folder.parent) == [".store.loading", ".store.loading.json", "store"]
    with EmbeddedWriter(folder, purpose="one") as store:
        assert store.resumed
        assert found(graph("a"), store.read(graph("a").iri)) == graph("a", text="new")
    with EmbeddedWriter(folder, purpose="one") as store:
        assert store.resumed
        store.publish()
    assert published(graph("a"), folder) == graph("a", text="new")
    assert names(folder.parent) == ["store"]


def test_a_working_copy_of_another_purpose_or_another_store_is_thrown_away(folder: Path) -> None:
    def interrupt() -> None:
        with EmbeddedWriter(folder, purpose="one") as store:
            store.replace([graph("a", text="never seen")])

    interrupt()
    with EmbeddedWriter(folder, purpose="two") as store:
        assert not store.resumed
        assert found(graph("a"), store.read(graph("a").iri)) == graph("a")
    interrupt()
    changed = pyoxigraph.Store(str(folder))
    changed.load(graph("d").nquads(), pyoxigraph.RdfFormat.N_QUADS)
    del changed
    with EmbeddedWriter(folder, purpose="one") as store:
        assert not store.resumed
        assert found(graph("d"), store.read(graph("d").iri)) == graph("d")
        assert found(graph("a"), store.read(graph("a").iri)) == graph("a")


@pytest.mark.parametrize("damage", ["CURRENT", "record", "no record", "no copy"])
def test_a_working_copy_that_is_damaged_is_made_anew(folder: Path, damage: str) -> None:
    with EmbeddedWriter(folder) as store:
        store.replace([graph("a", text="never seen")])
    if damage == "CURRENT":
        file_of(folder.parent / ".store.loading", "CURRENT", "nonsense")
    elif damage == "record":
        file_of(folder.parent, ".store.loading.json", "{")
    elif damage == "no record":
        (folder.parent / ".store.loading.json").unlink()
    else:
        shutil.rmtree(folder.parent / ".store.loading")
    with EmbeddedWriter(folder) as store:
        assert not store.resumed
        assert found(graph("a"), store.read(graph("a").iri)) == graph("a")
        store.publish()
    assert names(folder.parent) == ["store"]


def test_a_store_that_was_written_to_meanwhile_is_not_replaced(folder: Path) -> None:
    with EmbeddedWriter(folder) as store:
        store.replace([graph("a", text="new")])
        file_of(folder, "000999.log", "")
        with pytest.raises(StoreFailed) as caught:
            store.publish()
    assert str(caught.value) == (
        f"{folder}: expected the store as it was when the load began, found one that was written to since"
        " (run the command again)"
    )
    assert published(graph("a"), folder) == graph("a")


def test_a_second_writer_is_told_who_is_the_first_and_waits_if_asked(folder: Path) -> None:
    first = EmbeddedWriter(folder)
    with first:
        with pytest.raises(StoreFailed) as caught, EmbeddedWriter(folder):
            pass
        assert str(caught.value).startswith(f"{folder}: expected to be the only writer, found process {os.getpid()} (")
        first.replace([graph("a", text="first")])
        first.publish()

        def second() -> None:
            with EmbeddedWriter(folder, wait=60) as store:
                store.replace([graph("b", text="second")])
                store.publish()

        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.1)
        assert thread.is_alive()
    thread.join()
    assert published(graph("a"), folder) == graph("a", text="first")
    assert published(graph("b"), folder) == graph("b", text="second")


def test_a_store_that_a_server_has_open_is_left_to_it(folder: Path) -> None:
    command = [servers.installed("oxigraph"), "serve", "--location", str(folder), "--bind", "127.0.0.1:0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        assert "Listening" in server.stderr.readline()
        with pytest.raises(StoreFailed) as caught, EmbeddedWriter(folder):
            pass
        assert str(caught.value) == (
            f"{folder}: expected a store that no other process has open for writing, found process {server.pid}"
            " (oxigraph serve) (stop it, or load through its address)"
        )
    finally:
        server.kill()
        server.communicate()
    with EmbeddedWriter(folder) as store:
        store.replace([graph("a", text="new")])
        other = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert other.returncode
        assert "lock" in other.stderr.lower()
        store.publish()
    assert names(folder.parent) == ["store"]


def test_a_folder_of_other_things_is_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    file_of(folder, "thesis.txt", "dear")
    with pytest.raises(FileFailed) as caught, EmbeddedWriter(folder):
        pass
    assert str(caught.value) == (
        f"{folder}: expected the folder of a store, or none yet, found a folder with other files in it"
        " (name another folder)"
    )
    with pytest.raises(FileFailed) as caught, EmbeddedWriter(folder / "thesis.txt"):
        pass
    assert str(caught.value) == f"{folder}/thesis.txt: expected the folder of a store, or none yet, found a file"
    assert names(tmp_path) == ["mine"]


def test_a_store_with_other_things_in_it_is_never_replaced(folder: Path) -> None:
    with EmbeddedWriter(folder) as store:
        store.replace([graph("a", text="new")])
        file_of(folder, "thesis.txt", "dear")
        with pytest.raises(FileFailed) as caught:
            store.publish()
    assert caught.value.found == "a folder with other files in it"
    with pytest.raises(FileFailed), EmbeddedWriter(folder):
        pass
    assert (folder / "thesis.txt").read_text() == "dear"


def test_a_link_is_followed(folder: Path) -> None:
    (folder.parent / "elsewhere").mkdir()
    link = folder.parent / "elsewhere" / "current"
    link.symlink_to("../store")
    with EmbeddedWriter(link) as store:
        assert store.journal_path == folder.parent / ".store.journal"
        store.replace([graph("a", text="new")])
        store.publish()
    assert link.is_symlink()
    assert names(link.parent) == ["current"]
    assert published(graph("a"), folder) == graph("a", text="new")
    link.unlink()
    link.symlink_to("current")
    with pytest.raises(FileFailed) as caught, EmbeddedWriter(link):
        pass
    assert str(caught.value).startswith(f"{link}: expected ")


def test_where_there_are_no_hard_links_files_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unable(file: Path, copy: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM), str(file), None, str(copy))

    monkeypatch.setattr(os, "link", unable)
    with EmbeddedWriter(folder) as store:
        table = next(file for file in (folder.parent / ".store.loading").glob("*.sst") if (folder / file.name).exists())
        assert table.stat().st_nlink == 1
        store.replace([graph("a", text="new")])
        store.publish()
    assert [published(graph(name), folder) for name in "bc"] == [graph("b"), graph("c")]


def test_tables_are_shared_not_copied(folder: Path) -> None:
    with EmbeddedWriter(folder):
        tables = [file.stat().st_nlink for file in (folder.parent / ".store.loading").glob("*.sst")]
        assert tables.count(2) == len(list(folder.glob("*.sst")))
    assert {file.stat().st_nlink for file in folder.iterdir()} == {1}


def test_writes_that_are_only_in_the_log_of_a_store_are_copied(folder: Path) -> None:
    program = (
        "import os, pyoxigraph, sys\n"
        "store = pyoxigraph.Store(sys.argv[1])\n"
        "store.load(sys.argv[2].encode(), pyoxigraph.RdfFormat.N_QUADS)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-c", program, str(folder), graph("d").nquads().decode()]
    assert subprocess.run(command, check=False).returncode == -9
    before = bytes_of(folder)
    with EmbeddedWriter(folder) as store:
        assert found(graph("d"), store.read(graph("d").iri)) == graph("d")
        store.replace([graph("a", text="new")])
        assert bytes_of(folder) == before
        store.publish()
    assert published(graph("d"), folder) == graph("d")


def test_a_folder_of_others_with_the_name_of_a_working_copy_stays(folder: Path) -> None:
    (folder.parent / ".store.loading").mkdir()
    file_of(folder.parent / ".store.loading", "thesis.txt", "dear")
    with pytest.raises(FileFailed) as caught, EmbeddedWriter(folder):
        pass
    assert str(caught.value) == f"{folder}: expected a store that can be written, found File exists"
    assert names(folder.parent / ".store.loading") == ["thesis.txt"]


def test_the_root_of_the_file_system_is_no_store() -> None:
    with pytest.raises(FileFailed) as caught, EmbeddedWriter(Path("/")):
        pass
    assert caught.value.found == "a folder with other files in it"


@pytest.mark.parametrize("can_swap", [True, False])
def test_an_exchange_that_fails_leaves_the_old_store_and_can_be_made_up_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, can_swap: bool
) -> None:
    renamed = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == ".store.loading":
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(self))
        return renamed(self, target)

    def unable(one: Path, two: Path) -> bool:
        if can_swap:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(two))
        del one
        return False

    with EmbeddedWriter(folder) as store:
        store.replace([graph("a", text="new")])
        monkeypatch.setattr(swap, "_swap", unable)
        monkeypatch.setattr(Path, "rename", failing)
        with pytest.raises(FileFailed) as caught:
            store.publish()
        assert str(caught.value) == f"{folder}: expected a store that can be written, found Input/output error"
        monkeypatch.undo()
        assert published(graph("a"), folder) == graph("a")
        store.publish()
    assert published(graph("a"), folder) == graph("a", text="new")
    assert names(folder.parent) == ["store"]


def test_where_an_exchange_takes_two_steps_a_kill_between_them_is_mended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedWriter(folder) as store:
        store.replace([graph("a", text="new")])
    folder.rename(folder.parent / ".store.loading.old")
    with EmbeddedWriter(folder) as store:
        assert store.resumed
        assert published(graph("a"), folder) == graph("a")
        monkeypatch.setattr(swap, "_swap", lambda one, two: False)  # noqa: ARG005 - the form of what it replaces
        store.publish()
    assert published(graph("a"), folder) == graph("a", text="new")
    assert names(folder.parent) == ["store"]


def test_what_a_process_left_that_was_killed_is_removed(folder: Path) -> None:
    parent = folder.parent
    for name in ("backup", "loading.old"):
        (parent / f".store.{name}").mkdir()
    with EmbeddedWriter(folder) as store:
        file_of(parent / ".store.loading", "bulk-123.sst", "half a table")
        store.replace([graph("a", text="new")])
    with EmbeddedWriter(folder) as store:
        assert store.resumed
        store.publish()
    assert names(parent) == [".store.backup", "store"]
    assert not (folder / "bulk-123.sst").exists()


def test_a_store_that_does_not_open_is_told(folder: Path) -> None:
    file_of(folder, "CURRENT", "nonsense")
    with pytest.raises(StoreFailed) as caught, EmbeddedWriter(folder):
        pass
    assert str(caught.value).startswith(f"{folder}: expected a store that can be written, found ")
    assert names(folder.parent) == ["store"]


def test_queries_see_the_union_and_are_guarded(folder: Path) -> None:
    with EmbeddedWriter(folder) as store:
        store.replace([graph("a", 10)])
        assert [str(row[0]) for row in store.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows] != []
        with pytest.raises(QueryRefused):
            store.select("SELECT * WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")
        with pytest.raises(QueryRefused):
            store.select("SELECT ?s WHERE { ?s ?p }")
        assert store.select("ASK { <https://e.org/a/9> ?p ?o }").truth


def test_a_name_that_is_no_iri_is_refused_before_anything_is_written(folder: Path) -> None:
    name = "urn:a> { } } ; DROP ALL ; INSERT DATA { GRAPH <urn:a"
    with EmbeddedWriter(folder) as store:
        for act in (
            lambda: store.replace([NamedGraph(name, b"")]),
            lambda: store.remove([name]),
            lambda: store.read(name),
        ):
            with pytest.raises(StoreFailed) as caught:
                act()
            assert caught.value.where == str(folder)
            assert caught.value.found.startswith("Invalid IRI")
        assert found(graph("a"), store.read(graph("a").iri)) == graph("a")


def test_a_document_that_is_no_ntriples_is_refused_whole(folder: Path) -> None:
    with EmbeddedWriter(folder) as store:
        with pytest.raises(StoreFailed) as caught:
            store.replace([graph("d"), NamedGraph("https://e.org/graphs/e", b"<urn:a> <urn:b> c .\n")])
        assert str(caught.value).startswith(f"{folder}: expected a store that can be written, found ")
        assert (store.read(graph("d").iri), store.read("https://e.org/graphs/e")) == (b"", b"")


def test_a_kept_failure_keeps_no_lock(folder: Path) -> None:
    kept: list[KhabarError] = []
    for act in ("SELECT ?s WHERE { ?s ?p }", "SELECT * WHERE { ?s ?p ?o } ORDER BY (1/0)"):
        try:
            with EmbeddedWriter(folder) as store:
                store.replace([graph("a", text=act)])
                store.select(act)
                store.read("no iri")
        except KhabarError as error:
            kept.append(error)
    with EmbeddedWriter(folder) as store:
        assert store.resumed
        store.publish()
    assert len(kept) == 2


@pytest.fixture(params=[writer._AT_ONCE, 2])
def in_steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ordinary limits, and some that make every change a long one."""
    monkeypatch.setattr(writer, "_AT_ONCE", request.param)
    if request.param == 2:
        monkeypatch.setattr(writer, "_SMALL", 1)
        monkeypatch.setattr(writer, "_IN_BULK", 4)
        monkeypatch.setattr(writer, "_PIECE", 100)


@pytest.mark.usefixtures("in_steps")
def test_graphs_of_all_kinds_become_what_they_are_to_be(folder: Path) -> None:
    shapes = [graph("a", 0), graph("b", 7, "new"), graph("c", 2), graph("d", 9), graph("e", 0), graph("f", 1)]
    with EmbeddedWriter(folder) as store:
        store.replace(shapes)
        assert [found(shape, store.read(shape.iri)) for shape in shapes] == shapes
        store.replace([graph("b", 7, "newer"), graph("c", 0)])
        assert found(graph("b"), store.read(graph("b").iri)) == graph("b", 7, "newer")
        assert store.read(graph("c").iri) == b""
        store.remove([graph("b").iri])
        store.publish()
    names_held = pyoxigraph.Store.read_only(str(folder)).named_graphs()
    assert sorted(str(name).strip("<>")[-1] for name in names_held) == ["d", "f"]


@pytest.mark.usefixtures("in_steps")
def test_blank_nodes_stay_those_of_their_graph(folder: Path) -> None:
    again = NamedGraph("https://e.org/graphs/again", BLANK.document)
    with EmbeddedWriter(folder) as store:
        for _ in range(2):
            store.replace([BLANK, again, graph("a", text="new")])
        one, two = (store.read(held.iri) for held in (BLANK, again))
        assert one.count(b"\n") == two.count(b"\n") == 2
        labels = [{word for word in document.split() if word.startswith(b"_:")} - {b"_:x"} for document in (one, two)]
        assert [len(own) for own in labels] == [1, 1]
        assert labels[0] != labels[1]
        store.replace([NamedGraph(again.iri, graph("a").document)])
        assert found(again, store.read(again.iri)).document == graph("a").document
        store.remove([BLANK.iri])
        assert store.read(BLANK.iri) == b""


@pytest.mark.parametrize("name", ["b", "new"])
def test_a_graph_of_which_a_part_may_be_there_is_gone_when_the_load_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(writer, "_AT_ONCE", 2)
    monkeypatch.setattr(writer, "_IN_BULK", 2)
    monkeypatch.setattr(writer, "_PIECE", 100)
    made: list[bytes] = []
    inserted = EmbeddedWriter._insert

    def interrupted(self: EmbeddedWriter, document: bytes) -> None:
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(document)
        inserted(self, document)

    monkeypatch.setattr(EmbeddedWriter, "_insert", interrupted)
    with pytest.raises(KeyboardInterrupt), EmbeddedWriter(folder) as store:
        store.replace([graph(name, 9, "new")])
    with EmbeddedWriter(folder) as store:
        assert store.resumed
        assert store.read(graph(name).iri) == b""
        assert found(graph("a"), store.read(graph("a").iri)) == graph("a")


def test_threads_put_graphs_in_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_SMALL", 1)
    monkeypatch.setattr(writer, "_IN_BULK", 2000)
    monkeypatch.setattr(writer, "_PIECE", 50_000)
    new = [graph(f"new{number}", 300 + number, "n") for number in range(40)]
    parts = [[graph("a", 5, "new"), *new[:20]], [graph("b", 2500, "new"), *new[20:], graph("large", 3000, "l")]]
    with EmbeddedWriter(folder) as store:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(store.replace, parts))
        store.publish()
    for each in (each for part in parts for each in part):
        assert published(each, folder) == each


def test_a_write_that_fails_is_told_and_the_store_is_opened_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inserted = EmbeddedWriter._insert

    def full(self: EmbeddedWriter, document: bytes) -> None:
        raise OSError(f"IO error: No space left on device: While appending to file: {self.name}, {len(document)}")

    with EmbeddedWriter(folder) as store:
        monkeypatch.setattr(EmbeddedWriter, "_insert", full)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_250_000))
        with pytest.raises(FileFailed) as caught:
            store.replace([graph("d", 20_000)])
        assert str(caught.value) == (
            f"{folder}: expected room on the disk for about 6.4 MB, found 1.2 MB (no space left on device)"
            " (make room and run the same command again; the store is what it was)"
        )
        monkeypatch.setattr(EmbeddedWriter, "_insert", inserted)
        store.replace([graph("d")])
        store.publish()
    assert published(graph("d"), folder) == graph("d")


def test_only_triples_that_differ_are_written() -> None:
    change = Change.of(graph("a", 4, "x"), graph("a", 2, "x").document + graph("a", 1, "y").document)
    assert change.size == 3
    assert update([change]) == (
        'DELETE DATA {\nGRAPH <https://e.org/graphs/a> {\n<https://e.org/a/0> <https://e.org/says> "y" .\n}\n} ;\n'
        "INSERT DATA {\nGRAPH <https://e.org/graphs/a> {\n"
        '<https://e.org/a/2> <https://e.org/says> "x" .\n<https://e.org/a/3> <https://e.org/says> "x" .\n}\n}'
    )
    assert Change.of(graph("a"), graph("a").document).size == 0
    assert Change.of(BLANK, b"").blank
    assert not Change.of(NamedGraph("urn:g", b'<urn:a> <urn:b> "> _:x ." .\n'), b"").blank
    sizes = [Change("urn:g", (b"",) * size, ()) for size in (3, 3, 9, 1, 2, 2)]
    assert [[change.size for change in batch] for batch in batches(sizes, 6, lambda change: change.size)] == [
        [3, 3],
        [9],
        [1, 2, 2],
    ]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.lists(TEXTS, max_size=4), min_size=2, max_size=4))
def test_any_text_becomes_any_other(contents: list[list[str]]) -> None:
    # In memory: what is under test is that a literal of N-Triples is the same in an update.
    store = pyoxigraph.Store()
    name = pyoxigraph.NamedNode("https://e.org/g")
    for texts in contents:
        lines = [
            f"<urn:s{number}> <urn:p> {pyoxigraph.Literal(text)} .\n".encode() for number, text in enumerate(texts)
        ]
        wanted = NamedGraph.of(name.value, lines)
        held = store.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=name) or b""
        store.update(update([Change.of(wanted, held)]))
        assert found(wanted, store.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=name) or b"") == wanted


def test_a_copy_that_cannot_be_made_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: Path, copy: Path) -> Iterator[None]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file), None, str(copy))

    monkeypatch.setattr(working_copy, "_copy", full)
    with pytest.raises(FileFailed) as caught, EmbeddedWriter(folder):
        pass
    assert str(caught.value).startswith(f"{folder}: expected room on the disk for about 1.0 MB, found ")
    monkeypatch.undo()
    store_graphs([graph("a", text="new")], folder)
    assert names(folder.parent) == ["store"]
