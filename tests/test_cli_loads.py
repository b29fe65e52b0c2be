"""The commands on stores: load, diff and dump, into a folder and to a server."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest

import khabar
import servers
from command_lines import Run
from khabar.cli import progress
from khabar.errors import StoreFailed
from khabar.loading.load import Progress

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "example"
GRAPHS = "https://example.org/my-corpus/graphs/"
WHOLE = "323 triples; graphs: 4"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    kind = next(kind for kind in servers.STORES if kind.name == "oxigraph")
    with kind.running(tmp_path_factory.mktemp("oxigraph")) as server:
        yield server.address


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The example, named otherwise for each test: a server is shared."""
    folder = tmp_path / "news"
    shutil.copytree(EXAMPLE, folder)
    header = folder / "corpus.yaml"
    base = f"https://example.org/{tmp_path.name}/"
    header.write_text(header.read_text("utf-8").replace("https://example.org/my-corpus/", base), "utf-8")
    return folder


def change(corpus: Path) -> None:
    """One more word in the article's record."""
    article = corpus / "articles" / "eastport-ferry.yaml"
    article.write_text(article.read_text("utf-8").replace("ferry deal", "great ferry deal", 1), "utf-8")


def rename(corpus: Path) -> None:
    """The article under another id: the old one left the corpus."""
    article = corpus / "articles" / "eastport-ferry.yaml"
    text = article.read_text("utf-8").replace("id: eastport-ferry", "id: eastport-ferries", 1)
    (corpus / "articles" / "eastport-ferries.yaml").write_text(text, "utf-8")
    article.unlink()


def test_what_is_loaded_is_said_and_only_what_changed_is_sent(run: Run, corpus: Path) -> None:
    load = ("load", str(corpus), "--to", "store")
    assert run(*load) == (0, "", f"Loaded into store: {WHOLE} sent\n")
    assert run(*load) == (0, "", f"Loaded into store: {WHOLE} unchanged\n")
    change(corpus)
    assert run(*load) == (0, "", "Loaded into store: 323 triples; graphs: 2 sent, 2 unchanged\n")
    assert run("diff", str(corpus), "store") == (0, "", "")


def test_a_folder_is_optimized_and_an_address_is_not(run: Run, corpus: Path) -> None:
    load = ("load", str(corpus), "--optimize", "--to")
    for outcome in ("sent", "unchanged"):
        assert run(*load, "store") == (0, "", f"Loaded into store: {WHOLE} {outcome}\n")
    assert run("diff", str(corpus), "store") == (0, "", "")
    code, _, told = run(*load, "http://127.0.0.1:9")
    assert (code, "--optimize is for a folder: a server merges its own files" in told) == (2, True)
    with pytest.raises(StoreFailed, match="expected the folder of a store, to optimize it, found an address"):
        khabar.load(corpus, "http://127.0.0.1:9", optimize=True)


def test_two_corpora_live_in_one_store(run: Run, corpus: Path) -> None:
    run("load", str(corpus), "--to", "store")
    assert run("load", str(EXAMPLE), "--to", "store", "--prune")[2] == f"Loaded into store: {WHOLE} sent\n"
    assert run("load", str(corpus), "--to", "store", "--prune")[2] == f"Loaded into store: {WHOLE} unchanged\n"
    _, said, _ = run("query", "corpora", "--on", "store", "--format", "csv")
    assert len(said.splitlines()) == 3


def test_what_left_the_corpus_is_removed_only_when_it_is_asked_for(run: Run, corpus: Path) -> None:
    load = ("load", str(corpus), "--to", "store")
    run(*load)
    rename(corpus)
    left = "1 no longer in the corpus (--prune removes them)"
    assert run(*load)[2].rstrip().endswith(f", {left}")
    code, said, _ = run("diff", str(corpus), "store", "--brief")
    assert (code, [line.split()[0] for line in said.splitlines()]) == (1, ["extra"])
    assert run(*load, "--prune")[2].rstrip().endswith(", 1 removed")
    assert run("diff", str(corpus), "store") == (0, "", "")


def test_diff_tells_triples_in_three_forms_and_a_patch_names_the_graph(run: Run, corpus: Path) -> None:
    run("load", str(corpus), "--to", "store")
    change(corpus)
    code, said, _ = run("diff", str(corpus), "store")
    assert code == 1
    head, *lines = said.splitlines()
    assert head.startswith("differing <https://example.org/")
    assert head.endswith("/graphs/eastport-ferry> -1 +1")
    assert [line[:2] for line in lines[:2]] == ["- ", "+ "]
    assert lines[1].endswith('"Port authority denies great ferry deal"@en .')
    code, said, _ = run("diff", str(corpus), "store", "--format", "patch")
    patch = said.splitlines()
    assert (code, patch[0], patch[-1]) == (1, "TX .", "TC .")
    assert {line[0] for line in patch[1:-1]} == {"A", "D"}
    code, said, _ = run("diff", str(corpus), "store", "--format", "json")
    first = json.loads(said.splitlines()[0])
    assert first["kind"] == "differing"
    assert first["graph"].endswith("/graphs/eastport-ferry")
    assert (len(first["removed"]), len(first["added"])) == (1, 1)


def test_diff_with_a_store_that_is_not_there_is_a_failure(run: Run) -> None:
    code, said, told = run("diff", str(EXAMPLE), "nowhere")
    assert (code, said) == (3, "")
    assert told == "nowhere: expected the folder of a store, found nothing\n"


def test_what_is_dumped_goes_in_again_and_is_the_same(run: Run, corpus: Path) -> None:
    run("load", str(corpus), "--to", "store")
    assert run("dump", "store", "-o", "graph.nq") == (0, "", "Wrote graph.nq\n")
    assert run("load", "graph.nq", "--to", "other")[2] == f"Loaded into other: {WHOLE} sent\n"
    assert run("load", "graph.nq", "--to", "other")[2] == f"Loaded into other: {WHOLE} unchanged\n"
    assert run("diff", str(corpus), "other") == (0, "", "")
    assert run("dump", "other")[1] == Path("graph.nq").read_text("utf-8")
    run("build", str(corpus), "-o", "built.nq")
    assert sorted(Path("built.nq").read_bytes().splitlines()) == sorted(Path("graph.nq").read_bytes().splitlines())
    for form, suffix in (("trig", "trig"), ("turtle", "ttl"), ("ntriples", "nt")):
        name = f"again.{suffix}"
        assert run("dump", "graph.nq", "--format", form, "-o", name)[0] == 0
        graph = () if form == "trig" else ("--graph", "urn:all")
        assert run("load", name, "--to", form, *graph)[0] == 0
    assert run("dump", "trig")[1] == Path("graph.nq").read_text("utf-8")
    assert run("dump", "turtle", "--format", "ntriples")[1] == run("dump", "ntriples", "--format", "ntriples")[1]


def test_one_graph_alone_is_dumped(run: Run) -> None:
    code, said, _ = run("dump", str(EXAMPLE), "--only", f"{GRAPHS}derived")
    assert code == 0
    assert len(said.splitlines()) == 9
    assert all(line.endswith(f"<{GRAPHS}derived> .") for line in said.splitlines())


def test_what_is_not_there_is_a_failure(run: Run) -> None:
    wanted = "a corpus (a folder with corpus.yaml, or a file of records) or a file of RDF"
    told = f"nowhere: expected {wanted}, found nothing\n"
    assert run("load", "nowhere", "--to", "store") == (3, "", told)
    assert run("dump", "nowhere") == (3, "", told)
    assert run("diff", "nowhere", "store") == (3, "", told)


def test_graphs_of_others_below_the_same_base_stay(run: Run, corpus: Path) -> None:
    base = f"https://example.org/{corpus.parent.name}/graphs/"
    names = (f"{base}Foreign%20x", f"{base}sub/x", f"{base}UPPER")
    quads = "".join(f"<urn:a> <urn:b> <urn:c> <{name}> .\n" for name in names)
    Path("others.nq").write_text(quads, "utf-8")
    run("load", "others.nq", "--to", "store")
    assert run("load", str(corpus), "--to", "store", "--prune")[2] == f"Loaded into store: {WHOLE} sent\n"
    assert run("dump", "store", *(word for name in names for word in ("--only", name)))[1].splitlines() == sorted(
        quads.splitlines(), key=lambda line: line.split()[3]
    )


def test_what_a_dump_leaves_out_is_said(run: Run) -> None:
    store = pyoxigraph.Store("store")
    store.update("INSERT DATA { <urn:a> <urn:b> 1, 2 . GRAPH <urn:g> { <urn:a> <urn:b> 1 } }")
    store.flush()
    del store
    code, said, told = run("dump", "store", "-q")
    assert (code, len(said.splitlines()), told) == (0, 1, "")
    assert run("dump", "store")[2] == "Left out: 1 triple in no named graph\n"


def test_triples_in_no_graph_need_one(run: Run) -> None:
    Path("a.ttl").write_text("<urn:a> <urn:b> <urn:c> .", "utf-8")
    code, _, told = run("load", "a.ttl", "--to", "store")
    assert (code, told) == (
        3,
        (
            "a.ttl: expected each triple in a named graph, found triples in none "
            "(say which graph they go to: --graph IRI)\n"
        ),
    )
    assert run("load", "a.ttl", "--to", "store", "--graph", "urn:g")[0] == 0
    assert run("dump", "store")[1] == "<urn:a> <urn:b> <urn:c> <urn:g> .\n"
    assert run("dump", "a.ttl", "--graph", "urn:g")[1] == "<urn:a> <urn:b> <urn:c> <urn:g> .\n"


def test_a_file_that_is_not_rdf_is_told_with_its_place(run: Run) -> None:
    Path("a.nq").write_text("<urn:a> <urn:b> <urn:c> <urn:g> .\n<urn:a> <urn:b> nonsense .\n", "utf-8")
    code, _, told = run("load", "a.nq", "--to", "store")
    assert code == 3
    assert told.startswith("a.nq:2:")
    assert not Path("store").exists()


def test_a_rehearsal_tells_and_writes_nothing(run: Run, corpus: Path) -> None:
    rehearse = ("load", str(corpus), "--to", "store", "--dry-run")
    code, said, told = run(*rehearse)
    assert (code, told) == (0, "Nothing was written to store; graphs: 4 to replace\n")
    assert [line.split()[0] for line in said.splitlines()] == ["replace"] * 4
    assert not Path("store").exists()
    run(*rehearse[:-1])
    assert run(*rehearse) == (0, "", "Nothing was written to store; graphs: 4 to keep\n")
    rename(corpus)
    code, said, told = run(*rehearse, "--prune")
    assert "remove <" in said
    assert "1 to remove" in told
    code, said, told = run(*rehearse, "--json")
    outcomes = [json.loads(line)["outcome"] for line in said.splitlines()]
    assert (code, told, outcomes.count("to leave"), len(outcomes)) == (0, "", 1, 5)


def test_a_load_tells_machines_line_by_line(run: Run, corpus: Path) -> None:
    code, said, told = run("load", str(corpus), "--to", "store", "--json")
    events = [json.loads(line) for line in said.splitlines()]
    assert (code, told) == (0, "")
    assert [event["outcome"] for event in events if event["event"] == "graph"] == ["sent"] * 4
    last = events[-1]
    assert (last["event"], last["sent"], last["kept"], last["triples"]) == ("loaded", 4, 0, 323)
    (corpus / "corpus.yaml").write_text("base: nonsense\n", "utf-8")
    code, said, told = run("load", str(corpus), "--to", "store", "--json")
    assert code == 1
    assert json.loads(said)["event"] == "failed"
    assert "KH" in told


def test_a_server_is_recognised_loaded_asked_and_compared(run: Run, corpus: Path, address: str) -> None:
    load = ("load", str(corpus), "--to", address)
    assert run(*load) == (0, "", f"Loaded into {address}: {WHOLE} sent\n")
    assert run(*load) == (0, "", f"Loaded into {address}: {WHOLE} unchanged\n")
    change(corpus)
    assert run("diff", str(corpus), address, "--brief")[0] == 1
    assert run(*load)[2].endswith("graphs: 2 sent, 2 unchanged\n")
    assert run("diff", str(corpus), address) == (0, "", "")
    base = f"https://example.org/{corpus.parent.name}/graphs/"
    wanted = [word for name in ("dataset", "derived", "eastport-ferry", "entities") for word in ("--only", base + name)]
    ours, theirs = run("dump", str(corpus), *wanted)[1], run("dump", address, *wanted)[1]
    assert sorted(theirs.splitlines()) == sorted(ours.splitlines())
    code, said, _ = run("query", "standing", "--on", address, "--profile", "oxigraph", "--format", "csv")
    assert (code, len(said.splitlines()) > 5) == (0, True)
    assert not list(Path("home").rglob("*.journal"))


def test_a_rehearsal_prints_what_curl_would_send_and_curl_sends_it(run: Run, corpus: Path, address: str) -> None:
    code, script, told = run("load", str(corpus), "--to", address, "--dry-run")
    assert (code, told) == (0, f"Nothing was written to {address}; graphs: 4 to replace\n")
    assert script.count(" | curl ") == 4
    khabar = f"khabar() {{ '{sys.executable}' -m khabar \"$@\"; }}\n"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "loader")}
    subprocess.run(["/bin/sh", "-e", "-c", khabar + script], env=environment, check=True, capture_output=True)
    assert run("diff", str(corpus), address) == (0, "", "")
    assert run("load", str(corpus), "--to", address)[2] == f"Loaded into {address}: {WHOLE} unchanged\n"


def test_a_password_in_an_address_is_refused_and_not_repeated(run: Run) -> None:
    for words in (("load", str(EXAMPLE), "--to"), ("query", "denials", "--on"), ("dump",), ("diff", str(EXAMPLE))):
        code, said, told = run(*words, "http://me:s3cret@127.0.0.1:1/")
        assert (code, said) == (3, "")
        assert "s3cret" not in told
        assert "KHABAR_PASSWORD" in told


def test_credentials_come_from_the_environment_and_are_never_shown(
    run: Run, address: str, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KHABAR_USER", "curator")
    monkeypatch.setenv("KHABAR_PASSWORD", "s3cret")
    code, script, told = run("load", str(corpus), "--to", address, "--dry-run")
    assert code == 0
    assert '"$KHABAR_USER:$KHABAR_PASSWORD"' in script
    assert "s3cret" not in script + told
    monkeypatch.delenv("KHABAR_PASSWORD")
    code, _, told = run("load", str(corpus), "--to", address)
    assert (code, told) == (
        3,
        "environment: expected KHABAR_USER and KHABAR_PASSWORD, found KHABAR_USER without KHABAR_PASSWORD\n",
    )


def test_credentials_of_netrc_are_left_to_netrc(
    run: Run, address: str, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = Path("netrc")
    netrc.write_text("machine 127.0.0.1 login curator password s3cret\n", "utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc.resolve()))
    code, script, told = run("load", str(corpus), "--to", address, "--dry-run")
    assert code == 0
    assert "--netrc" in script
    assert "s3cret" not in script + told
    assert "$KHABAR" not in script


def test_a_server_that_is_not_there_is_a_failure_in_a_sentence(run: Run) -> None:
    code, _, told = run("load", str(EXAMPLE), "--to", "http://127.0.0.1:9", "--profile", "oxigraph", "--timeout", "2")
    assert code == 3
    assert told.startswith("http://127.0.0.1:9")
    assert told.count("\n") == 1


def test_a_second_writer_is_told_who_the_first_is(run: Run) -> None:
    code = "import sys, time; from pathlib import Path; from khabar.stores.writer import EmbeddedWriter\n"
    code += "with EmbeddedWriter(Path('store')): print('in', flush=True); time.sleep(60)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "loader")}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "in\n"
            code_, _, told = run("load", str(EXAMPLE), "--to", "store")
        finally:
            holder.kill()
    assert code_ == 3
    assert f"process {holder.pid}" in told
    assert run("load", str(EXAMPLE), "--to", "store")[0] == 0


def test_how_far_a_load_is_in_a_sentence() -> None:
    unknown = Progress(done=3, total=None, triples=0, sent=0, kept=3, seconds=0.0)
    assert progress.of_load(unknown)[0] == "3 graphs, 0 triples, 0 a second"
    ended = Progress(done=4, total=4, triples=100, sent=4, kept=0, seconds=2.0)
    assert progress.of_load(ended)[0] == "4 of 4 graphs, 100 triples, 50 a second"


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
def test_a_terminal_sees_a_bar_and_then_one_sentence(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "loader"), "TERM": "xterm-256color", "COLUMNS": "120"}
    command = [sys.executable, "-m", "khabar", "load", str(EXAMPLE), "--to", str(tmp_path / "store")]
    with subprocess.Popen(command, env=environment, stdout=theirs, stderr=theirs, close_fds=True) as process:
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 65536):
                said += piece
        except OSError:
            pass  # Linux tells the end of a terminal so.
        finally:
            os.close(ours)
    assert process.returncode == 0
    assert b" graphs, " in said
    assert b"\x1b[" in said
    assert f"Loaded into {tmp_path / 'store'}: {WHOLE} sent".encode() in said
