"""What the bundled queries are asked in the golden answers, and the two engines that answer."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import rdflib
from rdflib.query import ResultRow

import khabar
from corpora_at_hand import CORPORA, ROOT
from khabar import pipeline
from khabar.iris import Iris
from khabar.queries import results
from khabar.queries.binding import bind
from khabar.queries.catalogue import catalogue, find
from khabar.queries.results import Rows
from khabar.queries.spelling import Term
from khabar.stores.store import OxigraphStore
from khabar.terms import LANG_STRING, XSD_STRING, Literal

ANSWERS = ROOT / "tests/golden/queries"
ASKED = ("libya", "eastport")


class Question(NamedTuple):
    """One query on one corpus; ``variant`` tells apart what is asked with parameters."""

    corpus: str
    query: str
    variant: str = ""
    params: tuple[tuple[str, str], ...] = ()

    @property
    def golden(self) -> Path:
        return ANSWERS / self.corpus / f"{self.query}{self.variant and '.'}{self.variant}.tsv"

    @property
    def text(self) -> str:
        return bind(find(self.query), dict(self.params), prefixes=prefixes(self.corpus))


def _asked(corpus: str, query: str, variant: str, **params: str) -> Question:
    return Question(corpus, query, variant, tuple(params.items()))


BUNDLED = tuple(query.name for query in catalogue() if "federated" not in query.tags)
PAGED = tuple(name for name in BUNDLED if "# page ?" in find(name).text or "# days end" in find(name).text)
"""The queries whose pages are found without a look at the whole list."""
QUESTIONS = (
    *(Question(corpus, query) for corpus in ASKED for query in BUNDLED),
    _asked("libya", "who-says-what", "arabic", lang="ar"),
    _asked("libya", "meetings-attendance", "with-putin", **{"with": "putin"}),
    _asked("libya", "put-forward-and-denied", "hosting", claim="rt-arabic-2023-11-07.hosting-in-return"),
    _asked("libya", "events-in-window", "late-september", **{"from": "2023-09-20", "to": "2023-09-30"}),
    _asked("libya", "forces-present", "mitiga", place="mitiga"),
    _asked("libya", "unnamed-sources-alone", "close-to-haftar", **{"for": "haftar"}),
    _asked("eastport", "chain-of-transmission", "depot", claim="mawj-denial.depot-rising"),
    _asked("eastport", "events-in-window", "march", **{"from": "2031-03-01", "to": "2031-03-10"}),
    _asked("eastport", "timeline", "morrow", agent="ines-morrow"),
    _asked("eastport", "stance-over-time", "morrow", source="ines-morrow"),
    _asked("eastport", "stance-over-time", "insider", source="envoy-retracts.ministry-insider"),
    _asked("eastport", "coverage-by-language", "arabic", language="ar"),
    _asked("eastport", "uncertain-details", "possible", certainty="possible"),
    _asked("eastport", "deal-terms", "french", lang="fr"),
    _asked("eastport", "detail-disagreements", "visit", event="gazette-visit.veskin-visit"),
    _asked("eastport", "standing", "contested", standing="contested"),
    _asked("eastport", "unlinked-entities", "people", kind="Person"),
)


@functools.cache
def prefixes(corpus: str) -> Mapping[str, str]:
    return Iris(khabar.read(CORPORA[corpus]).header.base).prefixes()


@functools.cache
def store(corpus: str) -> OxigraphStore:
    found = pipeline.open_store(CORPORA[corpus])
    assert isinstance(found, OxigraphStore)
    return found


@functools.cache
def dataset(corpus: str) -> rdflib.Dataset:
    return khabar.graph(khabar.read(CORPORA[corpus]))


def by_oxigraph(question: Question) -> Rows:
    return store(question.corpus).select(question.text)


def by_rdflib(question: Question) -> Rows:
    return told_by_rdflib(question.corpus, question.text)


def told_by_rdflib(corpus: str, text: str) -> Rows:
    """The rows that rdflib gives for a query of any text."""
    answer = dataset(corpus).query(text)
    columns = tuple(map(str, answer.vars or ()))
    return Rows(columns=columns, rows=tuple(tuple(map(_term, row)) for row in answer if isinstance(row, ResultRow)))


def _term(value: object) -> Term | None:
    if isinstance(value, rdflib.Literal):
        datatype = LANG_STRING if value.language else str(value.datatype or XSD_STRING)
        return Literal(str(value), datatype, value.language or "")
    return None if value is None else str(value)


def document(question: Question) -> str:
    """The golden answer: tab-separated values with the terms spelled in full."""
    return results.text(by_oxigraph(question), "tsv")
