"""YAML text as a tree of nodes that know their places; every scalar is the text that was written."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Protocol, TypeAlias

import yaml
from yaml import events

from khabar.errors import Fault
from khabar.reading.text import FORBIDDEN, MASK, character_name

MAX_DEPTH = 64
MAX_NODES = 200_000


class Mark(Protocol):
    """A place in a text; both numbers count from 0."""

    line: int
    column: int


class Scalar:
    """A text. ``plain`` tells that it stands without quotes, so that ``2`` may be a number."""

    __slots__ = ("mark", "plain", "value")

    def __init__(self, value: str, plain: bool, mark: Mark) -> None:
        self.value = value
        self.plain = plain
        self.mark = mark


class Sequence:
    """A list."""

    __slots__ = ("items", "mark")

    def __init__(self, mark: Mark) -> None:
        self.items: list[Node] = []
        self.mark = mark


class Mapping:
    """A map; its keys are unique scalars."""

    __slots__ = ("mark", "pairs")

    def __init__(self, mark: Mark) -> None:
        self.pairs: list[tuple[Scalar, Node]] = []
        self.mark = mark


class Refused:
    """What stood where an alias was; the fault is told already."""

    __slots__ = ("mark",)

    def __init__(self, mark: Mark) -> None:
        self.mark = mark


Node: TypeAlias = Scalar | Sequence | Mapping | Refused


def compose(text: str, path: str, faults: list[Fault]) -> Node | None:
    """The tree of the one document in ``text``, ``None`` where the text is no YAML or holds nothing.

    Takes the time of the parser and little more, in a stack of its own: depth costs no recursion. Tells syntax
    (KH003), depth and number of nodes (KH004), duplicate keys (KH005), anchors and aliases (KH006), tags, merge keys
    and further documents (KH007), escapes of forbidden characters (KH008) or to a form that is not NFC (KH009).
    ``text`` has passed ``decode_text``.
    """
    composer = _Composer(text, path, faults)
    try:
        return composer.run()
    except _TooMuch:
        return None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # ValueError: the parser in Python passes \UFFFFFFFF and the like on to chr().
        _tell_syntax(error, text, path, faults)
        return None


class _TooMuch(Exception):
    """The composing stops; the fault is told."""


def _parser(text: str) -> Any:
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    return loader(text)


class _Composer:
    def __init__(self, text: str, path: str, faults: list[Fault]) -> None:
        self._text = text
        self._path = path
        self._faults = faults
        self._escapes = "\\" in text

    def _tell(self, mark: Mark, code: str, expected: str, found: str, remedy: str = "") -> None:
        self._faults.append(
            Fault(
                path=self._path,
                line=mark.line + 1,
                column=mark.column + 1,
                code=code,
                expected=expected,
                found=found,
                remedy=remedy,
            )
        )

    def run(self) -> Node | None:
        next_event = _parser(self._text).get_event
        root: Node | None = None
        stack: list[tuple[Sequence | Mapping, list[Node]]] = []
        children: list[Node] = []
        top = children
        count = documents = 0
        node: Node
        while True:
            event = next_event()
            kind = type(event)
            if kind is events.ScalarEvent:
                style = event.style
                node = Scalar(event.value, not style and event.tag is None, event.start_mark)
                if event.tag is not None or event.anchor is not None:
                    self._tell_properties(event)
                if style == '"' and self._escapes:
                    self._check_escapes(node)
                children.append(node)
            elif kind is events.MappingStartEvent or kind is events.SequenceStartEvent:
                if event.tag is not None or event.anchor is not None:
                    self._tell_properties(event)
                container = (Mapping if kind is events.MappingStartEvent else Sequence)(event.start_mark)
                children.append(container)
                stack.append((container, children))
                children = []
                if len(stack) > MAX_DEPTH:
                    self._tell(event.start_mark, "KH004", f"at most {MAX_DEPTH} levels", "a deeper one")
                    raise _TooMuch
            elif kind is events.MappingEndEvent:
                mapping, above = stack.pop()
                assert isinstance(mapping, Mapping)  # noqa: S101 - for the type checker; the parser pairs the events
                self._fill(mapping, children)
                children = above
            elif kind is events.SequenceEndEvent:
                sequence, above = stack.pop()
                assert isinstance(sequence, Sequence)  # noqa: S101 - as above
                sequence.items = children
                children = above
            elif kind is events.AliasEvent:
                self._tell(
                    event.start_mark,
                    "KH006",
                    "the value itself",
                    f"the alias *{event.anchor}",
                    "write the value out; put a text that starts with * in quotes",
                )
                children.append(Refused(event.start_mark))
            elif kind is events.DocumentStartEvent:
                documents += 1
                if event.tags:
                    self._tell(event.start_mark, "KH007", "no tags", "a %TAG directive", "delete it")
                if documents > 1:
                    self._tell(event.start_mark, "KH007", "one document", "a second one", "make it a file of its own")
                    break
            elif kind is events.StreamEndEvent or event is None:
                break
            count += 1
            if count > MAX_NODES * 2:
                self._tell(event.start_mark, "KH004", f"at most {MAX_NODES} values", "more", "split the records")
                raise _TooMuch
        if top:
            root = top[0]
        return root

    def _tell_properties(self, event: Any) -> None:
        if event.anchor is not None:
            self._tell(
                event.start_mark,
                "KH006",
                "a value without an anchor",
                f"the anchor &{event.anchor}",
                "delete it; put a text that starts with & in quotes",
            )
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._tell(
                event.start_mark,
                "KH007",
                "a value without a tag",
                f"the tag {tag}",
                "delete it; put a text that starts with ! in quotes",
            )

    def _check_escapes(self, node: Scalar) -> None:
        match = FORBIDDEN.search(node.value)
        if match is not None:
            self._tell(
                node.mark,
                "KH008",
                "characters that can be seen",
                f"an escape of {character_name(match[0])}",
                "delete it",
            )
            node.value = FORBIDDEN.sub(MASK, node.value)
        if not unicodedata.is_normalized("NFC", node.value):
            self._tell(node.mark, "KH009", "text in Unicode NFC", "escapes that give another form", "write the letters")

    def _fill(self, mapping: Mapping, children: list[Node]) -> None:
        pairs = mapping.pairs
        first: dict[str, Scalar] = {}
        for index in range(0, len(children), 2):
            key = children[index]
            if type(key) is not Scalar:
                if type(key) is not Refused:
                    self._tell(key.mark, "KH012", "a text as key", "a list or a map")
            elif key.value in first:
                place = first[key.value].mark
                self._tell(
                    key.mark,
                    "KH005",
                    "every key once",
                    f"the key {shown(key.value)} again",
                    f"the first is at {place.line + 1}:{place.column + 1}",
                )
            elif key.plain and key.value == "<<":
                self._tell(key.mark, "KH007", "no merge keys", "the key <<", "write the keys out")
            else:
                first[key.value] = key
                pairs.append((key, children[index + 1]))


def shown(value: str, most: int = 60) -> str:
    """A value as a fault tells it: in quotes, on one line, printable, not too long.

    >>> shown("late\\tSeptember")
    "'late\\\\tSeptember'"
    """
    if len(value) > most:
        value = value[: most - 1] + "…"
    text = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in value
    )
    return f"'{text}'"


# What the two parsers of PyYAML say, and what it means to someone who writes records.
_QUOTES = "put the text in quotes"
_SENTENCES: tuple[tuple[str, str, str], ...] = (
    (r"mapping values are not allowed", "a second ': ' in it", f"{_QUOTES}, or check the indentation"),
    (r"tab character", "a tab as indentation", "indent with spaces"),
    (r"cannot start any token", "a text that starts with {character}", _QUOTES),
    (r"could not find expected ':'|expected ':'", "a line without ': ' after its key", "write it as key: value"),
    (
        r"unexpected end of stream|unexpected document separator",
        "a quotation mark that is not closed",
        "close it, or double it where it belongs to the text",
    ),
    (r"expected ',' or '[\]}]'", "a list or map that is not closed", "add a comma or the closing bracket"),
    (
        r"expected key|expected <block end>|expected '-' indicator|expected <document start>",
        "a line that does not fit those before it",
        "check its indentation, and the quotation marks before it",
    ),
    (
        r"unknown escape|invalid Unicode character escape|hexdecimal|hexadecimal|chr\(\)",
        "a backslash that escapes nothing YAML knows",
        "use single quotes, or double the backslash",
    ),
    (r"alphabetic or numeric character", "a lone {character}", _QUOTES),
    (r"undefined tag handle|parsing a tag|scanning a tag", "a tag", f"{_QUOTES} if it starts with !"),
)


def _tell_syntax(error: Exception, text: str, path: str, faults: list[Fault]) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = " ".join(str(part) for part in (getattr(error, "context", ""), getattr(error, "problem", "")) if part)
    problem = problem or str(error)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = re.split(r"\r\n|\r|\n", text)
    here = lines[line - 1] if line <= len(lines) else ""
    character = here[column - 1 : column]
    found, remedy = problem, ""
    for pattern, sentence, cure in _SENTENCES:
        if re.search(pattern, problem):
            found, remedy = sentence.format(character=character or "this"), cure
            break
    indented = re.match(r" *\t", here)
    if character == "\t" or (indented is not None and column <= indented.end() + 1):
        found, remedy = "a tab as indentation", "indent with spaces"
        column = here.index("\t") + 1
    if not _is_same_place(faults, path, line, column):
        faults.append(
            Fault(path=path, line=line, column=column, code="KH003", expected="YAML", found=found, remedy=remedy)
        )


def _is_same_place(faults: list[Fault], path: str, line: int, column: int) -> bool:
    # A masked character can break the syntax; it is told once.
    return any((fault.path, fault.line, fault.column) == (path, line, column) for fault in faults)
