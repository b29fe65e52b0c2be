"""Candidates for the links of a corpus: looked up, described, weighed against each other, never written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from khabar.errors import ServiceFailed
from khabar.matching import Ranked, rank
from khabar.model import Corpus, Entity
from khabar.names import Found, Names
from khabar.wikidata.action_api import Items
from khabar.wikidata.classes import Classes
from khabar.wikidata.descriptions import Entities, describe_items, names_of
from khabar.wikidata.items import Item
from khabar.wikidata.sources import Source, Wanted

SHOWN = 5
"""Candidates that are shown of one entity."""


class Candidate(msgspec.Struct, frozen=True):
    """One item that an entity may be: its probability from 0 to 1, the reasons, and which sources named it."""

    item: Item
    ranked: Ranked
    sources: tuple[str, ...]

    @property
    def probability(self) -> float:
        """How likely it is the right one, beside all other candidates and the chance that none is."""
        return self.ranked.probability


class Proposal(msgspec.Struct, frozen=True):
    """The candidates of one entity, the likeliest first; ``failures`` are of sources that did not answer."""

    reference: str
    entity: Entity
    candidates: tuple[Candidate, ...] = ()
    failures: tuple[ServiceFailed, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every source answered: where one did not, a rival may be missing."""
        return not self.failures


def unlinked(corpus: Corpus, decided: Collection[str] = ()) -> list[Found]:
    """The people, organisations, outlets, polities and places without a link, but for those in ``decided``."""
    return [
        found
        for found, entity in Names(corpus).entities()
        if not entity.exact_match and not entity.close_match and found.name not in decided
    ]


def propose(
    corpus: Corpus,
    wanted: Iterable[Found],
    sources: Sequence[Source],
    items: Items,
    refused: Collection[tuple[str, str]] = (),
) -> Iterator[Proposal]:
    """A proposal for each entity of ``wanted``, one after the other, as the answers come.

    ``refused`` are entities and Q-numbers that were decided not to be the same: those are no candidates. A
    source that fails is told in the proposal. Items that cannot be looked up are a failure of the whole proposal, which
    then has no candidates: what was kept of others is still found.
    """
    entities = Entities(corpus)
    classes = Classes(items)
    for found in wanted:
        entity = found.record
        if isinstance(entity, Entity):
            named, failures = _named(sources, Wanted(names_of(entity), entity.type))
            ids = [qid for qid in named if (found.name, qid) not in refused]
            try:
                candidates = _ranked(entities, found, ids, items, classes)
            except ServiceFailed as failure:
                candidates, failures = [], (*failures, failure)
            kept = tuple(
                Candidate(item, ranked, named.get(item.id) or named.get(item.redirected_from, ()))
                for item, ranked in candidates
                if (found.name, item.id) not in refused
            )
            yield Proposal(found.name, entity, kept, failures)


def _ranked(
    entities: Entities, found: Found, qids: Sequence[str], items: Items, classes: Classes
) -> list[tuple[Item, Ranked]]:
    known = {item.id: item for item in items.get(qids).values() if item is not None}
    described = describe_items(known.values(), items, classes)
    ids = list(described)
    return [(known[ids[one.number]], one) for one in rank(entities.describe(found), [described[qid] for qid in ids])]


def _named(sources: Sequence[Source], wanted: Wanted) -> tuple[dict[str, tuple[str, ...]], tuple[ServiceFailed, ...]]:
    """Which sources named each Q-number, and the failures of those that could not be asked."""
    named: dict[str, tuple[str, ...]] = {}
    failures: list[ServiceFailed] = []
    for source in sources:
        try:
            for qid in source.find(wanted):
                named[qid] = (*named.get(qid, ()), source.name)
        except ServiceFailed as failure:
            failures.append(failure)
    return named, tuple(failures)


def accepted(proposal: Proposal, threshold: float) -> Candidate | None:
    """The candidate that is at least as likely as ``threshold``; none where a source did not answer."""
    best = next(iter(proposal.candidates), None)
    return best if best is not None and proposal.is_whole and best.probability >= threshold else None
