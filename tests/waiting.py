"""Waiting for what comes about by itself, and not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Return when it holds; an AssertionError where it comes to nothing."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never was"
        time.sleep(0.05)
