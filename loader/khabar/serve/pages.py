"""The pages for people, made on the server from the index and from portraits, and the small answers that they fetch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from khabar.evaluation.pool import Unanswered
from khabar.explorer.kinds import AGENTS, KINDS
from khabar.languages import language_of
from khabar.serve import assets, descriptions, linked_data, named_queries
from khabar.serve.answering import unchanged
from khabar.serve.problems import RequestRefused
from khabar.serve.requests import accepted
from khabar.serve.tags import is_known, tag_of
from khabar.serve.viewing import overview_of, view_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from khabar.languages import Language
    from khabar.serve.dataset import Dataset

PAGE: Final = 50
"""Things on one page of a list."""

_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "agent": tuple(AGENTS),
    "place": ("place", "polity"),
    "any": KINDS,
}
_ONTOLOGY_FORMS: Final = ("ttl", "nt", "jsonld", "rdf")
_DEEPEST: Final = 10**7
_SUGGESTED: Final = 8
_TEXT_LIMIT: Final = 200
_Value = TypeVar("_Value")


async def overview(request: Request, dataset: Dataset) -> Response:
    """What the dataset holds."""
    index = dataset.ready_index()
    return await _page(request, dataset, "overview.html", lambda language: {"overview": overview_of(index, language)})


async def search(request: Request, dataset: Dataset) -> Response:
    """Things by their names, in either script."""
    index = dataset.ready_index()
    text = request.query_params.get("q", "")[:_TEXT_LIMIT]
    kinds = _kinds(request)
    offset = _offset(request)
    return await _page(
        request,
        dataset,
        "search.html",
        lambda language: {
            "text": text,
            "results": index.search(text, language, kinds=kinds, limit=PAGE, offset=offset),
        },
    )


async def listed(request: Request, dataset: Dataset) -> Response:
    """Every thing of one kind."""
    index = dataset.ready_index()
    kind, offset = _kind(request.path_params["kind"]), _offset(request)
    return await _page(
        request,
        dataset,
        "list.html",
        lambda language: {"kind": kind, "things": index.things(kind, language, limit=PAGE, offset=offset)},
    )


async def timeline(request: Request, dataset: Dataset) -> Response:
    """Events in order of time, with dates drawn as what they are."""
    index = dataset.ready_index()
    kind, person, standing = (
        request.query_params.get(name, "")[:_TEXT_LIMIT] for name in ("type", "person", "standing")
    )
    first, last = _day(request, "from"), _day(request, "to")
    agent, offset = _iri(dataset, person), _offset(request)
    is_whole = not (kind or person or standing or first or last)

    def drawn(language: Language) -> Mapping[str, Any]:
        timeline = index.timeline(
            language,
            first=first,
            last=last,
            types=(kind,) if kind else (),
            agent=agent,
            standing=standing,
            limit=PAGE,
            offset=offset,
        )
        overview = overview_of(index, language)
        undated = overview.kinds.get("event", 0) - timeline.events.total if is_whole else 0
        return {"timeline": timeline, "types": overview.event_types, "undated": undated}

    return await _page(request, dataset, "timeline.html", drawn)


async def network(request: Request, dataset: Dataset) -> Response:
    """Who has to do with whom, through which events."""
    index = dataset.ready_index()
    centre = _iri(dataset, request.query_params.get("centre", "")[:_TEXT_LIMIT])
    return await _page(
        request,
        dataset,
        "network.html",
        lambda language: {
            "network": index.network(language, centre=centre),
            "centre": index.thing(centre, language) if centre else None,
        },
    )


async def places(request: Request, dataset: Dataset) -> Response:
    """Places on a map."""
    index = dataset.ready_index()
    return await _page(request, dataset, "map.html", lambda language: {"marks": index.marks(language)})


async def editor(request: Request, dataset: Dataset) -> Response:
    """A SPARQL editor."""
    return await _page(request, dataset, "query.html", lambda _: {"text": request.query_params.get("query", "")})


async def queries(request: Request, dataset: Dataset) -> Response:
    """The bundled queries."""
    from khabar.queries.catalogue import catalogue

    return await _page(request, dataset, "queries.html", lambda _: {"queries": catalogue()})


async def named_query(request: Request, dataset: Dataset) -> Response:
    """One bundled query, with a form for its parameters."""
    query = named_queries.found(request.path_params["name"])
    return await _page(request, dataset, "named_query.html", lambda _: {"query": query})


async def ontology(request: Request, dataset: Dataset) -> Response:
    """The ontology, to be read, or in a form of RDF."""
    from starlette.responses import Response

    from khabar.evaluation.media import FORMS, GRAPHS, preferred, quality
    from khabar.explorer.glossary import glossary, ontology_document

    accept = accepted(request)
    form = request.path_params.get("form") or ""
    liked = preferred(accept, [one for one in GRAPHS if one.name in _ONTOLOGY_FORMS])
    if not form and liked is not None and quality(accept, "text/html") < quality(accept, liked.media_type):
        form = liked.name
    if form and form != "html":
        if form not in _ONTOLOGY_FORMS:
            raise RequestRefused(404, "address", "ns.ttl, ns.nt, ns.jsonld, ns.rdf", f"ns.{form[:20]}")
        return Response(ontology_document(form), media_type=FORMS[form].content_type, headers={"Vary": "Accept"})
    return await _page(request, dataset, "ontology.html", lambda language: {"glossary": glossary(language)})


async def colophon(request: Request, dataset: Dataset) -> Response:
    """What is here, under which licences, and where programs ask."""
    index = dataset.index
    return await _page(
        request,
        dataset,
        "about.html",
        lambda language: {"licence": overview_of(index, language).licence if index is not None else ""},
    )


async def thing(request: Request, dataset: Dataset) -> Response:
    """What the IRI of an address stands for: the way to a document, a document, or a page."""
    address = request.path_params["path"]
    if address == "resource":
        iri, form = request.query_params.get("iri", ""), request.query_params.get("format", "html")
        return await _document(request, dataset, iri, form)
    dataset.ready_index()
    base = dataset.base
    if not base or "/" not in address:
        raise RequestRefused(404, "address", "an address that is served", repr(f"/{address}"[:_TEXT_LIMIT]))
    stem, form = linked_data.split(address)
    if not form:
        return await linked_data.found(request, dataset, base + address)
    try:
        return await _document(request, dataset, base + stem, form)
    except Unanswered as error:
        if error.reason != "not-found":
            raise
        # An id may end as a form does.
        return await linked_data.found(request, dataset, base + address)


async def _document(request: Request, dataset: Dataset, iri: str, form: str) -> Response:
    if form != "html":
        return await linked_data.described(request, dataset, iri, form)
    from khabar.explorer.portrait import LIMIT

    language = language_of(request)
    try:
        portrait = await linked_data.portrayed(request, dataset, iri, language)
    except Unanswered as error:
        if error.reason != "not-found":
            raise
        description = await descriptions.described(request, dataset, iri, language)
        return await _page(request, dataset, "description.html", lambda _: {"description": description, "most": LIMIT})
    return await _page(request, dataset, "thing.html", lambda _: {"portrait": portrait, "most": LIMIT})


async def suggestions(request: Request, dataset: Dataset) -> Response:
    """Things whose name begins as what was typed."""
    from starlette.responses import JSONResponse

    index = dataset.ready_index()
    text, kinds, language = request.query_params.get("q", "")[:_TEXT_LIMIT], _kinds(request), language_of(request)
    found = await _in_thread(lambda: index.search(text, language, kinds=kinds, limit=_SUGGESTED))
    return JSONResponse([{"iri": one.iri, "name": one.name.text, "kind": one.kind} for one in found.items])


async def completions(request: Request, dataset: Dataset) -> Response:
    """What the editor completes: prefixes, classes and properties."""
    from starlette.responses import JSONResponse

    from khabar import vocabulary
    from khabar.explorer.linked_data import prefixes

    language = language_of(request)
    terms = {
        name: [{"iri": iri, "label": _label(iri, language)} for iri in iris]
        for name, iris in (("classes", vocabulary.classes()), ("properties", vocabulary.properties()))
    }
    return JSONResponse({"prefixes": dict(prefixes(dataset.base)), **terms})


async def network_values(request: Request, dataset: Dataset) -> Response:
    """The network that is drawn."""
    index, language = dataset.ready_index(), language_of(request)
    centre = _iri(dataset, request.query_params.get("centre", "")[:_TEXT_LIMIT])
    return await _json(lambda: index.network(language, centre=centre))


async def _page(
    request: Request, dataset: Dataset, template: str, values: Callable[[Language], Mapping[str, Any]]
) -> Response:
    """A page in the language of the request; the same one is not sent again to who has it."""
    from starlette.responses import HTMLResponse

    from khabar.serve.rendering import render

    language = language_of(request)
    html = await _in_thread(lambda: render(template, view_of(request, dataset, language), **values(language)))
    tag = tag_of(html.encode())
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept, Accept-Language"}
    if is_known(request, tag):
        return unchanged(headers)
    return HTMLResponse(html, headers={**headers, "Content-Language": language})


async def _json(values: Callable[[], Any]) -> Response:
    import msgspec
    from starlette.responses import Response

    return Response(msgspec.json.encode(await _in_thread(values)), media_type="application/json")


async def _in_thread(work: Callable[[], _Value]) -> _Value:
    from starlette.concurrency import run_in_threadpool

    return await run_in_threadpool(work)


def _kinds(request: Request) -> tuple[Any, ...]:
    kind = request.query_params.get("kind", "")
    return _GROUPS.get(kind) or ((_kind(kind),) if kind else ())


def _kind(text: str) -> Any:
    if text not in KINDS:
        raise RequestRefused(404, "kind", ", ".join(KINDS), repr(text[:40]))
    return text


def _offset(request: Request) -> int:
    text = request.query_params.get("offset", "0") or "0"
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(_DEEPEST))):
        raise RequestRefused(400, "offset", f"a number up to {_DEEPEST:,}", repr(text[:40]))
    return int(text)


def _day(request: Request, name: str) -> str:
    import datetime as dt

    text = request.query_params.get(name, "")
    try:
        return dt.date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise RequestRefused(400, name, "a day, as YYYY-MM-DD", repr(text[:40])) from None


def _iri(dataset: Dataset, text: str) -> str:
    """The IRI that was given, in full or as the part behind the base."""
    if not text or ":" in text.partition("/")[0]:
        return text
    return dataset.base + text


def _label(iri: str, language: str) -> str:
    from khabar import vocabulary

    try:
        return vocabulary.label(iri, language)
    except KeyError:
        return ""


Door = Callable[["Request", "Dataset"], Awaitable["Response"]]

DOORS: Final[Mapping[str, Door]] = {
    "/": overview,
    "/search": search,
    "/list/{kind}": listed,
    "/timeline": timeline,
    "/network": network,
    "/map": places,
    "/query": editor,
    "/queries": queries,
    "/queries/{name}": named_query,
    "/ns": ontology,
    "/ontology": ontology,
    "/ns.{form}": ontology,
    "/about": colophon,
    "/static/{name:path}": assets.asset,
    "/explore/suggest.json": suggestions,
    "/explore/completions.json": completions,
    "/explore/network.json": network_values,
}
"""What is behind each address."""
