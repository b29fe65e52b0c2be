"""Mappings as SSSOM/TSV (SSSOM 1.0): metadata in YAML, each line behind a ``#``, and a table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from khabar.mappings.columns import LINE_END, join_values, write_row
from khabar.mappings.mapping import Mapping as Link
from khabar.mappings.sssom_table import ORCID, REQUIRED, SLOTS, TableReader
from khabar.model import CorpusHeader
from khabar.terms import SKOS, WIKIDATA, is_http_iri

SEMAPV: Final = "https://w3id.org/semapv/vocab/"
SSSOM: Final = "https://w3id.org/sssom/"
NO_TERM: Final = "sssom:NoTermFound"

_LOCAL: Final = re.compile(r"[\w.-]+", re.ASCII)
_QID: Final = re.compile(r"Q[1-9][0-9]{0,11}")
_PREDICATES: Final = {"exact_match": "skos:exactMatch", "close_match": "skos:closeMatch"}


def write_mappings(mappings: Iterable[Link], header: CorpusHeader, iris: Mapping[str, str]) -> str:
    """The mappings of a corpus as SSSOM/TSV; ``iris`` are those of its entities, by reference.

    Rows are in the order of subject, predicate and object, columns in that of the schema; columns that would be empty
    are left out. Equal mappings give equal bytes, in NFC. An entity without an item stands beside
    ``sssom:NoTermFound``, a candidate that was refused under the modifier ``Not``. What the canonical form of SSSOM
    asks beyond that is left: slots stay in their rows, a confidence has four digits, an object no prefix fits is an
    IRI. There is no ``sssom_version``: it came with 1.1, and a table without it is one of 1.0.
    """
    prefixes = {
        "agents": f"{header.base}agents/",
        "orcid": ORCID,
        "places": f"{header.base}places/",
        "semapv": SEMAPV,
        "skos": SKOS,
        "sssom": SSSOM,
        "wikidata": WIKIDATA,
    }
    rows = sorted((_row(mapping, iris, prefixes) for mapping in mappings), key=_order)
    columns = [slot for slot in SLOTS if slot in REQUIRED or any(row.get(slot) for row in rows)]
    table = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "".join([*(f"#{line}\n" for line in _metadata(header, prefixes)), *map(write_row, table)])


def _order(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row.get(slot, "") for slot in SLOTS)


def _metadata(header: CorpusHeader, prefixes: Mapping[str, str]) -> Iterable[str]:
    title = header.title.get("en") or next(iter(header.title.values()))
    yield "curie_map:"
    yield from (f"  {prefix}: {_quoted(namespace)}" for prefix, namespace in prefixes.items())
    yield f"mapping_set_id: {_quoted(header.base + 'mappings')}"
    yield f"mapping_set_title: {_quoted(f'Mappings of: {title}')}"
    yield f"license: {_quoted(header.licence)}"


def _quoted(text: str) -> str:
    escaped = unicodedata.normalize("NFC", " ".join(text.split())).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _row(mapping: Link, iris: Mapping[str, str], prefixes: Mapping[str, str]) -> dict[str, str]:
    target = mapping.object or NO_TERM
    row = {
        "subject_id": _curie(iris[mapping.subject], prefixes),
        "subject_label": mapping.subject_label,
        "predicate_id": _PREDICATES[mapping.relation],
        "predicate_modifier": "Not" if mapping.is_refused else "",
        "object_id": f"wikidata:{target}" if _QID.fullmatch(target) else _curie(target, prefixes),
        "object_label": mapping.object_label,
        "mapping_justification": f"semapv:{mapping.justification}",
        **_person("author", mapping.author, prefixes),
        **_person("reviewer", mapping.reviewer, prefixes),
        "mapping_tool": mapping.tool,
        "mapping_tool_version": mapping.tool_version,
        "mapping_date": mapping.date,
        "confidence": "" if mapping.confidence is None else f"{mapping.confidence:.4f}".rstrip("0").rstrip("."),
        "comment": mapping.comment,
    }
    # Before the rows are sorted: another form of the same text must not stand elsewhere.
    return {slot: unicodedata.normalize("NFC", LINE_END.sub("\n", value)) for slot, value in row.items()}


def _person(role: str, who: str, prefixes: Mapping[str, str]) -> dict[str, str]:
    if not who:
        return {}
    # Both slots hold lists.
    if is_http_iri(who):
        return {f"{role}_id": join_values([_curie(who, prefixes)])}
    return {f"{role}_label": join_values([who])}


def _curie(iri: str, prefixes: Mapping[str, str]) -> str:
    for prefix, namespace in prefixes.items():
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri.removeprefix(namespace)):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri


def read_mappings(text: str, path: str, subjects: Mapping[str, str]) -> tuple[Link, ...]:
    """The mappings that an SSSOM/TSV table holds on the entities ``subjects``, given as references by their IRIs.

    Columns may stand in any order, those that khabar has no use for are passed over; what the metadata says of tool and
    date holds for every row where no row says it itself (propagatable slots). Names are CURIEs by the table's own map,
    or IRIs. Several authors or reviewers become one name, none of them dropped. Raises FaultyData with every fault at
    its cell: KH080 for what is no such table, KH081 for mappings that contradict each other or the corpus.
    """
    return TableReader(text, path, subjects).read()
