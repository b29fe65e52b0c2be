"""A client of the Reconciliation Service API: version 0.2, and the draft of 1.0 where it differs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias

import msgspec

from khabar.errors import ServiceFailed
from khabar.terms import WIKIDATA, is_http_iri
from khabar.wikidata.client import Client

BATCH: Final = 10
"""Queries in a request to a service that does not say how many it takes."""

Version: TypeAlias = Literal["0.2", "1.0-draft"]


class Manifest(msgspec.Struct, frozen=True):
    """What a service says of itself. ``space`` and ``view`` make an IRI of an id."""

    name: str
    version: Version
    space: str
    view: str
    batch: int

    def iri(self, identifier: str) -> str:
        """The IRI of an entity of the service."""
        if is_http_iri(identifier):
            return identifier
        for template in ("{{id}}", "{id}"):
            if template in self.view and not self.space:
                return self.view.replace(template, identifier)
        return self.space + identifier

    @property
    def is_wikidata(self) -> bool:
        """Whether its entities are items of Wikidata."""
        return self.space == WIKIDATA or "wikidata.org/" in self.view


class ReconciliationQuery(msgspec.Struct, frozen=True):
    """One question: a name, the type that is wanted where the service knows it, and properties with their values."""

    name: str
    type: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    limit: int = 5


class ReconciliationCandidate(msgspec.Struct, frozen=True):
    """One answer of a service, as it gives it; ``types`` are ids and names."""

    id: str
    name: str
    description: str = ""
    score: float = 0.0
    match: bool = False
    types: tuple[tuple[str, str], ...] = ()


Found: TypeAlias = tuple[ReconciliationCandidate, ...]


class ReconciliationService:
    """A service at an address; its manifest is asked for first, and tells which version of the protocol it speaks."""

    def __init__(self, client: Client, address: str) -> None:
        self._client = client
        self.address = address.rstrip("/")
        self._manifest: Manifest | None = None

    def manifest(self) -> Manifest:
        """What the service says of itself; raises ServiceFailed."""
        if self._manifest is None:
            try:
                self._manifest = self._client.get(self.address, {}, _manifest)
            except ServiceFailed as failure:
                failure.expected = "the manifest of a reconciliation service"
                raise
        return self._manifest

    def find(self, queries: Sequence[ReconciliationQuery]) -> list[Found]:
        """The candidates for each of ``queries``, in their order; raises ServiceFailed."""
        manifest = self.manifest()
        found: list[Found] = []
        for start in range(0, len(queries), manifest.batch):
            part = queries[start : start + manifest.batch]
            found += self._draft(part) if manifest.version == "1.0-draft" else self._stable(part)
        return found

    def _stable(self, queries: Sequence[ReconciliationQuery]) -> list[Found]:
        """Version 0.2: a form with the queries by key (section 4)."""
        keyed = {f"q{number}": _stable_query(query) for number, query in enumerate(queries)}

        def read(answer: Any) -> list[Found]:
            return [_candidates(answer[key]["result"]) for key in keyed]

        parameters = {"queries": json.dumps(keyed, ensure_ascii=False)}
        return self._client.post(self.address, parameters, read)

    def _draft(self, queries: Sequence[ReconciliationQuery]) -> list[Found]:
        """The draft of 1.0: JSON with a list of queries, to ``/match``, or as it was before 2025, ``/reconcile``."""

        def read(answer: Any) -> list[Found]:
            results = answer["results"]
            if len(results) != len(queries):
                raise ValueError(len(results))
            return [_candidates(result["candidates"]) for result in results]

        body = {"queries": [_draft_query(query) for query in queries]}
        try:
            return self._client.post_json(f"{self.address}/match", body, read)
        except ServiceFailed as failure:
            if not failure.found.startswith(("HTTP 404", "HTTP 405")):
                raise
            return self._client.post_json(f"{self.address}/reconcile", body, read)


def _manifest(answer: Any) -> Manifest:
    versions = answer.get("versions") or ["0.1"]
    draft = not any(version.startswith("0.") for version in versions)
    if draft and not any(version.startswith("1.0") for version in versions):
        raise ValueError(versions)
    batch = answer.get("batchSize")
    return Manifest(
        name=str(answer["name"]),
        version="1.0-draft" if draft else "0.2",
        space=str(answer.get("identifierSpace") or ""),
        view=str((answer.get("view") or {}).get("url") or ""),
        batch=min(batch, BATCH * 5) if isinstance(batch, int) and batch > 0 else BATCH,
    )


def _stable_query(query: ReconciliationQuery) -> dict[str, Any]:
    properties = [{"pid": number, "v": value} for number, value in query.properties]
    return {
        "query": query.name,
        "limit": query.limit,
        **({"type": query.type} if query.type else {}),
        **({"properties": properties} if properties else {}),
    }


def _draft_query(query: ReconciliationQuery) -> dict[str, Any]:
    conditions = [
        {"matchType": "name", "propertyValue": query.name},
        *(
            {"matchType": "property", "propertyId": number, "propertyValue": value, "required": False}
            for number, value in query.properties
        ),
    ]
    return {"limit": query.limit, **({"type": query.type} if query.type else {}), "conditions": conditions}


def _candidates(found: Any) -> Found:
    return tuple(
        ReconciliationCandidate(
            id=str(one["id"]),
            name=str(one["name"]),
            description=str(one.get("description") or ""),
            score=float(one.get("score") or 0.0),
            match=one.get("match") is True,
            types=tuple(map(_type, one.get("type") or ())),
        )
        for one in found
    )


def _type(kind: Any) -> tuple[str, str]:
    return (kind, "") if isinstance(kind, str) else (str(kind["id"]), str(kind.get("name") or ""))
