"""Citing passages of invented texts."""

from __future__ import annotations

import pytest
from hypothesis import given

from ferry_text import FERRY, LETTERS, TEXT
from khabar.drafts import QuotationRefused, cite
from khabar.passages import digest, text_of


def cited(quotation: str, paragraph: int | None = None) -> str:
    found = cite(FERRY, quotation, paragraph)
    words = TEXT.passage(found.paragraph, found.start, found.end)
    assert found.sha256 == digest(words)
    return f"{found.paragraph}: {words}"


@pytest.mark.parametrize(
    ("quotation", "passage"),
    [
        ("The port", "2: The port"),
        ("The ... ferry", "2: The port said no to the ferry"),
        ("The…ferry", "2: The port said no to the ferry"),
        ("  The\tport \n said ", "2: The port said"),
        ("said ... to ... ferry", "2: said no to the ferry"),
        ("port said ... no again", "2: port said no to the ferry, and no again"),
        ("قال ... تعود.", "3: قال المسؤول إن «العبّارة» لن تأتي... ولن تعود."),
        # The text has the dots there itself.
        ("تأتي... ولن", "3: تأتي... ولن"),
        ("no to", "2: no to"),
        # Parts can meet, and those in the middle count.
        ("The po ... rt said no", "2: The port said no"),
        ("said ... no ... ferry", "2: said no to the ferry"),
    ],
)
def test_a_passage_is_found_by_its_words(quotation: str, passage: str) -> None:
    assert cited(quotation) == passage


def test_a_quotation_is_normalised_like_the_text() -> None:
    decomposed = "\u0627\u0653"
    assert cite("\u0622 a", decomposed) == cite(f"{decomposed} a", "\u0622") == text_of("\u0622 a").evidence(1, 0, 1)


def test_the_paragraph_tells_two_places_apart() -> None:
    assert cited("Port says no", 1) == "1: Port says no"
    assert cited("Port says no", 4) == "4: Port says no"


@pytest.mark.parametrize(
    ("quotation", "paragraph", "sentence"),
    [
        ("", None, "expected words of the text, found 0 characters (quote a passage, or its first and last words)"),
        ("...", None, "expected words of the text, found 3 characters (quote a passage, or its first and last words)"),
        (
            "a" * 20_001,
            None,
            "expected words of the text, found 20001 characters (quote a passage, or its first and last words)",
        ),
        (
            "... ferry",
            None,
            "expected words on both sides of the dots, found '... ferry' (give the first and the last words)",
        ),
        (
            "The port ...",
            None,
            "expected words on both sides of the dots, found 'The port ...' (give the first and the last words)",
        ),
        (
            "Port says no",
            None,
            (
                "expected a quotation that fits one place, found 'Port says no' in paragraph 1 from 0 to 12, "
                "paragraph 4 from 0 to 12 (give more of its first and last words, or its paragraph)"
            ),
        ),
        (
            "no",
            2,
            (
                "expected a quotation that fits one place, found 'no' in paragraph 2 from 14 to 16, "
                "paragraph 2 from 35 to 37 (give more of its first and last words)"
            ),
        ),
        (
            "The ... no",
            None,
            (
                "expected a quotation that fits one place, found 'The ... no' in paragraph 2 from 0 to 16, "
                "paragraph 2 from 0 to 37 (give more of its first and last words)"
            ),
        ),
        (
            "o",
            None,
            (
                "expected a quotation that fits one place, found 'o' in paragraph 1 from 1 to 2, paragraph 1 "
                "from 11 to 12, paragraph 2 from 5 to 6 and more (give more of its first and "
                "last words, or its paragraph)"
            ),
        ),
        (
            "The port",
            1,
            "expected a passage of paragraph 1, found 'The port' (correct the paragraph, or leave it out)",
        ),
        (
            "the port said",
            None,
            (
                "expected a passage of the text, found 'the port said' (paragraph 2 has 'The port said', which "
                "differs in marks or signs)"
            ),
        ),
        (
            'المسؤول إن "العبارة" لن',
            None,
            (
                "expected a passage of the text, found 'المسؤول إن \"العبارة\" لن' (paragraph 3 has "
                "'المسؤول إن «العبّارة» لن', which differs in marks or signs)"
            ),
        ),
        (
            "ferry ... المسؤول",
            None,
            (
                "expected a passage of the text, found 'ferry ... المسؤول' (its parts stand in paragraph "
                "2, 3, in another order or apart; a passage lies in one paragraph)"
            ),
        ),
        (
            "ferry ... port said",
            None,
            (
                "expected a passage of the text, found 'ferry ... port said' (its parts stand in paragraph 2, "
                "in another order or apart; a passage lies in one paragraph)"
            ),
        ),
        (
            "nothing ... قال المسؤول بأن",
            None,
            (
                "expected a passage of the text, found 'nothing ... قال المسؤول بأن' (the nearest is paragraph 3: "
                "'قال المسؤول إن «العبّارة»'; a passage lies in one paragraph)"
            ),
        ),
        (
            "The port says",
            None,
            (
                "expected a passage of the text, found 'The port says' (the nearest is paragraph 2: "
                "'The port said no to the'; a passage lies in one paragraph)"
            ),
        ),
        (
            "The ... and ... to ... again",
            None,
            (
                "expected a passage of the text, found 'The ... and ... to ... again' (its parts stand in paragraph 2, "
                "in another order or apart; a passage lies in one paragraph)"
            ),
        ),
        (
            "port said no to the harbour, and no to the harbour once again",
            None,
            (
                "expected a passage of the text, found 'port said no to the harbour, and no to the harbour once aga…' "
                "(the nearest is paragraph 2: 'The port said no to the ferry, and no again.'; a passage lies in one "
                "paragraph)"
            ),
        ),
        (
            "harbour",
            None,
            "expected a passage of the text, found 'harbour' (check that it is the text of this article)",
        ),
    ],
)
def test_what_is_not_one_passage_is_refused(quotation: str, paragraph: int | None, sentence: str) -> None:
    with pytest.raises(QuotationRefused) as refused:
        cite(TEXT, quotation, paragraph)
    assert refused.value.code == "KH051"
    assert str(refused.value) == f"quotation: {sentence}"


def test_nothing_is_found_in_an_empty_text() -> None:
    with pytest.raises(QuotationRefused, match="check that it is the text of this article"):
        cite("", "The port")


@given(LETTERS, LETTERS)
def test_law_a_quotation_is_a_passage_or_refused(content: str, quotation: str) -> None:
    text = text_of(content)
    try:
        found = cite(text, quotation)
    except QuotationRefused as refused:
        found = None
        sentence = str(refused)
        assert sentence
    if found:
        assert found == text.evidence(found.paragraph, found.start, found.end)
