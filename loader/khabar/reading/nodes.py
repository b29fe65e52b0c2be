"""YAML text as a tree of nodes that know their places; every scalar is the text that was written."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import msgspec
import yaml
from yaml import events

from khabar.errors import Fault
from khabar.reading.syntax import tell_syntax
from khabar.reading.text import FORBIDDEN, MASK, character_name, shown

HAS_LIBYAML: bool = yaml.__with_libyaml__
"""Whether the fast parser is there; the one in Python does the same, a tenth as fast."""
MAX_DEPTH = 64
MAX_NODES = 200_000


class Mark(Protocol):
    """A place in a text; both numbers count from 0."""

    line: int
    column: int


class Scalar(msgspec.Struct, eq=False, gc=False):
    """A text. ``plain`` tells that it stands without quotes, so that ``2`` may be a number."""

    value: str
    mark: Mark
    plain: bool


class Sequence(msgspec.Struct, eq=False):
    """A list."""

    mark: Mark
    items: list[Node] = []


class Mapping(msgspec.Struct, eq=False):
    """A map; its keys are unique scalars."""

    mark: Mark
    pairs: list[tuple[Scalar, Node]] = []


class Refused(msgspec.Struct, eq=False):
    """What stood where an alias was; the fault is told already."""

    mark: Mark


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
        mark = getattr(error, "problem_mark", None)
        if mark is not None and "maximum nesting depth" in str(error):
            # libyaml 0.2.6 looks ahead to the depth at which it gives up itself, before it tells of any of it.
            composer.tell_depth(mark)
        else:
            tell_syntax(error, text, path, faults)
        return None


class _TooMuch(Exception):
    """The composing stops; the fault is told."""


def _next_event(text: str) -> Callable[[], Any]:
    loader = yaml.CSafeLoader if HAS_LIBYAML else yaml.SafeLoader
    return loader(text).get_event


class _Composer:
    def __init__(self, text: str, path: str, faults: list[Fault]) -> None:
        self._text = text
        self._path = path
        self._faults = faults
        self._masked = MASK in text

    def _tell(self, mark: Any, code: str, expected: str, found: str, remedy: str = "") -> None:
        # Any: the stubs of PyYAML take marks for optional; events of a text always have them.
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
        next_event, escapes = _next_event(self._text), "\\" in self._text
        stack: list[tuple[Sequence | Mapping, list[Node]]] = []
        children: list[Node] = []
        top = children
        for _ in range(MAX_NODES * 2):
            event: Any = next_event()
            kind = type(event)
            if kind is events.ScalarEvent:
                if event.tag is not None or event.anchor is not None:
                    self._tell_properties(event)
                node = Scalar(event.value, event.start_mark, not event.style and event.tag is None)
                if escapes and event.style == '"':
                    self._check_escapes(node)
                children.append(node)
            elif kind is events.MappingStartEvent or kind is events.SequenceStartEvent:
                self._tell_properties(event)
                container = (Mapping if kind is events.MappingStartEvent else Sequence)(event.start_mark)
                children.append(container)
                stack.append((container, children))
                children = []
                if len(stack) > MAX_DEPTH:
                    self.tell_depth(event.start_mark)
                    raise _TooMuch
            elif kind is events.MappingEndEvent or kind is events.SequenceEndEvent:
                container, above = stack.pop()
                self._fill(container, children)
                children = above
            elif kind is events.AliasEvent:
                children.append(self._alias(event))
            elif kind is events.StreamEndEvent or not self._goes_on(event, top):
                return top[0] if top else None
        self._tell(event.start_mark, "KH004", f"at most {MAX_NODES} values", "more", "split the records")
        raise _TooMuch

    def tell_depth(self, mark: Any) -> None:
        """Tell that what stands at ``mark`` is too deep."""
        self._tell(mark, "KH004", f"at most {MAX_DEPTH} levels", "a deeper one")

    def _goes_on(self, event: Any, top: list[Node]) -> bool:
        """Tells what is wrong with the beginning of a document; whether to go on."""
        if type(event) is not events.DocumentStartEvent:
            return True
        if event.tags:
            self._tell(event.start_mark, "KH007", "no tags", "a %TAG directive", "delete it")
        if top:
            self._tell(event.start_mark, "KH007", "one document", "a second one", "make it a file of its own")
        return not top

    def _alias(self, event: Any) -> Refused:
        self._tell(
            event.start_mark,
            "KH006",
            "the value itself",
            f"the alias {shown('*' + event.anchor)}",
            "write the value out; put a text that starts with * in quotes",
        )
        return Refused(event.start_mark)

    def _tell_properties(self, event: Any) -> None:
        if event.anchor is not None:
            self._tell(
                event.start_mark,
                "KH006",
                "a value without an anchor",
                f"the anchor {shown('&' + event.anchor)}",
                "delete it; put a text that starts with & in quotes",
            )
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._tell(
                event.start_mark,
                "KH007",
                "a value without a tag",
                f"the tag {shown(tag)}",
                "delete it; put a text that starts with ! in quotes",
            )

    def _check_escapes(self, node: Scalar) -> None:
        # A mask in the text itself was told where it stands.
        match = FORBIDDEN.search(node.value.replace(MASK, "") if self._masked else node.value)
        if match is not None:
            self._tell(
                node.mark,
                "KH008",
                "characters that can be seen",
                f"an escape of {character_name(match[0])}",
                "delete it, or write what is meant",
            )
            node.value = FORBIDDEN.sub(MASK, node.value)
        if not unicodedata.is_normalized("NFC", node.value):
            self._tell(node.mark, "KH009", "text in Unicode NFC", "escapes that give another form", "write the letters")

    def _fill(self, container: Sequence | Mapping, children: list[Node]) -> None:
        if isinstance(container, Sequence):
            container.items = children
            return
        pairs = container.pairs
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
