"""Where a corpus is built: on this machine, or on those of Spark."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from khabar.cli import bulk, progress, streams

_Command = TypeVar("_Command", bound=Callable[..., Any])


def options(command: _Command) -> _Command:
    """The options that say where the work is done."""
    for option in (
        click.option("--overwrite", is_flag=True, help="With spark, replace what the folder of -o holds."),
        click.option(
            "--compression",
            type=click.Choice(["none", "gzip", "zstd"]),
            help="With spark, how the parts are compressed.",
        ),
        click.option(
            "--conf",
            "settings",
            metavar="KEY=VALUE",
            multiple=True,
            callback=streams.pairs,
            help="A setting of Spark. Repeatable.",
        ),
        click.option("--master", metavar="URL", help="With spark, its master; else what its configuration says."),
        click.option(
            "--engine",
            type=click.Choice(["local", "spark"]),
            default="local",
            show_default=True,
            help="What does the work; spark writes a folder of parts in N-Quads to -o.",
        ),
    ):
        command = option(command)
    return command


def refuse_spark(given: dict[str, Any]) -> None:
    """Raise a usage error where an option is given that only Spark knows."""
    for name, option in (
        ("master", "--master"),
        ("settings", "--conf"),
        ("compression", "--compression"),
        ("overwrite", "--overwrite"),
    ):
        if given[name]:
            raise click.UsageError(f"{option} is for --engine spark")


def build_on_spark(source: str, output: str | None, given: dict[str, Any], *, rule: str | None, form: str) -> int:
    """Write N-Quads in parts; the exit code."""
    from khabar import spark

    if output is None or output == "-":
        raise click.UsageError("--engine spark needs -o FOLDER")
    if rule is not None or form not in ("turtle", "nquads"):
        raise click.UsageError("--engine spark writes N-Quads alone")
    for name, option in (("rejected", "--rejects"), ("workers", "--workers")):
        if given[name]:
            raise click.UsageError(
                f"{option} is for --engine local: Spark puts rejects into the folder, and has its own number of workers"
            )
    corpus: Path | None = given["corpus"]
    with _unlogged(), progress.shown(progress.of_build) as report:
        built = spark.build_files(
            source,
            output,
            corpus=corpus,
            master=given["master"],
            settings=given["settings"],
            compression=given["compression"] or "none",
            overwrite=given["overwrite"],
            fail_fast=given["fail_fast"],
            debug=streams.is_debug(),
            report=report,
        )
    for fault in built.faults:
        streams.say(str(fault))
    return bulk.told(built.articles, built.quads, built.rejected, output)


@contextlib.contextmanager
def _unlogged() -> Iterator[None]:
    """Keep the traces that PySpark logs when it is interrupted from standard error, unless they are asked for."""
    if click.get_current_context().ensure_object(streams.Manner).debug:
        yield
        return
    import logging

    handler = logging.NullHandler()
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
