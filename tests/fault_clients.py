"""Loads in processes of their own, which can be killed, forked from one that has imported everything."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import random
import select
import signal
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Self

from fault_corpora import base, corpus
from khabar.errors import KhabarError
from khabar.loading.journal import Journal, beneath
from khabar.loading.load import load
from khabar.loading.sending import Pace
from khabar.stores.credentials import Credentials
from khabar.stores.profiles import find
from khabar.stores.remote_graphs import RemoteGraphs
from khabar.stores.retries import Retries

SECRET: Final = "never-told-to-anyone"  # noqa: S105 - of a server that wants none
"""The password of every client."""

PATIENCE: Final = 60.0
"""Seconds that a load may take before it counts as hanging."""


@dataclasses.dataclass(frozen=True)
class Order:
    """A load that is to be made: which edition of which corpus, how, and with what chance."""

    address: str
    name: str
    state: str
    """The folder of the journal."""
    seed: int
    edition: int = 2
    prune: bool = False
    verify: str = "sent"
    profile: str = "oxigraph"
    batch: int = 64
    """How many graphs go in one."""
    timeout: float = 0.3


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a load ended: ``done``, ``failed`` with a sentence of khabar's own, ``killed``, ``defect`` or ``hung``."""

    how: str
    sentence: str = ""
    sent: tuple[str, ...] = ()
    waits: tuple[float, ...] = ()
    """The seconds that it would have waited before it asked again."""


class Clients:
    """A process that forks one client after another. To be made before any thread is."""

    def __init__(self) -> None:
        orders, self._orders = os.pipe()
        self._events, events = os.pipe()
        self._parent = os.fork()
        if not self._parent:
            os.close(self._orders)
            os.close(self._events)
            _fork_clients(orders, events)
        os.close(orders)
        os.close(events)
        self._read = b""
        self._started = threading.Event()
        self._running = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self._orders)
        os.close(self._events)
        os.waitpid(self._parent, 0)

    def run(self, order: Order) -> Iterator[float | Ended]:
        """Start a load; each pause that it makes before it asks again, at last how it ended."""
        self._started.clear()
        os.write(self._orders, (json.dumps(dataclasses.asdict(order)) + "\n").encode())
        waits: list[float] = []
        ended: Ended | None = None
        for event in self._told():
            if "pid" in event:
                self._running = event["pid"]
                self._started.set()
            elif "wait" in event:
                waits.append(event["wait"])
                yield event["wait"]
            elif "how" in event:
                ended = Ended(event["how"], event["sentence"], tuple(event["sent"]))
            else:
                self._running = 0
                if ended is None:
                    ended = Ended({0: "defect", signal.SIGKILL: "killed"}.get(event["signal"], "defect"), str(event))
                yield dataclasses.replace(ended, waits=tuple(waits))
                return

    def kill(self) -> None:
        """End the client that runs, at once and without a word to it."""
        self._started.wait(PATIENCE)
        if self._running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._running, signal.SIGKILL)

    def _told(self) -> Iterator[dict[str, Any]]:
        until = time.monotonic() + PATIENCE
        while True:
            line, end, rest = self._read.partition(b"\n")
            if end:
                self._read = rest
                yield json.loads(line)
            elif select.select([self._events], [], [], max(0.0, until - time.monotonic()))[0]:
                self._read += os.read(self._events, 65536)
            else:
                self.kill()
                until += PATIENCE
                yield {"how": "hung", "sentence": f"a load took more than {PATIENCE:g} seconds", "sent": ()}


def _fork_clients(orders: int, events: int) -> None:
    """Fork a client for each line of orders until there are no more, and end."""
    with os.fdopen(orders) as lines:
        for line in iter(lines.readline, ""):
            client = os.fork()
            if not client:
                _be_client(Order(**json.loads(line)), events)
            _tell(events, {"pid": client})
            _, status = os.waitpid(client, 0)
            _tell(events, {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0})
    os._exit(0)


def _be_client(order: Order, events: int) -> None:
    try:
        _tell(events, _outcome(order, events))
    finally:
        os._exit(0)


def _outcome(order: Order, events: int) -> Mapping[str, object]:
    try:
        sent = _load(order, events)
    except KhabarError as error:
        return {"how": "failed", "sentence": str(error), "sent": ()}
    except BaseException:  # noqa: BLE001 - told to the parent, which counts it
        return {"how": "defect", "sentence": traceback.format_exc(), "sent": ()}
    return {"how": "done", "sentence": "", "sent": sent}


def _load(order: Order, events: int) -> tuple[str, ...]:
    def sleep(seconds: float) -> None:
        _tell(events, {"wait": seconds})
        # Long enough for the parent to hear of it.
        time.sleep(0.005)

    retries = Retries(tries=5, first=0.1, sleep=sleep, chance=random.Random(order.seed).random)  # noqa: S311
    dataset = base(order.name)
    journal = Journal(beneath(Path(order.state), order.address, dataset), target=order.address, dataset=dataset)
    with RemoteGraphs(
        order.address,
        find(order.profile),
        credentials=Credentials(user="someone", password=SECRET),
        timeout=order.timeout,
        retries=retries,
        query=f"{order.address}/query?union-default-graph" if order.profile == "generic" else "",
        update=f"{order.address}/update" if order.profile == "generic" else "",
    ) as store:
        loaded = load(
            corpus(order.name, order.edition),
            store,
            journal,
            base=dataset,
            prune=order.prune,
            verify="all" if order.verify == "all" else "sent",
            pace=Pace(graphs=order.batch, readers=4),
        )
    return loaded.sent


def _tell(events: int, event: Mapping[str, object]) -> None:
    # One write of less than a pipe takes at once: lines of two processes never mix.
    line = json.dumps(event)
    if len(line) > select.PIPE_BUF - 1:
        line = json.dumps({**event, "sentence": str(event.get("sentence", ""))[-1500:]})
    os.write(events, (line + "\n").encode())
