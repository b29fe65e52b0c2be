"""A worker process: it does tasks as they come on its standard input, and ends with it."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import traceback
from io import FileIO
from typing import TypeAlias

import msgspec

from khabar.assembly.messages import receive, send
from khabar.assembly.work import Bench, Reply, Task
from khabar.frame import Frame


class Finished(msgspec.Struct, frozen=True, tag=True):
    """The task is done; the worker waits for the next."""


class Broken(msgspec.Struct, frozen=True, tag=True):
    """The task failed by a defect of khabar's own; ``told`` says where."""

    told: str


Request: TypeAlias = Frame | Task
Answer: TypeAlias = Reply | Finished | Broken


def main() -> None:
    """Do every task until no more come, or until no one wants the replies."""
    requests = FileIO(sys.stdin.fileno())
    # Whatever is printed must not come between the replies.
    answers = FileIO(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Records hold no cycles; what little the libraries leave is small.
    gc.freeze()
    gc.set_threshold(50_000)
    decoder: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
    bench: Bench | None = None
    # The pipe ends when the process at its other end does, and then nothing is left to do.
    with contextlib.suppress(EOFError, OSError):
        while True:
            request = receive(requests, decoder)
            if isinstance(request, Frame):
                bench = Bench(request)
            elif bench is not None:
                _do(bench, request, answers)


def _do(bench: Bench, task: Task, answers: FileIO) -> None:
    try:
        for reply in bench.done(task):
            send(answers, reply)
    except OSError:
        raise
    except Exception:  # noqa: BLE001 - told where it can be raised
        send(answers, Broken(traceback.format_exc()))
    send(answers, Finished())
