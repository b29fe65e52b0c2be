"""Filling drafts with what proves their quotations, starting records."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ferry_text import FERRY, LETTERS, TEXT
from khabar.drafts import cite, fill, new_record, yaml_block
from khabar.errors import FaultyData
from khabar.model import Evidence
from khabar.passages import digest, text_of
from khabar.reading import read_article


def test_a_block_is_a_line_of_yaml() -> None:
    block = Evidence(paragraph=2, start=0, end=8, sha256="9f" * 32)
    assert yaml_block(block) == f"evidence: {{paragraph: 2, start: 0, end: 8, sha256: {'9f' * 32}}}\n"
    # A digest without letters is a number to YAML, and so is one of digits and an e.
    for digits in ("12" * 32, "1e" + "12" * 31):
        assert f'sha256: "{digits}"}}' in yaml_block(Evidence(paragraph=2, start=0, end=8, sha256=digits))


PORT = "paragraph: 2, start: 0, end: 8, sha256: " + digest("The port")
RECORD = f"{{sha256: {TEXT.sha256}, length: {TEXT.length}}}"


def block_style(indent: str, first: str = "") -> str:
    pairs = PORT.split(", ")
    return f"\n{indent}".join([pairs[0] + first, *pairs[1:]])


HEAD = "article:\n  id: ferry\n  language: en\n"
FILLED_HEAD = f"{HEAD}  text: {RECORD}\n"
IN_EVENT = "events:\n  visit:\n    evidence:"


@pytest.mark.parametrize(
    ("draft", "filled"),
    [
        (' {quote: "The port"}  # kept\n', f" {{{PORT}}}  # kept\n"),
        (" { quote : The port , }\n", f" {{ {PORT} , }}\n"),
        (" {\n      'quote': 'The port'\n      }\n", f" {{\n      {PORT}\n      }}\n"),
        ('\n      quote: "The port"\n', f"\n      {block_style('      ')}\n"),
        (
            "\n      quote: The\n        port  # kept\n\n# kept\n",
            f"\n      {block_style('      ')}  # kept\n\n# kept\n",
        ),
        ("\n    - quote: The port\n", f"\n    - {block_style('      ')}\n"),
        ("\n      -   quote: The port\n", f"\n      -   {block_style('          ')}\n"),
        (
            '\n      - quote: "The port"\n      # kept\n      - {quote: The port}\n',
            f"\n      - {block_style('        ')}\n      # kept\n      - {{{PORT}}}\n",
        ),
        (" [{quote: The port}, {quote: The port}]\n", f" [{{{PORT}}}, {{{PORT}}}]\n"),
        (
            "\n      quote: >-  # kept\n        The\n        port\n\n    # kept\n",
            f"\n      {block_style('      ', '  # kept')}\n\n    # kept\n",
        ),
        ("\n      quote: |\n        The port\n    date: 2031\n", f"\n      {block_style('      ')}\n    date: 2031\n"),
        ("\n      quote:  # kept\n        The port", f"\n      {block_style('      ', '  # kept')}"),
        (
            " {quote:  # kept\n      The port}\n",
            f" {{{PORT}  # kept\n               }}\n",
        ),
        (
            ' {paragraph: 2, quote: "The port"}\n',
            f" {{paragraph: 2, {PORT.removeprefix('paragraph: 2, ')}}}\n",
        ),
        (
            '\n      quote: "Port says no"\n      paragraph: 4\n',
            f"\n      start: 0\n      end: 12\n      sha256: {digest('Port says no')}\n      paragraph: 4\n",
        ),
        (" {? quote : The port}\n", f" {{? {PORT}}}\n"),
        (f" {{{PORT}}}\n", f" {{{PORT}}}\n"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_quotation_is_replaced_and_nothing_else(draft: str, filled: str, newline: str) -> None:
    found = fill((HEAD + IN_EVENT + draft).replace("\n", newline), FERRY)
    assert found == (FILLED_HEAD + IN_EVENT + filled).replace("\n", newline)


def test_offsets_of_a_draft_count_whatever_its_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = (
        f"# 😀 قال é\n{HEAD}statements:\n  evidence:\n    label: {{ar: قال 😀}}\n    evidence: {{quote: The port}}\n"
    )
    filled = f"# 😀 قال é\n{FILLED_HEAD}statements:\n  evidence:\n    label: {{ar: قال 😀}}\n    evidence: {{{PORT}}}\n"
    assert fill(draft, FERRY) == filled
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert fill(draft, FERRY) == filled


@pytest.mark.parametrize(
    ("head", "filled"),
    [
        (
            "article:\n  language: en  # kept\n  id: ferry\n",
            f"article:\n  language: en  # kept\n  text: {RECORD}\n  id: ferry\n",
        ),
        ("article:\n    id: ferry", f"article:\n    id: ferry\n    text: {RECORD}"),
        ("article: {id: ferry, language: en}\n", f"article: {{id: ferry, language: en, text: {RECORD}}}\n"),
        (f"article:\n  id: ferry\n  text: {RECORD}\n", f"article:\n  id: ferry\n  text: {RECORD}\n"),
        ("article:\n  id: |\n    ferry\n", "article:\n  id: |\n    ferry\n"),
        ("events: {}\n", "events: {}\n"),
        ("article: ferry\n", "article: ferry\n"),
        ("- a list\n", "- a list\n"),
    ],
)
def test_the_digest_of_the_text_is_added_where_it_is_missing(head: str, filled: str) -> None:
    assert fill(head, FERRY) == filled


@pytest.mark.parametrize(
    ("draft", "faults"),
    [
        (
            f"{HEAD}{IN_EVENT} [{{quote: The prot}}, {{quote: 'no'}}]\n",
            [
                (
                    "draft.yaml:6:24 KH051 events.visit.evidence[0].quote: expected a passage of the text, found "
                    "'The prot' (the nearest is paragraph 2: 'The port said no t'; a passage lies in one paragraph)"
                ),
                (
                    "draft.yaml:6:43 KH051 events.visit.evidence[1].quote: expected a quotation that fits one place, "
                    "found 'no' in paragraph 1 from 10 to 12, paragraph 2 from 14 to 16, paragraph 2 from 35 to 37 and "
                    "more (give more of its first and last words, or its paragraph)"
                ),
            ],
        ),
        (
            f"{HEAD}{IN_EVENT} {{quote: The port, start: 3, note: x}}\n",
            [
                (
                    "draft.yaml:6:33 KH010 events.visit.evidence.start: expected a quote alone, or its "
                    "paragraph, found 'start'"
                ),
                (
                    "draft.yaml:6:43 KH010 events.visit.evidence.note: expected a quote alone, or its paragraph, found "
                    "'note'"
                ),
            ],
        ),
        (
            f"{HEAD}{IN_EVENT} {{quote: [The port]}}\n",
            ["draft.yaml:6:23 KH012 events.visit.evidence.quote: expected a text, found a list or a map"],
        ),
        (
            f"{HEAD}{IN_EVENT} {{quote: The port, paragraph: two}}\n",
            ["draft.yaml:6:44 KH016 events.visit.evidence.paragraph: expected the number of a paragraph, found none"],
        ),
        (
            f"{HEAD}{IN_EVENT}\n      ? quote\n      : The port\n",
            [
                (
                    "draft.yaml:8:9 KH016 events.visit.evidence.quote: expected quotations in a plain form of "
                    "YAML, found one that cannot be replaced in its place (write evidence: "
                    '{quote: "first words ... last words"})'
                )
            ],
        ),
        (
            f"{HEAD}{IN_EVENT} {{quote: The port said no to}}\n\n  # The port said  no to\n",
            [
                (
                    "draft.yaml:8:5 KH054 events.visit.evidence.quote: expected comments without the article's words, "
                    "found this quotation in one (remove it)"
                )
            ],
        ),
        (
            f"{HEAD}  text: {{sha256: {'0a' * 32}, length: 3}}\n",
            [
                (
                    "draft.yaml:4:18 KH053 article.text.sha256: expected the text that was recorded, found "
                    "another, whose paragraphs may be counted differently (give the text that was recorded, or "
                    "remove article.text to record this one)"
                )
            ],
        ),
    ],
)
def test_every_fault_of_a_draft_is_told_at_its_place(draft: str, faults: list[str]) -> None:
    with pytest.raises(FaultyData) as refused:
        fill(draft, FERRY, "draft.yaml")
    assert [str(fault) for fault in refused.value.faults] == faults


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ("a: [", "KH003"),
        ("[" * 5_000, "KH004"),
        ("a: 1\na: 2", "KH005"),
        ("a: &x 1\nb: *x", "KH006"),
        ("a: !!python/object:os.system x", "KH007"),
        ("a: \x00", "KH008"),
        ("a: e\u0301", "KH009"),
        ("a: \ud800", "KH002"),
    ],
)
def test_a_draft_that_cannot_be_parsed_is_told(draft: str, code: str) -> None:
    with pytest.raises(FaultyData) as refused:
        fill(draft, FERRY)
    assert code in {fault.code for fault in refused.value.faults}


@pytest.mark.parametrize("repeated", ["The port said no", "The port said n", "The port said "])
def test_a_comment_may_share_a_few_letters_with_a_quotation(repeated: str) -> None:
    draft = f"{FILLED_HEAD}{IN_EVENT} {{quote: '{repeated}', paragraph: 2}}  # {repeated}\n"
    if len(repeated.strip()) < 15:
        assert fill(draft, FERRY).endswith(f"}}  # {repeated}\n")
        return
    with pytest.raises(FaultyData, match="KH054"):
        fill(draft, FERRY)


def test_quotations_elsewhere_and_in_labels_are_left_alone() -> None:
    draft = f"{FILLED_HEAD}events:\n  quote: {{label: {{en: The port said no to}}, object: {{quote: x}}}}\n"
    assert fill(draft, FERRY) == draft
    titled = draft + "claims:\n  evidence: {quote: The port}\n"
    assert fill(titled, FERRY) == titled


def test_a_new_record_lacks_what_is_in_capitals_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "ferry.yaml"
    path.write_text(new_record("ferry"), "utf-8")
    _, faults = read_article(path)
    assert {fault.field for fault in faults} == {"article.title", "article.publisher"}
    begun = new_record("ferry", language="en", languages=["en"], publisher="times", published="2031-03-02")
    path.write_text(begun.replace("TITLE ", '{en: "No ferry"} '), "utf-8")
    record, faults = read_article(path)
    assert record
    assert not faults
    assert (record.article.publisher, record.article.published, record.article.language) == (
        "times",
        "2031-03-02",
        "en",
    )
    assert 'label: {en: "..."}' in begun


def test_nothing_that_a_new_record_is_given_changes_its_form() -> None:
    begun = new_record("ferry", publisher="times\n  evil: yes", published="[2031-03-01..2031-03-02]", language="\udcff")
    article: Any = yaml.compose(begun.replace('"\\udcff"', "en"))
    assert [key.value for key, _ in article.value[0][1].value] == ["id", "title", "publisher", "published", "language"]
    assert [value.value for _, value in article.value[0][1].value] == [
        "ferry",
        "TITLE",
        "times\n  evil: yes",
        "[2031-03-01..2031-03-02]",
        "en",
    ]


def test_the_examples_of_a_new_record_read_and_fill(tmp_path: Path) -> None:
    begun = new_record("ferry", publisher="times", published="2031-03-02").replace("TITLE ", '{en: "No ferry"} ')
    whole = re.sub(r"(?m)^# ?(?=(?:sources|events|claims|statements):$|  )", "", begun)
    path = tmp_path / "ferry.yaml"
    path.write_text(fill(whole.replace("first words ... last words", "The ... ferry"), FERRY), "utf-8")
    record, faults = read_article(path)
    assert not faults
    assert record
    assert record.article.text
    assert record.article.text.sha256 == TEXT.sha256
    assert record.statements["official-denies"].evidence == cite(TEXT, "The ... ferry")


@given(LETTERS, st.sampled_from(["'", '"', "|", ">-"]), st.booleans())
def test_law_a_filled_draft_proves_what_it_quoted(content: str, style: str, flow: bool) -> None:  # noqa: FBT001 - Hypothesis draws it
    text = text_of(content)
    line = max(text.paragraphs, key=len, default="")
    words = line.strip()
    draft = yaml.safe_dump(
        {"article": {"language": "en"}, "events": {"a": {"evidence": [{"quote": words}], "label": {"en": "قال"}}}},
        allow_unicode=True,
        default_style=style if style in "'\"" else None,
        default_flow_style=flow,
        sort_keys=False,
    )
    if style in ("|", ">-") and words.isalpha():
        draft = f"article:\n  language: en\nevents:\n  a:\n    evidence:\n    - quote: {style}\n        {words}\n"
    try:
        filled = fill(draft, text)
    except FaultyData as refused:
        told = {fault.code for fault in refused.faults}
        filled = ""
        assert told <= {"KH051", "KH009", "KH016"}
    if filled:
        block = yaml.safe_load(filled)["events"]["a"]["evidence"][0]
        place = (int(block["paragraph"]), int(block["start"]), int(block["end"]))
        assert text.passage(*place) == words
        assert digest(words) == block["sha256"]
        assert "quote" not in filled
