"""Drafts for Wikidata as QuickStatements, for a person to review: new items, and statements with their references.

Written in the commands of version 1, their columns parted by tabs. khabar itself writes nothing to Wikidata.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Final

from khabar.model import Article, Corpus, Entity, each
from khabar.names import AGENT_ENTITY, OUTLET, PLACE, Found, Names, speaking
from khabar.wikidata.descriptions import qids_of

_LAST: Final = "LAST"
_LONGEST: Final = 250
# The one class that follows from a type of khabar's; of an organisation or a place there are hundreds.
_CLASS: Final = {"Person": "Q5"}
_ABOUT: Final = {
    "Person": {"en": "person", "ar": "شخص"},
    "Organisation": {"en": "organisation", "ar": "منظمة"},
    "Outlet": {"en": "news outlet", "ar": "وسيلة إعلام"},
    "Polity": {"en": "polity", "ar": "كيان سياسي"},
    "Place": {"en": "place", "ar": "مكان"},
}
_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_PRECISION: Final = (9, 10, 11)
# Tools take these for their own: quotation marks of any kind, what parts commands in other spellings, comments.
_UNFIT: Final = str.maketrans({'"': "'", "“": "'", "”": "'", "|": "/", "\\": "/"})


def drafts(corpus: Corpus, lacking: Collection[str]) -> Iterator[str]:
    """The lines of a batch, each with its line end: new items, then statements on items that there are.

    ``lacking`` are references of entities for which a person decided that Wikidata has no item. What is stated comes
    from the annotators' description of an entity alone, never from a claim or an event. What someone is and belongs to
    has as its references the articles that speak of the entity, and is repeated for each: tools keep the first
    reference of a line only. No line comes twice; equal corpora give equal lines.
    """
    batch = _Batch(corpus)
    wanted = list(batch.names.entities())
    for found, entity in wanted:
        if found.name in lacking and not qids_of(entity.exact_match):
            yield from batch.item(found, entity)
    for found, entity in wanted:
        for qid in qids_of(entity.exact_match)[:1]:
            yield from dict.fromkeys(batch.statements(qid, found, entity))


class _Batch:
    def __init__(self, corpus: Corpus) -> None:
        self.names = Names(corpus)
        articles = {record.article.id: record.article for record in corpus.articles}
        self._articles = {name: [articles[one] for one in ids] for name, ids in speaking(corpus, self.names).items()}

    def item(self, found: Found, entity: Entity) -> Iterator[str]:
        """A new item, with everything that is known of it."""
        wanted = "" if entity.type in _CLASS else "; add its class (P31)"
        yield f"CREATE\t/* {_text(found.name)}: no item was found{wanted} */\n"
        for language, name in entity.name.items():
            yield _line(_LAST, f"L{_code(language)}", _quoted(name))
        for language, about in _descriptions(entity).items():
            yield _line(_LAST, f"D{_code(language)}", _quoted(about))
        for language, names in entity.alias.items():
            for name in each(names):
                if name != entity.name.get(language):
                    yield _line(_LAST, f"A{_code(language)}", _quoted(name))
        if entity.type in _CLASS:
            yield from self._stated(_LAST, found, "P31", _CLASS[entity.type])
        yield from dict.fromkeys(self.statements(_LAST, found, entity))

    def statements(self, item: str, found: Found, entity: Entity) -> Iterator[str]:
        """What the record of an entity says in terms that Wikidata has, with references."""
        for number, target in self._membership(found, entity):
            yield from self._stated(item, found, number, target)
        # Where something lies is the annotator's knowledge: an article that speaks of it is no source for that.
        if entity.point is not None:
            yield _line(item, "P625", f"@{entity.point.lat:.6g}/{entity.point.lon:.6g}")
        for number, target in self._location(found, entity):
            yield _line(item, number, target)

    def _membership(self, found: Found, entity: Entity) -> Iterator[tuple[str, str]]:
        # To be of a state or to write for a paper is no membership in Wikidata's sense.
        for _, its in self._each(found, entity.member_of):
            if its.type == "Organisation":
                yield from (("P463", qid) for qid in qids_of(its.exact_match)[:1])

    def _location(self, found: Found, entity: Entity) -> Iterator[tuple[str, str]]:
        """The state that a place lies in (P17), and the unit right above it where that is another (P131)."""
        for one, its in self._each(found, entity.within):
            qid = next(iter(qids_of(its.exact_match)), "")
            if qid and its.within:
                yield "P131", qid
            yield from (("P17", state) for state in self._states(one, its, {found.name}))

    def _states(self, found: Found, entity: Entity, seen: set[str]) -> Iterator[str]:
        if found.name in seen:
            return
        if entity.type == "Polity" and not entity.within:
            yield from qids_of(entity.exact_match)[:1]
        for one, its in self._each(found, entity.within):
            yield from self._states(one, its, {*seen, found.name})

    def _each(self, found: Found, references: str | tuple[str, ...]) -> Iterator[tuple[Found, Entity]]:
        for reference in each(references):
            named = self.names.find(found.article, reference, AGENT_ENTITY | PLACE)
            if named is not None and isinstance(named.record, Entity):
                yield named, named.record

    def _stated(self, item: str, found: Found, number: str, value: str) -> Iterator[str]:
        references = [self._reference(article) for article in self._articles.get(found.name, ())]
        for reference in references or [()]:
            yield _line(item, number, value, *reference)

    def _reference(self, article: Article) -> tuple[str, ...]:
        found: list[str] = []
        if article.url:
            found += ("S854", _quoted(article.url))
        title = article.title.get(article.language)
        if title:
            found += ("S1476", f"{_code(article.language)}:{_quoted(title)}")
        if date := _date(article.published):
            found += ("S577", date)
        publisher = self.names.find(article.id, article.publisher, OUTLET)
        if publisher is not None and isinstance(publisher.record, Entity):
            found += [part for qid in qids_of(publisher.record.exact_match)[:1] for part in ("S123", qid)]
        return tuple(found)


def _descriptions(entity: Entity) -> dict[str, str]:
    """A description in each language of the name: the office, else the note, else the type."""
    found: dict[str, str] = {}
    for language, name in entity.name.items():
        for texts in (entity.position, entity.note, _ABOUT[entity.type]):
            about = _text(texts.get(language, "")).rstrip(".").strip()
            if about and about.casefold() != _text(name).casefold():
                found[language] = about[:_LONGEST].rstrip()
                break
    return found


def _date(edtf: str) -> str:
    """A day, a month or a year as a time; nothing for a date that is not sure.

    >>> _date("2031-03"), _date("2031-03-02~")
    ('+2031-03-00T00:00:00Z/10', '')
    """
    found = _DATE.fullmatch(edtf)
    if found is None:
        return ""
    year, month, day = found.groups()
    precision = _PRECISION[(month is not None) + (day is not None)]
    return f"+{year}-{month or '00'}-{day or '00'}T00:00:00Z/{precision}"


def _line(*columns: str) -> str:
    return "\t".join(columns) + "\n"


def _quoted(text: str) -> str:
    return f'"{_text(text)}"'


def _text(text: str) -> str:
    """``text`` on one line, without what the tools take for their own."""
    plain = " ".join(unicodedata.normalize("NFC", text).translate(_UNFIT).split())
    return plain.replace("/*", "/ *").replace("*/", "* /")


def _code(language: str) -> str:
    return language.lower()
