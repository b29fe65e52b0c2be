"""The careful way from records to units, for whatever the plan leaves: what has faults, and what is unusual."""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import msgspec
from msgspec.structs import replace

from khabar import derivation
from khabar.assembly.rejects import Rejected, text_of
from khabar.checks import errors
from khabar.errors import Fault
from khabar.formats.nquads import term
from khabar.frame import Frame
from khabar.graphs import NamedGraph
from khabar.iris import Iris
from khabar.model import ArticleRecord, Corpus
from khabar.names import apart, entity_uses, uses
from khabar.plan import Plan, Planned
from khabar.quads import said
from khabar.reading.text import shown
from khabar.records.json_lines import examine, id_of
from khabar.resolve import article_graphs, shared_graph
from khabar.resolved import ResolvedGraph
from khabar.terms import RDF_TYPE

# No file has this in its path.
_PLACE: Final = "\0"


class Line(NamedTuple):
    """A line of JSON, and where people find it; ``number`` is 0 for the whole of a YAML file without faults."""

    data: bytes
    where: str
    number: int


Outcome: TypeAlias = Planned | Rejected
"""What becomes of a line."""


class Careful:
    """Makes units of the records of one corpus. ``paths`` has the files of the header and the shared entities.

    With a ``plan``, what hangs together without faults is made by that.
    """

    def __init__(self, frame: Frame, paths: Mapping[str, str], plan: Plan | None = None) -> None:
        self._plan = plan
        self._paths = dict(paths)
        self._shared = Corpus(header=frame.header, entities=frame.entities, articles=(), paths=self._paths)
        self._corpus = replace(self._shared, entities=apart(frame.entities))
        self._iris = Iris(frame.header.base)

    def alone(self, lines: Sequence[Line]) -> list[Outcome]:
        """What becomes of lines that refer to no others, none of which has the id of another."""
        records, found = _examined(lines)
        if not records:
            return [found[place] for place in range(len(lines))]
        for place in self._errors(self._corpus, records)[0]:
            # What is told of a record is what is told where it is the only one.
            found[place] = _rejected(lines[place], self._errors(self._corpus, {place: records[place]})[0][place])
            del records[place]
        found.update(self._units(self._corpus, records))
        return [found[place] for place in range(len(lines))]

    def together(self, components: Sequence[Sequence[Line]]) -> Iterator[Outcome]:
        """What becomes of the lines of some components, each of which refers to none beyond it.

        What has faults is left out, and the rest of its component is checked again without it, until nothing has.
        """
        plan = self._plan
        made = [plan.together([line.data for line in one]) if plan else None for one in components]
        rest = iter(self._carefully([one for one, planned in zip(components, made, strict=True) if planned is None]))
        for one, planned in zip(components, made, strict=True):
            if planned is None:
                yield from itertools.islice(rest, len(one))
            else:
                yield from planned

    def _carefully(self, components: Sequence[Sequence[Line]]) -> list[Outcome]:
        if not components:
            return []
        lines = [line for component in components for line in component]
        owners = [number for number, component in enumerate(components) for _ in component]
        records, found = _examined(lines)
        # What is told of a component is what is told where it is the only one.
        several = len(components) > 1
        torn = {owners[place] for place in (*found, *self._errors(self._corpus, records)[0])} if several else {0}
        for number in torn:
            own = {
                place: records.pop(place) for place, owner in enumerate(owners) if owner == number and place in records
            }
            self._leave_out(self._corpus, lines, own, found)
            rest = [lines[place].data for place in own]
            made = self._plan.together(rest) if self._plan and len(rest) < len(components[number]) else None
            if made is None:
                records |= own
            else:
                found.update(zip(own, made, strict=True))
        found.update(self._units(self._corpus, records))
        return [found[place] for place in range(len(lines))]

    def shared(self, component: Sequence[Line]) -> tuple[list[Outcome], list[Fault], bytes]:
        """The same for the component that the shared entities refer to.

        Gives the faults of the header and of these entities too, without their lines; where there are none, the
        document of the entities' graph.
        """
        records, found = _examined(component)
        head = self._leave_out(self._shared, component, records, found)
        if head:
            return [], head, b""
        found.update(self._units(self._shared, records))
        entities = shared_graph(replace(self._shared, articles=tuple(records.values())))
        return [found[place] for place in range(len(component))], [], _document(entities, []).document

    def is_sound(self, record: ArticleRecord) -> bool:
        """Tell whether a record that refers to no others has no fault."""
        return not any(errors(replace(self._near(self._corpus, {0: record}), articles=(record,))))

    def _leave_out(
        self, corpus: Corpus, lines: Sequence[Line], records: dict[int, ArticleRecord], found: dict[int, Outcome]
    ) -> list[Fault]:
        """Move what has faults from ``records`` to ``found``, until nothing has, or what all share has some."""
        while True:
            faults, head = self._errors(corpus, records)
            if head or not faults:
                return head
            left_out = {one.id for one in found.values() if isinstance(one, Rejected)}
            for place, own in faults.items():
                found[place] = _rejected(lines[place], [_explained(fault, left_out) for fault in own])
                del records[place]

    def _errors(
        self, corpus: Corpus, records: Mapping[int, ArticleRecord]
    ) -> tuple[dict[int, list[Fault]], list[Fault]]:
        """The faults of each record, and those of what they share."""
        near = self._near(corpus, records)
        faults = self._faults(near, records)
        if near is not corpus and any(map(_may_mean_more, faults)):
            faults = self._faults(corpus, records)
        found: dict[int, list[Fault]] = defaultdict(list)
        head: list[Fault] = []
        for fault in faults:
            if fault.path.startswith(_PLACE):
                found[int(fault.path[len(_PLACE) :])].append(fault)
            else:
                head.append(fault)
        return found, head

    def _faults(self, corpus: Corpus, records: Mapping[int, ArticleRecord]) -> list[Fault]:
        paths = self._paths | {f"articles.{record.article.id}": f"{_PLACE}{place}" for place, record in records.items()}
        return list(errors(replace(corpus, articles=tuple(records.values()), paths=paths)))

    def _near(self, corpus: Corpus, records: Mapping[int, ArticleRecord]) -> Corpus:
        """The corpus with those of its entities alone that the records, or what they refer to, have to do with.

        To look at all of them takes much longer than to look at a few records.
        """
        if corpus is self._shared:
            return corpus
        entities = corpus.entities
        todo = list(itertools.chain.from_iterable((*record.entities, *record.sources) for record in records.values()))
        todo += (use.reference for record in records.values() for use in uses(record))
        near: set[str] = set()
        while todo:
            slug = todo.pop()
            if slug in entities and slug not in near:
                near.add(slug)
                todo += (use.reference for use in entity_uses(slug, entities[slug]))
        return replace(corpus, entities={slug: entities[slug] for slug in sorted(near)})

    def _units(self, corpus: Corpus, records: Mapping[int, ArticleRecord]) -> Iterator[tuple[int, Planned]]:
        if not records:
            return
        places = {record.article.id: place for place, record in records.items()}
        weighed: list[str] = []
        graphs: dict[str, NamedGraph] = {}
        near = self._near(corpus, records)
        for resolved in article_graphs(replace(near, articles=tuple(records.values()))):
            graphs[resolved.iri] = _document(resolved, weighed)
        standings: dict[str, list[bytes]] = defaultdict(list)
        for line in derivation.standings("".join(weighed).encode()).splitlines(keepends=True):
            owner = self._iris.place_of(line[1 : line.index(b">")].decode())
            if owner is None:
                raise ValueError(f"a standing of no article's: {line!r}")
            standings[owner[0]].append(line)
        for article, place in places.items():
            own = b"".join(standings[f"articles.{article}"])
            graph = graphs[self._iris.graph(article)]
            yield place, Planned(article, graph, own, graph.document.replace(b" .\n", b"\n"))


def head_faults(frame: Frame, paths: Mapping[str, str]) -> list[Fault]:
    """The faults of a header and of shared entities, whatever these say of single articles, without their lines."""
    return list(errors(Corpus(header=frame.header, entities=apart(frame.entities), articles=(), paths=dict(paths))))


def has_claims(record: ArticleRecord) -> bool:
    """Tell whether any claim follows from a record, its own or one that it describes an event by."""
    return (
        bool(record.claims)
        or any(event.evidence for event in record.events.values())
        or any(statement.event for statement in record.statements.values())
    )


_record: Final = msgspec.json.Decoder(ArticleRecord).decode


def _examined(lines: Iterable[Line]) -> tuple[dict[int, ArticleRecord], dict[int, Outcome]]:
    """The records of lines without faults, by the places of the lines, and the others."""
    records: dict[int, ArticleRecord] = {}
    found: dict[int, Outcome] = {}
    for place, line in enumerate(lines):
        if not line.number:
            records[place] = _record(line.data)
            continue
        record, faults = examine(line.data, line.where, line.number)
        if record is None or faults:
            found[place] = _rejected(line, faults)
        else:
            records[place] = record
    return records, found


def _rejected(line: Line, faults: Iterable[Fault]) -> Rejected:
    return rejected(line, (fault if fault.line else _placed(fault, line) for fault in faults))


def _explained(fault: Fault, left_out: Container[str]) -> Fault:
    """The fault; where it is a reference to an article that was left out, it says so."""
    owner, dot, _ = fault.found.strip("'").partition(".")
    if fault.code != "KH021" or not dot or owner not in left_out:
        return fault
    return replace(fault, remedy=f"{owner} is there, and is left out for a fault of its own")


def _may_mean_more(fault: Fault) -> bool:
    """Tell whether what was meant may be an entity: then it takes all of them to tell which."""
    return fault.code == "KH021" and "." not in fault.found


def _placed(fault: Fault, line: Line) -> Fault:
    return replace(fault, path=line.where, line=line.number or 1, column=1)


def rejected(line: Line, faults: Iterable[Fault]) -> Rejected:
    """A line that is left out for these faults."""
    return Rejected(line.where, line.number, id_of(line.data), tuple(sorted(faults)), text_of(line.data))


def doubled(line: Line, first: str) -> Rejected:
    """A line that is left out since another line has its id, with whatever else is wrong with it."""
    slug = id_of(line.data)
    fault = Fault(
        path=line.where,
        line=line.number,
        column=1,
        code="KH020",
        keys=("article", "id"),
        expected="every id once",
        found=f"{shown(slug)} again",
        remedy=f"the first is at {first}",
    )
    return rejected(line, [fault, *examine(line.data, line.where, line.number)[1]])


def _document(graph: ResolvedGraph, weighed: list[str]) -> NamedGraph:
    """The graph as a document; the lines that standings follow from are added to ``weighed``."""
    text = functools.cache(term)
    terms = derivation.weighed()
    lines: list[str] = []
    for node in graph.nodes:
        subject = f"<{node.iri}> <"
        for predicate, value in said(node):
            line = f"{subject}{predicate}> {text(value)} .\n"
            lines.append(line)
            # As `is_weighed`, which costs a call for each line.
            if predicate in terms or (predicate == RDF_TYPE and value in terms):
                weighed.append(line)
    # Nodes are in order, so that these lines nearly are.
    return NamedGraph(graph.iri, "".join(sorted(dict.fromkeys(lines))).encode())
