"""The store that a load goes into, and the journal of it: one process at a time has both."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from khabar.errors import FileFailed
from khabar.loading.journal import Journal, beneath
from khabar.loading.sending import EMBEDDED, REMOTE, Pace
from khabar.stores.endpoint import Endpoint, address_of, is_address
from khabar.stores.lock import Lock
from khabar.stores.opening import open_writer
from khabar.stores.writer import EmbeddedWriter

if TYPE_CHECKING:
    from khabar.stores.store import GraphStore


@contextlib.contextmanager
def open_load(
    target: str | Path | Endpoint,
    *,
    base: str | None,
    purpose: str,
    environment: Mapping[str, str],
    wait: float = 0.0,
) -> Iterator[tuple[GraphStore, Journal, Pace]]:
    """The store at ``target``, the journal of loads of the corpus with this ``base`` into it, and their pace.

    The journal of a folder lies beside it, that of an address in the `state_folder` of ``environment``. ``purpose``
    says what is loaded: an interrupted load into a folder goes on where it is the same. Another load of the same into
    the same is waited for as long as ``wait`` says, in seconds. Raises FileFailed and StoreFailed.
    """
    with contextlib.ExitStack() as stack:
        if not isinstance(target, Endpoint) and not is_address(target):
            writer = stack.enter_context(EmbeddedWriter(Path(target), purpose=purpose, wait=wait))
            yield writer, Journal(writer.journal_path, target=os.path.realpath(target), dataset=base), EMBEDDED
            return
        state = state_folder(environment)
        journal = journal_of(target, base, state)
        try:
            journal.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileFailed.from_os(state, error, "a folder for the journals of loads") from None
        stack.enter_context(Lock(journal.path.with_suffix(".lock"), f"{_address(target)}, load", wait=wait))
        endpoint = target if isinstance(target, Endpoint) else Endpoint(str(target))
        store = stack.enter_context(open_writer(endpoint))
        # Read under the lock: another load may have written it meanwhile.
        yield store, journal_of(target, base, state), REMOTE


def journal_of(target: str | Path | Endpoint, base: str | None, state: Path) -> Journal:
    """The journal of loads into the store at ``target``, as it is now; it lies in the folder ``state``."""
    address = _address(target)
    return Journal(beneath(state, address, base), target=address, dataset=base)


def _address(target: str | Path | Endpoint) -> str:
    address = target.address if isinstance(target, Endpoint) else str(target)
    if not is_address(address):
        return address
    # In the spelling that all ways to write the same address have in common.
    parts = urlsplit(address_of(address))
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path.rstrip("/"), parts.query, ""))


def state_folder(environment: Mapping[str, str]) -> Path:
    """Where the journals of loads into endpoints are kept, as the XDG Base Directory Specification has it.

    Raises FileFailed where that is below the home folder of a user who has none.

    >>> state_folder({"XDG_STATE_HOME": "/var/state"}).as_posix()
    '/var/state/khabar'
    """
    # A relative path is none, says the specification: what it means changes from folder to folder.
    if (set_to := environment.get("XDG_STATE_HOME")) and Path(set_to).is_absolute():
        return Path(set_to, "khabar")
    try:
        return Path.home() / ".local" / "state" / "khabar"
    except RuntimeError:
        raise FileFailed(
            where="the journals of loads", expected="a home folder", found="none", remedy="set XDG_STATE_HOME"
        ) from None
