"""The commands on stores: ``load``, ``diff``, ``dump``."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from khabar.cli import progress, streams
from khabar.errors import KhabarError

if TYPE_CHECKING:
    from khabar.graphs import NamedGraph
    from khabar.loading.load import Loaded
    from khabar.loading.rehearsal import Step
    from khabar.stores.endpoint import Endpoint

_Command = TypeVar("_Command", bound=Callable[..., Any])

SOURCE = click.argument("source", metavar="CORPUS|FILE", type=click.Path(path_type=Path))
GRAPH = click.option("--graph", metavar="IRI", help="The graph for the triples of FILE that stand in none.")
_ADDRESSES = (
    click.option("--query-url", "query", metavar="URL", default="", help="Where queries go, if not where it says."),
    click.option("--update-url", "update", metavar="URL", default="", help="Where updates go."),
    click.option("--graphs-url", "graphs", metavar="URL", default="", help="Where the Graph Store Protocol is."),
)
_PROFILE = click.option(
    "--profile",
    metavar="NAME",
    default="",
    help="What kind of store answers at URL (see docs/stores.md), where it does not say so itself.",
)
_TIMEOUT = click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="What an endpoint has for the whole of one request.",
)


def reached(command: _Command) -> _Command:
    """The options that say how a store at an address is reached."""
    for option in (*reversed(_ADDRESSES), _TIMEOUT, _PROFILE):
        command = option(command)
    return command


def endpoint(target: str, **known: Any) -> Endpoint | str:
    """``target`` with what is known of how it is reached, and with the credentials of this user for it.

    A path comes back as it is. The environment comes first (``KHABAR_USER`` and ``KHABAR_PASSWORD``, or
    ``KHABAR_TOKEN``), then the file that ``NETRC`` names.
    """
    from urllib.parse import urlsplit

    from khabar.stores.credentials import for_host, from_environment
    from khabar.stores.endpoint import Endpoint, is_address

    if not is_address(target):
        return target
    credentials = from_environment(os.environ)
    if credentials is None and (file := os.environ.get("NETRC")):
        credentials = for_host(urlsplit(target).hostname or "", file)
    return Endpoint(target, credentials=credentials, **known)


@click.command()
@SOURCE
@click.option("--to", "target", metavar="DIR|URL", required=True, help="The folder of an embedded store, or a store.")
@GRAPH
@click.option("--prune", is_flag=True, help="Remove the graphs of articles that left the corpus.")
@click.option(
    "--verify",
    type=click.Choice(["sent", "all"]),
    default="sent",
    show_default=True,
    help="What is read back and compared, triple by triple.",
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
@click.option("--workers", metavar="NUMBER", type=click.IntRange(min=1), help="Processes that read records.")
@click.option(
    "--connections",
    metavar="NUMBER",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="Requests that are under way at a time.",
)
@reached
@streams.manners
def load(
    source: Path,
    target: str,
    graph: str | None,
    verify: Any,
    wait: float,
    workers: int | None,
    *,
    prune: bool,
    dry_run: bool,
    machine: bool,
    **known: Any,
) -> None:
    """Load the graph of CORPUS, or FILE of RDF, into a store.

    Only named graphs that changed are sent; each is read back and compared, and a load that says so is proved. An
    interrupted load goes on where it was when the same command runs again. Articles that left the corpus stay in the
    store without --prune; other corpora are never touched.

    DIR is an Oxigraph folder, made where there is none; its readers see nothing of a load before its end, and it has
    one writer at a time. URL is the base address of a triple store, as its own documentation has it. Credentials are
    taken from KHABAR_USER and KHABAR_PASSWORD, from KHABAR_TOKEN, or from netrc, and go to that host alone.

    FILE is Turtle, TriG, N-Triples or N-Quads, by its suffix; each graph in it replaces the one of its name.
    """
    from khabar import pipeline

    where = endpoint(target, **known)
    if dry_run:
        steps = pipeline.rehearse(source, where, graph=graph, prune=prune, verify=verify, workers=workers)
        _rehearse(steps, source, where, graph)
        return
    with _told(machine=machine), progress.shown(machine=machine) as report:
        loaded = pipeline.load(
            source,
            where,
            graph=graph,
            prune=prune,
            verify=verify,
            wait=wait,
            workers=workers,
            report=report,
        )
    if machine:
        import msgspec

        progress.event("loaded", msgspec.to_builtins(loaded))
    else:
        streams.talk(_summary(loaded, target))


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


def _summary(loaded: Loaded, target: str) -> str:
    counts = (
        (len(loaded.sent), "sent"),
        (len(loaded.kept), "unchanged"),
        (len(loaded.recovered), "there from an interrupted load"),
        (len(loaded.removed), "removed"),
        (len(loaded.left), "no longer in the corpus (--prune removes them)"),
    )
    parts = [f"{count:,} {word}" for count, word in counts if count] or ["none"]
    return f"Loaded into {target}: {loaded.triples:,} triples; graphs: {', '.join(parts)}"


def _rehearse(steps: Iterable[Step], source: Path, target: Endpoint | str, graph: str | None) -> None:
    from khabar.loading.rehearsal import Action

    lines = _words if isinstance(target, str) else _requests(source, target, graph)
    counts = dict.fromkeys(Action, 0)
    for step in steps:
        counts[step.action] += 1
        for line in lines(step):
            streams.data(f"{line}\n")
    streams.talk(f"{target if isinstance(target, str) else target.address}: {_rehearsed(counts)}")


def _rehearsed(counts: Any) -> str:
    return ", ".join(f"{action.value} {count:,}" for action, count in counts.items() if count) or "nothing to do"


def _words(step: Step) -> Iterator[str]:
    if step.action.value in ("replace", "remove"):
        yield f"{step.action.value} <{step.graph.iri}> ({step.graph.count:,} triples)"


def _requests(source: Path, target: Endpoint, graph: str | None) -> Callable[[Step], Iterator[str]]:
    """How each step would be asked of the store at ``target``: lines of a shell script."""
    from khabar.stores.curl import command
    from khabar.stores.opening import open_reader

    named = f" --default-graph {shlex.quote(graph)}" if graph else ""

    def lines(step: Step) -> Iterator[str]:
        if step.action.value not in ("replace", "remove"):
            return
        with open_reader(target) as store:
            for request in store.requests(step.graph):  # type: ignore[attr-defined]
                yield command(request)
        del named

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
@reached
@streams.manners
@click.pass_context
def diff(
    context: click.Context, source: Path, target: str, graph: str | None, form: str, **known: Any
) -> None:
    """Tell which graphs and which triples of a store differ from CORPUS, or from FILE of RDF.

    Every graph is read whole, whatever the digests in the store say; nothing is written. The exit code is 1 where
    anything differs.
    """
    from khabar import pipeline
    from khabar.loading import difference

    found = pipeline.diff(source, endpoint(target, **known), graph=graph)
    del difference, found, form, context


@click.command()
@click.argument("target", metavar="DIR|URL|CORPUS|FILE")
@click.option("-o", "--output", metavar="FILE", is_eager=True, help="Write here, not to standard output.")
@click.option("--graph", "graphs", metavar="IRI", multiple=True, help="This graph only. Repeatable.")
@reached
@streams.manners
def dump(target: str, output: str | None, graphs: tuple[str, ...], **known: Any) -> None:
    """Write the named graphs of a store as N-Quads.

    Graph after graph in the order of their names, each in canonical form: equal stores give equal bytes. What comes
    out goes in again by `khabar load`.
    """
    from khabar import pipeline

    found = pipeline.dump(endpoint(target, **known), graphs or None)
    if output is None or output == "-":
        streams.stream(graph.nquads().decode() for graph in found)
        return
    _write(found, output)
    streams.talk(f"Wrote {output}")


def _write(graphs: Iterable[NamedGraph], output: str) -> None:
    from khabar.files import replaced

    with replaced(output) as file:
        file.writelines(graph.nquads() for graph in graphs)


COMMANDS = (load, diff, dump)
