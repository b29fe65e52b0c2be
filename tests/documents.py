"""Documents whose examples are run: the sessions and the files that a Markdown page shows to its reader.

Four kinds of fenced blocks are acted on, in the order of the page; all others are left alone:

- ``console``: lines that start with ``$ `` are commands, what follows each is its output, standard error included;
- ``LANGUAGE file=PATH``: the block is written to that file;
- ``LANGUAGE append=PATH``: the block is added at the end of that file;
- ``diff file=PATH``: each run of ``-`` and ``+`` lines replaces the ``-`` lines, which stand in the file exactly once.

``python tests/documents.py docs/PAGE.md ...`` brings the outputs on a page up to date.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
SECONDS: Final = 60
NOBODY: Final = dict.fromkeys(("api", "sparql", "reconciliation"), "http://127.0.0.1:9/nobody")
"""Addresses at which no one answers: a page never asks Wikidata itself."""
_FENCE: Final = re.compile(r"^```(?P<info>[^`\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_RUN: Final = re.compile(r"((?:^-.*\n)+)((?:^\+.*\n)*)", re.MULTILINE)
_TARGET: Final = re.compile(r"^(?P<language>\w+) (?P<how>file|append)=(?P<path>\S+)$")


class DocumentDiffersError(AssertionError):
    """What a document shows is not what happens."""


@dataclass(frozen=True)
class Block:
    """One fenced block: the words after its fence, its lines, and the line of the page where they start."""

    info: str
    body: str
    line: int
    start: int


@dataclass(frozen=True)
class Step:
    """One command of a session, the output that the page shows, and the line of the page where it stands."""

    command: str
    shown: str
    line: int


def blocks(page: str) -> Iterator[Block]:
    """Every fenced block of ``page``, in order."""
    for match in _FENCE.finditer(page):
        start = match.start("body")
        yield Block(match["info"].strip(), match["body"], page.count("\n", 0, start) + 1, start)


def steps(block: Block) -> Iterator[Step]:
    """The commands of a ``console`` block; a command goes on where its line ends in a backslash."""
    lines = block.body.splitlines(keepends=True)
    position = 0
    while position < len(lines):
        first = position
        if not lines[first].startswith("$ "):
            raise DocumentDiffersError(f"line {block.line + first}: a console block starts with a command, `$ ...`")
        position += 1
        while position < len(lines) and lines[position - 1].endswith("\\\n"):
            position += 1
        command = "".join(lines[first:position])[2:].rstrip("\n")
        shown = position
        while position < len(lines) and not lines[position].startswith("$ "):
            position += 1
        yield Step(command, "".join(lines[shown:position]), block.line + first)


def has_sessions(page: str) -> bool:
    """Whether ``page`` shows a console session."""
    return any(block.info == "console" for block in blocks(page))


class Reader:
    """Someone who does what a page says, in a folder of their own, from its top to its end."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.path = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"

    def follow(self, page: str) -> str:
        """``page`` with the output that its commands really give; files are written as the page says."""
        parts: list[str] = []
        told = 0
        for block in blocks(page):
            parts.append(page[told : block.start])
            parts.append(self._session(block) if block.info == "console" else block.body)
            told = block.start + len(block.body)
            if target := _TARGET.match(block.info):
                self._edit(block, self.folder / target["path"], target["language"], target["how"])
        return "".join((*parts, page[told:]))

    def _session(self, block: Block) -> str:
        return "".join(f"$ {step.command}\n{self._run(step.command)}" for step in steps(block))

    def _run(self, command: str) -> str:
        if command.startswith("cd "):
            self.folder = (self.folder / command[3:].strip()).resolve()
            return ""
        environment = {
            "PATH": self.path,
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "COLUMNS": "120",
        }
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        return done.stdout if done.stdout.endswith("\n") or not done.stdout else done.stdout + "\n"

    def _edit(self, block: Block, file: Path, language: str, how: str) -> None:
        if how == "append":
            file.write_text(file.read_text(encoding="utf-8") + block.body, encoding="utf-8")
        elif language == "diff":
            file.write_text(_changed(file.read_text(encoding="utf-8"), block), encoding="utf-8")
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.body, encoding="utf-8")


def prove(page: str, reader: Reader) -> None:
    """Follow ``page``, and refuse it unless every command gives just what it shows."""
    real = reader.follow(page)
    if real != page:
        lines = difflib.unified_diff(page.splitlines(), real.splitlines(), "shown", "real", n=1, lineterm="")
        raise DocumentDiffersError("\n".join(lines))


def desk(folder: Path, wikidata: Mapping[str, str] = NOBODY) -> Reader:
    """A reader in a folder within the empty ``folder``, with khabar at hand and a copy of ``corpus/``.

    What the reader asks of Wikidata goes to these addresses.
    """
    shutil.copytree(ROOT / "corpus", folder / "desk" / "corpus")
    return Reader(folder / "desk", install(folder / "programs", wikidata))


def install(programs: Path, wikidata: Mapping[str, str] = NOBODY) -> Path:
    """``programs`` with a ``khabar`` in it that runs the package of this Python, found or not on the path."""
    programs.mkdir(parents=True, exist_ok=True)
    khabar = programs / "khabar"
    loader = ROOT / "loader"
    options = " ".join(f"--{name} '{address}'" for name, address in wikidata.items())
    khabar.write_text(
        "#!/bin/sh\n"
        f'export PYTHONPATH="{loader}${{PYTHONPATH:+:$PYTHONPATH}}"\n'
        f'if [ "$1" = link ]; then shift; set -- link --rate 50 {options} "$@"; fi\n'
        f'exec "{sys.executable}" -m khabar "$@"\n',
        encoding="utf-8",
    )
    khabar.chmod(0o755)
    return programs


def _changed(text: str, block: Block) -> str:
    for removed, added in _RUN.findall(block.body):
        old, new = (re.sub(r"^.", "", lines, flags=re.MULTILINE) for lines in (removed, added))
        if text.count(old) != 1:
            raise DocumentDiffersError(
                f"line {block.line}: {old!r} stands {text.count(old)} times in the file, not once"
            )
        text = text.replace(old, new)
    return text


if __name__ == "__main__":
    from fakes.wikidata import wikidata

    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            shown = Path(name)
            with wikidata() as there:
                reader = desk(Path(folder), there.addresses)
                shown.write_text(reader.follow(shown.read_text(encoding="utf-8")), encoding="utf-8")
