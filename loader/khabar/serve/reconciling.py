"""The reconciliation service over the entities of the store that is served, made anew when that is another one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from khabar.errors import KhabarError
from khabar.serve.problems import RequestRefused, problem

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

    from khabar.serve.dataset import Dataset


class Reconciling:
    """An application (ASGI) that answers for the entities of one dataset, from when they are read."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._version = ""
        self._service: Starlette | None = None
        self._reading: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; 503 while the entities are being read."""
        try:
            await self._follow()
        except KhabarError as error:
            await problem(error)(scope, receive, send)
            return
        if self._service is None:
            is_reading = self._reading is not None and not self._reading.done()
            found = "the reading of them has begun" if is_reading else "no corpus, or several"
            refusal = RequestRefused(503, "reconciliation", "the entities of one corpus", found)
            await problem(refusal)(scope, receive, send)
            return
        await self._service(scope, receive, send)

    async def _follow(self) -> None:
        self._dataset.look()
        if self._reading is None or self._dataset.version != self._version:
            self._version = self._dataset.version
            self._service = None
            self._reading = asyncio.create_task(self._read(self._version))
        # The entities of a small corpus are there before anyone notices.
        await asyncio.wait({self._reading}, timeout=5)

    async def _read(self, version: str) -> None:
        service = await asyncio.to_thread(_service, self._dataset.folder)
        # Another store may have come meanwhile.
        if version == self._version:
            self._service = service


def _service(folder: Path) -> Starlette | None:
    from khabar.reconciliation.entities import Entities
    from khabar.reconciliation.held import held
    from khabar.reconciliation.service import service
    from khabar.stores import embedded
    from khabar.stores.opening import base

    store = embedded.open_folder(folder)
    corpus = base(store)
    return service(Entities(*held(store.inner, corpus))) if corpus else None
