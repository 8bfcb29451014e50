"""The outbox as a program uses it: a journal, opened in the right order, and its clock."""

from __future__ import annotations

import sqlite3
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

from smspoh.errors import ArgumentError, OutboxError

from . import handoff
from .addresses import is_address
from .clock import SteadyClock, machine_ms
from .deliveries import take_receipts
from .records import RepeatWarning, Settings
from .sqlite_journal import SqliteJournal
from .states import Policy

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from types import TracebackType
    from typing import Any

    import psycopg

    from smspoh.gateway.webhook.receipt import Receipt

    from .deliveries import Taken
    from .journal import Journal
    from .postgres_journal import PostgresJournal
    from .records import Counts, Enqueued
    from .rows import RowLike

    AnyJournal: TypeAlias = SqliteJournal | PostgresJournal


class Outbox:
    """Keep messages until each has come to one end state.

    Opening takes the lock, checks the journal, and makes AMBIGUOUS what was in flight in
    a process that is gone; `recovered` says how many that were.

    Args:
        path_or_address: the journal, made where there is none: a file, or the address of a
            database of PostgreSQL, as a str that begins with ``postgresql://``. There
            several processes may have one job open; see
            `smspoh.outbox.postgres_store.PostgresStore`.
        settings: of a new journal, or the name of its job for the defaults; one that is
            there has its own.
        keys: each 32 bytes, the one in use first; None looks for them, see
            `smspoh.outbox.key_sources.find_keys`.
        use_keyring: whether the operating system's keyring is asked.
        master_key: at least 16 random bytes, from which the `encrypt_key` of each encrypted
            message that brings none is derived, by `derive_encrypt_key` with its reference.
            None makes one with the journal, which keeps it in any case.
        restored: the journal was put back from a backup, though it may not show it: all
            that is not at its end is AMBIGUOUS then.

    Raises:
        JournalLocked: another has the journal open.
        JournalCorrupt: it is damaged, or not one.
        JournalVersion: it is of a later release.
        OutboxError: a wrong key, other settings or another master key than its own, or the
            disk failed.

    Warns:
        RepeatWarning: the policy of the job is ``at_least_once``.
    """

    def __init__(
        self,
        path_or_address: str | os.PathLike[str],
        settings: Settings | str | None = None,
        *,
        keys: Sequence[bytes] | None = None,
        use_keyring: bool = False,
        master_key: bytes | None = None,
        restored: bool = False,
    ) -> None:
        if isinstance(settings, str):
            settings = Settings(settings)
        journal = open_journal(
            path_or_address,
            settings=settings,
            keys=keys,
            use_keyring=use_keyring,
            created_ms=None if is_address(path_or_address) else machine_ms(),
            master_key=master_key,
        )
        try:
            self.clock = SteadyClock(journal.meta().clock_ms, wall_ms=journal.wall_ms)
            self.recovered = journal.recover(self.clock.now_ms(), restored=restored)
        except BaseException:
            journal.close()
            raise
        self._journal = journal
        if journal.settings.policy is Policy.AT_LEAST_ONCE:
            warnings.warn(
                "the policy at_least_once may send a message twice", RepeatWarning, stacklevel=2
            )

    @property
    def journal(self) -> Journal:
        """The journal, for whoever sends."""
        return self._journal

    def enqueue(self, rows: Iterable[RowLike]) -> Enqueued:
        """Take messages in; they survive the process and the machine once this returns.

        Args:
            rows: each an `OutgoingMessage` to one recipient, a `Row`, or a mapping of
                the fields of either. They are taken as they come.

        Raises:
            EnqueueError: `rows_committed` says from where to go on.
        """
        return self._journal.enqueue(rows, self.clock.now_ms())

    def enqueue_in(
        self, connection: sqlite3.Connection | psycopg.Connection[Any], rows: Iterable[RowLike]
    ) -> Enqueued:
        """Enqueue rows in a transaction of the caller's own database.

        They are there if and only if it is committed. From a database of SQLite
        `take_over` brings them here; a process that has not the journal calls
        `smspoh.outbox.handoff.enqueue_in`. In PostgreSQL the database must be the
        journal's own, and the rows are in the journal with the commit.

        Raises:
            ArgumentError: no transaction is open, and the connection does not begin one; or
                it is to PostgreSQL, and the journal is a file.
            EnqueueError: nothing of the call is left in the transaction.
        """
        if not isinstance(connection, sqlite3.Connection):
            return self._enqueue_in_postgres(connection, rows)
        job = self._journal.settings.job
        return handoff.enqueue_in(connection, rows, job=job, ring=self._journal.ring)

    def _enqueue_in_postgres(
        self, connection: psycopg.Connection[Any], rows: Iterable[RowLike]
    ) -> Enqueued:
        if isinstance(self._journal, SqliteJournal):
            raise ArgumentError("the journal is a file: it takes a connection to SQLite alone")
        from .postgres_enqueue import enqueue_in  # noqa: PLC0415 - an extra

        journal = self._journal
        return enqueue_in(connection, journal, rows, journal.now(self.clock.now_ms()))

    def take_over(self, connection: sqlite3.Connection) -> int:
        """Bring here what `enqueue_in` left in a caller's database; how many rows that were.

        Raises:
            OutboxError: call again; nothing is lost, and nothing is there twice.
        """
        now_ms = self.clock.now_ms()
        return handoff.take_over(connection, self._journal, self._journal.ring, now_ms)

    def take_receipts(self, receipts: Iterable[Receipt]) -> Taken:
        """Take receipts in: once this returns, the webhook may say 200.

        Args:
            receipts: as `smspoh.gateway.webhook.parse_receipt` returns them.

        Raises:
            OutboxError: the journal failed, and nothing was taken.
        """
        return take_receipts(self._journal, receipts, self.clock.now_ms())

    def suppress(self, numbers: Iterable[str]) -> int:
        """Send nothing to numbers from now on; how many messages that cancelled.

        Args:
            numbers: in any form; they are compared by their digits, 09 being 959.
        """
        return self._journal.suppress(numbers, self.clock.now_ms())

    def counts(self) -> Counts:
        """Count the messages, by state and by status of delivery."""
        return self._journal.counts()

    def close(self) -> None:
        """Let go of the journal. May be called twice."""
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Outbox job={self._journal.settings.job!r}>"


def open_journal(path_or_address: str | os.PathLike[str], **options: Any) -> AnyJournal:
    """Open the journal at a path or an address, with the options that both have.

    Raises:
        ArgumentError, OutboxError: as `SqliteJournal` and `PostgresJournal`, or psycopg is
            not installed.
    """
    if not is_address(path_or_address):
        return SqliteJournal(Path(path_or_address), **options)
    require_psycopg()
    from .postgres_journal import PostgresJournal  # noqa: PLC0415 - an extra

    return PostgresJournal(path_or_address, **options)


def require_psycopg() -> None:
    """Say what is missing where the driver of PostgreSQL cannot be imported.

    Raises:
        OutboxError: psycopg, or the library below it, is not installed.
    """
    try:
        import psycopg  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise OutboxError(
            "a journal in PostgreSQL needs psycopg: pip install 'smspoh[postgres]'"
        ) from None
