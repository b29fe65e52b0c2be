"""The lines about one node, as source: the mapping's rows in the order of predicates, read once when a plan is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from khabar import vocabulary
from khabar.plan.octets import written
from khabar.quads import Row, mapping
from khabar.resolved import Extent, Node
from khabar.terms import RDF_TYPE, RDFS
from khabar.terms import Literal as Term

Number: TypeAlias = Literal["one", "maybe", "many", "fixed", "lines"]
"""What a variable holds: a term; a term or an empty text; a sorted list of terms, which may be empty; nothing, the
terms being always the same; or whole lines."""


class Given(NamedTuple):
    """What says the terms of a row: the variable ``o_NAME``, unless ``body`` is source of its own."""

    name: str
    number: Number
    terms: tuple[str, ...] = ()
    field: str = ""
    form: str = "{{{0}}}"
    variable: str = ""

    @property
    def source(self) -> str:
        """The variable."""
        return f"o_{self.variable or self.name}"


_MOSTLY_ONE: Final = frozenset({"o_evidence", "o_about"})


def rows(node: type[Node]) -> dict[str, Row]:
    """The rows of the mapping by name: that of the field, with the part of a date."""
    return {_name(row): row for row in mapping()[node]}


def _name(row: Row) -> str:
    sample = Extent(edtf="edtf", earliest="earliest", latest="latest")
    try:
        (found,) = row.encode(sample)
    except (TypeError, ValueError, AttributeError):
        return row.field
    if isinstance(found, Term) and found.lexical in ("edtf", "earliest", "latest"):
        return f"{row.field}_{found.lexical}"
    return row.field


class Columns:
    """What is said of nodes of one shape, sorted as lines are.

    ``given`` say the terms: of the types and the label, and of every row of the mapping but those named in ``absent``,
    which nodes of this shape never have. A row that is neither given nor absent raises KeyError.
    """

    def __init__(self, node: type[Node], given: Iterable[Given], absent: Iterable[str] = ()) -> None:
        self.given = {one.name: one for one in given}
        missing = frozenset(absent)
        said: dict[str, tuple[str, ...]] = {"types": (RDF_TYPE,), "label": (RDFS + "label",)}
        for name, row in rows(node).items():
            said[name] = (row.property, *vocabulary.super_properties(row.property))
        self.said = {name: predicates for name, predicates in said.items() if name not in missing}
        if self.said.keys() != self.given.keys():
            raise KeyError(*sorted(self.said.keys() ^ self.given.keys()))
        by_predicate: dict[str, list[str]] = {}
        for name, predicates in self.said.items():
            for predicate in predicates:
                by_predicate.setdefault(predicate, []).append(name)
        # The closing bracket counts: a predicate may begin another.
        self.predicates = sorted(by_predicate, key=lambda predicate: f"{predicate}>")
        self.shared = {predicate for predicate, names in by_predicate.items() if len(names) > 1}

    def source(self, bodies: Iterable[str]) -> Iterator[str]:
        """Source that adds the lines of a node to ``blocks``; ``bodies`` come after the fragments are emptied.

        ``s`` is the subject and the bracket of the predicate after it. Fragments are the lines of one predicate.
        """
        loose = [f"f_{number}" for number, predicate in enumerate(self.predicates) if not self._always(predicate)]
        if loose:
            yield f'{" = ".join(loose)} = ""'
        yield from (f"{self._several(predicate)} = []" for predicate in sorted(self.shared))
        yield from bodies
        for one in self.given.values():
            if not one.field:
                yield from self._loose(one)
        for predicate in sorted(self.shared):
            several = self._several(predicate)
            yield f"if {several}:"
            yield from (f"    {line}" for line in self._all(predicate, several))
        parts = "".join(self._part(number, predicate) for number, predicate in enumerate(self.predicates))
        yield f'blocks.append(f"{parts}")'

    def told(self, name: str, value: str) -> Iterator[str]:
        """Source that says the one term ``value`` of the row ``name``."""
        for predicate in self.said[name]:
            if predicate in self.shared:
                yield f"{self._several(predicate)}.append({value})"
            else:
                yield f'{self._fragment(predicate)} = f"{{s}}{predicate}> {{{value}}}\\n"'

    def told_all(self, name: str, values: str) -> Iterator[str]:
        """Source that says the terms in the sorted list ``values`` of the row ``name``."""
        for predicate in self.said[name]:
            if predicate in self.shared:
                yield f"{self._several(predicate)} += {values}"
            else:
                yield from self._all(predicate, values)

    def start(self, name: str) -> str:
        """Source for the beginning of the lines of the row ``name``."""
        (predicate,) = self.said[name]
        return f'f"{{s}}{predicate}> "'

    def whole(self, name: str) -> str:
        """The fragment of a row that has a predicate of its own."""
        (predicate,) = self.said[name]
        return self._fragment(predicate)

    def _all(self, predicate: str, values: str) -> Iterator[str]:
        fragment = self._fragment(predicate)
        one = ("len(o) == 1", f'{fragment} = f"{{s}}{predicate}> {{o[0]}}\\n"')
        two = ("len(o) == 2", f'x, y = o; {fragment} = f"{{s}}{predicate}> {{x}}\\n{{s}}{predicate}> {{y}}\\n"')
        yield f"o = {values}"
        if values.startswith("several"):
            yield "if len(o) > 1:"
            yield "    o = sorted(set(o))"
        first, second = (one, two) if values in _MOSTLY_ONE or values.startswith("several") else (two, one)
        yield f"if {first[0]}:"
        yield f"    {first[1]}"
        yield f"elif {second[0]}:"
        yield f"    {second[1]}"
        yield "else:"
        yield f'    {fragment} = "".join([f"{{s}}{predicate}> {{x}}\\n" for x in o])'

    def _loose(self, one: Given) -> Iterator[str]:
        if one.number in ("maybe", "many"):
            variable = one.source
            told = self.told if one.number == "maybe" else self.told_all
            yield f"if {variable}:"
            yield from (f"    {line}" for line in told(one.name, variable))
        elif any(predicate in self.shared for predicate in self.said[one.name]):
            raise ValueError(one)

    def _several(self, predicate: str) -> str:
        # What several rows say under one predicate is said once.
        return f"several_{self.predicates.index(predicate)}"

    def _fragment(self, predicate: str) -> str:
        return f"f_{self.predicates.index(predicate)}"

    def _always(self, predicate: str) -> bool:
        return (
            predicate not in self.shared
            and self._only(predicate).number in ("one", "fixed", "lines")
            and not self._only(predicate).field
        )

    def _only(self, predicate: str) -> Given:
        (name,) = (name for name, predicates in self.said.items() if predicate in predicates)
        return self.given[name]

    def _part(self, number: int, predicate: str) -> str:
        if not self._always(predicate):
            return f"{{f_{number}}}"
        one = self._only(predicate)
        if one.number == "lines":
            return f"{{{one.source}}}"
        terms = one.terms if one.number == "fixed" else (one.form.format(one.source),)
        return "".join(f"{{s}}{predicate}> {term}\\n" for term in terms)


def typed(row: Row, value: object) -> str:
    """The one term that a row makes of a value, written."""
    (found,) = row.encode(value)
    return written(found)
