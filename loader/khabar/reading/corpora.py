"""The files of a corpus as one value, or all that is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from khabar.errors import Fault
from khabar.model import ArticleRecord, Corpus, CorpusHeader, EntitiesFile, Entity
from khabar.reading.decoding import decode
from khabar.reading.nodes import Node, compose
from khabar.reading.places import locate, place
from khabar.reading.text import decode_text, read_bytes, shown, shown_path

S = TypeVar("S", bound=msgspec.Struct)

RESERVED_IDS = frozenset({"entities", "derived", "dataset"})
"""Ids that no article has: the graphs of a data set are named so."""


def read_corpus(folder: Path) -> tuple[Corpus | None, list[Fault]]:
    """Every record of a corpus; ``None`` in its place where there is a fault.

    Reads ``corpus.yaml``, ``entities/*.yaml`` and ``articles/*.yaml``, in the order of their names. Other files are
    left alone, but a ``.yml`` file or a folder with records inside one of these two is told: nobody should miss it
    in the graph without a word. Faults come in the order of files and places; paths start with ``folder`` as given.
    """
    faults: list[Fault] = []
    paths: dict[str, str] = {}
    if not _is_folder(folder, "a folder with a corpus", faults):
        return None, faults
    header_path = folder / "corpus.yaml"
    header, _ = _read(header_path, CorpusHeader, faults)
    paths["corpus"] = shown_path(header_path)
    entities = _read_entities(_files(folder / "entities", faults, required=False), paths, faults)
    articles = _read_articles(_files(folder / "articles", faults, required=True), paths, faults)
    if faults or header is None:
        return None, sorted(faults)
    return Corpus(header=header, entities=entities, articles=tuple(articles), paths=paths), []


def read_article(path: Path) -> tuple[ArticleRecord | None, list[Fault]]:
    """One article record alone; ``None`` in its place where there is a fault."""
    faults: list[Fault] = []
    record, node = _read(path, ArticleRecord, faults)
    if record is not None and node is not None:
        _tell_reserved(record, node, shown_path(path), faults)
    return (None if faults else record), sorted(faults)


def read_tree(path: Path) -> tuple[Node | None, list[Fault]]:
    """The tree of nodes of one file, whatever it holds."""
    faults: list[Fault] = []
    return _tree(path, faults), sorted(faults)


def _tree(path: Path, faults: list[Fault]) -> Node | None:
    data = read_bytes(path, faults)
    if data is None:
        return None
    text = decode_text(data, shown_path(path), faults)
    if text is None:
        return None
    before = len(faults)
    node = compose(text, shown_path(path), faults)
    if node is None and len(faults) == before:
        _tell(path, faults, code="KH012", expected="a record", found="an empty file")
    return node


def _read(path: Path, struct: type[S], faults: list[Fault]) -> tuple[S | None, Node | None]:
    node = _tree(path, faults)
    if node is None:
        return None, None
    return decode(node, struct, shown_path(path), faults), node


def _read_entities(files: list[Path], paths: dict[str, str], faults: list[Fault]) -> dict[str, Entity]:
    entities: dict[str, Entity] = {}
    for path in files:
        record, node = _read(path, EntitiesFile, faults)
        if record is None or node is None:
            continue
        for slug, entity in record.entities.items():
            first = paths.setdefault(f"entities.{slug}", shown_path(path))
            if entities.setdefault(slug, entity) is not entity:
                _tell_twice(slug, ("entities", slug), path, node, first, faults)
    return entities


def _read_articles(files: list[Path], paths: dict[str, str], faults: list[Fault]) -> list[ArticleRecord]:
    articles: dict[str, ArticleRecord] = {}
    for path in files:
        record, node = _read(path, ArticleRecord, faults)
        if record is None or node is None:
            continue
        slug = record.article.id
        _tell_reserved(record, node, shown_path(path), faults)
        first = paths.setdefault(f"articles.{slug}", shown_path(path))
        if articles.setdefault(slug, record) is not record:
            _tell_twice(slug, ("article", "id"), path, node, first, faults)
    return list(articles.values())


def _tell_twice(
    slug: str, keys: tuple[str | int, ...], path: Path, node: Node, first: str, faults: list[Fault]
) -> None:
    line, column = place(node, keys)
    # Read again: to keep all trees for this would take more memory and time than everything else.
    first_line, first_column = locate(first, keys)
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


def _tell_reserved(record: ArticleRecord, node: Node, path: str, faults: list[Fault]) -> None:
    if record.article.id in RESERVED_IDS:
        keys = ("article", "id")
        line, column = place(node, keys)
        faults.append(
            Fault(
                path=path,
                line=line,
                column=column,
                code="KH016",
                keys=keys,
                expected=f"an id other than {', '.join(sorted(RESERVED_IDS))}",
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
        names = sorted(folder.iterdir())
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
