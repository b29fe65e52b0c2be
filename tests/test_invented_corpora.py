"""The invented corpora are without a fault, and every passage of theirs is proved by its text."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import khabar
from documents import ROOT
from khabar.model import Corpus, each

FOLDERS = (ROOT / "tests/corpora/eastport", ROOT / "example")


def texts(corpus: Corpus, folder: Path) -> dict[str, Path]:
    return {record.article.id: folder / "texts" / f"{record.article.id}.txt" for record in corpus.articles}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_passage_is_proved(folder: Path) -> None:
    corpus = khabar.read(folder)
    assert all(record.article.text for record in corpus.articles)
    assert khabar.check(folder, texts=texts(corpus, folder)) == ()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_text_that_was_changed_is_noticed_in_every_article(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    for text in (copy / "texts").iterdir():
        text.write_text(text.read_text(encoding="utf-8").replace(" ", "  "), encoding="utf-8")
    corpus = khabar.read(copy)
    faults = khabar.check(copy, texts=texts(corpus, copy))
    assert {Path(fault.path).stem for fault in faults if fault.code == "KH051"} == texts(corpus, copy).keys()


def test_eastport_links_to_no_wikidata_item() -> None:
    corpus = khabar.read(FOLDERS[0])
    owners = [corpus.entities, *(record.entities for record in corpus.articles)]
    links = [link for owned in owners for entity in owned.values() for link in each(entity.exact_match)]
    assert links
    assert all(link.startswith("https://example.") for link in links)
