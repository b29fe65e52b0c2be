"""An endpoint, and how it is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from khabar.stores.credentials import Credentials

TIMEOUT: Final = 60.0
"""Seconds that a store has for one whole answer."""

CONNECTIONS: Final = 4
"""Requests that one load has under way at a time."""


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
