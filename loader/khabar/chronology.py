"""When each event of a corpus can have happened: relative dates followed to what they are relative to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from khabar.dates import UNKNOWN, Bounds, DateRefused, bounds, parse_duration, shift
from khabar.model import Corpus, Event, RelativeDate
from khabar.names import EVENT, Names

EventId: TypeAlias = tuple[str, str]
"""The ids of an article and of an event in it."""


class Chronology(NamedTuple):
    """The bounds of every event, and why some have none: ``refused`` dates, and ``circular`` ones."""

    bounds: Mapping[EventId, Bounds]
    refused: Mapping[EventId, DateRefused]


def event_bounds(corpus: Corpus, names: Names) -> Mapping[EventId, Bounds]:
    """The days on which each event can have happened, by the ids of its article and its own.

    - ``{after: other, by: P7D}`` and ``{before: other, by: P7D}`` move the other's bounds; see `khabar.dates.shift`.
    - ``{after: other}`` runs from the other's earliest day to the article's publication, or without end where the
      other lies after the publication.
    - ``{before: other}`` ends on the other's latest day.

    An event without a date has none, and so has one whose date has a fault.
    """
    return chronology(corpus, names).bounds


def chronology(corpus: Corpus, names: Names) -> Chronology:
    """The bounds of every event of a corpus that may have faults, and the dates that were refused.

    What hangs on a refused, circular or dangling date is unknown and not refused itself.
    """
    events = {(record.article.id, slug): event for record in corpus.articles for slug, event in record.events.items()}
    published = {record.article.id: published_bounds(record.article.published) for record in corpus.articles}
    known: dict[EventId, Bounds] = {}
    refused: dict[EventId, DateRefused] = {}
    for start in events:
        for key, anchor in _path(start, events, names, known):
            try:
                known[key] = _bounds(events[key], known.get(anchor, UNKNOWN), published[key[0]])
            except DateRefused as error:
                known[key] = UNKNOWN
                refused[key] = error
    return Chronology(known, refused)


def published_bounds(text: str) -> Bounds:
    """The bounds of a date of publication; unknown where it is no date."""
    try:
        return bounds(text)
    except DateRefused:
        return UNKNOWN


def anchor(date: RelativeDate) -> str:
    """What a relative date is relative to."""
    return date.before or date.after or ""


def _path(
    start: EventId, events: Mapping[EventId, Event], names: Names, known: Mapping[EventId, Bounds]
) -> list[tuple[EventId, EventId]]:
    # From what can be known at once back to ``start``: each event with the one that it hangs on. A loop instead of
    # recursion, since a chain can be as long as the corpus.
    path: dict[EventId, EventId] = {}
    key = start
    while key not in known and key not in path:
        date = events[key].date
        found = names.find(key[0], anchor(date), EVENT) if isinstance(date, RelativeDate) else None
        if found is None:
            path[key] = ("", "")
            break
        path[key] = (found.article or "", found.slug)
        key = path[key]
    return list(reversed(path.items()))


def _bounds(event: Event, other: Bounds, published: Bounds) -> Bounds:
    match event.date:
        case None:
            return UNKNOWN
        case str(text):
            return bounds(text)
        case RelativeDate(before=before, after=after, by=str(by)):
            duration = parse_duration(by)
            return shift(other, duration, "before" if before else "after") if before or after else UNKNOWN
        case RelativeDate(before=str()):
            return Bounds(None, other.latest)
        case RelativeDate(after=str()):
            latest = published.latest
            ends_before = other.earliest is not None and latest is not None and latest < other.earliest
            return Bounds(other.earliest, None if ends_before else latest)
        case _:
            return UNKNOWN
