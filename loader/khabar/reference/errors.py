"""The page on faults, made from their catalogue."""

from __future__ import annotations

from khabar.codes import CODES, Code

_HEAD = """# Faults by code

Made from the catalogue of codes by `make docs`. Every fault is told as `file:line:column CODE message`, all of them at
once; the message says what was expected, what was found and, where there is one, the remedy.

| code | |
|---|---|
"""


def page() -> str:
    """The Markdown of ``docs/errors.md``: a table, then a section for every code.

    >>> "## KH014" in page()
    True
    """
    table = "".join(f"| [{code.code}](#{code.code.lower()}) | {code.title} |\n" for code in CODES)
    return "\n".join([_HEAD + table, *(_section(code) for code in CODES)])


def _section(code: Code) -> str:
    return f"## {code.code}\n\n**{code.title}.** {code.meaning}\n\n    {code.example}\n\n{code.cure}\n"
