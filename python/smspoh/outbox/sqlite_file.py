"""The file of a journal in SQLite: made, checked, brought to this release's form."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from smspoh.errors import JournalCorrupt, JournalVersion, OutboxError

from .files import MODE, sync_folder
from .states import State, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION_ID: Final = 0x736D7370  # "smsp"
VERSION: Final = 1
SQLITE_MIN: Final = (3, 37, 0)  # STRICT tables; RETURNING came before
WAL_PAGES_MAX: Final = 4000  # 16 MB, after which SQLite moves them into the file
CACHE_KIB: Final = 49_152  # a sort may take as much again

_CLOSED: Final = """
CREATE TRIGGER transition_takes_nothing BEFORE INSERT ON transition
BEGIN SELECT RAISE(ABORT, 'the table of transitions is closed'); END;
CREATE TRIGGER transition_changes_nothing BEFORE UPDATE ON transition
BEGIN SELECT RAISE(ABORT, 'the table of transitions is closed'); END;
CREATE TRIGGER transition_loses_nothing BEFORE DELETE ON transition
BEGIN SELECT RAISE(ABORT, 'the table of transitions is closed'); END;
"""


@contextmanager
def told(what: str) -> Iterator[None]:
    """Raise an error of SQLite as one of ours, which says what could not be done."""
    try:
        yield
    except sqlite3.Error as error:
        raise as_outbox_error(error, what) from error


def as_outbox_error(error: sqlite3.Error, what: str) -> OutboxError:
    """Return what an error of SQLite is to a user. SQLite's words hold no value of a row."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return JournalCorrupt(f"the journal is damaged, or not one: {what} was not possible")
    return OutboxError(f"the journal failed: {what} was not possible: {error}")


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Return a connection on which nothing but what is said begins a transaction."""
    if sqlite3.sqlite_version_info < SQLITE_MIN:
        raise OutboxError("the journal needs SQLite 3.37 or later")
    mode = "ro" if read_only else "rwc"
    with told("opening it"):
        connection = sqlite3.connect(
            f"{path.as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=10,
        )
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        except BaseException:
            connection.close()
            raise
    return connection


def make_durable(connection: sqlite3.Connection) -> None:
    """Have every commit wait for the disk."""
    with told("opening it"):
        ((mode,),) = connection.execute("PRAGMA journal_mode = WAL").fetchall()
        if mode != "wal":
            raise OutboxError("the journal is on a file system that SQLite's log does not work on")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # macOS waits for no disk without it
        connection.execute("PRAGMA checkpoint_fullfsync = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES_MAX}")


def create_file(path: Path) -> None:
    """Make an empty file that is the user's alone, where there is none, and wait for it."""
    try:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, MODE))
        sync_folder(path.parent)
    except OSError as error:
        raise OutboxError(f"the journal cannot be made: {error.strerror}") from error


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of a journal's tables, 0 for an empty file.

    Raises:
        JournalCorrupt: a file of another program, or no database.
        JournalVersion: one of a later release.
    """
    with told("reading it"):
        ((application,),) = connection.execute("PRAGMA application_id").fetchall()
        ((version,),) = connection.execute("PRAGMA user_version").fetchall()
        ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
    if application == 0 and version == 0 and tables == 0:
        return 0
    if application != APPLICATION_ID or version < 1:
        raise JournalCorrupt("this is a file of another program, not a journal")
    if version > VERSION:
        raise JournalVersion(
            f"the journal has version {version}; this release reads up to {VERSION}"
        )
    return int(version)


def is_unmade(path: Path) -> bool:
    """Return whether a file is what a process left that died while it made a journal."""
    try:
        with closing(connect(path.resolve(), read_only=True)) as connection:
            return version_of(connection) == 0
    except OutboxError:  # whoever opens it says what is wrong
        return False


def check(connection: sqlite3.Connection) -> None:
    """Read the whole journal.

    Raises:
        JournalCorrupt: a page of it is damaged, or its transitions are not this release's.
    """
    with told("checking it"):
        # The checks of the columns were made when they were written, and take longer than
        # all else together: with them a million rows are not open within seconds.
        connection.execute("PRAGMA ignore_check_constraints = ON")
        try:
            ((found,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
        finally:
            connection.execute("PRAGMA ignore_check_constraints = OFF")
        moves = set(connection.execute("SELECT before, after FROM transition"))
        states = {state for (state,) in connection.execute("SELECT DISTINCT state FROM message")}
    if found != "ok" or not states <= set(State):
        raise JournalCorrupt("the journal is damaged: it can be read with read_only, not sent from")
    if moves != {(before.value, after.value) for before, after in pairs()}:
        raise JournalCorrupt("the journal allows other transitions than this release")


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables from a version to this one. Whoever calls has begun a transaction."""
    for bring in _MIGRATIONS[version:]:
        bring(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _to_version_1(connection: sqlite3.Connection) -> None:
    _run(connection, files("smspoh.outbox").joinpath("schema.sql").read_text("utf-8"))
    moves = [(before.value, after.value) for before, after in sorted(pairs())]
    connection.executemany("INSERT INTO transition VALUES (?, ?)", moves)
    _run(connection, _CLOSED)


_MIGRATIONS: Final = (_to_version_1,)


def _run(connection: sqlite3.Connection, script: str) -> None:
    # Not executescript: it would end the transaction that this must be a part of.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
