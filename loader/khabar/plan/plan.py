"""The plan of a corpus: from the record of an article straight to its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from khabar.checks import is_sound
from khabar.description import VOID, Subset, describe
from khabar.formats.nquads import term
from khabar.frame import Frame
from khabar.graphs import NamedGraph
from khabar.iris import DATASET_GRAPH, DERIVED_GRAPH, RESERVED_ARTICLE_IDS, Iris
from khabar.model import ArticleRecord, Corpus, Evidence
from khabar.names import apart, owners_of_shared
from khabar.plan import chains, lines
from khabar.plan.neighbours import Neighbours
from khabar.plan.octets import Unsure, octets
from khabar.plan.source import source
from khabar.plan.standing import standings
from khabar.plan.stock import SUPPLIED, Stock
from khabar.resolve.scope import Scope

_decode: Final = msgspec.json.Decoder(ArticleRecord).decode
_encode: Final = msgspec.json.Encoder().encode

# What is raised for a record that the plan does not vouch for.
_REFUSALS: Final = (Unsure, KeyError, ValueError, msgspec.MsgspecError, RecursionError)


class Lay(Protocol):
    """The function that is made of the source of a plan; see `khabar.plan.source`."""

    def __call__(self, record: ArticleRecord, far: Neighbours | None = None) -> tuple[str, str, str, int]:
        """Lay out the article of ``record``, which stands alone or among ``far``."""


class Planned(NamedTuple):
    """An article as the careful path would have it, too: its graph, and the standings of its claims and events.

    ``standings`` is canonical N-Triples, sorted. ``bare`` are the graph's lines without the full stops at their ends,
    which N-Quads are made of.
    """

    id: str
    graph: NamedGraph
    standings: bytes
    bare: bytes


class Plan:
    """Articles of one frame to graphs, without a look at more than what one of them refers to.

    The source of what is done is made from the mapping, the vocabulary and the tables of names once; a plan is quick
    to use and takes some hundredths of a second to make.
    """

    def __init__(self, frame: Frame, lay: Lay | None) -> None:
        self._lay = lay
        self._stand = standings()
        self._iris = Iris(octets(frame.header.base))
        iris = Iris(frame.header.base)
        self._graph = iris.graph("")
        self._entry = _Entry(frame, iris)
        self._derived = f" <{iris.graph(DERIVED_GRAPH)}> .\n".encode()
        self._dataset = f" <{iris.graph(DATASET_GRAPH)}> .\n".encode()

    @classmethod
    def of(cls, frame: Frame) -> Plan:
        """The plan for the articles of ``frame``; where that has faults, it is sure of none of them."""
        shared = Corpus(header=frame.header, entities=apart(frame.entities), articles=(), paths={})
        if not is_sound(shared):
            return cls(frame, None)
        return cls(frame, _compiled(frame, Scope(shared)))

    def line(self, data: bytes) -> Planned | None:
        """What one line of JSON, without its end, gives; None where the careful path has to decide.

        That is so for every fault, for references to other articles, and for what is hardly ever written.
        """
        lay = self._lay
        if lay is None:
            return None
        try:
            return self._line(lay, data)
        except _REFUSALS:
            return None

    def together(self, lines: Sequence[bytes]) -> Iterator[Planned] | None:
        """What lines give that refer to one another and to no others; None where the careful path has to decide.

        That is so for all of them where it is for one. Units are made as they are taken.
        """
        lay = self._lay
        if lay is None:
            return None
        try:
            return self._together(lay, [self._read(line) for line in lines])
        except _REFUSALS:
            return None

    def record(self, record: ArticleRecord) -> Planned | None:
        """The same for a record."""
        try:
            data = _encode(record)
        except (ValueError, TypeError):
            return None
        return self.line(data)

    def entry(self, graph: NamedGraph) -> bytes:
        """What the description of the dataset says of an article's graph, as canonical N-Triples, sorted."""
        return self._entry.of(graph).replace(b"\n", b" .\n")

    def nquads(self, planned: Planned) -> bytes:
        """An article's unit in a document of N-Quads: its graph, its standings, its entry, each with its name."""
        graph = planned.graph
        return b"".join(
            (
                planned.bare.replace(b"\n", b" <" + graph.iri.encode() + b"> .\n"),
                planned.standings.replace(b" .\n", self._derived),
                self._entry.of(graph).replace(b"\n", self._dataset),
            )
        )

    def _read(self, data: bytes, *, settled: bool = False) -> _Read:
        lines.fit(data)
        escaped = data
        if b"\\" in data:
            try:
                escaped = lines.unescaped(data)
            except Unsure:
                if settled:
                    raise
                return self._read(lines.settled(data), settled=True)
        try:
            return _Read(data, _decode(escaped.decode("latin-1").encode()), settled)
        except msgspec.ValidationError:
            if settled or b"null" not in data:
                raise
            return self._read(lines.settled(data), settled=True)

    def _line(self, lay: Lay, line: bytes) -> Planned:
        read = self._read(line)
        article, bare, stand, strings = lay(read.record)
        if read.is_loose(strings):
            read = self._read(lines.settled(read.data), settled=True)
            article, bare, stand, _ = lay(read.record)
        return self._planned(article, bare, stand)

    def _together(self, lay: Lay, read: Sequence[_Read]) -> Iterator[Planned]:
        around = Neighbours([one.record for one in read], self._iris)
        laid = [lay(one.record, around) for one in read]
        if any(one.is_loose(strings) for one, (*_, strings) in zip(read, laid, strict=True)):
            return self._together(lay, [self._read(lines.settled(one.data), settled=True) for one in read])
        found = around.standings(self._stand)
        return (self._planned(article, bare, found[article]) for article, bare, _, _ in laid)

    def _planned(self, article: str, bare: str, stand: str) -> Planned:
        whole = bare.encode("latin-1")
        document = whole.replace(b"\n", b" .\n")
        graph = NamedGraph(self._graph + article, document)
        # Two bytes more a line.
        graph.__dict__["count"] = (len(document) - len(whole)) // 2
        return Planned(article, graph, stand.encode("latin-1").replace(b"\n", b" .\n"), whole)


class _Read(NamedTuple):
    """A line and its record as octets; one that is ``settled`` has no key twice."""

    data: bytes
    record: ArticleRecord
    settled: bool

    def is_loose(self, strings: int) -> bool:
        """Tell whether a line may say more than its record, which takes so many ``strings``."""
        return not self.settled and lines.strings(self.data) != strings


class _Entry:
    """What is said of each article's graph, with gaps for its id, its number of triples and its digest."""

    def __init__(self, frame: Frame, iris: Iris) -> None:
        self._start = len(iris.graph(""))
        subset = Subset(iris.graph(_NAME), _COUNT, _DIGEST)
        general = set(describe(frame.header, ()))
        found = [
            f"{term(quad.subject)} {term(quad.predicate)} {term(quad.object)}\n"
            for quad in describe(frame.header, (subset,))
            if quad not in general and (quad.subject != frame.header.base or quad.predicate == VOID + "subset")
        ]
        text = "".join(sorted(found))
        self._gaps = tuple(_GAPS[mark] for mark in _MARK.findall(text))
        self._text = _MARK.sub("%s", text.replace("%", "%%")).encode().replace(b"%s", b"%b")

    def of(self, graph: NamedGraph) -> bytes:
        """The lines about one graph, without their ends."""
        values = (graph.iri[self._start :].encode(), str(graph.count).encode(), graph.digest.encode())
        return self._text % tuple([values[gap] for gap in self._gaps])


# What no IRI and no number of triples is.
_NAME, _COUNT, _DIGEST = "\0", -1, "\1"
_GAPS: Final = {_NAME: 0, str(_COUNT): 1, "\\u0001": 2}
_MARK: Final = re.compile(r'\0|(?<=")-1(?=")|\\u0001')


def _languages(frame: Frame) -> list[str]:
    """The languages that most texts of a corpus have: those that are promised, else those of its title."""
    promised = list(dict.fromkeys(frame.header.languages))
    once = len({tag.lower() for tag in promised}) == len(promised)
    return promised if promised and once else list(frame.header.title)


def _compiled(frame: Frame, scope: Scope) -> Lay:
    stock = Stock(frame, scope)
    space: dict[str, Any] = {
        **{name: getattr(stock, name) for name in SUPPLIED},
        **{f"shared_{number}": table for number, table in enumerate(stock.shared)},
        "nothing": tuple({} for _ in stock.shared),
        "reserved": RESERVED_ARTICLE_IDS | owners_of_shared(frame.entities),
        "acyclic": chains.acyclic,
        "answers": partial(chains.answers, dates=stock.dates),
        "chain": chains.chain_of(stock.dates, stock.extent_until),
        "origin": chains.origin,
        "standings": standings(),
        "Evidence": Evidence,
        "Unsure": Unsure,
    }
    languages = _languages(frame)
    exec(compile(source(Iris(frame.header.base), languages), "<plan>", "exec"), space)  # noqa: S102 - made here, of nothing but own tables
    lay: Lay = space["lay"]
    return lay
