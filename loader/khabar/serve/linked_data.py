"""Linked data: every IRI of the corpus leads here to what is told of it, as a page or in a form of RDF.

https://www.w3.org/TR/cooluris/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from khabar.evaluation.media import FORMS, GRAPHS, preferred, quality
from khabar.evaluation.tasks import Describe, Portray
from khabar.iris import GRAPHS as GRAPH_KIND
from khabar.serve import graph_store
from khabar.serve.answering import answer, client_of, while_there
from khabar.serve.problems import RequestRefused
from khabar.serve.requests import accepted

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from khabar.explorer.values import Portrait
    from khabar.serve.dataset import Dataset

SUFFIXES: Final = ("html", "json", *(form.name for form in GRAPHS))
"""What may stand behind the full stop at the end of an address: the page, plain JSON, or a form of RDF."""


def split(address: str) -> tuple[str, str]:
    """The path of a document taken apart: that of the thing, and the form; the form is empty where there is none.

    >>> split("events/a.visit.ttl"), split("events/a.visit")
    (('events/a.visit', 'ttl'), ('events/a.visit', ''))
    """
    stem, dot, suffix = address.rpartition(".")
    return (stem, suffix) if dot and suffix in SUFFIXES else (address, "")


async def found(request: Request, dataset: Dataset, iri: str) -> Response:
    """The way from an IRI to the document that the client likes best: 303, since a person is no document.

    A graph is one, and comes at once. Raises RequestRefused, and Unanswered for what the dataset does not tell of.
    """
    from starlette.responses import RedirectResponse

    accept = accepted(request)
    form = preferred(accept, GRAPHS)
    likes_page = form is None or quality(accept, "text/html") > quality(accept, form.media_type)
    if f"/{GRAPH_KIND}/" in iri and not likes_page:
        return await graph_store.whole(request, dataset, iri)
    (await while_there(request, dataset.ask(Describe(iri=iri, form="nt"), client_of(request), own=True))).close()
    suffix = "html" if likes_page or form is None else form.name
    query = request.scope["query_string"].decode("latin-1")
    where = f"{request.scope['path']}.{suffix}{'?' if query else ''}{query}"
    return RedirectResponse(where, status_code=303, headers={"Vary": "Accept"})


async def described(request: Request, dataset: Dataset, iri: str, form: str) -> Response:
    """What is told of ``iri`` in a form of RDF, or as plain JSON; raises RequestRefused, Unanswered."""
    if form != "json":
        if form not in FORMS:
            raise RequestRefused(404, "address", f"one of the suffixes {', '.join(SUFFIXES)}", repr(form[:20]))
        return await answer(request, dataset, Describe(iri=iri, form=form), own=True)
    import msgspec
    from starlette.responses import Response

    portrait = await portrayed(request, dataset, iri, request.query_params.get("lang", "en"))
    return Response(msgspec.json.encode(portrait), media_type="application/json")


async def portrayed(request: Request, dataset: Dataset, iri: str, language: str) -> Portrait:
    """What a page tells of ``iri``; raises Unanswered, with the reason ``not-found`` for what is not there."""
    import msgspec

    from khabar.explorer.values import Portrait

    answered = await while_there(
        request, dataset.ask(Portray(iri=iri, language=language), client_of(request), own=True)
    )
    return msgspec.msgpack.decode(answered.read(), type=Portrait)
