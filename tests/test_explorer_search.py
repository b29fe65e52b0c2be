from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from explorer_stores import EXAMPLE, LIBYA, held, indexed, names_in, stated
from khabar import vocabulary
from khabar.explorer.folding import folded, forms
from khabar.explorer.index import Index
from khabar.matching.spelling import plain
from khabar.terms import RDF_TYPE, RDFS, SKOS


@pytest.fixture(scope="module")
def libya() -> Iterator[Index]:
    with indexed(held("libya")) as index:
        yield index


def found(index: Index, text: str) -> list[str]:
    page = index.search(text, "en", limit=1000)
    return [thing.iri.rpartition("/")[2] for thing in page.items]


@pytest.mark.parametrize("corpus", ["libya", "example", "eastport"])
def test_everything_is_found_by_each_whole_name_folded_or_not(corpus: str) -> None:
    store = held(corpus)
    with indexed(store) as index:
        tried = 0
        for iri, names in names_in(store, RDFS + "label", SKOS + "altLabel").items():
            if index.kind_of(iri) in (None, "statement"):
                continue
            for name in names:
                for text in (name, plain(name), name.upper()):
                    page = index.search(text, "en", limit=1000)
                    assert iri in {thing.iri for thing in page.items}
                    tried += 1
        assert tried > 50


_WORDS = ["Port", "port of", "الجيش", "أحمد", "احمد", "مصراتة", "مصراته", "O'Brien", "a-b", "—", "!?", "ة", "ال", "x"]
_NAMES = st.one_of(
    st.text(min_size=1, max_size=8),
    st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4).map(" ".join),
).filter(str.strip)


@given(names=st.lists(_NAMES, min_size=1, max_size=6))
def test_whatever_it_is_called_a_thing_is_found_by_its_name(names: list[str]) -> None:
    store = Store()
    for number, name in enumerate(names):
        subject = NamedNode(f"https://e.org/{number}")
        store.add(Quad(subject, NamedNode(RDF_TYPE), NamedNode(vocabulary.term("Place"))))
        store.add(Quad(subject, NamedNode(RDFS + "label"), Literal(name)))
    with indexed(store) as index:
        for number, name in enumerate(names):
            for text in {name, folded(name)}:
                page = index.search(text, "en", limit=1000)
                assert f"https://e.org/{number}" in {thing.iri for thing in page.items}
                assert page.total == len(page.items)
                # Whoever is called so stands before all others.
                same = {f"https://e.org/{other}" for other, one in enumerate(names) if folded(one) == folded(name)}
                assert same <= {thing.iri for thing in page.items[: sum(_is_so(one, name) for one in names)]}


def _is_so(one: str, name: str) -> bool:
    return folded(one) in (folded(name), "ال" + folded(name))


@given(text=st.text(max_size=20))
def test_each_word_that_is_asked_for_begins_a_word_of_what_is_found(libya: Index, text: str) -> None:
    names = names_in(held("libya"), RDFS + "label", SKOS + "altLabel")
    wanted = folded(text).split()
    for thing in libya.search(text, "en", limit=1000).items:
        own = [[form for word in folded(name).split() for form in forms(word)] for name in names[thing.iri]]
        by_word = any(all(any(form.startswith(one) for form in name) for one in wanted) for name in own)
        assert by_word or thing.kind in {"person", "organisation", "outlet", "polity", "source", "place"}


@given(text=st.text(max_size=20))
def test_folding_again_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize("text", ["أحمد", "احمد", "إحمد", "أَحْمَد", "أحمـــد"])
def test_what_arabic_spelling_leaves_to_the_writer_does_not_matter(text: str) -> None:
    with indexed(stated(":a a khb:Person ; rdfs:label 'أحمد'@ar .")) as index:
        assert found(index, text) == ["a"]


def test_a_word_is_found_without_its_article(libya: Index) -> None:
    bare = found(libya, "جيش وطني ليبي")
    assert bare[0] == "libyan-national-army"
    assert set(found(libya, "الجيش الوطني الليبي")) <= set(bare)


def test_a_name_is_found_by_the_beginnings_of_its_words_in_any_order(libya: Index) -> None:
    assert found(libya, "haf khal") == ["haftar"]
    assert "haftar" in found(libya, "حفت")


def test_an_alias_finds_as_a_label_does(libya: Index) -> None:
    assert found(libya, "AFRICOM")[0] == "africom"


def test_whole_names_come_first_then_beginnings_then_the_rest() -> None:
    store = stated(
        ":c a khb:Event ; rdfs:label 'In the port'@en . :b a khb:Event ; rdfs:label 'Port strike'@en ."
        " :a a khb:Claim ; rdfs:label 'Port'@en . :d a khb:Organisation ; rdfs:label 'The port authority'@en ."
    )
    with indexed(store) as index:
        assert found(index, "port") == ["a", "d", "b", "c"]


def test_persons_and_places_come_before_events_and_these_before_claims_and_articles() -> None:
    kinds = ["Article", "Claim", "Event", "Person", "Place", "Statement"]
    store = stated("".join(f":{kind} a khb:{kind} ; rdfs:label 'same'@en ." for kind in kinds))
    with indexed(store) as index:
        assert found(index, "same") == ["Person", "Place", "Event", "Claim", "Article"]


def test_the_better_connected_comes_first() -> None:
    store = stated(
        ":a a khb:Person ; rdfs:label 'same' . :b a khb:Person ; rdfs:label 'same' . :e a khb:Visit ; khb:host :b ."
    )
    with indexed(store) as index:
        assert found(index, "same") == ["b", "a"]


def test_only_the_wanted_kinds_are_found(libya: Index) -> None:
    every = libya.search("haftar", "en", limit=1000)
    events = libya.search("haftar", "en", kinds=["event"], limit=1000)
    assert events.items == tuple(thing for thing in every.items if thing.kind == "event")
    assert 0 < events.total < every.total


@pytest.mark.parametrize("text", ["Tubruq", "Tobrouk", "توبروك"])
def test_names_that_sound_alike_are_found_across_scripts(text: str) -> None:
    with indexed(stated(":a a khb:Place ; rdfs:label 'طبرق'@ar . :b a khb:Place ; rdfs:label 'بنغازي'@ar .")) as index:
        assert found(index, text) == ["a"]


def test_what_sounds_alike_is_not_offered_where_words_fit() -> None:
    with indexed(stated(":a a khb:Place ; rdfs:label 'طبرق'@ar . :b a khb:Person ; rdfs:label 'Tubruq'@en .")) as index:
        assert found(index, "Tubruq") == ["b"]


@pytest.mark.parametrize(
    "text", ["", "  ", "\u200f", "zzzz", "'; DROP TABLE names --", "%", "_", "\ud800", "\0", "a" * 10_000]
)
def test_what_is_nowhere_finds_nothing(libya: Index, text: str) -> None:
    assert libya.search(text, "en").total == 0


@given(limit=st.integers(1, 7))
def test_the_pages_of_a_search_make_up_all_that_is_found(libya: Index, limit: int) -> None:
    whole = libya.search("a", "en", limit=1000)
    pages = [libya.search("a", "en", limit=limit, offset=offset) for offset in range(0, whole.total, limit)]
    assert tuple(thing for page in pages for thing in page.items) == whole.items
    assert whole.total == len({thing.iri for thing in whole.items})


def test_a_thing_in_several_scripts_is_found_once(libya: Index) -> None:
    assert found(libya, "RT Arabic").count("rt-arabic") == 1
    assert libya.thing(LIBYA + "agents/rt-arabic", "ar") in libya.search("آر تي", "ar").items


def test_statements_are_found_by_their_claims_only() -> None:
    with indexed(held("example")) as index:
        kinds = {thing.kind for thing in index.search("ferry", "en", limit=1000).items}
        assert "claim" in kinds
        assert "statement" not in kinds
        assert index.thing(EXAMPLE + "statements/eastport-ferry.official-denies", "en") is not None


def test_common_words_with_rare_ones_find_what_has_both() -> None:
    store = stated("".join(f":p{number} a khb:Place ; rdfs:label 'common {number}'@en .\n" for number in range(300)))
    with indexed(store) as index:
        assert found(index, "common 299") == ["p299"]
        assert index.search("comm", "en").total == 300
