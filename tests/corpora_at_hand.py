"""The corpora of this repository, and where their golden graphs lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
CORPORA = {"libya": ROOT / "corpus", "eastport": ROOT / "tests/corpora/eastport", "example": ROOT / "example"}
GRAPHS = ROOT / "tests/golden/graphs"
