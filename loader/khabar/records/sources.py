"""Where the records of a corpus are: a folder, a file, a stream; its head read, its articles in parts to be read."""

from __future__ import annotations

import contextlib
import io
import stat
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Self

from khabar.errors import FaultyData, FileFailed
from khabar.frame import Frame
from khabar.reading.text import shown_path
from khabar.records.heads import Agreed, Head, agreed, demand_same, folder_head, folder_outline, read_head
from khabar.records.parts import MARK, SPACE, Part, blocks, plain_parts, size_of
from khabar.records.spooled import Spooled
from khabar.records.streams import Form, form_of, opened
from khabar.records.suffixes import COMPRESSED, TABLES, is_of_records

STDIN: Final = "-"


class Source(NamedTuple):
    """A corpus as it was found: what its articles are seen with, and where they are.

    ``files`` are the YAML files of a folder, by name; ``parts`` what there is in bulk, in order. ``paths`` maps
    ``"corpus"`` and ``"entities.ID"`` to the file of each, as `khabar.model.Corpus` does. Whoever opened it closes it.
    """

    name: str
    frame: Frame
    parts: tuple[Part, ...]
    files: tuple[Path, ...]
    paths: dict[str, str]
    spooled: Spooled | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back what standard input took."""
        if self.spooled is not None:
            self.spooled.close()


def open_source(path: Path | str, *, corpus: Path | None = None, stdin: BinaryIO | None = None) -> Source:
    """The corpus at ``path``: its head is read, its articles are found.

    ``path`` is a folder with ``corpus.yaml`` whose ``articles/`` holds YAML, JSON Lines or Parquet; a file of JSON
    Lines (``.jsonl``, ``.ndjson``, ``.json``; also ``.gz`` and ``.zst``) or Parquet; a folder of such files, in the
    order of their names; or ``-``, standard input (``stdin``), and any other pipe: copied, for it is read twice.
    ``corpus`` is a folder whose ``corpus.yaml`` and ``entities/`` are the head of bare articles. A file that has a
    head too must have the same.

    Raises `FaultyData` where the head has faults, `FileFailed` where there is none or something cannot be read.
    """
    given = None if corpus is None else folder_head(corpus)
    if str(path) == STDIN:
        return _stream(sys.stdin.buffer if stdin is None else stdin, "standard input", given)
    path = Path(path)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise FileFailed.from_os(path, error, "a folder or file of records") from error
    except ValueError as error:
        raise FileFailed(
            where=shown_path(path), expected="a folder or file", found="a path that none can have"
        ) from error
    if stat.S_ISDIR(mode):
        return _folder(path, given)
    if not stat.S_ISREG(mode):
        with opened(str(path), shown_path(path)) as pipe:
            return _stream(pipe, shown_path(path), given)
    if not is_of_records(path.name, loose=True):
        raise FileFailed(
            where=shown_path(path),
            expected="a folder, or a file of records in bulk",
            found=f"a name that ends in {path.suffix}" if path.suffix else "a name without a suffix",
            remedy="JSON Lines are .jsonl, .jsonl.gz, .jsonl.zst or .ndjson, Parquet is .parquet",
        )
    return _source(shown_path(path), [_Found.at(path)], given)


def is_written_by_hand(path: Path | str) -> bool:
    """Tell whether a path is a folder without any records in bulk: all that it holds is YAML, or nothing."""
    folder = Path(path)
    with contextlib.suppress(OSError, ValueError):
        if str(path) == STDIN or not folder.is_dir():
            return False
        if _is_corpus(folder):
            return not ((folder / "articles").is_dir() and _listed(folder / "articles", loose=False))
        return not _listed(folder, loose=True)
    return False


def is_bulk(path: Path) -> bool:
    """Whether the name of a file is one of records in bulk that a folder of records may hold."""
    return is_of_records(path.name, loose=False)


class _Found(NamedTuple):
    """A file in bulk, with its head."""

    path: str
    name: str
    form: Form
    size: int
    head: Head

    @classmethod
    def at(cls, path: Path) -> Self:
        # The name goes to other processes as text.
        if shown_path(path) != str(path):
            raise FileFailed(
                where=shown_path(path),
                expected="a name in UTF-8 that can be seen",
                found="another",
                remedy="rename the file or its folder",
            )
        return cls.of(str(path), str(path), "parquet" if path.suffix in TABLES else COMPRESSED.get(path.suffix))

    @classmethod
    def of(cls, path: str, name: str, form: Form | None) -> Self:
        with opened(path, name) as file:
            seen = form_of(file.read(4))
            size = size_of(file)
        form = form or seen
        if form == "parquet":
            from khabar.records.parquet import head_of

            return cls(path, name, form, size, head_of(path, name))
        placed = _placed(Part(path, form, 0, size, name, 0, size))
        with contextlib.closing(placed):
            return cls(path, name, form, size, read_head(placed, name))

    def parts(self) -> Iterator[Part]:
        if self.form == "parquet":
            from khabar.records.parquet import row_parts

            yield from row_parts(self.path, self.name)
        elif self.form == "jsonl":
            yield from plain_parts(self.path, self.name, min(self.head.size, self.size), self.size, self.head.lines)
        else:
            yield Part(self.path, self.form, 0, self.size, self.name, self.head.lines, self.size)


def _placed(part: Part) -> Generator[tuple[int, bytes, int], None, None]:
    """The lines of a file that are not blank, each with the number of bytes up to its end."""
    end = 0
    for block in blocks(part):
        number = block.first
        for line in block.data.split(b"\n")[:-1]:
            end += len(line) + 1
            stripped = (line.removeprefix(MARK) if number == 1 else line).strip(SPACE)
            if stripped:
                yield number, stripped, end
            number += 1


def _stream(stream: BinaryIO | io.FileIO, name: str, given: Agreed | None) -> Source:
    spooled = Spooled(stream)
    try:
        return _source(name, [_Found.of(spooled.path, name, None)], given)._replace(spooled=spooled)
    except BaseException:
        spooled.close()
        raise


def _folder(folder: Path, given: Agreed | None) -> Source:
    """A corpus, or a folder of parts, which has no ``corpus.yaml``."""
    here = [] if _is_corpus(folder) else _listed(folder, loose=True)
    files: tuple[Path, ...] = ()
    if not here:
        own, files = folder_outline(folder)
        if given is not None:
            demand_same(Head(own.frame.header, own.frame.entities, 0, 0), own.paths["corpus"], given)
        here = _listed(folder / "articles", loose=False)
        given = own
    return _source(shown_path(folder), [_Found.at(path) for path in here], given, files)


def _is_corpus(folder: Path) -> bool:
    return (folder / "corpus.yaml").exists() or (folder / "articles").is_dir()


def _listed(folder: Path, *, loose: bool) -> list[Path]:
    """The files in bulk of a folder, by name; none may lie in folders below, where nobody would look for them."""
    try:
        names = sorted(folder.iterdir())
        for path in names:
            if path.is_dir() and any(is_of_records(inner.name, loose=False) for inner in path.iterdir()):
                raise FileFailed(
                    where=shown_path(path),
                    expected="no records in folders below",
                    found="some",
                    remedy=f"move them to {shown_path(folder)}",
                )
    except OSError as error:
        raise FileFailed.from_os(folder, error, "a folder that can be read") from error
    return [path for path in names if is_of_records(path.name, loose=loose) and not path.is_dir()]


def _source(name: str, found: list[_Found], given: Agreed | None, files: tuple[Path, ...] = ()) -> Source:
    doubts = [fault for one in found[:1] for fault in one.head.doubts]
    if doubts and given is None and not any(one.head.frame for one in found):
        raise FaultyData(doubts)
    heads = {one.name: one.head for one in found}
    known = agreed(heads, given, name, articles=any(one.head.articles for one in found))
    parts = tuple(part for one in found for part in one.parts())
    return Source(name, known.frame, parts, files, dict(known.paths))
