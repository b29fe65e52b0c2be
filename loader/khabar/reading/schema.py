"""The records as JSON Schema, for editors: it accepts what ``reading`` accepts, made from the same kinds.

An editor reads YAML 1.2 and sees values; khabar sees what was written. The one difference that a schema cannot close
is spelling: ``0x10`` is a number to an editor, and khabar wants digits. What no schema can say (the same id twice, a
reference that leads nowhere, NFC) is for ``khabar check``.
"""

from __future__ import annotations

import math
import re
from typing import Any, Literal, TypeAlias

import msgspec

from khabar.model import ArticleRecord, CorpusHeader, EntitiesFile
from khabar.reading.kinds import Choice, Either, Kind, Listing, Number, Record, Table, Word, kind_of
from khabar.scalars import FORBIDDEN_BMP

Schema: TypeAlias = dict[str, Any]
RecordKind: TypeAlias = Literal["article", "entities", "corpus"]

_STRUCTS: dict[RecordKind, type[msgspec.Struct]] = {
    "article": ArticleRecord,
    "entities": EntitiesFile,
    "corpus": CorpusHeader,
}


def json_schema(kind: RecordKind) -> Schema:
    """The JSON Schema (draft 2020-12) of one kind of file.

    ``"article"`` is a file of ``articles/``, ``"entities"`` one of ``entities/``, ``"corpus"`` is ``corpus.yaml``.
    Patterns keep to what Python's and ECMAScript's regular expressions share. Raises KeyError for another kind.
    """
    definitions: Schema = {}
    record = kind_of(_STRUCTS[kind])
    root = _schema(record, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://w3id.org/khabar/schema/{kind}.json",
        "title": f"khabar {record.title}",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema(kind: Kind, definitions: Schema) -> Schema:
    match kind:
        case Word():
            return _word(kind)
        case Choice(words):
            return {"enum": list(words)}
        case Number():
            schema: Schema = {"type": "integer" if kind.whole else "number"}
            if kind.low > -math.inf:
                schema["minimum"] = kind.low
            if kind.high < math.inf:
                schema["maximum"] = kind.high
            return schema
        case Listing(item, least):
            return {"type": "array", "items": _schema(item, definitions), **({"minItems": least} if least else {})}
        case Table(key, value, least):
            return {
                "type": "object",
                "propertyNames": _word(key),
                "additionalProperties": _schema(value, definitions),
                **({"minProperties": least} if least else {}),
            }
        case Either(options):
            return {"anyOf": [_schema(option, definitions) for option in options]}
        case Record():
            return _reference(kind, definitions)


def _word(kind: Word) -> Schema:
    text: Schema = {"type": "string", "description": kind.expected}
    text["pattern"] = _shared(kind.pattern or f"^[^{FORBIDDEN_BMP}]*$")
    if kind.least:
        text["minLength"] = kind.least
    if kind.most:
        text["maxLength"] = kind.most
    others = [name for name in kind.takes if name != "string"]
    return {"anyOf": [text, *({"type": name} for name in others)]} if others else text


def _shared(pattern: str) -> str:
    """The pattern without what Python knows and ECMAScript (flag u, as JSON Schema wants it) does not."""
    pattern = re.sub(r"\\U([0-9a-fA-F]{8})", lambda match: chr(int(match[1], 16)), pattern)
    return re.sub(r"\\([\"'`<>,;:=@%&~#!-])", r"\1", pattern)


def _reference(kind: Record, definitions: Schema) -> Schema:
    name = kind.struct.__name__
    if name not in definitions:
        definitions[name] = {}
        definitions[name] = {
            "title": kind.title,
            "description": kind.meaning,
            "type": "object",
            "properties": {
                field.name: {**_schema(field.kind, definitions), "description": field.meaning} for field in kind.fields
            },
            "required": [field.name for field in kind.fields if field.required],
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{name}"}
