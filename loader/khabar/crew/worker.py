"""A worker process: it does tasks as they come on its standard input, and ends with it."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import traceback
from io import FileIO
from typing import Any

import msgspec

from khabar.crew.bench import Bench, bench_at
from khabar.crew.messages import receive, send
from khabar.errors import FileFailed


class Finished(msgspec.Struct, frozen=True, tag=True):
    """The task is done; the worker waits for the next."""


class Broken(msgspec.Struct, frozen=True, tag=True):
    """The task failed by a defect of khabar's own; ``told`` says where."""

    told: str


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The task failed with a `FileFailed` of these attributes."""

    where: str
    expected: str
    found: str
    remedy: str


class _Unheard(Exception):
    """No one reads the replies any more."""


def main(address: str) -> None:
    """Do every task of the bench at ``address`` until no more come, or until no one wants the replies."""
    requests = FileIO(sys.stdin.fileno())
    # Whatever is printed must not come between the replies.
    answers = FileIO(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    kind = bench_at(address)
    # Records hold no cycles; what little the libraries leave is small.
    gc.freeze()
    gc.set_threshold(50_000)
    decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(kind.opening | kind.tasks)
    bench: Bench | None = None
    # The pipe ends when the process at its other end does, and then nothing is left to do.
    with contextlib.suppress(EOFError, _Unheard):
        while True:
            request = _next(requests, decoder)
            if isinstance(request, kind.opening):
                bench = kind(request)
            elif bench is not None:
                _do(bench, request, answers)


def _next(requests: FileIO, decoder: msgspec.msgpack.Decoder[Any]) -> Any:
    try:
        return receive(requests, decoder)
    except OSError as error:
        raise EOFError from error


def _do(bench: Bench, task: Any, answers: FileIO) -> None:
    try:
        for reply in bench.done(task):
            _tell(answers, reply)
    except _Unheard:
        raise
    except FileFailed as error:
        _tell(answers, Failed(error.where, error.expected, error.found, error.remedy))
    except Exception:  # noqa: BLE001 - told where it can be raised
        _tell(answers, Broken(traceback.format_exc()))
    _tell(answers, Finished())


def _tell(answers: FileIO, reply: msgspec.Struct) -> None:
    try:
        send(answers, reply)
    except OSError as error:
        raise _Unheard from error
