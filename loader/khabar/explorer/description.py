"""What the service says of itself in RDF: what it is and how it is asked, and what its dataset holds.

Everything is made of quads without blank nodes; new IRIs are fragments below the address of the service. Each document
is a named graph with the address of the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import quote

from khabar import vocabulary
from khabar.description import DCTERMS, VOID
from khabar.explorer.linked_data import prefixes
from khabar.explorer.values import Overview, Partition, PropertyPartition, Text
from khabar.iris import DATASET_GRAPH, Iris
from khabar.terms import LANG_STRING, RDF_TYPE, XSD, Literal, Object, Quad, is_http_iri

if TYPE_CHECKING:
    import pyoxigraph

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
VOID_EXT: Final = "http://ldf.fi/void-ext#"
FORMATS: Final = "http://www.w3.org/ns/formats/"
_FOAF: Final = "http://xmlns.com/foaf/0.1/"
_SIMPLE: Final = "http://www.w3.org/ns/entailment/Simple"

RESULT_FORMATS: Final = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "JSON-LD", "TriG", "N-Quads", "RDF_XML"),
)
"""The formats of answers, named as https://www.w3.org/ns/formats/ names them."""

GRAPHS: Final = 1000
"""How many named graphs are told one by one."""

_Triple: TypeAlias = tuple[str, str, Object]


def endpoint(address: str) -> str:
    """Where a service answers SPARQL.

    >>> endpoint("https://news.example.org/")
    'https://news.example.org/sparql'
    """
    return f"{address.rstrip('/')}/sparql"


def void_document(address: str) -> str:
    """Where a service describes its dataset: a well-known URI (VoID, section 7.2; RFC 8615)."""
    return f"{address.rstrip('/')}/.well-known/void"


def service_description(
    address: str, *, dataset: str = "", triples: int | None = None, graphs: Iterable[str] = ()
) -> tuple[Quad, ...]:
    """The service in the terms of SPARQL 1.1 Service Description: its endpoint, language, formats and graphs.

    ``dataset`` is the IRI of the dataset, which describes the default graph, the union of all ``graphs``; it has
    ``triples``. The first `GRAPHS` graphs are told.
    """
    at = endpoint(address)
    union = dataset or f"{at}#default-graph"
    return _quads(at, _service(at, union, triples, tuple(islice(graphs, GRAPHS))))


def void(
    address: str,
    overview: Overview,
    partitions: Iterable[Partition],
    *,
    held: Iterable[Quad] = (),
    lookup: str = "",
) -> tuple[Quad, ...]:
    """The dataset in VoID: what it says of itself, where it is asked, and its classes with their properties.

    ``held`` is what `held` reads: the dataset in its own words, which go before those of ``overview``. Classes and
    properties are nested as VoID's partitions (section 4.3), objects of a property by class, or by datatype as
    void-ext has them; the SIB's SPARQL editor completes terms by these. ``lookup`` is an address that describes the IRI
    appended to it (section 3.3).
    """
    at = void_document(address)
    dataset = overview.base or f"{at}#dataset"
    own = tuple(quad[:3] for quad in held)
    told = {predicate for subject, predicate, _ in own if subject == dataset}
    known = (triple for triple in _overview(dataset, overview) if triple[1] not in told)
    access = _access(address, dataset, overview, lookup)
    return _quads(at, (*own, *known, *access, *_partitions(at, dataset, overview.base, tuple(partitions))))


def held(store: pyoxigraph.Store, base: str, graphs: int = GRAPHS) -> tuple[Quad, ...]:
    """What a dataset says of itself in a store: of itself, and of its first ``graphs`` subsets.

    Empty where the store has no graph that describes the dataset ``base``.
    """
    from pyoxigraph import Literal as OxLiteral
    from pyoxigraph import NamedNode

    from khabar.conversion import from_oxigraph

    try:
        graph = NamedNode(Iris(base).graph(DATASET_GRAPH))
    except ValueError:
        return ()
    found: dict[Quad, None] = {}
    waiting = [base]
    for subject in waiting:
        for quad in store.quads_for_pattern(NamedNode(subject), None, None, graph):
            if not isinstance(quad.object, NamedNode | OxLiteral):
                continue
            one = Quad(subject, quad.predicate.value, from_oxigraph(quad.object), graph.value)
            if one.predicate == VOID + "subset" and isinstance(one.object, str) and one.object not in waiting:
                if len(waiting) > graphs:
                    continue
                waiting.append(one.object)
            found[one] = None
    return tuple(sorted(found, key=str))


def _service(at: str, union: str, triples: int | None, graphs: tuple[str, ...]) -> Iterator[_Triple]:
    service, dataset = f"{at}#service", f"{at}#dataset"
    yield service, RDF_TYPE, SD + "Service"
    yield service, SD + "endpoint", at
    yield service, SD + "supportedLanguage", SD + "SPARQL11Query"
    yield service, SD + "feature", SD + "UnionDefaultGraph"
    yield service, SD + "defaultEntailmentRegime", _SIMPLE
    for name in RESULT_FORMATS:
        yield service, SD + "resultFormat", FORMATS + name
    yield service, SD + "defaultDataset", dataset
    yield dataset, RDF_TYPE, SD + "Dataset"
    yield dataset, SD + "defaultGraph", union
    yield union, RDF_TYPE, SD + "Graph"
    if triples is not None:
        yield union, VOID + "triples", _integer(triples)
    for graph in graphs:
        named = f"{at}#graph:{quote(graph, safe=':/')}"
        yield dataset, SD + "namedGraph", named
        yield named, RDF_TYPE, SD + "NamedGraph"
        yield named, SD + "name", graph
        yield named, SD + "graph", graph
        yield graph, RDF_TYPE, SD + "Graph"


def _overview(dataset: str, overview: Overview) -> Iterator[_Triple]:
    yield dataset, RDF_TYPE, VOID + "Dataset"
    yield dataset, DCTERMS + "title", _literal(overview.title)
    if overview.description is not None:
        yield dataset, DCTERMS + "description", _literal(overview.description)
    if is_http_iri(overview.licence):
        yield dataset, DCTERMS + "license", overview.licence
    if overview.base:
        yield dataset, VOID + "uriSpace", Literal(overview.base)
    yield dataset, VOID + "triples", _integer(overview.triples)
    yield dataset, VOID + "vocabulary", vocabulary.NAMESPACE


def _access(address: str, dataset: str, overview: Overview, lookup: str) -> Iterator[_Triple]:
    at = void_document(address)
    yield at, RDF_TYPE, VOID + "DatasetDescription"
    yield at, _FOAF + "primaryTopic", dataset
    yield dataset, VOID + "sparqlEndpoint", endpoint(address)
    yield dataset, _FOAF + "homepage", f"{address.rstrip('/')}/"
    if lookup:
        yield dataset, VOID + "uriLookupEndpoint", lookup
    for thing in overview.latest[:1]:
        yield dataset, VOID + "exampleResource", thing.iri
    for name in ("Turtle", "N-Triples", "JSON-LD"):
        yield dataset, VOID + "feature", FORMATS + name


def _partitions(at: str, dataset: str, base: str, partitions: tuple[Partition, ...]) -> Iterator[_Triple]:
    names = _Names(at, base)
    yield dataset, VOID + "classes", _integer(len(partitions))
    properties = {one.property for partition in partitions for one in partition.properties}
    yield dataset, VOID + "properties", _integer(len(properties))
    for partition in partitions:
        node = names.node(partition.type)
        yield dataset, VOID + "classPartition", node
        yield node, RDF_TYPE, VOID + "Dataset"
        yield node, VOID + "class", partition.type
        yield node, VOID + "entities", _integer(partition.entities)
        yield node, VOID + "properties", _integer(len(partition.properties))
        for one in partition.properties:
            yield node, VOID + "propertyPartition", names.node(partition.type, one.property)
            yield from _property(names, partition.type, one)


def _property(names: _Names, kind: str, partition: PropertyPartition) -> Iterator[_Triple]:
    node = names.node(kind, partition.property)
    yield node, RDF_TYPE, VOID + "Dataset"
    yield node, VOID + "property", partition.property
    yield node, VOID + "triples", _integer(partition.triples)
    parts = (
        (VOID + "classPartition", VOID + "class", partition.classes),
        (VOID_EXT + "datatypePartition", VOID_EXT + "datatype", partition.datatypes),
    )
    for link, says, numbers in parts:
        for iri, number in numbers.items():
            part = names.node(kind, partition.property, iri)
            yield node, link, part
            yield part, RDF_TYPE, VOID + "Dataset"
            yield part, says, iri
            yield part, VOID + "triples", _integer(number)


class _Names:
    """IRIs of partitions, made of the terms that they are about: ``#khb:Event;khb:place;khb:Place``."""

    def __init__(self, at: str, base: str) -> None:
        self._at = at
        # The longest namespace first: one may begin with another.
        self._prefixes = sorted(prefixes(base).items(), key=lambda item: -len(item[1]))

    def node(self, *terms: str) -> str:
        return f"{self._at}#{';'.join(map(self._name, terms))}"

    def _name(self, iri: str) -> str:
        for prefix, namespace in self._prefixes:
            if iri.startswith(namespace):
                return f"{prefix}:{quote(iri.removeprefix(namespace), safe='')}"
        return quote(iri, safe=":/")


def _quads(graph: str, triples: Iterable[_Triple]) -> tuple[Quad, ...]:
    return tuple(Quad(*triple, graph) for triple in dict.fromkeys(triples))


def _literal(text: Text) -> Literal:
    return Literal(text.text, LANG_STRING, text.language.lower()) if text.language else Literal(text.text)


def _integer(number: int) -> Literal:
    return Literal(str(number), XSD + "integer")
