"""Where in a file something stands, found again when a fault must be told."""

from __future__ import annotations

from pathlib import Path

from khabar.errors import Fault
from khabar.reading.nodes import Mapping, Node, Scalar, Sequence, compose
from khabar.reading.text import decode_text, read_bytes


def locate(path: str, keys: tuple[str | int, ...]) -> tuple[int, int]:
    """Line and column, from 1, of what stands at ``keys`` in a file: the text itself, or the key of a list or map.

    The place of the longest part of ``keys`` that exists where the whole does not; 1:1 where the file is gone or
    cannot be parsed. The file is read again each time: records carry no places, faults are few.
    """
    ignored: list[Fault] = []
    data = read_bytes(Path(path), ignored)
    text = None if data is None else decode_text(data, path, ignored)
    node = None if text is None else compose(text, path, ignored)
    return (1, 1) if node is None else place(node, keys)


def place(node: Node, keys: tuple[str | int, ...]) -> tuple[int, int]:
    """Line and column, from 1, of what stands at ``keys`` below ``node``; see ``locate``."""
    mark = node.mark
    for key in keys:
        if isinstance(node, Mapping):
            pair = next((pair for pair in node.pairs if pair[0].value == key), None)
            if pair is None:
                break
            node = pair[1]
            mark = node.mark if isinstance(node, Scalar) else pair[0].mark
        elif isinstance(node, Sequence) and isinstance(key, int) and 0 <= key < len(node.items):
            node = node.items[key]
            mark = node.mark
        elif key != 0:
            # One value may stand where a list of one could: its item 0 is itself.
            break
    return mark.line + 1, mark.column + 1
