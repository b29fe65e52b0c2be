"""The options that say how a store at an address is reached, and who this user is to it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from khabar.stores.endpoint import Endpoint

_Command = TypeVar("_Command", bound=Callable[..., Any])

_QUESTIONED = (
    click.option("--profile", metavar="NAME", default="", help="The kind of store at URL; see docs/stores.md."),
    click.option(
        "--timeout",
        metavar="SECONDS",
        type=click.FloatRange(min=0, min_open=True),
        default=60.0,
        show_default=True,
        help="What an endpoint has for the whole of one request.",
    ),
)
_REACHED = (
    *_QUESTIONED,
    click.option(
        "--connections",
        metavar="NUMBER",
        type=click.IntRange(1, 64),
        default=4,
        show_default=True,
        help="Requests to URL that are under way at a time.",
    ),
    click.option("--query-url", "query", metavar="URL", default="", help="Where queries go, if not below URL."),
    click.option("--update-url", "update", metavar="URL", default="", help="Where updates go, if not below URL."),
    click.option(
        "--graphs-url", "graphs", metavar="URL", default="", help="Where the Graph Store Protocol is, if not below URL."
    ),
)


def questioned(command: _Command) -> _Command:
    """The options of a command that only asks."""
    for option in reversed(_QUESTIONED):
        command = option(command)
    return command


def reached(command: _Command) -> _Command:
    """The options of a command that reads or writes whole graphs."""
    for option in reversed(_REACHED):
        command = option(command)
    return command


def endpoint(target: str, **known: Any) -> Endpoint | str:
    """``target`` with what is known of how it is reached, and with the credentials of this user for it.

    A path comes back as it is. The environment comes first (``KHABAR_USER`` and ``KHABAR_PASSWORD``, or
    ``KHABAR_TOKEN``), then netrc: the file that ``NETRC`` names, or ``~/.netrc``.
    """
    from urllib.parse import urlsplit

    from khabar.errors import StoreFailed
    from khabar.stores.credentials import for_host, from_environment
    from khabar.stores.endpoint import Endpoint, address_of, is_address

    if not is_address(target):
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", target):
            raise StoreFailed(where="endpoint", expected="a path, or an http or https address", found="another scheme")
        return target
    credentials = from_environment(os.environ)
    if credentials is None and (host := urlsplit(address_of(target)).hostname):
        credentials = for_host(host, os.environ.get("NETRC") or None)
    return Endpoint(target, credentials=credentials, **known)


def are_from_netrc() -> bool:
    """Whether the credentials of an endpoint, where it has any, are those of netrc."""
    from khabar.stores.credentials import from_environment

    return from_environment(os.environ) is None
