"""Where tasks are done: files read, ids told, articles made into units. It depends on nothing but the opening."""

from __future__ import annotations

import os
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Final

import msgspec

from khabar.assembly.careful import Careful, Line, Outcome, doubled, has_claims
from khabar.assembly.components import owners
from khabar.assembly.conversion import Conversion
from khabar.assembly.doubles import Double, kept
from khabar.assembly.rejects import Rejected
from khabar.assembly.survey import others_of, slug_of
from khabar.assembly.tasks import (
    Check,
    Checked,
    Convert,
    Filed,
    Gather,
    Gathered,
    Kept,
    Lines,
    Linked,
    Opening,
    Place,
    Put,
    Read,
    Reading,
    Readings,
    Reply,
    Seek,
    Sought,
    Survey,
    Surveyed,
    Task,
    Text,
    Waiting,
    Weave,
    Woven,
)
from khabar.crew import Buckets, OwnSpool, SharedSpool, Slot, Spool, write_all_at
from khabar.errors import FileFailed
from khabar.model import ArticleRecord
from khabar.plan import Plan, Planned
from khabar.reading import read_changed
from khabar.records.json_lines import encode
from khabar.records.parts import Block, Part, blocks, lines

IDS_AT_A_TIME: Final = 512 * 1024
"""The size of the lines of a bucket, in bytes, that are held at once to find what is equal among them."""

_record: Final = msgspec.json.Decoder(ArticleRecord).decode
_encode: Final = msgspec.msgpack.Encoder().encode
_planned: Final = msgspec.msgpack.Decoder(Planned).decode
_rejected: Final = msgspec.msgpack.Decoder(Rejected).decode


class Bench:
    """Does the tasks of one corpus."""

    opening: ClassVar[Any] = Opening
    tasks: ClassVar[Any] = Task
    answers: ClassVar[Any] = Reply

    def __init__(self, opening: Opening, spool: Spool | None = None) -> None:
        """Make ready; ``spool`` is that of this process, where it is the only one."""
        self._spool = SharedSpool(opening.spools, opening.own) if opening.spools else spool or OwnSpool()
        self._buckets = Buckets(opening.buckets)
        self._output, self._target = opening.output, opening.target
        self._plan = Plan.of(opening.frame)
        self._careful = Careful(opening.frame, opening.paths, self._plan)
        self._held: deque[list[bytes]] = deque()

    def done(self, task: Task) -> Iterator[Reply]:
        """The replies to a task. Raises `FileFailed`."""
        match task:
            case Convert():
                yield from self._convert(task)
            case Put(start=start):
                self._put(start)
            case Survey(portion=portion, lines=where):
                yield self._survey(portion, where)
            case Read(files=files, digests=digests):
                yield Readings(list(map(self._read, files, digests)))
            case Check(lines=slots):
                yield Checked([self._is_sound(_record(self._spool.read(slot))) for slot in slots])
            case Seek(bucket=bucket, wanted=wanted):
                yield self._seek(bucket, wanted)
            case Gather(lines=where, numbers=numbers):
                yield Gathered(self._gather(where, frozenset(numbers)))
            case Weave(components=components, shared=shared):
                yield self._weave(components, shared=shared)

    def _blocks(self, where: Lines) -> Iterator[tuple[Block, Iterator[tuple[int, bytes]]]]:
        """Blocks, each with its lines that are not blank."""
        match where:
            case Filed(slots=slots):
                numbered = ((number, self._spool.read(slot)) for number, slot in enumerate(slots, 1))
                yield Block(1, b"", len(slots), 0), numbered
            case Text(first=first, data=data):
                block = Block(first, data, data.count(b"\n"), 0)
                yield block, lines(block)
            case _:
                for block in blocks(where):
                    yield block, lines(block)

    def _read(self, file: bytes, known: bytes) -> Reading:
        record, faults, digest = read_changed(Path(os.fsdecode(file)), known)
        if faults:
            return Reading()
        if record is None:
            return Reading(digest=digest)
        others = owners(record)
        return Reading(
            record.article.id,
            self._spool.add(encode(record)),
            tuple(sorted(others)),
            claims=has_claims(record),
            # What refers to no other article can be checked at once, since it is at hand.
            sound=not others and self._is_sound(record),
            digest=digest,
        )

    def _is_sound(self, record: ArticleRecord) -> bool:
        return self._plan.record(record) is not None or self._careful.is_sound(record)

    def _survey(self, portion: int, where: Lines) -> Surveyed:
        linked: list[Linked] = []
        waiting: dict[int, list[bytes]] = defaultdict(list)
        articles = 0
        last = where.head if isinstance(where, Part) else 0
        for block, numbered in self._blocks(where):
            last = block.first + block.line_count - 1
            for number, data in numbered:
                articles += 1
                slug = slug_of(data)
                if not slug:
                    continue
                waiting[self._buckets.bucket(slug)].append(b"%b %d %d\n" % (slug, portion, number))
                others = others_of(data)
                if others:
                    linked.append(Linked(number, slug.decode(), sorted(others)))
        for bucket, ids in waiting.items():
            self._buckets.add(bucket, b"".join(ids))
        return Surveyed(articles, last, linked)

    def _gather(self, where: Lines, chosen: frozenset[int]) -> list[Slot]:
        return [
            self._spool.add(data)
            for _, numbered in self._blocks(where)
            for number, data in numbered
            if number in chosen
        ]

    def _seek(self, bucket: int, wanted: list[str]) -> Sought:
        rounds = 1 + self._buckets.size(bucket) // IDS_AT_A_TIME
        sought = {slug.encode() for slug in wanted}
        found: list[tuple[str, Place]] = []
        doubles = []
        for turn in range(rounds):
            first, twice = self._first_lines(bucket, turn, rounds)
            found += [(slug.decode(), first[slug]) for slug in sought if slug in first]
            doubles += kept(twice, self._spool)
        return Sought(found, doubles)

    def _first_lines(self, bucket: int, turn: int, rounds: int) -> tuple[dict[bytes, Place], list[Double]]:
        """The first line of each id of a bucket, or of some of the ids, and the other lines, each with the first."""
        first: dict[bytes, Place] = {}
        others: list[tuple[bytes, Place]] = []
        for line in self._buckets.lines(bucket):
            slug, portion, number = line.split()
            if rounds > 1 and hash(slug) % rounds != turn:
                continue
            place = Place(int(portion), int(number))
            before = first.setdefault(slug, place)
            if before is not place:
                others.append((slug, max(before, place)))
                first[slug] = min(before, place)
        return first, [(place, first[slug]) for slug, place in others]

    def _weave(self, components: list[list[Waiting]], *, shared: bool) -> Woven:
        found = [
            [Line(self._spool.read(given.slot), given.where, given.line) for given in component]
            for component in components
        ]
        if shared:
            outcomes, head, entities = self._careful.shared(found[0])
            return Woven(self._kept(outcomes), head, entities)
        return Woven(self._kept(self._careful.together(found)), [])

    def _kept(self, outcomes: Iterable[Outcome]) -> list[Kept]:
        return [Kept(self._spool.add(_encode(one)), refused=isinstance(one, Rejected)) for one in outcomes]

    def _outcome(self, known: Kept) -> Outcome:
        data = self._spool.read(known.slot)
        return _rejected(data) if known.refused else _planned(data)

    def _convert(self, task: Convert) -> Iterator[Reply]:
        conversion = Conversion(task.manner, self._plan, self._careful, self._spool)
        known = dict(task.known)
        doubles = dict(task.doubles)
        special = known.keys() | doubles.keys()
        name, before = ("", 0) if isinstance(task.lines, Filed) else (task.lines.name, task.before)
        for _, numbered in self._blocks(task.lines):
            for number, data in numbered:
                if number not in special:
                    conversion.line(data, name, before + number if name else 0)
                elif number in doubles:
                    conversion.outcome(doubled(Line(data, name, before + number), doubles[number]))
                else:
                    conversion.outcome(self._outcome(known[number]))
            conversion.settle()
            yield from conversion.graphs()
        yield from conversion.graphs(0)
        if task.manner == "held":
            self._held.append(conversion.units)
        yield conversion.end()

    def _put(self, start: int) -> None:
        try:
            write_all_at(self._output, self._held.popleft(), start)
        except OSError as error:
            raise FileFailed.from_os(self._target, error, "a file that can be written") from error
