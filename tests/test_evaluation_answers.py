"""Answers as they grow, are kept and are negotiated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.evaluation.answers import Answer, TooLarge
from khabar.evaluation.cache import Cache
from khabar.evaluation.limits import Limits
from khabar.evaluation.media import GRAPHS, RESULTS, preferred, quality
from khabar.evaluation.tasks import INLINE, Done


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("*", "json"),
        ("text/csv", "csv"),
        ("text/*", "csv"),
        ("application/json", "json"),
        ("TEXT/CSV; Q=0.5, application/xml", "xml"),
        ("text/csv;q=0.9, text/tab-separated-values;q=0.91", "tsv"),
        ("text/*;q=0.3, text/csv;q=0.1, */*;q=0", "tsv"),
        ("text/csv;q=0", None),
        ("image/png", None),
        ("text/csv;q=nonsense", None),
        ("text/csv;q=nan", None),
        ("text/csv;q=9, text/tab-separated-values", "csv"),
        (",,;;q=1,/", None),
        ("application/sparql-results+json;charset=utf-8;q=1", "json"),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "xml"),
    ],
)
def test_the_form_that_a_client_likes_best(accept: str, form: str | None) -> None:
    found = preferred(accept, RESULTS)
    assert (found.name if found is not None else None) == form


@given(st.text())
def test_whatever_a_client_accepts_is_understood_as_something(accept: str) -> None:
    for forms in (RESULTS, GRAPHS):
        found = preferred(accept, forms)
        assert found is None or found in forms
    assert 0 <= quality(accept, "text/html") <= 1


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), max_size=8)


@given(st.lists(TEXTS, max_size=12), st.integers(1, 7), st.sampled_from(["json", "xml", "tsv"]))
def test_rows_are_counted_however_the_answer_is_cut(texts: list[str], size: int, form: str) -> None:
    store = pyoxigraph.Store()
    for number, text in enumerate(texts):
        node = pyoxigraph.NamedNode(f"urn:{number}")
        store.add(pyoxigraph.Quad(node, node, pyoxigraph.Literal(text)))
    found = store.query("SELECT ?s ?o { ?s ?p ?o }")
    assert isinstance(found, pyoxigraph.QuerySolutions)
    document = found.serialize(format=getattr(pyoxigraph.QueryResultsFormat, form.upper())) or b""
    # A line of names stands before the rows of TSV, and in JSON a text may look like the end of a row.
    more = (form == "tsv") + (len(texts) if form == "json" else 0)

    def written(rows: int) -> Done:
        answer = Answer(form, Limits(rows=rows), Path())
        for place in range(0, len(document), size):
            answer.write(document[place : place + size])
        return answer.done()

    assert written(len(texts) + more).body == document
    if len(texts) > 1:
        with pytest.raises(TooLarge, match="at most"):
            written(len(texts) - 2 if form == "json" else len(texts) - 1)


def test_a_long_answer_lies_in_a_file_and_is_whole(tmp_path: Path) -> None:
    answer = Answer("tsv", Limits(), tmp_path)
    pieces = [b"x" * 100_000 + b"\n" for _ in range(5)]
    for piece in pieces:
        answer.write(piece)
    done = answer.done()
    assert done.body == b""
    assert done.size == 5 * 100_001 > INLINE
    assert Path(done.path).read_bytes() == b"".join(pieces)


def test_an_answer_that_is_given_up_leaves_no_file(tmp_path: Path) -> None:
    answer = Answer("tsv", Limits(size=600_000), tmp_path)
    answer.write(b"x" * 500_000)
    assert list(tmp_path.iterdir())
    with pytest.raises(TooLarge, match="600,000 bytes"):
        answer.write(b"x" * 500_000)
    answer.discard()
    assert not list(tmp_path.iterdir())


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


def test_what_was_answered_is_kept_until_the_store_is_another() -> None:
    async def test() -> None:
        cache, asked = Cache(1 << 20), list[int]()

        async def ask() -> Done:
            asked.append(1)
            return Done(form="json", body=str(len(asked)).encode())

        assert [(await cache.get(b"q", ask)).done.body for _ in range(3)] == [b"1"] * 3
        cache.clear()
        assert (await cache.get(b"q", ask)).done.body == b"2"

    run(test)


def test_an_answer_of_the_old_store_is_not_kept_for_the_new() -> None:
    async def test() -> None:
        cache, begun, goes_on = Cache(1 << 20), asyncio.Event(), asyncio.Event()

        async def slow() -> Done:
            begun.set()
            await goes_on.wait()
            return Done(body=b"old")

        async def quick() -> Done:
            return Done(body=b"new")

        first = asyncio.create_task(cache.get(b"q", slow))
        await begun.wait()
        cache.clear()
        goes_on.set()
        assert (await first).done.body == b"old"
        assert (await cache.get(b"q", quick)).done.body == b"new"

    run(test)


def test_the_ones_used_last_are_kept_longest() -> None:
    async def test() -> None:
        cache, asked = Cache(10_000), list[bytes]()

        async def get(question: bytes) -> None:
            async def ask() -> Done:
                asked.append(question)
                return Done(body=b"x" * 500)

            await cache.get(question, ask)

        for number in range(9):
            await get(b"%d" % number)
            await get(b"0")
        for number in range(20, 28):
            await get(b"%d" % number)
            await get(b"0")
        assert asked.count(b"0") == 1
        await get(b"1")
        assert asked.count(b"1") == 2

    run(test)


def test_who_asks_the_same_waits_for_one_answer_and_the_last_to_leave_ends_it() -> None:
    async def test() -> None:
        cache, ended = Cache(0), list[str]()

        async def endless() -> Done:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                ended.append("cancelled")
                raise
            return Done()

        tasks = [asyncio.create_task(cache.get(b"q", endless)) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        tasks[1].cancel()
        await asyncio.sleep(0.01)
        assert ended == []
        tasks[2].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)
        assert ended == ["cancelled"]

    run(test)


def test_one_file_is_read_by_all_who_asked_and_then_is_gone(tmp_path: Path) -> None:
    async def test() -> None:
        cache, path = Cache(1 << 20), tmp_path / "answer"

        async def ask() -> Done:
            await asyncio.sleep(0.01)
            path.write_bytes(b"long")
            return Done(path=str(path), size=4)

        found = await asyncio.gather(*(cache.get(b"q", ask) for _ in range(5)))
        contents = []
        for one in found:
            assert one.file is not None
            contents.append(one.file.read())
            one.close()
        assert contents == [b"long"] * 5
        await asyncio.sleep(0)
        assert not path.exists()

    run(test)


def test_a_failure_is_told_to_all_who_asked_and_not_kept() -> None:
    async def test() -> None:
        cache = Cache(1 << 20)

        async def ask() -> Done:
            await asyncio.sleep(0)
            raise TooLarge(where="answer", expected="less", found="more")

        found = await asyncio.gather(*(cache.get(b"q", ask) for _ in range(3)), return_exceptions=True)
        assert [type(one) for one in found] == [TooLarge] * 3

        async def better() -> Done:
            return Done(body=b"fine")

        assert (await cache.get(b"q", better)).done.body == b"fine"

    run(test)
