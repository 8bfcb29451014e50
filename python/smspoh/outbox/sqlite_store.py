"""What every transaction of a journal in SQLite shares: its lock, its clock, its durability."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Final

from smspoh.errors import BugError, JournalCorrupt, JournalVersion, OutboxError
from smspoh.gateway.secret import checked_master_key

from .clock import machine_ms
from .contents import Contents, checked_settings, new_job
from .files import Lock, Sidecar
from .key_sources import find_keys
from .records import Meta, Recovered
from .reference import References
from .sqlite_file import (
    VERSION,
    check,
    connect,
    create_file,
    make_durable,
    migrate,
    told,
    version_of,
)
from .states import Event, sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from .records import Settings

_NEW_JOB: Final = "INSERT INTO job VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)"
_SETTINGS: Final = "name, policy, settle_ms, readings_min, spacing_ms, attempts_max, master"
_ADVANCE: Final = "UPDATE job SET clock_ms = ?, generation = ?"
_MADE_AMBIGUOUS: Final = (
    "UPDATE message SET state = 'AMBIGUOUS', since_ms = ?, readings = 0, read_ms = NULL,"
    " retry_ms = NULL WHERE state = ?"
)


class SqliteStore(Contents):
    """Hold the file of a journal open, for this process alone.

    Args:
        path: the file; its folder must be there.
        settings: of a new journal, which is made where there is none; of one that is
            there they are its own, and may be left out.
        keys: see `smspoh.outbox.key_sources.find_keys`; so is `use_keyring`.
        use_keyring: whether the operating system's keyring is asked.
        read_only: take no lock, check nothing, change nothing. That works beside the
            process that sends, and with a journal that is damaged.
        created_ms: the time, of a new journal.
        master_key: what the keys of a new journal's encrypted messages are derived from, by
            `derive_encrypt_key`; None makes one. It is kept, sealed, and may be left out
            for a journal that is there.

    Raises:
        JournalLocked, JournalCorrupt, JournalVersion: see there.
        OutboxError: there is no journal and no settings, or there was one, as its generation
            beside it says; other settings than its own, a wrong key, or the disk failed.
    """

    def __init__(
        self,
        path: Path,
        *,
        settings: Settings | None = None,
        keys: Sequence[bytes] | None = None,
        use_keyring: bool = False,
        read_only: bool = False,
        created_ms: int = 0,
        master_key: bytes | None = None,
    ) -> None:
        if master_key is not None:
            checked_master_key(master_key)
        self.path = path = path.resolve()  # by whatever name it is opened
        settings = settings and checked_settings(settings)
        self._mutex = threading.RLock()
        self._closed = False
        self._recovered = False
        self._clock_ms = self._generation = 0
        self._unsettled = False
        self._unnoted = False
        self._read_only = read_only
        self._lock: Lock | None = None
        with ExitStack() as opened:
            if not read_only:
                self._lock = Lock(path.with_name(f"{path.name}-lock"))
                opened.callback(self._lock.release)
            self._db, version = self._opened(path, settings)
            opened.callback(self._db.close)
            self.ring = find_keys(path, keys=keys, use_keyring=use_keyring, create=version == 0)
            if version < VERSION:
                self._bring(version, settings, created_ms, master_key)
            self._load(settings)
            self.require_master(master_key)
            self._sidecar = Sidecar(path.with_name(f"{path.name}-generation"), self._journal_id)
            opened.pop_all()

    def _opened(self, path: Path, settings: Settings | None) -> tuple[sqlite3.Connection, int]:
        if not path.exists():
            _require_never_made(path)
            if settings is None or self._read_only:
                raise OutboxError("there is no journal at this path")
        if not self._read_only:
            create_file(path)
        db = connect(path, read_only=self._read_only)
        try:
            version = version_of(db)
            if version == 0:
                _require_never_made(path)
            _require_tables(version, settings, read_only=self._read_only)
            if not self._read_only:
                make_durable(db)
                if version == VERSION:
                    check(db)
        except BaseException:
            db.close()
            raise
        return db, version

    def _bring(
        self, version: int, settings: Settings | None, created_ms: int, master_key: bytes | None
    ) -> None:
        with told("making it"), self._transaction():
            migrate(self._db, version)
            if version == 0 and settings is not None:
                self._db.execute(_NEW_JOB, new_job(settings, self.ring, created_ms, master_key))
        check(self._db)

    def _load(self, settings: Settings | None) -> None:
        with told("reading it"):
            found = self._db.execute(
                f"SELECT {_SETTINGS}, journal_id, created_ms, clock_ms, generation FROM job"  # noqa: S608 - constants
            ).fetchone()
            ((last, self._last_id),) = self._db.execute(
                "SELECT (SELECT max(reference) FROM message),"
                " (SELECT coalesce(max(id), 0) FROM message)"
            ).fetchall()
        if found is None:
            raise JournalCorrupt("the journal has lost what it knows of its job")
        *own, identity, created, clock, generation = found
        self.read_job(own, settings)
        self._journal_id: str = identity
        self._created_ms: int = created
        self._clock_ms, self._generation = int(clock), int(generation)
        self.references = References(self.settings.job, last=last)

    @property
    def db(self) -> sqlite3.Connection:
        """The connection, inside of `writing`."""
        return self._db

    @property
    def unsettled(self) -> bool:
        """True when a commit failed so that it may be on the disk all the same.

        The journal takes nothing more then: whoever opens it again finds the one or the
        other. A claim that is there was not sent, and is looked for in the history.
        """
        return self._unsettled

    def next_id(self, count: int) -> int:
        """Return the first of `count` ids in a row that no message has had."""
        first: int = self._last_id + 1
        self._last_id += count
        return first

    def wall_ms(self) -> int:
        """Return the time of the machine: the clock that this journal's begins with."""
        return machine_ms()

    def meta(self) -> Meta:
        """Return what the journal knows of itself."""
        return Meta(self.settings, self._created_ms, self._clock_ms, self._generation)

    def still_holds(self) -> bool:
        """Return True: the lock lives as long as the process does."""
        return True

    def recover(self, now_ms: int, *, restored: bool = False) -> Recovered:
        """Make AMBIGUOUS whatever was in flight in a process that is gone; once.

        Where the file is older than what was done with it, that goes for all that is not
        at its end.
        """
        with self._mutex:
            if self._recovered:
                return Recovered(0)
            self._require_open()
            try:
                seen = self._sidecar.read()
            except OSError as error:
                raise OutboxError(f"its generation cannot be read: {error.strerror}") from error
            older = self._generation > 0 if seen is None else seen > self._generation
            restored = restored or older
            event = Event.RESTORE if restored else Event.CRASH
            moved = 0
            if self._generation == 0 and seen is None:
                # Before the first transaction: a journal without it is a backup from then on.
                self._start_sidecar()
            with self._advancing(now_ms, seen or 0) as now:
                for before in sources(event, self.settings.policy):
                    moved += self._db.execute(_MADE_AMBIGUOUS, (now, before.value)).rowcount
            self._start_sidecar()
            self._recovered = True
            return Recovered(moved, restored)

    def _start_sidecar(self) -> None:
        try:
            self._sidecar.start(self._generation)
        except OSError as error:
            raise OutboxError(f"its generation cannot be kept: {error.strerror}") from error

    @contextmanager
    def writing(self, now_ms: int | None) -> Iterator[int]:
        """Make one transaction of a block, durable at its end, and give it the time.

        Args:
            now_ms: what the caller's clock says; None is the latest time that was seen.

        Raises:
            OutboxError: nothing of the block has happened; but see `unsettled`.
        """
        with self._mutex:
            self._require_open()
            if not self._recovered:
                raise BugError("the journal was not recovered before it was written")
            if self._unsettled:
                raise OutboxError("the disk failed before: the journal must be opened again")
            if self._unnoted and not self._note():
                raise OutboxError("the generation beside the journal cannot be written")
            with self._advancing(now_ms) as now:
                yield now
            # From here on the transaction is on the disk, and what fails cannot undo it.
            self._unnoted = not self._note()

    def _note(self) -> bool:
        try:
            self._sidecar.note(self._generation)
        except OSError:
            return False
        return True

    @contextmanager
    def reading(self, what: str = "reading it") -> Iterator[sqlite3.Connection]:
        """Give the connection to a block that only reads."""
        with self._mutex, told(what):
            self._require_open(reading=True)
            yield self._db

    @contextmanager
    def _advancing(self, now_ms: int | None, beyond: int = 0) -> Iterator[int]:
        now = self._clock_ms if now_ms is None else max(now_ms, self._clock_ms)
        generation = max(self._generation, beyond) + 1
        with told("writing it"), self._transaction():
            yield now
            self._db.execute(_ADVANCE, (now, generation))
        self._clock_ms, self._generation = now, generation

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        try:
            self._db.execute("COMMIT")
        except BaseException:
            self._roll_back()
            self._settle()
            raise

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _settle(self) -> None:
        """Write over a commit that failed, which may be whole on the disk all the same.

        Without it, the next start could find what the caller was told has not happened.
        """
        self._unsettled = True
        with suppress(sqlite3.Error):
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(_ADVANCE, (self._clock_ms, self._generation + 1))
            self._db.execute("COMMIT")
            self._generation += 1
            self._unsettled = False
        self._roll_back()

    def _require_open(self, *, reading: bool = False) -> None:
        if self._closed:
            raise OutboxError("the journal is closed")
        if self._lock is None and not reading:
            raise OutboxError("the journal is open for reading alone")
        if self._lock is not None and not self._lock.held:
            raise OutboxError("the journal belongs to the process that this one was forked from")

    def close(self) -> None:
        """Let go of the journal. May be called twice."""
        with self._mutex:
            if self._closed:
                return
            self._closed = True
            forked = self._lock is not None and not self._lock.held
            try:
                if not forked:
                    with told("closing it"):
                        self._db.close()
            finally:
                self._sidecar.close(None if forked else self._generation)
                if self._lock is not None:
                    self._lock.release()


def _require_never_made(path: Path) -> None:
    """Refuse to begin anew where a journal was: all that it sent would be sent again."""
    beside = path.with_name(f"{path.name}-generation")
    if beside.exists():
        raise OutboxError(
            f"the journal is gone, and what it sent is not known: {beside.name} beside it says"
            " that there was one. Put the journal back; or move that file away, and all is sent"
            " from the beginning"
        )


def _require_tables(version: int, settings: Settings | None, *, read_only: bool) -> None:
    if version == 0 and (settings is None or read_only):
        raise OutboxError("there is no journal at this path, but an empty file")
    if version < VERSION and read_only:
        raise JournalVersion("the journal is of an earlier release: open it for writing once")
