"""Loads: only what changed, exactly once, proved, and taken up again after any interruption."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from held_graphs import BASE, Died, HeldGraphs, Life, corpus, graph, journal
from khabar.errors import StoreFailed
from khabar.graphs import NamedGraph
from khabar.loading.load import Loaded, Progress, load
from khabar.loading.plan import described, marker
from khabar.loading.sending import Pace
from khabar.stores.encoding import numbers_and_dates

OLD = (graph("a", "one", "two"), graph("b", "three"), graph("c", "four", "five"), graph("entities", "six"))
NEW = (graph("a", "one", "two"), graph("b", "other"), graph("d", "new"), graph("e", "1", "2"), graph("entities", "6"))
DESCRIPTION = f"{BASE}graphs/dataset"
BEFORE = "expected the digests of the graphs that came before it"
SMALL = Pace(graphs=2)


def name(short: str) -> str:
    return f"{BASE}graphs/{short}"


def loaded(
    store: HeldGraphs, folder: Path, graphs: Iterable[NamedGraph], *, prune: bool = False, life: Life | None = None
) -> Loaded:
    store.life = life or Life()
    return load(
        corpus(graphs), store, journal(folder, life=store.life), base=BASE, prune=prune, pace=SMALL, clock=lambda: 0.0
    )


def wanted(*graphs: NamedGraph) -> dict[str, NamedGraph]:
    return {each.iri: each for each in corpus(graphs) if each.count}


def test_a_corpus_is_loaded_into_an_empty_store(tmp_path: Path) -> None:
    store = HeldGraphs()
    done = loaded(store, tmp_path, OLD)
    assert store.content() == wanted(*OLD)
    assert done == Loaded(sent=(*(each.iri for each in OLD), DESCRIPTION), triples=19)
    assert store.calls[-1] == "publish"
    assert list(tmp_path.iterdir()) == []


def test_a_second_load_writes_nothing(tmp_path: Path) -> None:
    store = HeldGraphs()
    loaded(store, tmp_path, OLD)
    store.calls.clear()
    store.is_resumed = False
    done = loaded(store, tmp_path, OLD)
    assert store.writes() == []
    assert [call for call in store.calls if call.startswith("read")] == [f"read {DESCRIPTION}"]
    assert done == Loaded(kept=(*(each.iri for each in OLD), DESCRIPTION), triples=19)
    assert list(tmp_path.iterdir()) == []


def test_only_what_changed_is_sent_and_what_is_no_longer_wanted_stays(tmp_path: Path) -> None:
    store = HeldGraphs()
    loaded(store, tmp_path, OLD)
    store.replaced.clear()
    done = loaded(store, tmp_path, NEW)
    assert store.replaced == [name("b"), name("d"), name("e"), name("entities"), DESCRIPTION]
    assert (done.kept, done.left, done.removed) == ((name("a"),), (name("c"),), ())
    assert store.content() == wanted(*NEW) | {name("c"): OLD[2]}


def test_prune_removes_what_is_no_longer_wanted(tmp_path: Path) -> None:
    store = HeldGraphs()
    loaded(store, tmp_path, OLD)
    done = loaded(store, tmp_path, NEW, prune=True)
    assert (done.left, done.removed) == ((), (name("c"),))
    assert store.content() == wanted(*NEW)


def test_prune_alone_sends_nothing(tmp_path: Path) -> None:
    store = HeldGraphs()
    loaded(store, tmp_path, OLD)
    loaded(store, tmp_path, OLD[:2])
    store.calls.clear()
    assert loaded(store, tmp_path, OLD[:2], prune=True).removed == (name("c"), name("entities"))
    assert store.writes() == [f"remove {name('c')}", f"remove {name('entities')}", "publish"]


def test_nothing_of_another_corpus_is_touched(tmp_path: Path) -> None:
    store = HeldGraphs()
    bases = (BASE + "b/", BASE + "graphs/", "https://example.org/", BASE + "graphs/a#")
    others = [each for base in bases for each in corpus([graph("a", "theirs", base=base)], base=base)]
    others += [NamedGraph("urn:mine", OLD[0].document), NamedGraph(BASE + "other", OLD[0].document)]
    for each in others:
        store.put(each)
    loaded(store, tmp_path, OLD)
    loaded(store, tmp_path, NEW, prune=True)
    assert store.content() == wanted(*NEW) | {each.iri: each for each in others}


def test_the_description_goes_last_and_a_marker_goes_first(tmp_path: Path) -> None:
    store = HeldGraphs()
    loaded(store, tmp_path, OLD)
    assert store.writes()[0] == f"add {DESCRIPTION}"
    assert store.writes()[-2:] == [f"replace {DESCRIPTION}", "publish"]


def test_a_graph_damaged_by_hand_is_sent_again(tmp_path: Path) -> None:
    store = HeldGraphs()
    loaded(store, tmp_path, OLD)
    store.put(graph("a", "one"))
    store.replaced.clear()
    assert loaded(store, tmp_path, OLD).sent == (name("a"), DESCRIPTION)
    assert store.content() == wanted(*OLD)


def test_damage_that_keeps_the_count_is_found_by_reading_all(tmp_path: Path) -> None:
    store = HeldGraphs()
    loaded(store, tmp_path, OLD)
    store.put(graph("b", "forged"))
    assert loaded(store, tmp_path, OLD).sent == ()
    done = load(corpus(OLD), store, journal(tmp_path), base=BASE, verify="all")
    assert done.sent == (name("b"), DESCRIPTION)
    assert store.content() == wanted(*OLD)


def test_a_store_without_a_description_is_adopted(tmp_path: Path) -> None:
    store = HeldGraphs()
    for each in OLD:
        store.put(each)
    store.put(graph("b", "else"))
    done = loaded(store, tmp_path, OLD)
    assert store.replaced == [name("b"), DESCRIPTION]
    assert done.kept == (name("a"), name("c"), name("entities"))
    assert done.recovered == ()


def test_an_empty_graph_is_wanted(tmp_path: Path) -> None:
    store = HeldGraphs()
    loaded(store, tmp_path, OLD)
    store.replaced.clear()
    empty = graph("b")
    loaded(store, tmp_path, (OLD[0], empty, *OLD[2:]))
    assert store.replaced == [name("b"), DESCRIPTION]
    assert store.content() == wanted(OLD[0], *OLD[2:])
    assert loaded(store, tmp_path, (OLD[0], empty, *OLD[2:])).sent == ()


@pytest.mark.parametrize(
    ("graphs", "sentence"),
    [
        ([OLD[0], OLD[1], OLD[0]], f"graph {name('a')}: expected each graph once, found it twice"),
        (
            [OLD[0], graph("a", "x", base=BASE + "b/")],
            f"graph {BASE}b/graphs/a: expected a graph of the corpus {BASE}, found another",
        ),
        ([OLD[0]], f"graph {DESCRIPTION}: expected the description of the dataset last, found none"),
        (
            [*corpus([OLD[0]]), OLD[1]],
            f"graph {name('b')}: expected the description of the dataset last, found a graph after it",
        ),
        (
            [graph("a", "x"), *list(corpus([OLD[0]]))[1:]],
            f"graph {DESCRIPTION}: {BEFORE}, found another for {name('a')}",
        ),
        (
            list(corpus([OLD[0]]))[1:],
            f"graph {DESCRIPTION}: {BEFORE}, found one for {name('a')}, which did not come",
        ),
    ],
)
def test_a_stream_that_is_no_corpus_is_refused(tmp_path: Path, graphs: list[NamedGraph], sentence: str) -> None:
    store = HeldGraphs()
    with pytest.raises(StoreFailed) as caught:
        load(graphs, store, journal(tmp_path), base=BASE)
    assert str(caught.value) == sentence
    assert DESCRIPTION not in store.replaced
    assert "publish" not in store.calls


def test_what_is_not_proved_is_not_loaded(tmp_path: Path) -> None:
    store = HeldGraphs()
    store.spoils = lambda each: graph("b", "tres") if each.iri == name("b") else each
    with pytest.raises(StoreFailed) as caught:
        loaded(store, tmp_path, OLD)
    line = f"<{BASE}articles/b> <http://purl.org/dc/terms/title>"
    assert str(caught.value) == (
        f"graph {name('b')}: expected 1 triple as sent, found 1 triple,"
        f' 1 missing, the first: {line} "three"@en .; 1 too many, the first: {line} "tres"@en .'
        " (the load is not proved: run it again)"
    )
    assert described(store.content()[DESCRIPTION]) == {}
    assert "publish" not in store.calls
    store.spoils = lambda each: each
    store.replaced.clear()
    done = loaded(store, tmp_path, OLD)
    # The one beside it in the batch was confirmed.
    assert name("a") in done.kept
    assert store.content() == wanted(*OLD)


def test_a_graph_that_vanishes_during_the_load_is_missed_at_its_end(tmp_path: Path) -> None:
    store = HeldGraphs()
    loaded(store, tmp_path, OLD)

    def vanish(each: NamedGraph) -> NamedGraph:
        store.drop(name("a"))
        return each

    store.spoils = vanish
    with pytest.raises(StoreFailed) as caught:
        loaded(store, tmp_path, NEW)
    assert str(caught.value) == (
        f"graph {name('a')}: expected 2 triples at the end of the load, found 0 (the load is not proved: run it again)"
    )
    assert store.writes()[-1] != "publish"


def test_two_loads_at_once_are_told(tmp_path: Path) -> None:
    store = HeldGraphs()

    def meddle(each: NamedGraph) -> NamedGraph:
        store.add(marker(BASE, "theirs"))
        return each

    store.spoils = meddle
    with pytest.raises(StoreFailed) as caught:
        loaded(store, tmp_path, OLD)
    assert str(caught.value) == (
        f"memory: expected no other load of {BASE} meanwhile, found one that began or ended"
        " (the load is not proved: run it again when the other has ended)"
    )


def test_an_old_text_that_comes_back_after_an_interrupted_load_is_sent(tmp_path: Path) -> None:
    store = HeldGraphs()
    loaded(store, tmp_path, OLD)
    # It dies when "b" is confirmed with its new text, of as many triples.
    for last in range(60):
        other = HeldGraphs()
        for each in store.content().values():
            other.put(each)
        (tmp_path / str(last)).mkdir()
        try:
            loaded(other, tmp_path / str(last), NEW, life=Life(last))
        except Died:
            loaded(other, tmp_path / str(last), OLD, prune=True)
            assert other.content() == wanted(*OLD)


def test_another_machine_that_was_interrupted_is_not_believed(tmp_path: Path) -> None:
    # The first machine confirms an article, dies; the second replaces it by one as long, dies; the first goes on.
    store = HeldGraphs()
    first, second = tmp_path / "first", tmp_path / "second"
    store.fails[f"replace {name('c')}"] = StoreFailed(where="memory", expected="x", found="y")
    with pytest.raises(StoreFailed):
        loaded(store, first, OLD)
    assert journal(first).confirmed.keys() == {name("a"), name("b")}
    store.fails[f"replace {DESCRIPTION}"] = StoreFailed(where="memory", expected="x", found="y")
    with pytest.raises(StoreFailed):
        loaded(store, second, [OLD[0], graph("b", "other"), graph("c", "x"), graph("d", "y")])
    assert store.content()[name("b")] == graph("b", "other")
    loaded(store, first, OLD)
    assert store.content() | wanted(*OLD) == store.content()


def test_a_load_that_another_machine_completed_is_not_gone_on_with(tmp_path: Path) -> None:
    store = HeldGraphs()
    first, second = tmp_path / "first", tmp_path / "second"
    store.fails[f"replace {name('c')}"] = StoreFailed(where="memory", expected="x", found="y")
    with pytest.raises(StoreFailed):
        loaded(store, first, OLD)
    loaded(store, second, [OLD[0], graph("b", "other"), *OLD[2:]])
    store.replaced.clear()
    loaded(store, first, OLD)
    assert store.replaced == [name("b"), DESCRIPTION]
    assert store.content() == wanted(*OLD)


def test_what_a_journal_confirmed_before_another_load_is_past(tmp_path: Path) -> None:
    # The first machine confirms "b" and dies, the second completes a load with another "b"; the first begins again,
    # dies once more before it comes to "b", and goes on: its journal must not speak for "b".
    store = HeldGraphs()
    first, second = tmp_path / "first", tmp_path / "second"
    failure = StoreFailed(where="memory", expected="x", found="y")
    store.fails[f"replace {name('c')}"] = failure
    with pytest.raises(StoreFailed):
        loaded(store, first, OLD)
    loaded(store, second, [OLD[0], graph("b", "other"), *OLD[2:]])
    again = [graph("a", "1", "2"), graph("aa", "3"), *OLD[1:]]
    store.fails[f"replace {name('a')}"] = failure
    with pytest.raises(StoreFailed):
        loaded(store, first, again)
    assert store.content()[name("b")] == graph("b", "other")
    loaded(store, first, again)
    assert store.content() == wanted(*again)


def test_progress_counts_what_is_done(tmp_path: Path) -> None:
    class Counted(list[NamedGraph]):
        total = 5

    store = HeldGraphs()
    told: list[Progress] = []
    times = iter(range(100))
    load(
        Counted(corpus(OLD)),
        store,
        journal(tmp_path),
        base=BASE,
        report=told.append,
        pace=SMALL,
        clock=lambda: float(next(times)),
    )
    assert [each.done for each in told] == sorted(each.done for each in told)
    # A batch that is confirmed after the last graph came is told of as well.
    assert {2, 4, 5} <= {each.done for each in told[-4:]}
    assert told[-1] == Progress(done=5, total=5, triples=19, sent=5, kept=0, seconds=9.0)


def test_an_interrupted_load_goes_on_wherever_it_was(tmp_path: Path) -> None:
    before = HeldGraphs()
    loaded(before, tmp_path, OLD)
    complete = Life()
    after = before.copy()
    loaded(after, tmp_path, NEW, prune=True, life=complete)
    assert complete.steps > 40
    for last in range(complete.steps):
        store = before.copy()
        folder = tmp_path / str(last)
        folder.mkdir()
        with contextlib.suppress(Died):
            loaded(store, folder, NEW, prune=True, life=Life(last))
        confirmed = dict(journal(folder).confirmed)
        there = {iri for iri, each in store.content().items() if after.content().get(iri) == each}
        assert confirmed.keys() <= there, last
        store.replaced.clear()
        done = loaded(store, folder, NEW, prune=True)
        assert store.content() == after.content(), last
        assert not set(store.replaced) & (confirmed.keys() | there), last
        assert len(set(store.replaced)) == len(store.replaced), last
        assert {*done.sent, *done.kept, *done.recovered} == after.content().keys(), last
        assert list(folder.iterdir()) == [], last


def test_an_interrupted_load_goes_on_without_its_journal(tmp_path: Path) -> None:
    before = HeldGraphs()
    loaded(before, tmp_path, OLD)
    complete = Life()
    loaded(before.copy(), tmp_path, NEW, prune=True, life=complete)
    for last in range(complete.steps):
        store = before.copy()
        folder = tmp_path / str(last)
        folder.mkdir()
        try:
            loaded(store, folder, NEW, prune=True, life=Life(last))
        except Died:
            (folder / "journal").unlink(missing_ok=True)
        there = {iri for iri, each in store.content().items() if wanted(*NEW).get(iri) == each}
        store.replaced.clear()
        loaded(store, folder, NEW, prune=True)
        assert store.content() == wanted(*NEW), last
        assert not set(store.replaced) & there, last


def test_counts_alone_are_compared_when_that_is_asked_for(tmp_path: Path) -> None:
    store = HeldGraphs()
    own = journal(tmp_path)
    done = load(corpus(OLD), store, own, base=BASE, verify="counts", pace=SMALL, clock=lambda: 0.0)
    assert done == Loaded(sent=(*(each.iri for each in OLD), DESCRIPTION), triples=19)
    # It says that the rest is there, and so it is read even then.
    assert [call for call in store.calls if call.startswith("read")] == [f"read {DESCRIPTION}"]
    assert store.content() == wanted(*OLD)


def test_a_triple_that_is_lost_is_found_by_counts_and_one_that_is_altered_is_not(tmp_path: Path) -> None:
    store = HeldGraphs()
    store.spoils = lambda each: graph("c", "four") if each.iri == name("c") else each
    with pytest.raises(StoreFailed) as caught:
        load(corpus(OLD), store, journal(tmp_path), base=BASE, verify="counts", pace=SMALL)
    assert str(caught.value) == (
        f"graph {name('c')}: expected 2 triples at the end of the load, found 1 (the load is not proved: run it again)"
    )
    assert DESCRIPTION not in store.replaced
    assert journal(tmp_path).confirmed == {}
    other = HeldGraphs()
    other.spoils = lambda each: graph("b", "tres") if each.iri == name("b") else each
    load(corpus(OLD), other, journal(tmp_path), base=BASE, verify="counts", pace=SMALL)
    assert other.content()[name("b")] == graph("b", "tres")


def test_what_counts_alone_spoke_for_is_read_by_the_load_that_goes_on(tmp_path: Path) -> None:
    store = HeldGraphs()
    store.fails[f"replace {name('entities')}"] = StoreFailed(where="memory", expected="x", found="y")
    with pytest.raises(StoreFailed):
        load(corpus(OLD), store, journal(tmp_path), base=BASE, verify="counts", pace=SMALL)
    store.put(graph("b", "tres"))
    store.replaced.clear()
    loaded(store, tmp_path, OLD)
    assert name("b") in store.replaced
    assert store.content() == wanted(*OLD)


def test_numbers_that_a_store_writes_alike_count_once_in_the_files_of_others(tmp_path: Path) -> None:
    store = HeldGraphs()
    store.changes = (numbers_and_dates,)
    number = "http://www.w3.org/2001/XMLSchema#integer"
    lines = [f'<urn:s> <urn:p> "{value}"^^<{number}> .\n'.encode() for value in ("1", "01", "2")]
    done = load([NamedGraph.of("urn:g", lines)], store, journal(tmp_path, base=None), base=None, verify="counts")
    assert done.sent == ("urn:g",)
    store.spoils = lambda each: NamedGraph.of(each.iri, lines[:1])
    with pytest.raises(StoreFailed, match="graph urn:h: expected 2 triples at the end of the load, found 1"):
        load([NamedGraph.of("urn:h", lines)], store, journal(tmp_path, base=None), base=None, verify="counts")
