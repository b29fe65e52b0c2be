"""What PyYAML's two parsers say about a syntax error, as a sentence for someone who writes records."""

from __future__ import annotations

import re

from khabar.errors import Fault
from khabar.reading.text import printable

_QUOTES = "put the text in quotes"
_UNCLOSED = r"unexpected end of stream|unexpected document separator|expected ',' or '[\]}]'"
_SENTENCES: tuple[tuple[str, str, str], ...] = (
    (r"mapping values are not allowed", "a second ': ' in it", f"{_QUOTES}, or check the indentation"),
    (r"tab character", "a tab as indentation", "indent with spaces"),
    (r"cannot start any token", "a text that starts with {character}", _QUOTES),
    (r"could not find expected ':'|expected ':'", "a line without ': ' after its key", "write it as key: value"),
    (
        r"unexpected end of stream|unexpected document separator",
        "a quotation mark that is not closed",
        "close it, or double it where it belongs to the text",
    ),
    (r"expected ',' or '[\]}]'", "a list or map that is not closed", "add a comma or the closing bracket"),
    (
        r"expected key|expected <block end>|expected '-' indicator|expected <document start>",
        "a line that does not fit those before it",
        "check its indentation, and the quotation marks before it",
    ),
    (
        r"unknown escape|invalid Unicode character escape|hexdecimal|hexadecimal|chr\(\)",
        "a backslash that escapes nothing YAML knows",
        "use single quotes, or double the backslash",
    ),
    (r"alphabetic or numeric character", "a lone {character}", _QUOTES),
    (r"directive", "a line that starts with %", _QUOTES),
    (r"expected node content", "nothing where a value is expected", "check the brackets and commas before it"),
    (r"undefined tag handle|parsing a tag|scanning a tag", "a tag", f"{_QUOTES} if it starts with !"),
)


def tell_syntax(error: Exception, text: str, path: str, faults: list[Fault]) -> None:
    """Tells a syntax error (KH003) at its place; ``error`` is a ``YAMLError``, or a ``ValueError`` of the parser."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = " ".join(str(part) for part in (getattr(error, "context", ""), getattr(error, "problem", "")) if part)
    problem = problem or str(error)
    if re.search(_UNCLOSED, problem):
        # Where it opens helps; that the file ends is known.
        mark = getattr(error, "context_mark", None) or mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = re.split(r"\r\n|\r|\n", text)
    here = lines[line - 1] if line <= len(lines) else ""
    character = here[column - 1 : column]
    found, remedy = f"an error: {printable(problem)}", ""
    for pattern, sentence, cure in _SENTENCES:
        if re.search(pattern, problem):
            found, remedy = sentence.format(character=printable(character) or "it"), cure
            break
    indented = re.match(r" *\t", here)
    if character == "\t" or (indented is not None and column <= indented.end() + 1):
        found, remedy = "a tab as indentation", "indent with spaces"
        column = here.index("\t") + 1
    if not _is_same_place(faults, path, line, column):
        faults.append(
            Fault(path=path, line=line, column=column, code="KH003", expected="YAML", found=found, remedy=remedy)
        )


def _is_same_place(faults: list[Fault], path: str, line: int, column: int) -> bool:
    # A masked character can break the syntax; it is told once.
    return any((fault.path, fault.line, fault.column) == (path, line, column) for fault in faults)
