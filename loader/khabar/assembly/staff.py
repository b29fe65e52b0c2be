"""Who does the work of a source: this process where it is soon done, else a worker for each core."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Final

from khabar.assembly.bench import Bench
from khabar.assembly.tasks import Opening
from khabar.crew import Alone, Buckets, Crew, OwnSpool, SharedSpool, Spool, Workers, cores, unnamed
from khabar.records.sources import Source

SMALL: Final = 200
"""Below so many YAML files no worker is started: it would take longer than the work."""

SMALL_SIZE: Final = 8 * 1024 * 1024
"""Below so many bytes of records in bulk no worker is started either."""

BUCKET_SIZE: Final = 32 * 1024 * 1024
"""For so many bytes of records there is a bucket of ids."""

MOST_BUCKETS: Final = 256

# What a compressed file, or one of columns, holds for each of its bytes, about.
_COMPRESSED: Final = 8


def staff_of(
    source: Source, workers: int | None, output: int, target: str, stack: contextlib.ExitStack
) -> tuple[Spool, Buckets, Crew]:
    """Who does the work of a source, the spool and the buckets that they share; ``stack`` ends and closes all."""
    size = sum(part.size * (_COMPRESSED if part.form != "jsonl" else 1) for part in source.parts)
    buckets = Buckets.new(min(MOST_BUCKETS, 1 + size // BUCKET_SIZE)) if source.parts else Buckets(())
    stack.callback(buckets.close)
    count = cores() if workers is None else workers
    small = len(source.files) < SMALL and size < SMALL_SIZE
    opening = Opening(source.frame, source.paths, output, target, list(buckets.files))
    if count < 2 or small or not sys.executable or os.name != "posix":  # noqa: PLR2004 - one worker is this process
        own = OwnSpool()
        stack.callback(own.close)
        return own, buckets, Alone(Bench(opening, own))
    files: list[int] = []
    for _ in range(count + 1):
        files.append(unnamed())
        stack.callback(os.close, files[-1])
    openings = [
        Opening(source.frame, source.paths, output, target, list(buckets.files), files, own) for own in range(count)
    ]
    crew = Workers(Bench, openings, source.name, [*files, *buckets.files, *([output] if output >= 0 else [])])
    stack.callback(crew.close)
    return SharedSpool(files, count), buckets, crew
