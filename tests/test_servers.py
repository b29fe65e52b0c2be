"""One suite against every store that starts here, and against the strict stand-in of every other."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

import answers
import fault_corpora
import khabar
import servers
import virtuoso_literals
from answers import Question
from corpora_at_hand import CORPORA
from fakes import FAKES
from khabar import resources
from khabar.assembly import graphs
from khabar.canonical import canonical
from khabar.errors import StoreFailed
from khabar.graphs import NamedGraph
from khabar.loading import plan
from khabar.loading.difference import differences
from khabar.loading.dump import dump
from khabar.loading.journal import Journal
from khabar.loading.load import Loaded, Progress, load, unheard
from khabar.loading.proof import rewritten
from khabar.loading.sending import Pace
from khabar.queries import days, paging
from khabar.queries.catalogue import find
from khabar.queries.results import Rows
from khabar.stores import profiles
from khabar.stores.credentials import Credentials
from khabar.stores.curl import command
from khabar.stores.remote import RemoteStore
from khabar.stores.remote_graphs import RemoteGraphs
from khabar.stores.retries import Retries

FAULTS = fault_corpora.base("servers")
# Virtuoso ends one of two writers that wait for each other, with status 500.
HASTE = Retries(tries=8, first=0.02, longest=0.5, patience=4.0)
PACE = Pace(graphs=2)


class Place(NamedTuple):
    """A store that is reached over HTTP; a real ``server`` can be killed and started again."""

    address: str
    profile: str
    credentials: Credentials | None
    server: servers.Server | None = None
    keeps: bool = False

    def graphs(self, credentials: Credentials | None = None) -> RemoteGraphs:
        who = credentials or self.credentials
        return RemoteGraphs(self.address, profiles.find(self.profile), credentials=who, timeout=30, retries=HASTE)

    def store(self) -> RemoteStore:
        profile = profiles.find(self.profile)
        return RemoteStore(self.address, profile=profile, credentials=self.credentials, timeout=30)

    def clear(self) -> None:
        """Remove what tests put there; Virtuoso has graphs of its own."""
        with self.graphs() as store:
            store.remove([name for name in plan.counts(store, None) if plan.base_of(name) is not None])


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Place]]:
    """Every store by name, each started once, when it is first asked for."""
    with contextlib.ExitStack() as stack:
        start = stack.enter_context(servers.session(servers.STORES, tmp_path_factory))

        @functools.cache
        def place(name: str) -> Place:
            for kind in servers.STORES:
                if kind.name == name:
                    server = start(kind)
                    known = Credentials(user=server.user, password=server.password) if server.user else None
                    return Place(server.address, kind.profile, known, server, kind.keeps)
            fake = stack.enter_context(FAKES[name.removeprefix("like-")].running())
            return Place(fake.address, fake.profile, fake.credentials)

        yield place


NAMES = (*(kind.name for kind in servers.STORES), *(f"like-{name}" for name in FAKES))


@pytest.fixture(params=NAMES)
def place(request: pytest.FixtureRequest, places: Callable[[str], Place]) -> Place:
    """One of the stores, without anything of khabar's in it."""
    found = places(request.param)
    found.clear()
    return found


@functools.cache
def wanted(corpus: str) -> tuple[str, tuple[NamedGraph, ...]]:
    return assembled(CORPORA[corpus])


def assembled(folder: Path) -> tuple[str, tuple[NamedGraph, ...]]:
    with graphs(folder, workers=1) as found:
        return found.base, tuple(found)


def loaded(
    place: Place,
    base: str,
    graphs: tuple[NamedGraph, ...] | list[NamedGraph],
    folder: Path,
    *,
    prune: bool = False,
    report: Callable[[Progress], None] = unheard,
) -> Loaded:
    with place.graphs() as store:
        journal = Journal(folder / "load.journal", target=place.address, dataset=base)
        return load(graphs, store, journal, base=base, prune=prune, pace=PACE, report=report)


def known(graph: NamedGraph, place: Place) -> NamedGraph:
    """The graph as the store is known to give it back."""
    rewrites = profiles.find(place.profile).rewrites
    return NamedGraph.of(graph.iri, rewritten(graph.document.splitlines(keepends=True), rewrites))


def content(place: Place, base: str) -> Mapping[str, NamedGraph]:
    with place.graphs() as store:
        return {name: known(canonical(name, store.read(name)), place) for name in plan.counts(store, base)}


def test_corpora_go_in_side_by_side_and_come_out_as_they_went_in(place: Place, tmp_path: Path) -> None:
    for corpus in CORPORA:
        base, graphs = wanted(corpus)
        done = loaded(place, base, graphs, tmp_path)
        assert done.sent == tuple(graph.iri for graph in graphs)
        assert (done.kept, done.recovered, done.removed, done.left) == ((), (), (), ())
        assert done.triples == sum(graph.count for graph in graphs)
    for corpus in CORPORA:
        base, graphs = wanted(corpus)
        assert content(place, base) == {graph.iri: known(graph, place) for graph in graphs}


def test_a_store_gives_back_the_documents_byte_for_byte(place: Place, tmp_path: Path) -> None:
    base, graphs = wanted("eastport")
    loaded(place, base, graphs, tmp_path)
    with place.graphs() as store:
        changed = [graph.iri for graph in graphs if canonical(graph.iri, store.read(graph.iri)) != graph]
    named = [graph.iri for graph in graphs if known(graph, place) != graph]
    # Virtuoso rewrites points and durations; no other store changes a byte, and nothing else is changed there.
    assert changed == named
    assert [iri.rpartition("/")[2] for iri in named] == (
        ["quay-talks", "entities"] if place.profile == "virtuoso" else []
    )


@pytest.mark.parametrize("corpus", answers.ASKED)
def test_every_bundled_query_gives_the_golden_rows(place: Place, corpus: str, tmp_path: Path) -> None:
    base, graphs = wanted(corpus)
    loaded(place, base, graphs, tmp_path)
    store = place.store()
    asked = [question for question in answers.QUESTIONS if question.corpus == corpus]
    other = {}
    for question in asked:
        found = store.select(question.text)
        if bag(found) != bag(answers.by_oxigraph(question)):
            other[question.query, question.variant] = found
    assert len(asked) > len(answers.BUNDLED)
    assert other == {}


def test_pages_of_long_lists_are_the_whole(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is long here: what finds the rows of a page is asked of every store."""
    base, graphs = wanted("eastport")
    loaded(place, base, graphs, tmp_path)
    store = place.store()
    monkeypatch.setattr(paging, "SAMPLE", 4)
    monkeypatch.setattr(days, "SHORT", 1)
    monkeypatch.setattr(days, "FEW", 0)
    asked = [Question("eastport", name) for name in answers.PAGED]
    asked += [Question("eastport", "timeline", "", (("agent", "harbour-times"),))]
    for question in asked:
        whole = store.select(question.text)
        size = 1 + len(whole) // 2
        pages = (
            paging.page(find(question.query), question.text, store.select, limit=size, offset=offset)
            for offset in (0, size)
        )
        found = Rows(columns=whole.columns, rows=tuple(row for page in pages for row in page))
        assert (question.query, bag(found)) == (question.query, bag(whole))


def bag(rows: Rows) -> tuple[tuple[str, ...], Counter[object]]:
    return rows.columns, Counter(row for row in rows.rows if row[0] not in VIRTUOSO_GRAPHS)


VIRTUOSO_GRAPHS = (
    "http://localuriqaserver/sparql",
    "http://www.openlinksw.com/schemas/virtrdf#",
    "http://www.w3.org/ns/ldp#",
)
"""What Virtuoso keeps of its own among the named graphs: rows of triples-per-graph."""


def test_the_same_again_sends_nothing(place: Place, tmp_path: Path) -> None:
    base, graphs = wanted("eastport")
    loaded(place, base, graphs, tmp_path)
    done = loaded(place, base, graphs, tmp_path)
    assert (done.sent, done.recovered) == ((), ())
    assert set(done.kept) == {graph.iri for graph in graphs}
    assert content(place, base) == {graph.iri: known(graph, place) for graph in graphs}


def test_of_a_changed_article_that_graph_alone_is_sent(place: Place, tmp_path: Path) -> None:
    base, graphs = wanted("eastport")
    loaded(place, base, graphs, tmp_path)
    folder = tmp_path / "eastport"
    shutil.copytree(CORPORA["eastport"], folder)
    article = folder / "articles/sahil-base.yaml"
    text = article.read_text("utf-8")
    words = "Written by the radio's web desk."
    assert text.count(words) == 1
    article.write_text(text.replace(words, "Written by the web desk."), "utf-8")
    _, changed = assembled(folder)
    done = loaded(place, base, changed, tmp_path)
    assert done.sent == (f"{base}graphs/sahil-base", f"{base}graphs/dataset")
    assert content(place, base) == {graph.iri: known(graph, place) for graph in changed}


def test_what_left_the_corpus_stays_until_it_is_pruned(place: Place, tmp_path: Path) -> None:
    first, second = (fault_corpora.corpus("servers", edition) for edition in (1, 2))
    gone = tuple(sorted({graph.iri for graph in first} - {graph.iri for graph in second}))
    loaded(place, FAULTS, first, tmp_path)
    done = loaded(place, FAULTS, second, tmp_path)
    assert (done.left, done.removed) == (gone, ())
    done = loaded(place, FAULTS, second, tmp_path, prune=True)
    assert (done.sent, done.left, done.removed) == ((), (), gone)
    assert content(place, FAULTS) == {graph.iri: known(graph, place) for graph in second}


def test_what_someone_else_changed_is_told_triple_by_triple(place: Place, tmp_path: Path) -> None:
    corpus = fault_corpora.corpus("servers")
    loaded(place, FAULTS, corpus, tmp_path)
    odd = b'<urn:odd> <urn:is> "odd" .\n'
    with place.graphs() as store:
        assert list(differences(corpus, store, FAULTS)) == []
        store.add(NamedGraph.of(corpus[0].iri, [odd]))
        store.add(NamedGraph.of(f"{FAULTS}graphs/unknown", [odd]))
        store.remove([corpus[1].iri])
        found = {each.graph: (each.kind, each.removed, len(each.added)) for each in differences(corpus, store, FAULTS)}
    assert found == {
        corpus[0].iri: ("differing", (odd,), 0),
        corpus[1].iri: ("missing", (), corpus[1].count),
        f"{FAULTS}graphs/unknown": ("extra", (odd,), 0),
    }


def test_a_dump_is_what_was_loaded(place: Place, tmp_path: Path) -> None:
    corpus = fault_corpora.corpus("servers")
    loaded(place, FAULTS, corpus, tmp_path)
    with place.graphs() as store:
        dumped = [graph for graph in dump(store) if plan.base_of(graph.iri) == FAULTS]
    assert [known(graph, place) for graph in dumped] == sorted(
        (known(graph, place) for graph in corpus), key=lambda graph: graph.iri
    )


def test_what_a_rehearsal_prints_puts_the_graphs(place: Place, tmp_path: Path) -> None:
    _, libya = wanted("libya")
    # One with points, which Virtuoso rewrites; one of more triples than go into one update, long for a command line.
    graphs = [*libya, *fault_corpora.corpus("servers")]
    who, profile = place.credentials, profiles.find(place.profile)
    given = {"KHABAR_USER": who.user, "KHABAR_PASSWORD": who.password, "KHABAR_TOKEN": who.token} if who else {}
    with place.graphs() as store:
        for graph in graphs:
            for request in store.requests(graph):
                file = "-" if request.method == "PUT" else ""
                line = command(request, file=file, credentials=who, schemes=profile.authentication)
                assert who is None or (who.password or who.token) not in line
                (tmp_path / "script").write_text(line, "utf-8")
                subprocess.run(
                    ["/bin/sh", "-e", str(tmp_path / "script")],
                    input=request.body if file else b"",
                    env={"PATH": os.environ["PATH"], **given},
                    check=True,
                    capture_output=True,
                )
        held = [known(canonical(graph.iri, store.read(graph.iri)), place) for graph in graphs]
    assert held == [known(graph, place) for graph in graphs]


def test_a_wrong_password_is_told_and_nothing_is_written(place: Place) -> None:
    if place.credentials is None:
        assert place.profile in ("oxigraph", "generic", "blazegraph")
        return
    wrong = (
        Credentials(token="n0-such-token")  # noqa: S106 - as it says
        if place.credentials.token
        else Credentials(user=place.credentials.user, password="n0-such-password")  # noqa: S106 - as it says
    )
    graph = fault_corpora.corpus("servers")[0]
    with place.graphs(wrong) as store, pytest.raises(StoreFailed) as caught:
        store.replace([graph])
    assert "HTTP 40" in str(caught.value)
    assert "n0-such" not in str(caught.value)
    assert content(place, FAULTS) == {}


KEEPING = tuple(kind.name for kind in servers.STORES if kind.keeps)


@pytest.mark.parametrize("name", KEEPING)
def test_a_load_goes_on_after_the_server_was_killed(name: str, places: Callable[[str], Place], tmp_path: Path) -> None:
    place = places(name)
    place.clear()
    server = place.server
    assert server is not None
    corpus = fault_corpora.corpus("servers")
    sent: list[int] = []

    def strike(progress: Progress) -> None:
        sent.append(progress.sent)
        if progress.sent >= 2:
            server.kill()

    try:
        with pytest.raises(StoreFailed):
            loaded(place, FAULTS, corpus, tmp_path, report=strike)
    finally:
        server.start()
    confirmed = Journal(tmp_path / "load.journal", target=place.address, dataset=FAULTS).confirmed
    assert 2 <= len(confirmed) < len(corpus)
    done = loaded(place, FAULTS, corpus, tmp_path)
    # What was confirmed is there after the kill, and is not sent again.
    assert set(done.kept) >= set(confirmed)
    assert not set(done.sent) & set(confirmed)
    assert content(place, FAULTS) == {graph.iri: known(graph, place) for graph in corpus}


@pytest.mark.parametrize("name", [kind.name for kind in servers.STORES])
@pytest.mark.parametrize("corpus", answers.ASKED)
def test_the_standing_that_a_store_works_out_is_the_derived_graph(
    name: str, places: Callable[[str], Place], corpus: str, tmp_path: Path
) -> None:
    place = places(name)
    place.clear()
    base, graphs = wanted(corpus)
    loaded(place, base, graphs, tmp_path)
    store = place.store()
    rule = resources.ontology().joinpath("standing.rq").read_text("utf-8")
    answer = store._wire.send(store.request(rule, "application/n-triples", "the standings"))
    derived = f"{base}graphs/derived"
    assert [canonical(derived, answer.body)] == [graph for graph in graphs if graph.iri == derived]


def test_a_corpus_is_asked_by_name_at_an_address(place: Place, tmp_path: Path) -> None:
    base, graphs = wanted("libya")
    loaded(place, base, graphs, tmp_path)
    endpoint = khabar.Endpoint(place.address, profile=place.profile, credentials=place.credentials)
    found = khabar.query(endpoint, "forces-present", place="mitiga")
    assert bag(found) == bag(answers.by_oxigraph(answers.QUESTIONS[MITIGA]))


MITIGA = [question.variant for question in answers.QUESTIONS].index("mitiga")


@pytest.mark.parametrize("name", [kind.name for kind in servers.STORES if kind.profile == "virtuoso"])
def test_virtuoso_changes_what_is_named_and_nothing_else(name: str, places: Callable[[str], Place]) -> None:
    place = places(name)
    place.clear()
    cases = [(case[0], case[1]) for case in (*virtuoso_literals.SEEN, *virtuoso_literals.KEPT)]
    lines = [virtuoso_literals.line(*case).replace(b"urn:b", b"urn:b%d" % at) for at, case in enumerate(cases)]
    graph = NamedGraph.of(f"{FAULTS}graphs/literals", lines)
    with place.graphs() as store:
        store.replace([graph])
        found = canonical(graph.iri, store.read(graph.iri))
        assert found.document.splitlines() == known(graph, place).document.splitlines()
        assert found != graph
        for case in virtuoso_literals.LOST:
            lost = NamedGraph.of(graph.iri, [virtuoso_literals.line(*case)])
            store.replace([lost])
            assert known(canonical(lost.iri, store.read(lost.iri)), place) != known(lost, place), case


@pytest.mark.parametrize("name", [kind.name for kind in servers.STORES])
def test_a_server_of_the_tests_listens_on_loopback_alone(name: str, places: Callable[[str], Place]) -> None:
    server = places(name).server
    assert server is not None
    assert server.listening()
    assert {address for address, _ in server.listening()} == {"127.0.0.1"}


@pytest.mark.parametrize("kind", servers.STORES, ids=lambda kind: kind.name)
def test_nothing_of_a_server_is_left(kind: servers.Kind, tmp_path: Path) -> None:
    ports: list[int] = []
    with pytest.raises(ZeroDivisionError):
        fail_beside(kind, tmp_path, ports)
    assert ports
    assert not any(servers.is_taken(port) for port in ports)


def fail_beside(kind: servers.Kind, folder: Path, ports: list[int]) -> None:
    with kind.running(folder) as server:
        ports += [port for _, port in server.listening()]
        ports.append(1 // 0)
