"""What authors write for a date by mistake, and what they meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NUMBERS = re.compile(r"([0-9]{1,4})\s*[/.\-\s]\s*([0-9]{1,2})(?:\s*[/.\-\s]\s*([0-9]{1,4}))?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_NAMED = re.compile(r"(?:([0-9]{1,2})\s+)?([A-Za-z]{3,9})\.?\s+(?:([0-9]{1,2}),?\s+)?([0-9]{4})")


def mended(text: str) -> Iterator[str]:
    """What ``text`` may have been meant to say, likeliest first; nothing says that any of it is EDTF.

    >>> next(mended("30/09/2023"))
    '2023-09-30'
    """
    if len(text) > 100:  # noqa: PLR2004 - no one meant a date
        return
    spaced = _in_ascii(text)
    plain = "".join(spaced.split())
    if plain != text:
        yield plain
    yield from _by_numbers(spaced)
    yield from _by_name(spaced)
    if ".." in plain:
        yield f"[{plain.strip('[]')}]"
    for old, new in (("?~", "%"), ("~?", "%")):
        yield plain.replace(old, new)
    yield re.sub(r"[xu]", "X", plain)
    yield re.sub(r"^unknown/|^/", "/", plain).replace("/open", "/..").replace("/unknown", "/").replace("open/", "../")
    if re.search(r"T[0-9]{2}:[0-9]{2}$", plain):
        yield plain + ":00"


def _in_ascii(text: str) -> str:
    # Digits of other scripts, and dashes of other widths.
    letters = []
    for letter in text.strip():
        digit = unicodedata.digit(letter, None)
        letters.append(str(digit) if digit is not None else "-" if unicodedata.category(letter) == "Pd" else letter)
    return "".join(letters)


def _by_numbers(text: str) -> Iterator[str]:
    if found := _COMPACT.fullmatch(text):
        yield "-".join(found.groups())
    if not (found := _NUMBERS.fullmatch(text)):
        return
    first, middle, last = found.groups()
    if last is None:
        if len(first) == 4:  # noqa: PLR2004 - the digits of a year
            yield f"{first}-{int(middle):02}"
        return
    if len(first) == 4:  # noqa: PLR2004 - the digits of a year
        yield f"{first}-{int(middle):02}-{int(last):02}"
    elif len(last) == 4:  # noqa: PLR2004 - the digits of a year
        # Day first, as the world writes it; month first where only that can be.
        yield f"{last}-{int(middle):02}-{int(first):02}"
        yield f"{last}-{int(first):02}-{int(middle):02}"


def _by_name(text: str) -> Iterator[str]:
    if not (found := _NAMED.fullmatch(text)):
        return
    before, name, after, year = found.groups()
    day = before or after
    for number, month in enumerate(_MONTHS, start=1):
        if month.startswith(name.lower()):
            yield f"{year}-{number:02}" + (f"-{int(day):02}" if day else "")
