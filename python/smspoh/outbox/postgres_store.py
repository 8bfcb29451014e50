"""What every transaction of a journal in PostgreSQL shares: its session, its clock, its end."""

from __future__ import annotations

import os
import random
import threading
import time
import weakref
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Final, TypeVar

import psycopg
from psycopg import errors

from smspoh.errors import ArgumentError, BugError, JournalCorrupt, JournalVersion, OutboxError
from smspoh.gateway.secret import checked_master_key

from .contents import Contents, checked_settings, new_job
from .key_sources import find_keys_of_job
from .postgres_database import (
    LOCKS,
    VERSION,
    as_outbox_error,
    check,
    connect,
    migrate,
    parameters,
    server_of,
    tables_of,
    told,
    version_of,
    wall_ms,
)
from .postgres_lease import Lease, leave_to_parent
from .records import Meta
from .reference import References

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .records import Settings

    T = TypeVar("T")

TRIES_MAX: Final = 10  # of a transaction that got into another's way; of each nothing is left
RETRY_S: Final = 0.02
_IN_THE_WAY: Final = (errors.DeadlockDetected, errors.SerializationFailure)

_JOBS: Final = "SELECT name FROM job WHERE %(name)s::text IS NULL OR name = %(name)s LIMIT 2"
_NEW_JOB: Final = """
INSERT INTO job (journal_id, name, policy, settle_ms, readings_min, spacing_ms, attempts_max,
    created_ms, clock_ms, master, server)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_JOB: Final = """
SELECT name, policy, settle_ms, readings_min, spacing_ms, attempts_max, master, id, created_ms,
    journal_id
FROM job WHERE name = %s
"""
_SESSION: Final = """
INSERT INTO session (id, job, clock_ms)
SELECT %(session)s, id, clock_ms FROM job WHERE id = %(job)s
"""
# The row is gone once another has taken this session for dead. Else nobody can do so before
# this transaction is over. Tables that were put back below us may have it all the same, and do not
# know what was sent since. The time is at or after that of all others.
_ADVANCE: Final = """
UPDATE session SET generation = generation + 1, clock_ms = greatest(
    %(now)s::bigint, (SELECT clock_ms FROM job WHERE id = %(job)s),
    (SELECT max(clock_ms) FROM session WHERE job = %(job)s))
WHERE id = %(session)s AND 'smspoh_outbox.message'::regclass::oid = %(tables)s
RETURNING clock_ms
"""
_SUMS: Final = """
SELECT greatest(job.clock_ms, max(session.clock_ms)),
    (job.generation + coalesce(sum(session.generation), 0))::bigint
FROM job LEFT JOIN session ON session.job = job.id WHERE job.id = %s GROUP BY job.id
"""


class PostgresStore(Contents):
    """Hold one job in a database open, beside other sessions of it.

    Args:
        address: ``postgresql://user@host/database``, or as libpq has it; after a ``#`` the
            name of the job may follow, which is needed where there are several and no
            settings.
        settings: of a new job, which is made where there is none of its name; of one that
            is there they are its own, and may be left out.
        keys: see `smspoh.outbox.key_sources.find_keys_of_job`; so is `use_keyring`.
        use_keyring: whether the operating system's keyring is asked.
        read_only: be no session, and change nothing.
        created_ms: the time, of a new job; None is the server's.
        master_key: as of `smspoh.outbox.sqlite_store.SqliteStore`.

    Raises:
        ArgumentError: the address cannot be read.
        JournalCorrupt, JournalVersion: see there.
        OutboxError: the database cannot be reached, or does not wait for its disk; there is
            no such job and no settings, other settings than its own, or a wrong key.
    """

    def __init__(
        self,
        address: str,
        *,
        settings: Settings | None = None,
        keys: Sequence[bytes] | None = None,
        use_keyring: bool = False,
        read_only: bool = False,
        created_ms: int | None = None,
        master_key: bytes | None = None,
    ) -> None:
        if master_key is not None:
            checked_master_key(master_key)
        settings = settings and checked_settings(settings)
        given, named = parameters(address)
        if settings is not None and named not in (None, settings.job):
            raise ArgumentError("the address and the settings name different jobs")
        self._mutex = threading.RLock()
        _STORES.add(self)
        self._process = os.getpid()
        self._closed = self._recovered = self._unsettled = False
        self._over: str | None = None  # why the session is
        self._read_only = read_only
        self._lease: Lease | None = None
        with ExitStack() as opened:
            self._db = opened.enter_context(connect(given, read_only=read_only))
            leave_to_parent([self._db])
            name, is_new = self._found(settings, named if settings is None else settings.job)
            place = f"{self._db.info.host}:{self._db.info.port}/{self._db.info.dbname}#{name}"
            self.ring = find_keys_of_job(place, keys=keys, use_keyring=use_keyring, create=is_new)
            if not read_only:
                self._bring(settings, created_ms, master_key)
                check(self._db)
            self._load(name, settings)
            with told("reading it"):
                self._tables = tables_of(self._db)
            self.require_master(master_key)
            if not read_only:
                self._lease = Lease(given)
                opened.callback(self._lease.release)
                with told("beginning a session"):
                    self._db.execute(_SESSION, self.named())
            opened.pop_all()

    def _found(self, settings: Settings | None, name: str | None) -> tuple[str, bool]:
        """Return the name of the job, and whether it has to be made."""
        version = version_of(self._db)
        if version == 0 and (settings is None or self._read_only):
            raise OutboxError("there is no journal in this database")
        if version < VERSION and self._read_only:
            raise JournalVersion("the journal is of an earlier release: open it for writing once")
        found: list[tuple[str]] = []
        if version:
            with told("reading it"):
                found = self._db.execute(_JOBS, {"name": name}).fetchall()
        if len(found) == 1:
            return found[0][0], False
        if len(found) > 1:
            raise OutboxError(
                "the database has several jobs: say which, with #NAME after its address"
            )
        if settings is None or self._read_only:
            raise OutboxError("there is no such job in this database")
        return settings.job, True

    def _bring(
        self, settings: Settings | None, created_ms: int | None, master_key: bytes | None
    ) -> None:
        with told("making it"), self._db.transaction():
            # One at a time: others may begin the same job now.
            self._db.execute("SELECT pg_advisory_xact_lock(%s, 0)", (LOCKS,))
            migrate(self._db, version_of(self._db))
            if settings is None or self._db.execute(_JOB, (settings.job,)).fetchone():
                return
            now_ms = wall_ms(self._db) if created_ms is None else created_ms
            columns = new_job(settings, self.ring, now_ms, master_key)
            self._db.execute(_NEW_JOB, (*columns, server_of(self._db)))

    def _load(self, name: str, settings: Settings | None) -> None:
        with told("reading it"):
            found = self._db.execute(_JOB, (name,)).fetchone()
            if found is None:
                raise JournalCorrupt("the database has lost what it knows of the job")
            *own, job, created, identity = found
            self.read_job(own, settings)
            self.job: int = job
            self.journal_id: str = identity
            self._created_ms: int = created
            # Each session draws its own references: those of one millisecond must not meet.
            self.references = References(name)
            self._clock_ms = self._summed()[0]

    def named(self, **more: object) -> dict[str, object]:
        """Return values for a query by their names, with those of the job and the session."""
        session = None if self._lease is None else self._lease.session
        return {"job": self.job, "session": session, **more}

    @property
    def unsettled(self) -> bool:
        """True when the connection was lost in a commit: nobody can tell what became of it.

        The session is over then: whoever opens the journal again finds the one or the other.
        A claim that is there was not sent, and is looked for in the history.
        """
        return self._unsettled

    def meta(self) -> Meta:
        """Return what the journal knows of itself."""
        with self.reading():
            clock_ms, generation = self._summed()
        return Meta(self.settings, self._created_ms, clock_ms, generation)

    def _summed(self) -> tuple[int, int]:
        ((clock_ms, generation),) = self._db.execute(_SUMS, (self.job,)).fetchall()
        return int(clock_ms), int(generation)

    def wall_ms(self) -> int:
        """Return the time of the server: the one clock that all sessions begin with."""
        with self.reading() as db:
            return wall_ms(db)

    def still_holds(self) -> bool:
        """Return whether what this session has in flight is its own; see `Journal`."""
        lease = self._lease
        if lease is None or self._over is not None or os.getpid() != self._process:
            return False
        if not lease.is_held():
            self._over = "its lease was lost"
        return self._over is None

    def now(self, now_ms: int) -> int:
        """Return a time that is not before any that this session has seen."""
        return max(now_ms, self._clock_ms)

    def write(self, now_ms: int | None, work: Callable[[psycopg.Connection, int], T]) -> T:
        """Do work in one transaction, durable when this returns, and return what it returns.

        Args:
            now_ms: what the caller's clock says; None is the latest time that was seen.
            work: is given the connection and the time. It may be called several times, of
                which all but the last come to nothing.

        Raises:
            OutboxError: nothing of the work has happened; but see `unsettled`.
        """
        with self._mutex:
            if not self._recovered:
                self._require_open()
                raise BugError("the journal was not recovered before it was written")
            return self.transact(now_ms, work)

    def transact(self, now_ms: int | None, work: Callable[[psycopg.Connection, int], T]) -> T:
        """Do what `write` does, before the recovery too."""
        self._require_open()
        tries = 0
        while True:
            tries += 1
            try:
                return self._once(now_ms, work)
            except _IN_THE_WAY as error:
                if tries == TRIES_MAX:
                    raise as_outbox_error(error, "writing it") from None
                time.sleep(random.uniform(0, RETRY_S * tries))  # noqa: S311 - no secret
            except psycopg.Error as error:
                raise as_outbox_error(error, "writing it") from None

    def _once(self, now_ms: int | None, work: Callable[[psycopg.Connection, int], T]) -> T:
        if not self.still_holds():
            self._require_open()
        db = self._db
        try:
            db.execute("BEGIN")
            now = self._advance(now_ms)
            result = work(db, now)
        except BaseException:
            self._roll_back()
            raise
        self._commit()
        self._clock_ms = now
        return result

    def _advance(self, now_ms: int | None) -> int:
        given = self.named(now=now_ms, tables=self._tables)
        found = self._db.execute(_ADVANCE, given).fetchone()
        if found is None:
            self._over = "another took it for dead, or its tables were put back"
            raise OutboxError(_over(self._over))
        return int(found[0])

    def _commit(self) -> None:
        try:
            done = self._db.execute("COMMIT")
        except BaseException as error:
            if isinstance(error, psycopg.Error) and not self._db.closed:
                self._roll_back()
                raise
            self._unsettled = True
            self._end("its connection was lost in a commit")
            if not isinstance(error, psycopg.Error):
                raise
            raise OutboxError(
                "the connection was lost in a commit, and nobody can tell whether the database"
                " has it: the journal must be opened again"
            ) from None
        if done.statusmessage != "COMMIT":
            raise OutboxError("the journal failed: the database took a transaction back")

    def _roll_back(self) -> None:
        with suppress(psycopg.Error):
            self._db.execute("ROLLBACK")
        if self._db.closed:
            self._end("its connection was lost")

    def _end(self, why: str) -> None:
        """End the session at once, so that others find what it had in flight."""
        self._over = self._over or why
        self._db.close()
        if self._lease is not None:
            self._lease.release()

    @contextmanager
    def reading(self, what: str = "reading it") -> Iterator[psycopg.Connection]:
        """Give the connection to a block that only reads."""
        with self._mutex, told(what):
            self._require_open(reading=True)
            try:
                yield self._db
            except psycopg.Error:
                if self._db.closed:
                    self._end("its connection was lost")
                raise

    def _require_open(self, *, reading: bool = False) -> None:
        if os.getpid() != self._process:
            raise OutboxError("the journal belongs to the process that this one was forked from")
        if self._closed:
            raise OutboxError("the journal is closed")
        if self._over is not None:
            raise OutboxError(_over(self._over))
        if self._read_only and not reading:
            raise OutboxError("the journal is open for reading alone")

    def close(self) -> None:
        """Let go of the journal. May be called twice."""
        with self._mutex:
            if self._closed:
                return
            self._closed = True
            if os.getpid() == self._process:
                self._db.close()
                if self._lease is not None:
                    self._lease.release()


def _over(why: str) -> str:
    return f"the session is over, {why}: open the journal again"


_STORES: weakref.WeakSet[PostgresStore] = weakref.WeakSet()


def _unlock_in_child() -> None:
    # Another thread of the parent may have been inside, and is not here to come out.
    for store in list(_STORES):
        store._mutex = threading.RLock()


os.register_at_fork(after_in_child=_unlock_in_child)
