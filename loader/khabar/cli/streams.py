"""What every command shares: where data goes, where talk goes, and how faults are told."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click

from khabar.errors import Fault, FileFailed, Severity

_Command = TypeVar("_Command", bound=Callable[..., Any])
_LARGEST = 16 * 1024 * 1024


@dataclasses.dataclass
class Manner:
    """How this run speaks: ``quiet`` leaves out talk (never errors), ``debug`` adds the trace of a defect."""

    quiet: bool = False
    debug: bool = False


def manners(command: _Command) -> _Command:
    """The options ``--quiet`` and ``--debug``, which the program and every command accept."""

    def keep(context: click.Context, option: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's form
        manner = context.ensure_object(Manner)
        if value and option.name:
            setattr(manner, option.name, True)

    for option in (
        click.option(
            "--debug", is_flag=True, expose_value=False, callback=keep, help="Show the trace of a defect of khabar."
        ),
        click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=keep, help="Say errors only."),
    ):
        command = option(command)
    return command


@contextlib.contextmanager
def handled(handler: Any, *names: str) -> Iterator[None]:
    """Let ``handler`` take the signals called ``names`` while the block runs; those that are ignored stay ignored."""
    # Any: what signal.signal takes. Only the main thread may set it, and not every system has every signal.
    before: dict[int, Any] = {}
    for name in names:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
            with contextlib.suppress(ValueError):
                before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def say(sentence: str) -> None:
    """Write a line to standard error."""
    click.echo(sentence, err=True)


def is_quiet() -> bool:
    """Whether this run says errors only."""
    return click.get_current_context().ensure_object(Manner).quiet


def is_debug() -> bool:
    """Whether this run tells the traces of defects."""
    return click.get_current_context().ensure_object(Manner).debug


def talk(sentence: str) -> None:
    """Write a line to standard error, unless the run is quiet; after all data so far, also where both are one pipe."""
    sys.stdout.flush()
    if not is_quiet():
        say(sentence)


def open_output() -> None:
    """Make standard output UTF-8 with its line ends untouched, whatever the terminal's encoding.

    Where it is closed, writing to it fails as writing to a full disk does; what is written elsewhere does not.
    """
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="", errors="strict")


def data(content: str) -> None:
    """Write the result to standard output."""
    sys.stdout.write(content)


def stream(pieces: Iterable[str]) -> None:
    """Write a long result to standard output, piece by piece."""
    for piece in pieces:
        data(piece)


def document(content: str, target: str, said: str) -> None:
    """Write a whole document in UTF-8 to a file, which is replaced, and say so; or for ``-`` to standard output."""
    if target == "-":
        data(content)
        return
    from khabar.files import replaced

    with replaced(target) as file:
        file.write(content.encode())
    talk(said)


def binary() -> BinaryIO:
    """Standard output for bytes, after all text so far."""
    if sys.stdout is None:
        open_output()
    sys.stdout.flush()
    return sys.stdout.buffer


def text_of(source: str) -> str:
    """The whole text of the file ``source``, or of standard input for ``-``. Raises ``FileFailed``."""
    where = "standard input" if source == "-" else source
    try:
        content = _read(source)
    except OSError as error:
        raise FileFailed.from_os(where, error, "a file that can be read") from error
    if len(content) > _LARGEST:
        raise FileFailed(where=where, expected=f"at most {_LARGEST // 1024 // 1024} MiB", found="more")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFailed(
            where=where,
            expected="text in UTF-8",
            found=f"the byte 0x{content[error.start]:02x} at {error.start}",
        ) from error


def _read(source: str) -> bytes:
    # Never much more than the limit: a device has no end.
    if source != "-":
        with Path(source).open("rb") as file:
            return file.read(_LARGEST + 1)
    if sys.stdin is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return sys.stdin.buffer.read(_LARGEST + 1)


def pairs(_: click.Context, option: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    """``NAME=VALUE`` of a repeatable option as a map; each name once."""
    found: dict[str, str] = {}
    for value in values:
        name, sign, rest = value.partition("=")
        if not (name and sign):
            raise click.BadParameter(f"expected {option.metavar}, found {value!r}")
        if name in found:
            raise click.BadParameter(f"{name} is given twice")
        found[name] = rest
    return found


def summary(faults: Iterable[Fault]) -> str:
    """How many errors and warnings there are, in a sentence.

    >>> summary([])
    'no fault'
    """
    severities = [fault.severity for fault in faults]
    counts = ((severities.count(severity.value), severity.value) for severity in Severity)
    return ", ".join(f"{count} {name}{'s' * (count > 1)}" for count, name in counts if count) or "no fault"
