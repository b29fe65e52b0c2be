"""The documents in which the service tells of itself: its description, VoID, the bundled queries as examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khabar.evaluation.media import FORMS, GRAPHS
from khabar.explorer.description import endpoint, service_description, void_document
from khabar.explorer.examples import examples_document
from khabar.serve import requests

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyoxigraph
    from starlette.requests import Request
    from starlette.responses import Response

    from khabar.serve.dataset import Dataset


async def void(request: Request, dataset: Dataset) -> Response:
    """The dataset in VoID."""
    return _document(dataset, void_document(dataset.address), _form(request))


async def examples(request: Request, dataset: Dataset) -> Response:
    """The bundled queries as SHACL executables, and the prefixes that they use."""
    return _document(dataset, examples_document(dataset.address), _form(request))


def service(dataset: Dataset, form: str) -> Response:
    """The description of the service: without its graphs before the index is there."""
    from khabar.conversion import to_oxigraph

    triples = tuple(dataset.about(endpoint(dataset.address)))
    return _rdf(triples or (quad.triple for quad in to_oxigraph(service_description(dataset.address))), form)


def _document(dataset: Dataset, name: str, form: str) -> Response:
    dataset.ready_index()
    return _rdf(dataset.about(name), form)


def _form(request: Request) -> str:
    return requests.wanted(request, GRAPHS) or "ttl"


def _rdf(triples: Iterable[pyoxigraph.Triple], form: str) -> Response:
    import pyoxigraph
    from starlette.responses import Response

    from khabar import vocabulary

    media = pyoxigraph.RdfFormat.from_extension(form)
    body = pyoxigraph.serialize(triples, format=media, prefixes=dict(vocabulary.prefixes()))
    return Response(body, media_type=FORMS[form].content_type, headers={"Vary": "Accept"})
