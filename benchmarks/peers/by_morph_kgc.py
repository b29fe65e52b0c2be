"""Morph-KGC: an RML mapping over the tables, materialised as N-Triples by its own command line."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Final

RML: Final = "http://w3id.org/rml/"
PREFIXES: Final = f"@prefix rml: <{RML}> .\n@base <https://example.org/mapping/> .\n"


def mapping(folder: Path) -> str:
    """The RML of all tables."""
    maps: list[str] = []
    for kind in json.loads((folder / "mapping.json").read_text(encoding="utf-8")):
        for number, table in enumerate(kind["tables"]):
            properties = [_column(column) for column in table["columns"]]
            if number == 0:
                properties += [
                    f"rml:predicate <{each['predicate']}> ; rml:object <{each['object']}>" for each in kind["constants"]
                ]
            maps.append(
                f"<{table['file']}> a rml:TriplesMap ;\n"
                f'  rml:logicalSource [ rml:source "{folder / table["file"]}" ; rml:referenceFormulation rml:CSV ] ;\n'
                f'  rml:subjectMap [ rml:template "{kind["prefix"]}{{id}}" ] ;\n'
                + " ;\n".join(f"  rml:predicateObjectMap [ {each} ]" for each in properties)
                + " .\n"
            )
    return PREFIXES + "\n".join(maps)


def _column(column: dict[str, str]) -> str:
    name, form, detail = column["column"], column["form"], column["detail"]
    if form == "iri" and detail:
        value = f'rml:template "{detail}{{{name}}}"'
    elif form == "iri":
        value = f'rml:reference "{name}" ; rml:termType rml:IRI'
    elif form == "language":
        value = f'rml:reference "{name}" ; rml:language "{detail}"'
    elif detail.endswith("#string"):
        value = f'rml:reference "{name}"'
    else:
        value = f'rml:reference "{name}" ; rml:datatype <{detail}>'
    return f"rml:predicate <{column['predicate']}> ; rml:objectMap [ {value} ]"


def settings(folder: Path, output: Path, processes: int) -> str:
    """What Morph-KGC reads of its task."""
    return (
        f"[CONFIGURATION]\noutput_file: {output}\noutput_format: N-TRIPLES\nna_values: ,\n"
        f"number_of_processes: {processes}\nlogging_level: WARNING\n[tables]\nmappings: {folder / 'mapping.rml.ttl'}\n"
    )


def main() -> None:
    """Map the tables of a folder into a file."""
    folder, output = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    (folder / "mapping.rml.ttl").write_text(mapping(folder), encoding="utf-8")
    (folder / "morph-kgc.ini").write_text(settings(folder, output, 2), encoding="utf-8")
    sys.argv = ["morph_kgc", str(folder / "morph-kgc.ini")]
    runpy.run_module("morph_kgc", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
