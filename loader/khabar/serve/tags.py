"""Entity tags: what tells one state of an answer from another (RFC 9110, section 8.8.3)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request


def tag_of(content: bytes) -> str:
    """A strong tag for what ``content`` is, or stands for.

    >>> tag_of(b"")
    '"e3b0c44298fc1c149afbf4c8996fb924"'
    """
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def is_known(request: Request, tag: str) -> bool:
    """Tell whether the client has the answer of this tag already (RFC 9110, section 13.1.2)."""
    known = request.headers.get("if-none-match", "")
    return tag in (one.strip().removeprefix("W/") for one in known.split(","))
