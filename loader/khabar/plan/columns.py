"""The lines about one node, as source: the mapping's rows in the order of predicates, read once when a plan is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    which nodes of this shape never have. A row that is neither given nor absent raises KeyError. The lines of a
    ``sparse`` node, which has few of many columns, are gathered in a list, those of others in one text.
    """

    def __init__(
        self, node: type[Node], given: Iterable[Given], absent: Iterable[str] = (), *, sparse: bool = False
    ) -> None:
        self.sparse = sparse
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

    def source(self, bodies: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """Source that adds the lines of a node to ``blocks``; ``bodies``, by row, read what rows say.

        ``s`` is the subject and the bracket of the predicate after it. Fragments are the lines of one predicate.
        """
        yield from (f"{self._several(predicate)} = []" for predicate in sorted(self.shared))
        whole = self._gathered(bodies) if self.sparse else self._at_once(bodies)
        yield from whole

    def _at_once(self, bodies: Mapping[str, Sequence[str]]) -> Iterator[str]:
        loose = [f"f_{number}" for number, predicate in enumerate(self.predicates) if not self._always(predicate)]
        if loose:
            yield f'{" = ".join(loose)} = ""'
        for name in self.given:
            yield from bodies.get(name, ())
        for one in self.given.values():
            yield from self._loose(one)
        for predicate in sorted(self.shared):
            yield from self._said_once(predicate, predicate)
        parts = "".join(
            self._part(predicate) if self._always(predicate) else f"{{f_{number}}}"
            for number, predicate in enumerate(self.predicates)
        )
        yield f'blocks.append(f"{parts}")'

    def _gathered(self, bodies: Mapping[str, Sequence[str]]) -> Iterator[str]:
        yield "parts = []"
        for number, predicate in enumerate(self.predicates):
            # What is said under several predicates is read where it stands alone.
            for name, predicates in self.said.items():
                if predicate == next((one for one in predicates if one not in self.shared), predicates[0]):
                    yield from bodies.get(name, ())
                    yield from self._loose(self.given[name])
            if predicate in self.shared:
                yield f"place_{number} = len(parts)"
                yield 'parts.append("")'
            elif self._always(predicate):
                yield f'parts.append(f"{self._part(predicate)}")'
        for number, predicate in enumerate(self.predicates):
            if predicate in self.shared:
                yield from self._said_once(predicate, f"place_{number}")
        yield 'blocks.append("".join(parts))'

    def _said_once(self, predicate: str, where: str) -> Iterator[str]:
        several = self._several(predicate)
        yield f"if {several}:"
        yield from (f"    {line}" for line in self._all(predicate, several, where))

    def _put(self, predicate: str, value: str, where: str = "") -> str:
        if where.startswith("place"):
            return f"parts[{where}] = {value}"
        return f"parts.append({value})" if self.sparse else f"{self._fragment(predicate)} = {value}"

    def told(self, name: str, value: str) -> Iterator[str]:
        """Source that says the one term ``value`` of the row ``name``."""
        for predicate in self.said[name]:
            if predicate in self.shared:
                yield f"{self._several(predicate)}.append({value})"
            else:
                yield self._put(predicate, f'f"{{s}}{predicate}> {{{value}}}\\n"')

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

    def put_lines(self, name: str, value: str) -> str:
        """Source that adds the lines in ``value`` for the row ``name``, which has a predicate of its own."""
        (predicate,) = self.said[name]
        return self._put(predicate, value)

    def _all(self, predicate: str, values: str, where: str = "") -> Iterator[str]:
        line = f"{{s}}{predicate}> "
        one = self._put(predicate, f'f"{line}{{o[0]}}\\n"', where)
        two = self._put(predicate, f'f"{line}{{o[0]}}\\n{line}{{o[1]}}\\n"', where)
        yield f"o = {values}"
        if values.startswith("several"):
            yield "if len(o) > 1:"
            yield "    o = sorted(set(o))"
        few = [("len(o) == 1", one), ("len(o) == 2", two)]
        if values not in _MOSTLY_ONE and not values.startswith("several"):
            few.reverse()
        for word, (condition, put) in zip(("if", "elif"), few, strict=True):
            yield f"{word} {condition}:"
            yield f"    {put}"
        yield "else:"
        yield "    " + self._put(predicate, f'"".join([f"{line}{{x}}\\n" for x in o])', where)

    def _loose(self, one: Given) -> Iterator[str]:
        if one.field:
            return
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

    def _part(self, predicate: str) -> str:
        one = self._only(predicate)
        if one.number == "lines":
            return f"{{{one.source}}}"
        terms = one.terms if one.number == "fixed" else (one.form.format(one.source),)
        return "".join(f"{{s}}{predicate}> {term}\\n" for term in terms)


def typed(row: Row, value: object) -> str:
    """The one term that a row makes of a value, written."""
    (found,) = row.encode(value)
    return written(found)
