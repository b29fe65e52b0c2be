from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.evaluation.line import Line, LineFull


def line(places: int = 2, *, share: int = 2, waiting: int = 100, own: int = 100, patience: float = 5.0) -> Line:
    return Line(places, share=share, waiting=waiting, own=own, patience=patience)


async def rested() -> None:
    """Let everything that can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def whole() -> None:
        await test()

    asyncio.run(whole())


def test_one_who_holds_none_goes_before_one_who_holds_some() -> None:
    async def test() -> None:
        there, order = line(2), list[str]()
        await there.enter("eager")
        await there.enter("eager")

        async def visit(client: str) -> None:
            await there.enter(client)
            order.append(client)

        tasks = [asyncio.create_task(visit(client)) for client in ("eager", "eager", "shy")]
        await rested()
        there.leave("eager")
        await rested()
        assert order == ["shy"]
        there.leave("eager")
        there.leave("shy")
        await asyncio.gather(*tasks)
        assert order == ["shy", "eager", "eager"]

    run(test)


def test_nobody_holds_more_than_its_share() -> None:
    async def test() -> None:
        there = line(3, share=2)
        await there.enter("eager")
        await there.enter("eager")
        third = asyncio.create_task(there.enter("eager"))
        await rested()
        assert not third.done()
        await there.enter("other")
        there.leave("other")
        await rested()
        assert not third.done()
        there.leave("eager")
        await third

    run(test)


def test_a_line_that_is_full_says_of_whom() -> None:
    async def test() -> None:
        there = line(1, share=1, waiting=2, own=1)
        await there.enter("a")
        tasks = [asyncio.create_task(there.enter(client)) for client in ("a", "b")]
        await rested()
        with pytest.raises(LineFull) as refused:
            await there.enter("a")
        assert refused.value.by_itself
        with pytest.raises(LineFull) as refused:
            await there.enter("c")
        assert not refused.value.by_itself
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        there.leave("a")
        await there.enter("c")

    run(test)


def test_who_waits_too_long_is_told_so_and_leaves_the_line() -> None:
    async def test() -> None:
        there = line(1, share=1, patience=0.01)
        await there.enter("a")
        with pytest.raises(LineFull, match=r"others for 0\.01 seconds"):
            await there.enter("b")
        there.leave("a")
        await there.enter("c")

    run(test)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 2)), max_size=40), st.integers(1, 4))
def test_places_are_neither_lost_nor_made(visits: list[tuple[str, bool, int]], places: int) -> None:
    share = max(places - 1, 1)
    held: Counter[str] = Counter()

    async def visit(there: Line, client: str, *, leaves_early: bool, stays: int) -> None:
        task = asyncio.create_task(there.enter(client))
        await asyncio.sleep(0)
        if leaves_early:
            task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return
        held[client] += 1
        assert held.total() <= places
        assert held[client] <= share
        for _ in range(stays):
            await asyncio.sleep(0)
        held[client] -= 1
        there.leave(client)

    async def test() -> None:
        there = line(places, share=share)
        await asyncio.gather(
            *(visit(there, client, leaves_early=early, stays=stays) for client, early, stays in visits)
        )
        for number in range(places):
            await asyncio.wait_for(there.enter(f"after {number}"), 1)

    run(test)
