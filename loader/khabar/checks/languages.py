"""Texts that lack a language which the corpus promises (KH060), or have one twice (KH005)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from khabar.checks.scope import Scope, fault
from khabar.errors import Fault, Keys
from khabar.model import ArticleRecord
from khabar.scalars import LanguageMap

READ: Final = {
    "article": ("title",),
    "entities": ("name", "position"),
    "sources": ("described_as", "reason_unnamed"),
    "events": ("label", "topic", "object", "purpose"),
    "claims": ("text",),
    "statements": ("label",),
}
"""What a reader sees: all texts but notes and aliases, which may stand in one language alone."""


def faults(scope: Scope) -> Iterator[Fault]:
    """Every text that lacks a promised language, and which it lacks; every language that a text has twice."""
    header, promised = scope.corpus.header, scope.corpus.header.languages
    yield from _repeated(scope.header, (), header)
    for keys, text in (("title", header.title), ("description", header.description)):
        yield from _lacking(scope.header, (keys,), text, promised)
    for name, kind in header.event_types.items():
        yield from _repeated(scope.header, ("event_types", name), kind)
        for field, text in (("label", kind.label), ("definition", kind.definition)):
            yield from _lacking(scope.header, ("event_types", name, field), text, promised)
    for slug, entity in scope.corpus.entities.items():
        yield from _record(scope.entity(slug), "entities", ("entities", slug), entity, promised)
    for record in scope.corpus.articles:
        yield from _article(scope.article(record.article.id), record, promised)


def _article(path: str, record: ArticleRecord, promised: tuple[str, ...]) -> Iterator[Fault]:
    yield from _record(path, "article", ("article",), record.article, promised)
    for section in ("entities", "sources", "events", "claims", "statements"):
        for slug, thing in getattr(record, section).items():
            yield from _record(path, section, (section, slug), thing, promised)


def _record(path: str, section: str, keys: Keys, thing: msgspec.Struct, promised: tuple[str, ...]) -> Iterator[Fault]:
    yield from _repeated(path, keys, thing)
    for field in READ[section]:
        yield from _lacking(path, (*keys, field), getattr(thing, field), promised)


def _repeated(path: str, keys: Keys, thing: msgspec.Struct) -> Iterator[Fault]:
    # RFC 5646, section 2.1.1: the case of a tag means nothing, and a graph has every tag in lower case.
    for field in thing.__struct_fields__:
        text = getattr(thing, field)
        if not isinstance(text, dict) or len(text) < 2 or field == "event_types":  # noqa: PLR2004 - it takes two
            continue
        first: dict[str, str] = {}
        for tag in text:
            before = first.setdefault(tag.lower(), tag)
            if before != tag:
                yield fault(
                    path,
                    (*keys, field, tag),
                    "KH005",
                    expected="every language once",
                    found=f"{tag}, which is {before} again",
                    remedy="keep one of the two",
                )


def _lacking(path: str, keys: Keys, text: LanguageMap, promised: tuple[str, ...]) -> Iterator[Fault]:
    if not text:
        return
    lacking = [tag for tag in promised if not any(_serves(given, tag) for given in text)]
    if lacking:
        yield fault(
            path,
            keys,
            "KH060",
            expected=f"every language that the corpus promises ({', '.join(promised)})",
            found=f"{', '.join(text)} alone",
            remedy=f"add {', '.join(lacking)}, or take it from languages in corpus.yaml",
        )


def _serves(given: str, promised: str) -> bool:
    # Basic filtering of RFC 4647: ar-LY serves who was promised ar.
    return f"{given.lower()}-".startswith(f"{promised.lower()}-")
