"""What a person does on the pages of the explorer, in a real browser: type, choose, press keys, follow links."""

from __future__ import annotations

import csv
import io
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from browsing import Watched, grave, watched
from khabar.languages import LANGUAGES
from khabar.queries.catalogue import catalogue
from serving import Served, served

ROOT: Final = Path(__file__).parents[1]
PREFIX: Final = "PREFIX khb: <https://w3id.org/khabar/ns#>\n"
COUNTED: Final = PREFIX + "SELECT ?stance (COUNT(*) AS ?n) { ?s khb:stance ?stance } GROUP BY ?stance ORDER BY ?stance"


@pytest.fixture(scope="module")
def corpus() -> Iterator[Served]:
    with served(ROOT / "corpus") as server:
        server.wait_for_index()
        yield server


@pytest.fixture
def seen(chromium: Browser, corpus: Served) -> Iterator[Watched]:
    with watched(chromium, corpus.address, accept_downloads=True) as page:
        yield page


def query(seen: Watched, text: str, language: str = "en") -> Page:
    return seen.open(f"/query?lang={language}#query={urllib.parse.quote(text)}")


def run(page: Page) -> Locator:
    page.locator("button.run").click()
    expect(page.locator(".answer[aria-busy]")).to_have_count(0)
    return page.locator(".answer")


@pytest.mark.parametrize("spelling", ["بنغازى", "بنغازي", "Benghazi", "bangazi"])
def test_another_spelling_finds_the_place_and_leads_to_its_page(seen: Watched, spelling: str) -> None:
    page = seen.open("/?lang=ar")
    page.locator("#q").fill(spelling)
    page.locator("#q").press("Enter")
    page.wait_for_url("**/search**")
    page.locator(".entries a").first.click()
    page.wait_for_url("**/places/benghazi.html**")
    assert page.locator("h1").inner_text() == "بنغازي"


def test_suggestions_are_chosen_with_keys(seen: Watched) -> None:
    page = seen.open("/?lang=en")
    field = page.locator("#q")
    field.press_sequentially("hafta", delay=20)
    expect(page.locator(".suggestions [role=option]").first).to_be_visible()
    assert field.get_attribute("aria-expanded") == "true"
    assert grave(page) == []
    field.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    field.press("Escape")
    expect(page.locator(".suggestions")).to_be_hidden()
    field.press_sequentially("r", delay=20)
    expect(page.locator(".suggestions [role=option]").first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url("**/agents/haftar.html**")


def test_the_switch_of_language_keeps_the_page_and_what_was_asked(seen: Watched) -> None:
    page = seen.open("/timeline?from=2023-09-01&to=2023-09-30&standing=uncontested&lang=en")
    page.locator(".choices a[hreflang=ar]").click()
    page.wait_for_url("**lang=ar**")
    asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))
    assert asked == {"from": "2023-09-01", "to": "2023-09-30", "standing": "uncontested", "lang": "ar"}
    assert page.locator("#from").input_value() == "2023-09-01"
    page.locator(".ways a").first.click()
    page.wait_for_url("**lang=ar**")
    assert page.locator("html").get_attribute("dir") == "rtl"


def test_the_theme_that_was_chosen_stays(seen: Watched) -> None:
    page = seen.open("/?lang=en")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.locator("#theme").select_option("dark")
    dark = page.evaluate(paper)
    assert dark != light
    page = seen.open("/map?lang=ar")
    assert page.evaluate(paper) == dark
    assert page.locator("#theme").input_value() == "dark"
    page.locator("#theme").select_option("auto")
    page.reload()
    assert page.evaluate(paper) == light


def test_the_editor_offers_the_terms_of_the_ontology_and_runs_by_keys(seen: Watched) -> None:
    page = query(seen, PREFIX + "SELECT ?m { ?m a khb:Mee }")
    page.locator(".CodeMirror").click()
    page.evaluate("() => document.querySelector('.CodeMirror').CodeMirror.setCursor({ line: 1, ch: 23 })")
    page.keyboard.press("Control+Space")
    hints = page.locator(".CodeMirror-hint")
    expect(hints.filter(has_text="Meeting").first).to_be_visible()
    assert all("khabar/ns#" in text or "khb:" in text for text in hints.all_inner_texts())
    page.keyboard.press("Enter")
    text = page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")
    assert re.search(r"a (khb:Meeting|<https://w3id.org/khabar/ns#Meeting>)", text)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".answer tbody tr")).to_have_count(2)
    assert "events" in page.locator(".answer tbody").inner_text()


def test_a_link_to_a_query_brings_it_back(seen: Watched) -> None:
    page = query(seen, COUNTED)
    run(page)
    link = page.locator(".permalink").get_attribute("href")
    assert link is not None
    page = seen.open("/about?lang=en")
    page = seen.open(f"/query{link}")
    assert page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()") == COUNTED


def test_the_table_and_what_is_downloaded_are_the_same(seen: Watched) -> None:
    page = query(seen, COUNTED)
    answer = run(page)
    shown = [[cell.inner_text() for cell in row.locator("td").all()] for row in answer.locator("tbody tr").all()]
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert rows[0] == ["stance", "n"]
    assert [[iri.replace("https://w3id.org/khabar/ns#", "khb:"), n] for iri, n in rows[1:]] == shown
    assert len(shown) > 3
    expect(answer.locator("[role=status]")).to_contain_text(f"{len(shown)} rows")


def test_columns_are_sorted_as_what_they_hold(seen: Watched) -> None:
    page = query(seen, COUNTED)
    answer = run(page)
    answer.locator("th button").nth(1).click()
    numbers = [int(text) for text in answer.locator("td.amount").all_inner_texts()]
    assert numbers == sorted(numbers)
    answer.locator("th button").nth(1).click()
    assert answer.locator("th").nth(1).get_attribute("aria-sort") == "descending"
    numbers = [int(text) for text in answer.locator("td.amount").all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.parametrize(
    ("text", "is_charted"),
    [
        (COUNTED, True),
        ("SELECT ?year ?n { VALUES (?year ?n) { (2021 4) (2022 7) (2023 1) } }", True),
        ("SELECT ?a ?b { VALUES (?a ?b) { ('x' 'y') ('z' 'w') } }", False),
        ("SELECT ?a ?n { VALUES (?a ?n) { ('x' 1) ('x' 2) } }", False),
        ("SELECT ?a ?b ?n { VALUES (?a ?b ?n) { ('x' 'p' 1) ('y' 'q' 2) } }", False),
        ("SELECT ?a ?n { VALUES (?a ?n) { ('x' 1) } }", False),
    ],
)
def test_a_chart_is_offered_for_named_numbers_alone(seen: Watched, text: str, *, is_charted: bool) -> None:
    page = query(seen, text)
    answer = run(page)
    chart = answer.get_by_role("button", name="Chart")
    expect(chart).to_have_count(int(is_charted))
    if is_charted:
        chart.click()
        expect(answer.locator("figure svg").first).to_be_visible()
        assert grave(page) == []


def test_hostile_values_are_shown_as_text(seen: Watched) -> None:
    value = "<img src=x onerror=alert(1)>\u202e"
    page = query(seen, f'SELECT ("{value}"@ar AS ?a) (<javascript:alert(1)> AS ?b) ("2"^^<urn:x> AS ?c) {{}}')
    answer = run(page)
    assert answer.locator("img").count() == 0
    assert answer.locator("td bdi[lang=ar]").text_content() == value
    assert answer.locator("td a").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_query_is_told_in_the_servers_words(chromium: Browser, corpus: Served, language: str) -> None:
    with watched(chromium, corpus.address) as seen:
        page = query(seen, "SELECT ?a WHERE { ?a ?b }", language)
        answer = run(page)
        expect(answer.get_by_role("alert")).to_contain_text("expected")
        # The refusal is what was asked for.
        assert [fault[:3] for fault in seen.faults] == ["400"]
        seen.faults.clear()


def test_a_query_that_takes_long_is_cancelled(seen: Watched) -> None:
    page = query(seen, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
    page.locator("button.run").click()
    cancel = page.locator("button.cancel")
    expect(cancel).to_be_visible()
    cancel.click()
    expect(page.locator(".answer")).to_contain_text("Cancelled")
    expect(cancel).to_be_hidden()
    page.locator(".CodeMirror").click()
    page.evaluate("() => document.querySelector('.CodeMirror').CodeMirror.setValue('ASK {}')")
    expect(run(page)).to_contain_text("Yes.")


def test_triples_are_shown_and_downloaded(seen: Watched) -> None:
    page = query(seen, "CONSTRUCT { ?s a ?t } WHERE { ?s a ?t } LIMIT 3")
    answer = run(page)
    assert "khb:" in answer.locator("pre").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Turtle").click()
    assert download.value.suggested_filename == "triples.ttl"


def test_a_bundled_question_is_asked_with_what_was_chosen(seen: Watched) -> None:
    page = seen.open("/queries/denials?lang=en")
    before = page.locator(".answer tbody tr").count()
    assert before > 1
    field = page.locator("#p-source")
    field.press_sequentially("military", delay=20)
    expect(page.locator(".suggestions [role=option]").first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    assert field.input_value().endswith("military-source")
    page.locator("#p-lang").select_option("ar")
    rows = run(page).locator("tbody tr")
    assert 0 < rows.count() < before
    assert "مصدر" in rows.first.inner_text()
    assert "lang=ar" in (page.locator(".as-csv").get_attribute("href") or "")
    assert page.get_by_role("button", name="Chart").count() == 0


def test_the_answers_to_questions_are_in_arabic_on_arabic_pages(seen: Watched) -> None:
    asked = [query for query in catalogue() if not {"federated", "corpus", "graphs"} & set(query.tags)]
    assert len(asked) > 20
    rows = 0
    for query in asked:
        page = seen.open(f"/queries/{query.name}?lang=ar")
        heads = page.locator(".answer th bdi").all_inner_texts()
        assert not [head for head in heads if not re.search("[\u0621-\u064a]", head)], query.name
        cells = page.locator(".answer td").all_inner_texts()
        rows += len(cells)
        assert not [cell for cell in cells if re.search(r"\bkhb:|^(?:true|false|[0-9]+)$|\^\^|EDTF", cell)], query.name
    assert rows > 100


def test_a_bundled_question_takes_days_and_goes_on(seen: Watched) -> None:
    page = seen.open("/queries/timeline?lang=en")
    dates = page.locator("input[type=date]")
    assert dates.count() == 2
    whole = page.locator(".answer tbody tr").count()
    dates.nth(0).fill("2023-09-15")
    some = run(page).locator("tbody tr").count()
    assert 0 < some < whole


def test_the_next_rows_follow_the_first(seen: Watched) -> None:
    page = seen.page
    # The answer has fewer rows than a page has: the API is asked for pages of two.
    page.route(
        "**/api/denials?lang=en",
        lambda route: route.continue_(url=route.request.url + "&limit=2"),
    )
    page = seen.open("/queries/denials?lang=en")
    rows = page.locator(".answer tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="More rows").click()
    expect(rows).to_have_count(4)


def test_a_column_of_the_timeline_narrows_it(seen: Watched) -> None:
    page = seen.open("/timeline?lang=en")
    before = page.locator(".extents li").count()
    columns = page.locator(".plot a")
    columns.last.focus()
    assert grave(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**from=**")
    assert 0 < page.locator(".extents li").count() < before
    assert page.locator("#from").input_value() == page.locator("#to").input_value() == "2023-09-30"
    page.get_by_role("link", name="Show all").click()
    expect(page.locator(".extents li")).to_have_count(before)


def test_the_network_is_walked_with_keys(seen: Watched) -> None:
    page = seen.open("/network?lang=en")
    page.locator(".node a").first.focus()
    name = page.evaluate("document.activeElement.querySelector('title').textContent")
    page.keyboard.press("Tab")
    other = page.evaluate("document.activeElement.querySelector('title').textContent")
    assert other != name
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(other)
    page.get_by_role("link", name="In the network").click()
    page.wait_for_url("**/network?centre=**")
    expect(page.locator(".node.centre title")).to_have_text(other)


def test_denials_are_drawn_apart_from_assertions(seen: Watched) -> None:
    page = seen.open("/network?lang=en")
    drawn = page.evaluate(
        """() => Object.fromEntries(["affirms", "contrary"].map((kind) => {
          const style = getComputedStyle(document.querySelector(`.graph .edge.${kind}`));
          return [kind, [style.stroke, style.strokeWidth]];
        }))"""
    )
    assert drawn["affirms"][0] != drawn["contrary"][0]
    assert drawn["affirms"][1] != drawn["contrary"][1]
    doubles = page.locator(".graph .edge.between").count()
    assert doubles == page.locator(".graph .edge.contrary").count() > 0


def test_the_map_is_moved_with_keys_and_buttons(seen: Watched) -> None:
    page = seen.open("/map?lang=en")
    window = "document.querySelector('.outlines').getAttribute('viewBox').split(' ').map(Number)"
    page.locator(".pin a").first.focus()
    whole = page.evaluate(window)
    page.keyboard.press("+")
    assert page.evaluate(window)[2] == pytest.approx(whole[2] * 0.6)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(window)[0] > whole[0]
    page.keyboard.press("0")
    assert page.evaluate(window) == pytest.approx(whole)
    page.get_by_role("button", name="Farther").click()
    assert page.evaluate(window)[2] > whole[2]
    page.get_by_role("button", name="All places").click()
    assert page.evaluate(window) == pytest.approx(whole)


def test_a_name_that_had_no_room_on_the_map_comes_with_the_focus(seen: Watched) -> None:
    page = seen.open("/map?lang=en")
    crowded = page.locator(".pin.crowded").first
    text = crowded.locator("text")
    expect(text).to_have_css("opacity", "0")
    crowded.locator("a").focus()
    expect(text).to_have_css("opacity", "1")


def test_the_keyboard_reaches_the_content_first(seen: Watched) -> None:
    page = seen.open("/timeline?lang=ar")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
