"""Records in bulk that have faults: told, kept for whoever mends them, and left out."""

from __future__ import annotations

from typing import Final

import msgspec

from khabar.errors import Fault


class Rejected(msgspec.Struct, frozen=True, tag=True):
    r"""A record that is left out: the file that it is in, its line (or row) from 1, its id if that can be told.

    ``record`` is the line as it stands, without its end; what is no UTF-8 in it is written as ``\xff``.
    """

    source: str
    line: int
    id: str
    faults: tuple[Fault, ...]
    record: str

    def json(self) -> bytes:
        r"""One line of JSON, with its end: ``source``, ``line``, ``id``, ``faults`` and ``record``.

        The record is an object where it is one, else a text: the records alone, mended, can be read again.

        >>> Rejected("a.jsonl", 7, "", (), '{"article": {}}').json()
        b'{"source":"a.jsonl","line":7,"id":"","faults":[],"record":{"article": {}}}\n'
        """
        faults = [
            {
                "code": fault.code,
                "field": fault.field,
                "expected": fault.expected,
                "found": fault.found,
                "remedy": fault.remedy,
                "message": fault.message,
            }
            for fault in self.faults
        ]
        record = msgspec.Raw(self.record.encode()) if _is_object(self.record) else self.record
        line = {"source": self.source, "line": self.line, "id": self.id, "faults": faults, "record": record}
        return _encode(line) + b"\n"


_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder().decode


def _is_object(text: str) -> bool:
    try:
        return isinstance(_decode(text), dict)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return False


def text_of(data: bytes) -> str:
    """The text of a line, whatever its bytes."""
    return data.decode("utf-8", "backslashreplace")
