"""An SSSOM table read: its metadata, its rows, and everything that is wrong with them."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, cast, get_args

from khabar.errors import Fault, FaultyData
from khabar.mappings.columns import LINE_END, Cell, read_rows, split_values
from khabar.mappings.mapping import Justification, Relation
from khabar.mappings.mapping import Mapping as Link
from khabar.reading.nodes import Mapping as MapNode
from khabar.reading.nodes import Node, Scalar, compose
from khabar.reading.text import shown
from khabar.scalars import MATCH_PATTERN, matches_pattern
from khabar.terms import SKOS, WIKIDATA, is_http_iri

ORCID: Final = "https://orcid.org/"
SLOTS: Final = (
    *("subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label"),
    *("mapping_justification", "author_id", "author_label", "reviewer_id", "reviewer_label"),
    *("mapping_tool", "mapping_tool_version", "mapping_date", "confidence", "comment"),
)
"""The slots of a mapping that khabar writes and reads, in the order of SSSOM's schema."""
REQUIRED: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification")

_PROPAGATED: Final = ("mapping_tool", "mapping_tool_version", "mapping_date")
_BUILT_IN: Final = {
    "linkml": "https://w3id.org/linkml/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": SKOS,
    "sssom": "https://w3id.org/sssom/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_RELATIONS: Final[dict[str, Relation]] = {f"{SKOS}exactMatch": "exact_match", f"{SKOS}closeMatch": "close_match"}
_JUSTIFICATIONS: Final = {f"{_BUILT_IN['semapv']}{name}": cast(Justification, name) for name in get_args(Justification)}
_NO_TERM: Final = "https://w3id.org/sssom/NoTermFound"
_NUMBER: Final = re.compile(r"\+?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_HEAD: Final = re.compile(r"(?:#[^\r\n]*(?:\r\n|\r|\n|\Z))*")
_BLANK: Final = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*")


class TableReader:
    """Reads one table, once."""

    def __init__(self, text: str, path: str, subjects: Mapping[str, str]) -> None:
        self._text = text.removeprefix("\ufeff")
        self._path = path
        self._subjects = subjects
        self._faults: list[Fault] = []
        self._prefixes: dict[str, str] = dict(_BUILT_IN)

    def read(self) -> tuple[Link, ...]:
        """Every mapping, in the order of the rows; raises FaultyData."""
        head = _HEAD.match(self._text)
        end = head.end() if head else 0
        common = self._read_metadata(self._text[:end])
        # Without its metadata no name of the table can be told from an unknown one.
        self._stop_if_faulty()
        blank = _BLANK.match(self._text, end)
        rows = read_rows(self._text, blank.end() if blank else end, self._path, self._faults)
        found = list(self._links(rows, common)) if self._has_columns(rows, end) else []
        self._tell_contradictions(found)
        self._stop_if_faulty()
        return tuple(link for _, link in found)

    def _stop_if_faulty(self) -> None:
        if self._faults:
            # What the metadata says for every row is wrong once.
            raise FaultyData(dict.fromkeys(self._faults))

    def _has_columns(self, rows: list[tuple[Cell, ...]], end: int) -> bool:
        names = Counter(cell.text.strip() for cell in rows[0]) if rows else Counter()
        place = rows[0][0] if rows else Cell("", len(LINE_END.findall(self._text[:end])) + 1, 1)
        missing = [slot for slot in REQUIRED if slot not in names]
        if missing:
            self._tell(place, f"the columns {', '.join(REQUIRED)}", f"no {', '.join(missing)}")
        twice = [slot for slot in SLOTS if names[slot] > 1]
        if twice:
            self._tell(place, "each column once", f"{', '.join(twice)} again")
        return not missing and not twice

    def _links(self, rows: list[tuple[Cell, ...]], common: Mapping[str, Cell]) -> Iterator[tuple[Cell, Link]]:
        header = [cell.text.strip() for cell in rows[0]]
        found = [{name: cell for name, cell in zip(header, row, strict=False) if cell.text} for row in rows[1:]]
        # One row that has its own value makes it no longer one of all.
        common = {slot: cell for slot, cell in common.items() if not any(slot in row for row in found)}
        for row, cells in zip(found, rows[1:], strict=True):
            for cell in cells[len(header) :]:
                if cell.text.strip():
                    self._tell(cell, f"{len(header)} columns, as in the first row", "one more")
            link = self._link({**common, **row}, cells[0])
            if link is not None:
                yield row["object_id"], link

    def _link(self, row: Mapping[str, Cell], first: Cell) -> Link | None:
        before = len(self._faults)

        def cell(slot: str) -> Cell:
            return row.get(slot) or Cell("", first.line, 1)

        subject = self._subject(cell("subject_id"))
        relation = self._relation(cell("predicate_id"))
        modifier = cell("predicate_modifier")
        if modifier.text.strip() not in ("", "Not"):
            self._tell(modifier, "Not, or nothing, as predicate_modifier", _shown(modifier))
        link = Link(
            subject=subject,
            object=self._object(cell("object_id")),
            relation=relation,
            is_refused=bool(modifier.text.strip()),
            subject_label=cell("subject_label").text,
            object_label=cell("object_label").text,
            justification=self._justification(cell("mapping_justification")),
            confidence=self._confidence(cell("confidence")),
            tool=cell("mapping_tool").text,
            tool_version=cell("mapping_tool_version").text,
            author=self._people(cell("author_id"), cell("author_label")),
            reviewer=self._people(cell("reviewer_id"), cell("reviewer_label")),
            date=self._date(cell("mapping_date")),
            comment=cell("comment").text,
        )
        return link if len(self._faults) == before else None

    def _subject(self, cell: Cell) -> str:
        iri = self._iri(cell, "an entity of the corpus as subject")
        if iri and iri not in self._subjects:
            self._tell(cell, "an entity of the corpus as subject", _shown(cell), code="KH081")
        return self._subjects.get(iri, "")

    def _relation(self, cell: Cell) -> Relation:
        expected = "skos:exactMatch or skos:closeMatch"
        iri = self._iri(cell, expected)
        if iri and iri not in _RELATIONS:
            remedy = "khabar links by skos:exactMatch and skos:closeMatch alone, never by owl:sameAs"
            self._tell(cell, expected, _shown(cell), remedy)
        return _RELATIONS.get(iri, "exact_match")

    def _object(self, cell: Cell) -> str | None:
        expected = "an item of Wikidata, an IRI or sssom:NoTermFound as object"
        iri = self._iri(cell, expected)
        target = iri.removeprefix(WIKIDATA)
        if iri and not matches_pattern(MATCH_PATTERN, target):
            self._tell(cell, expected, _shown(cell))
        return None if iri == _NO_TERM else target

    def _justification(self, cell: Cell) -> Justification:
        # Of what others call it by other words, khabar says no more than that it was found by matching.
        return _JUSTIFICATIONS.get(self._iri(cell, "a mapping_justification"), "UnspecifiedMatching")

    def _confidence(self, cell: Cell) -> float | None:
        number = cell.text.strip()
        if not number:
            return None
        if _NUMBER.fullmatch(number) and 0 <= float(number) <= 1:
            return float(number)
        self._tell(cell, "a confidence from 0 to 1", _shown(cell))
        return None

    def _date(self, cell: Cell) -> str:
        date = cell.text.strip()
        try:
            return dt.date.fromisoformat(date).isoformat() if date else ""
        except ValueError:
            self._tell(cell, "a date such as 2031-03-02", _shown(cell))
            return ""

    def _people(self, ids: Cell, labels: Cell) -> str:
        """Everyone that the cells name; a `Mapping` has one name for them."""
        expected = "a CURIE or an IRI"
        found = [self._iri(Cell(one, ids.line, ids.column), expected) for one in split_values(ids.text)]
        return ", ".join([*found, *split_values(labels.text)])

    def _iri(self, cell: Cell, expected: str) -> str:
        """The IRI that stands in a cell; empty, and told, where there is none."""
        name = cell.text.strip()
        if is_http_iri(name):
            return name
        prefix, colon, local = name.partition(":")
        if colon and prefix in self._prefixes:
            return self._prefixes[prefix] + local
        if name:
            expected = "a CURIE by the table's curie_map, or an IRI"
        self._tell(cell, expected, _shown(cell))
        return ""

    def _tell_contradictions(self, found: list[tuple[Cell, Link]]) -> None:
        seen: dict[tuple[str, str], int] = {}
        exact: dict[str, tuple[str, int]] = {}
        without = {link.subject: cell.line for cell, link in found if link.object is None and not link.is_refused}
        for cell, link in found:
            if link.key in seen:
                expected = f"one decision on {link.subject} and {link.object or 'no item'}"
                self._tell(cell, expected, f"another in line {seen[link.key]}", code="KH081")
            seen.setdefault(link.key, cell.line)
            if link.is_refused or link.object is None or not link.object.startswith("Q"):
                continue
            if link.subject in without:
                expected = f"no item of {link.subject}, as line {without[link.subject]} has it"
                self._tell(cell, expected, link.object, code="KH081")
            if link.relation == "exact_match":
                other, line = exact.setdefault(link.subject, (link.object, cell.line))
                if other != link.object:
                    expected = f"one exact match of {link.subject} in Wikidata"
                    self._tell(cell, expected, f"{link.object} beside {other} in line {line}", code="KH081")

    def _read_metadata(self, head: str) -> dict[str, Cell]:
        """What the metadata says for every row; takes the prefixes."""
        lines = LINE_END.split(head)[:-1] if LINE_END.search(head) else [head] if head else []
        # Some tools write a space behind each sign.
        skipped = 2 if all(line.startswith("# ") for line in lines if len(line) > 1) else 1
        faults: list[Fault] = []
        node = compose("\n".join(line[skipped:] for line in lines), self._path, faults)
        for fault in faults:
            place = Cell("", fault.line, fault.column + skipped)
            self._tell(place, "metadata in YAML behind the # of its lines", fault.found, fault.remedy)
        if isinstance(node, MapNode):
            slots = {key.value: value for key, value in node.pairs}
            self._take_prefixes(slots.get("curie_map"), skipped)
            return {slot: cell for slot in _PROPAGATED if (cell := _cell(slots.get(slot), skipped)) and cell.text}
        if node is not None and not faults:
            self._tell(Cell("", 1, 1), "metadata in YAML behind the # of its lines", "no slots in it")
        return {}

    def _take_prefixes(self, node: Node | None, skipped: int) -> None:
        if isinstance(node, MapNode):
            for prefix, value in node.pairs:
                place = Cell("", prefix.mark.line + 1, prefix.mark.column + 1 + skipped)
                iri = value.value if isinstance(value, Scalar) else ""
                if prefix.value in _BUILT_IN and iri != _BUILT_IN[prefix.value]:
                    expected = f"{_BUILT_IN[prefix.value]} for {prefix.value}, which SSSOM has fixed"
                    self._tell(place, expected, shown(iri))
                self._prefixes[prefix.value] = iri
        elif node is not None and not (isinstance(node, Scalar) and node.value in ("", "null", "~")):
            place = Cell("", node.mark.line + 1, node.mark.column + 1 + skipped)
            self._tell(place, "prefixes and their IRIs as curie_map", "something else")

    def _tell(self, place: Cell, expected: str, found: str, remedy: str = "", code: str = "KH080") -> None:
        self._faults.append(
            Fault(
                path=self._path,
                line=place.line,
                column=place.column,
                code=code,
                expected=expected,
                found=found,
                remedy=remedy,
            )
        )


def _cell(node: Node | None, skipped: int) -> Cell | None:
    if not isinstance(node, Scalar):
        return None
    return Cell(node.value, node.mark.line + 1, node.mark.column + 1 + skipped)


def _shown(cell: Cell) -> str:
    return shown(cell.text.strip()) if cell.text.strip() else "nothing"
