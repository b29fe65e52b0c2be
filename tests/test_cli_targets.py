"""What a load can be of and where it can go: files, names that the system does not take, users without a home."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import khabar
from command_lines import Run
from khabar.errors import StoreFailed
from khabar.loading import plan
from khabar.loading.dump import outside
from khabar.loading.target import state_folder
from khabar.queries.results import Rows
from khabar.stores.opening import prefixes
from khabar.stores.store import NO_SERVICES, Store
from khabar.terms import Literal

ROOT = Path(__file__).parents[1]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The example."""
    return Path(shutil.copytree(ROOT / "example", tmp_path / "news"))


def test_an_interrupted_load_of_a_file_is_no_part_of_the_load_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, store = tmp_path / "one.nq", tmp_path / "two.nq", tmp_path / "store"
    one.write_text("".join(f'<urn:a> <urn:p> "{n}" <urn:one:{n}> .\n' for n in range(3)), "utf-8")
    two.write_text('<urn:a> <urn:p> "w" <urn:two> .\n', "utf-8")

    def cut_off(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("khabar.stores.writer.EmbeddedWriter.publish", cut_off)
        with pytest.raises(KeyboardInterrupt):
            khabar.load(one, store)
    assert (tmp_path / ".store.loading").is_dir()
    khabar.load(two, store)
    assert [each.iri for each in khabar.dump(store)] == ["urn:two"]


def test_an_interrupted_load_of_a_file_goes_on_while_the_file_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, store = tmp_path / "one.nq", tmp_path / "store"
    file.write_text("".join(f'<urn:a> <urn:p> "{n}" <urn:one:{n}> .\n' for n in range(3)), "utf-8")

    def cut_off(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("khabar.stores.writer.EmbeddedWriter.publish", cut_off)
        with pytest.raises(KeyboardInterrupt):
            khabar.load(file, store)
    assert khabar.load(file, store).sent == ()
    assert len([*khabar.dump(store)]) == 3


def test_a_file_without_triples_makes_a_store_without_any(run: Run, tmp_path: Path) -> None:
    (tmp_path / "none.nq").write_text("# nothing\n", "utf-8")
    assert run("load", "none.nq", "--to", "store") == (0, "", "Loaded into store: 0 triples; graphs: none\n")
    assert run("diff", "none.nq", "store") == (0, "", "")


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("diff", "news", "{}"), "the folder of a store"),
        (("dump", "{}"), "the folder of a store"),
        (("load", "news", "--dry-run", "--to", "{}"), "the folder of a store, or none yet"),
        (("query", "corpora", "--on", "{}"), "what can be read"),
        (("load", "{}", "--to", "store"), "a corpus, or a file of RDF"),
    ],
)
def test_a_name_that_the_system_does_not_take_is_told_as_that(run: Run, words: tuple[str, ...], where: str) -> None:
    name = "x" * 256
    code, out, err = run(*(word.format(name) for word in words))
    assert (code, out) == (3, "")
    assert err == f"{name}: expected {where}, found File name too long\n"


def test_a_rehearsal_refuses_the_folder_that_a_load_refuses(run: Run, corpus: Path) -> None:
    told = f"{corpus}: expected the folder of a store, or none yet, found a folder with other files in it"
    for more in ((), ("--dry-run",)):
        code, out, err = run("load", str(corpus), "--to", str(corpus), *more)
        assert (code, out, err) == (3, "", f"{told} (name another folder)\n")


def test_a_user_without_a_home_loads_into_a_folder(run: Run, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", none)
    assert run("load", str(corpus), "--to", "store")[0] == 0
    assert run("load", str(corpus), "--to", "http://127.0.0.1:9", "--profile", "oxigraph") == (
        3,
        "",
        "the journals of loads: expected a home folder, found none (set XDG_STATE_HOME)\n",
    )


@pytest.mark.parametrize("seconds", ["inf", "1e300", "nan"])
def test_any_number_of_seconds_is_taken(run: Run, corpus: Path, seconds: str) -> None:
    code, out, err = run(
        "load", str(corpus), "--to", "http://127.0.0.1:9", "--profile", "oxigraph", "--timeout", seconds
    )
    assert (code, out) == (3, "")
    assert err.startswith("http://127.0.0.1:9/query: expected the results of a query as JSON, found ")


def test_a_relative_folder_of_state_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert state_folder({"XDG_STATE_HOME": "state"}) == tmp_path / ".local/state/khabar"


@pytest.mark.skipif(sys.platform != "linux", reason="a device that is full")
def test_a_full_disk_behind_standard_error_is_no_fault_of_the_data(corpus: Path, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "khabar", "load", str(corpus), "--to", str(tmp_path / "store")]
        assert subprocess.run(command, stderr=full, check=False).returncode == 3


class _Other:
    """What answers every query as if it had been asked another."""

    name = "http://localhost/"

    def __init__(self, *columns: str, cell: str = "") -> None:
        self._rows = Rows(columns=columns, rows=((Literal(cell),),) if cell else ())

    def select(self, text: str, *, services: Mapping[str, str] = NO_SERVICES) -> Rows:
        del text, services
        return self._rows


@pytest.mark.parametrize(
    ("ask", "columns"),
    [
        (outside, "triples"),
        (prefixes, "corpus"),
        (lambda store: plan.counts(store, None), "graph, triples"),
        (lambda store: plan.loads(store, None), "corpus, load"),
    ],
)
def test_the_answer_to_another_query_is_a_failure(ask: Callable[[Store], object], columns: str) -> None:
    for given, found in ((("x", "y"), "x, y"), ((), "one without columns")):
        with pytest.raises(StoreFailed) as caught:
            ask(_Other(*given))
        assert str(caught.value) == (
            f"http://localhost/: expected an answer with the columns {columns}, found {found}"
            " (see that the address is that of a SPARQL endpoint)"
        )


def test_a_count_that_is_no_number_is_a_failure() -> None:
    with pytest.raises(StoreFailed) as caught:
        outside(_Other("triples", cell="many"))
    assert str(caught.value) == "http://localhost/: expected a number, found 'many'"


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(
    "words",
    [("load", "news", "--to"), ("diff", "news"), ("dump",), ("query", "corpora", "--on")],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("http://[::1", "endpoint: expected an http or https address, found 'http://[::1'\n"),
        ("http://me:se/cret@[::1/", "endpoint: expected an http or https address, found 'http://[::1/'\n"),
        ("http://me:se/cret@there/", "endpoint: expected an http or https address, found 'http://there/'\n"),
        ("ftp://there/", "endpoint: expected a path, or an http or https address, found another scheme\n"),
    ],
)
def test_what_is_no_address_is_told_without_its_secret(
    run: Run, words: tuple[str, ...], target: str, told: str
) -> None:
    assert run(*words, target) == (3, "", told)
