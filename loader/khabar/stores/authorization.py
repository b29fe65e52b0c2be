"""The Authorization header: basic, bearer, or digest when the server asks for it."""

from __future__ import annotations

import base64
import ipaddress
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

    from khabar.stores.credentials import Credentials

SCHEMES: Final = ("basic", "digest", "bearer")
"""Every way of authentication that khabar speaks."""


class Authorization:
    """What credentials say to a store that takes ``schemes``; it may be shared by threads.

    A token is sent with every request. A name and a password are, too, where the store takes ``basic`` alone, or takes
    it and nobody can listen; otherwise the first request goes without, and the password itself is sent only to a server
    that does not ask for a digest.
    """

    def __init__(self, credentials: Credentials, schemes: Sequence[str]) -> None:
        self._credentials = credentials
        self._schemes = tuple(schemes)
        self._takes_basic = "basic" in schemes
        self._basic = "digest" not in schemes
        self._digest: httpx.DigestAuth | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "Authorization(...)"

    def unasked(self, method: str, address: str) -> str:
        """The header for a request before any challenge; empty where nothing is to be said yet."""
        if self._credentials.token:
            return f"Bearer {self._credentials.token}"
        with self._lock:
            if self._digest is not None:
                return self._signed(self._digest, method, address, None)
        return self._plain() if self._basic or (self._takes_basic and _is_private(address)) else ""

    def reply(self, method: str, address: str, challenges: Sequence[str], said: str) -> str:
        """The header that answers the ``challenges`` of a 401 to ``said``; empty where there is none."""
        if self._credentials.token:
            return ""
        by_scheme = {challenge.partition(" ")[0].lower(): challenge for challenge in challenges}
        if "digest" in by_scheme and "digest" in self._schemes:
            return self._reply_to_digest(method, address, by_scheme["digest"])
        if "basic" in by_scheme and self._takes_basic and not said:
            self._basic = True
            return self._plain()
        return ""

    def _plain(self) -> str:
        pair = f"{self._credentials.user}:{self._credentials.password}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    def _reply_to_digest(self, method: str, address: str, challenge: str) -> str:
        import httpx

        with self._lock:
            self._digest = httpx.DigestAuth(self._credentials.user, self._credentials.password)
            try:
                return self._signed(self._digest, method, address, challenge)
            except (StopIteration, KeyError, ValueError, NotImplementedError, httpx.ProtocolError):
                # A challenge of no known form; the 401 is told as it is.
                self._digest = None
                return ""

    @staticmethod
    def _signed(digest: httpx.DigestAuth, method: str, address: str, challenge: str | None) -> str:
        import httpx

        # The generator asks for a request to be sent, is given the answer, and asks for the signed one.
        flow = digest.sync_auth_flow(httpx.Request(method, address))
        request = next(flow)
        if challenge is not None:
            request = flow.send(httpx.Response(401, headers={"WWW-Authenticate": challenge}, request=request))
        flow.close()
        return str(request.headers["Authorization"])


def _is_private(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
