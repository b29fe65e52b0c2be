"""How a run can end: a full disk, a reader who left, a signal, streams and folders that are gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bulk_corpora import lay_down
from linked_corpora import sound

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "loader")}


def test_a_full_disk_behind_standard_output_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "khabar", "queries"],
            env=ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert ran.returncode == 3
    assert ran.stderr == b"standard output: expected room to write, found No space left on device\n"


def test_a_reader_who_leaves_early_ends_it_silently() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "khabar", "schema"], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr:
        told = process.stderr.read()
    assert process.wait(30) == 141
    assert told == b""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_reader_of_many_records_may_leave_too(workers: str, tmp_path: Path) -> None:
    # More than any pipe holds.
    lay_down(sound(400, every=10, seed=1), tmp_path / "many.jsonl")
    command = [sys.executable, "-m", "khabar", "build", "many.jsonl", "--format", "nquads", "--workers", workers]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().endswith(b" .\n")
    process.stdout.close()
    with process.stderr:
        told = process.stderr.read()
    assert (process.wait(30), told) == (141, b"")


def test_a_full_disk_behind_a_document_is_told(tmp_path: Path) -> None:
    lay_down(sound(5, every=5, seed=1), tmp_path / "some.jsonl")
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "khabar", "build", "some.jsonl", "--format", "nquads"],
            env=ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            check=False,
        )
    assert ran.returncode == 3
    assert ran.stderr == b"standard output: expected a file that can be written, found No space left on device\n"


def test_an_interrupt_ends_it_with_a_sentence(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "khabar", "cite", "-", "words"],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    # It waits for its input; until the interpreter is up, an interrupt is the interpreter's own.
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.strip()) == (130, b"", b"khabar: interrupted")


@pytest.mark.skipif(os.name != "posix", reason="the signals and shells of POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_whoever_ends_it_finds_nothing_half_written(name: str, tmp_path: Path) -> None:
    program = (
        "import sys, time; from khabar import pipeline; from khabar.pipeline import graphs\n"
        "from khabar.cli.program import run\n"
        "def lines(*_, **__):\n    yield 'half'\n    print('now', flush=True)\n    time.sleep(60)\n"
        "pipeline.read = lambda *_, **__: None\ngraphs.lines = lines\nsys.exit(run(['build', '.', '-o', 'out.ttl']))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    )
    assert process.stdout is not None
    process.stdout.readline()
    assert len(list(tmp_path.iterdir())) == 1
    process.send_signal(getattr(signal, name))
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err.strip()) == (130, b"khabar: interrupted")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="the signals and shells of POSIX")
def test_an_interrupt_ends_a_query_at_once(tmp_path: Path) -> None:
    (tmp_path / "many.nt").write_text("".join(f"<x:{n}> <x:p> <x:{n}> .\n" for n in range(3000)))
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    process = subprocess.Popen(
        [sys.executable, "-m", "khabar", "query", text, "--on", "many.nt"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=5)
    assert (process.returncode, out, err) == (-signal.SIGINT, b"", b"")


@pytest.mark.skipif(os.name != "posix", reason="the signals and shells of POSIX")
@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("schema >&-", 3, "standard output: expected room to write, found Bad file descriptor\n"),
        ("cite - words <&-", 3, "standard input: expected a file that can be read, found Bad file descriptor\n"),
        ("query - <&-", 3, "standard input: expected a file that can be read, found Bad file descriptor\n"),
        ("cite /dev/zero words", 3, "/dev/zero: expected at most 16 MiB, found more\n"),
        ("init news >&-", 0, "Wrote a corpus to news; try: khabar check news\n"),
        ("check none 2>&-", 1, ""),
    ],
)
def test_streams_may_be_closed_or_endless(line: str, code: int, told: str, tmp_path: Path) -> None:
    ran = subprocess.run(
        ["/bin/sh", "-c", f"exec '{sys.executable}' -m khabar {line}"],
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        timeout=30,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (code, told)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep the folder that one works in")
@pytest.mark.parametrize("line", ["init news", f"load '{ROOT / 'example'}' --to store"])
def test_a_folder_that_is_gone_is_told(line: str, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    shell = f"cd '{gone}'; rmdir '{gone}'; exec '{sys.executable}' -m khabar {line}"
    ran = subprocess.run(["/bin/sh", "-c", shell], env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert ran.returncode == 3
    assert ran.stderr.endswith(", found No such file or directory\n")
    assert not ran.stderr.startswith("standard output")
