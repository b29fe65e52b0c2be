"""What is wrong with a node: the sentence, the guess at what was meant, and the place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Set as AbstractSet
from typing import NamedTuple, TypeAlias

from khabar.errors import Fault
from khabar.model import Evidence
from khabar.reading.kinds import Choice, Either, Kind, Listing, Number, Record, Table, Word
from khabar.reading.nodes import Mapping, Mark, Node, Refused, Scalar, Sequence
from khabar.reading.text import MASK, shown
from khabar.scalars import LANGUAGE_PATTERN, SLUG_PATTERN


class Finding(NamedTuple):
    """A fault that does not yet know its place."""

    node: Node
    code: str
    expected: str
    found: str
    remedy: str = ""
    key: str | None = None
    """A key of ``node`` that is missing."""


Findings: TypeAlias = list[Finding]

# What YAML 1.2 takes for nothing where it stands without quotes.
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
GIVE = "give it a value, or leave the key out"
# Guessing takes time: none in a file with very many findings, none at what is no word.
_MANY = 200
_LONG = 40


class Place(NamedTuple):
    """Where a node stands: the path of keys to it, and line and column from 1."""

    keys: tuple[str | int, ...]
    line: int
    column: int


def tell(findings: Findings, root: Node, path: str, faults: list[Fault]) -> None:
    """Appends the findings in the tree of ``root`` to the faults, each with its place."""
    places = _places(root)
    for finding in findings:
        if isinstance(finding.node, Scalar) and MASK in finding.node.value:
            # A forbidden character was told there before.
            continue
        keys, line, column = places[id(finding.node)]
        faults.append(
            Fault(
                path=path,
                line=line,
                column=column,
                code=finding.code,
                keys=keys if finding.key is None else (*keys, finding.key),
                expected=finding.expected,
                found=finding.found,
                remedy=finding.remedy,
            )
        )


def _places(root: Node) -> dict[int, Place]:
    places: dict[int, Place] = {}
    stack: list[tuple[Node, tuple[str | int, ...], Mark]] = [(root, (), root.mark)]
    while stack:
        node, keys, mark = stack.pop()
        places[id(node)] = Place(keys, mark.line + 1, mark.column + 1)
        if isinstance(node, Mapping):
            for key, value in node.pairs:
                inner = (*keys, key.value)
                places[id(key)] = Place(inner, key.mark.line + 1, key.mark.column + 1)
                # A map or list is told at its key: its own first character may be lines below.
                stack.append((value, inner, value.mark if isinstance(value, Scalar) else key.mark))
        elif isinstance(node, Sequence):
            stack.extend((item, (*keys, index), item.mark) for index, item in enumerate(node.items))
    return places


def expectation(kind: Kind) -> str:
    """What stands where a kind is expected, as a phrase with its article."""
    match kind:
        case Word():
            return kind.expected
        case Choice(words):
            return f"one of {', '.join(words)}" if len(words) > 1 else f"the word {words[0]}"
        case Number():
            return f"a {'whole ' if kind.whole else ''}number from {kind.low} to {kind.high}"
        case Listing(item):
            return f"a list, each item {expectation(item)}"
        case Table(key, value):
            if key.pattern == LANGUAGE_PATTERN:
                several = "" if isinstance(value, Word) else ", one or a list for each"
                return f"texts by language such as {{en: ...}}{several}"
            return f"a map by {'id' if key.pattern == SLUG_PATTERN else 'name'}"
        case Record():
            return f"a map with the keys of {_a(kind.title)}"
        case Either(options):
            singles = [expectation(option) for option in options if not isinstance(option, Listing)]
            some = " or a list of such" if len(singles) < len(options) else ""
            return " or ".join(singles) + some


def _a(noun: str) -> str:
    return f"a{'n' if noun[0] in 'aeiou' else ''} {noun}"


def is_nothing(node: Node) -> bool:
    """Tell whether a value is empty, or a word that YAML takes for nothing."""
    return type(node) is Scalar and node.plain and node.value in NULLS


def wrong_kind(node: Node, kind: Kind, findings: Findings) -> None:
    """Tells what stands there; an alias was told before."""
    remedy = ""
    if isinstance(node, Refused):
        return
    if isinstance(node, Mapping):
        found = "a map"
    elif isinstance(node, Sequence):
        found = "a list"
        if any(isinstance(item, Scalar) and ".." in item.value for item in node.items):
            remedy = "put it in quotes: YAML takes the brackets of a date for a list"
    elif is_nothing(node):
        found = "nothing"
        remedy = f"put {node.value} in quotes if the word is meant" if node.value else GIVE
    else:
        found = shown(node.value)
        if isinstance(kind, Listing):
            remedy = "put it in brackets"
    findings.append(Finding(node, "KH012", expectation(kind), found, remedy))


def respelt(kind: Word, value: str) -> str:
    """A remedy where the usual slip of its kind is all that is wrong, otherwise an empty text."""
    if not kind.pattern or len(value) > _MANY:
        return ""
    match kind.code:
        case "KH014":
            guess = ".".join(re.sub(r"[^a-z0-9]+", "-", part).strip("-") for part in value.lower().split("."))
        case "KH015":
            guess = value if "://" in value else f"https://{value}" if "." in value else ""
            guess += "" if guess.endswith(("/", "#")) or re.fullmatch(kind.pattern, guess) else "/"
        case _:
            guess = value.strip().lower() if value != value.lower() else value.strip().title().replace(" ", "")
    fits = guess and guess != value and re.fullmatch(kind.pattern, guess)
    return f"did you mean {shown(guess)}?" if fits else ""


def tell_keys(kind: Record, node: Node, unknown: list[Scalar], given: AbstractSet[str], findings: Findings) -> None:
    """Tells unknown and missing keys; a key that is only misspelt is told once."""
    missing = {field.name: field for field in kind.fields if field.required and field.name not in given}
    free = tuple(field.name for field in kind.fields if field.name not in given)
    for key in unknown:
        if kind.struct is Evidence and key.value == "quote":
            remedy = "run khabar cite --fill on the record, with the text"
            findings.append(Finding(key, "KH054", "paragraph, start, end and sha256", "a quotation", remedy))
            missing.clear()
            continue
        guess = nearest(key.value, free, findings)
        missing.pop(guess, None)
        remedy = f"did you mean {guess}?" if guess else f"the keys are {', '.join(field.name for field in kind.fields)}"
        findings.append(Finding(key, "KH010", f"a key of {_a(kind.title)}", shown(key.value), remedy))
    for field in missing.values():
        findings.append(Finding(node, "KH011", expectation(field.kind), "no such key", "", field.name))


def nearest(word: str, options: tuple[str, ...], findings: Findings) -> str:
    """The option that was probably meant, or an empty text; no guesses once a file has very many findings."""
    if len(findings) > _MANY or len(word) > _LONG:
        return ""
    plain = word.lower().replace("-", "_").replace(" ", "_")
    by_plain = {option.replace("-", "_"): option for option in options}
    close = difflib.get_close_matches(plain, by_plain, n=1, cutoff=0.6)
    return by_plain[close[0]] if close else ""
