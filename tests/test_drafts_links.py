"""Links are written into records in place: what they hold changes as asked, and not a byte beside."""

from __future__ import annotations

import difflib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from khabar.drafts.links import LinkChange, change_links
from khabar.errors import FaultyData

ROOT = Path(__file__).parents[1]
ENTITY_FILES = sorted(
    path
    for folder in (ROOT / "corpus", ROOT / "example", ROOT / "tests" / "corpora" / "eastport")
    for path in (folder / "entities").glob("*.yaml")
)
NEW = "Q999000001"
IRI = "https://example.org/a#b,c"


def loaded(text: str) -> Any:
    return YAML(typ="rt", pure=True).load(io.StringIO(text, newline=""))


def add(slug: str, value: str = "Q649", field: str = "exact_match") -> LinkChange:
    return LinkChange(("entities", slug), field, None, value)


def take(slug: str, value: str = "Q649", field: str = "exact_match") -> LinkChange:
    return LinkChange(("entities", slug), field, value, None)


def swap(slug: str, old: str, new: str) -> LinkChange:
    return LinkChange(("entities", slug), "exact_match", old, new)


@pytest.mark.parametrize("path", ENTITY_FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_every_unlinked_entity_of_the_corpora_takes_a_link_and_loses_it_again(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    entities = loaded(text)["entities"]
    slugs = [slug for slug, entity in entities.items() if "exact_match" not in entity]
    for slug in slugs:
        check_lines(text, change_links(text, [add(slug, NEW)]), 1)
    linked = change_links(text, [add(slug, NEW) for slug in slugs])
    assert [slug for slug, entity in loaded(linked)["entities"].items() if entity.get("exact_match") == NEW] == slugs
    assert change_links(linked, [add(slug, NEW) for slug in slugs]) == linked
    assert change_links(linked, [take(slug, NEW) for slug in slugs]) == text


def check_lines(before: str, after: str, changed: int) -> None:
    """All lines but ``changed`` of them are the same, in the same order."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    same = sum(block.size for block in difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks())
    assert same >= len(old) - changed
    assert len(new) - len(old) <= changed


CASES = {
    "after the last pair and before the comment of what follows": (
        "entities:\n  a:\n    type: Place\n    name: {en: A} # its name\n\n  # of b\n  b: {type: Place}\n",
        [add("a")],
        (
            "entities:\n  a:\n    type: Place\n    name: {en: A} # its name\n    exact_match: Q649\n\n  # of b\n"
            "  b: {type: Place}\n"
        ),
    ),
    "into a flow map": (
        "entities:\n  a: {type: Place, name: {en: A}} # c\n",
        [add("a")],
        "entities:\n  a: {type: Place, name: {en: A}, exact_match: Q649} # c\n",
    ),
    "into a flow map with a comma at its end": (
        "entities:\n  a: {type: Place, name: {en: A},}\n",
        [add("a")],
        "entities:\n  a: {type: Place, name: {en: A}, exact_match: Q649,}\n",
    ),
    "into a flow map over several lines, with comments": (
        "entities:\n  a: {\n    type: Place, # one, two\n    name: {en: A} # three, four\n    }\n",
        [add("a")],
        "entities:\n  a: {\n    type: Place, # one, two\n    name: {en: A}, exact_match: Q649 # three, four\n    }\n",
    ),
    "behind a nested block map": (
        "entities:\n  a:\n    type: Place\n    name:\n      en: A\n      ar: أ\n  b: {type: Place}\n",
        [add("a")],
        (
            "entities:\n  a:\n    type: Place\n    name:\n      en: A\n      ar: أ\n"
            "    exact_match: Q649\n  b: {type: Place}\n"
        ),
    ),
    "before a block scalar, whose end nobody sees": (
        "entities:\n  a:\n    type: Place\n    note:\n      en: |+\n        words\n\n\n  b: {type: Place}\n",
        [add("a")],
        (
            "entities:\n  a:\n    type: Place\n    exact_match: Q649\n    note:\n      en: |+\n        words\n\n\n"
            "  b: {type: Place}\n"
        ),
    ),
    "as the last line, which has no end": (
        "entities:\n  a:\n    type: Place",
        [add("a")],
        "entities:\n  a:\n    type: Place\n    exact_match: Q649",
    ),
    "with the line ends of the file": (
        "entities:\r\n  a:\r\n    type: Place\r\n",
        [add("a")],
        "entities:\r\n  a:\r\n    type: Place\r\n    exact_match: Q649\r\n",
    ),
    "behind a byte order mark": (
        "\ufeffentities:\n  a: {type: Place}\n",
        [add("a")],
        "\ufeffentities:\n  a: {type: Place, exact_match: Q649}\n",
    ),
    "beside a first link": (
        "entities:\n  a:\n    exact_match: Q38 # of old\n    type: Place\n",
        [add("a")],
        "entities:\n  a:\n    exact_match: [Q38, Q649] # of old\n    type: Place\n",
    ),
    "beside a first link that is an IRI": (
        f"entities:\n  a:\n    exact_match: {IRI}\n    type: Place\n",
        [add("a")],
        f'entities:\n  a:\n    exact_match: ["{IRI}", Q649]\n    type: Place\n',
    ),
    "to a flow list": (
        "entities:\n  a:\n    exact_match: [ Q38, Q41 ]\n",
        [add("a")],
        "entities:\n  a:\n    exact_match: [ Q38, Q41, Q649 ]\n",
    ),
    "to a block list": (
        "entities:\n  a:\n    exact_match:\n    -  Q38 # c\n    type: Place\n",
        [add("a")],
        "entities:\n  a:\n    exact_match:\n    -  Q38 # c\n    -  Q649\n    type: Place\n",
    ),
    "an IRI in block style": (
        "entities:\n  a:\n    type: Place\n",
        [add("a", "https://example.org/a")],
        "entities:\n  a:\n    type: Place\n    exact_match: https://example.org/a\n",
    ),
    "an IRI that YAML would misread": (
        "entities:\n  a: {type: Place}\n",
        [add("a", IRI)],
        f'entities:\n  a: {{type: Place, exact_match: "{IRI}"}}\n',
    ),
    "a replaced link in its quotes": (
        'entities:\n  a: {exact_match: "Q38", type: Place}\n',
        [swap("a", "Q38", "Q649")],
        'entities:\n  a: {exact_match: "Q649", type: Place}\n',
    ),
    "one of two replaced": (
        "entities:\n  a: {exact_match: [Q38, Q41], type: Place}\n",
        [swap("a", "Q38", "Q649")],
        "entities:\n  a: {exact_match: [Q649, Q41], type: Place}\n",
    ),
    "the first of a flow map taken out": (
        "entities:\n  a: {exact_match: Q649, type: Place}\n",
        [take("a")],
        "entities:\n  a: {type: Place}\n",
    ),
    "one of two taken out": (
        "entities:\n  a: {exact_match: [Q649, Q41], type: Place}\n",
        [take("a")],
        "entities:\n  a: {exact_match: [Q41], type: Place}\n",
    ),
    "the last of a block list taken out with its key": (
        "entities:\n  a:\n    exact_match:\n      - Q649\n    type: Place\n",
        [take("a")],
        "entities:\n  a:\n    type: Place\n",
    ),
    "what is not there, not taken out": (
        "entities:\n  a: {exact_match: Q38}\n",
        [take("a")],
        "entities:\n  a: {exact_match: Q38}\n",
    ),
    "what is there, not added": (
        "entities:\n  a: {exact_match: [Q649]}\n",
        [add("a")],
        "entities:\n  a: {exact_match: [Q649]}\n",
    ),
    "two fields of one entity, and another": (
        "entities:\n  a: {type: Place}\n  b:\n    type: Place\n",
        [add("a"), add("a", "Q38", "close_match"), add("b")],
        (
            "entities:\n  a: {type: Place, exact_match: Q649, close_match: Q38}\n"
            "  b:\n    type: Place\n    exact_match: Q649\n"
        ),
    ),
    "a link of an event": (
        "events:\n  visit:\n    type: Visit\n    label: {en: V}\n",
        [LinkChange(("events", "visit"), "close_match", None, "Q649")],
        "events:\n  visit:\n    type: Visit\n    label: {en: V}\n    close_match: Q649\n",
    ),
}


@pytest.mark.parametrize(("before", "changes", "after"), CASES.values(), ids=CASES)
def test_a_link_is_written(before: str, changes: list[LinkChange], after: str) -> None:
    assert change_links(before, changes) == after


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("entities:\n  a: {type: Place}\n", ("entities", "b")),
        ("entities: {}\n", ("entities", "a")),
        ("{}\n", ("events", "a")),
    ],
)
def test_what_is_not_there_takes_no_link(text: str, keys: tuple[str, str]) -> None:
    with pytest.raises(FaultyData) as raised:
        change_links(text, [LinkChange(keys, "exact_match", None, "Q649")], "people.yaml")
    assert [(fault.path, fault.code) for fault in raised.value.faults] == [("people.yaml", "KH021")]


def test_a_record_with_faults_is_not_touched() -> None:
    with pytest.raises(FaultyData) as raised:
        change_links("entities:\n  a: {type: Place, type: Place}\n", [add("a")], "people.yaml")
    assert [fault.code for fault in raised.value.faults] == ["KH005"]


# Records in many hands: block and flow, indented by any width, with comments, empty lines and either line end.

WORDS = st.sampled_from(["A", "ب", "a b", "it's", 'say "no"', "x: y", "# no comment", "[a, b]", "NO", "12:30", "Q1"])


@st.composite
def entities(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """The YAML of some entities in a style of its own, and what it holds."""
    indent = " " * draw(st.integers(1, 5))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    held: dict[str, Any] = {}
    lines = ["# of all", "entities:"]
    for slug in draw(st.lists(st.sampled_from(["a", "b", "c-d", "e1"]), min_size=1, unique=True)):
        entity: dict[str, Any] = {"type": "Place", "name": {"en": draw(WORDS), "ar": draw(WORDS)}}
        if draw(st.booleans()):
            entity["exact_match"] = draw(st.sampled_from(["Q38", ["Q38"], ["Q38", IRI]]))
        if draw(st.booleans()):
            entity["within"] = draw(st.sampled_from(["libya", ["libya", "russia"]]))
        entity = {key: entity[key] for key in draw(st.permutations(list(entity)))}
        held[slug] = entity
        lines += draw(st.sampled_from([[], [""], [f"{indent}# of {slug}"], ["", "# at the edge", ""]]))
        remark = draw(st.sampled_from(["", " # why, {and} so"]))
        if draw(st.booleans()):
            lines.append(f"{indent}{slug}: {flow(entity)}{remark}")
        else:
            lines.append(f"{indent}{slug}:{remark}")
            lines += block(entity, indent * 2, remark)
    text = newline.join(lines) + draw(st.sampled_from(["", newline, newline * 2, f"{newline}# the end"]))
    return text, held


def flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def block(entity: dict[str, Any], indent: str, remark: str) -> list[str]:
    lines = []
    for key, value in entity.items():
        if isinstance(value, dict):
            lines.append(f"{indent}{key}:")
            lines += [f"{indent}  {name}: {flow(one)}{remark}" for name, one in value.items()]
        elif isinstance(value, list):
            lines.append(f"{indent}{key}:")
            lines += [f"{indent}- {flow(one)}{remark}" for one in value]
        else:
            lines.append(f"{indent}{key}: {flow(value)}{remark}")
    return lines


@given(entities(), st.data())
def test_any_record_takes_links_and_keeps_the_rest(made: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
    text, held = made
    slug = data.draw(st.sampled_from(sorted(held)))
    value = data.draw(st.sampled_from(["Q649", IRI, "Q38"]))
    linked = change_links(text, [add(slug, value)])
    was = held[slug].get("exact_match", [])
    links = [was] if isinstance(was, str) else was
    expected = {**held, slug: {**held[slug], "exact_match": value if not links else [*dict.fromkeys((*links, value))]}}
    found = json.loads(json.dumps(loaded(linked)["entities"]))
    if value in links:
        assert linked == text
    else:
        assert found == expected
        check_lines(text, linked, 1)
        assert change_links(linked, [add(slug, value)]) == linked
        again = change_links(linked, [take(slug, value)])
        # A list stays a list; all else is as it was.
        assert again == text or isinstance(was, str)
