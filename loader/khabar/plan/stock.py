"""What the source of a plan works with: tables of what all articles share, and terms that are made once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple, TypeAlias, get_args

from msgspec.structs import astuple

from khabar import vocabulary
from khabar.dates import UNKNOWN, Bounds, DateRefused, bounds, edtf_of, parse_duration, shift
from khabar.formats.nquads import escape
from khabar.frame import Frame
from khabar.iris import Iris
from khabar.model import ArticleRecord, Event, Point, RelativeDate, each
from khabar.names import EVENT_TYPES
from khabar.plan.columns import rows, typed
from khabar.plan.fields import FOUND_BY, NAMED
from khabar.plan.octets import MOST, Memo, Unsure, letters, octets, proved, written
from khabar.quads import Row
from khabar.resolve.extents import extent, xsd_duration
from khabar.resolve.scope import Scope, matches
from khabar.resolve.transmission import SEPARATOR, types_of
from khabar.resolved import ArticleNode, EntityNode, EventNode, Extent, Node
from khabar.scalars import (
    LANGUAGE_PATTERN,
    MATCH_PATTERN,
    SLUG_PATTERN,
    Certainty,
    Detail,
    EntityType,
    LanguageMap,
    Stance,
)
from khabar.terms import RDF_TYPE, is_http_iri

Objects: TypeAlias = tuple[str, ...]


class Dated(NamedTuple):
    """A date: its bounds, and the terms of its text, its first and its last day; "" for what is not known."""

    earliest: date | None
    latest: date | None
    text: str
    first: str
    last: str


class Elsewhere(RelativeDate, frozen=True, kw_only=True):
    """A relative date in another article, which was ``published`` then."""

    published: str


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
_TABLES: Final = {kind: tuple(n for n, kinds in enumerate(FOUND_BY) if kind in kinds) for kind in NAMED}
_SEPARATOR: Final = octets(SEPARATOR)


SUPPLIED: Final = (
    *("slugs", "dates", "languages", "urls", "matches", "offsets", "entity_types", "event_types", "statement_types"),
    *("concepts", "details", "notes", "aliases", "names", "middles", "owned", "point", "relative"),
    *("other_texts", "other_said", "NONE", "NO_HOP", "LONG", "is_slug", "from_hex"),
)
"""What the source names and the stock supplies."""


class Stock:
    """The tables and functions that the source of one frame's plan names."""

    def __init__(self, frame: Frame, scope: Scope) -> None:
        self.iris = Iris(octets(frame.header.base))
        self._promised = tuple(tag.lower() for tag in frame.header.languages)
        self.entities = frame.entities
        self.shared: tuple[dict[str, str], ...] = tuple({} for _ in FOUND_BY)
        self.names: dict[str, LanguageMap] = {}
        for slug, entity in frame.entities.items():
            iri = f"<{self.iris.entity(None, slug, is_place=entity.type == 'Place')}>"
            self.names[iri] = {tag: octets(escape(text)) for tag, text in entity.name.items()}
            for number in _TABLES[entity.type]:
                self.shared[number][slug] = iri
        self.middles = {stance: Middles(stance) for stance in get_args(Stance)}
        self.slugs = proved(SLUG_PATTERN, bool)
        self.tags = proved(LANGUAGE_PATTERN, str.lower, 4096)
        language, url, point = (_row(node, name) for node, name in _TYPED)
        self.languages = proved(LANGUAGE_PATTERN, lambda tag: typed(language, tag.lower()), 4096)
        self._url = typed(url, "-").removeprefix('"-"')
        self._point = point
        self.entity_types = {name: _types((vocabulary.term(name),)) for name in get_args(EntityType)}
        self.event_types = {name: _types(scope.type_chain(name)) for name in (*EVENT_TYPES, *frame.header.event_types)}
        stances: tuple[str | None, ...] = (None, *get_args(Stance))
        self.statement_types = {
            (kind, stance): _types(types_of(stance, kind)) for kind in (None, "Rumour") for stance in stances
        }
        self.concepts = {word: written(vocabulary.term(word)) for word in (*get_args(Stance), *get_args(Certainty))}
        self.details = {word: written(vocabulary.property_of(word)) for word in get_args(Detail)}
        self.matches = Memo(_match, 4096)
        # Nothing in EDTF and in days has to be escaped.
        self._date_ends = tuple(
            typed(_row(EventNode, f"date_{part}"), Extent("-", "-", "-")).removeprefix('"-"')
            for part in Extent.__struct_fields__
        )
        self._offset = _row(EventNode, "offset")
        self.dates = Memo(self._date)
        self.offsets = Memo(self._offset_of, 4096)
        self._moved: dict[tuple[Bounds, str, str], Bounds] = {}
        self._extents: dict[Bounds, Dated] = {}
        self._until: dict[Bounds, Dated] = {}
        self.NONE: dict[str, Mapping[str, str]] = {}
        self.NO_HOP = (None, None, None)
        self.is_slug = re.compile(SLUG_PATTERN).fullmatch
        self.from_hex = bytes.fromhex
        self.LONG = 1 << 62

    def urls(self, url: str) -> str:
        """The address of an article as a literal."""
        if _is_plain(url) is None and not is_http_iri(letters(url)):
            raise Unsure
        return f'"{url}"{self._url}'

    def point(self, point: Point) -> str:
        """Where a place lies."""
        return typed(self._point, point)

    def other_texts(self, texts: LanguageMap, start: str) -> str:
        """Texts by language as sorted lines; Unsure is raised where a promised language is lacking."""
        for tag in self._promised:
            if not any(f"{given.lower()}-".startswith(f"{tag}-") for given in texts):
                raise Unsure
        return self.notes(texts, start)

    def notes(self, texts: LanguageMap, start: str) -> str:
        """Texts by language as sorted lines, each with ``start`` before it."""
        if len(texts) > 1:
            self._once(texts)
        return "".join(sorted(f"{start}{self._literal(tag, text)}\n" for tag, text in texts.items()))

    def aliases(self, texts: Mapping[str, str | tuple[str, ...]]) -> tuple[list[str], int]:
        """Texts by language, one or several for each, as sorted literals; how many JSON strings they are."""
        self._once(texts)
        strings = 1
        found: set[str] = set()
        for tag, several in texts.items():
            if not several:
                raise Unsure
            strings += 1 + len(each(several))
            found.update(self._literal(tag, text) for text in each(several))
        return sorted(found), strings

    def other_said(self, names: LanguageMap, middles: Middles, texts: LanguageMap, start: str) -> str:
        """The labels of a statement as lines: who says, in which stance, and what, in the languages of ``texts``."""
        first = names[min(names)]
        said = {tag: f"{names.get(tag) or first}{middles[tag]}{text}" for tag, text in texts.items()}
        return self.notes(said, start)

    def _once(self, texts: Mapping[str, object]) -> None:
        if len({self.tags[tag] for tag in texts}) < len(texts):
            raise Unsure

    def _literal(self, tag: str, text: str) -> str:
        if text[0] == " " and not text.strip(" "):
            raise Unsure
        return f'"{text}"@{self.tags[tag]}'

    def owned(self, article: str, record: ArticleRecord) -> tuple[tuple[dict[str, str], ...], dict[str, LanguageMap]]:
        """What an article defines for itself, as `shared` and `names`. Unsure is raised where an id is taken twice."""
        found: tuple[dict[str, str], ...] = tuple([{} for _ in FOUND_BY])
        names: dict[str, LanguageMap] = {}
        shared, entities = self.entities, record.entities
        for slug, entity in entities.items():
            if slug in shared:
                raise Unsure
            iri = f"<{self.iris.entity(article, slug, is_place=entity.type == 'Place')}>"
            names[iri] = entity.name
            for number in _TABLES[entity.type]:
                found[number][slug] = iri
        for slug, source in record.sources.items():
            if slug in entities or slug in shared:
                raise Unsure
            iri = f"<{self.iris.source(article, slug)}>"
            names[iri] = source.described_as
            for number in _TABLES["source"]:
                found[number][slug] = iri
        return found, names

    def _date(self, text: str) -> Dated:
        try:
            return self._dated(bounds(text), text)
        except DateRefused:
            raise Unsure from None

    def _dated(self, found: Bounds, text: str) -> Dated:
        given = zip(astuple(extent(found, text)), self._date_ends, strict=True)
        return Dated(found.earliest, found.latest, *[f'"{part}"{end}' if part else "" for part, end in given])

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
        if isinstance(written, Elsewhere):
            published = self.dates[written.published]
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


def _types(chain: tuple[str, ...]) -> Objects:
    # What follows the subject in each line, for joining with the subject.
    return "", *(f"{RDF_TYPE}> {one}\n" for one in _classes(chain))


def _classes(chain: tuple[str, ...]) -> Objects:
    return tuple(sorted({written(one) for kind in chain for one in (kind, *vocabulary.super_classes(kind))}))


def types(*names: str) -> Objects:
    """The classes of khabar's own that these names stand for, with those above, sorted and written."""
    return _classes(tuple(vocabulary.term(name) for name in names))


def _match(text: str) -> str:
    real = letters(text)
    if _MATCH(real) is None:
        raise Unsure
    return octets(f"<{matches(real)[0]}>")


# What is found at once; `is_http_iri` takes all of it, and more.
PLAIN_IRI: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[A-Za-z0-9._~/-]*)?")
_is_plain: Final = PLAIN_IRI.fullmatch
_MATCH: Final = re.compile(MATCH_PATTERN).fullmatch
