"""One pass over the quads of a store: each IRI gets a number, and what lists and views need is noted under it."""

from __future__ import annotations

import functools
import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from khabar import vocabulary
from khabar.description import DCTERMS, VOID
from khabar.errors import StoreFailed
from khabar.explorer.kinds import Classes
from khabar.quads import EDTF, WKT
from khabar.terms import RDF_TYPE, RDFS, SKOS, XSD

if TYPE_CHECKING:
    import pyoxigraph

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many quads are done, and of how many."""

_Read: TypeAlias = "Callable[[int, pyoxigraph.Literal, str], None]"

LONGEST: Final = 1_000
"""The code points of a name that are kept."""

_KHB: Final = vocabulary.NAMESPACE
_STEP: Final = 65_536
_LABELS: Final = (RDFS + "label", SKOS + "prefLabel")
_ALIASES: Final = (SKOS + "altLabel",)
_TEXTS: Final = (DCTERMS + "title", DCTERMS + "description", VOID + "uriSpace", _KHB + "language")
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")


class Name(NamedTuple):
    """A name of the node with a number; an alias is no label."""

    node: int
    alias: bool
    language: str
    text: str


class Dated(NamedTuple):
    """When a node took place: an EDTF expression, the first and the last day; each empty where it is not said."""

    edtf: str
    earliest: str
    latest: str


UNDATED: Final = Dated("", "", "")


class Survey:
    """All that the pass noted, by the numbers of IRIs and blank nodes.

    ``links`` are the triples whose object is a node, as three arrays: property, subject, object. ``values`` are those
    with a literal: the place of its property and datatype in ``value_kinds``, and the subject. ``types`` holds for
    each node the place of its classes in ``typesets``.
    """

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.nodes: list[str] = []
        self.types = array("I")
        self.typesets: list[frozenset[int]] = [frozenset()]
        self.properties: dict[str, int] = {}
        self.links = (array("I"), array("I"), array("I"))
        self.values = (array("I"), array("I"))
        self.value_kinds: list[tuple[int, str]] = []
        self.dates: dict[int, Dated] = {}
        self.points: dict[int, set[str]] = {}
        self.texts: dict[tuple[int, str], set[tuple[str, str]]] = defaultdict(set)
        self.quads = 0

    def pairs(self, name: str) -> Iterator[tuple[int, int]]:
        """Subject and object of each triple with a property, by its IRI; those in several graphs come several times."""
        wanted = self.properties.get(name)
        if wanted is None:
            return iter(())
        return ((subject, value) for one, subject, value in zip(*self.links, strict=True) if one == wanted)

    def grouped(self, names: frozenset[str]) -> dict[str, list[tuple[int, int]]]:
        """The distinct pairs of several properties, read at once; a property that nothing has gives none."""
        found: dict[int, dict[tuple[int, int], None]] = {
            code: {} for name, code in self.properties.items() if name in names
        }
        for one, subject, value in zip(*self.links, strict=True):
            pairs = found.get(one)
            if pairs is not None:
                pairs[subject, value] = None
        return {name: list(found.get(self.properties.get(name, -1), ())) for name in names}

    def classes(self) -> Classes:
        """The classes of the store, with what it says to be above them."""
        supers: dict[str, set[str]] = defaultdict(set)
        for subject, value in self.pairs(RDFS + "subClassOf"):
            supers[self.nodes[subject]].add(self.nodes[value])
        return Classes(supers)

    def type_names(self) -> list[frozenset[str]]:
        """The classes of each of ``typesets``, by their IRIs."""
        return [frozenset(self.nodes[one] for one in types if is_iri(self.nodes[one])) for types in self.typesets]


def is_iri(node: str) -> bool:
    """Tell whether a node of a survey is an IRI and no blank node."""
    return not node.startswith("_:")


def survey(store: pyoxigraph.Store, names: Callable[[Name], None], progress: Progress | None = None) -> Survey:
    """What ``store`` holds; every name that it gives to a node goes to ``names``, in no order.

    Terms of other kinds than IRIs, blank nodes and literals are left out, and literals that are not what their
    property asks for. Raises StoreFailed where the store does.
    """
    try:
        return _read(store, names, progress)
    except (OSError, RuntimeError, ValueError) as error:
        found = " ".join(str(error).split())
        raise StoreFailed(where="store", expected="a store whose quads can be read", found=found) from None


def _read(store: pyoxigraph.Store, names: Callable[[Name], None], progress: Progress | None) -> Survey:
    found = Survey()
    noted = _Notes(found, names)
    found.quads = total = len(store)
    for done, quad in enumerate(store):
        if not done % _STEP and progress is not None:
            progress(done, total)
        noted.take(quad.subject, quad.predicate.value, quad.object)
    found.value_kinds = list(noted.value_kinds)
    if progress is not None:
        progress(total, total)
    return found


class _Notes:
    """What is known while quads are read: the numbers that terms have so far."""

    def __init__(self, found: Survey, names: Callable[[Name], None]) -> None:
        from pyoxigraph import BlankNode, Literal, NamedNode

        self.value_kinds: dict[tuple[int, str], int] = {}
        self._found = found
        self._literals = _Literals(found, names).by_property()
        self._sets = {types: place for place, types in enumerate(found.typesets)}
        self._steps: dict[tuple[int, int], int] = {}
        self._last: object = None
        self._subject: int | None = None
        self._literal, self._named, self._blank = Literal, NamedNode, BlankNode

    def take(self, subject: object, name: str, value: object) -> None:
        # Quads of one subject come after one another.
        if subject != self._last:
            self._last = subject
            self._subject = self._number(subject)
        node, properties = self._subject, self._found.properties
        if node is None:
            return
        code = properties.get(name)
        if code is None:
            code = properties[name] = len(properties)
        if isinstance(value, self._literal):
            self._take_literal(node, name, code, value)
        else:
            self._take_link(node, name, code, value)

    def _take_literal(self, node: int, name: str, code: int, value: pyoxigraph.Literal) -> None:
        datatype = value.datatype.value
        kinds, subjects = self._found.values
        kinds.append(self.value_kinds.setdefault((code, datatype), len(self.value_kinds)))
        subjects.append(node)
        read = self._literals.get(name)
        if read is not None:
            read(node, value, datatype)

    def _take_link(self, node: int, name: str, code: int, value: object) -> None:
        other = self._number(value)
        if other is None:
            return
        properties, subjects, objects = self._found.links
        properties.append(code)
        subjects.append(node)
        objects.append(other)
        if name == RDF_TYPE:
            self._found.types[node] = self._with(self._found.types[node], other)

    def _number(self, term: object) -> int | None:
        """The number of an IRI or a blank node; None for a term of another kind."""
        if isinstance(term, self._named):
            text: str = term.value
        elif isinstance(term, self._blank):
            text = f"_:{term.value}"
        else:
            return None
        found = self._found
        known = found.numbers.get(text)
        if known is None:
            known = found.numbers[text] = len(found.nodes)
            found.nodes.append(text)
            found.types.append(0)
        return known

    def _with(self, place: int, added: int) -> int:
        """The place of the classes at ``place`` and one more; equal sets have one place."""
        there = self._steps.get((place, added))
        if there is None:
            typesets = self._found.typesets
            wanted = typesets[place] | {added}
            there = self._steps[place, added] = self._sets.setdefault(wanted, len(typesets))
            if there == len(typesets):
                typesets.append(wanted)
        return there


class _Literals:
    """What is done with the literals of some properties."""

    def __init__(self, found: Survey, names: Callable[[Name], None]) -> None:
        self._found = found
        self._names = names

    def by_property(self) -> dict[str, _Read]:
        """For each property that is read, what is done with a subject, a literal and its datatype."""
        return {
            **dict.fromkeys(_LABELS, functools.partial(self._name, alias=False)),
            **dict.fromkeys(_ALIASES, functools.partial(self._name, alias=True)),
            **dict.fromkeys((_KHB + "date", _KHB + "published"), self._date),
            _KHB + "earliest": self._earliest,
            _KHB + "latest": self._latest,
            _KHB + "point": self._point,
            **{one: functools.partial(self._text, one) for one in _TEXTS},
        }

    def _name(self, node: int, value: pyoxigraph.Literal, _: str, *, alias: bool) -> None:
        text = value.value
        text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        if text and not text.isspace():
            self._names(Name(node, alias, (value.language or "").lower(), text))

    def _date(self, node: int, value: pyoxigraph.Literal, datatype: str) -> None:
        if datatype == EDTF:
            known = self._found.dates.get(node, UNDATED)
            # Two dates of one event contradict each other: which is shown must not hang on the order in the store.
            self._found.dates[node] = known._replace(edtf=min(known.edtf or value.value, value.value))

    def _earliest(self, node: int, value: pyoxigraph.Literal, datatype: str) -> None:
        if day := _day(value.value, datatype):
            known = self._found.dates.get(node, UNDATED)
            self._found.dates[node] = known._replace(earliest=min(known.earliest or day, day))

    def _latest(self, node: int, value: pyoxigraph.Literal, datatype: str) -> None:
        if day := _day(value.value, datatype):
            known = self._found.dates.get(node, UNDATED)
            self._found.dates[node] = known._replace(latest=max(known.latest, day))

    def _point(self, node: int, value: pyoxigraph.Literal, datatype: str) -> None:
        if datatype == WKT:
            self._found.points.setdefault(node, set()).add(value.value[:LONGEST])

    def _text(self, name: str, node: int, value: pyoxigraph.Literal, _: str) -> None:
        if value.value.strip():
            self._found.texts[node, name].add(((value.language or "").lower(), value.value[:LONGEST]))


@functools.lru_cache(maxsize=65_536)
def _day(text: str, datatype: str) -> str:
    """An ``xsd:date`` of the years 0001 to 9999 as YYYY-MM-DD, without its time zone; empty for any other literal."""
    match = _DAY.fullmatch(text) if datatype == XSD + "date" else None
    if match is None:
        return ""
    try:
        return date.fromisoformat(match[1]).isoformat()
    except ValueError:
        return ""
