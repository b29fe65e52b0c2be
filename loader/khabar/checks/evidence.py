"""Passages that cannot be (KH050), are not in the text (KH051), are elsewhere in it (KH052); other texts (KH053)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from khabar.checks.references import did_you_mean
from khabar.checks.scope import Scope, fault
from khabar.errors import Fault, FileFailed, Keys, Severity
from khabar.model import ArticleRecord, ArticleText, Evidence, EvidenceBlocks, each
from khabar.passages import Proof, State, Text, TextRefused, prove_all, read_text

_Place = tuple[Keys, Evidence]


def faults(scope: Scope) -> Iterator[Fault]:
    """What is wrong with passages as they are written, and beside each text that is given."""
    for record in scope.corpus.articles:
        article = record.article.id
        path = scope.article(article)
        places = list(_passages(record))
        yield from (told for keys, block in places for told in _written(path, keys, block, record.article.text))
        if article in scope.texts:
            yield from _beside(path, scope.texts[article], record, places)
    for article, text in scope.texts.items():
        if article not in scope.names.articles:
            yield fault(
                str(text),
                (),
                "KH021",
                expected="a text of an article of the corpus",
                found=repr(article),
                remedy=did_you_mean(article, scope.names.articles),
            )


def _passages(record: ArticleRecord) -> Iterator[_Place]:
    for section in ("events", "statements"):
        for slug, thing in getattr(record, section).items():
            blocks: EvidenceBlocks = thing.evidence
            keys: Keys = (section, slug, "evidence")
            several = isinstance(blocks, tuple)
            yield from (((*keys, n) if several else keys, block) for n, block in enumerate(each(blocks)))


def _written(path: str, keys: Keys, block: Evidence, text: ArticleText | None) -> Iterator[Fault]:
    if block.end <= block.start:
        yield fault(
            path,
            (*keys, "end"),
            "KH050",
            expected=f"an end after the start ({block.start})",
            found=str(block.end),
        )
    elif text and (block.end > text.length or block.paragraph > text.length):
        yield fault(
            path,
            keys,
            "KH050",
            expected=f"a passage inside the text of {text.length} characters",
            found=_place(block),
        )


def _beside(path: str, file: Path | str, record: ArticleRecord, places: list[_Place]) -> Iterator[Fault]:
    try:
        text = read_text(file)
    except TextRefused as refused:
        yield fault(str(file), (), refused.code, expected=refused.expected, found=refused.found, remedy=refused.remedy)
        return
    except FileFailed as failed:
        yield fault(str(file), (), "KH001", expected=failed.expected, found=failed.found.lower())
        return
    yield from _other_text(path, file, record.article.text, text)
    fit = [place for place in places if place[1].end > place[1].start]
    for (keys, block), proof in zip(fit, prove_all([block for _, block in fit], text), strict=True):
        yield from _proved(path, keys, block, proof, text)


def _other_text(path: str, file: Path | str, recorded: ArticleText | None, text: Text) -> Iterator[Fault]:
    if recorded and (recorded.sha256, recorded.length) != (text.sha256, text.length):
        yield fault(
            path,
            ("article", "text"),
            "KH053",
            expected="the text that was recorded",
            found=f"another in {file}, of {text.length} characters",
            remedy="its passages are looked for all the same",
            severity=Severity.WARNING,
        )


def _proved(path: str, keys: Keys, block: Evidence, proof: Proof, text: Text) -> Iterator[Fault]:
    if proof.state is State.MOVED and proof.evidence:
        yield fault(
            path,
            keys,
            "KH052",
            expected=f"the passage at {_place(block)}",
            found=f"it at {_place(proof.evidence)}",
            remedy="write that, if this copy is the one to cite",
            severity=Severity.WARNING,
        )
    elif proof.state is State.MISSING:
        yield _missing(path, keys, block, proof, text)


def _missing(path: str, keys: Keys, block: Evidence, proof: Proof, text: Text) -> Fault:
    if block.paragraph > len(text.paragraphs):
        return fault(
            path,
            (*keys, "paragraph"),
            "KH050",
            expected=f"a paragraph of the text, 1 to {len(text.paragraphs)}",
            found=str(block.paragraph),
        )
    length = len(text.paragraphs[block.paragraph - 1])
    if block.end > length:
        expected = f"an end inside paragraph {block.paragraph}, of {length} characters"
        return fault(path, (*keys, "end"), "KH050", expected=expected, found=str(block.end))
    where = "" if proof.searched else ", as far as a text of this length is searched"
    return fault(
        path,
        (*keys, "sha256"),
        "KH051",
        expected="a passage of the text",
        found=f"a digest that no {block.end - block.start} characters of it have{where}",
        remedy="cite it again with khabar cite",
    )


def _place(block: Evidence) -> str:
    return f"paragraph: {block.paragraph}, start: {block.start}, end: {block.end}"
