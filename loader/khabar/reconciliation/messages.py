"""What clients send, decoded: queries of version 0.2, and what of older clients is still met."""

from __future__ import annotations

import json
import reprlib
from typing import Any, ClassVar, Final

import msgspec

from khabar.errors import KhabarError

BATCH: Final = 50
"""Queries that one request may hold."""

LIMIT: Final = 5
LARGEST_LIMIT: Final = 100

COMPARED: Final = 300
"""Code points of a text that are compared: a name is shorter, and the time grows with the square."""

PROPERTIES_LIMIT: Final = 50
"""Properties that one query may have, and values that one of them may have."""

IDS_LIMIT: Final = 1000
"""Entities that one data extension query may ask of."""

_SHOWN: Final = 60


class RequestRefused(KhabarError):
    """A request to the service is not what the protocol has (HTTP status 400)."""

    status: ClassVar[int] = 400


class RequestTooLarge(RequestRefused):
    """A request asks for more than the service gives at a time (HTTP status 413)."""

    status: ClassVar[int] = 413


class Query(msgspec.Struct, frozen=True):
    """One reconciliation query: a name, types of which all, some or preferably some must hold, and properties."""

    name: str = ""
    types: tuple[str, ...] = ()
    strict: str = "any"
    limit: int = LIMIT
    properties: tuple[tuple[str, tuple[Any, ...]], ...] = ()


def parsed(text: str, where: str) -> Any:
    """The JSON of a field; raises RequestRefused."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise refused(where, "JSON", text) from None


def batch(text: str) -> dict[str, Query]:
    """The queries of a batch, by their keys; raises RequestRefused."""
    found = parsed(text, "queries")
    if not isinstance(found, dict):
        raise refused("queries", "a map of queries by their keys", found)
    if len(found) > BATCH:
        raise too_large("queries", BATCH, len(found))
    return {key: query(value, f"queries.{key}") for key, value in found.items()}


def query(value: Any, where: str) -> Query:
    """One query; raises RequestRefused."""
    if not isinstance(value, dict):
        raise refused(where, "a query", value)
    name = value.get("query", "")
    properties = value.get("properties") or []
    if not isinstance(name, str):
        raise refused(f"{where}.query", "a text", name)
    if not isinstance(properties, list):
        raise refused(f"{where}.properties", "a list", properties)
    if len(properties) > PROPERTIES_LIMIT:
        raise too_large(f"{where}.properties", PROPERTIES_LIMIT, len(properties))
    if not name.strip() and not properties:
        raise refused(where, "a query or properties", "neither")
    return Query(
        name,
        _types(value.get("type"), where),
        _strict(value.get("type_strict", "any"), where),
        limit(value.get("limit"), f"{where}.limit"),
        tuple(_property(one, f"{where}.properties") for one in properties),
    )


def single(text: str) -> Query:
    """The query of an old client: JSON, or the name as it is; raises RequestRefused."""
    if text.lstrip().startswith("{"):
        return query(parsed(text, "query"), "query")
    return query({"query": text}, "query")


def limit(value: Any, where: str) -> int:
    """A limit within what the service gives; raises RequestRefused for what is no number."""
    if value is None:
        return LIMIT
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        raise refused(where, "a number", value) from None
    return min(number, LARGEST_LIMIT) if number > 0 else LIMIT


class Extension(msgspec.Struct, frozen=True):
    """A data extension query: ids of entities, and the properties that are wanted of them."""

    ids: tuple[str, ...]
    properties: tuple[str, ...]


def extension(text: str) -> Extension:
    """The data extension query of a request; raises RequestRefused."""
    found = parsed(text, "extend")
    ids = found.get("ids") if isinstance(found, dict) else None
    properties = found.get("properties") if isinstance(found, dict) else None
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise refused("extend.ids", "a list of ids", ids)
    if not isinstance(properties, list) or not all(
        isinstance(one, dict) and isinstance(one.get("id"), str) for one in properties
    ):
        raise refused("extend.properties", "a list of properties with ids", properties)
    for field, given, most in (("ids", ids, IDS_LIMIT), ("properties", properties, PROPERTIES_LIMIT)):
        if len(given) > most:
            raise too_large(f"extend.{field}", most, len(given))
    return Extension(tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(one["id"] for one in properties)))


def _types(value: Any, where: str) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    found: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        # Some clients send a type as they got it, with its name.
        told = one.get("id") if isinstance(one, dict) else one
        if not isinstance(told, str):
            raise refused(f"{where}.type", "an id of a type, or several", value)
        found.append(told.rpartition("#")[2])
    return tuple(found)


def _strict(value: Any, where: str) -> str:
    if value in ("any", "all", "should"):
        return str(value)
    raise refused(f"{where}.type_strict", "any, all or should", value)


def _property(value: Any, where: str) -> tuple[str, tuple[Any, ...]]:
    if not isinstance(value, dict) or not isinstance(value.get("pid"), str) or "v" not in value:
        raise refused(where, "a pid and a v", value)
    values = value["v"] if isinstance(value["v"], list) else [value["v"]]
    if not all(isinstance(one, (str, int, float, bool, dict)) for one in values):
        raise refused(f"{where}.v", "texts, numbers, truth values or entities", value["v"])
    if len(values) > PROPERTIES_LIMIT:
        raise too_large(f"{where}.v", PROPERTIES_LIMIT, len(values))
    return value["pid"], tuple(values)


def compared(text: str) -> str:
    """As much of a text as is compared."""
    return text[:COMPARED]


def too_large(where: str, most: int, found: object) -> RequestTooLarge:
    """The refusal of more than ``most``."""
    return RequestTooLarge(where=where[:_SHOWN], expected=f"at most {most:,}", found=str(found))


def refused(where: str, expected: str, found: Any) -> RequestRefused:
    """The refusal of what was ``found``, of which not much is shown."""
    shown = found if isinstance(found, str) else reprlib.repr(found)
    return RequestRefused(where=where[:_SHOWN], expected=expected, found=shown[:_SHOWN] or "nothing")
