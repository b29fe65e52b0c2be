"""Two folders that change places in one step."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path
from typing import Final

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
_RENAME_SWAP: Final = 2
_UNABLE: Final = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EXDEV, errno.EPERM)


def exchange(new: Path, old: Path) -> None:
    """Put the folder ``new`` in the place of ``old``, and ``old``, where there is one, in the place of ``new``.

    One step on Linux and macOS. Where the file system cannot do it, two: for a moment there is nothing at ``old``,
    and a failure between the two puts the old folder back. Raises OSError, and then ``old`` is what it was.
    """
    if not old.exists():
        new.rename(old)
        return
    if _swap(new, old):
        return
    aside = new.with_name(f"{new.name}.old")
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    aside.rename(new)


def _swap(one: Path, two: Path) -> bool:
    if sys.platform == "win32":
        return False
    paths = os.fsencode(one), os.fsencode(two)
    library = ctypes.CDLL(None, use_errno=True)
    failed = -1
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        failed = library.renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], ctypes.c_uint(_RENAME_EXCHANGE))
    elif sys.platform == "darwin" and hasattr(library, "renamex_np"):
        failed = library.renamex_np(paths[0], paths[1], ctypes.c_uint(_RENAME_SWAP))
    else:
        return False
    if failed and ctypes.get_errno() not in _UNABLE:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(two))
    return not failed
