"""How much Hypothesis tries: little on a desk, much where ``HYPOTHESIS_PROFILE=ci`` says so; places of a test's own."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from command_lines import Run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# No deadlines: a busy machine is no fault of the code.
settings.register_profile("desk", deadline=None, max_examples=50)
# Derandomised in CI: its verdict depends on the commit alone.
settings.register_profile("ci", deadline=None, max_examples=1000, derandomize=True, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "desk"))


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What commands keep of the corpora that tests build is not kept where the user's is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module", autouse=True)
def circles_of_a_file() -> Iterator[None]:
    """What the tests of a file leave in circles is let go in this thread.

    A caught error holds the answers of Oxigraph that its frames had, and those must not go in the thread of another.
    """
    yield
    gc.collect()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of one file."""
    from browsing import browser

    with browser() as launched:
        yield launched


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in a folder of its own, as a user without credentials; its exit code and what it said."""
    from khabar.cli import program

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("XDG_STATE_HOME", "NETRC", "KHABAR_USER", "KHABAR_PASSWORD", "KHABAR_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def run(*words: str) -> tuple[int, str, str]:
        code = program.run(words)
        return code, *capfd.readouterr()

    return run
