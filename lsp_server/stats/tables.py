"""The tables of figures, and what each event writes into them."""

import sqlite3
from collections import OrderedDict

from lsp_server.stats.events import (
    Accepted,
    Event,
    Generated,
    Kept,
    Missed,
    Offer,
    Partly,
    Seen,
)

VERSION = 1
"""Of the tables; a file of another version is left alone."""

TABLES = ("offers", "generations", "missed")

DAYS = 90
"""How long figures are kept."""

MOST_ROWS = 500_000
"""Of each table; the oldest go first."""

Keys = OrderedDict[str, int]
"""Rows of this server's newest offers and generations: other servers have offers of the same names."""

_MOST_KEYS = 5000
_DAY_S = 86_400.0

# AUTOINCREMENT: a number is never used again. What is told of an offer after the file was
# cleared meets no row then, instead of another offer's.
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE offers(
  id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, language TEXT NOT NULL,
  characters INTEGER NOT NULL, lines INTEGER NOT NULL, tokens INTEGER NOT NULL,
  milliseconds REAL NOT NULL, source TEXT NOT NULL, automatic INTEGER NOT NULL,
  accepted INTEGER NOT NULL DEFAULT 0, partly INTEGER NOT NULL DEFAULT 0,
  kept_30s REAL, kept_5min REAL);
CREATE TABLE generations(
  id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, language TEXT NOT NULL,
  source TEXT NOT NULL, tokens INTEGER NOT NULL, shown INTEGER NOT NULL,
  milliseconds REAL NOT NULL);
CREATE TABLE missed(
  id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, language TEXT NOT NULL,
  why TEXT NOT NULL);
PRAGMA user_version = {VERSION};
COMMIT;
"""
_OFFER = (
    "INSERT INTO offers(time, language, characters, lines, tokens, milliseconds, source,"
    " automatic) VALUES(?, ?, ?, ?, ?, ?, ?, ?)"
)
_GENERATION = (
    "INSERT INTO generations(time, language, source, tokens, shown, milliseconds)"
    " VALUES(?, ?, ?, ?, ?, ?)"
)
_ACCEPTED = (
    "UPDATE offers SET accepted = 1, characters = ifnull(?, characters) WHERE id = ?"
)
_SEEN = "UPDATE generations SET shown = min(tokens, max(shown, ?)) WHERE id = ?"
_KEPT = (
    "UPDATE offers SET kept_30s = ? WHERE id = ?",
    "UPDATE offers SET kept_5min = ? WHERE id = ?",
)


class OtherVersion(sqlite3.DatabaseError):
    """The file was written by another version of this program."""


def prepare(connection: sqlite3.Connection) -> None:
    """Make the tables where there are none; raises OtherVersion, sqlite3.Error."""
    ((version,),) = connection.execute("PRAGMA user_version")
    if version == 0:
        connection.executescript(_SCHEMA)
    elif version != VERSION:
        raise OtherVersion(f"it is of version {version}, this program of {VERSION}")


def put(connection: sqlite3.Connection, event: Event, keys: Keys) -> None:
    """Write one event; of an offer that is not in ``keys`` nothing more is noted."""
    match event:
        case Offer():
            _know(keys, event.id, _inserted(connection, event))
        case Accepted(offer, characters):
            connection.execute(_ACCEPTED, (characters, keys.get(offer)))
        case Partly(offer, characters):
            query = "UPDATE offers SET partly = ? WHERE id = ?"
            connection.execute(query, (characters, keys.get(offer)))
        case Kept():
            connection.execute(_KEPT[event.look], (event.share, keys.get(event.id)))
        case Generated():
            values = (
                int(event.time),
                event.language,
                event.source,
                event.tokens,
                event.shown,
                event.milliseconds,
            )
            row = connection.execute(_GENERATION, values).lastrowid
            _know(keys, f"generation {event.id}", row or 0)
        case Seen(generation, shown):
            row = keys.get(f"generation {generation}")
            connection.execute(_SEEN, (shown, row))
        case Missed():
            connection.execute(
                "INSERT INTO missed(time, language, why) VALUES(?, ?, ?)",
                (int(event.time), event.language, event.why),
            )


def prune(connection: sqlite3.Connection, now: float) -> None:
    """Drop what is older than it may be, or more than there may be."""
    for table in TABLES:
        connection.execute(
            f"DELETE FROM {table} WHERE time < ? OR id <= "  # noqa: S608 - our own names
            f"(SELECT ifnull(max(id), 0) FROM {table}) - ?",
            (int(now - DAYS * _DAY_S), MOST_ROWS),
        )


def _know(keys: Keys, name: str, row: int) -> None:
    keys[name] = row
    keys.move_to_end(name)
    if len(keys) > _MOST_KEYS:
        keys.popitem(last=False)


def _inserted(connection: sqlite3.Connection, offer: Offer) -> int:
    values = (
        int(offer.time),
        offer.language,
        offer.characters,
        offer.lines,
        offer.tokens,
        offer.milliseconds,
        offer.source,
        offer.automatic,
    )
    return connection.execute(_OFFER, values).lastrowid or 0
