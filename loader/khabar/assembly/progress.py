"""How far the way of a corpus is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

Stage: TypeAlias = Literal["reading", "linking", "writing"]
"""What is done: records are read, those that refer to one another are joined, all are made into graphs."""


class BuildProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a stage of a build (``"reading"``, ``"linking"``, ``"writing"``) is.

    So many records are ``done`` of ``total``, so many bytes ``read`` of ``size``, where known; ``rejected`` records
    were left out so far. ``seconds`` are those of this stage.
    """

    stage: Stage
    done: int
    total: int | None
    read: int
    size: int | None
    rejected: int
    seconds: float

    @property
    def share(self) -> float | None:
        """How much of the stage is done, from 0 to 1, where that can be told."""
        if self.total:
            return min(self.done / self.total, 1.0)
        return min(self.read / self.size, 1.0) if self.size else None

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        """The seconds that the stage will still take at this rate, where that can be told.

        >>> stage = BuildProgress(stage="writing", done=50, total=200, read=0, size=None, rejected=0, seconds=2.0)
        >>> stage.rate, stage.left
        (25.0, 6.0)
        """
        share = self.share
        return self.seconds * (1 - share) / share if share else None


Report: TypeAlias = Callable[[BuildProgress], None]


def unheard(_: BuildProgress) -> None:
    """Take the progress, and tell no one."""


class Meter:
    """Counts what one stage does, and reports it."""

    def __init__(
        self, stage: Stage, report: Report, *, total: int | None = None, size: int | None = None, rejected: int = 0
    ) -> None:
        self._report = report
        self._start = time.monotonic()
        self._now = BuildProgress(stage=stage, done=0, total=total, read=0, size=size, rejected=rejected, seconds=0.0)
        report(self._now)

    def add(self, done: int, *, read: int = 0, rejected: int = 0) -> None:
        """So many more records are done, those that were rejected among them."""
        now = self._now
        self._now = msgspec.structs.replace(
            now,
            done=now.done + done,
            read=now.read + read,
            rejected=now.rejected + rejected,
            seconds=time.monotonic() - self._start,
        )
        self._report(self._now)
