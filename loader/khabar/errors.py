"""The one root error of khabar, and the faults that data can have."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import msgspec


class Severity(enum.Enum):
    """How much a fault weighs: an error stops a build, a warning is only told."""

    ERROR = "error"
    WARNING = "warning"


_LONG_KEY = 100


def _shown(key: str) -> str:
    # An unknown key can hold anything: a line end would end the fault, a bidi control turn it around.
    key = key if len(key) <= _LONG_KEY else f"{key[:_LONG_KEY]}…"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in key)


Keys: TypeAlias = tuple[str | int, ...]
"""A path inside a record, from its root: ``("events", "visit", "host", 0)``."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with the data, at one place.

    ``line`` and ``column`` count from 1; a fault of a whole file stands at 1:1. ``keys`` is the path inside the
    record, from its root (``("events", "visit", "date")``). ``code`` is stable and has a section in
    ``docs/errors.md``.
    """

    path: str
    line: int
    column: int
    code: str
    keys: Keys = ()
    expected: str
    found: str
    remedy: str = ""
    severity: str = Severity.ERROR.value

    @property
    def field(self) -> str:
        """The path inside the record as people write it: ``events.visit.participant[0]``."""
        text = ""
        for key in self.keys:
            text += f"[{key}]" if isinstance(key, int) else f".{_shown(key)}" if text else _shown(key)
        return text

    @property
    def message(self) -> str:
        """What was expected, what was found and, where there is one, the remedy."""
        where = f"{self.field}: " if self.keys else ""
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{where}expected {self.expected}, found {self.found}{remedy}"

    def __lt__(self, other: Fault) -> bool:
        """The order of their places; faults at one place go by code and words."""
        return self._rank < other._rank

    @property
    def _rank(self) -> tuple[str, int, int, str, str, str]:
        return self.path, self.line, self.column, self.code, self.field, self.message

    def __str__(self) -> str:
        """``file:line:column CODE message``, the form that editors make into a link."""
        return f"{self.path}:{self.line}:{self.column} {self.code} {self.message}"


class KhabarError(Exception):
    """The root of every error that khabar raises on purpose.

    The message is made from the attributes alone: where, what was expected, what was found, the remedy.
    """

    def __init__(self, *, where: str, expected: str, found: str, remedy: str = "") -> None:
        self.where = where
        self.expected = expected
        self.found = found
        self.remedy = remedy
        super().__init__(where, expected, found, remedy)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.__dict__)

    def __str__(self) -> str:
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{self.where}: expected {self.expected}, found {self.found}{remedy}"


def _restored(kind: type[KhabarError], attributes: dict[str, Any]) -> KhabarError:
    # Exceptions are pickled by their positional arguments, and these have none.
    error = kind.__new__(kind)
    error.__dict__.update(attributes)
    return error


class FaultyData(KhabarError):
    """The data has faults; ``faults`` holds every one of them, in the order of their places."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(faults))
        first = self.faults[0]
        super().__init__(
            where=first.path,
            expected="data without faults",
            found=f"{len(self.faults)} fault{'s' if len(self.faults) > 1 else ''}, the first: {first}",
        )


class FileFailed(KhabarError):
    """A file or folder could not be read or written (exit code 3)."""

    @classmethod
    def from_os(cls, path: Path | str, error: OSError, expected: str) -> FileFailed:
        """The error that the system gave for ``path``, in khabar's form."""
        return cls(
            where=str(path),
            expected=expected,
            found=error.strerror or " ".join(str(error).split()) or type(error).__name__,
        )


class StoreFailed(KhabarError):
    """A triple store refused, failed or answered what it should not have (exit code 3)."""


class SparkFailed(KhabarError):
    """Spark, or what it needs, is missing or failed (exit code 3)."""


class ServiceFailed(KhabarError):
    """Wikidata, or another service that is asked about entities, did not answer as it should (exit code 3)."""


class QueryRefused(KhabarError):
    """A query, or a parameter of one, is not what khabar runs (exit code 2)."""
