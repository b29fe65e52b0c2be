"""What may be asked again and when: growing, random pauses, the time that a server asks for, and an end to patience."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.errors import StoreFailed
from khabar.stores.refusals import Refused, Unanswered
from khabar.stores.retries import (
    FIRST_TRIES,
    SERVER_ERRORS,
    Retries,
    is_unsure,
    may_ask_again,
    may_repeat,
    seconds_asked,
)


def refused(status: int, asked: str = "") -> Refused:
    return Refused(where="here", expected="an answer", found=f"HTTP {status}", status=status, asked=asked)


def unanswered(kind: str, *, sent: bool = True) -> Unanswered:
    return Unanswered(where="here", expected="an answer", found=kind, kind=kind, sent=sent)


class Time:
    """A clock that stands still but for those who sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def told(time: Time, chance: float = 1.0, **options: float) -> Retries:
    retries = Retries(clock=time.clock, now=time.clock, sleep=time.sleep, chance=lambda: chance)
    return msgspec.structs.replace(retries, **options)


def test_pauses_grow_to_the_longest() -> None:
    time = Time()
    tries = told(time, tries=9, first=0.5, longest=30).begin()
    while tries.wait(refused(503)):
        pass
    assert time.slept == [0.5, 1, 2, 4, 8, 16, 30, 30]


@given(tried=st.integers(1, 7), chance=st.floats(0, 1))
def test_every_pause_is_chosen_from_none_to_the_whole(tried: int, chance: float) -> None:
    pause = told(Time(), chance).pause(tried, 0.0)
    assert pause == pytest.approx(min(30.0, 0.5 * 2 ** (tried - 1)) * chance)


def test_patience_counts_what_the_tries_took() -> None:
    time = Time()
    tries = told(time, patience=100, tries=100, longest=1).begin()
    assert tries.wait(unanswered("late"))
    time.now += 98
    assert tries.wait(unanswered("late"))
    assert not tries.wait(unanswered("late"))


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("0", 0.0),
        (" 7 ", 7.0),
        ("Thu, 01 Jan 1970 00:17:00 GMT", 20.0),
        ("Thursday, 01-Jan-70 00:17:00 GMT", 20.0),
        ("Thu, 01 Jan 1970 00:17:00 -0000", 20.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("", None),
        ("٣", None),
        ("9" * 400, 999_999_999_999.0),
        ("Thu, 99 Jan 1970 00:00:00 GMT", None),
        ("Thu, 01 Jan 99999 00:00:00 GMT", None),
    ],
)
def test_both_forms_of_retry_after(asked: str, seconds: float | None) -> None:
    assert seconds_asked(asked, 1000.0) == seconds


@given(st.text(max_size=60))
def test_whatever_a_server_asks_for_is_a_time_or_none(asked: str) -> None:
    assert (seconds_asked(asked, 0.0) or 0.0) >= 0


def test_what_is_asked_for_is_waited_and_a_little_more() -> None:
    time = Time()
    tries = told(time, chance=0.5).begin()
    assert tries.wait(refused(503, "7"))
    assert tries.wait(refused(429, "Thu, 01 Jan 1970 00:17:00 GMT"))
    assert time.slept == [7.25, 13.0]


def test_what_is_asked_for_beyond_patience_ends_it() -> None:
    time = Time()
    assert not told(time, longest_asked=120).begin().wait(refused(503, "121"))
    assert not told(time, patience=100).begin().wait(refused(503, "101"))
    assert time.slept == []


REPEATED = {408, 425, 429, 500, 502, 503, 504}


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 406, 409, 410, 413, 414, 415, 422, 501, 505, 507, *REPEATED]
)
def test_which_statuses_may_pass(status: int) -> None:
    assert may_repeat(refused(status)) is (status in REPEATED)
    assert may_ask_again(refused(status)) is (status in {408, 425, 429, 503})
    assert is_unsure(refused(status)) is (status in {408, 500, 502, 503, 504})


@pytest.mark.parametrize(
    ("kind", "repeated", "again"),
    [
        ("unreachable", True, True),
        ("broken", True, True),
        ("late", True, False),
        ("page", True, False),
        ("unresolved", False, False),
        ("untrusted", False, False),
        ("large", False, False),
        ("redirected", False, False),
        ("malformed", False, False),
    ],
)
@pytest.mark.parametrize("sent", [True, False])
def test_which_failures_without_an_answer_may_pass(kind: str, repeated: bool, again: bool, sent: bool) -> None:  # noqa: FBT001 - pytest names them
    failure = unanswered(kind, sent=sent)
    assert (may_repeat(failure), may_ask_again(failure), is_unsure(failure)) == (repeated, again, sent)


def test_other_failures_do_not_pass() -> None:
    failure = StoreFailed(where="here", expected="a graph", found="another")
    assert not may_repeat(failure)
    assert not may_ask_again(failure)
    assert not is_unsure(failure)


@pytest.mark.parametrize("failure", [refused(500), unanswered("page")])
def test_what_may_be_the_answer_for_ever_is_asked_less_often(failure: StoreFailed) -> None:
    time = Time()
    tries = told(time, tries=100, patience=10_000).begin()
    while tries.wait(failure):
        pass
    assert tries.count == SERVER_ERRORS


def test_a_server_that_never_answered_is_looked_for_less_often() -> None:
    tries = told(Time()).begin(met=False)
    while tries.wait(unanswered("unreachable", sent=False)):
        pass
    assert tries.count == FIRST_TRIES


def test_the_sentence_counts_the_tries_and_says_what_is_not_known() -> None:
    tries = told(Time()).begin()
    assert str(tries.told(refused(503))) == "here: expected an answer, found HTTP 503"
    tries.wait(refused(503))
    assert str(tries.told(refused(503), unsure=True)) == (
        "here: expected an answer, found HTTP 503, 2 times (whether it arrived is not known, and looked at by"
        " the next load)"
    )
