"""maplib: stOTTR templates over polars frames, expanded into its store, which writes N-Triples."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any, Final

# Of the peers' own environment, of which a type checker in khabar's knows nothing.
maplib: Any = importlib.import_module("maplib")
polars: Any = importlib.import_module("polars")

LANG_STRING: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
TRIPLE: Final = "http://ns.ottr.xyz/0.4/Triple"


def template(name: str, constants: list[dict[str, str]], columns: list[dict[str, str]]) -> str:
    """The template of one table."""
    typed = ", ".join(f"? {_type(column)} ?{column['column']}" for column in columns)
    lines = [f"<{TRIPLE}>(?id, <{each['predicate']}>, <{each['object']}>)" for each in constants]
    lines += [f"<{TRIPLE}>(?id, <{column['predicate']}>, ?{column['column']})" for column in columns]
    return f"<{name}> [<http://ns.ottr.xyz/0.4/IRI> ?id, {typed}] :: {{ {', '.join(lines)} }} .\n"


def _type(column: dict[str, str]) -> str:
    form, detail = column["form"], column["detail"]
    return {"iri": "<http://ns.ottr.xyz/0.4/IRI>", "language": f"<{LANG_STRING}>"}.get(form, f"<{detail}>")


def frame(file: Path, prefix: str, columns: list[dict[str, str]]) -> Any:
    """The table as the template wants it: whole IRIs, strings with their language, dates and integers."""
    read = polars.read_csv(file, infer_schema=False)
    made = [(polars.lit(prefix) + polars.col("id")).alias("id")]
    for column in columns:
        value, form, detail = polars.col(column["column"]), column["form"], column["detail"]
        if form == "iri" and detail:
            value = polars.lit(detail) + value
        elif form == "language":
            with_tag = polars.struct(value.alias(f"<{LANG_STRING}>"), polars.lit(detail).alias("l"))
            value = polars.when(value.is_not_null()).then(with_tag)
        elif detail == f"{XSD}date":
            value = value.str.to_date()
        elif detail == f"{XSD}integer":
            value = value.cast(polars.Int64)
        made.append(value.alias(column["column"]))
    return read.select(made)


def main() -> None:
    """Map the tables of a folder into a file."""
    folder, output = Path(sys.argv[1]), Path(sys.argv[2])
    model = maplib.Model()
    for kind in json.loads((folder / "mapping.json").read_text(encoding="utf-8")):
        for number, table in enumerate(kind["tables"]):
            name = f"urn:template:{table['file']}"
            model.add_template(template(name, kind["constants"] if number == 0 else [], table["columns"]))
            model.map(name, frame(folder / table["file"], kind["prefix"], table["columns"]))
    model.write(str(output), format="ntriples")


if __name__ == "__main__":
    main()
