"""An SSSOM table read: its metadata, its rows, and everything that is wrong with them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args

from khabar.errors import Fault, FaultyData
from khabar.mappings.mapping import Justification
from khabar.mappings.mapping import Mapping as Link
from khabar.reading.nodes import Mapping as MapNode
from khabar.reading.nodes import Scalar, compose
from khabar.scalars import MATCH_PATTERN, matches_pattern
from khabar.terms import SKOS, WIKIDATA, is_http_iri

ORCID: Final = "https://orcid.org/"
SLOTS: Final = (
    *("subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label"),
    *("mapping_justification", "author_id", "author_label", "reviewer_id", "reviewer_label"),
    *("mapping_tool", "mapping_tool_version", "mapping_date", "confidence", "comment"),
)
"""The slots of a mapping that khabar writes and reads, in the order of SSSOM's schema."""

_PROPAGATED: Final = ("mapping_tool", "mapping_tool_version", "mapping_date")
_REQUIRED: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_BUILT_IN: Final = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": SKOS,
    "sssom": "https://w3id.org/sssom/",
}
_RELATIONS: Final = {f"{SKOS}exactMatch": "exact_match", f"{SKOS}closeMatch": "close_match"}
_NO_TERM: Final = "https://w3id.org/sssom/NoTermFound"
_DIGITS: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE]-?[0-9]+)?")


class TableReader:
    """Reads one table, once."""

    def __init__(self, text: str, path: str, subjects: Mapping[str, str]) -> None:
        self._path = path
        self._subjects = subjects
        self._faults: list[Fault] = []
        lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
        self._head = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
        self._table = "\n".join(lines[self._head :])
        block = "\n".join(line[1:].removeprefix(" ") if _indented(lines) else line[1:] for line in lines[: self._head])
        self._metadata = self._read_metadata(block)
        self._prefixes = {**_BUILT_IN, **self._prefixes_of(self._metadata.get("curie_map"))}

    def read(self) -> tuple[Link, ...]:
        """Every mapping, in the order of the rows; raises FaultyData."""
        reader = csv.reader(io.StringIO(self._table, newline=""), delimiter="\t")
        try:
            header = next(reader, [])
            missing = [slot for slot in _REQUIRED if slot not in header]
            if missing:
                self._tell(self._head + 1, "KH080", f"the columns {', '.join(_REQUIRED)}", f"no {', '.join(missing)}")
            found = [] if missing else list(self._links(header, reader))
        except csv.Error as error:
            self._tell(self._head + 1, "KH080", "a table parted by tabs", str(error))
            found = []
        self._tell_contradictions(found)
        if self._faults:
            raise FaultyData(self._faults)
        return tuple(link for _, link in found)

    def _links(self, header: list[str], reader: Any) -> Iterator[tuple[int, Link]]:
        line = self._head + 1 + reader.line_num
        for cells in reader:
            if any(cells):
                row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
                link = self._link({**self._propagated(), **{k: v for k, v in row.items() if v}}, line)
                if link is not None:
                    yield line, link
            line = self._head + 1 + reader.line_num

    def _propagated(self) -> dict[str, str]:
        return {slot: value for slot in _PROPAGATED if isinstance(value := self._metadata.get(slot), str)}

    def _link(self, row: Mapping[str, str], line: int) -> Link | None:
        before = len(self._faults)
        subject = self._subjects.get(self._iri(row.get("subject_id", ""), line))
        if subject is None:
            self._tell(line, "KH081", "an entity of the corpus as subject", _shown(row.get("subject_id", "")))
        predicate = self._iri(row.get("predicate_id", ""), line)
        if predicate not in _RELATIONS:
            remedy = "khabar links by skos:exactMatch and skos:closeMatch alone, never by owl:sameAs"
            self._tell(line, "KH080", "skos:exactMatch or skos:closeMatch", _shown(row.get("predicate_id", "")), remedy)
        modifier = row.get("predicate_modifier", "")
        if modifier not in ("", "Not"):
            self._tell(line, "KH080", "Not, or nothing, as predicate_modifier", _shown(modifier))
        target = self._object(row.get("object_id", ""), line)
        justification = self._justification(row.get("mapping_justification", ""), line)
        confidence = self._confidence(row.get("confidence", ""), line)
        date = self._date(row.get("mapping_date", ""), line)
        if len(self._faults) > before or subject is None:
            return None
        return Link(
            subject=subject,
            object=target,
            relation="exact_match" if _RELATIONS[predicate] == "exact_match" else "close_match",
            is_refused=modifier == "Not",
            subject_label=row.get("subject_label", ""),
            object_label=row.get("object_label", ""),
            justification=justification,
            confidence=confidence,
            tool=row.get("mapping_tool", ""),
            tool_version=row.get("mapping_tool_version", ""),
            author=self._person(row, "author", line),
            reviewer=self._person(row, "reviewer", line),
            date=date,
            comment=row.get("comment", ""),
        )

    def _object(self, name: str, line: int) -> str | None:
        iri = self._iri(name, line)
        if iri == _NO_TERM:
            return None
        target = iri.removeprefix(WIKIDATA)
        if not matches_pattern(MATCH_PATTERN, target):
            self._tell(line, "KH080", "an item of Wikidata, an IRI or sssom:NoTermFound as object", _shown(name))
        return target

    def _justification(self, name: str, line: int) -> Justification:
        local = self._iri(name, line).removeprefix(_BUILT_IN["semapv"])
        for known in get_args(Justification):
            if local == known:
                return known  # type: ignore[no-any-return]
        if not name:
            self._tell(line, "KH080", "a mapping_justification", "none")
        # Other kinds of matching are of other tools; khabar keeps that one was there.
        return "LexicalMatching" if local.endswith("Matching") else "UnspecifiedMatching"

    def _confidence(self, cell: str, line: int) -> float | None:
        if not cell:
            return None
        if _DIGITS.fullmatch(cell) and 0 <= float(cell) <= 1:
            return float(cell)
        self._tell(line, "KH080", "a confidence from 0 to 1", _shown(cell))
        return None

    def _date(self, cell: str, line: int) -> str:
        try:
            return dt.date.fromisoformat(cell).isoformat() if cell else ""
        except ValueError:
            self._tell(line, "KH080", "a date such as 2031-03-02", _shown(cell))
            return ""

    def _person(self, row: Mapping[str, str], role: str, line: int) -> str:
        if name := row.get(f"{role}_id"):
            return self._iri(name.split("|")[0], line)
        return row.get(f"{role}_label", "").replace(r"\|", "|")

    def _iri(self, name: str, line: int) -> str:
        if is_http_iri(name):
            return name
        prefix, colon, local = name.partition(":")
        if colon and prefix in self._prefixes:
            return self._prefixes[prefix] + local
        if name:
            self._tell(line, "KH080", "a CURIE by the table's curie_map, or an IRI", _shown(name))
        return ""

    def _tell_contradictions(self, found: list[tuple[int, Link]]) -> None:
        seen: dict[tuple[str, str], int] = {}
        exact: dict[str, str] = {}
        without = {link.subject for _, link in found if link.object is None and not link.is_refused}
        for line, link in found:
            if link.key in seen:
                said = f"another in line {seen[link.key]}"
                self._tell(line, "KH081", f"one decision on {link.subject} and {link.object or 'no item'}", said)
            seen.setdefault(link.key, line)
            if link.is_refused or link.object is None:
                continue
            if link.subject in without and link.object.startswith("Q"):
                self._tell(line, "KH081", f"no item of {link.subject}, as another row has it", link.object)
            is_exact = link.relation == "exact_match" and link.object.startswith("Q")
            if is_exact and exact.setdefault(link.subject, link.object) != link.object:
                self._tell(line, "KH081", f"one exact match of {link.subject} in Wikidata", "two")

    def _read_metadata(self, block: str) -> dict[str, Any]:
        faults: list[Fault] = []
        node = compose(block, self._path, faults)
        if faults:
            self._tell(faults[0].line, "KH080", "metadata in YAML behind the # of its lines", faults[0].found)
        return _values(node) if isinstance(node, MapNode) else {}

    def _prefixes_of(self, found: Any) -> dict[str, str]:
        return {prefix: iri for prefix, iri in found.items() if isinstance(iri, str)} if isinstance(found, dict) else {}

    def _tell(self, line: int, code: str, expected: str, found: str, remedy: str = "") -> None:
        self._faults.append(
            Fault(path=self._path, line=line, column=1, code=code, expected=expected, found=found, remedy=remedy)
        )


def _indented(lines: list[str]) -> bool:
    """Whether the block of metadata has a space behind each sign, as some tools write it."""
    block = [line for line in lines if line.startswith("#") and len(line) > 1]
    return bool(block) and all(line.startswith("# ") for line in block)


def _values(node: MapNode) -> dict[str, Any]:
    return {
        key.value: value.value if isinstance(value, Scalar) else _values(value)
        for key, value in node.pairs
        if isinstance(value, (Scalar, MapNode))
    }


def _shown(text: str) -> str:
    return repr(text[:80]) if text else "nothing"
