"""The languages in which khabar tells people what it holds, and which of them somebody asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from starlette.requests import Request

Language: TypeAlias = Literal["en", "ar"]

LANGUAGES: Final[tuple[Language, ...]] = ("en", "ar")
"""The languages, the one of those who ask for another first."""

_WEIGHT: Final = re.compile(r"q\s*=\s*(.*)", re.ASCII | re.DOTALL)


def spoken(tag: str) -> Language | None:
    """The language that a tag of BCP 47 names, with or without a script or a region, where it is one of them.

    >>> spoken("AR-LY"), spoken("arc"), spoken("")
    ('ar', None, None)
    """
    primary = tag.strip().partition("-")[0].lower()
    return next((language for language in LANGUAGES if language == primary), None)


def language_of(request: Request) -> Language:
    """The language that a request names (``lang``), else the one that its Accept-Language likes best."""
    named = spoken(request.query_params.get("lang", ""))
    return named or preferred(",".join(request.headers.getlist("accept-language")))


def preferred(accept: str) -> Language:
    """The language that an ``Accept-Language`` header likes best (RFC 9110, section 12.5.4).

    >>> preferred("fr, ar-LY;q=0.8, en;q=0.5"), preferred("ar;q=0, *"), preferred("")
    ('ar', 'en', 'en')
    """
    named = [(-weight, place, spoken(tag)) for place, (tag, weight) in enumerate(weighed(accept)) if weight > 0]
    liked = [(weight, place, language) for weight, place, language in named if language is not None]
    return min(liked)[2] if liked else LANGUAGES[0]


def weighed(header: str) -> list[tuple[str, float]]:
    """What a header that negotiates names, in small letters, each with its weight from 0 to 1 (RFC 9110, 12.4.2).

    A weight that is no number is 0.

    >>> weighed("ar;q=0.5, EN")
    [('ar', 0.5), ('en', 1.0)]
    """
    found: list[tuple[str, float]] = []
    for part in header.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weights = [given[1] for parameter in parameters if (given := _WEIGHT.fullmatch(parameter))]
        found.append((name, _number(weights[0]) if weights else 1.0))
    return found


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return min(max(value, 0.0), 1.0) if value == value else 0.0  # noqa: PLR0124 - not a number
