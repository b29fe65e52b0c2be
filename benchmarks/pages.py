"""Where figures stand: between two comments of benchmarks/README.md that name them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

README: Final = Path(__file__).with_name("README.md")


def tell(name: str, text: str, *, keep: bool) -> None:
    """Print what was measured; if it is to be kept, put it into the page in place of what stands there."""
    print(f"\n{text}")
    if not keep:
        return
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    page = README.read_text(encoding="utf-8")
    if page.count(begin) != 1 or page.count(end) != 1:
        raise SystemExit(f"{README}: expected {begin.strip()} and {end.strip()}, each once")
    head, _, rest = page.partition(begin)
    README.write_text(f"{head}{begin}\n{text.strip()}\n\n{end}{rest.partition(end)[2]}", encoding="utf-8")
