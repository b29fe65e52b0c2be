"""Every view of the explorer in a real browser: both corpora and languages, light, dark, on a phone, without JS."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from browsing import PHONE, Watched, grave, overlaps, sideways, watched
from khabar.languages import LANGUAGES, Language
from khabar.serve import locales
from serving import Served, served

ROOT: Final = Path(__file__).parents[1]
FERRY: Final = "eastport-ferry"
RT: Final = "rt-arabic-2023-11-07"
TEXT: Final = ROOT / "example" / "texts" / f"{FERRY}.txt"
COMMON: Final = (
    "/",
    "/search",
    "/search?q=%D8%A7&kind=event",
    "/search?q=xyzzy",
    "/list/event",
    "/list/statement?offset=3",
    "/timeline",
    "/timeline?standing=uncontested&offset=1",
    "/network",
    "/map",
    "/queries",
    "/queries/denials",
    "/query",
    "/about",
)
VIEWS: Final = {
    "example": (
        *COMMON,
        f"/events/{FERRY}.ferry-deal.html",
        f"/claims/{FERRY}.deal-sought.html",
        f"/statements/{FERRY}.official-denies.html",
        f"/articles/{FERRY}.html",
        "/agents/nadia-karam.html",
        "/agents/harbour-times.html",
        f"/sources/{FERRY}.insiders.html",
        "/places/eastport.html",
        f"/passages/{FERRY}.2-0-112.html",
        "/types/Strike.html",
        f"/graphs/{FERRY}.html",
        "/timeline?from=2031-02-18&to=2031-02-25&type=https%3A%2F%2Fw3id.org%2Fkhabar%2Fns%23Visit",
        "/network?centre=agents/ferry-line",
    ),
    "corpus": (
        *COMMON,
        # The same for every corpus.
        "/ontology",
        f"/events/{RT}.base-facilities.html",
        f"/events/{RT}.haftar-putin-meeting.html",
        f"/claims/{RT}.naval-base-possible.html",
        f"/articles/{RT}.html",
        "/agents/haftar.html",
        f"/agents/{RT}.rival-forces-in-tripoli.html",
        f"/sources/{RT}.military-source.html",
        "/places/tripoli.html",
        "/timeline?from=2023-09-01&to=2023-09-30&person=agents/haftar",
        "/network?centre=agents/haftar",
    ),
}
FAULTS: Final = (
    (404, "/events/nothing.html", "unknown"),
    (404, "/resource?iri=urn%3Ax", "unknown"),
    (404, "/nowhere", "address"),
    (404, "/list/ghosts", "address"),
    (404, "/queries/none", "address"),
    (400, "/timeline?from=2031-02-30", "request"),
    (400, "/search?q=a&offset=-1", "request"),
)
CASES: Final = [(corpus, path) for corpus, paths in VIEWS.items() for path in paths]
DARK: Final = {"example": "en", "corpus": "ar"}
Start = Callable[[str], Served]


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """The server of a corpus, started when it is first asked for."""
    import contextlib

    with contextlib.ExitStack() as stack:
        running: dict[str, Served] = {}

        def started(corpus: str) -> Served:
            if corpus not in running:
                options = ["--text", f"{FERRY}={TEXT}"] if corpus == "example" else []
                running[corpus] = stack.enter_context(served(ROOT / corpus, *options))
                running[corpus].wait_for_index()
            return running[corpus]

        yield started


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


def spoken(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def is_in(page: Page, language: str) -> bool:
    root = page.locator("html")
    return (root.get_attribute("lang"), root.get_attribute("dir")) == (language, locales.direction(language))


@pytest.mark.parametrize(("corpus", "path"), CASES)
def test_a_view_is_whole_in_light_and_dark_and_on_a_phone(
    chromium: Browser, start: Start, corpus: str, path: str, language: Language
) -> None:
    with watched(chromium, start(corpus).address, color_scheme="light") as seen:
        page = seen.open(spoken(path, language))
        assert is_in(page, language)
        assert page.locator("h1").count() == 1
        assert grave(page) == []
        assert sideways(page) <= 0
        # The colours are the same in both languages.
        if DARK[corpus] == language:
            page.emulate_media(color_scheme="dark")
            assert grave(page, "color-contrast") == []
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        page.wait_for_timeout(50)
        assert sideways(page) <= 0


@pytest.mark.parametrize(("status", "path", "kind"), FAULTS)
def test_a_fault_is_told_in_the_language_of_the_page(
    chromium: Browser, start: Start, status: int, path: str, kind: str, language: Language
) -> None:
    with watched(chromium, start("example").address) as seen:
        page = seen.open(spoken(path, language), status)
        assert is_in(page, language)
        assert page.locator("h1").inner_text() == locales.message(language, f"fault.title-{kind}")
        assert page.locator(".technical p[lang=en]").first.get_attribute("dir") == "ltr"
        assert grave(page) == []
        page.get_by_role("link", name=locales.message(language, "fault.home")).click()
        expect(page.locator(".opening h1")).to_be_visible()


def test_a_language_that_the_address_does_not_name_is_the_browsers(chromium: Browser, start: Start) -> None:
    for locale, language in (("ar-LY", "ar"), ("en-GB", "en"), ("fr-FR", "en")):
        with watched(chromium, start("example").address, locale=locale) as seen:
            assert is_in(seen.open("/timeline"), language)


def test_names_in_drawings_do_not_hide_one_another(chromium: Browser, start: Start, language: Language) -> None:
    for corpus in VIEWS:
        with watched(chromium, start(corpus).address) as seen:
            page = seen.open(spoken("/network", language))
            page.locator("svg.graph").wait_for()
            assert page.locator(".node").count() > 5
            assert overlaps(page, ".node text") == []
            assert _outside(page, ".node text", "svg.graph") == []
            page = seen.open(spoken("/map", language))
            assert overlaps(page, ".pin text") == []
            page = seen.open(spoken("/timeline", language))
            assert overlaps(page, ".axis text") == []
            page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
            assert overlaps(page, ".axis text") == []


def _outside(page: Page, inner: str, outer: str) -> list[str]:
    found: list[str] = page.evaluate(
        """([inner, outer]) => {
          const frame = document.querySelector(outer).getBoundingClientRect();
          return [...document.querySelectorAll(inner)].filter((node) => {
            const box = node.getBoundingClientRect();
            return box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom;
          }).map((node) => node.textContent);
        }""",
        [inner, outer],
    )
    return found


def test_a_chain_runs_in_the_direction_of_reading(chromium: Browser, start: Start, language: Language) -> None:
    with watched(chromium, start("example").address) as seen:
        page = seen.open(spoken(f"/events/{FERRY}.ferry-deal.html", language))
        places = page.locator(".chain").first.locator(".link")
        assert places.count() == 4
        lefts = [_box(places.nth(number))["x"] for number in range(4)]
        assert lefts == sorted(lefts, reverse=language == "ar")
        tops = {_box(places.nth(number))["y"] for number in range(4)}
        assert len(tops) == 1
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        tops_on_a_phone = [_box(places.nth(number))["y"] for number in range(4)]
        assert tops_on_a_phone == sorted(set(tops_on_a_phone))


def _box(locator: Any) -> dict[str, float]:
    box: dict[str, float] | None = locator.bounding_box()
    assert box is not None
    return box


def test_words_of_a_passage_are_shown_where_the_text_was_given_and_told_once(chromium: Browser, start: Start) -> None:
    with watched(chromium, start("example").address) as seen:
        page = seen.open(f"/events/{FERRY}.ferry-deal.html?lang=en")
        words = page.locator("article.claim q").all_inner_texts()
        assert len(words) == page.locator(".chain").count() == 2
        assert len(set(words)) == 2
        text = re.sub(r"\s+", " ", TEXT.read_text("utf-8"))
        assert all(one.strip("«»“”") in text for one in words)
    with watched(chromium, start("corpus").address) as seen:
        page = seen.open(f"/events/{RT}.base-facilities.html?lang=en")
        assert page.locator(".passages a").count() > 0
        assert page.locator("q").count() == 0


def test_text_of_another_direction_is_kept_apart(chromium: Browser, start: Start) -> None:
    with watched(chromium, start("corpus").address) as seen:
        page = seen.open("/agents/haftar.html?lang=en")
        found = page.eval_on_selector_all(".names bdi", "(all) => all.map((one) => getComputedStyle(one).direction)")
        assert set(found) == {"ltr", "rtl"}


def test_an_arabic_name_is_written_in_the_font_that_comes_along(chromium: Browser, start: Start) -> None:
    with watched(chromium, start("corpus").address) as seen:
        page = seen.open("/agents/haftar.html?lang=ar")
        assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('700 20px Naskh', 'حفتر'))")
        loaded = page.evaluate("[...document.fonts].filter((one) => one.status === 'loaded').length")
        assert loaded >= 1


@pytest.mark.parametrize("corpus", VIEWS)
def test_no_link_of_any_page_leads_nowhere(start: Start, corpus: str) -> None:
    server = start(corpus)
    seen: dict[str, str] = {}
    ahead = {"/?lang=ar": ""}
    while ahead:
        path, _ = link = ahead.popitem()
        seen[path] = link[1]
        answer = server.get(path, headers={"Accept": "text/html, */*;q=0.8"})
        # Without --allow-service those questions that ask Wikidata are refused, in words.
        assert answer.status < 400 or "/api/wikidata-" in path, link
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for found in re.findall(r'(?:href|src)="(/[^"#]*)', answer.text):
            target = found.replace("&amp;", "&")
            # One language is enough, and one page of data for all.
            if target not in seen and "lang=en" not in target and not re.search(r"\.(ttl|nt|jsonld)(\?|$)", target):
                ahead.setdefault(target, path)
    assert len(seen) > 100


@pytest.fixture
def plain(chromium: Browser, start: Start) -> Iterator[Watched]:
    with watched(chromium, start("example").address, java_script_enabled=False) as seen:
        yield seen


def test_pages_are_read_without_scripts(plain: Watched) -> None:
    page = plain.open("/?lang=en")
    assert page.locator(".themes").is_hidden()
    page.get_by_label("Find a person").fill("ferry")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="A deal between the ferry line and the port").click()
    assert page.locator(".chain .link").count() == 8
    page.goto(f"{plain.address}/timeline?lang=en")
    page.get_by_label("Kind of event").select_option(label="visit")
    page.get_by_label("To").fill("2031-02-26")
    page.get_by_role("button", name="Show").click()
    assert page.locator(".extents li").count() == 1
    assert page.locator(".plot .possible").count() > 0
    page.goto(f"{plain.address}/network?lang=en")
    assert page.locator("table tbody tr").count() > 5
    page.goto(f"{plain.address}/map?lang=en")
    assert page.locator(".pin text").text_content() == "Eastport"
    assert page.locator(".tools").is_hidden()


def test_questions_are_asked_without_scripts(plain: Watched) -> None:
    page = plain.open("/queries/denials?lang=en")
    page.get_by_role("button", name="Run").click()
    page.wait_for_url("**/api/denials?**")
    assert '"vars":["denial"' in page.content()
    page = plain.open("/query?lang=en")
    with page.expect_response("**/sparql?**") as answered:
        page.get_by_role("button", name="Run").click()
    assert answered.value.status == 200


def test_a_question_in_the_address_is_in_the_editor_without_scripts(plain: Watched) -> None:
    query = "ASK { ?a ?b '</textarea><script>' }"
    page = plain.open(f"/query?query={urllib.parse.quote(query)}")
    assert page.locator("#query").input_value() == query


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("kept") / "store"
    command = [sys.executable, "-m", "khabar", "load", str(ROOT / "example"), "--to", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made


def test_a_store_that_went_away_is_told_and_found_again(chromium: Browser, folder: Path) -> None:
    with served(folder) as server, watched(chromium, server.address) as seen:
        server.wait_for_index()
        page = seen.open("/timeline?lang=en")
        aside = folder.with_name("aside")
        shutil.move(folder, aside)
        page.wait_for_timeout(1100)
        for language in LANGUAGES:
            seen.open(f"/timeline?lang={language}", 503)
            assert is_in(page, language)
            assert page.locator("h1").inner_text() == locales.message(language, "fault.title-failed")
            assert grave(page) == []
        shutil.move(aside, folder)
        # The page asks again by itself.
        expect(page.locator("form.form")).to_be_visible(timeout=15_000)
        assert is_in(page, "ar")


def test_while_the_index_is_made_a_page_tells_how_far_it_is(chromium: Browser, start: Start) -> None:
    from starlette.requests import Request

    from khabar.serve.dataset import NotIndexed
    from khabar.serve.faults import fault

    class Unready:
        index = None
        name = "a store"
        base = ""

    with watched(chromium, start("example").address) as seen:
        scope = {"type": "http", "path": "/", "query_string": b"lang=ar", "headers": []}
        dataset: Any = Unready()
        told = fault(Request(scope), dataset, NotIndexed(38, 100))
        headers = {"Content-Type": "text/html; charset=utf-8"}
        pattern = re.compile(r"/\?lang=ar$")
        seen.page.route(
            pattern, lambda route: route.fulfill(status=told.status_code, headers=headers, body=bytes(told.body))
        )
        page = seen.open("/?lang=ar", 503)
        assert page.locator("h1").inner_text() == locales.message("ar", "fault.title-index")
        assert "٣٨٪" in page.locator("[role=status]").inner_text()
        assert page.locator(".note").count() == 0
        assert grave(page) == []
        page.unroute(pattern)
        expect(page.locator(".opening h1")).to_be_visible(timeout=15_000)
