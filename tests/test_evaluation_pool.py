"""Processes that evaluate: what they answer, what ends them, and that another is there."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import msgspec
import pytest

import khabar
from khabar.errors import QueryRefused
from khabar.evaluation.limits import MEBIBYTE, Limits
from khabar.evaluation.pool import Pool, Unanswered
from khabar.evaluation.tasks import Ask, Describe, Done, Graph, Named, Portray, Task
from khabar.evaluation.worker import Charge
from khabar.queries.catalogue import catalogue
from khabar.queries.tokens import code
from process_table import children, command

ROOT = Path(__file__).parents[1]
YES = Ask(text="ASK {}")
ENDLESS = Ask(text="SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
LONG = Ask(text="SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", rows="tsv")
GREEDY = Ask(text="SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?c), STR(?d), STR(?f))) AS ?n) { ?a ?b ?c . ?d ?e ?f }")

STRANGE = (
    "SERVICE", "GRAPH", "VALUES", "UNDEF", "NOT", "EXISTS", "DESCRIBE", "FROM", "LATERAL", "<<", ">>", "_:b", "[]",
    "()", "{", "}", "(", ")", "?x", "*", "+", "^", "|", "!", "<", "<urn:x>", '"a"@en', '"x"^^<urn:type>', "1e400", "-1",
    "9223372036854775808", "GROUP_CONCAT", "STRDT", "STRLANG", "REPLACE", "UUID", "HAVING", "\ufeff", "\u202e", "\x00",
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool") / "store"
    khabar.load(ROOT / "corpus", folder)
    return folder


@pytest.fixture
def charge(store: Path, tmp_path: Path) -> Iterator[Charge]:
    room = tmp_path / "room"
    room.mkdir()
    yield Charge(
        store=str(store), folder=str(room), about=str(tmp_path / "about.nq"), limits=Limits(seconds=30, workers=1)
    )
    assert not _children()


def limited(charge: Charge, limits: Limits) -> Charge:
    return msgspec.structs.replace(charge, limits=limits)


def with_pool(charge: Charge, size: int, test: Callable[[Pool], Awaitable[None]], *, share: int | None = None) -> None:
    """Run ``test`` with a pool that is open; afterwards no process is there."""

    async def whole() -> None:
        pool = Pool(charge, size, share=share)
        ready = await pool.open()
        assert ready.place != (0, 0, 0)
        try:
            await test(pool)
        finally:
            await pool.close()
            await until(lambda: not _children())

    asyncio.run(whole())


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(1200):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never was")


def _children() -> list[int]:
    """The processes that evaluate, and are not dead."""
    return sorted(child for child in children(os.getpid()) if "khabar.evaluation.worker" in command(child))


async def failed(pool: Pool, task: Task, client: str = "") -> Unanswered:
    with pytest.raises(Unanswered) as caught:
        await pool.do(task, client)
    return caught.value


def test_every_kind_of_task_is_answered(charge: Charge) -> None:
    thing = "https://w3id.org/khabar/corpus/libya-2023/agents/haftar"
    tasks: tuple[Task, ...] = (YES, Named(name="denials", form="csv"), Describe(iri=thing), Graph(), Portray(iri=thing))

    async def test(pool: Pool) -> None:
        found: list[Done] = [await pool.do(task) for task in tasks]
        assert [one.form for one in found] == ["json", "csv", "ttl", "ttl", "portrait"]
        assert all(one.body or one.path for one in found)
        assert pool.killed == 0

    with_pool(charge, 1, test)


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (Ask(text="nonsense"), "refused"),
        (Ask(text="CLEAR ALL"), "refused"),
        (Ask(text="ASK " + "{" * 2000), "refused"),
        (Ask(text="ASK {}", default=("a b",)), "refused"),
        (Ask(text="ASK { FILTER(<urn:function>(1)) }"), "refused"),
        (Ask(text="ASK { SERVICE <urn:x> {} }"), "forbidden"),
        (Ask(text="ASK {}", rows=""), "not-acceptable"),
        (Ask(text="DESCRIBE <urn:x>", graph=""), "not-acceptable"),
        (Ask(text="SELECT * { ?s ?p ?o . ?a ?b ?c }", rows="tsv"), "too-large"),
        (Named(name="denials", params={"nothing": "1"}), "refused"),
        (Named(name="nothing"), "refused"),
        (Graph(name="urn:nothing"), "not-found"),
        (Graph(name="a b"), "refused"),
        (Describe(iri="urn:nothing"), "not-found"),
        (Describe(iri="a b"), "not-found"),
        (Portray(iri="\x00"), "not-found"),
        (Graph(form="csv"), "not-acceptable"),
    ],
    ids=str,
)
def test_why_there_is_no_answer_is_told_and_ends_no_process(charge: Charge, task: Task, reason: str) -> None:
    async def test(pool: Pool) -> None:
        error = await failed(pool, task)
        assert error.reason == reason
        assert error.expected
        assert error.found
        assert pool.killed == 0
        assert (await pool.do(YES)).body

    with_pool(limited(charge, Limits(seconds=30, rows=1000)), 1, test)


@pytest.mark.parametrize("seed", range(4))
def test_no_query_that_is_a_little_wrong_ends_a_process(charge: Charge, seed: int) -> None:
    chosen = random.Random(seed)  # noqa: S311 - no secret
    texts = [query.text for query in catalogue()]
    words = [*STRANGE, *(token.text for text in texts for token in code(text))]

    def changed() -> str:
        text = chosen.choice(texts)
        for _ in range(chosen.randint(1, 3)):
            try:
                token = chosen.choice(code(text))
            except QueryRefused:
                # What cannot even be cut into words is wrong enough.
                return text
            put = chosen.choice((chosen.choice(words), f"{token.text} {chosen.choice(words)}", token.text * 2, ""))
            text = text[: token.start] + put + text[token.end :]
        return text

    async def test(pool: Pool) -> None:
        reasons = set()
        for _ in range(250):
            try:
                await pool.do(Ask(text=changed(), rows=chosen.choice(("json", "xml", "csv", "tsv"))))
            except Unanswered as error:
                reasons.add(error.reason)
        # Two patterns without a variable in common take their time, and that is all that may end one.
        assert reasons <= {"refused", "forbidden", "too-large", "timed-out"}
        assert "refused" in reasons

    with_pool(limited(charge, Limits(seconds=2)), 1, test)


def test_a_query_whose_time_is_over_is_dead_and_the_next_is_answered(charge: Charge) -> None:
    async def test(pool: Pool) -> None:
        [first] = _children()
        error = await failed(pool, ENDLESS)
        assert error.reason == "timed-out"
        assert error.expected == "an answer within 2 seconds"
        await until(lambda: first not in _children())
        assert pool.killed == 1
        await until(lambda: pool.longest >= 2)
        assert (await pool.do(YES)).body

    with_pool(limited(charge, Limits(seconds=2)), 1, test)


def test_a_query_that_wants_too_much_memory_is_dead_and_the_next_is_answered(charge: Charge) -> None:
    async def test(pool: Pool) -> None:
        assert (await failed(pool, GREEDY)).reason == "exhausted"
        assert pool.killed == 1
        assert (await pool.do(YES)).body

    with_pool(limited(charge, Limits(seconds=60, memory=64 * MEBIBYTE)), 1, test)


def test_a_query_that_nobody_waits_for_any_more_is_dead(charge: Charge) -> None:
    async def test(pool: Pool) -> None:
        [first] = _children()
        task = asyncio.create_task(pool.do(ENDLESS))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: first not in _children())
        assert (await pool.do(YES)).body

    with_pool(charge, 1, test)


def test_what_a_dead_query_had_written_is_removed_and_an_answer_is_not(charge: Charge) -> None:
    room = Path(charge.folder)
    rows = Ask(text="SELECT * { ?s ?p ?o }", rows="xml")

    async def test(pool: Pool) -> None:
        done = await pool.do(rows)
        assert done.path
        # The answer of one question is not that of the next in the same process.
        assert (await failed(pool, LONG)).reason == "timed-out"
        task = asyncio.create_task(pool.do(LONG))
        await until(lambda: len(list(room.iterdir())) > 1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: not list(room.glob(f"answer-{_children()[0]}-*")))

    with_pool(limited(charge, Limits(seconds=1, rows=10**9, size=10**9)), 1, test)


def test_a_process_that_the_system_ended_while_it_was_idle_is_not_asked(charge: Charge) -> None:
    async def test(pool: Pool) -> None:
        await until(lambda: len(_children()) == 2)
        await asyncio.gather(pool.do(YES, "a"), pool.do(YES, "b"))
        for child in _children():
            os.kill(child, signal.SIGKILL)
        await until(lambda: not _children())
        await asyncio.sleep(0.05)
        for _ in range(4):
            assert (await pool.do(YES)).body

    with_pool(charge, 2, test)


def test_there_are_never_more_processes_than_was_said_once_all_is_quiet(charge: Charge) -> None:
    async def test(pool: Pool) -> None:
        # Those that are killed are replaced, and those that come meanwhile start some of their own.
        tasks = [asyncio.create_task(pool.do(task, str(place))) for place, task in enumerate([ENDLESS, YES] * 4)]
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(isinstance(one, Done) for one in found) == 4
        assert [one.reason for one in found if isinstance(one, Unanswered)] == ["timed-out"] * 4
        await asyncio.sleep(1)
        await until(lambda: len(_children()) == 2)

    with_pool(limited(charge, Limits(seconds=2, patience=60)), 2, test)


def test_a_long_line_is_told_from_a_client_that_has_too_many(charge: Charge) -> None:
    async def test(pool: Pool) -> None:
        tasks = [asyncio.create_task(pool.do(ENDLESS, "eager")) for _ in range(2)]
        await asyncio.sleep(0)
        assert (await failed(pool, YES, "eager")).reason == "too-many"
        tasks.append(asyncio.create_task(pool.do(YES, "other")))
        await asyncio.sleep(0)
        assert (await failed(pool, YES, "third")).reason == "busy"
        await asyncio.gather(*tasks, return_exceptions=True)

    with_pool(limited(charge, Limits(seconds=0.5, waiting=2, own_waiting=1)), 1, test)


def test_a_process_that_is_renewed_finishes_what_it_does(charge: Charge) -> None:
    async def test(pool: Pool) -> None:
        [first] = _children()
        task = asyncio.create_task(pool.do(Named(name="who-says-what")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        pool.renew()
        assert (await task).body
        await until(lambda: first not in _children() and len(_children()) == 1)
        assert (await pool.do(YES)).body

    with_pool(charge, 1, test)


def test_a_store_that_does_not_open_is_told_and_leaves_no_process(charge: Charge, tmp_path: Path) -> None:
    async def test() -> None:
        with pytest.raises(Unanswered) as caught:
            await Pool(msgspec.structs.replace(charge, store=str(tmp_path / "nothing")), 2).open()
        assert caught.value.reason == "failed"
        await until(lambda: not _children())

    asyncio.run(test())


def test_a_system_that_has_no_more_processes_to_give_is_told(charge: Charge, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise BlockingIOError

    async def test(pool: Pool) -> None:
        for child in _children():
            os.kill(child, signal.SIGKILL)
        await until(lambda: not _children())
        await asyncio.sleep(0.05)
        with monkeypatch.context() as patch:
            patch.setattr("khabar.evaluation.pool.started", none)
            assert (await failed(pool, YES)).reason == "failed"
        assert (await pool.do(YES)).body

    with_pool(charge, 1, test)


def test_a_process_behind_its_walls_says_so(charge: Charge) -> None:
    async def test() -> None:
        pool = Pool(charge, 1)
        ready = await pool.open()
        assert (ready.walled, ready.bounded) == (True, True)
        await pool.close()
        await until(lambda: not _children())

    asyncio.run(test())
