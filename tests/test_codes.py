"""The catalogue of faults is whole, in both directions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from khabar.codes import CODES, Code
from khabar.reference import errors, records

PACKAGE = Path(__file__).parents[1] / "loader" / "khabar"


def test_codes_are_in_order_and_unique() -> None:
    codes = [code.code for code in CODES]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_every_code_is_explained(code: Code) -> None:
    assert re.fullmatch(r"KH\d{3}", code.code)
    assert code.title
    assert code.title[-1] != "."
    assert code.meaning.endswith(".")
    assert code.example
    assert code.cure.endswith(".")


def test_every_code_that_is_told_is_explained_and_the_other_way_round() -> None:
    told = {
        code
        for path in PACKAGE.rglob("*.py")
        if path.name != "codes.py" and path.parent.name != "reference"
        for code in re.findall(r'"(KH\d{3})"', path.read_text(encoding="utf-8"))
    }
    assert told == {code.code for code in CODES}


def test_the_page_has_a_section_for_every_code() -> None:
    page = errors.page()
    assert re.findall(r"^## (KH\d{3})$", page, re.MULTILINE) == [code.code for code in CODES]
    assert set(re.findall(r"\(#(kh\d{3})\)", page)) == {code.code.lower() for code in CODES}


def test_links_on_the_page_of_records_lead_somewhere() -> None:
    page = records.page()
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = set(re.findall(r"\(#([a-z-]+)\)", page))
    assert links
    assert links <= anchors
    assert "| **`described_as`** | texts by language | How the article describes it. |" in page
