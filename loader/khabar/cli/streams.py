"""What every command shares: where data goes, where talk goes, and how faults are told."""

from __future__ import annotations

import dataclasses
import io
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from khabar.errors import Fault, FileFailed, Severity

_Command = TypeVar("_Command", bound=Callable[..., Any])


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


def say(sentence: str) -> None:
    """Write a line to standard error."""
    click.echo(sentence, err=True)


def talk(sentence: str) -> None:
    """Write a line to standard error, unless the run is quiet; after all data so far, also where both are one pipe."""
    sys.stdout.flush()
    if not click.get_current_context().ensure_object(Manner).quiet:
        say(sentence)


def open_output() -> None:
    """Make standard output UTF-8 with its line ends untouched, whatever the terminal's encoding."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="", errors="strict")


def data(content: str) -> None:
    """Write the result to standard output."""
    sys.stdout.write(content)


def stream(pieces: Iterable[str]) -> None:
    """Write a long result to standard output, piece by piece."""
    for piece in pieces:
        data(piece)


def text_of(source: str) -> str:
    """The whole text of the file ``source``, or of standard input for ``-``. Raises ``FileFailed``."""
    try:
        content = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise FileFailed.from_os(source, error, "a file that can be read") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFailed(
            where="standard input" if source == "-" else source,
            expected="text in UTF-8",
            found=f"the byte 0x{content[error.start]:02x} at {error.start}",
        ) from error


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
