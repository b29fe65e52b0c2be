"""The smaller functions in the source of all plans; see `khabar.plan.template`."""

from __future__ import annotations

from typing import Final

PHRASES: Final = """\
def described_iri(id, slug):
    if "." in slug:
        id, _, slug = slug.partition(".")
    return f"$described_claim_iri"


def evidence(id, o_article, evidence, length, passages, digests, blocks):
    found = (evidence,) if type(evidence) is Evidence else evidence
    if not found:
        raise Unsure
    iris = []
    for block in found:
        o_paragraph = block.paragraph
        o_start = block.start
        o_end = block.end
        o_digest = block.sha256
        if o_end <= o_start or o_end > length or o_paragraph > length:
            raise Unsure
        passage = f"$passage_iri"
        iris.append(passage)
        if passage not in passages:
            passages[passage] = o_digest
            digests.append(o_digest)
            s = f"{passage} <"
            $passage_lines
        elif passages[passage] != o_digest:
            raise Unsure
    return sorted(set(iris)), 5 * len(found)


def texts(texts, start):
    try:
        $texts_given
    except KeyError:
        return other_texts(texts, start)
    if len(texts) != $texts_number or $texts_blank:
        return other_texts(texts, start)
    $texts_written
    return $texts_sorted


def said(names, middles, texts, start):
    try:
        $said_given
    except KeyError:
        return other_said(names, middles, texts, start)
    if len(texts) != $texts_number:
        return other_said(names, middles, texts, start)
    return $texts_sorted
"""
