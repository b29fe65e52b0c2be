"""The language of a page: the one that its address names, or the one that the browser asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khabar.serve.locales import LANGUAGES, Language, preferred

if TYPE_CHECKING:
    from starlette.requests import Request


def language_of(request: Request) -> Language:
    """The language that ``lang`` names, else the one that Accept-Language likes best."""
    named = request.query_params.get("lang", "")
    for language in LANGUAGES:
        if named == language:
            return language
    return preferred(",".join(request.headers.getlist("accept-language")))
