"""A mapping: the account of one link, or of the decision that there is none."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

Relation: TypeAlias = Literal["exact_match", "close_match"]
RELATIONS: Final[tuple[Relation, ...]] = ("exact_match", "close_match")
Justification: TypeAlias = Literal[
    "ManualMappingCuration", "CompositeMatching", "LexicalMatching", "MappingReview", "UnspecifiedMatching"
]
"""Why a mapping holds, in the words of the Semantic Mapping Vocabulary (https://w3id.org/semapv/vocab/)."""


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """One mapping of an entity of a corpus, as SSSOM has it.

    ``subject`` refers to the entity (``slug``, or ``article.slug``). ``object`` is a Q-number or an IRI; None says that
    Wikidata has no item for it. ``is_refused`` says that it is *not* this one. ``confidence`` goes from 0 to 1, None
    where nobody measured it. ``tool`` and ``tool_version`` found it, ``author`` asserts it, ``reviewer`` looked at it:
    a name, or an IRI such as an ORCID. ``date`` is that of the decision (ISO 8601). ``comment`` holds the reasons.
    """

    subject: str
    object: str | None
    relation: Relation = "exact_match"
    is_refused: bool = False
    subject_label: str = ""
    object_label: str = ""
    justification: Justification = "ManualMappingCuration"
    confidence: float | None = None
    tool: str = ""
    tool_version: str = ""
    author: str = ""
    reviewer: str = ""
    date: str = ""
    comment: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What one mapping is about: there is one decision at most on an entity and an object."""
        return self.subject, self.object or ""
