"""Records in bulk give to the byte what the whole gives; what has faults is left out and told, and that is all."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings

import linked_corpora
from bulk_corpora import Told, Whole, careful, files, in_lines, lay_down, text, told
from khabar.assembly import BuildProgress, Built, Rejected, bench, graphs, portions, road, staff, write_nquads
from khabar.errors import FaultyData
from khabar.graphs import NamedGraph
from khabar.records.sources import open_source
from linked_corpora import Link, corpus, name, sound


@contextmanager
def small() -> Iterator[None]:
    """Portions of a line or two, batches of one component, buckets that are looked through in several rounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff, "SMALL_SIZE", 0)
        patch.setattr(road, "BATCH_SIZE", 1)
        patch.setattr(staff, "BUCKET_SIZE", 2000)
        patch.setattr(portions, "PLAIN_SIZE", 700)
        patch.setattr(portions, "TEXT_SIZE", 700)
        patch.setattr(bench, "IDS_AT_A_TIME", 30)
        yield


class Written:
    """What a file gives: the document, what was rejected on the way, what was told at the end."""

    def __init__(self, source: Path | str, workers: int = 1, target: Path | io.BytesIO | None = None) -> None:
        self.rejected: list[Rejected] = []
        self.progress: list[BuildProgress] = []
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "out.nq")
            self.outcome: Built = write_nquads(
                source, target or path, workers=workers, rejects=self.rejected.append, report=self.progress.append
            )
            self.document = target.getvalue() if isinstance(target, io.BytesIO) else path.read_bytes()

    @property
    def told(self) -> list[Told]:
        return [told(one.line, one.id, one.faults) for one in self.rejected]

    @property
    def articles(self) -> list[str]:
        """The ids of articles, in the order of the document."""
        names = (line.split(b"<")[-1].split(b">")[0].decode().rpartition("/")[2] for line in self.document.splitlines())
        return [one for one in dict.fromkeys(names) if one not in ("entities", "derived", "dataset")]


def whole(source: Path) -> Whole | list[str]:
    found = careful(source)
    return found.head or found._replace(nquads=sorted(found.nquads))


def outcome(source: Path, workers: int = 1) -> Whole | list[str]:
    try:
        written = Written(source, workers)
    except FaultyData as error:
        return sorted(f"{fault.code} {fault.field}" for fault in error.faults)
    lines = written.document.decode().splitlines(keepends=True)
    assert written.outcome.articles == len(written.articles)
    assert written.outcome.quads == len(lines)
    assert written.outcome.bytes == len(written.document)
    assert written.outcome.rejected == len(written.rejected)
    return Whole(sorted(lines), written.articles, written.told, [])


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    return lay_down(sound(60, every=3, seed=5), tmp_path / "linked.jsonl")


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Sixty articles that refer to one another, a tenth of them faulty, some of them twice."""
    header, entities, *lines = in_lines(sound(60, every=3, seed=5))
    lines[3:30:9] = [line.replace(b"2023-06-30", b"2023-06-31") for line in lines[3:30:9]]
    return _joined(tmp_path / "faulty.jsonl", [header, entities, *lines, *lines[7:60:20], b"no json\n"])


def _joined(path: Path, lines: list[bytes]) -> Path:
    path.write_bytes(b"".join(lines))
    return path


@settings(max_examples=max(50, settings().max_examples // 4))
@given(files())
def test_any_file_gives_what_it_gives_as_a_whole(lines: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as place, small():
        source = _joined(Path(place, "a.jsonl"), lines)
        assert outcome(source) == whole(source)


def test_the_files_of_these_tests_hang_together_and_have_faults(linked: Path, faulty: Path) -> None:
    assert careful(linked).rejected == []
    rejected = careful(faulty).rejected
    assert {"KH020", "KH021", "KH031", "KH003"} <= {fault[0] for one in rejected for fault in one.faults}
    assert len(careful(faulty).articles) > 20


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("kind", ["linked", "faulty"])
def test_any_number_of_workers_gives_the_same(kind: str, workers: int, request: pytest.FixtureRequest) -> None:
    source: Path = request.getfixturevalue(kind)
    expected = Written(source)
    with small():
        found = Written(source, workers)
    assert found.document == expected.document
    assert found.rejected == expected.rejected
    assert outcome(source) == whole(source)


def test_articles_in_the_order_of_their_ids_give_the_document_of_a_folder(tmp_path: Path) -> None:
    documents = sound(40, every=3, seed=2)
    folder = linked_corpora.lay_down(documents, tmp_path / "folder")
    header, entities, *articles = documents.values()
    articles.sort(key=lambda document: document["article"]["id"])
    source = _joined(tmp_path / "a.jsonl", [text(document) for document in (header, entities, *articles)])
    expected = "".join(careful(source).nquads).encode()
    assert Written(source).document == expected
    assert Written(folder).document == expected
    with small():
        assert Written(folder, 2).document == expected


@pytest.mark.parametrize("position", range(6))
@pytest.mark.parametrize("line", [b"{", b"[1]", b'{"article": {"id": "a"}}', b"\xff\xfe", b'{"base": "x"}'])
def test_what_is_no_record_is_left_out_wherever_it_stands(line: bytes, position: int, tmp_path: Path) -> None:
    header, entities, *articles = in_lines(corpus(5, []))
    sound_one = _joined(tmp_path / "sound.jsonl", [header, entities, *articles])
    articles.insert(position, line + b"\n")
    source = _joined(tmp_path / "a.jsonl", [header, entities, *articles])
    if line.startswith(b'{"base') and not position:
        # Before the first article it is a second header.
        with pytest.raises(FaultyData):
            Written(source)
        return
    found = Written(source)
    assert [(one.source, one.line) for one in found.rejected] == [(str(source), 3 + position)]
    assert found.document == Written(sound_one).document


def test_whoever_refers_to_what_is_left_out_is_left_out_too(tmp_path: Path) -> None:
    documents = corpus(5, [Link("entails", 1, 0), Link("relays", 2, 1), Link("part_of", 4, 3)])
    del documents["articles/0.yaml"]["claims"]["c"]["text"]
    source = lay_down(documents, tmp_path / "a.jsonl")
    found = Written(source)
    assert [(one.line, [fault.code for fault in one.faults]) for one in found.rejected] == [
        (3, ["KH011"]),
        (4, ["KH021"]),
        (5, ["KH021"]),
    ]
    assert str(found.rejected[1].faults[0]) == (
        f"{source}:4:1 KH021 claims.c.entails[0]: expected the id of a claim, found '{name(0)}.c'"
        f" ({name(0)} is there, and is left out for a fault of its own)"
    )
    assert found.articles == [name(3), name(4)]


def test_a_record_is_seen_beside_all_shared_entities(tmp_path: Path) -> None:
    documents = corpus(2, [])
    documents["articles/0.yaml"]["entities"]["union"] = {"type": "Organisation", "name": {"en": "Another"}}
    documents["articles/1.yaml"]["article"]["publisher"] = "tmies"
    source = lay_down(documents, tmp_path / "a.jsonl")
    shadow, dangling = [str(fault) for one in Written(source).rejected for fault in one.faults]
    assert shadow == (
        f"{source}:3:1 KH020 entities.union: expected an id of its own,"
        f" found 'union', the id of a shared entity in {source} (rename one of them)"
    )
    assert dangling == (
        f"{source}:4:1 KH021 article.publisher: expected the id of an outlet, found 'tmies' (did you mean times?)"
    )


def test_what_shared_entities_refer_to_cannot_be_left_out(tmp_path: Path) -> None:
    documents = corpus(4, [Link("shared", 0, 2), Link("member_of", 1, 2)])
    source = lay_down(documents, tmp_path / "a.jsonl")
    assert outcome(source) == whole(source)
    documents["articles/2.yaml"]["article"]["published"] = "soon"
    lay_down(documents, source)
    with pytest.raises(FaultyData) as raised:
        Written(source)
    assert [(fault.code, fault.field) for fault in raised.value.faults] == [("KH021", "entities.union.member_of[0]")]


def test_a_faulty_head_ends_it(tmp_path: Path) -> None:
    documents = corpus(2, [])
    documents["corpus.yaml"]["event_types"] = {"Meeting": {"label": {"en": "Meeting"}}}
    with pytest.raises(FaultyData) as raised:
        Written(lay_down(documents, tmp_path / "a.jsonl"))
    assert [fault.code for fault in raised.value.faults] == ["KH020"]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_id_belongs_to_its_first_line(workers: int, tmp_path: Path) -> None:
    header, entities, *articles = in_lines(corpus(4, [Link("entails", 3, 1)]))
    other = articles[1].replace(b"Article 1", b"Another")
    faulty = articles[2].replace(b"2023-06-30", b"no date")
    source = _joined(tmp_path / "a.jsonl", [header, entities, faulty, *articles, other, b"\n", articles[1]])
    with small():
        found = Written(source, workers)
    assert found.articles == [name(0), name(1), name(3)]
    again = "article.id: expected every id once, found"
    assert [[str(fault) for fault in one.faults] for one in found.rejected[1:]] == [
        [f"{source}:6:1 KH020 {again} '{name(2)}' again (the first is at {source}:3:1)"],
        [f"{source}:8:1 KH020 {again} '{name(1)}' again (the first is at {source}:5:1)"],
        [f"{source}:10:1 KH020 {again} '{name(1)}' again (the first is at {source}:5:1)"],
    ]


def test_references_that_are_escaped_are_references(tmp_path: Path) -> None:
    documents = corpus(3, [Link("entails", 2, 0)])
    source = lay_down(documents, tmp_path / "a.jsonl")
    expected = Written(source).document
    escaped = name(0).replace("a", "\\u0061") + "\\u002ec"
    source.write_bytes(source.read_bytes().replace(f"{name(0)}.c".encode(), escaped.encode()))
    assert Written(source).document == expected


@pytest.mark.parametrize("articles", [0, 1])
def test_a_head_alone_and_one_article(articles: int, tmp_path: Path) -> None:
    source = lay_down(corpus(articles, []), tmp_path / "a.jsonl")
    assert outcome(source) == whole(source)
    with graphs(source) as assembly:
        assert len(list(assembly)) == assembly.total == (4 if articles else 2)


def test_a_line_of_many_megabytes(tmp_path: Path) -> None:
    documents = corpus(3, [Link("entails", 2, 1)])
    note = "x" * (3 * 1024 * 1024)
    documents["articles/1.yaml"]["claims"]["c"]["note"] = {"en": note}
    source = lay_down(documents, tmp_path / "a.jsonl")
    found = Written(source, 2)
    assert found.rejected == []
    assert note.encode() in found.document
    assert found.articles == [name(0), name(1), name(2)]


# Where records come from, and where the document goes


def test_compressed_files_give_the_same(faulty: Path, tmp_path: Path) -> None:
    expected = Written(faulty)
    data = faulty.read_bytes()
    for number, (suffix, packed) in enumerate([("gz", gzip.compress(data)), ("zst", zstandard.compress(data))]):
        source = tmp_path / f"{number}.jsonl.{suffix}"
        source.write_bytes(packed)
        with small():
            for workers in (1, 2):
                found = Written(source, workers)
                assert found.document == expected.document
                assert found.told == expected.told


def test_lines_of_a_long_compressed_file_are_counted_through(tmp_path: Path) -> None:
    lines = in_lines(corpus(600, []))
    source = tmp_path / "a.jsonl.gz"
    source.write_bytes(gzip.compress(b"".join([*lines, b"{\n", lines[-1]])))
    with small():
        found = Written(source, 2)
    assert [one.line for one in found.rejected] == [603, 604]
    assert found.rejected[1].faults[0].remedy == f"the first is at {source}:602:1"


def test_rows_of_parquet_give_the_same(linked: Path, tmp_path: Path) -> None:
    from khabar.pipeline import export

    source = tmp_path / "a.parquet"
    export(linked, source, "parquet")
    with small():
        assert Written(source, 2).document == Written(linked).document


def test_standard_input_is_read_as_a_file_is(faulty: Path) -> None:
    with faulty.open("rb") as file, open_source("-", stdin=file) as source:
        rejected: list[Rejected] = []
        target = io.BytesIO()
        write_nquads(source, target, workers=2, rejects=rejected.append)
    expected = Written(faulty)
    assert target.getvalue() == expected.document
    assert {one.source for one in rejected} == {"standard input"}
    assert [told(one.line, one.id, one.faults) for one in rejected] == expected.told


def test_several_files_are_one_corpus(tmp_path: Path) -> None:
    header, entities, *articles = in_lines(sound(30, every=2, seed=3))
    folder = tmp_path / "corpus"
    (folder / "articles").mkdir(parents=True)
    (folder / "entities").mkdir()
    (folder / "corpus.yaml").write_bytes(header)
    (folder / "entities" / "all.yaml").write_bytes(entities)
    _joined(folder / "articles" / "a.jsonl", articles[:11])
    _joined(folder / "articles" / "b.jsonl", [*articles[11:], articles[5], b"{}\n"])
    (folder / "articles" / "c.jsonl.gz").write_bytes(gzip.compress(articles[0]))
    one = _joined(tmp_path / "one.jsonl", [header, entities, *articles])
    for workers in (1, 2):
        with small():
            found = Written(folder, workers)
        assert found.document == Written(one).document
        articles_of = folder / "articles"
        assert [(one.source, one.line, one.faults[-1].remedy) for one in found.rejected] == [
            (f"{articles_of}/b.jsonl", 20, f"the first is at {articles_of}/a.jsonl:6:1"),
            (f"{articles_of}/b.jsonl", 21, ""),
            (f"{articles_of}/c.jsonl.gz", 1, f"the first is at {articles_of}/a.jsonl:1:1"),
        ]


@pytest.mark.parametrize("workers", [1, 2])
def test_yaml_and_bulk_beside_each_other_are_one_corpus(workers: int, tmp_path: Path) -> None:
    documents = corpus(6, [Link("entails", 0, 4), Link("relays", 5, 1), Link("shared", 0, 3), Link("part_of", 2, 0)])
    header, entities, *articles = documents.values()
    folder = linked_corpora.lay_down(corpus(0, []) | {"entities/all.yaml": entities}, tmp_path / "corpus")
    for number in (0, 1, 2):
        (folder / "articles" / f"{number}.yaml").write_bytes(text(articles[number]))
    again = text(articles[1])
    _joined(folder / "articles" / "b.jsonl", [*map(text, articles[3:]), again, text(articles[4])])
    filed = sorted(articles[:3], key=lambda document: document["article"]["id"])
    one = _joined(tmp_path / "one.jsonl", [text(each) for each in (header, entities, *filed, *articles[3:])])
    with small():
        found = Written(folder, workers)
    assert found.document == Written(one).document
    assert [(told.line, told.faults[0].code, told.faults[0].remedy) for told in found.rejected] == [
        (4, "KH020", f"the first is at {folder}/articles/1.yaml:1:1"),
        (5, "KH020", f"the first is at {folder}/articles/b.jsonl:2:1"),
    ]
    # What is in YAML is never left out, whatever it refers to.
    _joined(folder / "articles" / "b.jsonl", [text(articles[3]), text(articles[5])])
    with small(), pytest.raises(FaultyData) as raised:
        Written(folder, workers)
    (fault,) = raised.value.faults
    assert (fault.path, fault.code, fault.field) == (f"{folder}/articles/0.yaml", "KH021", "claims.c.entails[0]")
    assert fault.column > 1


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stream_gets_what_a_file_gets(workers: int, faulty: Path) -> None:
    expected = Written(faulty)
    with small():
        found = Written(faulty, workers, io.BytesIO())
    assert found.document == expected.document
    assert found.rejected == expected.rejected


@pytest.mark.parametrize("workers", [1, 2])
def test_named_graphs_are_those_of_the_document(workers: int, faulty: Path) -> None:
    rejected: list[Rejected] = []
    with small(), graphs(faulty, workers=workers, rejects=rejected.append) as assembly:
        found = list(assembly)
        assert assembly.total == len(found)
        assert assembly.rejected == len(rejected)
    written = Written(faulty)
    assert rejected == written.rejected
    names = [graph.iri.rpartition("/")[2] for graph in found]
    assert names == [*written.articles, "entities", "derived", "dataset"]
    assert found == [NamedGraph.of(graph.iri, graph.document.splitlines(keepends=True)) for graph in found]
    lines = b"".join(graph.nquads() for graph in found).splitlines()
    assert sorted(lines) == sorted(written.document.splitlines())


# Rejects, progress


@pytest.mark.parametrize("workers", [1, 2])
def test_the_first_fault_ends_it_where_that_is_wanted(workers: int, faulty: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.nq"
    target.write_text("as it was", "utf-8")
    rejected: list[Rejected] = []
    for asked in ({"rejects": rejected.append, "fail_fast": True}, {}):
        with small(), pytest.raises(FaultyData) as raised:
            write_nquads(faulty, target, workers=workers, **asked)  # type: ignore[arg-type] # of several kinds
        assert [(fault.line, fault.code) for fault in raised.value.faults] == [(6, "KH031")]
    assert rejected == []
    assert target.read_text("utf-8") == "as it was"
    assert {path.name for path in tmp_path.iterdir()} == {"faulty.jsonl", "out.nq"}
    with small(), pytest.raises(FaultyData), graphs(faulty, workers=workers) as assembly:
        list(assembly)


def test_rejects_can_be_mended_and_read_again(faulty: Path, tmp_path: Path) -> None:
    found = [json.loads(one.json()) for one in Written(faulty).rejected]
    assert [set(one) for one in found] == [{"source", "line", "id", "faults", "record"}] * len(found)
    assert set(found[0]["faults"][0]) == {"code", "field", "expected", "found", "remedy", "message"}
    assert found[0]["line"] == 6
    assert found[0]["id"] == name(3)
    assert found[0]["faults"][0]["code"] == "KH031"
    assert found[-1]["record"] == "no json"
    # Without those that came twice, and the one that is no record.
    records = [one["record"] for one in found if one["faults"][0]["code"] not in ("KH020", "KH003")]
    mended = [text(record).replace(b"2023-06-31", b"2023-06-30") for record in records]
    good = faulty.read_bytes().splitlines(keepends=True)
    left_out = {one["line"] for one in found}
    kept = [line for number, line in enumerate(good, 1) if number not in left_out]
    source = _joined(tmp_path / "mended.jsonl", [*kept, *mended])
    again = Written(source)
    assert again.rejected == []
    assert again.outcome.articles == 60


def test_a_record_that_is_no_text_is_told_as_text() -> None:
    record = Rejected("a.jsonl", 1, "", (), '{"a": "\\xff"}')
    assert json.loads(record.json())["record"] == '{"a": "\\xff"}'
    assert json.loads(Rejected("a.jsonl", 1, "", (), "[1]").json())["record"] == "[1]"


def test_progress_is_told_step_by_step(faulty: Path) -> None:
    with small():
        progress = Written(faulty, 2).progress
    assert list(dict.fromkeys(one.stage for one in progress)) == ["reading", "linking", "writing"]
    reading, _, writing = ([one for one in progress if one.stage == step] for step in ("reading", "linking", "writing"))
    assert reading[-1].size == reading[-1].read > 0
    assert [one.done for one in writing] == sorted(one.done for one in writing)
    assert writing[-1].total == writing[-1].done == reading[-1].done == 64
    assert writing[-1].rejected == len(Written(faulty).rejected)
    assert writing[-1].share == 1.0
    assert writing[-1].left == 0.0
    assert writing[0].left is None
    assert all(one.rate >= 0 for one in progress)


# Constant memory


def test_nothing_is_kept_of_articles_that_stand_alone(tmp_path: Path) -> None:
    found = []
    for count in (20, 200):
        source = lay_down(corpus(count, []), tmp_path / f"{count}.jsonl")
        lines = source.read_bytes().splitlines(keepends=True)
        _joined(source, [*lines, *lines[2:]])
        with small(), open_source(source) as opened, road.Road(opened, workers=1, report=lambda _: None) as way:
            way.survey()
            assert way.articles == 2 * count
            for _ in way.crew.replies(way.conversions("told")):
                pass
            found.append(_objects(way))
    assert found[0] == found[1]


def _objects(way: road.Road) -> int:
    """The number of things in the containers that a road keeps, those of a few bytes for each portion aside."""
    seen: set[int] = set()

    def count(value: Any) -> int:
        if id(value) in seen or isinstance(value, str | bytes | int | type(None)):
            return 0
        seen.add(id(value))
        if isinstance(value, dict):
            return len(value) + sum(map(count, value.values()))
        if isinstance(value, list | tuple | set):
            return len(value) + sum(map(count, value))
        if type(value).__module__.startswith("khabar.assembly"):
            return sum(count(own) for own in getattr(value, "__dict__", {}).values())
        return 0

    return count(
        {key: value for key, value in vars(way).items() if key not in ("source", "crew", "_stack", "_doubles")}
    )
