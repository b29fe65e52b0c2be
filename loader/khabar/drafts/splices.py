"""Pieces of YAML put in, replaced and taken out at the places that a parser's marks tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Final, NamedTuple

from khabar.errors import Keys

_PLAIN_IN_BLOCK: Final = re.compile(r"Q[0-9]+|https?://[\w.~/%+=-]+")
_PLAIN_IN_FLOW: Final = re.compile(r"Q[0-9]+")
_COMMENT: Final = re.compile(r"#[^\r\n]*")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_INK: Final = re.compile(r"[^\r\n]")
_COLON: Final = re.compile(r"\s*:")
_AFTER_DASH: Final = re.compile(r"-([ \t]+)\S")


class Splice(NamedTuple):
    """A part of a text, from ``start`` up to ``end``, and what is put in its place."""

    start: int
    end: int
    text: str


class Layout:
    """The text of a record with the nodes that ruamel.yaml finds in it, and what stands beside their scalars.

    Raises ``ruamel.yaml.error.YAMLError`` for what is no YAML to it.
    """

    def __init__(self, text: str) -> None:
        from ruamel.yaml import YAML

        self.text = text
        self.root: Any = YAML(typ="rt", pure=True).compose(text)
        self._pairs: dict[int, dict[str, tuple[Any, Any]]] = {}

    def pair(self, node: Any, key: str | int) -> tuple[Any, Any] | None:
        """The key and the value of a pair; ``None`` where there is none, or no map."""
        if not is_map(node):
            return None
        if id(node) not in self._pairs:
            self._pairs[id(node)] = {pair[0].value: pair for pair in node.value}
        return self._pairs[id(node)].get(str(key))

    def value(self, node: Any, key: str | int) -> Any:
        """The value of a pair, or ``None``."""
        pair = self.pair(node, key)
        return None if pair is None else pair[1]

    def at(self, keys: Keys) -> Any:
        """The node that the keys lead to, or ``None``."""
        node = self.root
        for key in keys:
            node = self.value(node, key)
        return node

    @cached_property
    def comments(self) -> tuple[str, ...]:
        """All comments, in their order."""
        return tuple(_COMMENT.findall(self.beside))

    @cached_property
    def beside(self) -> str:
        """The text with every scalar blanked: comments and punctuation, at the places where they are."""
        parts, done = [], 0
        for node in _scalars(self.root):
            start, end = node.start_mark.index, node.end_mark.index
            if is_block_scalar(node):
                start = self.line_end(start)  # A comment may stand behind its sign.
            parts += [self.text[done:start], _INK.sub("\0", self.text[start:end])]
            done = max(done, start, end)
        return "".join(parts) + self.text[done:]

    @cached_property
    def signs(self) -> str:
        """The text with scalars and comments blanked."""
        return _COMMENT.sub(lambda found: " " * len(found[0]), self.beside)

    def line_start(self, index: int) -> int:
        """Where the line begins."""
        return max(self.text.rfind("\n", 0, index), self.text.rfind("\r", 0, index)) + 1

    def line_end(self, index: int) -> int:
        """Where the next line begins."""
        found = _LINE_END.search(self.text, index)
        return found.end() if found else len(self.text)

    def newline(self, index: int) -> str:
        """The line end of the line, or of the one before, where it has none."""
        found = _LINE_END.search(self.text, index) or _LINE_END.search(self.text, self.line_start(index) - 2)
        return found[0] if found else "\n"

    def is_open(self, index: int) -> bool:
        """Whether the line is the last and has no end."""
        return _LINE_END.search(self.text, index) is None

    def end(self, node: Any) -> int:
        """Where the last thing that a node holds ends, not the comments and empty lines behind it."""
        start, end = int(node.start_mark.index), int(node.end_mark.index)
        if is_block_scalar(node):
            header = self.text[start : self.line_end(start)]
            keeps = "+" in _COMMENT.sub("", header)
            # An empty line ends a scalar that keeps its line ends, and is none of any other.
            return end if keeps else start + len(self.text[start:end].rstrip("\r\n"))
        if isinstance(node.value, str) or node.flow_style or not node.value:
            return end
        last = node.value[-1]
        return self.pair_end(*last) if isinstance(last, tuple) else self.end(last)

    def pair_end(self, key: Any, value: Any) -> int:
        """Where a pair ends; nothing stands right behind its colon."""
        return self.after_colon(key) if is_nothing(value) else self.end(value)

    def after_colon(self, key: Any) -> int:
        """The place behind the colon of a key, or behind the key where it has none."""
        found = _COLON.match(self.signs, key.end_mark.index)
        return found.end() if found else int(key.end_mark.index)

    def is_unbounded(self, node: Any) -> bool:
        """Whether a line more behind a node would change it: a block scalar that ends with the text, not a line."""
        while not isinstance(node.value, str) and not node.flow_style and node.value:
            last = node.value[-1]
            node = last[1] if isinstance(last, tuple) else last
        if not is_block_scalar(node):
            return False
        header = _COMMENT.sub("", self.text[node.start_mark.index : self.line_end(node.start_mark.index)])
        return "-" not in header and self.is_open(self.end(node))


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """``text`` with every splice carried out; they do not overlap."""
    parts, done = [], 0
    for splice in sorted(splices):
        parts += [text[done : splice.start], splice.text]
        done = splice.end
    return "".join(parts) + text[done:]


def is_map(node: Any) -> bool:
    """Whether a node is a map."""
    return node is not None and str(node.tag) == "tag:yaml.org,2002:map"


def is_block_scalar(node: Any) -> bool:
    """Whether a node is a text below ``|`` or ``>``."""
    return isinstance(node.value, str) and node.style in ("|", ">")


def is_nothing(node: Any) -> bool:
    """Whether a node is the nothing behind a key."""
    return isinstance(node.value, str) and not node.value and not node.style


def scalar_text(value: str, *, in_flow: bool, quote: str = "") -> str:
    """A link as YAML: in the quotes that are asked for, else plain where that cannot be misread.

    >>> scalar_text("Q649", in_flow=True), scalar_text("https://example.org/a,b", in_flow=True)
    ('Q649', '"https://example.org/a,b"')
    """
    if quote == "'":
        return "'" + value.replace("'", "''") + "'"
    pattern = _PLAIN_IN_FLOW if in_flow else _PLAIN_IN_BLOCK
    if not quote and pattern.fullmatch(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def replaced_in(layout: Layout, node: Any, new: str, *, in_flow: bool) -> Splice:
    """A scalar replaced, in the quotes that it has."""
    start, end = node.start_mark.index, layout.end(node)
    quote = node.style if node.style in ("'", '"') else ""
    return Splice(start, end, scalar_text(new, in_flow=in_flow, quote=quote))


def added_to(layout: Layout, node: Any, piece: str) -> Splice:
    """A pair added to a map, or an item to a list, as its last, in the style of the map or list.

    In block style it comes right after the last line that belongs to the map, before any comment or empty line of what
    follows; where a line more would change a block scalar, before the last pair.
    """
    if node.flow_style:
        return _added_in_flow(layout, node, piece)
    last = node.value[-1]
    first, value = last if isinstance(last, tuple) else (last, last)
    lead = layout.text[layout.line_start(node.start_mark.index) : node.start_mark.index]
    # What stands before the first pair or dash on its line is white space, save in forms that are refused afterwards.
    lead = " " * len(lead)
    if first is value:
        found = _AFTER_DASH.search(layout.text, layout.line_start(first.start_mark.index), first.start_mark.index + 1)
        piece = f"-{found[1] if found else ' '}{piece}"
    elif layout.is_unbounded(value):
        place = layout.line_start(first.start_mark.index)
        return Splice(place, place, f"{lead}{piece}{layout.newline(place)}")
    end = layout.end(value) if first is value else layout.pair_end(first, value)
    if end and layout.line_start(end) == end:  # A scalar that keeps its line ends.
        return Splice(end, end, f"{lead}{piece}{layout.newline(end - 2)}")
    place = layout.line_end(end)
    newline = layout.newline(end)
    return Splice(place, place, newline + lead + piece if layout.is_open(end) else lead + piece + newline)


def taken_out(layout: Layout, node: Any, number: int) -> list[Splice]:
    """A pair of a map, or an item of a list, taken out: with its lines in block style, though not their comments."""
    nodes = [one if isinstance(one, tuple) else (one, one) for one in node.value]
    ends = [layout.pair_end(*one) if one[0] is not one[1] else layout.end(one[1]) for one in nodes]
    start = nodes[number][0].start_mark.index
    if node.flow_style:
        limit = nodes[number + 1][0].start_mark.index if number + 1 < len(nodes) else node.end_mark.index - 1
        return _out_of_flow(layout, start, ends[number], ends[number - 1] if number else None, limit)
    if nodes[number][0] is nodes[number][1]:
        start = layout.signs.rindex("-", ends[number - 1] if number else node.start_mark.index, start)
    start, stop = layout.line_start(start), layout.line_end(ends[number])
    kept = "".join(_remarks(layout, start, stop))
    if not kept and start and layout.is_open(ends[number]) and not _ends_in_text(nodes[number - 1][1]):
        # The last line has no end: that of the line before is taken in its place.
        start -= 2 if layout.text[:start].endswith("\r\n") else 1
    return [Splice(start, stop, kept)]


def _added_in_flow(layout: Layout, node: Any, piece: str) -> Splice:
    if not node.value:
        place = node.start_mark.index + 1
        return Splice(place, place, piece)
    last = node.value[-1]
    end = layout.pair_end(*last) if isinstance(last, tuple) else layout.end(last)
    comma = layout.signs.find(",", end, node.end_mark.index - 1)
    if comma >= 0:
        return Splice(comma + 1, comma + 1, f" {piece},")
    return Splice(end, end, f", {piece}")


def _out_of_flow(layout: Layout, start: int, end: int, before: int | None, limit: int) -> list[Splice]:
    """A part taken out together with one comma; ``before`` is the end of what precedes it, ``limit`` bounds it."""
    signs, beside = layout.signs, layout.beside
    comma = signs.find(",", end, limit)
    previous = -1 if before is None else signs.find(",", before, start)
    if comma < 0:
        if before is None:
            return [Splice(start, end, "")]
        if "#" not in beside[before:start]:
            return [Splice(before, end, "")]
        return [Splice(previous, previous + 1, ""), _whole_line(layout, start, end)]
    if "#" in beside[end:comma]:
        return [Splice(start, end, ""), Splice(comma, comma + 1, "")]
    stop = comma + 1
    if before is not None and _LINE_END.search(beside, previous, start) is None:
        return [Splice(previous + 1, stop, "")]
    while layout.text[stop] in " \t":
        stop += 1
    if beside[stop] == "#" and beside[layout.line_start(start) : start].strip():
        stop = comma + 1  # A comment keeps the white space before it.
    return [_whole_line(layout, start, stop)]


def _whole_line(layout: Layout, start: int, end: int) -> Splice:
    """A part taken out, with its line where nothing else is on it."""
    first, stop = layout.line_start(start), layout.line_end(end)
    alone = not (layout.text[first:start] + layout.text[end:stop]).strip()
    return Splice(first, stop, "") if alone else Splice(start, end, "")


def _remarks(layout: Layout, start: int, stop: int) -> Iterator[str]:
    """What stays of lines whose values are taken out: their comments, and the empty ones."""
    while start < stop:
        end = layout.line_end(start)
        line, beside = layout.text[start:end], layout.beside[start:end]
        sign = beside.find("#")
        if not line.strip() or (sign >= 0 and not beside[:sign].strip()):
            yield line
        elif sign >= 0:
            yield line[: len(line) - len(line.lstrip())] + line[sign:]
        start = end


def _ends_in_text(node: Any) -> bool:
    while not isinstance(node.value, str) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return is_block_scalar(node)


def _scalars(node: Any) -> Iterator[Any]:
    if node is None or isinstance(node.value, str):
        yield from () if node is None else (node,)
        return
    for one in node.value:
        for part in one if isinstance(one, tuple) else (one,):
            yield from _scalars(part)
