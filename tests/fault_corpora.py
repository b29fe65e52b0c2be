"""Small corpora as named graphs, any number of them side by side, each in two editions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from descriptions import description
from khabar.graphs import NamedGraph
from khabar.iris import Iris
from khabar.terms import XSD
from khabar.vocabulary import property_of

ARTICLES: Final = ("airport", "bridge", "canal", "dam", "embassy", "ferry")
"""The articles of the second edition."""

_ONLY_EARLIER: Final = "archive"
_ONLY_LATER: Final = "ferry"
_CHANGED: Final = frozenset({"bridge", "dam", "derived"})
_LARGE: Final = "canal"
_LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"
_WORDS: Final = (
    '"said \\"no\\""@en',
    '"نفى المسؤول ذلك"@ar',
    f'"42"^^<{XSD}integer>',
    '"one\\nline \\\\ two"',
    '"C:\\\\users"',
    '"🚢"',
)


def base(name: str) -> str:
    """The base of the corpus of this name."""
    return f"https://example.org/faults/{name}/"


def corpus(name: str, edition: int = 2) -> list[NamedGraph]:
    """The graphs of a corpus, the description of the dataset last.

    The first edition has an article that the second has not, lacks one that it has, and differs in two others. The
    graphs hold between three and some 1,200 triples, which is more than one update takes, none with a blank node.
    """
    iris = Iris(base(name))
    articles = [article for article in ARTICLES if edition > 1 or article != _ONLY_LATER]
    if edition == 1:
        articles.append(_ONLY_EARLIER)
    names = [*sorted(articles), "entities", "derived"]
    graphs = [NamedGraph.of(iris.graph(each), _lines(iris, each, edition if each in _CHANGED else 0)) for each in names]
    return [*graphs, description(base(name), graphs)]


def _lines(iris: Iris, name: str, edition: int) -> Iterator[bytes]:
    chosen = random.Random(f"{name} {edition}")  # noqa: S311 - no secret
    for number in range(600 if name == _LARGE else chosen.randrange(3, 40)):
        subject = f"{iris.namespace('events')}{name}.event-{number}"
        other = f"{iris.namespace('agents')}agent-{chosen.randrange(20)}"
        yield f"<{subject}> <{property_of('participant')}> <{other}> .\n".encode()
        yield f"<{subject}> <{_LABEL}> {chosen.choice(_WORDS)} .\n".encode()
