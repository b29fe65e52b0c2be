"""Literals, and what Virtuoso 7 gives back for them."""

from __future__ import annotations

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
"""A datatype, a literal that is sent, and what Virtuoso gives back."""

KEPT = (
    ("duration", "PT0S"),
    ("duration", "P1W"),
    ("int", "2147483648"),
    ("decimal", "1e5"),
    ("double", "INF"),
    ("boolean", "TRUE"),
    ("date", "2023-08-01"),
    ("date", "-1234-01-01"),
    ("dateTime", "2023-08-01T24:00:00"),
    ("http://id.loc.gov/datatypes/edtf/EDTF", "2023-08?"),
)
"""What it gives back as it was sent."""

LOST = (
    ("decimal", "."),
    ("duration", "P"),
    ("integer", "x"),
    ("decimal", "0.1234567890123456789"),
    ("date", "-0001-01-01"),
    (rewrites.WKT, "LINESTRING(0 0, 1 1)"),
)
"""What it changes, and no rewriting excuses."""


def line(datatype: str, lexical: str) -> bytes:
    """A triple with a literal; a datatype without a colon is XML Schema's."""
    return f'<urn:a> <urn:b> "{lexical}"^^<{datatype if ":" in datatype else XSD + datatype}> .\n'.encode()
