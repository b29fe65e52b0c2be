"""Building again after a change reads only what it must, and gives to the byte what it gives as ever."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from khabar import assembly, pipeline
from khabar.assembly import staff
from khabar.assembly.known_records import known_records
from khabar.errors import FaultyData
from khabar.pipeline.records import MANY
from khabar.reading import corpora, nodes, survey
from khabar.reading.text import read_bytes
from khabar.records import cache as caches
from khabar.records.cache import Cache
from khabar.records.sources import open_source
from linked_corpora import lay_down, name, sound

COUNT: Final = 60


class Build:
    """A corpus that is built again and again, and what is read of it each time."""

    def __init__(self, folder: Path, place: Path) -> None:
        self.folder = folder
        self.place = place
        self.opened: list[str] = []

    def nquads(self, workers: int = 1, *, cache: bool = True) -> bytes:
        self.opened.clear()
        target = self.place.parent / "graph.nq"
        place = self.place if cache else None
        with open_source(self.folder) as source, Cache.of(place, self.folder, source.frame) as kept:
            assembly.write_nquads(source, target, workers=workers, cache=kept)
        return target.read_bytes()

    def is_as_ever(self, workers: int = 1) -> bool:
        """Build with the cache, and compare; then what was read stays in ``opened``."""
        expected = self.nquads(cache=False)
        return self.nquads(workers) == expected

    @property
    def read(self) -> list[str]:
        """The article files that were opened by the last build."""
        return sorted(one for one in self.opened if one.startswith("articles/"))

    def article(self, number: int) -> Path:
        return self.folder / "articles" / f"{number}.yaml"

    def edit(self, path: str, change: Callable[[Any], object]) -> None:
        file = self.folder / path
        document = json.loads(file.read_text("utf-8"))
        change(document)
        file.write_text(json.dumps(document), "utf-8")


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """A corpus of which all was built once."""
    monkeypatch.setattr(caches, "AT_REST", 0)
    found = Build(lay_down(sound(COUNT, every=6, seed=5), tmp_path / "corpus"), tmp_path / "cache")

    def noted(path: Path, faults: Any) -> bytes | None:
        found.opened.append(path.relative_to(found.folder).as_posix())
        return read_bytes(path, faults)

    monkeypatch.setattr(corpora, "read_bytes", noted)
    assert found.is_as_ever()
    assert len(found.read) == COUNT
    return found


def label(number: int) -> Callable[[Any], object]:
    def change(document: Any) -> None:
        document["events"]["e"]["label"]["en"] = f"Another event {number}"

    return change


def test_nothing_changed_and_no_article_is_read(build: Build) -> None:
    assert build.is_as_ever()
    assert build.opened == ["corpus.yaml", "entities/all.yaml"]


@pytest.mark.parametrize("number", range(0, COUNT, 7))
def test_one_changed_and_one_is_read(number: int, build: Build) -> None:
    build.edit(f"articles/{number}.yaml", label(number))
    assert build.is_as_ever()
    assert build.read == [f"articles/{number}.yaml"]
    assert f"Another event {number}".encode() in build.nquads()
    assert build.read == []


def test_graphs_for_a_load_spare_the_same(build: Build) -> None:
    def graphs(place: Path | None) -> list[Any]:
        build.opened.clear()
        with (
            open_source(build.folder) as source,
            Cache.of(place, build.folder, source.frame) as kept,
            assembly.graphs(source, workers=1, cache=kept) as made,
        ):
            return list(made)

    build.edit("articles/7.yaml", label(7))
    expected = graphs(None)
    assert graphs(build.place) == expected
    assert build.read == ["articles/7.yaml"]


def test_an_article_more_and_one_less(build: Build) -> None:
    new = json.loads(build.article(0).read_text("utf-8"))
    new["article"]["id"] = "new"
    (build.folder / "articles" / "new.yaml").write_text(json.dumps(new), "utf-8")
    assert build.is_as_ever()
    assert build.read == ["articles/new.yaml"]
    (build.folder / "articles" / "new.yaml").unlink()
    assert build.is_as_ever()
    assert build.read == []


def test_what_only_moved_is_opened_and_not_parsed(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(COUNT):
        os.utime(build.article(number))
    expected = build.nquads(cache=False)
    compose = nodes.compose
    parsed: list[str] = []

    def noted(text: str, path: str, faults: Any) -> Any:
        parsed.append(path)
        return compose(text, path, faults)

    monkeypatch.setattr(corpora, "compose", noted)
    assert build.nquads() == expected
    assert len(build.read) == COUNT
    assert [path for path in parsed if "/articles/" in path] == []
    assert build.nquads() == expected
    assert build.read == []


def test_an_entity_changed_and_all_is_checked_and_nothing_read(build: Build) -> None:
    build.edit("entities/all.yaml", lambda document: document["entities"]["times"]["name"].update(en="The Herald"))
    assert build.is_as_ever()
    assert build.read == []


def test_an_entity_that_left_is_told_of_each_article(build: Build) -> None:
    build.edit("entities/all.yaml", lambda document: document["entities"].pop("times"))
    with pytest.raises(FaultyData) as expected:
        build.nquads(cache=False)
    with pytest.raises(FaultyData) as told:
        build.nquads()
    assert told.value.faults == expected.value.faults
    assert len({fault.path for fault in told.value.faults}) == COUNT
    with pytest.raises(FaultyData) as again:
        build.nquads()
    assert again.value.faults == expected.value.faults


@pytest.mark.parametrize("fault", ["no: record", "reference", "twice", "not sound"])
def test_a_fault_is_told_each_time_until_it_is_mended(fault: str, build: Build) -> None:
    middle = build.article(30)
    text = middle.read_text("utf-8")
    wrong = {
        "no: record": "no: record",
        "reference": text.replace('"claim": "c"', f'"claim": "{name(31)}.none"', 1),
        "twice": text.replace(name(30), name(29)),
        "not sound": text.replace('"source": "insider"', '"source": "nobody"', 1),
    }[fault]
    assert wrong != text
    middle.write_text(wrong, "utf-8")
    with pytest.raises(FaultyData) as expected:
        build.nquads(cache=False)
    for _ in range(2):
        with pytest.raises(FaultyData) as told:
            build.nquads()
        assert told.value.faults == expected.value.faults
    assert len(set(build.read)) <= 2
    middle.write_text(text, "utf-8")
    assert build.is_as_ever()
    assert build.read == ["articles/30.yaml"]


def test_what_others_say_of_an_article_is_seen(build: Build) -> None:
    def deny(document: Any) -> None:
        document["statements"]["deny"] = {
            "source": "times",
            "stance": "denies",
            "claim": f"{name(11)}.c",
            "evidence": {"paragraph": 1, "start": 50, "end": 57, "sha256": "0" * 64},
        }

    build.edit("articles/12.yaml", deny)
    assert build.is_as_ever()
    assert build.read == ["articles/12.yaml"]
    build.edit("articles/11.yaml", lambda document: document["claims"].pop("c") and document["statements"].clear())
    with pytest.raises(FaultyData) as told:
        build.nquads()
    assert "12.yaml" in {Path(fault.path).name for fault in told.value.faults}


def test_workers_keep_and_know_the_same(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "SMALL", 0)
    build.edit("articles/7.yaml", label(7))
    assert build.is_as_ever(workers=2)
    build.nquads()
    assert build.read == []


def test_a_cache_that_is_gone_is_made_anew(build: Build) -> None:
    for path in build.place.iterdir():
        path.write_bytes(b"nonsense" * 999)
    assert build.is_as_ever()
    assert len(build.read) == COUNT
    assert build.is_as_ever()
    assert build.read == []


# The whole corpus at once


def known(build: Build, workers: int = 1) -> Any:
    build.opened.clear()
    return known_records(build.folder, cache=build.place, workers=workers)


def test_a_corpus_as_a_whole_spares_the_same(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    build.edit("articles/7.yaml", label(7))
    expected = survey(build.folder)
    records = known(build)
    assert build.read == ["articles/7.yaml"]
    build.opened.clear()
    assert survey(build.folder, records) == expected
    assert build.read == []
    monkeypatch.setattr(staff, "SMALL", 0)
    assert known(build, workers=2) == records


@pytest.mark.parametrize("fault", ["no: record", "twice"])
def test_the_survey_tells_what_is_wrong_and_reads_that_alone(fault: str, build: Build) -> None:
    middle = build.article(30)
    middle.write_text(fault if ":" in fault else middle.read_text("utf-8").replace(name(30), name(29)), "utf-8")
    expected = survey(build.folder)
    assert len(expected.faults) > 0
    assert survey(build.folder, known(build)) == expected
    assert set(build.read) <= {"articles/30.yaml", "articles/29.yaml"}


def test_what_has_no_frame_is_left_to_the_survey(build: Build) -> None:
    (build.folder / "corpus.yaml").write_text("base: no", "utf-8")
    assert known(build) == {}
    assert known_records(build.folder / "none") == {}


def test_one_process_without_a_cache_leaves_all_to_the_survey(build: Build) -> None:
    build.opened.clear()
    assert known_records(build.folder, workers=1) == {}
    assert build.opened == []


def test_a_small_corpus_starts_nothing(monkeypatch: pytest.MonkeyPatch, build: Build) -> None:
    monkeypatch.setattr("khabar.assembly.known_records.staff_of", None)
    assert len(pipeline.read(build.folder, cache=build.place, workers=2).articles) == COUNT


def test_a_large_corpus_is_read_by_workers_too(monkeypatch: pytest.MonkeyPatch, build: Build) -> None:
    expected = pipeline.read(build.folder)
    monkeypatch.setattr(staff, "SMALL", 0)
    monkeypatch.setattr(pipeline.records, "MANY", 1)
    assert pipeline.read(build.folder, workers=2) == expected
    build.opened.clear()
    assert pipeline.read(build.folder, cache=build.place, workers=1) == expected
    assert build.read == []


# The whole program

PROGRAM = """
import os, sys
from khabar.records import cache
cache.AT_REST = 20_000_000
opened = []
def noted(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, os.PathLike)) and os.fspath(arguments[0]).endswith(".yaml"):
        opened.append(os.path.basename(os.fspath(arguments[0])))
sys.addaudithook(noted)
sys.argv[0] = "khabar"
from khabar.__main__ import main
try:
    main()
finally:
    print(*sorted(opened), sep="\\n", file=sys.stderr)
"""


def opened(place: Path, *arguments: str) -> list[str]:
    """The YAML files that a run of the program opens."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "XDG_CACHE_HOME": str(place)}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments, "--quiet", "--workers", "1"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stderr.splitlines()


@pytest.mark.parametrize("command", ["graph.nq", "graph.ttl", "load"])
def test_a_build_after_one_change_opens_one_article(command: str, tmp_path: Path) -> None:
    folder = lay_down(sound(MANY, every=6, seed=5), tmp_path / "corpus")
    target = str(tmp_path / command)
    run = ["load", str(folder), "--to", target] if command == "load" else ["build", str(folder), "-o", target]
    frame = ["all.yaml", "corpus.yaml"]
    assert len(opened(tmp_path / "cache", *run)) >= MANY
    assert set(opened(tmp_path / "cache", *run)) == set(frame)
    (folder / "articles" / "7.yaml").write_text(
        (folder / "articles" / "7.yaml").read_text("utf-8").replace("Event 7", "Another"), "utf-8"
    )
    found = opened(tmp_path / "cache", *run)
    assert [one for one in found if one not in frame] == ["7.yaml"]
    assert len(opened(tmp_path / "cache", *run, "--fresh")) >= MANY
    if command != "load":
        again = Path(target).read_bytes()
        pipeline.write(
            pipeline.read(folder), target, Path(target).suffix[1:].replace("ttl", "turtle").replace("nq", "nquads")
        )
        assert Path(target).read_bytes() == again
