"""The record that an author begins with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final


def new_record(
    article_id: str,
    *,
    language: str = "ar",
    languages: Iterable[str] = ("en", "ar"),
    publisher: str = "OUTLET-ID",
    published: str = "YYYY-MM-DD",
) -> str:
    """The YAML of a record to begin with: what must be filled in stands in capitals, and ``check`` tells each of it.

    The sections are there as comments, with an example in each. Raises nothing: what is unfit is told by ``check``.
    """
    labels = ", ".join(f'{tag}: "..."' for tag in languages)
    given = {"id": article_id, "publisher": publisher, "published": published, "language": language}
    return _SKELETON.format(labels=labels, **{key: _scalar(value) for key, value in given.items()})


def _scalar(value: str) -> str:
    # In quotes where YAML could take it for anything else, such as the brackets of a date for a list.
    return value if re.fullmatch(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*", value) else json.dumps(value)


_SKELETON: Final = """\
# The record of one article. What is in capitals is to be filled in; then: khabar check
article:
  id: {id}
  title: TITLE  # in each language: {{{labels}}}
  publisher: {publisher}  # an Outlet of entities/, or of the section entities below
  published: {published}  # EDTF: 2023-11-07, 2023-11, 2023-11-0X, "[2023-11-01..2023-11-07]"
  language: {language}
  # url: https://...
  # text is added by: khabar cite --fill THIS-FILE --text THE-ARTICLE'S-TEXT

# Who is quoted without a name. A source belongs to this article alone.
# sources:
#   official:
#     described_as: {{{labels}}}
#     speaks_for: some-entity

# What is said to have happened, or to be planned. None of it is a fact because it is written here.
# events:
#   visit:
#     type: Visit  # Event, Meeting, Visit, Agreement, Provision, AccessGrant, ForcePresence, or a type of corpus.yaml
#     label: {{{labels}}}
#     date: 2023-08
#     visitor: some-entity
#     host: another-entity

# Propositions about events. A statement can also name an event itself (event: visit).
# claims:
#   visit-planned:
#     about: visit
#     text: {{{labels}}}

# Who takes which stance toward which claim, passed on by whom. The publisher is the last link without being written.
# statements:
#   official-denies:
#     source: official
#     stance: denies  # asserts, reports, alleges, confirms, denies, disputes, declines-comment, retracts
#     claim: visit-planned
#     via: [some-outlet]
#     evidence: {{quote: "first words ... last words"}}  # khabar cite --fill turns it into offsets and a digest
"""
