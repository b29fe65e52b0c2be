"""The tables row by row: what is left to do is to make terms of the cells."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Cell(NamedTuple):
    """One triple: the object as it is to be made, by its form and what belongs to it."""

    subject: str
    predicate: str
    form: str
    detail: str
    value: str


def cells(folder: Path) -> Iterator[Cell]:
    """Every triple of the tables of a folder."""
    for kind in json.loads((folder / "mapping.json").read_text(encoding="utf-8")):
        prefix = kind["prefix"]
        for number, table in enumerate(kind["tables"]):
            constants = [(each["predicate"], each["object"]) for each in kind["constants"]] if number == 0 else []
            columns = [(column["predicate"], column["form"], column["detail"]) for column in table["columns"]]
            with (folder / table["file"]).open(encoding="utf-8", newline="") as file:
                read = csv.reader(file)
                next(read)
                for row in read:
                    subject = prefix + row[0]
                    for predicate, value in constants:
                        yield Cell(subject, predicate, "iri", "", value)
                    for (predicate, form, detail), value in zip(columns, row[1:], strict=True):
                        if value:
                            yield Cell(subject, predicate, form, detail, value)
