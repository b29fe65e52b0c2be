"""The page on the bundled queries, made from their headers."""

from __future__ import annotations

from khabar.queries.catalogue import Parameter, Query, catalogue

_HEAD = """# Queries

Made from the headers of `queries/*.rq` by `make docs`. Each is standard SPARQL 1.1 and runs unchanged in any store
whose default graph is the union of its graphs.

    khabar query NAME --on CORPUS|FILE|STORE|URL --param NAME=VALUE

| query | what it tells | |
|---|---|---|
"""


def page() -> str:
    """The Markdown of ``docs/queries.md``: a table in English and Arabic, then a section for every query.

    >>> "## denials" in page()
    True
    """
    table = "".join(
        f"| [`{query.name}`](#{query.name}) | {query.summary} | {query.summary_ar} |\n" for query in catalogue()
    )
    return "\n".join([_HEAD + table, *map(_section, catalogue())])


def _section(query: Query) -> str:
    parts = [
        f"## {query.name}",
        f"{query.summary}. {' '.join(query.description.split())}".strip(),
        f"Columns: {', '.join(f'`{column}`' for column in query.columns)}." if query.columns else "",
        "| parameter | type | default | meaning |\n|---|---|---|---|\n" + "\n".join(map(_row, query.params))
        if query.params
        else "",
        f"[The query](../queries/{query.name}.rq).",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _row(parameter: Parameter) -> str:
    default = f"`{parameter.default}`" if parameter.default else "any"
    return f"| `{parameter.name}` | {parameter.type} | {default} | {parameter.description} |"
