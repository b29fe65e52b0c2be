"""The way of a corpus up to its units: read and surveyed, joined where it hangs together, then made, in order."""

from __future__ import annotations

import contextlib
import itertools
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Final, NoReturn, Self

import msgspec

from khabar.assembly.careful import Careful, Line, head_faults
from khabar.assembly.components import BATCH_SIZE, batches
from khabar.assembly.doubles import Double, sorted_doubles
from khabar.assembly.links import Links, joined
from khabar.assembly.portions import Article, Portions
from khabar.assembly.progress import Meter, Report
from khabar.assembly.readings import by_file, read
from khabar.assembly.rejects import Rejected
from khabar.assembly.staff import staff_of
from khabar.assembly.tasks import (
    Convert,
    Gather,
    Kept,
    Linked,
    Manner,
    Place,
    Seek,
    Survey,
    Waiting,
    Weave,
)
from khabar.checks import check_corpus
from khabar.checks.scope import placed
from khabar.crew import Slot
from khabar.errors import Fault, FaultyData, FileFailed, Severity
from khabar.names import owners_of_shared
from khabar.reading import survey
from khabar.records.cache import Cache
from khabar.records.sources import Source

_rejected: Final = msgspec.msgpack.Decoder(Rejected).decode


class Road:
    """The way of one source. Whoever opens it closes it, which ends the workers and gives all room back.

    ``output`` is the number of the file that units may be written to, and ``target`` its name.
    """

    def __init__(
        self,
        source: Source,
        *,
        workers: int | None,
        report: Report,
        cache: Cache | None = None,
        output: int = -1,
        target: str = "",
    ) -> None:
        self.source = source
        self.articles = 0
        self.claims = False
        self.entities = b""
        self._report = report
        self._cache = cache
        self._known: dict[int, list[tuple[int, Kept]]] = {}
        self._doubles: list[Slot] = []
        self._portions = Portions((), ())
        self._read_before: list[Article] = []
        self.refused = 0
        with contextlib.ExitStack() as stack:
            self.spool, self._buckets, self.crew = staff_of(source, workers, output, target, stack)
            self._stack = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers and give all room back."""
        self._stack.close()

    def survey(self) -> None:
        """Read all that has to be known before the first unit is made.

        Raises `FaultyData` for faults of the header, the shared entities and articles in YAML, and `FileFailed`.
        """
        source = self.source
        faults = head_faults(source.frame, source.paths)
        if faults:
            self._tell(faults)
        self._portions = Portions(self._read(), source.parts)
        linked = self._survey()
        self._link(linked)

    def conversions(self, manner: Manner) -> Iterator[Convert]:
        """The tasks that make all units, in their order."""
        doubles = _Ahead(sorted_doubles(self._doubles, self.spool))
        for portion, lines in self._portions.all():
            yield Convert(
                lines,
                self._portions.before(portion),
                sorted(self._known.get(portion, ())),
                [(line.number, self._portions.shown(first)) for line, first in doubles.of(portion)],
                manner,
            )

    def changed(self) -> NoReturn:
        """Tell that a record has a fault now that had none before."""
        raise FileFailed(
            where=self.source.name,
            expected="files that stay as they are while they are read",
            found="others when they were read again",
            remedy="run it again",
        )

    def _read(self) -> list[Article]:
        files = self.source.files
        if not files:
            return []
        meter = Meter("reading", self._report, total=len(files))
        articles = read(self.crew, self.spool, files, self._cache or Cache(None, self.source.frame), meter.add)
        self._read_before = articles
        if len(articles) < len(files):
            self._tell([])
        articles.sort(key=lambda article: article.id)
        if any(one.id == other.id for one, other in itertools.pairwise(articles)):
            self._tell([])
        self.articles += len(articles)
        self.claims |= any(article.claims for article in articles)
        return articles

    def _survey(self) -> list[tuple[Place, Linked]]:
        portions = self._portions
        linked: list[tuple[Place, Linked]] = []
        if not self.source.parts:
            return linked
        for article, place in portions.places():
            slug = article.id.encode()
            self._buckets.add(self._buckets.bucket(slug), b"%b %d %d\n" % (slug, place.portion, place.number))
        sizes: deque[int] = deque()

        def tasks() -> Iterator[Survey]:
            for number, lines in portions.in_bulk():
                portions.see(lines)
                sizes.append(getattr(lines, "size", 0))
                yield Survey(number, lines)

        plain = all(part.form not in ("gzip", "zstd") for part in self.source.parts)
        size = sum(part.size for part in self.source.parts) if plain else None
        meter = Meter("reading", self._report, size=size)
        for number, reply in enumerate(self.crew.replies(tasks()), portions.filed):
            portions.count(reply.last)
            self.articles += reply.articles
            linked += ((Place(number, one.number), one) for one in reply.linked)
            meter.add(reply.articles, read=sizes.popleft())
        self.claims |= self.articles > 0
        return linked

    def _link(self, linked: list[tuple[Place, Linked]]) -> None:
        filed = [
            (place, Linked(place.number, one.id, list(one.owners)))
            for one, place in self._portions.places()
            if one.owners
        ]
        referring = [*filed, *linked]
        anchors = owners_of_shared(self.source.frame.entities)
        meter = Meter("linking", self._report, total=len(referring))
        first = self._first_lines(referring, anchors)
        links = joined(((place, one.id, one.owners) for place, one in referring), first, anchors, _rank)
        places = set(links.places)
        for article, place in self._portions.places():
            if not article.sound and not article.owners and place not in places:
                self._tell(self._faults_of(article))
        self._weave(links, meter)

    def _first_lines(self, referring: list[tuple[Place, Linked]], anchors: Iterable[str]) -> dict[str, Place]:
        """The first line of each id that is referred to, and of those that refer to others; notes the doubles."""
        if not self.source.parts:
            return {article.id: place for article, place in self._portions.places()}
        wanted: dict[int, set[str]] = defaultdict(set)
        for slug in itertools.chain(anchors, *([one.id, *one.owners] for _, one in referring)):
            wanted[self._buckets.bucket(slug.encode())].add(slug)
        found: dict[str, Place] = {}
        tasks = (Seek(bucket, sorted(wanted[bucket])) for bucket in range(len(self._buckets.files)))
        for reply in self.crew.replies(tasks):
            found.update(reply.found)
            self._doubles += reply.doubles
        return found

    def _weave(self, links: Links[Place], meter: Meter) -> None:
        given = self._gathered(links.places)
        rounds = [[links.anchored], *batches(links.others, [one.slot.size for one in given], BATCH_SIZE)]
        tasks = (
            Weave([[given[node] for node in members] for members in batch], shared=not number)
            for number, batch in enumerate(rounds)
        )
        for batch, reply in zip(rounds, self.crew.replies(tasks), strict=True):
            self.entities += reply.entities
            if reply.head:
                self._tell(reply.head)
            nodes = itertools.chain.from_iterable(batch)
            for node, known in zip(nodes, reply.known, strict=True):
                place = links.places[node]
                article = self._portions.article(place)
                if known.refused and article is not None:
                    self._tell(_rejected(self.spool.read(known.slot)).faults)
                self.refused += known.refused
                self._known.setdefault(place.portion, []).append((place.number, known))
            meter.add(len(reply.known))

    def _gathered(self, order: list[Place]) -> list[Waiting]:
        """The lines at these places, which are put into the spool if they are not there yet."""
        numbers: dict[int, list[int]] = defaultdict(list)
        for place in order:
            if place.portion >= self._portions.filed:
                numbers[place.portion].append(place.number)
        tasks = (
            (Gather(lines, numbers[portion]) for portion, lines in self._portions.in_bulk() if portion in numbers)
            if numbers
            else iter(())
        )
        slots = iter([slot for reply in self.crew.replies(tasks) for slot in reply.slots])
        found = []
        for place in order:
            article = self._portions.article(place)
            found.append(Waiting(article.line if article else next(slots), *self._portions.where(place)))
        return found

    def _faults_of(self, article: Article) -> Iterator[Fault]:
        careful = Careful(self.source.frame, self.source.paths)
        for outcome in careful.alone([Line(self.spool.read(article.line), article.path, 0)]):
            yield from outcome.faults if isinstance(outcome, Rejected) else ()

    def _tell(self, faults: Iterable[Fault]) -> NoReturn:
        """Tell what is wrong: every fault of a folder of YAML; where records in bulk are beside it, those at hand."""
        found: list[Fault] = []
        if self.source.files:
            folder = self.source.files[0].parent.parent
            corpus, found, gaps = survey(folder, by_file(self._read_before, self.spool))
            if corpus is not None and not self.source.parts:
                found = [*found, *check_corpus(corpus, gaps=gaps)]
        found = found or placed(faults)
        if any(fault.severity == Severity.ERROR.value for fault in found):
            raise FaultyData(found)
        self.changed()


class _Ahead:
    """Doubles in order, taken portion by portion."""

    def __init__(self, doubles: Iterator[Double]) -> None:
        self._doubles = doubles
        self._next = next(doubles, None)

    def of(self, portion: int) -> Iterator[Double]:
        while self._next is not None and self._next[0].portion == portion:
            yield self._next
            self._next = next(self._doubles, None)


def _rank(place: Place) -> tuple[int, int]:
    return place.portion, place.number
