"""The command that opens a corpus to browsers and programs: ``serve``."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import click

from khabar.cli import questions, streams


@click.command()
@click.argument("target", metavar="[CORPUS|FILE|STORE]", default=".")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; 0.0.0.0 is everywhere.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 is any that is free.")
@click.option(
    "--host-name", "hosts", metavar="NAME", multiple=True, help="A name by which it may be called. Repeatable."
)
@click.option(
    "--allow-origin",
    "origins",
    metavar="ORIGIN",
    multiple=True,
    help="Let pages of this origin ask, such as https://example.org, or * for every one. Repeatable.",
)
@click.option("--address", metavar="URL", help="Where it is reached, where that is behind another server.")
@click.option("--root-path", metavar="PATH", default="", help="The path below which another server has it.")
@click.option(
    "--text",
    "texts",
    metavar="ARTICLE=FILE",
    multiple=True,
    callback=streams.pairs,
    help="The text of an article, whose words are then shown with its passages. Repeatable.",
)
@click.option("--seconds", type=click.FloatRange(0.1, 3600), help="The time that a query may take; 10 unless given.")
@click.option("--memory", type=click.IntRange(64), metavar="MIB", help="The memory that a query may take; 1024.")
@click.option("--rows", type=click.IntRange(1), metavar="N", help="The rows that an answer may have; 500000.")
@click.option("--workers", type=click.IntRange(1, 256), metavar="N", help="Queries evaluated at once; one a core.")
@click.option("--cache", type=click.IntRange(0), metavar="MIB", help="The memory for answers that are kept; 64.")
@click.option(
    "--allow-service",
    "services",
    metavar="IRI[=URL]",
    multiple=True,
    callback=questions.services,
    help="Let queries ask this SERVICE, or URL in its place. Repeatable; none is asked otherwise.",
)
@click.option("--access-log", is_flag=True, help="Tell every request on standard error.")
@streams.manners
def serve(target: str, **given: Any) -> None:
    """Open a corpus, a file of RDF or a store in a folder: a SPARQL endpoint, and pages to explore it on.

    Everything works without a network, in English and Arabic. The endpoint is at /sparql, the bundled queries at /api,
    reconciliation at /reconcile; every IRI of the corpus leads to its page, and to Turtle, JSON-LD, N-Triples and JSON.

    It only reads. It listens on this machine alone, answers to its own names, and to pages of its own; each query has
    its limits of time, memory and rows. A store is followed: when a load puts another in its place, that one is served.
    """
    from khabar.records.cache import cache_folder
    from khabar.serve import server
    from khabar.serve.manners import LOOPBACK
    from khabar.serve.opening import application

    own = cache_folder(os.environ)
    with server.bound(given["host"], given["port"]) as listening:
        address = (given["address"] or server.address_of(listening) + given["root_path"]).rstrip("/")
        app = application(
            target,
            address=address,
            hosts=(*LOOPBACK, given["host"].lower(), *(name.lower() for name in given["hosts"])),
            origins=given["origins"],
            services=given["services"],
            texts=given["texts"],
            limits=_limits(given),
            cache=own / "explorer" if own is not None else None,
        )

        def ready() -> None:
            streams.talk(f"Serving {target} at {address}/ (Ctrl-C ends it)")

        # The server has ended in order when a signal that was meant for it comes through.
        with contextlib.suppress(KeyboardInterrupt):
            server.run(app, listening, ready, root_path=given["root_path"], access_log=given["access_log"])
        streams.talk("Ended")


def _limits(given: dict[str, Any]) -> Any:
    from khabar.evaluation.limits import MEBIBYTE, Limits

    units = {"seconds": 1, "memory": MEBIBYTE, "rows": 1, "workers": 1, "cache": MEBIBYTE}
    return Limits(**{name: given[name] * unit for name, unit in units.items() if given[name] is not None})


COMMANDS = (serve,)
