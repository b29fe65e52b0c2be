"""The mappings of one corpus as a whole: what was decided, what stands in the records, and whether the two agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from khabar.errors import Fault
from khabar.iris import Iris
from khabar.mappings.mapping import RELATIONS, Mapping
from khabar.model import Corpus, Entity, each
from khabar.names import PLACE, Names
from khabar.terms import WIKIDATA

FILE: Final = "mappings.sssom.tsv"
"""Where a corpus keeps the account of its links, beside ``corpus.yaml``."""


def subjects(corpus: Corpus) -> dict[str, str]:
    """The IRI of every entity, by its reference, in the order of the records."""
    iris = Iris(corpus.header.base)
    return {
        found.name: iris.entity(found.article, found.slug, is_place=found.kind in PLACE)
        for found, _ in Names(corpus).entities()
    }


def merged(before: Iterable[Mapping], decided: Iterable[Mapping]) -> tuple[Mapping, ...]:
    """All mappings, the later decision on an entity and an object in place of the earlier.

    A link takes the place of *no item*, and the other way round.
    """
    found = {mapping.key: mapping for mapping in before}
    for mapping in decided:
        if mapping.object is None or not mapping.is_refused:
            gone = [
                key
                for key, old in found.items()
                if old.subject == mapping.subject
                and not old.is_refused
                and (old.object is None) != (mapping.object is None)
            ]
            for key in gone:
                del found[key]
        found[mapping.key] = mapping
    return tuple(found.values())


def mappings_of(corpus: Corpus, decided: Iterable[Mapping]) -> tuple[Mapping, ...]:
    """Every mapping of a corpus: those in ``decided``, and for each link that none accounts for the annotators' own.

    Of a link that only stands in a record it is known who asserts it: whoever made the records.
    """
    known = {mapping.key: mapping for mapping in decided}
    annotators = [annotator.iri or annotator.name for annotator in corpus.header.annotators]
    for found, entity in Names(corpus).entities():
        for relation in RELATIONS:
            for value in each(getattr(entity, relation)):
                stands = Mapping(
                    subject=found.name,
                    object=value.removeprefix(WIKIDATA) if value.startswith(f"{WIKIDATA}Q") else value,
                    relation=relation,
                    subject_label=label(entity),
                    author=annotators[0] if len(annotators) == 1 else "",
                )
                known.setdefault(stands.key, stands)
    return tuple(known.values())


def label(entity: Entity) -> str:
    """What an entity is called where one name must do: in English, else in the first language that it has."""
    return entity.name.get("en") or next(iter(entity.name.values()))


def disagreements(corpus: Corpus, decided: Iterable[Mapping], path: str) -> Iterator[Fault]:
    """Where the account of links and the records say different things (KH081), without lines of the records."""
    standing = {mapping.key: mapping for mapping in mappings_of(corpus, ())}
    known = {found.name for found, _ in Names(corpus).entities()}
    for mapping in decided:
        there = standing.get(mapping.key)
        name = mapping.object or "no item"
        if mapping.subject not in known:
            yield _fault(path, "mappings of entities of the corpus", f"one of {mapping.subject}")
        elif mapping.object is None:
            linked = [
                key[1] for key, one in standing.items() if key[0] == mapping.subject and one.relation == "exact_match"
            ]
            if linked:
                yield _fault(path, f"no link of {mapping.subject}, which was decided to have no item", linked[0])
        elif mapping.is_refused and there is not None:
            yield _fault(path, f"no link of {mapping.subject} to {name}, which was refused", "one in the record")
        elif not mapping.is_refused and there is None:
            yield _fault(path, f"the link of {mapping.subject} to {name} in its record", "none")
        elif there is not None and there.relation != mapping.relation:
            yield _fault(
                path, f"{mapping.subject} linked to {name} by {mapping.relation}", f"{there.relation} in the record"
            )


def _fault(path: str, expected: str, found: str) -> Fault:
    remedy = "change the record or the row, or run khabar link --apply on the table"
    return Fault(path=path, line=1, column=1, code="KH081", expected=expected, found=found, remedy=remedy)
