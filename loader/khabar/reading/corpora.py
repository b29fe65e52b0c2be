"""The files of a corpus as one value, or all that is wrong with them."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import convert
from msgspec.structs import replace

from khabar.errors import Fault, Keys
from khabar.gaps import NO_GAPS, Gaps
from khabar.iris import RESERVED_ARTICLE_IDS
from khabar.model import ArticleRecord, Corpus, CorpusHeader, EntitiesFile, Entity
from khabar.reading.decoding import decode
from khabar.reading.nodes import Node, compose
from khabar.reading.places import place
from khabar.reading.salvage import STAND_INS, salvage
from khabar.reading.text import decode_text, read_bytes, shown, shown_path

S = TypeVar("S", bound=msgspec.Struct)


class Survey(NamedTuple):
    """All of a corpus that can be read, every fault of reading it, and what is missing for that reason.

    ``corpus`` is None where there is no folder to read.
    """

    corpus: Corpus | None
    faults: list[Fault]
    gaps: Gaps


class Outline(NamedTuple):
    """A corpus without its articles, the files that they are in, by name, and every fault of all but those.

    ``corpus`` is None where there is no folder to read.
    """

    corpus: Corpus | None
    articles: list[Path]
    faults: list[Fault]


def read_corpus(folder: Path) -> tuple[Corpus | None, list[Fault]]:
    """Every record of a corpus; ``None`` in its place where there is a fault.

    Reads ``corpus.yaml``, ``entities/*.yaml`` and ``articles/*.yaml``, in the order of their names. Other files are
    left alone, but a ``.yml`` file or a folder with records inside one of these two is told: nobody should miss it
    in the graph without a word. Faults come in the order of files and places; paths start with ``folder`` as given.
    """
    corpus, faults, _ = survey(folder)
    return (None if faults else corpus), faults


def survey(folder: Path, known: Mapping[Path, ArticleRecord] | None = None) -> Survey:
    """As much of a corpus as can be read in spite of its faults; see `read_corpus`.

    A record with faults is there without the parts that have them, so that what lies between records can be checked
    at the same time. ``known`` are articles that were read already, without faults, by their files.
    """
    faults: list[Fault] = []
    if not _is_folder(folder, "a folder with a corpus", faults):
        return Survey(None, faults, NO_GAPS)
    reader = _Reader(faults, known)
    header = reader.header(folder / "corpus.yaml")
    reader.entities(_files(folder / "entities", faults, required=False))
    reader.articles(_files(folder / "articles", faults, required=True))
    corpus = Corpus(header=header, entities=reader.entity, articles=tuple(reader.article.values()), paths=reader.paths)
    return Survey(corpus, sorted(faults), reader.gaps())


def outline(folder: Path) -> Outline:
    """All of a corpus but its articles, whose files are listed and not read; see `read_corpus` and `read_article`."""
    faults: list[Fault] = []
    if not _is_folder(folder, "a folder with a corpus", faults):
        return Outline(None, [], faults)
    reader = _Reader(faults)
    header = reader.header(folder / "corpus.yaml")
    reader.entities(_files(folder / "entities", faults, required=False))
    articles = _files(folder / "articles", faults, required=True)
    corpus = Corpus(header=header, entities=reader.entity, articles=(), paths=reader.paths)
    return Outline(corpus, articles, sorted(faults))


def read_article(path: Path) -> tuple[ArticleRecord | None, list[Fault]]:
    """One article record alone; ``None`` in its place where there is a fault."""
    record, faults, _ = read_changed(path, b"")
    return record, faults


def read_changed(path: Path, digest: bytes) -> tuple[ArticleRecord | None, list[Fault], bytes]:
    """One article record as `read_article` gives it, and SHA-256 of the bytes that it was read from.

    There is neither record nor fault where that is ``digest``: these bytes were read before.
    """
    faults: list[Fault] = []
    data = read_bytes(path, faults)
    if data is None:
        return None, faults, b""
    found = hashlib.sha256(data).digest()
    if found == digest:
        return None, faults, found
    record, node = _decoded(_composed(data, path, faults), ArticleRecord, path, faults)
    if record is not None and node is not None:
        tell_reserved(record, node, shown_path(path), faults)
    return (None if faults else record), sorted(faults), found


def read_tree(path: Path) -> tuple[Node | None, list[Fault]]:
    """The tree of nodes of one file, whatever it holds."""
    faults: list[Fault] = []
    return _tree(path, faults), sorted(faults)


def _tree(path: Path, faults: list[Fault]) -> Node | None:
    data = read_bytes(path, faults)
    return None if data is None else _composed(data, path, faults)


def _composed(data: bytes, path: Path, faults: list[Fault]) -> Node | None:
    text = decode_text(data, shown_path(path), faults)
    if text is None:
        return None
    before = len(faults)
    node = compose(text, shown_path(path), faults)
    if node is None and len(faults) == before:
        _tell(path, faults, code="KH012", expected="a record", found="an empty file")
    return node


def _read(path: Path, struct: type[S], faults: list[Fault]) -> tuple[S | None, Node | None]:
    return _decoded(_tree(path, faults), struct, path, faults)


def _decoded(node: Node | None, struct: type[S], path: Path, faults: list[Fault]) -> tuple[S | None, Node | None]:
    if node is None:
        return None, None
    return decode(node, struct, shown_path(path), faults), node


class _Reader:
    """Reads the files of one corpus, and notes what it cannot."""

    def __init__(self, faults: list[Fault], known: Mapping[Path, ArticleRecord] | None = None) -> None:
        self.faults = faults
        self.known = known or {}
        self.paths: dict[str, str] = {}
        self.entity: dict[str, Entity] = {}
        self.article: dict[str, ArticleRecord] = {}
        # To keep all trees would take more memory and time than everything else; files are read again for this.
        self._again = functools.lru_cache(maxsize=4)(lambda path: read_tree(Path(path))[0])
        self._names: set[tuple[str | None, str]] = set()
        self._torn: set[str] = set()
        self._entries: set[tuple[str, Keys]] = set()
        self._stand_ins: set[tuple[str, Keys]] = set()
        self._lost: set[str] = set()

    def gaps(self) -> Gaps:
        return Gaps(
            names=frozenset(self._names),
            articles=frozenset(self._torn),
            entries=frozenset(self._entries),
            stand_ins=frozenset(self._stand_ins),
            shared="entities" in self._lost,
            foreign="articles" in self._lost,
            header="header" in self._lost,
        )

    def header(self, path: Path) -> CorpusHeader:
        self.paths["corpus"] = shown_path(path)
        header, _, lost = self._record(path, CorpusHeader)
        if header is None:
            self._lost.add("header")
            self._entries.add((shown_path(path), ()))
            return convert({key[0]: value for key, value in STAND_INS.items() if len(key) == 1}, CorpusHeader)
        if lost:
            self._lost.add("header")
        return header

    def entities(self, files: list[Path]) -> None:
        for path in files:
            record, node, lost = self._record(path, EntitiesFile)
            if record is None or node is None:
                self._lost.add("entities")
                continue
            self._note(None, lost)
            for slug, entity in record.entities.items():
                first = self.paths.setdefault(f"entities.{slug}", shown_path(path))
                if self.entity.setdefault(slug, entity) is not entity:
                    _tell_twice(slug, ("entities", slug), path, node, first, self._again(first), self.faults)

    def articles(self, files: list[Path]) -> None:
        for path in files:
            record = self.known.get(path)
            if record is not None:
                self._add(record, path, None)
                continue
            record, node, lost = self._record(path, ArticleRecord)
            if record is None or node is None:
                self._lost.add("articles")
                continue
            slug = record.article.id
            if (shown_path(path), ("article", "id")) in self._stand_ins:
                self._lost.add("articles")
                slug = f"{slug}-{len(self.article)}"
                record = replace(record, article=replace(record.article, id=slug))
            self._note(slug, lost)
            tell_reserved(record, node, shown_path(path), self.faults)
            self._add(record, path, node)

    def _add(self, record: ArticleRecord, path: Path, node: Node | None) -> None:
        slug = record.article.id
        first = self.paths.setdefault(f"articles.{slug}", shown_path(path))
        if slug not in self.article:
            self.article[slug] = record
            return
        node = node or self._again(str(path))
        _tell_twice(slug, ("article", "id"), path, node, first, self._again(first), self.faults)

    def _record(self, path: Path, struct: type[S]) -> tuple[S | None, Node | None, frozenset[Keys]]:
        before = len(self.faults)
        record, node = _read(path, struct, self.faults)
        own = self.faults[before:]
        if node is None or not own:
            return record, node, frozenset()
        # What has no keys was told by the composer, which leaves it out of the tree.
        saved = salvage(node, struct, [fault for fault in own if fault.keys])
        if saved is None:
            return None, node, frozenset()
        self._entries |= {(shown_path(path), keys[:2]) for keys in saved.lost}
        self._stand_ins |= {(shown_path(path), keys) for keys in saved.stand_ins}
        return saved.record, node, saved.lost

    def _note(self, article: str | None, lost: Iterable[Keys]) -> None:
        for keys in lost:
            match keys:
                case (_, str(slug)):
                    self._names.add((article, slug))
                case _ if article is None:
                    self._lost.add("entities")
                case _ if len(keys) == 1:
                    self._torn.add(article)


def _tell_twice(
    slug: str,
    keys: tuple[str | int, ...],
    path: Path,
    node: Node | None,
    first: str,
    root: Node | None,
    faults: list[Fault],
) -> None:
    line, column = place(node, keys) if node else (1, 1)
    first_line, first_column = place(root, keys) if root else (1, 1)
    faults.append(
        Fault(
            path=shown_path(path),
            line=line,
            column=column,
            code="KH020",
            keys=keys,
            expected="every id once",
            found=f"{shown(slug)} again",
            remedy=f"the first is at {first}:{first_line}:{first_column}",
        )
    )


def tell_reserved(record: ArticleRecord, node: Node, path: str, faults: list[Fault]) -> None:
    """Tells an article whose graph would take the name of another (KH016)."""
    if record.article.id in RESERVED_ARTICLE_IDS:
        keys = ("article", "id")
        line, column = place(node, keys)
        faults.append(
            Fault(
                path=path,
                line=line,
                column=column,
                code="KH016",
                keys=keys,
                expected=f"an id other than {', '.join(sorted(RESERVED_ARTICLE_IDS))}",
                found=shown(record.article.id),
            )
        )


def _tell(path: Path, faults: list[Fault], *, code: str, expected: str, found: str, remedy: str = "") -> None:
    faults.append(
        Fault(path=shown_path(path), line=1, column=1, code=code, expected=expected, found=found, remedy=remedy)
    )


def _is_folder(folder: Path, expected: str, faults: list[Fault]) -> bool:
    try:
        if folder.is_dir():
            return True
        found = "a file" if folder.exists() else "nothing of that name"
    except (OSError, ValueError) as error:
        found = (getattr(error, "strerror", None) or "a path that no folder can have").lower()
    _tell(folder, faults, code="KH001", expected=expected, found=found)
    return False


def _files(folder: Path, faults: list[Fault], *, required: bool) -> list[Path]:
    """The ``*.yaml`` files of a folder by name."""
    if not required and not folder.exists() and not folder.is_symlink():
        return []
    if not _is_folder(folder, f"a folder of {folder.name}", faults):
        return []
    try:
        # Paths are slow to compare.
        names = sorted(folder.iterdir(), key=attrgetter("name"))
        stray = [inner for path in names if path.is_dir() for inner in path.iterdir() if inner.suffix == ".yaml"]
    except OSError as error:
        found = (error.strerror or type(error).__name__).lower()
        _tell(folder, faults, code="KH001", expected="a folder that can be read", found=found)
        return []
    for path in names:
        if path.suffix.lower() in {".yml", ".yaml"} and path.suffix != ".yaml":
            _tell(
                path, faults, code="KH001", expected="a name that ends in .yaml", found=path.suffix, remedy="rename it"
            )
    for path in stray:
        remedy = f"move it to {shown_path(folder)}"
        _tell(path, faults, code="KH001", expected="no records in folders below", found="one", remedy=remedy)
    return [path for path in names if path.suffix == ".yaml" and not path.name.startswith(".")]
