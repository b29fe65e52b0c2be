"""Portraits: who says what of a thing, and through whom; bounded and right also for graphs that are odd or hostile."""

from __future__ import annotations

import msgspec
import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora_at_hand import CORPORA
from khabar import vocabulary
from khabar.explorer.evidence import with_words
from khabar.explorer.linked_data import describe, document, prefixes
from khabar.explorer.lookup import Lookup
from khabar.explorer.portrait import portrait
from khabar.explorer.things import KIND_CLASSES, Things
from khabar.explorer.transmission import DEPTH, PATHS
from khabar.explorer.values import Link, Passage, Portrait, Text
from khabar.passages import digest
from khabar.terms import RDF_TYPE
from small_graphs import BASE, golden_store, small_store

FERRY = "https://example.org/my-corpus/"
LIBYA = "https://w3id.org/khabar/corpus/libya-2023/"
ARTICLE = f"{FERRY}articles/eastport-ferry"
FERRY_TEXT = (CORPORA["example"] / "texts/eastport-ferry.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def ferry() -> pyoxigraph.Store:
    return golden_store("example")


@pytest.fixture(scope="module")
def libya() -> pyoxigraph.Store:
    return golden_store("libya")


def shown(store: pyoxigraph.Store, iri: str, language: str = "en", **more: object) -> Portrait:
    found = portrait(store, iri, language, **more)  # type: ignore[arg-type] # keywords of several types
    assert found is not None
    return found


def fact(found: Portrait, name: str) -> list[str]:
    """What a portrait says under one of khabar's properties, in words."""
    values = [value for one in found.facts if one.property == vocabulary.NAMESPACE + name for value in one.values]
    return [value.thing.name.text if value.thing else (value.text or Text(value.iri)).text for value in values]


def mentioned(found: Portrait, name: str) -> list[str]:
    facts = [one for one in found.mentions if one.property == vocabulary.NAMESPACE + name]
    return [value.thing.iri for one in facts for value in one.values if value.thing]


def ways(found: Portrait) -> list[list[str]]:
    """Every way of every statement: the names of its agents, and its article."""
    return [
        [*(link.agent.name.text for link in path), path[-1].article.name.text if path[-1].article else ""]
        for claim in found.claims
        for statement in claim.statements
        for path in statement.paths
    ]


def links(found: Portrait) -> list[Link]:
    return [link for claim in found.claims for one in claim.statements for path in one.paths for link in path]


def passages(found: Portrait) -> list[Passage]:
    return [passage for link in links(found) for passage in link.passages]


# What the pages of a corpus tell


def test_an_event_tells_who_asserts_and_who_denies_it_from_the_source_to_the_article(ferry: pyoxigraph.Store) -> None:
    found = shown(ferry, f"{FERRY}events/eastport-ferry.ferry-deal")
    assert (found.thing.kind, found.thing.standing) == ("event", "contested")
    assert [claim.text.text for claim in found.claims] == ["The ferry line is seeking a deal with the port authority."]
    assert [(one.stance, one.certainty) for one in found.claims[0].statements] == [
        ("asserts", "unstated"),
        ("denies", "unstated"),
    ]
    assert ways(found) == [
        ["two people who know of the matter", "The Wire", "The Harbour Times", "Port authority denies ferry deal"],
        ["an official of the port authority", "The Wire", "The Harbour Times", "Port authority denies ferry deal"],
    ]
    answered = found.claims[0].statements[1].responds_to
    assert [one.iri for one in answered] == [f"{FERRY}statements/eastport-ferry.insiders-on-deal"]
    assert found.graph == f"{FERRY}graphs/eastport-ferry"


def test_the_links_of_a_way_have_dates_and_only_the_source_a_stance(ferry: pyoxigraph.Store) -> None:
    source, agency, paper = links(shown(ferry, f"{FERRY}claims/eastport-ferry.berths-for-fireboat"))
    assert (source.stance, source.certainty, source.dates.latest) == ("asserts", "probable", "2031-03-01")
    assert (agency.stance, agency.certainty, agency.dates.edtf) == ("", "", "2031-03-01")
    assert (agency.article, paper.article and paper.article.iri) == (None, ARTICLE)
    assert [(one.paragraph, one.start, one.end) for one in source.passages] == [(2, 114, 162)]


def test_an_article_tells_what_it_reports_in_its_order(ferry: pyoxigraph.Store, libya: pyoxigraph.Store) -> None:
    found = shown(ferry, ARTICLE)
    assert [statement.thing.iri.rpartition("/")[2] for claim in found.claims for statement in claim.statements] == [
        "eastport-ferry.insiders-on-deal",
        "eastport-ferry.official-denies",
        "eastport-ferry.insiders-on-terms",
        "eastport-ferry.minister-visit.described",
        "eastport-ferry.dock-strike.described",
    ]
    report = shown(libya, f"{LIBYA}articles/rt-arabic-2023-11-07", "ar")
    places = [
        min((p.paragraph, p.start) for one in claim.statements for path in one.paths for p in path[-1].passages)
        for claim in report.claims
    ]
    assert len(places) > 10
    assert places == sorted(places)


def test_an_agent_tells_what_it_says_and_in_what_it_takes_part(libya: pyoxigraph.Store) -> None:
    found = shown(libya, f"{LIBYA}agents/bloomberg")
    assert found.thing.kind == "outlet"
    assert {one.attributed_to.iri for claim in found.claims for one in claim.statements} == {found.thing.iri}
    told = {one.thing.iri for claim in found.claims for one in claim.statements}
    passed_on = mentioned(found, "source")
    assert told
    assert passed_on
    assert not told & set(passed_on)
    polity = shown(libya, f"{LIBYA}agents/russia")
    assert polity.thing.kind == "polity"
    assert mentioned(polity, "recipient")


def test_a_link_of_a_chain_leads_to_the_claim_of_its_source(ferry: pyoxigraph.Store) -> None:
    found = shown(ferry, f"{FERRY}statements/eastport-ferry.official-denies.1-the-wire")
    assert ways(found) == [
        ["an official of the port authority", "The Wire", "The Harbour Times", "Port authority denies ferry deal"]
    ]
    assert found.names == ()
    assert found.thing.name.text.startswith("an official of the port authority · denies")


def test_a_role_is_not_told_again_as_a_participant(ferry: pyoxigraph.Store) -> None:
    visit = f"{FERRY}events/eastport-ferry.minister-visit"
    found = shown(ferry, visit)
    assert fact(found, "visitor") == ["Nadia Karam"]
    assert fact(found, "participant") == []
    minister = shown(ferry, f"{FERRY}agents/nadia-karam")
    assert (mentioned(minister, "visitor"), mentioned(minister, "participant")) == ([visit], [])


def test_a_type_of_the_corpus_is_the_most_special_and_has_a_name(ferry: pyoxigraph.Store) -> None:
    found = shown(ferry, f"{FERRY}events/eastport-ferry.dock-strike")
    assert found.thing.type == f"{FERRY}types/Strike"
    assert Things(Lookup(ferry, "ar")).label(found.thing.type) == Text("إضراب", "ar")
    assert (found.thing.dates.edtf, found.thing.dates.earliest) == ("[2031-02-17..2031-02-21]", "2031-02-17")


def test_facts_are_in_the_order_of_the_ontology_and_named_in_the_language_of_the_page(libya: pyoxigraph.Store) -> None:
    found = shown(libya, f"{LIBYA}articles/rt-arabic-2023-11-07", "ar-LY")
    order = list(vocabulary.properties())
    assert [order.index(one.property) for one in found.facts] == sorted(
        order.index(one.property) for one in found.facts
    )
    assert found.facts[0].name == Text(vocabulary.label(found.facts[0].property, "ar"), "ar")


def test_every_thing_of_every_corpus_has_a_portrait_that_can_be_sent(
    ferry: pyoxigraph.Store, libya: pyoxigraph.Store
) -> None:
    for store in (ferry, libya):
        types = store.quads_for_pattern(None, pyoxigraph.NamedNode(RDF_TYPE), None, None)
        things = Things(Lookup(store, "en", reads=10**9))
        subjects = sorted({quad.subject.value for quad in types if isinstance(quad.subject, pyoxigraph.NamedNode)})
        for iri in filter(things.find, subjects):
            found = shown(store, iri)
            assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Portrait) == found
            kind = found.thing.kind
            assert bool(found.claims) or kind not in {"event", "claim", "statement", "article"}, iri


@pytest.mark.parametrize("local", ["passages/eastport-ferry.3-0-87", "graphs/entities", "types/Strike", "", "nobody"])
def test_what_has_no_page_has_no_portrait(ferry: pyoxigraph.Store, local: str) -> None:
    assert portrait(ferry, FERRY + local, "en") is None


@pytest.mark.parametrize("iri", ["", "not an iri", "https://e.org/<b>", "\ud800", "ns#x"])
def test_what_is_no_iri_has_no_portrait_and_no_description(ferry: pyoxigraph.Store, iri: str) -> None:
    assert portrait(ferry, iri, "en") is None
    assert describe(ferry, iri) == ()


# The words of passages


def test_words_are_shown_where_the_text_proves_them(ferry: pyoxigraph.Store) -> None:
    found = shown(ferry, ARTICLE, texts={ARTICLE: FERRY_TEXT})
    assert all(digest(one.words) == one.digest for one in passages(found))
    assert all(one.words == "" for one in passages(shown(ferry, ARTICLE)))


def test_words_that_moved_are_found_by_their_digest_and_keep_the_place_that_is_recorded(
    ferry: pyoxigraph.Store,
) -> None:
    found = shown(ferry, ARTICLE, texts={ARTICLE: "One line before.\r\n\r\n" + FERRY_TEXT})
    assert all(digest(one.words) == one.digest for one in passages(found))
    assert {one.paragraph for one in passages(found)} == {2, 3, 4, 5}


def test_a_passage_that_does_not_fit_has_no_words(ferry: pyoxigraph.Store) -> None:
    found = shown(ferry, ARTICLE, texts={ARTICLE: "Another text.\n" * 5, f"{FERRY}articles/other": FERRY_TEXT})
    assert {one.words for one in passages(found)} == {""}


@pytest.mark.parametrize(
    "wrong", [{"paragraph": 0}, {"start": 900, "end": 2}, {"end": 0}, {"digest": "x"}, {"start": -5}, {"digest": ""}]
)
def test_a_place_that_no_text_has_is_not_looked_for(ferry: pyoxigraph.Store, wrong: dict[str, int | str]) -> None:
    claims = shown(ferry, f"{FERRY}claims/eastport-ferry.berths-for-fireboat").claims
    statement = claims[0].statements[0]
    link = statement.paths[0][0]
    odd = msgspec.structs.replace(link, passages=(msgspec.structs.replace(link.passages[0], **wrong),))
    statement = msgspec.structs.replace(statement, paths=((odd,),))
    claims = (msgspec.structs.replace(claims[0], statements=(statement,)),)
    assert with_words(claims, {ARTICLE: FERRY_TEXT}) == claims


# Languages


@given(
    st.sampled_from(["en", "ar", "ar-LY", "fr", "", "EN-gb"]), st.sets(st.sampled_from(["en", "ar", "fr", "de", ""]))
)
def test_a_name_is_in_the_language_of_the_page_or_else_english_or_else_any(language: str, tags: set[str]) -> None:
    names = ", ".join(f'"in {tag or "none"}"{"@" * bool(tag)}{tag}' for tag in sorted(tags)) or '"none at all"'
    found = shown(small_store(f":p a khb:Person ; rdfs:label {names} ."), f"{BASE}p", language)
    wanted = language.lower().partition("-")[0]
    best = wanted if wanted in tags else "en" if "en" in tags else None
    assert best is None or found.thing.name.language == best
    assert len(found.names) == max(len(tags), 1)


def test_of_a_text_in_several_languages_the_nearest_is_told() -> None:
    store = small_store(':p a khb:Person ; khb:position "عمدة"@ar, "mayor"@en, "judge"@en, "maire"@fr .')
    assert fact(shown(store, f"{BASE}p", "fr"), "position") == ["maire"]
    assert fact(shown(store, f"{BASE}p", "de"), "position") == ["judge", "mayor"]


def test_a_name_that_nobody_gave_is_the_end_of_the_iri() -> None:
    assert shown(small_store(":agents%2Fa a khb:Person ."), f"{BASE}agents%2Fa").thing.name == Text("agents%2Fa")


# Graphs that are odd or hostile

CHAIN = """
:claim a khb:Claim ; rdfs:label "C" ; khb:about :event .
:event a khb:Event .
:s a khb:Statement ; khb:claim :claim ; khb:source :who ; khb:stance khb:denies .
"""


def test_chains_that_go_round_in_a_circle_end() -> None:
    store = small_store(CHAIN + ":s khb:relays :b . :a a khb:Statement ; khb:relays :s . :b khb:relays :a, :b .")
    found = shown(store, f"{BASE}event")
    assert [[link.iri.removeprefix(BASE) for link in path] for path in found.claims[0].statements[0].paths] == [
        ["s", "a", "b"]
    ]
    assert shown(store, f"{BASE}a").claims


def test_a_statement_that_relays_itself_is_told_once() -> None:
    store = small_store(CHAIN + ":s khb:relays :s ; khb:reportedIn :article .")
    assert [len(path) for path in shown(store, f"{BASE}claim").claims[0].statements[0].paths] == [1]


def test_ways_that_multiply_are_cut() -> None:
    rungs = "".join(
        f":{side}{n} a khb:Statement ; khb:relays :l{n - 1}, :r{n - 1} .\n" for n in range(1, 60) for side in "lr"
    )
    store = small_store(CHAIN + ":l0 a khb:Statement ; khb:relays :s . :r0 a khb:Statement ; khb:relays :s ." + rungs)
    paths = shown(store, f"{BASE}event").claims[0].statements[0].paths
    assert (len(paths), {len(path) for path in paths}) == (PATHS, {DEPTH})


def test_every_way_to_every_article_is_told() -> None:
    store = small_store(
        CHAIN
        + ":s khb:reportedIn :one . :h khb:relays :s ; khb:reportedIn :two, :three . :one a khb:Article ."
        + ":two a khb:Article . :three a khb:Article ; rdfs:label 'Three' ."
    )
    assert sorted(ways(shown(store, f"{BASE}claim"))) == [
        ["who", "", "Three"],
        ["who", "", "two"],
        ["who", "one"],
    ]
    assert ways(shown(store, f"{BASE}two")) == [["who", "", "two"]]


def test_a_source_that_nobody_named_is_a_thing_without_a_name() -> None:
    found = shown(small_store(":s a khb:Statement ; khb:claim :c ."), f"{BASE}s")
    (statement,) = found.claims[0].statements
    assert (statement.attributed_to.iri, statement.attributed_to.kind) == ("", "source")
    assert (statement.stance, statement.certainty, found.claims[0].text) == ("", "", Text("c"))


def test_literals_in_the_place_of_iris_are_no_things() -> None:
    store = small_store(
        ':s a khb:Statement, "khb:Event" ; khb:claim :c, "c" ; khb:source "Reuters" ; khb:stance "denies" ;'
        ' khb:relays "x" ; khb:reportedIn "y" ; khb:evidence "z", :p ; khb:latest "soon", "2024-01-01x" .'
        ' :p khb:article "a" ; khb:paragraph "one" ; khb:start "-1"^^xsd:integer ; khb:end :e .'
        ' :c a khb:Claim ; khb:about "it" ; khb:standing "contested", khb:denies .'
    )
    found = shown(store, f"{BASE}s")
    assert fact(found, "source") == ["Reuters"]
    assert (links(found)[0].stance, links(found)[0].passages, links(found)[0].dates.latest) == ("", (), "")
    assert (found.claims[0].about, found.claims[0].thing.standing) == ((), "")


def test_blank_nodes_are_passed_over() -> None:
    store = small_store(
        ":e a khb:Event ; khb:place [ a khb:Place ] ; khb:participant :p . :p a khb:Person ."
        "[] a khb:Claim ; khb:about :e ."
    )
    found = shown(store, f"{BASE}e")
    assert (found.claims, fact(found, "place"), fact(found, "participant")) == ((), [], ["p"])


def test_names_are_kept_as_they_are_with_html_and_controls() -> None:
    name = "<script>alert(1)</script>\u202egnp.\u2066&amp;"
    store = pyoxigraph.Store()
    node, label = pyoxigraph.NamedNode(f"{BASE}p"), vocabulary.property_of("label")
    store.add(pyoxigraph.Quad(node, pyoxigraph.NamedNode(label), pyoxigraph.Literal(name)))
    person = pyoxigraph.NamedNode(vocabulary.term("Person"))
    store.add(pyoxigraph.Quad(node, pyoxigraph.NamedNode(RDF_TYPE), person))
    found = shown(store, f"{BASE}p")
    assert (found.thing.name.text, found.graph) == (name, "")


def test_an_iri_that_is_not_safe_to_follow_is_a_text() -> None:
    store = small_store(
        ":p a khb:Person ; skos:exactMatch <javascript:alert(1)>, <http://a@b.example/>, <https://ok.example/> ."
    )
    values = shown(store, f"{BASE}p").facts[0].values
    assert [value.iri for value in values if value.iri] == ["https://ok.example/"]
    assert [value.text.text for value in values if value.text] == ["http://a@b.example/", "javascript:alert(1)"]


def test_types_that_are_below_each_other_do_no_harm() -> None:
    store = small_store(":A rdfs:subClassOf :B . :B rdfs:subClassOf :A, khb:Visit . :e a :A, :B, khb:Event .")
    assert (shown(store, f"{BASE}e").thing.kind, shown(store, f"{BASE}e").thing.type) == ("event", f"{BASE}B")


@pytest.mark.parametrize(("name", "kind"), KIND_CLASSES.items())
def test_each_class_makes_a_kind(name: str, kind: str) -> None:
    assert vocabulary.term(name)
    found = shown(small_store(f":x a khb:{name} ; rdfs:label 'X' ."), f"{BASE}x")
    assert (found.thing.kind, found.thing.type) == (kind, vocabulary.term(name))


def test_what_is_more_than_the_limit_is_not_told() -> None:
    many = "".join(
        f":c{n} a khb:Claim ; khb:about :e . :s{n} a khb:Statement ; khb:claim :c{n}, :c0 ; khb:source :p .\n"
        f":m{n} a khb:Event ; khb:partOf :e ; khb:host :p ; khb:participant :p .\n"
        for n in range(300)
    )
    store = small_store(many + ":e a khb:Event . :p a khb:Person .")
    found = shown(store, f"{BASE}e", limit=20)
    assert (len(found.claims), len(mentioned(found, "partOf"))) == (20, 20)
    assert max(len(claim.statements) for claim in shown(store, f"{BASE}c0", limit=20).claims) == 20
    person = shown(store, f"{BASE}p", limit=20)
    assert len(mentioned(person, "host")) == 20
    assert mentioned(person, "participant") == []


def test_what_a_page_reads_has_an_end() -> None:
    store = small_store("".join(f":c{n} khb:about :e .\n" for n in range(300)))
    few = Lookup(store, "en", reads=500)
    assert sum(len(few.subjects(vocabulary.term("about"), f"{BASE}e", 10**6)) for _ in range(100)) == 498


# Linked data


def test_a_description_has_the_triples_on_both_sides_and_the_names_beside(ferry: pyoxigraph.Store) -> None:
    deal = f"{FERRY}events/eastport-ferry.ferry-deal"
    found = describe(ferry, deal)
    node = pyoxigraph.NamedNode(deal)
    everywhere = {quad.triple for quad in ferry if node in (quad.subject, quad.object)}
    assert everywhere <= set(found)
    assert {triple.predicate.value for triple in set(found) - everywhere} == {vocabulary.property_of("label")}
    assert list(found) == sorted(set(found), key=str)


def test_a_description_tells_blank_nodes_with_what_they_hold_and_ends() -> None:
    store = small_store(":a khb:place _:b . _:b khb:within _:c . _:c khb:within _:b ; rdfs:label 'deep' .")
    assert len(describe(store, f"{BASE}a")) == 4


def test_a_description_of_a_hub_is_bounded() -> None:
    store = small_store("".join(f":x{n} khb:place :p ; rdfs:label 'X' . :p rdfs:label 'n{n}' .\n" for n in range(500)))
    assert len(describe(store, f"{BASE}p", limit=50)) == 150


def test_a_triple_of_two_graphs_is_told_once() -> None:
    store = small_store(":a khb:place :b .")
    store.load("<https://e.org/a> <https://w3id.org/khabar/ns#place> <https://e.org/b> .", pyoxigraph.RdfFormat.TURTLE)
    assert len(describe(store, f"{BASE}a")) == 1


@pytest.mark.parametrize("form", ["TURTLE", "N_TRIPLES", "JSON_LD", "RDF_XML", "TRIG", "N_QUADS"])
def test_a_description_is_written_in_every_syntax_and_read_back(ferry: pyoxigraph.Store, form: str) -> None:
    format = getattr(pyoxigraph.RdfFormat, form)
    triples = describe(ferry, f"{FERRY}events/eastport-ferry.dock-strike")
    written = document(triples, format, FERRY)
    assert {quad.triple for quad in pyoxigraph.parse(written, format)} == set(triples)


def test_a_document_declares_the_prefixes_that_it_needs_and_no_others(ferry: pyoxigraph.Store) -> None:
    triples = describe(ferry, f"{FERRY}events/eastport-ferry.dock-strike")
    written = document(triples, pyoxigraph.RdfFormat.TURTLE, FERRY).decode()
    assert f"@prefix events: <{FERRY}events/>" in written
    assert "@prefix void:" not in written
    assert prefixes(FERRY)["khb"] == vocabulary.NAMESPACE
