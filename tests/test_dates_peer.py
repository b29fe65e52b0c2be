"""Bounds beside those of the package edtf: both agree, or it is known where and why not."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from date_cases import BOUNDS
from khabar.dates import bounds

DIVERGENT = {
    # text: what the package edtf 5.0.2 gives, strictly (lower and upper bound), and why khabar differs
    "2023-09-2X": "ValueError",  # level 2; crashes
    "2023-09-3X": "ValueError",
    "2023-09-0X": "ValueError",
    "2023-1X": "AttributeError",
    "2023-X2-30": "ValueError",
    "202X-02-29": "2020-02-29/2029-02-29",  # 2029 has no such day
    "0XXX": "0000-01-01/0999-12-31",  # no year 0000 in xsd:date of XSD 1.0
    "XXXX": "0000-01-01/9999-12-31",  # a year without a known digit bounds nothing
    "XXXX-12-XX": "0000-12-01/9999-12-31",
    "2023-24": "2023-12-01/2023-12-31",  # winter does not end with December
    "9999-24": "9999-12-01/9999-12-31",
    "202X-24": "EDTFParseException",
    "2023-09/": "2023-09-01/2033-09-01",  # an unknown end is not ten years
    "/2023-09": "2013-09-30/2023-09-30",
    "[2023-09]": "EDTFParseException",
    "{2023..2024-02}": "EDTFParseException",
}
"""Where the peer's answer is not khabar's."""

QUALIFIED = {
    # The peer widens by a day, a month and a year at once.
    "2023-09-14?": "2022-08-13/2024-10-15",
    "2023-09~": "2022-08-01/2024-10-30",
    "2023-01%": "2020-11-01/2025-03-31",
    "2023-XX~": "2022-12-01/2024-01-31",
    # It agrees on these.
    "2023~": "2022-01-01/2024-12-31",
    "202X?": "2010-01-01/2039-12-31",
    "20XX?": "1900-01-01/2199-12-31",
}
"""What the peer gives for qualified dates, by its fuzzy bounds."""


def of_peer(text: str, kind: str) -> str:
    """The bounds of the package edtf as ``first/last``, an unbounded one as in EDTF; or the name of its error."""
    edtf = importlib.import_module("edtf")
    try:
        value: Any = edtf.parse_edtf(text)
        ends = getattr(value, f"lower_{kind}")(), getattr(value, f"upper_{kind}")()
    except (edtf.parser.edtf_exceptions.EDTFParseException, AttributeError, ValueError) as error:
        return type(error).__name__
    return "/".join(".." if isinstance(end, float) else "{:04}-{:02}-{:02}".format(*end[:3]) for end in ends)


def of_khabar(text: str) -> str:
    first, last = bounds(text)
    return f"{first or '..'}/{last or '..'}"


UNQUALIFIED = [text for text, _, _ in BOUNDS if not any(sign in text for sign in "?~%")]


@pytest.mark.parametrize("text", UNQUALIFIED)
def test_the_peer_agrees_or_its_divergence_is_known(text: str) -> None:
    assert of_peer(text, "strict") == DIVERGENT.get(text, of_khabar(text))


@pytest.mark.parametrize(("text", "given"), QUALIFIED.items())
def test_what_the_peer_makes_of_qualified_dates(text: str, given: str) -> None:
    assert of_peer(text, "fuzzy") == given
