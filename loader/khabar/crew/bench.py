"""Where tasks are done: what a program gives to a crew."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any, ClassVar, Protocol

import msgspec


class Bench(Protocol):
    """Does tasks, in whichever process; each kind of program has its own.

    ``opening`` is the type of what a bench is made with, ``tasks`` the union of its tasks and ``answers`` that of
    their replies: tagged structs, which can be sent to another process. A task may raise `khabar.errors.FileFailed`.
    """

    opening: ClassVar[Any]
    tasks: ClassVar[Any]
    answers: ClassVar[Any]

    def __init__(self, opening: Any) -> None:
        """Make ready for the tasks."""
        ...

    def done(self, task: Any) -> Iterator[msgspec.Struct]:
        """The replies to a task."""
        ...


def bench_at(address: str) -> type[Bench]:
    """The bench at ``module:name``, as `address_of` tells it."""
    module, _, name = address.partition(":")
    found: type[Bench] = getattr(importlib.import_module(module), name)
    return found


def address_of(bench: type[Bench]) -> str:
    """Where another process finds a bench."""
    return f"{bench.__module__}:{bench.__name__}"
