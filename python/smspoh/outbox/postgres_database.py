"""The database of journals in PostgreSQL: reached, held to durability, brought to this form."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from smspoh.errors import ArgumentError, JournalCorrupt, JournalVersion, OutboxError

from .states import pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA: Final = "smspoh_outbox"
VERSION: Final = 1
SERVER_MIN: Final = 130_000  # 13, as `server_version` counts
LOCKS: Final = 0x736D7370  # "smsp": half of each advisory lock; with 0 it is the schema's
KEEPALIVE_S: Final = 10  # of silence, after which the other end is asked
SILENCE_S_MAX: Final = 30  # after which a machine that does not answer counts as dead

# Ours: that a server which is gone is noticed.
_KEEPALIVES: Final = {
    "keepalives": 1,
    "keepalives_idle": KEEPALIVE_S,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": SILENCE_S_MAX * 1000,
    "connect_timeout": SILENCE_S_MAX,
    "application_name": "smspoh outbox",
    "client_encoding": "UTF8",
}
# The server's: that we are gone, also where it waits for us to take a reply, and that a process
# which stopped inside of a transaction lets go; whatever a role or a database has of these.
_OF_SESSION: Final = {
    "search_path": SCHEMA,
    "tcp_keepalives_idle": str(KEEPALIVE_S),
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": str(SILENCE_S_MAX * 1000),
    "default_transaction_isolation": "read committed",
    "idle_in_transaction_session_timeout": f"{SILENCE_S_MAX}s",
    "client_min_messages": "error",
}
_DURABLE: Final = ("on", "remote_apply")  # of synchronous_commit
_JOB_AFTER: Final = re.compile(r"(.*)#([A-Za-z0-9]{1,5})", re.ASCII | re.DOTALL)
_LOOSE_AT: Final = re.compile(r"[a-z]+://[^@/]*[@/][^?]*@", re.DOTALL)
# Whose words hold no value of a row: connections, rights, what is missing, our own triggers.
_SAFE_WORDS: Final = re.compile(r"(08|28|3D|42501|53|57|P0001|25006)")
_CLOSED: Final = (
    "CREATE TRIGGER transition_is_closed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE"
    " ON smspoh_outbox.transition FOR EACH STATEMENT"
    " EXECUTE FUNCTION smspoh_outbox.refuse('the table of transitions is closed')"
)
# The data directory, its history and the tables themselves: what another server, a promoted
# standby, a recovery to a point in time or a dump that was read in has of its own.
_SERVER: Final = (
    "SELECT system_identifier || ' ' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"
    " || ' ' || 'smspoh_outbox.message'::regclass::oid FROM pg_control_system()"
)


@contextmanager
def told(what: str) -> Iterator[None]:
    """Raise an error of PostgreSQL as one of ours, which says what could not be done."""
    try:
        yield
    except psycopg.Error as error:
        raise as_outbox_error(error, what) from None  # its details hold values of rows


def as_outbox_error(error: psycopg.Error, what: str) -> OutboxError:
    """Return what an error of PostgreSQL is to a user, without any value of a row."""
    name, state = type(error).__name__, error.sqlstate
    if state is None:
        return OutboxError(f"the journal failed: {what} was not possible: {name}")
    words = error.diag.message_primary if _SAFE_WORDS.match(state) else error.diag.constraint_name
    more = f": {words}" if words else ""
    return OutboxError(f"the journal failed: {what} was not possible: {name} ({state}){more}")


def parameters(address: str) -> tuple[dict[str, Any], str | None]:
    """Return what an address says of the connection, and the job that is named after a ``#``.

    Raises:
        ArgumentError: it cannot be read.
    """
    found = _JOB_AFTER.fullmatch(address)
    bare, job = (address, None) if found is None else (found[1], found[2])
    given: dict[str, Any] | None = None
    with suppress(psycopg.Error, UnicodeError):  # whose words repeat the address
        given = conninfo_to_dict(bare)
    # What is behind an @ or a / of a password would be taken for a host, and told as one.
    if given is None or _LOOSE_AT.match(bare):
        raise ArgumentError(
            "the address of the database cannot be read; it is postgresql://user@host/database,"
            " and an @, a / or another sign of that kind in a password is written as %40, %2F"
        ) from None
    return {**given, **_KEEPALIVES}, job


def connect(given: dict[str, Any], *, read_only: bool = False) -> psycopg.Connection:
    """Return a connection on which nothing but what is said begins a transaction.

    Raises:
        OutboxError: the database cannot be reached, or does not wait for the disk.
    """
    try:
        db = psycopg.connect(**given, autocommit=True)
    except psycopg.Error as error:
        words, password = " ".join(str(error).split()), given.get("password")
        if password and password in words:
            words = type(error).__name__
        raise OutboxError(f"the database cannot be reached: {words}") from None
    try:
        with told("connecting"):
            for name, value in _OF_SESSION.items():
                db.execute("SELECT set_config(%s, %s, false)", (name, value))
            _require_server(db)
            if db.info.server_version >= 140_000:
                db.execute("SELECT set_config('idle_session_timeout', '0', false)")
            if read_only:
                db.execute("SET default_transaction_read_only = on")
            else:
                make_durable(db)
    except BaseException:
        db.close()
        raise
    return db


def _require_server(db: psycopg.Connection) -> None:
    if db.info.server_version < SERVER_MIN:
        raise OutboxError("the journal needs PostgreSQL 13 or later")
    if (found := _setting(db, "server_encoding")) != "UTF8":
        raise OutboxError(
            f"the database has the encoding {found}, which cannot hold all that a gateway says:"
            " the journal needs UTF8"
        )


def make_durable(db: psycopg.Connection) -> None:
    """Have every commit wait for the disk, and refuse a server that never does."""
    for name in ("fsync", "full_page_writes"):
        if _setting(db, name) != "on":
            raise OutboxError(
                f"the server has {name} off: what it says it has can be gone after a power cut;"
                " the journal needs it on"
            )
    if _setting(db, "synchronous_commit") not in _DURABLE:
        db.execute("SET synchronous_commit = on")


def _setting(db: psycopg.Connection, name: str) -> str:
    ((value,),) = db.execute("SELECT current_setting(%s)", (name,)).fetchall()
    return str(value)


def server_of(db: psycopg.Connection) -> str:
    """Return what changes when the data is another server's, or was put back."""
    ((found,),) = db.execute(_SERVER).fetchall()
    return str(found)


def tables_of(db: psycopg.Connection) -> int:
    """Return what changes when the tables are made again, as a dump that is read in does."""
    ((found,),) = db.execute("SELECT 'smspoh_outbox.message'::regclass::oid").fetchall()
    return int(found)


def wall_ms(db: psycopg.Connection) -> int:
    """Return the time of the server, in milliseconds since 1970."""
    query = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    ((found,),) = db.execute(query).fetchall()
    return int(found)


def version_of(db: psycopg.Connection) -> int:
    """Return the version of the tables, 0 where there are none.

    Raises:
        JournalCorrupt: a schema of another program has the name.
        JournalVersion: they are of a later release.
    """
    with told("reading it"):
        tables = {
            name
            for (name,) in db.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = %s", (SCHEMA,)
            )
        }
        if not tables:
            return 0
        if not {"version", "job", "message"} <= tables:
            raise JournalCorrupt(f"the schema {SCHEMA} is another program's, not of journals")
        ((version,),) = db.execute("SELECT max(version) FROM smspoh_outbox.version").fetchall()
    if version is None or version < 1:
        raise JournalCorrupt(f"the schema {SCHEMA} has lost its version")
    if version > VERSION:
        raise JournalVersion(
            f"the journal has version {version}; this release reads up to {VERSION}"
        )
    return int(version)


def has_job(address: str, job: str | None) -> bool:
    """Return whether a database has a job: of this name, else of the address's, else any.

    Raises:
        ArgumentError, OutboxError: as `connect`.
    """
    given, named = parameters(address)
    with connect(given, read_only=True) as db:
        if version_of(db) == 0:
            return False
        query = "SELECT FROM job WHERE %(job)s::text IS NULL OR name = %(job)s LIMIT 1"
        with told("reading it"):
            return db.execute(query, {"job": job or named}).fetchone() is not None


def migrate(db: psycopg.Connection, version: int) -> None:
    """Bring the tables from a version to this one. Whoever calls has begun a transaction."""
    for bring in _MIGRATIONS[version:]:
        bring(db)


def _to_version_1(db: psycopg.Connection) -> None:
    there = db.execute("SELECT FROM pg_namespace WHERE nspname = %s", (SCHEMA,)).fetchone()
    if there is None:  # IF NOT EXISTS would ask for the right also where it is there
        db.execute("CREATE SCHEMA smspoh_outbox")
    db.execute(files("smspoh.outbox").joinpath("postgres_schema.sql").read_bytes())
    moves = [(before.value, after.value) for before, after in sorted(pairs())]
    db.cursor().executemany("INSERT INTO smspoh_outbox.transition VALUES (%s, %s)", moves)
    db.execute(_CLOSED)
    db.execute("INSERT INTO smspoh_outbox.version VALUES (1)")


_MIGRATIONS: Final = (_to_version_1,)


def check(db: psycopg.Connection) -> None:
    """Hold the transitions of the tables against this release's.

    Raises:
        JournalCorrupt: they are others.
    """
    with told("checking it"):
        moves = set(db.execute("SELECT before, after FROM smspoh_outbox.transition"))
    if moves != {(before.value, after.value) for before, after in pairs()}:
        raise JournalCorrupt("the journal allows other transitions than this release")
