"""Command lines run within the process of the tests; the fixture ``run`` gives what runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Run: TypeAlias = Callable[..., tuple[int, str, str]]
"""Takes the words of a command line; gives the exit code, the output, and what was said beside it."""
