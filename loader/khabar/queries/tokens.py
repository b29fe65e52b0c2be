"""SPARQL text cut into tokens: enough to see what a query asks for, without evaluating any of it."""

from __future__ import annotations

import functools
import re
from typing import Final, NamedTuple

from khabar.errors import QueryRefused

_ESCAPE = r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"
_TOKEN: Final = re.compile(
    "|".join(
        f"(?P<{kind}>{pattern})"
        for kind, pattern in {
            "space": r"[ \t\r\n]+",
            "comment": r"#[^\r\n]*",
            "string": (
                r'"""(?:"{0,2}(?:[^"\\]|\\.))*"""'
                r"|'''(?:'{0,2}(?:[^'\\]|\\.))*'''"
                r'|"(?:[^"\\\r\n]|\\.)*"'
                r"|'(?:[^'\\\r\n]|\\.)*'"
            ),
            "iri": rf'<(?:[^\x00-\x20<>"{{}}|^`\\]|{_ESCAPE})*>',
            "variable": r"[?$]\w+",
            "language": r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*",
            "blank": r"_:\w(?:[\w.\-·]*[\w\-·])?",
            "name": (
                r"(?:[^\W\d_](?:[\w.\-·]{0,127}[\w\-·])?)?:"  # longer prefixes would be looked for at every letter
                r"(?:(?:[\w:.\-·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])*(?:[\w:\-·]|%[0-9A-Fa-f]{2}|\\.))?"
            ),
            "word": r"[^\W\d]\w*",
            "number": r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?",
            "sign": r"\^\^|&&|\|\||!=|<=|>=|.",
        }.items()
    ),
    re.DOTALL,
)


class Token(NamedTuple):
    """One token: its kind, its text, and where it begins in the query."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the token ends, exclusive."""
        return self.start + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Tell whether the token is one of ``words``, which are given in capitals; SPARQL's keywords know no case."""
        return self.kind == "word" and self.text.upper() in words


@functools.lru_cache(maxsize=8)  # several look at one query, one after another
def tokens(text: str) -> tuple[Token, ...]:
    """Every token of ``text`` in order, spaces left out, comments kept.

    Joined with what lies between them the tokens are the text, so that a token can be replaced at its place.

    >>> [token.text for token in tokens("ASK { ?s a <http://example.org/C> } # why")]
    ['ASK', '{', '?s', 'a', '<http://example.org/C>', '}', '# why']

    Raises QueryRefused for a string or an escape that no engine reads alike.
    """
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        token = Token(str(match.lastgroup), match[0], match.start())
        # At once, for behind a quotation mark that is not closed each further one is looked for to the end.
        if token.kind == "sign" and token.text in "\"'\\":
            raise QueryRefused(
                where=f"query, {position(text, token.start)}",
                expected="a string that is closed, and escapes only inside strings and IRIs",
                found=text[token.start : token.start + 20].splitlines()[0],
            )
        if token.kind != "space":
            found.append(token)
    return tuple(found)


def code(text: str) -> tuple[Token, ...]:
    """The tokens of ``text`` without its comments."""
    return tuple(token for token in tokens(text) if token.kind != "comment")


def before_select(text: str) -> str:
    """What stands before the first SELECT of a query: its prefixes.

    >>> before_select("PREFIX e: <urn:e:> SELECT * { ?s ?p ?o }")
    'PREFIX e: <urn:e:> '
    """
    return text[: next(token.start for token in code(text) if token.is_word("SELECT"))]


def position(text: str, offset: int) -> str:
    """The place of ``offset`` in ``text``, as people say it: ``line 3, column 7``."""
    before = text[:offset]
    return f"line {before.count(chr(10)) + 1}, column {offset - before.rfind(chr(10))}"


def closing(found: tuple[Token, ...], opening: int) -> int:
    """The index of the bracket that closes the one at index ``opening``.

    Raises QueryRefused when there is none.
    """
    depth = 0
    for index in range(opening, len(found)):
        if found[index].kind == "sign":
            if found[index].text in "([{":
                depth += 1
            elif found[index].text in ")]}":
                depth -= 1
                if depth == 0:
                    return index
    raise QueryRefused(
        where="query", expected=f"a bracket that closes {found[opening].text}", found="the end of the query"
    )
