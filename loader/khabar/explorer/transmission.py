"""What is said of a claim, and the ways on which it reached a reader: from the source, link by link, to an article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, TypeAlias

from msgspec.structs import replace

from khabar import vocabulary
from khabar.explorer.things import Things
from khabar.explorer.values import Claim, Link, Passage, Statement

DEPTH: Final = 24
"""How many links of a chain are told; the articles of khabar's records name far fewer."""

PATHS: Final = 32
"""How many ways of one statement are told."""

_FEW: Final = 16
# As long as the numbers of a text that anybody can hold.
_NUMBER: Final = re.compile(r"[0-9]{1,9}")

Chain: TypeAlias = tuple[str, ...]
"""The IRIs of statements, from the source on, each of which relays the one before."""


class Transmission:
    """Reads claims, statements and their ways; ``limit`` bounds the statements of a claim and the claims of a page.

    Ways end at an article, or else where nobody passes the statement on: at the end of a chain that was cut, and
    before a link that the way holds already, for chains are made by people and can go round in a circle.
    """

    def __init__(self, things: Things, limit: int) -> None:
        self._things = things
        self._lookup = things.lookup
        self._limit = limit
        self._links: dict[str, Link] = {}

    def claims(self, iris: Iterable[str]) -> tuple[Claim, ...]:
        """Claims with every statement of them."""
        return tuple(
            self._claim(iri, map(self._statement, self._lookup.subjects(_khb("claim"), iri, self._limit)))
            for iri in iris
        )

    def claims_about(self, event: str) -> tuple[Claim, ...]:
        """The claims about an event."""
        return self.claims(self._lookup.subjects(_khb("about"), event, self._limit))

    def claims_of(self, agent: str) -> tuple[Claim, ...]:
        """What an agent says: claims, each with the agent's own statements alone."""
        said = self._lookup.subjects(_khb("source"), agent, 4 * self._limit)
        own = [iri for iri in said if self._lookup.iris(iri, _khb("claim"), 1)]
        return self._grouped((iri, self._down((iri,))) for iri in own[: self._limit])

    def claims_with(self, statement: str) -> tuple[Claim, ...]:
        """The claim of a statement; for a link of chains those of their sources, on the ways that go through it."""
        chains = [(statement,)] if self._lookup.iris(statement, _khb("claim"), 1) else self._sources(statement)
        ways: dict[str, list[Chain]] = {}
        for chain in chains:
            ways.setdefault(chain[0], []).extend(self._down(chain))
        return self._grouped(ways.items())

    def claims_in(self, article: str) -> tuple[Claim, ...]:
        """What an article reports, in the order in which it is read, on the ways that end there."""
        ways: dict[str, list[Chain]] = {}
        for last in self._lookup.subjects(_khb("reportedIn"), article, self._limit):
            for chain in self._sources(last):
                ways.setdefault(chain[0], []).append(chain)
        claims = self._grouped(ways.items(), article)
        return tuple(sorted(claims, key=_place))

    def _grouped(self, ways: Iterable[tuple[str, Iterable[Chain]]], article: str = "") -> tuple[Claim, ...]:
        said: dict[str, list[Statement]] = {}
        for iri, chains in islice(ways, self._limit):
            statement = self._statement(iri, chains, article)
            for claim in self._lookup.iris(iri, _khb("claim"), _FEW):
                said.setdefault(claim, []).append(statement)
        return tuple(self._claim(iri, said[iri]) for iri in sorted(said)[: self._limit])

    def _claim(self, iri: str, statements: Iterable[Statement]) -> Claim:
        thing = self._things.get(iri, "claim")
        texts = self._lookup.texts(iri, _khb("text"), _FEW)
        return Claim(
            thing=thing,
            text=texts[0] if texts else thing.name,
            statements=tuple(sorted(statements, key=_spoken)),
            about=self._things.all(self._lookup.iris(iri, _khb("about"), self._limit)),
        )

    def _statement(self, iri: str, chains: Iterable[Chain] | None = None, article: str = "") -> Statement:
        source = self._link(iri)
        ways = self._down((iri,)) if chains is None else chains
        paths = (path for chain in ways for path in self._paths(chain, article))
        return Statement(
            thing=self._things.get(iri, "statement"),
            stance=source.stance,
            certainty=source.certainty,
            attributed_to=source.agent,
            paths=tuple(islice(dict.fromkeys(paths), PATHS)),
            responds_to=self._things.all(self._lookup.iris(iri, _khb("respondsTo"), _FEW)),
        )

    def _paths(self, chain: Chain, article: str) -> Iterator[tuple[Link, ...]]:
        """A chain as links, once for each article that its last link is read in, or for ``article`` alone."""
        *before, last = map(self._link, chain)
        articles = [article] if article else self._lookup.iris(chain[-1], _khb("reportedIn"), _FEW)
        for one in articles:
            yield (*before, replace(last, article=self._things.get(one, "article")))
        if not articles:
            yield (*before, last)

    def _down(self, chain: Chain) -> Iterator[Chain]:
        """The ways on which what ``chain`` ends with goes on: every one that ends at an article or ends there."""
        ways = self._ways(chain, lambda iri: self._lookup.subjects(_khb("relays"), iri, _FEW), "reportedIn")
        return islice(ways, PATHS)

    def _sources(self, last: str) -> list[Chain]:
        """The ways on which a link came from sources that take a stance of their own."""
        up = self._ways((last,), lambda iri: self._lookup.iris(iri, _khb("relays"), _FEW), "claim")
        return [chain[::-1] for chain in islice(up, PATHS) if self._lookup.iris(chain[-1], _khb("claim"), 1)]

    def _ways(self, chain: Chain, following: Callable[[str], list[str]], ends: str) -> Iterator[Chain]:
        further = [iri for iri in following(chain[-1]) if iri not in chain] if len(chain) < DEPTH else []
        if not further or self._lookup.values(chain[-1], _khb(ends), 1):
            yield chain
        for iri in further:
            yield from self._ways((*chain, iri), following, ends)

    def _link(self, iri: str) -> Link:
        if iri not in self._links:
            things = self._things
            agents = self._lookup.iris(iri, _khb("source"), _FEW)
            self._links[iri] = Link(
                iri=iri,
                agent=things.get(agents[0] if agents else "", "source"),
                stance=things.word(iri, "stance", "stances"),
                certainty=things.word(iri, "certainty", "certainties"),
                dates=things.dates(iri),
                passages=self._passages(iri),
            )
        return self._links[iri]

    def _passages(self, statement: str) -> tuple[Passage, ...]:
        found = filter(None, map(self._passage, self._lookup.iris(statement, _khb("evidence"), _FEW)))
        return tuple(sorted(found, key=lambda one: (one.article.iri, one.paragraph, one.start, one.end)))

    def _passage(self, iri: str) -> Passage | None:
        """A passage; None for one that does not tell where it is."""
        articles = self._lookup.iris(iri, _khb("article"), 1)
        numbers = [self._number(iri, key) for key in ("paragraph", "start", "end")]
        if not articles or None in numbers:
            return None
        paragraph, start, end = (number or 0 for number in numbers)
        digests = self._lookup.literals(iri, _khb("digest"), 1)
        return Passage(
            iri=iri,
            article=self._things.get(articles[0], "article"),
            paragraph=paragraph,
            start=start,
            end=end,
            digest=digests[0].lexical if digests else "",
        )

    def _number(self, iri: str, predicate: str) -> int | None:
        values = self._lookup.literals(iri, _khb(predicate), 1)
        return int(values[0].lexical) if values and _NUMBER.fullmatch(values[0].lexical) else None


def _spoken(statement: Statement) -> tuple[str, str]:
    """When a statement was made at the latest, those without a date last."""
    dates = statement.paths[0][0].dates if statement.paths else statement.thing.dates
    return dates.latest or "9999-99-99", statement.thing.iri


def _place(claim: Claim) -> tuple[tuple[int, int], str]:
    """Where an article first speaks of a claim; what has no evidence comes last."""
    passages = [
        (passage.paragraph, passage.start)
        for statement in claim.statements
        for path in statement.paths
        for passage in path[-1].passages
    ]
    return min(passages, default=(10**9, 0)), claim.thing.iri


def _khb(name: str) -> str:
    return vocabulary.NAMESPACE + name
