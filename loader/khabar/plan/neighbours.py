"""Articles that refer to one another, laid out by the plan of one: what an article names that stands in another.

A reference ``article.id`` is followed when it is asked for; what hangs on several articles (circles, chains, who makes
a claim, standings) is told when all of them are laid out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from khabar.checks.chains import MAX_LINKS
from khabar.checks.cycles import RELATIONS
from khabar.iris import Iris
from khabar.model import ArticleRecord, Event, RelativeDate, Statement
from khabar.names import OUTLET
from khabar.plan.fields import FOUND_BY
from khabar.plan.octets import Unsure
from khabar.plan.standing import Link, Stand, Weighed
from khabar.plan.stock import Elsewhere
from khabar.scalars import LanguageMap

Owned: TypeAlias = Callable[[str, ArticleRecord], tuple[tuple[dict[str, str], ...], dict[str, LanguageMap]]]
"""What an article defines for itself: see `khabar.plan.stock.Stock.owned`."""
Find: TypeAlias = Callable[[ArticleRecord, str], Any]
"""What an article has by an id; KeyError is raised where it has nothing."""

# The IRI of a hop is made of what its outlet is called in the article.
_FROM_AFAR: Final = tuple(kinds != OUTLET for kinds in FOUND_BY)
_RELAYS: Final = RELATIONS.index(("statements", "relays"))


class Neighbours:
    """Articles that refer to no others. Each is laid out, in any order, then `standings` tells of all of them.

    Raises Unsure where two have one id.
    """

    def __init__(self, records: Sequence[ArticleRecord], iris: Iris) -> None:
        self._records = {record.article.id: record for record in records}
        if len(self._records) < len(records):
            raise Unsure
        self._described = _described(records)
        finds = (
            *(_event, _claim, _statement),
            *(_iri("events", iris.event), _iri("claims", iris.claim), _iri("statements", iris.statement)),
        )
        self._far = [_Far(self._records, find) for find in finds]
        self.edges: tuple[dict[str, Sequence[str]], ...] = tuple({} for _ in RELATIONS)
        """By relation, where it leads to from each IRI, in all articles so far."""
        self.links: dict[str, int] = {}
        """How many links each statement is, with its hops, by IRI."""
        self._own: dict[str, tuple[Mapping[str, str], ...]] = {}
        self._called: dict[str, LanguageMap] = {}
        self._tables: list[Mapping[str, str]] = []
        self._owners: dict[str, str] = {}
        self._events: list[str] = []
        self._claims: set[str] = set()
        self._made: set[str] = set()
        self._weighed: list[Weighed] = []
        self._links: list[Link] = []
        self._stances: list[tuple[str, str]] = []

    def seen(self, *own: Mapping[str, Any]) -> list[Seen]:
        """What references in an article see: its events, claims and statements by id, then the IRIs of these."""
        return [Seen(table, far) for table, far in zip(own, self._far, strict=True)]

    def owned(self, article: str, owned: Owned) -> tuple[tuple[Mapping[str, str], ...], Mapping[str, LanguageMap]]:
        """What references in an article see of entities and sources that articles define, as ``owned`` gives it."""
        if not self._own:
            for slug, record in self._records.items():
                self._own[slug], called = owned(slug, record)
                self._called |= called
            self._tables = [
                _Far(self._records, self._own_thing(number)) if afar else {} for number, afar in enumerate(_FROM_AFAR)
            ]
        tables = zip(self._own[article], self._tables, strict=True)
        return tuple(Seen(own, far) for own, far in tables), self._called

    def _own_thing(self, number: int) -> Find:
        return lambda record, slug: self._own[record.article.id][number][slug]

    def described(self, article: str, references: Iterable[str]) -> list[str]:
        """The events of an article that are claimed as described, by its own ``references`` or by other articles."""
        own = dict.fromkeys(one for one in references if "." not in one)
        return list(own | self._described[article])

    def keep(
        self,
        article: str,
        events: Mapping[str, str],
        claims: Mapping[str, str],
        made: Iterable[str],
        weighed: Sequence[Weighed],
        links: Sequence[Link],
        stances: Sequence[tuple[str, str]],
    ) -> str:
        """Note what standings follow from; they are not known yet, and "" is given.

        ``events`` and ``claims`` are `seen`; ``made`` are the claims that statements of the article refer to.
        """
        self._owners.update(dict.fromkeys((*events.values(), *(claim for claim, _, _ in weighed)), article))
        self._events += events.values()
        self._claims.update(claims.values())
        self._made.update(claims[one] for one in made)
        self._weighed += weighed
        self._links += links
        self._stances += stances
        return ""

    def standings(self, stand: Stand) -> Mapping[str, str]:
        """The standings of the claims and events of each article, as ``stand`` gives those of one.

        Raises Unsure where that does, for a claim that no statement makes, and for circles and endless chains.
        """
        if not self._claims <= self._made:
            raise Unsure
        for edges in self.edges:
            _acyclic(edges)
        self._measure(self.edges[_RELAYS])
        lines = stand(dict(zip(self._events, self._events, strict=True)), self._weighed, self._links, self._stances)
        found: defaultdict[str, list[str]] = defaultdict(list)
        # Octets that are no end of a line can look like one to `str.splitlines`.
        for line in lines.split("\n")[:-1]:
            found[self._owners[line[: line.index(" ")]]].append(f"{line}\n")
        return defaultdict(str, {article: "".join(own) for article, own in found.items()})

    def _measure(self, relayed: Mapping[str, Sequence[str]]) -> None:
        # As `khabar.checks.chains`, which does not count a publisher that goes without saying.
        for start in relayed:
            links, ways = 0, [start]
            for statement in ways:
                links += self.links[statement]
                if links > MAX_LINKS:
                    raise Unsure
                ways += relayed.get(statement, ())


class Seen(dict[str, Any]):
    """What an article has by its ids, and what others have: these alone are not listed and not counted."""

    def __init__(self, own: Mapping[str, Any], far: Mapping[str, Any]) -> None:
        super().__init__(own)
        self._far = far

    def __missing__(self, reference: str) -> Any:
        return self._far[reference]

    def get(self, reference: str, default: Any = None) -> Any:
        """What ``reference`` leads to."""
        try:
            return self[reference]
        except KeyError:
            return default


class _Far(dict[str, Any]):
    """What references to other articles lead to, found when it is asked for."""

    def __init__(self, records: Mapping[str, ArticleRecord], find: Find) -> None:
        super().__init__()
        self._records = records
        self._find = find

    def __missing__(self, reference: str | None) -> Any:
        owner, _, slug = (reference or "").partition(".")
        if reference is None or not slug:
            raise KeyError(reference)
        found = self[reference] = self._find(self._records[owner], slug)
        return found


def _described(records: Iterable[ArticleRecord]) -> defaultdict[str, dict[str, None]]:
    """By article, its events that statements of other articles refer to."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for record in records:
        for statement in record.statements.values():
            if statement.event is not None and "." in statement.event:
                owner, _, slug = statement.event.partition(".")
                found[owner][slug] = None
    return found


def _iri(section: str, iri: Callable[[str, str], str]) -> Find:
    def find(record: ArticleRecord, slug: str) -> str:
        getattr(record, section)[slug]
        return f"<{iri(record.article.id, slug)}>"

    return find


def _claim(record: ArticleRecord, slug: str) -> object:
    return record.claims[slug]


def _event(record: ArticleRecord, slug: str) -> Event:
    """An event as others see it."""
    event = record.events[slug]
    date = event.date
    if not isinstance(date, RelativeDate):
        return event
    before, after = _from(record, date.before), _from(record, date.after)
    elsewhere = Elsewhere(before=before, after=after, by=date.by, published=record.article.published)
    return replace(event, date=elsewhere)


def _statement(record: ArticleRecord, slug: str) -> Statement:
    """A statement as others see it."""
    found = record.statements[slug]
    own = found.source in record.sources or found.source in record.entities
    return replace(
        found,
        source=_from(record, found.source) if own else found.source,
        claim=_from(record, found.claim),
        event=_from(record, found.event),
        relays=_from(record, found.relays),
    )


def _from(record: ArticleRecord, reference: str | None) -> str | None:
    return reference if reference is None or "." in reference else f"{record.article.id}.{reference}"


def _acyclic(edges: Mapping[str, Sequence[str]]) -> None:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError:
        raise Unsure from None
