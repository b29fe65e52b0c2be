"""What is done to some articles at a time: they are read, checked, and made into graphs.

Tasks and replies are values that can be sent to another process; what is done depends on nothing else.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
from msgspec.structs import replace

from khabar import derivation
from khabar.assembly.components import owners
from khabar.checks import is_sound
from khabar.formats.nquads import term
from khabar.frame import Frame
from khabar.graphs import NamedGraph
from khabar.iris import Iris
from khabar.model import ArticleRecord, Corpus, Entity, each
from khabar.names import ALLOWED
from khabar.quads import said
from khabar.reading import read_article
from khabar.resolve import article_graphs, shared_graph
from khabar.resolved import ResolvedGraph
from khabar.terms import RDF_TYPE

_REPLY_SIZE: Final = 1024 * 1024


class Read(msgspec.Struct, frozen=True, tag=True):
    """Read the articles in these files. The reply is a `Readings`."""

    files: list[bytes]


class Check(msgspec.Struct, frozen=True, tag=True):
    """Check these records, which refer to no others. The reply is a `Checked`.

    With ``shared``, the shared entities too; else what these say of single articles is left out.
    """

    records: list[bytes]
    shared: bool = False


class Build(msgspec.Struct, frozen=True, tag=True):
    """Make the graphs of these records, which refer to no others and are not referred to by others.

    The replies are as many `Built` as it takes, and a `Weighed`. With ``shared``, the graph of the shared entities
    is made instead.
    """

    records: list[bytes]
    shared: bool = False


Task: TypeAlias = Read | Check | Build


class Reading(msgspec.Struct, frozen=True, array_like=True):
    """An article that was read: its id, its record, the articles that it refers to.

    ``claims`` tells whether it has any claim. ``sound`` tells that it was checked and has no fault by itself.
    """

    id: str
    record: bytes
    owners: frozenset[str]
    claims: bool
    sound: bool


class Readings(msgspec.Struct, frozen=True, tag=True):
    """The articles of a `Read`, in the order of its files; ``faulty`` in place of all where any has a fault."""

    articles: list[Reading]
    faulty: bool = False


class Checked(msgspec.Struct, frozen=True, tag=True):
    """Whether the records of a `Check` are without fault."""

    sound: bool


class Built(msgspec.Struct, frozen=True, tag=True):
    """Some graphs of a `Build`, in the order of ids."""

    graphs: list[NamedGraph]


class Weighed(msgspec.Struct, frozen=True, tag=True):
    """The standings of all claims and events of a `Build`, as canonical N-Triples, sorted: the end of its replies."""

    standings: bytes


Reply: TypeAlias = Readings | Checked | Built | Weighed

_encode = msgspec.msgpack.Encoder().encode
_record = msgspec.msgpack.Decoder(ArticleRecord).decode


class Bench:
    """Where the tasks of one corpus are done."""

    def __init__(self, frame: Frame) -> None:
        self._shared = Corpus(header=frame.header, entities=frame.entities, articles=(), paths={})
        # What a shared entity says of single articles is no matter of the other articles.
        apart = {slug: _apart(entity) for slug, entity in frame.entities.items()}
        self._corpus = replace(self._shared, entities=apart)
        self._iris = Iris(frame.header.base)

    def done(self, task: Task) -> Iterator[Reply]:
        """The replies to a task."""
        match task:
            case Read(files=files):
                yield self._read(files)
            case Check(records=records, shared=shared):
                yield Checked(is_sound(self._seen(records, shared=shared)))
            case Build(records=records, shared=True):
                yield Built([_document(shared_graph(self._seen(records, shared=True)), [])])
            case Build(records=records):
                yield from self._build(records)

    def _seen(self, records: list[bytes], *, shared: bool = False) -> Corpus:
        return replace(self._shared if shared else self._corpus, articles=tuple(map(_record, records)))

    def _read(self, files: list[bytes]) -> Readings:
        records = []
        for file in files:
            record, faults = read_article(Path(os.fsdecode(file)))
            if record is None or faults:
                return Readings([], faulty=True)
            records.append((record, owners(record)))
        # What refers to no other article can be checked at once, since it is at hand.
        alone = [record for record, others in records if not others]
        all_sound = is_sound(replace(self._corpus, articles=tuple(alone)))
        return Readings(
            [
                Reading(
                    record.article.id,
                    _encode(record),
                    others,
                    claims=_has_claims(record),
                    sound=not others and (all_sound or is_sound(replace(self._corpus, articles=(record,)))),
                )
                for record, others in records
            ]
        )

    def _build(self, records: list[bytes]) -> Iterator[Reply]:
        weighed: list[str] = []
        graphs: list[NamedGraph] = []
        size = 0
        for resolved in article_graphs(self._seen(records)):
            graphs.append(_document(resolved, weighed))
            size += len(graphs[-1].document)
            if size >= _REPLY_SIZE:
                yield Built(graphs)
                graphs, size = [], 0
        if graphs:
            yield Built(graphs)
        yield Weighed(derivation.standings("".join(weighed).encode()))


def _apart(entity: Entity) -> Entity:
    """The entity without what it says of single articles."""
    fields = {field: each(getattr(entity, field)) for field in ALLOWED["entities"]}
    return replace(entity, **{field: tuple(one for one in all_ if "." not in one) for field, all_ in fields.items()})


def _has_claims(record: ArticleRecord) -> bool:
    return (
        bool(record.claims)
        or any(event.evidence for event in record.events.values())
        or any(statement.event for statement in record.statements.values())
    )


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
