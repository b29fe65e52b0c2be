"""The pages: every template in both languages, escaped, linked through one function, and without anything inline."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import page_values
from khabar.evaluation.pool import Unanswered
from khabar.evaluation.tasks import Reason
from khabar.explorer.values import Bucket, Dates, Extent, Fact, Mark, Page, Text, Timeline, Value
from khabar.languages import LANGUAGES, Language, preferred
from khabar.queries import catalogue
from khabar.serve import drawing, faults, locales, rendering, wording
from khabar.serve.dataset import NotIndexed
from khabar.serve.problems import RequestRefused

HOSTILE = "\u202e<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{ 7*7 }}\u2066"
TEMPLATES = sorted(page_values.values())
# Names of formats, protocols, programs and files, which Arabic text writes as they are.
NAMES = {
    "API", "CSV", "Ctrl", "Earth", "GET", "HTTP", "JSON", "Natural", "OpenAPI", "OpenRefine", "POST", "SPARQL",
    "THIRD_PARTY", "VoID", "md",
}  # fmt: skip
VOID = {"br", "hr", "img", "input", "link", "meta"}


class Outline(HTMLParser):
    """The elements of a page, whether each is closed where it should be, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.said: list[str] = []
        self.unmarked: list[str] = []
        self.marks: list[bool] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)
            given = dict(attrs)
            is_marked = given.get("lang") == "en" or given.get("dir") == "ltr" or tag in ("script", "code")
            self.marks.append(is_marked)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.marks.pop()

    def handle_data(self, data: str) -> None:
        self.said.append(data)
        if not any(self.marks):
            self.unmarked.append(data)

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.elements if attribute in attributes]


def rendered(template: str, language: Language, name: str = "Eastport", query: str = "") -> str:
    return rendering.render(
        template, page_values.view(language, query=query, title=name), **page_values.values(name)[template]
    )


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    found: Language = request.param
    return found


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_page_is_well_formed_and_has_its_language_and_landmarks(template: str, language: Language) -> None:
    outline = Outline(rendered(template, language))
    assert outline.open == []
    assert dict(outline.elements)["html"]["lang"] == language
    assert dict(outline.elements)["html"]["dir"] == {"en": "ltr", "ar": "rtl"}[language]
    tags = [tag for tag, _ in outline.elements]
    assert [tags.count(tag) for tag in ("main", "h1")] == [1, 1]
    assert tags.index("title") < tags.index("body")
    assert len(set(outline.values("id"))) == len(outline.values("id"))


@pytest.mark.parametrize("template", TEMPLATES)
def test_headings_step_down_one_level_at_a_time(template: str) -> None:
    levels = [int(tag[1]) for tag, _ in Outline(rendered(template, "en")).elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_that_a_dataset_says_becomes_markup(template: str, language: Language) -> None:
    plain, hostile = Outline(rendered(template, language)), Outline(rendered(template, language, HOSTILE))
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in plain.elements]
    assert HOSTILE in "".join(hostile.said)
    assert "49" not in re.findall(r"\b49\b", "".join(hostile.said))


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_is_inline_and_no_link_runs_a_script(template: str, language: Language) -> None:
    outline = Outline(rendered(template, language, HOSTILE))
    for tag, attributes in outline.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert tag != "style"
        assert tag != "script" or "src" in attributes
    addresses = [*outline.values("href"), *outline.values("src"), *outline.values("action")]
    assert all(re.match(r"/(?![/\\])|#|https://example\.", address) for address in addresses)


@pytest.mark.parametrize("template", TEMPLATES)
def test_nothing_is_loaded_from_another_host(template: str) -> None:
    for tag, attributes in Outline(rendered(template, "en")).elements:
        loaded = attributes.get("src") or (attributes.get("href") if tag in ("link", "use", "image") else None)
        assert not loaded or loaded.startswith("/")


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_language_that_was_asked_for_goes_along_with_every_link(template: str) -> None:
    outline = Outline(rendered(template, "ar", query="lang=ar"))
    links = [attributes for tag, attributes in outline.elements if tag == "a" and "hreflang" not in attributes]
    of_pages = [one["href"] for one in links if re.match(r"/(events|list|timeline|queries|ontology)", one["href"])]
    assert of_pages
    assert all("lang=ar" in address for address in of_pages)


@pytest.mark.parametrize("template", TEMPLATES)
def test_under_a_root_every_own_address_begins_with_it(template: str) -> None:
    values = page_values.values()[template]
    outline = Outline(rendering.render(template, page_values.view("en", root="/news"), **values))
    own = [one for one in (*outline.values("href"), *outline.values("src"), *outline.values("action")) if one[0] == "/"]
    assert all(address.startswith("/news/") for address in own)


def test_the_path_of_a_page_cannot_lead_to_another_host() -> None:
    for path in ("//example.net/x", "/\\example.net", "///example.net"):
        assert re.match(r"/(?![/\\])", rendering.here(page_values.view("en", path), lang="ar"))


@given(st.text())
def test_a_local_address_is_of_this_server_whatever_the_iri(rest: str) -> None:
    page = page_values.view("en")
    for iri in (rest, page_values.BASE + rest, page_values.BASE + "events/" + rest, page_values.NS + rest):
        assert re.fullmatch(r"/[\x21-\x7e]*", rendering.local(page, iri))


def test_a_name_that_is_blank_is_the_last_part_of_the_iri() -> None:
    assert rendering.shown(page_values.thing("event", "events/a.b", " ")).text == "a.b"


def test_stances_are_told_in_words_and_by_family() -> None:
    html = rendered("thing.html", "en")
    assert 'class="stance affirms asserts"><bdi lang="en" dir="auto">asserts</bdi>' in html
    assert 'class="stance contrary denies"><bdi lang="en" dir="auto">denies</bdi>' in html


def test_a_chain_runs_from_the_source_to_the_article() -> None:
    chain = rendered("thing.html", "en").partition('<ol class="chain">')[2].partition("</ol>")[0]
    labels = re.findall(r'<span class="label">([^<]+)</span>\n<span class="who">', chain)
    assert labels == ["Unnamed source", "Passed on by", "Read in"]


def test_the_words_of_a_passage_are_shown_only_where_they_are_given() -> None:
    values = page_values.values("")["thing.html"]
    assert "<q" not in rendering.render("thing.html", page_values.view("en"), **values)
    assert '<q dir="auto">Eastport</q>' in rendered("thing.html", "en")


def test_pages_of_a_list_keep_what_was_asked() -> None:
    html = rendered("list.html", "en", query="kind=event&standing=contested&offset=30")
    assert 'rel="prev" href="/?kind=event&amp;standing=contested"' in html
    assert 'rel="next" href="/?kind=event&amp;standing=contested&amp;offset=60"' in html
    assert "31 to 33 of 90" in html


def test_a_question_and_its_parameters_are_told_in_the_language_of_the_page() -> None:
    english, arabic = rendered("named_query.html", "en"), rendered("named_query.html", "ar")
    assert '<p class="lead">Eastport</p>' in english
    assert "وصف" not in english
    assert '<p class="lead">وصف Eastport</p>' in arabic
    assert '<p class="hint" id="p-stance-hint">معنى Eastport</p>' in arabic
    assert not re.search(r'<p class="(lead|hint)"[^>]* lang="en"', arabic)


def test_a_question_that_is_told_in_english_alone_is_marked_as_english_on_an_arabic_page() -> None:
    query = msgspec.structs.replace(page_values.values()["named_query.html"]["query"], description_ar="")
    html = rendering.render("named_query.html", page_values.view("ar"), query=query)
    assert '<p class="lead" lang="en" dir="ltr">Eastport</p>' in html


def test_values_are_told_by_what_they_are() -> None:
    given = page_values.values()["thing.html"]
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    told = {
        "language": Value(text=Text("fa")),
        "textDigest": Value(text=Text("e8ec1e9c")),
        "textLength": Value(text=Text("2710"), datatype=integer),
        "paragraph": Value(text=Text("9" * 40), datatype=integer),
    }
    facts = tuple(
        Fact(property=page_values.NS + name, name=Text(name), values=(value,)) for name, value in told.items()
    )
    portrait = msgspec.structs.replace(given["portrait"], facts=facts, mentions=())
    html = rendering.render("thing.html", page_values.view("ar"), **{**given, "portrait": portrait})
    shown = [re.sub("<[^>]*>", "", one).strip() for one in re.findall(r"<dd>(.*?)</dd>", html, re.DOTALL)]
    assert shown[:4] == ["الفارسية", "e8ec1e9c", "٢٬٧١٠", "9" * 40]
    assert '<dd><code dir="ltr">e8ec1e9c</code></dd>' in html


def test_topics_of_questions_have_names_in_both_languages(language: Language) -> None:
    topics = {tag for query in catalogue.catalogue() for tag in query.tags}
    assert {key.removeprefix("tag.") for key in locales.messages(language) if key.startswith("tag.")} == topics


def test_a_topic_is_told_in_the_language_of_the_page_and_one_without_a_name_as_it_is_written() -> None:
    html = rendered("queries.html", "ar")
    assert '<span class="kind">مقولات</span>' in html
    assert '<span class="kind"><bdi dir="auto">Eastport</bdi></span>' in html


def test_every_column_and_parameter_of_a_question_has_words_in_both_languages(language: Language) -> None:
    queries = catalogue.catalogue()
    columns = {name.removesuffix("Label") for query in queries for name in query.columns}
    names = columns | {one.name for query in queries for one in query.params}
    said = {key.removeprefix("variable.") for key in locales.messages(language) if key.startswith("variable.")}
    assert said == names
    if language == "ar":
        assert not [name for name in names if re.search("[A-Za-z]", wording.variable("ar", name))]


def test_what_queries_write_into_their_answers_has_words_in_both_languages(language: Language) -> None:
    """A word that a query itself writes is quoted in it; what stands in VALUES is bound, and not written."""
    bound = re.compile(r"VALUES[^{]*\{[^}]*\}|^#.*$", re.MULTILINE)
    texts = [bound.sub("", query.text) for query in catalogue.catalogue()]
    written = {word for text in texts for word in re.findall(r'"([a-z]{4,}(?: [a-z]+)*)"', text)}
    assert wording.wording(language, catalogue.catalogue()[0])["values"].keys() == written | {"true", "false"}


def test_the_terms_of_the_ontology_are_told_in_the_language_of_the_page() -> None:
    [english, arabic] = (wording.wording(language, catalogue.catalogue()[0])["terms"] for language in ("en", "ar"))
    assert english.keys() == arabic.keys()
    assert {"denies", "unstated", "contested", "Person", "speaksFor"} < english.keys()
    assert [arabic["denies"], arabic["contested"]] == ["نفي", "متنازع فيه"]
    assert not [name for name, words in arabic.items() if re.search("[A-Za-z]", words)]


def test_the_first_query_of_the_editor_says_what_it_tells_in_the_language_of_the_page() -> None:
    html = rendering.render("query.html", page_values.view("ar"), text="")
    assert "\n# كم مرة اتُّخذ كل موقف.\nSELECT ?stance" in html


@pytest.mark.parametrize("template", TEMPLATES)
def test_on_arabic_pages_only_names_are_in_latin_letters_where_nothing_marks_them(template: str) -> None:
    outline = Outline(rendered(template, "ar", "شرقي"))
    attributes = [name for which in ("aria-label", "placeholder", "alt") for name in outline.values(which)]
    words = set(re.findall(r"[A-Za-z_]{2,}", " ".join([*outline.unmarked, *attributes])))
    assert words <= NAMES


def test_both_languages_have_every_message_with_the_same_places() -> None:
    english, arabic = locales.messages("en"), locales.messages("ar")
    assert english.keys() == arabic.keys()
    for key, message in english.items():
        assert _places(message) == _places(arabic[key]), key


def _places(message: object) -> set[str]:
    forms = message.values() if isinstance(message, dict) else [message]
    return {place for form in forms for place in re.findall(r"\{(\w*)\}", str(form))}


def test_every_message_that_is_used_is_there_and_no_other() -> None:
    templates = "".join(path.read_text("utf-8") for path in rendering._TEMPLATES.iterdir())
    scripts = "".join(path.read_text("utf-8") for path in rendering.STATIC.glob("*.js"))
    messages = locales.messages("en").keys()
    used = set(re.findall(r"""tell\(["']([\w.-]+)["'][,)]""", templates))
    assert used <= messages
    # A key that a template makes of two parts is any that begins so.
    made = tuple(re.findall(r"""tell\(["']([\w.-]+)["'] ~""", templates))
    # What questions name and answer with: `khabar.serve.wording`.
    made += ("variable.", "value.")
    spoken = set(re.findall(r"""["`]([\w-]+)["`]""", scripts))
    unused = {key for key in messages - used if not key.startswith((*made, "date."))}
    assert unused == {f"script.{key}" for key in spoken} & unused


def test_every_kind_of_error_has_a_title_and_words_for_it(language: Language) -> None:
    for kind in faults.KINDS:
        assert locales.message(language, f"fault.title-{kind}").strip()
        assert locales.message(language, f"fault.lead-{kind}").strip()


@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_reason_for_no_answer_has_its_kind(reason: Reason) -> None:
    error = Unanswered(reason, where="a", expected="b", found="c")
    assert faults.kind_of(error) in set(faults.KINDS) - {"other"}


def test_errors_of_requests_are_told_by_their_status() -> None:
    statuses = {404: "address", 400: "request", 406: "acceptable", 414: "large", 415: "other"}
    for status, kind in statuses.items():
        assert faults.kind_of(RequestRefused(status, "a", "b", "c")) == kind
    assert faults.kind_of(NotIndexed(0, 0)) == "index"


def test_a_passage_that_all_links_share_is_told_once() -> None:
    html = rendered("thing.html", "en")
    assert html.count('class="passages"') == html.count('class="chain"')


def test_arabic_pages_have_arabic_digits_in_what_khabar_writes() -> None:
    assert "١٢٬٣٤٥" in rendered("overview.html", "ar")
    assert "٢ مارس ٢٠٢٤" in rendered("thing.html", "ar")


@pytest.mark.parametrize(
    ("edtf", "earliest", "latest", "told"),
    [
        ("2023-09-21", "2023-09-21", "2023-09-21", "21 September 2023"),
        ("2023-09", "2023-09-01", "2023-09-30", "September 2023"),
        ("2023", "2023-01-01", "2023-12-31", "2023"),
        ("2023-09~", "2023-09-01", "2023-09-30", "about September 2023"),
        ("2023?", "2023-01-01", "2023-12-31", "2023 (not certain)"),
        ("2023-09-21/2023-10-02", "2023-09-21", "2023-10-02", "21 September – 2 October 2023"),
        ("../2023-09-21", "", "2023-09-21", "until 21 September 2023"),
        ("2023-09-21/..", "2023-09-21", "", "from 21 September 2023 on"),
        ("", "2023-09-21", "2023-10-02", "between 21 September 2023 and 2 October 2023"),
        ("", "", "", ""),
        ("Y-17E7", "", "", "Y-17E7"),
        ("", "-0044-03-15", "-0044-03-15", "between -0044-03-15 and -0044-03-15"),
    ],
)
def test_dates_are_told_as_exactly_as_they_are_known(edtf: str, earliest: str, latest: str, told: str) -> None:
    assert locales.dates("en", Dates(edtf=edtf, earliest=earliest, latest=latest)) == told


@given(st.dates(), st.dates(), st.booleans())
def test_every_span_of_a_timeline_lies_in_its_box(first: object, last: object, mirrored: bool) -> None:  # noqa: FBT001 - Hypothesis names it
    start, end = sorted((str(first), str(last)))
    event = page_values.thing("event", "events/a.b", "x", dates=Dates(edtf="", earliest=start, latest=end))
    extent = Extent(thing=event, certain_from=start, certain_to=end)
    timeline = Timeline(
        first="2023-01-01",
        last="2023-12-31",
        unit="year",
        buckets=(Bucket(start=start, end=end, certain=1, possible=2),),
        events=Page(items=(extent,), total=1, offset=0, limit=1),
    )
    spans = [
        drawing.possible(timeline, extent, mirrored=mirrored),
        drawing.certain(timeline, extent, mirrored=mirrored),
        drawing.columns(timeline, mirrored=mirrored)[0].span,
    ]
    for span in spans:
        assert span is not None
        assert span.start >= 0
        assert span.length > 0
        assert span.start + span.length <= 100.02


def test_time_runs_from_right_to_left_in_arabic() -> None:
    buckets = tuple(Bucket(start=f"{year}-01-01", end=f"{year}-12-31", certain=1, possible=0) for year in (2021, 2022))
    events: Page[Extent] = Page(items=(), total=0, offset=0, limit=1)
    timeline = Timeline(first="2021-01-01", last="2022-12-31", unit="year", buckets=buckets, events=events)
    assert [column.span.start for column in drawing.columns(timeline)] == [0, 50]
    assert [column.span.start for column in drawing.columns(timeline, mirrored=True)] == [50, 0]


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.integers(0, 10**6)), max_size=9))
def test_a_map_shows_every_mark_within_its_frame(places: list[tuple[float, float, int]]) -> None:
    thing = page_values.thing("place", "places/p", "x", type_name="Place")
    marks = tuple(Mark(thing=thing, longitude=east, latitude=north, events=n) for east, north, n in places)
    chart = drawing.chart(marks)
    assert len(chart.pins) == len(marks)
    assert chart.width <= 360
    assert all(0 <= pin.x <= 100 and 0 <= pin.y <= 100 for pin in chart.pins)


def test_preferences_of_a_browser_choose_the_language() -> None:
    assert preferred("ar-LY,ar;q=0.9,en-US;q=0.8") == "ar"
    assert preferred("fr") == "en"
    assert preferred("en;q=oops, ar;q=0.1") == "ar"


def test_a_name_without_a_language_has_none_in_the_page() -> None:
    assert '<bdi dir="auto">Eastport</bdi>' in rendered("thing.html", "en")
    assert rendering.type_name(page_values.view("en"), "https://example.net/x#Odd") == Text("Odd")
