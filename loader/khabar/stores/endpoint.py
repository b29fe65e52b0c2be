"""An endpoint, its address, and how it is reached."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import msgspec

from khabar.errors import StoreFailed

if TYPE_CHECKING:
    from khabar.stores.credentials import Credentials

TIMEOUT: Final = 60.0
"""Seconds that a store has for one whole answer."""

CONNECTIONS: Final = 4
"""Requests that one load has under way at a time."""

_SAFE: Final = "".join(map(chr, range(0x21, 0x7F)))


class Endpoint(msgspec.Struct, frozen=True):
    """A store at an http or https address.

    ``address`` holds neither name nor password. ``profile`` is one of `khabar.stores.profiles.PROFILES`; without one
    the address is that of the SPARQL endpoint itself, and a load asks the store what it is. ``query``, ``update`` and
    ``graphs`` stand for the addresses that the profile would give. ``timeout`` counts in seconds, for the whole of one
    request.
    """

    address: str
    profile: str = ""
    credentials: Credentials | None = None
    timeout: float = TIMEOUT
    connections: int = CONNECTIONS
    query: str = ""
    update: str = ""
    graphs: str = ""


def is_address(target: object) -> bool:
    """Tell whether ``target`` is an http or https address, not a path."""
    return str(target).lower().startswith(("http://", "https://"))


def address_of(address: str) -> str:
    """``address`` in the ASCII of the wire (RFC 3987, section 3.1), without a fragment.

    Raises StoreFailed for what is no http or https address, and for one with a name or a password in it, which every
    list of processes and every log would show; the sentence shows neither.
    """
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\x00-\x20<>\"]", address):
        raise StoreFailed(
            where="endpoint", expected="an http or https address", found=ascii(re.sub(r"(?s)//.*@", "//", address))
        )
    if parts.username is not None or parts.password is not None:
        raise StoreFailed(
            where="endpoint",
            expected="an address without a name and a password",
            found=f"one for {host} with them",
            remedy="put them into KHABAR_USER and KHABAR_PASSWORD, or into ~/.netrc",
        )
    netloc = parts.netloc
    if not netloc.isascii():
        netloc = host if port is None else f"{host}:{port}"
    return quoted_address(parts, netloc)


def quoted_address(parts: SplitResult, netloc: str) -> str:
    """The address of ``parts`` at ``netloc`` in ASCII, without a fragment."""
    path, query = (quote(part, safe=_SAFE, errors="replace") for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, netloc, path, query, ""))
