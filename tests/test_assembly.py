"""A corpus in batches, on one core or several, gives to the byte what it gives as a whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora_at_hand import CORPORA
from khabar.assembly import crew, graphs, stream
from khabar.assembly.components import Components, batches, owners
from khabar.assembly.crew import Alone, Workers
from khabar.assembly.spool import Spool
from khabar.assembly.work import Check, Frame, Read, Reply, Task
from khabar.errors import FaultyData, FileFailed
from khabar.formats.nquads import named_graphs
from khabar.graphs import NamedGraph
from khabar.iris import Iris
from khabar.pipeline import quads, read
from khabar.reading import outline
from linked_corpora import STANCES, Link, corpora, corpus, lay_down, name, sound

CASES = sorted((Path(__file__).parent / "cases").iterdir())


def whole(folder: Path) -> list[NamedGraph]:
    """The named graphs of a corpus as a whole, in the order in which they are to come."""
    corpus = read(folder)
    found = {graph.iri: graph for graph in named_graphs(quads(corpus))}
    ids = sorted(record.article.id for record in corpus.articles)
    names = [Iris(corpus.header.base).graph(one) for one in (*ids, "entities", "derived", "dataset")]
    assert set(found) <= set(names)
    return [found[one] for one in names if one in found]


def assembled(folder: Path, workers: int = 1) -> list[NamedGraph]:
    with graphs(folder, workers=workers) as assembly:
        found = list(assembly)
        assert assembly.total == len(found)
    return found


def outcome(folder: Path, *, in_batches: bool) -> object:
    try:
        return assembled(folder) if in_batches else whole(folder)
    except FaultyData as error:
        return error.faults


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers for corpora of any size, and batches of a few articles."""
    monkeypatch.setattr(stream, "SMALL", 0)
    monkeypatch.setattr(stream, "BATCH_SIZE", 3000)
    monkeypatch.setattr(stream, "FILES_AT_A_TIME", 3)
    monkeypatch.setattr(stream, "_QUADS_AT_A_TIME", 7)


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    return lay_down(sound(60, every=3, seed=5), tmp_path / "linked")


@pytest.mark.parametrize("name", CORPORA)
def test_the_corpora_at_hand_give_what_they_give_as_a_whole(name: str) -> None:
    assert assembled(CORPORA[name]) == whole(CORPORA[name])


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_whatever_is_wrong_is_told_as_ever(folder: Path) -> None:
    assert outcome(folder, in_batches=True) == outcome(folder, in_batches=False)


@given(corpora())
def test_articles_that_refer_to_one_another_give_what_they_give_as_a_whole(documents: dict[str, object]) -> None:
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "BATCH_SIZE", 1)
        patch.setattr(stream, "FILES_AT_A_TIME", 2)
        folder = lay_down(documents, Path(place, "corpus"))
        assert outcome(folder, in_batches=True) == outcome(folder, in_batches=False)


def test_the_corpus_of_these_tests_has_no_faults_and_hangs_together(linked: Path) -> None:
    corpus = read(linked)
    assert len(corpus.articles) == 60
    referred = {one for record in corpus.articles for one in owners(record)}
    assert len(referred) > 10


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_any_number_of_workers_gives_the_same(workers: int, linked: Path) -> None:
    assert assembled(linked, workers) == whole(linked)


@pytest.mark.usefixtures("small_batches")
def test_the_order_and_the_names_of_files_are_no_matter(linked: Path) -> None:
    expected = assembled(linked)
    files = list((linked / "articles").iterdir())
    random.Random(3).shuffle(files)  # noqa: S311 - one order of many
    for number, file in enumerate(files):
        file.rename(linked / "articles" / f"z{number:03}.yaml")
    assert assembled(linked) == expected


@pytest.mark.parametrize("stance", STANCES)
@pytest.mark.parametrize("kind", ["claim", "event"])
def test_what_another_article_says_changes_the_standing(kind: str, stance: str, tmp_path: Path) -> None:
    folder = lay_down(corpus(3, [Link(kind, 2, 0, stance)]), tmp_path / "corpus")
    assert assembled(folder) == whole(folder)


@pytest.mark.parametrize("count", [0, 1])
def test_no_article_and_one(count: int, tmp_path: Path) -> None:
    folder = lay_down(corpus(count, []), tmp_path / "corpus")
    assert assembled(folder) == whole(folder)
    assert len(whole(folder)) == (4 if count else 2)


def test_a_corpus_without_anything_has_a_description_alone(tmp_path: Path) -> None:
    documents = corpus(0, [])
    documents["entities/all.yaml"] = {"entities": {}}
    folder = lay_down(documents, tmp_path / "corpus")
    assert assembled(folder) == whole(folder)
    assert [graph.iri for graph in assembled(folder)] == ["https://example.org/linked/graphs/dataset"]


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("fault", ["no: record", "reference", "twice"])
def test_a_faulty_record_in_the_middle_is_told_before_the_first_graph(fault: str, workers: int, linked: Path) -> None:
    middle = linked / "articles" / "30.yaml"
    text = middle.read_text("utf-8")
    if fault == "no: record":
        middle.write_text(fault, "utf-8")
    elif fault == "reference":
        middle.write_text(text.replace('"claim": "c"', f'"claim": "{name(31)}.none"', 1), "utf-8")
    else:
        middle.write_text(text.replace(name(30), name(29)), "utf-8")
    with pytest.raises(FaultyData) as expected:
        read(linked)
    with pytest.raises(FaultyData) as told:
        graphs(linked, workers=workers)
    assert told.value.faults == expected.value.faults


def test_files_that_change_meanwhile_are_told(linked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_sound", lambda *_: False)
    with pytest.raises(FileFailed) as told:
        graphs(linked)
    assert str(told.value) == (
        f"{linked}: expected files that stay as they are while they are read, found others when they were read again"
        " (run it again)"
    )


# Worker processes


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every worker process that is started."""
    processes: list[subprocess.Popen[bytes]] = []
    start = crew._started

    def noted(where: str) -> subprocess.Popen[bytes]:
        processes.append(start(where))
        return processes[-1]

    monkeypatch.setattr(crew, "_started", noted)
    return processes


def frame(folder: Path) -> Frame:
    found = outline(folder).corpus
    assert found is not None
    return Frame(found.header, found.entities)


@pytest.mark.usefixtures("small_batches")
def test_a_worker_that_is_killed_is_told(linked: Path, started: list[subprocess.Popen[bytes]]) -> None:
    with graphs(linked, workers=2) as assembly:
        for process in started:
            process.kill()
            process.wait()
        with pytest.raises(FileFailed) as told:
            list(assembly)
    assert str(told.value) == (
        f"{linked}: expected worker processes that run to their end, found one that was ended by SIGKILL"
        " (run it again; a system that is short of memory ends what takes most of it)"
    )
    assert all(process.returncode is not None for process in started)


def test_a_worker_that_cannot_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_PROGRAM", "raise SystemExit(3)")
    found = frame(CORPORA["example"])
    # It is found out when it is started or when it is given work, as the system will have it.
    with pytest.raises(FileFailed, match="ended with exit code 3"), closing(Workers(found, 2, "corpus")) as workers:
        list(workers.replies([Check([], shared=True)]))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with pytest.raises(FileFailed, match="corpus: expected worker processes that can be started, found No such file"):
        Workers(found, 2, "corpus")


@pytest.mark.usefixtures("small_batches")
def test_no_module_is_taken_from_the_folder_at_hand(linked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("yaml", "struct", "khabar"):
        (linked / f"{module}.py").write_text("raise SystemExit(9)", "utf-8")
    monkeypatch.chdir(linked)
    assert assembled(Path(), 2) == whole(linked)


def test_a_defect_in_a_worker_is_a_defect_here() -> None:
    found = frame(CORPORA["example"])
    with (
        closing(Workers(found, 1, "corpus")) as workers,
        pytest.raises(RuntimeError, match=r"(?s)^Traceback .*msgspec"),
    ):
        list(workers.replies([Check([b"no record"])]))


def test_workers_are_at_most_a_few_tasks_ahead() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[Task]:
        for number in range(100):
            taken.append(number)
            yield Check([], shared=True)

    with closing(Workers(frame(CORPORA["example"]), 2, "corpus")) as workers:
        replies = workers.replies(tasks())
        next(replies)
        time.sleep(0.3)
        assert len(taken) <= 2 * (1 + crew._AHEAD) + 1
        assert len(list(replies)) == 99


def test_replies_come_in_the_order_of_tasks() -> None:
    example = sorted((CORPORA["example"] / "articles").iterdir())
    tasks: list[Task] = [Read([os.fsencode(path) for path in example] * (number % 3)) for number in range(12)]
    alone: list[Reply] = list(Alone(frame(CORPORA["example"])).replies(tasks))
    with closing(Workers(frame(CORPORA["example"]), 3, "corpus")) as workers:
        assert list(workers.replies(tasks)) == alone


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("taken", [0, 1, 20])
def test_whoever_stops_early_leaves_no_process(
    taken: int, linked: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    with graphs(linked, workers=2) as assembly:
        for _, _graph in zip(range(taken), assembly, strict=False):
            pass
    assert len(started) == 2
    assert all(process.returncode is not None for process in started)


PROGRAM = """
import sys, time
from khabar.assembly import crew, graphs, stream
stream.SMALL, stream.BATCH_SIZE = 0, 1
started = crew._started
def noted(where):
    process = started(where)
    print(process.pid, flush=True)
    return process
crew._started = noted
for graph in graphs(sys.argv[1], workers=2):
    print("graph", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_and_no_file_outlives_the_process(sign: signal.Signals, linked: Path, tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    environment = {**os.environ, "TMPDIR": str(room), "PYTHONPATH": os.pathsep.join(sys.path)}
    program = [sys.executable, "-c", PROGRAM, str(linked)]
    with subprocess.Popen(
        program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        workers = [int(process.stdout.readline()) for _ in range(2)]
        assert process.stdout.readline() == "graph\n"
        process.send_signal(sign)
        process.wait(10)
    until = time.monotonic() + 10
    while any(alive(worker) for worker in workers):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert list(room.iterdir()) == []


def alive(process: int) -> bool:
    """Tell whether a process runs; one that has ended and that no one has looked for yet does not."""
    if Path("/proc/self").exists():
        try:
            return not Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].startswith(" Z")
        except OSError:
            return False
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return bool(told.stdout.strip()) and not told.stdout.startswith("Z")


# What it is made of


@given(st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2)))))
def test_components_are_what_hangs_together(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    count, pairs = drawn
    components = Components(count)
    for one, other in pairs:
        components.join(one, other)
    found = list(components.members())
    assert sorted(one for members in found for one in members) == list(range(count))
    assert [members[0] for members in found] == sorted(members[0] for members in found)
    of = {one: members for members in found for one in members}
    for one, other in pairs:
        assert of[one] is of[other]
    # No more hangs together than must: a component of n has at least n - 1 pairs within it.
    for members in found:
        within = {pair for pair in pairs if pair[0] in members and pair[0] != pair[1]}
        assert len(within) >= len(members) - 1


@given(st.lists(st.integers(1, 9), max_size=30), st.integers(1, 20))
def test_batches_are_full_and_no_fuller_than_their_last_component(sizes: list[int], limit: int) -> None:
    found = list(batches([[one] for one in range(len(sizes))], sizes, limit))
    assert [one for batch in found for one in batch] == list(range(len(sizes)))
    for batch in found[:-1]:
        assert sum(sizes[one] for one in batch) >= limit
    for batch in found:
        assert sum(sizes[one] for one in batch[:-1]) < limit


@given(st.lists(st.lists(st.binary(max_size=9).map(lambda line: line.replace(b"\n", b"") + b"\n")), max_size=5))
def test_what_waits_is_merged_in_order(runs: list[list[bytes]]) -> None:
    spool = Spool()
    slots = [spool.add(b"".join(sorted(run))) for run in runs]
    assert [spool.read(slot) for slot in slots] == [b"".join(sorted(run)) for run in runs]
    assert list(spool.merged(slots)) == sorted(line for run in runs for line in run)
    spool.close()


def test_no_room_for_a_temporary_file_is_told() -> None:
    program = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2**24, 2**24));"
        "from khabar.assembly.spool import Spool; spool = Spool();"
        "[spool.add(bytes(2**20)) for _ in range(40)]"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert ran.stderr.endswith("expected room for a temporary file, found File too large\n")
