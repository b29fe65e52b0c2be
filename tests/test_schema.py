"""The JSON Schema takes what reading takes, and says what an editor shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import event, given
from jsonschema.validators import extend

from khabar import model
from khabar.errors import Fault
from khabar.reading.decoding import decode
from khabar.reading.kinds import kind_of, meanings
from khabar.reading.nodes import compose
from khabar.reading.schema import RecordKind, json_schema
from khabar.reading.text import decode_text
from strategies import STRUCTS, Document, documents, junk, mutated, times, written

KINDS: tuple[RecordKind, ...] = get_args(RecordKind)


def _pattern(_validator: Any, pattern: str, instance: object, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    # In JSON Schema, as in ECMAScript, $ is the end alone; in Python it is before a last line end, too.
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match")


Validator = extend(jsonschema.Draft202012Validator, {"pattern": _pattern})
VALIDATORS = {kind: Validator(json_schema(kind)) for kind in KINDS}


def faults_of(text: str, kind: str) -> list[Fault]:
    faults: list[Fault] = []
    decoded = decode_text(text.encode(), "record.yaml", faults)
    assert decoded is not None
    node = compose(decoded, "record.yaml", faults)
    if node is not None:
        decode(node, STRUCTS[kind], "record.yaml", faults)
    return faults


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_one(kind: RecordKind) -> None:
    schema = json_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"https://w3id.org/khabar/schema/{kind}.json"
    assert '"null"' not in json.dumps(schema)


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_and_key_is_described(kind: RecordKind) -> None:
    for name, definition in json_schema(kind)["$defs"].items():
        assert definition["description"], name
        for key, value in definition["properties"].items():
            assert value["description"], f"{name}.{key}"


@pytest.mark.parametrize("name", [name for name in vars(model) if name[0].isupper()])
def test_the_docstrings_list_the_keys_that_there_are(name: str) -> None:
    struct = getattr(model, name)
    if not isinstance(struct, type) or not issubclass(struct, model._Record):
        assert name not in {"Event", "Claim", "Statement"}
        return
    kind = kind_of(struct)
    assert list(meanings(struct)[1]) == [field.name for field in kind.fields]


def patterns() -> list[str]:
    found: list[str] = re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps([json_schema(kind) for kind in KINDS]))
    return sorted({json.loads(text) for text in found})


def test_patterns_keep_to_what_python_and_ecmascript_share() -> None:
    assert len(patterns()) > 5
    for pattern in patterns():
        # What both know: \x and \u escapes, escapes of syntax characters, (?: (?= (?!; $ only as the end.
        assert not re.search(r"\\[^xu\\^$.*+?()\[\]{}|/]", pattern), pattern
        assert not re.search(r"\(\?[^:=!]", pattern), pattern
        assert "\\$" not in pattern


@pytest.mark.skipif(
    shutil.which("node") is None and "CI" not in os.environ, reason="no node on the path; .ci/run installs it"
)
def test_ecmascript_reads_the_patterns_as_python_does() -> None:
    samples = [chr(code) for code in (*range(0x3000), *range(0xF900, 0x10000, 7), 0x1FFFD, 0x1FFFE, 0x20000, 0xE0001)]
    samples += [head + sample for head in ("http://a/", "http://", "Q1", "x") for sample in samples[:1500]]
    program = """
        const [patterns, samples] = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const verdict = one => samples.map(sample => +one.test(sample)).join("");
        console.log(JSON.stringify(patterns.map(pattern => verdict(new RegExp(pattern, "u")))));
    """
    samples = [sample for sample in samples if not re.search(r"[\ud800-\udfff]", sample)]
    answer = subprocess.run(
        ["node", "-e", program], input=json.dumps([patterns(), samples]), capture_output=True, text=True, check=True
    )
    for pattern, verdict in zip(patterns(), json.loads(answer.stdout), strict=True):
        python = re.compile(pattern.replace("$", r"\Z"))
        assert verdict == "".join("1" if python.search(sample) else "0" for sample in samples), pattern


def agree(document: Document, kind: RecordKind, *, block: bool) -> None:
    faults = faults_of(written(document, block=block), kind)
    valid = VALIDATORS[kind].is_valid(document)
    event("accepted" if valid else "refused")
    assert valid == (not faults), (faults, list(VALIDATORS[kind].iter_errors(document)))


@times(3)
@given(document=mutated(documents("article")))
def test_schema_and_reading_agree_on_articles(document: Document) -> None:
    agree(document, "article", block=False)


@times(2)
@given(document=mutated(documents("entities")))
def test_schema_and_reading_agree_on_entities(document: Document) -> None:
    agree(document, "entities", block=False)


@given(document=mutated(documents("corpus")))
def test_schema_and_reading_agree_on_headers(document: Document) -> None:
    agree(document, "corpus", block=False)


@given(document=junk)
def test_schema_and_reading_agree_on_anything(document: Document) -> None:
    for kind in KINDS:
        agree(document, kind, block=False)
