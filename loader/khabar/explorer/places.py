"""The places of a store on a map."""

from __future__ import annotations

from khabar.explorer.reader import Reader
from khabar.explorer.values import Mark

Box = tuple[float, float, float, float]
"""West, south, east and north in degrees; one whose west is more than its east goes over the line of 180 degrees."""


def marks(reader: Reader, language: str, box: Box | None, limit: int) -> tuple[Mark, ...]:
    """The places with a point, those with most events first; inside ``box`` where one is given."""
    condition = "1"
    if box is not None:
        joined = "AND" if box[0] <= box[2] else "OR"
        condition = f"latitude BETWEEN ?2 AND ?4 AND (longitude >= ?1 {joined} longitude <= ?3)"
    rows = reader.rows(
        f"SELECT thing, longitude, latitude, events FROM marks WHERE {condition}"  # noqa: S608 - one of three texts
        f" ORDER BY events DESC, thing LIMIT {max(0, int(limit))}",
        box or (),
    )
    things = reader.things([row[0] for row in rows], language)
    return tuple(
        Mark(thing=thing, longitude=longitude, latitude=latitude, events=events)
        for thing, (_, longitude, latitude, events) in zip(things, rows, strict=True)
    )
