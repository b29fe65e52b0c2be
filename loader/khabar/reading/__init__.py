"""YAML to records: positions, all faults at once."""

from khabar.reading.corpora import (
    Outline,
    Survey,
    outline,
    read_article,
    read_changed,
    read_corpus,
    read_tree,
    survey,
)
from khabar.reading.places import locate, place

__all__ = [
    "Outline",
    "Survey",
    "locate",
    "outline",
    "place",
    "read_article",
    "read_changed",
    "read_corpus",
    "read_tree",
    "survey",
]
