"""Strings that try to end the string they stand in: five hundred of them, the same ones on every run."""

from __future__ import annotations

import itertools
from typing import Final

_CLOSERS: Final = ('"', "'", '"""', "'''", "\\", '\\"', "\\\\", "\n", "\r", "\\u0022", "\\U00000022", "\\u005c", ">")
_PAYLOADS: Final = (
    "",
    " } ",
    ") } # parameters",
    " } ; DROP ALL",
    " } INSERT DATA { <x:s> <x:p> <x:o> }",
    ' } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } { "',
    " UNION { ?s ?p ?o }",
    "@en",
    "^^<http://www.w3.org/2001/XMLSchema#integer>",
    " # comment",
    " UNDEF",
    "?claim",
    "${x}",
    "%s%n",
    "\\n\\t\\r",
    "\t\b\f",
    "\u202e\u2066",
    "\x00\x07",
    "نفى \u200f",
    "\U0001f4f0",
)
_ENDS: Final = ("", '"')

INJECTIONS: Final = tuple(dict.fromkeys(map("".join, itertools.product(_CLOSERS, _PAYLOADS, _ENDS))))[:500]
