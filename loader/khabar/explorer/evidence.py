"""The words of passages, proved in the text that the operator gives: shown where the digest fits, else not."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from khabar.explorer.values import Claim, Link, Passage, Statement
from khabar.model import Evidence
from khabar.passages import Text, prove_all, text_of

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def with_words(claims: tuple[Claim, ...], texts: Mapping[str, str]) -> tuple[Claim, ...]:
    """The claims, each passage with its words where the text of its article, by IRI, has a place with its digest.

    The words are those of the text in NFC; a passage keeps the place that is recorded, also where the words have moved
    (see `khabar.passages.prove_all`). A passage without a proof has no words.
    """
    wanted: dict[str, dict[Evidence, None]] = {}
    for passage in _passages(claims):
        if passage.article.iri in texts and (block := _block(passage)):
            wanted.setdefault(passage.article.iri, {})[block] = None
    if not wanted:
        return claims
    proved = {article: _words(texts[article], tuple(blocks)) for article, blocks in wanted.items()}

    def link(one: Link) -> Link:
        return replace(one, passages=tuple(map(shown, one.passages)))

    def shown(passage: Passage) -> Passage:
        block = _block(passage)
        words = proved.get(passage.article.iri, {}).get(block, "") if block else ""
        return replace(passage, words=words)

    def statement(one: Statement) -> Statement:
        return replace(one, paths=tuple(tuple(map(link, path)) for path in one.paths))

    return tuple(replace(claim, statements=tuple(map(statement, claim.statements))) for claim in claims)


def _passages(claims: tuple[Claim, ...]) -> list[Passage]:
    return [
        passage
        for claim in claims
        for statement in claim.statements
        for path in statement.paths
        for link in path
        for passage in link.passages
    ]


def _block(passage: Passage) -> Evidence | None:
    """The passage as a record has it; None for what no text can prove."""
    if passage.paragraph < 1 or not 0 <= passage.start < passage.end or not _DIGEST.fullmatch(passage.digest):
        return None
    return Evidence(paragraph=passage.paragraph, start=passage.start, end=passage.end, sha256=passage.digest)


# A passage that moved may be looked for for seconds: each page of one article asks the same again.
@functools.lru_cache(maxsize=512)
def _words(content: str, blocks: tuple[Evidence, ...]) -> dict[Evidence, str]:
    text = _text(content)
    proofs = zip(blocks, prove_all(blocks, text), strict=True)
    return {
        block: text.passage(proof.evidence.paragraph, proof.evidence.start, proof.evidence.end)
        for block, proof in proofs
        if proof.evidence is not None
    }


@functools.lru_cache(maxsize=64)
def _text(content: str) -> Text:
    return text_of(content)
