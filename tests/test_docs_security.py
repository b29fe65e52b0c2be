"""The threat model: every promise names a part that is there, and a test that is there."""

from __future__ import annotations

import re

from documents import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROMISES = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("## What is promised")[2].partition("## What is not promised")[0].splitlines()
    if line.startswith("| **")
]


def test_every_promise_has_a_part_and_a_test() -> None:
    assert len(PROMISES) > 12
    for promise, parts, tests in PROMISES:
        assert promise.startswith("**")
        assert "`" in parts or parts == "h11", promise
        assert "test_" in tests or "make load" in tests, promise


def test_the_parts_and_the_tests_are_there() -> None:
    for _, parts, tests in PROMISES:
        for name in re.findall(r"`([a-z_]+/(?:[a-z_]+\.py)?)`", parts):
            assert (ROOT / name).exists() or (ROOT / "loader" / "khabar" / name).exists(), name
        for name in re.findall(r"`(test_[a-z_]+\.py)", tests):
            assert (ROOT / "tests" / name).exists(), name
        files = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py")]
        for function in re.findall(r"(?:::|`)(test_[a-z_]+)(?=`)", tests):
            assert any(f"def {function}(" in text for text in files), function
