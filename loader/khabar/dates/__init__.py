"""Dates as authors write them, and the days that they can mean: EDTF, its bounds, durations, relative dates."""

from khabar.dates.bounds import UNKNOWN, Bounds, bounds, edtf_of
from khabar.dates.durations import Direction, Duration, parse_duration, shift
from khabar.dates.edtf import (
    Choice,
    DateRefused,
    Edtf,
    Interval,
    Moment,
    Precision,
    Qualifier,
    Span,
    parse,
    write,
)

__all__ = [
    "UNKNOWN",
    "Bounds",
    "Choice",
    "DateRefused",
    "Direction",
    "Duration",
    "Edtf",
    "Interval",
    "Moment",
    "Precision",
    "Qualifier",
    "Span",
    "bounds",
    "edtf_of",
    "parse",
    "parse_duration",
    "shift",
    "write",
]
