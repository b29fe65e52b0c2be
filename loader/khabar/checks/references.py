"""Ids that are taken twice (KH020), references to nothing (KH021) or to the wrong kind of thing (KH022)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from heapq import nlargest

from khabar.checks.scope import Scope, fault
from khabar.errors import Fault, Keys
from khabar.model import ArticleRecord
from khabar.names import ENTITY, EVENT_TYPES, RESERVED_TYPES, Found, Kinds, Use, entity_uses, uses

_SUGGESTIONS = 200
_COMPARED = 20
_ALIKE = 0.7
_KINDS = {
    "Person": "a person",
    "Organisation": "an organisation",
    "Outlet": "an outlet",
    "Polity": "a polity",
    "Place": "a place",
    "source": "an unnamed source",
    "event": "an event",
    "claim": "a claim",
    "statement": "a statement",
}


def faults(scope: Scope) -> Iterator[Fault]:
    """Every id that is taken twice, and every reference that does not lead where its field asks."""
    yield from _event_types(scope)
    guess = _Guess(scope)
    for slug, entity in scope.corpus.entities.items():
        for use in entity_uses(slug, entity):
            yield from _reference(scope, None, scope.entity(slug), use, guess)
    for record in scope.corpus.articles:
        article = record.article.id
        yield from _shadows(scope, record)
        yield from _types(scope, record)
        for use in uses(record):
            yield from _reference(scope, article, scope.article(article), use, guess)


def described(kinds: Kinds) -> str:
    """The kinds in words: ``a place or a polity``.

    >>> described(frozenset({"Place", "Polity"}))
    'a polity or a place'
    """
    words = [words for kind, words in _KINDS.items() if kind in kinds]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


class _Guess:
    """What a reference to nothing may have meant; after ``_SUGGESTIONS`` of them it stops, being slow."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.left = _SUGGESTIONS

    def remedy(self, article: str | None, use: Use) -> str:
        self.left -= 1
        if self.left < 0:
            return ""
        owner, dot, slug = use.reference.partition(".")
        if dot and owner not in self.scope.names.articles:
            return did_you_mean(owner, self.scope.names.articles, end=f".{slug}")
        if dot:
            named = {found.slug for found in self.scope.names.own(owner) if found.kind in use.kinds}
            return did_you_mean(slug, named, start=f"{owner}.")
        visible = {found.slug for found in self.scope.names.visible(article) if found.kind in use.kinds}
        close = did_you_mean(use.reference, visible)
        if close:
            return close
        others = (found.name for found in self.elsewhere(use.reference) if found.kind in use.kinds)
        other = min(others, default="")
        return f"in another article there is {other}" if other else ""

    def elsewhere(self, slug: str) -> Iterator[Found]:
        for owner in self.scope.names.articles:
            yield from self.scope.names.candidates(None, f"{owner}.{slug}")


def did_you_mean(word: str, known: Iterable[str], start: str = "", end: str = "") -> str:
    """The remedy that names the known word nearest to ``word``, or "".

    >>> did_you_mean("eastprot", ["eastport", "westport"])
    'did you mean eastport?'
    """
    # What shares most letters, in any order, is found fast; only that is compared letter by letter.
    letters = _letters(word)
    alike = ((len(letters & _letters(one)) / max(len(word) + len(one), 1), one) for one in known)
    likely = nlargest(_COMPARED, (pair for pair in alike if 2 * pair[0] >= _ALIKE))
    near = get_close_matches(word, sorted(one for _, one in likely), n=1, cutoff=_ALIKE)
    return f"did you mean {start}{near[0]}{end}?" if near else ""


@lru_cache(maxsize=4_096)
def _letters(word: str) -> frozenset[tuple[str, int]]:
    # Each letter with how often it came before, so that a set counts.
    return frozenset((letter, word.count(letter, 0, place)) for place, letter in enumerate(word))


def _reference(scope: Scope, article: str | None, path: str, use: Use, guess: _Guess) -> Iterator[Fault]:
    if scope.names.find(article, use.reference, use.kinds) or scope.gaps.may_name(article, use.reference):
        return
    expected = f"the id of {described(use.kinds)}"
    others = scope.names.candidates(article, use.reference)
    if others:
        kinds = described(frozenset(found.kind for found in others))
        yield fault(path, use.keys, "KH022", expected=expected, found=f"{use.reference!r}, {kinds}")
    else:
        remedy = guess.remedy(article, use)
        yield fault(path, use.keys, "KH021", expected=expected, found=repr(use.reference), remedy=remedy)


def _shadows(scope: Scope, record: ArticleRecord) -> Iterator[Fault]:
    # One id may name an event and a claim, which no field mixes up, but not two things that one field can refer to.
    path = scope.article(record.article.id)
    for slug in record.entities:
        if slug in scope.corpus.entities:
            place = scope.entity(slug)
            yield _twice(path, ("entities", slug), slug, f"of a shared entity in {place}")
    for slug in record.sources:
        if slug in record.entities:
            yield _twice(path, ("sources", slug), slug, "of an entity of this article")
        elif slug in scope.corpus.entities:
            yield _twice(path, ("sources", slug), slug, f"of a shared entity in {scope.entity(slug)}")
    for slug in record.statements:
        if slug in record.events:
            yield _twice(path, ("statements", slug), slug, "of an event of this article")


def _twice(path: str, keys: Keys, slug: str, where: str) -> Fault:
    return fault(
        path, keys, "KH020", expected="an id of its own", found=f"{slug!r}, the id {where}", remedy="rename one of them"
    )


def _types(scope: Scope, record: ArticleRecord) -> Iterator[Fault]:
    if scope.gaps.header:
        return
    known = (*EVENT_TYPES, *scope.corpus.header.event_types)
    for slug, event in record.events.items():
        if event.type not in known:
            yield _no_type(scope.article(record.article.id), ("events", slug, "type"), event.type, known)


def _event_types(scope: Scope) -> Iterator[Fault]:
    declared = scope.corpus.header.event_types
    known = (*EVENT_TYPES, *declared)
    for name, event_type in declared.items():
        keys: Keys = ("event_types", name)
        if name in RESERVED_TYPES:
            yield fault(
                scope.header,
                keys,
                "KH020",
                expected="a name of its own",
                found=f"{name!r}, the name of a class of khabar's",
                remedy="use khabar's, or choose another name",
            )
        if event_type.subclass_of not in known and not scope.gaps.header:
            yield _no_type(scope.header, (*keys, "subclass_of"), event_type.subclass_of, known)


def _no_type(path: str, keys: Keys, name: str, known: tuple[str, ...]) -> Fault:
    wrong_kind = name in RESERVED_TYPES or name in ENTITY
    return fault(
        path,
        keys,
        "KH022" if wrong_kind else "KH021",
        expected=f"a type of event: {', '.join(EVENT_TYPES)}, or one of event_types in corpus.yaml",
        found=repr(name),
        remedy=did_you_mean(name, known),
    )
