"""DuckDB: SQL that builds the lines of N-Triples, one SELECT a property."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

# Of the peers' own environment, of which a type checker in khabar's knows nothing.
duckdb: Any = importlib.import_module("duckdb")

CSV = "header=true, all_varchar=true, delim=',', quote='\"', escape='\"', new_line='\\n'"
ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


def text(value: str) -> str:
    """A string in SQL."""
    return "'" + value.replace("'", "''") + "'"


def lines(prefix: str, column: dict[str, str]) -> str:
    """The SQL of the lines of one column."""
    begin = f"<{prefix}"
    value, form, detail = f'"{column["column"]}"', column["form"], column["detail"]
    if form == "iri":
        middle, end = f"> <{column['predicate']}> <{detail}", "> ."
    else:
        for plain, escaped in ESCAPES:
            value = f"replace({value}, {_characters(plain)}, {_characters(escaped)})"
        kind = f"@{detail}" if form == "language" else f"^^<{detail}>" if not detail.endswith("#string") else ""
        middle, end = f'> <{column["predicate"]}> "', f'"{kind} .'
    # An operator on NULL is NULL, which the reader leaves out.
    return f"{text(begin)} || id || {text(middle)} || {value} || {text(end)}"


def _characters(value: str) -> str:
    controls = {"\n": "chr(10)", "\r": "chr(13)", "\t": "chr(9)"}
    return controls.get(value, text(value))


def main() -> None:
    """Map the tables of a folder into a file."""
    folder, output = Path(sys.argv[1]), Path(sys.argv[2])
    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET preserve_insertion_order = false")
    selects: list[str] = []
    for kind in json.loads((folder / "mapping.json").read_text(encoding="utf-8")):
        for number, table in enumerate(kind["tables"]):
            file = text(str(folder / table["file"]))
            expressions = [lines(kind["prefix"], column) for column in table["columns"]]
            if number == 0:
                expressions += [
                    f"{text('<' + kind['prefix'])} || id || "
                    + text(f"> <{constant['predicate']}> <{constant['object']}> .")
                    for constant in kind["constants"]
                ]
            # One list of all lines of a row: the table is read once.
            lists = f"SELECT unnest([{', '.join(expressions)}]) AS line"
            selects.append(f"{lists} FROM read_csv({file}, {CSV})")
    union = " UNION ALL ".join(selects)
    connection.execute(
        f"COPY (SELECT line FROM ({union}) WHERE line IS NOT NULL) TO {text(str(output))} "  # noqa: S608 - own names
        "(FORMAT csv, HEADER false, QUOTE '', DELIMITER '\x01', ESCAPE '')"
    )


if __name__ == "__main__":
    main()
