"""What a dataset says of itself: title, licence, languages, its graphs and how much is in each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from khabar import vocabulary
from khabar.iris import ARTICLES, DATASET_GRAPH, DERIVED_GRAPH, ENTITIES_GRAPH, GRAPHS, Iris
from khabar.model import CorpusHeader
from khabar.terms import LANG_STRING, RDF_TYPE, XSD, Literal, Object, Quad

VOID: Final = "http://rdfs.org/ns/void#"
DCAT: Final = "http://www.w3.org/ns/dcat#"
DCTERMS: Final = "http://purl.org/dc/terms/"
DC: Final = "http://purl.org/dc/elements/1.1/"
PROV: Final = "http://www.w3.org/ns/prov#"
SCHEMA: Final = "https://schema.org/"


class Subset(NamedTuple):
    """A named graph as its dataset knows it: its IRI, its number of triples, its digest (see `NamedGraph`)."""

    graph: str
    triples: int
    digest: str


def describe(header: CorpusHeader, subsets: Collection[Subset]) -> Iterator[Quad]:
    """The graph that describes the dataset, in VoID, DCAT, Dublin Core and PROV-O; no quad comes twice.

    The dataset's IRI is the corpus's base. Each of ``subsets``, the named graphs with anything in them, has its
    number of triples, its digest (but for the derived graph) and the licence; an article's graph is derived from the
    article, the derived graph by the policy of standing. There is no date in it: the same corpus describes itself in
    the same words for ever.
    """
    iris = Iris(header.base)
    graph = iris.graph(DATASET_GRAPH)
    triples = _dataset(header, header.base, sum(subset.triples for subset in subsets))
    yield from (Quad(*triple, graph) for triple in dict.fromkeys(triples))
    for subset in subsets:
        yield from (Quad(*triple, graph) for triple in _subset(header, iris, subset))


def _dataset(header: CorpusHeader, dataset: str, count: int) -> Iterator[tuple[str, str, Object]]:
    yield dataset, RDF_TYPE, VOID + "Dataset"
    yield dataset, RDF_TYPE, DCAT + "Dataset"
    for term, texts in (("title", header.title), ("description", header.description)):
        for language, text in texts.items():
            yield dataset, DCTERMS + term, Literal(text, LANG_STRING, language.lower())
    yield dataset, DCTERMS + "license", header.licence
    for language in header.languages:
        yield dataset, DCTERMS + "language", Literal(language.lower())
    for annotator in header.annotators:
        if annotator.iri is None:
            yield dataset, DC + "creator", Literal(annotator.name)
        else:
            yield dataset, DCTERMS + "creator", annotator.iri
            yield annotator.iri, SCHEMA + "name", Literal(annotator.name)
    yield dataset, VOID + "uriSpace", Literal(header.base)
    yield dataset, VOID + "vocabulary", vocabulary.NAMESPACE
    yield dataset, VOID + "triples", _integer(count)


def _subset(header: CorpusHeader, iris: Iris, subset: Subset) -> Iterator[tuple[str, str, Object]]:
    graph, count, digest = subset
    yield header.base, VOID + "subset", graph
    yield graph, RDF_TYPE, VOID + "Dataset"
    yield graph, DCTERMS + "license", header.licence
    yield graph, VOID + "triples", _integer(count)
    name = graph.removeprefix(iris.namespace(GRAPHS))
    if name == DERIVED_GRAPH:
        # No digest: that of a graph about all articles could only be told by who holds and sorts the whole of it.
        yield graph, vocabulary.property_of("policy"), vocabulary.term("standing-policy-1")
        return
    yield graph, vocabulary.property_of("graph_digest"), Literal(digest)
    if name != ENTITIES_GRAPH:
        yield graph, PROV + "wasDerivedFrom", iris.namespace(ARTICLES) + name


def _integer(count: int) -> Literal:
    return Literal(str(count), XSD + "integer")
