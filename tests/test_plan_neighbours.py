"""The plan says of articles that refer to one another what the careful path says, or nothing at all."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.assembly.careful import Careful, Line
from khabar.assembly.rejects import Rejected
from khabar.frame import Frame
from khabar.model import CorpusHeader, EntitiesFile
from khabar.plan import Plan
from linked_corpora import LINKS, STANCES, Link, corpora, corpus, name, passage
from neighbouring_articles import articles
from sound_articles import frame
from strategies import times

FRAMES = (frame(), frame("en", "ar"), frame("ar", base="https://example.org/other#"))
PLANS = tuple(Plan.of(one) for one in FRAMES)

seeds = st.integers(0, 2**32)
numbers = st.integers(0, len(FRAMES) - 1)


def lines_of(documents: list[Any], *, ascii_only: bool = False) -> list[bytes]:
    return [json.dumps(one, ensure_ascii=ascii_only).encode() for one in documents]


def agree(seen: Frame, plan: Plan, lines: list[bytes]) -> bool | None:
    """Tell whether the plan is sure of all lines: the careful path must then agree, byte for byte.

    None where the careful path rejects one.
    """
    planned = plan.together(lines)
    wanted = list(Careful(seen, {}).together([[Line(line, "lines", number) for number, line in enumerate(lines, 1)]]))
    if planned is None:
        return None if any(isinstance(one, Rejected) for one in wanted) else False
    found = list(planned)
    assert found == wanted
    for one in found:
        assert one.graph.count == one.graph.document.count(b"\n")
    return True


@times(4)
@given(seeds, numbers, st.booleans())
def test_what_refers_to_others_is_made_as_with_care(seed: int, number: int, ascii_only: bool) -> None:  # noqa: FBT001
    documents = articles(Random(seed))  # noqa: S311 - the same every time
    agree(FRAMES[number], PLANS[number], lines_of(documents, ascii_only=ascii_only))


@times(8)
@given(seeds, numbers)
def test_faults_are_never_planned(seed: int, number: int) -> None:
    agree(FRAMES[number], PLANS[number], lines_of(articles(Random(seed), wild=True)))  # noqa: S311 - the same every time


def test_nearly_all_that_is_sound_is_planned() -> None:
    found = Counter(
        agree(FRAMES[0], PLANS[0], lines_of(articles(Random(seed))))  # noqa: S311 - the same every time
        for seed in range(400)
    )
    assert found[True] > 200, found
    assert found[False] == 0, found
    assert found[None] > 20, found


def parted(documents: dict[str, Any]) -> tuple[Frame, list[bytes]]:
    """The frame of a corpus and the lines of its articles."""
    header = msgspec.convert(documents["corpus.yaml"], CorpusHeader)
    entities = msgspec.convert(documents["entities/all.yaml"], EntitiesFile).entities
    return Frame(header, entities), lines_of([one for path, one in documents.items() if path.startswith("articles/")])


def planned(documents: dict[str, Any]) -> bool | None:
    seen, lines = parted(documents)
    return agree(seen, Plan.of(seen), lines)


@times(2)
@given(corpora())
def test_any_reference_is_followed_or_left(documents: dict[str, Any]) -> None:
    planned(documents)


@pytest.mark.parametrize("kind", [kind for kind in LINKS if kind != "shared"])
def test_every_kind_of_reference_is_followed(kind: str) -> None:
    for stance in STANCES:
        assert planned(corpus(3, [Link(kind, 0, 2, stance), Link(kind, 2, 1)]))


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("kind", ["part_of", "entails", "responds_to", "member_of", "after", "before", "after-by"])
def test_circles_are_never_planned(kind: str, length: int) -> None:
    assert planned(corpus(3, [Link(kind, number, (number + 1) % length) for number in range(length)])) is None


# Two articles, and a reference from the second to the first


def said(**more: Any) -> Any:
    return {"source": "times", "evidence": passage(50)} | more


def silent(first: Any, _: Any) -> None:
    """The first says nothing."""
    first.update(claims={}, statements={})


def unmade(first: Any, _: Any) -> None:
    """No one in the first article makes its claim."""
    first["statements"] = {"s": said(event="e", stance="reports")}


def answered(first: Any, second: Any, *, when: str, field: str = "responds_to") -> None:
    first["statements"]["s"]["date"] = "2023-05-05"
    second["statements"]["s"] |= {"date": when}
    second["statements"]["x"] = said(date=when, **{field: f"{FIRST}.s"}, **({} if field == "relays" else MADE))


def dated(first: Any, second: Any, *, by: Any, field: str = "after") -> None:
    first["events"]["later"] = {"type": "Event", "label": {"en": "Later"}, "date": {"after": "e"}, **VOICE}
    second["article"]["published"] = "2023-09-30"
    second["events"]["e"]["date"] = {field: f"{FIRST}.later", **by}


def passed_on(first: Any, second: Any, *, links: int) -> None:
    for one, number in ((first, links), (second, links)):
        one["entities"]["wire"] = {"type": "Outlet", "name": {"en": "Wire"}}
        one["statements"]["s"]["via"] = ["wire", "times"] * (number // 2)
    second["statements"]["s"] = second["statements"]["s"] | {"relays": f"{FIRST}.s"}
    second["statements"]["s"].pop("claim")
    second["statements"]["x"] = said(claim="c", stance="asserts")


def through(first: Any, second: Any, *, where: str) -> None:
    """An outlet of the first article passes on what the second tells."""
    first["entities"]["wire"] = {"type": "Outlet", "name": {"en": "Wire"}}
    outlet = f"{FIRST}.wire"
    if where == "via":
        second["statements"]["s"]["via"] = [outlet]
    else:
        second["article"][where] = outlet


def around(first: Any, second: Any) -> None:
    """Each passes on what the other does."""
    for one, other in ((first, SECOND), (second, FIRST)):
        one["statements"]["x"] = said(relays=f"{other}.x", source="insider")


def refer(**more: Any) -> Any:
    def change(_: Any, second: Any) -> None:
        second["statements"]["x"] = said(**more)

    return change


FIRST, SECOND = name(0), name(1)
MADE = {"claim": "c", "stance": "asserts"}
VOICE = {"evidence": passage(70)}
CASES: Any = {
    "a claim that another article makes": (True, [unmade, refer(claim=f"{FIRST}.c", stance="denies")]),
    "a claim that no one makes": (None, [unmade, refer(claim="c", stance="denies", responds_to=f"{FIRST}.s")]),
    "an event that another article describes": (True, [silent, refer(event=f"{FIRST}.e", stance="denies")]),
    "an event of which no one speaks": (None, [silent, refer(claim="c", stance="denies")]),
    "an answer": (True, [partial(answered, when="2023-05")]),
    "an answer before the question": (None, [partial(answered, when="2023-04")]),
    "what is passed on": (True, [partial(answered, when="2023-05", field="relays")]),
    "what is passed on before it is said": (None, [partial(answered, when="2023-04", field="relays")]),
    "after": (True, [partial(dated, by={})]),
    "some time after": (True, [partial(dated, by={"by": "P3M"})]),
    "some time before": (True, [partial(dated, by={"by": "P3M"}, field="before")]),
    "a chain": (True, [partial(passed_on, links=44)]),
    "an endless chain": (None, [partial(passed_on, links=54)]),
    "what is passed on by another": (True, [refer(relays=f"{FIRST}.s")]),
    "what goes round": (None, [around]),
    "what one said oneself": (None, [refer(relays=f"{FIRST}.s", source=f"{FIRST}.insider")]),
    "no such claim": (None, [refer(claim=f"{FIRST}.d", stance="denies")]),
    "an event for a claim": (None, [refer(claim=f"{FIRST}.e", stance="denies")]),
    "no such article": (None, [refer(claim=f"{FIRST}x.c", stance="denies")]),
    "an article for what is in it": (None, [refer(claim=FIRST, stance="denies")]),
    "oneself in full": (True, [refer(claim=f"{SECOND}.c", stance="denies", responds_to=f"{FIRST}.s")]),
    "an event of one's own in full": (True, [refer(event=f"{SECOND}.e", stance="denies", responds_to=f"{FIRST}.s")]),
    "an outlet far away": (False, [partial(through, where="via")]),
    "a publisher far away": (False, [partial(through, where="publisher")]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_hangs_on_several_articles(case: str) -> None:
    expected, changes = CASES[case]
    documents = corpus(2, [])
    for change in changes:
        change(documents["articles/0.yaml"], documents["articles/1.yaml"])
    assert planned(documents) is expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b'"article":', b'"events": {}, "article":', None),
        (b'.c"', b'\\u002ec"', True),
        (b'"language":', b'"note": null, "language":', True),
        (b'"language":', b'"republished_by": [], "language":', None),
        (b'"entities":', b'"note": {}, "entities":', None),
        (b"Article 1", b"Article\xff", None),
    ],
)
def test_lines_are_looked_at_as_those_of_articles_that_stand_alone(old: bytes, new: bytes, expected: object) -> None:
    seen, (first, second) = parted(corpus(2, [Link("claim", 1, 0)]))
    assert old in second
    assert agree(seen, Plan.of(seen), [first, second.replace(old, new, 1)]) is expected


def test_two_of_one_id_are_not_planned() -> None:
    seen, (first, _) = parted(corpus(2, []))
    assert Plan.of(seen).together([first, first]) is None


def test_one_record_with_a_fault_leaves_its_component_alone_to_care() -> None:
    seen, lines = parted(corpus(4, [Link("claim", 1, 0), Link("claim", 3, 2)]))
    told = [Line(line, "lines", number) for number, line in enumerate(lines, 1)]
    spoilt = told[3]._replace(data=told[3].data.replace(b"2023-06-30", b"2023-06-31"))
    components = [told[:2], [told[2], spoilt]]
    careful, planning = Careful(seen, {}), Careful(seen, {}, Plan.of(seen))
    found = list(planning.together(components))
    assert found == list(careful.together(components))
    assert [isinstance(one, Rejected) for one in found] == [False, False, False, True]
