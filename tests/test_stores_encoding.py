"""The spelling that Oxigraph gives back: the one that is foretold, for any literal."""

from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.stores.encoding import numbers_and_dates
from khabar.terms import XSD

TYPES = (
    "integer", "nonNegativeInteger", "decimal", "double", "float", "boolean", "date", "dateTime", "time", "gYear",
    "duration", "dayTimeDuration", "string", "anyURI", "hexBinary",
)  # fmt: skip
NUMBERS = st.from_regex(r"[+-]?0{0,3}[0-9]{0,6}(\.[0-9]{0,4})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)
DATES = st.from_regex(
    r"-?[0-9]{4}-[0-2][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.0{1,3})?)?Z?", fullmatch=True
)
WORDS = st.sampled_from(["true", "1", "P1Y12M", "-P0D", "24:00:00", "NaN", "INF", "", "x", "00FF"])


@given(NUMBERS | DATES | WORDS | st.text(), st.sampled_from(TYPES), st.sampled_from(["<urn:s>", "_:b"]))
def test_what_is_foretold_is_what_comes_back(text: str, kind: str, subject: str) -> None:
    literal = pyoxigraph.Literal(text, datatype=pyoxigraph.NamedNode(XSD + kind))
    line = f"{subject} <urn:p> {literal} .\n".encode()
    store = pyoxigraph.Store()
    store.load(line, pyoxigraph.RdfFormat.N_TRIPLES)
    (quad,) = store
    foretold = numbers_and_dates(line)
    assert foretold.startswith(f"{subject} <urn:p> ".encode())
    (parsed,) = pyoxigraph.parse(foretold, format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert parsed.object == quad.object
    assert numbers_and_dates(foretold) == foretold


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('"007"^^<{}integer>', '"7"^^<{}integer>'),
        ('"1.50"^^<{}decimal>', '"1.5"^^<{}decimal>'),
        ('"2023-02-30"^^<{}date>', '"2023-02-30"^^<{}date>'),
        ('"007"', '"007"'),
        ('"007"@en', '"007"@en'),
        ('"\\"007\\"^^<{}integer>"', '"\\"007\\"^^<{}integer>"'),
        ("<urn:o>", "<urn:o>"),
    ],
)
def test_only_values_are_spelled_anew(written: str, kept: str) -> None:
    assert (
        numbers_and_dates(f"<urn:s> <urn:p> {written.format(XSD)} .\n".encode())
        == f"<urn:s> <urn:p> {kept.format(XSD)} .\n".encode()
    )
