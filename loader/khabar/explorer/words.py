"""The words and the sounds of names, written so that a search finds the names that have them."""

from __future__ import annotations

import sqlite3
from array import array
from typing import Final

from khabar.explorer.folding import forms, words
from khabar.explorer.kinds import NAMED
from khabar.matching.sounds import keys

OWNERS: Final = "owners"
"""The fact that tells for each name, by its number, the thing that has it."""


def write_words(connection: sqlite3.Connection) -> None:
    """Write in which names each word is, and of names of persons, bodies and places, which sound alike."""
    names_with: dict[str, array[int]] = {}
    owners = array("I")
    for name, thing, spelled in connection.execute("SELECT name, thing, folded FROM names ORDER BY name"):
        owners.append(thing)
        if spelled is None:
            continue
        for word in {form for own in words(spelled) for form in forms(own)}:
            known = names_with.get(word)
            if known is None:
                known = names_with[word] = array("I")
            known.append(name)
    ordered = sorted(names_with)
    connection.executemany(
        "INSERT INTO words VALUES (?, ?, ?)",
        ((word, place, len(names_with[word])) for place, word in enumerate(ordered)),
    )
    connection.executemany(
        "INSERT INTO postings VALUES (?, ?)",
        ((place, names_with[word].tobytes()) for place, word in enumerate(ordered)),
    )
    connection.execute("INSERT INTO facts VALUES (?, ?)", (OWNERS, owners.tobytes()))
    _write_sounds(connection)


def _write_sounds(connection: sqlite3.Connection) -> None:
    names_with: dict[str, array[int]] = {}
    marks = ", ".join("?" * len(NAMED))
    found = connection.execute(
        f"SELECT name, text FROM names JOIN things USING (thing) WHERE kind IN ({marks}) ORDER BY name",  # noqa: S608 - marks
        tuple(NAMED),
    )
    for name, text in found:
        for key in keys(text):
            names_with.setdefault(key, array("I")).append(name)
    connection.executemany(
        "INSERT INTO sounds VALUES (?, ?)", ((key, names_with[key].tobytes()) for key in sorted(names_with))
    )
