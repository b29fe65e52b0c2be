"""The glossary: every term of the ontology once, in both languages, where its IRI leads; the ontology in each form."""

from __future__ import annotations

import re
from collections import Counter

import pyoxigraph
import pytest

from khabar import resources, vocabulary
from khabar.explorer.glossary import Entry, Glossary, glossary, ontology_document
from khabar.terms import is_http_iri

KHB = vocabulary.NAMESPACE


def entries(found: Glossary) -> list[Entry]:
    """Every term that has a place of its own on the page."""
    concepts = (concept for scheme in found.schemes for concept in scheme.concepts)
    return [*found.classes, *found.properties, *found.schemes, *concepts, *found.collections, *found.others]


def entry(found: Glossary, fragment: str) -> Entry:
    (one,) = (one for one in entries(found) if one.fragment == fragment)
    return one


def ontology() -> set[pyoxigraph.Triple]:
    files = [(resources.ontology() / name).read_bytes() for name in ("khabar.ttl", "schemes.ttl")]
    return {quad.triple for file in files for quad in pyoxigraph.parse(file, pyoxigraph.RdfFormat.TURTLE)}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_term_has_one_place_with_its_meaning(language: str) -> None:
    found = entries(glossary(language))
    named = {triple.subject.value for triple in ontology() if isinstance(triple.subject, pyoxigraph.NamedNode)}
    assert Counter(one.iri for one in found) == Counter(iri for iri in named if iri.startswith(KHB))
    for one in found:
        assert one.iri == KHB + one.fragment
        assert one.label.text == vocabulary.label(one.iri, language)
        assert one.definition.text == vocabulary.definition(one.iri, language)
        assert {text.language for text in (one.label, one.definition, *one.notes)} == {language}


@pytest.mark.parametrize(("language", "of_the_page"), [("ar-LY", "ar"), ("AR", "ar"), ("fr", "en"), ("", "en")])
def test_a_page_is_in_arabic_or_else_in_english(language: str, of_the_page: str) -> None:
    assert glossary(language) == glossary(of_the_page)
    assert glossary(language).title.language == of_the_page


def test_classes_stand_below_those_that_they_are_kinds_of() -> None:
    path: list[str] = []
    for one in glossary("en").classes:
        path = [*path[: one.depth], one.fragment]
        assert len(path) == one.depth + 1
        assert [above.fragment for above in one.above][:1] == path[-2:-1]
    assert {one.fragment: one.depth for one in glossary("en").classes}["AccessGrant"] == 2


def test_every_link_within_the_page_has_an_end() -> None:
    found = glossary("en")
    places = {one.fragment for one in entries(found)}
    links = [
        *(link for one in entries(found) for link in (*one.above, *one.below)),
        *(link for one in found.classes for link in one.properties),
        *(link for one in found.properties for link in (*one.domain, *one.range)),
        *(link for one in found.collections for link in one.members),
    ]
    assert {link.fragment for link in links if link.fragment} <= places
    assert all(link.fragment or is_http_iri(link.iri) for link in links)


def test_a_property_tells_its_sides_also_where_the_property_above_states_them() -> None:
    found = {one.fragment: one for one in glossary("en").properties}
    host = found["host"]
    assert [[link.fragment for link in side] for side in (host.above, host.domain, host.range)] == [
        ["participant"],
        ["Event"],
        ["Agent"],
    ]
    assert "host" in [link.fragment for link in found["participant"].below]
    assert [link.name.text for link in found["date"].range] == ["edtf:EDTF"]
    assert found["sameEventAs"].is_symmetric
    assert not found["host"].is_symmetric
    assert list(found) == [vocabulary.name_of(iri) for iri in vocabulary.properties() if iri.startswith(KHB)]


def test_alignments_tell_kinds_from_what_is_only_near() -> None:
    aligned = {(one.relation, one.term.name.text) for one in entry(glossary("en"), "Event").alignments}
    assert aligned == {("kind", "sem:Event"), ("near", "lode:Event"), ("near", "gufo:Event")}
    every = [one.term for term in entries(glossary("en")) for one in term.alignments]
    assert all(is_http_iri(term.iri) and re.fullmatch(r"[a-z]+:\w+", term.name.text) for term in every)
    assert entry(glossary("ar"), "Visit").notes


def test_schemes_hold_their_words_in_order() -> None:
    found = {one.fragment: [concept.fragment for concept in one.concepts] for one in glossary("en").schemes}
    assert found == {name: list(vocabulary.concepts(name)) for name in ("stances", "certainties", "standings")}
    gathered = {one.fragment: [link.fragment for link in one.members] for one in glossary("en").collections}
    assert gathered["contrary-stances"] == ["denies", "disputes", "retracts"]
    assert [one.fragment for one in glossary("en").others] == ["standing-policy-1"]


@pytest.mark.parametrize("form", ["ttl", "nt", "jsonld", "rdf"])
def test_the_ontology_is_the_same_in_every_form(form: str) -> None:
    format = pyoxigraph.RdfFormat.from_extension(form)
    assert format is not None
    assert {quad.triple for quad in pyoxigraph.parse(ontology_document(form), format)} == ontology()


def test_the_ontology_in_turtle_is_written_for_people() -> None:
    assert (resources.ontology() / "khabar.ttl").read_bytes() in ontology_document("ttl")


@pytest.mark.parametrize("form", ["csv", "html", ""])
def test_what_is_no_form_of_a_graph_is_refused(form: str) -> None:
    with pytest.raises(KeyError):
        ontology_document(form)
