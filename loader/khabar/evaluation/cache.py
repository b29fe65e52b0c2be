"""Answers that are kept while their store does not change, and questions that are asked only once at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from khabar.evaluation.tasks import Done

_OVERHEAD = 512


class Answered(NamedTuple):
    """An answer, and for a long one the file that holds it: open, without a name, and the caller's to close."""

    done: Done
    file: BinaryIO | None = None

    def read(self) -> bytes:
        """The whole answer; its file is closed."""
        with contextlib.closing(self):
            return self.done.body if self.file is None else self.file.read()

    def close(self) -> None:
        """Let the file go."""
        if self.file is not None:
            self.file.close()


class Cache:
    """Short answers by their question, as many as fit in ``size`` bytes; those used last are kept longest."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held = 0
        self._answers: OrderedDict[bytes, Done] = OrderedDict()
        self._asked: dict[bytes, _Asked] = {}
        self._generation = 0

    async def get(self, question: bytes, ask: Callable[[], Awaitable[Done]]) -> Answered:
        """The answer to ``question``: a kept one, that of whoever asks the same now, or what ``ask`` gives.

        Who goes away leaves it to the others; when all have gone, ``ask`` is cancelled.
        """
        if (kept := self._answers.get(question)) is not None:
            self._answers.move_to_end(question)
            return Answered(kept)
        asked = self._asked.get(question)
        if asked is None:
            asked = _Asked(asyncio.ensure_future(self._asking(question, ask)))
            self._asked[question] = asked
        asked.waiting += 1
        try:
            return _opened(await asyncio.shield(asked.task))
        finally:
            asked.waiting -= 1
            if not asked.waiting:
                self._leave(question, asked)

    def _leave(self, question: bytes, asked: _Asked) -> None:
        if self._asked.get(question) is asked:
            del self._asked[question]
        # Nobody is left who could read it.
        asked.task.add_done_callback(_discard)
        asked.task.cancel()

    def clear(self) -> None:
        """Forget every answer: the store is another one now."""
        self._generation += 1
        self._answers.clear()
        self._asked.clear()
        self._held = 0

    async def _asking(self, question: bytes, ask: Callable[[], Awaitable[Done]]) -> Done:
        generation = self._generation
        done = await ask()
        size = len(question) + len(done.body) + _OVERHEAD
        if not done.path and generation == self._generation and size <= self._size // 8:
            self._answers[question] = done
            self._held += size
            while self._held > self._size:
                gone, answer = self._answers.popitem(last=False)
                self._held -= len(gone) + len(answer.body) + _OVERHEAD
        return done


def _opened(done: Done) -> Answered:
    return Answered(done, open(done.path, "rb") if done.path else None)  # noqa: PTH123 - the caller closes it


def _discard(task: asyncio.Future[Done]) -> None:
    if not task.cancelled() and task.exception() is None and task.result().path:
        Path(task.result().path).unlink(missing_ok=True)


class _Asked:
    def __init__(self, task: asyncio.Future[Done]) -> None:
        self.task = task
        self.waiting = 0
