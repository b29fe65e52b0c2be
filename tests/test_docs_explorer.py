"""The page about the explorer: its pictures are there, small, and those that the script takes."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import screenshots

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explorer.md"


def test_every_picture_of_the_docs_is_there_and_every_one_that_is_there_is_shown() -> None:
    named = {
        (document.parent / name).resolve()
        for document in (ROOT / "docs").rglob("*.md")
        for name in re.findall(r"!\[[^\]]+\]\(([^)\s]+\.png)\)", document.read_text("utf-8"))
    }
    assert named >= set(screenshots.FOLDER.glob("*.png"))
    assert all(path.is_file() for path in named)


def test_the_pictures_are_those_that_are_taken_and_no_larger_than_they_may_be() -> None:
    shots = {shot.name: shot for shot in screenshots.SHOTS}
    taken = {path.stem: path for path in screenshots.FOLDER.glob("*.png")}
    assert taken.keys() == shots.keys()
    for name, path in taken.items():
        assert path.stat().st_size < screenshots.BYTES, name
        assert struct.unpack(">II", path.read_bytes()[16:24]) == (shots[name].width, shots[name].height), name


def test_the_stances_are_told_as_they_are_drawn() -> None:
    from khabar import vocabulary
    from khabar.serve.rendering import family

    rows = dict(re.findall(r"^\| ([a-z, ]+) \| (green|ochre|red|grey) \|", PAGE.read_text("utf-8"), re.MULTILINE))
    colours = {"affirms": "green", "forwards": "ochre", "contrary": "red", "silent": "grey"}
    told = {stance: colour for names, colour in rows.items() for stance in names.split(", ")}
    drawn = {
        vocabulary.label(vocabulary.term(stance), "en"): colours[family(stance)]
        for stance in vocabulary.concepts("stances")
    }
    assert told == drawn
