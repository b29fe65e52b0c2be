"""The commands on a whole corpus: ``check``, ``build``, ``export``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from khabar.cli import bulk, engines, progress, streams
from khabar.cli.faults import FORMS

# Written a second time because importing the writers would slow the start; a test holds the two together.
FORMATS = {
    "turtle": ".ttl",
    "trig": ".trig",
    "nquads": ".nq",
    "ntriples": ".nt",
    "jsonld": ".jsonld",
    "rdfxml": ".rdf",
}
RULES = ("standing", "uncontested", "annotations")
_COMPRESSED = (".gz", ".zst", ".bz2", ".xz")
_RECORDS = (".jsonl", ".ndjson", ".parquet")
_BY_SUFFIX = {suffix: name for name, suffix in FORMATS.items()}
SOURCE = click.argument("source", metavar="CORPUS", type=click.Path(path_type=Path))


@click.command()
@SOURCE
@bulk.FRAME
@click.option(
    "--text",
    "texts",
    metavar="ID=FILE",
    multiple=True,
    callback=streams.pairs,
    help="Prove the passages of article ID with this copy of its text. Repeatable.",
)
@click.option("--format", "form", type=click.Choice(list(FORMS)), default="text", help="How faults are written.")
@streams.manners
@click.pass_context
def check(context: click.Context, source: Path, corpus: Path | None, texts: dict[str, str], form: str) -> None:
    """Tell every fault of the records in CORPUS at once.

    Each fault stands on a line as file:line:column CODE message. Checked are syntax, schema, references, dates,
    ids, chains, languages, evidence and the SHACL shapes. With a text, every passage is proved by its digest, and one
    that moved is told with its new place; the text itself is not kept. Warnings alone leave the exit code 0.
    """
    from khabar.pipeline import check as faults_of

    faults = faults_of(source, corpus=corpus, texts={article: Path(file) for article, file in texts.items()})
    streams.data(FORMS[form](faults))
    streams.talk(f"{source}: {streams.summary(faults)}")
    context.exit(1 if any(fault.severity == "error" for fault in faults) else 0)


def _format_of(context: click.Context, _: click.Parameter, value: str | None) -> str:
    """The named format, else the one that the output's suffix tells, else Turtle."""
    suffix = Path(context.params.get("output") or "").suffix
    if suffix in _COMPRESSED:
        raise click.BadParameter(f"expected a file without compression, found {suffix}; pipe it: -o - | gzip")
    if value is None and suffix in _RECORDS:
        raise click.BadParameter(f"expected the name of a graph, found {suffix}; khabar export writes records")
    return value or _BY_SUFFIX.get(suffix, "turtle")


@click.command()
@click.argument("source", metavar="CORPUS")
@click.option("-o", "--output", metavar="FILE", is_eager=True, help="Write here, not to standard output.")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    callback=_format_of,
    help="The syntax; else by the suffix of FILE, else turtle. trig, nquads and jsonld keep the named graphs.",
)
@click.option(
    "--rule",
    type=click.Choice(RULES),
    help="Only what this rule of the ontology makes of the graph: the standing of each claim and event, the events "
    "that are uncontested, or the passages as Web Annotations.",
)
@bulk.options
@engines.options
@streams.manners
@click.pass_context
def build(
    context: click.Context, /, source: str, output: str | None, form: str, rule: str | None, engine: str, **given: Any
) -> None:
    """Turn CORPUS into an RDF graph.

    CORPUS is a folder, a file of JSON Lines (also .gz or .zst) or Parquet, or - for standard input. N-Quads are written
    at any size, on all cores; the other forms hold the graph in memory. FILE is replaced in one step. Equal records
    give equal bytes. There are no blank nodes. The graph holds the super-classes and super-properties of khabar's own
    vocabulary, and the derived standing of each claim and event.

    Nothing is written when a YAML file has a fault. In N-Quads, a record of JSON Lines or Parquet that has one is told
    and left out, and the rest is written, without --fail-fast; the exit code is 1 then.
    """
    from khabar import pipeline

    if engine == "spark":
        context.exit(engines.build_on_spark(source, output, given, rule=rule, form=form))
    engines.refuse_spark(given)
    bulk.keep_apart(("CORPUS", source), {"--output": output or "-", "--rejects": given["rejected"]})
    manner = {name: given[name] for name in ("corpus", "workers")}
    cache = bulk.cache(fresh=given["fresh"])
    if form == "nquads" and rule is None:
        target = streams.binary() if output in (None, "-") else output
        with bulk.rejects(given["rejected"]) as rejects, progress.shown(progress.of_build) as report:
            built = pipeline.build(
                source, target, rejects=rejects, fail_fast=given["fail_fast"], cache=cache, report=report, **manner
            )
        context.exit(bulk.told(built.articles, built.quads, built.rejected, output))
    if given["rejected"] is not None:
        raise click.UsageError("--rejects is for N-Quads: in other forms, and with --rule, a fault stops it")
    records = pipeline.read(source, cache=cache, **manner)
    if output is None or output == "-":
        streams.stream(pipeline.lines(records, form, rule=rule))
        return
    pipeline.write(records, output, form, rule=rule)
    streams.talk(f"Wrote {output}")


@click.command()
@SOURCE
@click.option("-o", "--output", metavar="FILE", help="Write here, not to standard output.")
@click.option(
    "--to",
    "form",
    type=click.Choice(["jsonl", "parquet", "sssom", "quickstatements"]),
    default="jsonl",
    show_default=True,
    help="The form: all records, or the links alone (sssom), or drafts for Wikidata (quickstatements).",
)
@bulk.FRAME
@streams.manners
def export(source: Path, output: str | None, form: Any, corpus: Path | None) -> None:
    """Write the records of CORPUS as one file of JSON Lines or Parquet, or its links.

    Records are read, not checked: khabar check tells their faults. They keep the schema of the YAML: header and shared
    entities first, then the articles. A FILE that ends in .gz or .zst is compressed. What comes out goes in wherever a
    CORPUS does. Equal records give equal bytes.

    As sssom, every link comes with its justification (SSSOM TSV), also that Wikidata has no item. As quickstatements,
    drafts come of the entities that were decided to have none, and statements on those that have one, with references:
    to be reviewed, for khabar writes nothing to Wikidata.
    """
    from khabar import pipeline

    if form in ("sssom", "quickstatements"):
        text = pipeline.mapping_table(source) if form == "sssom" else pipeline.wikidata_drafts(source)
        streams.document(text, output or "-", f"Wrote {output}")
        return
    count = pipeline.export(source, streams.binary() if output in (None, "-") else output, form, corpus=corpus)
    streams.talk(f"Wrote {bulk.counted(count, 'article')}{'' if output in (None, '-') else f' to {output}'}")


COMMANDS = (check, build, export)
