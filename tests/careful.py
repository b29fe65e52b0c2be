"""The careful path for one line: what it tells of an article that stands alone, and the bytes that it makes of it."""

from __future__ import annotations

from typing import NamedTuple

from khabar.checks import check_corpus
from khabar.derivation import derive
from khabar.description import Subset, describe
from khabar.errors import Fault, Severity
from khabar.formats.nquads import ntriples_lines
from khabar.frame import Frame
from khabar.graphs import NamedGraph
from khabar.iris import DATASET_GRAPH, DERIVED_GRAPH, Iris
from khabar.model import Corpus
from khabar.quads import quads
from khabar.records.json_lines import examine
from khabar.resolve import resolve


class Careful(NamedTuple):
    """What the plan has to agree with."""

    faults: list[Fault]
    graph: NamedGraph | None = None
    standings: bytes = b""
    entry: bytes = b""
    nquads: bytes = b""


def carefully(frame: Frame, data: bytes) -> Careful:
    """The line by the careful path, the article being the only one of its corpus."""
    record, faults = examine(data, "line", 1)
    if record is None:
        return Careful(faults)
    corpus = Corpus(header=frame.header, entities=frame.entities, articles=(record,), paths={})
    faults = [fault for fault in check_corpus(corpus) if fault.severity == Severity.ERROR.value]
    if faults:
        return Careful(faults)
    iris = Iris(frame.header.base)
    name = iris.graph(record.article.id)
    everything = list(quads(resolve(corpus)))
    own = [quad for quad in everything if quad.graph == name]
    graph = NamedGraph(name, "".join(ntriples_lines(own)).encode())
    # What the shared entities say is no standing; no claim of another article is there.
    derived = derive(everything, iris.graph(DERIVED_GRAPH))
    subset = Subset(name, graph.count, graph.digest)
    # The dataset's own lines name no graph.
    described = [
        quad
        for quad in describe(frame.header, (subset,))
        if quad.graph == iris.graph(DATASET_GRAPH) and name in (quad.subject, quad.object)
    ]
    derivation = NamedGraph(iris.graph(DERIVED_GRAPH), "".join(ntriples_lines(derived)).encode())
    entry = NamedGraph(iris.graph(DATASET_GRAPH), "".join(ntriples_lines(described)).encode())
    nquads = b"".join(each.nquads() for each in (graph, derivation, entry))
    return Careful([], graph, derivation.document, entry.document, nquads)
