"""JSON text as the tree of nodes that YAML gives: all that follows is one reading.

What JSON alone has: a key whose value is null is no key, for Spark and pandas write what is missing so; numbers and
``true`` are what YAML takes them for without quotes, in the spelling they were written in; nothing has a place within
its line.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, Final, NoReturn

import msgspec

from khabar.errors import Fault
from khabar.reading.nodes import MAX_DEPTH, MAX_NODES, Mapping, Node, Scalar, Sequence
from khabar.reading.text import FORBIDDEN, MASK, character_name, printable, shown


class Spot(msgspec.Struct, gc=False):
    """A place in a text, both numbers from 0; the same for every node of a line."""

    line: int
    column: int = 0


class _Written(str):
    """A number as it was written."""

    __slots__ = ()


class _Pairs(list[tuple[str, Any]]):
    """A map, with all its keys."""

    __slots__ = ()


class _Stop(Exception):
    """The reading stops; the fault is told."""


class _NotJson(ValueError):
    """A word that JSON does not know."""


def _refuse(word: str) -> NoReturn:
    raise _NotJson(word)


# The scanner in C calls these for every number and map; strings, null, true and false come as they are.
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_int=_Written, parse_float=_Written, parse_constant=_refuse
)
_BY_YAML: Final = 4
"""The events around the values that count too where YAML is read."""


def compose_json(text: str, path: str, line: int, faults: list[Fault]) -> Node | None:
    """The tree of the one value in ``text``, ``None`` where the text is no JSON or holds nothing.

    Tells syntax (KH003, at its column), depth and number of values (KH004), duplicate keys (KH005), escapes of
    forbidden characters (KH008) or to a form that is not NFC (KH009), at column 1 of ``line``. ``text`` has passed
    `khabar.reading.text.decode_text`.
    """
    composer = _Composer(text, path, line, faults)
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        composer.tell_depth()
    except _NotJson as error:
        word = str(error)
        composer.tell_syntax(f"the word {word}", _first(text, word), "leave the key out")
    except json.JSONDecodeError as error:
        composer.tell_syntax(*_syntax(text, error))
    else:
        try:
            return composer.node(value, 1)
        except _Stop:
            return None
    return None


class _Composer:
    def __init__(self, text: str, path: str, line: int, faults: list[Fault]) -> None:
        self._path = path
        self._line = line
        self._faults = faults
        self._mark = Spot(line - 1)
        self._masked = MASK in text
        self._escapes = "\\" in text
        self._left = MAX_NODES * 2 - _BY_YAML

    def _tell(self, code: str, expected: str, found: str, remedy: str = "", column: int = 1) -> None:
        self._faults.append(
            Fault(
                path=self._path,
                line=self._line,
                column=column,
                code=code,
                expected=expected,
                found=found,
                remedy=remedy,
            )
        )

    def tell_depth(self) -> None:
        self._tell("KH004", f"at most {MAX_DEPTH} levels", "a deeper one")

    def tell_syntax(self, found: str, column: int, remedy: str) -> None:
        # A masked character can break the syntax; it is told once.
        if not any(fault.column == column and fault.line == self._line for fault in self._faults):
            self._tell("KH003", "JSON", found, remedy, column)

    def _count(self, events: int) -> None:
        self._left -= events
        if self._left < 0:
            self._tell("KH004", f"at most {MAX_NODES} values", "more", "split the records")
            raise _Stop

    def node(self, value: Any, depth: int) -> Node:
        """The node of a value; ``depth`` is its own, were it a list or a map."""
        kind = type(value)
        if kind is str:
            self._count(1)
            return Scalar(self._checked(value) if self._escapes else value, self._mark, plain=False)
        if kind is _Pairs or kind is list:
            if depth > MAX_DEPTH:
                self.tell_depth()
                raise _Stop
            self._count(2)
            if kind is list:
                return Sequence(self._mark, [self.node(item, depth + 1) for item in value])
            return Mapping(self._mark, self._pairs(value, depth + 1))
        self._count(1)
        return Scalar(_WORDS[value] if kind is not _Written else str(value), self._mark, plain=True)

    def _pairs(self, pairs: _Pairs, depth: int) -> list[tuple[Scalar, Node]]:
        self._count(len(pairs))
        keys: set[str] = set()
        nodes: list[tuple[Scalar, Node]] = []
        for written, value in pairs:
            key = self._checked(written) if self._escapes else written
            if key in keys:
                self._tell("KH005", "every key once", f"the key {shown(key)} again", "delete or rename one of them")
                # What is wrong in it is told all the same.
                self.node(value, depth)
                continue
            keys.add(key)
            if value is None:
                self._count(1)
            else:
                nodes.append((Scalar(key, self._mark, plain=False), self.node(value, depth)))
        return nodes

    def _checked(self, value: str) -> str:
        # A mask in the text itself was told where it stands.
        match = FORBIDDEN.search(value.replace(MASK, "") if self._masked else value)
        if match is not None:
            found = f"an escape of {character_name(match[0])}"
            self._tell("KH008", "characters that can be seen", found, "delete it, or write what is meant")
            value = FORBIDDEN.sub(MASK, value)
        if not unicodedata.is_normalized("NFC", value):
            self._tell("KH009", "text in Unicode NFC", "escapes that give another form", "write the letters")
        return value


_WORDS: Final[dict[Any, str]] = {None: "null", True: "true", False: "false"}

_SENTENCES: Final = (
    ("Unterminated string", "a text that is not closed", "close the quotation mark, or escape it where it is meant"),
    ("Invalid control character", "{character} within a text", "escape it, as in \\t and \\n"),
    ("Invalid \\", "a backslash that escapes nothing JSON knows", "double the backslash"),
    ("Expecting property name", "{character} where a key is expected", "write the keys in double quotes"),
    ("Illegal trailing comma", "a comma after the last value", "delete it"),
    ("Expecting ':'", "{character} where a colon is expected", ""),
    ("Expecting ','", "{character} where a comma or the end of the list or map is expected", ""),
    ("Extra data", "{character} after the end of the record", "write one record a line"),
)


def _syntax(text: str, error: json.JSONDecodeError) -> tuple[str, int, str]:
    character = text[error.pos : error.pos + 1]
    name = f"'{printable(character)}'" if character else "the end of the line"
    for start, sentence, remedy in _SENTENCES:
        if error.msg.startswith(start):
            return sentence.format(character=name), error.pos + 1, remedy
    return f"{name} where a value is expected", error.pos + 1, ""


def _first(text: str, word: str) -> int:
    # The word may stand in a text before; then its place is not known without reading again.
    places = [match.start() for match in re.finditer(re.escape(word), text)]
    return places[0] + 1 if len(places) == 1 else 1
