"""What the answers must say of the records, told apart from how they are written down."""

from __future__ import annotations

from answers import Question, by_oxigraph

KHB = "https://w3id.org/khabar/ns#"
ARTICLE = "rt-arabic-2023-11-07"


def _rows(corpus: str, query: str, *columns: str, **params: str) -> list[tuple[str, ...]]:
    answer = by_oxigraph(Question(corpus, query, "", tuple(params.items())))
    short = [{name: _short(text) for name, text in row.items()} for row in answer.texts()]
    return [tuple(row.get(column, "") for column in columns) for row in short]


def _short(text: str) -> str:
    return text.rpartition("/")[2].rpartition("#")[2].removeprefix(f"{ARTICLE}.") if text.startswith("http") else text


def _of_claims(corpus: str, contested: str) -> set[str]:
    rows = _rows(corpus, "only-alleged", "claim", "contested")
    return {claim for claim, found in rows if found == contested}


def test_the_denials_of_a_base_contest_the_hosting_and_the_naval_base() -> None:
    rows = _rows("libya", "put-forward-and-denied", "claim", "deniedBy", "how")
    through = "through what it entails"
    assert set(rows) == {
        ("hosting-in-return", "libyan-national-army", through),
        ("hosting-in-return", "military-source", through),
        ("naval-base-possible", "army-official", through),
        ("naval-base-possible", "libyan-national-army", through),
        ("naval-base-possible", "military-source", through),
    }


def test_no_one_denies_the_docking_rights_nor_what_haftar_is_said_to_want() -> None:
    alleged = {
        claim for claim, contested in _rows("libya", "only-alleged", "claim", "contested") if contested == "false"
    }
    assert alleged == {
        "air-defence-wanted", "deal-sought", "docking-at-tobruk", "docking-rights-possible", "training-wanted",
    }  # fmt: skip


def test_only_alleged_and_uncontested_is_what_the_standing_policy_derives() -> None:
    for corpus in ("libya", "eastport"):
        derived = {
            thing
            for thing, kind in _rows(corpus, "standing", "thing", "kind", standing="only-alleged")
            if kind == "claim"
        }
        asked = {
            claim for claim, contested in _rows(corpus, "only-alleged", "claim", "contested") if contested == "false"
        }
        assert asked == derived


def test_what_is_contested_is_never_only_alleged() -> None:
    for corpus in ("libya", "eastport"):
        contested = {thing for (thing,) in _rows(corpus, "standing", "thing", standing="contested")}
        asked = {
            claim for claim, contested in _rows(corpus, "only-alleged", "claim", "contested") if contested == "true"
        }
        assert asked <= contested


def test_each_denial_came_through_asharq_al_awsat_first() -> None:
    rows = _rows("libya", "denials", "denial", "hop", "outlet")
    assert {outlet for _, hop, outlet in rows if hop == "1"} == {"asharq-al-awsat"}
    assert {outlet for _, hop, outlet in rows if hop == "2"} == {"rt-arabic"}
    assert len({denial for denial, _, _ in rows}) == 4


def test_a_base_for_training_and_air_defence() -> None:
    rows = _rows("libya", "deal-terms", "provision", "provider", "recipient", "inExchangeFor")
    assert ("hosting", "haftar", "russia", "air-defence") in rows
    assert ("hosting", "haftar", "russia", "training") in rows
    assert not any(provision == "turkish-backing" for provision, *_ in rows)


def test_the_terms_are_alleged_and_the_facilities_only_denied() -> None:
    rows = _rows("libya", "deal-terms", "deal", "provision", "source", "stance")
    assert set(rows) == {
        ("defence-deal", "air-defence", "bloomberg-sources", "alleges"),
        ("defence-deal", "training", "bloomberg-sources", "alleges"),
        ("defence-deal", "hosting", "bloomberg-sources", "alleges"),
        ("defence-deal", "docking-rights", "bloomberg", "reports"),
        ("cooperation-agreements", "base-facilities", "military-source", "denies"),
    }


def test_who_would_grant_what_to_russia_and_what_is_not_said() -> None:
    rows = _rows("libya", "access-claims", "event", "provider", "recipient", "place")
    assert set(rows) == {
        ("base-facilities", "libyan-national-army", "russia", ""),
        ("base-in-east", "libyan-national-army", "russia", "eastern-libya"),
        ("base-in-libya", "haftar", "russia", "libya"),
        ("docking-rights", "", "russia", "port-of-tobruk"),
        ("hosting", "haftar", "russia", "wagner-held-bases"),
        ("naval-base", "", "russia", "eastern-coast"),
    }


def test_unnamed_are_the_military_source_bloombergs_sources_and_the_libyan_media() -> None:
    rows = _rows("libya", "unnamed-sources-alone", "source", "relation", "party")
    assert set(rows) == {
        ("military-source", "affiliatedWith", "haftar"),
        ("bloomberg-sources", "", ""),
        ("libyan-media", "", ""),
    }


def test_a_denial_is_no_report_of_a_claim() -> None:
    reported = {claim for (claim,) in _rows("libya", "earliest-report", "claim")}
    assert not reported & {"base-in-east-planned", "base-in-libya-planned", "bases-facilitated", "occupier-called-in"}
    assert {"hosting-in-return", "naval-base-possible", "deal-sought"} <= reported


def test_a_claim_of_one_language_is_told() -> None:
    rows = _rows("eastport", "coverage-by-language", "claim", "language", "onlyLanguage")
    assert ("quay-talks.deal-sought", "en", "true") in rows
    assert ("quay-talks.deal-terms", "ar", "false") in rows
    assert ("quay-talks.deal-terms", "en", "false") in rows


def test_the_labels_of_the_real_article_are_all_in_arabic() -> None:
    for query in ("who-says-what", "deal-terms", "access-claims", "forces-present", "meetings-attendance", "timeline"):
        answer = by_oxigraph(Question("libya", query, "", (("lang", "ar"),)))
        for column in (name for name in answer.columns if name.endswith("Label")):
            assert {getattr(term, "language", "ar") for term in answer.column(column) if term is not None} <= {"ar"}


def test_six_forces_by_the_military_source_and_wagner_by_bloombergs_sources() -> None:
    rows = _rows("libya", "forces-present", "force", "place", "source")
    assert len(rows) == 7
    assert [row for row in rows if row[2] != "military-source"] == [
        ("wagner", f"{ARTICLE}.wagner-held-bases".removeprefix(f"{ARTICLE}."), "bloomberg-sources")
    ]


def test_a_window_tells_certain_from_possible() -> None:
    rows = _rows("libya", "events-in-window", "event", "match", **{"from": "2023-09-20", "to": "2023-09-30"})
    assert set(rows) == {
        ("haftar-putin-meeting", "certainly"),
        ("haftar-moscow-visit", "possibly"),
        ("haftar-us-meeting", "possibly"),
    }


def test_tobruk_rests_on_a_probable_statement() -> None:
    rows = _rows("libya", "uncertain-details", "event", "detail", "value", "certainty", "source")
    assert rows == [("docking-rights", "place", "port-of-tobruk", "probable", "bloomberg")]


def test_an_outlet_that_passes_a_report_on_is_no_second_origin() -> None:
    # RT Arabic takes the talks in Moscow for granted and passes Bloomberg's report of them on.
    claim = f"{ARTICLE}.haftar-putin-meeting.described"
    assert _rows("libya", "independent-origins", "origins", "statements", claim=claim) == [("1", "2")]


def test_one_dispatch_in_three_articles_is_one_origin() -> None:
    rows = {row[0]: row[1] for row in _rows("eastport", "independent-origins", "claim", "origins")}
    assert rows["quay-talks.deal-terms"] == "1"
    assert rows["quay-talks.deal-sought"] == "3"
    assert rows["gazette-visit.naval-base"] == "1"


def test_two_outlets_that_cite_each_other_are_a_circle() -> None:
    rows = _rows("eastport", "circular-reporting", "claim", "origin", "circle")
    assert set(rows) == {
        ("gazette-visit.naval-base", "radio-sahil", "true"),
        ("mawj-denial.depot-rising", "mawj-denial.dock-worker", "true"),
        ("quay-talks.deal-terms", "quay-talks.wire-officials", "false"),
    }


def test_a_chain_is_counted_link_by_link_where_it_forks() -> None:
    rows = _rows("eastport", "chain-of-transmission", "step", "source", claim="mawj-denial.depot-rising")
    first = [(int(step), source) for step, source in rows if source]
    assert (3, "al-mawj") in first
    assert (2, "radio-sahil") in first
    assert (2, "veldria-gazette") in first


def test_the_envoy_alleges_insists_and_retracts() -> None:
    rows = _rows("eastport", "stance-over-time", "latest", "stance", "changed", source="ines-morrow")
    assert rows == [
        ("2031-03-02", "alleges", "true"),
        ("2031-03-12", "asserts", "true"),
        ("2031-04-04", "retracts", "true"),
    ]


def test_accounts_of_one_visit_differ_in_day_and_town() -> None:
    rows = _rows("eastport", "detail-disagreements", "detail", "one", "two", "compatible")
    assert ("date", "gazette-visit.veskin-visit", "quay-talks.halloun-veskin", "false") in rows
    assert ("place", "gazette-visit.veskin-visit", "quay-talks.halloun-veskin", "false") in rows
    assert ("participant", "minister-confirms.meeting-with-mayor", "quay-talks.halloun-veskin", "true") in rows


def test_labels_are_in_the_wanted_language_and_fall_back() -> None:
    arabic = by_oxigraph(Question("eastport", "deal-terms", "", (("lang", "AR"),)))
    french = by_oxigraph(Question("eastport", "deal-terms", "", (("lang", "fr"),)))
    for answer in (arabic, french):
        for term in answer.column("provisionLabel"):
            assert getattr(term, "language", "") == "ar"
