"""Turtle and TriG for people: prefixes, kinds in groups, the reading order of the ontology, Arabic as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final

from khabar.formats.layout import Layout
from khabar.formats.nquads import escape
from khabar.terms import RDF_TYPE, XSD, XSD_STRING, Literal, Object, Quad

# A local name that needs no escape (Turtle 1.1, PN_LOCAL), narrowed to ASCII; it may not end in a dot.
_LOCAL: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_INDENT: Final = "    "
_WIDTH: Final = 120


def turtle_lines(quads: Iterable[Quad], layout: Layout) -> Iterator[str]:
    """A Turtle document of the union of all graphs (Turtle 1.1), a function of the set of triples alone."""
    writer = _Writer(layout)
    body = list(writer.sections(quads, ""))
    yield from writer.head()
    yield from body


def trig_lines(quads: Iterable[Quad], layout: Layout) -> Iterator[str]:
    """A TriG document (TriG 1.1): one block a graph, in the order of the graphs' IRIs."""
    writer = _Writer(layout)
    body: list[str] = []
    for graph, members in groupby(sorted(quads, key=attrgetter("graph")), key=attrgetter("graph")):
        body += ["\n", f"{writer.iri(graph)} {{\n"]
        body += writer.sections(members, _INDENT)
        body.append("}\n")
    yield from writer.head()
    yield from body


class _Writer:
    """Writes terms, and remembers which prefixes they needed."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        # The longest namespace first: one may begin with another.
        self.namespaces = sorted(layout.prefixes.items(), key=lambda item: (-len(item[1]), item[1]))
        self.used: set[str] = set()
        self.written: dict[str, str] = {}
        self.places: dict[str, tuple[int, str]] = {}

    def head(self) -> Iterator[str]:
        for prefix, namespace in self.layout.prefixes.items():
            if prefix in self.used:
                yield f"@prefix {prefix}: <{namespace}> .\n"

    def sections(self, quads: Iterable[Quad], indent: str) -> Iterator[str]:
        described: dict[str, dict[str, list[Object]]] = {}
        for subject, predicate, value, _ in quads:
            predicates = described.get(subject)
            if predicates is None:
                described[subject] = {predicate: [value]}
            elif (values := predicates.get(predicate)) is None:
                predicates[predicate] = [value]
            else:
                values.append(value)
        ordered = sorted((self.section(subject), subject) for subject in described)
        for number, members in groupby(ordered, key=lambda pair: pair[0]):
            if number >= 0:
                yield f"\n{indent}# {self.layout.sections[number].title}\n"
            for _, subject in members:
                yield "\n"
                yield from self.subject(subject, described[subject], indent)

    def section(self, subject: str) -> int:
        """The number of the section that a subject belongs to; -1 for the head of the document."""
        fitting = (
            (len(section.namespace), number)
            for number, section in enumerate(self.layout.sections)
            if subject.startswith(section.namespace)
        )
        return max(fitting, default=(0, -1))[1]

    def subject(self, subject: str, predicates: dict[str, list[Object]], indent: str) -> Iterator[str]:
        ordered = sorted(predicates, key=self.place)
        inner = indent + _INDENT
        if len(ordered) == 1:
            only = ordered[0]
            yield f"{indent}{self.iri(subject)} {self.objects(only, predicates[only], inner)} .\n"
            return
        yield f"{indent}{self.iri(subject)}\n"
        for predicate in ordered:
            end = " ." if predicate == ordered[-1] else " ;"
            yield f"{inner}{self.objects(predicate, predicates[predicate], inner)}{end}\n"

    def objects(self, predicate: str, values: list[Object], indent: str) -> str:
        verb = "a" if predicate == RDF_TYPE else self.iri(predicate)
        if len(values) == 1:
            return f"{verb} {self.term(values[0])}"
        # What several graphs say is written once.
        once = dict.fromkeys(values)
        terms = [self.term(value) for value in sorted(once, key=self.types_key if verb == "a" else _key)]
        line = f"{verb} {', '.join(terms)}"
        # Two scripts of two directions on one line cannot be read: texts stand on lines of their own.
        has_text = any(isinstance(value, Literal) and value.language for value in values)
        if len(terms) == 1 or (len(indent) + len(line) <= _WIDTH and not has_text):
            return line
        return f"{verb}\n" + ",\n".join(f"{indent}{_INDENT}{one}" for one in terms)

    def place(self, predicate: str) -> tuple[int, str]:
        known = self.places.get(predicate)
        if known is None:
            known = self.places[predicate] = (self.rank(predicate), predicate)
        return known

    def rank(self, iri: str) -> int:
        return self.layout.order.get(iri, len(self.layout.order))

    def types_key(self, value: Object) -> tuple[int, str]:
        # The ontology goes from the general to the special; a reader wants the special first.
        return -self.rank(str(value)), str(value)

    def iri(self, iri: str) -> str:
        known = self.written.get(iri)
        if known is None:
            known = self.written[iri] = self._shortened(iri)
        return known

    def _shortened(self, iri: str) -> str:
        for prefix, namespace in self.namespaces:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
                self.used.add(prefix)
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"

    def term(self, value: Object) -> str:
        if not isinstance(value, Literal):
            return self.iri(value)
        if value.datatype == XSD + "integer" and _INTEGER.fullmatch(value.lexical):
            return value.lexical
        quoted = f'"{escape(value.lexical)}"'
        if value.language:
            return f"{quoted}@{value.language}"
        return quoted if value.datatype == XSD_STRING else f"{quoted}^^{self.iri(value.datatype)}"


def _key(value: Object) -> tuple[str, str, str]:
    return (value.language, value.lexical, value.datatype) if isinstance(value, Literal) else ("", value, "")
