"""Write the golden graphs anew: ``python tests/refresh_graphs.py``, then read the diff."""

from __future__ import annotations

import khabar
from corpora_at_hand import CORPORA, GRAPHS
from khabar.formats import SUFFIXES


def main() -> None:
    GRAPHS.mkdir(parents=True, exist_ok=True)
    for name, folder in CORPORA.items():
        corpus = khabar.read(folder)
        for form in ("turtle", "nquads"):
            khabar.write(corpus, GRAPHS / f"{name}{SUFFIXES[form]}", form)


if __name__ == "__main__":
    main()
