"""The links that stand in a corpus, held against Wikidata: that they exist, and are what they are said to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from khabar.errors import Fault, Keys, Severity
from khabar.matching import likeness
from khabar.model import Corpus, Entity, each
from khabar.names import Names
from khabar.wikidata.action_api import Items
from khabar.wikidata.classes import Classes, Kinds
from khabar.wikidata.descriptions import names_of, qids_of
from khabar.wikidata.items import Item

ALIKE: Final = 0.85
"""How like one of the names must be to one of the item's."""


class Link(msgspec.Struct, frozen=True):
    """One link to Wikidata where it stands: the file, the path inside it, the names and the type of what is linked."""

    path: str
    keys: Keys
    field: str
    qid: str
    names: tuple[tuple[str, str], ...]
    type: str = ""


def links(corpus: Corpus) -> Iterator[Link]:
    """Every link to an item of Wikidata, of entities, events and types of event."""
    for found in Names(corpus):
        record = found.record
        owner = f"articles.{found.article}" if found.article else f"entities.{found.slug}"
        if isinstance(record, Entity):
            keys: Keys = ("entities", found.slug)
            for field in ("exact_match", "close_match"):
                kind = record.type if field == "exact_match" else ""
                yield from _links(corpus.paths[owner], keys, field, getattr(record, field), names_of(record), kind)
        elif found.kind == "event":
            label = tuple(getattr(record, "label", {}).items())
            matches = getattr(record, "close_match", ())
            yield from _links(corpus.paths[owner], ("events", found.slug), "close_match", matches, label)
    for name, declared in corpus.header.event_types.items():
        label = tuple(declared.label.items())
        yield from _links(corpus.paths["corpus"], ("event_types", name), "close_match", declared.close_match, label)


def _links(
    path: str,
    keys: Keys,
    field: str,
    values: str | tuple[str, ...],
    names: tuple[tuple[str, str], ...],
    kind: str = "",
) -> Iterator[Link]:
    for number, value in enumerate(each(values)):
        for qid in qids_of(value):
            yield Link(path, (*keys, field, number), field, qid, names, kind)


def verify(wanted: Iterable[Link], items: Items) -> list[Fault]:
    """What is wrong with links, without their lines; raises ServiceFailed.

    KH090 for an item that does not exist, KH091 for one that was merged into another, KH092 for a page that is no
    item of anything, KH093 for a class that contradicts the type, KH094 (a warning) for names of which none is like the
    item's. What is only near (``close_match``) may be of another type and have another name.
    """
    told = list(wanted)
    found = items.get(link.qid for link in told)
    kinds = Classes(items).kinds(item for item in found.values() if item is not None)
    faults: list[Fault] = []
    for link in told:
        item = found[link.qid]
        if item is None:
            faults.append(_fault(link, "KH090", "an item of Wikidata", f"{link.qid}, which does not exist"))
        else:
            faults += _agreement(link, item, kinds[item.id])
    return faults


def _agreement(link: Link, item: Item, kinds: Kinds) -> Iterator[Fault]:
    called = f"{item.id} ({item.label('en')})"
    if item.redirected_from and item.id != link.qid:
        yield _fault(
            link, "KH091", "an item that stands for itself", f"{link.qid}, merged into {called}", f"write {item.id}"
        )
    if kinds.excluded:
        yield _fault(link, "KH092", "an item of a thing", f"{called}, a {kinds.excluded}")
        return
    if link.type and kinds.types is not None and link.type not in kinds.types:
        said = ", ".join(sorted(kinds.types)) or "none of khabar's types"
        certain = bool(kinds.types) or link.type == "Person"
        yield _fault(
            link, "KH093", f"an item of a {link.type}", f"{called}, which is {said} by its classes", warning=not certain
        )
    if link.field == "exact_match" and not _is_called(link, item):
        told = " and ".join(f"“{name}”" for _, name in link.names[:2])
        yield _fault(link, "KH094", f"an item that is called {told} or nearly so", called, warning=True)


def _is_called(link: Link, item: Item) -> bool:
    return any(likeness(name, other).score >= ALIKE for _, name in link.names for _, other in item.names())


def _fault(link: Link, code: str, expected: str, found: str, remedy: str = "", *, warning: bool = False) -> Fault:
    severity = Severity.WARNING if warning else Severity.ERROR
    return Fault(
        path=link.path,
        line=0,
        column=0,
        code=code,
        keys=link.keys,
        expected=expected,
        found=found,
        remedy=remedy,
        severity=severity.value,
    )
