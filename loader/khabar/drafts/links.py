"""Links written into records in place, and taken out again: the rest of the file stays byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from khabar.drafts.splices import Splice, added_to, replaced_in, scalar_text, spliced, taken_out
from khabar.errors import Fault, FaultyData, Keys
from khabar.reading.nodes import compose as read_nodes

_BOM: Final = "\ufeff"


class LinkChange(msgspec.Struct, frozen=True):
    """One link to write: what ``keys`` lead to gets ``new`` in ``field``, or loses ``old``, or has one for the other.

    ``keys`` is a path such as ``("entities", "haftar")``; ``field`` is ``exact_match`` or ``close_match``.
    """

    keys: Keys
    field: str
    old: str | None
    new: str | None


def change_links(record: str, changes: Sequence[LinkChange], path: str = "record") -> str:
    r"""The YAML of a record with its links changed, and nothing else: comments, order, quotes and line ends stay.

    A link that is there already is not written twice; one that is not there is not taken out. A field that gets its
    second link becomes a list; one that loses its last is taken out. ruamel.yaml tells where things stand; the text is
    spliced there and read again, and what it then holds is compared. Raises FaultyData for a record with faults, for
    keys that are not in it, and where the comparison fails.

    >>> change_links("entities:\n  a: {type: Place}\n", [LinkChange(("entities", "a"), "exact_match", None, "Q649")])
    'entities:\n  a: {type: Place, exact_match: Q649}\n'
    """
    mark = _BOM if record.startswith(_BOM) else ""
    text = record.removeprefix(_BOM)
    faults: list[Fault] = []
    read_nodes(text, path, faults)
    if faults:
        raise FaultyData(faults)
    expected = _plain(_compose(text))
    for changes_at_once in _rounds(changes):
        root = _compose(text)
        splices: list[Splice] = []
        for change in changes_at_once:
            node = _at(root, change.keys)
            wanted = _at_plain(expected, change.keys)
            if node is None or wanted is None:
                raise FaultyData([_missing(path, change)])
            splices += _splices(text, node, change)
            _apply(wanted, change)
        text = spliced(text, splices)
    if _plain(_compose(text)) != expected:
        raise FaultyData([_not_in_place(path, changes[0])])
    return mark + text


def _compose(text: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="rt", pure=True).compose(text)


def _rounds(changes: Sequence[LinkChange]) -> list[list[LinkChange]]:
    """The changes in their order, so that those at one time are of different things."""
    rounds: list[list[LinkChange]] = []
    count: dict[Keys, int] = {}
    for change in changes:
        number = count.get(change.keys, 0)
        count[change.keys] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(change)
    return rounds


def _at(node: Any, keys: Keys) -> Any:
    for key in keys:
        pairs = node.value if node is not None and _is_map(node) else []
        node = next((value for name, value in pairs if name.value == key), None)
    return node if node is not None and _is_map(node) and node.value else None


def _is_map(node: Any) -> bool:
    return str(node.tag) == "tag:yaml.org,2002:map"


def _splices(text: str, node: Any, change: LinkChange) -> list[Splice]:
    value = next((value for name, value in node.value if name.value == change.field), None)
    held = [] if value is None else [value] if isinstance(value.value, str) else list(value.value)
    there = [one.value for one in held]
    old = held[there.index(change.old)] if change.old in there else None
    is_there = change.new in there
    if old is not None and change.new is not None and not is_there:
        in_flow = bool(node.flow_style or (value is not old and value is not None and value.flow_style))
        return [replaced_in(text, old, change.new, in_flow=in_flow)]
    splices = []
    if old is not None:
        alone = len(held) == 1
        splices.append(taken_out(text, node if alone else value, change.field if alone else old))
    elif change.new is not None and not is_there:
        splices.append(_added(text, node, value, change))
    return splices


def _added(text: str, node: Any, value: Any, change: LinkChange) -> Splice:
    new = change.new or ""
    if value is None:
        return added_to(text, node, f"{change.field}: {scalar_text(new, in_flow=bool(node.flow_style))}")
    if not isinstance(value.value, str):
        return added_to(text, value, scalar_text(new, in_flow=bool(value.flow_style)))
    start, end = value.start_mark.index, value.end_mark.index
    first = text[start:end] if text[start] in "\"'" else scalar_text(value.value, in_flow=True)
    return Splice(start, end, f"[{first}, {scalar_text(new, in_flow=True)}]")


def _plain(node: Any) -> Any:
    """What a tree of nodes holds, every scalar as the text that was written; keys stay in their order."""
    if isinstance(node.value, str):
        return node.value
    if _is_map(node):
        return {name.value: _plain(value) for name, value in node.value}
    return [_plain(one) for one in node.value]


def _at_plain(data: Any, keys: Keys) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else None


def _apply(entity: dict[str, Any], change: LinkChange) -> None:
    held = entity.get(change.field)
    values = [] if held is None else [held] if isinstance(held, str) else list(held)
    if change.old in values and change.new is not None and change.new not in values:
        values[values.index(change.old)] = change.new
    elif change.old in values:
        values.remove(change.old)
    elif change.new is not None and change.new not in values:
        values.append(change.new)
    if not values:
        entity.pop(change.field, None)
    elif len(values) == 1 and not isinstance(held, list):
        entity[change.field] = values[0]
    else:
        entity[change.field] = values


def _missing(path: str, change: LinkChange) -> Fault:
    return Fault(
        path=path,
        line=1,
        column=1,
        code="KH021",
        keys=change.keys,
        expected="a map to write a link into",
        found="none at these keys",
    )


def _not_in_place(path: str, change: LinkChange) -> Fault:
    return Fault(
        path=path,
        line=1,
        column=1,
        code="KH016",
        keys=change.keys,
        expected="a record in a plain form of YAML",
        found="one that a link cannot be written into in its place",
        remedy=f"write {change.field}: {change.new} by hand",
    )
