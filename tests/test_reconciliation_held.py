from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from khabar import pipeline
from khabar.conversion import to_oxigraph
from khabar.reconciliation.entities import Entities, Known
from khabar.reconciliation.held import held
from khabar.resources import example

CORPORA = (Path(str(example())), Path(__file__).parents[1] / "corpus")


def described(entities: Entities, known: Known) -> dict[str, object]:
    """All that a service tells of an entity, whatever the order in which it came."""
    return {
        "id": known.id,
        "types": known.types,
        "names": sorted(known.names()),
        "name": {tag: known.name(tag) for tag in ("en", "ar")},
        "description": {tag: known.description(tag) for tag in ("en", "ar")},
        "articles": sorted(known.articles),
        "related": {
            field: sorted(other.id for other in entities.related(known, field)) for field in ("member_of", "within")
        },
        "point": known.entity.point,
        "matches": sorted((*_each(known.entity.exact_match), *_each(known.entity.close_match))),
    }


def _each(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,)


@pytest.mark.parametrize("folder", CORPORA, ids=lambda path: path.name)
def test_the_entities_of_a_graph_are_those_of_its_records(folder: Path) -> None:
    corpus = pipeline.read(folder)
    store = pyoxigraph.Store()
    store.bulk_extend(to_oxigraph(pipeline.quads(corpus)))
    of_records = Entities(corpus)
    of_graph = Entities(*held(store, corpus.header.base))
    expected = sorted((described(of_records, one) for one in of_records.all), key=lambda one: str(one["id"]))
    assert len(expected) > 5
    assert sorted((described(of_graph, one) for one in of_graph.all), key=lambda one: str(one["id"])) == expected


def test_what_is_no_entity_as_khabar_writes_one_is_left_out() -> None:
    base = "https://example.org/x/"
    document = f"""
        PREFIX khb: <https://w3id.org/khabar/ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        <{base}agents/nobody> a khb:Person .
        <{base}agents/x.y.z> a khb:Person ; rdfs:label "Too many parts"@en .
        <https://example.org/elsewhere> a khb:Person ; rdfs:label "Elsewhere"@en .
        _:b a khb:Person ; rdfs:label "Blank"@en .
        <{base}agents/some> a khb:Person ; rdfs:label "Some"@en, "no language" ; khb:point "POINT(north)" .
    """
    store = pyoxigraph.Store()
    store.load(document.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    assert [known.id for known in Entities(*held(store, base)).all] == ["agents/some"]
