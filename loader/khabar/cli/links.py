"""The command that links a corpus to Wikidata: ``link``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from khabar.cli import bulk, streams

if TYPE_CHECKING:
    from khabar.mappings import Mapping
    from khabar.mappings.review import Row
    from khabar.pipeline.links import Linked
    from khabar.wikidata.linking import Candidate, Proposal
    from khabar.wikidata.wikidata import Wikidata

CONTACT: Final = "KHABAR_CONTACT"
"""The variable that holds the contact, where the option does not."""

_LONGEST = 72


@click.command()
@click.argument("source", metavar="CORPUS")
@click.option(
    "--accept",
    "threshold",
    type=click.FloatRange(0.5, 1.0),
    metavar="P",
    help="Write the links that are at least so probable, from 0.5 to 1. Nothing is accepted without it.",
)
@click.option("--review", metavar="FILE", help="Write the candidates as a table to decide in (.tsv, .csv, -).")
@click.option("--apply", "table", metavar="FILE", help="Take the decisions of a reviewed table, or of an SSSOM table.")
@click.option("--verify", is_flag=True, help="Check the links that the corpus has.")
@click.option("--reviewer", metavar="WHO", help="Who decided in the table: a name or an IRI; else the one annotator.")
@click.option("--only", metavar="ID", multiple=True, help="Look up this entity alone. Repeatable.")
@click.option("--again", is_flag=True, help="Look up also what was decided to have no item.")
@click.option("--json", "as_json", is_flag=True, help="Candidates as JSON Lines, an entity a line.")
@click.option(
    "--source",
    "sources",
    type=click.Choice(["search", "sparql", "reconciliation"]),
    multiple=True,
    help="Where candidates come from. Repeatable; else search and sparql, and the service of --reconciliation.",
)
@click.option("--api", metavar="URL", help="Wikidata's API, or that of another Wikibase with its items.")
@click.option("--sparql", metavar="URL", help="A SPARQL endpoint that holds Wikidata.")
@click.option("--reconciliation", metavar="URL", help="A reconciliation service over Wikidata; may hold {language}.")
@click.option("--contact", metavar="WHO", help=f"Your address or page, told to Wikidata; else ${CONTACT}.")
@click.option(
    "--cache", metavar="DIR", type=click.Path(path_type=Path), help="Keep answers here, not in the user's cache."
)
@click.option("--offline", is_flag=True, help="Ask nobody: answers that were kept, of any age, must do.")
@click.option("--fresh", is_flag=True, help="Ask again, also where an answer was kept.")
@click.option(
    "--rate", type=click.FloatRange(0.01, 50), default=4.0, show_default=True, help="Requests a second to one host."
)
@streams.manners
@click.pass_context
def link(context: click.Context, /, source: str, table: str | None, *, verify: bool, **given: Any) -> None:
    """Find links to Wikidata for CORPUS, or check those that it has.

    For every person, organisation, outlet, polity and place without a link, the candidates are shown with their
    probability and the reasons for it: names in English and Arabic, type, coordinates, place, office, affiliation.
    Nothing is written without --accept or --apply.

    A table of --review has a column "decision": exact, close, no (not this one), or none in the row without a
    candidate (Wikidata has no item). --apply writes the links into the YAML files, comments and order kept, and every
    decision with its justification into CORPUS/mappings.sssom.tsv.

    Answers are kept: a second run needs no network (--offline). Where Wikidata does not answer, what was found so far
    is shown and written, and the exit code is 3.
    """
    if verify and (table or given["review"] or given["threshold"] is not None):
        raise click.UsageError("--verify stands alone")
    if table and (given["review"] or given["threshold"] is not None):
        raise click.UsageError("--apply goes without --accept and --review")
    if table:
        _apply(source, table, given["reviewer"])
    elif verify:
        context.exit(_verify(source, given))
    else:
        context.exit(_propose(source, given))


def _wikidata(given: dict[str, Any]) -> Wikidata:
    from datetime import timedelta

    from khabar.records.cache import cache_folder
    from khabar.wikidata.wikidata import Wikidata

    cache = given["cache"]
    if cache is None and (folder := cache_folder(os.environ)) is not None:
        cache = folder / "wikidata"
    # Any: the arguments of one call, by name.
    addresses: dict[str, Any] = {name: given[name] for name in ("api", "sparql", "reconciliation") if given[name]}
    if given["fresh"]:
        addresses["fresh"] = timedelta(0)
    return Wikidata(
        cache=cache,
        offline=given["offline"],
        contact=given["contact"] or os.environ.get(CONTACT, ""),
        rate=given["rate"],
        sources=given["sources"],
        **addresses,
    )


def _propose(source: str, given: dict[str, Any]) -> int:
    from khabar import pipeline

    found: list[Proposal] = []
    with _wikidata(given) as wikidata:
        for proposal in pipeline.propose(source, wikidata, only=given["only"], again=given["again"]):
            found.append(proposal)
            if given["review"] != "-":
                streams.data(_line(_members(proposal)) if given["as_json"] else _told(proposal))
    failures = dict.fromkeys(str(one) for proposal in found for one in proposal.failures)
    for sentence in failures:
        streams.say(sentence)
    if given["review"]:
        _write_review(found, given["review"])
    _sum_up(found, source, given["threshold"])
    return 3 if failures else 0


def _sum_up(found: list[Proposal], source: str, threshold: float | None) -> None:
    from khabar import pipeline

    count = f"{len(found):,} entit{'y' if len(found) == 1 else 'ies'}"
    whole = [proposal for proposal in found if proposal.is_whole]
    without = sum(not proposal.candidates for proposal in whole)
    streams.talk(f"Looked up {count} without a link; {without} of them without a candidate")
    if len(whole) < len(found):
        missing = len(found) - len(whole)
        streams.say(f"{missing} of them not by every source; what was answered is kept, and --source leaves one out")
    if threshold is None:
        return
    mappings = pipeline.accept(found, threshold)
    if mappings:
        _say_linked(pipeline.decide(source, mappings))
    else:
        streams.talk(f"No candidate is as probable as {threshold:g}: nothing was written")


def _apply(source: str, table: str, reviewer: str | None) -> None:
    from khabar import pipeline
    from khabar.mappings.review import read_review

    corpus = pipeline.read(source)
    mappings: tuple[Mapping, ...]
    text = streams.text_of(table)
    if _is_sssom(text):
        mappings = pipeline.read_mappings(corpus, table)
    else:
        who = reviewer or _only_annotator([one.iri or one.name for one in corpus.header.annotators])
        decisions = read_review(text, table, pipeline.references(corpus))
        mappings = pipeline.reviewed(corpus, decisions, who)
    if not mappings:
        streams.talk(f"{table}: no decision")
        return
    _say_linked(pipeline.decide(source, mappings))


def _is_sssom(text: str) -> bool:
    return text.startswith("#") or "subject_id" in text.split("\n", 1)[0]


def _only_annotator(annotators: list[str]) -> str:
    if len(annotators) != 1:
        raise click.UsageError("--reviewer is needed: corpus.yaml does not name exactly one annotator")
    return annotators[0]


def _say_linked(linked: Linked) -> None:
    said = ", ".join(
        words
        for number, words in (
            (linked.linked, f"{linked.linked} linked"),
            (linked.unlinked, f"{linked.unlinked} unlinked"),
            (linked.without_item, f"{linked.without_item} without an item"),
            (linked.refused, f"{bulk.counted(linked.refused, 'candidate')} refused"),
        )
        if number
    )
    where = ", ".join(linked.files) or "nothing: all of it stood there"
    streams.talk(f"{said or 'Nothing changed'}; wrote {where}")


def _verify(source: str, given: dict[str, Any]) -> int:
    from khabar import pipeline
    from khabar.cli.faults import as_json, as_text

    with _wikidata(given) as wikidata:
        faults = pipeline.verify(source, wikidata)
    streams.data(as_json(faults) if given["as_json"] else as_text(faults))
    streams.talk(f"{source}: {streams.summary(faults)}")
    return 1 if any(fault.severity == "error" for fault in faults) else 0


def _write_review(found: list[Proposal], target: str) -> None:
    from khabar.mappings.review import write_review

    text = write_review(
        (row for proposal in found for row in _rows(proposal)), "," if target.endswith(".csv") else "\t"
    )
    streams.document(
        text, target, f"Wrote {target}: decide in its first column, then: khabar link CORPUS --apply {target}"
    )


def _rows(proposal: Proposal) -> Iterator[Row]:
    from msgspec.structs import replace

    from khabar.mappings.review import Row

    entity = proposal.entity
    blank = Row(
        reference=proposal.reference,
        type=entity.type,
        name_en=entity.name.get("en", ""),
        name_ar=entity.name.get("ar", ""),
    )
    for one in _shown(proposal):
        yield replace(
            blank,
            candidate=one.item.id,
            label_en=one.item.label("en"),
            label_ar=one.item.labels.get("ar", ""),
            description=one.item.description("en", "ar"),
            probability=one.probability,
            sources=", ".join(one.sources),
            reasons="; ".join(f"{reason.feature}: {reason.words}" for reason in one.ranked.reasons),
        )
    yield blank


def _shown(proposal: Proposal) -> tuple[Candidate, ...]:
    from khabar.wikidata.linking import SHOWN

    return proposal.candidates[:SHOWN]


def _told(proposal: Proposal) -> str:
    """An entity and its candidates, for people."""
    entity = proposal.entity
    lines = [f"{proposal.reference}  {entity.type}  {' · '.join(entity.name.values())}"]
    for one in _shown(proposal):
        names = " · ".join(dict.fromkeys(map(_plain, (one.item.label("en"), one.item.label("ar")))))
        about = _plain(one.item.description("en", "ar"))
        lines.append(f"  {one.probability:.3f}  {one.item.id}  {names}{f': {about[:_LONGEST]}' if about else ''}")
        lines += [
            f"           {reason.weight:+.1f}  {reason.feature}: {_plain(reason.words)}"
            for reason in one.ranked.reasons
        ]
    if not proposal.candidates:
        lines.append("  no candidate" if proposal.is_whole else "  not answered")
    return "\n".join(lines) + "\n\n"


def _plain(text: str) -> str:
    """``text`` without what moves a terminal's cursor or turns its line around: anyone may write a label."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _members(proposal: Proposal) -> dict[str, Any]:
    return {
        "reference": proposal.reference,
        "type": proposal.entity.type,
        "name": dict(proposal.entity.name),
        "candidates": [
            {
                "id": one.item.id,
                "label": {
                    language: one.item.labels[language] for language in ("en", "ar") if language in one.item.labels
                },
                "description": one.item.description("en", "ar"),
                "probability": one.probability,
                "sources": list(one.sources),
                "reasons": [
                    {"feature": reason.feature, "words": reason.words, "weight": reason.weight}
                    for reason in one.ranked.reasons
                ],
            }
            for one in proposal.candidates
        ],
        "failures": [str(failure) for failure in proposal.failures],
    }


def _line(members: dict[str, Any]) -> str:
    return json.dumps(members, ensure_ascii=False) + "\n"


COMMANDS = (link,)
