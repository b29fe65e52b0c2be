"""One pass over the quads of a store: each IRI gets a number, and what lists and views need is noted under it."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
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

LONGEST: Final = 1_000
"""The code points of a name that are kept."""

_KHB: Final = vocabulary.NAMESPACE
_STEP: Final = 65_536
_LABELS: Final = (RDFS + "label", SKOS + "prefLabel")
_ALIASES: Final = (SKOS + "altLabel",)
_TEXTS: Final = (DCTERMS + "title", DCTERMS + "description", VOID + "uriSpace", _KHB + "language")
_DAY_DIGITS: Final = 10


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
        self.points: dict[int, str] = {}
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
    from pyoxigraph import BlankNode, Literal, NamedNode

    found = Survey()
    total = len(store)
    numbers, nodes, types, properties = found.numbers, found.nodes, found.types, found.properties
    link_property, link_subject, link_object = found.links
    value_kind, value_subject = found.values
    value_kinds: dict[tuple[int, str], int] = {}
    sets: dict[tuple[int, int], int] = {}
    readers = _readers(found, names)

    def number(term: str) -> int:
        known = numbers.get(term)
        if known is None:
            known = numbers[term] = len(nodes)
            nodes.append(term)
            types.append(0)
        return known

    last: object = None
    subject = 0
    for done, quad in enumerate(store):
        if not done % _STEP and progress is not None:
            progress(done, total)
        term, predicate, value, _ = quad
        if term != last:
            if not isinstance(term, NamedNode | BlankNode):
                continue
            last = term
            subject = number(term.value if isinstance(term, NamedNode) else f"_:{term.value}")
        name = predicate.value
        code = properties.get(name)
        if code is None:
            code = properties[name] = len(properties)
        if isinstance(value, NamedNode):
            other = number(value.value)
        elif isinstance(value, Literal):
            kind = (code, value.datatype.value)
            place = value_kinds.get(kind)
            if place is None:
                place = value_kinds[kind] = len(value_kinds)
            value_kind.append(place)
            value_subject.append(subject)
            read = readers.get(name)
            if read is not None:
                read(subject, value, kind[1])
            continue
        elif isinstance(value, BlankNode):
            other = number(f"_:{value.value}")
        else:
            continue
        link_property.append(code)
        link_subject.append(subject)
        link_object.append(other)
        if name == RDF_TYPE:
            types[subject] = _with(found.typesets, sets, types[subject], other)
    found.value_kinds = list(value_kinds)
    found.quads = total
    if progress is not None:
        progress(total, total)
    return found


def _with(typesets: list[frozenset[int]], known: dict[tuple[int, int], int], place: int, added: int) -> int:
    """The place of the classes at ``place`` and one more; equal sets have one place."""
    there = known.get((place, added))
    if there is None:
        wanted = typesets[place] | {added}
        try:
            there = typesets.index(wanted)
        except ValueError:
            there = len(typesets)
            typesets.append(wanted)
        known[place, added] = there
    return there


_Reader: TypeAlias = "Callable[[int, pyoxigraph.Literal, str], None]"


def _readers(found: Survey, names: Callable[[Name], None]) -> dict[str, _Reader]:
    """What is done with a literal, by its property."""

    def name(*, alias: bool) -> _Reader:
        def read(node: int, value: pyoxigraph.Literal, _: str) -> None:
            text = value.value
            text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
            if text and not text.isspace():
                names(Name(node, alias, (value.language or "").lower(), text))

        return read

    def date(node: int, value: pyoxigraph.Literal, datatype: str) -> None:
        if datatype == EDTF:
            known = found.dates.get(node, UNDATED)
            text = value.value
            # Two dates of one event contradict each other: which is shown must not hang on the order in the store.
            found.dates[node] = known._replace(edtf=min(known.edtf, text) if known.edtf else text)

    def bound(*, first: bool) -> _Reader:
        def read(node: int, value: pyoxigraph.Literal, datatype: str) -> None:
            day = _day(value.value) if datatype == XSD + "date" else ""
            if not day:
                return
            known = found.dates.get(node, UNDATED)
            if first:
                found.dates[node] = known._replace(earliest=min(known.earliest or day, day))
            else:
                found.dates[node] = known._replace(latest=max(known.latest, day))

        return read

    def point(node: int, value: pyoxigraph.Literal, datatype: str) -> None:
        if datatype == WKT:
            text = value.value[:LONGEST]
            found.points[node] = min(found.points.get(node, text), text)

    def text_of(property_: str) -> _Reader:
        def read(node: int, value: pyoxigraph.Literal, _: str) -> None:
            if value.value.strip():
                found.texts[node, property_].add(((value.language or "").lower(), value.value[:LONGEST]))

        return read

    return {
        **dict.fromkeys(_LABELS, name(alias=False)),
        **dict.fromkeys(_ALIASES, name(alias=True)),
        **dict.fromkeys((_KHB + "date", _KHB + "published"), date),
        _KHB + "earliest": bound(first=True),
        _KHB + "latest": bound(first=False),
        _KHB + "point": point,
        **{one: text_of(one) for one in _TEXTS},
    }


def _day(text: str) -> str:
    """A day of the years 0001 to 9999 as YYYY-MM-DD, without a time zone; empty for any other text."""
    from datetime import date

    try:
        return date.fromisoformat(text[:_DAY_DIGITS]).isoformat() if len(text) >= _DAY_DIGITS else ""
    except ValueError:
        return ""
