"""The forms of an answer: the media types of SPARQL results and of RDF, and what a client likes best of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from khabar.languages import weighed


class Form(msgspec.Struct, frozen=True):
    """One form of an answer: its name in addresses, its media type, the other types it is asked for by."""

    name: str
    media_type: str
    others: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of Content-Type: with the charset, where the media type has one to tell."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


RESULTS: Final = (
    Form("json", "application/sparql-results+json", ("application/json",)),
    Form("xml", "application/sparql-results+xml", ("application/xml", "text/xml")),
    Form("csv", "text/csv"),
    Form("tsv", "text/tab-separated-values"),
)
"""The forms of rows and of a yes or no, the one that is given to whoever asks for none first."""

GRAPHS: Final = (
    Form("ttl", "text/turtle", ("application/x-turtle", "application/turtle")),
    Form("nt", "application/n-triples", ("text/plain",)),
    Form("jsonld", "application/ld+json", ("application/json",)),
    Form("trig", "application/trig"),
    Form("nq", "application/n-quads", ("text/x-nquads",)),
    Form("rdf", "application/rdf+xml", ("application/xml",)),
)
"""The forms of a graph, the one that is given to whoever asks for none first."""

FORMS: Final[Mapping[str, Form]] = MappingProxyType({form.name: form for form in (*RESULTS, *GRAPHS)})
"""Every form by its name."""


def preferred(accept: str, forms: Sequence[Form]) -> Form | None:
    """The form that an Accept header likes best, the earlier one among equals; None where it takes none of ``forms``.

    An empty header takes anything. A range that is more special counts before one that is less (RFC 9110, 12.5.1).

    >>> preferred("text/html, text/csv;q=0.5, */*;q=0.1", RESULTS).name
    'csv'
    >>> preferred("image/png", RESULTS) is None
    True
    """
    ranges = tuple(_ranges(accept))
    if not ranges:
        return forms[0]
    weighed = [(_weight(form, ranges), -place) for place, form in enumerate(forms)]
    weight, place = max(weighed)
    return forms[-place] if weight > 0 else None


def quality(accept: str, media_type: str) -> float:
    """How much an Accept header likes one media type, from 0 to 1.

    >>> quality("text/*;q=0.5, application/json", "text/html")
    0.5
    """
    ranges = tuple(_ranges(accept))
    return _weight(Form("", media_type), ranges) if ranges else 1.0


def _ranges(accept: str) -> list[tuple[str, float]]:
    return [("*/*" if kind == "*" else kind, weight) for kind, weight in weighed(accept) if "/" in kind or kind == "*"]


def _weight(form: Form, ranges: Sequence[tuple[str, float]]) -> float:
    best = (-1, 0.0)
    for kind, weight in ranges:
        major, _, minor = kind.partition("/")
        if kind == form.media_type:
            rank = 3
        elif kind in form.others:
            rank = 2
        elif minor == "*" and major in ("*", form.media_type.partition("/")[0]):
            rank = int(major != "*")
        else:
            continue
        best = max(best, (rank, weight))
    return best[1]
