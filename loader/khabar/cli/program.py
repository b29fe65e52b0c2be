"""The program: its commands, and what becomes of every way in which one can end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import TextIO

import click

from khabar import __version__
from khabar.cli import corpora, links, loads, questions, records, serving, streams
from khabar.cli.faults import as_text
from khabar.errors import FaultyData, FileFailed, KhabarError, QueryRefused, ServiceFailed, SparkFailed, StoreFailed

FINE, FAULTY, USAGE, FAILED, DEFECT, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 4, 130, 141


class _Commands(click.Group):
    """Commands in the order of an author's day, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.commands)


@click.group(
    name="khabar",
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 the data has faults, 2 usage, 3 a file, a store or a service failed, "
    "4 a defect of khabar.",
)
@click.version_option(__version__, message="khabar %(version)s")
@streams.manners
def khabar() -> None:
    """Turn curated records of news articles into a knowledge graph.

    Nothing becomes a fact because it was printed: the graph says who asserted, denied or passed on what, through
    which outlets, in which passage of which article.

    Data goes to standard output as UTF-8, talk to standard error. "-" stands for standard input or output. NO_COLOR
    is respected. Nothing is ever fetched because the data names it.
    """


for command in (
    *(*records.COMMANDS, *corpora.COMMANDS, *links.COMMANDS, *loads.COMMANDS),
    *(*questions.COMMANDS, *serving.COMMANDS),
):
    khabar.add_command(command)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; whatever happens is said in a sentence on standard error."""
    manner = streams.Manner()
    streams.open_output()
    try:
        # Whoever ends it leaves it the time to remove what is half written, as Ctrl-C does.
        with streams.handled(signal.default_int_handler, "SIGTERM", "SIGHUP"):
            code = _ending(arguments, manner)
        sys.stdout.flush()
    except BrokenPipeError:
        return _pipe_closed()
    except OSError as error:
        # Only standard output is written to outside the functions that name their file.
        try:
            streams.say(str(FileFailed.from_os("standard output", error, "room to write")))
        except OSError:
            # It was standard error, and nothing can be said.
            _discard(sys.stderr)
        _discard(sys.stdout)
        return FAILED
    return code


def _ending(arguments: Sequence[str], manner: streams.Manner) -> int:
    try:
        code = khabar.main(args=list(arguments), prog_name="khabar", standalone_mode=False, obj=manner)
        return code if isinstance(code, int) else FINE
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        streams.say("khabar: interrupted")
        return INTERRUPTED
    except SystemExit:
        # This is how click ends when standard output is a pipe that nobody reads any more.
        return _pipe_closed()
    except KhabarError as error:
        return _told(error)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - the last place where a defect can be told in a sentence
        return _defect(error, manner)


def _told(error: KhabarError) -> int:
    if isinstance(error, FaultyData):
        streams.say(as_text(error.faults) + streams.summary(error.faults))
        return FAULTY
    streams.say(str(error))
    match error:
        case QueryRefused():
            return USAGE
        case FileFailed() | StoreFailed() | SparkFailed() | ServiceFailed():
            return FAILED
        case _:
            return FAULTY


def _defect(error: Exception, manner: streams.Manner) -> int:
    if manner.debug:
        import traceback

        streams.say("".join(traceback.format_exception(error)).rstrip())
    what = " ".join(str(error).split())[:300]
    streams.say(f"khabar {__version__} has a defect: {type(error).__name__}: {what}")
    streams.say("Please report it with the output of the same command after `khabar --debug`.")
    return DEFECT


def _pipe_closed() -> int:
    """Whoever read the output has left, which is his right: end silently, with the shell's code for it."""
    _discard(sys.stdout)
    return PIPE_CLOSED


def _discard(stream: TextIO) -> None:
    # Python flushes both streams once more at its end, and would complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
