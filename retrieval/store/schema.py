"""The store's tables, and the version that says what wrote them."""

import sqlite3
import zlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from retrieval.languages import LANGUAGES

_SCHEMA = 1

_TABLES = """
CREATE TABLE IF NOT EXISTS contents(
  id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, language TEXT NOT NULL,
  chunks INTEGER NOT NULL, outline BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS texts(content INTEGER PRIMARY KEY, text BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS files(
  path TEXT PRIMARY KEY, content INTEGER, chunks INTEGER NOT NULL, size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
  stamp INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_by_stamp ON files(stamp);
CREATE INDEX IF NOT EXISTS files_by_content ON files(content);
CREATE TABLE IF NOT EXISTS state(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
  held, content='', detail=none, columnsize=0,
  tokenize="unicode61 remove_diacritics 0 tokenchars '_'");
CREATE VIRTUAL TABLE IF NOT EXISTS facts USING fts5(
  held, content='', detail=none, columnsize=0, tokenize=ascii);
"""
"""``files`` holds what was read: a file without content was skipped for its ``reason``, one
without a reason either is gone, and kept so that who follows by ``stamp`` learns of it.
``words`` has a row for each chunk, ``facts`` one for each content."""

_DECIDING = (
    *("languages.py", "keywords.py", "queries/*.scm", "syntax/*.py", "outline.py"),
    *("files/*.py", "build/reading.py", "store/packed.py", "store/schema.py"),
)


def _fingerprint() -> int:
    """Return what changes when the same file might be read into something else."""
    here = Path(__file__).parent.parent
    files = [file for name in _DECIDING for file in sorted(here.glob(name))]
    seen = [file.read_bytes() for file in files]
    packages = {"tree_sitter", *(one.grammar for one in LANGUAGES if one.grammar)}
    seen += [_installed(name).encode() for name in sorted(packages)]
    return zlib.crc32(b"\0".join(seen), _SCHEMA) & 0x7FFF_FFFF


def _installed(module: str) -> str:
    try:
        return version(module.replace("_", "-"))
    except PackageNotFoundError:
        return ""


VERSION = _fingerprint()


def create(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty store; raises sqlite3.Error where it is another's."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found == VERSION:
        connection.execute("SELECT stamp FROM files LIMIT 1").fetchone()
        connection.execute("SELECT max(id) FROM contents").fetchone()
        return
    if found or connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise sqlite3.DatabaseError("made by another version")
    connection.executescript(
        f"BEGIN IMMEDIATE;{_TABLES}PRAGMA user_version = {VERSION};COMMIT;"
    )
