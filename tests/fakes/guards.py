"""How a stand-in asks for credentials: not at all, or by basic, digest (RFC 7616, MD5, qop=auth) or bearer."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from urllib.request import parse_http_list, parse_keqv_list

USER, PASSWORD, TOKEN = "loader", "fährt & singt: 1", "t0ken-of-the-tests"


class Guard:
    """One way of asking, with the realm that the store gives."""

    def __init__(self, scheme: str, realm: str) -> None:
        self.scheme = scheme
        self._realm = realm
        self._nonces: set[str] = set()

    def admits(self, method: str, target: str, authorization: str) -> bool:
        """Tell whether the header lets the request in."""
        if not self.scheme:
            return True
        scheme, _, rest = authorization.partition(" ")
        if scheme.lower() != self.scheme:
            return False
        if self.scheme == "basic":
            return rest == base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.scheme == "bearer":
            return rest == TOKEN
        return self._is_digest(method, target, rest)

    def challenge(self) -> str:
        """The value of WWW-Authenticate."""
        if self.scheme == "digest":
            nonce = secrets.token_hex(16)
            self._nonces.add(nonce)
            return f'Digest realm="{self._realm}", nonce="{nonce}", opaque="0", qop="auth", algorithm="MD5"'
        charset = ', charset="UTF-8"' if self.scheme == "basic" else ""
        return f'{self.scheme.capitalize()} realm="{self._realm}"{charset}'

    def _is_digest(self, method: str, target: str, rest: str) -> bool:
        field = parse_keqv_list(parse_http_list(rest))
        if field.get("nonce") not in self._nonces or field.get("uri") != target or field.get("username") != USER:
            return False
        one = _md5(f"{USER}:{self._realm}:{PASSWORD}")
        two = _md5(f"{method}:{target}")
        count, cnonce = field.get("nc", ""), field.get("cnonce", "")
        expected = _md5(f"{one}:{field['nonce']}:{count}:{cnonce}:auth:{two}")
        return field.get("qop") == "auth" and field.get("response") == expected


def without_secrets(authorization: str) -> str:
    """The scheme of an Authorization header, and nothing else of it."""
    return re.split(r"\s", authorization, maxsplit=1)[0]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
