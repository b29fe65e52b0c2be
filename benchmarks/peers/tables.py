"""Flatten the triples of article graphs into the tables that the peers map back into the same triples.

Each kind of thing has a table with a row for each thing; what a thing has several of stands in a table of its own.
What all things of a kind have is left to the mapping, and so is all that the names of one property begin with. Nothing
is left to be resolved, joined or worked out.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

Form: TypeAlias = tuple[str, str]
"""What an object is: ``("iri", what it begins with)``, ``("language", tag)`` or ``("datatype", IRI)``."""
Field: TypeAlias = tuple[str, Form]
Table: TypeAlias = Callable[[list[str]], object]
Open: TypeAlias = Callable[[str, list[str]], Table]
Thing: TypeAlias = tuple[str, dict[Field, list[str]]]

_PLAIN: Final = re.compile(r"[A-Za-z0-9._~-]+")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-F]{4})|U([0-9A-F]{8})|(.))")
_ESCAPED: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_CONSTANTS: Final = 64
"""How many objects a property has at most for one of them to be looked at as the one that all have."""


class Shape(NamedTuple):
    """What the things of one kind have: how many they are, the most of each field, and what all have alike."""

    things: int
    most: dict[Field, int]
    constants: dict[Field, set[str]]


def graphs_of_articles(path: Path) -> Iterator[bytes]:
    """The lines of an N-Quads document that stand in the graph of an article."""
    with path.open("rb") as file:
        for line in file:
            if b"/graphs/article-" in line[line.rfind(b" <") :]:
                yield line


def things(lines: Iterable[bytes]) -> Iterator[Thing]:
    """The subjects in order, each with its objects by field."""
    split = (line.decode().rstrip("\n").rsplit(" ", 2)[0].split(" ", 2) for line in lines)
    for subject, triples in groupby(split, key=lambda triple: triple[0]):
        fields: dict[Field, list[str]] = defaultdict(list)
        for _, predicate, term in triples:
            form, value = _object(term)
            fields[predicate[1:-1], form].append(value)
        yield subject[1:-1], fields


def _object(term: str) -> tuple[Form, str]:
    if term[0] == "<":
        begin, mark, rest = _cut(term[1:-1])
        if _PLAIN.fullmatch(rest):
            return ("iri", begin + mark), rest
        return ("iri", ""), term[1:-1]
    end = term.rindex('"')
    text, kind = term[1:end], term[end + 1 :]
    if "\\" in text:
        text = _ESCAPE.sub(_unescape, text)
    if kind.startswith("@"):
        return ("language", kind[1:]), text
    return ("datatype", kind[3:-1] or _STRING), text


def _cut(iri: str) -> tuple[str, str, str]:
    mark = "#" if "#" in iri else "/"
    return iri.rpartition(mark)


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _ESCAPED.get(match[3], match[3])


def shapes(path: Path) -> dict[str, Shape]:
    """What things of each kind there are; the kind is what their IRIs begin with."""
    counts: Counter[str] = Counter()
    most: dict[str, dict[Field, int]] = defaultdict(dict)
    alike: dict[str, dict[Field, Counter[tuple[str, ...]]]] = defaultdict(lambda: defaultdict(Counter))
    for subject, fields in things(graphs_of_articles(path)):
        kind = "".join(_cut(subject)[:2])
        counts[kind] += 1
        for field, values in fields.items():
            most[kind][field] = max(most[kind].get(field, 0), len(values))
            if len(alike[kind][field]) <= _CONSTANTS:
                alike[kind][field][tuple(values)] += 1
    return {kind: _shape(count, most[kind], alike[kind]) for kind, count in sorted(counts.items())}


def _shape(count: int, most: dict[Field, int], alike: dict[Field, Counter[tuple[str, ...]]]) -> Shape:
    constants: dict[Field, set[str]] = {}
    for field, seen in alike.items():
        if sum(seen.values()) == count and len(seen) <= _CONSTANTS and field[1][0] == "iri":
            constants[field] = set.intersection(*map(set, seen))
            most[field] = max(len(set(values) - constants[field]) for values in seen)
    return Shape(count, {field: number for field, number in sorted(most.items()) if number}, constants)


def flatten(path: Path, folder: Path) -> int:
    """Write the tables and ``mapping.json`` into ``folder``; returns how many triples they hold."""
    folder.mkdir(parents=True, exist_ok=True)
    found = shapes(path)
    triples = 0
    with ExitStack() as stack:

        def table(name: str, head: list[str]) -> Table:
            file = stack.enter_context((folder / name).open("w", encoding="utf-8", newline=""))
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            return writer.writerow

        kinds = {prefix: _Kind(prefix, shape, table) for prefix, shape in found.items()}
        for subject, fields in things(graphs_of_articles(path)):
            triples += sum(map(len, fields.values()))
            begin, mark, rest = _cut(subject)
            kinds[begin + mark].write(rest, fields)
    mapping = [kind.mapping for kind in kinds.values()]
    (folder / "mapping.json").write_text(json.dumps(mapping, indent=1), encoding="utf-8")
    return triples


class _Kind:
    # The tables of one kind of things.
    def __init__(self, prefix: str, shape: Shape, table: Open) -> None:
        name = prefix[:-1].rpartition("/")[2]
        self.constants = shape.constants
        self.single = [field for field, most in shape.most.items() if most == 1]
        several = [field for field, most in shape.most.items() if most > 1]
        columns = [{"column": f"c{number}", **_described(field)} for number, field in enumerate(self.single)]
        self.row = table(f"{name}.csv", ["id", *(column["column"] for column in columns)])
        names = {field: f"{name}-{number}.csv" for number, field in enumerate(several)}
        self.several = {field: table(file, ["id", "value"]) for field, file in names.items()}
        self.mapping = {
            "prefix": prefix,
            "constants": [
                {"predicate": field[0], "object": field[1][1] + value}
                for field, values in shape.constants.items()
                for value in sorted(values)
            ],
            "tables": [
                {"file": f"{name}.csv", "columns": columns},
                *(
                    {"file": file, "columns": [{"column": "value", **_described(field)}]}
                    for field, file in names.items()
                ),
            ],
        }

    def write(self, subject: str, fields: dict[Field, list[str]]) -> None:
        row = [subject]
        for field in self.single:
            same = self.constants.get(field, ())
            row.append(next((value for value in fields.get(field, ()) if value not in same), ""))
        self.row(row)
        for field, write in self.several.items():
            same = self.constants.get(field, ())
            for value in fields.get(field, ()):
                if value not in same:
                    write([subject, value])


def _described(field: Field) -> dict[str, str]:
    predicate, (form, detail) = field
    return {"predicate": predicate, "form": form, "detail": detail}


if __name__ == "__main__":
    print(flatten(Path(sys.argv[1]), Path(sys.argv[2])))
