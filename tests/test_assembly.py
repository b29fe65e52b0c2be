"""A corpus in batches, on one core or several, gives to the byte what it gives as a whole."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora_at_hand import CORPORA
from khabar.assembly import graphs, portions, readings, road, staff, write_nquads
from khabar.assembly.components import Components, batches, owners
from khabar.errors import FaultyData, FileFailed
from khabar.formats.nquads import named_graphs
from khabar.graphs import NamedGraph
from khabar.iris import Iris
from khabar.pipeline import build, lines, quads, read
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
    monkeypatch.setattr(staff, "SMALL", 0)
    monkeypatch.setattr(road, "BATCH_SIZE", 3000)
    monkeypatch.setattr(portions, "FILED_SIZE", 3000)
    monkeypatch.setattr(readings, "FILES_AT_A_TIME", 3)


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
        patch.setattr(road, "BATCH_SIZE", 1)
        patch.setattr(portions, "FILED_SIZE", 1)
        patch.setattr(readings, "FILES_AT_A_TIME", 2)
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
    monkeypatch.setattr(road, "read", lambda *_: [])
    with pytest.raises(FileFailed) as told:
        graphs(linked)
    assert str(told.value) == (
        f"{linked}: expected files that stay as they are while they are read, found others when they were read again"
        " (run it again)"
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_a_faulty_head_is_told_with_all_else(workers: int, linked: Path) -> None:
    header = linked / "corpus.yaml"
    header.write_text(header.read_text("utf-8").replace("https://example.org/linked/", "nowhere"), "utf-8")
    middle = linked / "articles" / "30.yaml"
    middle.write_text(middle.read_text("utf-8").replace("2023-06-30", "2023-06-31"), "utf-8")
    with pytest.raises(FaultyData) as expected:
        read(linked)
    target = linked.parent / "out.nq"
    for made in (
        lambda: graphs(linked, workers=workers),
        lambda: write_nquads(linked, target, workers=workers),
        lambda: build(linked, target, workers=workers),
    ):
        with pytest.raises(FaultyData) as told:
            made()
        assert told.value.faults == expected.value.faults
    assert len(expected.value.faults) == 2
    assert not target.exists()


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("workers", [1, 2])
def test_the_document_is_that_of_the_careful_way(workers: int, linked: Path, tmp_path: Path) -> None:
    write_nquads(linked, tmp_path / "out.nq", workers=workers)
    assert (tmp_path / "out.nq").read_text("utf-8") == "".join(lines(read(linked), "nquads"))


@pytest.mark.usefixtures("small_batches")
def test_no_module_is_taken_from_the_folder_at_hand(linked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("yaml", "struct", "khabar"):
        (linked / f"{module}.py").write_text("raise SystemExit(9)", "utf-8")
    monkeypatch.chdir(linked)
    assert assembled(Path(), 2) == whole(linked)


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
    found = [[one for (one,) in batch] for batch in batches([[one] for one in range(len(sizes))], sizes, limit)]
    assert [one for batch in found for one in batch] == list(range(len(sizes)))
    for batch in found[:-1]:
        assert sum(sizes[one] for one in batch) >= limit
    for batch in found:
        assert sum(sizes[one] for one in batch[:-1]) < limit
