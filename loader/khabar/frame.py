"""The frame of a corpus: what every article of it is seen with."""

from __future__ import annotations

import msgspec

from khabar.model import CorpusHeader, Entity


class Frame(msgspec.Struct, frozen=True, tag=True):
    """The header of a corpus and the entities that all its articles share."""

    header: CorpusHeader
    entities: dict[str, Entity]
