"""The answers of the service as values: candidates, suggestions, values of properties, the manifest."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from khabar import __version__, vocabulary
from khabar.matching import Hit, likeness, plain
from khabar.reconciliation.entities import TYPES, Entities, Known, types_of
from khabar.reconciliation.messages import BATCH, Extension, Query, compared
from khabar.reconciliation.properties import PROPERTIES, Holders, agreement, proposed

DOCUMENTATION: Final = "https://w3id.org/khabar"
_SURE: Final = 97.0
_APART: Final = 5.0
_AGREES: Final = 0.9
_WRONG_TYPE: Final = 0.6
_SUGGESTED: Final = 10
_SCORED: Final = 500
"""Candidates of which properties are compared."""


def manifest(entities: Entities, address: str, language: str) -> dict[str, Any]:
    """What the service says of itself; ``address`` is where it is reached (section 2)."""
    title = entities.title.get(language) or next(iter(entities.title.values()))
    suggest = {
        kind: {
            "service_url": address,
            "service_path": f"/suggest/{kind}",
            "flyout_service_path": f"/flyout/{kind}?id=${{id}}",
        }
        for kind in ("entity", "type", "property")
    }
    return {
        "versions": ["0.2"],
        "name": title,
        "identifierSpace": entities.base,
        "schemaSpace": vocabulary.NAMESPACE,
        "documentation": DOCUMENTATION,
        "serviceVersion": __version__,
        "batchSize": BATCH,
        "defaultTypes": [kind(name, language) for name in TYPES],
        "view": {"url": f"{address}/preview?id={{{{id}}}}"},
        "preview": {"url": f"{address}/preview?id={{{{id}}}}", "width": 420, "height": 220},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": address, "service_path": "/properties"},
            "property_settings": [],
        },
    }


def kind(name: str, language: str) -> dict[str, Any]:
    """A type with its name, and those above it."""
    iri = vocabulary.term(name)
    return {
        "id": name,
        "name": vocabulary.label(iri, language),
        "description": vocabulary.definition(iri, language),
        "broader": [
            {"id": one, "name": vocabulary.label(vocabulary.term(one), language)} for one in types_of(name)[1:]
        ],
    }


def candidates(entities: Entities, holders: Holders, query: Query, language: str) -> list[dict[str, Any]]:
    """The candidates for one query, the likeliest first (section 4).

    A score goes from 0 to 100. Only a candidate that is sure, and has no rival, is called a match: the same name but
    for orthography, or without a name the same link, of a type that was asked for, and every property that was given
    agrees. Without a name, who agrees in no property is no candidate.
    """
    by_id = entities.get(query.name) if query.name else None
    fitting = ((known, like) for known, like in _named(entities, holders, query, by_id) if _fits(known, query))
    scored = [
        _scored(entities, known, query, 1.0 if known is by_id else like, language)
        for known, like in islice(fitting, _SCORED)
    ]
    scored = [one for one in scored if one["score"] > 0]
    scored.sort(key=lambda one: (-one["score"], one["id"]))
    for rank, one in enumerate(scored):
        has_rival = rank > 0 or (len(scored) > 1 and scored[1]["score"] > one["score"] - _APART)
        one["match"] = one["match"] and not has_rival
    return scored[: query.limit]


def _named(entities: Entities, holders: Holders, query: Query, by_id: Known | None) -> Iterable[tuple[Known, float]]:
    if not query.name.strip():
        return ((known, 0.0) for known in holders.find(query.properties))
    hits: list[Hit] = entities.index.find(compared(query.name), limit=200)
    found = {entities.all[hit.number]: hit.likeness.score for hit in hits}
    if by_id is not None:
        found[by_id] = 1.0
    return found.items()


def _fits(known: Known, query: Query) -> bool:
    if not query.types or query.strict == "should":
        return True
    held = [wanted in known.types for wanted in query.types]
    return all(held) if query.strict == "all" else any(held)


def _scored(entities: Entities, known: Known, query: Query, like: float, language: str) -> dict[str, Any]:
    features: list[dict[str, Any]] = []
    parts: list[tuple[float, float]] = []
    if query.name.strip():
        parts.append((2.0, like))
        features.append({"id": "query", "value": round(100 * like, 1)})
    agreements: dict[str, float] = {}
    for number, wanted in query.properties:
        if number in PROPERTIES:
            agrees = agreement(entities, known, PROPERTIES[number], wanted)
            # A property may be given twice; the features of a candidate have different ids.
            agreements[number] = min(agrees, agreements.get(number, 1.0))
            parts.append((1.0, agrees))
    features += [{"id": number, "value": round(100 * agrees, 1)} for number, agrees in agreements.items()]
    of_type = not query.types or any(wanted in known.types for wanted in query.types)
    if query.types:
        features.append({"id": "type", "value": of_type})
    score = 100 * sum(weight * value for weight, value in parts) / (sum(weight for weight, _ in parts) or 1.0)
    sure = 100 * like >= _SURE if query.name.strip() else "exactMatch" in agreements
    score = round(score if of_type else _WRONG_TYPE * score, 1)
    return {
        "id": known.id,
        "name": known.name(language),
        "description": known.description(language),
        "score": score,
        "match": sure and of_type and all(agrees >= _AGREES for agrees in agreements.values()),
        "type": [{"id": name, "name": vocabulary.label(vocabulary.term(name), language)} for name in known.types],
        "features": features,
    }


def suggested_entities(entities: Entities, prefix: str, skipped: int, language: str) -> dict[str, Any]:
    """The entities of which a name begins so, or whose id it is (section 6)."""
    own = entities.get(prefix)
    begun = [entities.all[number] for number in entities.index.beginning(compared(prefix), _SUGGESTED + skipped)]
    found = list(dict.fromkeys(begun if own is None else (own, *begun)))[skipped : skipped + _SUGGESTED]
    return {
        "result": [
            {
                "id": known.id,
                "name": known.name(language),
                "description": known.description(language),
                "notable": [known.entity.type],
            }
            for known in found
        ]
    }


def suggested_types(prefix: str, skipped: int, language: str) -> dict[str, Any]:
    """The types of which a name or the id begins so."""
    found = [kind(name, language) for name in TYPES if _begins(prefix, name, *_labels(name))]
    return {"result": found[skipped : skipped + _SUGGESTED]}


def suggested_properties(prefix: str, skipped: int, language: str) -> dict[str, Any]:
    """The properties of which a name or the id begins so."""
    found = [
        {"id": one.id, "name": one.label.get(language, one.label["en"])}
        for one in PROPERTIES.values()
        if _begins(prefix, one.id, *one.label.values())
    ]
    return {"result": found[skipped : skipped + _SUGGESTED]}


def _labels(name: str) -> tuple[str, ...]:
    return tuple(vocabulary.label(vocabulary.term(name), language) for language in ("en", "ar"))


def _begins(prefix: str, *names: str) -> bool:
    prefix = compared(prefix)
    wanted = plain(prefix)
    return any(plain(name).startswith(wanted) or likeness(name, prefix).score >= _AGREES for name in names)


def extended(entities: Entities, query: Extension, language: str) -> dict[str, Any]:
    """The values of properties of entities (section 7); there are none of an unknown entity or an unknown property."""
    meta = []
    for number in query.properties:
        one = PROPERTIES.get(number)
        name = one.label.get(language, one.label["en"]) if one else number
        meta.append({"id": number, "name": name, **({"type": {"id": one.range}} if one and one.range else {})})
    rows: dict[str, dict[str, list[Any]]] = {}
    for identifier in query.ids:
        known = entities.get(identifier)
        rows[identifier] = {
            number: list(PROPERTIES[number].values(entities, known, language))
            if known is not None and number in PROPERTIES
            else []
            for number in query.properties
        }
    return {"meta": meta, "rows": rows}


def proposals(name: str, limit: int | None, language: str) -> dict[str, Any]:
    """The properties that can be fetched of a type (section 7)."""
    found = [{"id": one.id, "name": one.label.get(language, one.label["en"])} for one in proposed(name)]
    return {
        "type": name,
        "properties": found if limit is None else found[:limit],
        **({} if limit is None else {"limit": limit}),
    }
