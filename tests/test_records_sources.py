"""Records in bulk: what is found where, cut in parts, read to its true end."""

from __future__ import annotations

import gzip
import io
import itertools
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from corpora_at_hand import CORPORA
from khabar.errors import FaultyData, FileFailed
from khabar.frame import Frame
from khabar.reading import read_corpus
from khabar.records import parts, spooled, streams
from khabar.records.heads import head_lines
from khabar.records.json_lines import MAX_LINE, encode, examine
from khabar.records.parts import Block, Part, blocks, lines, plain_parts
from khabar.records.sources import Source, is_bulk, is_written_by_hand, open_source
from strategies import times

EASTPORT = CORPORA["eastport"]


def eastport() -> tuple[Frame, list[bytes], list[bytes]]:
    """A corpus: its frame, the lines of its head, those of its articles."""
    corpus, faults = read_corpus(EASTPORT)
    assert corpus is not None, faults
    frame = Frame(corpus.header, corpus.entities)
    return frame, [*head_lines(frame)], [encode(article) for article in corpus.articles]


FRAME, HEAD, ARTICLES = eastport()
WHOLE = b"\n".join([*HEAD, *ARTICLES]) + b"\n"
BARE = b"\n".join(ARTICLES) + b"\n"


PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "zstd": zstandard.compress, "jsonl": bytes}


def compressed(data: bytes, form: str) -> bytes:
    """Bytes in two members or frames, as programs that append write them."""
    half = len(data) // 2
    pack = PACKERS[form]
    return pack(data[:half]) + pack(data[half:])


def numbered(source: Source) -> list[tuple[str, int, bytes]]:
    """Every line of a source that is not blank: its file, its line in it, its text."""
    found = []
    before: dict[str, int] = {}
    for part in source.parts:
        last, read = part.head, 0
        for block in blocks(part):
            assert block.first == last + 1
            assert block.data.endswith(b"\n")
            assert block.data.count(b"\n") == block.line_count
            assert read <= block.read <= part.size
            read = block.read
            found += [(part.name, before.get(part.name, 0) + line, data) for line, data in lines(block)]
            last = block.first + block.line_count - 1
        before[part.name] = before.get(part.name, 0) + last
    return found


def laid(folder: Path, **files: bytes) -> Path:
    """A folder with these files; two underscores stand for the dot of a name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def failure(path: Path | str, corpus: Path | None = None, stdin: BinaryIO | None = None) -> str:
    """The sentence of what cannot be opened."""
    with pytest.raises(FileFailed) as caught, open_source(path, corpus=corpus, stdin=stdin) as source:
        numbered(source)
    return str(caught.value)


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".json"])
@pytest.mark.parametrize(("packing", "form"), [("", "jsonl"), (".gz", "gzip"), (".zst", "zstd"), (".zstd", "zstd")])
def test_a_file_is_found_by_its_name(tmp_path: Path, suffix: str, packing: str, form: str) -> None:
    path = tmp_path / f"a{suffix}{packing}"
    path.write_bytes(compressed(WHOLE, form))
    with open_source(path) as source:
        assert (source.name, source.frame, source.files) == (str(path), FRAME, ())
        assert source.paths["corpus"] == source.paths["entities.eastport"] == str(path)
        assert {part.form for part in source.parts} == {form}
        assert numbered(source) == [(str(path), line, data) for line, data in enumerate(ARTICLES, len(HEAD) + 1)]


@pytest.mark.parametrize("form", ["jsonl", "gzip", "zstd"])
def test_standard_input_is_read_twice(form: str) -> None:
    data = compressed(WHOLE, form)
    with open_source("-", stdin=io.BytesIO(data)) as source:
        for _ in range(2):
            assert [data for _, _, data in numbered(source)] == ARTICLES
        assert {part.name for part in source.parts} == {source.name} == {"standard input"}
        path = source.parts[0].path
        assert Path(path).read_bytes() == data
    with pytest.raises(FileFailed):
        list(blocks(source.parts[0]))


def test_another_process_reads_standard_input_too() -> None:
    with open_source("-", stdin=io.BytesIO(WHOLE)) as source:
        code = "import sys; print(len(open(sys.argv[1], 'rb').read()))"
        ran = subprocess.run([sys.executable, "-c", code, source.parts[0].path], capture_output=True, check=True)
    assert int(ran.stdout) == len(WHOLE)


def test_nothing_is_left_of_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with open_source("-", stdin=io.BytesIO(WHOLE)):
        assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileFailed):
        open_source("-", stdin=io.BytesIO(BARE))
    # Where there is no /proc, the file has a name.
    monkeypatch.setattr(spooled, "_proc", lambda _: str(tmp_path / "nowhere"))
    with open_source("-", stdin=io.BytesIO(WHOLE)) as source:
        assert [str(path) for path in tmp_path.iterdir()] == [source.parts[0].path]
        assert len(numbered(source)) == len(ARTICLES)
    assert list(tmp_path.iterdir()) == []


def test_standard_input_needs_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert failure("-", stdin=io.BytesIO(WHOLE)) == (
        "/nowhere: expected room for a copy of the input, found No such file or directory"
    )


def test_a_pipe_is_read_twice_too(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    code = f"open({str(path)!r}, 'wb').write(open(0, 'rb').read())"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as writer:
        assert writer.stdin is not None
        writer.stdin.write(WHOLE)
        writer.stdin.close()
        with open_source(path) as source:
            assert numbered(source) == [(str(path), line, data) for line, data in enumerate(ARTICLES, len(HEAD) + 1)]


@pytest.mark.parametrize(
    "data",
    [
        WHOLE[:-1],
        b"\xef\xbb\xbf" + WHOLE,
        WHOLE.replace(b"\n", b"\r\n"),
        b"\n \n" + WHOLE.replace(b"\n", b"\n\t\n\n") + b"\n\n",
    ],
    ids=["without its last line end", "with a mark", "with line ends of two signs", "with blank lines"],
)
@pytest.mark.parametrize("form", ["jsonl", "gzip"])
def test_what_stands_around_records_is_nothing(tmp_path: Path, data: bytes, form: str) -> None:
    path = tmp_path / f"a.jsonl{'' if form == 'jsonl' else '.gz'}"
    path.write_bytes(compressed(data, form))
    expected = [line.strip() for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    with open_source(path) as source:
        assert source.frame == FRAME
        for name, number, line in numbered(source):
            assert (name, line) == (str(path), expected[number - 1])
        assert [line for _, _, line in numbered(source)] == ARTICLES


def test_a_folder_of_parts_comes_by_name(tmp_path: Path) -> None:
    half = len(ARTICLES) // 2
    head = b"\n".join(HEAD) + b"\n"
    folder = laid(
        tmp_path / "parts",
        part_2__json__gz=gzip.compress(b"\n".join(ARTICLES[half:])),
        part_1__jsonl=head + b"\n".join(ARTICLES[:half]),
        part_3__jsonl=b"",
        part_4__ndjson=HEAD[0] + b"\n",
        _SUCCESS=b"",
        __part_1__jsonl__crc=b"crc",
        README__md=b"# Records",
    )
    with open_source(folder) as source:
        assert source.name == str(folder)
        assert [data for _, _, data in numbered(source)] == ARTICLES
        assert [Path(name).name for name, _, _ in numbered(source)] == ["part_1.jsonl"] * half + ["part_2.json.gz"] * (
            len(ARTICLES) - half
        )
    assert not is_written_by_hand(folder)


def test_a_corpus_may_have_its_articles_in_bulk(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    (folder / "articles").mkdir(parents=True)
    (folder / "corpus.yaml").write_bytes((EASTPORT / "corpus.yaml").read_bytes())
    assert is_written_by_hand(folder)
    for path in EASTPORT.glob("entities/*.yaml"):
        laid(folder / "entities", **{path.stem + "__yaml": path.read_bytes()})
    by_hand = min(EASTPORT.glob("articles/*.yaml"))
    laid(folder / "articles", **{by_hand.stem + "__yaml": by_hand.read_bytes()})
    assert is_written_by_hand(folder)
    laid(folder / "articles", a__jsonl=BARE, b__jsonl__zst=compressed(WHOLE, "zstd"), other__json=b"{", __c__jsonl=b"{")
    assert not is_written_by_hand(folder)
    with open_source(folder) as source:
        assert source.files == (folder / "articles" / by_hand.name,)
        assert source.frame == FRAME
        assert source.paths["corpus"] == str(folder / "corpus.yaml")
        assert [data for _, _, data in numbered(source)] == ARTICLES * 2
    with open_source(folder / "articles" / "a.jsonl", corpus=folder) as source:
        assert (source.files, len(numbered(source))) == ((), len(ARTICLES))
    with open_source(folder, corpus=EASTPORT) as source:
        assert len(numbered(source)) == 2 * len(ARTICLES)


def test_the_head_of_bare_articles_comes_from_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(BARE)
    assert failure(path) == (
        f"{path}: expected the header of the corpus before its articles, found articles alone"
        " (name the folder of its corpus.yaml with --corpus FOLDER)"
    )
    assert failure("-", stdin=io.BytesIO()) == (
        "standard input: expected the header of the corpus before its articles, found nothing"
        " (name the folder of its corpus.yaml with --corpus FOLDER)"
    )
    for blank in (b"\n \r\n\t\n", b'{"entities": {}}\n\n'):
        path.write_bytes(blank)
        assert failure(path).endswith(
            "before its articles, found nothing (name the folder of its corpus.yaml with --corpus FOLDER)"
        )
    path.write_bytes(BARE)
    with open_source(path, corpus=EASTPORT) as source:
        assert source.frame == FRAME
        assert source.paths["corpus"] == str(EASTPORT / "corpus.yaml")
        assert numbered(source)[0] == (str(path), 1, ARTICLES[0])
    path.write_bytes(WHOLE)
    with open_source(path, corpus=EASTPORT) as source:
        assert numbered(source)[0] == (str(path), len(HEAD) + 1, ARTICLES[0])


def test_what_gives_its_head_needs_no_articles(tmp_path: Path) -> None:
    laid(tmp_path, corpus__yaml=(EASTPORT / "corpus.yaml").read_bytes())
    with open_source("-", corpus=tmp_path, stdin=io.BytesIO(BARE)) as source:
        assert source.frame == Frame(FRAME.header, {})
    laid(tmp_path / "articles", bad__yml=b"")
    open_source("-", corpus=tmp_path, stdin=io.BytesIO(BARE)).close()
    with pytest.raises(FaultyData) as caught:
        open_source(tmp_path)
    assert [fault.code for fault in caught.value.faults] == ["KH001"]


def test_two_heads_are_one(tmp_path: Path) -> None:
    path = laid(tmp_path, a__jsonl=b"\n".join([HEAD[0].replace(b"berths", b"quays"), *HEAD[1:], b""])) / "a.jsonl"
    assert failure(path, corpus=EASTPORT) == (
        f"{path}: expected the header of {EASTPORT}, found another (leave the head out of one)"
    )
    path.write_bytes(HEAD[0] + b"\n" + BARE)
    laid(tmp_path, b__jsonl=b'{"entities": {}}\n')
    open_source(tmp_path).close()
    laid(tmp_path, b__jsonl=HEAD[1])
    assert failure(tmp_path) == (
        f"{tmp_path / 'b.jsonl'}: expected the entities of {path}, found others (leave the head out of one)"
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"article:\n  id: a\n", "1:1 KH003 expected JSON, found 'a' where a value is expected"),
        (b"\xff\xfe{\0}\0\n\0", "1:1 KH002 expected UTF-8, found the byte 0xFF, the mark of UTF-16"),
        (b"\n{}\n" + WHOLE, "2:1 KH011 base: expected an http or https IRI that ends in / or #, found no such key"),
        (HEAD[0].replace(b"https", b"gopher") + b"\n", "1:1 KH015 base: expected an http or https IRI that ends in"),
        (HEAD[0] + b"\n\n" + HEAD[0] + b"\n", "3:1 KH007 expected one header, found a second one (delete it)"),
    ],
)
def test_the_faults_of_a_head_stop_everything(tmp_path: Path, data: bytes, sentence: str) -> None:
    path = laid(tmp_path, a__jsonl=data) / "a.jsonl"
    with pytest.raises(FaultyData) as caught:
        open_source(path)
    assert [fault for fault in caught.value.faults if str(fault).startswith(f"{path}:{sentence}")] != []


def test_a_first_line_that_is_broken_is_an_article_where_the_head_is_known(tmp_path: Path) -> None:
    path = laid(tmp_path, a__jsonl=b"{\n" + BARE) / "a.jsonl"
    with open_source(path, corpus=EASTPORT) as source:
        assert numbered(source)[0] == (str(path), 1, b"{")


def test_what_is_no_source_is_told(tmp_path: Path) -> None:
    laid(tmp_path, a__yaml=b"", a__jsonl=WHOLE)
    remedy = "JSON Lines are .jsonl, .jsonl.gz, .jsonl.zst or .ndjson, Parquet is .parquet"
    for name, expected in {
        "a.yaml": f"a folder, or a file of records in bulk, found a name that ends in .yaml ({remedy})",
        "none.jsonl": "a folder or file of records, found No such file or directory",
        "a.jsonl/b.jsonl": "a folder or file of records, found Not a directory",
    }.items():
        assert failure(tmp_path / name) == f"{tmp_path / name}: expected {expected}"
    (tmp_path / "a").write_bytes(b"")
    assert failure(tmp_path / "a").startswith(f"{tmp_path}/a: expected a folder, or a file of records in bulk, found")
    assert "a path that none can have" in failure("a\0b.jsonl")
    (tmp_path / "loop.jsonl").symlink_to("loop.jsonl")
    assert failure(tmp_path / "loop.jsonl").endswith("found Too many levels of symbolic links")
    inner = laid(tmp_path / "inner", b__jsonl=WHOLE)
    assert failure(tmp_path) == (f"{inner}: expected no records in folders below, found some (move them to {tmp_path})")


@pytest.mark.parametrize("name", [b"\xff.jsonl", b"a\nb.jsonl", b"a\x01b.jsonl"])
def test_names_that_cannot_be_told_are_refused(name: bytes, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(WHOLE)
    for source in (path, tmp_path):
        assert failure(source).endswith(
            ".jsonl: expected a name in UTF-8 that can be seen, found another (rename the file or its folder)"
        )


@pytest.mark.parametrize(
    ("name", "bulk"),
    [
        *((f"a{suffix}", True) for suffix in (".jsonl", ".ndjson.gz", ".jsonl.zst", ".jsonl.zstd", ".parquet")),
        *((f"a{suffix}", False) for suffix in (".json", ".yaml", ".gz", ".yaml.gz", ".parquet.gz", "")),
        *((name, False) for name in (".jsonl", ".a.jsonl", "_a.jsonl", "jsonl")),
    ],
)
def test_bulk_is_known_by_name(name: str, bulk: bool) -> None:  # noqa: FBT001 - what is expected of it
    assert is_bulk(Path("folder.jsonl", name)) is bulk


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_a_file_that_is_cut_short_never_ends_without_a_word(tmp_path: Path, form: str) -> None:
    data = compressed(WHOLE, form)
    path = tmp_path / ("a.jsonl.gz" if form == "gzip" else "a.jsonl.zst")
    first = len(PACKERS[form](WHOLE[: len(WHOLE) // 2]))
    cuts = {0, 1, 2, 5, 9, 17, first - 1, first + 1, first + 9, len(data) - 1, *range(40, len(data), 97)} - {first}
    for cut in sorted(cuts):
        path.write_bytes(data[:cut])
        found = failure(path, corpus=EASTPORT)
        assert found == f"{path}: expected a whole {form} file, found one that ends too early", cut
    # Where a member ends, a line does not: it is read as far as it goes, and its record is told.
    path.write_bytes(data[:first])
    with open_source(path) as source:
        *_, (_, number, last) = numbered(source)
        assert examine(last, "", number)[0] is None


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_what_is_not_compressed_so_is_told(tmp_path: Path, form: str) -> None:
    path = tmp_path / ("a.jsonl.gz" if form == "gzip" else "a.jsonl.zst")
    for data in (WHOLE, compressed(WHOLE, form) + b"garbage", b"\0" * 100 + WHOLE):
        path.write_bytes(data)
        assert failure(path).startswith(f"{path}: expected a whole {form} file, found ")
    if form == "gzip":
        damaged = bytearray(compressed(WHOLE, form))
        damaged[len(damaged) // 4] ^= 0x55
        path.write_bytes(damaged)
        assert failure(path).startswith(f"{path}: expected a whole gzip file, found ")


def test_zeros_after_gzip_and_frames_without_data_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(compressed(WHOLE, "gzip") + b"\0" * 300_000)
    with open_source(path) as source:
        assert len(numbered(source)) == len(ARTICLES)
    skipped = (0x184D2A50).to_bytes(4, "little") + (5).to_bytes(4, "little") + b"hello"
    data = skipped + compressed(WHOLE, "zstd") + skipped
    for name in ("a.jsonl.zst", "-"):
        path = tmp_path / name
        path.write_bytes(data)
        with open_source(name if name == "-" else path, stdin=io.BytesIO(data)) as source:
            assert len(numbered(source)) == len(ARTICLES)


@pytest.mark.parametrize("form", ["gzip", "zstd"])
def test_a_bomb_takes_no_memory(tmp_path: Path, form: str) -> None:
    """A line of 300 MiB comes from some hundred kilobytes, and is cut off before it takes more than its limit."""
    many = 300
    path = tmp_path / ("a.jsonl.gz" if form == "gzip" else "a.jsonl.zst")
    with path.open("wb") as file:
        file.write(compressed(b"\n".join(HEAD) + b"\n", form))
        piece = b" " * 1024 * 1024
        packed = gzip.compress(piece, 1) if form == "gzip" else zstandard.compress(piece)
        file.writelines([packed] * many)
        file.write(compressed(b"\n" + ARTICLES[0], form))
    tracemalloc.start()
    try:
        with open_source(path) as source:
            read = [(line, len(data)) for _, line, data in _raw(source)]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert read == [(len(HEAD) + 1, MAX_LINE + 1), (len(HEAD) + 2, len(ARTICLES[0]))]
    assert peak < 5 * MAX_LINE


def _raw(source: Source) -> Iterator[tuple[str, int, bytes]]:
    for part in source.parts:
        for block in blocks(part):
            for number, line in enumerate(block.data.split(b"\n")[:-1], block.first):
                yield part.name, number, line


def test_a_zstd_frame_of_repeated_bytes_comes_in_small_pieces() -> None:
    data = zstandard.compress(b"a" * 200 * 1024 * 1024)
    sizes = [len(piece) for piece, _ in streams.decompressed(io.BytesIO(data), "zstd", "a")]
    assert sum(sizes) == 200 * 1024 * 1024
    assert max(sizes) <= 64 * 1024 * 1024


line_lengths = st.lists(st.sampled_from([0, 1, 3, 20, 49, 50, 51, 52, 99, 130]), max_size=12)


@times(1)
@given(line_lengths, st.booleans(), st.lists(st.integers(0, 900), max_size=6), st.sampled_from([1, 7, 64, 5000]))
def test_every_line_is_in_one_part(lengths: list[int], ends: bool, cuts: list[int], chunk: int) -> None:  # noqa: FBT001
    """Wherever a file is cut and however it comes, its lines are there once, in order, with their numbers."""
    written = [
        bytes((place * 7 + i) % 256 for i in range(length)).replace(b"\n", b"x") for place, length in enumerate(lengths)
    ]
    data = b"\n".join(written) + (b"\n" if ends and written else b"")
    expected = (
        [line if len(line) <= 50 else line[:51] for line in data.removesuffix(b"\n").split(b"\n")] if data else []
    )
    with pytest.MonkeyPatch.context() as patch, tempfile.NamedTemporaryFile() as file:
        patch.setattr(parts, "MAX_LINE", 50)
        patch.setattr(parts, "CHUNK", chunk)
        patch.setattr(streams, "CHUNK", chunk)
        patch.setattr(parts, "_BEYOND", min(chunk, 30))
        file.write(data)
        file.flush()
        bounds = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
        ranges = [Part(file.name, "jsonl", start, end, "a") for start, end in itertools.pairwise(bounds)]
        found = []
        for part in ranges:
            last = 0
            for block in blocks(part):
                assert (block.first, block.data[-1:]) == (last + 1, b"\n")
                last += block.line_count
                found += block.data.split(b"\n")[:-1]
        assert [line[:51] for line in found] == expected
        assert [len(line) > 50 for line in found] == [len(line) > 50 for line in expected]


@given(st.integers(0, 3 * 2**30), st.integers(0, 10**6))
def test_parts_are_a_whole(size: int, start: int) -> None:
    found = list(plain_parts("a", "a", min(start, size), size, 3))
    assert [part.head for part in found] == [3] + [0] * (len(found) - 1)
    assert [part.start for part in found] == [min(start, size), *(part.end for part in found[:-1])]
    assert found[-1].end == size
    assert all(part.size == part.end - part.start <= 1024 * 1024 for part in found)
    assert all(part.size >= 256 * 1024 for part in found[:-1])


def test_a_file_that_becomes_shorter_is_told(tmp_path: Path) -> None:
    path = laid(tmp_path, a__jsonl=WHOLE) / "a.jsonl"
    with open_source(path) as source:
        path.write_bytes(WHOLE[: len(WHOLE) // 2])
        with pytest.raises(FileFailed) as caught:
            numbered(source)
    assert str(caught.value) == (
        f"{path}: expected a file that stays as it is while it is read, found a shorter one than at first"
        " (run it again)"
    )
    path.write_bytes(b"")
    late = Part(str(path), "jsonl", 100, 200, "a")
    with pytest.raises(FileFailed, match="a shorter one than at first"):
        list(blocks(late))


def test_blank_lines_count() -> None:
    block = Block(5, b"\xef\xbb\xbf\n\r\n {}\t\n", 3, 0)
    assert list(lines(block)) == [(5, b"\xef\xbb\xbf"), (7, b"{}")]
    assert list(lines(block._replace(first=1))) == [(3, b"{}")]


def test_zstd_needs_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = laid(tmp_path, a__jsonl__zst=compressed(WHOLE, "zstd")) / "a.jsonl.zst"
    monkeypatch.setitem(sys.modules, "zstandard", None)
    assert failure(path) == (
        f"{path}: expected zstandard, which reads and writes .zst, found no such package (pip install zstandard)"
    )
