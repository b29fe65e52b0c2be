"""Write the reference pages: ``python -m khabar.reference [--check] FOLDER``."""

from __future__ import annotations

from pathlib import Path

import click

from khabar.files import replaced
from khabar.reference import PAGES, page


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when a page is not current.")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.pass_context
def write(context: click.Context, folder: Path, *, check: bool) -> None:
    """Write every reference page into FOLDER."""
    stale = [name for name in PAGES if not _is_current(folder / name, page(name))]
    for name in stale:
        if not check:
            with replaced(folder / name) as file:
                file.write(page(name).encode())
        click.echo(f"{folder / name} {'is not current; run: make docs' if check else 'written'}", err=True)
    context.exit(1 if check and stale else 0)


def _is_current(path: Path, content: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == content


if __name__ == "__main__":
    write()
