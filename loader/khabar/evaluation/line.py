"""A line before a few places: whoever holds the fewest is next, and nobody holds all of them."""

from __future__ import annotations

import asyncio
from collections import Counter, deque

from khabar.errors import KhabarError


class LineFull(KhabarError):
    """There is no place in the line; ``by_itself`` tells that it is full of this client alone."""

    def __init__(self, *, by_itself: bool, found: str) -> None:
        super().__init__(where="endpoint", expected="a turn", found=found, remedy="try again in a while")
        self.by_itself = by_itself


class Line:
    """So many ``places``, of which a client holds at most ``share``; ``waiting`` in all may wait, ``own`` of a client.

    Clients are told apart by name. Among those that wait, the one that holds the fewest places is next, and of equals
    the one that has waited longest.
    """

    def __init__(self, places: int, *, share: int, waiting: int, own: int, patience: float) -> None:
        self._free = places
        self._share = share
        self._most = waiting
        self._own = own
        self._patience = patience
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def enter(self, client: str) -> None:
        """Wait for a place; raises LineFull where the line is too long, or no place came in time."""
        if self._free and self._held[client] < self._share:
            self._take(client)
            return
        own = self._waiting.get(client, ())
        if len(own) >= self._own:
            raise LineFull(by_itself=True, found=f"{len(own)} queries of this client that wait already")
        if sum(map(len, self._waiting.values())) >= self._most:
            raise LineFull(by_itself=False, found=f"{self._most} queries that wait already")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(turn)
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except BaseException as error:
            self._give_up(client, turn)
            if isinstance(error, TimeoutError):
                raise LineFull(by_itself=False, found=f"others for {self._patience:g} seconds") from None
            raise

    def leave(self, client: str) -> None:
        """Give a place back."""
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]
        self._free += 1
        while self._free and (following := self._next()) is not None:
            turn = self._turn(following)
            # Who was cancelled may not have left yet.
            if not turn.done():
                self._take(following)
                turn.set_result(None)

    def _next(self) -> str | None:
        waiting = [client for client in self._waiting if self._held[client] < self._share]
        # A client that had its turn goes behind the others: see `_turn`.
        return min(waiting, key=lambda client: self._held[client], default=None)

    def _turn(self, client: str) -> asyncio.Future[None]:
        turns = self._waiting.pop(client)
        turn = turns.popleft()
        if turns:
            self._waiting[client] = turns
        return turn

    def _take(self, client: str) -> None:
        self._held[client] += 1
        self._free -= 1

    def _give_up(self, client: str, turn: asyncio.Future[None]) -> None:
        if turn.done() and not turn.cancelled():
            # The place came at the very moment at which nobody waited for it any more.
            self.leave(client)
            return
        turns = self._waiting.get(client)
        if turns is not None and turn in turns:
            turns.remove(turn)
            if not turns:
                del self._waiting[client]
