"""What a corpus with faults lacks, so that no check takes the absence of what could not be read for a fault."""

from __future__ import annotations

from typing import Final

import msgspec

from khabar.errors import Fault, Keys

# Faults that what is missing can be the whole reason of: in an entry of which a part could not be read.
_BY_ABSENCE: Final = frozenset({"KH011", "KH032", "KH041", "KH060"})
# The same, and wherever in the corpus the missing part may have spoken of the entry.
_BY_SILENCE: Final = frozenset({"KH042", "KH043"})


class Gaps(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a corpus that could not be read.

    ``names`` are ids whose record is lost, by article (None for shared entities). ``articles`` have lost a section,
    so that any id may have been theirs; ``shared`` and ``foreign`` say the same of the shared entities and of the
    articles themselves. ``entries`` are places, by file and keys, of which a part is lost; ``stand_ins`` are places
    where a value stands that nobody wrote. ``header`` tells that ``corpus.yaml`` lacks something.
    """

    names: frozenset[tuple[str | None, str]] = frozenset()
    articles: frozenset[str] = frozenset()
    entries: frozenset[tuple[str, Keys]] = frozenset()
    stand_ins: frozenset[tuple[str, Keys]] = frozenset()
    shared: bool = False
    foreign: bool = False
    header: bool = False

    def __bool__(self) -> bool:
        return self != NO_GAPS

    def may_name(self, article: str | None, reference: str) -> bool:
        """Tell whether ``reference``, as it stands in ``article``, may name something that could not be read."""
        owner, dot, slug = reference.partition(".")
        if dot:
            return self.foreign or owner in self.articles or (owner, slug) in self.names
        return self.shared or article in self.articles or not {(article, owner), (None, owner)}.isdisjoint(self.names)

    def explain(self, fault: Fault) -> bool:
        """Tell whether ``fault`` may be there only because something could not be read."""
        if fault.code in _BY_SILENCE:
            return bool(self)
        places = {(fault.path, fault.keys[:length]) for length in range(len(fault.keys) + 1)}
        if not places.isdisjoint(self.stand_ins):
            return True
        return fault.code in _BY_ABSENCE and not places.isdisjoint(self.entries)


NO_GAPS: Final = Gaps()
"""Everything could be read."""
