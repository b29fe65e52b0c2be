"""Names and descriptions compared: which of several things is the one that is meant, and why."""

from khabar.matching.description import Description, Related
from khabar.matching.evidence import Reason
from khabar.matching.index import Hit, NameIndex
from khabar.matching.likeness import Likeness, likeness
from khabar.matching.ranking import Ranked, rank
from khabar.matching.sounds import keys
from khabar.matching.spelling import is_arabic, plain

__all__ = [
    "Description",
    "Hit",
    "Likeness",
    "NameIndex",
    "Ranked",
    "Reason",
    "Related",
    "is_arabic",
    "keys",
    "likeness",
    "plain",
    "rank",
]
