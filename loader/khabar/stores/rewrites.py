r"""What Virtuoso makes of literals: each known change by its name, as it was seen with 7.2.5.

It holds some literals by their values, and gives them back in a spelling of its own, a few with less than they had.
Each function takes one line of N-Triples and returns it as Virtuoso would give it back; made twice it changes nothing
more. What is not named here comes back as it was sent, or is a loss that a load tells: a whole number or a date that
is none, a decimal with more than fifteen places, an IRI of more than 1,880 characters.
"""

from __future__ import annotations

import re
import struct
from decimal import Decimal
from typing import Final

from khabar.terms import XSD

WKT: Final = "http://www.opengis.net/ont/geosparql#wktLiteral"
GEOMETRY: Final = "http://www.openlinksw.com/schemas/virtrdf#Geometry"

_TYPED: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"\^\^<([^>]*)>(?= \.)')
_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_POINT: Final = re.compile(rf"\s*POINT\s*\(\s*({_NUMBER})\s+({_NUMBER})\s*\)\s*", re.IGNORECASE)
_DURATION: Final = re.compile(
    r"(?P<sign>-?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_TIME: Final = re.compile(r"(?P<whole>.*\d\d:\d\d:\d\d)(?:\.(?P<part>\d+))?(?P<zone>Z|[+-]\d\d:\d\d)?")
_BEFORE_CHRIST: Final = re.compile(r"-0(?=\d\d[2-9]|\d[1-9]\d|[1-9]\d\d)")

_SIGNED: Final = ("integer", "int", "long", "short", "byte", "nonPositiveInteger", "negativeInteger")
_UNSIGNED: Final = (
    "nonNegativeInteger",
    "positiveInteger",
    "unsignedInt",
    "unsignedLong",
    "unsignedShort",
    "unsignedByte",
)
_INTEGERS: Final = frozenset(_SIGNED + _UNSIGNED)
_DURATIONS: Final = frozenset(("duration", "dayTimeDuration", "yearMonthDuration"))
_DATES: Final = frozenset(("date", "dateTime", "gYear", "gYearMonth"))
_LARGEST: Final = 2**31 - 1
_PLACES: Final = 15
# Python reads no longer whole number.
_LENGTH: Final = 4_000


def points(line: bytes) -> bytes:
    r"""A point becomes a geometry of Virtuoso's own, its coordinates numbers of 32 bits: less than a metre is lost.

    >>> line = b'<urn:a> <urn:b> "POINT(18.0302 26.667)"^^<http://www.opengis.net/ont/geosparql#wktLiteral> .\n'
    >>> points(line).split(b'"')[1]
    b'POINT(18.030199050903 26.666999816895)'
    """
    lexical, datatype = _typed(line)
    if datatype != WKT or not (found := _POINT.fullmatch(lexical)):
        return line
    try:
        one, two = (
            f"{struct.unpack('<f', struct.pack('<f', float(number)))[0] + 0.0:.14g}" for number in found.groups()
        )
    except OverflowError:
        return line
    return _spelled(line, f"POINT({one} {two})", GEOMETRY)


def durations(line: bytes) -> bytes:
    r"""A duration becomes its months where it has any, and the rest is lost; else its seconds, to six digits.

    >>> durations(b'<urn:a> <urn:b> "P7D"^^<http://www.w3.org/2001/XMLSchema#duration> .\n').split(b'"')[1]
    b'604800.0'
    """
    lexical, datatype = _typed(line)
    if datatype.removeprefix(XSD) not in _DURATIONS or not (found := _DURATION.fullmatch(lexical)):
        return line
    parts = {name: int(text) for name, text in found.groupdict().items() if name != "sign" and text is not None}
    months = parts.get("years", 0) * 12 + parts.get("months", 0)
    minutes = (parts.get("days", 0) * 24 + parts.get("hours", 0)) * 60 + parts.get("minutes", 0)
    seconds = minutes * 60 + parts.get("seconds", 0)
    if not months and not seconds and (len(parts) != 1 or "T" in lexical):
        return line
    return _spelled(line, found["sign"] + (str(months) if months else _real(seconds)), datatype)


def numbers(line: bytes) -> bytes:
    r"""A number gets one spelling; one of xsd:integer beyond 32 bits becomes xsd:decimal, a real one has six digits.

    >>> numbers(b'<urn:a> <urn:b> "007"^^<http://www.w3.org/2001/XMLSchema#integer> .\n').split(b'"')[1]
    b'7'
    """
    lexical, datatype = _typed(line)
    kind = datatype.removeprefix(XSD) if datatype.startswith(XSD) else ""
    if kind in _INTEGERS and re.fullmatch(r"[+-]?\d+", lexical) and len(lexical) <= _LENGTH:
        number = int(lexical)
        if abs(number) <= _LARGEST:
            return _spelled(line, str(number), datatype)
        return _spelled(line, str(number), XSD + "decimal") if kind == "integer" else line
    if kind == "decimal" and (found := re.fullmatch(r"[+-]?(?=[\d.])(\d*)(?:\.(\d*))?", lexical)):
        if len(found[2] or "") > _PLACES or not (found[1] or found[2]):
            return line
        text = f"{Decimal(lexical):f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return _spelled(line, "0" if text == "-0" else text, datatype)
    if kind in ("double", "float") and re.fullmatch(_NUMBER, lexical):
        return _spelled(line, _real(float(lexical)), datatype)
    return line


def truth_values(line: bytes) -> bytes:
    """The truth values 1 and 0 become true and false."""
    lexical, datatype = _typed(line)
    if datatype != XSD + "boolean" or lexical not in ("1", "0"):
        return line
    return _spelled(line, "true" if lexical == "1" else "false", datatype)


def times(line: bytes) -> bytes:
    r"""Parts of a second get three digits or six, or go where they are nothing; the zone +00:00 becomes Z.

    >>> line = b'<urn:a> <urn:b> "2023-08-01T10:00:00.50Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n'
    >>> times(line).split(b'"')[1]
    b'2023-08-01T10:00:00.500Z'
    """
    lexical, datatype = _typed(line)
    if datatype == XSD + "date" and lexical.endswith("+00:00"):
        return _spelled(line, lexical.removesuffix("+00:00") + "Z", datatype)
    if datatype not in (XSD + "dateTime", XSD + "time") or not (found := _TIME.fullmatch(lexical)):
        return line
    part = (found["part"] or "")[:6].ljust(6, "0")
    digits = "" if not int(part) else f".{part[:3]}" if part.endswith("000") else f".{part}"
    zone = {"+00:00": "Z", "-00:00": ""}.get(found["zone"] or "", found["zone"] or "")
    return _spelled(line, found["whole"] + digits + zone, datatype)


def years_before_christ(line: bytes) -> bytes:
    """A negative year loses one of its four digits where that is a zero."""
    lexical, datatype = _typed(line)
    if datatype.removeprefix(XSD) not in _DATES or not _BEFORE_CHRIST.match(lexical):
        return line
    return _spelled(line, _BEFORE_CHRIST.sub("-", lexical, count=1), datatype)


def _typed(line: bytes) -> tuple[str, str]:
    found = _TYPED.search(line)
    # What is looked for is ASCII without escapes.
    return (found[1].decode(), found[2].decode()) if found else ("", "")


def _spelled(line: bytes, lexical: str, datatype: str) -> bytes:
    return _TYPED.sub(lambda _: f'"{lexical}"^^<{datatype}>'.encode(), line, count=1)


def _real(number: float) -> str:
    text = f"{number:g}"
    return text if "." in text or "e" in text else f"{text}.0"


VIRTUOSO: Final = (points, durations, numbers, truth_values, times, years_before_christ)
"""All of them, in any order."""
