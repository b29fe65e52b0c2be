"""What has to be known of a corpus before its first unit is made: the head, what comes twice, what hangs together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from khabar.assembly.careful import Careful, Line, head_faults
from khabar.assembly.links import joined
from khabar.assembly.maker import Maker, Sums
from khabar.assembly.rejects import Rejected
from khabar.checks.scope import placed
from khabar.errors import Fault, FaultyData
from khabar.frame import Frame
from khabar.names import owners_of_shared
from khabar.plan import Plan
from khabar.records.heads import Agreed, agreed
from khabar.spark.conversion import TURNS, Converter, Picker, Weaver
from khabar.spark.job import Job
from khabar.spark.links import SHARED, Order, by_block, scheduled
from khabar.spark.rows import Place
from khabar.spark.sources import Source, heads_of
from khabar.spark.survey import Special, surveyed
from khabar.spark.tally import Tally

if TYPE_CHECKING:
    from pyspark import Broadcast, SparkContext
    from pyspark.sql import DataFrame

_BATCHES_A_TASK: Final = 8


class Shared(NamedTuple):
    """The shared entities, and the articles that these refer to, which are made before all others.

    ``entities`` is the document of the entities' graph, ``nquads`` the units of the articles, of which there are so
    many (``sums``); ``refused`` are left out.
    """

    entities: bytes
    nquads: bytes
    sums: Sums
    refused: list[Rejected]


class Prepared(NamedTuple):
    """A corpus whose units can be made.

    ``job`` is what the workers are told. So many ``rows``, and ``articles`` among them; so many ``batches`` of articles
    that hang together.
    """

    source: Source
    frame: Frame
    job: Broadcast[Job]
    shared: Shared
    rows: int
    articles: int
    batches: int

    @property
    def context(self) -> SparkContext:
        """Where the job runs."""
        return self.source.rows.sparkSession.sparkContext

    def units(self, tally: Tally) -> DataFrame:
        """All other articles, as text: each row some lines of N-Quads. What is left out is counted alone."""
        alone = self.source.rows.mapInArrow(Converter(self.job, tally), "value string")
        return alone.union(self.woven(tally, refused=False)) if self.batches else alone

    def woven(self, tally: Tally | None, *, refused: bool) -> DataFrame:
        """The units of the articles that hang together, or those of them that are left out, as lines of JSON."""
        tasks = -(-self.batches // _BATCHES_A_TASK)
        turns = self.picked().filter(f"batch <> {SHARED}").repartition(tasks, "batch")
        ordered = turns.sortWithinPartitions("batch", "component", "rank")
        return ordered.mapInArrow(Weaver(self.job, tally, refused=refused), "value string")

    def picked(self) -> DataFrame:
        """The articles that hang together."""
        return _picked(self.source, self.job)


def prepared(source: Source, given: Agreed | None) -> Prepared:
    """Read all records once. Raises `FaultyData` for faults of the head, `FileFailed` where there is none."""
    with surveyed(source.rows, source.shape) as survey:
        special = survey.special()
        sizes = {block: extent.rows for block, extent in special.blocks.items()}
        order = Order(sizes, list(source.names), numbered=source.shape.places == "numbers")
        heads, lines = _heads(special, order)
        # What looks like a head and is none is a bad article.
        articles = sum(extent.articles for extent in special.blocks.values()) + len(special.heads) - len(heads)
        given = agreed(heads_of(source, lines), given, source.name, articles=articles > 0)
        _demand_sound(head_faults(given.frame, given.paths), given)
        anchors = owners_of_shared(given.frame.entities)
        spoken_of = anchors.union(*({slug, *owners} for slug, owners in special.links.values()))
        first = {slug: min(places, key=order.rank) for slug, places in survey.places(spoken_of).items()}
        twins = survey.twins()
    referring = ((place, slug, owners) for place, (slug, owners) in special.links.items())
    schedule = scheduled(joined(referring, first, anchors, order.rank))
    job = Job(
        shape=source.shape,
        frame=msgspec.msgpack.encode(given.frame),
        paths=dict(given.paths),
        seals=special.seals(),
        names=source.names,
        before=order.before,
        heads=by_block(heads),
        doubled={},
        linked=schedule.turns,
    )
    for places in twins.values():
        winner, *others = sorted(places, key=order.rank)
        for place in others:
            where, line = job.where(*winner)
            job.doubled.setdefault(place.block, {})[place.number] = f"{where}:{line}:1"
    told = source.rows.sparkSession.sparkContext.broadcast(job)
    shared = _shared(source, told if anchors else None, given)
    return Prepared(source, given.frame, told, shared, sum(sizes.values()), articles, schedule.batches)


def _heads(special: Special, order: Order) -> tuple[list[Place], dict[str, list[tuple[int, bytes]]]]:
    """The places of the lines of heads, and the lines of each file, by number: those before all others."""
    places: list[Place] = []
    lines: dict[str, list[tuple[int, bytes]]] = {}
    begun: set[str] = set()
    for block in sorted(special.blocks):
        file, _ = block
        if file in begun:
            continue
        extent = special.blocks[block]
        for place in sorted(place for place in special.heads if place.block == block):
            if place.number < extent.first:
                places.append(place)
                lines.setdefault(file, []).append((order.line(place), special.heads[place]))
        if extent.first < extent.rows:
            begun.add(file)
    return places, lines


def _picked(source: Source, job: Broadcast[Job]) -> DataFrame:
    return source.rows.mapInArrow(Picker(job), TURNS)


def _shared(source: Source, job: Broadcast[Job] | None, given: Agreed) -> Shared:
    rows = [] if job is None else _picked(source, job).filter(f"batch = {SHARED}").orderBy("rank").collect()
    lines = [Line(bytes(row.line), row.file, row.number) for row in rows]
    careful = Careful(given.frame, given.paths)
    outcomes, faults, entities = careful.shared(lines)
    _demand_sound(faults, given)
    maker = Maker(Plan.of(given.frame), careful)
    units = [maker.unit(one) for one in outcomes if not isinstance(one, Rejected)]
    refused = [one for one in outcomes if isinstance(one, Rejected)]
    return Shared(entities, b"".join(units), maker.sums, refused)


def _demand_sound(faults: list[Fault], given: Agreed) -> None:
    if not faults:
        return
    if given.paths.get("corpus", "").endswith(".yaml"):
        raise FaultyData(placed(faults))
    raise FaultyData(msgspec.structs.replace(fault, line=1, column=1) for fault in faults)
