from __future__ import annotations

import itertools
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from explorer_stores import EXAMPLE, LIBYA, held, indexed, stated
from khabar import vocabulary
from khabar.errors import FileFailed, StoreFailed
from khabar.explorer.index import Index, open_index
from khabar.explorer.indexing import build_index
from khabar.explorer.kinds import KINDS
from khabar.explorer.lookup import Lookup
from khabar.explorer.things import Things
from khabar.explorer.values import Text
from khabar.terms import RDF_TYPE, RDFS, SKOS, XSD


@pytest.fixture(scope="module")
def libya() -> Iterator[Index]:
    with indexed(held("libya")) as index:
        yield index


@pytest.fixture(scope="module")
def example() -> Iterator[Index]:
    with indexed(held("example")) as index:
        yield index


def test_the_overview_tells_what_the_corpus_says_of_itself(libya: Index) -> None:
    overview = libya.overview("ar")
    assert overview.title == Text("روسيا وشرق ليبيا في أخبار عام 2023", "ar")
    assert overview.base == LIBYA
    assert overview.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert overview.triples == len(held("libya"))
    assert [thing.iri for thing in overview.latest] == [LIBYA + "articles/rt-arabic-2023-11-07"]


def test_kinds_are_counted(example: Index) -> None:
    assert example.overview("en").kinds == {
        "statement": 11,
        "event": 5,
        "claim": 4,
        "organisation": 2,
        "outlet": 2,
        "person": 2,
        "source": 2,
        "article": 1,
        "place": 1,
    }


def test_a_type_of_event_counts_its_sub_classes_and_has_the_name_that_its_corpus_gives(example: Index) -> None:
    counts = {count.key: (count.name.text, count.number) for count in example.event_types("ar")}
    assert counts[vocabulary.term("Event")] == ("حدث", 5)
    assert counts[vocabulary.term("Provision")] == ("تقديم", 2)
    assert counts[EXAMPLE + "types/Strike"] == ("إضراب", 1)


def test_outlets_languages_and_standings_are_counted(example: Index) -> None:
    overview = example.overview("en")
    assert [(one.key, one.name.text, one.number) for one in overview.outlets] == [
        (EXAMPLE + "agents/harbour-times", "The Harbour Times", 1)
    ]
    assert [(one.key, one.number) for one in overview.languages] == [("ar", 1)]
    assert [(one.key, one.number) for one in overview.standings] == [("contested", 3), ("uncontested", 2)]


def test_a_thing_has_its_kind_its_most_special_class_its_dates_and_its_standing(example: Index) -> None:
    event = example.thing(EXAMPLE + "events/eastport-ferry.dock-strike", "ar")
    assert event is not None
    assert (event.kind, event.type, event.standing) == ("event", EXAMPLE + "types/Strike", "uncontested")
    assert (event.dates.edtf, event.dates.latest) == ("[2031-02-17..2031-02-21]", "2031-02-21")
    assert event.name == Text("إضراب عمال الرصيف", "ar")
    assert example.kind_of(EXAMPLE + "sources/eastport-ferry.insiders") == "source"


def test_what_has_no_page_is_no_thing(example: Index) -> None:
    for iri in (EXAMPLE + "passages/eastport-ferry.2-0-112", EXAMPLE, "https://e.org/unknown", "", "\ud800"):
        assert example.thing(iri, "en") is None
        assert example.kind_of(iri) is None


def test_a_link_of_a_chain_is_called_as_the_statement_that_it_passes_on(example: Index) -> None:
    relayed = example.thing(EXAMPLE + "statements/eastport-ferry.official-denies", "en")
    link = example.thing(EXAMPLE + "statements/eastport-ferry.official-denies.2-harbour-times", "en")
    assert relayed is not None
    assert link is not None
    assert link.name == relayed.name


@pytest.mark.parametrize("language", ["en", "ar", "fr"])
@pytest.mark.parametrize("name", ["libya", "example", "eastport"])
def test_lists_show_a_thing_as_its_page_does(name: str, language: str) -> None:
    store = held(name)
    with indexed(store) as index:
        pages = Things(Lookup(store, language))
        listed = [thing for kind in KINDS for thing in index.things(kind, language, limit=1000).items]
        assert len(listed) == sum(index.overview(language).kinds.values())
        assert listed == [pages.find(thing.iri) for thing in listed]


def test_events_are_listed_by_date_and_those_without_one_last(example: Index) -> None:
    page = example.things("event", "en", limit=9)
    assert [thing.name.text for thing in page.items] == [
        "The dockers strike",
        "The minister visits Eastport",
        "A deal between the ferry line and the port",
        "A fireboat for the port",
        "Two berths for the ferry line",
    ]


def test_articles_are_listed_from_the_newest() -> None:
    store = stated(
        ":a a khb:Article ; khb:earliest '2030-01-01'^^xsd:date . :c a khb:Article ."
        " :b a khb:Article ; khb:earliest '2031-01-01'^^xsd:date ."
    )
    with indexed(store) as index:
        assert [thing.name.text for thing in index.things("article", "en", limit=9).items] == ["b", "a", "c"]


def test_others_are_listed_by_their_names_in_the_language_of_the_page() -> None:
    store = stated(
        ":x a khb:Person ; rdfs:label 'Adam'@en, 'ياسر'@ar . :y a khb:Person ; rdfs:label 'Zed'@en, 'أحمد'@ar ."
    )
    with indexed(store) as index:
        assert [thing.name.text for thing in index.things("person", "en", limit=9).items] == ["Adam", "Zed"]
        assert [thing.name.text for thing in index.things("person", "ar", limit=9).items] == ["أحمد", "ياسر"]
        assert [thing.name.text for thing in index.things("person", "fr", limit=9).items] == ["Adam", "Zed"]


@given(limit=st.integers(0, 9))
def test_the_pages_of_a_list_make_up_the_list(libya: Index, limit: int) -> None:
    whole = libya.things("claim", "en", limit=1000)
    pages = [libya.things("claim", "en", limit=limit, offset=offset) for offset in range(0, whole.total, limit or 9)]
    expected = whole.items if limit else ()
    assert tuple(itertools.chain(*(page.items for page in pages))) == expected
    assert {page.total for page in pages} == {len(whole.items)}


@pytest.mark.parametrize(
    ("labels", "language", "name"),
    [
        ("'One'@en, 'واحد'@ar", "ar", Text("واحد", "ar")),
        ("'One'@en, 'واحد'@ar-LY", "ar", Text("واحد", "ar-ly")),
        ("'One'@en, 'Un'@fr", "ar", Text("One", "en")),
        ("'Un'@fr, 'Ein'@de", "en", Text("Ein", "de")),
        ("'Plain'", "en", Text("Plain")),
        ("'  '@en", "en", Text("it")),
        ("<urn:no-text>", "en", Text("it")),
    ],
)
def test_a_name_is_in_the_language_of_the_page_or_english_or_any(labels: str, language: str, name: Text) -> None:
    with indexed(stated(f"<things/it> a khb:Person ; rdfs:label {labels} .")) as index:
        thing = index.thing("https://e.org/things/it", language)
        assert thing is not None
        assert thing.name == name


def test_an_alias_names_only_what_has_no_label() -> None:
    store = stated(
        ":a a khb:Person ; rdfs:label 'Nom'@fr ; skos:altLabel 'Name'@en . :b a khb:Place ; skos:altLabel 'B'@fr ."
    )
    with indexed(store) as index:
        assert [index.things(kind, "en", limit=1).items[0].name for kind in ("person", "place")] == [
            Text("Nom", "fr"),
            Text("B", "fr"),
        ]


def test_an_empty_store_has_an_index() -> None:
    with indexed(Store()) as index:
        overview = index.overview("ar")
        assert (overview.title, overview.triples, overview.kinds, overview.latest) == (Text(""), 0, {}, ())
        assert index.things("person", "en", limit=5).total == 0
        assert index.search("any", "en").total == 0
        assert index.timeline("en").buckets == ()
        assert index.network("en").nodes == ()
        assert index.marks("en") == ()
        assert index.partitions() == ()
        assert index.bases() == ()


def test_several_corpora_are_told_together() -> None:
    with indexed(held("libya", "example")) as index:
        overview = index.overview("en")
        assert index.bases() == (EXAMPLE, LIBYA)
        assert overview.title.text == "A small example · Russia and eastern Libya in the news of 2023"
        assert overview.base == ""
        assert overview.description is None
        assert "events" not in index.prefixes()


def test_the_prefixes_are_those_of_the_one_corpus(libya: Index) -> None:
    assert libya.prefixes()["events"] == LIBYA + "events/"
    assert libya.prefixes()["khb"] == vocabulary.NAMESPACE


def test_a_name_of_a_million_letters_is_cut() -> None:
    store = Store()
    subject = NamedNode("https://e.org/a")
    store.add(Quad(subject, NamedNode(RDF_TYPE), NamedNode(vocabulary.term("Person"))))
    store.add(Quad(subject, NamedNode(RDFS + "label"), Literal("word " * 200_000, language="en")))
    with indexed(store) as index:
        thing = index.thing("https://e.org/a", "en")
        assert thing is not None
        assert len(thing.name.text) == 1000
        assert index.search("word word", "en").total == 1


def test_forty_languages_are_forty_names() -> None:
    tags = [a + b for a in "defghijk" for b in "abcde"]
    labels = ", ".join(f"'name{tag}'@{tag}" for tag in tags)
    with indexed(stated(f":a a khb:Place ; rdfs:label {labels} .")) as index:
        for tag in tags:
            thing = index.thing("https://e.org/a", tag)
            assert thing is not None
            assert thing.name == Text(f"name{tag}", tag)
            assert index.search(f"name{tag}", "en").items == (index.thing("https://e.org/a", "en"),)


def test_classes_below_khabars_own_make_a_kind_wherever_they_are_declared() -> None:
    store = stated(
        ":a a :Strike . :Strike rdfs:subClassOf :Protest . :Protest rdfs:subClassOf khb:Event, :Strike ."
        " :b a khb:Denial . _:c a khb:Person . :d a :Unknown, [] ."
    )
    with indexed(store) as index:
        assert index.overview("en").kinds == {"event": 1, "statement": 1}


# Terms of every kind, in the places where khabar's own graphs have terms of another kind.
_NODES = st.sampled_from(["https://e.org/a", "https://e.org/b", "https://e.org/c", "_:x", "_:y"]).map(
    lambda text: BlankNode(text[2:]) if text.startswith("_:") else NamedNode(text)
)
_CLASSES = st.sampled_from(["Event", "Statement", "Person", "Place", "Polity", "Claim", "Article"])
_LITERALS = st.one_of(
    st.text(max_size=5).map(Literal),
    st.text(max_size=5).map(lambda text: Literal(text, language="AR")),
    st.sampled_from(["2031-01-01", "2031-01-01Z", "-0044-03-15", "12031-01-01"]).map(
        lambda text: Literal(text, datatype=NamedNode(XSD + "date"))
    ),
    st.sampled_from(["2031", "2031/..", "nonsense", "9999-12~"]).map(
        lambda text: Literal(text, datatype=NamedNode("http://id.loc.gov/datatypes/edtf/EDTF"))
    ),
    st.sampled_from(["POINT(1 2)", "POINT(1)", "POINT(1e400 2)"]).map(
        lambda text: Literal(text, datatype=NamedNode("http://www.opengis.net/ont/geosparql#wktLiteral"))
    ),
)
_PROPERTIES = st.sampled_from([RDFS + "label", SKOS + "altLabel", RDFS + "subClassOf", *vocabulary.properties()]).map(
    NamedNode
)
_TYPED = st.builds(
    lambda node, name: Quad(node, NamedNode(RDF_TYPE), NamedNode(vocabulary.term(name))), _NODES, _CLASSES
)
_TRIPLES = st.builds(Triple, _NODES, _PROPERTIES, _LITERALS)
_QUADS = st.builds(
    Quad,
    _NODES,
    _PROPERTIES,
    st.one_of(_NODES, _LITERALS, _TRIPLES),
    st.sampled_from([DefaultGraph(), NamedNode("https://e.org/g")]),
)


@given(quads=st.lists(st.one_of(_TYPED, _QUADS), max_size=30))
def test_odd_data_harms_nothing(quads: list[Quad]) -> None:
    store = Store()
    store.extend(quads)
    with indexed(store) as index:
        overview = index.overview("en")
        things = [thing for kind in KINDS for thing in index.things(kind, "ar", limit=99).items]
        assert Counter(thing.kind for thing in things) == overview.kinds
        assert all(index.thing(thing.iri, "ar") == thing for thing in things)
        network = index.network("en")
        assert {end for edge in network.edges for end in (edge.source, edge.target)} <= {
            node.thing.iri for node in network.nodes
        }
        timeline = index.timeline("ar")
        assert timeline.events.total == len(timeline.events.items)
        assert all(mark.longitude == 1.0 for mark in index.marks("en"))
        assert sum(part.entities for part in index.partitions()) == len(
            {(quad.subject, quad.object) for quad in store.quads_for_pattern(None, NamedNode(RDF_TYPE), None, None)
             if isinstance(quad.object, NamedNode)}
        )  # fmt: skip


@pytest.mark.parametrize("name", ["libya", "example", "eastport"])
def test_partitions_are_what_a_query_counts(name: str) -> None:
    store = held(name)
    counted = _counted_partitions(store)
    with indexed(store) as index:
        assert {
            (part.type, one.property): (part.entities, one.triples, one.classes, one.datatypes)
            for part in index.partitions()
            for one in part.properties
        } == counted


def _counted_partitions(store: Store) -> dict[tuple[str, str], tuple[int, int, dict[str, int], dict[str, int]]]:
    types: dict[str, list[str]] = {}
    quads = [(quad.subject.value, quad.predicate.value, quad.object) for quad in store]
    for subject, predicate, value in quads:
        if predicate == RDF_TYPE and isinstance(value, NamedNode):
            types.setdefault(subject, []).append(value.value)
    entities = Counter(one for own in types.values() for one in own)
    triples: Counter[tuple[str, str]] = Counter()
    classes: dict[tuple[str, str], Counter[str]] = {}
    datatypes: dict[tuple[str, str], Counter[str]] = {}
    for subject, predicate, value in quads:
        for one in types.get(subject, ()):
            pair = one, predicate
            triples[pair] += 1
            if isinstance(value, NamedNode):
                classes.setdefault(pair, Counter()).update(types.get(value.value, ()))
            elif isinstance(value, Literal):
                datatypes.setdefault(pair, Counter())[value.datatype.value] += 1
    return {
        pair: (entities[pair[0]], number, dict(classes.get(pair, {})), dict(datatypes.get(pair, {})))
        for pair, number in triples.items()
    }


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    store = held("example")
    build_index(store, tmp_path / "index", progress=lambda done, total: told.append((done, total)))
    assert told[0] == (0, len(store))
    assert told[-1] == (len(store), len(store))


def test_the_index_is_one_file_and_made_again_the_same(tmp_path: Path) -> None:
    build_index(held("example"), tmp_path / "index")
    first = (tmp_path / "index").read_bytes()
    build_index(held("example"), tmp_path / "index")
    assert (tmp_path / "index").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_an_index_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "index"
    build_index(Store(), path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    with pytest.raises(StoreFailed, match="version 9999"):
        open_index(path)


@pytest.mark.parametrize("content", [b"", b"something else", b"SQLite format 3\0" + b"\xff" * 5000])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "index"
    path.write_bytes(content)
    with pytest.raises(StoreFailed, match="another file"):
        open_index(path)


def test_no_file_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(FileFailed, match="No such file"):
        open_index(tmp_path / "missing")
    with pytest.raises(FileFailed, match="No such file"):
        build_index(Store(), tmp_path / "missing" / "index")
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_fails_leaves_the_old_index(tmp_path: Path) -> None:
    path = tmp_path / "index"
    build_index(held("example"), path)
    before = path.read_bytes()

    class Failing:
        def __len__(self) -> int:
            return 1

        def __iter__(self) -> Iterator[Quad]:
            raise OSError("a file is missing")

    failing: pyoxigraph.Store = Failing()  # type: ignore[assignment] # all that is asked of it
    with pytest.raises(StoreFailed, match="a file is missing"):
        build_index(failing, path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["index"]


def test_an_index_answers_in_every_thread(example: Index) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(example.search("eastport", "en").total)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_what_is_open_goes_on_when_the_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "index"
    build_index(held("example"), path)
    index = open_index(path)
    build_index(Store(), path)
    assert index.search("nadia", "en").total == 1
    index.close()
