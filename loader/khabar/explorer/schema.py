"""The tables of the explorer's index, and the version of their form."""

from __future__ import annotations

from typing import Final

VERSION: Final = 1
"""Counts up with every change of the tables or of what is in them."""

APPLICATION: Final = 0x6B686278
"""What tells an index from another SQLite file: its application id."""

TABLES: Final = """
CREATE TABLE said (node INTEGER NOT NULL, alias INTEGER NOT NULL, language TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE ranks (node INTEGER PRIMARY KEY, thing INTEGER NOT NULL);
CREATE TABLE things (
    thing INTEGER PRIMARY KEY, iri TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, standing TEXT NOT NULL,
    edtf TEXT NOT NULL, earliest TEXT NOT NULL, latest TEXT NOT NULL, named INTEGER NOT NULL, weight INTEGER NOT NULL
);
CREATE TABLE names (
    name INTEGER PRIMARY KEY, thing INTEGER NOT NULL, alias INTEGER NOT NULL, language TEXT NOT NULL,
    text TEXT NOT NULL, folded TEXT
);
CREATE TABLE words (word TEXT PRIMARY KEY, place INTEGER NOT NULL, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE postings (place INTEGER PRIMARY KEY, names BLOB NOT NULL);
CREATE TABLE sounds (key TEXT PRIMARY KEY, names BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE orders (kind TEXT NOT NULL, language TEXT NOT NULL, things BLOB NOT NULL, PRIMARY KEY (kind, language));
CREATE TABLE events (
    place INTEGER PRIMARY KEY, thing INTEGER NOT NULL, types INTEGER NOT NULL, standing TEXT NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, open INTEGER NOT NULL, certain_from TEXT NOT NULL,
    certain_to TEXT NOT NULL
);
CREATE TABLE extents (
    types INTEGER NOT NULL, standing TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    open INTEGER NOT NULL, number INTEGER NOT NULL
);
CREATE TABLE types (types INTEGER NOT NULL, type TEXT NOT NULL, PRIMARY KEY (type, types)) WITHOUT ROWID;
CREATE TABLE edges (
    agent INTEGER NOT NULL, event INTEGER NOT NULL, relation TEXT NOT NULL, stance TEXT NOT NULL,
    number INTEGER NOT NULL, PRIMARY KEY (agent, event, relation, stance)
) WITHOUT ROWID;
CREATE TABLE hubs (place INTEGER PRIMARY KEY, thing INTEGER NOT NULL);
CREATE TABLE marks (
    thing INTEGER PRIMARY KEY, longitude REAL NOT NULL, latitude REAL NOT NULL, events INTEGER NOT NULL
);
CREATE TABLE terms (iri TEXT NOT NULL, language TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE facts (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
"""``said`` and ``ranks`` are there while the index is made; all others are made in the order of their keys."""

INDEXES: Final = """
DROP TABLE said;
DROP TABLE ranks;
CREATE UNIQUE INDEX things_iri ON things (iri);
CREATE INDEX names_thing ON names (thing);
CREATE INDEX names_folded ON names (folded, thing) WHERE folded IS NOT NULL;
CREATE INDEX events_thing ON events (thing);
CREATE INDEX edges_event ON edges (event, agent);
CREATE INDEX marks_events ON marks (events DESC, thing);
CREATE INDEX terms_iri ON terms (iri);
"""
