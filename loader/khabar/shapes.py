"""SHACL: what the shapes of `ontology/shapes.ttl` find wrong with a graph, in plain words.

Validation is local: nothing is inferred, nothing is fetched, no script and no rule of a shapes graph is run.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import msgspec

from khabar import resources, vocabulary
from khabar.conversion import to_rdflib
from khabar.errors import Fault
from khabar.terms import Quad

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

CODE: Final = "KH070"
_SHAPES: Final = vocabulary.ONTOLOGY + "/shapes#"
_COMPONENTS: Final = {
    "MinCountConstraintComponent": "none",
    "HasValueConstraintComponent": "none such",
    "OrConstraintComponent": "none such",
    "UniqueLangConstraintComponent": "several in one language",
}


class Violation(msgspec.Struct, frozen=True, order=True):
    """One thing that a shape finds wrong.

    ``focus`` is the IRI of the node, ``shape`` the name of the shape in `ontology/shapes.ttl`, ``path`` the IRI of the
    property that the shape looks at ("" where it looks at the node itself, or at more than one property).
    ``expected`` is the shape's own sentence without its first word; ``found`` is told by the value, where there is one.
    """

    focus: str
    shape: str
    path: str
    expected: str
    found: str

    @property
    def key(self) -> str:
        """The key of a record that gives ``path``, or ""."""
        return vocabulary.key_of(self.path) if self.path.startswith(vocabulary.NAMESPACE) else ""

    @property
    def message(self) -> str:
        """The whole sentence."""
        return f"expected {self.expected}, found {self.found}"


def validate(quads: Iterable[Quad]) -> tuple[Violation, ...]:
    """Everything that the shapes find wrong with the union of all graphs, in the order of focus nodes and shapes.

    Validate a corpus as a whole: shapes look across articles. Source: SHACL (https://www.w3.org/TR/shacl/), core
    constraints only.
    """
    from rdflib import Graph

    # Each term is made once: making them is what takes the time.
    node = functools.cache(to_rdflib)
    graph = Graph()
    for quad in quads:
        graph.add((node(quad.subject), node(quad.predicate), node(quad.object)))
    return validate_graph(graph)


def validate_graph(graph: Graph) -> tuple[Violation, ...]:
    """Everything that the shapes find wrong with an rdflib graph, as `validate` tells it; the graph stays as it is."""
    import pyshacl
    from rdflib import Graph

    shapes = Graph().parse(data=(resources.ontology() / "shapes.ttl").read_bytes(), format="turtle")
    conforms, results, failure = pyshacl.validate(
        _comparable(graph),
        shacl_graph=shapes,
        inference="none",
        advanced=False,
        js=False,
        do_owl_imports=False,
        inplace=True,
    )
    if conforms:
        return ()
    if not isinstance(results, Graph):
        # pySHACL gives a failure in place of a report: the shapes themselves are at fault.
        raise TypeError(failure)
    return tuple(sorted(set(_violations(results, shapes, graph))))


def fault(violation: Violation, path: str, line: int, column: int, keys: tuple[str | int, ...] = ()) -> Fault:
    """The violation as a fault at a place in a record.

    >>> broken = Violation("http://example.org/events/a.b", "event-about", "", "an event that ...", "none such")
    >>> str(fault(broken, "articles/a.yaml", 12, 3, ("events", "b")))
    'articles/a.yaml:12:3 KH070 events.b: expected an event that ..., found none such'
    """
    found = violation.found if keys else f"{violation.found} at <{violation.focus}>"
    return Fault(path=path, line=line, column=column, code=CODE, keys=keys, expected=violation.expected, found=found)


def _comparable(graph: Graph) -> Graph:
    """The graph, with a plain string for each literal that its datatype does not allow, such as 30 February.

    pySHACL's comparisons stop the whole run at such a literal; a plain string is of the wrong datatype all the same.
    """
    from rdflib import Graph, Literal

    triples = list(graph)
    if not any(isinstance(value, Literal) and value.ill_typed for _, _, value in triples):
        return graph
    comparable = Graph()
    for subject, predicate, value in triples:
        ill_typed = isinstance(value, Literal) and value.ill_typed
        comparable.add((subject, predicate, Literal(str(value)) if ill_typed else value))
    return comparable


def _violations(results: Graph, shapes: Graph, data: Graph) -> Iterable[Violation]:
    from rdflib import RDF, SH, URIRef

    for result in results.subjects(RDF.type, SH.ValidationResult):
        focus = results.value(result, SH.focusNode)
        shape = results.value(result, SH.sourceShape)
        path = results.value(result, SH.resultPath)
        value = results.value(result, SH.value)
        component = str(results.value(result, SH.sourceConstraintComponent)).removeprefix(str(SH))
        simple = path if isinstance(path, URIRef) else None
        yield Violation(
            focus=str(focus),
            shape=str(shape).removeprefix(_SHAPES),
            path=str(simple or ""),
            expected=_expected(shape, shapes),
            found=_COMPONENTS.get(component) or _found(component, value, focus, simple, data),
        )


def _expected(shape: Node | None, shapes: Graph) -> str:
    from rdflib import SH

    sentences = [str(text) for text in shapes.objects(shape, SH.message) if getattr(text, "language", "") == "en"]
    return sentences[0].removeprefix("Expected ").removesuffix(".")


def _found(component: str, value: Node | None, focus: Node | None, path: Node | None, data: Graph) -> str:
    if component == "MaxCountConstraintComponent" and path is not None:
        return " and ".join(sorted(_text(one) for one in data.objects(focus, path)))
    return _text(value) if value is not None else "something else"


def _text(term: Node) -> str:
    """A term as a person reads it: a prefixed name where there is a prefix, the IRI where there is none."""
    from rdflib import BNode, URIRef
    from rdflib import Literal as RdfLiteral

    if isinstance(term, RdfLiteral):
        return f'"{term}"' + (f"@{term.language}" if term.language else "")
    if isinstance(term, BNode):
        return "a blank node"
    for prefix, namespace in vocabulary.prefixes().items():
        if isinstance(term, URIRef) and term.startswith(namespace) and term != namespace:
            return f"{prefix}:{term.removeprefix(namespace)}"
    return f"<{term}>"
