"""An index of a store, made once: all that lists, searches, the timeline, the network and the map are answered from."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from khabar.errors import FileFailed
from khabar.explorer import schema
from khabar.explorer.entries import Entries, standings_of, write_names, write_orders, write_things
from khabar.explorer.extents import Days, certain, possible
from khabar.explorer.overview import WRITTEN, summary
from khabar.explorer.partitions import PARTITIONS, partitions
from khabar.explorer.relations import Relations
from khabar.explorer.survey import UNDATED, Name, Progress, Survey, is_iri, survey
from khabar.explorer.words import write_words
from khabar.files import replaced

if TYPE_CHECKING:
    import pyoxigraph

_CHUNK: Final = 10_000


def build_index(store: pyoxigraph.Store, path: Path | str, *, progress: Progress | None = None) -> None:
    """Read ``store`` once and make the index of it, the file ``path``, which is replaced whole or left as it was.

    ``progress`` is told now and then how many quads were read, and of how many. Odd data is left out. Raises
    StoreFailed where the store cannot be read, FileFailed where the file cannot be written.
    """
    target = Path(path)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name[:50]}.", dir=target.parent) as folder:
            made = Path(folder, "index")
            with contextlib.closing(sqlite3.connect(made, isolation_level=None)) as connection:
                _make(connection, store, progress)
            with replaced(target) as file, made.open("rb") as written:
                shutil.copyfileobj(written, file, 1 << 20)
    except OSError as error:
        raise FileFailed.from_os(path, error, "a file that can be written") from None
    except sqlite3.OperationalError as error:
        raise FileFailed(where=str(path), expected="a file that can be written", found=str(error)) from None


def _make(connection: sqlite3.Connection, store: pyoxigraph.Store, progress: Progress | None) -> None:
    # The file is copied to its place when it is whole: until then nothing in it need last.
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION}")
    connection.execute(f"PRAGMA user_version = {schema.VERSION}")
    connection.executescript(schema.TABLES)
    connection.execute("BEGIN")
    found = _surveyed(connection, store, progress)
    entries = Entries(found)
    _write_names_and_things(connection, found, entries)
    _write_events(connection, found, entries)
    _write_terms(connection, found)
    facts = {WRITTEN: msgspec.json.encode(summary(found, entries)), PARTITIONS: msgspec.json.encode(partitions(found))}
    connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
    del found, entries
    write_words(connection)
    connection.execute("COMMIT")
    connection.executescript(schema.INDEXES)
    connection.execute("ANALYZE")


def _surveyed(connection: sqlite3.Connection, store: pyoxigraph.Store, progress: Progress | None) -> Survey:
    waiting: list[Name] = []

    def flush() -> None:
        connection.executemany("INSERT INTO said VALUES (?, ?, ?, ?)", waiting)
        waiting.clear()

    def keep(name: Name) -> None:
        waiting.append(name)
        if len(waiting) == _CHUNK:
            flush()

    found = survey(store, keep, progress)
    flush()
    return found


def _write_names_and_things(connection: sqlite3.Connection, found: Survey, entries: Entries) -> None:
    relations = Relations(found, entries)
    relations.write(connection)
    write_things(connection, found, entries, relations.weights)
    del relations
    write_orders(connection, found, entries, write_names(connection, entries))


def _write_events(connection: sqlite3.Connection, found: Survey, entries: Entries) -> None:
    """Write the events that have a day, in the order of their days, and how many there are of each extent."""
    standings = standings_of(found, entries)
    dated = []
    used: set[int] = set()
    for thing in entries.of("event"):
        node = entries.list[thing].node
        used.add(found.types[node])
        when = found.dates.get(node, UNDATED)
        days = possible(when)
        if days is not None:
            dated.append((days, found.nodes[node], thing, found.types[node], certain(when)))
    dated.sort()

    def rows() -> Iterator[tuple[object, ...]]:
        for place, (days, _, thing, types, sure) in enumerate(dated):
            yield place, thing, types, standings.get(thing, ""), *days, *sure

    connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows())
    extents: Counter[tuple[int, str, Days]] = Counter(
        (types, standings.get(thing, ""), days) for days, _, thing, types, _ in dated
    )
    connection.executemany(
        "INSERT INTO extents VALUES (?, ?, ?, ?, ?, ?)",
        ((types, standing, *days, number) for (types, standing, days), number in sorted(extents.items())),
    )
    pairs = sorted((one, types) for types in used for one in entries.closures[types])
    connection.executemany("INSERT INTO types VALUES (?, ?)", ((types, one) for one, types in pairs))


def _write_terms(connection: sqlite3.Connection, found: Survey) -> None:
    """Write the names of the classes of the store, which are no things."""
    used = sorted({one for types in found.typesets for one in types if is_iri(found.nodes[one])})
    connection.execute("CREATE INDEX said_node ON said (node)")
    connection.executemany(
        "INSERT INTO terms SELECT ?, language, text FROM said WHERE node = ? AND NOT alias",
        ((found.nodes[one], one) for one in used),
    )
