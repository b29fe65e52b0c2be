"""Hypothesis strategies for records: documents as YAML gives them, made from the kinds that reading uses.

``documents(kind)`` are valid; ``mutated(documents)`` may or may not be. References are well formed and lead nowhere:
what stands between records is not for these.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
import string
import unicodedata
from typing import Any, TypeAlias

import msgspec
import yaml
from hypothesis import settings
from hypothesis import strategies as st

from khabar import model, scalars
from khabar.reading.kinds import Choice, Either, Kind, Listing, Number, Record, Table, Word, kind_of
from khabar.reading.text import FORBIDDEN
from khabar.terms import HTTP_IRI_PATTERN

Document: TypeAlias = Any
"""What ``json.loads`` gives."""

STRUCTS: dict[str, type[msgspec.Struct]] = {
    "article": model.ArticleRecord,
    "entities": model.EntitiesFile,
    "corpus": model.CorpusHeader,
}

_WORDS = st.sampled_from(["a", "eastport", "harbour-times", "mayor-b", "the-wire", "x1", "no", "on", "null-1"])
_LETTERS = "abc019 -:#&*!|>%@`'\"{}[],?\\~.زيارةالوزيرéß\u200f\u2067\u2069\t\n𐤀"


def times(factor: int) -> settings:
    """Settings for several times as many examples as the profile has."""
    examples = settings.default.max_examples if settings.default is not None else 50
    return settings(max_examples=examples * factor)


def nfc(text: str) -> str:
    """The text as khabar wants it, noncharacters of the upper planes left out: no pattern of a schema names them."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if c < "\U00010000" or not FORBIDDEN.match(c))


texts = (
    (
        st.text(alphabet=_LETTERS, min_size=1, max_size=12)
        | st.sampled_from(
            ["NO", "12:30", "0033", "1.10", "2023-01-01", "null", "~", "true", "1e3", "=", "<<", "- a", "%"]
        )
    )
    .map(nfc)
    .filter(re.compile(scalars.TEXT_PATTERN).search)
)
hosts = st.sampled_from(["example.org", "www.example.org", "مثال.example", "example.org:8080"])
iris = st.builds(
    "{}://{}{}".format, st.sampled_from(["http", "https"]), hosts, st.sampled_from(["", "/", "/a?b=c#d", "#x", "/ب"])
)
digests = st.integers(0, 99).map(lambda number: hashlib.sha256(bytes([number])).hexdigest())

WORDS: dict[str | None, st.SearchStrategy[str]] = {
    scalars.TEXT_PATTERN: texts,
    scalars.SLUG_PATTERN: _WORDS,
    scalars.REFERENCE_PATTERN: _WORDS | st.builds("{}.{}".format, _WORDS, _WORDS),
    scalars.LANGUAGE_PATTERN: st.sampled_from(["en", "ar", "no", "zh-Hant", "ber", "ar-LY"]),
    scalars.TYPE_NAME_PATTERN: st.sampled_from(["Event", "Visit", "Berthing", "X", "T2"]),
    HTTP_IRI_PATTERN: iris,
    scalars.BASE_PATTERN: hosts.map("https://{}/k/".format),
    scalars.MATCH_PATTERN: iris | st.integers(1, 10**12 - 1).map("Q{}".format),
    scalars.SHA256_PATTERN: digests,
    scalars.DURATION_PATTERN: st.sampled_from(["P7D", "P1W", "P1M", "P1Y2M3D"]),
}
dates = st.sampled_from(["2031-03-02", "2031-03", "2031", "2031-02-2X", "[2031-09-21..2031-09-30]", "2031-09~", 2031])


def of_kind(kind: Kind) -> st.SearchStrategy[Document]:
    """Valid values of a kind; only a few of the optional keys at a time."""
    match kind:
        case Word():
            return dates if kind.code == "KH030" else WORDS[kind.pattern]
        case Choice(words):
            return st.sampled_from(words)
        case Number(whole, low, high):
            if whole:
                return st.integers(int(low), int(high))
            return st.floats(low, high) | st.integers(int(low), int(high))
        case Listing(item, least):
            return st.lists(of_kind(item), min_size=least, max_size=2)
        case Table(key, value, least):
            return st.dictionaries(of_kind(key), of_kind(value), min_size=least, max_size=2)
        case Either(options):
            return st.one_of([of_kind(option) for option in options])
        case Record(fields=fields):
            required = {field.name: of_kind(field.kind) for field in fields if field.required}
            optional = {field.name: of_kind(field.kind) for field in fields if not field.required}
            return st.sets(st.sampled_from(sorted(optional) or [""]), max_size=4).flatmap(
                lambda chosen: st.fixed_dictionaries(
                    {**required, **{name: optional[name] for name in sorted(chosen) if name}}
                )
            )


def documents(kind: str) -> st.SearchStrategy[Document]:
    """Valid documents of one kind of file: ``"article"``, ``"entities"`` or ``"corpus"``."""
    return of_kind(kind_of(STRUCTS[kind]))


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
    | st.text(max_size=6).map(nfc)
    | st.sampled_from(["", " ", "a b", "x\n", "http://a b", "Q0", "2031\n", "eastport\n", "\ufffd", "http://a/\ufffd"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def mutated(draw: st.DrawFn, valid: st.SearchStrategy[Document]) -> Document:
    """A document, or what is left of it: up to three values replaced, wrapped, dropped, added or renamed."""
    root = [copy.deepcopy(draw(valid))]
    for _ in range(draw(st.integers(0, 3))):
        holder: Any = root
        key: Any = 0
        while isinstance(holder[key], dict | list) and holder[key] and draw(st.integers(0, 4)):
            holder = holder[key]
            key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
        match draw(st.sampled_from(["replace", "wrap", "drop", "add", "rename"])):
            case "replace":
                holder[key] = draw(junk)
            case "wrap":
                holder[key] = draw(st.sampled_from([[holder[key]], {"en": holder[key]}, []]))
            case "drop" if holder is not root:
                del holder[key]
            case "add" if isinstance(holder, dict):
                holder[draw(texts | st.sampled_from(["note", "en", "evidence", "date", "quote"]))] = draw(junk)
            case "rename" if isinstance(holder, dict):
                holder[draw(texts | st.just(f"{key}s"))] = holder.pop(key)
    return root[0]


TRAPS = [
    *(b"\t", b"\n\t", b"\0", b"&a ", b"*a ", b"!!int ", b"<<: ", b"- ", b": ", b"? ", b"#", b"\r", b"|\n", b">-\n"),
    *(b"'", b'"', b"[", b"]", b"{", b"}", b",", b"%", b"@", b"`", b"\\", b'"\\u0000"', b'"\\ud800"', b'"\\UFFFFFFFF"'),
    *(b"---\n", b"...\n", b"%YAML 1.1\n", b"\xff", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xcc\x81"),
    *(b"null", b"~", b"0x1F", b".nan", b"1_0", b"[" * 70, b"- " * 70, b"x" * 1100, b"\xd9\x93", b"\xf0\x9f\xbf\xbe"),
]


def written(document: Document, *, block: bool) -> str:
    """A document as a text: YAML in lines, or JSON, which is YAML in braces."""
    if block:
        return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    return json.dumps(document, ensure_ascii=False)


@st.composite
def damaged(draw: st.DrawFn, valid: st.SearchStrategy[Document]) -> bytes:
    """The bytes of a valid document after one to four accidents: parts deleted, doubled, swapped, traps put in."""
    data = written(draw(valid), block=draw(st.booleans())).encode()
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        end = min(end, start + 40)
        match draw(st.sampled_from(["delete", "double", "swap", "trap", "trap", "line"])):
            case "delete":
                data = data[:start] + data[end:]
            case "double":
                data = data[:end] + data[start:end] + data[end:]
            case "swap":
                middle = (start + end) // 2
                data = data[:start] + data[middle:end] + data[start:middle] + data[end:]
            case "trap":
                data = data[:start] + draw(st.sampled_from(TRAPS)) + data[start:]
            case "line":
                lines = data.splitlines(keepends=True) or [b""]
                index = draw(st.integers(0, len(lines) - 1))
                lines[index : index + 1] = draw(st.sampled_from([[], [lines[index]] * 2, [b"  ", lines[index]]]))
                data = b"".join(lines)
    return data


slugs = st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=8).filter(
    lambda slug: slug not in {"null", "true", "false"}
)
