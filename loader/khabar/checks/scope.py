"""What every check sees, and how a fault gets its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from khabar.chronology import Chronology, chronology
from khabar.errors import Fault, Keys, Severity
from khabar.gaps import NO_GAPS, Gaps
from khabar.model import Corpus
from khabar.names import Found, Names

LINE: Final = "\0"
"""Stands between the name of a file in bulk and the line of a record in it; no path holds it."""


class Scope:
    """A corpus under check, with what several checks need of it."""

    def __init__(self, corpus: Corpus, texts: Mapping[str, Path | str], gaps: Gaps = NO_GAPS) -> None:
        self.corpus = corpus
        self.texts = texts
        self.gaps = gaps
        self.names = Names(corpus)

    @cached_property
    def chronology(self) -> Chronology:
        """When every event can have happened."""
        return chronology(self.corpus, self.names)

    def article(self, article: str) -> str:
        """The file of an article."""
        return self.corpus.paths.get(f"articles.{article}", f"articles.{article}")

    def entity(self, slug: str) -> str:
        """The file of a shared entity."""
        return self.corpus.paths.get(f"entities.{slug}", f"entities.{slug}")

    @property
    def header(self) -> str:
        """The file of the corpus's header."""
        return self.corpus.paths.get("corpus", "corpus")

    def path(self, found: Found) -> str:
        """The file of what a reference named."""
        return self.article(found.article) if found.article else self.entity(found.slug)


def fault(
    path: str,
    keys: Keys,
    code: str,
    *,
    expected: str,
    found: str,
    remedy: str = "",
    severity: Severity = Severity.ERROR,
) -> Fault:
    """A fault at ``keys`` of a file; its line is found later, for all faults at once."""
    return Fault(
        path=path,
        line=0,
        column=0,
        code=code,
        keys=keys,
        expected=expected,
        found=found,
        remedy=remedy,
        severity=severity.value,
    )


def placed(faults: Iterable[Fault]) -> list[Fault]:
    """The faults with their lines and columns, sorted; each file is read once, and only if it has a fault.

    The place of a record in bulk is its line, which stands in the path after `LINE`.
    """
    from khabar.reading import place, read_tree

    by_path: dict[str, list[Fault]] = {}
    for each in faults:
        by_path.setdefault(each.path, []).append(each)
    found: list[Fault] = []
    for path, own in by_path.items():
        name, is_bulk, number = path.partition(LINE)
        if is_bulk:
            found += (_at_line(each, name, int(number)) for each in own)
            continue
        # A fault of a whole file has no keys, and the file may be no YAML.
        tree = read_tree(Path(path))[0] if any(each.keys for each in own) else None
        for each in own:
            line, column = place(tree, each.keys) if tree and each.keys else (1, 1)
            found.append(msgspec.structs.replace(each, line=line, column=column))
    return sorted(found)


def _at_line(fault: Fault, name: str, line: int) -> Fault:
    # Other records that are spoken of have their lines too.
    found, remedy = (text.replace(LINE, ":") for text in (fault.found, fault.remedy))
    return msgspec.structs.replace(fault, path=name, line=line, column=1, found=found, remedy=remedy)
