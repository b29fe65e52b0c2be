"""A draft as its author's bytes: where its quotations stand, and what would stand in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeAlias, TypeGuard

import yaml

from khabar.errors import Fault, Keys

Members: TypeAlias = tuple[tuple[str, str], ...]

_PLACED_BY: Final = ("language", "published", "id", "publisher", "url")
_HEADER_COMMENT = re.compile(r"[|>][0-9+-]*[ \t]+(#[^\r\n]*)")
_ORDINAL = re.compile(r"[1-9][0-9]{0,6}")
_COMMENT = re.compile(r"(?<=\s)#[^\r\n]*")


class Change(NamedTuple):
    """What is to stand in the place of the code points from ``start`` to ``end``."""

    start: int
    end: int
    text: str


class Quote(NamedTuple):
    """A quotation, its place (line and column from 1), and the code points of its pair, from key to value.

    ``paragraph`` is the one that the author has written beside it, which says where to look and stays.
    """

    words: str
    keys: Keys
    line: int
    column: int
    start: int
    end: int
    flow: bool
    indent: str
    comment: str
    paragraph: int | None = None

    def replaced_by(self, members: Members, newline: str) -> Change:
        """The members in the style of the mapping that held the quotation; a comment beside it stays."""
        between = ", " if self.flow else newline + self.indent
        pairs = [f"{key}: {value}" for key, value in members if key != "paragraph" or self.paragraph is None]
        if self.comment and self.flow:
            pairs[-1] += f"  {self.comment}{newline}{self.indent}"
        elif self.comment:
            pairs[0] += f"  {self.comment}"
        return Change(self.start, self.end, between.join(pairs))


class Draft:
    """A record that may still have quotations.

    ``faults`` tells what keeps it from being filled: YAML that cannot be parsed, and a ``quote`` that is no text or has
    other keys beside it. ``blocks`` are all blocks of evidence by their paths, as they are written.
    """

    def __init__(self, record: str, path: str) -> None:
        from khabar.reading.nodes import compose
        from khabar.reading.text import decode_text

        self.record = record
        self.path = path
        self.faults: list[Fault] = []
        self.quotes: list[Quote] = []
        self.blocks: dict[Keys, dict[str, str]] = {}
        self.root: Any = None
        text = decode_text(record.encode("utf-8", "surrogatepass"), path, self.faults)
        if text is None or compose(text, path, self.faults) is None or self.faults:
            return
        # Now it is known to be shallow, without aliases, and parsed the same by all. The parser sees the record
        # itself, so that its marks count in it.
        loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
        self.root = yaml.compose(record, Loader=loader)
        self._walk(self.root, ())

    @property
    def newline(self) -> str:
        """The line end that the record uses."""
        found = re.search(r"\r\n|\r|\n", self.record)
        return found[0] if found else "\n"

    @property
    def recorded_sha256(self) -> Quote | None:
        """The digest of ``article.text``, with its place."""
        text = _value(_value(self.root, "article"), "text")
        digest = _value(text, "sha256")
        return _quote(digest, digest, ("article", "text", "sha256"), text, self.record) if _is_scalar(digest) else None

    @cached_property
    def outside_values(self) -> str:
        """The record with every key and value blanked: comments and punctuation, at the places where they are."""
        letters = list(self.record)
        for node in _scalars(self.root):
            start, end = node.start_mark.index, node.end_mark.index
            letters[start:end] = ["\n" if letter == "\n" else "\0" for letter in letters[start:end]]
        return "".join(letters)

    def text_added(self, members: Members) -> list[Change]:
        """``article.text``, in the style of the article's mapping, where the record has none."""
        article = _value(self.root, "article")
        if not isinstance(article, yaml.MappingNode) or _value(article, "text") is not None:
            return []
        inside = ", ".join(f"{key}: {value}" for key, value in members)
        pairs = {key.value: (key, value) for key, value in article.value if _on_one_line(value)}
        name = next((name for name in _PLACED_BY if name in pairs), None)
        if name is None:
            return []
        key, value = pairs[name]
        if article.flow_style:
            at = value.end_mark.index
            return [Change(at, at, f", text: {{{inside}}}")]
        line_end = re.compile(r"[^\r\n]*").match(self.record, value.end_mark.index)
        at = line_end.end() if line_end else value.end_mark.index
        return [Change(at, at, f"{self.newline}{' ' * key.start_mark.column}text: {{{inside}}}")]

    def _walk(self, node: yaml.Node, keys: Keys) -> None:
        if isinstance(node, yaml.SequenceNode):
            for number, item in enumerate(node.value):
                self._walk(item, (*keys, number))
        elif isinstance(node, yaml.MappingNode):
            if _is_evidence(keys):
                self.blocks[keys] = {key.value: value.value for key, value in node.value if _is_scalar(value)}
                self._block(node, keys)
            else:
                for key, value in node.value:
                    self._walk(value, (*keys, key.value))

    def _block(self, node: yaml.MappingNode, keys: Keys) -> None:
        for key, value in node.value:
            if key.value != "quote":
                continue
            if not _is_scalar(value):
                self._tell(value, (*keys, "quote"), "KH012", "a text", "a list or a map")
                continue
            paragraph = _value(node, "paragraph")
            others = [other for other, _ in node.value if other.value not in ("quote", "paragraph")]
            for other in others:
                self._tell(other, (*keys, other.value), "KH010", "a quote alone, or its paragraph", repr(other.value))
            if paragraph is not None and not (_is_scalar(paragraph) and _ORDINAL.fullmatch(paragraph.value)):
                self._tell(paragraph, (*keys, "paragraph"), "KH016", "the number of a paragraph", "none")
            elif not others:
                quote = _quote(key, value, (*keys, "quote"), node, self.record)
                self.quotes.append(quote._replace(paragraph=int(paragraph.value) if paragraph else None))

    def _tell(self, node: yaml.Node, keys: Keys, code: str, expected: str, found: str) -> None:
        mark = node.start_mark
        self.faults.append(
            Fault(
                path=self.path,
                line=mark.line + 1,
                column=mark.column + 1,
                code=code,
                keys=keys,
                expected=expected,
                found=found,
            )
        )


def _is_evidence(keys: Keys) -> bool:
    # Of an event or a statement; one of them may have the id "evidence".
    return keys[2:3] == ("evidence",) and keys[0] in ("events", "statements") and len(keys) <= 4  # noqa: PLR2004 - and an index in a list


def _is_scalar(node: yaml.Node | None) -> TypeGuard[yaml.ScalarNode]:
    return isinstance(node, yaml.ScalarNode)


def _on_one_line(node: yaml.Node) -> bool:
    return _is_scalar(node) and node.style not in ("|", ">")


def _value(node: yaml.Node | None, name: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)


def _quote(key: yaml.Node, value: yaml.ScalarNode, keys: Keys, block: yaml.MappingNode, record: str) -> Quote:
    start, end = key.start_mark.index, value.end_mark.index
    between = record[key.end_mark.index : value.start_mark.index]
    comments = _COMMENT.findall(between)
    if value.style in ("|", ">"):
        # Such a value ends with the last empty line below it.
        end = start + len(record[start:end].rstrip())
        comments += _HEADER_COMMENT.findall(record[value.start_mark.index : end])[:1]
    return Quote(
        words=value.value,
        keys=keys,
        line=value.start_mark.line + 1,
        column=value.start_mark.column + 1,
        start=start,
        end=end,
        flow=bool(block.flow_style),
        indent=" " * key.start_mark.column,
        comment="  ".join(comments),
    )
