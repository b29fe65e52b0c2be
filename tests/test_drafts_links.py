"""Links are written into records in place: what they hold changes as asked, and not a byte beside."""

from __future__ import annotations

import difflib
import io
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
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
NEW = "Q999000001"  # Beyond what Wikidata has given out.
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
    "behind the last line of a block scalar": (
        "entities:\n  a:\n    note:\n      en: > # c\n        words\n        # more\n\n  # of b\n  b: {type: Place}\n",
        [add("a")],
        (
            "entities:\n  a:\n    note:\n      en: > # c\n        words\n        # more\n    exact_match: Q649\n\n"
            "  # of b\n  b: {type: Place}\n"
        ),
    ),
    "behind the empty lines that a block scalar keeps": (
        "entities:\r\n  a:\r\n    note:\r\n      en: |+\r\n        words\r\n\r\n  # of b\r\n  b: {type: Place}\r\n",
        [add("a")],
        (
            "entities:\r\n  a:\r\n    note:\r\n      en: |+\r\n        words\r\n\r\n    exact_match: Q649\r\n"
            "  # of b\r\n  b: {type: Place}\r\n"
        ),
    ),
    "before a block scalar that a line more would change": (
        "entities:\n  a:\n    type: Place\n    note:\n      en: |\n        words",
        [add("a")],
        "entities:\n  a:\n    type: Place\n    exact_match: Q649\n    note:\n      en: |\n        words",
    ),
    "behind a block scalar that no line more changes": (
        "entities:\n  a:\n    note:\n      en: |-\n        words",
        [add("a")],
        "entities:\n  a:\n    note:\n      en: |-\n        words\n    exact_match: Q649",
    ),
    "behind a key without a value": (
        "entities:\n  a:\n    type: Place\n    within: # c\n\n  b: {type: Place}\n",
        [add("a")],
        "entities:\n  a:\n    type: Place\n    within: # c\n    exact_match: Q649\n\n  b: {type: Place}\n",
    ),
    "into an empty map": (
        "entities:\n  a: {} # c\n",
        [add("a")],
        "entities:\n  a: {exact_match: Q649} # c\n",
    ),
    "below keys that stand alone": (
        "entities:\n  a:\n    ? type\n    : Place\n  b: {type: Place}\n",
        [add("a")],
        "entities:\n  a:\n    ? type\n    : Place\n    exact_match: Q649\n  b: {type: Place}\n",
    ),
    "with the line ends of old machines": (
        "entities:\r  a:\r    type: Place # c\r\r  b: {type: Place}\r",
        [add("a"), add("b")],
        "entities:\r  a:\r    type: Place # c\r    exact_match: Q649\r\r  b: {type: Place, exact_match: Q649}\r",
    ),
    "with the line end of the line above": (
        "entities:\r\n  a:\n    type: Place\n  b:\r\n    type: Place\r\n",
        [add("a"), add("b")],
        (
            "entities:\r\n  a:\n    type: Place\n    exact_match: Q649\n"
            "  b:\r\n    type: Place\r\n    exact_match: Q649\r\n"
        ),
    ),
    "into a flow map with a comma below": (
        "entities:\n  a: {type: Place # c, d\n    , }\n",
        [add("a")],
        "entities:\n  a: {type: Place # c, d\n    , exact_match: Q649, }\n",
    ),
    "before a comment that touches the brace": (
        "entities:\n  a: {type: 'Place'}# c\n  b: {type: Place}\n",
        [add("a")],
        "entities:\n  a: {type: 'Place', exact_match: Q649}# c\n  b: {type: Place}\n",
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
    "to a block list with a dash alone": (
        "entities:\n  a:\n    exact_match:\n      - # c\n        Q38\n    type: Place\n",
        [add("a")],
        "entities:\n  a:\n    exact_match:\n      - # c\n        Q38\n      - Q649\n    type: Place\n",
    ),
    "to an empty list": (
        "entities:\n  a:\n    exact_match: [] # none\n    type: Place\n",
        [add("a")],
        "entities:\n  a:\n    exact_match: [Q649] # none\n    type: Place\n",
    ),
    "behind a field without a value": (
        "entities:\n  a:\n    exact_match: # to do\n    type: Place\n",
        [add("a")],
        "entities:\n  a:\n    exact_match: Q649 # to do\n    type: Place\n",
    ),
    "beside a link that is written below": (
        "entities:\n  a:\n    exact_match: >-\n      Q38\n\n    type: Place\n",
        [add("a")],
        "entities:\n  a:\n    exact_match: [Q38, Q649]\n\n    type: Place\n",
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
    "a replaced link in single quotes": (
        "entities:\n  a:\n    exact_match: ['Q38', Q41] # c\n",
        [swap("a", "Q38", "https://example.org/it's")],
        "entities:\n  a:\n    exact_match: ['https://example.org/it''s', Q41] # c\n",
    ),
    "a link replaced by one that is there": (
        "entities:\n  a:\n    exact_match:\n      - Q38\n      - Q649\n",
        [swap("a", "Q38", "Q649")],
        "entities:\n  a:\n    exact_match:\n      - Q649\n",
    ),
    "what stands twice taken out twice": (
        "entities:\n  a: {exact_match: [Q649, Q38, Q649]}\n",
        [take("a")],
        "entities:\n  a: {exact_match: [Q38]}\n",
    ),
    "a pair taken out without its comment": (
        "entities:\n  a:\n    exact_match: Q649 # by hand\n    type: Place\n",
        [take("a")],
        "entities:\n  a:\n    # by hand\n    type: Place\n",
    ),
    "a list taken out without its comments": (
        "entities:\n  a:\n    exact_match: # one\n\n      # two\n      - Q649 # three\n    type: Place\n",
        [take("a")],
        "entities:\n  a:\n    # one\n\n      # two\n      # three\n    type: Place\n",
    ),
    "a pair of a flow map taken out without its comment": (
        "entities:\n  a: {\n    type: Place, # one\n    exact_match: Q649, # two, three\n    name: {en: A}\n  }\n",
        [take("a")],
        "entities:\n  a: {\n    type: Place, # one\n    # two, three\n    name: {en: A}\n  }\n",
    ),
    "the last pair of a flow map taken out without the comment before it": (
        "entities:\n  a: {\n    type: Place, # one\n    exact_match: Q649\n  }\n",
        [take("a")],
        "entities:\n  a: {\n    type: Place # one\n  }\n",
    ),
    "the first pair of a flow map taken out with its line": (
        "entities:\n  a: {\n    exact_match: Q649,\n    type: Place\n  }\n",
        [take("a")],
        "entities:\n  a: {\n    type: Place\n  }\n",
    ),
    "the last line taken out behind a block scalar": (
        "entities:\n  a:\n    note:\n      en: |\n        words\n    exact_match: Q649",
        [take("a")],
        "entities:\n  a:\n    note:\n      en: |\n        words\n",
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
    "one link in the place of another, step by step": (
        "entities:\n  a:\n    exact_match: Q38\n    type: Place\n",
        [take("a", "Q38"), add("a", "Q38", "close_match"), add("a")],
        "entities:\n  a:\n    type: Place\n    close_match: Q38\n    exact_match: Q649\n",
    ),
    "a link of a type of events": (
        "base: https://example.org/\nevent_types:\n  Regatta:\n    label: {en: Regatta}\nlanguages: [en]\n",
        [LinkChange(("event_types", "Regatta"), "close_match", None, "Q649")],
        (
            "base: https://example.org/\nevent_types:\n  Regatta:\n    label: {en: Regatta}\n    close_match: Q649\n"
            "languages: [en]\n"
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
    ("text", "keys", "place"),
    [
        ("# c\nentities:\n  a: {type: Place}\n", ("entities", "b"), (2, 1)),
        ("entities: {}\n", ("entities", "a"), (1, 1)),
        ("entities:\n  c: {}\n  a: text\n", ("entities", "a"), (3, 6)),
        ("entities:\n  a: [b]\n", ("entities", "a"), (2, 3)),
        ("{}\n", ("events", "a"), (1, 1)),
        ("# nothing\n", ("entities", "a"), (1, 1)),
        ("", ("entities", "a"), (1, 1)),
    ],
)
def test_what_is_not_there_takes_no_link(text: str, keys: tuple[str, str], place: tuple[int, int]) -> None:
    with pytest.raises(FaultyData) as raised:
        change_links(text, [LinkChange(keys, "exact_match", None, "Q649")], "people.yaml")
    (fault,) = raised.value.faults
    assert (fault.path, fault.code, fault.keys, fault.line, fault.column) == ("people.yaml", "KH021", keys, *place)


def test_everything_that_is_not_there_is_told_at_once() -> None:
    with pytest.raises(FaultyData) as raised:
        change_links("entities:\n  a: {type: Place}\n", [add("b"), add("a"), add("c")])
    assert [fault.keys[-1] for fault in raised.value.faults] == ["b", "c"]


@pytest.mark.parametrize("value", ["{en: Q38}", "[[Q38]]", "[{en: Q38}]", "\n      - Q38\n      -"])
def test_a_field_that_holds_no_links_takes_none(value: str) -> None:
    with pytest.raises(FaultyData) as raised:
        change_links(f"entities:\n  a:\n    exact_match: {value}\n", [add("a")])
    assert [(fault.code, fault.line, fault.column, fault.field) for fault in raised.value.faults] == [
        ("KH012", 3, 5, "entities.a.exact_match")
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("entities:\n  a: {type: Place, type: Place}\n", "KH005"),
        ("entities:\n  a: {type: Place\n", "KH003"),
        ("entities:\n  a: &x {type: Place}\n", "KH006"),
        ("entities:\n  a: {type: Pla\u202ece}\n", "KH008"),
        ("entities:\n  a: {name: cafe\u0301}\n", "KH009"),
        # The reader takes a tab there, ruamel.yaml does not.
        ("entities:\n  a:\t{type: Place}\n", "KH003"),
    ],
)
def test_a_record_with_faults_is_not_touched(text: str, code: str) -> None:
    with pytest.raises(FaultyData) as raised:
        change_links(text, [add("a")], "people.yaml")
    assert [(fault.path, fault.code) for fault in raised.value.faults] == [("people.yaml", code)]
    assert raised.value.faults[0].line in (2, 3)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("entities:\n  a:\n    exact_match: Q649\n", take("a")),
        ("entities:\n  a: {type: Place, exact_match: [Q649 # why\n    ]}\n", take("a")),
        ("entities:\n  a:\n    exact_match: >- # why\n      Q38\n", add("a")),
        ("entities:\n  a: {type: Place}\n", add("a", "two\nlines")),
    ],
    ids=["a map left without anything", "a comment inside", "a comment behind a sign", "no link"],
)
def test_what_cannot_be_written_in_place_is_refused(text: str, change: LinkChange) -> None:
    with pytest.raises(FaultyData) as raised:
        change_links(text, [change], "people.yaml")
    assert [(fault.path, fault.code, fault.keys) for fault in raised.value.faults] == [
        ("people.yaml", "KH016", ("entities", "a"))
    ]
    assert raised.value.faults[0].line == 2


def test_without_changes_a_record_is_itself() -> None:
    assert change_links("entities:\n  a:\t{type: Place}", []) == "entities:\n  a:\t{type: Place}"


# Records in many hands: block and flow, indented by any width, with comments, empty lines and any line end.

WORDS = st.sampled_from(
    ["A", "ب", "ميناء طبرق", "a b", "it's", 'say "no"', "x: y", "# none", "[a, b]", "NO", "12:30", "a, b", "back\\"]
)
LINKS = ["Q38", "Q41", "Q649", IRI, "https://example.org/it's", "https://example.org/a"]
COMMENT = re.compile(r"#\d+ [^\r\n]*")


class Written(NamedTuple):
    """A record: what it holds, and its lines before every entity, of it, and behind the last."""

    held: dict[str, Any]
    slugs: list[str]
    parts: list[str]
    end: str

    @property
    def text(self) -> str:
        return "".join(self.parts) + self.end

    def around(self, slug: str) -> tuple[str, str]:
        """What stands before an entity and behind it, with the comments and empty lines of its neighbours."""
        number = 2 * self.slugs.index(slug) + 1
        return "".join(self.parts[:number]), "".join(self.parts[number + 1 :]) + self.end


class Hand:
    """Writes entities in a style that is drawn."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.indent = " " * draw(st.integers(1, 5))
        self.comments = 0

    def coin(self) -> bool:
        return self.draw(st.booleans())

    def remark(self) -> str:
        """A comment at the end of a line, numbered, or white space, or nothing."""
        kind = self.draw(st.integers(0, 5))
        self.comments += 1
        return f" #{self.comments} why, {{and}}: so" if kind == 0 else "  " if kind == 1 else ""

    def between(self, indent: str) -> list[str]:
        """Lines that hold nothing."""
        self.comments += 1
        comment = f"#{self.comments} of - what: [follows]"
        return self.draw(st.sampled_from([[], [], [], [""], [indent + comment], ["", comment, "  "]]))

    def scalar(self, value: str, *, plain: bool = False) -> str:
        if plain or re.fullmatch(r"[A-Za-z]\w*", value):
            return self.draw(st.sampled_from([value, f"'{value}'", f'"{value}"'])) if "'" not in value else value
        if self.coin():
            return "'" + value.replace("'", "''") + "'"
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def flow(self, value: Any, indent: str, *, lines: bool = False) -> str:
        """A value in braces or brackets, on one line, or on several with comments."""
        if isinstance(value, str):
            return self.scalar(value)
        pairs = value.items() if isinstance(value, dict) else [("", item) for item in value]
        inner = [f"{key}: {self.flow(one, indent)}" if key else self.flow(one, indent) for key, one in pairs]
        start, end = "{}" if isinstance(value, dict) else "[]"
        comma = self.draw(st.sampled_from(["", "", ",", " ,"]))
        if not lines:
            pad = self.draw(st.sampled_from(["", " "]))
            return f"{start}{pad}{', '.join(inner)}{comma}{pad}{end}"
        text = start + self.remark() + "\n"
        for number, one in enumerate(inner):
            last = number == len(inner) - 1
            text += f"{indent}  {one}{comma if last else ','}{self.remark()}\n"
            text += "".join(f"{line}\n" for line in ([] if last else self.between(indent + "  ")))
        return f"{text}{indent}{end}"

    def entity(self, slug: str, entity: dict[str, Any]) -> list[str]:
        if self.coin():
            text = self.flow(entity, self.indent, lines=self.coin())
            return f"{self.indent}{slug}: {text}{self.remark()}".split("\n")
        lines = [f"{self.indent}{slug}:{self.remark()}"]
        inner = self.indent * 2
        for number, (key, value) in enumerate(entity.items()):
            if number:
                lines += self.between(inner)
            lines += self.pair(key, value, inner)
        return lines

    def pair(self, key: str, value: Any, indent: str) -> list[str]:
        if isinstance(value, str):
            return [f"{indent}{key}: {self.scalar(value)}{self.remark()}"]
        style = self.draw(st.sampled_from(["line", "lines", "block"]))
        if style != "block":
            text = self.flow(value, indent, lines=style == "lines")
            return f"{indent}{key}: {text}{self.remark()}".split("\n")
        lines = [f"{indent}{key}:{self.remark()}"]
        if isinstance(value, dict):
            for name, one in value.items():
                lines += self.words(name, one, indent + " ")
        else:
            margin = indent + self.draw(st.sampled_from(["", "  "]))
            for one in value:
                dash = self.draw(st.sampled_from(["- ", "-   ", f"-\n{margin}  "]))
                lines += f"{margin}{dash}{self.scalar(one)}{self.remark()}".split("\n")
        return lines

    def words(self, name: str, value: str, indent: str) -> list[str]:
        sign = self.draw(st.sampled_from(["", "", "|", ">", "|-", ">-", "|+", ">+"]))
        if not sign:
            return [f"{indent}{name}: {self.scalar(value)}{self.remark()}"]
        empty = self.draw(st.integers(0, 2))
        return [f"{indent}{name}: {sign}{self.remark()}", f"{indent}   {value}", *([""] * empty)]


@st.composite
def records(draw: st.DrawFn) -> Written:
    """A record of some entities in a style of its own."""
    hand = Hand(draw)
    links = st.lists(st.sampled_from(LINKS[:5]), min_size=1, max_size=3, unique=True)
    parts, held = [], {}
    lines = [draw(st.sampled_from(["# of all", "---", "# of all\n---"])), f"entities:{hand.remark()}"]
    slugs = draw(st.lists(st.sampled_from(["a", "b", "c-d", "e1"]), min_size=1, unique=True))
    for slug in slugs:
        entity: dict[str, Any] = {"type": "Place", "name": {"en": draw(WORDS), "ar": draw(WORDS)}}
        for field in ("exact_match", "close_match"):
            if draw(st.booleans()):
                entity[field] = draw(links | st.sampled_from(LINKS[:5]))
        entity = {key: entity[key] for key in draw(st.permutations(list(entity)))}
        held[slug] = entity
        parts += ["".join(f"{line}\n" for line in lines), "".join(f"{line}\n" for line in hand.entity(slug, entity))]
        lines = hand.between(hand.indent)
    parts.append("".join(f"{line}\n" for line in lines))
    end = draw(st.sampled_from(["", "# the end", "events: {}\n"]))
    if not end and not parts[-1] and draw(st.booleans()):
        parts[-2] = parts[-2].rstrip("\n")
    newline = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    parts[0] = draw(st.sampled_from(["", "\ufeff"])) + parts[0]
    parts = [part.replace("\n", newline) for part in parts]
    return Written(held, slugs, parts, end.replace("\n", newline))


def read(text: str) -> Any:
    """What a record holds, by another parser than the one that tells the places."""
    return yaml.load(text.removeprefix("\ufeff"), yaml.BaseLoader)["entities"]  # noqa: S506 - it makes texts alone


@st.composite
def changed_records(draw: st.DrawFn) -> tuple[Written, LinkChange]:
    """A record and a change of it: a link added, replaced or taken out."""
    written = draw(records())
    slug, field = draw(st.sampled_from(written.slugs)), draw(st.sampled_from(["exact_match", "close_match"]))
    held = links_of(written.held[slug], field)
    old = draw(st.sampled_from([None, *held]))
    new = draw(st.sampled_from(LINKS if old is None else [None, *LINKS]))
    return written, LinkChange(("entities", slug), field, old, new)


def links_of(entity: dict[str, Any], field: str) -> list[str]:
    held = entity.get(field, [])
    return [held] if isinstance(held, str) else list(held)


def expected_after(entity: dict[str, Any], change: LinkChange) -> dict[str, Any]:
    held = links_of(entity, change.field)
    links = [change.new if link == change.old and change.new not in held else link for link in held]
    links = [link for link in links if link and not (link == change.old and change.old != change.new)]
    links += [change.new] if change.new and change.new not in links else []
    rest = {key: value for key, value in entity.items() if key != change.field}
    single = len(links) == 1 and not isinstance(entity.get(change.field), list)
    return {**rest, change.field: links[0] if single else links} if links else rest


@given(changed_records())
def test_a_change_is_made_and_nothing_beside_it(made: tuple[Written, LinkChange]) -> None:
    written, change = made
    text, slug = written.text, str(change.keys[1])
    before = read(text)
    changed = change_links(text, [change])
    after = read(changed)
    assert after == {**before, slug: expected_after(before[slug], change)}
    assert COMMENT.findall(changed) == COMMENT.findall(text)
    head, tail = written.around(slug)
    assert changed.startswith(head)
    assert changed.endswith(tail)
    assert change_links(changed, [change]) == changed
    if change.old is None:
        old = written.parts[2 * written.slugs.index(slug) + 1]
        check_lines(old, changed[len(head) : len(changed) - len(tail)], 1)


@given(records(), st.sampled_from(["Q649", IRI]), st.sampled_from(["exact_match", "close_match"]))
def test_what_is_added_and_taken_out_again_leaves_the_record_as_it_was(made: Written, link: str, field: str) -> None:
    slugs = [slug for slug in made.slugs if field not in made.held[slug]]
    linked = change_links(made.text, [add(slug, link, field) for slug in slugs])
    assert [read(linked)[slug].get(field) for slug in slugs] == [link] * len(slugs)
    assert change_links(linked, [take(slug, link, field) for slug in slugs]) == made.text


@given(records(), st.data())
def test_changes_at_once_are_as_changes_one_by_one(made: Written, data: st.DataObject) -> None:
    change = st.builds(
        lambda slug, field, old, new: LinkChange(("entities", slug), field, old, new),
        st.sampled_from(made.slugs),
        st.sampled_from(["exact_match", "close_match"]),
        st.sampled_from([None, *LINKS]),
        st.sampled_from([None, *LINKS]),
    )
    changes = data.draw(st.lists(change, max_size=6))
    text = made.text
    for one in changes:
        text = change_links(text, [one])
    assert change_links(made.text, changes) == text
