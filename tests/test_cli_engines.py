"""Building on Spark, as the command line has it: what is not Spark's is refused, and Spark is quiet."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from khabar import spark
from khabar.cli import program


@pytest.mark.parametrize("debug", [False, True])
def test_an_interrupt_shows_no_trace_unless_it_is_asked_for(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, debug: bool
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        try:
            raise KeyboardInterrupt  # noqa: TRY301 - as it comes
        except KeyboardInterrupt:
            # As py4j does it.
            logging.exception("KeyboardInterrupt while sending command.")  # noqa: LOG015
            raise

    handlers = list(logging.getLogger().handlers)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(spark, "build_files", interrupted)
    words = ["build", "a.jsonl", "--engine", "spark", "-o", "out", *(["--debug"] if debug else [])]
    assert program.run(words) == 130
    out, told = capfd.readouterr()
    assert out == ""
    assert told.splitlines()[-1] == "khabar: interrupted"
    assert ("Traceback" in told) == debug
    monkeypatch.undo()
    assert logging.getLogger().handlers == handlers


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--engine", "spark"], "--engine spark needs -o FOLDER"),
        (["--engine", "spark", "-o", "-"], "--engine spark needs -o FOLDER"),
        (["--engine", "spark", "-o", "out", "--format", "trig"], "--engine spark writes N-Quads alone"),
        (["--engine", "spark", "-o", "out", "--rule", "standing"], "--engine spark writes N-Quads alone"),
        (["--master", "local[1]"], "--master is for --engine spark"),
        (["--conf", "a=b"], "--conf is for --engine spark"),
        (["--overwrite"], "--overwrite is for --engine spark"),
        (["--compression", "gzip"], "--compression is for --engine spark"),
    ],
)
def test_what_does_not_go_together_is_refused(options: list[str], told: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert program.run(["build", "a.jsonl", *options]) == 2
    assert capfd.readouterr().err.splitlines()[-1] == f"Error: {told}"
