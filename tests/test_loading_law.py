"""The law of loads: whatever was changed, interrupted, lost or damaged, a load that returns has done what it says."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from held_graphs import BASE, Died, HeldGraphs, Life, corpus, graph, journal
from khabar.graphs import NamedGraph
from khabar.loading.load import load
from khabar.loading.plan import described, description_of, marker
from khabar.loading.sending import Pace

NAMES = st.sampled_from(["a", "b", "c", "d", "entities"])
# Few texts, so that graphs come back and have as many triples as others.
TEXTS = st.lists(st.sampled_from(["1", "2", "3"]), max_size=2, unique=True).map(tuple)
MACHINES = st.integers(0, 1)
NEIGHBOURS = tuple(corpus([graph("a", "theirs", base=BASE + "b/")], base=BASE + "b/"))
DESCRIPTION = description_of(BASE)


class Loads(RuleBasedStateMachine):
    """Two machines with records of their own load into one store, one at a time, and can die at any step."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = HeldGraphs()
        self.records: list[dict[str, tuple[str, ...]]] = [{}, {}]
        self.tampered: set[str] = set()

    def teardown(self) -> None:
        self.folder.cleanup()

    @initialize(first=st.dictionaries(NAMES, TEXTS), second=st.dictionaries(NAMES, TEXTS))
    def begin(self, first: dict[str, tuple[str, ...]], second: dict[str, tuple[str, ...]]) -> None:
        self.records = [first, second]
        for each in NEIGHBOURS:
            self.store.put(each)
        self.store.seen = lambda _: self._is_honest()

    @rule(machine=MACHINES, name=NAMES, texts=TEXTS)
    def change(self, machine: int, name: str, texts: tuple[str, ...]) -> None:
        self.records[machine][name] = texts

    @rule(machine=MACHINES, name=NAMES)
    def leave_out(self, machine: int, name: str) -> None:
        self.records[machine].pop(name, None)

    @rule(machine=MACHINES)
    def lose_the_journal(self, machine: int) -> None:
        (self._folder(machine) / "journal").unlink(missing_ok=True)

    @rule(name=NAMES, texts=TEXTS)
    def tamper(self, name: str, texts: tuple[str, ...]) -> None:
        each = graph(name, *texts)
        if self.store.content().get(each.iri) != each:
            self.tampered.add(each.iri)
            self.store.put(each)

    @rule(machine=MACHINES, prune=st.booleans(), last=st.integers(0, 70), size=st.integers(1, 3))
    def load_and_die(self, machine: int, last: int, size: int, *, prune: bool) -> None:
        with contextlib.suppress(Died):
            self._load(machine, size, prune=prune, life=Life(last))
            self._holds(machine, prune=prune)
        self.store.life = Life()

    @rule(machine=MACHINES, prune=st.booleans(), read_all=st.booleans(), size=st.integers(1, 3))
    def load_well(self, machine: int, size: int, *, prune: bool, read_all: bool) -> None:
        self._load(machine, size, prune=prune, read_all=read_all)
        if read_all:
            self.tampered -= {each.iri for each in self._wanted(machine)}
        self._holds(machine, prune=prune)
        self.store.calls.clear()
        self._load(machine, size, prune=prune)
        assert self.store.writes() in ([], ["publish"])

    @invariant()
    def the_neighbours_are_as_they_were(self) -> None:
        content = self.store.content()
        assert all(content[each.iri] == each for each in NEIGHBOURS if self.store.calls)

    def _folder(self, machine: int) -> Path:
        return Path(self.folder.name, str(machine))

    def _wanted(self, machine: int) -> list[NamedGraph]:
        return list(corpus(graph(name, *texts) for name, texts in sorted(self.records[machine].items())))

    def _load(self, machine: int, size: int, *, prune: bool, read_all: bool = False, life: Life | None = None) -> None:
        self.store.life = life or Life()
        load(
            self._wanted(machine),
            self.store,
            journal(self._folder(machine), life=self.store.life),
            base=BASE,
            prune=prune,
            verify="all" if read_all else "sent",
            pace=Pace(graphs=size, readers=2),
        )

    def _holds(self, machine: int, *, prune: bool) -> None:
        """The store holds what is wanted, but for what was forged without changing the count."""
        self.store.life = Life()
        content = self.store.content()
        wanted = {each.iri: each for each in self._wanted(machine) if each.count}
        for iri, each in wanted.items():
            found = content.get(iri)
            assert found == each or (iri in self.tampered and found is not None and found.count == each.count)
        own = {iri for iri in content if iri.startswith(f"{BASE}graphs/")}
        assert not prune or own == wanted.keys()
        self.tampered = {iri for iri in self.tampered if content.get(iri) != wanted.get(iri)}

    def _is_honest(self) -> None:
        """At every moment: a description without a load under way tells the truth of each graph that is there."""
        content = {iri: each for iri, each in self.store.content().items() if iri.startswith(f"{BASE}graphs/")}
        description = content.get(DESCRIPTION, NamedGraph(DESCRIPTION, b""))
        if marker(BASE, "").document.split(b'"')[0] in description.document:
            return
        for iri, digest in described(description).items():
            assert iri not in content or iri in self.tampered or content[iri].digest == digest


TestLoads = Loads.TestCase
# An example is up to twenty loads.
TestLoads.settings = settings(max_examples=settings().max_examples // 4, stateful_step_count=20)
