"""Quotations of a draft replaced by what proves them, the rest of the file byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from khabar.drafts.quotations import QuotationRefused, cite, pattern
from khabar.drafts.source import Change, Draft, Quote
from khabar.errors import Fault, FaultyData, Keys
from khabar.model import Evidence
from khabar.passages import Text, text_of

_SHORTEST_REPEATED = 15
_NUMBER = re.compile(r"[0-9]+(?:e[0-9]+)?")


def yaml_block(evidence: Evidence) -> str:
    """The block as a line of YAML to paste into a record.

    >>> yaml_block(Evidence(paragraph=2, start=0, end=80, sha256="9f" * 32))[:40]
    'evidence: {paragraph: 2, start: 0, end: '
    """
    return f"evidence: {{{', '.join(f'{key}: {value}' for key, value in _members(evidence))}}}\n"


def fill(record: str, text: str | Text, path: str = "record") -> str:
    """The YAML of a draft with every ``quote: ...`` below an ``evidence`` replaced by what proves it.

    Nothing else changes by a byte, save that ``article.text`` is added where it is not yet. Nothing of a quotation
    stays. A ``paragraph`` beside a quote tells two places apart. Raises FaultyData, places in ``path``, with every
    quotation that is not found, or fits several places, or has other keys beside it, or is repeated in a comment; with
    the faults of YAML that cannot be parsed; and where the record tells of another text.
    """
    text = text if isinstance(text, Text) else text_of(text)
    draft = Draft(record, path)
    faults = list(draft.faults)
    changes: list[Change] = []
    blocks = dict(draft.blocks)
    for quote in draft.quotes:
        try:
            found = cite(text, quote.words, quote.paragraph)
            changes.append(quote.replaced_by(_members(found), draft.newline))
            blocks[quote.keys[:-1]] = {key: value.strip('"') for key, value in _members(found)}
        except QuotationRefused as refused:
            faults.append(_refused(path, quote, refused))
    faults += _other_text(draft, text)
    faults += _repeated(draft)
    if faults:
        raise FaultyData(faults)
    changes += draft.text_added((("sha256", _scalar(text.sha256)), ("length", str(text.length))))
    filled = _changed(record, changes)
    _prove_filled(filled, draft, blocks)
    return filled


def _members(evidence: Evidence) -> tuple[tuple[str, str], ...]:
    places = ((key, str(getattr(evidence, key))) for key in ("paragraph", "start", "end"))
    return (*places, ("sha256", _scalar(evidence.sha256)))


def _scalar(digest: str) -> str:
    # One in some 10 million million digests is a number to YAML.
    return f'"{digest}"' if _NUMBER.fullmatch(digest) else digest


def _changed(record: str, changes: list[Change]) -> str:
    for change in sorted(changes, reverse=True):
        record = record[: change.start] + change.text + record[change.end :]
    return record


def _prove_filled(filled: str, draft: Draft, blocks: Mapping[Keys, Mapping[str, str]]) -> None:
    # YAML has more ways to write a pair than are foreseen here; none of them may come out broken.
    again = Draft(filled, draft.path)
    if again.faults or again.blocks != blocks:
        raise FaultyData(
            Fault(
                path=draft.path,
                line=quote.line,
                column=quote.column,
                code="KH016",
                keys=quote.keys,
                expected="quotations in a plain form of YAML",
                found="one that cannot be replaced in its place",
                remedy='write evidence: {quote: "first words ... last words"}',
            )
            for quote in draft.quotes
        )


def _refused(path: str, quote: Quote, refused: QuotationRefused) -> Fault:
    return Fault(
        path=path,
        line=quote.line,
        column=quote.column,
        code=refused.code,
        keys=quote.keys,
        expected=refused.expected,
        found=refused.found,
        remedy=refused.remedy,
    )


def _other_text(draft: Draft, text: Text) -> Iterator[Fault]:
    recorded = draft.recorded_sha256
    if recorded and recorded.words != text.sha256:
        yield Fault(
            path=draft.path,
            line=recorded.line,
            column=recorded.column,
            code="KH053",
            keys=recorded.keys,
            expected="the text that was recorded",
            found="another, whose paragraphs may be counted differently",
            remedy="give the text that was recorded, or remove article.text to record this one",
        )


def _repeated(draft: Draft) -> Iterator[Fault]:
    for quote in draft.quotes:
        words = quote.words.strip()
        found = pattern(words).search(draft.outside_values) if len(words) >= _SHORTEST_REPEATED else None
        if found:
            lines = re.split(r"\r\n|\r|\n", draft.outside_values[: found.start()])
            yield Fault(
                path=draft.path,
                line=len(lines),
                column=len(lines[-1]) + 1,
                code="KH054",
                keys=quote.keys,
                expected="comments without the article's words",
                found="this quotation in one",
                remedy="remove it",
            )
