"""SPARQL 1.1 Graph Store HTTP Protocol, the part that reads: a graph by its name, or at its own address.

https://www.w3.org/TR/sparql11-http-rdf-update/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from khabar.evaluation.media import GRAPHS
from khabar.evaluation.tasks import Graph
from khabar.serve import requests
from khabar.serve.answering import answer
from khabar.serve.problems import RequestRefused

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from khabar.serve.dataset import Dataset


async def graph(request: Request, dataset: Dataset) -> Response:
    """The graph that the address names: ``?graph=IRI``, or ``?default`` for the union of all (section 4.2).

    Raises RequestRefused, Unanswered.
    """
    fields = requests.address_fields(request)
    names = [value for name, value in fields if name == "graph"]
    is_default = any(name == "default" for name, _ in fields)
    if len(names) + is_default != 1:
        raise RequestRefused(400, "address", "?graph=IRI or ?default", f"{len(names) + is_default} of them")
    named = next((value for name, value in fields if name == "format"), "")
    return await whole(request, dataset, names[0] if names else "", named)


async def whole(request: Request, dataset: Dataset, name: str, form: str = "") -> Response:
    """The graph called ``name``, in the form that the request wants; raises RequestRefused, Unanswered."""
    wanted = requests.wanted(request, GRAPHS, form)
    if not wanted:
        expected = f"one of {', '.join(one.media_type for one in GRAPHS)}"
        raise RequestRefused(406, "Accept", expected, request.headers.get("accept", "")[:100])
    return await answer(request, dataset, Graph(name=name, form=wanted))
