"""What every page knows of the dataset and of how it was asked for."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

from khabar.explorer.values import Overview, Text
from khabar.serve.requests import path

if TYPE_CHECKING:
    from starlette.requests import Request

    from khabar.explorer.index import Index
    from khabar.languages import Language
    from khabar.serve.dataset import Dataset
    from khabar.serve.rendering import View


@functools.lru_cache(maxsize=4)
def overview_of(index: Index, language: Language) -> Overview:
    """The overview of an index, which every page asks for and which stays as long as the index."""
    return index.overview(language)


@functools.lru_cache(maxsize=4)
def types_of(index: Index, language: Language) -> Mapping[str, Text]:
    """The names of the types of event that an index has."""
    return {one.key: one.name for one in overview_of(index, language).event_types}


def view_of(request: Request, dataset: Dataset, language: Language) -> View:
    """The view of the page that ``request`` asks for."""
    from khabar.serve.rendering import View

    index = dataset.index
    return View(
        language=language,
        path=path(request.scope),
        query=request.scope["query_string"].decode("latin-1"),
        root=request.scope.get("root_path", ""),
        title=overview_of(index, language).title if index is not None else Text(dataset.name),
        base=dataset.base,
        ready=index is not None,
        types=types_of(index, language) if index is not None else {},
    )
