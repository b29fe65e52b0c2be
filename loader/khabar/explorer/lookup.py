"""Look-ups in a graph, each bounded: what pages read of a store, however large it is and whatever it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from khabar.explorer.values import Text
from khabar.terms import Literal

if TYPE_CHECKING:
    import pyoxigraph

READS: Final = 60_000
"""How much one `Lookup` reads at the most, in look-ups and quads together: a page ends, whatever the graph is like."""

_OTHERS: Final = 16
"""How many terms of another sort, or stated by several graphs, may stand before those that are looked for."""

Term: TypeAlias = "str | Literal"
_Term = TypeVar("_Term", bound=Term)


class Lookup:
    """Reads a store by patterns, never by scans; a value that several graphs state is one value.

    What is more than the bound of a look-up, and all that comes after ``reads``, is as if it were not there. Blank
    nodes and triples as terms are passed over.
    """

    def __init__(self, store: pyoxigraph.Store, language: str, *, reads: int = READS) -> None:
        self._store = store
        self._left = reads
        self.language = language.lower()

    def values(self, subject: str, predicate: str, limit: int) -> list[Term]:
        """The values of a property, in the order of their spelling."""
        return _first(_terms(self._objects(subject, predicate, limit)), limit)

    def iris(self, subject: str, predicate: str, limit: int) -> list[str]:
        """The values of a property that are IRIs."""
        found = _terms(self._objects(subject, predicate, limit))
        return _first((value for value in found if isinstance(value, str)), limit)

    def literals(self, subject: str, predicate: str, limit: int) -> list[Literal]:
        """The values of a property that are literals."""
        found = _terms(self._objects(subject, predicate, limit))
        return _first((value for value in found if isinstance(value, Literal)), limit)

    def texts(self, subject: str, predicate: str, limit: int) -> list[Text]:
        """The values of a property as texts, those in the language of the page first, then English, then others."""
        found = [Text(value.lexical, value.language) for value in self.literals(subject, predicate, limit)]
        return sorted(found, key=lambda text: (self.rank(text.language), text.language, text.text))

    def subjects(self, predicate: str, value: str, limit: int) -> list[str]:
        """The IRIs of those that have ``value`` as a value of the property, in order."""
        found = _terms(quad.subject for quad in self._quads((None, predicate, value), limit + _OTHERS))
        return _first((one for one in found if isinstance(one, str)), limit)

    def between(self, subject: str, value: str, limit: int) -> set[str]:
        """The properties of which ``subject`` has ``value``."""
        return {quad.predicate.value for quad in self._quads((subject, None, value), limit)}

    def said(self, subject: str, limit: int) -> set[str]:
        """The properties that ``subject`` has."""
        return {quad.predicate.value for quad in self._quads((subject, None, None), limit)}

    def graph(self, subject: str, predicate: str) -> str:
        """The named graph that states a property of ``subject``, the first found; "" where it is in none."""
        from pyoxigraph import NamedNode

        for quad in self._quads((subject, predicate, None), 1):
            if isinstance(quad.graph_name, NamedNode):
                return quad.graph_name.value
        return ""

    def rank(self, tag: str) -> int:
        """How far a language is from that of the page: 0 for the same, 1 for one of its regions, then English."""
        tags = (self.language, self.language.partition("-")[0], "en")
        for number, wanted in enumerate(tags):
            if tag == wanted:
                return 2 * number
            if wanted and tag.startswith(f"{wanted}-"):
                return 2 * number + 1
        return 2 * len(tags) + bool(tag)

    def best(self, texts: Sequence[Text]) -> list[Text]:
        """Those of ``texts`` in the language nearest to that of the page."""
        nearest = min(texts, key=lambda text: (self.rank(text.language), text.language), default=None)
        return [text for text in texts if nearest is not None and text.language == nearest.language]

    def _objects(self, subject: str, predicate: str, limit: int) -> Iterator[object]:
        return (quad.object for quad in self._quads((subject, predicate, None), limit + _OTHERS))

    def _quads(self, pattern: tuple[str | None, str | None, str | None], limit: int) -> Iterator[pyoxigraph.Quad]:
        from pyoxigraph import NamedNode

        self._left -= 1
        nodes = [None if part is None else NamedNode(part) for part in pattern]
        for quad in islice(self._store.quads_for_pattern(nodes[0], nodes[1], nodes[2], None), limit):
            if self._left <= 0:
                return
            self._left -= 1
            yield quad


def _terms(nodes: Iterable[object]) -> Iterator[Term]:
    from pyoxigraph import Literal as OxLiteral
    from pyoxigraph import NamedNode

    from khabar.conversion import from_oxigraph

    for node in nodes:
        if isinstance(node, NamedNode | OxLiteral):
            yield from_oxigraph(node)


def _first(terms: Iterable[_Term], limit: int) -> list[_Term]:
    return sorted(list(dict.fromkeys(terms))[:limit], key=_spelling)


def _spelling(term: Term) -> tuple[str, ...]:
    return ("", term) if isinstance(term, str) else ("literal", *term)
