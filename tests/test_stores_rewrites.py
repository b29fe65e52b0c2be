"""What Virtuoso makes of literals, as it was seen; tests/test_servers.py holds it against the real one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.stores import rewrites
from khabar.terms import XSD

SEEN = (
    (rewrites.WKT, "POINT(18.0302 26.667)", "POINT(18.030199050903 26.666999816895)"),
    (rewrites.WKT, "POINT(-101.5 -31.2)", "POINT(-101.5 -31.200000762939)"),
    (rewrites.WKT, "point( 0 -0.0 )", "POINT(0 0)"),
    ("duration", "P7D", "604800.0"),
    ("duration", "P14D", "1.2096e+06"),
    ("duration", "-PT1H", "-3600.0"),
    ("duration", "P1Y2M3D", "14"),
    ("duration", "P0D", "0.0"),
    ("yearMonthDuration", "P1Y", "12"),
    ("integer", "-007", "-7"),
    ("nonNegativeInteger", "007", "7"),
    ("decimal", "-0.0", "0"),
    ("decimal", ".50", "0.5"),
    ("decimal", "100", "100"),
    ("double", "1234567.891", "1.23457e+06"),
    ("double", "1.0E0", "1.0"),
    ("boolean", "1", "true"),
    ("boolean", "0", "false"),
    ("dateTime", "2023-08-01T10:00:00.1234567+00:00", "2023-08-01T10:00:00.123456Z"),
    ("dateTime", "2023-08-01T10:00:00.000+03:00", "2023-08-01T10:00:00+03:00"),
    ("time", "10:00:00.5", "10:00:00.500"),
    ("date", "2023-08-01+00:00", "2023-08-01Z"),
    ("date", "-0044-03-15", "-044-03-15"),
)
KEPT = (
    ("duration", "PT0S"),
    ("duration", "P1W"),
    ("duration", "P"),
    ("integer", "x"),
    ("int", "2147483648"),
    ("decimal", "0.1234567890123456789"),
    ("decimal", "1e5"),
    ("decimal", "."),
    ("double", "INF"),
    ("boolean", "TRUE"),
    ("date", "2023-08-01"),
    ("date", "-1234-01-01"),
    ("date", "-0001-01-01"),
    ("dateTime", "2023-08-01T24:00:00"),
    (rewrites.WKT, "LINESTRING(0 0, 1 1)"),
    (rewrites.WKT, "POINT(1e300 1)"),
    ("string", "007"),
    ("http://id.loc.gov/datatypes/edtf/EDTF", "2023-08?"),
)


def line(datatype: str, lexical: str) -> bytes:
    return f'<urn:a> <urn:b> "{lexical}"^^<{datatype if ":" in datatype else XSD + datatype}> .\n'.encode()


def rewritten(line: bytes) -> bytes:
    for rewrite in rewrites.VIRTUOSO:
        line = rewrite(line)
    return line


@pytest.mark.parametrize(("datatype", "sent", "found"), SEEN)
def test_a_literal_comes_back_as_it_was_seen(datatype: str, sent: str, found: str) -> None:
    after = rewrites.GEOMETRY if datatype == rewrites.WKT else datatype
    assert rewritten(line(datatype, sent)) == line(after, found)


@pytest.mark.parametrize(("datatype", "lexical"), KEPT)
def test_what_is_not_named_is_kept(datatype: str, lexical: str) -> None:
    assert rewritten(line(datatype, lexical)) == line(datatype, lexical)


def test_a_large_whole_number_becomes_a_decimal_one() -> None:
    assert rewritten(line("integer", "2147483647")) == line("integer", "2147483647")
    assert rewritten(line("integer", "2147483648")) == line("decimal", "2147483648")


@pytest.mark.parametrize(
    "kept",
    [
        b'<urn:a> <urn:b> "007" .\n',
        b'<urn:a> <urn:b> "P7D"@en .\n',
        b'<urn:a> <urn:b> "\\"007\\"^^<http://www.w3.org/2001/XMLSchema#integer> ." .\n',
        b'<urn:a> <urn:b> "a\\\\" .\n',
        b"<urn:a> <urn:b> <urn:c> .\n",
    ],
)
def test_texts_and_names_are_kept(kept: bytes) -> None:
    assert rewritten(kept) == kept


lexical = st.one_of(
    st.text(alphabet="0123456789+-.eEPYMDTHSZ:() POINTAF", max_size=30),
    st.floats().map(str),
    st.integers().map(str),
    st.decimals().map(str),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.tuples(st.floats(width=32), st.floats()).map(lambda pair: f"POINT({pair[0]} {pair[1]})"),
)
datatypes = st.sampled_from(
    sorted({datatype for datatype, *_ in (*SEEN, *KEPT)} | {"float", "gYear", "dayTimeDuration"})
)


@given(datatypes, lexical)
def test_a_rewriting_made_twice_changes_nothing_more(datatype: str, lexical: str) -> None:
    once = rewritten(line(datatype, lexical))
    assert rewritten(once) == once
    for rewrite in rewrites.VIRTUOSO:
        changed = rewrite(line(datatype, lexical))
        assert rewrite(changed) == changed


@given(datatypes, lexical)
def test_the_order_of_the_rewritings_does_not_matter(datatype: str, lexical: str) -> None:
    backwards = line(datatype, lexical)
    for rewrite in reversed(rewrites.VIRTUOSO):
        backwards = rewrite(backwards)
    assert backwards == rewritten(line(datatype, lexical))
