"""The page on records: every key of every record, made from the record types."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from khabar.model import ArticleRecord, CorpusHeader, EntitiesFile
from khabar.reading.kinds import Choice, Either, Field, Kind, Listing, Number, Record, Table, Word, kind_of
from khabar.scalars import LANGUAGE_PATTERN, SLUG_PATTERN

_HEAD = """# The records, key by key

Made from the record types by `make docs`; `khabar schema` prints the same as JSON Schema for your editor. A key in
**bold** is required. Where one value or a list of several may stand, a list has at least one item: who has none leaves
the key out. Texts and dates need no quotes: `NO`, `12:30` and `0033` stay what was written; only `null` and `~` must be
quoted.

An id is made of a-z, 0-9 and single hyphens, begins with a letter and is at most 80 characters long.
"""

_FILES: tuple[tuple[str, type[msgspec.Struct]], ...] = (
    ("corpus.yaml", CorpusHeader),
    ("entities/*.yaml", EntitiesFile),
    ("articles/*.yaml", ArticleRecord),
)


def page() -> str:
    """The Markdown of ``docs/records.md``: the three kinds of file, then every record that they hold.

    >>> "| **`stance`**" in page(), "| `stance` |" in page()
    (False, True)
    """
    sections: list[str] = []
    told: set[str] = set()
    for file, struct in _FILES:
        root = kind_of(struct)
        sections.append(_section(f"`{file}`", root))
        for record in _inner(root):
            if record.title not in told:
                told.add(record.title)
                sections.append(_section(record.title.capitalize(), record))
    return "\n".join([_HEAD, *sections])


def _section(heading: str, record: Record) -> str:
    rows = "".join(f"| {_name(field)} | {_words(field.kind)} | {field.meaning} |\n" for field in record.fields)
    return f"## {heading}\n\n{record.meaning}\n\n| key | value | meaning |\n|---|---|---|\n{rows}"


def _name(field: Field) -> str:
    return f"**`{field.name}`**" if field.required else f"`{field.name}`"


def _inner(kind: Kind) -> Iterator[Record]:
    """The records below a kind, outer ones first."""
    match kind:
        case Record(fields=fields):
            for field in fields:
                yield from _self_and_inner(field.kind)
        case Table(value=inner) | Listing(item=inner):
            yield from _self_and_inner(inner)
        case Either(options):
            for option in options:
                yield from _self_and_inner(option)


def _self_and_inner(kind: Kind) -> Iterator[Record]:
    if isinstance(kind, Record):
        yield kind
    yield from _inner(kind)


def _words(kind: Kind) -> str:
    """A kind in the words of the page."""
    match kind:
        case Word(expected=expected):
            return expected
        case Choice(words):
            return " · ".join(f"`{word}`" for word in words)
        case Number(whole, low, high):
            return f"{'a whole' if whole else 'a'} number from {low} to {high}"
        case Listing(item):
            return f"a list, each item {_words(item)}"
        case Table(key, value):
            if key.pattern == LANGUAGE_PATTERN:
                return "texts by language" if isinstance(value, Word) else f"by language: {_words(value)}"
            return f"by {'id' if key.pattern == SLUG_PATTERN else 'name'}: {_words(value)}"
        case Record(title=title):
            return f"[{title}](#{title.replace(' ', '-')})"
        case Either(options):
            singles = [_words(option) for option in options if not isinstance(option, Listing)]
            return " or ".join(singles) + (", or a list of such" if len(singles) < len(options) else "")
