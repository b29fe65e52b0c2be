"""Links written into records in place, and taken out again: the rest of the file stays byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from khabar.drafts.splices import (
    Layout,
    Splice,
    added_to,
    is_map,
    is_nothing,
    replaced_in,
    scalar_text,
    spliced,
    taken_out,
)
from khabar.errors import Fault, FaultyData, Keys
from khabar.reading.nodes import Mapping as Map
from khabar.reading.nodes import Node, Scalar
from khabar.reading.nodes import Sequence as List
from khabar.reading.nodes import compose as read_nodes
from khabar.reading.places import place
from khabar.reading.text import decode_text

_BOM: Final = "\ufeff"
_FOLD: Final = "\a"
"""What ruamel.yaml marks the folds of a folded text with; no record holds it."""


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

    A link that is there already is not written twice; one that is not there is not taken out, and where it was to be
    replaced, the new one is added. A field that gets its second link becomes a list; a list stays one, and a field that
    loses its last link is taken out, though not its comments. ruamel.yaml tells where things stand; the text is spliced
    there and read again, and what it then holds is compared, with its comments. Raises FaultyData, places in ``path``,
    for a record with faults, for keys that are not in it, for a field that holds no links, and where the comparison
    fails.

    >>> change_links("entities:\n  a: {type: Place}\n", [LinkChange(("entities", "a"), "exact_match", None, "Q649")])
    'entities:\n  a: {type: Place, exact_match: Q649}\n'
    """
    mark = _BOM if record.startswith(_BOM) else ""
    text = record.removeprefix(_BOM)
    node = _read(text, path)
    if not changes:
        return record
    # A link in its own place only has to be there.
    changes = [one if one.old != one.new else msgspec.structs.replace(one, old=None) for one in changes]
    expected = _values(node)
    layout = before = _layout(text, path)
    if _values_of(layout.root) != expected:
        raise FaultyData(_not_in_place(node, changes, path))
    faults = [fault for change in changes for fault in _unfit(layout, node, change, path)]
    if faults:
        raise FaultyData(faults)
    try:
        for changes_at_once in _rounds(changes, expected):
            splices = [one for change in changes_at_once for one in _splices(layout, change)]
            for change in changes_at_once:
                _apply(_under(expected, change.keys), change)
            if splices:
                text = spliced(text, splices)
                layout = _layout(text, path)
        proved = layout is before or (_values(_read(text, path)) == expected and layout.comments == before.comments)
    except FaultyData:
        # YAML has more ways to write a pair than are foreseen here; none of them may come out broken.
        proved = False
    if not proved:
        raise FaultyData(_not_in_place(node, changes, path))
    return mark + text


def _read(text: str, path: str) -> Node | None:
    """The nodes as they are read from every record; FaultyData with what the reader tells."""
    faults: list[Fault] = []
    fit = decode_text(text.encode("utf-8", "surrogatepass"), path, faults)
    node = None if fit is None else read_nodes(fit, path, faults)
    if faults:
        raise FaultyData(faults)
    return node


def _layout(text: str, path: str) -> Layout:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return Layout(text)
    except YAMLError as error:
        # It takes less than the reader does: no tab between a key and its value, for one.
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        raise FaultyData(
            [
                Fault(
                    path=path,
                    line=mark.line + 1 if mark else 1,
                    column=mark.column + 1 if mark else 1,
                    code="KH003",
                    expected="YAML that every reader takes",
                    found="a sign that some refuse",
                    remedy="separate a key and its value by a space, for one",
                )
            ]
        ) from None


def _rounds(changes: Sequence[LinkChange], data: Any) -> list[list[LinkChange]]:
    """The changes in their order, so that those at one time are of different things."""
    rounds: list[list[LinkChange]] = []
    count: dict[Keys, int] = {}
    for change in changes:
        # What stands twice is taken out twice.
        times = _links(_under(data, change.keys).get(change.field)).count(change.old or "")
        for _ in range(max(1, times)):
            number = count.get(change.keys, 0)
            count[change.keys] = number + 1
            if number == len(rounds):
                rounds.append([])
            rounds[number].append(change)
    return rounds


def _unfit(layout: Layout, root: Node | None, change: LinkChange, path: str) -> Iterator[Fault]:
    """Why a change cannot be made, at the place where what it needs is not."""
    node = layout.at(change.keys)
    if not is_map(node):
        yield _refused(path, root, change.keys, "KH021", "a map to write a link into", "none at these keys")
        return
    value = layout.value(node, change.field)
    if value is not None and not isinstance(value.value, str):
        items = [] if is_map(value) else value.value
        if is_map(value) or not all(isinstance(one.value, str) and one.value for one in items):
            keys = (*change.keys, change.field)
            yield _refused(path, root, keys, "KH012", "a link, or a list of links", "something else")


def _splices(layout: Layout, change: LinkChange) -> list[Splice]:
    node = layout.at(change.keys)
    value = layout.value(node, change.field)
    single = value is not None and isinstance(value.value, str)
    held = [] if value is None or (single and not value.value) else [value] if single else list(value.value)
    there = [one.value for one in held]
    is_there = change.new in there
    if change.old in there and (change.new is None or is_there):
        number = there.index(change.old)
        if len(held) > 1:
            return taken_out(layout, value, number)
        return taken_out(layout, node, [key.value for key, _ in node.value].index(change.field))
    if change.new is None or is_there:
        return []
    if change.old in there:
        old = held[there.index(change.old)]
        in_flow = bool(node.flow_style or (not single and value.flow_style))
        return [replaced_in(layout, old, change.new, in_flow=in_flow)]
    return [_added(layout, node, change.field, change.new)]


def _added(layout: Layout, node: Any, field: str, new: str) -> Splice:
    pair = layout.pair(node, field)
    if pair is None:
        return added_to(layout, node, f"{field}: {scalar_text(new, in_flow=bool(node.flow_style))}")
    key, value = pair
    if not isinstance(value.value, str):
        return added_to(layout, value, scalar_text(new, in_flow=bool(value.flow_style)))
    if is_nothing(value):
        after = layout.after_colon(key)
        return Splice(after, after, f" {scalar_text(new, in_flow=bool(node.flow_style))}")
    start, end = value.start_mark.index, layout.end(value)
    if not value.value:
        return replaced_in(layout, value, new, in_flow=bool(node.flow_style))
    first = layout.text[start:end] if value.style in ("'", '"') else scalar_text(value.value, in_flow=True)
    return Splice(start, end, f"[{first}, {scalar_text(new, in_flow=True)}]")


def _values(node: Node | None) -> Any:
    """What the nodes of the reader hold, every scalar as the text that was written."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Map):
        return {key.value: _values(value) for key, value in node.pairs}
    return [_values(item) for item in node.items] if isinstance(node, List) else None


def _values_of(node: Any) -> Any:
    """What the nodes of ruamel.yaml hold, in the same form."""
    if node is None or isinstance(node.value, str):
        return node and node.value.replace(_FOLD, "")
    if is_map(node):
        return {name.value: _values_of(value) for name, value in node.value}
    return [_values_of(one) for one in node.value]


def _under(data: Any, keys: Keys) -> dict[str, Any]:
    for key in keys:
        data = data[key]
    found: dict[str, Any] = data
    return found


def _links(held: Any) -> list[str]:
    return [held] if isinstance(held, str) and held else list(held or ())


def _apply(entity: dict[str, Any], change: LinkChange) -> None:
    held = entity.get(change.field)
    values = _links(held)
    if change.old in values and change.new is not None and change.new not in values:
        values[values.index(change.old)] = change.new
    elif change.old in values:
        values.remove(change.old)
        if not values:
            del entity[change.field]
            return
    elif change.new is not None and change.new not in values:
        values.append(change.new)
    else:
        return
    entity[change.field] = values[0] if len(values) == 1 and not isinstance(held, list) else values


def _not_in_place(root: Node | None, changes: Iterable[LinkChange], path: str) -> Iterator[Fault]:
    for change in changes:
        yield _refused(
            path,
            root,
            change.keys,
            "KH016",
            "a record in a plain form of YAML",
            "one that a link cannot be written into in its place",
            remedy=f"change {change.field} by hand: {change.new or 'without ' + (change.old or '')}",
        )


def _refused(
    path: str, root: Node | None, keys: Keys, code: str, expected: str, found: str, *, remedy: str = ""
) -> Fault:
    line, column = (1, 1) if root is None else place(root, keys)
    return Fault(
        path=path, line=line, column=column, code=code, keys=keys, expected=expected, found=found, remedy=remedy
    )
