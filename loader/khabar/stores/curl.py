"""A request as a line of curl: what a load would send, for people to read and to run."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from khabar.stores.credentials import Credentials
    from khabar.stores.wire import Request

_LONGEST: Final = 100_000
"""Bytes of a body that stand in the arguments of curl; Linux gives a program no argument of more than 128 KiB."""


def command(
    request: Request,
    *,
    file: str = "",
    credentials: Credentials | None = None,
    schemes: Sequence[str] = ("basic",),
    from_netrc: bool = False,
) -> str:
    """The line of a POSIX shell by which curl sends ``request``.

    The body is read from ``file``, from standard input where that is ``-``, or stands in the line where none is given.
    Of ``credentials`` the line shows which kind they are, never what they are: it names the variables of the
    environment, or netrc, for the shell and curl to read. ``schemes`` are the ways of authentication that the store
    takes.

    >>> from khabar.stores.wire import Request
    >>> address = "http://localhost:7878/store?graph=urn%3Aa"
    >>> print(command(Request(method="PUT", address=address, body=b"", where="here"), file="a graph.nt"))
    curl -sS --fail-with-body --upload-file 'a graph.nt' 'http://localhost:7878/store?graph=urn%3Aa'
    """
    words = ["curl", "-sS", "--fail-with-body"]
    if any(sign in request.address for sign in "[]{}"):
        words.append("--globoff")
    for name, value in request.headers:
        words += ["--header", shlex.quote(f"{name}: {value}")]
    words += _signed(credentials, schemes, from_netrc=from_netrc)
    spoken = ""
    if request.body is not None and request.method == "PUT" and file not in {"", "-"}:
        words += ["--upload-file", shlex.quote(file)]
    else:
        words += ["--request", request.method] if request.method != "GET" else []
        if request.body is not None:
            if not file and len(request.body) > _LONGEST:
                spoken, file = f"printf %s {shlex.quote(request.body.decode('utf-8', 'replace'))} | ", "-"
            # curl takes what follows an @ for the name of a file; no update and no document begins with one. It reads
            # standard input whole before it sends it: in chunks, as by --upload-file, Virtuoso takes it for nothing.
            body = f"@{file}" if file else request.body.decode("utf-8", "replace")
            words += ["--data-binary", shlex.quote(body)]
    return spoken + " ".join([*words, shlex.quote(request.address)])


def _signed(credentials: Credentials | None, schemes: Sequence[str], *, from_netrc: bool) -> list[str]:
    if credentials is None:
        return []
    if credentials.token:
        return ["--header", '"Authorization: Bearer $KHABAR_TOKEN"']
    by = ["--netrc"] if from_netrc else ["--user", '"$KHABAR_USER:$KHABAR_PASSWORD"']
    if "digest" in schemes:
        by.insert(0, "--anyauth" if "basic" in schemes else "--digest")
    return by
