"""The commands on a whole corpus: ``check``, ``build``."""

from __future__ import annotations

from pathlib import Path

import click

from khabar.cli import streams
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
_BY_SUFFIX = {suffix: name for name, suffix in FORMATS.items()}
CORPUS = click.argument("corpus", metavar="CORPUS", type=click.Path(path_type=Path))


@click.command()
@CORPUS
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
def check(context: click.Context, corpus: Path, texts: dict[str, str], form: str) -> None:
    """Tell every fault of the records in CORPUS at once.

    Each fault stands on a line as file:line:column CODE message. Checked are syntax, schema, references, dates,
    ids, chains, languages, evidence and the SHACL shapes. With a text, every passage is proved by its digest, and one
    that moved is told with its new place; the text itself is not kept. Warnings alone leave the exit code 0.
    """
    from khabar.pipeline import check as faults_of

    faults = faults_of(corpus, texts={article: Path(file) for article, file in texts.items()})
    streams.data(FORMS[form](faults))
    streams.talk(f"{corpus}: {streams.summary(faults)}")
    context.exit(1 if any(fault.severity == "error" for fault in faults) else 0)


def _format_of(context: click.Context, _: click.Parameter, value: str | None) -> str:
    """The named format, else the one that the output's suffix tells, else Turtle."""
    output = context.params.get("output")
    return value or _BY_SUFFIX.get(Path(output or "").suffix, "turtle")


@click.command()
@CORPUS
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
@streams.manners
def build(corpus: Path, output: str | None, form: str, rule: str | None) -> None:
    """Turn CORPUS into an RDF graph.

    Nothing is written when the data has a fault, and FILE is replaced in one step. Equal records give equal bytes.
    There are no blank nodes. The graph holds the super-classes and super-properties of khabar's own vocabulary, and
    the derived standing of each claim and event.
    """
    from khabar import pipeline

    records = pipeline.read(corpus)
    if output is None or output == "-":
        streams.stream(pipeline.lines(records, form, rule=rule))
        return
    pipeline.write(records, output, form, rule=rule)
    streams.talk(f"Wrote {output}")


COMMANDS = (check, build)
