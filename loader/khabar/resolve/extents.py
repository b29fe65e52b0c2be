"""Dates as the graph has them: the EDTF text, the two days that bound it, the distance to another event."""

from __future__ import annotations

from khabar.dates import Bounds, bounds, parse_duration
from khabar.resolved import Extent


def extent(found: Bounds, edtf: str = "") -> Extent:
    """The bounds in ISO form beside the EDTF text; what is not known is ""."""
    return Extent(
        edtf=edtf,
        earliest=found.earliest.isoformat() if found.earliest else "",
        latest=found.latest.isoformat() if found.latest else "",
    )


def dated(edtf: str) -> Extent:
    """The extent of a date as an author wrote it. Raises `khabar.dates.DateRefused`."""
    return extent(bounds(edtf), edtf)


def xsd_duration(written: str) -> str:
    """An ISO 8601 duration as ``xsd:duration``, which has no weeks (XML Schema 1.1 part 2, section 3.3.6).

    >>> xsd_duration("P1W"), xsd_duration("P14M")
    ('P7D', 'P1Y2M')
    """
    duration = parse_duration(written)
    years, months = divmod(duration.months, 12)
    parts = ((years, "Y"), (months, "M"), (duration.days, "D"))
    return "P" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0D")
