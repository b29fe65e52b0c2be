"""Names and descriptions compared: the laws, the cases, and the labelled set with its precision and recall."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import labelled_matches
import matching_figures
from khabar.matching import Description, Related, keys, likeness, plain, rank
from khabar.matching.evidence import evidence

NAMES = st.text(st.sampled_from("abhkmqstzAB'’- ابتةهـىيكأإءَع,."), max_size=12) | st.text(max_size=8)

# Two spellings of one name.
VARIANTS = [
    ("Khalifa Haftar", "Khalifa Hifter"),
    ("Khalifa Haftar", "خليفة حفتر"),
    ("Misrata", "Misurata"),
    ("Misrata", "Miṣrātah"),
    ("مصراتة", "مصراته"),
    ("مصراتة", "مـصراتة"),
    ("مُصراتة", "مصراتة"),
    ("أحمد", "احمد"),
    ("موسى", "موسي"),
    ("الوطية", "وطية"),
    ("یکم", "يكم"),
    ("Muammar Gaddafi", "Moammar al-Qadhafi"),
    ("معمر القذافي", "Muammar Gaddafi"),
    ("Abdul Hamid Dbeibah", "عبد الحميد الدبيبة"),
    ("Abdul Rahman", "Abd al-Rahman"),
    ("Abdulrahman", "عبد الرحمن"),
    ("Yunus-bek Yevkurov", "Yunusbek Evkurov"),
    ("يونس بك يفكوروف", "Yunus-bek Yevkurov"),
    ("Vladimir Putin", "فلاديمير بوتين"),
    ("Langley, Michael", "Michael Langley"),
    ("General Michael Langley", "Michael Langley"),
    ("المشير خليفة حفتر", "خليفة حفتر"),
    ("M. Langley", "Michael Langley"),
    ("Richard Norland", "ريتشارد نورلاند"),
    ("Fathi Bashagha", "فتحي باشاغا"),
    ("Mohammed", "Muhammad"),
    ("Tobruk", "Tubruq"),
    ("Tobruk", "طبرق"),
]

# Names of different things, which are not to be taken for one.
OTHERS = [
    ("Tripoli", "طرابلس"),  # another name of the town in another language: only a label tells
    ("Libya", "Lebanon"),
    ("حسن", "حسين"),
    ("عمر", "عمار"),
    ("جابر", "جبر"),
    ("Misrata", "Misrata District"),
    ("Tobruk", "Port of Tobruk"),
    ("Bloomberg News", "Bloomberg L.P."),
    ("North Korea", "South Korea"),
    ("Putin", "Vladimir Putin"),
    ("Smith", "Jones"),
]


@pytest.mark.parametrize(("name", "other"), VARIANTS)
def test_spellings_of_one_name_are_alike(name: str, other: str) -> None:
    assert likeness(name, other).score >= 0.87
    assert keys(name) & keys(other) or "." in name


@pytest.mark.parametrize(("name", "other"), OTHERS)
def test_other_names_are_not(name: str, other: str) -> None:
    assert likeness(name, other).score < 0.87


@given(NAMES, NAMES)
def test_likeness_is_symmetric_and_bounded(name: str, other: str) -> None:
    found = likeness(name, other)
    assert found == likeness(other, name)
    assert 0.0 <= found.score <= 1.0


@given(NAMES)
def test_a_name_is_like_itself(name: str) -> None:
    assert likeness(name, name).score == 1.0


@given(NAMES)
def test_the_plain_spelling_is_one(name: str) -> None:
    assert plain(plain(name)) == plain(name)
    assert plain(unicodedata.normalize("NFD", name)) == plain(name)


PLACE = frozenset({"Place"})
LIBYA = Related(frozenset({"Q1016"}), ("Libya", "ليبيا"))
GREECE = Related(frozenset({"Q41"}), ("Greece", "اليونان"))
TRIPOLI = (("en", "Tripoli"), ("ar", "طرابلس"))
MEANT = Description(names=TRIPOLI, kinds=PLACE, point=(32.8752, 13.1875), within=(LIBYA,), countries=(LIBYA,))
IN_LIBYA = Description(names=TRIPOLI, kinds=PLACE, point=(32.88, 13.19), countries=(LIBYA,))
IN_GREECE = Description(names=TRIPOLI, kinds=PLACE, point=(37.51, 22.37), countries=(GREECE,))


def probability(meant: Description, *candidates: Description) -> float:
    return max((one.probability for one in rank(meant, candidates)), default=0.0)


def test_homonyms_are_told_apart_by_where_they_lie() -> None:
    ranked = rank(MEANT, [IN_GREECE, IN_LIBYA])
    assert ranked[0].number == 1
    assert ranked[0].probability > 0.99
    assert ranked[1].probability < 0.01


def test_a_name_that_two_share_decides_nothing() -> None:
    assert probability(Description(names=TRIPOLI, kinds=PLACE), IN_GREECE, IN_LIBYA) < 0.5


def test_a_name_alone_is_not_enough() -> None:
    assert probability(Description(names=TRIPOLI, kinds=PLACE), IN_GREECE) < 0.95


def test_a_ministry_is_that_of_its_state() -> None:
    ports = (("en", "Ministry of Ports"), ("ar", "وزارة الموانئ"))
    kinds = frozenset({"Organisation"})
    meant = Description(names=ports, kinds=kinds, affiliations=(LIBYA,))
    ranked = rank(meant, [Description(names=ports, kinds=kinds, countries=(state,)) for state in (GREECE, LIBYA)])
    assert ranked[0].number == 1
    assert ranked[0].probability > 0.9


def test_an_office_in_another_language_is_no_other_office() -> None:
    names = (("ar", "فايز السراج"),)
    meant = Description(names=names, kinds=frozenset({"Person"}), offices=("رئيس المجلس الرئاسي",))
    for office, features in (("Chairman", {"name", "type"}), ("شاعر", {"name", "type", "office"})):
        found = evidence(meant, Description(names=names, kinds=frozenset({"Person"}), offices=(office,)))
        assert {reason.feature for reason in found} == features


def test_another_type_outweighs_a_name() -> None:
    film = Description(names=TRIPOLI, kinds=frozenset({"Outlet"}))
    assert probability(Description(names=TRIPOLI, kinds=PLACE), film) < 0.01


def test_a_page_that_is_about_nothing_is_no_candidate() -> None:
    page = Description(names=TRIPOLI, kinds=frozenset(), excluded="a Wikimedia disambiguation page")
    assert probability(MEANT, page) < 0.001


def test_a_label_for_all_languages_counts_as_one() -> None:
    shared = Description(names=(("mul", "Tripoli"),), kinds=PLACE, point=(32.88, 13.19))
    assert probability(MEANT, shared) > 0.95


def test_every_reason_is_told_with_its_weight() -> None:
    reasons = {reason.feature: reason for reason in evidence(MEANT, IN_LIBYA)}
    assert reasons["coordinates"].words == "less than 1 km apart"
    assert reasons["place"].words == "both within Libya"
    assert all(reason.weight > 0 for reason in reasons.values())
    assert sum(reason.weight for reason in evidence(MEANT, IN_LIBYA)) == pytest.approx(
        rank(MEANT, [IN_LIBYA])[0].weight, abs=0.01
    )


@given(st.lists(st.sampled_from([IN_LIBYA, IN_GREECE, Description(names=(("en", "x"),))]), max_size=5))
def test_probabilities_leave_room_for_none(candidates: list[Description]) -> None:
    assert 0.0 <= sum(one.probability for one in rank(MEANT, candidates)) <= 1.001


# The labelled set.


@pytest.mark.parametrize("made", ["drawn", "by hand"])
def test_the_labelled_sets_are_large_and_of_many_kinds(made: str) -> None:
    cases = [case for case in labelled_matches.cases() if case.made == made]
    assert len(cases) >= 400
    assert len({case.id for case in cases}) == len(cases)
    assert {case.kind for case in cases if case.part == "held-out"} == {case.kind for case in cases}
    assert sum(case.right is None for case in cases) >= 100


@pytest.mark.parametrize("part", ["tuning", "held-out"])
def test_nothing_wrong_is_accepted_of_what_was_labelled_by_hand(part: str) -> None:
    found = labelled_matches.outcomes(matching_figures.THRESHOLD, part, "by hand")
    assert labelled_matches.precision_and_recall(found)[0] >= 0.99, [one.case.id for one in found if one.is_wrong]
    wanted = [one for one in found if one.case.right is not None]
    assert sum(one.is_first for one in wanted) / len(wanted) >= 0.95


@pytest.mark.parametrize("part", ["tuning", "held-out"])
def test_precision_and_recall_hold(part: str) -> None:
    found = labelled_matches.outcomes(matching_figures.THRESHOLD, part)
    precision, recall = labelled_matches.precision_and_recall(found)
    assert precision >= 0.99, [one.case.id for one in found if one.is_wrong]
    assert recall >= 0.85, [one.case.id for one in found if one.is_missed]


@pytest.mark.parametrize("kind", ["name-only", "none"])
def test_what_shares_a_name_only_is_never_linked(kind: str) -> None:
    found = [one for one in labelled_matches.outcomes(matching_figures.THRESHOLD) if one.case.kind == kind]
    assert [one.case.id for one in found if one.accepted is not None] == []


def test_the_page_of_figures_is_current() -> None:
    text = (Path(__file__).parents[1] / "docs" / "matching.md").read_text(encoding="utf-8")
    assert text == matching_figures.page(), "run: make matching"
