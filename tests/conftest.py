"""How much Hypothesis tries: little on a desk, much where ``HYPOTHESIS_PROFILE=ci`` says so."""

from __future__ import annotations

import os

from hypothesis import settings

# No deadlines: a busy machine is no fault of the code.
settings.register_profile("desk", deadline=None, max_examples=50)
# Derandomised in CI: its verdict depends on the commit alone.
settings.register_profile("ci", deadline=None, max_examples=1000, derandomize=True, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "desk"))
