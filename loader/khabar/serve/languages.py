"""The language of a page: the one that its address names, or the one that the browser asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from khabar.languages import preferred, spoken

if TYPE_CHECKING:
    from starlette.requests import Request

    from khabar.languages import Language


def language_of(request: Request) -> Language:
    """The language that ``lang`` names, else the one that Accept-Language likes best."""
    named = spoken(request.query_params.get("lang", ""))
    return named or preferred(",".join(request.headers.getlist("accept-language")))
