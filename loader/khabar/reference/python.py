"""The page on the Python API, made from the signatures and docstrings of the public names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import msgspec

import khabar

COMMANDS = {
    "init": ("init",),
    "new": ("new_record",),
    "cite": ("cite", "fill"),
    "schema": ("json_schema",),
    "check": ("check",),
    "build": ("build", "read", "graph", "write"),
    "export": ("export", "mapping_table", "wikidata_drafts"),
    "link": ("propose", "accept", "decide", "read_mappings", "verify"),
    "load": ("load", "rehearse", "open_dataset"),
    "diff": ("diff",),
    "dump": ("dump",),
    "queries": ("catalogue",),
    "query": ("open_store", "query"),
    "serve": ("application",),
}
"""What each command is in Python, in the order of the command line."""

_KINDS = (
    ("values", ("Corpus", "Fault", "Rows", "Query")),
    ("builds", ("Built", "Rejected", "BuildProgress")),
    ("loads", ("Endpoint", "Credentials", "NamedGraph", "Loaded", "Progress", "Step", "GraphDifference")),
    ("serving", ("Limits",)),
    ("links", ("Wikidata", "Proposal", "Candidate", "Mapping", "Linked", "reconciliation_service")),
    (
        "errors",
        ("KhabarError", "FaultyData", "FileFailed", "StoreFailed", "ServiceFailed", "SparkFailed", "QueryRefused"),
    ),
)

_HEAD = """# The Python API

Made from the signatures and docstrings of `khabar` by `make docs`. Everything is typed (`py.typed`), values are frozen,
and a function does nothing but what it says: none prints or exits. The lines after `>>>` are run by the tests;
`example()` is the corpus that `khabar init` lays down.

Every error is a `khabar.KhabarError`. Dates are `xsd:date` or EDTF text, offsets code points after NFC, durations ISO
8601; IRIs are plain `str`.

| command | in Python |
|---|---|
"""
_LINE = 100


def page() -> str:
    """The Markdown of ``docs/python.md``: what each command is in Python, then a section for every public name.

    >>> "## khabar.read" in page()
    True
    """
    rows = "".join(f"| [`{name}`](cli.md#khabar-{name}) | {_links(names)} |\n" for name, names in COMMANDS.items())
    rows += "".join(f"| {title} | {_links(names)} |\n" for title, names in _KINDS)
    listed = [name for names in COMMANDS.values() for name in names] + [name for _, names in _KINDS for name in names]
    return "\n".join([_HEAD + rows, *(_section(name, getattr(khabar, name)) for name in listed)])


def _links(names: tuple[str, ...]) -> str:
    return ", ".join(f"[`{name}`](#{_heading(name)[3:].lower().replace('.', '').replace(' ', '-')})" for name in names)


def _heading(name: str) -> str:
    # A class is told from a function whose name differs in its case alone: anchors are lower-case.
    return f"## {'class ' if inspect.isclass(getattr(khabar, name)) else ''}khabar.{name}"


def _section(name: str, thing: Any) -> str:
    parts = [_heading(name)]
    if inspect.isclass(thing):
        parts += [_made(name, thing), _prose(thing), _fields(thing), *_members(thing)]
    else:
        parts += [_fenced(_signature(name, thing)), _prose(thing)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _made(name: str, thing: Any) -> str:
    """How a class that is neither a value nor an error is made."""
    if issubclass(thing, (msgspec.Struct, Exception, tuple)) or "__init__" not in vars(thing):
        return ""
    return _fenced(_signature(name, thing.__init__).removesuffix(" -> None"))


def _signature(name: str, function: Any) -> str:
    signature = inspect.signature(function)
    kinds = inspect.Parameter
    by_kind: dict[Any, list[str]] = {kind: [] for kind in (kinds.POSITIONAL_ONLY, kinds.KEYWORD_ONLY)}
    for parameter in signature.parameters.values():
        if parameter.name != "self":
            by_kind.setdefault(parameter.kind, []).append(_parameter(parameter))
    given = [
        *(by_kind[kinds.POSITIONAL_ONLY] and [*by_kind[kinds.POSITIONAL_ONLY], "/"]),
        *by_kind.get(kinds.POSITIONAL_OR_KEYWORD, ()),
        *(by_kind[kinds.KEYWORD_ONLY] and ["*", *by_kind[kinds.KEYWORD_ONLY]]),
        *by_kind.get(kinds.VAR_KEYWORD, ()),
    ]
    line = f"{name}({', '.join(given)}) -> {signature.return_annotation}"
    if len(line) <= _LINE:
        return line
    return f"{name}(\n" + "".join(f"    {each},\n" for each in given) + f") -> {signature.return_annotation}"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = "**" if parameter.kind is parameter.VAR_KEYWORD else ""
    default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
    return f"{stars}{parameter.name}: {parameter.annotation}{default}"


def _fields(thing: Any) -> str:
    """The fields of a value, as its class writes them."""
    if not issubclass(thing, msgspec.Struct):
        return ""
    names, defaults = thing.__struct_fields__, thing.__struct_defaults__
    unset = (msgspec.NODEFAULT,) * (len(names) - len(defaults))
    rows = [
        f"| `{name}` | {_cell(thing.__annotations__[name])} | {told} |"
        for name, default in zip(names, (*unset, *defaults), strict=True)
        for told in ("" if default is msgspec.NODEFAULT else _cell(repr(default)),)
    ]
    return "\n".join(["| field | type | unless given |\n|---|---|---|", *rows])


def _cell(code: str) -> str:
    return f"`{code}`".replace("|", r"\|")


def _members(thing: Any) -> Iterator[str]:
    """The public methods and properties of a class that say what they are."""
    for name, member in vars(thing).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield f"`{name}: {inspect.signature(member.fget).return_annotation}`: {_prose(member)}"  # type: ignore[arg-type] # every property here is read
        elif inspect.isfunction(member):
            yield f"`{_signature(name, member)}`: {_prose(member)}"


def _fenced(code: str) -> str:
    return f"```python\n{code}\n```"


def _prose(thing: Any) -> str:
    """A docstring as Markdown: its examples fenced, its marks those of Markdown."""
    paragraphs = inspect.cleandoc(thing.__doc__ or "").split("\n\n")
    return "\n\n".join(
        _fenced(paragraph) if paragraph.startswith(">>> ") else re.sub(r":\w+:(?=`)", "", paragraph).replace("``", "`")
        for paragraph in paragraphs
    )
