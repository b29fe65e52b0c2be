"""Items by their exact names from a SPARQL endpoint that holds Wikidata."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, Final

from khabar import resources
from khabar.queries.catalogue import values_block
from khabar.queries.spelling import spell
from khabar.queries.tokens import tokens
from khabar.stores.remote import RemoteStore, rows_of
from khabar.terms import LANG_STRING, WIKIDATA, Literal
from khabar.wikidata.cache import Question
from khabar.wikidata.client import Client
from khabar.wikidata.items import QID

ADDRESS: Final = "https://query.wikidata.org/sparql"
LANGUAGES: Final = ("en", "ar", "mul")
"""The languages that a name is looked up in: a literal with another tag is another term."""


def by_name(client: Client, names: Iterable[str], address: str = ADDRESS) -> dict[str, tuple[str, ...]]:
    """For each of ``names`` the Q-numbers of the items that are called so, letter for letter.

    Any endpoint with Wikidata's own terms will do. Raises ServiceFailed.
    """
    wanted = tuple(dict.fromkeys(names))
    text = _query(wanted)
    question = Question(address, (("query", text),))

    def read(answer: Any) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {name: {} for name in wanted}
        for row in rows_of(answer).texts():
            qid = row["item"].removeprefix(WIKIDATA)
            if QID.fullmatch(qid) and row["name"] in found:
                found[row["name"]][qid] = None
        return {name: tuple(qids) for name, qids in found.items()}

    return client.ask(question, lambda: RemoteStore(address).request(text), read)


def _query(names: Iterable[str]) -> str:
    text = _lookup()
    block = values_block(tokens(text), "# names")
    if block is None:
        raise ValueError(text)
    cells = " ".join(spell(Literal(name, LANG_STRING, language)) for name in names for language in LANGUAGES)
    return f"{text[: block.start]} {cells} {text[block.end :]}"


@functools.cache
def _lookup() -> str:
    return (resources.queries() / "lookups" / "wikidata-by-name.rq").read_text(encoding="utf-8")
