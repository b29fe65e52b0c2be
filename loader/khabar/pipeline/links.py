"""From a corpus to its links, and back: `propose`, `accept`, `decide`, `verify`, `read_mappings`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from khabar import __version__
from khabar.errors import Fault, FaultyData, FileFailed, QueryRefused
from khabar.files import replaced
from khabar.mappings.ledger import FILE, disagreements, label, mappings_of, merged, subjects
from khabar.mappings.mapping import Mapping
from khabar.mappings.review import CLOSE, NO_ITEM, NOT_THIS, Decision
from khabar.model import each
from khabar.names import Names
from khabar.pipeline.records import read
from khabar.terms import WIKIDATA

if TYPE_CHECKING:
    from khabar.drafts.links import LinkChange
    from khabar.model import Corpus, Entity
    from khabar.wikidata.linking import Proposal
    from khabar.wikidata.wikidata import Wikidata

TOOL = "khabar"


class Linked(msgspec.Struct, frozen=True):
    """What a decision changed: the files that were written, and how many links came, went and were refused."""

    files: tuple[str, ...]
    linked: int
    unlinked: int
    refused: int
    without_item: int


def propose(
    source: Corpus | Path | str, wikidata: Wikidata, *, only: Sequence[str] = (), again: bool = False
) -> Iterator[Proposal]:
    """Candidates for every entity of a corpus that has no link, with the reasons for each; nothing is written.

    ``only`` names entities, by their references; raises `QueryRefused` for one that the corpus does not have. What was
    decided to have no item is left out, but not with ``again``. What does not answer is told in each proposal that it
    is missing in, and the rest goes on with what was kept. Raises `FaultyData` and `FileFailed` as `read` does.
    """
    from khabar.wikidata.linking import propose as proposals
    from khabar.wikidata.linking import unlinked

    corpus = _corpus(source)
    if unknown := [name for name in only if name not in references(corpus)]:
        raise QueryRefused(where="only", expected="the ids of entities of the corpus", found=", ".join(unknown))
    decided = _kept(corpus, source)
    without = {one.subject for one in decided if one.object is None and not again}
    refused = {one.key for one in decided if one.is_refused}
    wanted = [found for found in unlinked(corpus, without) if not only or found.name in only]
    yield from proposals(corpus, wanted, wikidata.sources, wikidata.items, refused)


def accept(proposals: Iterable[Proposal], threshold: float, *, today: str = "") -> tuple[Mapping, ...]:
    """The mappings of the proposals that are at least as likely as ``threshold``, from 0 to 1.

    None of an entity for which a source did not answer: a rival may be missing. ``today`` (ISO 8601) is the date of the
    decision, else that of now, in UTC. Raises nothing.
    """
    from khabar.wikidata.linking import accepted

    return tuple(
        Mapping(
            subject=proposal.reference,
            object=best.item.id,
            subject_label=label(proposal.entity),
            object_label=best.item.label("en"),
            justification="CompositeMatching",
            confidence=best.probability,
            tool=TOOL,
            tool_version=__version__,
            date=today or _today(),
            comment="; ".join(f"{reason.feature}: {reason.words}" for reason in best.ranked.reasons),
        )
        for proposal in proposals
        if (best := accepted(proposal, threshold)) is not None
    )


def reviewed(
    source: Corpus | Path | str, decisions: Iterable[Decision], reviewer: str, *, today: str = ""
) -> tuple[Mapping, ...]:
    """The mappings that a person decided on; ``reviewer`` is a name, or an IRI such as an ORCID."""
    labels = {found.name: label(entity) for found, entity in Names(_corpus(source)).entities()}
    return tuple(
        Mapping(
            subject=decision.reference,
            object=None if decision.word == NO_ITEM else decision.candidate.removeprefix(WIKIDATA),
            relation="close_match" if decision.word == CLOSE else "exact_match",
            is_refused=decision.word == NOT_THIS,
            subject_label=labels[decision.reference],
            object_label=decision.label,
            confidence=decision.probability,
            tool=TOOL if decision.probability is not None else "",
            tool_version=__version__ if decision.probability is not None else "",
            reviewer=reviewer,
            date=today or _today(),
        )
        for decision in decisions
    )


def decide(folder: Path | str, mappings: Iterable[Mapping]) -> Linked:
    """Write decided mappings into a corpus of YAML: the links into its records, the account of them beside them.

    Records change in place, comments and order kept; ``mappings.sssom.tsv`` keeps every decision, also that there is no
    item, or that a candidate is not the one. Each file is replaced in one step; deciding the same again changes
    nothing. Raises `FaultyData` for records with faults and for decisions that contradict each other, `FileFailed` for
    a corpus that is no folder of YAML.
    """
    from khabar.mappings.sssom import write_mappings

    if not Path(folder, "corpus.yaml").is_file():
        raise FileFailed(
            where=str(folder), expected="a folder with a corpus in YAML, which links are written into", found="another"
        )
    corpus = read(folder)
    decided = tuple(mappings)
    if contradictions := list(_contradictions(corpus, decided)):
        raise FaultyData(contradictions)
    known = merged(_kept(corpus, folder), decided)
    changes = list(_changes(corpus, decided))
    texts = {path: _changed(path, own) for path, own in _by_file(changes).items()}
    ledger = Path(folder, FILE)
    texts[str(ledger)] = write_mappings(known, corpus.header, subjects(corpus))
    written = [path for path, text in texts.items() if _write(Path(path), text)]
    return Linked(
        files=tuple(written),
        linked=sum(change.new is not None for _, change in changes),
        unlinked=sum(change.new is None for _, change in changes),
        refused=sum(one.is_refused for one in decided),
        without_item=sum(one.object is None for one in decided),
    )


def read_mappings(source: Corpus | Path | str, table: Path | str | None = None) -> tuple[Mapping, ...]:
    """The decisions that a corpus keeps in ``mappings.sssom.tsv``, or those of another SSSOM ``table`` on its entities.

    None where there is no such file. Raises `FaultyData` with every fault at its line, `FileFailed`.
    """
    corpus = _corpus(source)
    return _kept(corpus, source) if table is None else _parsed(corpus, Path(table))


def mapping_table(source: Path | str) -> str:
    """Every mapping of a corpus as SSSOM TSV: the decisions that it keeps, and the links that only its records have.

    Equal mappings give equal bytes. Raises `FaultyData` and `FileFailed`, as `read` does.
    """
    from khabar.mappings.sssom import write_mappings

    corpus = _corpus(source)
    return write_mappings(mappings_of(corpus, _kept(corpus, source)), corpus.header, subjects(corpus))


def wikidata_drafts(source: Path | str) -> str:
    """Drafts for Wikidata as QuickStatements, to be reviewed: see `khabar.wikidata.quickstatements.drafts`.

    New items are those of entities that were decided to have none. Nothing is ever written to Wikidata. Raises
    `FaultyData` and `FileFailed`, as `read` does.
    """
    from khabar.wikidata.quickstatements import drafts

    corpus = _corpus(source)
    lacking = {mapping.subject for mapping in _kept(corpus, source) if mapping.object is None}
    return "".join(drafts(corpus, lacking))


def verify(source: Corpus | Path | str, wikidata: Wikidata) -> tuple[Fault, ...]:
    """What is wrong with the links of a corpus to Wikidata, at their places in the records; see docs/errors.md.

    An item must exist, be no redirect (the fault proposes where it leads) and no disambiguation page, and be of the
    entity's type; a name that none of its own is like is a warning. Raises `ServiceFailed`.
    """
    from khabar.checks.scope import placed
    from khabar.wikidata.verification import links
    from khabar.wikidata.verification import verify as verified

    corpus = _corpus(source)
    return tuple(placed(verified(links(corpus), wikidata.items)))


def mapping_faults(corpus: Corpus, folder: Path | str) -> list[Fault]:
    """What is wrong with ``mappings.sssom.tsv`` of a folder, in itself and beside the records."""
    try:
        return list(disagreements(corpus, _kept(corpus, folder), str(Path(folder, FILE))))
    except FaultyData as error:
        return list(error.faults)


def references(corpus: Corpus) -> dict[str, str]:
    """The references of all entities of a corpus, with the type of each."""
    return {found.name: entity.type for found, entity in Names(corpus).entities()}


def _corpus(source: Corpus | Path | str) -> Corpus:
    return read(source) if isinstance(source, (str, Path)) else source


def _kept(corpus: Corpus, source: Corpus | Path | str) -> tuple[Mapping, ...]:
    """The decisions that ``corpus`` keeps beside its records, where those were read from a folder."""
    if isinstance(source, (str, Path)) and str(source) != "-" and (path := Path(source, FILE)).is_file():
        return _parsed(corpus, path)
    return ()


def _parsed(corpus: Corpus, table: Path) -> tuple[Mapping, ...]:
    from khabar.mappings.sssom import read_mappings as parse

    return parse(_text(table), str(table), {iri: reference for reference, iri in subjects(corpus).items()})


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise FileFailed.from_os(path, error, "a table of mappings") from None
    except UnicodeDecodeError as error:
        raise FileFailed(where=str(path), expected="text in UTF-8", found=f"other bytes at {error.start}") from None


def _changes(corpus: Corpus, decided: Iterable[Mapping]) -> Iterator[tuple[str, LinkChange]]:
    """What has to change in which file so that the records say what was decided."""
    from khabar.drafts.links import LinkChange

    found = {one.name: (one, entity) for one, entity in Names(corpus).entities()}
    standing = {(one.subject, one.object): one for one in mappings_of(corpus, ())}
    for mapping in decided:
        if mapping.object is None:
            continue
        one, entity = found[mapping.subject]
        path = corpus.paths[f"articles.{one.article}" if one.article else f"entities.{one.slug}"]
        keys = ("entities", one.slug)
        there = standing.get((mapping.subject, mapping.object))
        if there is not None and (mapping.is_refused or there.relation != mapping.relation):
            value = _as_written(entity, there.relation, mapping.object)
            yield path, LinkChange(keys=keys, field=there.relation, old=value, new=None)
        if not mapping.is_refused and (there is None or there.relation != mapping.relation):
            yield path, LinkChange(keys=keys, field=mapping.relation, old=None, new=mapping.object)


def _contradictions(corpus: Corpus, decided: Sequence[Mapping]) -> Iterator[Fault]:
    """Decisions on no entity of the corpus, and those that would leave one with two items, or with an item and none."""
    known = references(corpus)
    for one in decided:
        if one.subject not in known:
            expected = "the id of an entity of the corpus"
            yield Fault(path=FILE, line=1, column=1, code="KH081", expected=expected, found=one.subject)
    linked: dict[str, set[str]] = {}
    for one in (*mappings_of(corpus, ()), *decided):
        if one.relation == "exact_match" and one.object and one.object.startswith("Q"):
            items = linked.setdefault(one.subject, set())
            (items.discard if one.is_refused else items.add)(one.object)
    without = {one.subject for one in decided if one.object is None}
    for subject, items in linked.items():
        if len(items) > 1 or (items and subject in without):
            found = [*sorted(items), *(["no item"] if subject in without else [])]
            yield Fault(
                path=FILE,
                line=1,
                column=1,
                code="KH081",
                expected=f"one decision on {subject}",
                found=" and ".join(found),
                remedy="refuse the others",
            )


def _as_written(entity: Entity, field: str, target: str) -> str:
    values: tuple[str, ...] = each(getattr(entity, field))
    return target if target in values else WIKIDATA + target


def _by_file(changes: Iterable[tuple[str, LinkChange]]) -> dict[str, list[LinkChange]]:
    found: dict[str, list[LinkChange]] = {}
    for path, change in changes:
        found.setdefault(path, []).append(change)
    return found


def _changed(path: str, changes: Sequence[LinkChange]) -> str:
    from khabar.drafts.links import change_links

    return change_links(_text(Path(path)), changes, path)


def _write(path: Path, text: str) -> bool:
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return False
    with replaced(path) as file:
        file.write(data)
    return True


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()
