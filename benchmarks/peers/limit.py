"""What no conversion in Python can go below: msgspec decodes every record, and as many bytes are written.

    python limit.py ARTICLES.jsonl EXPECTED.nq OUTPUT PROCESSES

The records are decoded into the types that khabar has for them, the bytes are the first of the expected document again
and again. With several processes each decodes an equal range of the lines and writes an equal share.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import msgspec

from khabar.model import ArticleRecord

BLOCK: Final = 64 * 1024


def share(articles: Path, expected: Path, output: Path, number: int, processes: int) -> None:
    """What process ``number`` does."""
    size, length = articles.stat().st_size, expected.stat().st_size
    start, end = size * number // processes, size * (number + 1) // processes
    decode = msgspec.json.Decoder(ArticleRecord).decode
    with articles.open("rb") as file:
        if start:
            file.seek(start - 1)
            file.readline()
        # A line belongs to the range that it starts in.
        place = file.tell()
        while place < end and (line := file.readline()):
            place += len(line)
            if line.startswith(b'{"article"'):
                decode(line)
    with expected.open("rb") as file:
        block = file.read(BLOCK)
    written, until = length * number // processes, length * (number + 1) // processes
    with output.open("r+b") as target:
        while written < until:
            written += os.pwrite(target.fileno(), block[: until - written], written)


def main() -> None:
    """Share the work among processes, and wait for them."""
    articles, expected, output = map(Path, sys.argv[1:4])
    processes = int(sys.argv[4])
    output.write_bytes(b"")
    children = []
    for number in range(1, processes):
        child = os.fork()
        if child == 0:
            share(articles, expected, output, number, processes)
            os._exit(0)
        children.append(child)
    share(articles, expected, output, 0, processes)
    sys.exit(any(os.waitpid(child, 0)[1] for child in children))


if __name__ == "__main__":
    main()
