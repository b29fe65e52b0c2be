"""One line of JSON before it is decoded: what the careful reader refuses in it, seen without looking at each text."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, Final

from khabar.plan.octets import Unsure
from khabar.reading.text import FORBIDDEN

LONGEST: Final = 256 * 1024
"""The longest line that is looked at, in bytes: it can hold no more values than the careful reader takes."""

_DELETE: Final = b"\x7f"
_EMPTY: Final = b'""'
# Two quotation marks, the first of which is not escaped: it cannot end a text.
_EMPTY_TEXT: Final = re.compile(rb'[^\\]""').search
# All bytes but those that any forbidden or blank character has in UTF-8: control characters are no JSON, and where
# none of these is, there are no others to look for.
_HARMLESS: Final = bytes(byte for byte in range(256) if byte not in b"\x7f\x9c\xc2\xe1\xe2\xe3\xef\xf0\xf1\xf2\xf3\xf4")
# By first byte: the characters that are forbidden or blank, and some more.
_SUSPECTS: Final = {
    0x9C: re.compile(rb"\xd8\x9c").search,
    0xC2: re.compile(rb"\xc2[\x80-\xa0\xad]").search,
    0xE1: re.compile(rb"\xe1[\x85\x9a\xa0]").search,
    0xE2: re.compile(rb"\xe2(?:\x80[\x80-\x8f\xa8-\xaf]|\x81)").search,
    0xE3: re.compile(rb"\xe3[\x80\x85]").search,
}
_ESCAPE: Final = re.compile(rb"\\(.)", re.DOTALL)
# As canonical N-Triples writes them: the same letters.
_ESCAPES: Final = {b'"': b'\\\\\\"', b"\\": b"\\\\\\\\", b"/": b"/", b"n": b"\\\\n", b"t": b"\\\\t", b"r": b"\\\\r"}
# What takes no ink: as a character, or as an escape.
_BLANKS: Final = r"[\x20\u00a0\u00ad\u061c\u115f\u1160\u1680\u180e\u2000-\u200f\u202f\u205f-\u206f\u3000\u3164\uffa0]"
_BLANK: Final = re.compile(rf'"(?:{_BLANKS}|\\[ntr])+"')
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def fit(data: bytes) -> None:
    """Tell that the bytes are UTF-8 in NFC without forbidden characters, blank and empty texts; else Unsure is raised.

    Texts of spaces alone, in a line without escapes, are told later: that takes no time there.
    """
    if len(data) > LONGEST or (_EMPTY in data and _EMPTY_TEXT(data) is not None):
        raise Unsure
    if data.isascii():
        if _DELETE in data:
            raise Unsure
        return
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Unsure from None
    if not unicodedata.is_normalized("NFC", text):
        raise Unsure
    suspects = data.translate(None, _HARMLESS)
    if suspects and _is_suspect(data, suspects) and (FORBIDDEN.search(text) or _has_blank(text)):
        raise Unsure


def _is_suspect(data: bytes, suspects: bytes) -> bool:
    # What most texts hold of these, such as quotation marks of Arabic and English, is told from the rest by bytes.
    for byte in set(suspects):
        search = _SUSPECTS.get(byte)
        if search is None or search(data) is not None:
            return True
    return False


def _has_blank(text: str) -> bool:
    # What the first search finds may begin with a quotation mark inside a text.
    return _BLANK.search(text) is not None and any(_BLANK.fullmatch(found[0]) for found in _STRING.finditer(text))


def unescaped(data: bytes) -> bytes:
    r"""The line with every escape escaped, so that decoded texts are as canonical N-Triples has them.

    JSON and N-Triples write quotation marks, backslashes and ends of lines alike. Unsure is raised for other escapes
    (forbidden characters, or ``\u``: see `settled`), and for blank texts.

    >>> unescaped(b'{"en": "a \\"b\\""}')
    b'{"en": "a \\\\\\"b\\\\\\""}'
    """
    if _has_blank(data.decode()):
        raise Unsure
    try:
        return _ESCAPE.sub(lambda found: _ESCAPES[found[1]], data)
    except KeyError:
        raise Unsure from None


def settled(data: bytes) -> bytes:
    """The same record without null and without escapes for letters. Unsure is raised where a key stands twice."""
    try:
        document = json.loads(data.decode(), object_pairs_hook=_object, parse_constant=_refuse)
        if not isinstance(document, dict):
            raise Unsure
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        raise Unsure from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {key: value for key, value in pairs if value is not None}
    # "One or several" is at least one; a list of outlets may be empty.
    if len({key for key, _ in pairs}) != len(pairs) or any(value == [] and key != "via" for key, value in pairs):
        raise Unsure
    return found


def _refuse(_: str) -> None:
    raise Unsure


def strings(data: bytes) -> int:
    """How many strings, keys among them, stand in a line of JSON."""
    marks = data.count(b'"')
    if b"\\" in data:
        marks -= data.replace(b"\\\\", b"").count(b'\\"')
    return marks // 2
