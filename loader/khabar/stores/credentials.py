"""Who khabar is to a store: from the environment or netrc, and never shown."""

from __future__ import annotations

import netrc
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from khabar.errors import FileFailed, StoreFailed

USER: Final = "KHABAR_USER"
PASSWORD: Final = "KHABAR_PASSWORD"  # noqa: S105 - the name of a variable
TOKEN: Final = "KHABAR_TOKEN"  # noqa: S105 - the same

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_VISIBLE: Final = re.compile(r"[\x21-\x7e]+")


class Credentials(msgspec.Struct, frozen=True, repr_omit_defaults=True):
    """A name and a password, or a token; printed, logged or shown in a traceback it is three dots."""

    user: str = ""
    password: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return "Credentials(...)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:  # the shape that msgspec gives it
        return []


def from_environment(environment: Mapping[str, str]) -> Credentials | None:
    """The credentials in ``KHABAR_USER`` and ``KHABAR_PASSWORD``, or in ``KHABAR_TOKEN``; None where nothing is set.

    Raises StoreFailed for a name without a password, for both ways at once, and for signs that no header carries.
    """
    user, password, token = (environment.get(name, "") for name in (USER, PASSWORD, TOKEN))
    if token and (user or password):
        raise StoreFailed(where="environment", expected=f"{TOKEN}, or {USER} and {PASSWORD}", found="both")
    if token:
        if not _VISIBLE.fullmatch(token):
            raise StoreFailed(where=TOKEN, expected="visible ASCII signs", found="others")
        return Credentials(token=token)
    if not user and not password:
        return None
    if not user or not password:
        given, missing = (USER, PASSWORD) if user else (PASSWORD, USER)
        raise StoreFailed(where="environment", expected=f"{USER} and {PASSWORD}", found=f"{given} without {missing}")
    return _checked(user, password, "environment")


def for_host(host: str, netrc_file: Path | str | None = None) -> Credentials | None:
    """The credentials that netrc gives for ``machine host``; the entry ``default`` is nobody's in particular.

    Without ``netrc_file`` it is ``~/.netrc``, where there is one. Raises FileFailed for a file that cannot be read or
    is no netrc, of which only the line is told.
    """
    try:
        path = Path(netrc_file) if netrc_file is not None else Path.home() / ".netrc"
    except RuntimeError:
        return None  # a user without a home
    if netrc_file is None and not path.is_file():
        return None
    expected = "the credentials of hosts, as netrc has them"
    try:
        # Without the name of the file the library would not ask who else may read it.
        found = netrc.netrc(None if netrc_file is None else str(path)).hosts.get(host)
    except OSError as error:
        raise FileFailed.from_os(path, error, expected) from None
    except netrc.NetrcParseError as error:
        # What the library found there can be the password itself.
        if error.lineno is None:
            raise FileFailed(
                where=str(path), expected="a file that its owner alone may read", found="another", remedy="chmod 600"
            ) from None
        raise FileFailed(where=f"{path}:{error.lineno}", expected=expected, found="something else") from None
    except UnicodeDecodeError:
        raise FileFailed(where=str(path), expected=expected, found="other bytes than text") from None
    if found is None or not found[2]:
        return None
    return _checked(found[0], found[2], str(path))


def _checked(user: str, password: str, where: str) -> Credentials:
    if ":" in user or '"' in user or "\\" in user or _CONTROL.search(user):
        raise StoreFailed(
            where=where, expected="a name without colons, quotation marks and control signs", found="one with them"
        )
    if _CONTROL.search(password):
        raise StoreFailed(where=where, expected="a password without control signs", found="one with them")
    return Credentials(user=user, password=password)
