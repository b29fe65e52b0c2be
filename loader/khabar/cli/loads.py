"""The commands on stores: ``load``, ``diff``, ``dump``."""

from __future__ import annotations

import contextlib
import json
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from khabar.cli import bulk, endpoints, progress, streams
from khabar.errors import KhabarError

if TYPE_CHECKING:
    from khabar.graphs import NamedGraph
    from khabar.loading.difference import GraphDifference
    from khabar.loading.load import Loaded
    from khabar.loading.rehearsal import Step
    from khabar.stores.endpoint import Endpoint

_LEFT_WITH_REJECTS = "not made of these records (none is removed where records are left out)"
_WRITING = ("replace", "remove")
SOURCE = click.argument("source", metavar="CORPUS|FILE", type=click.Path(path_type=Path))
GRAPH = click.option("--graph", metavar="IRI", help="The graph for the triples of FILE that stand in none.")


@click.command()
@SOURCE
@click.option("--to", "target", metavar="DIR|URL", required=True, help="The folder of an embedded store, or a store.")
@GRAPH
@click.option(
    "--prune",
    is_flag=True,
    help="Remove the graphs of articles that left the corpus; none where records are left out for their faults.",
)
@click.option(
    "--verify",
    type=click.Choice(["sent", "all", "counts"]),
    default="sent",
    show_default=True,
    help="What is read back and compared, triple by triple; with counts nothing is, but for numbers of triples.",
)
@click.option(
    "--optimize", is_flag=True, help="Merge the files of DIR at the end, for queries that take half the time."
)
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would be done, for URL as curl would do it.")
@click.option("--json", "machine", is_flag=True, help="Print JSON Lines: progress, then the result.")
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=0.0,
    help="How long another load into the same store is waited for.",
)
@bulk.options
@endpoints.reached
@streams.manners
@click.pass_context
def load(
    context: click.Context,
    /,
    source: Path,
    target: str,
    graph: str | None,
    verify: Any,
    wait: float,
    *,
    optimize: bool,
    workers: int | None,
    corpus: Path | None,
    rejected: str | None,
    prune: bool,
    dry_run: bool,
    machine: bool,
    fail_fast: bool,
    fresh: bool,
    **known: Any,
) -> None:
    """Load the graph of CORPUS, or FILE of RDF, into a store.

    CORPUS is what khabar build takes: a folder, a file of JSON Lines or Parquet, or - for standard input. A record of
    these that has a fault is told and left out, and the exit code is 1, without --fail-fast.

    Only named graphs that changed are sent; each is read back and compared, and a load that says so is proved. An
    interrupted load goes on where it was when the same command runs again. Articles that left the corpus stay in the
    store without --prune; other corpora are never touched.

    DIR is an Oxigraph folder, made where there is none; its readers see nothing of a load before its end, and it has
    one writer at a time. URL is the base address of a triple store, as its own documentation has it. Credentials are
    taken from KHABAR_USER and KHABAR_PASSWORD, from KHABAR_TOKEN, or from netrc, and go to that host alone.

    FILE is Turtle, TriG, N-Triples or N-Quads, by its suffix; each graph in it replaces the one of its name.
    """
    from khabar import pipeline

    where = endpoints.endpoint(target, **known)
    bulk.keep_apart(("CORPUS|FILE", source), {"--json": "-" if machine else None, "--rejects": rejected})
    if optimize and not isinstance(where, str):
        raise click.UsageError("--optimize is for a folder: a server merges its own files")
    if dry_run:
        refused = bulk.Rejects(None)
        steps = pipeline.rehearse(
            *(source, where),
            graph=graph,
            corpus=corpus,
            rejects=None if fail_fast else refused,
            prune=prune,
            verify=verify,
            workers=workers,
        )
        if machine:
            for step in steps:
                progress.event("graph", {"graph": step.graph.iri, "outcome": f"to {step.action.value}"})
        elif isinstance(where, str):
            _rehearsed(target, steps, _words)
        else:
            _rehearsed(target, steps, _requests(source, where, graph))
        context.exit(1 if refused.count else 0)
    with (
        _told(machine=machine),
        bulk.rejects(rejected) as rejects,
        progress.shown(progress.of_load, machine=machine) as report,
    ):
        loaded = pipeline.load(
            source,
            where,
            graph=graph,
            corpus=corpus,
            rejects=rejects,
            fail_fast=fail_fast,
            cache=bulk.cache(fresh=fresh),
            prune=prune,
            verify=verify,
            optimize=optimize,
            wait=wait,
            workers=workers,
            report=report,
        )
    if machine:
        _events(loaded, rejects.count)
    else:
        streams.talk(_summary(loaded, target, rejects.count))
    context.exit(1 if rejects.count else 0)


def _events(loaded: Loaded, rejected: int) -> None:
    """What was done, for machines: a line for each graph that is not as it was before, and one for the whole."""
    members = msgspec.to_builtins(loaded)
    for outcome in ("sent", "recovered", "removed", "left"):
        for graph in members[outcome]:
            progress.event("graph", {"graph": graph, "outcome": outcome})
    counts = {name: len(value) if isinstance(value, list | tuple) else value for name, value in members.items()}
    progress.event("loaded", counts | {"rejected": rejected})


@contextlib.contextmanager
def _told(*, machine: bool) -> Iterator[None]:
    """Tell machines of a failure too; the sentence on standard error stays."""
    try:
        yield
    except KhabarError as error:
        if machine:
            members = {name: getattr(error, name) for name in ("where", "expected", "found", "remedy")}
            progress.event("failed", members)
        raise


def _summary(loaded: Loaded, target: str, rejected: int) -> str:
    counts = (
        (len(loaded.sent), "sent"),
        (len(loaded.kept), "unchanged"),
        (len(loaded.recovered), "there from an interrupted load"),
        (len(loaded.removed), "removed"),
        (len(loaded.left), _LEFT_WITH_REJECTS if rejected else "no longer in the corpus (--prune removes them)"),
    )
    parts = [f"{count:,} {word}" for count, word in counts if count] or ["none"]
    left_out = f"; {bulk.counted(rejected, 'record')} left out" if rejected else ""
    return f"Loaded into {target}: {loaded.triples:,} triples; graphs: {', '.join(parts)}{left_out}"


def _rehearsed(target: str, steps: Iterable[Step], lines: Callable[[Step], Iterable[str]]) -> None:
    """Print what each step would be, and say how many there are of each kind."""
    counts: Counter[str] = Counter()
    for step in steps:
        counts[step.action.value] += 1
        streams.stream(f"{line}\n" for line in lines(step))
    said = ", ".join(f"{count:,} to {action}" for action, count in counts.items())
    streams.talk(f"Nothing was written to {target}; graphs: {said or 'none'}")


def _words(step: Step) -> Iterator[str]:
    if step.action.value in _WRITING:
        yield f"{step.action.value} <{step.graph.iri}> ({step.graph.count:,} triples)"


def _requests(source: Path, endpoint: Endpoint, graph: str | None) -> Callable[[Step], Iterator[str]]:
    """How each step is asked of the store: lines of a shell script, which takes the triples from ``source``."""
    from khabar.stores.curl import command
    from khabar.stores.opening import recognised, requests

    profile = recognised(endpoint)
    known = msgspec.structs.replace(endpoint, profile=profile.name)
    named = ["--graph", graph] if graph else []

    def lines(step: Step) -> Iterator[str]:
        if step.action.value not in _WRITING:
            return
        for request in requests(known, step.graph):
            is_document = request.method == "PUT"
            line = command(
                request,
                file="-" if is_document else "",
                credentials=endpoint.credentials,
                schemes=profile.authentication,
                from_netrc=endpoints.are_from_netrc(),
            )
            dump = ["khabar", "dump", str(source), *named, "--only", step.graph.iri, "--format", "ntriples"]
            yield f"{shlex.join(dump)} | {line}" if is_document else line

    return lines


@click.command()
@SOURCE
@click.argument("target", metavar="DIR|URL")
@GRAPH
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "patch", "json"]),
    default="text",
    help="text for people; patch is RDF Patch, what to add to and delete from the store; json is a line a graph.",
)
@click.option("--brief", is_flag=True, help="In text, the graphs alone.")
@bulk.FRAME
@endpoints.reached
@streams.manners
def diff(
    source: Path, target: str, graph: str | None, form: str, corpus: Path | None, *, brief: bool, **known: Any
) -> None:
    """Tell which graphs and which triples of a store differ from CORPUS, or from FILE of RDF.

    Every graph is read whole, whatever the digests in the store say; nothing is written. The exit code is 1 where
    anything differs, and where a record is left out for its faults.
    """
    from khabar import pipeline

    rejects = bulk.Rejects(None)
    found = pipeline.diff(source, endpoints.endpoint(target, **known), graph=graph, corpus=corpus, rejects=rejects)
    differs = False
    for piece in _text(found, brief=brief) if form == "text" else _OTHERS[form](found):
        differs = True
        streams.data(piece)
    click.get_current_context().exit(1 if differs or rejects.count else 0)


def _text(found: Iterable[GraphDifference], *, brief: bool = False) -> Iterator[str]:
    from khabar.loading.difference import text

    return text(found, brief=brief)


def _patch(found: Iterable[GraphDifference]) -> Iterator[str]:
    from khabar.loading.difference import patch

    return patch(found)


def _json(found: Iterable[GraphDifference]) -> Iterator[str]:
    for each in found:
        lines = {name: [line.decode().rstrip("\n") for line in getattr(each, name)] for name in ("removed", "added")}
        yield json.dumps({"graph": each.graph, "kind": each.kind, **lines}, ensure_ascii=False) + "\n"


_OTHERS = {"patch": _patch, "json": _json}


@click.command()
@click.argument("target", metavar="DIR|URL|CORPUS|FILE")
@click.option("-o", "--output", metavar="FILE", help="Write here, not to standard output.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["nquads", "ntriples", "trig", "turtle"]),
    default="nquads",
    help="The syntax; nquads and trig keep the named graphs.",
)
@click.option("--only", metavar="IRI", multiple=True, help="This graph alone. Repeatable.")
@GRAPH
@bulk.FRAME
@endpoints.reached
@streams.manners
@click.pass_context
def dump(
    context: click.Context,
    /,
    target: str,
    output: str | None,
    form: str,
    only: tuple[str, ...],
    graph: str | None,
    corpus: Path | None,
    **known: Any,
) -> None:
    """Write the named graphs of a store, or of a corpus or a file.

    Graph after graph, those of a store in the order of their names, each in canonical form: equal stores give equal
    bytes. What comes out as N-Quads goes in again by `khabar load`. Triples of a store that stand in no named graph
    are left out, which is said.
    """
    from khabar import pipeline

    where = endpoints.endpoint(target, **known)
    rejects = bulk.Rejects(None)
    pieces = _pieces(pipeline.dump(where, only or None, graph=graph, corpus=corpus, rejects=rejects), form)
    if output is None or output == "-":
        streams.stream(piece.decode() for piece in pieces)
    else:
        from khabar.files import replaced

        with replaced(output) as file:
            file.writelines(pieces)
        streams.talk(f"Wrote {output}")
    if not only and (count := _outside(where)):
        streams.talk(f"Left out: {count:,} triple{'s' * (count > 1)} in no named graph")
    context.exit(1 if rejects.count else 0)


def _outside(target: Endpoint | str) -> int:
    from khabar.loading.dump import outside
    from khabar.stores.opening import is_store, open_reader

    if not is_store(target):
        return 0
    with open_reader(target) as store:
        return outside(store)


def _pieces(graphs: Iterable[NamedGraph], form: str) -> Iterator[bytes]:
    from khabar.loading.dump import FORMS

    for graph in graphs:
        yield FORMS[form](graph)


COMMANDS = (load, diff, dump)
