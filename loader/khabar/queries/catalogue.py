"""The bundled queries: SPARQL files with a header of ``#+`` lines in YAML, as grlc reads them."""

from __future__ import annotations

import codecs
import difflib
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from khabar import resources
from khabar.errors import FileFailed, QueryRefused
from khabar.queries.guard import SIZE_LIMIT, check_size
from khabar.queries.tokens import Token, closing, code, tokens

PARAMETERS: Final = "# parameters"
"""The comment that marks the VALUES block of a query's parameters."""


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter: a variable of the marked VALUES block. ``default`` is its term as written, empty for any."""

    name: str
    type: str
    description: str = ""
    description_ar: str = ""
    default: str = ""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """One query: the text that runs unchanged in any store, and what its header says of it.

    ``columns`` are the variables of SELECT, in order, without the question mark.
    """

    name: str
    text: str
    summary: str = ""
    summary_ar: str = ""
    description: str = ""
    description_ar: str = ""
    tags: tuple[str, ...] = ()
    params: tuple[Parameter, ...] = ()
    columns: tuple[str, ...] = ()

    def parameter(self, name: str) -> Parameter:
        """The parameter called ``name``; raises QueryRefused, with the nearest name, when there is none."""
        for parameter in self.params:
            if parameter.name == name:
                return parameter
        names = [parameter.name for parameter in self.params]
        raise QueryRefused(
            where=f"query {self.name}",
            expected=f"a parameter: {', '.join(names)}" if names else "no parameters",
            found=repr(name),
            remedy=nearest(name, names),
        )


@functools.cache
def catalogue() -> tuple[Query, ...]:
    """Every bundled query, by name; raises FileFailed where khabar's own files are missing.

    >>> [query.name for query in catalogue()][:2]
    ['access-claims', 'bases']
    """
    files = sorted((file for file in resources.queries().iterdir() if file.name.endswith(".rq")), key=lambda f: f.name)
    return tuple(parse(file.name.removesuffix(".rq"), file.read_text(encoding="utf-8")) for file in files)


def find(name: str) -> Query:
    """The bundled query called ``name``; raises QueryRefused, with the nearest name, when there is none."""
    for query in catalogue():
        if query.name == name:
            return query
    names = [query.name for query in catalogue()]
    raise QueryRefused(
        where="query",
        expected="the name of a bundled query, a file that ends in .rq, or SPARQL",
        found=repr(name),
        remedy=nearest(name, names) or "khabar queries lists them",
    )


def choose(request: str) -> Query:
    """The query that ``request`` stands for: SPARQL itself, a file that ends in ``.rq``, or a bundled name.

    Raises QueryRefused for an unknown name, FileFailed for a file that cannot be read.
    """
    if "{" in request:
        return parse("query", request)
    if request.endswith(".rq"):
        return read(Path(request))
    return find(request)


def read(path: Path) -> Query:
    """The query in the file ``path``, with its header if it has one; raises FileFailed, QueryRefused."""
    expected = "a SPARQL query in UTF-8"
    try:
        with path.open("rb") as file:
            # A device has no end.
            content = file.read(SIZE_LIMIT + 1).removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise FileFailed.from_os(path, error, expected) from None
    if len(content) > SIZE_LIMIT:
        raise QueryRefused(where=str(path), expected=f"at most {SIZE_LIMIT:,} bytes", found="more")
    try:
        text = content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise FileFailed(where=str(path), expected=expected, found=f"other bytes at {error.start}") from None
    return parse(path.stem, text)


def parse(name: str, text: str) -> Query:
    """The query ``text``: its header read, its marked parameters and its columns found; raises QueryRefused."""
    check_size(text)
    header = _header(name, text)
    described: dict[str, Any] = header.get("params") or {}
    block = parameters(text)
    if set(described) - set(block):
        raise QueryRefused(
            where=f"query {name}",
            expected="each parameter of the header in the VALUES block marked # parameters",
            found=f"{', '.join(sorted(set(described) - set(block)))} in the header alone",
        )
    found = {"description": "", "description_ar": "", "summary": "", "summary_ar": "", "tags": ()} | header
    return Query(
        name=name,
        text=text,
        summary=str(found["summary"]),
        summary_ar=str(found["summary_ar"]),
        description=str(found["description"]),
        description_ar=str(found["description_ar"]),
        tags=tuple(map(str, found["tags"])),
        params=tuple(_parameter(key, described.get(key) or {}, default) for key, default in block.items()),
        columns=_columns(code(text)),
    )


def parameters(text: str) -> dict[str, str]:
    """The variables of the marked VALUES block with their terms as written; no block, no variables.

    Raises QueryRefused unless the block has one row.
    """
    if (block := values_block(tokens(text), PARAMETERS)) is None:
        return {}
    variables, cells = block.variables, block.cells
    if len(variables) != len(cells):
        raise QueryRefused(
            where="query, VALUES # parameters",
            expected=f"one row of {len(variables)} terms",
            found=f"{len(cells)} terms",
        )
    return {name: "" if cell == "UNDEF" else cell for name, cell in zip(variables, cells, strict=True)}


def given(text: str) -> dict[str, tuple[str, ...]]:
    r"""The parameters that have a value in every row of the marked block, each with its values as spelled.

    Raises QueryRefused for two blocks.

    >>> given('SELECT * { VALUES (?a ?b) { (1 UNDEF) (2 3) } # parameters\n }')
    {'a': ('1', '2')}
    """
    block = values_block(tokens(text), PARAMETERS)
    if block is None:
        return {}
    width = len(block.variables)
    columns = {name: tuple(dict.fromkeys(block.cells[at::width])) for at, name in enumerate(block.variables)}
    return {name: cells for name, cells in columns.items() if cells and "UNDEF" not in cells}


class ValuesBlock(msgspec.Struct, frozen=True):
    """A marked VALUES block: its variables, its terms, and the span of the braces, exclusive, that hold the rows."""

    variables: tuple[str, ...]
    cells: tuple[str, ...]
    start: int
    end: int


def values_block(found: tuple[Token, ...], mark: str) -> ValuesBlock | None:
    """The VALUES block that stands right before the comment ``mark``, or ``None``; raises QueryRefused for two."""
    blocks = [
        index for index, token in enumerate(found) if token.kind == "comment" and token.text.rstrip() == mark and index
    ]
    if not blocks:
        return None
    before = found[: blocks[0]]
    starts = [index for index, token in enumerate(before) if token.is_word("VALUES")]
    if len(blocks) > 1 or not starts:
        raise QueryRefused(where=f"query, {mark}", expected="this mark after one VALUES block", found="it elsewhere")
    head = before[starts[-1] + 1 :]
    opening = next((index for index, token in enumerate(head) if token.text == "{"), -1)
    if opening < 0 or closing(head, opening) != len(head) - 1:
        raise QueryRefused(where=f"query, {mark}", expected="this mark after one VALUES block", found="it elsewhere")
    return ValuesBlock(
        variables=tuple(token.text[1:] for token in head[:opening] if token.kind == "variable"),
        cells=_cells(head[opening + 1 : -1]),
        start=head[opening].start + 1,
        end=head[-1].start,
    )


def _cells(row: tuple[Token, ...]) -> tuple[str, ...]:
    # A literal is up to three tokens that touch: the string, ^^ and the datatype, or the string and the tag.
    cells: list[str] = []
    joined = False
    for token in row:
        if token.kind == "comment" or (token.kind == "sign" and token.text in "()"):
            continue
        if joined or token.text == "^^" or token.kind == "language":
            cells[-1] += token.text
        else:
            cells.append(token.text)
        joined = token.text == "^^"
    return tuple(cells)


def _columns(found: tuple[Token, ...]) -> tuple[str, ...]:
    start = next((index for index, token in enumerate(found) if token.is_word("SELECT")), None)
    if start is None:
        return ()
    columns: list[str] = []
    depth = 0
    for before, token in zip(found[start:], found[start + 1 :], strict=False):
        if token.text == "{":
            break
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
        if token.kind == "variable" and (depth == 0 or (depth == 1 and before.is_word("AS"))):
            columns.append(token.text[1:])
    return tuple(columns)


def _parameter(name: str, described: Mapping[str, Any], default: str) -> Parameter:
    kind = str(described.get("type", "term"))
    return Parameter(
        name=name,
        type=kind,
        description=str(described.get("description", "")),
        description_ar=str(described.get("description_ar", "")),
        default=default,
    )


def _header(name: str, text: str) -> dict[str, Any]:
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    if not lines:
        return {}
    import yaml

    try:
        header = yaml.load("\n".join(lines), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        raise QueryRefused(
            where=f"query {name}", expected="a header of #+ lines in YAML", found=" ".join(str(error).split())
        ) from None
    if not isinstance(header, dict) or not isinstance(header.get("params") or {}, dict):
        raise QueryRefused(where=f"query {name}", expected="a header of #+ lines, key: value", found="other YAML")
    return header


def nearest(name: str, names: Iterable[str]) -> str:
    """The name that was meant, as a question; empty where none is near."""
    near = difflib.get_close_matches(name, list(names), n=1)
    return f"did you mean {near[0]}?" if near else ""
