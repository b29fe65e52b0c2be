"""Where the shapes of the server's drawings lie, in percent of their box: drawings that need no script and no style."""

from __future__ import annotations

import datetime as dt
from typing import Final

import msgspec

from khabar.explorer.values import Bucket, Extent, Mark, Timeline

_TICKS: Final = 4
_NARROWEST: Final = 0.4
"""Percent: what is shorter than this on the timeline could not be seen."""

_ASPECT: Final = 16 / 9
_LEAST_WIDTH: Final = 20.0
"""Degrees that a map shows at the least: one place alone has its surroundings."""


GRATICULE: Final = "".join(
    [*(f"M{x} -90V90" for x in range(-540, 541, 5)), *(f"M-540 {y}H540" for y in range(-85, 86, 5))]
)
"""Lines of latitude and longitude, five degrees apart: a sea without a shore has them for a measure."""


class Span(msgspec.Struct, frozen=True):
    """A stretch of a line, in percent from its left end."""

    start: float
    length: float


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A bucket of the histogram: where it stands, and how high its certain and its possible part are."""

    bucket: Bucket
    span: Span
    certain: float
    possible: float


class Tick(msgspec.Struct, frozen=True, kw_only=True):
    """A name under the axis, at its beginning (``start``), its end or between, as SVG anchors text."""

    bucket: Bucket
    at: float
    anchor: str


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the map: percent from the left and the top, and the radius in pixels."""

    mark: Mark
    x: float
    y: float
    radius: float


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A map: the window in degrees, x to the east and y to the south, and the places in it, the largest first."""

    left: float
    top: float
    width: float
    height: float
    pins: tuple[Pin, ...]


def columns(timeline: Timeline, *, mirrored: bool = False) -> tuple[Column, ...]:
    """The columns of a timeline's histogram; ``mirrored`` where time runs from right to left."""
    highest = max((bucket.certain + bucket.possible for bucket in timeline.buckets), default=0) or 1
    return tuple(
        Column(
            bucket=bucket,
            span=_span(timeline, bucket.start, bucket.end, mirrored=mirrored),
            certain=round(100 * bucket.certain / highest, 2),
            possible=round(100 * bucket.possible / highest, 2),
        )
        for bucket in timeline.buckets
    )


def ticks(timeline: Timeline, *, mirrored: bool = False) -> tuple[Tick, ...]:
    """A few of the buckets, evenly apart, whose names stand under the axis."""
    buckets = timeline.buckets
    if not buckets:
        return ()
    last = len(buckets) - 1
    spans = (_span(timeline, bucket.start, bucket.end, mirrored=False) for bucket in buckets)
    middles = [span.start + span.length / 2 for span in spans]
    places = {0, last}
    for step in range(1, _TICKS):
        # Empty buckets may be left out, so that those in the middle of the list need not be in the middle of time.
        wanted = 100 * step / _TICKS
        near = min(range(len(buckets)), key=lambda place: abs(middles[place] - wanted))
        if abs(middles[near] - wanted) < 100 / _TICKS / 4:
            places.add(near)
    return tuple(_tick(timeline, place, last, mirrored=mirrored) for place in sorted(places))


def _tick(timeline: Timeline, place: int, last: int, *, mirrored: bool) -> Tick:
    bucket = timeline.buckets[place]
    span = _span(timeline, bucket.start, bucket.end, mirrored=mirrored)
    if last == 0 or place not in (0, last):
        return Tick(bucket=bucket, at=round(span.start + span.length / 2, 2), anchor="middle")
    # SVG anchors text by its own direction, so that its start is at the right in an Arabic page.
    at = 0.0 if (place == 0) != mirrored else 100.0
    return Tick(bucket=bucket, at=at, anchor="start" if place == 0 else "end")


def possible(timeline: Timeline, extent: Extent, *, mirrored: bool = False) -> Span:
    """The days on which an event may lie; without a known first or last day, to the end of the window."""
    dates = extent.thing.dates
    return _span(timeline, dates.earliest or timeline.first, dates.latest or timeline.last, mirrored=mirrored)


def certain(timeline: Timeline, extent: Extent, *, mirrored: bool = False) -> Span | None:
    """The days on which an event certainly was, if there are any."""
    if not extent.certain_from:
        return None
    return _span(timeline, extent.certain_from, extent.certain_to, mirrored=mirrored)


def chart(marks: tuple[Mark, ...]) -> Chart:
    """A map that shows all ``marks``, in equirectangular projection (x is the longitude, y the latitude downward)."""
    across = [mark.longitude for mark in marks] or [-180.0, 180.0]
    down = [-mark.latitude for mark in marks] or [-90.0, 90.0]
    width = max((max(across) - min(across)) * 1.3, (max(down) - min(down)) * 1.3 * _ASPECT, _LEAST_WIDTH)
    width = min(width, 360.0)
    height = width / _ASPECT
    left = (max(across) + min(across) - width) / 2
    top = (max(down) + min(down) - height) / 2
    most = max((mark.events for mark in marks), default=0) or 1
    return Chart(
        left=round(left, 3),
        top=round(top, 3),
        width=round(width, 3),
        height=round(height, 3),
        pins=tuple(
            Pin(
                mark=mark,
                x=round(100 * (mark.longitude - left) / width, 3),
                y=round(100 * (-mark.latitude - top) / height, 3),
                radius=round(4 + 10 * (mark.events / most) ** 0.5, 1),
            )
            for mark in sorted(marks, key=lambda mark: -mark.events)
        ),
    )


def _span(timeline: Timeline, start: str, end: str, *, mirrored: bool) -> Span:
    first = _number(timeline.first)
    days = _number(timeline.last) + 1 - first
    if days <= 0:
        return Span(0, 100)
    left = min(max(100 * (_number(start) - first) / days, 0), 100 - _NARROWEST)
    right = min(max(100 * (_number(end) + 1 - first) / days, left + _NARROWEST), 100)
    return Span(round(100 - right if mirrored else left, 2), round(right - left, 2))


def _number(day: str) -> int:
    """The days from the beginning of the calendar; what is before or after all of it is at its end."""
    try:
        return dt.date.fromisoformat(day).toordinal()
    except ValueError:
        return dt.date.min.toordinal() if day.startswith("-") else dt.date.max.toordinal()
