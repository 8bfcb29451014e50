"""The file of a `SqliteLedger`: its tables, who may open it, and whether it is ours."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError

if TYPE_CHECKING:
    from pathlib import Path

_VERSION: Final = 2  # of the tables, in user_version
_MODE: Final = 0o600  # the file has people's numbers and texts
_TABLES: Final = """
CREATE TABLE message (
    serial INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    message TEXT NOT NULL,
    recipient TEXT NOT NULL,
    reference TEXT NOT NULL,
    scheduled_at TEXT,
    created_at TEXT NOT NULL,
    created_day TEXT NOT NULL,
    accepted_us INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    sender TEXT NOT NULL,
    network TEXT NOT NULL,
    test INTEGER NOT NULL,
    encrypted INTEGER NOT NULL,
    timeline TEXT NOT NULL,
    receipt_url TEXT,
    text TEXT NOT NULL,
    delivered_at TEXT,
    delivered_us INTEGER
);
CREATE INDEX message_recipient ON message (recipient, serial);
CREATE INDEX message_sender ON message (sender, serial);
CREATE INDEX message_day ON message (created_day, serial);
CREATE INDEX message_reference ON message (reference, recipient, delivered_us);
CREATE TABLE account (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    balance INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    reset_serial INTEGER NOT NULL
);
"""
_NAMES: Final = "SELECT name FROM sqlite_master WHERE type = 'table'"


def take_lock(path: Path) -> sqlite3.Connection:
    """Return what keeps all others from a store until it is closed.

    That is an exclusive transaction of a file beside it, which SQLite locks on each
    system as that one can. The store itself has two connections, so it cannot be it.

    Raises:
        ArgumentError: another has it, in this process or another; or the file is of
            another program, or of another release.
    """
    beside = path.with_name(f"{path.name}-lock")
    is_new = _make(beside)
    lock = sqlite3.connect(beside, check_same_thread=False, timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise ArgumentError("another sandbox has this store open") from None
        raise
    try:
        is_made(path)
    except BaseException:
        lock.close()
        if is_new:  # nobody needs a lock of what is no store
            beside.unlink()
        raise
    return lock


def prepare(path: Path, balance: int) -> None:
    """Make the tables where there are none. Whoever calls has the lock."""
    if not is_made(path):
        _make(path)
        with closing(sqlite3.connect(path, timeout=10)) as connection:
            connection.executescript(
                f"BEGIN IMMEDIATE; {_TABLES} INSERT INTO account VALUES (1, {int(balance)}, 0, 0);"  # noqa: S608 - a number
                f" PRAGMA user_version = {_VERSION}; COMMIT;"
            )
    for end in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            _protect(path.with_name(path.name + end))  # SQLite gives new ones the mode of the file


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection to a store that is prepared."""
    connection = sqlite3.connect(path, check_same_thread=False, timeout=10)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # A crash of the machine may lose the last messages, one of the program none.
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def is_made(path: Path) -> bool:
    """Return whether a file has our tables; False is an empty one, or none.

    Raises:
        ArgumentError: it is of another program, or of another release. Nothing of it is
            changed.
        sqlite3.Error: it is no file of SQLite.
    """
    if not path.exists() or path.stat().st_size == 0:
        return False
    # A connection that may write also writes when it is closed, and one that only reads
    # leaves a log beside a file that has none. Whoever has the lock of a store without a
    # log is alone with it, so that it can be read as a file that nobody changes.
    has_log = any(path.with_name(path.name + end).exists() for end in ("-wal", "-journal"))
    uri = f"{path.as_uri()}?mode=ro{'' if has_log else '&immutable=1'}"
    with closing(sqlite3.connect(uri, uri=True, timeout=10)) as reader:
        ((version,),) = reader.execute("PRAGMA user_version").fetchall()
        names = {name for (name,) in reader.execute(_NAMES)}
    if version == 0 and not names:
        return False
    if version != _VERSION or not {"message", "account"} <= names:
        raise ArgumentError("store is a file of another program, or of another release of this")
    return True


def _make(path: Path) -> bool:
    """Make an empty file that is the user's alone, and return whether there was none."""
    # Never open one that is there: closing it would give up the locks of this process.
    # What else is wrong with it, SQLite says.
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _MODE))
    except OSError:
        return False
    return True


def _protect(path: Path) -> None:
    try:
        path.chmod(_MODE)
    except PermissionError:
        raise ArgumentError("store is a file of another user") from None
