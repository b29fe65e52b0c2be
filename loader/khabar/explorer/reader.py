"""The file of an index, open for reading from any number of threads."""

from __future__ import annotations

import functools
import sqlite3
import threading
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import msgspec

from khabar import vocabulary
from khabar.errors import FileFailed, StoreFailed
from khabar.explorer import schema
from khabar.explorer.entries import KINDS_OF, nearest
from khabar.explorer.kinds import KINDS
from khabar.explorer.overview import WRITTEN, Summary
from khabar.explorer.values import Dates, Kind, Text, Thing
from khabar.explorer.words import OWNERS
from khabar.iris import local_name
from khabar.languages import LANGUAGES, spoken

_BATCH: Final = 500
_THINGS: Final = "SELECT thing, iri, kind, type, standing, edtf, earliest, latest, named FROM things WHERE thing IN"
_WIDTH: Final = 4


class Reader:
    """The tables of an index; every thread has a connection of its own."""

    def __init__(self, path: Path | str) -> None:
        """Open the file; raises FileFailed where there is none, StoreFailed for another file or another version."""
        self.path = str(path)
        self._own = threading.local()
        self._lock = threading.Lock()
        self._connections: list[sqlite3.Connection] = []
        try:
            with Path(path).open("rb"):
                pass
        except OSError as error:
            raise FileFailed.from_os(path, error, "the index of a store") from None
        application, version = self._pragma("application_id"), self._pragma("user_version")
        if (application, version) != (schema.APPLICATION, schema.VERSION):
            self.close()
            is_index = application == schema.APPLICATION
            raise StoreFailed(
                where=self.path,
                expected=f"an index of version {schema.VERSION}",
                found=f"one of version {version}" if is_index else "another file",
                remedy="make the index again",
            )

    def _pragma(self, name: str) -> int:
        try:
            ((value,),) = self.rows(f"PRAGMA {name}")
        except StoreFailed:
            return 0
        return int(value)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._own = threading.local()

    def rows(self, sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Any]:
        """The rows of a query; raises StoreFailed where the file cannot be read."""
        try:
            return self._connection().execute(sql, values).fetchall()
        except UnicodeEncodeError:
            # A request can hold half a letter; nothing in a store does.
            return []
        except sqlite3.Error as error:
            raise StoreFailed(where=self.path, expected="an index that can be read", found=str(error)) from None

    def _connection(self) -> sqlite3.Connection:
        known: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if known is None:
            # A file that is replaced is another file: what is open does not change.
            address = f"file:{quote(str(Path(self.path).absolute()))}?mode=ro&immutable=1"
            known = sqlite3.connect(address, uri=True, check_same_thread=False)
            known.execute("PRAGMA mmap_size = 1073741824")
            self._own.connection = known
            with self._lock:
                self._connections.append(known)
        return known

    def fact(self, key: str) -> bytes:
        """One of the facts of the index."""
        ((value,),) = self.rows("SELECT value FROM facts WHERE key = ?", (key,))
        return bytes(value)

    @functools.cached_property
    def summary(self) -> Summary:
        """What the store holds as a whole."""
        return msgspec.json.decode(self.fact(WRITTEN), type=Summary)

    @functools.cached_property
    def owners(self) -> array[int]:
        """The thing that has each name, by the numbers of both."""
        return array("I", self.fact(OWNERS))

    @functools.cached_property
    def kinds(self) -> list[Kind]:
        """The kind of each thing, by its number."""
        return list(map(KINDS.__getitem__, self.fact(KINDS_OF)))

    def number(self, iri: str) -> int | None:
        """The number of the thing with an IRI."""
        found = self.rows("SELECT thing FROM things WHERE iri = ?", (iri,))
        return int(found[0][0]) if found else None

    def kind_of(self, iri: str) -> Kind | None:
        """The kind of the thing with an IRI."""
        found = self.rows("SELECT kind FROM things WHERE iri = ?", (iri,))
        return found[0][0] if found else None

    def things(self, numbers: Sequence[int], language: str) -> tuple[Thing, ...]:
        """The things with ``numbers``, in their order."""
        rows = {row[0]: row[1:] for row in self._in(_THINGS, numbers)}
        names = self._names({row[-1] for row in rows.values()}, language)
        return tuple(_thing(rows[one], names.get(rows[one][-1])) for one in numbers if one in rows)

    def named(self, iris: Sequence[str], language: str) -> tuple[Thing, ...]:
        """The things with ``iris``, in the order of their numbers."""
        found = self._in("SELECT thing FROM things WHERE iri IN", iris)
        return self.things(sorted(one for (one,) in found), language)

    def listed(self, kind: Kind, language: str, limit: int, offset: int) -> tuple[tuple[Thing, ...], int]:
        """Some things of a kind in the order of their list, and how many there are."""
        # A blob of numbers is cut in the file: nothing of a long list is read but what is shown.
        found = self.rows(
            "SELECT substr(things, ?, ?), length(things) FROM orders WHERE kind = ? AND language = ?",
            (offset * _WIDTH + 1, limit * _WIDTH, kind, spoken(language) or LANGUAGES[0]),
        )
        if not found:
            return (), 0
        ((numbers, length),) = found
        return self.things(array("I", numbers), language), length // _WIDTH

    def term(self, iri: str, language: str) -> Text:
        """The name of a class or a concept: as the store has it, or khabar's own, or else the end of its IRI."""
        found = self.rows("SELECT language, text FROM terms WHERE iri = ?", (iri,))
        if found:
            return _preferred([(0, *one) for one in found], language)
        known = spoken(language) or LANGUAGES[0]
        try:
            return Text(vocabulary.label(iri, known), known)
        except KeyError:
            return Text(local_name(iri))

    def _names(self, numbers: Iterable[int], language: str) -> dict[int, Text]:
        found: dict[int, list[tuple[int, str, str]]] = {}
        sql = "SELECT thing, alias, language, text FROM names WHERE thing IN"
        for thing, *name in self._in(sql, sorted(numbers)):
            found.setdefault(thing, []).append(tuple(name))
        return {thing: _preferred(names, language) for thing, names in found.items()}

    def _in(self, sql: str, values: Sequence[object]) -> list[Any]:
        """The rows of a query that ends with IN, for any number of values."""
        return [
            row
            for start in range(0, len(values), _BATCH)
            for row in self.rows(
                f"{sql} ({', '.join('?' * len(values[start : start + _BATCH]))})", tuple(values[start : start + _BATCH])
            )
        ]


def _preferred(names: list[tuple[int, str, str]], language: str) -> Text:
    wanted = language.lower()
    _, tag, text = min(names, key=lambda name: (name[0], nearest(name[1], wanted), name[2]))
    return Text(text, tag)


def _thing(row: tuple[Any, ...], name: Text | None) -> Thing:
    iri, kind, one, standing, edtf, earliest, latest, _ = row
    return Thing(
        iri=iri,
        kind=kind,
        type=one,
        name=name or Text(local_name(iri)),
        dates=Dates(edtf=edtf, earliest=earliest, latest=latest),
        standing=standing,
    )
