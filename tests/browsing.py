"""Debian's Chromium, driven by Playwright, for tests that look at pages as a person does."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect, sync_playwright

CHROMIUM = "chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--no-first-run",
)
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
_GRAVE = ("serious", "critical")


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A browser that is closed after the block; where there is none the test is skipped, but never in CI."""
    program = shutil.which(CHROMIUM)
    if program is None and "CI" not in os.environ:
        pytest.skip(f"there is no {CHROMIUM} here")
    assert program is not None, f"CI must have {CHROMIUM}"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        try:
            yield launched
        finally:
            launched.close()


class Watched(NamedTuple):
    """A page of a server of which everything is written down that should not be."""

    page: Page
    address: str
    faults: list[str]

    def open(self, path: str, status: int = 200) -> Page:
        """The page at ``path`` when it has come to rest."""
        answer = self.page.goto(self.address + path, wait_until="load")
        assert answer is not None
        assert answer.status == status, path
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        self.page.evaluate("document.fonts.ready.then(() => {})")
        return self.page


@contextlib.contextmanager
def watched(browser: Browser, address: str, **options: Any) -> Iterator[Watched]:
    """A page in a context of its own; after the block it must have had no fault: see `Watched`.

    A fault is what the console calls an error or a warning, a defect in a script, a request to another host, and an
    answer that a page did not ask to fail. That a page itself failed is what its test is about.
    """
    # Colours that are on their way to others have no contrast to be measured.
    context = browser.new_context(viewport=options.pop("viewport", DESK), reduced_motion="reduce", **options)
    context.set_default_timeout(20_000)
    page = context.new_page()
    seen = Watched(page, address, [])

    def heard(message: ConsoleMessage) -> None:
        # The browser's own notice of an answer above 400 is heard with that answer.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            seen.faults.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{address}/", "data:", "blob:")):
            seen.faults.append(f"outside: {request.url}")

    def answered(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            seen.faults.append(f"{response.status}: {response.url}")

    page.on("console", heard)
    page.on("request", asked)
    page.on("response", answered)
    page.on("pageerror", lambda error: seen.faults.append(f"script: {error}"))
    try:
        yield seen
        assert seen.faults == []
    finally:
        context.close()


def grave(page: Page, *rules: str) -> list[str]:
    """What axe finds that is serious or critical: rule, element and advice; of ``rules`` alone where they are given."""
    from axe_playwright_python.sync_playwright import Axe

    options = {"runOnly": list(rules), "resultTypes": ["violations"]} if rules else {"resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:120]}"
        for one in found
        if one["impact"] in _GRAVE
        for node in one["nodes"]
    ]


def sideways(page: Page) -> int:
    """The pixels by which a page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def overlaps(page: Page, selector: str) -> list[tuple[str, str]]:
    """The pairs of shown texts, of the elements that ``selector`` finds, that lie on one another."""
    boxes = page.eval_on_selector_all(
        selector,
        """(nodes) => nodes.filter((node) => getComputedStyle(node).opacity !== "0").map((node) => {
          const { left, right, top, bottom } = node.getBoundingClientRect();
          return { text: node.textContent, left, right, top, bottom };
        }).filter(({ left, right }) => right > left)""",
    )
    return [
        (one["text"], other["text"])
        for place, one in enumerate(boxes)
        for other in boxes[place + 1 :]
        if one["left"] < other["right"] - 1
        and other["left"] < one["right"] - 1
        and one["top"] < other["bottom"] - 1
        and other["top"] < one["bottom"] - 1
    ]
