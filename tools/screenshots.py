"""Pictures of the explorer for its page in the docs: ``python tools/screenshots.py`` writes `docs/screens/` anew.

It serves the example, with the text of its invented article, and the corpus, and looks at both with Debian's Chromium.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "docs" / "screens"
BYTES: Final = 250_000
"""What a picture may have."""

Corpus: TypeAlias = Literal["example", "corpus"]

_TEXT: Final = ("--text", f"eastport-ferry={ROOT / 'example' / 'texts' / 'eastport-ferry.txt'}")
_DENIAL: Final = "/events/rt-arabic-2023-11-07.base-facilities.html"


class Shot(NamedTuple):
    """A picture: of which page, how large, in which language and colours; ``steps`` are clicked before it is taken."""

    name: str
    corpus: Corpus
    path: str
    language: str = "en"
    theme: Literal["light", "dark"] = "light"
    width: int = 1280
    height: int = 800
    steps: tuple[str, ...] = ()


SHOTS: Final = (
    Shot("overview", "corpus", "/", height=1000),
    Shot("overview-ar-phone", "corpus", "/", "ar", width=390, height=844),
    Shot("event", "example", "/events/eastport-ferry.ferry-deal.html", height=1180),
    Shot("event-ar-dark", "corpus", _DENIAL, "ar", "dark", height=900),
    Shot("event-phone", "example", "/events/eastport-ferry.ferry-deal.html", width=390, height=1500),
    Shot("person-ar", "corpus", "/agents/haftar.html", "ar", height=760),
    Shot("timeline", "corpus", "/timeline", height=1080),
    Shot("timeline-ar-phone", "corpus", "/timeline", "ar", "dark", width=390, height=1500),
    Shot("network", "corpus", "/network?centre=agents/haftar", height=1000),
    Shot("network-ar-dark", "corpus", "/network?centre=agents/haftar", "ar", "dark", height=1000),
    Shot("map", "corpus", "/map", height=900),
    Shot("search-ar", "corpus", "/search?q=%D8%AD%D9%81%D8%AA%D8%B1", "ar", height=760),
    Shot("query", "corpus", "/query", height=1130, steps=("button.run", "button:text-is('Chart')")),
    Shot("question-ar", "corpus", "/queries/denials", "ar", height=1130),
    Shot("ontology", "corpus", "/ontology", height=900),
)


def main() -> int:
    """Take every picture; tells those that are too large."""
    sys.path.insert(0, str(ROOT / "tests"))
    from browsing import browser
    from serving import served

    FOLDER.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        servers = {
            "example": stack.enter_context(served(ROOT / "example", *_TEXT)),
            "corpus": stack.enter_context(served(ROOT / "corpus")),
        }
        launched = stack.enter_context(browser())
        for server in servers.values():
            server.wait_for_index()
        for shot in SHOTS:
            _take(launched, servers[shot.corpus].address, shot)
    large = [path.name for path in sorted(FOLDER.glob("*.png")) if path.stat().st_size >= BYTES]
    if large:
        sys.stderr.write(f"Too large: {', '.join(large)}\n")
    return int(bool(large))


def _take(launched: Any, address: str, shot: Shot) -> None:
    from browsing import watched

    size = {"width": shot.width, "height": shot.height}
    with watched(launched, address, viewport=size, color_scheme=shot.theme) as seen:
        page = seen.open(f"{shot.path}{'&' if '?' in shot.path else '?'}lang={shot.language}")
        page.evaluate("document.fonts.ready")
        for step in shot.steps:
            page.locator(step).click()
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)
        page.screenshot(path=FOLDER / f"{shot.name}.png")


if __name__ == "__main__":
    sys.exit(main())
