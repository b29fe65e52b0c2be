"""How much Hypothesis tries: little on a desk, much where ``HYPOTHESIS_PROFILE=ci`` says so; a cache of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

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
