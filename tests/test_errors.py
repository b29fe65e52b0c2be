from __future__ import annotations

import pickle

import pytest

import khabar
from khabar.errors import Fault, FaultyData, FileFailed


def fault(line: int, *keys: str | int, code: str = "KH021") -> Fault:
    return Fault(path="a.yaml", line=line, column=7, code=code, keys=keys, expected="a person", found="'x'")


def test_a_fault_is_one_line_that_an_editor_makes_into_a_link() -> None:
    told = Fault(
        path="articles/a.yaml",
        line=14,
        column=7,
        code="KH021",
        keys=("events", "visit", "host", 0),
        expected="an agent",
        found="'mayr'",
        remedy="did you mean mayor?",
    )
    assert str(told) == (
        "articles/a.yaml:14:7 KH021 events.visit.host[0]: expected an agent, found 'mayr' (did you mean mayor?)"
    )


def test_faults_go_by_their_places_even_where_keys_are_of_two_kinds() -> None:
    mixed = [fault(2, "events", "x"), fault(2, "events", 0), fault(1)]
    assert [one.line for one in FaultyData(mixed).faults] == [1, 2, 2]
    assert FaultyData(mixed[::-1]).faults == FaultyData(mixed).faults


def test_faulty_data_tells_how_many_and_the_first() -> None:
    error = FaultyData([fault(9), fault(3)])
    assert str(error) == "a.yaml: expected data without faults, found 2 faults, the first: " + str(fault(3))


@pytest.mark.parametrize(
    "error", [FaultyData([fault(1)]), FileFailed(where="a", expected="b", found="c", remedy="d")], ids=["data", "file"]
)
def test_errors_survive_pickling(error: khabar.KhabarError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(again), str(again)) == (type(error), str(error))


def test_every_error_has_the_one_root() -> None:
    for name in ("FaultyData", "FileFailed", "QueryRefused", "StoreFailed"):
        assert issubclass(getattr(khabar, name), khabar.KhabarError)
