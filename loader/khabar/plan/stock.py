"""What the source of a plan works with: tables of what all articles share, and terms that are made once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple, TypeAlias, get_args

from khabar import vocabulary
from khabar.dates import UNKNOWN, Bounds, DateRefused, bounds, edtf_of, parse_duration, shift
from khabar.formats.nquads import escape
from khabar.frame import Frame
from khabar.iris import Iris
from khabar.model import ArticleRecord, Event, Point, each
from khabar.names import EVENT_TYPES
from khabar.plan.columns import rows, typed
from khabar.plan.fields import FOUND_BY
from khabar.plan.octets import MOST, Known, Unsure, letters, octets, proved, written
from khabar.quads import Row
from khabar.resolve.extents import extent, xsd_duration
from khabar.resolve.scope import Scope, matches
from khabar.resolve.transmission import SEPARATOR, types_of
from khabar.resolved import ArticleNode, EntityNode, EventNode, Node
from khabar.scalars import LANGUAGE_PATTERN, MATCH_PATTERN, SLUG_PATTERN, Certainty, Detail, EntityType, Stance
from khabar.terms import is_http_iri

Objects: TypeAlias = tuple[str, ...]


class Dated(NamedTuple):
    """A date: its bounds, and the terms of its text, its first and its last day; "" for what is not known."""

    earliest: date | None
    latest: date | None
    text: str
    first: str
    last: str


class Middles(dict[str, str]):
    """What stands between a source and a claim in a label, by language: `` · denies: ``."""

    def __init__(self, stance: str) -> None:
        super().__init__()
        self._stance = vocabulary.term(stance)

    def __missing__(self, language: str) -> str:
        stance = octets(escape(vocabulary.label(self._stance, language)))
        if len(self) >= _LANGUAGES:
            self.clear()
        made = self[language] = f"{_SEPARATOR}{stance}: "
        return made


_LANGUAGES: Final = 4096
_SEPARATOR: Final = octets(SEPARATOR)


SUPPLIED: Final = (
    *("slugs", "dates", "languages", "urls", "matches", "offsets", "entity_types", "event_types", "statement_types"),
    *("concepts", "details", "notes", "aliases", "names", "middles", "owned", "called_of", "point", "relative"),
    *("other_texts", "other_said", "NONE", "NO_HOP", "HEX", "LONG"),
)
"""What the source names and the stock supplies."""


class Stock:
    """The tables and functions that the source of one frame's plan names."""

    def __init__(self, frame: Frame, scope: Scope) -> None:
        self.iris = Iris(octets(frame.header.base))
        self._promised = tuple(tag.lower() for tag in frame.header.languages)
        self.entities = frame.entities
        self.shared: tuple[dict[str, str], ...] = tuple({} for _ in FOUND_BY)
        self.names: dict[str, Mapping[str, str]] = {}
        for slug, entity in frame.entities.items():
            iri = f"<{self.iris.entity(None, slug, is_place=entity.type == 'Place')}>"
            self.names[iri] = {tag: octets(escape(text)) for tag, text in entity.name.items()}
            for kinds, table in zip(FOUND_BY, self.shared, strict=True):
                if entity.type in kinds:
                    table[slug] = iri
        self.middles = {stance: Middles(stance) for stance in get_args(Stance)}
        self.slugs = proved(SLUG_PATTERN, bool)
        self.tags = proved(LANGUAGE_PATTERN, str.lower, 4096)
        language, url, point = (_row(node, name) for node, name in _TYPED)
        self.languages = proved(LANGUAGE_PATTERN, lambda tag: typed(language, tag.lower()), 4096)
        self._url = url
        self._point = point
        self.entity_types = {name: types(name) for name in get_args(EntityType)}
        self.event_types = {name: _types(scope.type_chain(name)) for name in (*EVENT_TYPES, *frame.header.event_types)}
        stances: tuple[str | None, ...] = (None, *get_args(Stance))
        self.statement_types = {
            (kind, stance): _types(types_of(stance, kind)) for kind in (None, "Rumour") for stance in stances
        }
        self.concepts = {word: written(vocabulary.term(word)) for word in (*get_args(Stance), *get_args(Certainty))}
        self.details = {word: written(vocabulary.property_of(word)) for word in get_args(Detail)}
        self.matches = Known(_match, 4096)
        self._date_rows = [_row(EventNode, f"date_{part}") for part in ("edtf", "earliest", "latest")]
        self._offset = _row(EventNode, "offset")
        self.dates = Known(self._date)
        self.offsets = Known(self._offset_of, 4096)
        self._moved: dict[tuple[Bounds, str, str], Bounds] = {}
        self._extents: dict[Bounds, Dated] = {}
        self._until: dict[Bounds, Dated] = {}
        self.NONE: dict[str, Mapping[str, str]] = {}
        self.NO_HOP = (None, None, None)
        self.HEX = "0123456789abcdef"
        self.LONG = 1 << 62

    def urls(self, url: str) -> str:
        """The address of an article as a literal."""
        real = letters(url)
        if not is_http_iri(real):
            raise Unsure
        return typed(self._url, real)

    def point(self, point: Point) -> str:
        """Where a place lies."""
        return typed(self._point, point)

    def other_texts(self, texts: Mapping[str, str]) -> Objects:
        """Texts by language as sorted literals; Unsure is raised where a promised language is lacking."""
        found = self.notes(texts)
        for tag in self._promised:
            if not any(f"{given.lower()}-".startswith(f"{tag}-") for given in texts):
                raise Unsure
        return found

    def notes(self, texts: Mapping[str, str]) -> Objects:
        """Texts by language as sorted literals."""
        tags = self.tags
        if len(texts) > 1 and len({tags[tag] for tag in texts}) < len(texts):
            raise Unsure
        for text in texts.values():
            if text[0] == " " and not text.strip(" "):
                raise Unsure
        return tuple(sorted([f'"{text}"@{tags[tag]}' for tag, text in texts.items()]))

    def aliases(self, texts: Mapping[str, str | tuple[str, ...]]) -> tuple[Objects, int]:
        """Texts by language, one or several for each, as sorted literals; how many JSON strings they are."""
        found: set[str] = set()
        strings = 1
        for tag, several in texts.items():
            strings += 1 + len(each(several))
            if not several:
                raise Unsure
            for text in each(several):
                found.update(self.notes({tag: text}))
        if len({self.tags[tag] for tag in texts}) < len(texts):
            raise Unsure
        return tuple(sorted(found)), strings

    def other_said(self, names: Mapping[str, str], middles: Middles, texts: Mapping[str, str]) -> Objects:
        """The labels of a statement: who says, in which stance, and what, in the languages of ``texts``."""
        tags = self.tags
        first = names[min(names)]
        return tuple(
            sorted(f'"{names.get(tag) or first}{middles[tag]}{text}"@{tags[tag]}' for tag, text in texts.items())
        )

    def owned(self, article: str, record: ArticleRecord) -> tuple[dict[str, str], ...]:
        """What an article defines for itself, as `shared`. Unsure is raised where an id is taken twice."""
        found: tuple[dict[str, str], ...] = tuple({} for _ in FOUND_BY)
        for slug, entity in record.entities.items():
            _add(found, entity.type, slug, f"<{self.iris.entity(article, slug, is_place=entity.type == 'Place')}>")
        for slug in record.sources:
            if slug in record.entities:
                raise Unsure
            _add(found, "source", slug, f"<{self.iris.source(article, slug)}>")
        if not (self.entities.keys().isdisjoint(record.entities) and self.entities.keys().isdisjoint(record.sources)):
            raise Unsure
        return found

    def called_of(self, record: ArticleRecord, own: tuple[dict[str, str], ...]) -> dict[str, Mapping[str, str]]:
        """The names of what an article defines for itself, by IRI."""
        found: dict[str, Mapping[str, str]] = {}
        for table in own:
            for slug, iri in table.items():
                source = record.sources.get(slug)
                found[iri] = record.entities[slug].name if source is None else source.described_as
        return found

    def _date(self, text: str) -> Dated:
        try:
            return self._dated(bounds(text), text)
        except DateRefused:
            raise Unsure from None

    def _dated(self, found: Bounds, text: str) -> Dated:
        value = extent(found, text)
        terms = ["".join(map(written, row.encode(value))) for row in self._date_rows]
        return Dated(found.earliest, found.latest, *terms)

    def extent_until(self, found: Bounds) -> Dated:
        """The date of what has none, and was said within ``found``."""
        known = self._until.get(found)
        if known is None:
            if len(self._until) >= MOST:
                self._until.clear()
            known = self._until[found] = self._dated(found, "")
        return known

    def relative(self, events: Mapping[str, Event], slug: str, published: Dated) -> Dated:
        """The date of an event that is told by another's."""
        return self.extent(self._bounds(events, slug, published, 0))

    def _bounds(self, events: Mapping[str, Event], slug: str, published: Dated, depth: int) -> Bounds:
        # As `khabar.chronology`.
        written = events[slug].date
        if written is None:
            return UNKNOWN
        if isinstance(written, str):
            known = self.dates[written]
            return Bounds(known.earliest, known.latest)
        # A circle is as deep as one likes.
        if depth > _DEEPEST or (written.before is None) == (written.after is None):
            raise Unsure
        other = self._bounds(events, written.before or written.after or "", published, depth + 1)
        if written.by is not None:
            return self.moved(other, written.by, "before" if written.before else "after")
        if written.before is not None:
            return Bounds(None, other.latest)
        latest = published.latest
        ends_before = other.earliest is not None and latest is not None and latest < other.earliest
        return Bounds(other.earliest, None if ends_before else latest)

    def extent(self, found: Bounds) -> Dated:
        """The date of an event that is told by another's."""
        known = self._extents.get(found)
        if known is None:
            if len(self._extents) >= MOST:
                self._extents.clear()
            known = self._extents[found] = self._dated(found, edtf_of(found))
        return known

    def moved(self, other: Bounds, by: str, direction: Any) -> Bounds:
        """The bounds of what lies a duration before or after ``other``."""
        known = self._moved.get((other, by, direction))
        if known is None:
            if len(self._moved) >= MOST:
                self._moved.clear()
            try:
                known = self._moved[other, by, direction] = shift(other, parse_duration(by), direction)
            except DateRefused:
                raise Unsure from None
        return known

    def _offset_of(self, by: str) -> str:
        try:
            return typed(self._offset, xsd_duration(by))
        except DateRefused:
            raise Unsure from None


_DEEPEST: Final = 50
_TYPED: Final = ((ArticleNode, "language"), (ArticleNode, "url"), (EntityNode, "point"))


def _row(node: type[Node], name: str) -> Row:
    return rows(node)[name]


def _add(tables: tuple[dict[str, str], ...], kind: str, slug: str, iri: str) -> None:
    for kinds, table in zip(FOUND_BY, tables, strict=True):
        if kind in kinds:
            table[slug] = iri


def _types(chain: tuple[str, ...]) -> Objects:
    return tuple(sorted({written(one) for kind in chain for one in (kind, *vocabulary.super_classes(kind))}))


def types(*names: str) -> Objects:
    """The classes of khabar's own that these names stand for, with those above, sorted and written."""
    return _types(tuple(vocabulary.term(name) for name in names))


def _match(text: str) -> str:
    real = letters(text)
    if _MATCH(real) is None:
        raise Unsure
    return octets(f"<{matches(real)[0]}>")


_MATCH: Final = re.compile(MATCH_PATTERN).fullmatch
