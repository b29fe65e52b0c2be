"""The faults that only show when records are seen together, or beside the text that they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from khabar.checks import chains, chronology, coverage, cycles, evidence, languages, references
from khabar.checks.scope import Scope, placed
from khabar.errors import Fault, Severity
from khabar.gaps import NO_GAPS, Gaps
from khabar.model import Corpus

Check: TypeAlias = Callable[[Scope], Iterator[Fault]]

CHECKS: tuple[Check, ...] = (
    references.faults,
    cycles.faults,
    chains.faults,
    coverage.faults,
    chronology.faults,
    languages.faults,
    evidence.faults,
)


def check_corpus(corpus: Corpus, texts: Mapping[str, Path | str] | None = None, gaps: Gaps = NO_GAPS) -> list[Fault]:
    """Every fault of a corpus beyond those of reading it, in the order of their places; each check sees every record.

    ``texts`` maps ids of articles to files with their text, by which every passage is proved. ``gaps`` are what could
    not be read. Neither what they leave unknown nor what a dangling reference does is told as a fault of what refers
    to it.
    """
    return placed(_faults(Scope(corpus, texts or {}, gaps)))


def _faults(scope: Scope) -> Iterator[Fault]:
    return (fault for check in CHECKS for fault in check(scope) if not scope.gaps.explain(fault))


def errors(corpus: Corpus) -> Iterator[Fault]:
    """The errors of a corpus as `check_corpus` finds them, in no order and without their lines and columns.

    Whoever keeps records elsewhere than in YAML files knows where they are; ``path`` is what ``corpus.paths`` tells.
    """
    return (fault for fault in _faults(Scope(corpus, {})) if fault.severity == Severity.ERROR.value)


def is_sound(corpus: Corpus) -> bool:
    """Tell whether `check_corpus` finds no error, as fast as the first of them shows."""
    return not any(errors(corpus))
