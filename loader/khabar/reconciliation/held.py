"""The entities of a corpus read back from its graph, for a store whose records are elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from khabar import vocabulary
from khabar.iris import AGENTS, CLAIMS, DESCRIBED, EVENTS, GRAPHS, PLACES, SOURCES, STATEMENTS, Iris
from khabar.model import Article, ArticleRecord, Corpus, CorpusHeader, Entity, Point
from khabar.names import ENTITY
from khabar.terms import RDF_TYPE, WIKIDATA

if TYPE_CHECKING:
    import pyoxigraph

_SPEAKING: Final = (SOURCES, EVENTS, CLAIMS, STATEMENTS)
_TEXTS: Final = ("name", "alias", "note", "position")
_LINKS: Final = ("member_of", "within", "exact_match", "close_match")


def held(store: pyoxigraph.Store, base: str) -> tuple[Corpus, dict[str, tuple[str, ...]]]:
    """The entities of the corpus ``base`` in ``store``, and the articles that speak of each, by the entity's reference.

    The corpus has no events, claims or statements, and no more articles than have entities of their own. What is no
    entity as khabar writes one is left out.
    """
    from pyoxigraph import NamedNode

    known = {vocabulary.term(name): name for name in sorted(ENTITY)}
    entities: dict[str, dict[str, Entity]] = {}
    speaking: dict[str, tuple[str, ...]] = {}
    iris = Iris(base)
    for iri, kind in sorted(_typed(store, known).items()):
        article, slug = _slug(iris, iri)
        if slug and (entity := _entity(store, iris, iri, kind)) is not None:
            entities.setdefault(article, {})[slug] = entity
            articles = {
                _article(store, iris, quad) for quad in store.quads_for_pattern(None, None, NamedNode(iri), None)
            }
            speaking[f"{article}.{slug}" if article else slug] = tuple(sorted(articles - {""}))
    corpus = Corpus(
        header=_header(store, base),
        entities=entities.pop("", {}),
        articles=tuple(
            ArticleRecord(article=Article(id=article, title={}, publisher="", published="", language=""), entities=own)
            for article, own in sorted(entities.items())
        ),
        paths={},
    )
    return corpus, speaking


def _typed(store: pyoxigraph.Store, known: Mapping[str, str]) -> dict[str, str]:
    """The type of each entity: of an outlet, which is an organisation too, the special one."""
    from pyoxigraph import NamedNode

    found: dict[str, set[str]] = {}
    for iri, name in known.items():
        for quad in store.quads_for_pattern(None, NamedNode(RDF_TYPE), NamedNode(iri), None):
            if isinstance(quad.subject, NamedNode):
                found.setdefault(quad.subject.value, set()).add(name)
    return {iri: _special(names) for iri, names in found.items()}


def _special(names: set[str]) -> str:
    above = {vocabulary.name_of(iri) for name in names for iri in vocabulary.super_classes(vocabulary.term(name))}
    return min(names - above)


def _entity(store: pyoxigraph.Store, iris: Iris, iri: str, kind: str) -> Entity | None:
    from pyoxigraph import NamedNode

    told: dict[str, list[object]] = {}
    for quad in store.quads_for_pattern(NamedNode(iri), None, None, None):
        told.setdefault(quad.predicate.value, []).append(quad.object)
    fields: dict[str, object] = {"type": kind}
    for field in _TEXTS:
        if texts := _by_language(told.get(vocabulary.property_of(field), ())):
            fields[field] = texts if field == "alias" else {tag: values[0] for tag, values in texts.items()}
    for field in _LINKS:
        linked = [one.value for one in told.get(vocabulary.property_of(field), ()) if isinstance(one, NamedNode)]
        fields[field] = [_reference(iris, field, value) for value in sorted(linked)]
    points = (_point(one) for one in told.get(vocabulary.property_of("point"), ()))
    fields["point"] = next((point for point in points if point is not None), None)
    try:
        return msgspec.convert(fields, Entity)
    except msgspec.ValidationError:
        return None


def _by_language(values: Iterable[object]) -> dict[str, list[str]]:
    """Texts by their language, in order; those without one are left out."""
    from pyoxigraph import Literal

    found: dict[str, list[str]] = {}
    for one in values:
        if isinstance(one, Literal) and one.language:
            found.setdefault(one.language, []).append(one.value)
    return {tag: sorted(texts) for tag, texts in sorted(found.items())}


def _reference(iris: Iris, field: str, value: str) -> str:
    if field in ("exact_match", "close_match"):
        return value.removeprefix(WIKIDATA)
    article, slug = _slug(iris, value)
    return f"{article}.{slug}" if article else slug or value


def _slug(iris: Iris, iri: str) -> tuple[str, str]:
    """The article, empty for a shared entity, and the slug of an entity; no slug for what is none."""
    for kind in (AGENTS, PLACES):
        namespace = iris.namespace(kind)
        if iri.startswith(namespace):
            *article, slug = iri[len(namespace) :].split(".")
            return (article[0] if article else "", slug) if len(article) <= 1 else ("", "")
    return "", ""


def _article(store: pyoxigraph.Store, iris: Iris, quad: pyoxigraph.Quad) -> str:
    """The article that speaks of an entity in ``quad``; empty where none does, as where it only says who published."""
    from pyoxigraph import NamedNode

    graph, subject = (getattr(node, "value", "") for node in (quad.graph_name, quad.subject))
    name = graph.removeprefix(iris.namespace(GRAPHS))
    kind, _, local = subject.removeprefix(iris.base).partition("/")
    owner, *rest = local.split(".")
    if owner != name or kind not in _SPEAKING or not rest:
        return ""
    if len(rest) == 1:
        return name
    # What has more parts was made for an event, or is a link; the publisher's is the one that readers read.
    reported = NamedNode(vocabulary.term("reportedIn"))
    is_last = any(store.quads_for_pattern(quad.subject, reported, None, None))
    return "" if rest[-1] == DESCRIBED or is_last else name


def _point(value: object) -> Point | None:
    from khabar.explorer.relations import point_of

    degrees = point_of(getattr(value, "value", ""))
    return Point(lon=degrees[0], lat=degrees[1]) if degrees is not None else None


def _header(store: pyoxigraph.Store, base: str) -> CorpusHeader:
    from pyoxigraph import NamedNode

    from khabar.description import DCTERMS

    quads = store.quads_for_pattern(NamedNode(base), NamedNode(DCTERMS + "title"), None, None)
    title = {tag: texts[0] for tag, texts in _by_language(quad.object for quad in quads).items()}
    return CorpusHeader(base=base, title=title, licence="", annotators=(), languages=tuple(title))
