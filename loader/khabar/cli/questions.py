"""The commands that ask: ``queries`` and ``query``."""

from __future__ import annotations

import json
import signal
import sys
from typing import TYPE_CHECKING, Any, Final

import click

from khabar.cli import endpoints, streams

if TYPE_CHECKING:
    from khabar.queries.catalogue import Query

PAGE: Final = 100
"""Rows of a long list that are shown on a terminal at once."""


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How the list is written.")
@streams.manners
def queries(form: str) -> None:
    """List the bundled queries.

    Each with what it tells, and its parameters with their types and defaults. All are standard SPARQL 1.1 and run
    unchanged in any store.
    """
    from khabar.queries.catalogue import catalogue

    streams.data(_as_json(catalogue()) if form == "json" else "".join(map(_as_text, catalogue())))


def _as_text(query: Query) -> str:
    lines = [f"{query.name:<24}{query.summary}"]
    for parameter in query.params:
        default = f" = {parameter.default}" if parameter.default else ""
        lines.append(f"    {parameter.name}: {parameter.type}{default}")
    return "\n".join(lines) + "\n"


def _as_json(found: tuple[Query, ...]) -> str:
    import msgspec

    return json.dumps(msgspec.to_builtins(found), ensure_ascii=False, indent=2) + "\n"


def _params(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    params = streams.pairs(context, option, values)
    if "services" in params:
        raise click.BadParameter("services is no parameter of a query; see --allow-service")
    return params


def services(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """The address to ask for each SERVICE: the one given after ``=``, else the service's own."""
    found: dict[str, str] = {}
    for value in values:
        service, sign, rest = value.partition("=http")
        found[service] = f"http{rest}" if sign else service
    return found


def is_terminal() -> bool:
    """Tell whether people read what is written, and not a program."""
    return sys.stdout.isatty()


@click.command()
@click.argument("request", metavar="NAME|FILE.rq|-")
@click.option(
    "--on",
    "target",
    metavar="CORPUS|FILE|STORE|URL",
    default=".",
    show_default=True,
    help="What is asked: a corpus, a file of RDF, an embedded store, or a SPARQL endpoint.",
)
@click.option(
    "--param", "params", metavar="NAME=VALUE", multiple=True, callback=_params, help="A parameter. Repeatable."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "tsv", "json", "xml"]),
    default="table",
    help="table for people; the others as SPARQL 1.1 Query Results has them.",
)
@click.option(
    "--limit", type=click.IntRange(min=0), metavar="N", help="At most N rows; on a terminal 100 unless given."
)
@click.option("--offset", type=click.IntRange(min=0), default=0, metavar="N", help="Leave out the first N rows.")
@click.option("--all", "whole", is_flag=True, help="Every row, on a terminal too.")
@click.option("--full", is_flag=True, help="Show in the table the IRI of what has a label, too.")
@click.option(
    "--allow-service",
    "services",
    metavar="IRI[=URL]",
    multiple=True,
    callback=services,
    help="Let the query ask this SERVICE, or URL in its place. Repeatable; none is asked otherwise.",
)
@endpoints.questioned
@streams.manners
def query(
    request: str,
    target: str,
    params: dict[str, str],
    form: str,
    services: dict[str, str],
    limit: int | None,
    offset: int,
    *,
    whole: bool,
    full: bool,
    **known: Any,
) -> None:
    """Ask a bundled query, or one of your own.

    Parameters are bound as terms: no value can change what is asked. Ids of the corpus stand for their IRIs. The
    query only reads (SELECT or ASK), and reaches no other host than those that are allowed by name.

    A list comes whole where a program reads it. On a terminal its first 100 rows are shown, and told whether there are
    more. A page is what --limit and --offset say: pages one after another are the whole list, and the first page of a
    long one is there long before the last.

    URL is the address of a SPARQL endpoint, or with --profile the base address of such a store. Credentials are taken
    from KHABAR_USER and KHABAR_PASSWORD, from KHABAR_TOKEN, or from netrc, and go to that host alone.
    """
    from khabar import pipeline
    from khabar.queries import paging, results
    from khabar.queries.catalogue import choose
    from khabar.stores.opening import prefixes

    asked = streams.text_of(request) if request == "-" else request
    if whole and limit is not None:
        raise click.UsageError("--all and --limit are two answers to one question")
    chosen = choose(asked)  # A wrong name is told before a store is opened.
    is_shown = not whole and form == "table" and is_terminal() and paging.is_pageable(chosen)
    rows_wanted = PAGE if limit is None and is_shown else limit
    # An engine at work hears no interrupt of Python's. Nothing is half written here, so the system may end it at once.
    with streams.handled(signal.SIG_DFL, "SIGINT", "SIGTERM", "SIGHUP"):
        store = pipeline.open_store(endpoints.endpoint(target, **known))
        # One more than is shown tells whether there are more.
        ahead = None if rows_wanted is None else rows_wanted + is_shown
        rows = pipeline.query(store, asked, services=services, limit=ahead, offset=offset, **params)
    if rows_wanted is not None and len(rows) > rows_wanted:
        rows = results.Rows(columns=rows.columns, rows=rows.rows[:rows_wanted])
        streams.talk(f"rows {offset + 1:,} to {offset + rows_wanted:,}; more with --offset {offset + rows_wanted}")
    results.write(rows, sys.stdout, form, prefixes=prefixes(store) if form == "table" else None, full=full)


COMMANDS = (queries, query)
