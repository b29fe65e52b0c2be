"""Drafts for Wikidata as QuickStatements, for a person to review: new items, and statements with their references.

Written in the commands of version 1, their columns parted by tabs. khabar itself writes nothing to Wikidata.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from typing import Final, TypeVar

from khabar.model import Article, Corpus, Entity, each
from khabar.names import AGENT_ENTITY, OUTLET, PLACE, Found, Names, speaking
from khabar.wikidata.descriptions import qids_of

T = TypeVar("T")

_LAST: Final = "LAST"
_LONGEST: Final = 250
"""How many characters Wikidata takes in a label, a description or an alias."""
# The one class that follows from a type of khabar's; of an organisation or a place there are hundreds.
_CLASS: Final = {"Person": "Q5"}
_ABOUT: Final = {
    "Person": {"en": "person", "ar": "شخص"},
    "Organisation": {"en": "organisation", "ar": "منظمة"},
    "Outlet": {"en": "news outlet", "ar": "وسيلة إعلام"},
    "Polity": {"en": "polity", "ar": "كيان سياسي"},
    "Place": {"en": "place", "ar": "مكان"},
}
# Months above 12 are seasons, which a time of Wikidata cannot tell.
_DATE: Final = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-([0-9]{2})(?:T[0-9:Z+-]+)?)?)?")
_PRECISION: Final = (9, 10, 11)
# Tools take these for their own: quotation marks of any kind, what parts commands in other spellings, comments.
_UNFIT: Final = str.maketrans({'"': "'", "“": "'", "”": "'", "|": "/", "\\": "/"})
_STOPS: Final = " .。．۔"
# Languages that Wikidata parts by region or script; any other tag is told by its language alone.
_PARTED: Final = frozenset(
    {"de-at", "de-ch", "en-ca", "en-gb", "pt-br", "zh-cn", "zh-hans", "zh-hant", "zh-hk", "zh-mo", "zh-sg", "zh-tw"}
)


def drafts(corpus: Corpus, lacking: Collection[str]) -> Iterator[str]:
    """The lines of a batch, each with its line end: new items, then statements on items that there are.

    ``lacking`` are references of entities for which a person decided that Wikidata has no item. What is stated comes
    from the annotators' description of an entity alone, never from a claim or an event. What someone is and belongs to
    has as its references the articles that speak of the entity, and is repeated for each: tools keep the first
    reference of a line only. A new item gets the first of them alone: QuickStatements 2 puts a new item into one edit,
    and makes a statement of every line (magnusmanske/quickstatements#34). An entity with several Q-numbers states
    nothing and is nobody's value. No line comes twice in an item; equal corpora give equal lines.
    """
    batch = _Batch(corpus)
    wanted = list(batch.names.entities())
    for found, entity in wanted:
        if found.name in lacking and not qids_of(entity.exact_match):
            yield from batch.item(found, entity)
    yield from dict.fromkeys(
        line
        for found, entity in wanted
        for qid in _only(entity.exact_match)
        for line in batch.statements(qid, found, entity)
    )


class _Batch:
    def __init__(self, corpus: Corpus) -> None:
        self.names = Names(corpus)
        articles = {record.article.id: record.article for record in corpus.articles}
        self._articles = {name: [articles[one] for one in ids] for name, ids in speaking(corpus, self.names).items()}

    def item(self, found: Found, entity: Entity) -> Iterator[str]:
        """A new item, with everything that is known of it."""
        wanted = "" if entity.type in _CLASS else "; add its class (P31)"
        yield f"CREATE\t/* {_text(found.name)}: no item was found{wanted} */\n"
        labels = {code: _cut(_text(name)) for code, name in _by_code(entity.name).items()}
        for code, label in labels.items():
            yield _line(_LAST, f"L{code}", f'"{label}"')
        for code, about in _descriptions(entity, labels).items():
            yield _line(_LAST, f"D{code}", f'"{about}"')
        for code, names in _by_code(entity.alias).items():
            for name in dict.fromkeys(map(_text, each(names))):
                if name != labels.get(code) and len(name) <= _LONGEST:
                    yield _line(_LAST, f"A{code}", f'"{name}"')
        if entity.type in _CLASS:
            yield from self._stated(_LAST, found, "P31", _CLASS[entity.type])
        yield from dict.fromkeys(self.statements(_LAST, found, entity))

    def statements(self, item: str, found: Found, entity: Entity) -> Iterator[str]:
        """What the record of an entity says in terms that Wikidata has, with references."""
        for number, target in self._membership(found, entity):
            yield from self._stated(item, found, number, target)
        # Where something lies is the annotator's knowledge: an article that speaks of it is no source for that.
        if entity.point is not None:
            yield _line(item, "P625", f"@{_degrees(entity.point.lat)}/{_degrees(entity.point.lon)}")
        for number, target in self._location(found, entity):
            if target != item:
                yield _line(item, number, target)

    def _membership(self, found: Found, entity: Entity) -> Iterator[tuple[str, str]]:
        # To be of a state or to write for a paper is no membership in Wikidata's sense.
        for _, its in self._each(found, entity.member_of):
            if its.type == "Organisation":
                yield from (("P463", qid) for qid in _only(its.exact_match))

    def _location(self, found: Found, entity: Entity) -> Iterator[tuple[str, str]]:
        """The state that a place lies in (P17), and the unit right above it where that is another (P131)."""
        if entity.type == "Person":
            return
        for one, its in self._each(found, entity.within):
            if its.within:
                yield from (("P131", qid) for qid in _only(its.exact_match))
            yield from (("P17", state) for state in self._states(one, its, {found.name}))

    def _states(self, found: Found, entity: Entity, seen: set[str]) -> Iterator[str]:
        if found.name in seen:
            return
        if entity.type == "Polity" and not entity.within:
            yield from _only(entity.exact_match)
        for one, its in self._each(found, entity.within):
            yield from self._states(one, its, {*seen, found.name})

    def _each(self, found: Found, references: str | tuple[str, ...]) -> Iterator[tuple[Found, Entity]]:
        for reference in each(references):
            named = self.names.find(found.article, reference, AGENT_ENTITY | PLACE)
            if named is not None and isinstance(named.record, Entity):
                yield named, named.record

    def _stated(self, item: str, found: Found, number: str, value: str) -> Iterator[str]:
        if value == item:
            return
        references = [self._reference(article) for article in self._articles.get(found.name, ())] or [()]
        for reference in references[:1] if item == _LAST else references:
            yield _line(item, number, value, *reference)

    def _reference(self, article: Article) -> tuple[str, ...]:
        found: list[str] = []
        if article.url:
            # As it stands: an IRI of a record has none of the characters that are unfit.
            found += ("S854", f'"{article.url}"')
        title = article.title.get(article.language)
        if title:
            found += ("S1476", f'{_code(article.language)}:"{_text(title)}"')
        if date := _date(article.published):
            found += ("S577", date)
        publisher = self.names.find(article.id, article.publisher, OUTLET)
        if publisher is not None and isinstance(publisher.record, Entity):
            found += [part for qid in _only(publisher.record.exact_match) for part in ("S123", qid)]
        return tuple(found)


def _descriptions(entity: Entity, labels: Mapping[str, str]) -> dict[str, str]:
    """A description in each language of the labels: the office, else the note, else the type."""
    sources = (_by_code(entity.position), _by_code(entity.note), _ABOUT[entity.type])
    found: dict[str, str] = {}
    for code, label in labels.items():
        for texts in sources:
            about = _cut(_text(texts.get(code, "")).rstrip(_STOPS)).rstrip(_STOPS)
            if about and about.casefold() != label.casefold():
                found[code] = about
                break
    return found


def _cut(text: str) -> str:
    """``text`` as far as Wikidata takes it, up to the end of a word where there is one."""
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rstrip() if text[_LONGEST] == " " else text[:_LONGEST].rsplit(" ", 1)[0].rstrip()


def _only(matches: str | tuple[str, ...]) -> tuple[str, ...]:
    """The Q-number among links where there is one; which of several is meant, no one has said."""
    found = tuple(dict.fromkeys(qids_of(matches)))
    return found if len(found) == 1 else ()


def _degrees(value: float) -> str:
    """Decimal degrees as V1 has them, without an exponent; to its own precision of a millionth.

    >>> _degrees(32.0), _degrees(-101.495), _degrees(-1e-7)
    ('32', '-101.495', '0')
    """
    plain = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


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


def _text(text: str) -> str:
    """``text`` on one line, without what the tools take for their own."""
    plain = " ".join(unicodedata.normalize("NFC", text).translate(_UNFIT).split())
    return plain.replace("/*", "/ *").replace("*/", "* /")


def _by_code(texts: Mapping[str, T]) -> dict[str, T]:
    """Texts by Wikidata's codes of their languages; of several with one code, the one without region or script."""
    found: dict[str, T] = {}
    for language in sorted(texts, key=lambda language: "-" in language):
        found.setdefault(_code(language), texts[language])
    return found


def _code(language: str) -> str:
    """The code of Wikidata for a language tag.

    >>> _code("zh-Hant"), _code("ar-LY"), _code("es-419")
    ('zh-hant', 'ar', 'es')
    """
    code = language.lower()
    return code if code in _PARTED else code.partition("-")[0]
