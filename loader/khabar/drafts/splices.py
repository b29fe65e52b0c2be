"""Pieces of YAML put in, replaced and taken out at the places that a parser's marks tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

_PLAIN_IN_BLOCK: Final = re.compile(r"Q[0-9]+|https?://[\w.~/%+=-]+")
_PLAIN_IN_FLOW: Final = re.compile(r"Q[0-9]+")
_COMMENT: Final = re.compile(r"(?:(?<=\s)|^)#[^\n]*")


class Splice(NamedTuple):
    """A part of a text, from ``start`` up to ``end``, and what is put in its place."""

    start: int
    end: int
    text: str


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """``text`` with every splice carried out; they do not overlap."""
    for splice in sorted(splices, reverse=True):
        text = text[: splice.start] + splice.text + text[splice.end :]
    return text


def scalar_text(value: str, *, in_flow: bool) -> str:
    """A link as YAML: plain where that cannot be misread, else in quotes; IRIs hold neither quotes nor backslashes.

    >>> scalar_text("Q649", in_flow=True), scalar_text("https://example.org/a,b", in_flow=True)
    ('Q649', '"https://example.org/a,b"')
    """
    pattern = _PLAIN_IN_FLOW if in_flow else _PLAIN_IN_BLOCK
    return value if pattern.fullmatch(value) else f'"{value}"'


def replaced_in(text: str, node: Any, new: str, *, in_flow: bool) -> Splice:
    """A scalar replaced, in the quotes that it has."""
    start, end = node.start_mark.index, node.end_mark.index
    quote = text[start] if text[start] in "\"'" else ""
    return Splice(start, end, f"{quote}{new}{quote}" if quote else scalar_text(new, in_flow=in_flow))


def added_to(text: str, node: Any, piece: str) -> Splice:
    """A pair added to a map, or an item to a list, as its last, in the style of the map or list.

    In block style it comes right after the last line that belongs to the map, before any comment of what follows; where
    that line ends a block scalar, before the last pair, for nobody can see where such a scalar ends.
    """
    if node.flow_style:
        return _added_in_flow(text, node, piece)
    last = node.value[-1]
    first = last[0] if isinstance(last, tuple) else last
    indent = first.start_mark.column
    newline = _newline(text)
    if not isinstance(last, tuple):
        # The mark of an item is that of its value; the dash stands before it on the line.
        line = text[_line_start(text, first.start_mark.index) : first.start_mark.index]
        piece = line[: line.index("-") + 1] + line[line.index("-") + 1 :] + piece
        return _new_line(text, _end(last), piece, newline)
    value = last[1]
    if _ends_in_block_scalar(value):
        return Splice(first.start_mark.index, first.start_mark.index, f"{piece}{newline}{' ' * indent}")
    return _new_line(text, _end(value) or _after_colon(text, last[0]), " " * indent + piece, newline)


def taken_out(text: str, node: Any, which: Any) -> Splice:
    """A pair of a map, named by its key, or an item of a list taken out, with its line in block style."""
    nodes = [pair[0] for pair in node.value] if isinstance(which, str) else list(node.value)
    number = next(i for i, one in enumerate(nodes) if (one.value == which if isinstance(which, str) else one is which))
    ends = [_end(pair[1]) if isinstance(which, str) else _end(pair) for pair in node.value]
    start, end = nodes[number].start_mark.index, ends[number]
    if node.flow_style:
        if number:
            return Splice(ends[number - 1], end, "")
        return Splice(start, nodes[1].start_mark.index if len(nodes) > 1 else end, "")
    start, stop = _line_start(text, start), _line_end(text, end)
    if stop == len(text) and start and not text.endswith("\n"):
        # The last line has no end: that of the line before is taken in its place.
        start -= 2 if text[:start].endswith("\r\n") else 1
    return Splice(start, stop, "")


def _added_in_flow(text: str, node: Any, piece: str) -> Splice:
    last = node.value[-1]
    end = _end(last[1] if isinstance(last, tuple) else last)
    rest = text[end : node.end_mark.index - 1]
    bare = _COMMENT.sub(lambda found: " " * len(found[0]), rest)
    if "," in bare:
        place = end + bare.index(",") + 1
        return Splice(place, place, f" {piece},")
    return Splice(end, end, f", {piece}")


def _new_line(text: str, end: int, line: str, newline: str) -> Splice:
    place = _line_end(text, end)
    if place == len(text) and not text.endswith("\n"):
        return Splice(place, place, newline + line)
    return Splice(place, place, line + newline)


def _end(node: Any) -> int:
    """Where what a node holds ends: a block map or list, with its last scalar, not with the comments behind it."""
    if isinstance(node.value, str) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _ends_in_block_scalar(node: Any) -> bool:
    if isinstance(node.value, str):
        return node.style in ("|", ">")
    if node.flow_style or not node.value:
        return False
    last = node.value[-1]
    return _ends_in_block_scalar(last[1] if isinstance(last, tuple) else last)


def _after_colon(text: str, key: Any) -> int:
    return text.index(":", key.end_mark.index) + 1


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    """Where the next line begins."""
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
