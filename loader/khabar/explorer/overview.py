"""What a store holds as a whole: what its corpora say of themselves, and how many there are of what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import msgspec

from khabar import vocabulary
from khabar.description import DCTERMS, VOID
from khabar.explorer.entries import Entries, nearest, standings_of
from khabar.explorer.survey import Survey, is_iri
from khabar.explorer.values import Count, Overview, Text
from khabar.terms import RDF_TYPE

if TYPE_CHECKING:
    from khabar.explorer.reader import Reader

WRITTEN: Final = "summary"
"""The fact that holds the summary of the store, in JSON."""

_TITLE, _DESCRIPTION, _LICENCE = DCTERMS + "title", DCTERMS + "description", DCTERMS + "license"
_BASE, _SUBSET = VOID + "uriSpace", VOID + "subset"
_LATEST: Final = 10
_BETWEEN: Final = " · "
_Pairs = list[tuple[str, int]]


class Corpus(msgspec.Struct, frozen=True, kw_only=True):
    """What one corpus says of itself; texts by language."""

    iri: str
    base: str = ""
    licence: str = ""
    title: dict[str, str] = {}
    description: dict[str, str] = {}


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of a store, the most frequent first; ``outlets`` by IRI, with the number of articles of each."""

    corpora: tuple[Corpus, ...]
    triples: int
    kinds: dict[str, int]
    event_types: _Pairs
    outlets: _Pairs
    languages: _Pairs
    standings: _Pairs


def summary(survey: Survey, entries: Entries) -> Summary:
    """What is to be said of a store as a whole; types of event count the events of their sub-classes too."""
    kinds = Counter(entry.kind for entry in entries.list)
    types: Counter[str] = Counter()
    for number_of in Counter(survey.types[entry.node] for entry in entries.list if entry.kind == "event").items():
        place, number = number_of
        types.update(dict.fromkeys(entries.closures[place], number))
    event = vocabulary.term("Event")
    above_events = {*vocabulary.super_classes(event)}
    articles = entries.of("article")
    outlets: Counter[str] = Counter()
    for article, outlet in set(survey.pairs(vocabulary.term("publisher"))):
        if entries.thing.get(article) in articles and outlet in entries.thing:
            outlets[survey.nodes[outlet]] += 1
    languages: Counter[str] = Counter()
    for (node, name), texts in survey.texts.items():
        if name == vocabulary.term("language") and entries.thing.get(node) in articles:
            languages.update({text.lower() for _, text in texts})
    events = entries.of("event")
    standings = Counter(word for thing, word in standings_of(survey, entries).items() if thing in events)
    return Summary(
        corpora=_corpora(survey),
        triples=survey.quads,
        kinds=dict(kinds.most_common()),
        event_types=[one for one in _most(types) if one[0] not in above_events],
        outlets=_most(outlets),
        languages=_most(languages),
        standings=_most(standings),
    )


def _most(counted: Counter[str]) -> _Pairs:
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def _corpora(survey: Survey) -> tuple[Corpus, ...]:
    """Every dataset that is no part of another and says something of itself, in the order of their IRIs."""
    dataset = survey.numbers.get(VOID + "Dataset")
    datasets = {node for node, kind in survey.pairs(RDF_TYPE) if kind == dataset}
    parts = {part for whole, part in survey.pairs(_SUBSET) if whole != part}
    licences: dict[int, set[str]] = defaultdict(set)
    wholes = {node for node in datasets - parts if is_iri(survey.nodes[node])}
    for node, licence in survey.pairs(_LICENCE):
        if node in wholes and is_iri(survey.nodes[licence]):
            licences[node].add(survey.nodes[licence])
    found = [
        Corpus(
            iri=survey.nodes[node],
            base=min((text for _, text in survey.texts.get((node, _BASE), ())), default=""),
            licence=min(licences[node], default=""),
            title=_texts(survey, node, _TITLE),
            description=_texts(survey, node, _DESCRIPTION),
        )
        for node in wholes
    ]
    return tuple(sorted((one for one in found if one.base or one.title), key=lambda one: one.iri))


def _texts(survey: Survey, node: int, name: str) -> dict[str, str]:
    return dict(sorted(survey.texts.get((node, name), ()), reverse=True))


def overview(reader: Reader, language: str) -> Overview:
    """The overview of an index on a page in ``language``."""
    held = reader.summary
    corpora = held.corpora
    titles = [text for one in corpora if (text := _best(one.title, language)) is not None]
    licences = {one.licence for one in corpora if one.licence}
    return Overview(
        title=_joined(titles),
        description=_best(corpora[0].description, language) if len(corpora) == 1 else None,
        licence=min(licences) if len(licences) == 1 else "",
        base=corpora[0].base if len(corpora) == 1 else "",
        triples=held.triples,
        kinds=held.kinds,
        event_types=event_types(reader, language),
        outlets=_outlets(reader, language),
        languages=tuple(Count(key=tag, name=Text(tag), number=number) for tag, number in held.languages),
        standings=tuple(
            Count(key=word, name=reader.term(vocabulary.term(word), language), number=number)
            for word, number in held.standings
        ),
        latest=reader.listed("article", language, _LATEST, 0)[0],
    )


def event_types(reader: Reader, language: str) -> tuple[Count, ...]:
    """The types of event that there are, each with its sub-classes, the most frequent first."""
    return tuple(
        Count(key=iri, name=reader.term(iri, language), number=number) for iri, number in reader.summary.event_types
    )


def _outlets(reader: Reader, language: str) -> tuple[Count, ...]:
    counts = reader.summary.outlets
    names = {thing.iri: thing.name for thing in reader.named([iri for iri, _ in counts], language)}
    return tuple(Count(key=iri, name=names[iri], number=number) for iri, number in counts if iri in names)


def _best(texts: dict[str, str], language: str) -> Text | None:
    if not texts:
        return None
    tag = min(texts, key=lambda one: nearest(one, language))
    return Text(texts[tag], tag)


def _joined(titles: Iterable[Text]) -> Text:
    found = list(dict.fromkeys(titles))
    languages = {title.language for title in found}
    return Text(_BETWEEN.join(title.text for title in found), min(languages) if len(languages) == 1 else "")
