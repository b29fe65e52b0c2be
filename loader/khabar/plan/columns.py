"""The lines about one node, as source: the mapping's rows in the order of predicates, read once when a plan is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from khabar import vocabulary
from khabar.plan.octets import written
from khabar.quads import Row, mapping
from khabar.resolved import Extent, Node
from khabar.terms import LANG_STRING, RDF_TYPE, RDFS, XSD
from khabar.terms import Literal as Term

Number: TypeAlias = Literal["one", "maybe", "many", "fixed"]
"""How many terms a variable of the source holds: a text; a text, or an empty one; a tuple; none, being constant."""

LABEL: Final = RDFS + "label"


class Given(NamedTuple):
    """A variable of the source that holds the terms of a row, in canonical N-Triples."""

    name: str
    number: Number
    terms: tuple[str, ...] = ()
    variable: str = ""

    @property
    def source(self) -> str:
        """The variable, which has the name of the row if not another."""
        return f"o_{self.variable or self.name}"


class Column(NamedTuple):
    """One predicate of a node, and the variables that hold its objects."""

    predicate: str
    given: tuple[Given, ...]


def rows(node: type[Node]) -> tuple[tuple[str, Row], ...]:
    """The rows of the mapping, each with a name: that of its field, with the part of a date."""
    return tuple((_name(row), row) for row in mapping()[node])


def _name(row: Row) -> str:
    sample = Extent(edtf="edtf", earliest="earliest", latest="latest")
    try:
        (found,) = row.encode(sample)
    except (TypeError, ValueError, AttributeError):
        return row.field
    if isinstance(found, Term) and found.lexical in ("edtf", "earliest", "latest"):
        return f"{row.field}_{found.lexical}"
    return row.field


def columns(node: type[Node], given: Iterable[Given], absent: Iterable[str] = ()) -> list[Column]:
    """What is said of a node, sorted as lines are; ``types`` and ``label`` are given like the fields of rows.

    ``absent`` are the names of rows that nodes of this shape never have. A row that is neither raises KeyError.
    """
    by_name = {one.name: one for one in given}
    missing = frozenset(absent)
    found: dict[str, list[Given]] = {}
    for name, predicate in (("types", RDF_TYPE), ("label", LABEL)):
        if name not in missing:
            found.setdefault(predicate, []).append(by_name.pop(name))
    for name, row in rows(node):
        if name in missing:
            continue
        one = by_name.pop(name)
        for predicate in (row.property, *vocabulary.super_properties(row.property)):
            found.setdefault(predicate, []).append(one)
    if by_name:
        raise KeyError(*by_name)
    # The closing bracket counts: a predicate may begin another.
    return [Column(predicate, tuple(those)) for predicate, those in sorted(found.items(), key=lambda one: f"{one[0]}>")]


def lines(columns: Iterable[Column]) -> Iterator[str]:
    """Source that adds to ``tails`` what follows the subject in every line about a node.

    The variables are the names of the givens with ``o_`` before them.
    """
    singles: list[str] = []
    for predicate, given in columns:
        start = f"{predicate}> "
        if len(given) == 1 and given[0].number == "one":
            singles.append(f'f"{start}{{{given[0].source}}}\\n"')
            continue
        if len(given) == 1 and given[0].number == "fixed":
            singles += (repr(f"{start}{term}\n") for term in given[0].terms)
            continue
        yield from _singles(singles)
        singles = []
        if len(given) > 1:
            yield from _several(start, given)
            continue
        name = given[0].source
        yield f"if {name}:"
        if given[0].number == "maybe":
            yield f'    tails.append(f"{start}{{{name}}}\\n")'
        else:
            yield f"    for o in {name}:"
            yield f'        tails.append(f"{start}{{o}}\\n")'
    yield from _singles(singles)


def _singles(singles: list[str]) -> Iterator[str]:
    if len(singles) == 1:
        yield f"tails.append({singles[0]})"
    elif singles:
        yield f"tails += ({', '.join(singles)})"


def _several(start: str, given: tuple[Given, ...]) -> Iterator[str]:
    # What several fields say under one predicate is said once.
    yield "several = []"
    for one in given:
        match one.number:
            case "one":
                yield f"several.append({one.source})"
            case "maybe":
                yield f"if {one.source}:"
                yield f"    several.append({one.source})"
            case "many":
                yield f"if {one.source}:"
                yield f"    several += {one.source}"
            case "fixed":
                yield f"several += {one.terms!r}"
    yield "if several:"
    yield "    for o in several if len(several) == 1 else sorted(set(several)):"
    yield f'        tails.append(f"{start}{{o}}\\n")'


def check(node: type[Node], samples: Mapping[str, object]) -> None:
    """Prove that the mapping makes of each field what the source does of it; ValueError where it does not.

    ``samples`` tells, for the name of each row, a kind: ``iris``, ``iri``, ``texts``, or a datatype.
    """
    for name, row in rows(node):
        kind = samples[name]
        value, wanted = _SAMPLES.get(str(kind), ("2", (Term("2", str(kind)),)))
        if kind == XSD + "integer":
            value = 2
        if name != row.field:
            value = Extent(edtf="2", earliest="2", latest="2")
        if tuple(row.encode(value)) != wanted:
            raise ValueError(f"{node.__name__}.{name}")


_SAMPLES: Final[Mapping[str, tuple[object, tuple[object, ...]]]] = {
    "iris": (("urn:a", "urn:b"), ("urn:a", "urn:b")),
    "iri": ("urn:a", ("urn:a",)),
    "texts": ({"EN": "a"}, (Term("a", LANG_STRING, "en"),)),
    "several texts": ({"EN": ("a", "b")}, (Term("a", LANG_STRING, "en"), Term("b", LANG_STRING, "en"))),
}


def typed(row: Row, value: object) -> str:
    """The one term that a row makes of a value, written."""
    (found,) = row.encode(value)
    return written(found)
