"""Bytes of a file as text that is fit to be parsed: UTF-8, NFC, and nothing that cannot be seen."""

from __future__ import annotations

import re
import stat
import unicodedata
from bisect import bisect_left, bisect_right
from pathlib import Path

from khabar.errors import Fault
from khabar.scalars import FORBIDDEN_BMP

MAX_BYTES = 16 * 1024 * 1024
"""The largest file that is read."""

_ASTRAL = "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(1, 17))
FORBIDDEN = re.compile(rf"[{FORBIDDEN_BMP}\ud800-\udfff{_ASTRAL}]")
MASK = "\ufffd"
"""What stands in the place of a forbidden character, so that the rest of the file can still be checked."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_MOST_TOLD = 100


def shown_path(path: Path | str) -> str:
    """The path as it stands in a fault: one line, printable in any encoding that has ASCII."""
    text = str(path).encode("utf-8", "backslashreplace").decode("utf-8")
    return FORBIDDEN.sub(lambda match: f"\\x{ord(match[0]):02x}", text.replace("\n", "\\n").replace("\r", "\\r"))


def shown(value: str, most: int = 60) -> str:
    r"""A value as a fault tells it: in quotes, on one line, printable, not too long.

    >>> print(shown("late\tSeptember"))
    'late\tSeptember'
    """
    if len(value) > most:
        value = value[: most - 1] + "…"
    return f"'{printable(value)}'"


def printable(text: str) -> str:
    """The text with an escape in the place of each character that is not printable."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def character_name(character: str) -> str:
    """The code point and, where it has one, the name: ``U+202E RIGHT-TO-LEFT OVERRIDE``."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def read_bytes(path: Path, faults: list[Fault]) -> bytes | None:
    """The bytes of a regular file of at most ``MAX_BYTES``; otherwise ``None`` and a fault (KH001, KH004)."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
            faults.append(_whole(path, "KH001", "a file", kind))
            return None
        # Never more than the limit, whatever the size was said to be.
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        found = (error.strerror or type(error).__name__).lower()
        faults.append(_whole(path, "KH001", "a file that can be read", found))
        return None
    except ValueError:
        faults.append(_whole(path, "KH001", "a file that can be read", "a path that no file can have"))
        return None
    if len(data) > MAX_BYTES:
        faults.append(
            _whole(path, "KH004", f"at most {MAX_BYTES // 1024 // 1024} MiB", "a larger file", "split the records")
        )
        return None
    return data


def _whole(path: Path | str, code: str, expected: str, found: str, remedy: str = "") -> Fault:
    return Fault(path=shown_path(path), line=1, column=1, code=code, expected=expected, found=found, remedy=remedy)


def decode_text(data: bytes, path: str, faults: list[Fault]) -> str | None:
    """The text of a file, without a byte order mark and with forbidden characters masked.

    Tells bytes that are not UTF-8 (KH002; then there is no text), forbidden characters (KH008, the first of each
    line) and text that is not NFC (KH009, the first place).
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = _place(before, len(before))
        remedy = "save the file as UTF-8"
        found = f"the byte 0x{data[error.start]:02X}"
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            found, remedy = f"{found}, the mark of UTF-16", "save the file as UTF-8, not as UTF-16"
        faults.append(
            Fault(path=path, line=line, column=column, code="KH002", expected="UTF-8", found=found, remedy=remedy)
        )
        return None
    if _may_be_forbidden(data) and FORBIDDEN.search(text) is not None:
        _tell_forbidden(text, path, faults)
        text = FORBIDDEN.sub(MASK, text)
    if not unicodedata.is_normalized("NFC", text):
        _tell_not_nfc(text, path, faults)
    return text


# Searching bytes for these takes a fiftieth of the time of the expression, and most files hold none.
_CONTROLS = bytes(byte for byte in (*range(32), 127) if byte not in b"\t\n\r")
_LEADS = (b"\xc2", b"\xe2\x80", b"\xef", b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")


def _may_be_forbidden(data: bytes) -> bool:
    return any(lead in data for lead in _LEADS) or len(data.translate(None, _CONTROLS)) != len(data)


def _place(text: str, offset: int) -> tuple[int, int]:
    line, start = 1, 0
    for match in _LINE_END.finditer(text, 0, offset):
        line, start = line + 1, match.end()
    return line, offset - start + 1


def _tell_forbidden(text: str, path: str, faults: list[Fault]) -> None:
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    told = 0
    for match in FORBIDDEN.finditer(text):
        line = bisect_right(starts, match.start())
        if line == told:
            continue
        told = line
        column = match.start() - starts[line - 1] + 1
        faults.append(
            Fault(
                path=path,
                line=line,
                column=column,
                code="KH008",
                expected="characters that can be seen",
                found=character_name(match[0]),
                remedy="delete it, or write what is meant",
            )
        )
        if len(faults) >= _MOST_TOLD:
            return


def _tell_not_nfc(text: str, path: str, faults: list[Fault]) -> None:
    lines = _LINE_END.split(text)
    wrong = [number for number, line in enumerate(lines, 1) if not unicodedata.is_normalized("NFC", line)]
    if not wrong:
        return
    line = lines[wrong[0] - 1]
    column = first_not_nfc(line)
    more = f", and {len(wrong) - 1} more line{'s' if wrong[2:] else ''} like it" if len(wrong) > 1 else ""
    faults.append(
        Fault(
            path=path,
            line=wrong[0],
            column=column + 1,
            code="KH009",
            expected="text in Unicode NFC",
            found=f"another form at {character_name(line[column])}{more}",
            remedy="normalise the file, for example with: uconv -x any-nfc",
        )
    )


_CHUNK = 65_536
_OVERLAP = 64


def first_not_nfc(text: str) -> int:
    r"""The index of the first letter that NFC would change together with its marks; 0 if there is none.

    Asks only whether parts are normal: to normalise takes the square of the length of a run of marks.

    >>> first_not_nfc("cafe\u0301")
    3
    """
    for start in range(0, len(text), _CHUNK - _OVERLAP):
        chunk = text[start : start + _CHUNK]
        if unicodedata.is_normalized("NFC", chunk):
            continue
        # Every part of a normal text is normal: the shortest beginning that is not ends with the culprit.
        end = bisect_left(range(len(chunk)), True, key=lambda size: not unicodedata.is_normalized("NFC", chunk[:size]))  # noqa: FBT003 - what is searched for
        index = start + end - 1
        while index > 0 and unicodedata.combining(text[index]):
            index -= 1
        return index
    return 0
