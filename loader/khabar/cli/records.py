"""The commands of an author: ``init``, ``new``, ``cite``, ``schema``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from khabar.cli import streams

if TYPE_CHECKING:
    from khabar.reading.schema import RecordKind


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@streams.manners
def init(folder: Path) -> None:
    """Lay down a small example corpus in DIR, to edit.

    DIR is new or empty; otherwise nothing is touched. It appears whole or not at all, and checks without a fault.
    """
    from khabar.example import init as lay_down

    lay_down(folder)
    streams.talk(f"Wrote a corpus to {folder}; try: khabar check {folder}")


def _slug(_: click.Context, option: click.Parameter, value: str) -> str:
    import re

    from khabar.scalars import SLUG_PATTERN

    if not re.fullmatch(SLUG_PATTERN, value):
        raise click.BadParameter("expected lower-case letters, digits and single hyphens, a letter first", param=option)
    return value


@click.command()
@click.argument("article_id", metavar="ID", callback=_slug)
@click.option("--publisher", metavar="OUTLET", default="OUTLET-ID", help="The id of the outlet that published it.")
@click.option("--published", metavar="DATE", default="YYYY-MM-DD", help="When, as an EDTF date such as 2023-11-07.")
@click.option("--language", metavar="TAG", default="ar", show_default=True, help="The language of the article.")
@streams.manners
def new(article_id: str, publisher: str, published: str, language: str) -> None:
    """Start the record of an article.

    Prints a skeleton with an example of each section as a comment; what is to be filled in stands in capitals. ID is
    the article's id in the corpus: lower-case letters, digits and hyphens, a letter first.
    """
    from khabar.drafts import new_record

    streams.data(new_record(article_id, publisher=publisher, published=published, language=language))


@click.command()
@click.argument("arguments", metavar="[TEXT QUOTE]", nargs=-1)
@click.option("--fill", "record", metavar="RECORD", help="Replace every 'quote:' of this draft by what proves it.")
@click.option("--text", metavar="FILE", help="The article's text, with --fill. '-' is standard input.")
@click.option(
    "--paragraph", metavar="N", type=click.IntRange(min=1), help="The paragraph, where the passage stands in several."
)
@streams.manners
def cite(arguments: tuple[str, ...], record: str | None, text: str | None, paragraph: int | None) -> None:
    """Print what proves a quotation, or fill in a draft.

    TEXT is the file of the article's text ('-' is standard input), QUOTE a passage of one paragraph, whole or as
    "first words ... last words". The block holds the paragraph, the offsets in code points after NFC, and the SHA-256
    of the passage.

    With --fill, each quotation in RECORD is replaced by its block and nothing of it stays, and the article's own
    digest is added where it is missing. The file is replaced in one step, and only when every quotation was found.
    """
    if record is not None:
        if arguments or text is None or paragraph is not None:
            raise click.UsageError("expected: khabar cite --fill RECORD --text FILE")
        _fill(record, text)
        return
    if len(arguments) != 2 or text is not None:  # noqa: PLR2004 - TEXT and QUOTE
        raise click.UsageError("expected: khabar cite TEXT QUOTE, or khabar cite --fill RECORD --text FILE")
    _cite(*arguments, paragraph)


def _cite(text: str, quote: str, paragraph: int | None) -> None:
    from khabar import drafts

    streams.data(drafts.yaml_block(drafts.cite(streams.text_of(text), quote, paragraph)))


def _fill(record: str, text: str) -> None:
    from khabar import drafts

    filled = drafts.fill(streams.text_of(record), streams.text_of(text), record)
    streams.document(filled, record, f"Filled {record}")


@click.command()
@click.argument("part", type=click.Choice(["article", "entities", "corpus"]), default="article")
@streams.manners
def schema(part: RecordKind) -> None:
    """Print the JSON Schema of a kind of file, for an editor.

    It accepts what the loader accepts, save what no schema can say (references, dates that exist, passages). Give it
    to an editor with a first line such as: # yaml-language-server: $schema=article.schema.json
    """
    from khabar.reading.schema import json_schema

    streams.data(json.dumps(json_schema(part), indent=2) + "\n")


COMMANDS = (init, new, cite, schema)
