"""Answers that were given once, kept on disk: a second run needs no network and finds the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from khabar.errors import FileFailed
from khabar.files import replaced

SUFFIX: Final = ".json"
_NAME: Final = 32


class Question(msgspec.Struct, frozen=True):
    """What is asked of whom; two that are equal have one answer."""

    address: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """The name of the file that its answer is kept in."""
        text = json.dumps([self.address, sorted(self.parameters)], ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:_NAME] + SUFFIX


class Cache:
    """A folder with a file of JSON for each answer, which says what was asked and when.

    The files can be read, compared and committed. One that is cut off or of another shape counts as absent. ``now`` is
    the clock, which tests put in.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.folder = folder
        self._now = now

    def get(self, question: Question, age: timedelta | None = None) -> Any:
        """The answer to ``question``, None where there is none, or none that is at most of ``age``."""
        path = self.folder / question.name
        try:
            kept = json.loads(path.read_bytes())
            if tuple(map(tuple, kept["parameters"])) != question.parameters or kept["address"] != question.address:
                return None
            if age is not None and self._now() - datetime.fromisoformat(kept["answered"]) > age:
                return None
            return kept["answer"]
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def put(self, question: Question, answer: Any) -> None:
        """Keep ``answer``; raises FileFailed."""
        kept = {
            "address": question.address,
            "parameters": question.parameters,
            "answered": self._now().isoformat(timespec="seconds"),
            "answer": answer,
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileFailed.from_os(self.folder, error, "a folder for answers") from None
        with replaced(self.folder / question.name) as file:
            file.write(json.dumps(kept, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass") + b"\n")
