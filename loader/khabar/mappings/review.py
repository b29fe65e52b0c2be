"""The table to decide in: a row a candidate, a word of decision in its first column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from khabar.errors import Fault, FaultyData
from khabar.scalars import MATCH_PATTERN, matches_pattern

COLUMNS: Final = (
    *("decision", "reference", "type", "name_en", "name_ar", "candidate", "label_en", "label_ar", "description"),
    *("probability", "sources", "reasons"),
)
"""The columns of a review table; the first, the second and ``candidate`` are read again, and ``probability``."""

EXACT: Final = "exact"
CLOSE: Final = "close"
NOT_THIS: Final = "no"
NO_ITEM: Final = "none"
WORDS: Final = (EXACT, CLOSE, NOT_THIS, NO_ITEM)
"""The same thing; nearly the same; not this one; there is no item for it. An empty cell decides nothing."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row: an entity and one candidate for it; the row without a candidate stands for *there is no item*."""

    reference: str
    type: str = ""
    name_en: str = ""
    name_ar: str = ""
    candidate: str = ""
    label_en: str = ""
    label_ar: str = ""
    description: str = ""
    probability: float | None = None
    sources: str = ""
    reasons: str = ""
    decision: str = ""


class Decision(msgspec.Struct, frozen=True):
    """What a person decided of one entity and one candidate; ``candidate`` is empty for *no item*."""

    reference: str
    candidate: str
    word: str
    probability: float | None = None
    label: str = ""


def write_review(rows: Iterable[Row], delimiter: str = "\t") -> str:
    """The rows as a table for a spreadsheet, with a byte order mark, by which Excel knows UTF-8.

    What Wikidata calls something is anyone's text: a cell that a spreadsheet would take for a formula is quoted.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        cells = msgspec.structs.asdict(row)
        cells["probability"] = "" if row.probability is None else f"{row.probability:.4f}"
        writer.writerow([_plain(str(cells[column])) for column in COLUMNS])
    return "\ufeff" + out.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def read_review(text: str, path: str, known: Mapping[str, str]) -> tuple[Decision, ...]:
    """What was decided in a review table, in the order of its rows; ``known`` are the references, with their types.

    Tabs, commas and semicolons part columns, as the first line has it: spreadsheets change them. Raises FaultyData with
    every fault at its line: an unknown word or entity, a candidate that is no link, decisions that contradict.
    """
    delimiter = _delimiter(text)
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
    header = [cell.strip().casefold() for cell in lines[0]] if lines else []
    missing = [column for column in ("decision", "reference", "candidate") if column not in header]
    if missing:
        raise FaultyData([_fault(path, 1, f"the columns {', '.join(COLUMNS)}", f"none called {', '.join(missing)}")])
    faults: list[Fault] = []
    found: list[Decision] = []
    line = 1
    for cells in lines[1:]:
        line += 1
        row = {column: cell.strip() for column, cell in zip(header, cells, strict=False)}
        if row.get("decision"):
            found += _decision(row, path, line, known, faults)
    faults += _contradictions(found, path)
    if faults:
        raise FaultyData(faults)
    return tuple(found)


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max("\t,;", key=first.count)


def _decision(
    row: Mapping[str, str], path: str, line: int, known: Mapping[str, str], faults: list[Fault]
) -> Iterator[Decision]:
    word, reference, candidate = row["decision"].casefold(), row.get("reference", ""), row.get("candidate", "")
    before = len(faults)
    if word not in WORDS:
        faults.append(_fault(path, line, f"one of {', '.join(WORDS)}, or nothing", repr(row["decision"])))
    if reference not in known:
        faults.append(_fault(path, line, "the id of an entity of the corpus", repr(reference)))
    if word == NO_ITEM and candidate:
        faults.append(_fault(path, line, f"{NO_ITEM} in the row without a candidate", f"it beside {candidate}"))
    if word in (EXACT, CLOSE, NOT_THIS) and not matches_pattern(MATCH_PATTERN, candidate):
        faults.append(_fault(path, line, "a Q-number or an IRI as candidate", repr(candidate)))
    if len(faults) == before:
        yield Decision(reference, candidate, word, _number(row.get("probability", "")), row.get("label_en", ""))


def _number(cell: str) -> float | None:
    try:
        # Spreadsheets of many countries write a comma.
        number = float(cell.replace(",", "."))
    except ValueError:
        return None
    return number if 0 <= number <= 1 else None


def _contradictions(found: Sequence[Decision], path: str) -> Iterator[Fault]:
    by_entity: dict[str, list[Decision]] = {}
    for decision in found:
        by_entity.setdefault(decision.reference, []).append(decision)
    for reference, own in by_entity.items():
        exact = sorted({one.candidate for one in own if one.word == EXACT})
        linked = [one for one in own if one.word in (EXACT, CLOSE)]
        if len(exact) > 1:
            yield _fault(path, 1, f"one exact match of {reference}", " and ".join(exact))
        if linked and any(one.word == NO_ITEM for one in own):
            yield _fault(path, 1, f"one decision on {reference}", f"{NO_ITEM} and {linked[0].candidate}")
        words: dict[str, str] = {}
        for one in own:
            if words.setdefault(one.candidate, one.word) != one.word:
                yield _fault(path, 1, f"one decision on {reference} and {one.candidate}", "two")


def _fault(path: str, line: int, expected: str, found: str) -> Fault:
    return Fault(path=path, line=line, column=1, code="KH080", expected=expected, found=found)
