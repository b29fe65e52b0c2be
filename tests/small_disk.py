"""A disk that can be made full: a file system in memory, or a limit on the size of files in its place."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Self


class SmallDisk:
    """A tmpfs of ``size`` bytes at ``folder``; ``kind`` says what it is, or what stands in for it.

    Mounting takes the rights of root. Without them a process that calls `limit` can write no file beyond what it asks.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "khabar-test", str(folder)]
        try:
            mounted = subprocess.run(command, capture_output=True, text=True, check=False)
            refusal = " ".join(mounted.stderr.split()) if mounted.returncode else ""
        except OSError as error:
            refusal = str(error)
        self.is_mounted = not refusal
        self.kind = "tmpfs" if self.is_mounted else f"a limit on the size of files in place of a tmpfs ({refusal})"
        self._ballast = folder / "ballast"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    @property
    def used(self) -> int:
        return shutil.disk_usage(self.folder).used

    def leave(self, room: int) -> None:
        """Fill the disk until ``room`` bytes are left."""
        self.free()
        if self.is_mounted:
            with self._ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(self.folder).free - room))

    def free(self) -> None:
        """Take away what `leave` put there."""
        self._ballast.unlink(missing_ok=True)

    def limit(self, room: int) -> None:
        """In a process of its own: stand in for the disk, where there is none."""
        if not self.is_mounted:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

    @contextlib.contextmanager
    def read_only(self) -> Iterator[None]:
        """The disk while nothing can be written to it; only where it is mounted."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)
        try:
            yield
        finally:
            subprocess.run(["mount", "-o", "remount,rw", str(self.folder)], check=True)
