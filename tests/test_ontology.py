"""The ontology's files: whole, bilingual, and in step with each other and with the records, in both directions."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import owlready2
import pyoxigraph as ox
import pytest
import rdflib
from pyshacl.entrypoints import meta_validate
from rdflib import OWL, RDF, SH, SKOS, URIRef
from rdflib import RDFS as RDFS_NAMESPACE
from rdflib.collection import Collection
from rdflib.compare import isomorphic

from khabar import model, names, resources, scalars, vocabulary
from khabar.quads import mapping
from khabar.reference.ontology import page
from khabar.terms import RDFS
from khabar.vocabulary import NAMESPACE, name_of, property_of, term

TURTLE = ("khabar.ttl", "schemes.ttl", "prefixes.ttl", "alignments.ttl", "shapes.ttl")
RULES = ("standing.rq", "uncontested.rq", "annotations.rq")
OWN = re.compile(rf"{re.escape(NAMESPACE)}[A-Za-z0-9-]+")

# What the loader computes or adds: no field of a record gives it.
COMPUTED = {"earliest", "latest", "relativeTo", "reportedIn", "article", "standing"}
# What a dataset says of its graphs, and a store of a load.
ADMINISTRATIVE = {"policy", "graphDigest", "beingLoaded"}
# Fields that have no property of their own: what their value becomes instead.
STRUCTURE: dict[tuple[str, str], set[str]] = {
    ("Article", "id"): set(),
    ("Article", "text"): {"textDigest", "textLength"},
    ("Entity", "type"): set(),
    ("Event", "type"): set(),
    ("Statement", "type"): set(),
    ("Statement", "event"): {"claim"},
    ("Statement", "via"): {"relays"},
    ("RelativeDate", "by"): {"offset"},
    ("Evidence", "sha256"): {"digest"},
    ("Hop", "outlet"): {"source"},
}
RECORDS = (
    model.Article,
    model.Entity,
    model.UnnamedSource,
    model.Event,
    model.RelativeDate,
    model.Claim,
    model.Statement,
    model.Hop,
    model.Evidence,
)


def text(name: str) -> str:
    return (resources.ontology() / name).read_text("utf-8")


def triples(*files: str) -> set[tuple[str, str, str, str]]:
    """Subject, predicate, object and language of every triple."""
    return {
        (quad.subject.value, quad.predicate.value, quad.object.value, getattr(quad.object, "language", "") or "")
        for name in files
        for quad in ox.parse(text(name).encode(), format=ox.RdfFormat.TURTLE)
    }


def terms() -> set[str]:
    """Every term of khabar's own that the ontology describes."""
    return {subject for subject, *_ in triples("khabar.ttl", "schemes.ttl") if subject.startswith(NAMESPACE)}


def own_properties() -> set[str]:
    return {name_of(iri) for iri in vocabulary.properties() if iri.startswith(NAMESPACE)}


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(data=text("shapes.ttl"), format="turtle")


# It loads


@pytest.mark.parametrize("name", TURTLE)
def test_rdflib_and_oxigraph_read_the_same(name: str) -> None:
    read = rdflib.Graph().parse(data=text(name), format="turtle")
    other = rdflib.Graph()
    quads = ox.parse(text(name).encode(), format=ox.RdfFormat.TURTLE)
    other.parse(data=ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES), format="nt")
    assert len(read) == len(other) > 0
    assert isomorphic(read, other)


def test_an_owl_tool_reads_classes_properties_and_alignments(tmp_path: Path) -> None:
    graph = rdflib.Graph()
    for name in ("khabar.ttl", "schemes.ttl", "alignments.ttl"):
        graph.parse(data=text(name), format="turtle")
    file = tmp_path / "khabar.nt"
    graph.serialize(file, format="nt", encoding="utf-8")
    ontology = owlready2.World().get_ontology(file.as_uri()).load()
    khb = ontology.get_namespace(NAMESPACE)
    assert {one.name for one in ontology.classes()} >= {name_of(iri) for iri in vocabulary.classes()}
    assert {one.name for one in ontology.properties()} >= own_properties()
    assert khb.Event in khb.AccessGrant.ancestors()
    assert khb.participant in khb.host.ancestors()
    assert set(khb.Polity.is_a) == {khb.Agent, khb.Place}
    assert "نفي" in [str(label) for label in khb.Denial.label]
    assert ontology.get_namespace("http://semanticweb.cs.vu.nl/2009/11/sem/").Event in khb.Visit.ancestors()


@pytest.mark.parametrize("name", ["khabar.ttl", "schemes.ttl", "prefixes.ttl", "alignments.ttl"])
def test_no_blank_nodes(name: str) -> None:
    quads = list(ox.parse(text(name).encode(), format=ox.RdfFormat.TURTLE))
    assert not [one for one in quads if ox.BlankNode in {type(one.subject), type(one.object)}]


@pytest.mark.parametrize("name", TURTLE)
def test_nothing_is_imported_or_merged(name: str) -> None:
    predicates = {predicate for _, predicate, *_ in triples(name)}
    assert not predicates & {str(OWL.imports), str(OWL.sameAs), str(OWL.equivalentClass), str(OWL.equivalentProperty)}


def test_the_shapes_are_shacl(shapes: rdflib.Graph) -> None:
    conforms, _, told = meta_validate(shapes, inference="none")
    assert conforms, told


@pytest.mark.parametrize("name", RULES)
def test_rules_are_standard_queries_without_graphs(name: str) -> None:
    query = re.sub("^ *#.*", "", text(name), flags=re.MULTILINE)
    assert not re.search(r"\b(GRAPH|SERVICE|FROM|LOAD)\b", query)
    ox.Store().query(text(name))
    rdflib.Graph().query(text(name))


# Every term is described, in both languages


@pytest.mark.parametrize("iri", sorted(terms()), ids=name_of)
def test_a_term_is_labelled_and_defined_in_english_and_arabic(iri: str) -> None:
    told = {(p, language): value for s, p, value, language in triples("khabar.ttl", "schemes.ttl") if s == iri}
    for predicate in (RDFS + "label", str(SKOS.definition)):
        english, arabic = told[predicate, "en"], told[predicate, "ar"]
        assert re.search("[A-Za-z]", english)
        assert re.search("[\u0621-\u064a]", arabic)
        assert unicodedata.is_normalized("NFC", arabic)
    assert told[RDFS + "isDefinedBy", ""] == vocabulary.ONTOLOGY
    assert told[str(SKOS.definition), "en"].endswith(".")
    assert told[str(SKOS.definition), "ar"].endswith(".")


def test_no_two_terms_of_a_kind_share_a_label() -> None:
    for kind in (vocabulary.classes(), vocabulary.properties(), vocabulary.concepts("stances")):
        for language in ("en", "ar"):
            labels = [
                vocabulary.label(iri, language)
                for iri in (one if ":" in one else term(one) for one in kind)
                if iri.startswith(NAMESPACE)
            ]
            assert len(labels) == len(set(labels))


def test_concepts_are_named_by_the_word_that_records_use() -> None:
    told = triples("schemes.ttl")
    for scheme in ("stances", "certainties", "standings"):
        for name in vocabulary.concepts(scheme):
            iri = term(name)
            assert (iri, str(SKOS.notation), name, "") in told
            for language in ("en", "ar"):
                assert (iri, str(SKOS.prefLabel), vocabulary.label(iri, language), language) in told


def test_alleging_is_no_insinuation() -> None:
    assert "زعم" not in vocabulary.label(term("alleges"), "ar")


def test_passing_on_and_reporting_are_told_apart_in_arabic() -> None:
    assert vocabulary.label(term("reports"), "ar")[:2] not in vocabulary.label(term("relays"), "ar")


# The files are in step with each other


@pytest.mark.parametrize("name", [*TURTLE, *RULES, "context.jsonld"])
def test_every_term_that_a_file_names_exists(name: str) -> None:
    source = text(name)
    named = set(OWN.findall(source)) | {NAMESPACE + local for local in re.findall(r"\bkhb:([A-Za-z0-9-]+)", source)}
    assert named <= terms()


@pytest.mark.parametrize("name", [*TURTLE, *RULES])
def test_every_file_uses_the_one_table_of_prefixes(name: str) -> None:
    used = dict(re.findall(r"^(?:@prefix|PREFIX) +([a-z]+): <([^>]+)>", text(name), re.MULTILINE))
    alone = {"grasp", "gufo", "lode", "declared", "shapes"}
    assert used
    assert {prefix: iri for prefix, iri in used.items() if prefix not in alone} == {
        prefix: vocabulary.prefixes()[prefix] for prefix in used if prefix not in alone
    }


def test_domains_and_ranges_are_classes_that_exist() -> None:
    known = set(vocabulary.classes())
    outside = {"EDTF", "wktLiteral", "langString", "Dataset"}
    outside |= {"date", "duration", "integer", "string", "anyURI", "boolean"}
    for _, predicate, value, _ in triples("khabar.ttl"):
        if predicate in {RDFS + "domain", RDFS + "range"}:
            assert value in known or re.split("[#/]", value)[-1] in outside


def test_the_context_has_every_term_with_its_type() -> None:
    ontology = rdflib.Graph().parse(data=text("khabar.ttl"), format="turtle")
    context = vocabulary.context()
    words = [name for scheme in ("stances", "certainties", "standings") for name in vocabulary.concepts(scheme)]
    for name in (*map(name_of, vocabulary.classes()), *words):
        assert context[name] == f"khb:{name}"
    for name in own_properties():
        definition: dict[str, Any] = {"@id": f"khb:{name}"}
        range_ = str(ontology.value(URIRef(NAMESPACE + name), RDFS_NAMESPACE.range))
        if (URIRef(NAMESPACE + name), RDF.type, OWL.ObjectProperty) in ontology:
            of_concepts = name in {"stance", "certainty", "detail", "standing"}
            definition["@type"] = "@vocab" if of_concepts else "@id"
        elif range_.endswith("langString"):
            definition["@container"] = "@language"
        elif not range_.endswith("string"):
            prefix, namespace = next(one for one in vocabulary.prefixes().items() if range_.startswith(one[1]))
            definition["@type"] = f"{prefix}:{range_.removeprefix(namespace)}"
        told = context[name]
        assert definition == ({"@id": told} if isinstance(told, str) else told), name


def test_the_context_has_no_term_that_does_not_exist() -> None:
    context = json.loads(text("context.jsonld"))["@context"]
    outside = {"label", "prefLabel", "altLabel", "definition", "comment", "exactMatch", "closeMatch", "subClassOf"}
    for name, definition in context.items():
        if name in vocabulary.prefixes():
            assert definition == vocabulary.prefixes()[name]
        elif name not in outside and not name.startswith("@"):
            assert NAMESPACE + name in terms(), name
    assert context["@version"] == 1.1
    assert "@vocab" not in context


def test_shapes_look_at_every_property(shapes: rdflib.Graph) -> None:
    looked_at = {name_of(str(one)) for one in shapes.all_nodes() if str(one).startswith(NAMESPACE)}
    # The roles are participants too; before and after are relativeTo too; the rest is the dataset's affair.
    covered = {*vocabulary.roles(), "before", "after"} | ADMINISTRATIVE
    assert own_properties() - covered <= looked_at


def test_every_class_of_things_has_a_shape(shapes: rdflib.Graph) -> None:
    targets = {str(one) for one in shapes.objects(None, SH.targetClass)}
    for iri in vocabulary.classes():
        if name_of(iri) not in {"Stance", "Certainty", "Standing"}:
            assert targets & {iri, *vocabulary.super_classes(iri)}, iri


def listed(shapes: rdflib.Graph, shape: str) -> set[str]:
    head = shapes.value(URIRef(vocabulary.ONTOLOGY + "/shapes#" + shape), SH["in"])
    assert head is not None
    return {name_of(str(one)) for one in Collection(shapes, head)}


def test_shapes_list_the_words_of_the_schemes(shapes: rdflib.Graph) -> None:
    assert listed(shapes, "statement-stance") == set(vocabulary.concepts("stances"))
    assert listed(shapes, "statement-certainty") == set(vocabulary.concepts("certainties"))
    assert listed(shapes, "standing") == set(vocabulary.concepts("standings"))


def test_shapes_list_the_details_that_a_record_may_name(shapes: rdflib.Graph) -> None:
    assert listed(shapes, "claim-detail") == {name_of(property_of(key)) for key in get_args(scalars.Detail)}


def test_every_shape_speaks_english_and_arabic(shapes: rdflib.Graph) -> None:
    named = {one for kind in (SH.NodeShape, SH.PropertyShape) for one in shapes.subjects(RDF.type, kind)}
    assert named
    for shape in named:
        told = {getattr(one, "language", None): str(one) for one in shapes.objects(shape, SH.message)}
        assert set(told) == {"en", "ar"}, shape
        assert re.fullmatch(r"Expected .+[^.]\.", told["en"]), shape
        assert told["ar"].startswith("المتوقع"), shape


# The records are in step with the ontology


def fields() -> Iterator[tuple[str, str, set[str]]]:
    """Every field of a record, and the names of the properties that it gives."""
    for record in RECORDS:
        for field in msgspec.structs.fields(record):
            place = (record.__name__, field.name)
            given = STRUCTURE[place] if place in STRUCTURE else {property_of(field.name).removeprefix(NAMESPACE)}
            yield *place, given


def test_every_field_of_a_record_gives_properties_that_exist() -> None:
    given = {name for *_, names in fields() for name in names}
    assert {name for name in given if not name.startswith("http")} <= own_properties()


def test_every_property_is_given_by_a_field_or_computed() -> None:
    given = {name for *_, names in fields() for name in names}
    assert own_properties() - given == COMPUTED | ADMINISTRATIVE


def test_every_exception_is_one() -> None:
    for (record, field), given in STRUCTURE.items():
        assert field in {one.name for one in msgspec.structs.fields(getattr(model, record))}
        assert given <= own_properties()


def test_the_mapping_writes_every_property_but_what_is_implied_or_derived() -> None:
    written = {row.property for rows in mapping().values() for row in rows}
    implied = {above for one in written for above in vocabulary.super_properties(one)}
    unwritten = {iri for iri in vocabulary.properties() if iri.startswith(NAMESPACE)} - written - implied
    assert {name_of(iri) for iri in unwritten} == {"standing"} | ADMINISTRATIVE
    assert {iri for iri in written if iri.startswith(NAMESPACE)} <= set(vocabulary.properties())


def test_entities_of_records_are_classes() -> None:
    assert {term(name) for name in get_args(scalars.EntityType)} <= set(vocabulary.classes())


def test_the_roles_of_the_loader_are_those_of_the_ontology() -> None:
    assert set(names.ROLES) == {*vocabulary.roles(), "participant", "against"}


def test_the_page_tells_every_term_and_every_shape(shapes: rdflib.Graph) -> None:
    told = page()
    missing = [name for name in map(name_of, terms()) if f"khb:{name}" not in told and f"`{name}`" not in told]
    assert [name for name in missing if not name.endswith("-stances")] == []
    for shape in shapes.subjects(RDF.type, SH.PropertyShape):
        assert f"| `{str(shape).rpartition('#')[2]}` |" in told


def test_links_of_the_page_lead_somewhere() -> None:
    told = page()
    heads = re.findall("^#+ (.*)$", told, re.MULTILINE)
    anchors = [re.sub("[^a-z0-9 -]", "", head.lower()).replace(" ", "-") for head in heads]
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\(#([^)]*)\)", told)) <= set(anchors)
